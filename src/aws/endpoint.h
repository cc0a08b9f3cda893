#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

// Variables of the environment by their names, so that a test owns them; an empty one is none.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

// Where the services of AWS are called.
struct AwsEndpoints {
    // By service ("s3", "sqs", "sts"), or "" for all: what stands in place of AWS's own address.
    std::map<std::string, std::string, std::less<>> custom;
    bool fips = false;
    bool path_style = false;  // https://s3…/bucket/key, as other implementations of S3 want it
    std::string ca_file;      // the system's authorities when empty
};

// AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, …, AWS_USE_FIPS_ENDPOINT and AWS_CA_BUNDLE, under what was set
// before.
AwsEndpoints with_environment(AwsEndpoints endpoints, const Environment& environment);

// Of an AWS region or one that is like it: lower-case letters, digits and hyphens.
bool is_region(std::string_view text);
// The names of buckets that S3 gives and gave.
bool is_bucket(std::string_view text);
bool is_account(std::string_view text);

// "aws", "aws-cn", "aws-us-gov" …: what the region belongs to, as it stands in ARNs.
std::string_view partition_of(std::string_view region);

// Scheme, host and port, with no slash at the end. BadInput for what is no region.
Result<std::string> endpoint_of(const AwsEndpoints& endpoints, std::string_view service,
                                std::string_view region);

// Where an object is, and its path there; the key is not encoded.
struct ObjectPlace {
    std::string origin;
    std::string path;
};
// With a name of the bucket's own when it fits into a certificate's, else with the bucket in the path.
Result<ObjectPlace> place_of(const AwsEndpoints& endpoints, std::string_view region,
                             const std::string& bucket, const std::string& key);

}  // namespace vigia
