#include "app/column_reader.h"

#include "base/assert.h"
#include "base/hash.h"
#include "base/random.h"
#include "lang/tree_walk.h"
#include "normalise/catalogue.h"
#include "store/columns.h"

namespace vigia {

namespace {

constexpr size_t made_id_bytes = 16;  // of the record's SHA-256

ast::Path column_path(const EventColumn& column) {
    auto path = parse_field(column.field);
    VIGIA_ASSERT(path.has_value());
    return *std::move(path);
}

void begin_row(const Event& event, std::string_view record, Time received, EventRows& rows) {
    const EventRows::Row row{.type = catalogue(event.type).event_type, .time = event.time.value_or(received)};
    if (!event.id.empty()) return rows.begin_row(row, event.id, record);
    rows.begin_row(row, "sha256-" + hex(sha256(record).substr(0, made_id_bytes)), record);
}

// One plain value is the column's; of others the column only says that they are there.
void set_column(EventRows& rows, size_t column, const Value& value, size_t count) {
    if (count == 1 && value.kind != ValueKind::Object)
        rows.set(column, value.text);
    else if (count > 0)
        rows.set_many(column);
}

}  // namespace

ColumnReader::ColumnReader() {
    std::vector<ast::Path> paths;
    for (const EventColumn& column : event_columns()) paths.push_back(column_path(column));
    for (size_t i = 0; i < event_types; i++)
        types_[i] = std::make_unique<const FieldTables>(catalogue(static_cast<EventType>(i)), paths,
                                                        FieldTables::Objects::Mentioned);
}

ColumnReader::~ColumnReader() = default;

bool ColumnReader::add(const Event& event, std::string_view record, Time received, EventRows& rows) {
    const FieldTables& type = *types_[static_cast<size_t>(event.type)];
    if (event.record == nullptr && !event.more->retake(type.wanted())) return false;
    begin_row(event, record, received, rows);
    for (size_t i = 0; i < type.size(); i++) {
        Value found;
        size_t count = 0;
        type.any(event, i, [&](const Value& value) {
            found = value;
            return ++count > 1;
        });
        set_column(rows, i, found, count);
    }
    return true;
}

std::vector<SqlColumn> sql_columns(const FieldCatalogue& catalogue) {
    std::vector<SqlColumn> columns;
    for (const EventColumn& column : event_columns())
        columns.push_back({std::string(column.name), resolve(column_path(column), catalogue),
                           static_cast<uint32_t>(columns.size())});
    return columns;
}

}  // namespace vigia
