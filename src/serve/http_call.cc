#include "serve/http_call.h"

#include <exception>

#include "base/log.h"
#include "serve/http_message.h"

namespace vigia {

namespace {

// It neither is our mistake nor ends the process; who made the handler reads of it in the log.
void report(const std::string& id, std::string_view what) {
    log(LogLevel::Error, "http", "a handler failed", {{"request", id}, {"why", what}});
}

}  // namespace

HttpAnswer call_handler(const HttpServer::Handler& handler, HttpRequest request) {
    const std::string id = request.id;
    try {
        HttpAnswer answer = handler(std::move(request));
        if (is_sendable(answer)) return answer;
        report(id, "its answer has a status or a header that cannot be sent");
    } catch (const std::exception& failure) {
        report(id, failure.what());
    } catch (...) {
        report(id, "it threw what is no exception");
    }
    return problem({500, "the request could not be handled"});
}

Piece next_piece(BodyStream& stream, const std::string& id, std::string& piece) {
    try {
        piece.clear();
        if (stream.next(piece)) return Piece::More;
        return stream.is_whole() ? Piece::End : Piece::Failed;
    } catch (const std::exception& failure) {
        report(id, failure.what());
    } catch (...) {
        report(id, "its stream threw what is no exception");
    }
    return Piece::Failed;
}

}  // namespace vigia
