#include "app/backup_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <functional>

#include "app/backup.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/utf8.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t piece_bytes = 256 * 1024;
constexpr std::string_view archive_end = ".tar";
constexpr int64_t manifest_format = 1;

Result<void> each_piece(const std::string& file, const std::function<Result<void>(std::string_view)>& take) {
    const auto source = TRY(open_source(file));
    std::vector<char> piece(piece_bytes);
    while (true) {
        const size_t count = TRY(source->read(piece));
        if (count == 0) return {};
        TRY_VOID(take({piece.data(), count}));
    }
}

class FolderWriter final : public BackupWriter {
public:
    FolderWriter(std::string folder, std::string partial)
        : folder_(std::move(folder)), partial_(std::move(partial)) {}
    FolderWriter(const FolderWriter&) = delete;
    FolderWriter& operator=(const FolderWriter&) = delete;
    ~FolderWriter() override { (void)remove_folder(partial_); }

    Result<void> add(const std::string& path, const std::string& from) override {
        const std::string to = partial_ + "/" + path;
        TRY_VOID(make_private_folder(folder_of(to)));
        if (TRY(link_file(from, to))) return {};
        return copy_private(from, to);
    }
    Result<void> finish() override { return rename_file(partial_, folder_); }

private:
    std::string folder_, partial_;
};

struct FreeArchive {
    void operator()(archive* one) const { archive_free(one); }
    void operator()(archive_entry* one) const { archive_entry_free(one); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;
using ArchiveEntry = std::unique_ptr<archive_entry, FreeArchive>;

std::unexpected<Error> archive_failure(ErrorKind kind, archive* one, const std::string& file) {
    const char* const why = archive_error_string(one);
    return error(kind, fmt::format("{}: {}", file, why == nullptr ? "unknown failure" : why));
}

class TarWriter final : public BackupWriter {
public:
    TarWriter(std::string file, std::string partial, Archive tar)
        : file_(std::move(file)), partial_(std::move(partial)), tar_(std::move(tar)) {}
    TarWriter(const TarWriter&) = delete;
    TarWriter& operator=(const TarWriter&) = delete;
    ~TarWriter() override {
        tar_.reset();
        (void)remove_file(partial_);
    }

    Result<void> add(const std::string& path, const std::string& from) override {
        const ArchiveEntry entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), path.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(TRY(file_bytes(from))));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0600);
        if (archive_write_header(tar_.get(), entry.get()) != ARCHIVE_OK)
            return archive_failure(ErrorKind::Io, tar_.get(), partial_);
        return each_piece(from, [&](std::string_view piece) -> Result<void> {
            if (archive_write_data(tar_.get(), piece.data(), piece.size()) ==
                static_cast<la_ssize_t>(piece.size()))
                return {};
            return archive_failure(ErrorKind::Io, tar_.get(), partial_);
        });
    }

    Result<void> finish() override {
        if (archive_write_close(tar_.get()) != ARCHIVE_OK)
            return archive_failure(ErrorKind::Io, tar_.get(), partial_);
        return finish_file(partial_, file_);
    }

private:
    std::string file_, partial_;
    Archive tar_;
};

Result<void> extract_folder(const std::string& backup, const std::string& into) {
    for (const std::string& file : TRY(files_below(backup))) {
        const std::string path = file.substr(backup.size() + 1);
        if (!is_backup_path(path))
            return error(ErrorKind::Corrupt, fmt::format("{}: no backup has a file of this name", file));
        TRY_VOID(make_private_folder(folder_of(into + "/" + path)));
        TRY_VOID(copy_private(file, into + "/" + path));
    }
    return {};
}

Result<void> extract_entry(archive* tar, const std::string& backup, const std::string& to) {
    TRY_VOID(make_private_folder(folder_of(to)));
    auto file = TRY(PrivateFile::create(to));
    std::vector<char> piece(piece_bytes);
    while (true) {
        const la_ssize_t count = archive_read_data(tar, piece.data(), piece.size());
        if (count < 0) return archive_failure(ErrorKind::Corrupt, tar, backup);
        if (count == 0) return file.finish();
        TRY_VOID(file.add({piece.data(), static_cast<size_t>(count)}));
    }
}

Result<void> extract_tar(const std::string& backup, const std::string& into) {
    const Archive tar(archive_read_new());
    archive_read_support_format_tar(tar.get());
    if (archive_read_open_filename(tar.get(), backup.c_str(), piece_bytes) != ARCHIVE_OK)
        return archive_failure(ErrorKind::Io, tar.get(), backup);
    archive_entry* entry = nullptr;
    int code = archive_read_next_header(tar.get(), &entry);
    for (; code == ARCHIVE_OK; code = archive_read_next_header(tar.get(), &entry)) {
        const char* const name = archive_entry_pathname(entry);
        const std::string path = name == nullptr ? "" : name;
        if (archive_entry_filetype(entry) != AE_IFREG || !is_backup_path(path))
            return error(ErrorKind::Corrupt,
                         fmt::format("{}: '{}' is nothing that a backup has", backup, valid_utf8(path)));
        TRY_VOID(extract_entry(tar.get(), backup, into + "/" + path));
    }
    if (code != ARCHIVE_EOF) return archive_failure(ErrorKind::Corrupt, tar.get(), backup);
    return {};
}

Result<BackupFile> file_of(const json::value& value) {
    const auto bad = error(ErrorKind::Corrupt, "it has an entry that is none");
    const auto* const object = value.if_object();
    if (object == nullptr) return bad;
    const auto* const path = object->if_contains("path");
    const auto* const bytes = object->if_contains("bytes");
    const auto* const digest = object->if_contains("sha256");
    if (path == nullptr || bytes == nullptr || digest == nullptr || !path->is_string() ||
        !bytes->is_int64() || bytes->as_int64() < 0 || !digest->is_string())
        return bad;
    BackupFile file{std::string(path->as_string()), static_cast<uint64_t>(bytes->as_int64()),
                    std::string(digest->as_string())};
    if (!is_backup_path(file.path)) return bad;
    return file;
}

}  // namespace

bool is_backup_path(std::string_view path) {
    if (path.empty() || path.size() > backup_path_bytes_max) return false;
    while (true) {
        const std::string_view part = path.substr(0, path.find('/'));
        const bool plain = std::ranges::all_of(part, [](char c) {
            return is_letter_or_digit(c) || c == '-' || c == '_' || c == '=' || c == '.';
        });
        if (part.empty() || part.front() == '.' || !plain) return false;
        if (part.size() == path.size()) return true;
        path.remove_prefix(part.size() + 1);
    }
}

std::string print(const Manifest& manifest) {
    std::string text =
        fmt::format("{{\"format\":{},\"vigia\":{},\"made_at\":{},\"has_control_plane\":{},\n\"files\":[",
                    manifest_format, json::serialize(json::string(manifest.vigia)),
                    json::serialize(json::string(manifest.made_at)), manifest.has_control_plane);
    for (size_t i = 0; i < manifest.files.size(); i++) {
        const BackupFile& one = manifest.files[i];
        text += fmt::format("{}\n{{\"path\":\"{}\",\"bytes\":{},\"sha256\":\"{}\"}}", i == 0 ? "" : ",",
                            one.path, one.bytes, one.sha256);
    }
    return text + "]}\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
    boost::system::error_code failure;
    const json::value value = json::parse(text, failure);
    if (failure) return error(ErrorKind::Corrupt, failure.message());
    const auto* const object = value.if_object();
    const auto* const files = object == nullptr ? nullptr : object->if_contains("files");
    const auto* const format = object == nullptr ? nullptr : object->if_contains("format");
    const auto* const control = object == nullptr ? nullptr : object->if_contains("has_control_plane");
    if (files == nullptr || !files->is_array() || format == nullptr || !format->is_int64() ||
        control == nullptr || !control->is_bool())
        return error(ErrorKind::Corrupt, "it is no manifest of a backup");
    if (format->as_int64() != manifest_format)
        return error(ErrorKind::Conflict,
                     fmt::format("its format is {}, and this vigia knows {}: use a newer one",
                                 format->as_int64(), manifest_format));
    Manifest manifest;
    manifest.has_control_plane = control->as_bool();
    for (const json::value& one : files->as_array()) {
        BackupFile file = TRY(file_of(one));
        manifest.files.push_back(std::move(file));
    }
    return manifest;
}

Result<std::unique_ptr<BackupWriter>> BackupWriter::open(const std::string& backup) {
    const bool is_empty_folder = is_folder(backup) && TRY(names_in(backup)).empty();
    if (!is_empty_folder && (is_folder(backup) || is_file(backup)))
        return error(ErrorKind::Conflict, fmt::format("{} is there already: name another one", backup));
    const std::string partial = fmt::format("{}.partial-{}", backup, hex(random_bytes(4)));
    if (!backup.ends_with(archive_end)) {
        TRY_VOID(make_private_folder(partial));
        return std::make_unique<FolderWriter>(backup, partial);
    }
    TRY_VOID(write_private_file(partial, ""));
    Archive tar(archive_write_new());
    archive_write_set_format_pax_restricted(tar.get());
    if (archive_write_open_filename(tar.get(), partial.c_str()) != ARCHIVE_OK)
        return archive_failure(ErrorKind::Io, tar.get(), partial);
    return std::make_unique<TarWriter>(backup, partial, std::move(tar));
}

Result<void> extract_backup(const std::string& backup, const std::string& into) {
    if (is_folder(backup)) return extract_folder(std::filesystem::path(backup).lexically_normal(), into);
    if (!is_file(backup)) return error(ErrorKind::NotFound, fmt::format("there is no backup {}", backup));
    return extract_tar(backup, into);
}

Result<BackupFile> measured(const std::string& path, const std::string& file) {
    BackupFile found{.path = path};
    Sha256 digest;
    TRY_VOID(each_piece(file, [&](std::string_view piece) -> Result<void> {
        digest.add(piece);
        found.bytes += piece.size();
        return {};
    }));
    found.sha256 = hex(digest.finish());
    return found;
}

Result<void> copy_private(const std::string& from, const std::string& to) {
    auto file = TRY(PrivateFile::create(to));
    TRY_VOID(each_piece(from, [&](std::string_view piece) { return file.add(piece); }));
    return file.finish();
}

}  // namespace vigia
