#include "serve/http_server.h"

#include <fmt/format.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <mutex>
#include <thread>

#include "base/thread_name.h"
#include "serve/http_session.h"

namespace vigia {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// How often times are looked at.
constexpr std::chrono::milliseconds tick_ms{50};
constexpr std::chrono::milliseconds accept_pause_ms{100};
// Connections above connections_max that are told so; more are closed without a word.
constexpr size_t refusals_max = 64;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
template <typename T>
using Awaitable = asio::awaitable<T>;

}  // namespace

struct HttpServer::Parts {
    HttpSettings settings;
    asio::io_context io{1};
    asio::thread_pool workers;
    SessionShared shared;
    tcp::acceptor acceptor;
    asio::steady_timer ticker;
    SteadyTime stop_deadline = SteadyTime::max();
    uint16_t port = 0;
    std::mutex tls_mutex;
    std::unique_ptr<asio::ssl::context> tls;  // under tls_mutex
    std::mutex stop_mutex;
    std::thread thread;  // the one that all of Asio runs on

    Parts(const HttpSettings& given, Handler handler)
        : settings(given),
          workers(std::max<size_t>(given.limits.workers, 1)),
          shared{.limits = given.limits, .handler = std::move(handler), .io = io, .workers = workers},
          acceptor(io),
          ticker(io) {}

    Result<void> listen();
    Awaitable<void> accept();
    void admit(tcp::socket socket);
    Awaitable<void> tick();
    void begin_stop();
};

Result<void> HttpServer::Parts::listen() {
    error_code failure;
    const auto address = asio::ip::make_address(settings.address, failure);
    if (failure)
        return error(ErrorKind::BadInput, fmt::format("{} is no address to listen on", settings.address));
    const tcp::endpoint endpoint(address, settings.port);
    acceptor.open(endpoint.protocol(), failure);
    if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
    tcp::endpoint bound;
    if (!failure) bound = acceptor.local_endpoint(failure);
    if (failure)
        return error(ErrorKind::Io, fmt::format("cannot listen on {} port {}: {}", settings.address,
                                                settings.port, failure.message()));
    port = bound.port();
    return {};
}

Awaitable<void> HttpServer::Parts::accept() {
    while (!shared.is_stopping) {
        auto [failure, socket] = co_await acceptor.async_accept(as_tuple);
        if (!failure) {
            admit(std::move(socket));
        } else if (!shared.is_stopping) {
            // Out of file handles, most likely: some will be closed.
            asio::steady_timer pause(io, accept_pause_ms);
            (void)co_await pause.async_wait(as_tuple);
        }
    }
}

void HttpServer::Parts::admit(tcp::socket socket) {
    const bool is_refused = shared.serving >= shared.limits.connections_max;
    if (shared.is_stopping || (is_refused && shared.refusing >= refusals_max)) return;
    error_code failure;
    socket.set_option(tcp::no_delay(true), failure);
    const tcp::endpoint client = socket.remote_endpoint(failure);
    if (failure) return;
    HttpClient accepted{.is_v6 = client.protocol() == tcp::v6(), .address = client.address().to_string()};
    accepted.socket = socket.release(failure);
    if (failure) return;
    const std::lock_guard lock(tls_mutex);
    start_session(shared, std::move(accepted), tls.get(), is_refused ? Welcome::Refused : Welcome::Served);
}

// Looks after the times of all connections, as long as there are any or new ones may come.
Awaitable<void> HttpServer::Parts::tick() {
    while (!shared.is_stopping || !shared.sessions.empty()) {
        ticker.expires_after(tick_ms);
        (void)co_await ticker.async_wait(as_tuple);
        const SteadyTime now = steady_now();
        for (AnySession* const session : shared.sessions) session->tick(now);
        if (now < stop_deadline) continue;
        for (AnySession* const session : shared.sessions) session->cut();
    }
}

void HttpServer::Parts::begin_stop() {
    shared.is_stopping = true;
    stop_deadline = steady_now() + shared.limits.stop_time_max;
    error_code ignored;
    acceptor.close(ignored);
    for (AnySession* const session : shared.sessions) session->end_soon();
}

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpSettings& settings, Handler handler) {
    try {
        auto parts = std::make_unique<Parts>(settings, std::move(handler));
        if (settings.tls) {
            TlsContext context = TRY(load_tls(*settings.tls));
            parts->tls = std::make_unique<asio::ssl::context>(context.release());
        }
        TRY_VOID(parts->listen());
        asio::co_spawn(parts->io, parts->accept(), asio::detached);
        asio::co_spawn(parts->io, parts->tick(), asio::detached);
        parts->thread = std::thread([&io = parts->io] {
            name_thread("http");
            io.run();
        });
        return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
    } catch (const boost::system::system_error& failure) {
        return error(ErrorKind::Io, fmt::format("the server cannot start: {}", failure.what()));
    } catch (const std::system_error& failure) {
        return error(ErrorKind::Io, fmt::format("the server cannot start: {}", failure.what()));
    }
}

HttpServer::~HttpServer() { stop(); }

uint16_t HttpServer::port() const { return parts_->port; }

size_t HttpServer::open_connections() const { return parts_->shared.serving; }

Result<void> HttpServer::reload_tls() {
    if (!parts_->settings.tls) return error(ErrorKind::BadInput, "the server does not speak TLS");
    TlsContext context = TRY(load_tls(*parts_->settings.tls));
    const std::lock_guard lock(parts_->tls_mutex);
    parts_->tls = std::make_unique<asio::ssl::context>(context.release());
    return {};
}

void HttpServer::stop() {
    const std::lock_guard lock(parts_->stop_mutex);
    if (!parts_->thread.joinable()) return;
    asio::post(parts_->io, [this] { parts_->begin_stop(); });
    parts_->thread.join();
    parts_->workers.join();
}

}  // namespace vigia
