#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "app/field_tables.h"
#include "lang/sql_filter.h"
#include "model/event.h"
#include "model/event_rows.h"

namespace vigia {

// Reads of events what the store has columns for. For one thread.
class ColumnReader {
public:
    ColumnReader();
    ~ColumnReader();

    // Adds the event as a row; one without a time gets `received`, one without an id gets one that is made of
    // its record. False when only the event's whole record can tell: nothing was added.
    bool add(const Event& event, std::string_view record, Time received, EventRows& rows);

private:
    std::array<std::unique_ptr<const FieldTables>, event_types> types_;
};

// The store's columns as the filters of events of this type find them.
std::vector<SqlColumn> sql_columns(const FieldCatalogue& catalogue);

}  // namespace vigia
