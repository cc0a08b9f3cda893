#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/event_search.h"
#include "serve/http_server.h"

namespace vigia {

enum class ExportFormat : uint8_t { Ndjson, Csv, Parquet };
std::optional<ExportFormat> export_format_of(std::string_view name);
std::string_view content_type(ExportFormat format);
std::string_view file_extension(ExportFormat format);

// Events a page of an export; fewer when their records are large.
constexpr size_t export_page_events = 5000;

// What an export is made of.
struct ExportPlan {
    ExportFormat format = ExportFormat::Ndjson;
    SearchFilter filter;
    EventSearch search;                 // without filter, fields and limit, which are the plan's
    std::optional<FieldReader> fields;  // none: whole records; CSV and Parquet have the store's columns then
    std::string folder;                 // for a Parquet file while it is sent
    uint64_t disk_bytes_min = 0;        // that must stay free there
};

// All events that the filter holds of, piece by piece, in the memory of a page: pages of the search, one
// after the other, each from the state of the store when its turn comes. An error when already the first page
// fails.
Result<std::unique_ptr<BodyStream>> export_events(EventSearcher& searcher, ExportPlan plan);

// A value as a cell of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before
// it.
std::string csv_cell(std::string_view value);

// Removes what exports left in the folder when the process was killed.
Result<void> clear_exports(const std::string& folder);

}  // namespace vigia
