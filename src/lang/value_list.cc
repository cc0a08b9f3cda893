#include "lang/value_list.h"

namespace vigia {

ValueList::ValueList(std::vector<std::string> items) : items_(std::move(items)) {
    for (const std::string& item : items_) {
        texts_.insert(item);
        if (const auto block = parse_cidr(item)) blocks_.insert(*block);
    }
}

bool ValueList::contains(std::string_view text) const {
    if (texts_.contains(text)) return true;
    if (blocks_.empty()) return false;
    const auto address = parse_address(text);
    return address && blocks_.contains(*address);
}

}  // namespace vigia
