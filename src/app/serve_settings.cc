#include "app/serve_settings.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>

#include "app/report.h"
#include "base/file.h"
#include "base/match.h"
#include "base/number.h"
#include "lang/nearest.h"

namespace vigia {

namespace {

using Whole = ServeSetting::Number;

const auto rows = std::to_array<ServeSetting>({
    {"data", &ServeCommand::data, "The data folder"},
    {"listen", &ServeCommand::listen, "ADDRESS:PORT; port 0 is any"},
    {"database", &ServeCommand::database,
     "postgresql://… for the control plane and alerts; SQLite in the data folder without"},
    {"public_url", &ServeCommand::public_url,
     "Where people reach the service, for links in notifications; the listen address without"},
    {"watch", &ServeCommand::watch, "ORGANISATION=FOLDER: read the log files that appear below the folder"},
    {"aws_queue", &ServeCommand::aws_queue,
     "ORGANISATION=QUEUE_URL;role_arn=…;external_id=…;region=…;name=…: read the files that an SQS queue "
     "tells of"},
    {"aws_endpoint", &ServeCommand::aws_endpoint,
     "SERVICE=URL, as s3=https://…, or one URL for all: call this in place of AWS"},
    {"aws_path_style", &ServeCommand::aws_path_style, "Name buckets in the path of S3, not in its host"},
    {"aws_fips", &ServeCommand::aws_fips, "Call AWS at the addresses that are validated for FIPS 140"},
    {"aws_visibility_s", Whole{&ServeCommand::aws_visibility_s, 5, 43'200},
     "How long a message of a queue is kept from others; extended while it is in work"},
    {"aws_objects_in_flight", Whole{&ServeCommand::aws_objects_in_flight, 1, 512},
     "Objects of one connection that are read at a time"},
    {"trail_keys", &ServeCommand::trail_keys,
     "CloudTrail's public keys, as 'aws cloudtrail list-public-keys' prints them: digests are held to them"},
    {"trail_grace_s", Whole{&ServeCommand::trail_grace_s, 1, 7 * 86'400},
     "For how long a file that a digest names is waited for before it is missing"},
    {"tls_certificate", &ServeCommand::tls_certificate, "A PEM file, the chain in it"},
    {"tls_key", &ServeCommand::tls_key, "Its key, a PEM file"},
    {"tls_generate", &ServeCommand::tls_generate,
     "Have a certificate that Vigia signs itself, kept in the data folder and renewed"},
    {"tls_names", &ServeCommand::tls_names, "Host names and addresses for it, beside those of this machine"},
    {"insecure_http", &ServeCommand::insecure_http,
     "Serve beyond this machine without TLS, as behind a proxy that has it"},
    {"log_level", &ServeCommand::log_level, "debug, info, warning or error"},
    {"log_format", &ServeCommand::log_format, "text or json"},
    {"http_workers", Whole{&ServeCommand::http_workers, 1, 256}, "Requests in work at a time"},
    {"store_memory_mib", Whole{&ServeCommand::store_memory_mib, 256, 1024 * 1024},
     "What DuckDB may have of memory"},
    {"store_threads", Whole{&ServeCommand::store_threads, 1, 256}, "Threads of a query"},
    {"disk_free_min_mib", Whole{&ServeCommand::disk_free_min_mib, 0, 1024 * 1024},
     "Less free disk than this, and sources are told to wait"},
    {"seal_after_s", Whole{&ServeCommand::seal_after_s, 1, 86'400},
     "Events in memory that are older are written to the lake, though they are few"},
    {"web_dir", &ServeCommand::web_dir,
     "Serve the console that is built in this folder, as web/dist, instead of the program's own"},
});

// One place of the file.
struct ConfigPlace {
    const std::string& file;
    int line;
    std::unexpected<Error> bad(std::string_view what) const {
        return error(ErrorKind::BadInput, fmt::format("{}:{}: {}", file, line + 1, what));
    }
};

std::string unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const ServeSetting& row : rows) names.push_back(row.name);
    const auto near = nearest(name, names);
    if (near) return fmt::format("there is no setting '{}'; did you mean '{}'?", printable(name), *near);
    return fmt::format("there is no setting '{}'; they are {}", printable(name), fmt::join(names, ", "));
}

Result<std::string> text_of(const YAML::Node& node, const ConfigPlace& place, std::string_view name) {
    if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
    return place.bad(fmt::format("'{}' must be a text", name));
}

Result<void> take(const ServeSetting& row, const YAML::Node& node, const ConfigPlace& place,
                  ServeCommand& into) {
    const auto scalar = [&] { return node.IsScalar() ? node.Scalar() : std::string(); };
    return std::visit(
        match{
            [&](std::string ServeCommand::* member) -> Result<void> {
                into.*member = TRY(text_of(node, place, row.name));
                return {};
            },
            [&](bool ServeCommand::* member) -> Result<void> {
                if (scalar() != "true" && scalar() != "false")
                    return place.bad(fmt::format("'{}' must be true or false", row.name));
                into.*member = scalar() == "true";
                return {};
            },
            [&](const Whole& number) -> Result<void> {
                const auto value = parse_whole<uint64_t>(scalar());
                if (!value || *value < number.min || *value > number.max)
                    return place.bad(fmt::format("'{}' must be a whole number from {} to {}", row.name,
                                                 number.min, number.max));
                into.*number.member = *value;
                return {};
            },
            [&](std::vector<std::string> ServeCommand::* member) -> Result<void> {
                if (!node.IsSequence())
                    return place.bad(fmt::format("'{}' must be a list, as [one, two]", row.name));
                for (const YAML::Node& one : node)
                    (into.*member).push_back(TRY(text_of(one, place, row.name)));
                return {};
            },
        },
        row.member);
}

Result<ServeCommand> read_root(const YAML::Node& root, const std::string& file) {
    ServeCommand read;
    if (root.IsNull()) return read;
    if (!root.IsMap())
        return ConfigPlace{file, root.Mark().line}.bad(
            "the file must be settings, as 'listen: 127.0.0.1:8443'");
    std::set<std::string> seen;
    for (const auto& entry : root) {
        const ConfigPlace place{file, entry.first.Mark().line};
        const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
        const auto row = std::ranges::find(rows, name, &ServeSetting::name);
        if (row == rows.end()) return place.bad(unknown(name));
        if (!seen.insert(name).second)
            return place.bad(fmt::format("'{}' stands there twice: keep one", name));
        TRY_VOID(take(*row, entry.second, place, read));
    }
    return read;
}

}  // namespace

std::span<const ServeSetting> serve_settings() { return rows; }

std::string option_of(std::string_view name) {
    std::string option = "--" + std::string(name);
    std::ranges::replace(option, '_', '-');
    return option;
}

// yaml-cpp throws while it reads; what it throws ends here.
Result<ServeCommand> parse_serve_config(std::string_view text, const std::string& file) {
    try {
        return read_root(YAML::Load(std::string(text)), file);
    } catch (const YAML::Exception& failure) {
        return ConfigPlace{file, failure.mark.line}.bad(failure.msg);
    }
}

Result<ServeCommand> settle(const ServeLine& line) {
    if (line.config.empty()) return line.words;
    const std::string text = TRY(read_file(line.config, config_bytes_max));
    ServeCommand settled = TRY(parse_serve_config(text, line.config));
    for (const ServeSetting& row : rows) {
        if (std::ranges::find(line.given, row.name) == line.given.end()) continue;
        std::visit(match{
                       [&](const Whole& number) { settled.*number.member = line.words.*number.member; },
                       [&](auto member) { settled.*member = line.words.*member; },
                   },
                   row.member);
    }
    return settled;
}

std::vector<std::string_view> differences(const ServeCommand& one, const ServeCommand& other) {
    std::vector<std::string_view> found;
    for (const ServeSetting& row : rows) {
        const bool same =
            std::visit(match{
                           [&](const Whole& number) { return one.*number.member == other.*number.member; },
                           [&](auto member) { return one.*member == other.*member; },
                       },
                       row.member);
        if (!same) found.push_back(row.name);
    }
    return found;
}

}  // namespace vigia
