#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace vigia {

// Events as the store keeps them: a few of their fields as columns, and the whole record. It owns its texts.
class EventRows {
public:
    static constexpr uint32_t null = UINT32_MAX;

    explicit EventRows(size_t columns) : columns_(columns) {}

    struct Row {
        std::string_view type;  // its event_type, as the catalogue that lives for ever spells it
        Time time;
        uint64_t many = 0;  // a bit for each column of which the event has not one plain value
    };

    // Begins a row; what is not set of it is null.
    void begin_row(const Row& row, std::string_view id, std::string_view record) {
        rows_.push_back(row);
        cells_.resize(cells_.size() + fixed + columns_, Cell{});
        cell(rows_.size() - 1, id_at) = put(id);
        cell(rows_.size() - 1, record_at) = put(record);
    }
    // Of the last row.
    void set(size_t column, std::string_view text) { cell(rows_.size() - 1, fixed + column) = put(text); }
    void set_many(size_t column) { rows_.back().many |= uint64_t{1} << column; }

    size_t size() const { return rows_.size(); }
    size_t columns() const { return columns_; }
    size_t bytes() const { return texts_.size() + cells_.size() * sizeof(Cell); }
    const Row& row(size_t at) const { return rows_[at]; }
    std::string_view id(size_t at) const { return text(cell(at, id_at)); }
    std::string_view record(size_t at) const { return text(cell(at, record_at)); }
    std::optional<std::string_view> value(size_t at, size_t column) const {
        const Cell& one = cell(at, fixed + column);
        if (one.size == null) return std::nullopt;
        return text(one);
    }

private:
    struct Cell {
        size_t begin = 0;
        uint32_t size = null;
    };
    static constexpr size_t fixed = 2;  // id and record
    static constexpr size_t id_at = 0;
    static constexpr size_t record_at = 1;

    Cell put(std::string_view text) {
        const Cell made{texts_.size(), static_cast<uint32_t>(text.size())};
        texts_ += text;
        return made;
    }
    std::string_view text(const Cell& one) const {
        return std::string_view(texts_).substr(one.begin, one.size);
    }
    Cell& cell(size_t row, size_t at) { return cells_[row * (fixed + columns_) + at]; }
    const Cell& cell(size_t row, size_t at) const { return cells_[row * (fixed + columns_) + at]; }

    size_t columns_;
    std::string texts_;
    std::vector<Row> rows_;
    std::vector<Cell> cells_;
};

// The columns of a row that one bit each is kept for.
constexpr size_t event_columns_max = 64;

}  // namespace vigia
