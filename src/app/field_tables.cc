#include "app/field_tables.h"

namespace vigia {

FieldTables::FieldTables(const FieldCatalogue& catalogue, std::span<const ast::Path> paths, Objects objects)
    : tables_(catalogue, lists_) {
    for (const ast::Path& path : paths) {
        operands_.push_back(tables_.add({ast::Function::None, path}));
        fields_.push_back(resolve(path, catalogue));
    }
    paths_ = tables_.paths_of(tables_.slots_of(std::vector<bool>(tables_.operands().size(), true)));
    wanted_ = {&paths_, tables_.slots().size(), objects == Objects::AsText};
}

}  // namespace vigia
