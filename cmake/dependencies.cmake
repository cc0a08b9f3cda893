# Every library that Vigia links, one line each, with the folder that uses it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(yaml-cpp REQUIRED)                                             # app: rule files
find_package(CLI11 REQUIRED)                                                # app: the command line
find_package(fmt REQUIRED)                                                  # everywhere: formatting
find_package(spdlog REQUIRED)                                                # base: the log
find_package(GTest REQUIRED)                                                # tests
find_package(ICU REQUIRED COMPONENTS uc)                                    # lang: case folding
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)               # normalise: JSON
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)           # serve: gzip of answers; bench: the floor
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)                    # ingest: gzip
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)                    # ingest: zstd
pkg_check_modules(hyperscan REQUIRED IMPORTED_TARGET libhs)                 # detect: many patterns at once
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)                         # lang, detect: regular expressions
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)                     # sql: PostgreSQL, under SOCI
find_library(SOCI_CORE soci_core REQUIRED)                                  # sql: the door to both databases
find_library(SOCI_SQLITE soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRESQL soci_postgresql REQUIRED)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)                # catalog: passwords
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto)                # catalog: token hashes, sealed secrets
find_package(EXPAT REQUIRED)                                                # aws: XML
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)                    # network: HTTP, SMTP, TLS to the outside
pkg_check_modules(sqlite REQUIRED IMPORTED_TARGET sqlite3)                  # store: the inbox
pkg_check_modules(ssl REQUIRED IMPORTED_TARGET openssl)                     # serve: TLS
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)               # app: backups in one file
find_package(Boost 1.81 REQUIRED COMPONENTS json)                           # serve: Asio and Beast; alert, catalog, notify, app: JSON

# store: DuckDB. Debian does not package it; ./dev setup puts it into tools/duckdb from the lock file there.
set(DUCKDB_MODULES ${PROJECT_SOURCE_DIR}/tools/duckdb/node_modules)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(DUCKDB_PLATFORM linux-arm64)
else()
    set(DUCKDB_PLATFORM linux-x64)
endif()
find_file(DUCKDB_LIBRARY libduckdb.so PATHS ${DUCKDB_MODULES}/@duckdb/node-bindings-${DUCKDB_PLATFORM} NO_DEFAULT_PATH)
find_path(DUCKDB_INCLUDE duckdb.h PATHS ${DUCKDB_MODULES}/duckdb/src/duckdb/src/include NO_DEFAULT_PATH)
if(NOT DUCKDB_LIBRARY OR NOT DUCKDB_INCLUDE)
    message(FATAL_ERROR "DuckDB is not there: run ./dev setup")
endif()
# A copy with nothing beside it but the header, so that no other header of the package is found.
configure_file(${DUCKDB_INCLUDE}/duckdb.h ${CMAKE_BINARY_DIR}/duckdb/include/duckdb.h COPYONLY)
configure_file(${DUCKDB_LIBRARY} ${CMAKE_BINARY_DIR}/duckdb/lib/libduckdb.so COPYONLY)
add_library(duckdb SHARED IMPORTED GLOBAL)
set_target_properties(duckdb PROPERTIES IMPORTED_LOCATION ${CMAKE_BINARY_DIR}/duckdb/lib/libduckdb.so IMPORTED_NO_SONAME OFF)
target_include_directories(duckdb SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/duckdb/include)
