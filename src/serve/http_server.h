#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "serve/tls_files.h"

namespace vigia {

enum class Method : uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

struct HttpRequest {
    Method method = Method::Other;
    std::string method_text;                                 // as sent: capital letters and '-'
    std::string target;                                      // as sent: path and query
    std::string path;                                        // decoded; a segment that has %2F stands as sent
    std::vector<std::string> segments;                       // of the path, each decoded; none of "/"
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    std::string host;                                        // in lower case; empty when HTTP/1.0 sent none
    uint16_t port = 0;                                       // of the Host header, else the scheme's
    std::string remote;                                      // the client's address, without port
    bool is_tls = false;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  // as sent, in order
    std::string id;                                            // random, and the X-Request-Id of the answer

    // The first header of the name, in any case; empty when there is none.
    std::string_view header(std::string_view name) const;
    // The first parameter of the name in the query.
    std::optional<std::string_view> parameter(std::string_view name) const;
};

// A body that is made piece by piece.
class BodyStream {
public:
    virtual ~BodyStream() = default;
    // Called on a thread of its own for each streaming answer, not before the last piece is on its way; false
    // at the end. An empty piece sends nothing.
    virtual bool next(std::string& piece) = 0;
    // Asked once next() has answered false: whether that was all. What is not whole is cut, so that no client
    // takes it for that.
    virtual bool is_whole() const { return true; }
    // Called when the client has gone or the server stops, from another thread: next() must return soon, and
    // is not called again.
    virtual void cancel() = 0;
};

struct HttpAnswer {
    unsigned status = 200;
    std::string content_type = "application/json";
    // Beside what the server sends of its own: Connection, Content-Length, Transfer-Encoding, Date and
    // X-Request-Id are left out, and a line break in any makes it an answer of 500.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::unique_ptr<BodyStream> stream;  // instead of body; the connection ends with it
};

struct HttpLimits {
    size_t header_bytes_max = 16 * 1024;            // request line and headers with their empty line: 431
    uint64_t body_bytes_max = 32 * 1024 * 1024;     // 413
    size_t connections_max = 2048;                  // 503
    size_t streams_max = 128;                       // 503
    uint64_t bodies_bytes_max = 256 * 1024 * 1024;  // of all requests that are read or in work: 429
    std::chrono::seconds read_time_max{30};         // 408; a body has a second more for each 64 KiB of it
    std::chrono::seconds idle_time_max{60};         // between requests
    size_t workers = 4;
    std::chrono::seconds stop_time_max{10};  // for requests in work when the server stops
};

struct HttpSettings {
    std::string address = "127.0.0.1";
    uint16_t port = 0;  // 0: any that is free
    HttpLimits limits;
    std::optional<TlsFiles> tls;
};

// HTTP/1.1 over TCP or TLS. All connections share one thread that reads and writes; handlers have `workers`
// threads.
class HttpServer {
public:
    // Called on worker threads, may block. What it throws is an answer of 500.
    using Handler = std::function<HttpAnswer(HttpRequest request)>;
    static Result<std::unique_ptr<HttpServer>> start(const HttpSettings& settings, Handler handler);
    ~HttpServer();

    uint16_t port() const;
    // Those that are served, without those that are being told that there are too many.
    size_t open_connections() const;
    // New connections have the certificate that is in the files now. On an error the old one stays.
    Result<void> reload_tls();
    // Takes no new connections, lets requests in work end, cancels streams. After stop_time_max the
    // connections are cut, but a handler is waited for. Not to be called by a handler.
    void stop();

private:
    struct Parts;
    explicit HttpServer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

std::string_view reason(unsigned status);

}  // namespace vigia
