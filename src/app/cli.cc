#include "app/cli.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <thread>

#include "app/admin.h"
#include "app/api.h"
#include "app/aws_command.h"
#include "app/backup.h"
#include "app/commands.h"
#include "app/rules_sync.h"
#include "app/serve.h"
#include "app/serve_settings.h"
#include "app/verify.h"
#include "base/match.h"
#include "base/time.h"
#include "catalog/settings.h"

namespace vigia {

namespace {

constexpr const char* top_examples = R"(Examples:
  vigia detect logs/                              alerts from every log file below a folder
  zcat trail.json.gz | vigia detect -             from standard input
  vigia detect --severity 2 --format json logs/   the alerts of severity 1 and 2, for a program
  vigia search 'errorCode like "Denied"' logs/    the events that a filter holds of
  vigia rules test my-rules/                      the tests of your own rules

Exit codes: 0 nothing found, 1 alerts or events found, 2 an error, or input that was refused.)";

constexpr const char* database_help =
    "postgresql://… for the control plane and alerts; SQLite in the data folder without";

constexpr const char* detect_examples = R"(Examples:
  vigia detect AWSLogs/111122223333/CloudTrail/
  vigia detect --rules my-rules/ --only-own-rules trail.json.gz
  vigia detect --since 24h --severity 1 -v logs/
  vigia detect --format sarif logs/ > alerts.sarif

Files may be gzip or zstd, {"Records":[...]}, {"events":[...]}, one record a line, a JSON array, EventBridge or CloudWatch Logs envelopes; digest files are skipped.)";

constexpr const char* verify_examples = R"(Examples:
  vigia verify --since 2026-11-20 s3://BUCKET/PREFIX/AWSLogs/
  aws s3 sync s3://BUCKET/AWSLogs trail/AWSLogs
  aws cloudtrail list-public-keys --region us-east-1 --start-time 2026-11-01T00:00:00Z > keys.json
  vigia verify --keys keys.json trail/
  vigia verify --keys keys.json --since 2026-11-20 --json trail/

From --since on, each digest must be there; without it, the oldest that is there begins its chain. The signature of a digest is in
the digest after it; that of the newest only with its object in S3, so put it beside the file:
  aws s3api head-object --bucket BUCKET --key KEY --query Metadata.signature --output text > trail/KEY.signature

Exit codes: 0 all is as CloudTrail signed it, 1 something is not, 2 it could not be told.)";

// A moment as people give it: RFC 3339, a date, or how long ago (24h).
std::optional<Time> parse_moment(const std::string& text, Time now) {
    if (const auto ago = parse_duration(text)) return now - *ago;
    if (const auto day = parse_rfc3339(text + "T00:00:00Z")) return day;
    return parse_rfc3339(text);
}

// What is read as text first and understood after parsing, so that a bad value gets a message of our own.
struct Texts {
    std::string since, until, format = "text";
    bool verbose = false;
    bool no_colour = false;
};

bool colour_wanted(const Texts& texts) {
    const char* no_color = std::getenv("NO_COLOR");
    return !texts.no_colour && (no_color == nullptr || *no_color == 0) && isatty(STDOUT_FILENO) != 0;
}

Result<ReportStyle> style_of(const Texts& texts) {
    const auto format = format_of(texts.format);
    if (!format)
        return error(
            ErrorKind::BadInput,
            fmt::format("--format must be text, json, ndjson, sarif or junit, not '{}'", texts.format));
    return ReportStyle{*format, colour_wanted(texts) ? Colour::On : Colour::Off,
                       texts.verbose ? Detail::Events : Detail::Line};
}

Result<Range> range_of(const Texts& texts, Time now) {
    Range range;
    const auto read = [&](const std::string& text, std::string_view option) -> Result<std::optional<Time>> {
        if (text.empty()) return std::nullopt;
        const auto moment = parse_moment(text, now);
        if (!moment) {
            return error(
                ErrorKind::BadInput,
                fmt::format(
                    "{} must be a time such as 2026-03-04T10:00:00Z, 2026-03-04 or 24h (ago), not '{}'",
                    option, text));
        }
        return moment;
    };
    range.since = TRY(read(texts.since, "--since"));
    range.until = TRY(read(texts.until, "--until"));
    return range;
}

void add_reading(CLI::App& app, Texts& texts, size_t& threads) {
    app.add_option("--since", texts.since,
                   "Only events from this time on: RFC 3339, a date, or how long ago (24h)");
    app.add_option("--until", texts.until, "Only events up to this time");
    app.add_option("--threads", threads, "Files read at the same time")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
}

void add_verifying(CLI::App& app, VerifyCommand& command) {
    app.footer(verify_examples);
    app.add_option("place", command.place,
                   "s3://BUCKET/PREFIX, read with the credentials of the AWS CLI, or a folder to which "
                   "AWSLogs was copied")
        ->required();
    app.add_option("--keys", command.keys,
                   "A file with CloudTrail's public keys, as 'aws cloudtrail list-public-keys' prints them; "
                   "of a bucket, CloudTrail is asked for them");
    app.add_flag("--json", command.json, "The report for a program");
}

}  // namespace

// The commands of administration, and what each does.
class AdminCommands {
public:
    explicit AdminCommands(CLI::App& app) {
        CLI::App* const organisation =
            group(app, "organisation", "Organisations: whose events and rules are whose");
        CLI::App* const added = add(*organisation, "add", "Make one", organisation_add);
        added->add_option("name", words_.name)->required();
        const auto days = std::ranges::find(setting_kinds(), retention_days, &SettingKind::name);
        added
            ->add_option("--retention-days", words_.retention_days,
                         fmt::format("For how long its events are kept; otherwise {} days",
                                     std::get<int64_t>(days->default_value)))
            ->check(CLI::Range(days->least, days->most));
        add(*organisation, "list", "Those that there are", organisation_list);

        CLI::App* const user = group(app, "user", "Who may log in, and with what role");
        const std::string roles = "owner, user or reader";
        for (const auto& [name, what, run] : user_commands) {
            CLI::App* const command = in_organisation(add(*user, name, what, run));
            if (run == user_list) continue;
            command->add_option("email", words_.email)->required();
            if (run == user_add || run == user_role)
                command->add_option("role", words_.role, roles)->required();
            if (run == user_add || run == user_password)
                command->add_flag("--password-from-input", words_.password_from_input,
                                  "Read the password from standard input; without it, one is made and shown");
        }

        CLI::App* const key = group(app, "key", "Keys of sources and of API clients");
        CLI::App* const made = in_organisation(add(*key, "add", "Make one; it is shown this once", key_add));
        made->add_option("name", words_.name, "What it is for")->required();
        made->add_option("--kind", words_.kind,
                         "source (sends events), hawk (Threat Stack clients) or api (clients of Vigia's API)")
            ->default_val("source");
        made->add_option("--role", words_.role, "What an api key may do: " + roles)->default_val("reader");
        made->add_option("--user", words_.email, "The e-mail address of the user whose key a hawk key is");
        in_organisation(add(*key, "list", "Those that there are", key_list));
        in_organisation(add(*key, "revoke", "Put one out of force", key_revoke))
            ->add_option("id", words_.id)
            ->required();

        CLI::App* const audit =
            in_organisation(add(app, "audit", "Every change, the latest first", audit_list));
        audit->add_option("--entries", words_.entries, "How many")->capture_default_str();
    }

    // The exit code of the command that was given, if one of these was.
    std::optional<int> run() const {
        for (const auto& [command, work] : commands_) {
            if (command->parsed()) return work(words_);
        }
        return std::nullopt;
    }

private:
    using Work = int (*)(const AdminCommand&);
    struct Row {
        const char* name;
        const char* what;
        Work run;
    };
    static constexpr std::array<Row, 5> user_commands{{
        {"add", "Make one", user_add},
        {"list", "Those that there are", user_list},
        {"role", "Change what one may do", user_role},
        {"password", "Give one another password", user_password},
        {"remove", "Take one away", user_remove},
    }};

    static CLI::App* group(CLI::App& app, const char* name, const char* what) {
        CLI::App* const made = app.add_subcommand(name, what);
        made->require_subcommand(1);
        return made;
    }

    CLI::App* add(CLI::App& parent, const char* name, const char* what, Work work) {
        CLI::App* const command = parent.add_subcommand(name, what);
        command->add_option("--data", words_.data, "The data folder")->capture_default_str();
        command->add_option("--database", words_.database, database_help);
        commands_.emplace_back(command, work);
        return command;
    }

    CLI::App* in_organisation(CLI::App* command) {
        command->add_option("--organisation", words_.organisation, "By its name")->required();
        return command;
    }

    AdminCommand words_;
    std::vector<std::pair<CLI::App*, Work>> commands_;
};

// `vigia serve`, and what keeps its data.
class ServiceCommands {
public:
    explicit ServiceCommands(CLI::App& app) {
        serve_ = app.add_subcommand("serve", "The service: intake, detection, search and alerts over HTTP");
        serve_->footer(serve_examples);
        serve_->add_option("--config", line_.config,
                           "A file of these settings (YAML); the command line wins");
        for (const ServeSetting& row : serve_settings()) options_.emplace_back(row.name, add(row));
        backup_ = app.add_subcommand("backup", "What a data folder holds, whether the service runs or not");
        add_places(*backup_, "A folder, or a file that ends in .tar; it must not be there");
        backup_->add_option("--database", backup_command_.database, "As vigia serve has it");
        restore_ = app.add_subcommand("restore", "A data folder from a backup, checked file by file");
        add_places(*restore_, "The folder or file that vigia backup made");
    }

    // The exit code of the command that was given, if one of these was.
    std::optional<int> run() const {
        if (backup_->parsed()) return vigia::backup_command(backup_command_);
        if (restore_->parsed()) return vigia::restore_command(backup_command_);
        if (!serve_->parsed()) return std::nullopt;
        ServeLine line = line_;
        for (const auto& [name, option] : options_) {
            if (option->count() > 0) line.given.emplace_back(name);
        }
        return serve(line);
    }

private:
    static constexpr const char* serve_examples = R"(Examples:
  vigia serve --data /var/lib/vigia
  vigia serve --config /etc/vigia/vigia.yaml
  vigia serve --listen 0.0.0.0:8443 --tls-generate --tls-names vigia.example.org

SIGHUP: the certificate and the log settings are read again. SIGTERM: requests in work end, the tail is sealed.)";

    CLI::Option* add(const ServeSetting& row) {
        const std::string option = option_of(row.name), help(row.help);
        ServeCommand& words = line_.words;
        return std::visit(
            match{
                [&](std::string ServeCommand::* member) {
                    return serve_->add_option(option, words.*member, help)->capture_default_str();
                },
                [&](bool ServeCommand::* member) { return serve_->add_flag(option, words.*member, help); },
                [&](const ServeSetting::Number& number) {
                    return serve_->add_option(option, words.*number.member, help)
                        ->check(CLI::Range(number.min, number.max))
                        ->capture_default_str();
                },
                [&](std::vector<std::string> ServeCommand::* member) {
                    return serve_->add_option(option, words.*member, help)
                        ->delimiter(',')
                        ->allow_extra_args(false);
                },
            },
            row.member);
    }
    void add_places(CLI::App& command, const char* what) {
        command.add_option("backup", backup_command_.backup, what)->required();
        command.add_option("--data", backup_command_.data, "The data folder")->capture_default_str();
    }

    ServeLine line_;
    BackupCommand backup_command_;
    CLI::App* serve_;
    CLI::App* backup_;
    CLI::App* restore_;
    std::vector<std::pair<std::string_view, CLI::Option*>> options_;
};

// `vigia rules push|pull|diff`: a folder of rules in git, and a service.
class SyncCommands {
public:
    explicit SyncCommands(CLI::App& rules) {
        diff_ =
            add(rules, "diff", "What a push of the folder would change at a service; 1 when something would");
        push_ = add(rules, "push", "Make a service's rules, lists and settings what the folder says");
        pull_ = add(rules, "pull", "Make the folder what a service has");
        for (CLI::App* const one : {push_, pull_}) {
            one->add_flag("--prune", words_.prune, "Remove what only the other side has");
            one->add_flag("--dry-run", words_.dry_run, "Only say what would be done; 1 when something would");
        }
    }

    // The exit code of the command that was given, if one of these was.
    std::optional<int> run() const {
        if (diff_->parsed()) return rules_diff(words_);
        if (push_->parsed()) return rules_push(words_);
        if (pull_->parsed()) return rules_pull(words_);
        return std::nullopt;
    }

private:
    CLI::App* add(CLI::App& rules, const char* name, const char* what) {
        CLI::App* const command = rules.add_subcommand(name, what);
        command->add_option("folder", words_.folder, "The folder of YAML files")->required();
        command->add_option("--url", words_.url, "The service: https://…, or http:// to this machine")
            ->required();
        command->add_option("--key-file", words_.key_file,
                            "A file with the token of an api key; without it, VIGIA_KEY of the environment");
        command->add_option("--ca-file", words_.ca_file,
                            "A PEM file of authorities to trust instead of the system's");
        return command;
    }

    SyncCommand words_;
    CLI::App* diff_;
    CLI::App* push_;
    CLI::App* pull_;
};

// `vigia aws …` and `vigia backfill`.
class AwsCommands {
public:
    explicit AwsCommands(CLI::App& app) {
        CLI::App* const aws =
            app.add_subcommand("aws", "Connections to AWS: what comes by them, and what does not");
        aws->require_subcommand(1);
        CLI::App* const identity = aws->add_subcommand(
            "identity", "Who AWS says this machine is, and where its credentials are from");
        identity->add_option("--region", words_.region, "The region that is asked");
        commands_.emplace_back(identity, aws_identity);
        add(*aws, "connections", "Those of an organisation", aws_connections);
        in_connection(
            add(*aws, "accounts", "The accounts whose files came, and whose they are", aws_accounts));
        CLI::App* const map =
            in_connection(add(*aws, "map", "Give the files of an account to an organisation", aws_map));
        map->add_option("account", words_.account, "12 digits")->required();
        map->add_option("to", words_.to,
                        "The organisation, by its name; none: the connection's own, as unknown");
        in_connection(add(*aws, "dead-letters", "What could not be taken in", aws_dead_letters));
        in_connection(add(*aws, "retry", "Have the service try dead letters again", aws_retry))
            ->add_option("id", words_.id, "One of them; all without");
        CLI::App* const fill = in_connection(
            add(app, "backfill", "Have the service read what is in a bucket already", aws_backfill));
        fill->add_option("--bucket", words_.bucket)->required();
        fill->add_option("--prefix", words_.prefix, "As AWSLogs/111122223333/CloudTrail/");
        fill->add_option("--region", words_.region, "Of the bucket; that of the queue without");
        fill->add_option("--from", words_.from, "Only files that were written from then on");
        fill->add_option("--until", words_.until, "Only files that were written before then");
        fill->add_option("--rate", words_.objects_per_second, "Objects a second at most")
            ->check(CLI::Range(1, 100'000))
            ->capture_default_str();
        fill->add_flag("--no-wait", words_.no_wait, "Do not wait for its end");
    }

    // The exit code of the command that was given, if one of these was.
    std::optional<int> run() const {
        for (const auto& [command, work] : commands_) {
            if (command->parsed()) return work(words_);
        }
        return std::nullopt;
    }

private:
    using Work = int (*)(const AwsCommand&);

    CLI::App* add(CLI::App& parent, const char* name, const char* what, Work work) {
        CLI::App* const command = parent.add_subcommand(name, what);
        command->add_option("--data", words_.data, "The data folder")->capture_default_str();
        command->add_option("--database", words_.database, database_help);
        command->add_option("--organisation", words_.organisation, "By its name")->required();
        commands_.emplace_back(command, work);
        return command;
    }
    CLI::App* in_connection(CLI::App* command) {
        command->add_option("--connection", words_.connection, "By its name")->required();
        return command;
    }

    AwsCommand words_;
    std::vector<std::pair<CLI::App*, Work>> commands_;
};

int fail(const Error& failure) {
    fmt::print(stderr, "vigia: {}\n", failure.message);
    return Failed;
}

// CLI11 throws from parse(); that is caught here and nowhere else. The list of commands is one function, as
// long as the list is.
int run_command_line(int argc, char** argv) {  // NOLINT(readability-function-size)
    CLI::App app{
        "Vigia reads AWS CloudTrail and the runtime events of hosts, holds rules against them, and raises "
        "alerts by severity.",
        "vigia"};
    app.footer(top_examples);
    app.require_subcommand(1);
    app.set_version_flag("--version", VIGIA_VERSION);

    Texts texts;
    DetectCommand detect_command;
    SearchCommand search_command;
    RulesCommand rules_command;
    size_t threads = std::max(1U, std::thread::hardware_concurrency());

    CLI::App* detect_app = app.add_subcommand("detect", "Log files in, alerts out");
    detect_app->footer(detect_examples);
    detect_app
        ->add_option("inputs", detect_command.inputs,
                     "Files, folders (read whole, sorted), or - for standard input")
        ->required();
    detect_app->add_option("--rules", detect_command.rules,
                           "A folder of your own rules, beside the shipped ones; may be given again");
    detect_app->add_flag("--only-own-rules", detect_command.only_own_rules, "Leave the shipped rules out")
        ->needs("--rules");
    detect_app
        ->add_option("--severity", detect_command.severity,
                     "Only alerts of this severity or above it (1 is the highest)")
        ->check(CLI::Range(1, 3));
    detect_app->add_option("--format", texts.format, "text, json, ndjson, sarif or junit")
        ->capture_default_str();
    detect_app->add_flag("-v,--verbose", texts.verbose, "With each alert its description and latest events");
    detect_app->add_flag("--no-colour,--no-color", texts.no_colour, "Never colour (NO_COLOR does the same)");
    add_reading(*detect_app, texts, threads);

    CLI::App* search_app = app.add_subcommand("search", "The events that a filter holds of, as NDJSON");
    search_app->add_option("filter", search_command.filter, "In the language of the rules")->required();
    search_app->add_option("inputs", search_command.inputs, "Files, folders, or -")->required();
    add_reading(*search_app, texts, threads);

    VerifyCommand verify_command;
    CLI::App* verify_app = app.add_subcommand(
        "verify", "Hold the files of a CloudTrail trail to the digests that CloudTrail signed");
    add_verifying(*verify_app, verify_command);
    add_reading(*verify_app, texts, threads);

    CLI::App* rules_app = app.add_subcommand("rules", "Detection as code");
    rules_app->require_subcommand(1);
    const auto add_rules = [&](const char* name, const char* what) {
        CLI::App* command = rules_app->add_subcommand(name, what);
        command->add_option("folders", rules_command.folders,
                            "Folders or files of rules; none: the shipped ones");
        return command;
    };
    const CLI::App* check_app = add_rules("check", "Report every problem of the rules, by file");
    CLI::App* test_app = add_rules("test", "Run the tests that stand in the rules");
    test_app->add_option("--format", texts.format, "text or junit");
    const CLI::App* list_app = add_rules("list", "One line a rule");
    const CLI::App* coverage_app = add_rules("coverage", "A Markdown page: ATT&CK techniques and rules");
    const CLI::App* fields_app =
        rules_app->add_subcommand("fields", "A Markdown page: the fields of all events");
    const ServiceCommands service(app);
    CLI::App* explain_app = rules_app->add_subcommand(
        "explain", "How a rule's filter is understood, and what of it holds of each event of a file");
    explain_app->add_option("rule", rules_command.rule, "Its id or its name")->required();
    explain_app->add_option("events", rules_command.input, "A file of events");
    explain_app->add_option("--rules", rules_command.folders,
                            "The folder that the rule stands in; none: the shipped ones");

    CLI::App* import_app = rules_app->add_subcommand(
        "import", "Threat Stack rule JSON (v2 rules and rulesets, v1 policies) as rule files");
    import_app->add_option("file", rules_command.input, "The export")->required();
    import_app->add_option("--into", rules_command.into, "The folder for the rule files")->required();
    const CLI::App* export_app = add_rules("export", "The rules as Threat Stack rule JSON (v2)");

    CLI::App* api_app = app.add_subcommand("api", "The service's API");
    api_app->require_subcommand(1);
    const CLI::App* routes_app =
        api_app->add_subcommand("routes", "One line a call: method, path, and the access that it asks for");

    const AdminCommands admin(app);
    const AwsCommands aws(app);
    SyncCommands sync(*rules_app);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& failure) {
        return app.exit(failure) == 0 ? Nothing : Failed;
    }

    if (const auto code = admin.run()) return *code;
    if (const auto code = aws.run()) return *code;
    if (const auto code = sync.run()) return *code;
    if (const auto code = service.run()) return *code;
    const SystemClock clock;
    const auto style = style_of(texts);
    if (!style) return fail(style.error());
    const auto range = range_of(texts, clock.now());
    if (!range) return fail(range.error());
    detect_command.style = search_command.style = rules_command.style = *style;
    detect_command.range = search_command.range = *range;
    detect_command.threads = search_command.threads = threads;

    if (detect_app->parsed()) return detect(detect_command);
    if (search_app->parsed()) return search(search_command);
    verify_command.range = {range->since, range->until};
    verify_command.threads = threads;
    if (verify_app->parsed()) return verify(verify_command);
    if (check_app->parsed()) return rules_check(rules_command);
    if (routes_app->parsed()) {
        fmt::print("{}", print_routes());
        return Nothing;
    }
    if (test_app->parsed()) return rules_test(rules_command);
    if (list_app->parsed()) return rules_list(rules_command);
    if (coverage_app->parsed()) return rules_coverage(rules_command);
    if (fields_app->parsed()) return rules_fields();
    if (import_app->parsed()) return rules_import(rules_command);
    if (export_app->parsed()) return rules_export(rules_command);
    return rules_explain(rules_command);
}

}  // namespace vigia
