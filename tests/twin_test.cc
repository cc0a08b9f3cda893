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
#include "tests/random_filters.h"

namespace vigia {
namespace {

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

    const uint64_t seed_ = seed_of_run();
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
    const uint64_t seed = seed_of_run();
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
