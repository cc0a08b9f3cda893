#pragma once

#include <string>

#include "digest/chains.h"

namespace vigia {

// The words of `vigia verify`.
struct VerifyCommand {
    std::string place;  // a folder, or "s3://BUCKET/PREFIX"
    std::string keys;   // a file, as `aws cloudtrail list-public-keys` prints it; of a bucket it may be empty
    DigestRange range;
    size_t threads = 1;
    bool json = false;
};

// Holds log files and digests to what CloudTrail signed, and says which are not so. Nothing when all are,
// Found when some are not, Failed when it could not be told.
int verify(const VerifyCommand& command);

}  // namespace vigia
