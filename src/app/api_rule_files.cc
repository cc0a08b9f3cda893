// Rules as YAML: what is exported as one text, and what a text would change before it is imported.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "app/rule_compiler.h"
#include "app/rule_import.h"
#include "app/text_diff.h"
#include "catalog/list_store.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t file_name_bytes_max = 1000;
constexpr size_t diff_bytes_max = 64 * 1024;  // of one item; the rest is cut off
constexpr std::string_view yaml_type = "application/yaml";

// What the organisation has of its own, as a push meets it over the API.
Result<SyncItems> organisation_items(const Call& call) {
    SyncItems items;
    const std::string& organisation = call.caller.organisation;
    for (const auto& one : TRY(call.platform.lists().all(organisation))) {
        const NamedList& list = one.body;
        items.emplace(SyncKey{SyncKind::List, list.name},
                      SyncItem{.body = ListFile{list.name, list.description, list.items},
                               .title = list.name,
                               .file = {},
                               .server_id = one.id,
                               .version = one.version});
    }
    for (auto& one : TRY(call.platform.rules().rules(organisation))) {
        Rule rule = std::move(one.body);
        rule.id = one.id;
        std::string title = rule.name;
        items.emplace(SyncKey{SyncKind::Rule, one.id}, SyncItem{.body = std::move(rule),
                                                                .title = std::move(title),
                                                                .file = {},
                                                                .server_id = one.id,
                                                                .version = one.version});
    }
    for (const auto& one : TRY(call.platform.rules().all_settings(organisation))) {
        const Rule* const shipped = call.platform.shipped().find(one.id);
        if (shipped == nullptr) continue;
        items.emplace(SyncKey{SyncKind::Settings, one.id}, SyncItem{.body = one.body,
                                                                    .title = shipped->name,
                                                                    .file = {},
                                                                    .server_id = one.id,
                                                                    .version = one.version});
    }
    return items;
}

// The rules that are asked for, by id; all when the query names none. NotFound for one that is not there.
Result<std::set<std::string>> rules_asked(const Call& call) {
    std::set<std::string> asked;
    const auto ruleset = call.request.parameter("ruleset");
    for (const auto& [name, value] : call.request.query) {
        if (name == "rule") asked.insert(value);
    }
    const bool all = asked.empty() && !ruleset;
    const RuleView view = TRY(rule_view(call));
    std::set<std::string> found;
    each_rule(call, view, [&](const ViewedRule& one) {
        if (all || asked.contains(one.rule.id) || (ruleset && is_in_ruleset(one.rule, view, *ruleset)))
            found.insert(one.rule.id);
    });
    for (const std::string& id : asked) {
        if (!found.contains(id)) return error(ErrorKind::NotFound, fmt::format("there is no rule {}", id));
    }
    return found;
}

// Of what the organisation has: the rules, what is settled about them, and the lists that they call.
SyncItems chosen(const SyncItems& own, const std::set<std::string>& rules, bool all_lists) {
    SyncItems items;
    std::set<std::string> called;
    for (const auto& [key, item] : own) {
        if (key.kind == SyncKind::List || !rules.contains(key.id)) continue;
        items.emplace(key, item);
        const Rule* const rule = std::get_if<Rule>(&item.body);
        if (rule == nullptr) continue;
        called.merge(lists_called(rule->filter));
        for (const std::string& one : rule->suppressions) called.merge(lists_called(one));
    }
    for (const auto& [key, item] : own) {
        if (key.kind == SyncKind::List && (all_lists || called.contains(key.id))) items.emplace(key, item);
    }
    return items;
}

Answered export_rules(Call& call) {
    const auto rules = TRY(rules_asked(call));
    const bool all = !call.request.parameter("ruleset") && !call.request.parameter("rule");
    HttpAnswer made;
    made.content_type = yaml_type;
    made.headers.emplace_back("Content-Disposition", "attachment; filename=\"rules.yaml\"");
    made.body = print_documents(chosen(TRY(organisation_items(call)), rules, all));
    return made;
}

// What an import is asked to do.
struct ImportOrder {
    std::vector<ImportFile> files;
    bool dry_run = true;
    std::optional<std::string> plan;  // the mark of the plan that its caller saw
};

constexpr auto order_members = std::to_array<std::string_view>({"files", "dry_run", "plan"});
constexpr auto file_members = std::to_array<std::string_view>({"name", "text"});

Result<ImportFile> import_file(const json::value& value) {
    if (!value.is_object()) return error(ErrorKind::BadInput, "'files' must have objects with name and text");
    TRY_VOID(check_members(value.as_object(), file_members));
    ImportFile file;
    file.name = TRY(needed_text(value.as_object(), "name"));
    file.text = TRY(text_member(value.as_object(), "text")).value_or("");
    if (file.name.size() > file_name_bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("a file's name is longer than {} bytes", file_name_bytes_max));
    return file;
}

Result<ImportOrder> import_order(const HttpRequest& request) {
    const json::object body = TRY(read_object(request.body));
    TRY_VOID(check_members(body, order_members));
    const json::value* const files = body.if_contains("files");
    if (files == nullptr || !files->is_array() || files->as_array().empty())
        return error(ErrorKind::BadInput, "'files' must be a list of files with name and text");
    ImportOrder order;
    for (const json::value& one : files->as_array()) order.files.push_back(TRY(import_file(one)));
    order.dry_run = TRY(truth_member(body, "dry_run")).value_or(false);
    order.plan = TRY(text_member(body, "plan"));
    return order;
}

json::object json_of(const ImportChange& change) {
    json::array problems;
    for (const FileProblem& one : change.problems)
        problems.push_back(json::object{{"line", one.line}, {"message", one.message}});
    std::string diff = unified_diff(change.before, change.after, "", "");
    diff.erase(0, diff.find("@@"));  // without the names of files
    const bool is_cut = diff.size() > diff_bytes_max;
    if (is_cut) diff.resize(diff.rfind('\n', diff_bytes_max) + 1);
    return {{"verdict", name(change.verdict)},
            {"kind", name(change.key.kind)},
            {"id", change.key.id},
            {"title", change.title},
            {"file", change.file},
            {"line", change.line},
            {"diff", change.verdict == ImportVerdict::Refused ? "" : diff},
            {"diff_cut", is_cut},
            {"problems", std::move(problems)}};
}

HttpAnswer plan_answer(const ImportPlan& plan, bool applied) {
    std::map<ImportVerdict, int64_t> counts;
    json::array changes;
    for (const ImportChange& one : plan.changes) {
        counts[one.verdict]++;
        changes.push_back(json_of(one));
    }
    return answer(json::object{{"applied", applied},
                               {"plan", plan.mark()},
                               {"added", counts[ImportVerdict::Added]},
                               {"changed", counts[ImportVerdict::Changed]},
                               {"unchanged", counts[ImportVerdict::Unchanged]},
                               {"refused", counts[ImportVerdict::Refused]},
                               {"changes", std::move(changes)}});
}

// Makes the item, or changes the one that `there` is, which must not have changed meanwhile.
Result<void> put(const Call& call, const SyncKey& key, const SyncItem& item, const SyncItem* there) {
    const Actor& actor = call.caller.actor;
    const std::string& organisation = call.caller.organisation;
    const int64_t version = there == nullptr ? 0 : there->version;
    RuleStore& rules = call.platform.rules();
    if (const Rule* const rule = std::get_if<Rule>(&item.body)) {
        if (there == nullptr)
            TRY(rules.add_rule_as(actor, organisation, key.id, *rule));
        else
            TRY(rules.update_rule(actor, organisation, key.id, *rule, version));
    } else if (const auto* const settings = std::get_if<ManagedSettings>(&item.body)) {
        TRY(rules.set_settings(actor, organisation, key.id, *settings, version));
    } else {
        const ListFile& file = std::get<ListFile>(item.body);
        const NamedList list{file.name, file.description, file.items};
        if (there == nullptr)
            TRY(call.platform.lists().add(actor, organisation, list));
        else
            TRY(call.platform.lists().update(actor, organisation, there->server_id, list, version));
    }
    return {};
}

// In the order of the keys: rules call lists. What is done when one fails is in force all the same.
Result<void> apply(const Call& call, const ImportPlan& plan, const SyncItems& own) {
    Result<void> done;
    for (const auto& [key, item] : plan.items) {
        const auto there = own.find(key);
        if (there != own.end() && print_yaml(there->second) == print_yaml(item)) continue;
        done = put(call, key, item, there == own.end() ? nullptr : &there->second);
        if (done) continue;
        done.error().message = fmt::format("{}: {} '{}': {}; import it again to see what is left", item.file,
                                           name(key.kind), item.title, done.error().message);
        break;
    }
    TRY_VOID(call.platform.take_rules());
    return done;
}

Answered import_rules(Call& call) {
    const ImportOrder order = TRY(import_order(call.request));
    const SyncItems own = TRY(organisation_items(call));
    const ImportPlan plan = TRY(plan_import(order.files, {own, call.platform.shipped()}));
    if (order.dry_run) return plan_answer(plan, false);
    if (order.plan && *order.plan != plan.mark())
        return problem(409, "changed_meanwhile",
                       "the rules were changed meanwhile; look at what would change now");
    if (plan.is_refused()) return plan_answer(plan, false);
    TRY_VOID(apply(call, plan, own));
    return plan_answer(plan, true);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/rules/export", Access::Reader, export_rules},
    {Method::Post, "/api/v1/rules/import", Access::User, import_rules},
});

}  // namespace

std::span<const Route> rule_file_routes() { return routes; }

}  // namespace vigia
