#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/backtest.h"

namespace vigia {

namespace json = boost::json;

namespace {

std::string sse(std::string_view event, const json::object& data) {
    return fmt::format("event: {}\ndata: {}\n\n", event, json::serialize(data));
}

json::object json_of(const BacktestTotals& totals, bool compares) {
    json::object made{{"events", totals.events},   {"all_events", totals.all},
                      {"matched", totals.matched}, {"suppressed", totals.suppressed},
                      {"alerts", totals.alerts},   {"rechecked", totals.rechecked}};
    if (compares)
        made["compared"] =
            json::object{{"only_old", totals.only_old}, {"only_new", totals.only_new}, {"both", totals.both}};
    return made;
}

json::array json_of(const std::map<std::string, BacktestDay>& days) {
    json::array made;
    for (const auto& [day, counts] : days) {
        if (counts.matched + counts.suppressed + counts.alerted == 0) continue;
        made.push_back(json::object{{"day", day},
                                    {"matched", counts.matched},
                                    {"suppressed", counts.suppressed},
                                    {"alerted", counts.alerted}});
    }
    return made;
}

json::object json_of(const BacktestAlert& alert) {
    json::array aggregates;
    for (const NamedValue& one : alert.aggregates)
        aggregates.push_back(json::object{{"field", one.name}, {"value", one.value}});
    return {{"title", alert.title.empty() ? json::value(nullptr) : json::value(alert.title)},
            {"aggregates", std::move(aggregates)},
            {"first_at", format_rfc3339(alert.first_at)},
            {"created_at", format_rfc3339(alert.created_at)},
            {"last_at", format_rfc3339(alert.last_at)},
            {"count", alert.count}};
}

json::array json_of(const std::vector<BacktestEvent>& events) {
    json::array made;
    for (const BacktestEvent& one : events) {
        json::error_code failure;
        json::value record = json::parse(one.record, failure);
        made.push_back(json::object{{"id", one.id},
                                    {"time", format_rfc3339(one.time)},
                                    {"type", one.type},
                                    {"record", failure ? json::value(nullptr) : std::move(record)}});
    }
    return made;
}

struct SampleName {
    BacktestSample sample;
    std::string_view name;
};
constexpr auto sample_names = std::to_array<SampleName>({{BacktestSample::Matched, "matched"},
                                                         {BacktestSample::Suppressed, "suppressed"},
                                                         {BacktestSample::OnlyOld, "only_old"},
                                                         {BacktestSample::OnlyNew, "only_new"}});

// "event: progress" after each part of the work, at last "event: result", or "event: error".
class BacktestStream final : public BodyStream {
public:
    BacktestStream(std::unique_ptr<BacktestSlots::Slot> slot, EventStore& store, BacktestRules rules,
                   Backtest::Question question)
        : slot_(std::move(slot)),
          compares_(rules.old.has_value()),
          test_(store, std::move(rules), std::move(question)) {}

    bool next(std::string& piece) override {
        piece.clear();
        if (ended_) return false;
        const auto more = test_.step();
        ended_ = !more || !*more;
        if (!more)
            piece = sse("error", failure(more.error()));
        else
            piece = *more ? sse("progress", progress()) : sse("result", result());
        return true;
    }

    void cancel() override { test_.cancel(); }

private:
    static json::object failure(const Error& error) {
        return {{"code", error.kind == ErrorKind::Busy ? "too_much" : "failed"}, {"detail", detail_of(error)}};
    }

    json::object progress() const {
        json::object made = json_of(test_.totals(), compares_);
        made["days"] = json_of(test_.days());
        return made;
    }

    json::object result() const {
        json::object made = progress();
        json::array alerts;
        for (const BacktestAlert& one : test_.alerts()) alerts.push_back(json_of(one));
        made["newest_alerts"] = std::move(alerts);
        json::object samples;
        for (const auto& [sample, name] : sample_names) samples[name] = json_of(test_.samples(sample));
        made["samples"] = std::move(samples);
        return made;
    }

    std::unique_ptr<BacktestSlots::Slot> slot_;
    bool compares_;
    Backtest test_;
    bool ended_ = false;
};

// A rule that is there, as it is in force: with what the organisation settled and suppressed.
Result<Rule> rule_in_force(const Call& call, const std::string& id) {
    RuleStore& store = call.platform.rules();
    const std::string& organisation = call.caller.organisation;
    Rule rule;
    if (const Rule* const shipped = call.platform.shipped().find(id)) {
        rule = *shipped;
        for (const auto& one : TRY(store.all_settings(organisation))) {
            if (one.id != id) continue;
            rule.threshold = one.body.threshold.value_or(rule.threshold);
            rule.window = one.body.window.value_or(rule.window);
        }
    } else {
        rule = TRY(store.rule(organisation, id)).body;
    }
    for (const auto& one : TRY(store.suppressions(organisation, id))) {
        if (is_in_force(one.body, call.platform.clock().now())) rule.suppressions.push_back(one.body.filter);
    }
    return rule;
}

Result<std::optional<Time>> time_member(const json::object& body, std::string_view name) {
    const auto text = TRY(text_member(body, name));
    if (!text) return std::optional<Time>();
    const auto time = parse_rfc3339(*text);
    if (!time)
        return error(ErrorKind::BadInput, fmt::format("'{}' must be a time as 2026-11-25T10:00:00Z", name));
    return time;
}

Result<size_t> alerts_member(const json::object& body) {
    constexpr size_t usual = 100;
    const json::value* const alerts = body.if_contains("alerts");
    if (alerts == nullptr) return usual;
    const int64_t* const count = alerts->if_int64();
    if (count == nullptr || *count < 0 || *count > static_cast<int64_t>(backtest_alerts_max))
        return error(ErrorKind::BadInput,
                     fmt::format("'alerts' must be a number from 0 to {}", backtest_alerts_max));
    return static_cast<size_t>(*count);
}

Result<MadeBacktest> made_of(const Call& call, const json::object& body) {
    const std::string old_filter = TRY(text_member(body, "old_filter")).value_or("");
    const auto filter = TRY(text_member(body, "filter"));
    const auto id = TRY(text_member(body, "rule_id"));
    const json::value* const given = body.if_contains("rule");
    if ((given != nullptr) + filter.has_value() + id.has_value() != 1)
        return error(ErrorKind::BadInput, "give one of 'rule', 'rule_id' and 'filter'");
    if (filter && filter->empty()) return error(ErrorKind::BadInput, "'filter' must not be empty");
    NamedLists lists = call.platform.shipped().lists();
    if (filter) return make_filter_backtest(*filter, old_filter, std::move(lists));
    Rule rule;
    if (id) {
        rule = TRY(rule_in_force(call, *id));
    } else {
        if (const auto read = read_body(json::serialize(*given), rule); !read)
            return error(ErrorKind::BadInput, "'rule': " + read.error().message);
        TRY_VOID(check_body(rule));
        rule.id = "rule";
    }
    return make_backtest(std::move(rule), old_filter, std::move(lists));
}

Answered backtest(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    Backtest::Question question{.organisation = call.caller.organisation};
    question.since = TRY(time_member(body, "since"));
    question.until = TRY(time_member(body, "until"));
    question.alerts_max = TRY(alerts_member(body));
    MadeBacktest made = TRY(made_of(call, body));
    if (!made.rules) return bad_filter(made.diagnostics);
    auto slot = call.platform.backtests().take();
    if (slot == nullptr)
        return error(ErrorKind::Busy,
                     fmt::format("{} back-tests run already: try again when one has ended", backtests_max));
    HttpAnswer answered;
    answered.content_type = "text/event-stream";
    answered.stream = std::make_unique<BacktestStream>(std::move(slot), call.platform.events(),
                                                       *std::move(made.rules), std::move(question));
    return answered;
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/rules/backtest", Access::Reader, backtest},
});

}  // namespace

std::span<const Route> backtest_routes() { return routes; }

}  // namespace vigia
