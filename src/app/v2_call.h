#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/api_call.h"
#include "app/v2_values.h"

// What the calls of Threat Stack's API share. Their routes and handlers are as those of the native API, but
// for the answers. A path with a slash at its end is the one without.
namespace vigia {

std::span<const Route> v2_alert_routes();
std::span<const Route> v2_ruleset_routes();
std::span<const Route> v2_rule_routes();
std::span<const Route> v2_agent_routes();
std::span<const Route> v2_organisation_routes();

constexpr size_t v2_page_size = 100;

HttpAnswer v2_errors(unsigned status, const std::vector<std::string>& errors);
HttpAnswer v2_error(const Error& error);

// A time of the query or of a body. BadInput for what is none.
Result<std::optional<Time>> v2_time(std::string_view name, std::optional<std::string_view> text);

// What a list is asked for: by the token that the page before gave, which replaces all else, or by the
// parameters of the query.
Result<V2Query> v2_query(const Call& call, std::string_view list);
// {"<name>":[…],"token":…}; `next` is the next page's cursor, or empty.
Answered v2_page(const V2Query& query, std::string_view name, boost::json::array items,
                 const std::string& next);

// One page of items that stand in the order of their ids, a page's cursor being the last id of the one
// before.
template <typename Item>
struct V2Slice {
    std::vector<Item> items;
    std::string next;
};
template <typename Item>
V2Slice<Item> v2_slice(std::vector<Item> all, const std::string& cursor, size_t limit = v2_page_size) {
    std::erase_if(all, [&](const Item& one) { return one.id <= cursor; });
    if (all.size() <= limit) return {std::move(all), ""};
    all.resize(limit);
    std::string next = all.back().id;
    return {std::move(all), std::move(next)};
}

}  // namespace vigia
