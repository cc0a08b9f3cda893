#include "base/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/hash.h"
#include "base/sha256.h"

namespace vigia {
namespace {

class FolderTest : public testing::Test {
protected:
    FolderTest() : folder_(testing::TempDir() + "vigia_folder_" + std::to_string(getpid())) {
        EXPECT_TRUE(make_private_folder(folder_));
    }
    ~FolderTest() override { std::filesystem::remove_all(folder_); }
    std::string folder_;
};

TEST_F(FolderTest, OneHoldsALockAtATime) {
    auto held = FolderLock::take(folder_, FolderLock::Wait::No);
    ASSERT_TRUE(held);
    EXPECT_EQ(FolderLock::take(folder_, FolderLock::Wait::No).error().kind, ErrorKind::Busy);
    {
        const FolderLock gone = std::move(*held);
    }
    EXPECT_TRUE(FolderLock::take(folder_, FolderLock::Wait::Yes));
    EXPECT_EQ(FolderLock::take(folder_ + "/none", FolderLock::Wait::No).error().kind, ErrorKind::NotFound);
}

TEST_F(FolderTest, APrivateFileIsThereWhenItIsFinished) {
    const std::string path = folder_ + "/file";
    {
        auto left = PrivateFile::create(path);
        ASSERT_TRUE(left && left->add("half"));
    }
    EXPECT_FALSE(is_file(path));
    auto file = PrivateFile::create(path);
    ASSERT_TRUE(file && file->add("one") && file->add("two") && file->finish());
    EXPECT_EQ(*read_file(path, 100), "onetwo");
    EXPECT_TRUE(is_private(path));
    EXPECT_EQ(PrivateFile::create(path).error().kind, ErrorKind::Conflict);
    EXPECT_EQ(*names_in(folder_), std::vector<std::string>{"file"});
    EXPECT_TRUE(*link_file(path, folder_ + "/other"));
    EXPECT_EQ(*read_file(folder_ + "/other", 100), "onetwo");
}

TEST(Sha256, IsThatOfTheWhole) {
    Sha256 pieces;
    pieces.add("ab");
    pieces.add("");
    pieces.add("c");
    EXPECT_EQ(pieces.finish(), sha256("abc"));
}

}  // namespace
}  // namespace vigia
