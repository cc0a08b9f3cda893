#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "serve/http_server.h"

namespace vigia {

// How long a test waits for what must happen before it fails.
inline constexpr std::chrono::seconds patience_s{60};

inline bool eventually(const std::function<bool()>& holds) {
    const auto deadline = steady_now() + patience_s;
    while (!holds()) {
        if (steady_now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

// A client that sends bytes as they are given.
class RawClient {
public:
    explicit RawClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    ~RawClient() { hang_up(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void hang_up() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    // Whether the other side took all of it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<size_t>(sent));
        }
        return true;
    }
    // One answer, head and body; those that come after it stay. What there is when the connection ends.
    std::string answer(bool is_head = false) {
        while (!read_.contains("\r\n\r\n")) {
            if (!read_more()) return std::exchange(read_, {});
        }
        size_t length = read_.find("\r\n\r\n") + 4;
        const std::string head = read_.substr(0, length);
        const size_t named = head.find("Content-Length: ");
        if (!is_head && named != std::string::npos) length += std::stoul(head.substr(named + 16));
        while (read_.size() < length && read_more()) {
        }
        const std::string whole = read_.substr(0, length);
        read_.erase(0, whole.size());
        return whole;
    }
    // Everything up to the end of the connection.
    std::string rest() {
        while (read_more()) {
        }
        return std::exchange(read_, {});
    }
    // Reads until the text came, and says whether it did.
    bool sees(std::string_view text) {
        while (!read_.contains(text)) {
            if (!read_more()) return false;
        }
        return true;
    }
    std::string ask(std::string_view request) {
        send(request);
        return answer();
    }

private:
    bool read_more() {
        pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
        const int patience_ms = static_cast<int>(std::chrono::milliseconds(patience_s).count());
        if (poll(&waiting, 1, patience_ms) != 1) {
            ADD_FAILURE() << "nothing came; so far: " << read_;
            return false;
        }
        char bytes[4096];
        const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
        if (count <= 0) return false;
        read_.append(bytes, static_cast<size_t>(count));
        return true;
    }

    int socket_;
    std::string read_;
};

// Holds requests until the test opens it.
class Gate {
public:
    ~Gate() { open(); }
    void pass() {
        std::unique_lock lock(mutex_);
        waiting++;
        opened_.wait(lock, [&] { return is_open_; });
        waiting--;
    }
    void open() {
        const std::lock_guard lock(mutex_);
        is_open_ = true;
        opened_.notify_all();
    }
    std::atomic<size_t> waiting = 0;

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool is_open_ = false;
};

// Makes numbered pieces until `count` or until it is cancelled; after the last of `count` it waits when it is
// to stay open, as a stream of news does.
class Pieces final : public BodyStream {
public:
    // What all streams of a test did.
    struct Watched {
        std::atomic<size_t> made = 0;
        std::atomic<bool> is_cancelled = false;
        std::atomic<bool> is_destroyed = false;
    };
    Pieces(Watched& watched, size_t count, size_t piece_bytes, bool stays_open)
        : watched_(watched), count_(count), piece_bytes_(piece_bytes), stays_open_(stays_open) {}
    ~Pieces() override { watched_.is_destroyed = true; }

    bool next(std::string& piece) override {
        std::unique_lock lock(mutex_);
        if (made_ == count_ && stays_open_) cancelled_.wait(lock, [&] { return is_cancelled_; });
        if (made_ == count_ || is_cancelled_) return false;
        piece = "piece " + std::to_string(made_++) + "\n";
        piece.resize(std::max(piece.size(), piece_bytes_), '.');
        watched_.made++;
        return true;
    }
    void cancel() override {
        const std::lock_guard lock(mutex_);
        is_cancelled_ = true;
        watched_.is_cancelled = true;
        cancelled_.notify_all();
    }

private:
    Watched& watched_;
    const size_t count_, piece_bytes_;
    const bool stays_open_;
    std::mutex mutex_;
    std::condition_variable cancelled_;
    size_t made_ = 0;
    bool is_cancelled_ = false;
};

class HttpTest : public testing::Test {
protected:
    void start(HttpLimits limits = {}, std::optional<TlsFiles> tls = {}) {
        HttpSettings settings{.limits = limits, .tls = std::move(tls)};
        auto started =
            HttpServer::start(settings, [this](HttpRequest request) { return handle(std::move(request)); });
        ASSERT_TRUE(started) << started.error().message;
        server_ = std::move(*started);
    }
    // A test stops waiting handlers before the server waits for them.
    void TearDown() override {
        gate_.open();
        server_.reset();
    }

    HttpAnswer handle(HttpRequest request) {
        handled_++;
        const std::string name = request.segments.empty() ? "" : request.segments[0];
        if (name == "wait") gate_.pass();
        if (name == "throw") throw std::runtime_error("as the test wants it");
        if (name == "throw-number") throw 7;
        if (name == "empty") return {.status = 204};
        if (name == "status") return {.status = static_cast<unsigned>(std::stoul(request.segments.at(1)))};
        if (name == "big") return {.content_type = "text/plain", .body = std::string(8 << 20, 'b')};
        if (name == "header")
            return {.headers = {{std::string(*request.parameter("name")),
                                 std::string(*request.parameter("value"))}},
                    .body = "{}"};
        HttpAnswer answer{.content_type = "text/plain; charset=utf-8"};
        if (name == "pieces" || name == "news" || name == "endless") {
            const size_t count = name == "endless" ? SIZE_MAX : 3;
            answer.stream =
                std::make_unique<Pieces>(watched_, count, name == "endless" ? 65536 : 0, name == "news");
            return answer;
        }
        answer.body = request.method_text + " " + request.path + " from " + request.remote + " to " +
                      request.host + ":" + std::to_string(request.port) + (request.is_tls ? " by TLS" : "") +
                      "\n";
        for (const auto& [key, value] : request.query) answer.body += key + "=" + value + "\n";
        answer.body += std::string(request.header("x-note")) + "\n" + request.body;
        return answer;
    }

    std::atomic<size_t> handled_ = 0;
    Gate gate_;
    Pieces::Watched watched_;
    std::unique_ptr<HttpServer> server_;
};

}  // namespace vigia
