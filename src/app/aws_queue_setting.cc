#include "app/aws_queue_setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/credentials.h"
#include "aws/sqs.h"

namespace vigia {

namespace {

// One row, one word that may follow the queue.
struct Word {
    std::string_view name;
    std::string& (*of)(AwsConnections::Configured& made);
};
constexpr auto words = std::to_array<Word>({
    {"name", [](AwsConnections::Configured& made) -> std::string& { return made.draft.name; }},
    {"region", [](AwsConnections::Configured& made) -> std::string& { return made.draft.region; }},
    {"role_arn", [](AwsConnections::Configured& made) -> std::string& { return made.draft.role_arn; }},
    {"external_id", [](AwsConnections::Configured& made) -> std::string& { return made.external_id; }},
});

std::unexpected<Error> bad(std::string_view what) {
    return error(ErrorKind::BadInput,
                 fmt::format("aws_queue: {}; it is ORGANISATION=QUEUE_URL, and behind a ; role_arn=…, "
                             "external_id=…, region=… or name=…",
                             what));
}

}  // namespace

Result<AwsConnections::Configured> parse_aws_queue(std::string_view text,
                                                   const std::vector<Organisation>& organisations,
                                                   const AwsEndpoints& endpoints) {
    AwsConnections::Configured made;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return bad("it names no organisation");
    const std::string_view whose = text.substr(0, equals);
    const auto known = std::ranges::find(organisations, whose, &Organisation::name);
    if (known == organisations.end())
        return error(
            ErrorKind::NotFound,
            fmt::format("aws_queue: there is no organisation '{0}'; make it with 'vigia organisation "
                        "add {0}'",
                        whose));
    made.organisation = known->id;
    text.remove_prefix(equals + 1);
    made.draft.queue_url = text.substr(0, text.find(';'));
    text.remove_prefix(made.draft.queue_url.size());
    while (!text.empty()) {
        text.remove_prefix(1);
        const std::string_view one = text.substr(0, text.find(';'));
        text.remove_prefix(one.size());
        const size_t at = std::min(one.find('='), one.size());
        const auto word = std::ranges::find(words, one.substr(0, at), &Word::name);
        if (word == words.end()) return bad(fmt::format("'{}' is no word of it", one.substr(0, at)));
        word->of(made) = one.substr(std::min(at + 1, one.size()));
    }
    const auto queue = SqsQueue::parse(made.draft.queue_url, made.draft.region, endpoints);
    if (!queue) return bad(queue.error().message);
    if (!made.draft.role_arn.empty() && !is_role_arn(made.draft.role_arn))
        return bad("role_arn is as arn:aws:iam::111122223333:role/vigia");
    if (made.draft.name.empty())
        made.draft.name = made.draft.queue_url.substr(made.draft.queue_url.rfind('/') + 1);
    return made;
}

}  // namespace vigia
