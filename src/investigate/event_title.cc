#include "investigate/event_title.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace vigia {

namespace {

constexpr size_t container_id_shown = 12;

constexpr auto sentences = std::to_array<TitleSentence>({
    {"cloudtrail.called", "{user|somebody} called {service|unknown}:{name|unknown}[ from {ip}][ ({error})]"},
    {"awsevent.told", "{source|AWS} told of {detail|an event}[ in account {account}][ in {region}]"},
    {"audit.ran",
     "{user|somebody}[ (login {login})] ran {program|a program}[ on {host}][ in container {container}]"},
    {"audit.connected",
     "{user|somebody}[ (login {login})] connected by {program|a program} to {address|an address}[ on "
     "{host}][ in container {container}]"},
    {"audit.called",
     "{user|somebody}[ (login {login})] called {name|the system} by {program|a program}[ on {host}][ in "
     "container {container}]"},
    {"file.opened",
     "{user|somebody} opened {file|a file}[ by {program}][ on {host}][ in container {container}]"},
    {"file.created",
     "{user|somebody} created {file|a file}[ by {program}][ on {host}][ in container {container}]"},
    {"file.changed",
     "{user|somebody} changed {file|a file}[ by {program}][ on {host}][ in container {container}]"},
    {"file.removed",
     "{user|somebody} removed {file|a file}[ by {program}][ on {host}][ in container {container}]"},
    {"file.moved",
     "{user|somebody} moved {file|a file}[ by {program}][ on {host}][ in container {container}]"},
    {"file.attributes",
     "{user|somebody} changed the attributes of {file|a file}[ by {program}][ on {host}][ in container "
     "{container}]"},
    {"file.touched",
     "{user|somebody} touched {file|a file}[ by {program}][ on {host}][ in container {container}]"},
    {"login.in", "{user|somebody} logged in[ from {ip}][ on {host}][ in container {container}]"},
    {"login.out", "{user|somebody} logged out[ from {ip}][ on {host}][ in container {container}]"},
    {"login.failed", "{user|somebody} failed to log in[ from {ip}][ on {host}][ in container {container}]"},
    {"login.either", "{user|somebody} logged in or out[ from {ip}][ on {host}][ in container {container}]"},
    {"host.line", "{line|a line of a log}[ by {user}][ on {host}][ in container {container}]"},
    {"container.created", "container {name|unknown} was created[: {command}][ of image {image}][ on {host}]"},
    {"container.started", "container {name|unknown} started[: {command}][ of image {image}][ on {host}]"},
    {"container.ran", "container {name|unknown} ran a program[: {command}][ of image {image}][ on {host}]"},
    {"container.ended", "container {name|unknown} ended[: {command}][ of image {image}][ on {host}]"},
    {"container.removed", "container {name|unknown} was removed[: {command}][ of image {image}][ on {host}]"},
    {"container.changed", "container {name|unknown} changed[: {command}][ of image {image}][ on {host}]"},
    {"threatintel.met",
     "{program|a program} met {address|an address}, which is known[ for {reason}][ on {host}][ in container "
     "{container}]"},
    {"winsec.happened",
     "{what|an event of Windows}[ by {user}][: {program}][ on {host}][ in container {container}]"},
    {"kubernetes.called",
     "{user|somebody} called {name|something} of {kind|an object}[ {object}][ in {namespace}][ from {ip}]"},
    {"kubernetes.configured",
     "{kind|an object}[ {object}][ in {namespace}] is configured[ with role {role}]"},
    {"event", "an event of type {type}"},
});

// The code of a sentence, and the parameters that have a value.
struct Said {
    std::string_view code;
    std::vector<TitleParameter> parameters;
};

std::string_view either(std::string_view one, std::string_view other) { return one.empty() ? other : one; }

TitleParameter set(std::string_view name, std::string_view value) { return {name, std::string(value)}; }

TitleParameter host_of(const EventTexts& texts) { return set("host", either(texts["host"], texts["agent"])); }

std::string_view container_id(const EventTexts& texts) {
    return texts["container"].substr(0, container_id_shown);
}

// What a type says of itself, and where it was.
Said in_place(std::string_view code, const EventTexts& texts, std::vector<TitleParameter> parameters) {
    parameters.push_back(host_of(texts));
    parameters.push_back(set("container", container_id(texts)));
    return {code, std::move(parameters)};
}

std::string_view program(const EventTexts& texts) { return either(texts["command"], texts["exe"]); }

std::string far_end(const EventTexts& texts) {
    const std::string_view address = either(texts["dst_ip"], texts["ip"]), port = texts["dst_port"];
    if (address.empty() || port.empty()) return std::string(address);
    return fmt::format("{}:{}", address, port);
}

Said of_cloudtrail(const EventTexts& texts) {
    constexpr std::string_view suffix = ".amazonaws.com";
    std::string_view service = texts["source"];
    if (service.ends_with(suffix)) service.remove_suffix(suffix.size());
    return {"cloudtrail.called",
            {set("user", texts["user"]), set("service", service), set("name", texts["name"]),
             set("ip", texts["ip"]), set("error", texts["error_code"])}};
}

Said of_aws_event(const EventTexts& texts) {
    return {"awsevent.told",
            {set("source", texts["aws_source"]), set("detail", texts["detail_type"]),
             set("account", texts["account"]), set("region", texts["region"])}};
}

// Who logged in stands beside whose rights the process has.
Said of_audit(const EventTexts& texts) {
    const std::string_view kind = texts["kind"], user = texts["user"], login = texts["login_user"];
    std::vector<TitleParameter> parameters{set("user", user), set("login", login == user ? "" : login)};
    if (kind == "start") {
        parameters.push_back(set("program", either(texts["arguments"], program(texts))));
        return in_place("audit.ran", texts, std::move(parameters));
    }
    parameters.push_back(set("program", program(texts)));
    if (kind == "connect") {
        parameters.push_back({"address", far_end(texts)});
        return in_place("audit.connected", texts, std::move(parameters));
    }
    parameters.push_back(set("name", kind));
    return in_place("audit.called", texts, std::move(parameters));
}

struct SentenceOf {
    std::string_view kind;
    std::string_view code;
};
constexpr auto file_sentences = std::to_array<SentenceOf>({{"open", "file.opened"},
                                                           {"create", "file.created"},
                                                           {"modify", "file.changed"},
                                                           {"delete", "file.removed"},
                                                           {"move", "file.moved"},
                                                           {"attrib", "file.attributes"}});
constexpr auto login_sentences =
    std::to_array<SentenceOf>({{"login", "login.in"}, {"logout", "login.out"}, {"failed", "login.failed"}});
constexpr auto container_sentences = std::to_array<SentenceOf>({{"create", "container.created"},
                                                                {"start", "container.started"},
                                                                {"exec", "container.ran"},
                                                                {"die", "container.ended"},
                                                                {"destroy", "container.removed"}});

std::string_view sentence_of(std::span<const SentenceOf> rows, std::string_view kind,
                             std::string_view otherwise) {
    const auto found = std::ranges::find(rows, kind, &SentenceOf::kind);
    return found == rows.end() ? otherwise : found->code;
}

Said of_file(const EventTexts& texts) {
    return in_place(
        sentence_of(file_sentences, texts["kind"], "file.touched"), texts,
        {set("user", texts["user"]), set("file", texts["filename"]), set("program", texts["command"])});
}

Said of_login(const EventTexts& texts) {
    return in_place(sentence_of(login_sentences, texts["kind"], "login.either"), texts,
                    {set("user", texts["user"]), set("ip", either(texts["src_ip"], texts["ip"]))});
}

Said of_host(const EventTexts& texts) {
    return in_place("host.line", texts,
                    {set("line", either(texts["comment"], texts["log"])), set("user", texts["user"])});
}

Said of_container(const EventTexts& texts) {
    return {sentence_of(container_sentences, texts["kind"], "container.changed"),
            {set("name", either(texts["containerName"], container_id(texts))),
             set("command", either(texts["arguments"], texts["command"])),
             set("image", texts["containerImage"]), set("host", texts["host"])}};
}

Said of_threat_intel(const EventTexts& texts) {
    return in_place("threatintel.met", texts,
                    {set("program", program(texts)),
                     {"address", far_end(texts)},
                     set("reason", either(texts["threatintel_reason"], texts["threatintel_type"]))});
}

Said of_winsec(const EventTexts& texts) {
    return in_place("winsec.happened", texts,
                    {set("what", either(texts["_subtype"], texts["summary"])), set("user", texts["user"]),
                     set("program", either(texts["exe"], texts["command"]))});
}

Said of_kubernetes_audit(const EventTexts& texts) {
    return {"kubernetes.called",
            {set("user", texts["user"]), set("name", texts["action"]), set("kind", texts["resource"]),
             set("object", texts["name"]), set("namespace", texts["namespace"]), set("ip", texts["ip"])}};
}

Said of_kubernetes_config(const EventTexts& texts) {
    return {"kubernetes.configured",
            {set("kind", texts["kind"]), set("object", texts["name"]), set("namespace", texts["namespace"]),
             set("role", texts["role_name"])}};
}

using Paths = std::string_view;
constexpr auto host_paths = std::to_array<Paths>({"comment", "log"});
constexpr auto login_paths = std::to_array<Paths>({"src_ip"});
constexpr auto container_paths = std::to_array<Paths>({"containerName", "containerImage"});
constexpr auto threat_paths = std::to_array<Paths>({"threatintel_reason", "threatintel_type"});
constexpr auto winsec_paths = std::to_array<Paths>({"_subtype", "summary"});
constexpr auto audit_paths = std::to_array<Paths>({"action", "resource", "name", "namespace"});
constexpr auto config_paths = std::to_array<Paths>({"name", "namespace", "role_name"});

// A type of events, what its titles show that no column has, and how they are made.
struct TitleOf {
    std::string_view type;
    std::span<const std::string_view> paths;
    Said (*make)(const EventTexts& texts);
};

constexpr auto titles = std::to_array<TitleOf>({
    {"cloudtrail", {}, of_cloudtrail},
    {"awsevent", {}, of_aws_event},
    {"audit", {}, of_audit},
    {"file", {}, of_file},
    {"host", host_paths, of_host},
    {"login", login_paths, of_login},
    {"container", container_paths, of_container},
    {"threatintel", threat_paths, of_threat_intel},
    {"winsec", winsec_paths, of_winsec},
    {"kubernetes_audit", audit_paths, of_kubernetes_audit},
    {"kubernetes_config", config_paths, of_kubernetes_config},
});

const TitleOf* find(std::string_view type) {
    const auto found = std::ranges::find(titles, type, &TitleOf::type);
    return found == titles.end() ? nullptr : &*found;
}

// On one line, and at a character's end.
std::string one_line(std::string text) {
    std::ranges::replace_if(text, is_control, ' ');
    if (text.size() <= event_title_bytes_max) return text;
    constexpr std::string_view cut = "…";
    size_t end = event_title_bytes_max - cut.size();
    while (end > 0 && continues_character(text[end])) end--;
    return text.substr(0, end) + std::string(cut);
}

// Of a code that a maker gives. Each stands in the table, as investigate_event_title_test sees to.
std::string_view sentence(std::string_view code) {
    const auto found = std::ranges::find(sentences, code, &TitleSentence::code);
    return found == sentences.end() ? std::string_view() : found->text;
}

}  // namespace

EventTitle event_title(std::string_view type, const EventTexts& texts) {
    const TitleOf* const row = find(type);
    Said said = row == nullptr ? Said{"event", {set("type", type)}} : row->make(texts);
    EventTitle title{.code = said.code};
    const std::string_view text = sentence(said.code);
    for (const std::string_view name : title_parameter_names(text)) {
        const auto found = std::ranges::find(said.parameters, name, &TitleParameter::name);
        const bool given = found != said.parameters.end();
        title.parameters.push_back({name, given ? one_line(std::move(found->value)) : std::string()});
    }
    title.text = one_line(render_title(text, title.parameters));
    return title;
}

std::span<const TitleSentence> title_sentences() { return sentences; }

std::span<const std::string_view> title_paths(std::string_view type) {
    const TitleOf* const row = find(type);
    return row == nullptr ? std::span<const std::string_view>() : row->paths;
}

std::string types_with_title_paths() {
    std::string text;
    for (const TitleOf& one : titles) {
        if (!one.paths.empty()) text += fmt::format("{}{}", text.empty() ? "" : ", ", quote_sql(one.type));
    }
    return text;
}

}  // namespace vigia
