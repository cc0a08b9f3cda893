#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "sql/database.h"

namespace vigia {

// The address of the PostgreSQL server that the tests were given (tools/with_postgresql.sh), with nothing in
// it; none when they were given none.
inline std::optional<std::string> empty_postgresql() {
    const char* const server = std::getenv("VIGIA_TEST_POSTGRESQL");
    if (server == nullptr) return std::nullopt;
    auto database = Database::open(server);
    EXPECT_TRUE(database) << (database ? "" : database.error().message);
    const auto emptied = database->transaction([](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("drop schema public cascade"));
        TRY_VOID(session.execute("create schema public"));
        return {};
    });
    EXPECT_TRUE(emptied);
    return server;
}

}  // namespace vigia
