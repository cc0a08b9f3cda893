// A back-test gives the verdict, the counts and the alerts of detection: for the shipped rules over the
// sample trail, and for random rules over random records, in the tail and in the lake. The seed is printed
// with a failure.
#include "app/backtest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "app/pipeline.h"
#include "app/rule_files.h"
#include "app/shipped_rules.h"
#include "base/random.h"
#include "tests/random_filters.h"
#include "tests/stored_events.h"

namespace vigia {
namespace {

namespace fs = std::filesystem;

constexpr const char* organisation = "0123456789abcdef01234567";

Time now() { return Time{std::chrono::seconds{1'780'000'000}}; }

// An alert as both sides can tell of it.
struct Told {
    Time created_at, first_at, last_at;
    uint64_t count = 0;
    std::string title;
    std::vector<NamedValue> aggregates;
    auto operator<=>(const Told&) const = default;
};

void PrintTo(const Told& told, std::ostream* out) {
    *out << fmt::format("{} {}x created {} first {} last {}", told.title, told.count,
                        format_rfc3339(told.created_at), format_rfc3339(told.first_at),
                        format_rfc3339(told.last_at));
    for (const auto& [name, value] : told.aggregates) *out << " " << name << "=" << value;
}

class BacktestTest : public StoredEvents {
protected:
    void put(const std::string& body) {
        ReadBatch batch = read(body, organisation, now());
        std::vector<uint32_t> all;
        for (uint32_t i = 0; i < batch.rows.size(); i++) {
            all.push_back(i);
            records_.emplace_back(batch.rows.record(i));
        }
        keep(body, organisation, now(), std::move(batch), std::move(all));
    }

    struct Expected {
        BacktestTotals totals;
        std::vector<Told> alerts;
    };

    // By walking the tree of each record.
    Expected detected(const std::shared_ptr<const RuleSet>& rules) const {
        Expected expected;
        Detector detector(rules);
        AlertBook book = make_alert_book(*rules);
        Normaliser normaliser;
        for (const std::string& record : records_) {
            const auto done = normaliser.normalise(record, [&](const Event& event) {
                bool is = false, was = false;
                for (const Hit& hit : detector.walk(event)) {
                    (hit.rule == 0 ? is : was) = true;
                    if (hit.rule != 0) continue;
                    const bool matched = hit.verdict == Verdict::Matched;
                    (matched ? expected.totals.matched : expected.totals.suppressed)++;
                    if (matched) book.add(make_match(hit, event, *rules, Records::Dropped));
                }
                expected.totals.both += is && was;
                expected.totals.only_new += is && !was;
                expected.totals.only_old += was && !is;
            });
            EXPECT_TRUE(done) << record;
        }
        for (const Alert& one : book.alerts())
            expected.alerts.push_back(
                {one.created_at, one.first_at, one.last_at, one.count, one.title, one.aggregates});
        expected.totals.alerts = expected.alerts.size();
        std::ranges::sort(expected.alerts);
        return expected;
    }

    // Holds the back-test to detection; how many alerts there are.
    size_t compare(BacktestRules rules, const std::string& what) {
        const Expected expected = detected(rules.rules);
        const bool has_old = rules.old.has_value();
        exact_ += rules.filter.exact && rules.aggregates ? 1 : 0;
        Backtest test(*store_, std::move(rules), {.organisation = organisation, .alerts_max = 1000});
        while (true) {
            const auto more = test.step();
            EXPECT_TRUE(more) << what << ": " << more.error().message;
            if (!more || !*more) break;
        }
        const BacktestTotals& totals = test.totals();
        EXPECT_EQ(totals.events, records_.size()) << what;
        EXPECT_EQ(totals.all, records_.size()) << what;
        EXPECT_EQ(totals.matched, expected.totals.matched) << what;
        EXPECT_EQ(totals.suppressed, expected.totals.suppressed) << what;
        EXPECT_EQ(totals.alerts, expected.totals.alerts) << what;
        if (has_old) {
            EXPECT_EQ(totals.both, expected.totals.both) << what;
            EXPECT_EQ(totals.only_new, expected.totals.only_new) << what;
            EXPECT_EQ(totals.only_old, expected.totals.only_old) << what;
        }
        std::vector<Told> told;
        for (const BacktestAlert& one : test.alerts())
            told.push_back({one.created_at, one.first_at, one.last_at, one.count, one.title, one.aggregates});
        std::ranges::sort(told);
        EXPECT_EQ(told, expected.alerts) << what;
        BacktestDay all;
        for (const auto& [day, counts] : test.days()) {
            all.matched += counts.matched;
            all.suppressed += counts.suppressed;
            all.alerted += counts.alerted;
        }
        EXPECT_EQ(all.matched, totals.matched);
        EXPECT_EQ(all.suppressed, totals.suppressed);
        EXPECT_EQ(all.alerted, totals.alerts);
        const auto samples = test.samples(BacktestSample::Matched).size();
        EXPECT_EQ(samples, std::min<size_t>(totals.matched, backtest_samples_max)) << what;
        return told.size();
    }

    std::vector<std::string> records_;
    size_t exact_ = 0;
};

TEST_F(BacktestTest, GivesTheAlertsOfDetectForTheShippedRules) {
    size_t files = 0;
    for (const auto& file : fs::recursive_directory_iterator("examples/trail")) {
        if (!file.is_regular_file()) continue;
        std::ifstream in(file.path(), std::ios::binary);
        put(std::string(std::istreambuf_iterator<char>(in), {}));
        // Some of it in the lake, some in the tail.
        if (files++ == 0) {
            ASSERT_TRUE(store_->seal());
        }
    }
    ASSERT_GT(records_.size(), 20U);
    const ShippedRules shipped = ShippedRules::load();
    size_t alerts = 0, rules = 0;
    for (const Rule& one : shipped.rules()) {
        MadeBacktest made = make_backtest(one, "", shipped.lists());
        ASSERT_TRUE(made.rules) << one.name;
        alerts += compare(std::move(*made.rules), one.name);
        rules++;
    }
    EXPECT_GT(rules, 100U);
    EXPECT_GT(alerts, 5U);
    std::printf("%zu rules, %zu alerts, %zu rules by columns alone\n", rules, alerts, exact_);
}

// The record as one at its own time, with its own id.
std::string placed(const std::string& record, size_t number, Maker& maker) {
    return fmt::format(R"({{"eventID":"e{}","eventTime":"2026-03-{:02}T{:02}:{:02}:{:02}Z",{})", number,
                       1 + maker.below(3), maker.below(24), maker.below(60), maker.below(2),
                       record.substr(1));
}

TEST_F(BacktestTest, IsDetectionForRandomRules) {
    const uint64_t seed = seed_of_run();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Maker maker(seed);
    size_t number = 0;
    for (const bool sealed : {true, false}) {
        std::string body;
        for (size_t i = 0; i < 300; i++) body += placed(maker.record(), number++, maker) + "\n";
        put(body);
        if (sealed) {
            ASSERT_TRUE(store_->seal());
        }
    }
    static constexpr auto fields = std::to_array<std::string_view>(
        {"user", "eventName", "errorCode", "ip", "requestParameters.a", "accountId"});
    static constexpr auto windows =
        std::to_array<Duration>({std::chrono::minutes{30}, std::chrono::hours{4}, std::chrono::hours{24}});
    size_t rules = 0, alerts = 0;
    while (rules < 60) {
        Rule rule{.id = "r", .name = "r", .title = "{{eventName}} by {{user}} of {{requestParameters.b}}"};
        rule.filter = maker.filter(2);
        if (maker.below(2) == 0) rule.suppressions.push_back(maker.filter(1));
        for (const std::string_view field : fields) {
            if (maker.below(3) == 0) rule.aggregate_fields.emplace_back(field);
        }
        rule.window = maker.one_of(windows);
        rule.threshold = static_cast<uint32_t>(1 + maker.below(3));
        const std::string old = maker.below(2) == 0 ? maker.filter(2) : "";
        const std::string what =
            fmt::format("filter {}\nsuppressions {}\nold {}\naggregates {}\nthreshold {} in {}", rule.filter,
                        fmt::join(rule.suppressions, ", "), old, fmt::join(rule.aggregate_fields, ", "),
                        rule.threshold, format_duration(rule.window));
        MadeBacktest made = make_backtest(std::move(rule), old, make_lists());
        if (!made.rules) continue;
        rules++;
        alerts += compare(std::move(*made.rules), what);
    }
    EXPECT_GT(alerts, 100U);
    std::printf("60 rules, %zu alerts, %zu rules by columns alone\n", alerts, exact_);
}

TEST_F(BacktestTest, AsksOfTheTimeThatItIsGiven) {
    std::string body;
    for (int hour = 0; hour < 24; hour++)
        body += fmt::format(
            R"({{"eventSource":"s3.amazonaws.com","eventName":"GetObject","recipientAccountId":"1","eventID":"e{0}","eventTime":"2026-11-25T{0:02}:30:00Z"}})"
            "\n",
            hour);
    put(body);
    MadeBacktest made = make_filter_backtest("eventName = \"GetObject\"", "", {});
    ASSERT_TRUE(made.rules);
    Backtest test(
        *store_, std::move(*made.rules),
        {organisation, parse_rfc3339("2026-11-25T10:30:00Z"), parse_rfc3339("2026-11-25T12:30:00Z")});
    while (*test.step()) {
    }
    EXPECT_EQ(test.totals().matched, 3U);
    EXPECT_EQ(test.totals().all, 3U);
    EXPECT_EQ(test.totals().rechecked, 0U);
    EXPECT_EQ(test.samples(BacktestSample::Matched).front().id, "e12");
    MadeBacktest again = make_filter_backtest("eventName = \"GetObject\"", "", {});
    Backtest of_another(*store_, std::move(*again.rules), {"another"});
    while (*of_another.step()) {
    }
    EXPECT_EQ(of_another.totals().all, 0U);
}

TEST_F(BacktestTest, EndsWhenItIsCancelled) {
    put(R"({"eventSource":"s3.amazonaws.com","eventName":"x","eventID":"e","eventTime":"2026-11-25T10:30:00Z"})");
    MadeBacktest made = make_filter_backtest("eventName = \"x\"", "", {});
    Backtest test(*store_, std::move(*made.rules), {organisation});
    ASSERT_TRUE(test.step());
    test.cancel();
    const auto after = test.step();
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().kind, ErrorKind::Conflict);
}

TEST_F(BacktestTest, RefusesMoreKeysThanItHolds) {
    constexpr size_t keys_max = 100;
    std::string body;
    for (size_t i = 0; i <= keys_max; i++)
        body += fmt::format(
            R"({{"eventSource":"s","eventName":"n{0}","eventID":"e{0}","eventTime":"2026-11-25T10:30:00Z"}})"
            "\n",
            i);
    put(body);
    Rule rule{.id = "r",
              .name = "r",
              .title = "t",
              .filter = "eventSource = \"s\"",
              .aggregate_fields = {"eventName"}};
    MadeBacktest enough = make_backtest(rule, "", {});
    Backtest of_enough(*store_, std::move(*enough.rules),
                       {.organisation = organisation, .keys_max = keys_max + 1});
    while (*of_enough.step()) {
    }
    EXPECT_EQ(of_enough.totals().alerts, keys_max + 1);
    MadeBacktest made = make_backtest(std::move(rule), "", {});
    Backtest test(*store_, std::move(*made.rules), {.organisation = organisation, .keys_max = keys_max});
    Result<bool> more = true;
    while (more && *more) more = test.step();
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().kind, ErrorKind::Busy);
    EXPECT_NE(more.error().message.find("different values"), std::string::npos);
}

TEST(BacktestText, SaysWhatIsWrongInEitherFilter) {
    const MadeBacktest wrong = make_filter_backtest("eventName == ", "", {});
    EXPECT_FALSE(wrong.rules);
    EXPECT_FALSE(wrong.diagnostics.empty());
    const MadeBacktest old = make_filter_backtest("eventName = \"x\"", "eventName ==", {});
    EXPECT_FALSE(old.rules);
    ASSERT_FALSE(old.diagnostics.empty());
    EXPECT_EQ(old.diagnostics.back().part, "old_filter");
}

}  // namespace
}  // namespace vigia
