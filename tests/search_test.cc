// Search gives the verdict of detection: for random filters over random records and over captured ones, in
// the tail and in the lake. The seed is printed with a failure.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "app/event_export.h"
#include "app/event_facets.h"
#include "app/event_feed.h"
#include "app/event_search.h"
#include "app/rule_files.h"
#include "base/random.h"
#include "lang/tree_walk.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "store/columns.h"
#include "tests/random_filters.h"
#include "tests/stored_events.h"

namespace vigia {
namespace {

namespace fs = std::filesystem;

constexpr const char* organisation = "0123456789abcdef01234567";

Time now() { return Time{std::chrono::seconds{1'780'000'000}}; }

class Search : public StoredEvents {
protected:
    // Stores the events of a body, of each id one, as intake does; how many there were.
    size_t put(const std::string& body) {
        ReadBatch batch = read(body, organisation, now());
        std::vector<uint32_t> all;
        for (uint32_t i = 0; i < batch.rows.size(); i++) {
            if (!ids_.emplace(batch.rows.id(i)).second) continue;
            all.push_back(i);
            records_.emplace_back(std::string(batch.rows.id(i)), std::string(batch.rows.record(i)));
        }
        keep(body, organisation, now(), std::move(batch), all);
        return all.size();
    }

    // The ids of the events that the filter holds of, by walking the tree of each.
    std::multiset<std::string> walked(const SearchFilter& filter) const {
        Normaliser normaliser;
        std::multiset<std::string> ids;
        const CheckedRule& rule = filter.rules()->rules()[0];
        for (const auto& [id, record] : records_) {
            const auto done = normaliser.normalise(record, [&](const Event& event) {
                if (std::ranges::find(rule.event_types, event.type) == rule.event_types.end()) return;
                const TreeContext context{filter.rules()->catalogue(event.type), filter.rules()->lists()};
                if (holds(rule.filter, *event.record, context)) ids.insert(id);
            });
            EXPECT_TRUE(done) << record;
        }
        return ids;
    }

    std::multiset<std::string> found(const SearchFilter& filter) {
        EventSearcher searcher(*store_);
        std::multiset<std::string> ids;
        EventSearch search{.organisation = organisation, .filter = &filter, .limit = 37};
        do {
            const auto page = searcher.page(search);
            EXPECT_TRUE(page) << page.error().message << "\n" << filter.print();
            if (!page) return ids;
            for (const FoundEvent& event : page->events) ids.insert(event.id);
            search.after = page->next;
        } while (search.after);
        return ids;
    }

    // The ids of an export, read back from its lines, and whether it is one whole.
    std::multiset<std::string> exported(const SearchFilter& filter, EventOrder order) {
        EventSearcher searcher(*store_);
        ExportPlan plan{.filter = filter, .search = {.organisation = organisation, .order = order}};
        auto stream = export_events(searcher, std::move(plan));
        EXPECT_TRUE(stream) << stream.error().message;
        std::string text, piece;
        while (stream && (*stream)->next(piece)) text += std::exchange(piece, {});
        EXPECT_TRUE((*stream)->is_whole());
        std::multiset<std::string> ids;
        for (size_t at = 0; at < text.size();) {
            const size_t end = text.find('\n', at);
            const boost::json::value line = boost::json::parse(text.substr(at, end - at));
            ids.insert(std::string(line.at("id").as_string()));
            at = end + 1;
        }
        return ids;
    }

    // How many of the filter's events have each value of the field, by walking the trees.
    std::map<std::string, uint64_t> walked_values(const SearchFilter& filter,
                                                  const std::string& field) const {
        Normaliser normaliser;
        std::map<std::string, uint64_t> counts;
        const std::multiset<std::string> ids = walked(filter);
        for (const auto& [id, record] : records_) {
            if (!ids.contains(id)) continue;
            (void)normaliser.normalise(record, [&](const Event& event) {
                std::set<std::string> values;
                const FieldCatalogue& fields = catalogue(event.type);
                for (const Value& value : values_of(*event.record, resolve(*parse_field(field), fields)))
                    values.emplace(value.text);
                for (const std::string& value : values) counts[value]++;
            });
        }
        return counts;
    }

    void compare_facets(const SearchFilter& filter) {
        const std::vector<std::string> names{"eventName",           "user",       "ip",
                                             "requestParameters.a", "event_type", "pid"};
        auto fields = FieldReader::make(names);
        ASSERT_TRUE(fields);
        const EventSearch search{.organisation = organisation, .filter = &filter};
        const auto facets = event_facets(*store_, search, *fields, facet_values_max);
        ASSERT_TRUE(facets) << facets.error().message;
        for (const Facet& facet : *facets) {
            std::map<std::string, uint64_t> counts;
            for (const FacetValue& one : facet.values) counts[one.value] = one.count;
            EXPECT_EQ(counts, walked_values(filter, facet.field)) << facet.field << "\n" << filter.print();
            EXPECT_FALSE(facet.sample);
        }
    }

    // Holds search to detection for the filter; how many events it holds of, or nothing when it is none.
    std::optional<size_t> compare(const std::string& text) {
        const auto made = SearchFilter::make(text, make_lists());
        if (!made.filter) return std::nullopt;
        const auto expected = walked(*made.filter);
        EXPECT_EQ(found(*made.filter), expected) << text << "\n" << made.filter->print();
        const auto count =
            EventSearcher(*store_).count({.organisation = organisation, .filter = &*made.filter});
        EXPECT_TRUE(count) << count.error().message;
        if (count) {
            EXPECT_EQ(*count, expected.size()) << text << "\n" << made.filter->print();
        }
        const EventOrder order = expected.size() % 2 == 0 ? EventOrder::OldestFirst : EventOrder::NewestFirst;
        EXPECT_EQ(exported(*made.filter, order), expected) << text << "\n" << made.filter->print();
        if (compared_++ % 5 == 0) compare_facets(*made.filter);
        exact_ += made.filter->exact() ? 1 : 0;
        return expected.size();
    }

    std::vector<std::pair<std::string, std::string>> records_;
    std::set<std::string> ids_;
    size_t exact_ = 0;
    size_t compared_ = 0;
};

TEST_F(Search, FindsWhatDetectionMatchesForRandomFilters) {
    const uint64_t seed = seed_of_run();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Maker maker(seed);
    for (const bool sealed : {false, true}) {
        std::string body;
        for (size_t i = 0; i < 300; i++)
            body += (maker.below(2) == 0 ? maker.record() : maker.runtime_record()) + "\n";
        ASSERT_GT(put(body), 100U);
        if (!sealed) {
            ASSERT_TRUE(store_->seal());
        }
    }
    size_t filters = 0, some = 0;
    while (filters < 100) {
        const auto held = compare(maker.filter(3));
        if (!held) continue;
        filters++;
        some += *held > 0 && *held < records_.size() ? 1 : 0;
    }
    EXPECT_GT(some, 30U);
    EXPECT_GT(exact_, 3U);
    std::printf("100 filters, %zu of which hold of some, %zu exact in SQL\n", some, exact_);
}

TEST_F(Search, FindsWhatDetectionMatchesInTheSampleTrail) {
    size_t events = 0;
    for (const auto& file : fs::recursive_directory_iterator("examples/trail")) {
        if (!file.is_regular_file()) continue;
        std::ifstream in(file.path(), std::ios::binary);
        events += put(std::string(std::istreambuf_iterator<char>(in), {}));
    }
    ASSERT_GT(events, 20U);
    ASSERT_TRUE(store_->seal());
    for (const char* filter : {
             "eventSource = \"ecr.amazonaws.com\"",
             "eventName starts_with \"Describe\" or eventName starts_with \"List\"",
             "not (user = \"alice\" or errorCode exists)",
             "ip = \"10.0.0.0/8\" or ip = \"198.51.100.0/24\"",
             "userIdentity.type = \"AssumedRole\" and readOnly = true",
             "requestParameters.repositoryName exists",
             "responseElements.imageScanFindings.findingSeverityCounts.HIGH > 0",
             "event_type = \"cloudtrail\" and text() like \"Admin\"",
             "event_type != \"cloudtrail\"",
             "lower(eventName) = \"putimage\" or eventName in (\"StartSession\", \"SendCommand\")",
             "errorCode like \"Denied\" and region = \"us-east-1\"",
             "errorCode in (\"AccessDenied\", null)",
             "not errorCode in (\"AccessDenied\", null)",
             "not ip not in (\"10.0.0.0/8\", null)",
             "requestParameters.repositoryName in (\"app\", null, 5)",
         })
        EXPECT_TRUE(compare(filter)) << filter;
}

// A column's name must mean nothing else to the database: "filename" was once taken for the path of a part.
TEST_F(Search, AsksEachColumnInTheTailAndInTheLake) {
    std::string members;
    for (const EventColumn& column : event_columns()) {
        if (column.field.find_first_of(".-") == std::string_view::npos)
            members += fmt::format(R"("{}":"x",)", column.field);
    }
    for (const bool sealed : {false, true}) {
        std::string body;
        for (const EventType type : all_event_types())
            body += fmt::format(R"({{"event_type":"{0}",{1}"_id":"{0}-{2}"}})"
                                "\n",
                                catalogue(type).event_type, members, sealed);
        ASSERT_GT(put(body), 3U);
        if (!sealed) {
            ASSERT_TRUE(store_->seal());
        }
    }
    size_t held = 0;
    for (const EventColumn& column : event_columns()) {
        held += compare(fmt::format("{} = \"x\"", column.field)).value_or(0) > 0 ? 1 : 0;
        (void)compare(fmt::format("not {} starts_with \"x\"", column.field));
    }
    EXPECT_GT(held, 10U);
    EXPECT_GT(compare("filename = \"x\""), 1U);
}

TEST_F(Search, CountsByTimeAndByValue) {
    std::string body;
    for (int i = 0; i < 60; i++)
        body += fmt::format(
            R"({{"eventSource":"s3.amazonaws.com","eventName":"{}","recipientAccountId":"1","eventID":"e{}","eventTime":"2026-11-25T10:{:02}:00Z"}})"
            "\n",
            i % 3 == 0 ? "GetObject" : "PutObject", i, i);
    ASSERT_EQ(put(body), 60U);
    EventSearcher searcher(*store_);
    const auto all = SearchFilter::make("", {});
    const EventSearch search{.organisation = organisation, .filter = &*all.filter};
    const auto bars = searcher.histogram(search, std::chrono::minutes{10});
    ASSERT_TRUE(bars) << bars.error().message;
    ASSERT_EQ(bars->size(), 6U);
    EXPECT_EQ((*bars)[0].count, 10U);
    auto fields = FieldReader::make({"eventName"});
    const auto facets = event_facets(*store_, search, *fields, 1);
    ASSERT_TRUE(facets) << facets.error().message;
    ASSERT_EQ(facets->size(), 1U);
    ASSERT_EQ(facets->front().values.size(), 1U);
    EXPECT_EQ(facets->front().values.front().value, "PutObject");
    EXPECT_EQ(facets->front().values.front().count, 40U);
    EXPECT_TRUE(facets->front().has_more);
    EXPECT_EQ(FieldReader::make({"name; drop table x"}).error().kind, ErrorKind::BadInput);
    EXPECT_EQ(FieldReader::make(std::vector<std::string>(fields_asked_max + 1, "user")).error().kind,
              ErrorKind::BadInput);
    EXPECT_EQ((*searcher.find(organisation, "e7"))->id, "e7");
    EXPECT_FALSE(*searcher.find("another", "e7"));
    const EventSearch late{
        .organisation = organisation, .since = parse_rfc3339("2026-11-25T10:50:00Z"), .filter = &*all.filter};
    EXPECT_EQ(*searcher.count(late), 10U);
    EXPECT_EQ(*searcher.count({.organisation = "another", .filter = &*all.filter}), 0U);
}

TEST(CsvCell, IsQuotedAndNoFormula) {
    EXPECT_EQ(csv_cell("plain"), "plain");
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("a\"b"), "\"a\"\"b\"");
    for (const std::string sign : {"=", "+", "-", "@", "\t"})
        EXPECT_EQ(csv_cell(sign + "x"), "'" + sign + "x");
    EXPECT_EQ(csv_cell("\rx"), "\"'\rx\"");
}

TEST(Feed, TellsASlowReaderWhatItMissed) {
    EventFeed feed;
    const auto reader = feed.follow("one");
    const auto other = feed.follow("two");
    const std::string record(feed_bytes_max / 2, 'x');
    for (int i = 0; i < 4; i++) {
        EventRows rows(1);
        rows.begin_row({.type = "cloudtrail"}, fmt::format("e{}", i), record);
        feed.publish(std::make_shared<const FeedBatch>(FeedBatch{"one", 1, {}, std::move(rows), {0}}));
    }
    const auto taken = reader->take(std::chrono::milliseconds{0});
    EXPECT_EQ(taken.missed, 3U);
    ASSERT_EQ(taken.batches.size(), 1U);
    EXPECT_EQ(taken.batches.front()->rows.id(0), "e3");
    EXPECT_TRUE(reader->take(std::chrono::milliseconds{0}).batches.empty());
    EXPECT_TRUE(other->take(std::chrono::milliseconds{0}).batches.empty());
}

TEST(SearchFilterText, SaysWhatIsWrong) {
    const auto made = SearchFilter::make("eventName == ", {});
    EXPECT_FALSE(made.filter);
    EXPECT_FALSE(made.diagnostics.empty());
}

}  // namespace
}  // namespace vigia
