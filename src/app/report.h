#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline.h"

namespace vigia {

enum class Format : uint8_t { Text, Json, Ndjson, Sarif, Junit };

std::optional<Format> format_of(std::string_view name);

enum class Colour : uint8_t { Off, On };

// How much of each alert the text form shows.
enum class Detail : uint8_t { Line, Events };

struct ReportStyle {
    Format format = Format::Text;
    Colour colour = Colour::Off;
    Detail detail = Detail::Line;
};

// The alerts and what became of the input, in the form asked for. Text is for people: severest first, one
// line an alert, the counts last. JSON, NDJSON (one alert a line), SARIF 2.1.0 and JUnit XML are for
// machines.
std::string print_report(const std::vector<Alert>& alerts, const RuleSet& rules, const Outcome& outcome,
                         const ReportStyle& style);

// The counts, as the last lines of a text report: what was read, refused, seen before, matched and alerted.
std::string print_summary(const std::vector<Alert>& alerts, const RuleSet& rules, const Outcome& outcome);

std::string print(const Problem& problem);

// Safe to print on a terminal: control characters are written as \xNN.
std::string printable(std::string_view text);

std::string escape_xml(std::string_view text);

}  // namespace vigia
