#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "investigate/event_texts.h"
#include "investigate/title_template.h"

namespace vigia {

// One line that says what happened.
struct EventTitle {
    std::string_view
        code;  // of the sentence: "cloudtrail.called", so that a reader can be told in his language
    std::vector<TitleParameter> parameters;  // all that the sentence has
    std::string text;  // in English: "alice called s3:GetObject from 203.0.113.7 (AccessDenied)"
};

// Made by the event's type ("cloudtrail", "audit" …). Of the same calls it is the same.
EventTitle event_title(std::string_view type, const EventTexts& texts);

// A sentence that titles are made of, as title_template.h has them.
struct TitleSentence {
    std::string_view code;
    std::string_view text;
};
std::span<const TitleSentence> title_sentences();

// What titles of the type show that no column has; none for most types.
std::span<const std::string_view> title_paths(std::string_view type);
// The types whose titles need the record, as SQL: "'host', 'winsec'".
std::string types_with_title_paths();

// Of the text, and of each parameter.
constexpr size_t event_title_bytes_max = 300;

}  // namespace vigia
