#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alert/stored_alert.h"
#include "base/result.h"
#include "sql/database.h"

namespace vigia {

// The columns of `alerts` that alert_of() reads, in its order.
constexpr std::string_view alert_columns =
    "alerts.id, organisation, key, rule_id, rule_name, ruleset, rule_type, severity, title, aggregates, "
    "account, "
    "region, host, first_at, created_at, last_at, expires_at, raised_at, events, assignee, dismissed_at, "
    "dismissed_by, dismiss_reason, dismiss_text, change, version, agent";
constexpr size_t alert_columns_count = 27;

StoredAlert alert_of(const SqlRow& row);
std::vector<StoredAlert> alerts_of(const std::vector<SqlRow>& rows);

// The text as both databases take it: valid UTF-8 without null characters.
std::string storable(std::string_view text);

// A JSON array of names and values in turn, and back.
std::string write_aggregates(const std::vector<NamedValue>& aggregates);
std::vector<NamedValue> read_aggregates(std::string_view text);

// A part of a statement with its parameters. They are named by their place, and must stand in the text in the
// order in which they were added.
struct Clause {
    std::string sql;
    std::vector<SqlValue> parameters;

    // ":p0", …
    std::string add(SqlValue value);
    // "(:p0, :p1, …)"; "(null)", which nothing is in, when there are none.
    template <typename Values>
    std::string add_list(const Values& values) {
        std::string list;
        for (const auto& value : values) list += (list.empty() ? "(" : ", ") + add(SqlValue(value));
        return list.empty() ? "(null)" : list + ")";
    }
};

// Inserts rows of equal width, many at a time. `into` is "table (columns)", `after` what stands behind the
// values. How many rows were changed.
Result<uint64_t> insert_rows(SqlSession& session, std::string_view into, std::span<const SqlRow> rows,
                             std::string_view after = "");

// The right to write alerts, of which there is one: held from open() until the transaction ends.
class AlertWriter {
public:
    static Result<AlertWriter> open(SqlSession& session);

    int64_t next_change() { return ++last_; }
    int64_t last_change() const { return last_; }
    void skip(uint64_t changes) { last_ += static_cast<int64_t>(changes); }
    // What was given out is used up.
    Result<void> close(SqlSession& session) const;

private:
    explicit AlertWriter(int64_t last) : last_(last) {}
    int64_t last_;
};

}  // namespace vigia
