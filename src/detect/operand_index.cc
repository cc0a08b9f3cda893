#include "detect/operand_index.h"

#include <fmt/format.h>
#include <hs/hs.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/assert.h"
#include "base/hash.h"
#include "base/sorted.h"
#include "lang/address.h"
#include "lang/case_fold.h"

namespace vigia {

namespace {

using ast::Function;
using ast::Op;

using Predicates = std::vector<uint32_t>;

// Fewer substrings than this are looked for one by one, faster than a scan would be set up.
constexpr size_t scanned_min = 6;
constexpr size_t pattern_set_min = 3;
constexpr int64_t pattern_set_memory_max = 64 << 20;  // bytes that RE2 may use for all patterns of an operand

using TextMap = std::unordered_map<std::string, Predicates, TextHash, std::equal_to<>>;

void append(const TextMap& map, std::string_view text, Predicates& holds) {
    if (const auto at = map.find(text); at != map.end())
        holds.insert(holds.end(), at->second.begin(), at->second.end());
}

Address masked(const Address& address, uint8_t bits) {
    Address out;
    for (size_t i = 0; i < out.bytes.size(); i++) {
        const int left = static_cast<int>(bits) - static_cast<int>(8 * i);
        const int mask = left >= 8 ? 0xff : (left <= 0 ? 0 : 0xff << (8 - left));
        out.bytes[i] = static_cast<uint8_t>(address.bytes[i] & mask);
    }
    return out;
}

struct AddressHash {
    size_t operator()(const Address& address) const {
        return std::hash<std::string_view>()(
            {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
    }
};

// The glob as a regular expression over the whole text.
std::string as_pattern(std::string_view glob) {
    std::string pattern = "(?s)\\A";
    std::string plain;
    const auto flush = [&] {
        pattern += re2::RE2::QuoteMeta(plain);
        plain.clear();
    };
    for (const char c : glob) {
        if (c != '*' && c != '?') {
            plain += c;
            continue;
        }
        flush();
        pattern += c == '*' ? ".*" : ".";
    }
    flush();
    return pattern + "\\z";
}

struct FreeDatabase {
    void operator()(hs_database_t* database) const { hs_free_database(database); }
};

}  // namespace

struct PatternScratch::State {
    struct Free {
        void operator()(hs_scratch_t* held) const { hs_free_scratch(held); }
    };
    std::unique_ptr<hs_scratch_t, Free> scratch;
    std::vector<int> matches;

    std::vector<const hs_database_t*> fitted;

    // Grown to what the database needs, when it is used for the first time.
    hs_scratch_t* fit(const hs_database_t* database) {
        if (std::ranges::find(fitted, database) != fitted.end()) return scratch.get();
        hs_scratch_t* grown = scratch.release();
        const hs_error_t outcome = hs_alloc_scratch(database, &grown);
        VIGIA_ASSERT(outcome == HS_SUCCESS);
        scratch.reset(grown);
        fitted.push_back(database);
        return grown;
    }
};

PatternScratch::PatternScratch() : state_(std::make_unique<State>()) {}
PatternScratch::~PatternScratch() = default;
PatternScratch::PatternScratch(PatternScratch&&) noexcept = default;
PatternScratch& PatternScratch::operator=(PatternScratch&&) noexcept = default;

struct OperandIndex::Tables {
    const ProgramTables* program;
    Function function = Function::None;
    Predicates always;  // of any value at all
    TextMap texts;
    std::map<size_t, TextMap> beginnings;  // by length
    std::map<size_t, TextMap> ends;
    std::map<uint8_t, std::unordered_map<Address, Predicates, AddressHash>> blocks;  // by prefix length
    std::vector<std::pair<std::string, uint32_t>> substrings;
    std::vector<std::pair<std::string, uint32_t>> patterns;
    std::unique_ptr<hs_database_t, FreeDatabase> scan;
    std::unique_ptr<re2::RE2::Set> pattern_set;
    Predicates others;

    std::string folded(const std::string& text) const {
        return function == Function::Lower ? fold_case(text) : text;
    }

    void sort_in(uint32_t at) {
        const ProgramTables::Predicate& one = program->predicates()[at];
        if (one.op == Op::Exists) return always.push_back(at);
        if (function == Function::Length || function == Function::Count) return others.push_back(at);
        if (one.list != nullptr) {
            if (one.op == Op::In) return others.push_back(at);
            bool all = true;
            for (const std::string& item : one.list->items()) all = all && sort_in_text(one.op, item, at);
            if (!all) others.push_back(at);
            return;
        }
        using Kind = ast::Literal::Kind;
        const Kind kind = one.literal.kind;
        if (one.op == Op::Eq && (kind == Kind::True || kind == Kind::False))
            texts[kind == Kind::True ? "true" : "false"].push_back(at);
        else if (kind != Kind::String || !sort_in_text(one.op, one.literal.text, at))
            others.push_back(at);
    }

    // False when the text is for `others`.
    bool sort_in_text(Op op, const std::string& text, uint32_t at) {
        switch (op) {
            case Op::Eq:
                texts[folded(text)].push_back(at);
                if (const auto block = parse_cidr(text))
                    blocks[block->bits][masked(block->base, block->bits)].push_back(at);
                return true;
            case Op::StartsWith:
            case Op::EndsWith: {
                const std::string end = folded(text);
                (op == Op::StartsWith ? beginnings : ends)[end.size()][end].push_back(at);
                return true;
            }
            case Op::Like:
            case Op::Contains:
                if (text.empty()) {
                    beginnings[0][""].push_back(at);
                    return true;
                }
                substrings.emplace_back(folded(text), at);
                return true;
            case Op::Glob:
                patterns.emplace_back(as_pattern(folded(text)), at);
                return true;
            case Op::Matches:
                patterns.emplace_back(text, at);
                return true;
            case Op::Ne:
            case Op::Lt:
            case Op::Le:
            case Op::Gt:
            case Op::Ge:
            case Op::In:
            case Op::IsNull:
            case Op::Exists:
                return false;
        }
        std::unreachable();
    }

    void finish() {
        if (substrings.size() >= scanned_min) compile_scan();
        if (patterns.size() >= pattern_set_min) compile_patterns();
        // Without a set, each pattern is asked by its own predicate.
        if (!pattern_set) {
            for (const auto& [pattern, at] : patterns) others.push_back(at);
            patterns.clear();
        }
        sort_unique(others);
    }

    void compile_scan() {
        std::vector<const char*> texts_;
        std::vector<size_t> sizes;
        std::vector<unsigned> flags(substrings.size(), HS_FLAG_SINGLEMATCH), ids;
        for (const auto& [text, at] : substrings) {
            texts_.push_back(text.data());
            sizes.push_back(text.size());
            ids.push_back(static_cast<unsigned>(ids.size()));
        }
        hs_database_t* made = nullptr;
        hs_compile_error_t* failure = nullptr;
        const hs_error_t outcome = hs_compile_lit_multi(texts_.data(), flags.data(), ids.data(), sizes.data(),
                                                        static_cast<unsigned>(substrings.size()),
                                                        HS_MODE_BLOCK, nullptr, &made, &failure);
        // Whatever it cannot hold is looked for one by one.
        if (outcome != HS_SUCCESS) hs_free_compile_error(failure);
        scan.reset(made);
    }

    void compile_patterns() {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(pattern_set_memory_max);
        pattern_set = std::make_unique<re2::RE2::Set>(options, re2::RE2::UNANCHORED);
        for (const auto& [pattern, at] : patterns) {
            if (pattern_set->Add(re2::StringPiece(pattern), nullptr) < 0) return pattern_set.reset();
        }
        if (!pattern_set->Compile()) pattern_set.reset();
    }

    void ask_text(std::string_view text, PatternScratch::State& scratch, Predicates& holds) const {
        append(texts, text, holds);
        for (const auto& [size, map] : beginnings) {
            if (size > text.size()) break;
            append(map, text.substr(0, size), holds);
        }
        for (const auto& [size, map] : ends) {
            if (size > text.size()) break;
            append(map, text.substr(text.size() - size), holds);
        }
        if (!blocks.empty()) ask_address(text, holds);
        if (scan)
            ask_scan(text, scratch, holds);
        else
            for (const auto& [part, at] : substrings) {
                if (text.find(part) != std::string_view::npos) holds.push_back(at);
            }
        if (pattern_set) ask_patterns(text, scratch, holds);
    }

    void ask_address(std::string_view text, Predicates& holds) const {
        const auto address = parse_address(text);
        if (!address) return;
        for (const auto& [bits, map] : blocks) {
            if (const auto at = map.find(masked(*address, bits)); at != map.end())
                holds.insert(holds.end(), at->second.begin(), at->second.end());
        }
    }

    void ask_scan(std::string_view text, PatternScratch::State& scratch, Predicates& holds) const {
        if (text.empty()) return;
        struct Found {
            const Tables* tables;
            Predicates* holds;
        } found{this, &holds};
        const auto take = [](unsigned id, unsigned long long, unsigned long long, unsigned, void* into) {
            auto* const one = static_cast<Found*>(into);
            one->holds->push_back(one->tables->substrings[id].second);
            return 0;
        };
        const hs_error_t outcome = hs_scan(scan.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                                           scratch.fit(scan.get()), take, &found);
        VIGIA_ASSERT(outcome == HS_SUCCESS);
    }

    void ask_patterns(std::string_view text, PatternScratch::State& scratch, Predicates& holds) const {
        re2::RE2::Set::ErrorInfo failure{};
        if (pattern_set->Match(re2::StringPiece(text.data(), text.size()), &scratch.matches, &failure)) {
            for (const int one : scratch.matches) holds.push_back(patterns[static_cast<size_t>(one)].second);
        } else if (failure.kind != re2::RE2::Set::kNoError) {
            // Out of memory for this text: each pattern by itself.
            for (const auto& [pattern, at] : patterns) {
                if (program->predicates()[at].test.holds({text, ValueKind::Text})) holds.push_back(at);
            }
        }
    }
};

OperandIndex::OperandIndex(const ProgramTables& tables, uint32_t operand,
                           const std::vector<uint32_t>& predicates)
    : tables_(std::make_unique<Tables>()) {
    tables_->program = &tables;
    tables_->function = tables.operands()[operand].function;
    for (const uint32_t one : predicates) tables_->sort_in(one);
    tables_->finish();
}

OperandIndex::~OperandIndex() = default;
OperandIndex::OperandIndex(OperandIndex&&) noexcept = default;
OperandIndex& OperandIndex::operator=(OperandIndex&&) noexcept = default;

void OperandIndex::ask(const Value& value, PatternScratch& scratch, std::vector<uint32_t>& holds) const {
    const Tables& tables = *tables_;
    const size_t before = holds.size();
    holds.insert(holds.end(), tables.always.begin(), tables.always.end());
    if (value.kind != ValueKind::Object) {
        if (tables.function == Function::Lower)
            tables.ask_text(fold_case(value.text), scratch.state(), holds);
        else
            tables.ask_text(value.text, scratch.state(), holds);
        for (const uint32_t one : tables.others) {
            if (tables.program->predicates()[one].test.holds(value)) holds.push_back(one);
        }
    }
    // A predicate with a list stands in as many tables as the list has items.
    const auto first = holds.begin() + static_cast<std::ptrdiff_t>(before);
    std::sort(first, holds.end());
    holds.erase(std::unique(first, holds.end()), holds.end());
}

std::string OperandIndex::print() const {
    const Tables& tables = *tables_;
    std::string text;
    const auto add = [&](size_t count, std::string_view what) {
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    };
    add(tables.always.size(), "exists");
    add(tables.texts.size(), "texts");
    add(tables.beginnings.size(), "lengths of beginnings");
    add(tables.ends.size(), "lengths of ends");
    add(tables.blocks.size(), "prefix lengths");
    add(tables.substrings.size(), tables.scan ? "substrings in one scan" : "substrings");
    add(tables.patterns.size(), "patterns in one set");
    add(tables.others.size(), "one by one");
    return text;
}

}  // namespace vigia
