// What comes from outside has a bound: at the limit it is taken, one past it is refused with a reason.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "app/pipeline.h"
#include "app/rule_files.h"
#include "app/threat_stack.h"
#include "base/file.h"
#include "detect/detector.h"
#include "ingest/records.h"
#include "normalise/json_document.h"
#include "normalise/normaliser.h"

namespace vigia {
namespace {

class Bounds : public testing::Test {
protected:
    Bounds() : folder_(testing::TempDir() + "vigia_bounds_" + std::to_string(getpid())) {
        EXPECT_TRUE(make_folder(folder_ + "/lists"));
    }
    ~Bounds() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, std::string_view bytes) const {
        EXPECT_TRUE(write_file(folder_ + "/" + name, bytes));
        return folder_ + "/" + name;
    }

    // Over a file, as vigia detect reads it.
    static Outcome detect(const std::string& file) {
        const auto rules = make_rule_set({}, {});
        return run({file}, rules, {}, [](const Match&) {});
    }

    std::string folder_;
};

std::string record_of(size_t bytes) {
    const std::string front =
        R"({"eventSource":"s3.amazonaws.com","eventName":"GetObject","recipientAccountId":"1","x":")";
    return front + std::string(bytes - front.size() - 2, 'x') + "\"}";
}

TEST_F(Bounds, OfARecordInBytes) {
    for (const char* between : {"\n", ","}) {
        const bool lines = *between == '\n';
        const std::string records = record_of(200) + between + record_of(record_bytes_max) + between +
                                    record_of(record_bytes_max + 1) + between + record_of(200);
        const std::string file = write("records", lines ? records : "{\"Records\":[" + records + "]}");
        const Outcome outcome = detect(file);
        EXPECT_EQ(outcome.counts.events, 3U);
        ASSERT_EQ(outcome.problems.size(), 1U);
        EXPECT_EQ(outcome.problems[0].record, 3U);
        EXPECT_NE(outcome.problems[0].message.find("more than 1048576 bytes"), std::string::npos);
    }
}

// The record's own object is one level, the value inside the innermost array is one more.
std::string nested_record(size_t depth) {
    const size_t arrays = depth - 2;
    return R"({"eventSource":"s3.amazonaws.com","eventName":"GetObject","recipientAccountId":"1","x":)" +
           std::string(arrays, '[') + "1" + std::string(arrays, ']') + "}";
}

TEST_F(Bounds, OfNesting) {
    JsonReader reader;
    EXPECT_TRUE(reader.read(nested_record(json_depth_max)));
    EXPECT_FALSE(reader.read(nested_record(json_depth_max + 1)));
    std::string lines;
    for (size_t depth = json_depth_max - 3; depth <= json_depth_max + 1; depth++)
        lines += nested_record(depth) + "\n";
    const Outcome outcome = detect(write("nested", lines));
    EXPECT_EQ(outcome.counts.events, 4U);
    ASSERT_EQ(outcome.problems.size(), 1U);
    EXPECT_EQ(outcome.problems[0].record, 5U);
    EXPECT_EQ(outcome.problems[0].message, "the record is nested deeper than 64");
}

TEST_F(Bounds, OfProblemsShown) {
    std::string lines;
    for (size_t i = 0; i < problems_shown_max + 1; i++) lines += "{\"no\":\"record\"}\n";
    const Outcome outcome = detect(write("bad", lines));
    EXPECT_EQ(outcome.problems.size(), problems_shown_max);
    EXPECT_EQ(outcome.counts.refused, problems_shown_max + 1);
}

TEST_F(Bounds, OfNamedLists) {
    std::string list = "name: many\ndescription: d\nitems:\n";
    for (size_t i = 0; i < list_items_max; i++) list += "- " + std::to_string(i) + "\n";
    write("lists/many.yaml", list);
    LoadedRules loaded = load_rules({folder_});
    EXPECT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.lists.at("many")->items().size(), list_items_max);

    write("lists/many.yaml", list + "- one more\n");
    loaded = load_rules({folder_});
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_NE(loaded.problems[0].message.find("more than 100000 items"), std::string::npos);
    EXPECT_EQ(loaded.lists.at("many")->items().size(), list_items_max);
}

TEST_F(Bounds, OfRuleFilesAndExports) {
    write("big.yaml", std::string(rule_file_bytes_max + 1, '#'));
    const LoadedRules loaded = load_rules({folder_});
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_NE(loaded.problems[0].message.find("1048576"), std::string::npos);
    EXPECT_FALSE(read_file(write("export", std::string(export_bytes_max + 1, ' ')), export_bytes_max));
    EXPECT_TRUE(read_file(write("export", std::string(export_bytes_max, ' ')), export_bytes_max));
}

// More kinds than are held: the first are forgotten and learnt anew, and nothing is missed.
TEST_F(Bounds, OfKindsOfEvents) {
    std::vector<CheckedRule> rules;
    rules.push_back(std::move(
        *check_rule({.id = "r", .filter = "eventName like \"7\" and errorCode = \"x\""}, all_catalogues(), {})
             .rule));
    Detector detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues()));
    Normaliser normaliser;
    size_t found = 0, expected = 0;
    for (size_t i = 0; i < kinds_max + 1000; i++) {
        const std::string name = "N" + std::to_string(i);
        expected += name.find('7') != std::string::npos ? 1 : 0;
        const auto done =
            normaliser.normalise(R"({"eventSource":"s","errorCode":"x","eventName":")" + name + "\"}",
                                 [&](const Event& event) { found += detector.walk(event).size(); });
        ASSERT_TRUE(done);
    }
    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace vigia
