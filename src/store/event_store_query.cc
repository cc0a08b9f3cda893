#include <algorithm>
#include <set>

#include "base/assert.h"
#include "store/columns.h"
#include "store/event_store_state.h"

// Questions to the events. A part that cannot be read is set aside, and the others answer.
namespace vigia {

namespace {

constexpr size_t ids_a_query = 500;

bool overlaps(const Part& part, const EventQuery& query) {
    return part.organisation == query.organisation && !part.damaged &&
           (!query.since || part.last >= *query.since) && (!query.until || part.first <= *query.until);
}

}  // namespace

std::string EventStore::from_text(const Snapshot& snapshot, const EventQuery& query) const {
    std::string range;
    if (query.since) range += fmt::format(" and time >= {}", sql_time(*query.since));
    if (query.until) range += fmt::format(" and time <= {}", sql_time(*query.until));
    const std::string columns = part_columns();
    std::string text;
    std::vector<std::string> paths;
    for (const auto& file : snapshot.parts) {
        if (overlaps(file->part, query)) paths.push_back(file->path);
    }
    if (!paths.empty())
        text = fmt::format("select {} from {} where true{}", columns, read_parquet(paths), range);
    for (const auto& tail : snapshot.tails) {
        text +=
            fmt::format("{}select {} from {} where organisation = {}{}", text.empty() ? "" : " union all ",
                        columns, tail->table, quote_sql(query.organisation), range);
    }
    return text;
}

Result<EventStore::Answer> EventStore::query(const EventQuery& query, const DuckBound& bound) {
    VIGIA_ASSERT(!query.organisation.empty());
    while (true) {
        auto taken = snapshot();
        DuckConnection connection = TRY(duck_.connect());
        const std::string from = from_text(*taken, query);
        std::string events;
        for (const std::string& where : query.where)
            events += fmt::format("{}select * from ({}) events where {}", events.empty() ? "" : " union all ",
                                  from, where);
        const std::string sql =
            fmt::format("select {} from ({}) events {}", query.select, events, query.rest);
        auto rows = connection.query(sql, query.parameters, bound);
        if (rows) {
            const EventQuery asked{
                .organisation = query.organisation, .since = query.since, .until = query.until};
            return Answer(*this, asked, std::move(taken), std::move(connection), std::move(*rows));
        }
        if (rows.error().kind != ErrorKind::Io || set_aside(parts_of(*taken, query)) == 0)
            return std::unexpected(rows.error());
    }
}

std::vector<std::shared_ptr<EventStore::PartFile>> EventStore::parts_of(const Snapshot& taken,
                                                                        const EventQuery& query) {
    std::vector<std::shared_ptr<PartFile>> files;
    for (const auto& file : taken.parts) {
        if (overlaps(file->part, query)) files.push_back(file);
    }
    return files;
}

// Rows were given already, so the question cannot begin anew here.
Result<bool> EventStore::Answer::next() {
    auto more = rows_.next();
    if (more || more.error().kind != ErrorKind::Io) return more;
    if (store_->set_aside(parts_of(*snapshot_, asked_)) == 0) return more;
    return error(ErrorKind::Corrupt, "a part of the lake is damaged and was set aside: ask again");
}

Result<void> EventStore::each_id(const Part& part, const std::function<void(const StoredId&)>& visit) {
    DuckConnection connection = TRY(duck_.connect());
    const auto failed = [&](const Error& failure) -> std::unexpected<Error> {
        if (failure.kind != ErrorKind::Io || set_aside(with_paths({&part, 1})) == 0)
            return std::unexpected(failure);
        return error(ErrorKind::Corrupt, fmt::format("{} is damaged and was set aside", part.path));
    };
    auto rows =
        connection.query(fmt::format("select account, id from {}", read_parquet(full_path(part.path))));
    if (!rows) return failed(rows.error());
    while (true) {
        const auto more = rows->next();
        if (!more) return failed(more.error());
        if (!*more) return {};
        for (size_t i = 0; i < rows->size(); i++)
            visit({rows->text(0, i).value_or(""), rows->text(1, i).value_or("")});
    }
}

// Those of them that are parts now and not set aside.
std::vector<std::shared_ptr<EventStore::PartFile>> EventStore::with_paths(std::span<const Part> parts) const {
    std::set<std::string_view> paths;
    for (const Part& part : parts) paths.insert(part.path);
    std::vector<std::shared_ptr<PartFile>> files;
    for (const auto& file : snapshot()->parts) {
        if (!file->part.damaged && paths.contains(file->part.path)) files.push_back(file);
    }
    return files;
}

Result<std::vector<std::string>> EventStore::known_ids(std::span<const Part> parts,
                                                       std::span<const std::string> ids) {
    while (true) {
        const auto files = with_paths(parts);
        auto known = ids_in(files, ids);
        if (known || known.error().kind != ErrorKind::Io || set_aside(files) == 0) return known;
    }
}

Result<std::vector<std::string>> EventStore::ids_in(std::span<const std::shared_ptr<PartFile>> files,
                                                    std::span<const std::string> ids) {
    std::vector<std::string> known;
    if (files.empty()) return known;
    std::vector<std::string> paths;
    for (const auto& file : files) paths.push_back(file->path);
    DuckConnection connection = TRY(duck_.connect());
    for (size_t begin = 0; begin < ids.size(); begin += ids_a_query) {
        std::string places;
        std::vector<DuckValue> parameters;
        for (size_t i = begin; i < std::min(ids.size(), begin + ids_a_query); i++) {
            parameters.emplace_back(ids[i]);
            places += fmt::format("{}${}", places.empty() ? "" : ", ", parameters.size());
        }
        auto rows = TRY(connection.query(
            fmt::format("select id from {} where id in ({})", read_parquet(paths), places), parameters));
        while (TRY(rows.next())) {
            for (size_t i = 0; i < rows.size(); i++) known.emplace_back(rows.text(0, i).value_or(""));
        }
    }
    return known;
}

}  // namespace vigia
