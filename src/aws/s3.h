#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/endpoint.h"
#include "base/file.h"

namespace vigia {

// What the first GET of an object brings at most, which is all of most; the pieces behind it are larger.
constexpr uint64_t first_piece_bytes = 1024 * 1024;
constexpr uint64_t object_piece_bytes = 8ULL * 1024 * 1024;

struct S3Place {
    std::string region;
    std::string bucket;
    std::string key;
};

// A piece of an object.
struct S3Piece {
    std::string body;
    uint64_t object_bytes = 0;  // of all of it
    std::string etag;
    std::string signature;  // that CloudTrail keeps with a digest, in hexadecimal
};

struct S3Listed {
    std::string key;
    uint64_t bytes = 0;
    std::string etag;
    std::optional<Time> modified;
};

struct S3ListQuery {
    std::string region;
    std::string bucket;
    std::string prefix;
    std::string delimiter;  // none when empty
    std::string start_after;
    std::string token;  // of the page before
    size_t keys_max = 1'000;
};

struct S3ListPage {
    std::vector<S3Listed> objects;
    std::vector<std::string> prefixes;  // with a delimiter
    std::string next;                   // the token of the next page; empty when there is none
};

// Objects and lists of buckets. A bucket that turns out to be in another region is asked for there from then
// on. Errors as AwsClient::call(). Safe to use from many threads.
class S3Client {
public:
    S3Client(AwsClient& client, AwsEndpoints endpoints) : client_(client), endpoints_(std::move(endpoints)) {}

    // The bytes of the object from `first` on: first_piece_bytes at most from its beginning, else
    // object_piece_bytes. With an etag, Conflict when the
    // object is another one by now.
    Result<S3Piece> get(const S3Place& place, uint64_t first, const std::string& etag,
                        const std::stop_token& stop);
    // Its size and etag, without its bytes.
    Result<S3Piece> head(const S3Place& place, const std::stop_token& stop);
    Result<S3ListPage> list(const S3ListQuery& query, const std::stop_token& stop);

    // The object behind its first piece, which is at hand, as a stream that holds one piece at a time. The
    // client and the token must outlive it.
    std::unique_ptr<ByteSource> stream(S3Place place, S3Piece first, const std::stop_token& stop);

private:
    Result<AwsAnswer> call(AwsCall call, const std::string& region, const std::string& bucket,
                           const std::string& key, const std::stop_token& stop);

    AwsClient& client_;
    AwsEndpoints endpoints_;
    std::mutex mutex_;
    std::map<std::string, std::string> regions_;  // by bucket, where they differ from what was said
};

}  // namespace vigia
