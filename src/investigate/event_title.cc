#include "investigate/event_title.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace vigia {

namespace {

constexpr size_t container_id_shown = 12;

std::string_view either(std::string_view one, std::string_view other) { return one.empty() ? other : one; }

std::string_view who(const EventTexts& texts) { return either(texts["user"], "somebody"); }

// Empty, or the text with what stands before it.
std::string part(std::string_view before, std::string_view text) {
    return text.empty() ? std::string() : fmt::format("{}{}", before, text);
}

std::string place(const EventTexts& texts) {
    return part(" on ", either(texts["host"], texts["agent"])) +
           part(" in container ", texts["container"].substr(0, container_id_shown));
}

// Who logged in stands beside whose rights the process has.
std::string user_on_host(const EventTexts& texts) {
    const std::string_view user = who(texts), login = texts["login_user"];
    if (login.empty() || login == user) return std::string(user);
    return fmt::format("{} (login {})", user, login);
}

std::string far_end(const EventTexts& texts) {
    const std::string_view address = either(texts["dst_ip"], texts["ip"]);
    if (address.empty()) return "an address";
    return std::string(address) + part(":", texts["dst_port"]);
}

std::string of_cloudtrail(const EventTexts& texts) {
    constexpr std::string_view suffix = ".amazonaws.com";
    std::string_view service = texts["source"];
    if (service.ends_with(suffix)) service.remove_suffix(suffix.size());
    return fmt::format("{} called {}:{}{}{}", who(texts), either(service, "unknown"),
                       either(texts["name"], "unknown"), part(" from ", texts["ip"]),
                       texts["error_code"].empty() ? "" : fmt::format(" ({})", texts["error_code"]));
}

std::string of_aws_event(const EventTexts& texts) {
    return fmt::format("{} told of {}{}{}", either(texts["aws_source"], "AWS"),
                       either(texts["detail_type"], "an event"), part(" in account ", texts["account"]),
                       part(" in ", texts["region"]));
}

std::string of_audit(const EventTexts& texts) {
    const std::string_view program = either(texts["command"], texts["exe"]);
    if (texts["kind"] == "start")
        return fmt::format("{} ran {}{}", user_on_host(texts),
                           either(either(texts["arguments"], program), "a program"), place(texts));
    const std::string_view by = either(program, "a program");
    if (texts["kind"] == "connect")
        return fmt::format("{} connected by {} to {}{}", user_on_host(texts), by, far_end(texts),
                           place(texts));
    return fmt::format("{} called {} by {}{}", user_on_host(texts), either(texts["kind"], "the system"), by,
                       place(texts));
}

struct Verb {
    std::string_view kind;
    std::string_view said;
};
constexpr auto file_verbs = std::to_array<Verb>({{"open", "opened"},
                                                 {"create", "created"},
                                                 {"modify", "changed"},
                                                 {"delete", "removed"},
                                                 {"move", "moved"},
                                                 {"attrib", "changed the attributes of"}});
constexpr auto login_verbs =
    std::to_array<Verb>({{"login", "logged in"}, {"logout", "logged out"}, {"failed", "failed to log in"}});
constexpr auto container_verbs = std::to_array<Verb>({{"create", "was created"},
                                                      {"start", "started"},
                                                      {"exec", "ran a program"},
                                                      {"die", "ended"},
                                                      {"destroy", "was removed"}});

std::string_view verb(std::span<const Verb> verbs, std::string_view kind, std::string_view otherwise) {
    const auto found = std::ranges::find(verbs, kind, &Verb::kind);
    return found == verbs.end() ? otherwise : found->said;
}

std::string of_file(const EventTexts& texts) {
    return fmt::format("{} {} {}{}{}", who(texts), verb(file_verbs, texts["kind"], "touched"),
                       either(texts["filename"], "a file"), part(" by ", texts["command"]), place(texts));
}

std::string of_login(const EventTexts& texts) {
    return fmt::format("{} {}{}{}", who(texts), verb(login_verbs, texts["kind"], "logged in or out"),
                       part(" from ", either(texts["src_ip"], texts["ip"])), place(texts));
}

std::string of_host(const EventTexts& texts) {
    return fmt::format("{}{}{}", either(either(texts["comment"], texts["log"]), "a line of a log"),
                       part(" by ", texts["user"]), place(texts));
}

std::string of_container(const EventTexts& texts) {
    const std::string_view name =
        either(texts["containerName"], texts["container"].substr(0, container_id_shown));
    return fmt::format("container {} {}{}{}{}", either(name, "unknown"),
                       verb(container_verbs, texts["kind"], "changed"),
                       part(": ", either(texts["arguments"], texts["command"])),
                       part(" of image ", texts["containerImage"]), part(" on ", texts["host"]));
}

std::string of_threat_intel(const EventTexts& texts) {
    const std::string_view reason = either(texts["threatintel_reason"], texts["threatintel_type"]);
    return fmt::format("{} met {}, which is known{}{}",
                       either(either(texts["command"], texts["exe"]), "a program"), far_end(texts),
                       part(" for ", reason), place(texts));
}

std::string of_winsec(const EventTexts& texts) {
    return fmt::format("{}{}{}{}", either(either(texts["_subtype"], texts["summary"]), "an event of Windows"),
                       part(" by ", texts["user"]), part(": ", either(texts["exe"], texts["command"])),
                       place(texts));
}

std::string object_of(const EventTexts& texts, std::string_view kind) {
    return fmt::format("{}{}{}", either(kind, "an object"), part(" ", texts["name"]),
                       part(" in ", texts["namespace"]));
}

std::string of_kubernetes_audit(const EventTexts& texts) {
    return fmt::format("{} called {} of {}{}", who(texts), either(texts["action"], "something"),
                       object_of(texts, texts["resource"]), part(" from ", texts["ip"]));
}

std::string of_kubernetes_config(const EventTexts& texts) {
    return fmt::format("{} is configured{}", object_of(texts, texts["kind"]),
                       part(" with role ", texts["role_name"]));
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
    std::string (*make)(const EventTexts& texts);
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

}  // namespace

std::string event_title(std::string_view type, const EventTexts& texts) {
    const TitleOf* const row = find(type);
    return one_line(row == nullptr ? fmt::format("an event of type {}", type) : row->make(texts));
}

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
