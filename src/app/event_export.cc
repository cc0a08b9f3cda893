#include "app/event_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <cctype>
#include <deque>
#include <set>
#include <utility>

#include "app/api_json.h"
#include "base/file.h"
#include "base/log.h"
#include "base/names.h"
#include "base/random.h"
#include "store/columns.h"
#include "store/parquet_writer.h"

namespace vigia {

namespace {

constexpr auto formats = std::to_array<std::pair<std::string_view, ExportFormat>>({
    {"ndjson", ExportFormat::Ndjson},
    {"csv", ExportFormat::Csv},
    {"parquet", ExportFormat::Parquet},
});
constexpr std::string_view formula_signs = "=+-@\t\r";
constexpr size_t file_piece_bytes = 256 * 1024;
constexpr std::chrono::minutes page_time_max{5};

std::vector<std::string> store_fields() {
    std::vector<std::string> names;
    for (const EventColumn& column : event_columns()) names.emplace_back(column.field);
    return names;
}

Time time_of(const FoundEvent& event) { return Time{std::chrono::microseconds{event.time_us}}; }

// The values of one field in one cell: one as it is, several as a JSON list.
std::optional<std::string> cell_of(const std::vector<std::string>& values) {
    if (values.empty()) return std::nullopt;
    if (values.size() == 1) return values.front();
    return boost::json::serialize(boost::json::array(values.begin(), values.end()));
}

// The names of the columns of a table: what every event has, then the fields. One that is there already, in
// any case of its letters, gets a number.
std::vector<std::string> table_names(std::span<const std::string> fields) {
    std::vector<std::string> names{"time", "id", "type"};
    std::set<std::string> taken(names.begin(), names.end());
    const auto lower = [](std::string name) {
        std::ranges::transform(name, name.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return name;
    };
    for (const std::string& field : fields) {
        std::string name = field;
        for (int number = 2; !taken.insert(lower(name)).second; number++)
            name = fmt::format("{}_{}", field, number);
        names.push_back(std::move(name));
    }
    return names;
}

std::string csv_header(const FieldReader& fields) {
    std::string line;
    for (const std::string& name : table_names(fields.names()))
        line += (line.empty() ? "" : ",") + csv_cell(name);
    return line + "\r\n";
}

std::string csv_line(const FoundEvent& event) {
    std::string line =
        fmt::format("{},{},{}", format_rfc3339(time_of(event)), csv_cell(event.id), csv_cell(event.type));
    for (const auto& values : event.fields) (line += ",") += csv_cell(cell_of(values).value_or(""));
    return line + "\r\n";
}

// The pages of an export.
class Pages {
public:
    Pages(EventSearcher& searcher, ExportPlan plan) : searcher_(searcher), plan_(std::move(plan)) {
        plan_.search.filter = &plan_.filter;
        plan_.search.fields = plan_.fields ? &*plan_.fields : nullptr;
        plan_.search.limit = export_page_events;
    }
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;

    const ExportPlan& plan() const { return plan_; }
    std::span<const std::string> columns() const {
        return plan_.fields ? plan_.fields->names() : std::span<const std::string>();
    }
    // Nothing at the end.
    Result<std::vector<FoundEvent>> next() {
        if (is_done_) return std::vector<FoundEvent>();
        EventPage page =
            TRY(searcher_.page(plan_.search, {.time_max = page_time_max, .cancelled = &cancelled_}));
        plan_.search.after = page.next;
        is_done_ = !page.next;
        return std::move(page.events);
    }
    void cancel() { cancelled_ = true; }
    bool is_cancelled() const { return cancelled_; }

private:
    EventSearcher& searcher_;
    ExportPlan plan_;
    bool is_done_ = false;
    std::atomic<bool> cancelled_ = false;
};

class TextExport final : public BodyStream {
public:
    TextExport(std::unique_ptr<Pages> pages, std::vector<FoundEvent> first)
        : pages_(std::move(pages)), first_(std::move(first)) {}

    bool next(std::string& piece) override {
        if (first_) {
            if (pages_->plan().format == ExportFormat::Csv) piece = csv_header(*pages_->plan().fields);
            print(*std::exchange(first_, std::nullopt), piece);
            return true;
        }
        const auto events = pages_->next();
        is_whole_ = events.has_value();
        if (!events || events->empty()) return false;
        print(*events, piece);
        return true;
    }
    bool is_whole() const override { return is_whole_; }
    void cancel() override { pages_->cancel(); }

private:
    void print(const std::vector<FoundEvent>& events, std::string& piece) const {
        for (const FoundEvent& event : events)
            piece += pages_->plan().format == ExportFormat::Csv
                         ? csv_line(event)
                         : one_line(json_text(event, pages_->columns())) + "\n";
    }

    std::unique_ptr<Pages> pages_;
    std::optional<std::vector<FoundEvent>> first_;
    bool is_whole_ = true;
};

// Written whole to a file, then sent.
class ParquetExport final : public BodyStream, private DuckScan {
public:
    ParquetExport(std::unique_ptr<Pages> pages, std::vector<FoundEvent> first)
        : pages_(std::move(pages)),
          events_(std::move(first)),
          path_(fmt::format("{}/export-{}.parquet", pages_->plan().folder, hex(random_bytes(8)))) {}
    // What cannot be removed now is removed at the next start.
    ~ParquetExport() override { (void)remove_file(path_); }

    bool next(std::string& piece) override {
        if (file_ == nullptr && !open()) return false;
        piece.resize(file_piece_bytes);
        const auto count = file_->read(piece);
        piece.resize(count ? *count : 0);
        is_whole_ = count.has_value();
        return !piece.empty();
    }
    bool is_whole() const override { return is_whole_; }
    void cancel() override { pages_->cancel(); }

private:
    bool open() {
        is_whole_ = false;
        std::vector<DuckTable::Column> columns;
        for (std::string& name : table_names(pages_->columns()))
            columns.push_back({std::move(name), DuckColumn::Text});
        columns.front().type = DuckColumn::Timestamp;
        const auto written = write_parquet(path_, std::move(columns), *this);
        if (!written) {
            log(LogLevel::Error, "export", "an export to Parquet fails", {{"why", written.error().message}});
            return false;
        }
        auto opened = open_source(path_);
        if (!opened) return false;
        file_ = std::move(*opened);
        is_whole_ = true;
        return true;
    }

    Result<size_t> fill(DuckChunk& chunk) override {
        if (pages_->is_cancelled()) return error(ErrorKind::Conflict, "the export was cancelled");
        if (at_ == events_.size()) {
            const ExportPlan& plan = pages_->plan();
            if (TRY(free_bytes(plan.folder)) < plan.disk_bytes_min)
                return error(ErrorKind::Busy, "the disk is nearly full: export less at once");
            events_ = TRY(pages_->next());
            at_ = 0;
        }
        cells_.clear();
        size_t row = 0;
        for (; row < DuckChunk::rows_max() && at_ < events_.size(); row++, at_++)
            put(events_[at_], chunk, row);
        return row;
    }

    void put(const FoundEvent& event, DuckChunk& chunk, size_t row) {
        constexpr size_t fixed = 3;
        chunk.set(0, row, event.time_us);
        chunk.set(1, row, event.id);
        chunk.set(2, row, event.type);
        for (size_t i = 0; i < event.fields.size(); i++) {
            if (auto text = cell_of(event.fields[i]))
                chunk.set(fixed + i, row, cells_.emplace_back(std::move(*text)));
            else
                chunk.set_null(fixed + i, row);
        }
    }

    std::unique_ptr<Pages> pages_;
    std::vector<FoundEvent> events_;
    size_t at_ = 0;
    std::deque<std::string> cells_;  // the texts of the rows that were filled last
    std::string path_;
    std::unique_ptr<ByteSource> file_;
    bool is_whole_ = true;
};

}  // namespace

std::optional<ExportFormat> export_format_of(std::string_view name) { return value_in(formats, name); }

std::string_view file_extension(ExportFormat format) { return name_in(formats, format); }

std::string_view content_type(ExportFormat format) {
    switch (format) {
        case ExportFormat::Ndjson:
            return "application/x-ndjson";
        case ExportFormat::Csv:
            return "text/csv; charset=utf-8";
        case ExportFormat::Parquet:
            return "application/vnd.apache.parquet";
    }
    std::unreachable();
}

std::string csv_cell(std::string_view value) {
    std::string cell;
    if (!value.empty() && formula_signs.contains(value.front())) cell = "'";
    cell += value;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

Result<std::unique_ptr<BodyStream>> export_events(EventSearcher& searcher, ExportPlan plan) {
    if (!plan.fields && plan.format != ExportFormat::Ndjson)
        plan.fields = TRY(FieldReader::make(store_fields()));
    const ExportFormat format = plan.format;
    if (format == ExportFormat::Parquet) TRY_VOID(make_private_folder(plan.folder));
    auto pages = std::make_unique<Pages>(searcher, std::move(plan));
    std::vector<FoundEvent> first = TRY(pages->next());
    std::unique_ptr<BodyStream> stream;
    if (format == ExportFormat::Parquet)
        stream = std::make_unique<ParquetExport>(std::move(pages), std::move(first));
    else
        stream = std::make_unique<TextExport>(std::move(pages), std::move(first));
    return stream;
}

Result<void> clear_exports(const std::string& folder) {
    if (!is_folder(folder)) return {};
    for (const std::string& file : TRY(files_below(folder))) TRY_VOID(remove_file(file));
    return {};
}

}  // namespace vigia
