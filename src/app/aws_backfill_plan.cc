#include "app/aws_backfill_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "aws/endpoint.h"
#include "base/number.h"
#include "base/parts.h"
#include "base/utf8.h"

namespace vigia {

namespace {

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> all;
    while (!path.empty()) all.push_back(take_part(path, '/'));
    return all;
}

std::optional<int> digits(std::string_view text, size_t count) {
    if (text.size() != count) return std::nullopt;
    return parse_whole<int>(text);
}

}  // namespace

std::optional<PrefixSpan> span_of_prefix(std::string_view prefix) {
    using namespace std::chrono;
    if (!prefix.ends_with('/')) return std::nullopt;
    const auto parts = components(prefix);
    // A year has two more behind it at most.
    for (size_t back = 1; back <= std::min<size_t>(3, parts.size()); back++) {
        const size_t at = parts.size() - back;
        const auto y = digits(parts[at], 4);
        if (!y || *y < 2000 || *y > 2200) continue;
        const auto m = back > 1 ? digits(parts[at + 1], 2) : std::optional<int>(0);
        const auto d = back > 2 ? digits(parts[at + 2], 2) : std::optional<int>(0);
        if (!m || !d) return std::nullopt;
        const auto begin = year{*y} / (back > 1 ? *m : 1) / (back > 2 ? *d : 1);
        if (!begin.ok()) return std::nullopt;
        const auto end = back == 1   ? sys_days{year{*y + 1} / 1 / 1}
                         : back == 2 ? sys_days{(year{*y} / *m + months{1}) / 1}
                                     : sys_days{begin} + days{1};
        return PrefixSpan{sys_days{begin}, end};
    }
    return std::nullopt;
}

std::optional<Time> time_of_key(std::string_view key) {
    const std::string_view name = key.substr(key.rfind('/') + 1);
    for (size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
        const std::string_view text = name.substr(at + 1);
        // 20261126T0730Z
        if (text.size() < 15 || text[8] != 'T' || text[13] != 'Z' || text[14] != '_') continue;
        return parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:00Z", text.substr(0, 4), text.substr(4, 2),
                                         text.substr(6, 2), text.substr(9, 2), text.substr(11, 2)));
    }
    return std::nullopt;
}

Result<void> check_backfill(const AwsBackfill& wanted) {
    constexpr size_t prefix_bytes_max = 1'024;
    if (!is_bucket(wanted.bucket))
        return error(ErrorKind::BadInput, "'bucket' must be the name of a bucket of S3");
    if (!wanted.region.empty() && !is_region(wanted.region))
        return error(ErrorKind::BadInput, "'region' must be a region of AWS, as eu-west-1");
    if (wanted.prefix.size() > prefix_bytes_max || valid_utf8(wanted.prefix) != wanted.prefix ||
        wanted.prefix.find('\0') != std::string::npos)
        return error(ErrorKind::BadInput,
                     fmt::format("'prefix' must be a text of at most {} bytes", prefix_bytes_max));
    if (wanted.from && wanted.until && *wanted.from >= *wanted.until)
        return error(ErrorKind::BadInput, "'from' must be before 'until'");
    return {};
}

Result<BackfillProgress> progress_of(AwsBackfills& backfills, const AwsBackfill& backfill) {
    if (backfill.state == AwsBackfill::State::Done) return BackfillProgress{1, 0};
    if (!backfill.is_listed) return BackfillProgress{};
    const auto shards = TRY(backfills.shards(backfill.id));
    if (shards.empty()) return BackfillProgress{1, 0};
    const auto done = static_cast<double>(std::ranges::count(shards, true, &AwsBackfillShard::done));
    BackfillProgress progress{done / static_cast<double>(shards.size()), std::nullopt};
    const double spent = std::chrono::duration<double>(backfill.updated_at - backfill.created_at).count();
    if (progress.part > 0 && backfill.state == AwsBackfill::State::Running)
        progress.left_s = spent * (1 - progress.part) / progress.part;
    return progress;
}

}  // namespace vigia
