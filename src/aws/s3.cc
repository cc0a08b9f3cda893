#include "aws/s3.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "aws/xml.h"
#include "base/number.h"

namespace vigia {

namespace {

constexpr size_t regions_max = 10'000;
constexpr size_t list_bytes_max = 8 * 1024 * 1024;

std::string header(const AwsAnswer& answer, std::string_view name) {
    const auto found = answer.headers.find(name);
    return found == answer.headers.end() ? "" : found->second;
}

// "bytes 0-9/443": the 443. Nothing when all came; the status does not tell, for some servers say 200 of a
// part.
std::optional<uint64_t> range_bytes_of(const AwsAnswer& answer) {
    const std::string range = header(answer, "content-range");
    const size_t slash = range.find('/');
    if (slash == std::string::npos) return std::nullopt;
    return parse_whole<uint64_t>(range.substr(slash + 1));
}

// A stream over the pieces of one object.
class ObjectSource final : public ByteSource {
public:
    ObjectSource(S3Client& client, S3Place place, S3Piece first, const std::stop_token& stop)
        : client_(client), place_(std::move(place)), piece_(std::move(first)), stop_(stop) {}

    Result<size_t> read(std::span<char> into) override {
        if (at_ == piece_.body.size()) {
            begin_ += piece_.body.size();
            if (begin_ >= piece_.object_bytes) return size_t{0};
            piece_ = TRY(client_.get(place_, begin_, piece_.etag, stop_));
            at_ = 0;
            if (piece_.body.empty()) return error(ErrorKind::Io, "the object ended before its end");
        }
        const size_t count = std::min(into.size(), piece_.body.size() - at_);
        std::memcpy(into.data(), piece_.body.data() + at_, count);
        at_ += count;
        return count;
    }

private:
    S3Client& client_;
    S3Place place_;
    S3Piece piece_;
    const std::stop_token& stop_;
    uint64_t begin_ = 0;
    size_t at_ = 0;
};

S3Listed listed_of(const XmlElement& element) {
    return {std::string(element.child_text("Key")),
            parse_whole<uint64_t>(element.child_text("Size")).value_or(0),
            std::string(element.child_text("ETag")), parse_rfc3339(element.child_text("LastModified"))};
}

}  // namespace

Result<AwsAnswer> S3Client::call(AwsCall call, const std::string& region, const std::string& bucket,
                                 const std::string& key, const std::stop_token& stop) {
    call.service = "s3";
    call.region = region;
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = regions_.find(bucket); known != regions_.end()) call.region = known->second;
    }
    for (bool is_again = false;; is_again = true) {
        ObjectPlace place = TRY(place_of(endpoints_, call.region, bucket, key));
        call.origin = std::move(place.origin);
        call.path = std::move(place.path);
        AwsAnswer answer = TRY(client_.call(call, stop));
        const std::string told = AwsClient::region_told(answer);
        if (told.empty() && answer.status < 300) return answer;
        if (is_again || told == call.region || !is_region(told))
            return error(ErrorKind::BadInput,
                         fmt::format("s3 {}: the bucket is in another region, and S3 does not say in which",
                                     call.operation));
        call.region = told;
        const std::lock_guard lock(mutex_);
        if (regions_.size() < regions_max) regions_[bucket] = told;
    }
}

Result<S3Piece> S3Client::get(const S3Place& place, uint64_t first, const std::string& etag,
                              const std::stop_token& stop) {
    AwsCall get{.operation = "GetObject"};
    const uint64_t bytes_max = first == 0 ? first_piece_bytes : object_piece_bytes;
    get.headers.emplace_back("range", fmt::format("bytes={}-{}", first, first + bytes_max - 1));
    if (!etag.empty()) get.headers.emplace_back("if-match", etag);
    get.bounds.answer_bytes_max = bytes_max;
    get.bounds.total_timeout_ms = std::chrono::milliseconds{120'000};
    auto answered = call(std::move(get), place.region, place.bucket, place.key, stop);
    if (!answered) {
        const std::string& said = answered.error().message;
        // An empty object has no first byte.
        if (first == 0 && said.find("InvalidRange") != std::string::npos) return S3Piece{};
        if (said.find("PreconditionFailed") != std::string::npos || said.find(": 412") != std::string::npos)
            return error(ErrorKind::Conflict, "the object was replaced while it was read");
        return std::unexpected(std::move(answered.error()));
    }
    S3Piece piece{std::move(answered->body), 0, header(*answered, "etag"),
                  header(*answered, "x-amz-meta-signature")};
    answered->body = "";
    piece.object_bytes = range_bytes_of(*answered).value_or(piece.body.size());
    return piece;
}

Result<S3Piece> S3Client::head(const S3Place& place, const std::stop_token& stop) {
    const AwsAnswer answer =
        TRY(call({.operation = "HeadObject", .method = "HEAD"}, place.region, place.bucket, place.key, stop));
    return S3Piece{"", parse_whole<uint64_t>(header(answer, "content-length")).value_or(0),
                   header(answer, "etag")};
}

Result<S3ListPage> S3Client::list(const S3ListQuery& query, const std::stop_token& stop) {
    AwsCall list{.operation = "ListObjectsV2"};
    list.query = {
        {"list-type", "2"}, {"prefix", query.prefix}, {"max-keys", fmt::format("{}", query.keys_max)}};
    if (!query.delimiter.empty()) list.query.emplace_back("delimiter", query.delimiter);
    if (!query.start_after.empty()) list.query.emplace_back("start-after", query.start_after);
    if (!query.token.empty()) list.query.emplace_back("continuation-token", query.token);
    list.bounds.answer_bytes_max = list_bytes_max;
    const AwsAnswer answer = TRY(call(std::move(list), query.region, query.bucket, "", stop));
    const XmlElement root = TRY(parse_xml(answer.body));
    S3ListPage page;
    for (const XmlElement& one : root.children) {
        if (one.name == "Contents") page.objects.push_back(listed_of(one));
        if (one.name == "CommonPrefixes") page.prefixes.emplace_back(one.child_text("Prefix"));
    }
    if (root.child_text("IsTruncated") == "true") page.next = root.child_text("NextContinuationToken");
    return page;
}

std::unique_ptr<ByteSource> S3Client::stream(S3Place place, S3Piece first, const std::stop_token& stop) {
    return std::make_unique<ObjectSource>(*this, std::move(place), std::move(first), stop);
}

}  // namespace vigia
