#include "app/aws_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "app/aws_access.h"
#include "app/aws_backfill_run.h"
#include "app/cli.h"
#include "app/data_folder.h"
#include "app/report.h"
#include "base/pause.h"
#include "catalog/aws_backfills.h"
#include "catalog/aws_connections.h"
#include "catalog/aws_dead_letters.h"

namespace vigia {

namespace {

const SystemClock system_clock;
constexpr std::chrono::milliseconds progress_period{1'000};
constexpr size_t shown_letters_max = 1'000;

// Whoever may write to the data folder may administrate: the log names the account of the machine.
Actor actor() {
    const char* const login = getlogin();
    return {login != nullptr ? login : fmt::format("user {}", getuid()), "command line"};
}

// The control plane, and what a command speaks of.
struct Opened {
    Catalog catalog;
    AwsConnections connections;
    std::string organisation;
};

Result<Opened> open(const AwsCommand& command) {
    Catalog catalog = TRY(open_catalog(command.data, command.database, 1, system_clock));
    AwsConnections connections = TRY(AwsConnections::open(catalog.database(), system_clock));
    const Organisation whose = TRY(catalog.organisation_by_name(command.organisation));
    return Opened{std::move(catalog), std::move(connections), whose.id};
}

Result<AwsConnection> named(Opened& opened, const AwsCommand& command) {
    const auto all = TRY(opened.connections.list(opened.organisation));
    const auto found = std::ranges::find(all, command.connection, &AwsConnection::name);
    if (found != all.end()) return *found;
    return error(ErrorKind::NotFound,
                 fmt::format("there is no connection '{}': vigia aws connections shows those that there are",
                             printable(command.connection)));
}

// Runs the work with the connection that was named.
template <typename Work>
int with_connection(const AwsCommand& command, Work work) {
    auto opened = open(command);
    if (!opened) return fail(opened.error());
    const auto connection = named(*opened, command);
    if (!connection) return fail(connection.error());
    const Result<void> done = work(*opened, *connection);
    return done ? Nothing : fail(done.error());
}

Result<std::optional<Time>> moment(const std::string& text, std::string_view option) {
    if (text.empty()) return std::nullopt;
    auto time = parse_rfc3339(text);
    if (!time) time = parse_rfc3339(text + "T00:00:00Z");
    if (!time)
        return error(ErrorKind::BadInput, fmt::format("{} must be a time such as 2026-11-01T10:00:00Z, or a "
                                                      "date, not '{}'",
                                                      option, printable(text)));
    return time;
}

// Until it has ended, or somebody stops this program: the back-fill goes on without it.
Result<void> follow(AwsBackfills& backfills, AwsBackfill now) {
    while (now.state == AwsBackfill::State::Running) {
        pause(progress_period, {});
        now = TRY(backfills.find(now.organisation, now.connection, now.id));
        const BackfillProgress progress = TRY(progress_of(backfills, now));
        fmt::print(stderr, "{}: {:.0f} % of the prefixes, {} objects, {} set aside, {} MiB{}{}\n",
                   name(now.state), progress.part * 100, now.done, now.failed, now.bytes / 1024 / 1024,
                   progress.left_s ? fmt::format(", {:.0f} s left", *progress.left_s) : "",
                   now.error.empty() ? "" : ": " + now.error);
    }
    fmt::print("{} {}: {} objects found, {} taken in, {} set aside\n", now.id, name(now.state), now.found,
               now.done, now.failed);
    if (now.state == AwsBackfill::State::Failed) return error(ErrorKind::Io, now.error);
    return {};
}

}  // namespace

int aws_identity(const AwsCommand& command) {
    const AwsAccess access(AwsSettings{}, system_clock);
    const auto found = access.identity(command.region, {});
    if (!found) return fail(found.error());
    fmt::print("{}\nfrom {}\nregion {}\n", found->arn, found->from, found->region);
    return Nothing;
}

int aws_connections(const AwsCommand& command) {
    auto opened = open(command);
    if (!opened) return fail(opened.error());
    const auto all = opened->connections.list(opened->organisation);
    if (!all) return fail(all.error());
    for (const AwsConnection& one : *all)
        fmt::print("{} {} {} {} external id {}{}{}\n", one.id, one.name, one.queue_url,
                   one.role_arn.empty() ? "(own credentials)" : one.role_arn,
                   one.external_id.empty() ? "none" : one.external_id,
                   one.is_configured ? ", of the configuration" : "", one.enabled ? "" : ", disabled");
    return Nothing;
}

int aws_accounts(const AwsCommand& command) {
    return with_connection(command, [](Opened& opened, const AwsConnection& connection) -> Result<void> {
        const auto organisations = TRY(opened.catalog.organisations());
        for (const AwsAccount& one : TRY(opened.connections.accounts(connection.id))) {
            const auto whose = std::ranges::find(organisations, one.organisation, &Organisation::id);
            fmt::print("{} {} {} objects, last seen {}\n", one.account,
                       whose == organisations.end() ? "unknown" : whose->name, one.objects,
                       one.last_seen ? format_rfc3339(*one.last_seen) : "never");
        }
        return {};
    });
}

int aws_map(const AwsCommand& command) {
    return with_connection(command, [&](Opened& opened, const AwsConnection& connection) -> Result<void> {
        if (!is_account(command.account))
            return error(ErrorKind::BadInput, "an account of AWS is known by 12 digits, as 111122223333");
        std::string to;
        if (!command.to.empty()) {
            const Organisation whose = TRY(opened.catalog.organisation_by_name(command.to));
            to = whose.id;
        }
        return opened.connections.map_account(actor(), connection, command.account, to);
    });
}

int aws_dead_letters(const AwsCommand& command) {
    return with_connection(command, [](Opened& opened, const AwsConnection& connection) -> Result<void> {
        AwsDeadLetters letters(opened.catalog.database(), system_clock);
        const AwsDeadLetterPage page =
            TRY(letters.list({connection.organisation, connection.id, "", shown_letters_max}));
        for (const AwsDeadLetter& one : page.letters)
            fmt::print(
                "{} {} {} attempts {} {}: {}\n", one.id, format_rfc3339(one.last_at), name(one.kind),
                one.attempts,
                printable(one.kind == AwsDeadLetter::Kind::Object ? "s3://" + one.bucket + "/" + one.key
                                                                  : one.body),
                one.reason);
        return {};
    });
}

int aws_retry(const AwsCommand& command) {
    return with_connection(command, [&](Opened& opened, const AwsConnection& connection) -> Result<void> {
        AwsDeadLetters letters(opened.catalog.database(), system_clock);
        if (!command.id.empty()) return letters.retry(connection.organisation, connection.id, command.id);
        fmt::print("{} will be tried again\n",
                   TRY(letters.retry_all(connection.organisation, connection.id)));
        return {};
    });
}

int aws_backfill(const AwsCommand& command) {
    return with_connection(command, [&](Opened& opened, const AwsConnection& connection) -> Result<void> {
        AwsBackfills backfills(opened.catalog.database(), system_clock);
        AwsBackfill wanted{.organisation = connection.organisation, .connection = connection.id};
        wanted.bucket = command.bucket;
        wanted.prefix = command.prefix;
        wanted.region = command.region;
        wanted.from = TRY(moment(command.from, "--from"));
        wanted.until = TRY(moment(command.until, "--until"));
        wanted.objects_per_second = command.objects_per_second;
        TRY_VOID(check_backfill(wanted));
        const AwsBackfill made = TRY(backfills.add(actor(), wanted));
        fmt::print("{}\n", made.id);
        return command.no_wait ? Result<void>() : follow(backfills, made);
    });
}

}  // namespace vigia
