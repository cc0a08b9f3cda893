#include "app/serve.h"

#include <fmt/format.h>
#include <signal.h>

#include "app/api.h"
#include "app/cli.h"
#include "app/embedded_console.h"
#include "app/platform.h"
#include "app/serve_settings.h"
#include "app/serve_tls.h"
#include "app/service_manager.h"
#include "base/log.h"
#include "base/number.h"
#include "network/network.h"
#include "serve/http_server.h"

namespace vigia {

namespace {

constexpr uint64_t mib = 1024 * 1024;
// How often a generated certificate is looked at.
constexpr timespec renewal_period{.tv_sec = 3600, .tv_nsec = 0};

Result<HttpSettings> http_settings(const ServeCommand& command) {
    HttpSettings settings;
    const size_t colon = command.listen.rfind(':');
    const std::string_view port =
        colon == std::string::npos ? "" : std::string_view(command.listen).substr(colon + 1);
    const auto number = parse_whole<uint16_t>(port);
    if (!number)
        return error(
            ErrorKind::BadInput,
            fmt::format("'listen' must be ADDRESS:PORT as 127.0.0.1:8443, and is '{}'", command.listen));
    settings.port = *number;
    settings.address = command.listen.substr(0, colon);
    if (settings.address.starts_with('[') && settings.address.ends_with(']'))
        settings.address = settings.address.substr(1, settings.address.size() - 2);
    settings.limits.workers = command.http_workers;
    settings.tls = TRY(tls_of(command, settings.address));
    return settings;
}

Result<void> follow_log(const ServeCommand& command) {
    const auto level = log_level_of(command.log_level);
    if (!level)
        return error(
            ErrorKind::BadInput,
            fmt::format("'log_level' must be debug, info, warning or error, not '{}'", command.log_level));
    const auto format = log_format_of(command.log_format);
    if (!format)
        return error(ErrorKind::BadInput,
                     fmt::format("'log_format' must be text or json, not '{}'", command.log_format));
    set_log(*level, *format);
    return {};
}

// The signals that end or reload the service, which only wait_for_end() takes.
sigset_t service_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, one);
    return signals;
}

// What runs, and what it was told.
struct Running {
    const ServeLine& line;
    ServeCommand command;
    HttpSettings settings;
    HttpServer& server;
};

void warn(const Error& failure) { log(LogLevel::Warning, "service", failure.message); }

void reload_tls(Running& running) {
    if (!running.settings.tls) return;
    if (const auto done = running.server.reload_tls(); !done) return warn(done.error());
    const auto facts = certificate_facts(running.settings.tls->certificate);
    if (!facts) return warn(facts.error());
    log(LogLevel::Info, "service", "new connections have this certificate",
        {{"sha256", facts->fingerprint}, {"until", format_rfc3339(facts->until)}});
}

void renew(Running& running) {
    if (!running.command.tls_generate) return;
    const auto renewed = renew_generated(running.command, running.settings.address, SystemClock().now());
    if (!renewed) return warn(renewed.error());
    if (*renewed) reload_tls(running);
}

// The log follows the file at once, and the certificate; the rest is told, and waits for the next start.
void reload(Running& running) {
    tell_service_manager("RELOADING=1");
    auto settled = settle(running.line);
    if (!settled) warn(settled.error());
    if (settled) {
        if (const auto done = follow_log(*settled); !done)
            warn(done.error());
        else
            running.command.log_level = settled->log_level, running.command.log_format = settled->log_format;
        for (const std::string_view name : differences(running.command, *settled))
            log(LogLevel::Warning, "service", "a changed setting is in force from the next start on",
                {{"setting", name}});
    }
    reload_tls(running);
    log(LogLevel::Info, "service", "reloaded");
    tell_service_manager("READY=1");
}

void wait_for_end(const sigset_t& signals, Running& running) {
    while (true) {
        const int signal = sigtimedwait(&signals, nullptr, &renewal_period);
        if (signal == SIGHUP)
            reload(running);
        else if (signal > 0)
            return;
        else
            renew(running);
    }
}

std::string listen_url(const HttpServer& server, const HttpSettings& settings) {
    return fmt::format("{}://{}:{}", settings.tls ? "https" : "http",
                       settings.address.contains(':') ? "[" + settings.address + "]" : settings.address,
                       server.port());
}

Result<void> check_public_url(const std::string& url) {
    if (url.empty() || (url_parts(url) && url.find_first_of("?#") == std::string::npos)) return {};
    return error(
        ErrorKind::BadInput,
        fmt::format("--public-url must be an address as https://vigia.example.org, and is '{}'", url));
}

Result<void> greet(Platform& platform, const std::string& url, const HttpSettings& settings) {
    log(LogLevel::Info, "service", "started", {{"version", VIGIA_VERSION}, {"url", url}});
    fmt::print("vigia serves at {}\n", url);
    if (settings.tls) {
        const CertificateFacts facts = TRY(certificate_facts(settings.tls->certificate));
        fmt::print("its certificate is {}, until {}\nSHA-256 fingerprint {}\n", settings.tls->certificate,
                   format_rfc3339(facts.until), facts.fingerprint);
    }
    if (TRY(platform.catalog().organisations()).empty()) {
        if (prints_to_journal()) {
            fmt::print("nobody is set up yet: use vigia organisation add, then vigia user add\n");
            return {};
        }
        const std::string token = TRY(platform.invitations().first_setup_token());
        fmt::print(
            "nobody is set up yet. Once, with this token:\n"
            "  curl {}{}/api/v1/setup -d "
            "'{{\"token\":\"{}\",\"organisation\":\"…\",\"email\":\"…\",\"password\":\"…\"}}'\n",
            settings.tls ? fmt::format("--cacert {} ", settings.tls->certificate) : "", url, token);
    }
    return {};
}

AwsSettings aws_settings(const ServeCommand& command) {
    AwsSettings settings;
    for (const std::string& one : command.aws_endpoint) {
        // What stands before a scheme is no service.
        const size_t equals = one.find('=');
        const bool is_all = equals == std::string::npos || one.find("://") < equals;
        settings.endpoints.custom[is_all ? "" : one.substr(0, equals)] =
            is_all ? one : one.substr(equals + 1);
    }
    settings.endpoints.path_style = command.aws_path_style;
    settings.endpoints.fips = command.aws_fips;
    settings.visibility = std::chrono::seconds{command.aws_visibility_s};
    settings.objects_in_flight = command.aws_objects_in_flight;
    return settings;
}

PlatformSettings platform_settings(const ServeCommand& command) {
    PlatformSettings settings{
        .data = command.data, .database = command.database, .public_url = command.public_url};
    settings.watch = command.watch;
    settings.aws_queues = command.aws_queue;
    settings.aws = aws_settings(command);
    settings.trail_keys = command.trail_keys;
    settings.trail.grace = std::chrono::seconds{command.trail_grace_s};
    settings.store.memory_bytes_max = command.store_memory_mib * mib;
    settings.store.threads = command.store_threads;
    settings.intake.disk_bytes_min = command.disk_free_min_mib * mib;
    settings.intake.tail_age_max = std::chrono::seconds{command.seal_after_s};
    return settings;
}

Result<void> run(const ServeLine& line) {
    const ServeCommand command = TRY(settle(line));
    TRY_VOID(follow_log(command));
    const HttpSettings settings = TRY(http_settings(command));
    TRY_VOID(check_public_url(command.public_url));
    WebFiles console =
        command.web_dir.empty() ? embedded_web(embedded_console()) : TRY(web_folder(command.web_dir));
    const sigset_t signals = service_signals();
    // Before any thread begins, so that all of them leave the signals alone.
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    static const SystemClock clock;
    if (command.tls_generate) TRY_VOID(renew_generated(command, settings.address, clock.now()));
    const auto platform = TRY(Platform::open(platform_settings(command), clock));
    Api api(*platform, Console(std::move(console)));
    const auto server =
        TRY(HttpServer::start(settings, [&](HttpRequest request) { return api.handle(std::move(request)); }));
    const std::string url = listen_url(*server, settings);
    if (command.public_url.empty()) platform->notifier().set_public_url(url);
    TRY_VOID(greet(*platform, url, settings));
    std::fflush(stdout);
    tell_service_manager("READY=1");
    Running running{line, command, settings, *server};
    wait_for_end(signals, running);
    tell_service_manager("STOPPING=1");
    log(LogLevel::Info, "service", "stopping");
    fmt::print("vigia stops\n");
    server->stop();
    return {};
}

}  // namespace

int serve(const ServeLine& line) {
    const auto done = run(line);
    if (!done) return fail(done.error());
    log(LogLevel::Info, "service", "stopped");
    return Nothing;
}

}  // namespace vigia
