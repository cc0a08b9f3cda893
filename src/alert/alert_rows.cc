#include "alert/alert_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/assert.h"
#include "base/names.h"
#include "base/utf8.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr auto reasons = std::to_array<std::pair<std::string_view, DismissReason>>(
    {{"NONE", DismissReason::None},
     {"BUSINESS_OP", DismissReason::BusinessOperations},
     {"COMPANY_POLICY", DismissReason::CompanyPolicy},
     {"MAINTENANCE", DismissReason::Maintenance},
     {"OTHER", DismissReason::Other}});

// What one statement takes; SQLite's own bound is 32766.
constexpr size_t parameters_max = 4000;

}  // namespace

std::string_view name(DismissReason reason) { return name_in(reasons, reason); }

std::optional<DismissReason> dismiss_reason_of(std::string_view name) { return value_in(reasons, name); }

StoredAlert alert_of(const SqlRow& row) {
    VIGIA_ASSERT(row.size() >= alert_columns_count);
    StoredAlert alert{.id = text(row[0]),
                      .organisation = text(row[1]),
                      .key = text(row[2]),
                      .rule_id = text(row[3]),
                      .rule_name = text(row[4]),
                      .ruleset = text(row[5]),
                      .rule_type = text(row[6]),
                      .severity = static_cast<int>(number(row[7])),
                      .title = text(row[8]),
                      .aggregates = read_aggregates(text(row[9])),
                      .account = text(row[10]),
                      .region = text(row[11]),
                      .host = text(row[12]),
                      .agent = text(row[26]),
                      .first_at = time_of(row[13]),
                      .created_at = time_of(row[14]),
                      .last_at = time_of(row[15]),
                      .expires_at = time_of(row[16]),
                      .raised_at = time_of(row[17]),
                      .count = static_cast<uint64_t>(number(row[18])),
                      .assignee = text(row[19]),
                      .dismissed_by = text(row[21]),
                      .dismiss_reason = dismiss_reason_of(text(row[22])).value_or(DismissReason::None),
                      .dismiss_text = text(row[23]),
                      .change = number(row[24]),
                      .version = number(row[25])};
    alert.dismissed = !std::holds_alternative<std::monostate>(row[20]);
    if (alert.dismissed) alert.dismissed_at = time_of(row[20]);
    return alert;
}

std::vector<StoredAlert> alerts_of(const std::vector<SqlRow>& rows) {
    std::vector<StoredAlert> all;
    for (const SqlRow& row : rows) all.push_back(alert_of(row));
    return all;
}

std::string storable(std::string_view text) {
    std::string out = valid_utf8(text);
    std::ranges::replace(out, '\0', ' ');
    return out;
}

std::string write_aggregates(const std::vector<NamedValue>& aggregates) {
    std::vector<std::string> texts;
    for (const NamedValue& aggregate : aggregates) {
        texts.push_back(storable(aggregate.name));
        texts.push_back(storable(aggregate.value));
    }
    return quote_list(texts);
}

std::vector<NamedValue> read_aggregates(std::string_view text) {
    boost::system::error_code failure;
    const boost::json::value json = boost::json::parse(text, failure);
    const auto* const list = failure ? nullptr : json.if_array();
    std::vector<NamedValue> aggregates;
    if (list == nullptr) return aggregates;
    for (size_t i = 0; i + 1 < list->size(); i += 2) {
        const auto* const name = (*list)[i].if_string();
        const auto* const value = (*list)[i + 1].if_string();
        if (name == nullptr || value == nullptr) return {};
        aggregates.push_back({std::string(*name), std::string(*value)});
    }
    return aggregates;
}

std::string Clause::add(SqlValue value) {
    parameters.push_back(std::move(value));
    return fmt::format(":p{}", parameters.size() - 1);
}

Result<uint64_t> insert_rows(SqlSession& session, std::string_view into, std::span<const SqlRow> rows,
                             std::string_view after) {
    uint64_t changed = 0;
    while (!rows.empty()) {
        const size_t count = std::min(rows.size(), parameters_max / rows[0].size());
        Clause values;
        for (const SqlRow& row : rows.first(count))
            values.sql += (values.sql.empty() ? "" : ", ") + values.add_list(row);
        changed += TRY(session.execute(fmt::format("insert into {} values {} {}", into, values.sql, after),
                                       values.parameters));
        rows = rows.subspan(count);
    }
    return changed;
}

Result<AlertWriter> AlertWriter::open(SqlSession& session) {
    TRY_VOID(session.execute("update alert_changes set last = last + 1 where id = 1"));
    const auto rows = TRY(session.query("select last from alert_changes where id = 1"));
    if (rows.empty())
        return error(ErrorKind::Corrupt, "the database has lost its number of changes of alerts");
    return AlertWriter(number(rows[0][0]));
}

Result<void> AlertWriter::close(SqlSession& session) const {
    TRY_VOID(session.execute("update alert_changes set last = :last where id = 1", {last_}));
    return {};
}

}  // namespace vigia
