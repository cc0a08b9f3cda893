#include "app/rule_tests.h"

#include <fmt/format.h>

#include "app/pipeline.h"
#include "model/quote.h"
#include "normalise/json_document.h"
#include "normalise/normaliser.h"

namespace vigia {

namespace {

void print_into(const Json& json, std::string& text) {
    switch (json.kind) {
        case Json::Kind::Text:
            text += quote(json.text);
            return;
        case Json::Kind::Null:
        case Json::Kind::Number:
        case Json::Kind::True:
        case Json::Kind::False:
            text += json.raw;
            return;
        case Json::Kind::Object:
            text += '{';
            for (const auto& [key, value] : json.members) {
                if (text.back() != '{') text += ',';
                text += quote(key) + ":";
                print_into(value, text);
            }
            text += '}';
            return;
        case Json::Kind::Array:
            text += '[';
            for (const Json& element : json.elements) {
                if (&element != &json.elements.front()) text += ',';
                print_into(element, text);
            }
            text += ']';
            return;
    }
}

}  // namespace

RuleTestRun run_test(const RuleTest& test, uint32_t rule, Detector& detector) {
    Normaliser normaliser;
    AlertBook book = make_alert_book(detector.rules());
    bool matched = false;
    for (const std::string& json : test.events) {
        const auto done = normaliser.normalise(json, [&](const Event& event) {
            for (const Hit& hit : detector.walk(event)) {
                if (hit.rule != rule || hit.verdict == Verdict::Suppressed) continue;
                matched = true;
                book.add(make_match(hit, event, detector.rules(), Records::Dropped));
            }
        });
        if (!done) return {.fires = false, .failure = done.error().message};
    }
    RuleTestRun run{.fires = test.whole_alert ? !book.alerts().empty() : matched, .failure = ""};
    if (run.fires != test.fires)
        run.failure = run.fires ? "fires, and should not" : "does not fire, and should";
    return run;
}

Result<void> settle_tests(Rule& rule) {
    JsonReader reader;
    for (RuleTest& test : rule.tests) {
        for (std::string& event : test.events) {
            const auto json = reader.read(event);
            if (!json || (*json)->kind != Json::Kind::Object)
                return error(ErrorKind::BadInput,
                             fmt::format("an event of the test '{}' is no JSON object{}", test.name,
                                         json ? "" : ": " + json.error().message));
            std::string text;
            print_into(**json, text);
            event = std::move(text);
        }
    }
    return {};
}

}  // namespace vigia
