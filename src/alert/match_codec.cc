#include "alert/match_codec.h"

#include "base/hash.h"

namespace vigia {

namespace {

constexpr char format_version = 2;
// Its matches have no agent.
constexpr char format_version_1 = 1;
constexpr uint64_t checksum_seed = 0;
constexpr size_t checksum_bytes = 16;
constexpr size_t number_bytes_max = 10;
// The least that one takes: each of its members is a byte or more.
constexpr size_t match_bytes_min = 17;
constexpr size_t count_bytes_min = 5;

// Seven bits a byte, the lowest first.
void put(std::string& out, uint64_t number) {
    for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
    out += static_cast<char>(number);
}

void put(std::string& out, std::string_view text) {
    put(out, uint64_t{text.size()});
    out += text;
}

void put(std::string& out, const AlertMatch& match) {
    for (const auto member :
         {&AlertMatch::organisation, &AlertMatch::rule_id, &AlertMatch::rule_name, &AlertMatch::ruleset,
          &AlertMatch::rule_type, &AlertMatch::title, &AlertMatch::event_id, &AlertMatch::event_type,
          &AlertMatch::record, &AlertMatch::account, &AlertMatch::region, &AlertMatch::host})
        put(out, std::string_view(match.*member));
    put(out, static_cast<uint64_t>(match.severity));
    put(out, static_cast<uint64_t>(match.window.count()));
    put(out, uint64_t{match.threshold});
    put(out, static_cast<uint64_t>(match.time.time_since_epoch().count()));
    put(out, uint64_t{match.aggregates.size()});
    for (const NamedValue& aggregate : match.aggregates) {
        put(out, std::string_view(aggregate.name));
        put(out, std::string_view(aggregate.value));
    }
    put(out, std::string_view(match.agent));
}

void put(std::string& out, const RuleCount& count) {
    put(out, std::string_view(count.organisation));
    put(out, std::string_view(count.rule_id));
    put(out, std::string_view(count.day));
    put(out, count.matched);
    put(out, count.suppressed);
}

std::string checksum(std::string_view bytes) {
    const Hash128 hash = hash128(bytes, checksum_seed);
    std::string out;
    for (const uint64_t half : {hash.low, hash.high}) {
        for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(half >> shift);
    }
    return out;
}

Error corrupt() { return {ErrorKind::Corrupt, "the matches of a batch are damaged"}; }

class Reader {
public:
    Reader(std::string_view bytes, char version) : rest_(bytes), version_(version) {}

    bool at_end() const { return rest_.empty(); }
    char version() const { return version_; }

    Result<uint64_t> number(uint64_t least, uint64_t most) {
        uint64_t value = 0;
        for (size_t at = 0; at < number_bytes_max && at < rest_.size(); at++) {
            const auto byte = static_cast<unsigned char>(rest_[at]);
            if (at + 1 == number_bytes_max && byte > 1) break;
            value |= uint64_t{byte & 0x7FU} << (7 * at);
            if (byte >= 0x80) continue;
            rest_.remove_prefix(at + 1);
            if (value < least || value > most) break;
            return value;
        }
        return std::unexpected(corrupt());
    }

    // How many things follow that take so many bytes each, at least.
    Result<size_t> size(size_t bytes_min) { return number(0, rest_.size() / bytes_min); }

    Result<void> text(std::string& into) {
        const size_t bytes = TRY(size(1));
        if (bytes > rest_.size()) return std::unexpected(corrupt());
        into = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return {};
    }

private:
    std::string_view rest_;
    char version_;
};

Result<void> read(Reader& reader, AlertMatch& match) {
    for (const auto member :
         {&AlertMatch::organisation, &AlertMatch::rule_id, &AlertMatch::rule_name, &AlertMatch::ruleset,
          &AlertMatch::rule_type, &AlertMatch::title, &AlertMatch::event_id, &AlertMatch::event_type,
          &AlertMatch::record, &AlertMatch::account, &AlertMatch::region, &AlertMatch::host})
        TRY_VOID(reader.text(match.*member));
    match.severity = static_cast<int>(TRY(reader.number(severity_highest, severity_lowest)));
    match.window = Duration{TRY(reader.number(1, INT64_MAX))};
    match.threshold = static_cast<uint32_t>(TRY(reader.number(1, threshold_max)));
    match.time = Time{Duration{static_cast<int64_t>(TRY(reader.number(0, UINT64_MAX)))}};
    match.aggregates.resize(TRY(reader.number(0, aggregate_fields_max)));
    for (NamedValue& aggregate : match.aggregates) {
        TRY_VOID(reader.text(aggregate.name));
        TRY_VOID(reader.text(aggregate.value));
    }
    if (reader.version() > format_version_1) TRY_VOID(reader.text(match.agent));
    return {};
}

Result<void> read(Reader& reader, RuleCount& count) {
    TRY_VOID(reader.text(count.organisation));
    TRY_VOID(reader.text(count.rule_id));
    TRY_VOID(reader.text(count.day));
    count.matched = TRY(reader.number(0, UINT64_MAX));
    count.suppressed = TRY(reader.number(0, UINT64_MAX));
    return {};
}

// One after the other, so that a number that lies takes no more memory than there are bytes.
template <typename One>
Result<void> read_all(Reader& reader, size_t bytes_min, std::vector<One>& into) {
    const size_t size = TRY(reader.size(bytes_min));
    for (size_t i = 0; i < size; i++) TRY_VOID(read(reader, into.emplace_back()));
    return {};
}

}  // namespace

std::string encode(const BatchMatches& batch) {
    std::string out(1, format_version);
    put(out, uint64_t{batch.matches.size()});
    for (const AlertMatch& match : batch.matches) put(out, match);
    put(out, uint64_t{batch.counts.size()});
    for (const RuleCount& count : batch.counts) put(out, count);
    return out + checksum(out);
}

Result<BatchMatches> decode(std::string_view bytes) {
    if (bytes.size() < 1 + checksum_bytes || bytes.size() > encoded_matches_bytes_max ||
        (bytes[0] != format_version && bytes[0] != format_version_1))
        return std::unexpected(corrupt());
    const std::string_view content = bytes.substr(0, bytes.size() - checksum_bytes);
    if (checksum(content) != bytes.substr(content.size())) return std::unexpected(corrupt());
    Reader reader(content.substr(1), bytes[0]);
    BatchMatches batch;
    TRY_VOID(read_all(reader, match_bytes_min, batch.matches));
    TRY_VOID(read_all(reader, count_bytes_min, batch.counts));
    if (!reader.at_end()) return std::unexpected(corrupt());
    return batch;
}

}  // namespace vigia
