#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/aws_access.h"
#include "app/trail_watch.h"
#include "digest/check.h"

namespace vigia {

// CloudTrail's public keys: those of a file first, then as ListPublicKeys tells of them, by region. Safe to
// use from many threads.
class ListedKeys {
public:
    ListedKeys(std::shared_ptr<AwsClient> client, AwsEndpoints endpoints, FindKeys first)
        : client_(std::move(client)), endpoints_(std::move(endpoints)), first_(std::move(first)) {}

    Result<PublicKeys> find(const Digest& digest, const std::stop_token& stop);

private:
    std::shared_ptr<AwsClient> client_;
    const AwsEndpoints endpoints_;
    const FindKeys first_;
    std::mutex mutex_;
    std::map<std::string, PublicKeys> known_;  // by region
};

// The objects of a trail, where they were written. Names without a bucket are of `bucket`.
class S3Trail final : public TrailFiles {
public:
    S3Trail(std::shared_ptr<S3Client> s3, std::string region, std::string bucket, std::stop_token stop)
        : s3_(std::move(s3)),
          region_(std::move(region)),
          bucket_(std::move(bucket)),
          stop_(std::move(stop)) {}

    Result<StoredObject> open(const ObjectName& name) const override;

private:
    std::shared_ptr<S3Client> s3_;
    std::string region_, bucket_;
    std::stop_token stop_;
};

// How the digests that connections brought are looked at. Safe to use from many threads.
class AwsTrails {
public:
    // All must outlive it.
    AwsTrails(AwsConnections& connections, const AwsAccess& access, FindKeys first)
        : connections_(connections), access_(access), first_(std::move(first)) {}

    // NotFound when the connection that brought it is no more.
    Result<TrailReach> reach(const DigestRecord& record, const std::stop_token& stop);

private:
    struct Way;
    Result<std::shared_ptr<Way>> way_of(const AwsConnection& connection);

    AwsConnections& connections_;
    const AwsAccess& access_;
    const FindKeys first_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Way>> ways_;  // by connection
};

// The digests and log files below "s3://BUCKET/PREFIX", and CloudTrail's keys, with the service's own
// credentials.
struct S3TrailListing {
    std::unique_ptr<TrailFiles> files;
    FindKeys find_keys;
    std::vector<ObjectName> digests, logs;
};
constexpr std::string_view s3_scheme = "s3://";
// `first`: keys that are at hand. BadInput when the place is no such URL.
Result<S3TrailListing> list_trail(const AwsAccess& access, const std::string& place, FindKeys first);

}  // namespace vigia
