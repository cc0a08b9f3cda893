#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alert/stored_alert.h"
#include "base/result.h"
#include "model/actor.h"
#include "model/alert_match.h"
#include "sql/database.h"

namespace vigia {

// Events that are kept of an alert: the first and the latest, this many of each.
constexpr size_t first_events_max = 500;
constexpr size_t last_events_max = 500;
constexpr size_t contributing_events_max = first_events_max + last_events_max;
// Matches of one key that wait for more; a threshold above it counts as it.
constexpr size_t pending_matches_max = 10'000;
// How long a match waits for others that come late, beyond its window.
constexpr Duration pending_grace = std::chrono::hours{24};

constexpr size_t alerts_page_max = 1000;
constexpr size_t histogram_buckets_max = 2000;
constexpr size_t group_buckets_max = 200;
constexpr size_t traces_max = 20'000;
constexpr size_t query_values_max = 10'000;           // of a list in a query
constexpr size_t chosen_ids_max = 10'000;             // that one call dismisses or assigns
constexpr size_t alert_text_characters_max = 10'000;  // of a note, of a reason's text
constexpr size_t assignee_bytes_max = 320;

enum class AlertStatus : uint8_t { Active, Dismissed, All };
enum class AlertOrder : uint8_t { Newest, Oldest };  // which come first

// Which alerts; what is left out holds of all.
struct AlertQuery {
    std::string organisation;
    AlertStatus status = AlertStatus::All;
    std::vector<int> severities;
    std::string rule_id;
    std::optional<std::vector<std::string>> rule_ids;  // of a ruleset; of none, no alert
    std::string ruleset;                               // that the rule came in
    std::string rule_type;                             // as a rule spells it
    std::string host;
    std::string agent;
    std::optional<std::string> assignee;  // "" is nobody
    std::optional<Time> from;             // created_at is from `from`, and before `until`
    std::optional<Time> until;
    std::string title;                 // a part of it, ASCII in either case
    std::optional<Time> raised_until;  // raised_at is not after it
    AlertOrder order = AlertOrder::Newest;
    std::string cursor;  // where the page before it ended
    size_t limit = 100;
};

struct AlertPage {
    std::vector<StoredAlert> alerts;  // in the query's order
    std::string next;                 // the cursor of the next page; empty when there is none
};

struct AlertEventPage {
    std::vector<AlertEvent> events;  // newest first
    std::string next;
};

// By severity: the first is severity_highest.
using SeverityCounts = std::array<uint64_t, severity_lowest>;

struct AlertBucket {
    Time begin;
    SeverityCounts counts{};
};

struct AlertCount {
    uint64_t count = 0;
    Time raised_until;
};

// The alerts of one rule.
struct AlertGroup {
    std::string rule_id;
    std::string rule_name;  // these three as one of them has it
    std::string ruleset;
    std::string rule_type;
    SeverityCounts counts{};
    uint64_t events = 0;
    Time first_at;  // of the first event
    Time last_at;
    Time created_at;               // of the newest alert
    std::vector<uint64_t> alerts;  // by bucket
};

struct AlertGroupPage {
    Time from;
    Duration bucket{0};
    std::vector<AlertGroup> groups;
    std::string next;
};

struct AlertTrace {
    std::string id;
    std::string rule_id;
    Time created_at;
    Time first_at;
    std::vector<NamedValue> aggregates;
    std::string account;
    std::string region;
    std::string host;
};

struct RuleDay {
    std::string rule_id;
    std::string day;
    uint64_t matched = 0;
    uint64_t suppressed = 0;
    uint64_t alerted = 0;

    bool operator==(const RuleDay&) const = default;
};

// What an alert is about: an AWS account, or an agent, which is a host where no agent is named.
enum class AlertPlace : uint8_t { Account, Agent };
struct PlaceAlerts {
    uint64_t all = 0;
    uint64_t active = 0;  // of them
};

// An alert and the event that raised it: of its events, the one at its created_at; of several, the first by
// id.
struct RaisedAlert {
    StoredAlert alert;
    std::string event_id;
};

struct Dismissal {
    std::string id;
    uint64_t count = 0;  // of the alerts that it dismissed
};

enum class AlertAction : uint8_t { Raised, Dismissed, Undone, Assigned, Noted };
std::string_view name(AlertAction action);

struct AlertHistoryEntry {
    Time time;
    Actor actor;  // nobody when it was raised
    AlertAction action = AlertAction::Raised;
    std::string detail;  // the reason, the assignee, the note
};

// Alerts, as long as they are kept. All that is asked for is asked of one organisation: what another one has
// is not found. A change of an alert is one transaction, and writers follow each other. Safe to use from many
// threads.
class AlertStore {
public:
    // Brings the schema up. Both must outlive the store.
    static Result<AlertStore> open(Database& database, const Clock& clock);

    struct Batch {
        uint64_t number = 0;
        const BatchMatches* matches = nullptr;
    };
    struct Applied {
        uint64_t raised = 0;   // new alerts
        uint64_t counted = 0;  // matches that were not known
    };
    // Called inside the transaction with each new alert.
    using Raised = std::function<Result<void>(SqlSession&, const StoredAlert&)>;

    // Applies batches of the node's inbox, each once: one whose number is not above the last that was applied
    // is passed over. All of it is one transaction.
    //
    // A match is counted in the alert of its key (organisation, rule, values of the aggregates) that is not
    // dismissed and has its time in [created_at - window, expires_at). Otherwise it waits, and when
    // `threshold` of them lie within less than `window`, an alert is made at the time of the last, with
    // all of them that it covers; its title and severity are those of the first. An event that an alert of
    // the key knows is not counted again.
    Result<Applied> apply(const std::string& node, std::span<const Batch> batches, const Raised& raised);
    // The number of the last batch that was applied; 0 before the first.
    Result<uint64_t> applied(const std::string& node);

    // BadInput for a cursor that was not given out, or more than is asked for at once.
    Result<AlertPage> list(const AlertQuery& query);
    Result<StoredAlert> find(const std::string& organisation, const std::string& id);
    Result<AlertEventPage> events(const std::string& organisation, const std::string& id,
                                  const std::string& cursor = "", size_t limit = 100);
    Result<AlertEvent> event(const std::string& organisation, const std::string& id,
                             const std::string& event_id);
    // The others of the same key, newest first.
    Result<std::vector<StoredAlert>> similar(const std::string& organisation, const std::string& id,
                                             size_t limit = 100);
    // Those whose created_at is from `from` and before `until`, newest first, at most so many.
    Result<std::vector<RaisedAlert>> raised_between(const std::string& organisation, Time from, Time until,
                                                    size_t limit);
    // Of these and what follows, the order, the cursor and the limit of the query mean nothing where nothing
    // else is said.
    Result<SeverityCounts> severity_counts(const AlertQuery& query);
    // How many there are, up to now where the query does not say until when they were raised: an alert that
    // is raised later has a later time, so that the answer's time names this very set from then on.
    Result<AlertCount> count(const AlertQuery& query);
    // By created_at, from the query's `from` until its `until`; buckets that hold nothing, too.
    Result<std::vector<AlertBucket>> histogram(const AlertQuery& query, Duration bucket);
    // By rule, what alerted last first: a page of groups by the query's cursor and limit. The line of each
    // has so many buckets, from the query's `from`, or the first alert of the page, until its `until`, or the
    // last.
    Result<AlertGroupPage> groups(const AlertQuery& query, size_t buckets);
    // What alerts were about, newest first, for whoever looks for values in many of them.
    Result<std::vector<AlertTrace>> traces(const std::string& organisation, Time from, Time until,
                                           size_t rows_max);
    // The alerts that changed after it, as they are now, in the order of their changes.
    Result<std::vector<StoredAlert>> changes_after(const std::string& organisation, int64_t change,
                                                   size_t limit = alerts_page_max);
    // The number of the last change that an alert of the organisation has.
    Result<int64_t> last_change(const std::string& organisation);
    // Of any organisation: one cheap query tells whether anything changed.
    Result<int64_t> last_change();
    // By rule and day, from "2026-11-25" on; days on which nothing happened are left out.
    Result<std::vector<RuleDay>> daily(const std::string& organisation,
                                       const std::vector<std::string>& rule_ids, const std::string& from_day);
    // The same of all rules.
    Result<std::vector<RuleDay>> daily(const std::string& organisation, const std::string& from_day);
    // When the last alert of each rule began, of those that began from `from` on.
    Result<std::map<std::string, Time>> last_alerts(const std::string& organisation, Time from);
    // How many alerts began from `from` and before `until`, by what they are about.
    Result<std::map<std::string, PlaceAlerts>> by_place(const std::string& organisation, AlertPlace place,
                                                        Time from, Time until);

    // Those that are dismissed already stay as they are. NotFound, and nothing is done, when one of them is
    // not there. A text is needed for the reason Other, and refused for others.
    Result<Dismissal> dismiss(const Actor& actor, const std::string& organisation,
                              const std::vector<std::string>& ids, DismissReason reason,
                              const std::string& reason_text = "");
    // All that the query holds of, whatever its cursor and limit. It must say raised_until: so the set is
    // the one that was looked at, whatever came since.
    Result<Dismissal> dismiss_matching(const Actor& actor, const AlertQuery& query, DismissReason reason,
                                       const std::string& reason_text = "");
    // Makes those active again that it dismissed and that did not change since. How many.
    Result<uint64_t> undo(const Actor& actor, const std::string& organisation, const std::string& dismissal);
    // To nobody: "".
    Result<StoredAlert> assign(const Actor& actor, const std::string& organisation, const std::string& id,
                               const std::string& assignee);
    // The same of many in one transaction; those that are the assignee's already stay as they are. NotFound,
    // and nothing is done, when one of them is not there. How many there are.
    Result<uint64_t> assign_all(const Actor& actor, const std::string& organisation,
                                const std::vector<std::string>& ids, const std::string& assignee);
    // All that the query holds of, whatever its cursor and limit. It must say raised_until, as when they are
    // dismissed.
    Result<uint64_t> assign_matching(const Actor& actor, const AlertQuery& query,
                                     const std::string& assignee);
    Result<void> add_note(const Actor& actor, const std::string& organisation, const std::string& id,
                          const std::string& note);
    // Oldest first.
    Result<std::vector<AlertHistoryEntry>> notes(const std::string& organisation, const std::string& id);
    Result<std::vector<AlertHistoryEntry>> history(const std::string& organisation, const std::string& id);

    // Removes alerts that were raised before it, with all that hangs on them. How many.
    Result<uint64_t> remove_before(Time time);

private:
    AlertStore(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    int64_t now() const { return nanoseconds(clock_->now()); }
    Result<Dismissal> dismiss_where(const Actor& actor, const AlertQuery& query,
                                    const std::vector<std::string>* ids, DismissReason reason,
                                    const std::string& reason_text);
    Result<uint64_t> assign_where(const Actor& actor, const AlertQuery& query,
                                  const std::vector<std::string>* ids, const std::string& assignee);

    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
