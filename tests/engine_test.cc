// What the engine promises beside its verdicts: organisations that share rules and nothing else, a rule set
// that is swapped while events flow, and no allocation for an event that matches nothing.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "allocations.h"
#include "app/rule_files.h"
#include "base/hash.h"
#include "base/live.h"
#include "detect/detector.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"

namespace vigia {
namespace {

CheckedRule checked(Rule rule) {
    CheckedRuleResult result = check_rule(std::move(rule), all_catalogues(), {});
    EXPECT_TRUE(result.rule);
    return std::move(*result.rule);
}

ast::Filter filter(std::string_view text) { return std::move(*parse(text).filter); }

std::string record(std::string_view name, std::string_view user, size_t number = 0) {
    return R"({"eventVersion":"1.09","userIdentity":{"type":"IAMUser","userName":")" + std::string(user) +
           R"(","arn":"arn:aws:iam::1:user/)" + std::string(user) +
           R"("},"eventTime":"2026-03-04T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":")" +
           std::string(name) +
           R"(","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.15","eventID":"e-)" +
           std::to_string(number) +
           R"(","requestParameters":{"userName":"x","note":"a \"quoted\" text"},"recipientAccountId":"1"})";
}

using Hits = std::vector<Hit>;

// One record, by the one-pass engine and by the tree walk; both must agree.
Hits hits(Detector& detector, uint32_t organisation, const std::string& text) {
    EventScanner scanner;
    Normaliser normaliser;
    std::string run = text;
    run.resize(text.size() + run_slack_bytes);
    Hits fast, slow;
    scanner.scan(
        std::string_view(run).substr(0, text.size()), detector,
        [&](const Event& event, std::string_view, uint64_t) {
            Event mine = event;
            mine.organisation = organisation;
            const auto found = detector.detect(mine);
            ASSERT_TRUE(found);
            fast.assign(found->begin(), found->end());
        },
        [](std::string_view, uint64_t) { FAIL(); });
    const auto done = normaliser.normalise(text, [&](const Event& event) {
        Event mine = event;
        mine.organisation = organisation;
        slow = detector.walk(mine);
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(fast, slow);
    return fast;
}

TEST(Organisations, DifferInWhatIsEnabledSuppressedAndHowSevere) {
    enum : uint32_t { Shipped, OnlyOfTwo };
    std::vector<CheckedRule> rules;
    rules.push_back(checked({.id = "shipped",
                             .severity = 2,
                             .filter = "eventName = \"CreateUser\"",
                             .suppressions = {"user = \"terraform\""}}));
    rules.push_back(checked({.id = "two's own", .filter = "eventName = \"CreateUser\" and user = \"bob\""}));
    std::vector<OrganisationRules> organisations(3);
    organisations[0] = {.id = "one", .enabled = {true, false}};
    organisations[1] = {.id = "two", .enabled = {true, true}, .severities = {{Shipped, 1}}};
    organisations[1].suppressions[Shipped].push_back(filter("user = \"alice\""));
    organisations[2] = {.id = "three", .enabled = {false, false}};
    Detector detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues(),
                                                      std::move(organisations)));
    const Hit match{Shipped, Verdict::Matched}, quiet{Shipped, Verdict::Suppressed};

    EXPECT_EQ(hits(detector, 0, record("CreateUser", "alice")), Hits{match});
    EXPECT_EQ(hits(detector, 1, record("CreateUser", "alice")), Hits{quiet});
    EXPECT_EQ(hits(detector, 2, record("CreateUser", "alice")), Hits{});

    EXPECT_EQ(hits(detector, 0, record("CreateUser", "bob")), Hits{match});
    EXPECT_EQ(hits(detector, 1, record("CreateUser", "bob")), (Hits{match, {OnlyOfTwo, Verdict::Matched}}));
    EXPECT_EQ(hits(detector, 2, record("CreateUser", "bob")), Hits{});

    EXPECT_EQ(hits(detector, 0, record("CreateUser", "terraform")), Hits{quiet});
    EXPECT_EQ(hits(detector, 1, record("CreateUser", "terraform")), Hits{quiet});

    EXPECT_EQ(detector.rules().severity(0, Shipped), 2);
    EXPECT_EQ(detector.rules().severity(1, Shipped), 1);
}

// A rule of several event types is one rule: the same index, switch and suppressions, whatever the event.
TEST(Organisations, ShareARuleOverAllItsEventTypes) {
    std::vector<CheckedRule> rules;
    rules.push_back(checked({.id = "first", .filter = "eventName = \"CreateUser\""}));
    rules.push_back(checked({.id = "host",
                             .type = RuleType::Host,
                             .filter = "user = \"eve\"",
                             .suppressions = {"src_ip = \"10.0.0.0/8\""}}));
    std::vector<OrganisationRules> organisations(2);
    organisations[0] = {.id = "one", .enabled = {true, true}};
    organisations[1] = {.id = "two", .enabled = {true, true}};
    organisations[1].suppressions[1].push_back(filter("agent = \"web-1\""));
    Detector detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues(),
                                                      std::move(organisations)));
    const Hits match{{1, Verdict::Matched}}, quiet{{1, Verdict::Suppressed}};

    for (const std::string end : {R"("audit","user":"eve")", R"("login","user":"eve")",
                                  R"("host","dst_user":"eve")", R"("container","user":"eve")"}) {
        const std::string begin = R"({"_id":"1","event_type":)" + end;
        EXPECT_EQ(hits(detector, 0, begin + "}"), match) << end;
        EXPECT_EQ(hits(detector, 0, begin + R"(,"hostname":"web-1"})"), match) << end;
        EXPECT_EQ(hits(detector, 1, begin + R"(,"hostname":"web-1"})"), quiet) << end;
        EXPECT_EQ(hits(detector, 1, begin + R"(,"hostname":"web-2"})"), match) << end;
    }
    EXPECT_EQ(hits(detector, 0, R"({"event_type":"login","user":"eve","src_ip":"10.1.2.3"})"), quiet);
    EXPECT_EQ(hits(detector, 0, R"({"event_type":"file","user":"eve"})"), Hits{});
}

// Each set has two rules that hold of the same events; a batch must see both of one set, or none.
TEST(LiveRules, AreSwappedWholeWhileEventsFlow) {
    const auto set = [](const std::string& user) {
        std::vector<CheckedRule> rules;
        for (const char* name : {"CreateUser", "DeleteUser"})
            rules.push_back(
                checked({.id = user,
                         .filter = "eventName = \"" + std::string(name) + "\" and user = \"" + user + "\""}));
        return std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues());
    };
    Live<RuleSet> live(set("0"));
    std::atomic<bool> done = false;
    std::atomic<uint64_t> batches = 0, torn = 0, stale = 0;
    std::atomic<int> in_force = 0;
    const auto detect_batches = [&] {
        while (!done) {
            const int at_least = in_force;
            const auto rules = live.get();
            Detector detector(rules);
            const std::string user = rules->rules()[0].rule.id;
            if (std::stoi(user) < at_least) stale++;
            if (hits(detector, 0, record("CreateUser", user)).size() != 1 ||
                hits(detector, 0, record("DeleteUser", user)).size() != 1)
                torn++;
            batches++;
        }
    };
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < 2; i++) threads.emplace_back(detect_batches);
    for (int version = 1; version <= 50; version++) {
        live.swap(set(std::to_string(version)));
        in_force = version;
        // A batch that began after the swap has gone by.
        for (const uint64_t before = batches; batches < before + 3;) std::this_thread::yield();
    }
    done = true;
    threads.clear();
    EXPECT_EQ(torn, 0U);
    EXPECT_EQ(stale, 0U);
    EXPECT_GE(batches, 150U);
}

TEST(Engine, AllocatesNothingForEventsThatMatchNothing) {
    std::vector<CheckedRule> rules;
    for (size_t i = 0; i < 500; i++) {
        static constexpr auto conditions = std::to_array<std::string_view>(
            {"userAgent like \"tool-{}\"", "requestParameters.userName = \"{}\"",
             "userIdentity.arn ends_with \"/{}\"", "ip = \"10.{}.0.0/16\"",
             "requestParameters.note matches \"^{}\"", "lower(user) = \"p{}\"",
             "count(requestParameters.note) > {}"});
        std::string condition(conditions[i % conditions.size()]);
        condition.replace(condition.find("{}"), 2, std::to_string(i % 250 + 1));
        rules.push_back(
            checked({.id = std::to_string(i), .filter = "eventName = \"GetUser\" and " + condition}));
    }
    Detector detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues()));
    std::string run;
    for (size_t i = 0; i < 200; i++) run += record("GetUser", "alice", i) + ",";
    const size_t size = run.size();
    run.resize(size + run_slack_bytes);
    EventScanner scanner;
    uint64_t events = 0;
    const EventScanner::Visit visit = [&](const Event& event, std::string_view, uint64_t) {
        const auto found = detector.detect(event);
        if (found && found->empty()) events++;
    };
    const EventScanner::Other other = [](std::string_view, uint64_t) {};
    // The first time makes the kind's programs, the caches and the buffers.
    scanner.scan(std::string_view(run).substr(0, size), detector, visit, other);
    const uint64_t before = allocations;
    scanner.scan(std::string_view(run).substr(0, size), detector, visit, other);
    EXPECT_EQ(allocations - before, 0U);
    EXPECT_EQ(events, 400U);
}

}  // namespace
}  // namespace vigia
