#include "base/time_zones.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"

namespace vigia {
namespace {

class TimeZonesTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "vigia_zones_" + std::to_string(getpid());
        ASSERT_TRUE(make_folder(folder_ + "/zones/Europe"));
        ASSERT_TRUE(make_folder(folder_ + "/zones/posix/Europe"));
        ASSERT_TRUE(make_folder(folder_ + "/empty"));
        for (const char* const zone :
             {"zones/UTC", "zones/Europe/Paris", "zones/posix/Europe/Paris", "zones/posixrules", "Outside"})
            ASSERT_TRUE(write_file(folder_ + "/" + zone, "TZif2"));
        ASSERT_TRUE(write_file(folder_ + "/zones/leapseconds", "# leap"));
        ASSERT_TRUE(write_file(folder_ + "/zones/short", "TZ"));
        ASSERT_TRUE(write_file(folder_ + "/zones/tzdata.zi",
                               "# version 2026a\nZ Asia/Kolkata 5:53:28 - LMT 1854\n"
                               "L Asia/Kolkata Asia/Calcutta\nL Asia/Kolkata posixrules"));
    }
    void TearDown() override { EXPECT_TRUE(remove_folder(folder_)); }

    std::string folder_;
};

TEST_F(TimeZonesTest, AreWhatTheDatabaseHas) {
    const std::string zones = folder_ + "/zones";
    EXPECT_TRUE(is_time_zone("UTC", zones));
    EXPECT_TRUE(is_time_zone("Europe/Paris", zones));
    EXPECT_TRUE(is_time_zone("Asia/Kolkata", zones));
    EXPECT_TRUE(is_time_zone("Asia/Calcutta", zones));
    for (const char* const other :
         {"Europe", "Europe/Pariss", "europe/paris", "leapseconds", "short", "Mars/Base", "LMT", "Asia/Kol"})
        EXPECT_FALSE(is_time_zone(other, zones)) << other;
}

TEST_F(TimeZonesTest, NothingElseOfTheMachineIsLookedAt) {
    const std::string zones = folder_ + "/zones";
    for (const std::string& name :
         {std::string("../Outside"), std::string("Europe/../UTC"), std::string("./UTC"), std::string("/UTC"),
          folder_ + "/Outside", std::string("Europe//Paris"), std::string("Europe/"), std::string(""),
          std::string("UTC\0", 4), std::string("UTC\n"), std::string("Europe\\Paris"),
          std::string("posixrules"), std::string("posix/Europe/Paris"),
          std::string(time_zone_bytes_max + 1, 'x')})
        EXPECT_FALSE(is_time_zone(name, zones)) << name;
}

TEST_F(TimeZonesTest, TheFormDecidesWhereThereIsNoDatabase) {
    for (const std::string& folder : {folder_ + "/empty", folder_ + "/none"}) {
        EXPECT_TRUE(is_time_zone("America/Argentina/Ushuaia", folder));
        EXPECT_TRUE(is_time_zone("Etc/GMT+5", folder));
        EXPECT_FALSE(is_time_zone("../Outside", folder));
        EXPECT_FALSE(is_time_zone("Europe Paris", folder));
        EXPECT_FALSE(is_time_zone(std::string(time_zone_bytes_max + 1, 'x'), folder));
    }
}

}  // namespace
}  // namespace vigia
