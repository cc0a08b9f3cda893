#include "app/field_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "app/column_reader.h"
#include "base/sorted.h"
#include "normalise/catalogue.h"
#include "store/columns.h"

namespace vigia {

// Tells the scanner what is read of each type.
struct FieldReader::Want final : Interest {
    const std::array<Type, event_types>& types;
    explicit Want(const std::array<Type, event_types>& of) : types(of) {}
    const Wanted& wanted(EventType type, std::string_view, std::string_view) override {
        return types[static_cast<size_t>(type)].tables->wanted();
    }
};

Result<FieldReader> FieldReader::make(std::vector<std::string> names) {
    if (names.size() > fields_asked_max)
        return error(ErrorKind::BadInput,
                     fmt::format("these are more than {} fields: ask for fewer", fields_asked_max));
    std::vector<ast::Path> paths;
    for (const std::string& name : names) {
        auto path = parse_field(name);
        if (!path)
            return error(ErrorKind::BadInput,
                         fmt::format("'{}' is no field: write a path as userIdentity.userName", name));
        paths.push_back(*std::move(path));
    }
    FieldReader reader;
    reader.names_ = std::move(names);
    for (size_t i = 0; i < event_types; i++) {
        const FieldCatalogue& fields = catalogue(static_cast<EventType>(i));
        const std::vector<SqlColumn> columns = sql_columns(fields);
        Type& type = reader.types_[i];
        type.tables = std::make_unique<const FieldTables>(fields, paths, FieldTables::Objects::AsText);
        for (size_t at = 0; at < paths.size(); at++) {
            const Field& field = type.tables->field(at);
            const auto column =
                std::ranges::find_if(columns, [&](const SqlColumn& one) { return same(one.field, field); });
            Place place;
            if (!field.constant.empty()) {
                place = {Place::Kind::Constant, 0, field.constant};
            } else if (field.sources.empty()) {
                place = {};
            } else if (column != columns.end()) {
                place = {Place::Kind::Column, static_cast<size_t>(column - columns.begin()), {}};
                type.many |= uint64_t{1} << column->bit;
                reader.columns_.push_back(place.column);
            } else {
                place = {Place::Kind::Record, 0, {}};
                type.needs_record = true;
            }
            type.places.push_back(place);
        }
    }
    sort_unique(reader.columns_);
    return reader;
}

const FieldReader::Type* FieldReader::type_of(std::string_view name) const {
    for (size_t i = 0; i < event_types; i++) {
        if (catalogue(static_cast<EventType>(i)).event_type == name) return &types_[i];
    }
    return nullptr;
}

bool FieldReader::read_columns(const DuckRows& rows, size_t row, size_t first, std::string_view type,
                               uint64_t many, Values& values) const {
    const Type* const known = type_of(type);
    if (known == nullptr || known->needs_record || (known->many & many) != 0) return false;
    values.assign(names_.size(), {});
    for (size_t i = 0; i < names_.size(); i++) {
        const Place& place = known->places[i];
        if (place.kind == Place::Kind::Constant) values[i].emplace_back(place.constant);
        if (place.kind != Place::Kind::Column) continue;
        const auto at = std::ranges::lower_bound(columns_, place.column) - columns_.begin();
        if (const auto text = rows.text(first + static_cast<size_t>(at), row)) values[i].emplace_back(*text);
    }
    return true;
}

FieldReader::Expression FieldReader::expression(size_t field) const {
    Expression made;
    made.sql = "case type";
    std::set<std::string> values;
    for (size_t i = 0; i < event_types; i++) {
        const Place& place = types_[i].places[field];
        std::string value = "null";
        switch (place.kind) {
            case Place::Kind::Nowhere:
                break;
            case Place::Kind::Constant:
                value = quote_sql(place.constant);
                break;
            case Place::Kind::Column:
                value = event_columns()[place.column].name;
                made.many |= uint64_t{1} << place.column;
                break;
            case Place::Kind::Record:
                return {};
        }
        // A column is null for events of types that do not have it.
        if (place.kind != Place::Kind::Nowhere) values.insert(value);
        made.sql += fmt::format(" when {} then {}",
                                quote_sql(catalogue(static_cast<EventType>(i)).event_type), value);
    }
    made.sql += " end";
    const bool is_one_column = values.size() == 1 && std::popcount(made.many) == 1;
    if (is_one_column) made.sql = *values.begin();
    return made;
}

std::vector<std::string_view> FieldReader::types_with(size_t field) const {
    std::vector<std::string_view> names;
    for (size_t i = 0; i < event_types; i++) {
        if (types_[i].places[field].kind != Place::Kind::Nowhere)
            names.push_back(catalogue(static_cast<EventType>(i)).event_type);
    }
    return names;
}

void FieldReader::read_records(std::span<const std::string_view> records, const Visit& visit) {
    Want want(types_);
    records_->each(records, want, [&](const Event& event, size_t record) {
        const FieldTables& tables = *types_[static_cast<size_t>(event.type)].tables;
        for (size_t i = 0; i < names_.size(); i++) {
            tables.any(event, i, [&](const Value& value) {
                visit(record, i, value);
                return false;
            });
        }
        return true;
    });
}

std::vector<FieldReader::Values> FieldReader::read_records(std::span<const std::string_view> records) {
    std::vector<Values> all(records.size(), Values(names_.size()));
    read_records(records, [&](size_t record, size_t field, const Value& value) {
        all[record][field].emplace_back(value.text);
    });
    return all;
}

}  // namespace vigia
