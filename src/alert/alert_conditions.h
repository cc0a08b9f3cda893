#pragma once

#include "alert/alert_rows.h"
#include "alert/alert_store.h"

namespace vigia {

// Adds the conditions of the query but for its cursor and limit, to stand after "where". BadInput for more
// values than a query may have.
Result<void> add_conditions(Clause& clause, const AlertQuery& query);

// "" or " and dismissed_at is …".
std::string_view status_condition(AlertStatus status);

// NotFound when the organisation has no such alert.
Result<StoredAlert> find_alert(SqlSession& session, const std::string& organisation, const std::string& id);
Error no_such_alert();

}  // namespace vigia
