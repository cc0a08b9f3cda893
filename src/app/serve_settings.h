#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/serve.h"

namespace vigia {

constexpr size_t config_bytes_max = 1024 * 1024;

// One row, one setting: on the command line and in the configuration file.
struct ServeSetting {
    struct Number {
        uint64_t ServeCommand::* member;
        uint64_t min;
        uint64_t max;
    };
    using Member = std::variant<std::string ServeCommand::*, bool ServeCommand::*, Number,
                                std::vector<std::string> ServeCommand::*>;
    std::string_view name;  // in the file; on the command line with - for _
    Member member;
    std::string_view help;
};
std::span<const ServeSetting> serve_settings();
// "--tls-key" of "tls_key".
std::string option_of(std::string_view name);

// What is in force: the command line, then the file, then what is set otherwise. BadInput names the file, the
// line and the remedy.
Result<ServeCommand> settle(const ServeLine& line);

// What a file says; `text` is what is in it.
Result<ServeCommand> parse_serve_config(std::string_view text, const std::string& file);

// The names of the settings in which they differ.
std::vector<std::string_view> differences(const ServeCommand& one, const ServeCommand& other);

}  // namespace vigia
