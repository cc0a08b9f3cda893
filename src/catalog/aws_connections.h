#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

constexpr std::string_view aws_source_prefix = "aws:";

// A queue of SQS that tells of objects in S3, and the role by which both are reached.
struct AwsConnection {
    std::string id;
    std::string organisation;  // whose events they are, but for accounts that are mapped to another
    std::string name;          // one in its organisation
    std::string queue_url;     // empty in a draft
    std::string region;        // of the queue; empty: the one in its URL
    std::string role_arn;      // empty: the service's own credentials, which the operator alone may give away
    std::string external_id;   // made by us, for the trust policy of the role
    bool is_configured = false;  // it stands in the configuration file, and is changed there
    bool enabled = true;
    Time created_at;
    int64_t version = 1;

    // It has an external id, and is without the queue or the role that are made with it.
    bool is_draft() const { return queue_url.empty() || (role_arn.empty() && !is_configured); }
    // The name under which the health of its source stands.
    std::string source() const { return std::string(aws_source_prefix) + id; }
};

struct AwsConnectionDraft {
    std::string name;
    std::string queue_url;
    std::string region;
    std::string role_arn;
    bool enabled = true;
};

// An account whose files came by a connection.
struct AwsAccount {
    std::string connection;
    std::string account;
    std::string organisation;  // that it was mapped to; empty: unknown, its events go to the connection's
    uint64_t objects = 0;
    std::optional<Time> last_seen;
};

constexpr size_t organisation_connections_max = 100;
constexpr size_t connection_accounts_max = 10'000;

// The connections to AWS of all organisations. An id of another organisation is as unknown as one that never
// was. Whoever keeps a draft has checked that its queue and its role are such. Safe to use from many threads;
// the database must outlive it.
class AwsConnections {
public:
    static Result<AwsConnections> open(Database& database, const Clock& clock);

    // BadInput names what is wrong; Conflict when the name is taken.
    Result<AwsConnection> add(const Actor& actor, const std::string& organisation,
                              const AwsConnectionDraft& draft);
    Result<std::vector<AwsConnection>> list(const std::string& organisation);
    Result<std::vector<AwsConnection>> all();
    Result<AwsConnection> find(const std::string& organisation, const std::string& id);
    // Conflict when another version is there, or the connection stands in the configuration file. So below.
    Result<AwsConnection> change(const Actor& actor, const std::string& organisation, const std::string& id,
                                 const AwsConnectionDraft& draft, std::optional<int64_t> expected);
    // With its accounts and dead letters.
    Result<void> remove(const Actor& actor, const std::string& organisation, const std::string& id,
                        std::optional<int64_t> expected);

    // Has the connections of the configuration file be those, and disables others that stood in it once.
    struct Configured {
        std::string organisation;
        AwsConnectionDraft draft;
        std::string external_id;
    };
    Result<void> configure(const std::vector<Configured>& all);

    // The account's files that come by the connection go to that organisation from now on; by an empty one
    // to the connection's own, as unknown. Who calls has the right in both.
    Result<void> map_account(const Actor& actor, const AwsConnection& connection, const std::string& account,
                             const std::string& organisation);
    Result<std::vector<AwsAccount>> accounts(const std::string& connection);
    // Adds to what is known of them; their organisation stays.
    Result<void> note_accounts(const std::vector<AwsAccount>& seen);

private:
    AwsConnections(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
