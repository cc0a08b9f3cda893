#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/profile.h"
#include "aws/sts.h"
#include "base/file.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t token_bytes_max = 64 * 1024;
constexpr size_t source_profiles_max = 8;
constexpr NetworkBounds local_bounds{.connect_timeout_ms = std::chrono::milliseconds{1'000},
                                     .total_timeout_ms = std::chrono::milliseconds{5'000},
                                     .answer_bytes_max = token_bytes_max};
constexpr std::string_view container_origin = "http://169.254.170.2";
constexpr std::string_view metadata_origin = "http://169.254.169.254";
constexpr std::string_view metadata_path = "/latest/meta-data/iam/security-credentials/";
constexpr int metadata_token_s = 21'600;

Result<AwsCredentials> complete(AwsCredentials credentials) {
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return error(ErrorKind::BadInput,
                     fmt::format("{} has only one half of an access key", credentials.from));
    return credentials;
}

// The form in which the container endpoint and the metadata service answer.
Result<AwsCredentials> read_credentials(const std::string& body, std::string from) {
    boost::system::error_code failed;
    const json::value value = json::parse(body, failed);
    if (failed || !value.is_object())
        return error(ErrorKind::Io, fmt::format("{} did not answer with credentials", from));
    const auto text = [&](const char* name) {
        const json::value* const member = value.as_object().if_contains(name);
        return member != nullptr && member->is_string() ? std::string(member->as_string()) : std::string();
    };
    AwsCredentials made{text("AccessKeyId"), text("SecretAccessKey"), text("Token"),
                        parse_rfc3339(text("Expiration")), std::move(from)};
    if (made.access_key_id.empty() || made.secret_access_key.empty())
        return error(ErrorKind::Io, fmt::format("{} did not answer with credentials", made.from));
    return made;
}

// One way to credentials after the other, for one fetch.
class Chain {
public:
    Chain(const AwsSurroundings& from, const std::stop_token& stop) : from_(from), stop_(stop) {}

    Result<AwsCredentials> find() {
        const auto ways = std::to_array({&Chain::by_environment, &Chain::by_web_identity, &Chain::by_profile,
                                         &Chain::by_container, &Chain::by_metadata});
        for (const auto& way : ways) {
            auto found = (this->*way)();
            if (!found) return std::unexpected(std::move(found.error()));
            if (*found) return std::move(**found);
        }
        return error(
            ErrorKind::NotFound,
            "no credentials of AWS were found: not in the environment (AWS_ACCESS_KEY_ID), no web "
            "identity, no profile '" +
                profile_name() +
                "', no container endpoint, no metadata service of EC2; docs/aws.md tells how to give "
                "some");
    }

private:
    // Nothing: this way is not there, the next one is asked.
    using Found = Result<std::optional<AwsCredentials>>;

    std::string variable(std::string_view name) const { return from_.environment(name).value_or(""); }
    std::string profile_name() const {
        const std::string named = variable("AWS_PROFILE");
        return named.empty() ? "default" : named;
    }

    Found by_environment() {
        AwsCredentials made{variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                            variable("AWS_SESSION_TOKEN"), std::nullopt, "the environment"};
        if (made.access_key_id.empty() && made.secret_access_key.empty()) return std::nullopt;
        return TRY(complete(std::move(made)));
    }

    Result<AwsCredentials> assume_web_identity(const std::string& token_file, const std::string& role,
                                               const std::string& session) {
        const auto token = read_file(token_file, token_bytes_max);
        if (!token)
            return error(ErrorKind::BadInput,
                         fmt::format("the web identity's token cannot be read: {}", token.error().message));
        const std::string region = default_region(from_);
        const WebIdentity identity{role, *token, session.empty() ? "vigia" : session};
        return assume_role_with_web_identity(from_, region.empty() ? "us-east-1" : region, identity, stop_);
    }

    Found by_web_identity() {
        const std::string file = variable("AWS_WEB_IDENTITY_TOKEN_FILE"), role = variable("AWS_ROLE_ARN");
        if (file.empty() || role.empty()) return std::nullopt;
        return TRY(assume_web_identity(file, role, variable("AWS_ROLE_SESSION_NAME")));
    }

    std::string shared_file(const char* name, const char* otherwise) const {
        const std::string named = variable(name);
        const std::string home = variable("HOME");
        if (!named.empty() || home.empty()) return named;
        return home + otherwise;
    }

    // What both files say; the credentials file wins.
    Result<void> load_profiles() {
        if (is_loaded_) return {};
        const auto read = [&](const std::string& file, ProfileFile kind) -> Result<void> {
            if (file.empty() || !is_file(file)) return {};
            const std::string text = TRY(read_file(file, profile_file_bytes_max));
            auto profiles = parse_profiles(text, kind);
            if (!profiles)
                return error(ErrorKind::BadInput, fmt::format("{}: {}", file, profiles.error().message));
            for (auto& [name, settings] : *profiles)
                for (auto& [key, value] : settings) profiles_[name][key] = std::move(value);
            return {};
        };
        TRY_VOID(read(shared_file("AWS_CONFIG_FILE", "/.aws/config"), ProfileFile::Config));
        TRY_VOID(
            read(shared_file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"), ProfileFile::Credentials));
        is_loaded_ = true;
        return {};
    }

    Found by_profile() {
        TRY_VOID(load_profiles());
        const std::string name = profile_name();
        if (!profiles_.contains(name)) {
            if (variable("AWS_PROFILE").empty()) return std::nullopt;
            return error(ErrorKind::BadInput,
                         fmt::format("AWS_PROFILE names the profile '{}', which is in no shared file", name));
        }
        return of_profile(name);
    }

    Found of_profile(const std::string& name) {
        const ProfileSettings& profile = profiles_[name];
        const auto setting = [&](std::string_view key) {
            const auto found = profile.find(key);
            return found == profile.end() ? std::string() : found->second;
        };
        const std::string from = fmt::format("the profile '{}'", name);
        const std::string role = setting("role_arn");
        const bool is_again = !visited_.insert(name).second;
        // A profile may be its own source: then its keys are meant.
        if (role.empty() || is_again) {
            AwsCredentials made{setting("aws_access_key_id"), setting("aws_secret_access_key"),
                                setting("aws_session_token"), std::nullopt, from};
            if (!made.access_key_id.empty() || !made.secret_access_key.empty())
                return TRY(complete(std::move(made)));
            if (is_again)
                return error(ErrorKind::BadInput,
                             fmt::format("{} is its own source_profile, and has no keys", from));
            for (const char* const other : {"credential_process", "sso_session", "sso_start_url"})
                if (profile.contains(other))
                    return error(ErrorKind::BadInput,
                                 fmt::format("{} has {}, which needs a person or another program: give it "
                                             "role_arn with credential_source or source_profile",
                                             from, other));
            return std::nullopt;
        }
        if (visited_.size() > source_profiles_max)
            return error(ErrorKind::BadInput, fmt::format("more than {} profiles follow each other by "
                                                          "source_profile",
                                                          source_profiles_max));
        if (const std::string file = setting("web_identity_token_file"); !file.empty())
            return TRY(assume_web_identity(file, role, setting("role_session_name")));
        auto base = source_of(from, setting("source_profile"), setting("credential_source"));
        if (!base) return std::unexpected(std::move(base.error()));
        if (!*base)
            return error(ErrorKind::BadInput, fmt::format("the source of {} gives no credentials", from));
        const auto keep = [given = **base](const std::stop_token&) -> Result<AwsCredentials> {
            return given;
        };
        std::string region = setting("region");
        if (region.empty()) region = default_region(from_);
        const AssumedRole wanted{
            role, setting("external_id"),
            setting("role_session_name").empty() ? "vigia" : setting("role_session_name"),
            region.empty() ? "us-east-1" : region};
        const auto assume = assumed_role(from_, std::make_shared<CredentialCache>(keep, from_.clock), wanted);
        return TRY(assume(stop_));
    }

    Found source_of(const std::string& from, const std::string& profile, const std::string& source) {
        if (!profile.empty()) {
            if (!profiles_.contains(profile))
                return error(
                    ErrorKind::BadInput,
                    fmt::format("{} has source_profile '{}', which is in no shared file", from, profile));
            return of_profile(profile);
        }
        if (source == "Environment") return by_environment();
        if (source == "EcsContainer") return by_container();
        if (source == "Ec2InstanceMetadata") return by_metadata();
        return error(ErrorKind::BadInput,
                     fmt::format("{} has role_arn, and neither source_profile nor credential_source "
                                 "(Environment, EcsContainer or Ec2InstanceMetadata)",
                                 from));
    }

    Found by_container() {
        const std::string relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        const std::string full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (relative.empty() && full.empty()) return std::nullopt;
        Transfer call{.url = relative.empty() ? full : std::string(container_origin) + relative};
        call.bounds = local_bounds;
        // Over https anybody may be asked; without, only those addresses that AWS and this machine have.
        call.http_allowed = !call.url.starts_with("https://");
        call.reach = call.http_allowed ? Reach::Credentials : Reach::Outside;
        call.ca_file = from_.endpoints.ca_file;
        std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty())
            token = TRY(read_file(file, token_bytes_max));
        while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
        if (token.find_first_of("\r\n") != std::string::npos)
            return error(ErrorKind::BadInput, "the token for the container endpoint has a line break in it");
        if (!token.empty()) call.headers.push_back("Authorization: " + token);
        const TransferAnswer answer = TRY(from_.transfers.run(std::move(call), stop_));
        if (answer.status != 200)
            return error(answer.status >= 500 ? ErrorKind::Io : ErrorKind::Denied,
                         fmt::format("the container endpoint answered {}", answer.status));
        return TRY(read_credentials(answer.body, "the container endpoint"));
    }

    Result<TransferAnswer> ask_metadata(const std::string& origin, const std::string& method,
                                        const std::string& path, std::string header) {
        Transfer call{.method = method, .url = origin + path, .headers = {std::move(header)}};
        call.bounds = local_bounds;
        call.http_allowed = true;
        call.reach = Reach::Credentials;
        return from_.transfers.run(std::move(call), stop_);
    }

    Found by_metadata() {
        if (variable("AWS_EC2_METADATA_DISABLED") == "true") return std::nullopt;
        std::string origin = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        if (origin.empty())
            origin = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") == "IPv6" ? "http://[fd00:ec2::254]"
                                                                                  : metadata_origin;
        while (origin.ends_with('/')) origin.pop_back();
        const auto token =
            ask_metadata(origin, "PUT", "/latest/api/token",
                         fmt::format("X-aws-ec2-metadata-token-ttl-seconds: {}", metadata_token_s));
        // Off EC2 nobody is there.
        if (!token || token->status != 200) return std::nullopt;
        const std::string header = "X-aws-ec2-metadata-token: " + token->body;
        if (token->body.find_first_of("\r\n") != std::string::npos) return std::nullopt;
        const TransferAnswer roles = TRY(ask_metadata(origin, "GET", std::string(metadata_path), header));
        if (roles.status == 404) return std::nullopt;
        const std::string role = roles.body.substr(0, roles.body.find('\n'));
        const TransferAnswer answer =
            TRY(ask_metadata(origin, "GET", std::string(metadata_path) + percent_encode(role), header));
        if (roles.status != 200 || answer.status != 200)
            return error(ErrorKind::Io, fmt::format("the metadata service answered {}", answer.status));
        return TRY(read_credentials(answer.body, "the metadata service of EC2"));
    }

    const AwsSurroundings& from_;
    const std::stop_token& stop_;
    Profiles profiles_;
    bool is_loaded_ = false;
    std::set<std::string> visited_;
    friend std::string region_of_profile(const AwsSurroundings& from);
};

std::string region_of_profile(const AwsSurroundings& from) {
    const std::stop_token never;
    Chain chain(from, never);
    if (!chain.load_profiles()) return "";
    const auto profile = chain.profiles_.find(chain.profile_name());
    if (profile == chain.profiles_.end()) return "";
    const auto region = profile->second.find("region");
    return region == profile->second.end() ? "" : region->second;
}

}  // namespace

FetchCredentials default_credentials(const AwsSurroundings& from) {
    return [from](const std::stop_token& stop) { return Chain(from, stop).find(); };
}

std::string default_region(const AwsSurroundings& from) {
    for (const char* const name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
        if (const auto region = from.environment(name)) return *region;
    return region_of_profile(from);
}

}  // namespace vigia
