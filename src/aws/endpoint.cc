#include "aws/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace vigia {

namespace {

struct Partition {
    std::string_view region_begins;
    std::string_view name;
    std::string_view domain;
};
constexpr auto partitions = std::to_array<Partition>({
    {"cn-", "aws-cn", "amazonaws.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com"},
    {"us-iso-", "aws-iso", "c2s.ic.gov"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu"},
    {"", "aws", "amazonaws.com"},
});

const Partition& find_partition(std::string_view region) {
    return *std::ranges::find_if(partitions,
                                 [&](const Partition& one) { return region.starts_with(one.region_begins); });
}

bool is_of(std::string_view text, std::string_view others) {
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
    });
}

constexpr size_t region_bytes_max = 32;
constexpr size_t bucket_bytes_min = 3, bucket_bytes_max = 255;
constexpr size_t label_bytes_max = 63;

// In us-gov these have no address of their own for FIPS: the only one is validated.
bool is_fips_anyway(std::string_view service, std::string_view region) {
    return region.starts_with("us-gov-") && service != "s3";
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

const std::string* custom_of(const AwsEndpoints& endpoints, std::string_view service) {
    auto found = endpoints.custom.find(service);
    if (found == endpoints.custom.end()) found = endpoints.custom.find("");
    return found == endpoints.custom.end() ? nullptr : &found->second;
}

}  // namespace

Environment process_environment() {
    return [](std::string_view name) -> std::optional<std::string> {
        const char* const value = std::getenv(std::string(name).c_str());
        return value == nullptr || *value == 0 ? std::nullopt : std::optional<std::string>(value);
    };
}

AwsEndpoints with_environment(AwsEndpoints endpoints, const Environment& environment) {
    const auto add = [&](const char* service, const char* variable) {
        if (auto value = environment(variable)) endpoints.custom.try_emplace(service, std::move(*value));
    };
    add("s3", "AWS_ENDPOINT_URL_S3");
    add("sqs", "AWS_ENDPOINT_URL_SQS");
    add("sts", "AWS_ENDPOINT_URL_STS");
    add("cloudtrail", "AWS_ENDPOINT_URL_CLOUDTRAIL");
    add("", "AWS_ENDPOINT_URL");
    if (environment("AWS_USE_FIPS_ENDPOINT") == "true") endpoints.fips = true;
    if (endpoints.ca_file.empty()) endpoints.ca_file = environment("AWS_CA_BUNDLE").value_or("");
    return endpoints;
}

bool is_region(std::string_view text) {
    return !text.empty() && text.size() <= region_bytes_max && is_of(text, "-") && text.front() != '-' &&
           text.back() != '-';
}

bool is_bucket(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(tolower(c)); });
    return text.size() >= bucket_bytes_min && text.size() <= bucket_bytes_max && is_of(lower, "-._") &&
           text.front() != '.' && text.find("..") == std::string_view::npos;
}

bool is_account(std::string_view text) {
    return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view partition_of(std::string_view region) { return find_partition(region).name; }

Result<std::string> endpoint_of(const AwsEndpoints& endpoints, std::string_view service,
                                std::string_view region) {
    if (!is_region(region)) return error(ErrorKind::BadInput, "that is no region of AWS, as eu-west-1 is");
    if (const std::string* const own = custom_of(endpoints, service)) return without_slash(*own);
    const bool fips = endpoints.fips && !is_fips_anyway(service, region);
    return fmt::format("https://{}{}.{}.{}", service, fips ? "-fips" : "", region,
                       find_partition(region).domain);
}

Result<ObjectPlace> place_of(const AwsEndpoints& endpoints, std::string_view region,
                             const std::string& bucket, const std::string& key) {
    if (!is_bucket(bucket)) return error(ErrorKind::BadInput, "that is no name of a bucket");
    const std::string origin = TRY(endpoint_of(endpoints, "s3", region));
    const bool is_label = bucket.size() <= label_bytes_max && is_of(bucket, "-");
    const bool in_path = endpoints.path_style || !is_label || custom_of(endpoints, "s3") != nullptr;
    if (in_path) return ObjectPlace{origin, fmt::format("/{}/{}", bucket, key)};
    constexpr std::string_view scheme = "https://";
    return ObjectPlace{fmt::format("{}{}.{}", scheme, bucket, origin.substr(scheme.size())), "/" + key};
}

}  // namespace vigia
