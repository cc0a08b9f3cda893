#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace vigia {

// Names with their values, in the order in which they are sent.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

// What Signature Version 4 signs (AWS General Reference, "Create a signed AWS API request"). Path and query
// are as they are meant, not encoded; the path is encoded once, as S3 has it, and not normalised.
struct SigningInput {
    std::string method;
    std::string path;  // "/a key"
    NamedValues query;
    NamedValues headers;       // all are signed; host and x-amz-date are among them
    std::string payload_hash;  // SHA-256 of the body, in hexadecimal
    std::string region;
    std::string service;
    Time time;
};

// Unreserved characters stay, every other byte becomes %XX; with `keep_slash`, slashes stay too.
std::string percent_encode(std::string_view text, bool keep_slash = false);

// "20150830T123600Z", for x-amz-date.
std::string amz_date(Time time);

// name=value, encoded, in the order of the names and then of the values: the query as it is signed and sent.
std::string canonical_query(const NamedValues& query);

std::string canonical_request(const SigningInput& input);
std::string string_to_sign(const SigningInput& input);

// The value of the header Authorization.
std::string authorization(const SigningInput& input, std::string_view access_key_id,
                          std::string_view secret_access_key);

}  // namespace vigia
