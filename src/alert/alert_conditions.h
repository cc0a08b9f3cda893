#pragma once

#include "alert/alert_rows.h"
#include "alert/alert_store.h"

namespace vigia {

// Adds the conditions of the query but for its cursor and limit, to stand after "where". BadInput for more
// values than a query may have.
Result<void> add_conditions(Clause& clause, const AlertQuery& query);

// How many alerts the query holds of.
Result<uint64_t> count_alerts(SqlSession& session, const AlertQuery& query);

// "" or " and dismissed_at is …".
std::string_view status_condition(AlertStatus status);

// Where a page ended: "<time>-<id>". Ids of events may hold anything.
struct PageCursor {
    int64_t time = 0;
    std::string id;
};
std::string write_page_cursor(Time time, const std::string& id);
Result<PageCursor> read_page_cursor(std::string_view text);
// BadInput unless a page may have so many rows.
Result<void> check_page_limit(size_t limit);

// NotFound when the organisation has no such alert.
Result<StoredAlert> find_alert(SqlSession& session, const std::string& organisation, const std::string& id);
Error no_such_alert();

}  // namespace vigia
