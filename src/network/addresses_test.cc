#include "network/addresses.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <string>

namespace vigia {
namespace {

bool may_call(const std::string& text, Reach reach = Reach::Outside) {
    sockaddr_storage address{};
    if (text.find(':') == std::string::npos) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(address);
        v4.sin_family = AF_INET;
        EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &v4.sin_addr), 1) << text;
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
        v6.sin6_family = AF_INET6;
        EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
    }
    return vigia::may_call(reinterpret_cast<const sockaddr&>(address), reach);
}

TEST(Addresses, TheLocalLinkIsNotCalled) {
    for (const char* const address :
         {"169.254.169.254", "169.254.170.2", "169.254.0.0", "169.254.255.255", "fe80::1", "febf::1",
          "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"})
        EXPECT_FALSE(may_call(address)) << address;
    for (const char* const address :
         {"169.253.255.255", "169.255.0.0", "127.0.0.1", "10.0.0.1", "203.0.113.7", "::1", "fd00:ec2::253",
          "fec0::1", "2001:db8::1", "::ffff:203.0.113.7", "64:ff9b::203.0.113.7"})
        EXPECT_TRUE(may_call(address)) << address;
    sockaddr other{};
    other.sa_family = AF_UNIX;
    EXPECT_FALSE(vigia::may_call(other));
}

TEST(Addresses, CredentialsComeFromAwsAndThisMachineOnly) {
    for (const char* const address : {"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254",
                                      "fd00:ec2::23", "127.0.0.1", "127.1.2.3", "::1"})
        EXPECT_TRUE(may_call(address, Reach::Credentials)) << address;
    for (const char* const address : {"169.254.169.253", "169.254.170.3", "10.0.0.1", "203.0.113.7",
                                      "fe80::1", "fd00:ec2::253", "2001:db8::1", "::ffff:169.254.169.254"})
        EXPECT_FALSE(may_call(address, Reach::Credentials)) << address;
}

}  // namespace
}  // namespace vigia
