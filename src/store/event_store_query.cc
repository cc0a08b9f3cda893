#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/assert.h"
#include "store/columns.h"
#include "store/event_parts.h"
#include "store/event_store.h"

// How the store answers questions.
namespace vigia {

namespace {

constexpr size_t ids_a_query = 500;
constexpr int edge_steps = 60;  // halvings of a range of 64 bits, nearly to the end

// The store's times are whole microseconds, rounded down: what is later within the last one belongs to the
// range.
bool overlaps(const Part& part, const std::string& organisation, const TimeRange& range) {
    const auto until = [&] {
        return std::chrono::floor<std::chrono::microseconds>(*range.until) + std::chrono::microseconds{1};
    };
    return part.organisation == organisation && !part.damaged &&
           (!range.since || part.last >= *range.since) && (!range.until || part.first < until());
}
bool overlaps(const Part& part, const EventQuery& query) {
    return overlaps(part, query.organisation, {query.since, query.until});
}

// How many of a part's events stand between the two, when they stand evenly.
double share(const Part& part, int64_t from, int64_t to) {
    const int64_t first = nanoseconds(part.first), last = nanoseconds(part.last);
    if (to < first || from > last) return 0;
    if (from <= first && to >= last) return static_cast<double>(part.rows);
    const double inside =
        static_cast<double>(std::min(to, last)) - static_cast<double>(std::max(from, first));
    return static_cast<double>(part.rows) * inside / (static_cast<double>(last) - static_cast<double>(first));
}

// What stands for a file in the place of a row of a tail.
std::string tail_file(const Tail& tail) { return fmt::format("tail {}", tail.number()); }

// Names each parameter once: DuckDB takes none that the text does not name, and a condition of rows that are
// not asked may have had it.
std::string given_of(size_t parameters) {
    std::string names;
    for (size_t i = 1; i <= parameters; i++) names += fmt::format("{}${}", i == 1 ? "" : ", ", i);
    return names.empty() ? std::string() : fmt::format("with given as (select {}) ", names);
}

}  // namespace

std::string part_columns() {
    std::string text = "id, type, time, received, many";
    for (const EventColumn& column : event_columns()) text += fmt::format(", {}", column.name);
    return text + ", record";
}

namespace {

std::string quoted_list(std::span<const std::string> texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + quote_sql(text);
    return list;
}

// The file of a row of read_parquet(paths). By its index: with read_parquet's option "filename", whatever it
// names its column, DuckDB takes conditions of any column called filename for conditions of the paths, and
// leaves out all files.
std::string file_of_row(std::span<const std::string> paths) {
    return fmt::format("([{}])[file_index::bigint + 1]", quoted_list(paths));
}

}  // namespace

std::string read_parquet(std::span<const std::string> paths) {
    return fmt::format(
        "read_parquet([{}], union_by_name = true, hive_partitioning = false, file_row_number = true)",
        quoted_list(paths));
}

std::string EventStore::from_text(const Snapshot& snapshot, const EventQuery& query, bool of_many) {
    std::string range;
    if (query.since) range += fmt::format(" and time >= {}", sql_time(*query.since));
    if (query.until) range += fmt::format(" and time <= {}", sql_time(*query.until));
    const std::string columns = part_columns();
    std::string text;
    std::vector<std::string> paths;
    for (const auto& file : snapshot.parts) {
        if (overlaps(file->part, query) && (file->part.has_many || !of_many)) paths.push_back(file->path);
    }
    if (!paths.empty())
        text = fmt::format("select {}, {} as file, file_row_number as place from {} where true{}", columns,
                           file_of_row(paths), read_parquet(paths), range);
    for (const auto& tail : snapshot.tails) {
        text += fmt::format("{}select {}, '{}' as file, place from {}", text.empty() ? "" : " union all ",
                            columns, tail_file(*tail),
                            Tails::table(*tail, query.organisation, query.since, query.until));
    }
    return text;
}

Result<EventStore::Answer> EventStore::query(const EventQuery& query, const DuckBound& bound) {
    View taken = view();
    return this->query(taken, query, bound);
}

Result<EventStore::Answer> EventStore::query(View& view, const EventQuery& query, const DuckBound& bound) {
    VIGIA_ASSERT(!query.organisation.empty());
    while (true) {
        DuckConnection connection = TRY(duck_.connect());
        std::string events;
        for (const EventCondition& where : query.where)
            events += fmt::format("{}select * from ({}) events where {}", events.empty() ? "" : " union all ",
                                  from_text(*view, query, where.of_many), where.sql);
        const std::string sql =
            fmt::format("{}select {} from ({}) events {}", given_of(query.parameters.size()), query.select,
                        events, query.rest);
        auto rows = connection.query(sql, query.parameters, bound);
        if (rows) return Answer(*this, view, parts_of(*view, query), std::move(connection), std::move(*rows));
        if (rows.error().kind != ErrorKind::Io || set_aside(view, query) == 0)
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

// The view does without those as well that others set aside since it was taken.
size_t EventStore::set_aside(View& view, const EventQuery& query) {
    (void)set_aside(parts_of(*view, query));
    std::set<std::string_view> damaged;
    const View now = this->view();
    for (const auto& file : now->parts) {
        if (file->part.damaged) damaged.insert(file->path);
    }
    auto left = std::make_shared<Snapshot>(*view);
    const size_t gone = std::erase_if(left->parts, [&](const std::shared_ptr<PartFile>& file) {
        return !file->part.damaged && damaged.contains(file->path);
    });
    view = std::move(left);
    return gone;
}

// Rows were given already, so the question cannot begin anew here.
Result<bool> EventStore::Answer::next() {
    auto more = rows_.next();
    if (more || more.error().kind != ErrorKind::Io) return more;
    if (store_->set_aside(files_) == 0) return more;
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

// Each file is read by itself, so that only the row groups of its places are.
Result<std::vector<std::string>> EventStore::records(const View& view, const std::string& organisation,
                                                     std::span<const EventPlace> places,
                                                     const DuckBound& bound) {
    VIGIA_ASSERT(places.size() <= places_max);
    std::map<std::string, std::map<int64_t, std::vector<size_t>>> wanted;
    for (size_t i = 0; i < places.size(); i++) wanted[places[i].file][places[i].row].push_back(i);
    std::vector<std::string> records(places.size());
    for (const auto& tail : view->tails) {
        const auto found = wanted.find(tail_file(*tail));
        if (found == wanted.end()) continue;
        for (const auto& [row, at] : found->second) {
            const auto record = tail->record(organisation, static_cast<uint64_t>(row));
            for (const size_t place : at) records[place] = record.value_or("");
        }
        wanted.erase(found);
    }
    std::string sql;
    for (const auto& [file, rows] : wanted) {
        std::string numbers;
        for (const auto& [row, at] : rows) numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", row);
        sql += fmt::format(
            "{0}select {1} as file, file_row_number as place, record from {2} where file_row_number in ({3})",
            sql.empty() ? "" : " union all ", quote_sql(file), read_parquet(file), numbers);
    }
    if (sql.empty()) return records;
    const auto done = read_records(sql, bound, [&](const DuckRows& rows, size_t i) {
        const auto& file = wanted[std::string(rows.text(0, i).value_or(""))];
        for (const size_t at : file.at(rows.number(1, i).value_or(-1)))
            records[at] = rows.text(2, i).value_or("");
    });
    if (done) return records;
    if (done.error().kind != ErrorKind::Io) return std::unexpected(done.error());
    std::vector<std::shared_ptr<PartFile>> files;
    for (const auto& file : view->parts) {
        if (wanted.contains(file->path)) files.push_back(file);
    }
    if (set_aside(files) == 0) return std::unexpected(done.error());
    return error(ErrorKind::Corrupt, "a part of the lake is damaged and was set aside: ask again");
}

Result<void> EventStore::read_records(const std::string& sql, const DuckBound& bound,
                                      const std::function<void(const DuckRows&, size_t)>& take) {
    DuckConnection connection = TRY(duck_.connect());
    auto rows = TRY(connection.query(sql, {}, bound));
    while (TRY(rows.next())) {
        for (size_t i = 0; i < rows.size(); i++) take(rows, i);
    }
    return {};
}

// By halving: the events between the end and a time grow with the distance.
std::optional<Time> EventStore::window_edge(const View& view, const std::string& organisation,
                                            const TimeRange& range, EventOrder order, uint64_t rows) {
    std::vector<const Part*> parts;
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (const auto& file : view->parts) {
        if (!overlaps(file->part, organisation, range)) continue;
        parts.push_back(&file->part);
        first = std::min(first, nanoseconds(file->part.first));
        last = std::max(last, nanoseconds(file->part.last));
    }
    if (range.since) first = std::max(first, nanoseconds(*range.since));
    if (range.until) last = std::min(last, nanoseconds(*range.until));
    const auto count = [&](int64_t from, int64_t to) {
        double sum = 0;
        for (const Part* part : parts) sum += share(*part, from, to);
        return sum;
    };
    const auto wanted = static_cast<double>(rows);
    if (parts.empty() || count(first, last) <= wanted) return std::nullopt;
    int64_t few = order == EventOrder::NewestFirst ? last : first;
    int64_t enough = order == EventOrder::NewestFirst ? first : last;
    for (int i = 0; i < edge_steps && few != enough; i++) {
        const int64_t middle = std::midpoint(few, enough);
        const bool is_newest = order == EventOrder::NewestFirst;
        const double counted = is_newest ? count(middle, last) : count(first, middle);
        (counted >= wanted ? enough : few) = middle;
    }
    return Time{Duration{enough}};
}

EventStore::View EventStore::take_whole_parts(const View& view, const std::string& organisation,
                                              const TimeRange& range, Duration step,
                                              std::map<int64_t, uint64_t>& counted) {
    auto left = std::make_shared<Snapshot>(*view);
    const auto step_of = [&](Time time) {
        const int64_t length = step / std::chrono::microseconds{1};
        const int64_t at = microseconds(time);
        return at / length - (at % length < 0 ? 1 : 0);
    };
    std::erase_if(left->parts, [&](const std::shared_ptr<PartFile>& file) {
        const Part& part = file->part;
        const bool is_whole =
            overlaps(part, organisation, range) && (!range.since || part.first >= *range.since) &&
            (!range.until || part.last <= *range.until) && step_of(part.first) == step_of(part.last);
        if (is_whole) counted[step_of(part.first)] += part.rows;
        return is_whole;
    });
    return left;
}

// Of parts it is known; only the tails are asked.
Result<StoredFacts> EventStore::facts(const std::string& organisation) {
    const View taken = view();
    StoredFacts facts;
    const auto widen = [&](Time first, Time last) {
        facts.first = std::min(facts.first.value_or(first), first);
        facts.last = std::max(facts.last.value_or(last), last);
    };
    for (const auto& file : taken->parts) {
        if (file->part.organisation != organisation || file->part.damaged) continue;
        facts.parts++;
        facts.part_bytes += file->part.bytes;
        facts.events += file->part.rows;
        widen(file->part.first, file->part.last);
    }
    auto tails = std::make_shared<Snapshot>(*taken);
    tails->parts.clear();
    View of_tails = std::move(tails);
    auto rows = TRY(query(of_tails, {.organisation = organisation,
                                     .since = {},
                                     .until = {},
                                     .select = "count(*)::bigint, epoch_us(min(time)), epoch_us(max(time))",
                                     .rest = {},
                                     .parameters = {}}));
    if (!TRY(rows.next()) || rows.rows().size() == 0) return facts;
    facts.events_in_memory = static_cast<uint64_t>(rows.rows().number(0, 0).value_or(0));
    facts.events += facts.events_in_memory;
    const auto first = rows.rows().number(1, 0), last = rows.rows().number(2, 0);
    if (first && last) widen(Time{std::chrono::microseconds{*first}}, Time{std::chrono::microseconds{*last}});
    return facts;
}

}  // namespace vigia
