#include "serve/http_session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>

#include "base/random.h"
#include "serve/http_call.h"
#include "serve/http_reader.h"

namespace vigia {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr size_t read_bytes_max = 16 * 1024;
// Who sends or takes bytes more slowly than this is cut.
constexpr uint64_t bytes_per_second_min = 64 * 1024;
// How long a connection that we have ended stays for the client to read what we said.
constexpr std::chrono::seconds linger_time_max{2};

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
using Plain = tcp::socket;
using Tls = asio::ssl::stream<tcp::socket>;
// A co_await stands in a statement of its own, never in a condition: g++ 12 resumes what stands around it in
// the wrong place.
template <typename T>
using Awaitable = asio::awaitable<T>;

// What a connection is doing, which is what a stop needs to know.
enum class Phase : uint8_t { Idle, Reading, Working, Writing, Streaming, Closing };

// The bytes of one request's body, counted among those of all.
class BodyShare {
public:
    explicit BodyShare(SessionShared& shared) : shared_(shared) {}
    BodyShare(const BodyShare&) = delete;
    BodyShare& operator=(const BodyShare&) = delete;
    ~BodyShare() { shared_.bodies_bytes -= bytes_; }
    // Whether there is room for a body of so many bytes.
    bool fits(uint64_t bytes) const {
        return shared_.bodies_bytes - bytes_ + bytes <= shared_.limits.bodies_bytes_max;
    }
    void set(uint64_t bytes) {
        shared_.bodies_bytes = shared_.bodies_bytes - bytes_ + bytes;
        bytes_ = bytes;
    }

private:
    SessionShared& shared_;
    uint64_t bytes_ = 0;
};

// The request, or the refusal to answer with; nothing when there is nobody to answer.
using Taken = std::expected<HttpRequest, std::optional<HttpRefusal>>;

template <typename Stream>
class Session final : public AnySession {
public:
    Session(SessionShared& shared, Stream stream, std::string remote, bool is_refused)
        : shared_(shared),
          stream_(std::move(stream)),
          remote_(std::move(remote)),
          is_refused_(is_refused),
          watch_end_(shared.io, asio::steady_timer::time_point::max()) {
        shared_.sessions.insert(this);
        if (is_refused_)
            shared_.refusing++;
        else
            shared_.serving++;
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() override {
        shared_.sessions.erase(this);
        if (is_refused_)
            shared_.refusing--;
        else
            shared_.serving--;
    }

    Awaitable<void> run() {
        const bool is_ready = co_await shake_hands();
        if (!is_ready) co_return;
        if (is_refused_) {
            id_ = random_uuid();
            const HttpRefusal too_many{503, "the server has as many connections as it may have"};
            co_await refuse(too_many);
        } else {
            bool goes_on = true;
            while (goes_on) goes_on = co_await serve_one();
        }
        co_await close();
    }

    void tick(SteadyTime now) override {
        if (now < deadline_) return;
        is_late_ = true;
        cancel();
    }
    void end_soon() override {
        if (phase_ == Phase::Idle || phase_ == Phase::Closing) cancel();
        if (phase_ == Phase::Streaming) leave_stream();
    }
    void cut() override {
        leave_stream();
        error_code ignored;
        socket().close(ignored);
    }

private:
    static constexpr bool is_tls = std::is_same_v<Stream, Tls>;

    tcp::socket& socket() {
        if constexpr (is_tls)
            return stream_.next_layer();
        else
            return stream_;
    }
    void cancel() {
        error_code ignored;
        socket().cancel(ignored);
    }
    void enter(Phase phase, Duration time_max) {
        phase_ = phase;
        is_late_ = false;
        deadline_ = steady_now() + time_max;
    }
    void enter_unbounded(Phase phase) {
        phase_ = phase;
        is_late_ = false;
        deadline_ = SteadyTime::max();
    }

    Awaitable<bool> shake_hands() {
        if constexpr (is_tls) {
            enter(Phase::Idle, shared_.limits.read_time_max);
            const auto [failure] = co_await stream_.async_handshake(Tls::server, as_tuple);
            co_return !failure;
        } else {
            co_return true;
        }
    }

    // Whether something came.
    Awaitable<bool> read_more() {
        const auto [failure, count] = co_await stream_.async_read_some(asio::buffer(piece_), as_tuple);
        if (failure) co_return false;
        input_.append(piece_.data(), count);
        co_return true;
    }

    Awaitable<bool> serve_one() {
        enter(Phase::Idle, shared_.limits.idle_time_max);
        if (shared_.is_stopping) co_return false;
        if (input_.empty()) {
            const bool is_there = co_await read_more();
            if (!is_there) co_return false;
        }
        enter(Phase::Reading, shared_.limits.read_time_max);
        RequestReader reader(shared_.limits);
        BodyShare share(shared_);
        is_head_ = false;
        is_http_1_0_ = false;
        id_ = random_uuid();
        Taken request = co_await read_request(reader, share);
        if (!request) {
            if (request.error()) co_await refuse(*request.error());
            co_return false;
        }
        enter_unbounded(Phase::Working);
        const bool keeps_open = reader.keeps_open();
        HttpAnswer answer;
        const auto work = [&]() -> Awaitable<void> {
            answer = call_handler(shared_.handler, std::move(*request));
            co_return;
        };
        co_await asio::co_spawn(shared_.workers, work, asio::use_awaitable);
        share.set(0);
        if (answer.stream != nullptr && !is_head_) {
            co_await write_stream(std::move(answer));
            co_return false;
        }
        const bool goes_on = co_await write_answer(std::move(answer), keeps_open && !shared_.is_stopping);
        co_return goes_on;
    }

    std::unexpected<std::optional<HttpRefusal>> not_read() const {
        using Why = std::optional<HttpRefusal>;
        return std::unexpected<Why>(is_late_ ? Why({408, "the request took too long to come"}) : Why());
    }

    Awaitable<Taken> read_request(RequestReader& reader, BodyShare& share) {
        while (true) {
            if (auto taken = reader.take_head(input_); !taken) co_return std::unexpected(taken.error());
            if (reader.has_head()) break;
            const bool is_there = co_await read_more();
            if (!is_there) co_return not_read();
        }
        is_head_ = reader.is_head_request();
        is_http_1_0_ = reader.is_http_1_0();
        // A body is counted as it comes: who only says that it will be long takes nothing from others.
        const auto full = std::unexpected(HttpRefusal{429, "the server is reading as much as it can"});
        if (!share.fits(reader.declared_bytes().value_or(0))) co_return full;
        if (reader.expects_continue() && !reader.is_done() && input_.empty()) {
            const bool is_sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
            if (!is_sent) co_return not_read();
        }
        const SteadyTime head_deadline = deadline_;
        while (true) {
            if (auto taken = reader.take_body(input_); !taken) co_return std::unexpected(taken.error());
            if (!share.fits(reader.body_bytes())) co_return full;
            share.set(reader.body_bytes());
            if (reader.is_done()) break;
            deadline_ = head_deadline + std::chrono::seconds(reader.body_bytes() / bytes_per_second_min);
            const bool is_there = co_await read_more();
            if (!is_there) co_return not_read();
        }
        HttpRequest request = reader.take();
        request.remote = remote_;
        request.is_tls = is_tls;
        request.id = id_;
        if (request.port == 0) request.port = is_tls ? 443 : 80;
        co_return request;
    }

    // Whether all was sent.
    Awaitable<bool> write(std::string_view bytes) {
        const auto [failure, count] = co_await asio::async_write(stream_, asio::buffer(bytes), as_tuple);
        co_return !failure;
    }
    HeadFacts facts(BodyForm form, bool keeps_open) const {
        return {.id = id_,
                .now = SystemClock().now(),
                .form = form,
                .is_tls = is_tls,
                .is_head = is_head_,
                .keeps_open = keeps_open};
    }

    Awaitable<void> refuse(const HttpRefusal& refusal) {
        HttpAnswer answer = problem(refusal);
        co_await write_answer(std::move(answer), false);
    }

    // Whether the connection goes on.
    Awaitable<bool> write_answer(HttpAnswer answer, bool keeps_open) {
        const uint64_t seconds = answer.body.size() / bytes_per_second_min;
        enter(Phase::Writing, shared_.limits.read_time_max + std::chrono::seconds(seconds));
        const bool is_empty = answer.status == 204 || answer.status == 304;
        // The length of a stream that HEAD asks for is not known.
        const BodyForm form = is_empty                   ? BodyForm::None
                              : answer.stream == nullptr ? BodyForm::Whole
                                                         : BodyForm::UntilClose;
        const std::string head = answer_head(answer, facts(form, keeps_open));
        if (is_empty || is_head_) {
            const bool is_sent = co_await write(head);
            co_return is_sent&& keeps_open;
        }
        const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(answer.body)};
        const auto [failure, count] = co_await asio::async_write(stream_, parts, as_tuple);
        co_return !failure && keeps_open;
    }

    Awaitable<void> write_stream(HttpAnswer answer) {
        const HttpRefusal too_many{503, "the server has as many streams as it may have"};
        if (shared_.is_stopping || shared_.streams >= shared_.limits.streams_max) {
            co_await refuse(too_many);
            co_return;
        }
        std::optional<asio::thread_pool> thread;
        if (!start_thread(thread)) {
            co_await refuse(too_many);
            co_return;
        }
        shared_.streams++;
        body_ = answer.stream.get();
        is_left_ = false;
        is_watching_ = true;
        asio::co_spawn(shared_.io, watch(), asio::detached);
        co_await write_pieces(answer, *thread);
        body_ = nullptr;
        // Late at once, so that each tick cancels what may still be read.
        enter(Phase::Closing, {});
        while (is_watching_) {
            cancel();
            (void)co_await watch_end_.async_wait(as_tuple);
        }
        shared_.streams--;
    }

    static bool start_thread(std::optional<asio::thread_pool>& thread) {
        try {
            thread.emplace(1);
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    Awaitable<void> write_pieces(const HttpAnswer& answer, asio::thread_pool& thread) {
        const BodyForm form = is_http_1_0_ ? BodyForm::UntilClose : BodyForm::Chunked;
        std::string bytes = answer_head(answer, facts(form, false));
        std::string piece;
        Piece got = Piece::Failed;
        const auto work = [&]() -> Awaitable<void> {
            got = next_piece(*answer.stream, id_, piece);
            co_return;
        };
        while (true) {
            const uint64_t seconds = bytes.size() / bytes_per_second_min;
            enter(Phase::Streaming, shared_.limits.read_time_max + std::chrono::seconds(seconds));
            const bool is_sent = co_await write(bytes);
            if (!is_sent) leave_stream();
            if (is_left_) co_return;
            enter_unbounded(Phase::Streaming);
            co_await asio::co_spawn(thread, work, asio::use_awaitable);
            // What is cut short must not look whole: it has no last chunk.
            if (is_left_ || got == Piece::Failed) co_return;
            if (got == Piece::End) break;
            bytes = form == BodyForm::Chunked && !piece.empty()
                        ? fmt::format("{:x}\r\n{}\r\n", piece.size(), piece)
                        : piece;
        }
        enter(Phase::Streaming, shared_.limits.read_time_max);
        if (form == BodyForm::Chunked) co_await write("0\r\n\r\n");
    }

    // Reads while an answer streams, only to learn that the client has gone.
    Awaitable<void> watch() {
        while (true) {
            const auto [failure, count] = co_await stream_.async_read_some(asio::buffer(piece_), as_tuple);
            if (failure) break;
        }
        leave_stream();
        is_watching_ = false;
        watch_end_.cancel();
    }

    void leave_stream() {
        if (body_ == nullptr || is_left_) return;
        is_left_ = true;
        body_->cancel();
        cancel();
    }

    // Lets the client read what we said before the connection is gone: a socket closed with unread bytes
    // takes back what was sent.
    Awaitable<void> close() {
        enter(Phase::Closing, linger_time_max);
        if constexpr (is_tls) {
            (void)co_await stream_.async_shutdown(as_tuple);
        }
        error_code failure;
        socket().shutdown(tcp::socket::shutdown_send, failure);
        while (!failure && !is_late_ && !shared_.is_stopping) {
            const auto [ended, count] = co_await socket().async_read_some(asio::buffer(piece_), as_tuple);
            failure = ended;
        }
    }

    SessionShared& shared_;
    Stream stream_;
    std::string remote_;
    bool is_refused_;
    Phase phase_ = Phase::Idle;
    SteadyTime deadline_ = SteadyTime::max();
    bool is_late_ = false;
    std::array<char, read_bytes_max> piece_;
    std::string input_;  // what was read and not understood yet
    // Of the request at hand.
    std::string id_;
    bool is_head_ = false;
    bool is_http_1_0_ = false;
    // Of the answer that streams.
    BodyStream* body_ = nullptr;
    bool is_left_ = false;
    bool is_watching_ = false;
    asio::steady_timer watch_end_;
};

Awaitable<void> run_session(std::unique_ptr<Session<Plain>> session) { co_await session->run(); }
Awaitable<void> run_session(std::unique_ptr<Session<Tls>> session) { co_await session->run(); }

}  // namespace

void start_session(SessionShared& shared, HttpClient client, asio::ssl::context* tls, Welcome welcome) {
    error_code failure;
    tcp::socket socket(shared.io);
    socket.assign(client.is_v6 ? tcp::v6() : tcp::v4(), client.socket, failure);
    if (failure) {
        ::close(client.socket);
        return;
    }
    const bool is_refused = welcome == Welcome::Refused;
    if (tls == nullptr) {
        auto session = std::make_unique<Session<Plain>>(shared, std::move(socket), std::move(client.address),
                                                        is_refused);
        asio::co_spawn(shared.io, run_session(std::move(session)), asio::detached);
    } else {
        auto session = std::make_unique<Session<Tls>>(shared, Tls(std::move(socket), *tls),
                                                      std::move(client.address), is_refused);
        asio::co_spawn(shared.io, run_session(std::move(session)), asio::detached);
    }
}

}  // namespace vigia
