#include "normalise/event_scanner.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory_resource>

#include "base/assert.h"
#include "base/time.h"
#include "normalise/json_tokens.h"
#include "normalise/scanned_keys.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <simdjson.h>
#pragma GCC diagnostic pop

namespace vigia {

namespace {

constexpr size_t root_members_max = 64;     // of a record that is read in this way
constexpr size_t arena_bytes = 512 * 1024;  // for what is unescaped or stripped of white space

}  // namespace

struct EventScanner::State final : ValueSource {
    enum class Outcome : uint8_t { Read, Other, Stop };
    struct Member {
        const char* key;
        uint32_t size;
        uint32_t value;  // the token that begins it
    };

    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    size_t capacity = 0;
    const PathTrie known = known_keys();
    const std::vector<PathTrie> runtime_known = all_runtime_keys();  // by EventType, from the first of them

    // Of the run at hand: where tokens begin, closing quotes left out.
    const char* text = nullptr;
    const char* text_end = nullptr;
    const uint32_t* tokens = nullptr;
    uint32_t token_count = 0;

    // Of the record at hand.
    std::array<Member, root_members_max> members;
    size_t member_count = 0;
    const char* escape = nullptr;  // the first backslash from its beginning on, or the end of the run
    const PathTrie* paths = nullptr;
    uint32_t last = 0;  // its last token
    bool doubtful = false;
    bool object_texts = false;
    uint32_t front = 0;  // its first token
    FieldValues values;
    Event event;
    std::unique_ptr<char[]> arena_front = std::make_unique_for_overwrite<char[]>(arena_bytes);
    std::pmr::monotonic_buffer_resource arena{arena_front.get(), arena_bytes};

    bool begin(std::string_view run) {
        if (run.empty()) return false;
        if (run.size() > capacity) {
            capacity = run.size();
            stage.reset();
            const auto code = simdjson::get_active_implementation()->create_dom_parser_implementation(
                capacity, json_depth_max, stage);
            VIGIA_ASSERT(code == simdjson::SUCCESS);
        }
        if (stage->stage1(reinterpret_cast<const uint8_t*>(run.data()), run.size(),
                          simdjson::stage1_mode::regular) != simdjson::SUCCESS)
            return false;
        text = run.data();
        text_end = text + run.size();
        tokens = stage->structural_indexes.get();
        token_count = stage->n_structural_indexes;
        escape = text - 1;
        return true;
    }

    char at(uint32_t token) const { return text[tokens[token]]; }

    // Whether a backslash stands in the bytes, which are of the record at hand.
    bool escaped(const char* from, const char* to) const {
        return to > escape && std::memchr(from, '\\', static_cast<size_t>(to - from)) != nullptr;
    }

    // The closing quote of the string that the token begins: the last byte before the next token that is not
    // blank.
    const char* string_end(uint32_t token) const {
        const char* end = text + tokens[token + 1] - 1;
        while (*end != '"') end--;
        return end;
    }

    // The token after the value that begins at this one; past the end of the run when it is not whole.
    uint32_t skip(uint32_t token) const {
        int depth = depth_steps[static_cast<unsigned char>(at(token))];
        token++;
        if (depth <= 0) return token;
        while (depth > 0 && token < token_count) {
            depth += depth_steps[static_cast<unsigned char>(at(token))];
            token++;
        }
        return depth > 0 ? token_count + 1 : token;
    }

    // Finds the record's members from its '{' on, and the token after it.
    Outcome find_members(uint32_t& token, std::array<uint32_t, known_count>& known_at) {
        member_count = 0;
        int deepest = 0;
        bool other = false;
        if (escape < text + tokens[token]) {
            const char* from = text + tokens[token];
            const void* found = std::memchr(from, '\\', static_cast<size_t>(text_end - from));
            escape = found != nullptr ? static_cast<const char*>(found) : text_end;
        }
        // Copies that stay in registers: what is stored below could be any of the members, for all that the
        // compiler knows.
        const char* const bytes = text;
        const uint32_t* const begins = tokens;
        const uint32_t count = token_count;
        uint32_t here = token + 1;
        while (true) {
            if (here + 3 >= count) return Outcome::Stop;
            const uint32_t colon = begins[here + 1];
            const char* const key = bytes + begins[here] + 1;
            const char* key_end = bytes + colon - 1;
            if (key[-1] != '"' || bytes[colon] != ':') return Outcome::Stop;
            while (*key_end != '"') key_end--;
            if (key_end < key) return Outcome::Stop;
            const auto size = static_cast<uint32_t>(key_end - key);
            const uint32_t value = here + 2;
            other |= escaped(key, key_end);
            const uint32_t node = known.find(known.root(), key, size);
            if (node != PathTrie::none) {
                uint32_t& place = known_at[known.node(node).values];
                other |= place != 0;
                place = value;
            }
            if (member_count == members.size()) return Outcome::Stop;
            members[member_count++] = {key, size, value};
            here = value + 1;
            const auto first = static_cast<unsigned char>(bytes[begins[value]]);
            int depth = depth_steps[first];
            if (!begins_value(static_cast<char>(first))) return Outcome::Stop;
            unsigned state = token_classes[first];
            bool wrong = state == Scalar && !is_safe_scalar(atom(value));
            unsigned in_object = state == OpenObject;
            uint64_t outer = 0;  // what stands around that, a bit each
            while (depth > 0) {
                if (here + 1 >= count) return Outcome::Stop;
                const auto byte = static_cast<unsigned char>(bytes[begins[here]]);
                const unsigned now = token_classes[byte];
                state = token_steps[in_object][state][now];
                if (now <= OpenArray) {
                    outer = outer << 1U | in_object;
                    in_object = now == OpenObject;
                    deepest = std::max(deepest, ++depth);
                } else if (now <= CloseArray) {
                    in_object = outer & 1U;
                    outer >>= 1U;
                    depth--;
                } else if (now == Scalar) {
                    wrong |= !is_safe_scalar(atom(here));
                }
                here++;
            }
            other |= wrong || state == Wrong;
            if (here >= count) return Outcome::Stop;
            const char next = bytes[begins[here++]];
            if (next == '}') break;
            if (next != ',') return Outcome::Stop;
        }
        token = here;
        last = token - 1;
        const char* const end = bytes + begins[last];
        other |= escape < end && !are_escapes(escape, end);
        // A value one deeper than its object is as deep as the bound allows.
        return other || deepest + 2 >= static_cast<int>(json_depth_max) || known_at[Enveloped] != 0
                   ? Outcome::Other
                   : Outcome::Read;
    }

    // A string of the root, as it stands; empty for what is none, or absent (token 0). Doubtful when it is
    // escaped.
    std::string_view text_at(uint32_t token) {
        if (token == 0 || at(token) != '"') return {};
        const char* const from = text + tokens[token] + 1;
        const char* const to = string_end(token);
        if (to < from || escaped(from, to)) {
            doubtful = true;
            return {};
        }
        return {from, static_cast<size_t>(to - from)};
    }

    // Reads the record whose '{' is at the token, and leaves the token after it.
    Outcome read(uint32_t& token, Interest& interest) {
        front = token;
        std::array<uint32_t, known_count> known_at{};
        const Outcome found = find_members(token, known_at);
        if (found != Outcome::Read) return found;
        doubtful = false;
        const bool good =
            known_at[Source] != 0 || known_at[Name] != 0 ? take_cloudtrail(known_at) : take_runtime();
        if (doubtful || !good) return Outcome::Other;
        const Wanted& wanted = interest.wanted(event.type, event.source, event.name);
        event.wanted = &wanted;
        if (!wanted.paths->empty()) take_wanted(wanted);
        return doubtful ? Outcome::Other : Outcome::Read;
    }

    // What every event has, of a CloudTrail record; false when the tree must tell.
    bool take_cloudtrail(const std::array<uint32_t, known_count>& known_at) {
        event.type = EventType::CloudTrail;
        event.source = text_at(known_at[Source]);
        event.name = text_at(known_at[Name]);
        event.id = text_at(known_at[Id]);
        event.account = text_at(known_at[Account]);
        event.time = parse_rfc3339(text_at(known_at[Time_]));
        return !event.source.empty() && !event.name.empty() && !event.account.empty();
    }

    // The token of the root's member of that key, 0 when it is absent. Doubtful when it stands twice.
    uint32_t member_at(std::string_view key) {
        uint32_t found = 0;
        for (size_t i = 0; i < member_count; i++) {
            if (std::string_view(members[i].key, members[i].size) != key) continue;
            doubtful = doubtful || found != 0;
            found = members[i].value;
        }
        return found;
    }

    // The same of a runtime event.
    bool take_runtime() {
        std::string_view named;
        for (size_t i = 0; i < runtime_type_keys.size() && named.empty(); i++)
            named = text_at(member_at(runtime_type_keys[i]));
        const auto type = runtime_event_type(named);
        if (!type || doubtful) return false;
        event.type = *type;
        const PathTrie& keys = runtime_known[static_cast<size_t>(*type) - first_runtime_type];
        std::array<uint32_t, runtime_known_count> known_at{};
        for (size_t i = 0; i < member_count; i++) {
            const uint32_t node = keys.find(keys.root(), members[i].key, members[i].size);
            if (node == PathTrie::none) continue;
            uint32_t& place = known_at[keys.node(node).values];
            if (place != 0) return false;
            place = members[i].value;
        }
        event.source = text_at(known_at[KindSource]);
        event.name = text_at(known_at[KindName]);
        const bool plain = (known_at[KindSource] == 0 || !event.source.empty()) &&
                           (known_at[KindName] == 0 || !event.name.empty());
        event.id = event.account = {};
        for (size_t i = 0; i < runtime_id_keys.size() && event.id.empty(); i++)
            event.id = text_at(known_at[Ids + i]);
        if (const uint32_t provider = known_at[Provider]; provider != 0 && at(provider) == '{')
            event.account = text_in(provider, runtime_account_key);
        if (event.account.empty()) event.account = text_at(known_at[OwnAccount]);
        event.time = std::nullopt;
        for (size_t i = 0; i < runtime_time_keys.size() && !event.time; i++)
            event.time = time_at(known_at[Times + i]);
        return plain;
    }

    // The text under a key of the object that begins at the token; empty for what is none, or absent.
    std::string_view text_in(uint32_t token, std::string_view key) {
        token++;
        while (token + 2 < last && at(token) == '"' && at(token + 1) == ':') {
            const char* const from = text + tokens[token] + 1;
            const char* const to = string_end(token);
            if (to < from || escaped(from, to)) break;
            if (std::string_view(from, static_cast<size_t>(to - from)) == key) return text_at(token + 2);
            token = skip(token + 2);
            if (token < last && at(token) == ',') token++;
        }
        doubtful = doubtful || token >= last || at(token) != '}';
        return {};
    }

    // A time as runtime events write it, a number or a text; nothing for what is none, or absent.
    std::optional<Time> time_at(uint32_t token) {
        if (token == 0) return std::nullopt;
        if (at(token) == '"') return parse_runtime_time(text_at(token));
        const std::string_view spelled = atom(token);
        doubtful = doubtful || !is_plain_number(spelled);
        return parse_epoch_ms(spelled);
    }

    bool retake(const Wanted& wanted) override {
        take_wanted(wanted);
        return !doubtful;
    }

    void take_wanted(const Wanted& wanted) {
        object_texts = wanted.object_texts;
        values.clear(wanted.slots);
        arena.release();
        paths = wanted.paths;
        const PathTrie::Node& root = paths->root();
        for (size_t i = 0; i < member_count; i++) {
            const Member& member = members[i];
            const uint32_t child = paths->find(root, member.key, member.size);
            if (child == PathTrie::none) continue;
            if (child == PathTrie::trap) {
                doubtful = true;
                return;
            }
            take(paths->node(child), member.value, true);
        }
        if (root.json_text != PathTrie::none)
            values.add(root.json_text, {json(front, last + 1), ValueKind::Text});
    }

    // Takes what is wanted of the value that begins at the token, and answers with the token after it.
    // `whole`: the value stands where the path ends, and is not an element of an array that does.
    uint32_t take(const PathTrie::Node& node, uint32_t token, bool whole) {
        uint32_t after = 0;
        switch (at(token)) {
            case '{':
                after = take_object(node, token);
                break;
            case '[':
                after = take_array(node, token, whole);
                break;
            case '"':
                after = token + 1;
                if (node.values != PathTrie::none) take_string(node.values, token);
                break;
            default:
                return take_atom(node, token, whole);
        }
        if (whole && node.json_text != PathTrie::none && !doubtful)
            values.add(node.json_text, {json(token, after), ValueKind::Text});
        return after;
    }

    // A broken value ends the record for this pass.
    uint32_t doubt() {
        doubtful = true;
        return last;
    }

    uint32_t take_object(const PathTrie::Node& node, uint32_t token) {
        if (node.values != PathTrie::none) {
            values.add(node.values, {object_texts ? json(token, skip(token)) : "{}", ValueKind::Object});
            if (doubtful) return doubt();
        }
        if (!node.has_keys) return skip(token);
        token++;
        if (at(token) == '}') return token + 1;
        while (true) {
            if (token + 2 >= last || at(token) != '"' || at(token + 1) != ':') return doubt();
            const char* const key = text + tokens[token] + 1;
            const char* const key_end = string_end(token);
            if (key_end < key || escaped(key, key_end)) return doubt();
            const uint32_t child = paths->find(node, key, static_cast<uint32_t>(key_end - key));
            token += 2;
            if (child == PathTrie::trap || !begins_value(at(token))) return doubt();
            token = child == PathTrie::none ? skip(token) : take(paths->node(child), token, true);
            if (doubtful || token >= last) return doubt();
            const char next = at(token++);
            if (next == '}') return token;
            if (next != ',') return doubt();
        }
    }

    uint32_t take_array(const PathTrie::Node& node, uint32_t token, bool whole) {
        const bool elements = whole && !node.elements.empty();
        if (node.values == PathTrie::none && !node.has_keys && !elements) return skip(token);
        token++;
        if (at(token) == ']') return token + 1;
        for (uint32_t index = 0;; index++) {
            if (token >= last || !begins_value(at(token))) return doubt();
            if (elements) {
                for (const auto& [wanted, child] : node.elements) {
                    if (wanted == index) take(paths->node(child), token, true);
                }
            }
            token = take(node, token, false);
            if (doubtful || token >= last) return doubt();
            const char next = at(token++);
            if (next == ']') return token;
            if (next != ',') return doubt();
        }
    }

    void take_string(uint32_t slot, uint32_t token) {
        const char* const from = text + tokens[token] + 1;
        const char* const to = string_end(token);
        if (to < from) {
            doubtful = true;
        } else if (!escaped(from, to)) {
            values.add(slot, {{from, static_cast<size_t>(to - from)}, ValueKind::Text});
        } else {
            const size_t room = static_cast<size_t>(to - from) + 2 * simdjson::SIMDJSON_PADDING;
            auto* const into = static_cast<uint8_t*>(arena.allocate(room, 1));
            const uint8_t* const end = stage->parse_string(reinterpret_cast<const uint8_t*>(from), into);
            if (end == nullptr)
                doubtful = true;
            else
                values.add(slot, {{reinterpret_cast<const char*>(into), static_cast<size_t>(end - into)},
                                  ValueKind::Text});
        }
    }

    // What stands at a token that is no string and no bracket.
    std::string_view atom(uint32_t token) const {
        const char* const from = text + tokens[token];
        const char* to = text + tokens[token + 1];
        while (to > from && (to[-1] == ' ' || to[-1] == '\n' || to[-1] == '\t' || to[-1] == '\r')) to--;
        return {from, static_cast<size_t>(to - from)};
    }

    uint32_t take_atom(const PathTrie::Node& node, uint32_t token, bool whole) {
        const std::string_view spelled = atom(token);
        ValueKind kind = ValueKind::Number;
        if (spelled == "null") return token + 1;
        if (spelled == "true")
            kind = ValueKind::True;
        else if (spelled == "false")
            kind = ValueKind::False;
        else if (!is_plain_number(spelled))
            return doubt();
        if (node.values != PathTrie::none) values.add(node.values, {spelled, kind});
        if (whole && node.json_text != PathTrie::none) values.add(node.json_text, {spelled, ValueKind::Text});
        return token + 1;
    }

    // The JSON text of the tokens, without white space between them.
    std::string_view json(uint32_t token, uint32_t after) {
        const char* const from = text + tokens[token];
        const char* const to = at(token) == '"' ? string_end(token) + 1 : text + tokens[after - 1] + 1;
        const auto size = static_cast<size_t>(to - from);
        auto* const into = static_cast<char*>(arena.allocate(size + simdjson::SIMDJSON_PADDING, 1));
        size_t written = 0;
        if (simdjson::minify(from, size, into, written) != simdjson::SUCCESS) doubtful = true;
        return {into, written};
    }
};

EventScanner::EventScanner() : state_(std::make_unique<State>()) {}
EventScanner::~EventScanner() = default;

EventScanner::Done EventScanner::scan(std::string_view run, Interest& interest, const Visit& visit,
                                      const Other& other) {
    State& state = *state_;
    Done done;
    if (!state.begin(run)) return done;
    state.event = Event{.values = &state.values, .more = &state};
    uint32_t token = 0;
    while (token < state.token_count && state.at(token) == '{') {
        const uint32_t first = token;
        const auto outcome = state.read(token, interest);
        if (outcome == State::Outcome::Stop) break;
        const std::string_view record(run.data() + state.tokens[first],
                                      state.tokens[token - 1] + 1 - state.tokens[first]);
        if (outcome == State::Outcome::Read)
            visit(state.event, record, done.records);
        else
            other(record, done.records);
        done.records++;
        done.bytes = static_cast<size_t>(record.data() + record.size() - run.data());
        if (token < state.token_count && state.at(token) == ',') token++;
    }
    return done;
}

}  // namespace vigia
