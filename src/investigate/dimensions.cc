#include "investigate/dimensions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/columns.h"

namespace vigia {

namespace {

using Names = std::string_view;

constexpr auto identity = std::to_array<Names>({"actor_arn", "issuer_arn", "login_user", "user"});
constexpr auto session = std::to_array<Names>({"principal_id", "session"});
constexpr auto access_key = std::to_array<Names>({"access_key"});
constexpr auto ip = std::to_array<Names>({"ip", "dst_ip"});
constexpr auto ip_paths =
    std::to_array<Names>({"connection.dst_addr", "connection.addr", "dst_ip", "connection.src_addr", "src_ip",
                          "sourceIPs", "sourceIPAddress"});
constexpr auto host = std::to_array<Names>({"host", "agent"});
constexpr auto container = std::to_array<Names>({"container"});
constexpr auto process = std::to_array<Names>({"pid", "ppid"});
constexpr auto resource = std::to_array<Names>({"bucket", "filename"});
constexpr auto resource_paths = std::to_array<Names>({"resources.ARN", "resources"});

constexpr auto table = std::to_array<Dimension>({
    {"identity", identity, {}, "Who acted: an ARN, or a user's name."},
    {"session", session, {}, "The session of a role, or the login session on a host."},
    {"access_key", access_key, {}, "The access key that signed the call."},
    {"ip", ip, ip_paths, "An address at either end."},
    {"host", host, {}, "The host of a runtime event, or the agent that sent it."},
    {"container", container, {}, "The container that it came from."},
    {"process", process, {}, "The process on its host, and those that it started."},
    {"resource", resource, resource_paths, "A bucket, an ARN, or a file on its host."},
});

// What means something on one host only.
constexpr auto columns_of_hosts = std::to_array<Names>({"session", "pid", "ppid", "filename"});
constexpr std::string_view no_session = "4294967295";  // nobody logged in

bool contains(std::span<const Names> names, Names name) {
    return std::ranges::find(names, name) != names.end();
}

// The principal of a session has the session's name behind a colon; that of a user has none.
bool says_something(std::string_view column, std::string_view text) {
    if (column == "principal_id") return text.contains(':');
    if (column == "session") return text != no_session;
    return !text.empty();
}

std::string host_of(const EventTexts& texts) {
    return std::string(texts["host"].empty() ? texts["agent"] : texts["host"]);
}

void add_value(const Dimension& dimension, std::string value, std::string on_host,
               std::vector<DimensionValue>& values) {
    const auto same = [&](const DimensionValue& one) {
        return one.dimension == &dimension && one.value == value;
    };
    if (value.empty() || std::ranges::any_of(values, same)) return;
    values.push_back({&dimension, std::move(value), std::move(on_host)});
}

std::string add_parameter(std::vector<DuckValue>& parameters, std::string text) {
    parameters.emplace_back(std::move(text));
    return fmt::format("${}", parameters.size());
}

}  // namespace

std::span<const Dimension> dimensions() { return table; }

const Dimension* find_dimension(std::string_view name) {
    const auto found = std::ranges::find(table, name, &Dimension::name);
    return found == table.end() ? nullptr : &*found;
}

std::string dimension_names() {
    std::string text;
    for (const Dimension& one : table) text += fmt::format("{}{}", text.empty() ? "" : ", ", one.name);
    return text;
}

std::vector<DimensionValue> values_of(const EventTexts& texts, std::string_view record) {
    std::vector<DimensionValue> values;
    for (const Dimension& dimension : table) {
        for (const Names column : dimension.columns) {
            const std::string_view text = texts[column];
            if (text.empty() || !says_something(column, text)) continue;
            add_value(dimension, std::string(text),
                      contains(columns_of_hosts, column) ? host_of(texts) : std::string(), values);
            break;
        }
        for (const Names path : dimension.record_paths) {
            for (std::string& text : record_texts(record, path))
                add_value(dimension, std::move(text), "", values);
        }
    }
    return values;
}

DimensionSql sql_of(const DimensionValue& value, std::vector<DuckValue>& parameters) {
    const std::string place = add_parameter(parameters, value.value);
    std::string in_columns;
    uint64_t bits = 0;
    for (const Names column : value.dimension->columns) {
        in_columns += fmt::format("{}{} = {}", in_columns.empty() ? "" : " or ", column, place);
        bits |= uint64_t{1} << column_index(column);
    }
    // ARNs are the only resources that a record may have without a column.
    const bool anywhere = value.dimension->name == "resource" && value.value.starts_with("arn:");
    const std::string quoted = add_parameter(parameters, json_text_of(value.value));
    std::string on_host;
    if (!value.host.empty()) {
        const std::string name = add_parameter(parameters, value.host);
        on_host = fmt::format(" and (host = {0} or agent = {0})", name);
    }
    const std::string in_record = fmt::format("contains(record, {})", quoted);
    return {fmt::format("(({}{}){})", in_columns, anywhere ? " or " + in_record : "", on_host),
            fmt::format("(({} or ({} and {})){})", in_columns,
                        anywhere ? "true" : fmt::format("(many & {}) <> 0", bits), in_record, on_host)};
}

std::string sql_beyond(char sign, Time time, const std::string& id, std::vector<DuckValue>& parameters) {
    return fmt::format(" and (time {0} {1} or (time = {1} and id {0} {2}))", sign, sql_time(time),
                       add_parameter(parameters, id));
}

}  // namespace vigia
