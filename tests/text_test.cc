// Runs tests/<theme>/*.test. A case is a command line, its input, and what must come out: the first expected
// line begins with '-', and a blank line ends the case. Lines that begin with '#' before a command are
// comments. VIGIA_UPDATE=1 rewrites what must come out, and the git diff is the review.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "alert/alert_book.h"
#include "app/column_reader.h"
#include "app/rule_files.h"
#include "base/file.h"
#include "detect/detector.h"
#include "detect/title.h"
#include "ingest/records.h"
#include "investigate/dimensions.h"
#include "investigate/event_title.h"
#include "lang/explain.h"
#include "lang/tree_walk.h"
#include "model/quote.h"
#include "normalise/catalogue.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"
#include "store/columns.h"

namespace vigia {
namespace {

using Lines = std::vector<std::string>;

struct Case {
    Lines comments;
    std::string command;
    Lines input;
    Lines expected;
    size_t line = 0;
};

Lines split_lines(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string join(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
}

std::vector<Case> read_cases(const std::string& text) {
    std::vector<Case> cases;
    Case one;
    bool expecting = false;
    const Lines lines = split_lines(text + "\n\n");
    for (size_t i = 0; i < lines.size(); i++) {
        const std::string& line = lines[i];
        if (line.empty() && (expecting || one.command.empty())) {
            if (!one.command.empty()) cases.push_back(std::move(one));
            one = {};
            expecting = false;
        } else if (expecting) {
            one.expected.push_back(line);
        } else if (one.command.empty() && line.starts_with('#')) {
            one.comments.push_back(line);
        } else if (one.command.empty()) {
            one.command = line;
            one.line = i + 1;
        } else if (line.starts_with('-')) {
            one.expected.push_back(line.substr(1));
            expecting = true;
        } else {
            one.input.push_back(line);
        }
    }
    return cases;
}

// What the cases of one file share: rules and matches that earlier cases of it made.
class Runner {
public:
    std::string run(const Case& one) {
        const auto command = commands().find(one.command);
        if (command == commands().end()) return "no such command: " + one.command;
        std::string out = (this->*command->second)(one.input);
        while (out.ends_with('\n')) out.pop_back();
        return out;
    }

private:
    using Command = std::string (Runner::*)(const Lines&);
    static const std::map<std::string, Command>& commands() {
        static const std::map<std::string, Command> table{
            {"tokens", &Runner::tokens},
            {"parse", &Runner::parse_case},
            {"check", &Runner::check_case},
            {"sources", &Runner::sources},
            {"verdict", &Runner::verdict},
            {"verdicts", &Runner::verdicts},
            {"verdicts escaped", &Runner::verdicts_escaped},
            {"match", &Runner::match_case},
            {"search", &Runner::search},
            {"compile", &Runner::compile_case},
            {"index", &Runner::index_case},
            {"held", &Runner::held},
            {"explain", &Runner::explain_case},
            {"fold", &Runner::fold_case_},
            {"records", &Runner::records},
            {"events", &Runner::events},
            {"rule", &Runner::rule},
            {"detect", &Runner::detect},
            {"kind", &Runner::kind},
            {"title", &Runner::title},
            {"policy", &Runner::policy},
            {"alerts", &Runner::alerts},
            {"line", &Runner::line},
        };
        return table;
    }

    std::string tokens(const Lines& input) {
        std::string out;
        for (const Token& token : tokenize(join(input))) {
            out += fmt::format("{:<6} {}-{} {}\n", name(token.kind), token.span.begin, token.span.end,
                               token.text);
        }
        return out;
    }

    static std::string print_all(const std::vector<Diagnostic>& diagnostics, const std::string& text) {
        std::string out;
        for (const Diagnostic& one : diagnostics) out += print(one, text) + "\n";
        return out;
    }

    std::string parse_case(const Lines& input) {
        const std::string text = join(input);
        const ParseResult result = parse(text);
        std::string out = print_all(result.diagnostics, text);
        if (!result.filter) return out;
        const ParseResult again = parse(ast::print(*result.filter));
        if (!again.filter || !(*again.filter == *result.filter))
            return "PRINT DOES NOT PARSE BACK: " + ast::print(*result.filter);
        return out + ast::print_grouped(*result.filter);
    }

    NamedLists& lists() {
        if (lists_.empty()) {
            lists_.emplace("offices", std::make_unique<const ValueList>(
                                          std::vector<std::string>{"198.51.100.0/24", "2001:db8::/32"}));
            lists_.emplace("names",
                           std::make_unique<const ValueList>(std::vector<std::string>{"alice", "bob"}));
        }
        return lists_;
    }

    std::string check_case(const Lines& input) {
        const std::string text = join(input);
        const ParseResult result = parse_checked(text, catalogue(EventType::CloudTrail), lists());
        const std::string out = print_all(result.diagnostics, text);
        return out.empty() ? "ok" : out;
    }

    // Sources for verdicts: "NAME open" or "NAME closed", then its fields, "PATH TYPE", "alias NAME", and
    // aliases that stand for nothing, "nothing NAME".
    std::string sources(const Lines& input) {
        sources_.clear();
        for (const std::string& line : input) {
            const size_t begin = line.find_first_not_of(' '), space = line.find(' ', begin);
            const std::string first = line.substr(begin, space - begin), second = line.substr(space + 1);
            if (begin == 0)
                sources_.emplace_back().open = second == "open";
            else if (first == "alias" || first == "nothing")
                sources_.back().aliases.push_back({second, first == "alias"});
            else
                sources_.back().fields.push_back({first, second});
            if (begin == 0) sources_.back().name = first;
        }
        return "ok";
    }

    static FieldType field_type(std::string_view text) {
        for (const FieldType type : {FieldType::Text, FieldType::Number, FieldType::Timestamp,
                                     FieldType::Address, FieldType::Object}) {
            if (name(type) == text) return type;
        }
        return FieldType::Boolean;
    }

    // What was found, as programs read it. The console's parser is held to the same.
    static std::string print_findings(std::vector<Diagnostic> diagnostics) {
        std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic& one) { return one.span.begin; });
        std::string out = has_error(diagnostics) ? "" : "ok";
        for (const Diagnostic& one : diagnostics) {
            const Finding& finding = one.finding;
            out += fmt::format("{}{} {} {}-{}", out.empty() ? "" : "; ", name(one.level), finding.code,
                               one.span.begin, one.span.end);
            for (const auto& [parameter, value] : finding.params) {
                // A whole filter in the language's own print, which the console has not.
                if (parameter != "meaning") out += fmt::format(" {}={}", parameter, quote(value));
            }
        }
        return out;
    }

    std::string verdict_of(const std::string& text) {
        if (sources_.empty()) return print_findings(parse(text).diagnostics);
        static constexpr auto something = std::to_array<AliasReading>({{"x"}});
        std::vector<std::vector<FieldSpec>> fields(sources_.size());
        std::vector<std::vector<AliasSpec>> aliases(sources_.size());
        std::vector<FieldCatalogue> catalogues;
        for (size_t i = 0; i < sources_.size(); i++) {
            for (const auto& [path, type] : sources_[i].fields)
                fields[i].push_back({path, field_type(type), "what it means"});
            for (const auto& [alias, is_something] : sources_[i].aliases) {
                const std::span<const AliasReading> readings(something);
                aliases[i].push_back({alias, "what it means", readings.first(is_something ? 1 : 0)});
            }
            catalogues.push_back({sources_[i].name, sources_[i].open, "", "", fields[i], aliases[i]});
        }
        std::vector<const FieldCatalogue*> asked;
        for (const FieldCatalogue& one : catalogues) asked.push_back(&one);
        return print_findings(parse_checked(text, asked, lists()).diagnostics);
    }

    std::string verdict(const Lines& input) { return verdict_of(join(input)); }
    // Of filters, one a line.
    std::string verdicts(const Lines& input) {
        std::string out;
        for (const std::string& line : input) out += verdict_of(line) + "\n";
        return out;
    }
    // Of filters that are written as strings of the language.
    std::string verdicts_escaped(const Lines& input) {
        std::string out;
        for (const std::string& line : input) out += verdict_of(tokenize(line)[0].text) + "\n";
        return out;
    }

    // The program, and the predicates of which one must hold.
    std::string compile_case(const Lines& input) {
        const std::string text = join(input);
        const ParseResult result = parse_checked(text, catalogue(EventType::CloudTrail), lists());
        if (!result.filter) return print_all(result.diagnostics, text);
        ProgramTables tables(catalogue(EventType::CloudTrail), lists());
        const Program program = tables.compile(*result.filter);
        std::string out = tables.print(program);
        const auto anchors = tables.anchors(*result.filter);
        if (!anchors) return out + "no anchors";
        for (const uint32_t one : *anchors) out += "anchor " + tables.predicates()[one].printed + "\n";
        return out;
    }

    // How the predicates of each operand are asked, of filters one a line.
    std::string index_case(const Lines& input) {
        ProgramTables tables(catalogue(EventType::CloudTrail), lists());
        for (const std::string& line : input) {
            const ParseResult result = parse_checked(line, catalogue(EventType::CloudTrail), lists());
            if (!result.filter) return print_all(result.diagnostics, line);
            tables.compile(*result.filter);
        }
        std::string out;
        for (uint32_t operand = 0; operand < tables.operands().size(); operand++) {
            std::vector<uint32_t> predicates;
            for (uint32_t i = 0; i < tables.predicates().size(); i++) {
                if (tables.predicates()[i].operand == operand) predicates.push_back(i);
            }
            out += fmt::format("{}: {}\n", tables.operands()[operand].printed,
                               OperandIndex(tables, operand, predicates).print());
        }
        return out;
    }

    struct Split {
        std::string filter;
        Lines events;
    };
    static Split split(const Lines& input) {
        Split both;
        Lines filter;
        for (const std::string& line : input) (line.starts_with('{') ? both.events : filter).push_back(line);
        both.filter = join(filter);
        return both;
    }

    // The verdict of the filter over each event that stands after it.
    std::string over_events(
        const Lines& input,
        const std::function<std::string(const ast::Filter&, const Json&, const TreeContext&)>& visit) {
        const Split both = split(input);
        const ParseResult result = parse_checked(both.filter, catalogue(EventType::CloudTrail), lists());
        if (!result.filter) return print_all(result.diagnostics, both.filter);
        const TreeContext context{catalogue(EventType::CloudTrail), lists()};
        std::string out;
        JsonReader reader;
        for (const std::string& event : both.events) {
            const auto json = reader.read(event);
            out += json ? visit(*result.filter, **json, context) : json.error().message + "\n";
        }
        return out;
    }

    std::string match_case(const Lines& input) {
        return over_events(input, [](const auto& filter, const Json& json, const auto& context) {
            return holds(filter, json, context) ? "yes\n" : "no\n";
        });
    }

    // As `vigia search` does it: the filter is asked of records of any type.
    std::string search(const Lines& input) {
        const Split both = split(input);
        Rule rule{.id = "yes", .filter = both.filter};
        std::vector<CheckedRule> rules;
        CheckedRuleResult checked = check_rule(std::move(rule), all_event_types(), all_catalogues(), lists());
        std::string out;
        for (const RuleDiagnostic& one : checked.diagnostics) out += print(one.diagnostic, one.text) + "\n";
        if (!checked.rule) return out;
        rules.push_back(std::move(*checked.rule));
        Detector detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues()));
        for (const std::string& record : both.events)
            out += over_record(detector, record,
                               [](std::span<const Hit> hits) { return hits.empty() ? "no\n" : "yes\n"; });
        return out;
    }

    // What is made of the hits in a record, by walking its tree; the one pass must come to the same.
    static std::string over_record(Detector& detector, const std::string& record,
                                   const std::function<std::string(std::span<const Hit>)>& print_hits) {
        Normaliser normaliser;
        std::string walked, scanned;
        const auto done = normaliser.normalise(
            record, [&](const Event& event) { walked += print_hits(detector.walk(event)); });
        if (!done) walked += "refused: " + done.error().message + "\n";
        std::string run = record;
        run.resize(record.size() + run_slack_bytes);
        EventScanner scanner;
        scanner.scan(
            std::string_view(run).substr(0, record.size()), detector,
            [&](const Event& event, std::string_view, uint64_t) {
                const auto hits = detector.detect(event);
                scanned = hits ? print_hits(*hits) : walked;
            },
            [&](std::string_view, uint64_t) { scanned = walked; });
        if (scanned.empty()) scanned = walked;
        return scanned == walked ? walked : "BY THE TREE: " + walked + "IN ONE PASS: " + scanned;
    }

    std::string explain_case(const Lines& input) {
        return over_events(input, [](const auto& filter, const Json& json, const auto& context) {
            return print(explain(filter, json, context));
        });
    }

    std::string fold_case_(const Lines& input) {
        return over_events(
            input, [](const auto& filter, const Json& json, const auto& context) -> std::string {
                const auto text = [&](std::string_view field) {
                    return std::string(
                        first_value(json, resolve(*parse_field(field), context.catalogue)).value_or(""));
                };
                const auto folded = fold(filter, text("eventSource"), text("eventName"), context);
                if (const bool* verdict = std::get_if<bool>(&folded)) return *verdict ? "true\n" : "false\n";
                return ast::print(std::get<ast::Filter>(folded)) + "\n";
            });
    }

    // Nothing is wanted of any event.
    class NoInterest final : public Interest {
    public:
        NoInterest() {
            none_.finish();
            wanted_.paths = &none_;
        }
        const Wanted& wanted(EventType, std::string_view, std::string_view) override { return wanted_; }

    private:
        PathTrie none_;
        Wanted wanted_;
    };

    using VisitRecord = std::function<std::string(std::string_view)>;

    // As far as the records at hand can be read as a run; false when none was.
    static bool read_run(RecordReader& reader, EventScanner& scanner, const VisitRecord& visit,
                         std::string& out) {
        const auto run = reader.run();
        if (!run || !*run) return false;
        NoInterest nothing;
        const auto done =
            scanner.scan((*run)->text, nothing,
                         [&](const Event&, std::string_view record, uint64_t) { out += visit(record); },
                         [&](std::string_view record, uint64_t) { out += visit(record); });
        reader.take(done.bytes, done.records);
        return done.records > 0;
    }

    enum class By : uint8_t { One, Run };

    static std::string of_records(const std::string& text, const VisitRecord& visit, By by = By::One) {
        RecordReader reader(memory_source(text));
        EventScanner scanner;
        std::string out;
        while (true) {
            if (by == By::Run && read_run(reader, scanner, visit, out)) continue;
            const auto next = reader.next();
            if (!next) return out + "error: " + next.error().message;
            if (std::holds_alternative<EndOfFile>(*next)) return out;
            if (const auto* refused = std::get_if<RefusedRecord>(&*next))
                out +=
                    fmt::format("refused {} at {}: {}\n", refused->number, refused->offset, refused->reason);
            else
                out += visit(std::get<RawRecord>(*next).text);
        }
    }

    std::string records(const Lines& input) {
        const auto print_record = [](std::string_view text) { return fmt::format("record {}\n", text); };
        const std::string one_by_one = of_records(join(input), print_record);
        const std::string by_runs = of_records(join(input), print_record, By::Run);
        return by_runs == one_by_one ? one_by_one : "ONE BY ONE:\n" + one_by_one + "BY RUNS:\n" + by_runs;
    }

    std::string events(const Lines& input) {
        Normaliser normaliser;
        return of_records(join(input), [&](std::string_view text) {
            std::string out;
            const auto done = normaliser.normalise(text, [&](const Event& event) {
                out += fmt::format("{} source={} name={} id={} account={} time={}\n",
                                   catalogue(event.type).event_type, event.source, event.name, event.id,
                                   event.account, event.time ? format_rfc3339(*event.time) : "none");
            });
            if (!done) return out + "refused: " + done.error().message + "\n";
            if (done->digests > 0) out += "digest\n";
            if (done->controls > 0) out += "control message\n";
            if (done->refused > 0) out += fmt::format("refused {}: {}\n", done->refused, done->reason);
            return out;
        });
    }

    // name, then type / filter / suppress lines.
    std::string rule(const Lines& input) {
        Rule rule{.id = input[0], .name = input[0]};
        for (const std::string& line : input) {
            if (line.starts_with("type ")) rule.type = *rule_type_of(line.substr(5));
            if (line.starts_with("filter ")) rule.filter = line.substr(7);
            if (line.starts_with("suppress ")) rule.suppressions.push_back(line.substr(9));
        }
        CheckedRuleResult checked = check_rule(std::move(rule), all_catalogues(), lists());
        std::string out;
        for (const RuleDiagnostic& one : checked.diagnostics)
            out += fmt::format("{}: {}\n", one.part, one.diagnostic.message);
        if (!checked.rule) return out;
        rules_.push_back(std::move(*checked.rule));
        return out + "ok";
    }

    // Of the rules so far, for a source and a name; before them may stand the type of a runtime event.
    std::string kind(const Lines& input) {
        std::string_view text = input[0];
        const auto word = [&] {
            const size_t space = std::min(text.find(' '), text.size());
            const std::string_view one = text.substr(0, space);
            text.remove_prefix(std::min(space + 1, text.size()));
            return one;
        };
        const std::string_view first = word();
        const auto type = runtime_event_type(first);
        const std::string_view source = type ? word() : first;
        return make_detector().print(type.value_or(EventType::CloudTrail), source, text);
    }

    Detector make_detector() {
        std::vector<CheckedRule> rules;
        for (const CheckedRule& one : rules_)
            rules.push_back(std::move(*check_rule(one.rule, all_catalogues(), lists()).rule));
        return Detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues()));
    }

    std::string detect(const Lines& input) {
        Detector detector = make_detector();
        std::string out;
        for (const std::string& record : input)
            out += over_record(detector, record, [&](std::span<const Hit> hits) {
                std::string text = hits.empty() ? "nothing\n" : "";
                for (const Hit& hit : hits)
                    text +=
                        fmt::format("{} {}\n", hit.verdict == Verdict::Matched ? "match     " : "suppressed",
                                    rules_[hit.rule].rule.id);
                return text;
            });
        return out;
    }

    std::string title(const Lines& input) {
        JsonReader reader;
        const auto json = reader.read(input[1]);
        if (!json) return json.error().message;
        const TitleTemplate title(input[0]);
        std::vector<std::optional<std::string_view>> values;
        for (const auto& field : title.fields()) {
            values.emplace_back();
            if (field) values.back() = first_value(**json, resolve(*field, catalogue(EventType::CloudTrail)));
        }
        std::string out;
        title.render(values, out);
        return out;
    }

    // The one line that says what happened in each record, then what it has in common with others.
    std::string line(const Lines& input) {
        std::string out;
        Normaliser normaliser;
        ColumnReader columns;
        for (const std::string& record : input) {
            const auto done = normaliser.normalise(record, [&](const Event& event) {
                EventRows rows(event_columns().size());
                columns.add(event, event.record->raw, Time{}, rows);
                EventTexts texts;
                for (size_t i = 0; i < rows.columns(); i++) {
                    if (const auto value = rows.value(0, i)) texts.set(event_columns()[i].name, *value);
                }
                const std::string_view type = rows.row(0).type;
                EventTexts of_title = texts;
                of_title.read_record(record, title_paths(type));
                const EventTitle title = event_title(type, of_title);
                out += fmt::format("{}\n  said {}", title.text, title.code);
                for (const TitleParameter& one : title.parameters) {
                    if (!one.value.empty()) out += fmt::format(" {}={}", one.name, json_text_of(one.value));
                }
                out += '\n';
                for (const DimensionValue& one : values_of(texts, record))
                    out += fmt::format("  {} {}{}\n", one.dimension->name, one.value,
                                       one.host.empty() ? "" : " on " + one.host);
            });
            if (!done) out += "refused: " + done.error().message + "\n";
        }
        return out;
    }

    std::string policy(const Lines& input) {
        const size_t space = input[0].find(' ');
        policy_ = {*parse_duration(input[0].substr(0, space)),
                   static_cast<uint32_t>(std::stoul(input[0].substr(space))),
                   {"user"}};
        return "ok";
    }

    // How many matches an alert book holds before it settles the earlier half.
    std::string held(const Lines& input) {
        held_max_ = std::stoul(input[0]);
        return "ok";
    }

    // One match a line: time, event id, user.
    std::string alerts(const Lines& input) {
        AlertBook book({policy_}, held_max_);
        for (const std::string& line : input) {
            const size_t first = line.find(' '), second = line.find(' ', first + 1);
            Match match;
            match.time = *parse_rfc3339("2026-03-04T" + line.substr(0, first) + "Z");
            match.add_text(line.substr(first + 1, second - first - 1));
            match.add_text("title");
            match.add_text(line.substr(second + 1));
            book.add(std::move(match));
        }
        std::string out;
        for (const Alert& alert : book.alerts()) {
            out += fmt::format("{} {}x created {} expires {} first {} last {}\n", alert.aggregates[0].value,
                               alert.count, format_rfc3339(alert.created_at).substr(11),
                               format_rfc3339(alert.expires_at), format_rfc3339(alert.first_at).substr(11),
                               format_rfc3339(alert.last_at).substr(11));
        }
        return out.empty() ? "none" : out;
    }

    struct TestSource {
        std::string name;
        bool open = false;
        std::vector<std::pair<std::string, std::string>> fields;  // path and type
        std::vector<std::pair<std::string, bool>> aliases;        // name, and whether it stands for something
    };
    NamedLists lists_;
    std::vector<TestSource> sources_;
    std::vector<CheckedRule> rules_;
    size_t held_max_ = held_matches_max;
    AlertPolicy policy_{std::chrono::hours{1}, 1, {"user"}};
};

std::string print_case(const Case& one, const std::string& out) {
    std::string text;
    for (const std::string& comment : one.comments) text += comment + "\n";
    text += one.command + "\n";
    for (const std::string& line : one.input) text += line + "\n";
    return text + "-" + out + "\n\n";
}

class TextFile : public testing::TestWithParam<std::string> {};

TEST_P(TextFile, HoldsWhatItSays) {
    const auto text = read_file(GetParam(), 1 << 20);
    ASSERT_TRUE(text.has_value());
    const bool update = std::getenv("VIGIA_UPDATE") != nullptr;
    std::string rewritten;
    Runner runner;
    const std::vector<Case> cases = read_cases(*text);
    EXPECT_FALSE(cases.empty());
    for (const Case& one : cases) {
        const std::string out = runner.run(one);
        rewritten += print_case(one, out);
        if (update) continue;
        EXPECT_EQ(join(one.expected), out) << GetParam() << ":" << one.line;
    }
    if (!update) return;
    ASSERT_TRUE(write_file(GetParam(), rewritten.substr(0, rewritten.size() - 1)).has_value());
}

std::vector<std::string> text_files() {
    std::vector<std::string> files;
    for (const std::string& file : files_below("tests").value_or(std::vector<std::string>{})) {
        if (file.ends_with(".test")) files.push_back(file);
    }
    return files;
}

INSTANTIATE_TEST_SUITE_P(Text, TextFile, testing::ValuesIn(text_files()), [](const auto& one) {
    std::string name = one.param;
    for (char& c : name) c = isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
});

}  // namespace
}  // namespace vigia
