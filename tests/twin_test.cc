// The indexed rule set gives the verdict of each rule by itself, for random filters over random records. The
// seed is printed with a failure.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "app/rule_files.h"
#include "detect/detector.h"
#include "lang/tree_walk.h"
#include "normalise/catalogue.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"

namespace vigia {
namespace {

class Maker {
public:
    explicit Maker(uint64_t seed) : random_(seed) {}

    size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

    template <typename T, size_t N>
    const T& one_of(const std::array<T, N>& items) {
        return items[below(N)];
    }

    std::string filter(size_t depth) {
        const size_t kind = depth == 0 ? 0 : below(6);
        if (depth == 3 && below(30) == 0)
            return "(requestParameters.b = \"xy\" and any(requestParameters.items, " + filter(0) + "))";
        if (kind == 1) return "(" + filter(depth - 1) + " and " + filter(depth - 1) + ")";
        if (kind == 2) return "(" + filter(depth - 1) + " or " + filter(depth - 1) + ")";
        if (kind == 3) return "not " + filter(depth - 1);
        return condition();
    }

    // One that may lack its kind, or say it twice.
    std::string odd_record() {
        return R"({"eventSource":)" + value() + R"(,"eventName":)" + value() + R"(,"errorCode":)" + value() +
               R"(,"requestParameters":{"a":)" + value() + R"(,"a.b":)" + value() + R"(,"items":[{"a":)" +
               value() + R"(,"eventName":)" + value() + R"(},)" + value() + "]}}";
    }

    // One as AWS writes them, its values apart.
    std::string record() {
        static constexpr auto kinds = std::to_array<std::string_view>({"\"x\"", "\"xy\"", "\"X\""});
        static constexpr auto blanks = std::to_array<std::string_view>({"", "", "", " ", "\n ", "\t"});
        const std::string blank(one_of(blanks));
        std::string text = "{" + blank + R"("userIdentity":)" + value() + blank + "," + blank;
        text += R"("eventSource":)" + std::string(one_of(kinds)) + R"(,"eventName":)" + blank +
                std::string(one_of(kinds)) + R"(,"recipientAccountId":"1","errorCode":)" + value() +
                R"(,"sourceIPAddress":)" + value() + R"(,"requestParameters":)";
        if (below(8) == 0) return text + value() + "}";
        text += R"({"a":)" + blank + value() + R"(,"b":)" + value() + blank;
        if (below(8) == 0) text += R"(,"a.b":)" + value();
        if (below(8) == 0) text += R"(,"a":)" + value();
        text += R"(,"items":[{"a":)" + value() + R"(,"eventName":)" + value() + R"(},)" + value() + ",[" +
                value() + "," + value() + "]]" + blank + "}";
        return text + blank + "}";
    }

    // A runtime event: of one type or another, its root in any order, now and then with a member twice.
    std::string runtime_record() {
        static constexpr auto types = std::to_array<std::string_view>(
            {R"("event_type":"audit")", R"("event_type":"audit")", R"("event_type":"host")",
             R"("_type":"login")", R"("event_type":"container","_type":"x")", R"("event_type":"file")",
             R"("event_type":"winsec")", R"("event_type":"kubernetes_audit")", R"("event_type":"x")",
             R"("event_type":7,"_type":"audit")", R"("event_type":"\u0061udit")"});
        static constexpr auto names = std::to_array<std::string_view>(
            {"type", "type", "command", "command", "_id", "event_id", "id", "user", "tty", "method",
             "timestamp", "event_time", "account_id", "sigid", "group", "requestParameters", "resource",
             "action", "_subtype"});
        static constexpr auto kinds =
            std::to_array<std::string_view>({"\"x\"", "\"xy\"", "\"X\"", "\"x\"", "null", "\"\"", "7"});
        static constexpr auto times = std::to_array<std::string_view>(
            {"1654113399912", "\"1654113399912\"", "\"2026-03-04T08:00:00Z\"", "-1", "1.5", "null", "true"});
        static constexpr auto providers = std::to_array<std::string_view>(
            {R"({"cloud_provider":"aws","account_id":"1"})", R"({ "a" : [ {} ] , "account_id" : "2" })", "{}",
             R"({"account_id":7})", R"({"account_id":null,"account_id":"3"})", R"({"\u0061":1})", "[]",
             "\"x\""});
        std::vector<std::string> members{std::string(one_of(types))};
        for (const std::string_view name : names) {
            if (below(3) == 0) continue;
            if ((name == "type" || name == "command") && below(2) == 0) continue;
            const bool is_time = name == "timestamp" || name == "event_time";
            const bool is_kind =
                name == "type" || name == "command" || name == "method" || name == "_subtype";
            const std::string text(is_time ? one_of(times) : is_kind ? one_of(kinds) : "");
            members.push_back(fmt::format("\"{}\":{}", name, text.empty() ? value() : text));
        }
        if (below(3) > 0) members.push_back(fmt::format("\"provider_metadata\":{}", one_of(providers)));
        if (below(3) > 0)
            members.push_back(fmt::format(R"("connection":{{"src_addr":{},"dst_addr":{},"port":{}}})",
                                          value(), value(), value()));
        std::ranges::shuffle(members, random_);
        return fmt::format("{{{}}}", fmt::join(members, below(4) == 0 ? " , " : ","));
    }

private:
    std::string condition() {
        static constexpr auto fields =
            std::to_array<std::string_view>({"eventSource",
                                             "eventName",
                                             "errorCode",
                                             "sourceIPAddress",
                                             "ip",
                                             "port",
                                             "type",
                                             "command",
                                             "tty",
                                             "region",
                                             "event_time",
                                             "count(ip)",
                                             "connection.dst_addr",
                                             "requestParameters",
                                             "requestParameters.a",
                                             "requestParameters.a.b",
                                             "requestParameters.b",
                                             "requestParameters.items.a",
                                             "requestParameters.items[0].a",
                                             "requestParameters.items[2]",
                                             "requestParameters.items[2][1]",
                                             "requestParameters.a[1]",
                                             "requestParameters.items[*].eventName",
                                             "user",
                                             "accountId",
                                             "event_type",
                                             "event_type",
                                             "a",
                                             "userIdentity.b",
                                             "lower(eventName)",
                                             "lower(requestParameters.a)",
                                             "length(requestParameters.b)",
                                             "count(requestParameters.items)",
                                             "count(user)",
                                             "text(requestParameters.a)",
                                             "text(requestParameters)",
                                             "text()"});
        static constexpr auto rights = std::to_array<std::string_view>({"= \"x\"",
                                                                        "!= \"x\"",
                                                                        "= \"Xy\"",
                                                                        "= 1",
                                                                        "> 0",
                                                                        "<= \"b\"",
                                                                        "= null",
                                                                        "!= null",
                                                                        "exists",
                                                                        "is not null",
                                                                        "in (\"x\", 1, true)",
                                                                        "not in (\"x\", null)",
                                                                        "like \"x\"",
                                                                        "like \"b\"",
                                                                        "like \"\"",
                                                                        "like \"xy\"",
                                                                        "contains \"é\"",
                                                                        "like \"\\n\"",
                                                                        "contains \"y\"",
                                                                        "like \"z\"",
                                                                        "like (\"0\", \"tru\")",
                                                                        "starts_with (\"x\", \"y\")",
                                                                        "starts_with \"\"",
                                                                        "ends_with \"y\"",
                                                                        "ends_with \"xy\"",
                                                                        "glob \"*x*\"",
                                                                        "glob \"?\"",
                                                                        "glob \"x?\"",
                                                                        "glob \"*.1\"",
                                                                        "matches \"^x\"",
                                                                        "matches \"[xy]+$\"",
                                                                        "matches \"^$\"",
                                                                        "matches \"(?i)X\"",
                                                                        "= true",
                                                                        "= \"true\"",
                                                                        "= eventName",
                                                                        "!= errorCode",
                                                                        "> requestParameters.b",
                                                                        "= \"10.0.0.0/8\"",
                                                                        "in $blocks",
                                                                        "in $texts",
                                                                        "like $texts",
                                                                        "matches $texts",
                                                                        "!= \"::ffff:10.1.0.0/112\"",
                                                                        "= 1.0",
                                                                        "= \"audit\"",
                                                                        "= command"});
        return std::string(one_of(fields)) + " " + std::string(one_of(rights));
    }

    std::string value() {
        static constexpr auto values =
            std::to_array<std::string_view>({"\"x\"",
                                             "\"X\"",
                                             "\"xy\"",
                                             "1",
                                             "\"1\"",
                                             "0",
                                             "true",
                                             "null",
                                             "[]",
                                             "[\"x\",1]",
                                             "[null, {}]",
                                             "{\"b\":\"x\"}",
                                             "{ \"b\" : [ {\"b\":\"y\"} ] }",
                                             "{}",
                                             "\"\"",
                                             "1.0",
                                             "-0.5",
                                             "1e3",
                                             "12345678901234567890",
                                             "\"10.1.2.3\"",
                                             "\"::ffff:10.1.2.3\"",
                                             "\"192.168.0.1\"",
                                             "\"\\u0078\"",
                                             "\"a\\nb\"",
                                             "\"é\"",
                                             "\"\\ud83d\\ude00\"",
                                             "\"2026-03-04T08:00:00Z\"",
                                             "\"{[,]}\\\\\"",
                                             "{\"b\":{\"b\":false},\"b\":\"xy\"}",
                                             "[[\"y\",\"x\"],[]]",
                                             "{\"\\u0062\":\"x\"}",
                                             "{\"principalId\":\"A:xy\"}",
                                             "{\"userName\":\"x\"}",
                                             "{\"type\":\"Root\",\"userName\":null}",
                                             "{\"principalId\":{\"b\":\"a:b\"}}"});
        return std::string(one_of(values));
    }

    std::mt19937_64 random_;
};

NamedLists make_lists() {
    NamedLists lists;
    lists.emplace("blocks", std::make_unique<const ValueList>(std::vector<std::string>{"10.0.0.0/8", "x"}));
    lists.emplace("texts", std::make_unique<const ValueList>(std::vector<std::string>{"x", "xy", "1"}));
    return lists;
}

class Rules : public testing::Test {
protected:
    Rules() {
        const NamedLists lists = make_lists();
        while (rules_.size() < 300) {
            Rule rule{.id = std::to_string(rules_.size()), .filter = maker_.filter(3)};
            if (maker_.below(4) == 0) rule.suppressions.push_back(maker_.filter(1));
            // Every third is asked of all events, the others of one source's.
            CheckedRuleResult checked =
                rules_.size() % 3 == 0
                    ? check_rule(std::move(rule), all_event_types(), all_catalogues(), lists)
                    : check_rule(std::move(rule), all_catalogues(), lists);
            if (checked.rule) rules_.push_back(std::move(*checked.rule));
        }
        set_ = std::make_shared<const RuleSet>(std::move(rules_), make_lists(), all_catalogues());
    }

    // By walking every rule's whole filter over the tree.
    std::vector<Hit> each_alone(const Event& event) const {
        std::vector<Hit> hits;
        const TreeContext context{set_->catalogue(event.type), set_->lists()};
        for (uint32_t i = 0; i < set_->rules().size(); i++) {
            const CheckedRule& rule = set_->rules()[i];
            if (std::ranges::find(rule.event_types, event.type) == rule.event_types.end()) continue;
            if (!holds(rule.filter, *event.record, context)) continue;
            const bool suppressed = std::ranges::any_of(rule.suppressions, [&](const ast::Filter& one) {
                return holds(one, *event.record, context);
            });
            hits.push_back({i, suppressed ? Verdict::Suppressed : Verdict::Matched});
        }
        return hits;
    }

    std::string print(const std::vector<Hit>& hits) const {
        std::string text;
        for (const Hit& hit : hits)
            text += (hit.verdict == Verdict::Matched ? "\n" : "\nsuppressed: ") +
                    set_->rules()[hit.rule].rule.filter;
        return text;
    }

    const uint64_t seed_ = std::random_device{}();
    Maker maker_{seed_};
    std::vector<CheckedRule> rules_;
    std::shared_ptr<const RuleSet> set_;
};

TEST_F(Rules, FoldedByKindHoldAsEachAlone) {
    SCOPED_TRACE("seed " + std::to_string(seed_));
    Detector detector(set_);
    Normaliser normaliser;
    size_t events = 0;
    for (size_t i = 0; i < 1000; i++) {
        const std::string record = i % 3 == 0   ? maker_.odd_record()
                                   : i % 3 == 1 ? maker_.record()
                                                : maker_.runtime_record();
        const auto done = normaliser.normalise(record, [&](const Event& event) {
            events++;
            EXPECT_EQ(print(each_alone(event)), print(detector.walk(event))) << record;
        });
        (void)done;  // a record without a source and a name is none
    }
    EXPECT_GT(events, 100U);
}

// Extraction in one pass, indexes, caches and programs against the tree walk, over runs of many records.
TEST_F(Rules, ProgramsOverScannedEventsHoldAsEachAloneOverTheTree) {
    SCOPED_TRACE("seed " + std::to_string(seed_));
    Detector detector(set_);
    EventScanner scanner;
    Normaliser normaliser;
    size_t decided = 0, runtime = 0, undecided = 0, others = 0;
    for (size_t round = 0; round < 60; round++) {
        std::string run;
        for (size_t i = 0; i < 50; i++)
            run += (maker_.below(2) == 0 ? maker_.record() : maker_.runtime_record()) +
                   (maker_.below(2) == 0 ? "," : "\n");
        const size_t size = run.size();
        run.resize(size + run_slack_bytes);
        const auto done = scanner.scan(
            std::string_view(run).substr(0, size), detector,
            [&](const Event& event, std::string_view record, uint64_t) {
                const auto hits = detector.detect(event);
                (hits ? decided : undecided)++;
                if (!hits) return;
                if (event.type != EventType::CloudTrail) runtime++;
                const auto whole = normaliser.normalise(record, [&](const Event& tree) {
                    EXPECT_EQ(print(each_alone(tree)), print({hits->begin(), hits->end()})) << record;
                    EXPECT_EQ(tree.type, event.type) << record;
                    EXPECT_EQ(tree.source, event.source) << record;
                    EXPECT_EQ(tree.name, event.name) << record;
                    EXPECT_EQ(tree.account, event.account) << record;
                    EXPECT_EQ(tree.id, event.id);
                    EXPECT_EQ(tree.time, event.time);
                });
                EXPECT_TRUE(whole) << record;
            },
            [&](std::string_view, uint64_t) { others++; });
        EXPECT_EQ(50U, done.records);
    }
    EXPECT_GT(decided, 200U);
    EXPECT_GT(runtime, 100U);
    EXPECT_LT(others, 2250U);
    std::printf("%zu decided (%zu runtime events), %zu undecided, %zu for the tree\n", decided, runtime,
                undecided, others);
}

// A record that lost a byte is reported, wherever it was, whether or not a rule asks for what stands there.
void expect_no_broken_record_is_taken(const std::string& whole) {
    Detector detector(make_rule_set({}, {}));
    EventScanner scanner;
    JsonReader reader;
    ASSERT_TRUE(reader.read(whole));
    size_t refused = 0;
    for (size_t i = 0; i < whole.size(); i++) {
        std::string broken = whole;
        broken.erase(i, 1);
        if (reader.read(broken)) continue;
        refused++;
        const size_t size = broken.size();
        broken.resize(size + run_slack_bytes);
        scanner.scan(
            std::string_view(broken).substr(0, size), detector,
            [&](const Event&, std::string_view, uint64_t) { ADD_FAILURE() << broken; },
            [](std::string_view, uint64_t) {});
    }
    EXPECT_GT(refused, 80U);
}

TEST(Twin, ScannerTakesNoRecordThatTheTreeRefuses) {
    expect_no_broken_record_is_taken(
        R"({"eventVersion":"1.09","userIdentity":{"type":"IAMUser","sessionContext":{"attributes":{"mfa":false}}},)"
        R"("eventTime":"2026-03-04T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","readOnly":true,)"
        R"("requestParameters":{"a":["y",-2,{"b":null},"x",[]],"c":{},"d":"e\"f"},"recipientAccountId":"1"})");
    expect_no_broken_record_is_taken(
        R"({"event_type":"audit","_id":"5c0f","event_time":1654113399912,"type":"start","command":"runc","args":["a","b"],)"
        R"("header":{"id":58877,"milliseconds":912},"success":true,"network_metadata":[{"x":[],"y":""}],)"
        R"("provider_metadata":{"cloud_provider":"aws","account_id":"1"},"tty":null,"containerLabels":{}})");
}

TEST(Twin, PrintedFilterParsesBackToTheSameTree) {
    const uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker(seed);
    for (size_t i = 0; i < 1000; i++) {
        const std::string text = maker.filter(5);
        const ParseResult once = parse(text);
        ASSERT_TRUE(once.filter) << text;
        const ParseResult again = parse(ast::print(*once.filter));
        ASSERT_TRUE(again.filter) << text;
        EXPECT_TRUE(*once.filter == *again.filter) << text;
    }
}

}  // namespace
}  // namespace vigia
