#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/field_tables.h"
#include "app/stored_records.h"
#include "base/result.h"
#include "model/event.h"
#include "store/duck.h"

namespace vigia {

// Fields that are asked for together.
constexpr size_t fields_asked_max = 64;

// Reads fields of the language of stored events: of the store's columns where these hold what a field
// yields, of the records where they do not. For one thread.
class FieldReader {
public:
    // BadInput for what is no field, and for more than fields_asked_max.
    static Result<FieldReader> make(std::vector<std::string> names);

    std::span<const std::string> names() const { return names_; }
    // The store's columns that are needed, by their places in event_columns().
    std::span<const size_t> columns() const { return columns_; }

    // What a field yields, each value by its text.
    using Values = std::vector<std::vector<std::string>>;  // by field
    // From columns() of a row, which begin with column `first` of the answer; false when only the record can
    // tell.
    bool read_columns(const DuckRows& rows, size_t row, size_t first, std::string_view type, uint64_t many,
                      Values& values) const;
    // An SQL expression over columns that is the field's one value in rows whose bits `many` are not set;
    // empty when there is none for some type of event.
    struct Expression {
        std::string sql;
        uint64_t many = 0;
    };
    Expression expression(size_t field) const;

    // The event types in which there may be such a field.
    std::vector<std::string_view> types_with(size_t field) const;

    // Calls with each value that a field has in a record.
    using Visit = std::function<void(size_t record, size_t field, const Value& value)>;
    void read_records(std::span<const std::string_view> records, const Visit& visit);
    std::vector<Values> read_records(std::span<const std::string_view> records);

private:
    // Where events of one type have a field.
    struct Place {
        enum class Kind : uint8_t { Nowhere, Constant, Column, Record };
        Kind kind = Kind::Nowhere;
        size_t column = 0;  // in event_columns()
        std::string_view constant;
    };
    struct Type {
        std::unique_ptr<const FieldTables> tables;
        std::vector<Place> places;  // by field
        uint64_t many = 0;          // the bits of its columns
        bool needs_record = false;
    };
    struct Want;

    const Type* type_of(std::string_view name) const;

    std::vector<std::string> names_;
    std::array<Type, event_types> types_;
    std::vector<size_t> columns_;
    std::unique_ptr<StoredRecords> records_ = std::make_unique<StoredRecords>();
};

}  // namespace vigia
