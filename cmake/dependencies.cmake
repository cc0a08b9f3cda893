# Every library that Vigia links, one line each, with the folder that uses it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(yaml-cpp REQUIRED)                                             # app: rule files
find_package(CLI11 REQUIRED)                                                # app: the command line
find_package(fmt REQUIRED)                                                  # everywhere: formatting
find_package(GTest REQUIRED)                                                # tests
find_package(ICU REQUIRED COMPONENTS uc)                                    # lang: case folding
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)               # normalise: JSON
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)           # bench: the floor to compare with
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
find_package(Boost 1.81 REQUIRED COMPONENTS json)                           # catalog: bodies of rules, lists and settings
