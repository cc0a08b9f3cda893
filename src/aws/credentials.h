#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "aws/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "network/transfers.h"

namespace vigia {

struct AwsCredentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;  // of temporary ones
    std::optional<Time> expires;
    std::string from;  // "the environment", for whoever asks why a call was refused
};

// Gets them anew. BadInput names what is wrong in the configuration and the remedy, NotFound says where they
// were looked for, Denied is AWS's refusal, Io what the network did.
using FetchCredentials = std::function<Result<AwsCredentials>(const std::stop_token& stop)>;

// Those that end later than this are used as they are.
constexpr std::chrono::minutes credentials_refresh_before{5};
// A failed refresh of credentials that still hold is tried again after so long.
constexpr std::chrono::seconds credentials_retry_after{30};

// Keeps credentials until they are about to expire. One thread refreshes while the others go on with what
// still holds. Safe to use from many threads.
class CredentialCache {
public:
    CredentialCache(FetchCredentials fetch, const Clock& clock) : fetch_(std::move(fetch)), clock_(clock) {}
    Result<AwsCredentials> get(const std::stop_token& stop);
    // AWS said that these are expired or unknown: the next get() fetches others.
    void refuse(const AwsCredentials& credentials);

private:
    bool holds(Duration before) const;

    FetchCredentials fetch_;
    const Clock& clock_;
    std::mutex mutex_;        // of what was fetched
    std::mutex fetch_mutex_;  // of whoever fetches
    std::optional<AwsCredentials> kept_;
    std::optional<Time> retry_at_;
};

// What credentials are resolved from.
struct AwsSurroundings {
    Environment environment;
    Transfers& transfers;
    const Clock& clock;
    AwsEndpoints endpoints;
};

// As AWS's SDKs resolve them, in their order: access keys of the environment; a web identity (EKS) of the
// environment; the profile of the shared config and credentials files, with source_profile,
// credential_source, role_arn and web_identity_token_file; the container endpoint of ECS and EKS with its
// token; the metadata service of EC2 (IMDSv2). What applies first is used. Everything in it must outlive the
// function.
FetchCredentials default_credentials(const AwsSurroundings& from);

// The region of the environment or of the profile; empty when neither says one.
std::string default_region(const AwsSurroundings& from);

// A role to be assumed.
struct AssumedRole {
    std::string arn;
    std::string external_id;  // none when empty
    std::string session_name = "vigia";
    std::string region;
    std::chrono::seconds duration{3600};
};
// By STS, with the credentials of `base`.
FetchCredentials assumed_role(const AwsSurroundings& from, std::shared_ptr<CredentialCache> base,
                              AssumedRole role);

// "arn:aws:iam::111122223333:role/name", of any partition.
bool is_role_arn(std::string_view text);

}  // namespace vigia
