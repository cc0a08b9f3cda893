#include "normalise/json_document.h"

#include <fmt/format.h>

#include <string>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <simdjson.h>
#pragma GCC diagnostic pop

namespace vigia {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

// Bytes of the UTF-8 character at `at`, by its first byte and what follows; 0 when it is none.
size_t character_size(std::string_view text, size_t at) {
    const auto byte = [&](size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF && follows(1)) return 2;
    if (first >= 0xE0 && first <= 0xEF && follows(1) && follows(2)) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4 && follows(1) && follows(2) && follows(3)) {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool beyond = first == 0xF4 && byte(1) >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

std::string repaired(std::string_view text) {
    std::string good;
    good.reserve(text.size() + 16);
    for (size_t at = 0; at < text.size();) {
        const size_t size = character_size(text, at);
        if (size == 0)
            good += replacement_character;
        else
            good.append(text.substr(at, size));
        at += size == 0 ? 1 : size;
    }
    return good;
}

}  // namespace

struct JsonReader::State {
    ondemand::parser parser;
    std::string text;  // minified, with room for simdjson to read beyond its end
    size_t size = 0;
    Json root;

    std::unexpected<Error> bad(simdjson::error_code code) const {
        return error(ErrorKind::BadInput,
                     fmt::format("the record is no JSON: {}", simdjson::error_message(code)));
    }

    Result<void> fill(ondemand::value value, size_t depth, Json& into) {
        if (depth > json_depth_max)
            return error(ErrorKind::BadInput,
                         fmt::format("the record is nested deeper than {}", json_depth_max));
        const char* const begin = value.raw_json_token().data();
        ondemand::json_type type{};
        if (const auto code = value.type().get(type)) return bad(code);
        switch (type) {
            case ondemand::json_type::object:
                TRY_VOID(fill_object(value, depth, into));
                break;
            case ondemand::json_type::array:
                TRY_VOID(fill_array(value, depth, into));
                break;
            case ondemand::json_type::string: {
                into.kind = Json::Kind::Text;
                if (const auto code = value.get_string().get(into.text)) return bad(code);
                into.raw = value.raw_json_token();
                return {};
            }
            case ondemand::json_type::number: {
                double ignored = 0;
                into.kind = Json::Kind::Number;
                into.text = into.raw = value.raw_json_token();
                if (const auto code = value.get_double().get(ignored)) return bad(code);
                return {};
            }
            case ondemand::json_type::boolean: {
                bool truth = false;
                into.text = into.raw = value.raw_json_token();
                if (const auto code = value.get_bool().get(truth)) return bad(code);
                into.kind = truth ? Json::Kind::True : Json::Kind::False;
                return {};
            }
            case ondemand::json_type::null: {
                into.text = into.raw = value.raw_json_token();
                bool null = false;
                if (value.is_null().get(null) || !null || into.raw != "null") {
                    return error(ErrorKind::BadInput, "the record is no JSON: a value is misspelt");
                }
                return {};
            }
        }
        into.raw = {begin, static_cast<size_t>(here() - begin)};
        into.text = into.raw;
        return {};
    }

    // Where the parser stands: the byte after the value that it has just left, since the text has no white
    // space.
    const char* here() { return at_end ? text.data() + size : place; }

    Result<void> fill_object(ondemand::value& value, size_t depth, Json& into) {
        ondemand::object object;
        into.kind = Json::Kind::Object;
        if (const auto code = value.get_object().get(object)) return bad(code);
        for (auto entry : object) {
            ondemand::field field;
            if (const auto code = std::move(entry).get(field)) return bad(code);
            std::string_view key;
            if (const auto code = field.unescaped_key().get(key)) return bad(code);
            into.members.push_back({key, Json{}});
            TRY_VOID(fill(field.value(), depth + 1, into.members.back().value));
        }
        mark();
        return {};
    }

    Result<void> fill_array(ondemand::value& value, size_t depth, Json& into) {
        ondemand::array array;
        into.kind = Json::Kind::Array;
        if (const auto code = value.get_array().get(array)) return bad(code);
        for (auto entry : array) {
            ondemand::value element;
            if (const auto code = std::move(entry).get(element)) return bad(code);
            into.elements.emplace_back();
            TRY_VOID(fill(element, depth + 1, into.elements.back()));
        }
        mark();
        return {};
    }

    void mark() { at_end = document.current_location().get(place) != simdjson::SUCCESS; }

    ondemand::document document;
    const char* place = nullptr;
    bool at_end = false;
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;

Result<const Json*> JsonReader::read(std::string_view text) {
    State& state = *state_;
    std::string good;
    if (!simdjson::validate_utf8(text.data(), text.size())) {
        good = repaired(text);
        text = good;
    }
    state.text.resize(text.size() + simdjson::SIMDJSON_PADDING);
    if (const auto code = simdjson::minify(text.data(), text.size(), state.text.data(), state.size))
        return state.bad(code);
    std::fill(state.text.begin() + static_cast<std::ptrdiff_t>(state.size), state.text.end(), ' ');
    state.root = Json{};
    if (const auto code =
            state.parser.iterate(state.text.data(), state.size, state.text.size()).get(state.document))
        return state.bad(code);
    ondemand::value root;
    if (const auto code = state.document.get_value().get(root)) return state.bad(code);
    TRY_VOID(state.fill(root, 1, state.root));
    if (!state.at_end)
        return error(ErrorKind::BadInput, "the record is no JSON: something follows the value");
    return &state.root;
}

}  // namespace vigia
