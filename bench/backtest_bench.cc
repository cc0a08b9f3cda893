// backtest_bench CORPUS LAKE [TIMES]: how long questions over history take. Stores the gzip files of the
// corpus in the lake, TIMES over under the ids that they have, unless the lake is there; then asks.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "app/backtest.h"
#include "app/batch_reader.h"
#include "app/rule_files.h"
#include "base/file.h"
#include "investigate/timeline.h"
#include "investigate/trends.h"

namespace vigia {
namespace {

constexpr const char* organisation = "0123456789abcdef01234567";
constexpr size_t file_bytes_max = 256 * 1024 * 1024;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

Result<void> fill(EventStore& store, Inbox& inbox, const std::string& corpus, size_t times) {
    auto rules = std::make_shared<RulesInForce>();
    rules->rules = make_rule_set({}, {});
    BatchReader reader;
    for (size_t time = 0; time < times; time++) {
        for (const std::string& file : TRY(files_below(corpus))) {
            const std::string body = TRY(read_file(file, file_bytes_max));
            ReadBatch batch = TRY(reader.read(body, organisation, Time{}, rules, Detection::Off));
            std::vector<uint32_t> all(batch.rows.size());
            for (uint32_t i = 0; i < all.size(); i++) all[i] = i;
            InboxBatch kept{.organisation = organisation};
            TRY_VOID(inbox.put({&kept, 1}));
            store.append({kept.organisation, kept.number, Time{}, std::move(batch.rows), std::move(all)});
            if (store.tail_rows() >= tail_rows_max) TRY_VOID(store.seal());
        }
    }
    TRY_VOID(store.seal());
    TRY_VOID(store.compact());
    return {};
}

struct Asked {
    const char* name;
    const char* filter;
    std::vector<std::string> suppressions;
    std::vector<std::string> aggregates;
};

Result<void> back_test(EventStore& store, const Asked& asked) {
    Rule rule{.id = "r", .name = "r", .title = "{{user}} called {{eventName}}", .filter = asked.filter};
    rule.suppressions = asked.suppressions;
    rule.aggregate_fields = asked.aggregates;
    MadeBacktest made = make_backtest(std::move(rule), "", {});
    if (!made.rules) return error(ErrorKind::BadInput, "no filter: " + print(made.diagnostics.front()));
    const auto begin = Clock::now();
    Backtest test(store, *std::move(made.rules), {organisation});
    while (TRY(test.step())) {
    }
    const BacktestTotals& totals = test.totals();
    fmt::print("| {} | {} | {} | {} | {} | {:.2f} |\n", asked.name, totals.events, totals.matched,
               totals.alerts, totals.rechecked, seconds_since(begin));
    return {};
}

Result<void> ask(EventStore& store) {
    fmt::print(
        "| back-test | events | matched | alerts | records read | seconds |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n");
    const Asked all[] = {
        {"one call, rare",
         "eventSource = \"iam.amazonaws.com\" and eventName = \"PutRolePolicy\"",
         {},
         {"user", "accountId"}},
        {"a fourth of all, by user and address",
         "eventName = \"GetObject\"",
         {"user = \"session-1\""},
         {"user", "ip"}},
        {"prefixes", "eventName starts_with \"Describe\" or eventName starts_with \"Put\"", {}, {"user"}},
        {"a path without a column, of a rare call",
         "eventName = \"PutRolePolicy\" and requestParameters.maxResults > 50",
         {},
         {"user"}},
        {"a path without a column, of a common one",
         "eventName = \"Decrypt\" and requestParameters.maxResults > 95",
         {},
         {"user"}},
        {"a text anywhere", "text(requestParameters) like \"acme-7\"", {}, {"user"}},
    };
    for (const Asked& one : all) TRY_VOID(back_test(store, one));
    fmt::print("\n| question | seconds |\n| --- | ---: |\n");
    auto begin = Clock::now();
    TrendQuestion question{.organisation = organisation,
                           .by = TrendBy::Api,
                           .since = *parse_rfc3339("2026-03-15T00:00:00Z"),
                           .until = *parse_rfc3339("2026-03-29T00:00:00Z")};
    TRY(trends(store, question));
    fmt::print("| trends by API, two weeks by day | {:.2f} |\n", seconds_since(begin));
    begin = Clock::now();
    question.service = "s3.amazonaws.com";
    TRY(trend_users(store, question));
    fmt::print("| users of one service | {:.2f} |\n", seconds_since(begin));
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    fmt::print("\npeak memory {} MB\n", used.ru_maxrss / 1024);
    return {};
}

Result<void> bench(const std::string& corpus, const std::string& lake, size_t times) {
    TRY_VOID(make_private_folder(lake));
    Inbox inbox = TRY(Inbox::open(lake + "/inbox.db"));
    auto store = TRY(EventStore::open({.folder = lake + "/lake"}, inbox));
    const auto begin = Clock::now();
    if (store->counts().sealed_rows == 0) {
        TRY_VOID(fill(*store, inbox, corpus, times));
        fmt::print(stderr, "{} events stored in {:.0f} s\n", store->counts().sealed_rows,
                   seconds_since(begin));
    }
    fmt::print("{} events, {} parts, {} MB\n\n", store->counts().sealed_rows, store->counts().parts,
               store->counts().part_bytes / 1'000'000);
    return ask(*store);
}

}  // namespace
}  // namespace vigia

int main(int count, char** arguments) {
    if (count < 3) {
        fmt::print(stderr, "backtest_bench CORPUS LAKE [TIMES]\n");
        return 2;
    }
    const auto done = vigia::bench(arguments[1], arguments[2], count > 3 ? std::stoul(arguments[3]) : 1);
    if (!done) fmt::print(stderr, "{}\n", done.error().message);
    return done ? 0 : 1;
}
