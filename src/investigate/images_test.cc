#include "investigate/images.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

TEST(ImageName, IsTakenApart) {
    const std::string registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
    const std::string digest = "sha256:0123";
    EXPECT_EQ(parse_image(registry + "/shop/web:1.2@" + digest),
              (ImageName{"111122223333", "eu-west-1", registry, "shop/web", "1.2", digest}));
    EXPECT_EQ(parse_image(registry + "/web@" + digest),
              (ImageName{"111122223333", "eu-west-1", registry, "web", "", digest}));
    EXPECT_EQ(parse_image("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/web:1").region, "cn-north-1");
    EXPECT_EQ(parse_image("localhost:5000/web"), (ImageName{"", "", "localhost:5000", "web", "", ""}));
    EXPECT_EQ(parse_image("library/redis:7"), (ImageName{"", "", "", "library/redis", "7", ""}));
    EXPECT_EQ(parse_image("redis"), (ImageName{"", "", "", "redis", "", ""}));
    EXPECT_EQ(parse_image(""), ImageName{});
    // What is odd is taken apart somehow, and loses nothing of its repository.
    EXPECT_EQ(parse_image("@").repository, "");
    EXPECT_EQ(parse_image("a.b/").repository, "");
    EXPECT_EQ(parse_image(".amazonaws.com.dkr.ecr./x").account, "");
}

}  // namespace
}  // namespace vigia
