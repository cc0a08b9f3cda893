#include "normalise/catalogue.h"

#include <algorithm>
#include <array>

#include "model/rule_type.h"
#include "normalise/catalogue_tables.h"

namespace vigia {

namespace {

// By EventType.
constexpr auto catalogues = std::to_array<const FieldCatalogue*>({
    &cloudtrail_catalogue,
    &aws_event_catalogue,
    &audit_catalogue,
    &file_catalogue,
    &host_catalogue,
    &login_catalogue,
    &container_catalogue,
    &threat_intel_catalogue,
    &winsec_catalogue,
    &kubernetes_audit_catalogue,
    &kubernetes_config_catalogue,
});
static_assert(catalogues.size() == event_types);

}  // namespace

const FieldCatalogue& catalogue(EventType type) { return *catalogues[static_cast<size_t>(type)]; }

std::optional<EventType> runtime_event_type(std::string_view text) {
    const auto named = [&](EventType type) { return catalogue(type).event_type == text; };
    const auto all = all_event_types().subspan(first_runtime_type);
    const auto at = std::ranges::find_if(all, named);
    return at == all.end() ? std::nullopt : std::optional(*at);
}

std::string runtime_event_types() {
    std::string text;
    for (const EventType type : all_event_types().subspan(first_runtime_type)) {
        if (!text.empty()) text += ", ";
        text += catalogue(type).event_type;
    }
    return text;
}

}  // namespace vigia
