// Any text is a target or refused with a reason, and what is a target reads back as itself when its parts are
// written with all of their bytes escaped. Any bytes are a request or refused, in one piece or byte by byte.
#include "base/assert.h"
#include "base/random.h"
#include "serve/http_reader.h"
#include "serve/http_target.h"

namespace {

using namespace vigia;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) out += "%" + hex(std::string(1, c));
    return out;
}

void check_target(std::string_view text) {
    const auto target = parse_target(text);
    if (!target) {
        VIGIA_ASSERT(!target.error().message.empty());
        return;
    }
    std::string written;
    for (const std::string& segment : target->segments) written += "/" + escaped(segment);
    if (written.empty()) written = target->path;
    for (size_t i = 0; i < target->query.size(); i++)
        written +=
            (i == 0 ? "?" : "&") + escaped(target->query[i].first) + "=" + escaped(target->query[i].second);
    if (written.size() > target_bytes_max) return;
    const auto again = parse_target(written);
    VIGIA_ASSERT(again && again->segments == target->segments && again->query == target->query);
}

// The request that the bytes are, or nothing: a chunk's head that goes wrong may be refused a little later
// when it comes in one piece.
std::optional<std::string> outcome(std::string_view bytes, size_t piece_bytes) {
    RequestReader reader({.header_bytes_max = 4096, .body_bytes_max = 4096});
    std::string input;
    for (size_t at = 0; at < bytes.size() && !reader.is_done(); at += piece_bytes) {
        input += bytes.substr(at, piece_bytes);
        if (!reader.has_head()) {
            if (const auto taken = reader.take_head(input); !taken) return std::nullopt;
        }
        if (!reader.has_head()) continue;
        if (const auto taken = reader.take_body(input); !taken) return std::nullopt;
    }
    if (!reader.is_done()) return std::nullopt;
    const HttpRequest request = reader.take();
    VIGIA_ASSERT(request.body.size() <= 4096 && request.path.starts_with(request.path == "*" ? "*" : "/"));
    return request.method_text + " " + request.target + "\n" + request.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_target(text);
    VIGIA_ASSERT(outcome(text, size + 1) == outcome(text, 1));
    return 0;
}
