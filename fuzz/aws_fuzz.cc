// Any text is a message of S3 whose objects can be asked for, an answer of AWS, a file of profiles, or
// refused with a reason; within the bounds of each.
#include "aws/client.h"
#include "aws/endpoint.h"
#include "aws/profile.h"
#include "aws/s3_notification.h"
#include "aws/xml.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto read = parse_notification(text);
    VIGIA_ASSERT(read || !read.error().message.empty());
    if (read) {
        VIGIA_ASSERT(read->objects.size() <= notification_objects_max);
        for (const NotifiedObject& one : read->objects) {
            const std::string region = one.region.empty() ? "eu-west-1" : one.region;
            VIGIA_ASSERT(place_of({}, region, one.bucket, one.key));
            const std::string encoded = percent_encode(one.key, true);
            VIGIA_ASSERT(encoded.find_first_of(" \r\n?#\"") == std::string::npos);
        }
    }
    const std::string account = account_of_key(text);
    VIGIA_ASSERT(account.empty() || is_account(account));
    VIGIA_ASSERT(!failure_of({400, text, {}}).code.empty());
    for (const ProfileFile kind : {ProfileFile::Config, ProfileFile::Credentials}) {
        const auto profiles = parse_profiles(text, kind);
        VIGIA_ASSERT(profiles || !profiles.error().message.empty());
    }
    return 0;
}
