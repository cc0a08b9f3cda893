#include "store/event_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/random.h"
#include "store/columns.h"
#include "store/event_parts.h"
#include "store/parquet_writer.h"

namespace vigia {

namespace {

namespace fs = std::filesystem;

constexpr const char* organisation = "0123456789abcdef01234567";
constexpr const char* other_organisation = "fedcba9876543210fedcba98";

Time at(int64_t seconds) { return Time{std::chrono::seconds{1'700'000'000 + seconds}}; }

class EventStoreTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("vigia-store-" + hex(random_bytes(8)));
        fs::create_directories(folder_);
        open();
    }
    void TearDown() override {
        store_.reset();
        inbox_.reset();
        fs::remove_all(folder_);
    }

    void open() {
        store_.reset();
        inbox_.reset();
        inbox_ = *Inbox::open(folder_ / "inbox.db");
        store_ = *EventStore::open({.folder = folder_ / "lake", .memory_bytes_max = 256'000'000}, *inbox_);
    }

    // Puts a batch into the inbox and the tail, as intake does.
    void put(const std::string& of, int64_t begin, int64_t count) {
        EventRows rows(event_columns().size());
        std::vector<uint32_t> accepted;
        for (int64_t i = begin; i < begin + count; i++) {
            rows.begin_row({.type = "cloudtrail", .time = at(i * 60)}, "id-" + std::to_string(i),
                           R"({"n":)" + std::to_string(i) + "}");
            rows.set(1, i % 2 == 0 ? "GetObject" : "PutObject");
            accepted.push_back(static_cast<uint32_t>(i - begin));
        }
        InboxBatch batch{.organisation = of, .source = "s", .body = std::string("\0x", 2), .accepted = "1"};
        ASSERT_TRUE(inbox_->put({&batch, 1}));
        store_->append({of, batch.number, at(0), std::move(rows), std::move(accepted)});
    }

    void seal() {
        const auto done = store_->seal();
        ASSERT_TRUE(done) << done.error().message;
    }

    std::vector<std::string> ids(EventQuery query) {
        query.select = "id";
        query.rest = "order by time, id";
        if (query.organisation.empty()) query.organisation = organisation;
        auto answer = store_->query(query);
        EXPECT_TRUE(answer) << answer.error().message;
        std::vector<std::string> found;
        while (*answer->next()) {
            for (size_t i = 0; i < answer->rows().size(); i++) found.emplace_back(*answer->rows().text(0, i));
        }
        return found;
    }

    size_t batches() {
        size_t count = 0;
        EXPECT_TRUE(inbox_->each([&](const InboxBatch& batch) -> Result<void> {
            EXPECT_EQ(batch.body, std::string("\0x", 2));
            count++;
            return {};
        }));
        return count;
    }

    fs::path folder_;
    std::optional<Inbox> inbox_;
    std::unique_ptr<EventStore> store_;
};

TEST_F(EventStoreTest, finds_the_same_in_tail_and_lake) {
    put(organisation, 0, 100);
    EXPECT_EQ(ids({}).size(), 100u);
    EXPECT_EQ(batches(), 1u);
    seal();
    EXPECT_EQ(batches(), 0u);
    EXPECT_EQ(store_->counts().tail_rows, 0u);
    EXPECT_EQ(ids({}).size(), 100u);
    put(organisation, 100, 10);
    EXPECT_EQ(ids({}).size(), 110u);
    EXPECT_EQ(ids({.where = {{"name = $1"}}, .parameters = {std::string("PutObject")}}).size(), 55u);
    const auto range = ids({.since = at(60 * 99), .until = at(60 * 101)});
    EXPECT_EQ(range, (std::vector<std::string>{"id-99", "id-100", "id-101"}));
}

TEST_F(EventStoreTest, keeps_organisations_apart) {
    put(organisation, 0, 5);
    put(other_organisation, 5, 5);
    EXPECT_EQ(ids({}).size(), 5u);
    seal();
    EXPECT_EQ(ids({}).size(), 5u);
    EXPECT_EQ(ids({.organisation = other_organisation}).front(), "id-5");
    EXPECT_TRUE(ids({.organisation = "unknown"}).empty());
}

TEST_F(EventStoreTest, tells_what_is_stored_of_one_organisation) {
    EXPECT_EQ(store_->facts(organisation)->events, 0U);
    EXPECT_FALSE(store_->facts(organisation)->first);
    put(organisation, 5, 10);
    put(other_organisation, 0, 3);
    const auto in_memory = store_->facts(organisation);
    ASSERT_TRUE(in_memory) << in_memory.error().message;
    EXPECT_EQ(in_memory->events, 10U);
    EXPECT_EQ(in_memory->events_in_memory, 10U);
    EXPECT_EQ(in_memory->part_bytes, 0U);
    EXPECT_EQ(in_memory->first, at(5 * 60));
    EXPECT_EQ(in_memory->last, at(14 * 60));
    seal();
    put(organisation, 20, 1);
    const auto both = store_->facts(organisation);
    EXPECT_EQ(both->events, 11U);
    EXPECT_EQ(both->events_in_memory, 1U);
    EXPECT_GT(both->part_bytes, 0U);
    EXPECT_EQ(both->first, at(5 * 60));
    EXPECT_EQ(both->last, at(20 * 60));
    EXPECT_EQ(store_->facts(other_organisation)->events, 3U);
}

TEST_F(EventStoreTest, has_the_lake_again_after_reopening) {
    put(organisation, 0, 3000);
    seal();
    put(organisation, 3000, 1);
    open();
    EXPECT_EQ(ids({}).size(), 3000u) << "what is in the inbox alone comes back by intake";
    EXPECT_EQ(batches(), 1u);
}

TEST_F(EventStoreTest, removes_files_that_the_inbox_does_not_know) {
    put(organisation, 0, 10);
    seal();
    const std::string known = store_->parts().front().path;
    const fs::path stranger = (folder_ / "lake" / known).parent_path() / "part-stranger.parquet";
    fs::copy_file(folder_ / "lake" / known, stranger);
    open();
    EXPECT_FALSE(fs::exists(stranger));
    EXPECT_EQ(ids({}).size(), 10u);
}

TEST_F(EventStoreTest, makes_one_part_of_many_small_ones) {
    for (int64_t i = 0; i < 10; i++) {
        put(organisation, i * 2, 2);
        seal();
    }
    const auto before = ids({});
    EXPECT_EQ(store_->parts().size(), 10u);
    EXPECT_EQ(*store_->compact(), 9u);
    EXPECT_EQ(store_->parts().size(), 1u);
    EXPECT_EQ(ids({}), before);
    open();
    EXPECT_EQ(ids({}), before);
    size_t files = 0;
    for (const auto& one : fs::recursive_directory_iterator(folder_ / "lake"))
        files += one.path().extension() == ".parquet" ? 1 : 0;
    EXPECT_EQ(files, 1u);
}

// What the tail hands on in order stands as SQL would order it, over more than one row group.
TEST_F(EventStoreTest, orders_a_part_by_time_and_by_likeness) {
    constexpr size_t count = row_group_rows * 5 / 2;
    EventRows rows(event_columns().size());
    std::vector<uint32_t> accepted;
    for (size_t i = 0; i < count; i++) {
        // No two at the same time: which of them is first nobody says.
        const auto moment = at(0) + std::chrono::milliseconds(i * 7919 % count);
        rows.begin_row({.type = "cloudtrail", .time = moment}, fmt::format("id-{}", i), "{}");
        rows.set(column_index("name"), fmt::format("Call{}", i % 17));
        if (i % 3 != 0) rows.set(column_index("access_key"), fmt::format("AKIA{}", i % 41));
        if (i % 5 == 0) rows.set(column_index("host"), fmt::format("host-{}", i % 13));
        accepted.push_back(static_cast<uint32_t>(i));
    }
    InboxBatch batch{.organisation = organisation, .source = "s", .body = "x", .accepted = "1"};
    ASSERT_TRUE(inbox_->put({&batch, 1}));
    store_->append({organisation, batch.number, at(0), std::move(rows), std::move(accepted)});
    seal();
    ASSERT_EQ(store_->parts().size(), 1u);
    const std::string file = read_parquet(folder_ / "lake" / store_->parts().front().path);
    const Duck duck = *Duck::open({.threads = 1, .spill_folder = ""});
    const auto ids_of = [&](const std::string& sql) {
        DuckConnection connection = *duck.connect();
        auto answer = connection.query(sql);
        EXPECT_TRUE(answer) << answer.error().message;
        std::vector<std::string> found;
        while (*answer->next()) {
            for (size_t i = 0; i < answer->size(); i++) found.emplace_back(*answer->text(0, i));
        }
        return found;
    };
    const auto stored = ids_of("select id from " + file);
    EXPECT_EQ(stored.size(), count);
    EXPECT_EQ(stored, ids_of(fmt::format("select id from ({})", part_order("select * from " + file))));
}

TEST_F(EventStoreTest, removes_days) {
    put(organisation, 0, 1);
    put(organisation, 3000, 1);  // two days later
    seal();
    EXPECT_EQ(*store_->remove_before(organisation, day_of(at(3000 * 60))), 1u);
    EXPECT_EQ(ids({}), std::vector<std::string>{"id-3000"});
    EXPECT_EQ(*store_->remove_before(other_organisation, "2999-01-01"), 0u);
}

TEST_F(EventStoreTest, sets_a_damaged_part_aside_and_serves_the_rest) {
    put(organisation, 0, 10);
    seal();
    put(organisation, 3000, 10);
    seal();
    for (const Part& part : store_->parts()) {
        if (part.day != day_of(at(0))) continue;
        std::fstream file(folder_ / "lake" / part.path, std::ios::in | std::ios::out | std::ios::binary);
        for (int i = 0; i < 200; i++) file.put('\xff');
    }
    open();
    EXPECT_EQ(ids({}).size(), 10u);
    EXPECT_EQ(store_->counts().damaged.size(), 1u);
    open();
    EXPECT_EQ(store_->counts().damaged.size(), 1u);
}

// What can happen to a file.
void cut(const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }
void empty(const fs::path& file) { fs::resize_file(file, 0); }
void remove(const fs::path& file) { fs::remove(file); }
void flip(const fs::path& file, std::streamoff at) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(at);
    const int before = bytes.get();
    bytes.seekp(at);
    bytes.put(static_cast<char>(before ^ 0x55));
}
void flip_page(const fs::path& file) {
    for (std::streamoff at = 30; at < 60; at++) flip(file, at);
}
void flip_footer(const fs::path& file) {
    const auto size = static_cast<std::streamoff>(fs::file_size(file));
    for (std::streamoff at = size - 60; at < size - 8; at++) flip(file, at);
}
constexpr auto damages = std::to_array({cut, empty, remove, flip_page, flip_footer});

TEST_F(EventStoreTest, sets_each_kind_of_damage_aside_and_takes_back_what_is_whole_again) {
    put(organisation, 0, 10);
    put(organisation, 3000, 10);
    seal();
    const fs::path file = folder_ / "lake" / store_->parts().front().path;
    const fs::path copy = folder_ / "copy";
    fs::copy_file(file, copy);
    for (size_t i = 0; i < damages.size(); i++) {
        SCOPED_TRACE(i);
        damages[i](file);
        for (size_t part = 0; part < 2; part++) (void)store_->verify_next();
        EXPECT_EQ(store_->counts().damaged, std::vector<std::string>{file.native()});
        EXPECT_EQ(ids({}).size(), 10u);
        fs::copy_file(copy, file, fs::copy_options::overwrite_existing);
        for (size_t part = 0; part < 2; part++) (void)store_->verify_next();
        EXPECT_EQ(ids({}).size(), 20u);
        damages[i](file);
        open();
        for (size_t part = 0; part < 2; part++) (void)store_->verify_next();
        EXPECT_EQ(ids({}).size(), 10u);
        fs::copy_file(copy, file, fs::copy_options::overwrite_existing);
        open();
        EXPECT_EQ(ids({}).size(), 20u);
        EXPECT_TRUE(store_->counts().damaged.empty());
    }
}

TEST_F(EventStoreTest, makes_one_part_of_what_is_whole) {
    for (int64_t i = 0; i < 12; i++) {
        put(organisation, i * 2, 2);
        seal();
    }
    const auto parts = store_->parts();
    flip_page(folder_ / "lake" / parts[3].path);
    fs::remove(folder_ / "lake" / parts[5].path);
    EXPECT_EQ(*store_->compact(), 0u) << "the damage is found first";
    EXPECT_EQ(store_->counts().damaged.size(), 2u);
    EXPECT_EQ(*store_->compact(), 9u);
    EXPECT_EQ(ids({}).size(), 20u);
    EXPECT_EQ(store_->counts().damaged.size(), 2u);
    EXPECT_EQ(*store_->remove_before(organisation, "2999-01-01"), 3u) << "what is damaged is too old as well";
}

TEST_F(EventStoreTest, asks_the_parts_that_are_whole_for_ids) {
    put(organisation, 0, 10);
    put(organisation, 3000, 10);
    seal();
    const auto parts = store_->parts();
    empty(folder_ / "lake" / parts[0].path);
    const auto read = store_->each_id(parts[0], [](const EventStore::StoredId&) {});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::Corrupt) << read.error().message;
    cut(folder_ / "lake" / parts[1].path);
    put(organisation, 6000, 1);
    seal();
    const std::vector<std::string> asked{"id-3", "id-3001", "id-6000"};
    EXPECT_EQ(*store_->known_ids(store_->parts(), asked), std::vector<std::string>{"id-6000"});
    EXPECT_EQ(store_->counts().damaged.size(), 2u);
}

TEST_F(EventStoreTest, removes_what_was_half_written) {
    put(organisation, 0, 10);
    seal();
    const fs::path half = folder_ / "lake" / (store_->parts().front().path + ".tmp");
    std::ofstream(half) << "PAR1";
    open();
    EXPECT_FALSE(fs::exists(half));
}

TEST_F(EventStoreTest, seals_when_the_folder_can_be_written_again) {
    put(organisation, 0, 10);
    put(other_organisation, 0, 10);
    const fs::path in_the_way = folder_ / "lake" / (std::string("organisation=") + other_organisation);
    std::ofstream(in_the_way) << "no folder";
    EXPECT_FALSE(store_->seal());
    EXPECT_EQ(ids({}).size(), 10u) << "what is not sealed is found all the same";
    EXPECT_EQ(batches(), 2u);
    size_t files = 0;
    for (const auto& one : fs::recursive_directory_iterator(folder_ / "lake"))
        files += one.is_regular_file() && one.path() != in_the_way ? 1 : 0;
    EXPECT_EQ(files, 0u) << "what was written in vain is removed";
    fs::remove(in_the_way);
    ASSERT_TRUE(store_->seal_rotated());
    EXPECT_EQ(batches(), 0u);
    EXPECT_EQ(ids({}).size(), 10u);
    EXPECT_EQ(ids({.organisation = other_organisation}).size(), 10u);
}

TEST_F(EventStoreTest, knows_which_ids_are_sealed) {
    put(organisation, 0, 10);
    seal();
    const std::vector<std::string> asked{"id-3", "id-30", "x'--"};
    EXPECT_EQ(*store_->known_ids(store_->parts(), asked), std::vector<std::string>{"id-3"});
    size_t all = 0;
    ASSERT_TRUE(store_->each_id(store_->parts().front(), [&](const EventStore::StoredId&) { all++; }));
    EXPECT_EQ(all, 10u);
}

TEST_F(EventStoreTest, ends_a_query_that_takes_too_long) {
    put(organisation, 0, 2000);
    EventQuery slow{.organisation = organisation};
    slow.select =
        "count(*) filter (where (select sum(a.range * b.range) from range(1000000) a, "
        "range(1000000) b) > 0)";
    const auto answer = store_->query(slow, {.time_max = std::chrono::milliseconds{50}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Busy) << answer.error().message;
    const std::atomic<bool> cancelled = true;
    const auto unwanted = store_->query(slow, {.cancelled = &cancelled});
    ASSERT_FALSE(unwanted);
    EXPECT_EQ(unwanted.error().kind, ErrorKind::Conflict) << unwanted.error().message;
}

TEST_F(EventStoreTest, remembers_moments) {
    EXPECT_EQ(*inbox_->moment("retention"), std::nullopt);
    ASSERT_TRUE(inbox_->set_moment("retention", at(1)));
    ASSERT_TRUE(inbox_->set_moment("retention", at(2)));
    open();
    EXPECT_EQ(*inbox_->moment("retention"), at(2));
}

TEST_F(EventStoreTest, refuses_a_second_process) {
    const auto second = Inbox::open(folder_ / "inbox.db");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
    EXPECT_NE(second.error().message.find("another vigia"), std::string::npos);
}

}  // namespace

}  // namespace vigia
