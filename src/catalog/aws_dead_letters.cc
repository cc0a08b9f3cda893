#include "catalog/aws_dead_letters.h"

#include <fmt/format.h>

#include <limits>

#include "base/number.h"
#include "base/random.h"

namespace vigia {

namespace {

constexpr std::string_view columns =
    "id, organisation, connection, kind, region, bucket, object_key, body, reason, attempts, first_at, "
    "last_at, retry";

AwsDeadLetter letter_of(const SqlRow& row) {
    using Kind = AwsDeadLetter::Kind;
    return {.id = text(row[0]),
            .organisation = text(row[1]),
            .connection = text(row[2]),
            .kind = text(row[3]) == name(Kind::Message) ? Kind::Message : Kind::Object,
            .region = text(row[4]),
            .bucket = text(row[5]),
            .key = text(row[6]),
            .body = text(row[7]),
            .reason = text(row[8]),
            .attempts = static_cast<uint64_t>(number(row[9])),
            .first_at = time_of(row[10]),
            .last_at = time_of(row[11]),
            .retry = number(row[12]) != 0};
}

Result<void> needed(uint64_t rows) {
    if (rows > 0) return {};
    return error(ErrorKind::NotFound, "there is no such dead letter");
}

}  // namespace

std::string_view name(AwsDeadLetter::Kind kind) {
    switch (kind) {
        case AwsDeadLetter::Kind::Object:
            return "object";
        case AwsDeadLetter::Kind::Message:
            return "message";
    }
    return "";
}

Result<void> AwsDeadLetters::put(const AwsDeadLetter& letter) {
    const int64_t now = nanoseconds(clock_->now());
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute(
            "insert into aws_dead_letters (id, organisation, connection, kind, region, bucket, object_key, "
            "body, reason, attempts, first_at, last_at, retry) values (:id, :organisation, :connection, "
            ":kind, :region, :bucket, :object_key, :body, :reason, 1, :first_at, :last_at, 0) on conflict "
            "(id) do update set reason = excluded.reason, attempts = aws_dead_letters.attempts + 1, last_at "
            "= "
            "excluded.last_at, retry = 0",
            {letter.id, letter.organisation, letter.connection, std::string(name(letter.kind)), letter.region,
             letter.bucket, letter.key, letter.body, letter.reason, now, now}));
        TRY_VOID(session.execute(
            "delete from aws_dead_letters where connection = :connection and id in (select id from "
            "aws_dead_letters where connection = :same order by last_at desc, id limit 1000 offset :kept)",
            {letter.connection, letter.connection, static_cast<int64_t>(connection_dead_letters_max)}));
        return {};
    });
}

Result<AwsDeadLetterPage> AwsDeadLetters::list(const AwsDeadLetterQuery& query) {
    // A cursor is the time and the id of the last one.
    const size_t dash = query.cursor.find('-');
    const auto before = parse_whole<int64_t>(query.cursor.substr(0, dash));
    const bool is_whole = before && dash != std::string::npos && from_hex(query.cursor.substr(dash + 1));
    if (!query.cursor.empty() && !is_whole)
        return error(ErrorKind::BadInput, "'cursor' must be what the page before gave as next");
    const int64_t time = before.value_or(std::numeric_limits<int64_t>::max());
    const std::string id = query.cursor.empty() ? "" : query.cursor.substr(dash + 1);
    const auto rows = TRY(database_->query(
        fmt::format("select {} from aws_dead_letters where organisation = :organisation and connection = "
                    ":connection and (last_at < :before or (last_at = :at and id > :id)) order by last_at "
                    "desc, id limit :rows",
                    columns),
        {query.organisation, query.connection, time, time, id, static_cast<int64_t>(query.limit)}));
    AwsDeadLetterPage page{all_of(rows, letter_of), ""};
    if (page.letters.size() == query.limit && !page.letters.empty())
        page.next = fmt::format("{}-{}", nanoseconds(page.letters.back().last_at), page.letters.back().id);
    return page;
}

Result<uint64_t> AwsDeadLetters::count(const std::string& connection) {
    const auto rows = TRY(database_->query(
        "select count(*) from aws_dead_letters where connection = :connection", {connection}));
    return static_cast<uint64_t>(number(rows[0][0]));
}

Result<void> AwsDeadLetters::retry(const std::string& organisation, const std::string& connection,
                                   const std::string& id) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        return needed(TRY(session.execute(
            "update aws_dead_letters set retry = 1 where organisation = :organisation and connection = "
            ":connection and id = :id",
            {organisation, connection, id})));
    });
}

Result<uint64_t> AwsDeadLetters::retry_all(const std::string& organisation, const std::string& connection) {
    uint64_t count = 0;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        count = TRY(session.execute(
            "update aws_dead_letters set retry = 1 where organisation = :organisation and connection = "
            ":connection",
            {organisation, connection}));
        return {};
    }));
    return count;
}

Result<std::vector<AwsDeadLetter>> AwsDeadLetters::wanted(const std::string& connection, size_t letters_max) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from aws_dead_letters where connection = :connection and retry = 1 order by "
                    "last_at limit :rows",
                    columns),
        {connection, static_cast<int64_t>(letters_max)}));
    return all_of(rows, letter_of);
}

Result<void> AwsDeadLetters::remove(const std::string& organisation, const std::string& connection,
                                    const std::string& id) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        return needed(
            TRY(session.execute("delete from aws_dead_letters where organisation = :organisation and "
                                "connection = :connection and "
                                "id = :id",
                                {organisation, connection, id})));
    });
}

}  // namespace vigia
