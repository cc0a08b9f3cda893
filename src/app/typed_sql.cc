#include "app/typed_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/column_reader.h"
#include "normalise/catalogue.h"
#include "store/columns.h"
#include "store/duck.h"

namespace vigia {

namespace {

using TypesBySql = std::map<std::string, std::vector<std::string>>;

// The conditions of types that are asked the same, joined.
std::string join_types(const TypesBySql& types_by_sql) {
    if (types_by_sql.size() == 1) return types_by_sql.begin()->first;
    std::string text;
    for (const auto& [sql, types] : types_by_sql) {
        std::string names;
        for (const std::string& type : types) names += (names.empty() ? "" : ", ") + quote_sql(type);
        text += fmt::format("{}(type in ({}) and {})", text.empty() ? "(" : " or ", names, sql);
    }
    return text + ")";
}

// "" when it is all of them.
std::string type_condition(std::span<const EventType> types) {
    if (types.size() == event_types) return {};
    std::string names;
    for (const EventType type : types)
        names += (names.empty() ? "" : ", ") + quote_sql(catalogue(type).event_type);
    return fmt::format("type in ({}) and ", names);
}

}  // namespace

TypedSql typed_sql(const ast::Filter& filter, std::span<const EventType> types, const NamedLists& lists,
                   std::vector<std::string>& parameters) {
    TypedSql typed;
    if (types.empty()) return typed;
    TypesBySql plain, many;
    for (const EventType type : types) {
        const FieldCatalogue& fields = catalogue(type);
        const SqlFilter sql = compile_sql(filter, fields, lists, sql_columns(fields), parameters);
        plain[sql.plain].emplace_back(fields.event_type);
        many[sql.many].emplace_back(fields.event_type);
        typed.exact = typed.exact && sql.exact;
    }
    typed.plain = type_condition(types) + join_types(plain);
    typed.many = type_condition(types) + join_types(many);
    return typed;
}

std::optional<std::string> column_of(const ast::Path& path, std::span<const EventType> types) {
    for (size_t i = 0; i < event_columns().size(); i++) {
        const bool everywhere = std::ranges::all_of(types, [&](const EventType type) {
            const FieldCatalogue& fields = catalogue(type);
            return find_the_same(sql_columns(fields)[i].field, resolve(path, fields));
        });
        if (everywhere && !types.empty()) return std::string(event_columns()[i].name);
    }
    return std::nullopt;
}

}  // namespace vigia
