#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

constexpr size_t web_file_bytes_max = 32 * 1024 * 1024;

// The files of a build of the console: the bytes of one by its name below the build's folder, as
// "index.html" or "assets/main-1a2b3c4d.js.br"; nothing when there is none.
using WebFiles = std::function<std::optional<std::string>(std::string_view name)>;

// A file that is part of the program.
struct EmbeddedFile {
    std::string_view name;
    std::string_view bytes;
};
// The files live as long as the program; in the order of their names.
WebFiles embedded_web(std::span<const EmbeddedFile> files);

// Those of a folder, as they are when they are asked for; nothing outside of it, links resolved. NotFound
// when there is no index.html in it.
Result<WebFiles> web_folder(const std::string& folder);

}  // namespace vigia
