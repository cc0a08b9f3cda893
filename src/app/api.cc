#include "app/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/api_json.h"
#include "app/rule_files.h"
#include "base/number.h"
#include "catalog/rule_book.h"
#include "store/columns.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::string_view session_cookie = "vigia_session";
constexpr std::string_view csrf_header = "X-CSRF-Token";
constexpr std::chrono::seconds query_time_max{30};
constexpr std::chrono::milliseconds stream_period{15'000};  // a comment at least so often
constexpr size_t audit_entries_max = 1000;

// What a call asks of its caller.
enum class Access : uint8_t { Public, Source, Reader, User, Owner };

struct Caller {
    std::string organisation;
    Role role = Role::Reader;
    Actor actor;
    std::string source;  // of a source's key, its id
    std::string token;   // of a session
};

struct Call {
    Platform& platform;
    const HttpRequest& request;
    Caller caller;
    std::vector<std::string> arguments;  // what stands for {…} in the path
};

using Answered = Result<HttpAnswer>;
using Handler = Answered (*)(Call& call);

// One row, one call.
struct Route {
    Method method;
    std::string_view path;  // "/api/v1/alerts/{id}"
    Access access;
    Handler handler;
};

std::string cookie(const HttpRequest& request, std::string_view name) {
    std::string_view rest = request.header("Cookie");
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(';'), rest.size());
        std::string_view one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
            return std::string(one.substr(name.size() + 1));
    }
    return {};
}

std::string_view bearer(const HttpRequest& request) {
    const std::string_view given = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    return given.starts_with(scheme) ? given.substr(scheme.size()) : std::string_view();
}

bool is_allowed(Role role, Access access) {
    switch (access) {
        case Access::Public:
        case Access::Reader:
            return true;
        case Access::User:
            return role == Role::Owner || role == Role::User;
        case Access::Owner:
            return role == Role::Owner;
        case Access::Source:
            return false;
    }
    std::unreachable();
}

Result<std::optional<Time>> time_parameter(const HttpRequest& request, std::string_view name) {
    const auto text = request.parameter(name);
    if (!text || text->empty()) return std::optional<Time>();
    const auto time = parse_rfc3339(*text);
    if (!time)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' must be a time as 2026-11-25T10:00:00Z, and is '{}'", name, *text));
    return time;
}

Result<size_t> limit_parameter(const HttpRequest& request, size_t otherwise, size_t most) {
    const auto text = request.parameter("limit");
    if (!text) return otherwise;
    const auto limit = parse_whole<size_t>(*text);
    if (!limit || *limit == 0 || *limit > most)
        return error(ErrorKind::BadInput, fmt::format("'limit' must be a number from 1 to {}", most));
    return *limit;
}

HttpAnswer bad_filter(const std::vector<RuleDiagnostic>& diagnostics) {
    json::array all;
    for (const RuleDiagnostic& one : diagnostics) all.push_back(json_of(one));
    return problem(400, "bad_filter", diagnostics.empty() ? "" : print(diagnostics.front()),
                   {{"diagnostics", std::move(all)}});
}

// Runs `work` with the search that the query says.
Answered with_search(const Call& call, const std::function<Answered(const EventSearch& search)>& work) {
    const auto made =
        SearchFilter::make(call.request.parameter("filter").value_or(""), call.platform.shipped().lists());
    if (!made.filter) return bad_filter(made.diagnostics);
    EventSearch search{.organisation = call.caller.organisation, .filter = &*made.filter};
    search.since = TRY(time_parameter(call.request, "since"));
    search.until = TRY(time_parameter(call.request, "until"));
    search.limit = TRY(limit_parameter(call.request, 50, search_limit_max));
    if (const auto cursor = call.request.parameter("cursor"); cursor && !cursor->empty()) {
        const size_t point = cursor->find('.');
        const auto time_us = parse_whole<int64_t>(cursor->substr(0, point));
        if (!time_us || point == std::string_view::npos)
            return problem(400, "bad_cursor", "'cursor' is none that an answer gave as 'next'");
        search.after = EventCursor{*time_us, std::string(cursor->substr(point + 1))};
    }
    return work(search);
}

constexpr DuckBound api_bound{.time_max = query_time_max};

// An empty `next`: there is no other page.
HttpAnswer event_page(const std::vector<FoundEvent>& events, const std::string& next) {
    HttpAnswer made;
    made.body = R"({"events":[)";
    for (size_t i = 0; i < events.size(); i++) made.body += (i == 0 ? "\n" : ",\n") + json_text(events[i]);
    made.body +=
        fmt::format("],\n\"next\":{}}}\n", next.empty() ? "null" : json::serialize(json::string(next)));
    return made;
}

Answered events(Call& call) {
    return with_search(call, [&](const EventSearch& search) -> Answered {
        const EventPage page = TRY(call.platform.searcher().page(search, api_bound));
        return event_page(page.events,
                          page.next ? fmt::format("{}.{}", page.next->time_us, page.next->id) : "");
    });
}

Answered event(Call& call) {
    const auto found =
        TRY(call.platform.searcher().find(call.caller.organisation, call.arguments[0], api_bound));
    if (!found) return error(ErrorKind::NotFound, "there is no such event");
    HttpAnswer made;
    made.body = json_text(*found) + "\n";
    return made;
}

Answered event_count(Call& call) {
    return with_search(call, [&](const EventSearch& search) -> Answered {
        const uint64_t count = TRY(call.platform.searcher().count(search, api_bound));
        return answer(json::object{{"count", count}});
    });
}

Answered event_histogram(Call& call) {
    const auto width = parse_duration(call.request.parameter("width").value_or("1h"));
    if (!width) return error(ErrorKind::BadInput, "'width' must be a duration as 5m, 1h or 1d");
    return with_search(call, [&](const EventSearch& search) -> Answered {
        json::array bars;
        for (const HistogramBar& bar : TRY(call.platform.searcher().histogram(search, *width, api_bound)))
            bars.push_back(
                json::object{{"begin", format_rfc3339(Time{std::chrono::microseconds{bar.begin_us}})},
                             {"count", bar.count}});
        return answer(json::object{{"bars", std::move(bars)}});
    });
}

Answered event_facets(Call& call) {
    const std::string column(call.request.parameter("column").value_or(""));
    return with_search(call, [&](const EventSearch& search) -> Answered {
        json::array values;
        for (const FacetValue& one : TRY(call.platform.searcher().facet(search, column, api_bound)))
            values.push_back(json::object{{"value", one.value}, {"count", one.count}});
        return answer(json::object{{"values", std::move(values)}});
    });
}

Answered event_explain(Call& call) {
    return with_search(call, [&](const EventSearch& search) -> Answered {
        return answer(json::object{{"exact", search.filter->exact()}, {"sql", search.filter->print()}});
    });
}

Answered post_events(Call& call) {
    Intake::Submission submission{call.caller.organisation, call.caller.source, call.request.body};
    const Receipt receipt = TRY(call.platform.intake().take(std::move(submission)));
    json::array problems;
    for (const Problem& one : receipt.problems) problems.push_back(json_of(one));
    return answer(json::object{{"accepted", receipt.accepted},
                               {"duplicates", receipt.duplicates},
                               {"refused", receipt.refused},
                               {"matched", receipt.matched},
                               {"problems", std::move(problems)}});
}

Answered sources(Call& call) {
    json::array all;
    for (const SourceHealth& one : call.platform.intake().health(call.caller.organisation))
        all.push_back(json_of(one));
    return answer(json::object{{"sources", std::move(all)}});
}

Result<AlertQuery> alert_query(const Call& call) {
    AlertQuery query{.organisation = call.caller.organisation};
    const std::string_view status = call.request.parameter("status").value_or("active");
    if (status != "active" && status != "dismissed" && status != "all")
        return error(ErrorKind::BadInput, "'status' must be active, dismissed or all");
    query.status = status == "active"      ? AlertStatus::Active
                   : status == "dismissed" ? AlertStatus::Dismissed
                                           : AlertStatus::All;
    for (const auto& [name, value] : call.request.query) {
        if (name != "severity") continue;
        if (value != "1" && value != "2" && value != "3")
            return error(ErrorKind::BadInput, "'severity' must be 1, 2 or 3");
        query.severities.push_back(value[0] - '0');
    }
    query.rule_id = call.request.parameter("rule").value_or("");
    query.title = call.request.parameter("title").value_or("");
    query.host = call.request.parameter("host").value_or("");
    if (const auto assignee = call.request.parameter("assignee")) query.assignee = std::string(*assignee);
    query.from = TRY(time_parameter(call.request, "from"));
    query.until = TRY(time_parameter(call.request, "until"));
    query.cursor = call.request.parameter("cursor").value_or("");
    query.limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    return query;
}

Answered alerts(Call& call) {
    const AlertQuery query = TRY(alert_query(call));
    const AlertPage page = TRY(call.platform.alerts().list(query));
    json::array all;
    for (const StoredAlert& one : page.alerts) all.push_back(json_of(one));
    return answer(json::object{{"alerts", std::move(all)},
                               {"next", page.next.empty() ? json::value() : json::value(page.next)}});
}

Answered alert(Call& call) {
    const StoredAlert found = TRY(call.platform.alerts().find(call.caller.organisation, call.arguments[0]));
    return answer(json_of(found));
}

Answered alert_events(Call& call) {
    const size_t limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    const AlertEventPage page =
        TRY(call.platform.alerts().events(call.caller.organisation, call.arguments[0],
                                          std::string(call.request.parameter("cursor").value_or("")), limit));
    std::vector<FoundEvent> events;
    for (const AlertEvent& one : page.events)
        events.push_back({microseconds(one.time), one.event_id, one.event_type, one.record});
    return event_page(events, page.next);
}

Answered alert_counts(Call& call) {
    const auto from = TRY(time_parameter(call.request, "from"));
    const auto until = TRY(time_parameter(call.request, "until"));
    const SeverityCounts counts = TRY(
        call.platform.alerts().severity_counts(call.caller.organisation, from, until, AlertStatus::Active));
    json::array all;
    for (size_t i = 0; i < counts.size(); i++)
        all.push_back(json::object{{"severity", i + 1}, {"count", counts[i]}});
    return answer(json::object{{"counts", std::move(all)}});
}

json::array history_json(const std::vector<AlertHistoryEntry>& entries) {
    json::array all;
    for (const AlertHistoryEntry& one : entries)
        all.push_back(json::object{{"time", format_rfc3339(one.time)},
                                   {"who", one.actor.who},
                                   {"action", std::string(name(one.action))},
                                   {"detail", one.detail}});
    return all;
}

Answered alert_history(Call& call) {
    const auto entries = TRY(call.platform.alerts().history(call.caller.organisation, call.arguments[0]));
    return answer(json::object{{"history", history_json(entries)}});
}

Answered dismiss(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string reason_text = TRY(needed_text(body, "reason"));
    const auto reason = dismiss_reason_of(reason_text);
    if (!reason)
        return error(ErrorKind::BadInput,
                     "'reason' must be BUSINESS_OP, COMPANY_POLICY, MAINTENANCE, OTHER or NONE");
    const std::string text = TRY(text_member(body, "text")).value_or("");
    const json::value* const ids = body.if_contains("ids");
    if (ids == nullptr || !ids->is_array())
        return error(ErrorKind::BadInput, "'ids' must be a list of the alerts' ids");
    std::vector<std::string> wanted;
    for (const json::value& one : ids->as_array()) {
        if (!one.is_string()) return error(ErrorKind::BadInput, "'ids' must be a list of texts");
        wanted.emplace_back(one.as_string().c_str());
    }
    const Dismissal done = TRY(
        call.platform.alerts().dismiss(call.caller.actor, call.caller.organisation, wanted, *reason, text));
    call.platform.changes().raise();
    return answer(json::object{{"dismissal", done.id}, {"count", done.count}});
}

Answered undo_dismissal(Call& call) {
    const uint64_t count =
        TRY(call.platform.alerts().undo(call.caller.actor, call.caller.organisation, call.arguments[0]));
    call.platform.changes().raise();
    return answer(json::object{{"count", count}});
}

Answered add_note(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string text = TRY(needed_text(body, "text"));
    TRY_VOID(call.platform.alerts().add_note(call.caller.actor, call.caller.organisation, call.arguments[0],
                                             text));
    return no_content();
}

Answered assign(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string assignee = TRY(needed_text(body, "assignee"));
    const StoredAlert changed = TRY(call.platform.alerts().assign(call.caller.actor, call.caller.organisation,
                                                                  call.arguments[0], assignee));
    call.platform.changes().raise();
    return answer(json_of(changed));
}

// Alerts as they change: "event: alert", with the number of the change as id, by which a client goes on.
class AlertStream final : public BodyStream {
public:
    AlertStream(Platform& platform, std::string organisation, int64_t after)
        : platform_(platform), organisation_(std::move(organisation)), after_(after) {}

    bool next(std::string& piece) override {
        piece.clear();
        if (!begun_) {
            begun_ = true;
            piece = "retry: 2000\n\n";
            return true;
        }
        const SteadyTime until = steady_now() + stream_period;
        while (!cancelled_) {
            const uint64_t seen = platform_.changes().raises();
            const auto changed = platform_.alerts().changes_after(organisation_, after_);
            if (!changed) return false;
            for (const StoredAlert& one : *changed) {
                after_ = one.change;
                piece += fmt::format("id: {}\nevent: alert\ndata: {}\n\n", one.change,
                                     json::serialize(json_of(one)));
            }
            if (!piece.empty()) return true;
            if (steady_now() >= until) {
                piece = ": still here\n\n";
                return true;
            }
            platform_.changes().wait(seen, std::chrono::milliseconds{500});
        }
        return false;
    }

    void cancel() override { cancelled_ = true; }

private:
    Platform& platform_;
    std::string organisation_;
    int64_t after_;
    bool begun_ = false;
    std::atomic<bool> cancelled_ = false;
};

Answered alert_stream(Call& call) {
    int64_t after = TRY(call.platform.alerts().last_change(call.caller.organisation));
    if (const std::string_view last = call.request.header("Last-Event-ID"); !last.empty()) {
        const auto number = parse_whole<int64_t>(last);
        if (!number) return error(ErrorKind::BadInput, "Last-Event-ID is none that the stream gave");
        after = *number;
    }
    HttpAnswer made;
    made.content_type = "text/event-stream";
    made.stream = std::make_unique<AlertStream>(call.platform, call.caller.organisation, after);
    return made;
}

// A rule as the organisation has it.
json::object rule_json(const Rule& rule, const OrganisationBook& book, bool managed, int64_t version) {
    json::object made = json::parse(json_of(rule)).as_object();
    made["id"] = rule.id;
    made["managed"] = managed;
    made["version"] = version;
    if (managed) {
        if (const auto own = book.settings.find(rule.id); own != book.settings.end()) {
            const ManagedSettings& settings = own->second;
            if (settings.enabled) made["enabled"] = *settings.enabled;
            if (settings.severity) made["severity"] = *settings.severity;
            if (settings.threshold) made["threshold"] = *settings.threshold;
            if (settings.window) made["window"] = *settings.window / std::chrono::seconds{1};
        }
    }
    return made;
}

Result<OrganisationBook> book_of(const Call& call) {
    OrganisationBook book;
    for (auto& one : TRY(call.platform.rules().all_settings(call.caller.organisation)))
        book.settings.emplace(one.id, one.body);
    book.rules = TRY(call.platform.rules().rules(call.caller.organisation));
    return book;
}

Answered rules(Call& call) {
    const OrganisationBook book = TRY(book_of(call));
    json::array all;
    for (const auto& own : book.rules) all.push_back(rule_json(own.body, book, false, own.version));
    call.platform.shipped().each([&](const Rule& rule) { all.push_back(rule_json(rule, book, true, 0)); });
    return answer(json::object{{"rules", std::move(all)}});
}

Answered rule(Call& call) {
    const OrganisationBook book = TRY(book_of(call));
    if (const Rule* const shipped = call.platform.shipped().find(call.arguments[0]))
        return answer(rule_json(*shipped, book, true, 0));
    const auto own = TRY(call.platform.rules().rule(call.caller.organisation, call.arguments[0]));
    return answer(rule_json(own.body, book, false, own.version));
}

// Reads the body; the answer that refuses what is none.
template <typename Body>
std::optional<HttpAnswer> refuse_body(const Call& call, Body& body, std::string_view code) {
    if (const auto object = read_object(call.request.body); !object) return problem(object.error());
    if (const auto read = read_body(call.request.body, body); !read)
        return problem(400, code, read.error().message);
    return std::nullopt;
}

// Runs `work` with the body as a rule that can be in force.
Answered with_rule(const Call& call, const std::function<Answered(const Rule& rule)>& work) {
    Rule rule;
    if (auto refused = refuse_body(call, rule, "bad_rule")) return std::move(*refused);
    TRY_VOID(check_body(rule));
    const CheckedRuleResult checked = check_rule(rule, all_catalogues(), call.platform.shipped().lists());
    if (!checked.rule) return bad_filter(checked.diagnostics);
    return work(rule);
}

// The version that the client saw, by If-Match.
RuleStore::Expected expected_version(const HttpRequest& request) {
    std::string_view seen = request.header("If-Match");
    if (seen.size() >= 2 && seen.front() == '"' && seen.back() == '"') seen = seen.substr(1, seen.size() - 2);
    return parse_whole<int64_t>(seen);
}

HttpAnswer rule_answer(const Stored<Rule>& stored, unsigned status) {
    HttpAnswer made = answer(rule_json(stored.body, {}, false, stored.version), status);
    made.headers.emplace_back("ETag", fmt::format("\"{}\"", stored.version));
    return made;
}

Answered add_rule(Call& call) {
    return with_rule(call, [&](const Rule& rule) -> Answered {
        const auto stored =
            TRY(call.platform.rules().add_rule(call.caller.actor, call.caller.organisation, rule));
        TRY_VOID(call.platform.take_rules());
        return rule_answer(stored, 201);
    });
}

Answered change_rule(Call& call) {
    return with_rule(call, [&](const Rule& rule) -> Answered {
        const auto stored =
            TRY(call.platform.rules().update_rule(call.caller.actor, call.caller.organisation,
                                                  call.arguments[0], rule, expected_version(call.request)));
        TRY_VOID(call.platform.take_rules());
        return rule_answer(stored, 200);
    });
}

Answered remove_rule(Call& call) {
    TRY_VOID(call.platform.rules().remove_rule(call.caller.actor, call.caller.organisation, call.arguments[0],
                                               expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return no_content();
}

Answered set_rule_settings(Call& call) {
    ManagedSettings settings;
    if (auto refused = refuse_body(call, settings, "bad_settings")) return std::move(*refused);
    TRY(call.platform.rules().set_settings(call.caller.actor, call.caller.organisation, call.arguments[0],
                                           settings, expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return rule(call);
}

Answered add_suppression(Call& call) {
    Suppression suppression;
    if (auto refused = refuse_body(call, suppression, "bad_suppression")) return std::move(*refused);
    suppression.rule = call.arguments[0];
    const auto made = SearchFilter::make(suppression.filter, call.platform.shipped().lists());
    if (!made.filter) return bad_filter(made.diagnostics);
    const auto stored =
        TRY(call.platform.rules().add_suppression(call.caller.actor, call.caller.organisation, suppression));
    TRY_VOID(call.platform.take_rules());
    json::object body = json::parse(json_of(stored.body)).as_object();
    body["id"] = stored.id;
    return answer(body, 201);
}

HttpAnswer session_answer(const NewSession& session, const HttpRequest& request) {
    HttpAnswer made = answer(json::object{{"user", json_of(session.session.user)},
                                          {"csrf_token", session.csrf_token},
                                          {"expires_at", format_rfc3339(session.session.expires_at)}});
    made.headers.emplace_back(
        "Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}", session_cookie, session.token,
                                  request.is_tls ? "; Secure" : ""));
    return made;
}

Answered log_in(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    LoginRequest login;
    login.email = TRY(needed_text(body, "email"));
    login.password = TRY(needed_text(body, "password"));
    login.organisation = TRY(text_member(body, "organisation"));
    login.origin = call.request.remote;
    login.user_agent = std::string(call.request.header("User-Agent"));
    auto done = call.platform.sessions().log_in(login);
    if (!done && done.error().kind == ErrorKind::Denied)
        return problem(401, "wrong_password", "the e-mail address or the password is wrong");
    if (!done) return std::unexpected(done.error());
    if (const auto* choice = std::get_if<LoginChoice>(&*done)) {
        json::array organisations;
        for (const Organisation& one : choice->organisations)
            organisations.push_back(json::object{{"id", one.id}, {"name", one.name}});
        return problem(409, "choose_organisation", "the password is right in more than one organisation",
                       {{"organisations", std::move(organisations)}});
    }
    return session_answer(std::get<NewSession>(*done), call.request);
}

Answered log_out(Call& call) {
    if (!call.caller.token.empty())
        TRY_VOID(call.platform.sessions().log_out(call.caller.actor, call.caller.token));
    return no_content();
}

Answered who_am_i(Call& call) {
    json::object body{{"organisation", call.caller.organisation},
                      {"who", call.caller.actor.who},
                      {"role", std::string(name(call.caller.role))}};
    if (!call.caller.token.empty()) body["csrf_token"] = Sessions::csrf_of(call.caller.token);
    return answer(body);
}

Answered set_up(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    FirstSetup setup;
    setup.token = TRY(needed_text(body, "token"));
    setup.organisation = TRY(needed_text(body, "organisation"));
    setup.email = TRY(needed_text(body, "email"));
    setup.password = TRY(needed_text(body, "password"));
    setup.origin = call.request.remote;
    const User owner = TRY(call.platform.invitations().set_up(setup));
    TRY_VOID(call.platform.take_rules());
    return answer(json_of(owner), 201);
}

Answered add_key(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string label = TRY(needed_text(body, "name"));
    const std::string kind_name = TRY(needed_text(body, "kind"));
    const auto kind = key_kind_of(kind_name);
    if (!kind) return error(ErrorKind::BadInput, "'kind' must be source, api or hawk");
    KeyGrant grant;
    if (const auto role = TRY(text_member(body, "role"))) {
        const auto known = role_of(*role);
        if (!known) return error(ErrorKind::BadInput, "'role' must be owner, user or reader");
        grant.role = *known;
    }
    grant.user = TRY(text_member(body, "user")).value_or("");
    const NewApiKey made = TRY(
        call.platform.catalog().add_key(call.caller.actor, call.caller.organisation, label, *kind, grant));
    return answer(json::object{{"id", made.key.id}, {"name", made.key.name}, {"token", made.token}}, 201);
}

Answered audit(Call& call) {
    const size_t limit = TRY(limit_parameter(call.request, 50, audit_entries_max));
    json::array all;
    for (const AuditEntry& one : TRY(call.platform.catalog().audit(call.caller.organisation, limit)))
        all.push_back(json::object{{"time", format_rfc3339(one.time)},
                                   {"who", one.actor.who},
                                   {"origin", one.actor.origin},
                                   {"action", one.action},
                                   {"subject", one.subject},
                                   {"before", one.before},
                                   {"after", one.after}});
    return answer(json::object{{"entries", std::move(all)}});
}

Answered fields(Call&) {
    json::array columns;
    for (const EventColumn& one : event_columns())
        columns.push_back(json::object{{"name", std::string(one.name)},
                                       {"field", std::string(one.field)},
                                       {"meaning", std::string(one.meaning)}});
    return answer(json::object{{"columns", std::move(columns)}});
}

Answered health(Call&) { return answer(json::object{{"status", "ok"}}); }

// Whether it can do its work: the database answers and the lake is whole.
Answered readiness(Call& call) {
    TRY(call.platform.catalog().organisations());
    const StoreCounts counts = call.platform.events().counts();
    json::array damaged;
    for (const std::string& one : counts.damaged) damaged.emplace_back(one.substr(one.rfind('/') + 1));
    return answer(json::object{{"status", damaged.empty() ? "ready" : "degraded"},
                               {"damaged_parts", std::move(damaged)}});
}

// Prometheus's text format, version 0.0.4.
Answered metrics(Call& call) {
    const StoreCounts counts = call.platform.events().counts();
    struct Gauge {
        std::string_view name;
        std::string_view help;
        uint64_t value;
    };
    const auto gauges = std::to_array<Gauge>({
        {"vigia_tail_events", "Events in memory that are not sealed yet.", counts.tail_rows},
        {"vigia_sealed_events", "Events in sealed parts.", counts.sealed_rows},
        {"vigia_parts", "Sealed parts of the lake.", counts.parts},
        {"vigia_part_bytes", "Bytes of the sealed parts.", counts.part_bytes},
        {"vigia_damaged_parts", "Parts that could not be read and were set aside.", counts.damaged.size()},
        {"vigia_intake_bodies_bytes", "Bytes of the batches in work.", call.platform.intake().bodies_bytes()},
        {"vigia_intake_waiting_batches", "Batches that wait to be durable.",
         call.platform.intake().waiting()},
        {"vigia_rules_problems", "Rules that could not be put in force.",
         call.platform.rules_in_force()->problems.size()},
    });
    HttpAnswer made;
    made.content_type = "text/plain; version=0.0.4";
    for (const Gauge& one : gauges)
        made.body +=
            fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", one.name, one.help, one.value);
    return made;
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/healthz", Access::Public, health},
    {Method::Get, "/readyz", Access::Public, readiness},
    {Method::Get, "/metrics", Access::Public, metrics},
    {Method::Post, "/api/v1/setup", Access::Public, set_up},
    {Method::Post, "/api/v1/session", Access::Public, log_in},
    {Method::Get, "/api/v1/session", Access::Reader, who_am_i},
    {Method::Delete, "/api/v1/session", Access::Reader, log_out},
    {Method::Post, "/api/v1/events", Access::Source, post_events},
    {Method::Get, "/api/v1/events", Access::Reader, events},
    {Method::Get, "/api/v1/events/count", Access::Reader, event_count},
    {Method::Get, "/api/v1/events/histogram", Access::Reader, event_histogram},
    {Method::Get, "/api/v1/events/facets", Access::Reader, event_facets},
    {Method::Get, "/api/v1/events/explain", Access::Reader, event_explain},
    {Method::Get, "/api/v1/events/{id}", Access::Reader, event},
    {Method::Get, "/api/v1/fields", Access::Reader, fields},
    {Method::Get, "/api/v1/sources", Access::Reader, sources},
    {Method::Get, "/api/v1/alerts", Access::Reader, alerts},
    {Method::Get, "/api/v1/alerts/severity-counts", Access::Reader, alert_counts},
    {Method::Get, "/api/v1/alerts/stream", Access::Reader, alert_stream},
    {Method::Post, "/api/v1/alerts/dismiss", Access::User, dismiss},
    {Method::Delete, "/api/v1/alerts/dismissals/{id}", Access::User, undo_dismissal},
    {Method::Get, "/api/v1/alerts/{id}", Access::Reader, alert},
    {Method::Get, "/api/v1/alerts/{id}/events", Access::Reader, alert_events},
    {Method::Get, "/api/v1/alerts/{id}/history", Access::Reader, alert_history},
    {Method::Post, "/api/v1/alerts/{id}/notes", Access::User, add_note},
    {Method::Put, "/api/v1/alerts/{id}/assignee", Access::User, assign},
    {Method::Get, "/api/v1/rules", Access::Reader, rules},
    {Method::Post, "/api/v1/rules", Access::User, add_rule},
    {Method::Get, "/api/v1/rules/{id}", Access::Reader, rule},
    {Method::Put, "/api/v1/rules/{id}", Access::User, change_rule},
    {Method::Delete, "/api/v1/rules/{id}", Access::User, remove_rule},
    {Method::Put, "/api/v1/rules/{id}/settings", Access::User, set_rule_settings},
    {Method::Post, "/api/v1/rules/{id}/suppressions", Access::User, add_suppression},
    {Method::Post, "/api/v1/keys", Access::Owner, add_key},
    {Method::Get, "/api/v1/audit", Access::Owner, audit},
});

// What stands for {…} in the path; nothing when the path is another.
std::optional<std::vector<std::string>> arguments_of(std::string_view pattern,
                                                     const std::vector<std::string>& segments) {
    std::vector<std::string> arguments;
    size_t at = 0;
    pattern.remove_prefix(1);
    while (true) {
        const std::string_view part = pattern.substr(0, pattern.find('/'));
        if (at == segments.size()) return std::nullopt;
        if (part.starts_with('{'))
            arguments.push_back(segments[at]);
        else if (part != segments[at])
            return std::nullopt;
        at++;
        if (part.size() == pattern.size()) break;
        pattern.remove_prefix(part.size() + 1);
    }
    if (at != segments.size()) return std::nullopt;
    return arguments;
}

}  // namespace

struct Api::State {
    Platform& platform;

    // Who calls, by a key or by a session; whoever has neither is told so.
    std::variant<Caller, HttpAnswer> caller(const HttpRequest& request, Access access) const {
        if (access == Access::Public) return Caller{};
        if (const std::string_view token = bearer(request); !token.empty())
            return by_key(token, request, access);
        const std::string token = cookie(request, session_cookie);
        const auto session = platform.sessions().find(token);
        if (token.empty() || !session || access == Access::Source) {
            HttpAnswer refused = problem(401, "not_signed_in", "sign in, or send a key as a bearer token");
            refused.headers.emplace_back("WWW-Authenticate", "Bearer");
            return refused;
        }
        const bool changes = request.method != Method::Get && request.method != Method::Head;
        if (changes && !Sessions::is_csrf(token, request.header(csrf_header)))
            return problem(403, "csrf", "send the session's csrf_token as X-CSRF-Token");
        if (!is_allowed(session->user.role, access)) return problem(403, "role", "your role may not do this");
        (void)platform.sessions().touch(*session);  // it only keeps the session from going idle
        return Caller{
            session->user.organisation, session->user.role, {session->user.email, request.remote}, "", token};
    }

    std::variant<Caller, HttpAnswer> by_key(std::string_view token, const HttpRequest& request,
                                            Access access) const {
        const auto key = platform.catalog().key_of_token(token);
        if (!key) {
            if (key.error().kind != ErrorKind::Denied) return problem(key.error());
            HttpAnswer refused = problem(401, "unknown_key", "no key in force has this token");
            refused.headers.emplace_back("WWW-Authenticate", "Bearer");
            return refused;
        }
        const bool is_source = key->kind == KeyKind::Source;
        if (is_source != (access == Access::Source) || (!is_source && !is_allowed(key->role, access)))
            return problem(403, "role", "this key may not do this");
        return Caller{key->organisation, key->role, {"key " + key->name, request.remote}, key->id, ""};
    }

    HttpAnswer run(const Route& route, const HttpRequest& request, std::vector<std::string> arguments) const {
        auto who = caller(request, route.access);
        if (auto* refused = std::get_if<HttpAnswer>(&who)) return std::move(*refused);
        Call call{platform, request, std::get<Caller>(std::move(who)), std::move(arguments)};
        auto done = route.handler(call);
        return done ? std::move(*done) : problem(done.error());
    }
};

Api::Api(Platform& platform) : state_(new State{platform}) {}
Api::~Api() = default;

HttpAnswer Api::handle(HttpRequest request) {
    const Method method = request.method == Method::Head ? Method::Get : request.method;
    bool known = false;
    for (const Route& route : routes) {
        auto arguments = arguments_of(route.path, request.segments);
        if (!arguments) continue;
        if (route.method == method) return state_->run(route, request, std::move(*arguments));
        known = true;
    }
    if (known) return problem(405, "method", "the path takes other methods");
    return problem(404, "not_found", "there is no such path");
}

}  // namespace vigia
