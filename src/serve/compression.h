#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/http_server.h"

// Content codings of answers.
namespace vigia {

// A body that is shorter is sent as it is: it fits into the packet of its head.
constexpr size_t compressed_bytes_min = 1024;

// Whether the client takes bodies of the coding ("gzip", "br"), by its Accept-Encoding (RFC 9110).
bool accepts_coding(const HttpRequest& request, std::string_view coding);

std::string gzip(std::string_view bytes);
// BadInput for what is no whole gzip member, or has more than `bytes_max` bytes in it.
Result<std::string> gunzip(std::string_view bytes, size_t bytes_max);

// Compresses a JSON body when the client takes that. Not one with an ETag, which names the bytes that it came
// with, nor one that streams.
void compress_json(const HttpRequest& request, HttpAnswer& answer);

}  // namespace vigia
