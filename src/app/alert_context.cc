#include "app/alert_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catalog/settings.h"
#include "lang/tree_walk.h"
#include "model/quote.h"
#include "normalise/catalogue.h"
#include "normalise/normaliser.h"

namespace vigia {

namespace {

constexpr std::chrono::hours hour{1};

// The fields that alerts have whatever their rules aggregate by.
struct IdentityField {
    std::string_view field;
    std::string StoredAlert::* of_alert;
    std::string AlertTrace::* of_trace;
};
constexpr auto identity_fields = std::to_array<IdentityField>({
    {"accountId", &StoredAlert::account, &AlertTrace::account},
    {"region", &StoredAlert::region, &AlertTrace::region},
    {"hostname", &StoredAlert::host, &AlertTrace::host},
});

// A value with the days that are counted for it.
struct Tally {
    UsualValue value;
    std::set<std::chrono::sys_days> rule_days;
    std::set<std::chrono::sys_days> days;
};

std::vector<Tally> tallies_of(const StoredAlert& alert) {
    std::vector<Tally> all;
    for (const NamedValue& one : alert.aggregates)
        all.push_back({.value = {.field = one.name, .value = one.value}});
    for (const IdentityField& one : identity_fields) {
        const std::string& value = alert.*one.of_alert;
        const bool known =
            std::ranges::any_of(all, [&](const Tally& tally) { return tally.value.field == one.field; });
        if (!value.empty() && !known)
            all.push_back({.value = {.field = std::string(one.field), .value = value}});
    }
    return all;
}

bool names(const AlertTrace& trace, const UsualValue& value) {
    const bool aggregated = std::ranges::any_of(trace.aggregates, [&](const NamedValue& one) {
        return one.name == value.field && one.value == value.value;
    });
    return aggregated || std::ranges::any_of(identity_fields, [&](const IdentityField& one) {
               return one.field == value.field && trace.*one.of_trace == value.value;
           });
}

void count(Tally& tally, const AlertTrace& trace, bool same_rule, bool in_span) {
    UsualValue& value = tally.value;
    value.first_at = std::min(value.first_at.value_or(trace.first_at), trace.first_at);
    if (!in_span) return;
    const auto day = std::chrono::floor<std::chrono::days>(trace.created_at);
    value.alerts++;
    tally.days.insert(day);
    if (!same_rule) return;
    value.rule_alerts++;
    tally.rule_days.insert(day);
}

// What the language calls the event that a record holds.
std::optional<UsualEvents> read_event(std::string_view record) {
    std::optional<UsualEvents> read;
    Normaliser normaliser;
    // A record that was read once is read again; what is none is not asked about.
    (void)normaliser.normalise(record, [&](const Event& event) {
        const FieldCatalogue& fields = catalogue(event.type);
        const auto value = [&](std::string_view field) {
            const auto path = parse_field(field);
            const auto found = path ? first_value(*event.record, resolve(*path, fields)) : std::nullopt;
            return std::string(found.value_or(""));
        };
        read = UsualEvents{.event_type = std::string(fields.event_type),
                           .source = std::string(event.source),
                           .name = std::string(event.name),
                           .user = value("user"),
                           .host = value("hostname")};
    });
    return read;
}

// Questions about one event, as long as there is time.
class Questions {
public:
    Questions(EventSearcher& searcher, std::string organisation, const AlertContext& context,
              UsualEvents& events)
        : searcher_(searcher), organisation_(std::move(organisation)), context_(context), events_(events) {}

    Result<void> ask() {
        const std::string by_user = equal("user", events_.user);
        const std::string of_name = this->of_name();
        const std::string on_host = equal("hostname", events_.host);
        if (!by_user.empty()) TRY_VOID(ask_hours(by_user));
        if (!of_name.empty()) events_.of_name = TRY(ask_count(of_name));
        if (!of_name.empty() && !by_user.empty()) {
            events_.of_name_by_user = TRY(ask_count(of_name + " and " + by_user));
            events_.name_by_user_first_at = TRY(ask_first(of_name + " and " + by_user));
        }
        if (!by_user.empty() && !on_host.empty())
            events_.by_user_on_host = TRY(ask_count(by_user + " and " + on_host));
        if (!by_user.empty()) events_.user_first_at = TRY(ask_first(by_user));
        return {};
    }

private:
    static std::string equal(std::string_view field, std::string_view value) {
        return field.empty() || value.empty() ? "" : fmt::format("{} = {}", field, quote(value));
    }

    std::string of_name() const {
        const auto all = all_event_types();
        const auto type = std::ranges::find_if(
            all, [&](EventType one) { return catalogue(one).event_type == events_.event_type; });
        if (type == all.end()) return "";
        const FieldCatalogue& fields = catalogue(*type);
        const std::string source = equal(fields.source_path, events_.source);
        const std::string name = equal(fields.name_path, events_.name);
        if (name.empty()) return "";
        return equal("event_type", events_.event_type) + (source.empty() ? "" : " and " + source) + " and " +
               name;
    }

    // Runs `work` with the search for the filter. Nothing when the time is over, or the filter cannot be
    // said.
    template <typename Found, typename Work>
    Result<std::optional<Found>> search(const std::string& text, Work work) {
        const Duration left = until_ - steady_now();
        const auto made = SearchFilter::make(text, {});
        if (left <= Duration{0} || !made.filter) {
            events_.complete = false;
            return std::optional<Found>();
        }
        const EventSearch search{.organisation = organisation_,
                                 .since = context_.since,
                                 // The store's times are microseconds, and both its ends belong to a search.
                                 .until = context_.until - std::chrono::microseconds{1},
                                 .filter = &*made.filter,
                                 .limit = 1};
        Result<Found> found = work(search, DuckBound{.time_max = left});
        if (found) return std::optional<Found>(*std::move(found));
        if (found.error().kind != ErrorKind::Busy) return std::unexpected(found.error());
        events_.complete = false;
        return std::optional<Found>();
    }

    Result<std::optional<uint64_t>> ask_count(const std::string& filter) {
        return search<uint64_t>(filter, [&](const EventSearch& search, const DuckBound& bound) {
            return searcher_.count(search, bound);
        });
    }

    Result<void> ask_hours(const std::string& filter) {
        using Bars = std::vector<HistogramBar>;
        const auto bars = TRY(search<Bars>(filter, [&](const EventSearch& search, const DuckBound& bound) {
            return searcher_.histogram(search, hour, bound);
        }));
        if (!bars) return {};
        std::set<std::chrono::sys_days> days;
        std::array<uint64_t, 24> hours{};
        uint64_t events = 0;
        for (const HistogramBar& bar : *bars) {
            const Time begin{std::chrono::microseconds{bar.begin_us}};
            const auto day = std::chrono::floor<std::chrono::days>(begin);
            days.insert(day);
            hours.at(static_cast<size_t>((begin - day) / hour)) += bar.count;
            events += bar.count;
        }
        events_.by_user = events;
        events_.user_days = days.size();
        events_.user_hours = hours;
        return {};
    }

    // Over all events that are kept, the alert's own among them.
    Result<std::optional<Time>> ask_first(const std::string& filter) {
        const auto page =
            TRY(search<EventPage>(filter, [&](const EventSearch& search, const DuckBound& bound) {
                EventSearch all = search;
                all.since = std::nullopt;
                all.until = std::nullopt;
                all.order = EventOrder::OldestFirst;
                return searcher_.page(all, bound);
            }));
        if (!page || page->events.empty()) return std::optional<Time>();
        return std::optional<Time>(Time{std::chrono::microseconds{page->events.front().time_us}});
    }

    EventSearcher& searcher_;
    std::string organisation_;
    const AlertContext& context_;
    UsualEvents& events_;
    SteadyTime until_ = steady_now() + context_time_max;
};

}  // namespace

Result<void> AlertContexts::look_at_alerts(const StoredAlert& alert, AlertContext& context) {
    std::vector<Tally> tallies = tallies_of(alert);
    const auto traces =
        TRY(alerts_.traces(alert.organisation, alert.created_at - std::chrono::days(alert_retention_days),
                           alert.created_at, traces_max));
    context.alerts_complete = traces.size() < traces_max;
    for (const AlertTrace& trace : traces) {
        const bool in_span = trace.created_at >= alert.created_at - context_span;
        for (Tally& tally : tallies) {
            if (names(trace, tally.value)) count(tally, trace, trace.rule_id == alert.rule_id, in_span);
        }
    }
    for (Tally& tally : tallies) {
        tally.value.rule_days = tally.rule_days.size();
        tally.value.days = tally.days.size();
        context.values.push_back(std::move(tally.value));
    }
    return {};
}

Result<AlertContext> AlertContexts::of(const std::string& organisation, const std::string& id) {
    const StoredAlert alert = TRY(alerts_.find(organisation, id));
    AlertContext context{.since = alert.first_at - context_span, .until = alert.first_at};
    TRY_VOID(look_at_alerts(alert, context));
    const AlertEventPage latest = TRY(alerts_.events(organisation, id, "", 1));
    if (!latest.events.empty()) context.events = read_event(latest.events.front().record);
    if (context.events) TRY_VOID(Questions(searcher_, organisation, context, *context.events).ask());
    return context;
}

}  // namespace vigia
