#include "serve/web_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"

namespace vigia {

namespace {

// A name of a file below the folder and of nothing else: no step up, no hidden file.
bool is_plain_name(std::string_view name) {
    if (name.find_first_of(std::string_view("\\\0", 2)) != std::string_view::npos) return false;
    while (true) {
        const size_t end = name.find('/');
        if (name.empty() || name.front() == '.' || end == 0) return false;
        if (end == std::string_view::npos) return true;
        name.remove_prefix(end + 1);
    }
}

}  // namespace

WebFiles embedded_web(std::span<const EmbeddedFile> files) {
    return [files](std::string_view name) -> std::optional<std::string> {
        const auto found = std::ranges::lower_bound(files, name, {}, &EmbeddedFile::name);
        if (found == files.end() || found->name != name) return std::nullopt;
        return std::string(found->bytes);
    };
}

Result<WebFiles> web_folder(const std::string& folder) {
    const std::string root = TRY(real_path(folder));
    if (!is_file(root + "/index.html"))
        return error(
            ErrorKind::NotFound,
            fmt::format("{} has no index.html: name the folder of a built console, as web/dist", root));
    return WebFiles([root](std::string_view name) -> std::optional<std::string> {
        if (!is_plain_name(name)) return std::nullopt;
        const std::string path = fmt::format("{}/{}", root, name);
        if (!is_file(path) || !is_below(path, root)) return std::nullopt;
        auto bytes = read_file(path, web_file_bytes_max);
        if (!bytes) return std::nullopt;
        return *std::move(bytes);
    });
}

}  // namespace vigia
