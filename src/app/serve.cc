#include "app/serve.h"

#include <fmt/format.h>
#include <signal.h>

#include "app/api.h"
#include "app/cli.h"
#include "app/platform.h"
#include "base/number.h"
#include "serve/http_server.h"

namespace vigia {

namespace {

Result<HttpSettings> http_settings(const ServeCommand& command) {
    HttpSettings settings;
    const size_t colon = command.listen.rfind(':');
    const std::string_view port =
        colon == std::string::npos ? "" : std::string_view(command.listen).substr(colon + 1);
    const auto number = parse_whole<uint16_t>(port);
    if (!number)
        return error(
            ErrorKind::BadInput,
            fmt::format("--listen must be ADDRESS:PORT as 127.0.0.1:8443, and is '{}'", command.listen));
    settings.port = *number;
    settings.address = command.listen.substr(0, colon);
    if (settings.address.starts_with('[') && settings.address.ends_with(']'))
        settings.address = settings.address.substr(1, settings.address.size() - 2);
    if (command.certificate.empty() != command.key.empty())
        return error(ErrorKind::BadInput, "--tls-certificate and --tls-key belong together");
    if (!command.certificate.empty()) settings.tls = TlsFiles{command.certificate, command.key};
    return settings;
}

// The signals that end or reload the service, which only wait_for_signals() takes.
sigset_t service_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, one);
    return signals;
}

void wait_for_end(const sigset_t& signals, HttpServer& server) {
    while (true) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0 || signal != SIGHUP) return;
        if (const auto done = server.reload_tls(); !done)
            fmt::print(stderr, "vigia: {}\n", done.error().message);
    }
}

Result<void> greet(Platform& platform, const HttpServer& server, const HttpSettings& settings) {
    const std::string url = fmt::format(
        "{}://{}:{}", settings.tls ? "https" : "http",
        settings.address.contains(':') ? "[" + settings.address + "]" : settings.address, server.port());
    fmt::print("vigia serves at {}\n", url);
    if (TRY(platform.catalog().organisations()).empty()) {
        const std::string token = TRY(platform.invitations().first_setup_token());
        fmt::print(
            "nobody is set up yet. Once, with this token:\n"
            "  curl {}/api/v1/setup -d "
            "'{{\"token\":\"{}\",\"organisation\":\"…\",\"email\":\"…\",\"password\":\"…\"}}'\n",
            url, token);
    }
    std::fflush(stdout);
    return {};
}

Result<void> run(const ServeCommand& command) {
    const HttpSettings settings = TRY(http_settings(command));
    const sigset_t signals = service_signals();
    // Before any thread begins, so that all of them leave the signals alone.
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    static const SystemClock clock;
    PlatformSettings platform_settings{.data = command.data, .database = command.database};
    platform_settings.intake.disk_bytes_min = command.disk_reserve_mib * 1024 * 1024;
    platform_settings.intake.tail_age_max = std::chrono::seconds{command.seal_after_s};
    const auto platform = TRY(Platform::open(platform_settings, clock));
    Api api(*platform);
    const auto server =
        TRY(HttpServer::start(settings, [&](HttpRequest request) { return api.handle(std::move(request)); }));
    TRY_VOID(greet(*platform, *server, settings));
    wait_for_end(signals, *server);
    fmt::print("vigia stops\n");
    server->stop();
    return {};
}

}  // namespace

int serve(const ServeCommand& command) {
    const auto done = run(command);
    return done ? Nothing : fail(done.error());
}

}  // namespace vigia
