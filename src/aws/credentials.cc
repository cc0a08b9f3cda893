#include "aws/credentials.h"

#include <algorithm>

#include "aws/sts.h"
#include "base/log.h"

namespace vigia {

bool CredentialCache::holds(Duration before) const {
    return kept_ && (!kept_->expires || clock_.now() + before < *kept_->expires);
}

Result<AwsCredentials> CredentialCache::get(const std::stop_token& stop) {
    {
        const std::lock_guard lock(mutex_);
        const bool rests = retry_at_ && clock_.now() < *retry_at_ && holds(Duration{0});
        if (holds(credentials_refresh_before) || rests) return *kept_;
    }
    std::unique_lock fetching(fetch_mutex_, std::try_to_lock);
    if (!fetching) {
        {
            const std::lock_guard lock(mutex_);
            if (holds(Duration{0})) return *kept_;
        }
        fetching.lock();
        const std::lock_guard lock(mutex_);
        if (holds(credentials_refresh_before)) return *kept_;
    }
    auto fetched = fetch_(stop);
    const std::lock_guard lock(mutex_);
    if (fetched) {
        kept_ = *fetched;
        retry_at_.reset();
        return fetched;
    }
    if (!holds(Duration{0})) return fetched;
    log(LogLevel::Warning, "aws", "credentials could not be refreshed; those that there are still hold",
        {{"error", fetched.error().message}});
    retry_at_ = clock_.now() + credentials_retry_after;
    return *kept_;
}

void CredentialCache::refuse(const AwsCredentials& credentials) {
    const std::lock_guard lock(mutex_);
    if (kept_ && kept_->access_key_id == credentials.access_key_id &&
        kept_->session_token == credentials.session_token)
        kept_.reset();
}

FetchCredentials assumed_role(const AwsSurroundings& from, std::shared_ptr<CredentialCache> base,
                              AssumedRole role) {
    return [from, base = std::move(base), role = std::move(role)](const std::stop_token& stop) {
        return assume_role(from, base, role, stop);
    };
}

bool is_role_arn(std::string_view text) {
    constexpr size_t arn_bytes_max = 2048;
    if (text.size() > arn_bytes_max || !text.starts_with("arn:aws")) return false;
    const size_t iam = text.find(":iam::");
    if (iam == std::string_view::npos || text.find(':') == iam) return false;
    const std::string_view rest = text.substr(iam + 6);
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("+=,.@_/-").find(c) != std::string_view::npos;
    };
    return rest.size() > 18 && is_account(rest.substr(0, 12)) && rest.substr(12).starts_with(":role/") &&
           std::ranges::all_of(rest.substr(18), is_plain);
}

}  // namespace vigia
