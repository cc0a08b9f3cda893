#pragma once

#include <string>

#include "serve/http_server.h"

// The door between the server and its handler: what is thrown there ends here.
namespace vigia {

// The handler's answer, or one of 500 when it threw or its answer cannot be sent.
HttpAnswer call_handler(const HttpServer::Handler& handler, HttpRequest request);

enum class Piece : uint8_t { More, End, Failed };
// Fills `piece` with the next of the stream. `id` is that of the request.
Piece next_piece(BodyStream& stream, const std::string& id, std::string& piece);

}  // namespace vigia
