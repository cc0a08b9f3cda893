#include "store/pinned_database.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/random.h"
#include "store/inbox.h"

namespace vigia {
namespace {

class PinnedDatabaseTest : public testing::Test {
protected:
    PinnedDatabaseTest() {
        for (const char* one : {"data", "copy"}) EXPECT_TRUE(make_private_folder(folder_ + "/" + one));
    }
    ~PinnedDatabaseTest() override { std::filesystem::remove_all(folder_); }

    static InboxBatch batch(const std::string& body) {
        return {.organisation = "acme",
                .source = "s",
                .received = {},
                .body = body,
                .accepted = "1",
                .matches = "m"};
    }
    static void put(Inbox& inbox, const std::string& body) {
        InboxBatch one = batch(body);
        ASSERT_TRUE(inbox.put(std::span(&one, 1)));
    }
    static std::vector<std::string> bodies(Inbox& inbox) {
        std::vector<std::string> found;
        EXPECT_TRUE(inbox.each([&](const InboxBatch& one) -> Result<void> {
            found.push_back(one.body);
            return {};
        }));
        return found;
    }
    static Part part(const std::string& path) {
        return {.organisation = "acme",
                .day = "2026-11-25",
                .path = path,
                .rows = 1,
                .bytes = 1,
                .first = {},
                .last = {}};
    }

    std::string folder_ = testing::TempDir() + "vigia_pinned_" + hex(random_bytes(8));
    std::string file_ = folder_ + "/data/inbox.db", copy_ = folder_ + "/copy/inbox.db";
};

TEST_F(PinnedDatabaseTest, IsOfItsMomentWhileOthersWrite) {
    auto inbox = Inbox::open(file_);
    ASSERT_TRUE(inbox);
    put(*inbox, "one");
    const Part first = part("a"), second = part("b");
    ASSERT_TRUE(inbox->seal(0, std::span(&first, 1)));
    const auto pinned = PinnedDatabase::open(file_);
    ASSERT_TRUE(pinned) << pinned.error().message;
    put(*inbox, "two");
    ASSERT_TRUE(inbox->replace(std::span(&first, 1), std::span(&second, 1)));
    EXPECT_EQ(*pinned->parts(), std::vector<std::string>{"a"});
    ASSERT_TRUE(pinned->copy_to(copy_));
    EXPECT_TRUE(is_private(copy_));
    EXPECT_FALSE(pinned->copy_to(copy_)) << "it is there";
    put(*inbox, "three");
    auto copy = Inbox::open(copy_);
    ASSERT_TRUE(copy) << copy.error().message;
    EXPECT_EQ(bodies(*copy), std::vector<std::string>{"one"});
    EXPECT_EQ(copy->parts()->at(0).path, "a");
    EXPECT_EQ(bodies(*inbox), (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(PinnedDatabaseTest, DamagedPartsAndWhatIsNoDatabaseAreNotTaken) {
    {
        auto inbox = Inbox::open(file_);
        ASSERT_TRUE(inbox);
        Part bad = part("bad");
        ASSERT_TRUE(inbox->seal(0, std::span(&bad, 1)));
        bad.damaged = true;
        ASSERT_TRUE(inbox->set_damaged(bad));
    }
    EXPECT_TRUE(PinnedDatabase::open(file_)->parts()->empty());
    EXPECT_FALSE(PinnedDatabase::open(folder_ + "/none.db"));
    EXPECT_FALSE(is_file(folder_ + "/none.db"));
    std::ofstream(folder_ + "/text.db") << std::string(4096, 'x');
    EXPECT_EQ(PinnedDatabase::open(folder_ + "/text.db").error().kind, ErrorKind::Corrupt);
}

TEST_F(PinnedDatabaseTest, AnInboxNumbersAboveWhatWasApplied) {
    auto inbox = Inbox::open(file_);
    ASSERT_TRUE(inbox);
    for (const uint64_t above : {7U, 3U}) {
        ASSERT_TRUE(inbox->number_above(above));
        InboxBatch one = batch("x");
        ASSERT_TRUE(inbox->put(std::span(&one, 1)));
        EXPECT_EQ(one.number, above == 7U ? 8U : 9U);
    }
}

}  // namespace
}  // namespace vigia
