#include "notify/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/names.h"
#include "base/number.h"
#include "base/utf8.h"
#include "notify/backoff.h"

namespace vigia {

namespace {

constexpr std::string_view columns =
    "outbox.id, outbox.organisation, channel, alert, body, attempts, next_at, last_error, state, "
    "outbox.created_at, sent_at";

constexpr auto states = std::to_array<std::pair<std::string_view, OutgoingState>>(
    {{"waiting", OutgoingState::Waiting}, {"sent", OutgoingState::Sent}, {"dead", OutgoingState::Dead}});

OutgoingState state_of(std::string_view name) { return value_in(states, name).value_or(OutgoingState::Dead); }

// Where a page ended: "<time>-<id>".
Result<std::pair<int64_t, std::string>> read_cursor(std::string_view text) {
    const size_t dash = text.find('-');
    const auto time = parse_whole<int64_t>(text.substr(0, dash));
    if (!time || dash == std::string_view::npos || valid_utf8(text) != text ||
        text.find('\0') != std::string_view::npos)
        return error(ErrorKind::BadInput, "a cursor is the one that the page before it gave");
    return std::pair(*time, std::string(text.substr(dash + 1)));
}

Outgoing outgoing_of(const SqlRow& row) {
    return {.id = text(row[0]),
            .organisation = text(row[1]),
            .channel = text(row[2]),
            .alert = text(row[3]),
            .body = text(row[4]),
            .attempts = number(row[5]),
            .next_at = time_of(row[6]),
            .last_error = text(row[7]),
            .state = state_of(text(row[8])),
            .created_at = time_of(row[9]),
            .sent_at = optional_time_of(row[10])};
}

}  // namespace

std::string_view name(OutgoingState state) { return name_in(states, state); }

std::optional<OutgoingState> outgoing_state_of(std::string_view name) { return value_in(states, name); }

Result<bool> Outbox::put(SqlSession& session, const std::string& channel, const Notification& notification) {
    const auto rows =
        TRY(session.query("select id from channels where organisation = :organisation and id = :id",
                          {notification.organisation, channel}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such channel");
    const uint64_t put = TRY(session.execute(
        "insert into outbox (id, organisation, channel, alert, body, attempts, next_at, last_error, state, "
        "created_at) values (:id, :organisation, :channel, :alert, :body, 0, :next_at, '', 'waiting', "
        ":created_at) on conflict (channel, alert) do nothing",
        {random_uuid(), notification.organisation, channel, valid_utf8(notification.alert),
         write_notification(notification), now(), now()}));
    return put > 0;
}

Result<bool> Outbox::put(const std::string& channel, const Notification& notification) {
    bool is_new = false;
    TRY_VOID(database_.transaction([&](SqlSession& session) -> Result<void> {
        is_new = TRY(put(session, channel, notification));
        return {};
    }));
    if (is_new) announce();
    return is_new;
}

Result<std::vector<Outgoing>> Outbox::due(Time now, size_t rows_max, std::span<const std::string> held) {
    std::vector<SqlValue> parameters{nanoseconds(now)};
    std::string but;
    for (const std::string& channel : held) {
        but += fmt::format("{}:held{}", but.empty() ? " and channel not in (" : ", ", parameters.size());
        parameters.emplace_back(channel);
    }
    if (!but.empty()) but += ")";
    parameters.emplace_back(static_cast<int64_t>(rows_max));
    const auto rows = TRY(database_.query(
        fmt::format(
            "select {} from outbox join channels on channels.id = outbox.channel where state = 'waiting' "
            "and next_at <= :now and enabled = 1{} order by next_at limit :rows_max",
            columns, but),
        parameters));
    return all_of(rows, outgoing_of);
}

Result<uint64_t> Outbox::execute(std::string_view sql, std::initializer_list<SqlValue> parameters) {
    uint64_t changed = 0;
    TRY_VOID(database_.transaction([&](SqlSession& session) -> Result<void> {
        changed = TRY(session.execute(sql, parameters));
        return {};
    }));
    return changed;
}

Result<bool> Outbox::claim(const Outgoing& outgoing) {
    const uint64_t claimed = TRY(execute(
        "update outbox set next_at = :next_at where id = :id and state = 'waiting' and next_at = :seen",
        {now() + lease.count(), outgoing.id, nanoseconds(outgoing.next_at)}));
    return claimed > 0;
}

Result<void> Outbox::release(const Outgoing& outgoing) {
    TRY_VOID(execute("update outbox set next_at = :next_at where id = :id and state = 'waiting'",
                     {now(), outgoing.id}));
    return {};
}

Result<void> Outbox::sent(const Outgoing& outgoing) {
    TRY_VOID(
        execute("update outbox set state = 'sent', attempts = :attempts, last_error = '', sent_at = :sent_at "
                "where id = :id",
                {outgoing.attempts + 1, now(), outgoing.id}));
    return {};
}

Result<void> Outbox::failed(const Outgoing& outgoing, const Delivery& delivery) {
    const int64_t attempts = outgoing.attempts + 1;
    const bool dead = delivery.outcome == Delivery::Outcome::Refused || attempts >= attempts_max;
    const Duration asked = std::min(delivery.retry_after.value_or(Duration{0}), retry_after_max);
    const Duration wait = std::max(backoff(attempts, chance_()), asked);
    TRY_VOID(
        execute("update outbox set state = :state, attempts = :attempts, next_at = :next_at, last_error = "
                ":last_error where id = :id and state = 'waiting'",
                {std::string(name(dead ? OutgoingState::Dead : OutgoingState::Waiting)), attempts,
                 now() + wait.count(), delivery.error.substr(0, last_error_bytes_max), outgoing.id}));
    return {};
}

Result<OutgoingPage> Outbox::list(const OutgoingQuery& query) {
    if (query.limit == 0 || query.limit > outgoing_page_max)
        return error(ErrorKind::BadInput, fmt::format("a page has 1 to {} rows", outgoing_page_max));
    std::vector<SqlValue> parameters{query.organisation};
    std::string where = "organisation = :p0";
    const auto add = [&](std::string_view condition, SqlValue value) {
        where += fmt::format(" and {} :p{}", condition, parameters.size());
        parameters.push_back(std::move(value));
    };
    if (!query.channel.empty()) add("channel =", query.channel);
    if (!query.alert.empty()) add("alert =", query.alert);
    if (query.state) add("state =", std::string(name(*query.state)));
    if (!query.cursor.empty()) {
        const auto [time, id] = TRY(read_cursor(query.cursor));
        add("(created_at <", time);
        where +=
            fmt::format(" or (created_at = :p{} and id < :p{}))", parameters.size(), parameters.size() + 1);
        parameters.emplace_back(time);
        parameters.emplace_back(id);
    }
    parameters.emplace_back(static_cast<int64_t>(query.limit + 1));
    const auto rows = TRY(database_.query(
        fmt::format("select {} from outbox where {} order by created_at desc, id desc limit :p{}", columns,
                    where, parameters.size() - 1),
        parameters));
    OutgoingPage page{.rows = all_of(rows, outgoing_of)};
    if (page.rows.size() <= query.limit) return page;
    page.rows.resize(query.limit);
    page.next = fmt::format("{}-{}", nanoseconds(page.rows.back().created_at), page.rows.back().id);
    return page;
}

Result<std::map<std::string, Backlog>> Outbox::backlogs(const std::string& organisation) {
    const auto rows = TRY(database_.query(
        "select channel, state, count(*) from outbox where organisation = :organisation and state in "
        "('waiting', 'dead') group by channel, state",
        {organisation}));
    std::map<std::string, Backlog> backlogs;
    for (const SqlRow& row : rows) {
        Backlog& one = backlogs[text(row[0])];
        (state_of(text(row[1])) == OutgoingState::Dead ? one.dead : one.waiting) =
            static_cast<uint64_t>(number(row[2]));
    }
    return backlogs;
}

Result<void> Outbox::retry(const std::string& organisation, const std::string& id) {
    const uint64_t changed = TRY(
        execute("update outbox set state = 'waiting', attempts = 0, next_at = :next_at where organisation "
                "= :organisation and id = :id and state = 'dead'",
                {now(), organisation, id}));
    if (changed == 0) return error(ErrorKind::NotFound, "there is no such dead letter");
    announce();
    return {};
}

Result<uint64_t> Outbox::retry_all(const std::string& organisation, const std::string& channel) {
    const uint64_t changed = TRY(
        execute("update outbox set state = 'waiting', attempts = 0, next_at = :next_at where organisation "
                "= :organisation and channel = :channel and state = 'dead'",
                {now(), organisation, channel}));
    announce();
    return changed;
}

Result<std::vector<Outgoing>> Outbox::of_alert(const std::string& organisation, const std::string& alert) {
    const auto rows = TRY(database_.query(
        fmt::format("select {} from outbox where organisation = :organisation and alert = :alert order by "
                    "created_at, id",
                    columns),
        {organisation, alert}));
    return all_of(rows, outgoing_of);
}

Result<uint64_t> Outbox::forget(OutgoingState state, Time before) {
    return execute("delete from outbox where state = :state and created_at < :before",
                   {std::string(name(state)), nanoseconds(before)});
}

void Outbox::announce() {
    {
        const std::lock_guard lock(mutex_);
        announcements_++;
    }
    announced_.notify_all();
}

uint64_t Outbox::announcements() const {
    const std::lock_guard lock(mutex_);
    return announcements_;
}

void Outbox::wait(uint64_t seen, std::chrono::milliseconds timeout_ms, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    announced_.wait_for(lock, stop, timeout_ms, [&] { return announcements_ > seen; });
}

}  // namespace vigia
