#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "base/log.h"
#include "base/utf8.h"

// What browsers tell of the console.
namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t csp_report_bytes_max = 16 * 1024;
constexpr int64_t csp_reports_a_minute_max = 60;
constexpr size_t reported_text_bytes_max = 200;

void count(Call& call, const char* outcome) { call.platform.metrics().csp_reports.with({outcome}).add(); }

// As far as it may stand in a log: without the query, which has what people look for.
std::string reported(const json::object& report, std::string_view name) {
    const json::value* const value = report.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    const std::string_view text(value->get_string().data(), value->get_string().size());
    return valid_utf8(text.substr(0, std::min(text.find_first_of("?#"), reported_text_bytes_max)));
}

// Anybody may send these, so they are few, short, and only told of.
Answered take_csp_report(Call& call) {
    const auto left = call.platform.public_rate().take("csp-report", csp_reports_a_minute_max);
    if (!left.allowed) {
        count(call, "over_rate");
        HttpAnswer refused = problem(429, "busy", "too many reports in this minute");
        const auto wait_s = std::chrono::ceil<std::chrono::seconds>(left.reset).count();
        refused.headers.emplace_back("Retry-After", std::to_string(wait_s));
        return refused;
    }
    if (call.request.body.size() > csp_report_bytes_max) {
        count(call, "refused");
        return problem(413, "too_large", "a report has at most 16 KiB");
    }
    const auto body = read_object(call.request.body);
    const json::value* const report = body ? body->if_contains("csp-report") : nullptr;
    if (report == nullptr || !report->is_object()) {
        count(call, "refused");
        return error(ErrorKind::BadInput, "the body must be a report of a browser: {\"csp-report\": {…}}");
    }
    const json::object& told = report->get_object();
    count(call, "taken");
    log(LogLevel::Warning, "console", "a browser tells that the console broke its content security policy",
        {{"directive", reported(told, "effective-directive")},
         {"blocked", reported(told, "blocked-uri")},
         {"source", reported(told, "source-file")},
         {"page", reported(told, "document-uri")},
         {"remote", call.request.remote},
         {"request", call.request.id}});
    return no_content();
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/csp-report", Access::Public, take_csp_report},
});

}  // namespace

std::span<const Route> console_routes() { return routes; }

}  // namespace vigia
