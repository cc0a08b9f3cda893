#include "serve/compression.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

#include "base/parts.h"
#include "base/utf8.h"

namespace vigia {

namespace {

// The best of what costs less than sending the bytes.
constexpr int gzip_level = 4;
// Header and trailer; the trailer ends with the length of what is inside.
constexpr size_t gzip_bytes_min = 18;

using Compressor = std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)>;
using Decompressor = std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>;

// "0", "0.", "0.000": all else asks for some of it.
bool is_zero_weight(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string_view one = take_part(parameters, ';');
        if (!one.starts_with("q=") && !one.starts_with("Q=")) continue;
        const std::string_view weight = one.substr(2);
        return weight.starts_with('0') && weight.find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

bool names_header(const HttpAnswer& answer, std::string_view name) {
    return std::ranges::any_of(answer.headers,
                               [&](const auto& header) { return lower_ascii(header.first) == name; });
}

bool is_json(std::string_view content_type) {
    return content_type.starts_with("application/json") ||
           content_type.starts_with("application/problem+json");
}

}  // namespace

bool accepts_coding(const HttpRequest& request, std::string_view coding) {
    std::string_view rest = request.header("Accept-Encoding");
    std::optional<bool> any;
    while (!rest.empty()) {
        std::string_view parameters = take_part(rest, ',');
        const std::string name = lower_ascii(take_part(parameters, ';'));
        if (name == coding) return !is_zero_weight(parameters);
        if (name == "*") any = !is_zero_weight(parameters);
    }
    return any.value_or(false);
}

std::string gzip(std::string_view bytes) {
    thread_local const Compressor compressor(libdeflate_alloc_compressor(gzip_level),
                                             libdeflate_free_compressor);
    if (compressor == nullptr) throw std::bad_alloc();
    std::string out;
    out.resize(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()));
    out.resize(
        libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
    return out;
}

Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
    const auto bad = [] { return error(ErrorKind::BadInput, "the bytes are no whole gzip member"); };
    if (bytes.size() < gzip_bytes_min) return bad();
    size_t length = 0;
    for (size_t i = 0; i < 4; i++)
        length |= static_cast<size_t>(static_cast<unsigned char>(bytes[bytes.size() - 4 + i])) << (8 * i);
    if (length > bytes_max)
        return error(ErrorKind::BadInput,
                     "the gzip member has more than " + std::to_string(bytes_max) + " bytes in it");
    const Decompressor decompressor(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    if (decompressor == nullptr) throw std::bad_alloc();
    std::string out(length, '\0');
    // Without a place for the length, all of `out` must be filled.
    const libdeflate_result done = libdeflate_gzip_decompress(decompressor.get(), bytes.data(), bytes.size(),
                                                              out.data(), out.size(), nullptr);
    if (done != LIBDEFLATE_SUCCESS) return bad();
    return out;
}

void compress_json(const HttpRequest& request, HttpAnswer& answer) {
    if (answer.stream != nullptr || answer.body.size() < compressed_bytes_min) return;
    if (!is_json(answer.content_type) || names_header(answer, "etag") ||
        names_header(answer, "content-encoding"))
        return;
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    if (!accepts_coding(request, "gzip")) return;
    answer.body = gzip(answer.body);
    answer.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace vigia
