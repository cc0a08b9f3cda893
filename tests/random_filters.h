#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value_list.h"

namespace vigia {

// VIGIA_SEED, so that a run which failed can be had again; else a new one.
inline uint64_t seed_of_run() {
    const char* const given = std::getenv("VIGIA_SEED");
    return given != nullptr ? std::stoull(given) : std::random_device{}();
}

// Random filters, and random records that they may hold of. The same of the same seed.
class Maker {
public:
    explicit Maker(uint64_t seed) : random_(seed) {}

    size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

    template <typename T, size_t N>
    const T& one_of(const std::array<T, N>& items) {
        return items[below(N)];
    }

    std::string filter(size_t depth) {
        const size_t kind = depth == 0 ? 0 : below(6);
        if (depth == 3 && below(30) == 0)
            return "(requestParameters.b = \"xy\" and any(requestParameters.items, " + filter(0) + "))";
        if (kind == 1) return "(" + filter(depth - 1) + " and " + filter(depth - 1) + ")";
        if (kind == 2) return "(" + filter(depth - 1) + " or " + filter(depth - 1) + ")";
        if (kind == 3) return "not " + filter(depth - 1);
        return condition();
    }

    // One that may lack its kind, or say it twice.
    std::string odd_record() {
        return R"({"eventSource":)" + value() + R"(,"eventName":)" + value() + R"(,"errorCode":)" + value() +
               R"(,"requestParameters":{"a":)" + value() + R"(,"a.b":)" + value() + R"(,"items":[{"a":)" +
               value() + R"(,"eventName":)" + value() + R"(},)" + value() + "]}}";
    }

    // One as AWS writes them, its values apart.
    std::string record() {
        static constexpr auto kinds = std::to_array<std::string_view>({"\"x\"", "\"xy\"", "\"X\""});
        static constexpr auto blanks = std::to_array<std::string_view>({"", "", "", " ", "\n ", "\t"});
        const std::string blank(one_of(blanks));
        std::string text = "{" + blank + R"("userIdentity":)" + value() + blank + "," + blank;
        text += R"("eventSource":)" + std::string(one_of(kinds)) + R"(,"eventName":)" + blank +
                std::string(one_of(kinds)) + R"(,"recipientAccountId":"1","errorCode":)" + value() +
                R"(,"sourceIPAddress":)" + value() + R"(,"requestParameters":)";
        if (below(8) == 0) return text + value() + "}";
        text += R"({"a":)" + blank + value() + R"(,"b":)" + value() + blank;
        if (below(8) == 0) text += R"(,"a.b":)" + value();
        if (below(8) == 0) text += R"(,"a":)" + value();
        text += R"(,"items":[{"a":)" + value() + R"(,"eventName":)" + value() + R"(},)" + value() + ",[" +
                value() + "," + value() + "]]" + blank + "}";
        return text + blank + "}";
    }

    // A runtime event: of one type or another, its root in any order, now and then with a member twice.
    std::string runtime_record() {
        static constexpr auto types = std::to_array<std::string_view>(
            {R"("event_type":"audit")", R"("event_type":"audit")", R"("event_type":"host")",
             R"("_type":"login")", R"("event_type":"container","_type":"x")", R"("event_type":"file")",
             R"("event_type":"winsec")", R"("event_type":"kubernetes_audit")", R"("event_type":"x")",
             R"("event_type":7,"_type":"audit")", R"("event_type":"\u0061udit")"});
        static constexpr auto names =
            std::to_array<std::string_view>({"type",       "type",     "command",   "command",
                                             "_id",        "event_id", "id",        "user",
                                             "tty",        "method",   "timestamp", "event_time",
                                             "account_id", "sigid",    "group",     "requestParameters",
                                             "resource",   "action",   "_subtype",  "filename"});
        static constexpr auto kinds =
            std::to_array<std::string_view>({"\"x\"", "\"xy\"", "\"X\"", "\"x\"", "null", "\"\"", "7"});
        static constexpr auto times = std::to_array<std::string_view>(
            {"1654113399912", "\"1654113399912\"", "\"2026-03-04T08:00:00Z\"", "-1", "1.5", "null", "true"});
        static constexpr auto providers = std::to_array<std::string_view>(
            {R"({"cloud_provider":"aws","account_id":"1"})", R"({ "a" : [ {} ] , "account_id" : "2" })", "{}",
             R"({"account_id":7})", R"({"account_id":null,"account_id":"3"})", R"({"\u0061":1})", "[]",
             "\"x\""});
        std::vector<std::string> members{std::string(one_of(types))};
        for (const std::string_view name : names) {
            if (below(3) == 0) continue;
            if ((name == "type" || name == "command") && below(2) == 0) continue;
            const bool is_time = name == "timestamp" || name == "event_time";
            const bool is_kind =
                name == "type" || name == "command" || name == "method" || name == "_subtype";
            const std::string text(is_time ? one_of(times) : is_kind ? one_of(kinds) : "");
            members.push_back(fmt::format("\"{}\":{}", name, text.empty() ? value() : text));
        }
        if (below(3) > 0) members.push_back(fmt::format("\"provider_metadata\":{}", one_of(providers)));
        if (below(3) > 0)
            members.push_back(fmt::format(R"("connection":{{"src_addr":{},"dst_addr":{},"port":{}}})",
                                          value(), value(), value()));
        std::ranges::shuffle(members, random_);
        return fmt::format("{{{}}}", fmt::join(members, below(4) == 0 ? " , " : ","));
    }

private:
    std::string condition() {
        static constexpr auto fields =
            std::to_array<std::string_view>({"eventSource",
                                             "eventName",
                                             "errorCode",
                                             "sourceIPAddress",
                                             "ip",
                                             "port",
                                             "type",
                                             "command",
                                             "tty",
                                             "filename",
                                             "region",
                                             "event_time",
                                             "count(ip)",
                                             "connection.dst_addr",
                                             "requestParameters",
                                             "requestParameters.a",
                                             "requestParameters.a.b",
                                             "requestParameters.b",
                                             "requestParameters.items.a",
                                             "requestParameters.items[0].a",
                                             "requestParameters.items[2]",
                                             "requestParameters.items[2][1]",
                                             "requestParameters.a[1]",
                                             "requestParameters.items[*].eventName",
                                             "user",
                                             "accountId",
                                             "event_type",
                                             "event_type",
                                             "a",
                                             "userIdentity.b",
                                             "lower(eventName)",
                                             "lower(requestParameters.a)",
                                             "length(requestParameters.b)",
                                             "count(requestParameters.items)",
                                             "count(user)",
                                             "text(requestParameters.a)",
                                             "text(requestParameters)",
                                             "text()"});
        static constexpr auto rights = std::to_array<std::string_view>({"= \"x\"",
                                                                        "!= \"x\"",
                                                                        "= \"Xy\"",
                                                                        "= 1",
                                                                        "> 0",
                                                                        "<= \"b\"",
                                                                        "= null",
                                                                        "!= null",
                                                                        "exists",
                                                                        "is not null",
                                                                        "in (\"x\", 1, true)",
                                                                        "not in (\"x\", null)",
                                                                        "like \"x\"",
                                                                        "like \"b\"",
                                                                        "like \"\"",
                                                                        "like \"xy\"",
                                                                        "contains \"é\"",
                                                                        "like \"\\n\"",
                                                                        "contains \"y\"",
                                                                        "like \"z\"",
                                                                        "like (\"0\", \"tru\")",
                                                                        "starts_with (\"x\", \"y\")",
                                                                        "starts_with \"\"",
                                                                        "ends_with \"y\"",
                                                                        "ends_with \"xy\"",
                                                                        "glob \"*x*\"",
                                                                        "glob \"?\"",
                                                                        "glob \"x?\"",
                                                                        "glob \"*.1\"",
                                                                        "matches \"^x\"",
                                                                        "matches \"[xy]+$\"",
                                                                        "matches \"^$\"",
                                                                        "matches \"(?i)X\"",
                                                                        "= true",
                                                                        "= \"true\"",
                                                                        "= eventName",
                                                                        "!= errorCode",
                                                                        "> requestParameters.b",
                                                                        "= \"10.0.0.0/8\"",
                                                                        "in $blocks",
                                                                        "in $texts",
                                                                        "like $texts",
                                                                        "matches $texts",
                                                                        "!= \"::ffff:10.1.0.0/112\"",
                                                                        "= 1.0",
                                                                        "= \"audit\"",
                                                                        "= command"});
        return std::string(one_of(fields)) + " " + std::string(one_of(rights));
    }

    std::string value() {
        static constexpr auto values =
            std::to_array<std::string_view>({"\"x\"",
                                             "\"X\"",
                                             "\"xy\"",
                                             "1",
                                             "\"1\"",
                                             "0",
                                             "true",
                                             "null",
                                             "[]",
                                             "[\"x\",1]",
                                             "[null, {}]",
                                             "{\"b\":\"x\"}",
                                             "{ \"b\" : [ {\"b\":\"y\"} ] }",
                                             "{}",
                                             "\"\"",
                                             "1.0",
                                             "-0.5",
                                             "1e3",
                                             "12345678901234567890",
                                             "\"10.1.2.3\"",
                                             "\"::ffff:10.1.2.3\"",
                                             "\"192.168.0.1\"",
                                             "\"\\u0078\"",
                                             "\"a\\nb\"",
                                             "\"é\"",
                                             "\"\\ud83d\\ude00\"",
                                             "\"2026-03-04T08:00:00Z\"",
                                             "\"{[,]}\\\\\"",
                                             "{\"b\":{\"b\":false},\"b\":\"xy\"}",
                                             "[[\"y\",\"x\"],[]]",
                                             "{\"\\u0062\":\"x\"}",
                                             "{\"principalId\":\"A:xy\"}",
                                             "{\"userName\":\"x\"}",
                                             "{\"type\":\"Root\",\"userName\":null}",
                                             "{\"principalId\":{\"b\":\"a:b\"}}"});
        return std::string(one_of(values));
    }

    std::mt19937_64 random_;
};

inline NamedLists make_lists() {
    NamedLists lists;
    lists.emplace("blocks", std::make_unique<const ValueList>(std::vector<std::string>{"10.0.0.0/8", "x"}));
    lists.emplace("texts", std::make_unique<const ValueList>(std::vector<std::string>{"x", "xy", "1"}));
    return lists;
}

}  // namespace vigia
