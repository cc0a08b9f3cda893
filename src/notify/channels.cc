#include "notify/channels.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/conflict.h"
#include "base/random.h"
#include "base/utf8.h"
#include "notify/schema.h"

namespace vigia {

namespace {

constexpr std::string_view columns =
    "id, organisation, name, kind, settings, severity_max, filter, enabled, created_at, sealed, version";
constexpr size_t sealed_column = 9;
constexpr size_t version_column = 10;
constexpr size_t id_bytes = 12;

Channel channel_of(const SqlRow& row) {
    return {.id = text(row[0]),
            .organisation = text(row[1]),
            .name = text(row[2]),
            .kind = text(row[3]),
            .settings = text(row[4]),
            .has_secret = !text(row[sealed_column]).empty(),
            .severity_max = static_cast<int>(number(row[5])),
            .filter = text(row[6]),
            .enabled = number(row[7]) != 0,
            .created_at = time_of(row[8]),
            .version = number(row[version_column])};
}

std::string context_of(std::string_view id) { return fmt::format("channel {}", id); }

Result<void> check_draft(const ChannelDraft& draft) {
    if (draft.name.empty() || characters(draft.name) > channel_name_characters_max ||
        one_line(draft.name) != draft.name || valid_utf8(draft.name) != draft.name)
        return error(
            ErrorKind::BadInput,
            fmt::format("a channel has a name of 1 to {} characters, none of them a control character",
                        channel_name_characters_max));
    if (draft.severity_max < 1 || draft.severity_max > 3)
        return error(ErrorKind::BadInput, "a channel takes alerts of severity 1 to 1, 2 or 3");
    if (draft.filter.size() > channel_filter_bytes_max || valid_utf8(draft.filter) != draft.filter ||
        draft.filter.find('\0') != std::string::npos)
        return error(ErrorKind::BadInput, fmt::format("a channel's filter is a text of at most {} bytes",
                                                      channel_filter_bytes_max));
    return {};
}

// Whether the channel would speak to somebody else than before.
bool is_elsewhere(const ChannelKind& kind, const ChannelSettings& before, const ChannelSettings& after) {
    return std::ranges::any_of(kind.settings, [&](const SettingRule& rule) {
        return rule.is_place && before.texts(rule.name) != after.texts(rule.name);
    });
}

Error in_words(Error failure, const std::string& name) {
    if (failure.kind == ErrorKind::Conflict && failure.message.starts_with("database:"))
        return name_taken("a channel", name);
    return failure;
}

Notification test_notification(const std::string& organisation, const std::string& organisation_name,
                               Time now) {
    return {.alert = "test-" + random_uuid(),
            .organisation = organisation,
            .organisation_name = organisation_name,
            .title = "Test of a Vigia channel: nothing has happened",
            .severity = 3,
            .rule = "test",
            .rule_name = "Test",
            .description = "Somebody sent this test from the settings of the channel",
            .server_or_region = "test",
            .source = "Test",
            .created_at = now};
}

}  // namespace

Result<Channels> Channels::open(Database& database, Sealer sealer, const Clock& clock) {
    TRY_VOID(migrate(database, notify_steps(), "notify"));
    return Channels(database, std::move(sealer), clock);
}

Result<std::string> Channels::seal(const std::string& id, const std::string& secret) const {
    if (secret.empty()) return "";
    return sealer_.seal(secret, context_of(id));
}

Result<std::string> Channels::secret_of(const SqlRow& row) const {
    const std::string sealed = text(row[sealed_column]);
    if (sealed.empty()) return "";
    return sealer_.unseal(sealed, context_of(text(row[0])));
}

namespace {

Result<SqlRow> find_row(const std::vector<SqlRow>& rows) {
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such channel");
    return rows[0];
}

std::string select_one() {
    return fmt::format("select {} from channels where organisation = :organisation and id = :id", columns);
}

Result<Channel> find_channel(SqlSession& session, const std::string& organisation, const std::string& id) {
    const auto rows = TRY(session.query(select_one(), {organisation, id}));
    const SqlRow row = TRY(find_row(rows));
    return channel_of(row);
}

Result<void> check_version(const Channel& there, Channels::Expected expected) {
    if (!expected || *expected == there.version) return {};
    return std::unexpected(changed_meanwhile("the channel"));
}

Result<void> tell(const ChannelWitness& witness, SqlSession& session, const Channel* before,
                  const Channel* after) {
    return witness ? witness(session, before, after) : Result<void>();
}

// The row is locked by being written, so that the version that was seen is the one that is changed.
Result<Channel> hold(SqlSession& session, const std::string& organisation, const std::string& id,
                     Channels::Expected expected) {
    TRY_VOID(
        session.execute("update channels set version = version + 1 where organisation = :organisation "
                        "and id = :id",
                        {organisation, id}));
    Channel there = TRY(find_channel(session, organisation, id));
    there.version--;
    TRY_VOID(check_version(there, expected));
    return there;
}

}  // namespace

Result<Channel> Channels::add(const std::string& organisation, const ChannelDraft& draft,
                              const ChannelWitness& witness) {
    TRY_VOID(check_draft(draft));
    const ChannelKind* const kind = TRY(channel_kind(draft.kind));
    const std::string secret = draft.secret.value_or("");
    const ChannelSettings settings = TRY(check_channel(*kind, draft.settings, secret));
    const std::string id = hex(random_bytes(id_bytes));
    const std::string sealed = TRY(seal(id, secret));
    const int64_t now = nanoseconds(clock_->now());
    Channel made;
    const auto done = database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto held = TRY(session.query(
            "select count(*) from channels where organisation = :organisation", {organisation}));
        if (number(held[0][0]) >= static_cast<int64_t>(organisation_channels_max))
            return error(ErrorKind::BadInput,
                         fmt::format("an organisation has at most {} channels: remove one first",
                                     organisation_channels_max));
        TRY_VOID(session.execute(
            "insert into channels (id, organisation, name, kind, settings, sealed, severity_max, filter, "
            "enabled, created_at) values (:id, :organisation, :name, :kind, :settings, :sealed, "
            ":severity_max, :filter, :enabled, :created_at)",
            {id, organisation, draft.name, draft.kind, settings.json(), sealed, int64_t{draft.severity_max},
             draft.filter, int64_t{draft.enabled}, now}));
        made = TRY(find_channel(session, organisation, id));
        return tell(witness, session, nullptr, &made);
    });
    if (!done) return std::unexpected(in_words(done.error(), draft.name));
    return made;
}

Result<std::vector<Channel>> Channels::list(const std::string& organisation) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from channels where organisation = :organisation order by name", columns),
        {organisation}));
    return all_of(rows, channel_of);
}

Result<SqlRow> Channels::row_of(const std::string& organisation, const std::string& id) {
    const auto rows = TRY(database_->query(select_one(), {organisation, id}));
    return find_row(rows);
}

Result<Channel> Channels::find(const std::string& organisation, const std::string& id) {
    const SqlRow row = TRY(row_of(organisation, id));
    return channel_of(row);
}

Result<Channel> Channels::change(const std::string& organisation, const std::string& id,
                                 const ChannelDraft& draft, Expected expected,
                                 const ChannelWitness& witness) {
    TRY_VOID(check_draft(draft));
    const SqlRow row = TRY(row_of(organisation, id));
    const Channel seen = channel_of(row);
    TRY_VOID(check_version(seen, expected));
    if (draft.kind != seen.kind)
        return error(ErrorKind::BadInput,
                     fmt::format("the channel is of kind {}, which stays: add another one", seen.kind));
    const ChannelKind* const kind = TRY(channel_kind(draft.kind));
    const std::string kept = draft.secret ? "" : TRY(secret_of(row));
    const std::string& secret = draft.secret ? *draft.secret : kept;
    const ChannelSettings settings = TRY(check_channel(*kind, draft.settings, secret));
    const ChannelSettings settings_before = TRY(ChannelSettings::parse(seen.settings, kind->settings));
    if (!draft.secret && seen.has_secret && is_elsewhere(*kind, settings_before, settings))
        return error(ErrorKind::BadInput,
                     "the channel would send its secret to another place: give the secret again");
    const std::string sealed = TRY(seal(id, secret));
    Channel changed;
    const auto done = database_->transaction([&](SqlSession& session) -> Result<void> {
        // What was checked above is what is changed: the secret and the place belong together.
        const Channel before = TRY(hold(session, organisation, id, seen.version));
        TRY_VOID(session.execute(
            "update channels set name = :name, settings = :settings, sealed = :sealed, severity_max = "
            ":severity_max, filter = :filter, enabled = :enabled where organisation = :organisation and id = "
            ":id",
            {draft.name, settings.json(), sealed, int64_t{draft.severity_max}, draft.filter,
             int64_t{draft.enabled}, organisation, id}));
        changed = TRY(find_channel(session, organisation, id));
        return tell(witness, session, &before, &changed);
    });
    if (!done) return std::unexpected(in_words(done.error(), draft.name));
    return changed;
}

Result<void> Channels::remove(const std::string& organisation, const std::string& id, Expected expected,
                              const ChannelWitness& witness) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const Channel before = TRY(hold(session, organisation, id, expected));
        TRY_VOID(
            session.execute("delete from outbox where organisation = :organisation and channel = :channel",
                            {organisation, id}));
        TRY_VOID(session.execute("delete from channels where organisation = :organisation and id = :id",
                                 {organisation, id}));
        return tell(witness, session, &before, nullptr);
    });
}

Result<std::vector<Channel>> Channels::listening(SqlSession& session, const std::string& organisation,
                                                 int severity) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from channels where organisation = :organisation and enabled = 1 and "
                    "severity_max >= :severity order by name",
                    columns),
        {organisation, int64_t{severity}}));
    return all_of(rows, channel_of);
}

Result<Destination> Channels::address(const std::string& organisation, const std::string& id) {
    const SqlRow row = TRY(row_of(organisation, id));
    const Channel channel = channel_of(row);
    const ChannelKind* const kind = TRY(channel_kind(channel.kind));
    const std::string secret = TRY(secret_of(row));
    ChannelSettings settings = TRY(check_channel(*kind, channel.settings, secret));
    return Destination{kind, std::move(settings), secret};
}

Result<void> Channels::send_test(const std::string& organisation, const std::string& organisation_name,
                                 const std::string& id, const NetworkBounds& bounds) {
    const Destination to = TRY(address(organisation, id));
    const Notification test = test_notification(organisation, valid_utf8(organisation_name), clock_->now());
    const Delivery delivery = to.kind->send(to.settings, to.secret, test, {*clock_, bounds, {}});
    if (delivery.outcome != Delivery::Outcome::Sent) return error(ErrorKind::Io, delivery.error);
    return {};
}

}  // namespace vigia
