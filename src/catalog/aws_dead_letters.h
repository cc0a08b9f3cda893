#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "sql/database.h"

namespace vigia {

// What came by a connection to AWS and could not be taken in.
struct AwsDeadLetter {
    enum class Kind : uint8_t {
        Object,   // it could not be read
        Message,  // it was not understood
    };
    std::string id;  // the same for the same object or message
    std::string organisation;
    std::string connection;
    Kind kind = Kind::Object;
    std::string region, bucket, key;  // of an object
    std::string body;                 // of a message
    std::string reason;
    uint64_t attempts = 1;
    Time first_at;
    Time last_at;
    bool retry = false;  // somebody wants it to be tried again
};
std::string_view name(AwsDeadLetter::Kind kind);

struct AwsDeadLetterQuery {
    std::string organisation;
    std::string connection;
    std::string cursor;
    size_t limit = 50;
};
struct AwsDeadLetterPage {
    std::vector<AwsDeadLetter> letters;  // the latest first
    std::string next;                    // empty: there is no other page
};
constexpr size_t dead_letter_page_max = 1'000;
// Beyond so many of a connection the oldest go; their messages were logged.
constexpr size_t connection_dead_letters_max = 100'000;

// Safe to use from many threads; the database must outlive it, and AwsConnections have opened it.
class AwsDeadLetters {
public:
    AwsDeadLetters(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    // Durable when it returns. One that is there already has another attempt.
    Result<void> put(const AwsDeadLetter& letter);
    Result<AwsDeadLetterPage> list(const AwsDeadLetterQuery& query);
    Result<uint64_t> count(const std::string& connection);

    // The connection's source tries it again, if need be when it runs again. NotFound when it is not there.
    Result<void> retry(const std::string& organisation, const std::string& connection, const std::string& id);
    // How many there are.
    Result<uint64_t> retry_all(const std::string& organisation, const std::string& connection);
    // Those that are to be tried again.
    Result<std::vector<AwsDeadLetter>> wanted(const std::string& connection, size_t letters_max);
    // NotFound when it is not there.
    Result<void> remove(const std::string& organisation, const std::string& connection,
                        const std::string& id);

private:
    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
