#pragma once

#include <span>
#include <vector>

#include "lang/program.h"
#include "lang/tree_walk.h"
#include "model/event.h"
#include "model/path_trie.h"

namespace vigia {

// How some fields of the language are read of events of one type. It stays where it is.
class FieldTables {
public:
    enum class Objects : uint8_t { Mentioned, AsText };  // whether an object's value is its JSON text
    FieldTables(const FieldCatalogue& catalogue, std::span<const ast::Path> paths, Objects objects);
    FieldTables(const FieldTables&) = delete;
    FieldTables& operator=(const FieldTables&) = delete;

    const Wanted& wanted() const { return wanted_; }
    size_t size() const { return fields_.size(); }
    const Field& field(size_t at) const { return fields_[at]; }

    // Calls with each value of the field until a call answers true. The event's values are those that are
    // wanted, or it has its whole record.
    template <typename Visit>
    void any(const Event& event, size_t at, Visit visit) const {
        if (event.record == nullptr) {
            any_value(*event.values, tables_.operands()[operands_[at]], visit);
            return;
        }
        for (const Value& value : values_of(*event.record, fields_[at])) {
            if (visit(value)) return;
        }
    }

private:
    NamedLists lists_;
    ProgramTables tables_;
    std::vector<uint32_t> operands_;
    std::vector<Field> fields_;
    PathTrie paths_;
    Wanted wanted_;
};

}  // namespace vigia
