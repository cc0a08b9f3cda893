#include "app/aws_trail.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/cloudtrail.h"

namespace vigia {

namespace {

// CloudTrail's keys of a day are few; so many regions are as good as all.
constexpr size_t regions_max = 200;

// Of a bucket whose region nobody said; S3 tells where it is.
std::string region_or_default(const AwsSurroundings& from) {
    const std::string region = default_region(from);
    return region.empty() ? "us-east-1" : region;
}

}  // namespace

Result<PublicKeys> ListedKeys::find(const Digest& digest, const std::stop_token& stop) {
    PublicKeys at_hand = TRY(first_(digest));
    if (at_hand.contains(digest.fingerprint)) return at_hand;
    const auto told = parse_digest_name(digest.name.key);
    if (!told || !is_region(told->region)) return at_hand;
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(told->region);
        known != known_.end() && known->second.contains(digest.fingerprint))
        return known->second;
    PublicKeys listed;
    for (const std::string& page :
         TRY(list_public_keys(*client_, endpoints_, told->region, digest.start, digest.end, stop)))
        listed.add(TRY(PublicKeys::parse(page)));
    if (known_.size() >= regions_max && !known_.contains(told->region)) known_.clear();
    PublicKeys& kept = known_[told->region];
    kept.add(listed);
    return kept;
}

Result<StoredObject> S3Trail::open(const ObjectName& name) const {
    const S3Place place{region_, name.bucket.empty() ? bucket_ : name.bucket, name.key};
    S3Piece piece = TRY(s3_->get(place, 0, "", stop_));
    StoredObject object;
    object.signature = piece.signature;
    object.bytes = s3_->stream(place, std::move(piece), stop_);
    return object;
}

struct AwsTrails::Way {
    std::string made_of;  // another connection of the same id is another way
    std::shared_ptr<AwsReach> reach;
    std::shared_ptr<ListedKeys> keys;
};

Result<std::shared_ptr<AwsTrails::Way>> AwsTrails::way_of(const AwsConnection& connection) {
    const std::string made_of = fmt::format("{}\n{}\n{}\n{}", connection.queue_url, connection.region,
                                            connection.role_arn, connection.external_id);
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Way>& way = ways_[connection.id];
    if (way && way->made_of == made_of) return way;
    way = nullptr;
    auto made = std::make_shared<Way>();
    made->made_of = made_of;
    made->reach = TRY(access_.reach(connection));
    made->keys = std::make_shared<ListedKeys>(std::shared_ptr<AwsClient>(made->reach, &made->reach->client()),
                                              access_.surroundings().endpoints, first_);
    way = made;
    return made;
}

Result<TrailReach> AwsTrails::reach(const DigestRecord& record, const std::stop_token& stop) {
    const auto all = TRY(connections_.all());
    const auto found = std::ranges::find(all, record.source, &AwsConnection::source);
    if (found == all.end()) return error(ErrorKind::NotFound, "the connection that brought it was removed");
    const std::shared_ptr<Way> way = TRY(way_of(*found));
    TrailReach made;
    made.files = std::make_unique<S3Trail>(std::shared_ptr<S3Client>(way->reach, &way->reach->s3()),
                                           way->reach->region(), record.name.bucket, stop);
    made.find_keys = [keys = way->keys, stop](const Digest& digest) { return keys->find(digest, stop); };
    return made;
}

Result<S3TrailListing> list_trail(const AwsAccess& access, const std::string& place, FindKeys first) {
    const std::string below = place.substr(std::min(place.size(), s3_scheme.size()));
    const size_t slash = std::min(below.find('/'), below.size());
    const std::string bucket = below.substr(0, slash);
    if (!place.starts_with(s3_scheme) || !is_bucket(bucket))
        return error(
            ErrorKind::BadInput,
            fmt::format("{}: give the bucket and what stands before AWSLogs, as s3://BUCKET/PREFIX", place));
    const AwsSurroundings& from = access.surroundings();
    const auto client = std::make_shared<AwsClient>(
        AwsClient::Parts{from.transfers, access.own_credentials(), from.clock, from.endpoints.ca_file});
    // The client of S3 holds on to the one that it calls by.
    const std::shared_ptr<S3Client> s3(new S3Client(*client, from.endpoints),
                                       [client](S3Client* one) { delete one; });
    S3ListQuery query{.region = region_or_default(from), .bucket = bucket};
    if (slash < below.size()) query.prefix = below.substr(slash + 1);
    S3TrailListing made;
    do {
        const S3ListPage page = TRY(s3->list(query, {}));
        for (const S3Listed& one : page.objects) {
            if (parse_digest_name(one.key)) made.digests.push_back({bucket, one.key});
            if (parse_log_name(one.key)) made.logs.push_back({bucket, one.key});
        }
        query.token = page.next;
    } while (!query.token.empty());
    made.files = std::make_unique<S3Trail>(s3, query.region, bucket, std::stop_token());
    const auto keys = std::make_shared<ListedKeys>(client, from.endpoints, std::move(first));
    made.find_keys = [keys](const Digest& digest) { return keys->find(digest, {}); };
    return made;
}

}  // namespace vigia
