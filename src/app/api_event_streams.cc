#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/event_export.h"
#include "app/event_feed.h"
#include "store/columns.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds heartbeat_period{15'000};

Answered export_answer(Call& call) {
    const auto format = export_format_of(call.request.parameter("format").value_or("ndjson"));
    if (!format) return error(ErrorKind::BadInput, "'format' must be ndjson, csv or parquet");
    const std::string_view order = call.request.parameter("order").value_or("newest");
    if (order != "newest" && order != "oldest")
        return error(ErrorKind::BadInput, "'order' must be newest or oldest");
    auto columns = TRY(columns_parameter(call.request));
    return with_search(call, [&](EventSearch& search) -> Answered {
        ExportPlan plan{.format = *format,
                        .filter = *search.filter,
                        .search = search,
                        .fields = std::move(columns),
                        .folder = call.platform.exports_folder(),
                        .disk_bytes_min = IntakeOptions().disk_bytes_min};
        plan.search.after.reset();
        plan.search.order = order == "newest" ? EventOrder::NewestFirst : EventOrder::OldestFirst;
        HttpAnswer made;
        made.content_type = content_type(*format);
        made.headers.emplace_back("Content-Disposition",
                                  fmt::format("attachment; filename=\"events.{}\"", file_extension(*format)));
        made.stream = TRY(export_events(call.platform.searcher(), std::move(plan)));
        return made;
    });
}

// New events that a filter holds of, as server-sent events.
class EventTail final : public BodyStream {
public:
    EventTail(EventFeed& feed, const std::string& organisation, const SearchFilter& filter,
              std::optional<FieldReader> fields)
        : reader_(feed.follow(organisation)), rechecker_(filter), fields_(std::move(fields)) {}

    bool next(std::string& piece) override {
        if (!begun_) {
            begun_ = true;
            piece = "retry: 2000\n\n";
            return true;
        }
        if (cancelled_) return false;
        const EventFeed::Reader::Taken taken = reader_->take(heartbeat_period);
        if (cancelled_) return false;
        if (taken.missed > 0)
            piece += fmt::format("event: missed\ndata: {{\"events\":{}}}\n\n", taken.missed);
        for (const auto& batch : taken.batches) print(*batch, piece);
        // Said, too, when there was something, but nothing for this filter, that the client knows it is
        // followed.
        if (piece.empty()) piece = ": still here\n\n";
        return true;
    }

    void cancel() override {
        cancelled_ = true;
        reader_->stop();
    }

private:
    void print(const FeedBatch& batch, std::string& piece) {
        static const size_t account = column_index("account");
        std::vector<std::string_view> records;
        for (const uint32_t row : batch.accepted) records.push_back(batch.rows.record(row));
        const std::vector<bool> holds = rechecker_.holds(records);
        for (size_t i = 0; i < records.size(); i++) {
            if (!holds[i]) continue;
            const uint32_t row = batch.accepted[i];
            FoundEvent event{.time_us = microseconds(batch.rows.row(row).time),
                             .id = std::string(batch.rows.id(row)),
                             .type = std::string(batch.rows.row(row).type),
                             .account = std::string(batch.rows.value(row, account).value_or("")),
                             .record = std::string(records[i])};
            std::span<const std::string> names;
            if (fields_) {
                names = fields_->names();
                event.fields = fields_->read_records(std::span(&records[i], 1)).front();
            }
            piece += fmt::format("event: event\ndata: {}\n\n", one_line(json_text(event, names)));
        }
    }

    std::shared_ptr<EventFeed::Reader> reader_;
    Rechecker rechecker_;
    std::optional<FieldReader> fields_;
    bool begun_ = false;
    std::atomic<bool> cancelled_ = false;
};

Answered event_stream(Call& call) {
    auto columns = TRY(columns_parameter(call.request));
    return with_search(call, [&](EventSearch& search) -> Answered {
        HttpAnswer made;
        made.content_type = "text/event-stream";
        made.stream = std::make_unique<EventTail>(call.platform.feed(), search.organisation, *search.filter,
                                                  std::move(columns));
        return made;
    });
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/events/export", Access::Reader, export_answer},
    {Method::Get, "/api/v1/events/stream", Access::Reader, event_stream},
});

}  // namespace

std::span<const Route> event_stream_routes() { return routes; }

}  // namespace vigia
