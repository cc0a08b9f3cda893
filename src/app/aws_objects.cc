#include "app/aws_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <semaphore>
#include <utility>

namespace vigia {

namespace json = boost::json;

namespace {

// Objects of several pieces that are read at a time, in the whole service: each may hold a piece as it came,
// one as it was inflated, and one of records for each organisation.
constexpr ptrdiff_t large_objects_max = 8;
std::counting_semaphore<large_objects_max> free_large{large_objects_max};
constexpr std::chrono::milliseconds look_period{100};

// A turn at being a large object, until its end.
class LargeTurn {
public:
    static Result<LargeTurn> wait(const std::stop_token& stop) {
        while (!free_large.try_acquire_for(look_period))
            if (stop.stop_requested()) return error(ErrorKind::Busy, "the service stops");
        return LargeTurn();
    }
    LargeTurn(LargeTurn&& other) noexcept : has_(std::exchange(other.has_, false)) {}
    LargeTurn& operator=(LargeTurn&&) = delete;
    ~LargeTurn() {
        if (has_) free_large.release();
    }

private:
    LargeTurn() = default;
    bool has_ = true;
};

// The account that a record is of: CloudTrail's recipient, or the account of an event of EventBridge.
std::string account_of_record(std::string_view record) {
    boost::system::error_code failed;
    const json::value value = json::parse(json::string_view(record.data(), record.size()), failed);
    if (failed || !value.is_object()) return "";
    for (const char* const name : {"recipientAccountId", "account"}) {
        const json::value* const member = value.as_object().if_contains(name);
        if (member != nullptr && member->is_string() && is_account(std::string(member->as_string())))
            return std::string(member->as_string());
    }
    return "";
}

}  // namespace

Result<void> AwsAccountMap::refresh(Time now) {
    std::vector<AwsAccount> seen;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [account, objects] : counted_)
            seen.push_back({connection_.id, account, "", objects, now});
    }
    TRY_VOID(connections_.note_accounts(seen));
    std::map<std::string, std::string> mapped;
    for (AwsAccount& one : TRY(connections_.accounts(connection_.id)))
        if (!one.organisation.empty()) mapped[one.account] = std::move(one.organisation);
    const std::lock_guard lock(mutex_);
    mapped_ = std::move(mapped);
    for (const AwsAccount& one : seen) {
        uint64_t& left = counted_[one.account];
        left -= one.objects;
        if (left == 0) counted_.erase(one.account);
    }
    return {};
}

std::string AwsAccountMap::organisation_of(const std::string& account) const {
    const std::lock_guard lock(mutex_);
    const auto found = mapped_.find(account);
    return found == mapped_.end() ? connection_.organisation : found->second;
}

bool AwsAccountMap::is_shared() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(mapped_,
                               [&](const auto& one) { return one.second != connection_.organisation; });
}

void AwsAccountMap::count(const std::string& account) {
    if (account.empty()) return;
    const std::lock_guard lock(mutex_);
    if (counted_.size() < connection_accounts_max || counted_.contains(account)) counted_[account]++;
}

Result<uint64_t> AwsObjectReader::take(const NotifiedObject& object, const std::stop_token& stop) {
    const S3Place place{object.region.empty() ? reach_.region() : object.region, object.bucket, object.key};
    S3Piece piece = TRY(reach_.s3().get(place, 0, "", stop));
    const uint64_t bytes = piece.object_bytes;
    const std::string account = account_of_key(object.key);
    SourceFile file{accounts_.organisation_of(account), source_, "aws",
                    fmt::format("s3://{}/{}", object.bucket, object.key)};
    if (account.empty() && accounts_.is_shared())
        file.organisation_of = [this](std::string_view record) {
            return accounts_.organisation_of(account_of_record(record));
        };
    bool is_done = false;
    if (!file.organisation_of && bytes == piece.body.size() && bytes <= source_piece_bytes) {
        const auto done =
            put(intake_, {file.organisation, source_, piece.body, file.kind, file.name, 0}, stop);
        if (!done && done.error().kind != ErrorKind::BadInput) return std::unexpected(done.error());
        is_done = done.has_value();
    }
    // One that inflates to more than a batch may goes in pieces; so does one that breaks off, for what stands
    // before the break.
    if (!is_done) {
        const LargeTurn turn = TRY(LargeTurn::wait(stop));
        TRY_VOID(put_pieces(intake_, reach_.s3().stream(place, std::move(piece), stop), file, stop));
    }
    TRY_VOID(taken_({file.organisation, source_, file.name, {object.bucket, object.key}}));
    accounts_.count(account);
    return bytes;
}

}  // namespace vigia
