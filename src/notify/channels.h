#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "notify/kinds.h"
#include "sql/database.h"

namespace vigia {

// Keeps secrets from whoever has the database alone. `context` is not secret, and what was sealed under one
// does not open under another.
struct Sealer {
    using Turn = std::function<Result<std::string>(std::string_view text, std::string_view context)>;
    Turn seal;
    Turn unseal;
};

// Where alerts of an organisation go. The secret is never part of it.
struct Channel {
    std::string id;
    std::string organisation;
    std::string name;      // one in its organisation
    std::string kind;      // of channel_kinds()
    std::string settings;  // JSON
    bool has_secret = false;
    int severity_max = 3;  // alerts of severity 1 to this go there
    std::string filter;    // of the alerts that go there, in the filter language; empty for all
    bool enabled = true;
    Time created_at;
    int64_t version = 1;  // ever higher with each change
    bool operator==(const Channel&) const = default;
};

// A channel as somebody wants it to be.
struct ChannelDraft {
    std::string name;
    std::string kind;
    std::string settings = "{}";
    std::optional<std::string> secret;  // none: as it was; empty: no more
    int severity_max = 3;
    std::string filter;
    bool enabled = true;
};

// A channel, ready to be sent to.
struct Destination {
    const ChannelKind* kind;
    ChannelSettings settings;
    std::string secret;
};

// Told of a change inside its transaction, so that a log has an entry of it or it is not made: the channel as
// it was, null when it is new, and as it is, null when it goes.
using ChannelWitness =
    std::function<Result<void>(SqlSession& session, const Channel* before, const Channel* after)>;

constexpr size_t channel_name_characters_max = 200;
constexpr size_t channel_filter_bytes_max = 16 * 1024;
constexpr size_t organisation_channels_max = 100;

// The channels of all organisations. An id of another organisation is as unknown as one that never was. A
// filter is kept as it was given: who knows the language checks and evaluates it. Safe to use from many
// threads; the database must outlive it.
class Channels {
public:
    static Result<Channels> open(Database& database, Sealer sealer, const Clock& clock);

    // BadInput names what is wrong and the remedy. Conflict when the name is taken.
    Result<Channel> add(const std::string& organisation, const ChannelDraft& draft,
                        const ChannelWitness& witness = {});
    Result<std::vector<Channel>> list(const std::string& organisation);
    Result<Channel> find(const std::string& organisation, const std::string& id);
    // The kind stays. When the channel is to speak to somebody else, the secret must be given again.
    // `expected` is the version that the caller saw, or nothing for whatever is there; Conflict when another
    // is there.
    using Expected = std::optional<int64_t>;
    Result<Channel> change(const std::string& organisation, const std::string& id, const ChannelDraft& draft,
                           Expected expected = std::nullopt, const ChannelWitness& witness = {});
    // With all that waits to be sent to it.
    Result<void> remove(const std::string& organisation, const std::string& id,
                        Expected expected = std::nullopt, const ChannelWitness& witness = {});

    // The enabled channels that take alerts of the severity, for whoever puts an alert into the outbox in the
    // same transaction.
    static Result<std::vector<Channel>> listening(SqlSession& session, const std::string& organisation,
                                                  int severity);

    Result<Destination> address(const std::string& organisation, const std::string& id);

    // Sends a notification that says that it is a test, at once and around the outbox. The error is what the
    // receiver, or the road to it, said.
    Result<void> send_test(const std::string& organisation, const std::string& organisation_name,
                           const std::string& id, const NetworkBounds& bounds = {});

private:
    Channels(Database& database, Sealer sealer, const Clock& clock)
        : database_(&database), sealer_(std::move(sealer)), clock_(&clock) {}
    Result<SqlRow> row_of(const std::string& organisation, const std::string& id);
    Result<std::string> secret_of(const SqlRow& row) const;
    Result<std::string> seal(const std::string& id, const std::string& secret) const;

    Database* database_;
    Sealer sealer_;
    const Clock* clock_;
};

}  // namespace vigia
