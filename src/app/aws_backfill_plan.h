#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "catalog/aws_backfills.h"

namespace vigia {

// When the files below a prefix, as AWSLogs/…/2026/11/26/, were written, as far as it says: from the first
// moment, before the second.
struct PrefixSpan {
    Time from;
    Time until;
};
std::optional<PrefixSpan> span_of_prefix(std::string_view prefix);
// When a file of CloudTrail was written, by its name: "…_20261126T0730Z_….json.gz".
std::optional<Time> time_of_key(std::string_view key);

// BadInput, with the remedy, for a bucket, a prefix, a region or times that cannot be.
Result<void> check_backfill(const AwsBackfill& wanted);

// How far a back-fill is, by its prefixes, of which some may have more objects than others.
struct BackfillProgress {
    double part = 0;               // from 0 to 1
    std::optional<double> left_s;  // none before it can be told
};
Result<BackfillProgress> progress_of(AwsBackfills& backfills, const AwsBackfill& backfill);

}  // namespace vigia
