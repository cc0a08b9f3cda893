#include "digest/trail_files.h"

namespace vigia {

namespace {

constexpr std::string_view logs_folder = "AWSLogs/";
constexpr size_t signature_bytes_max = 8192;

std::string_view trimmed(std::string_view text) {
    const size_t end = text.find_last_not_of(" \t\r\n\"");
    const size_t begin = text.find_first_not_of(" \t\r\n\"");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

// The file at the path, with its signature when that is at hand.
Result<StoredObject> open_with_signature(const std::string& path) {
    if (!is_file(path)) return error(ErrorKind::NotFound, path + " is not there");
    StoredObject object;
    object.bytes = TRY(open_source(path));
    const std::string beside = path + std::string(signature_extension);
    if (is_file(beside)) object.signature = trimmed(TRY(read_file(beside, signature_bytes_max)));
    return object;
}

// The key from "AWSLogs/" on; empty when that is not in it.
std::string_view from_logs_folder(std::string_view key) {
    const size_t at = key.rfind(logs_folder);
    return at == std::string_view::npos || (at > 0 && key[at - 1] != '/') ? std::string_view()
                                                                          : key.substr(at);
}

}  // namespace

ObjectName FolderTrail::name_of(const std::string& path) {
    const std::string_view below = from_logs_folder(path);
    return {"", std::string(below.empty() ? last_part(path) : below)};
}

Result<FolderTrail> FolderTrail::open(const std::string& folder) {
    FolderTrail trail;
    const std::string root = TRY(real_path(folder));
    for (std::string& path : TRY(files_below(root))) {
        const bool is_digest = parse_digest_name(path).has_value();
        if (!is_digest && !parse_log_name(path)) continue;
        const ObjectName name = name_of(path);
        (is_digest ? trail.digests_ : trail.logs_).push_back(name);
        trail.paths_.emplace(name.key, std::move(path));
    }
    return trail;
}

Result<StoredObject> FolderTrail::open(const ObjectName& name) const {
    auto found = paths_.find(std::string(from_logs_folder(name.key)));
    if (found == paths_.end()) found = paths_.find(std::string(last_part(name.key)));
    if (found == paths_.end()) return error(ErrorKind::NotFound, name.key + " is not there");
    return open_with_signature(found->second);
}

FilesBeside::FilesBeside(const std::string& path) : root_(path) {
    const std::string_view below = from_logs_folder(path);
    root_.resize(path.size() - (below.empty() ? last_part(path) : below).size());
}

Result<StoredObject> FilesBeside::open(const ObjectName& name) const {
    const std::string_view below = from_logs_folder(name.key);
    const bool leads_out = ("/" + std::string(below) + "/").find("/../") != std::string::npos;
    if (!below.empty() && !leads_out && is_file(root_ + std::string(below)))
        return open_with_signature(root_ + std::string(below));
    return open_with_signature(root_ + std::string(last_part(name.key)));
}

}  // namespace vigia
