#include "app/rules_sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ranges>

#include "app/cli.h"
#include "app/report.h"
#include "app/sync_service.h"
#include "app/text_diff.h"
#include "base/file.h"

namespace vigia {

namespace {

constexpr size_t key_file_bytes_max = 4096;
constexpr const char* key_variable = "VIGIA_KEY";

// Never from the command line, which every process of the machine may read.
Result<std::string> key_of(const SyncCommand& command) {
    std::string key;
    if (!command.key_file.empty()) {
        key = TRY(read_file(command.key_file, key_file_bytes_max));
    } else if (const char* const given = std::getenv(key_variable); given != nullptr) {
        key = given;
    }
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
    if (key.empty())
        return error(ErrorKind::BadInput,
                     fmt::format("no key: name a file with --key-file, or set {}", key_variable));
    return key;
}

struct Comparison {
    SyncItems local, remote;
    std::vector<Difference> differences;  // in the order of the keys
};

// Nothing when an item of the folder is wrong, which is said by file and line.
std::optional<SyncItems> folder_items(const std::string& folder) {
    std::vector<FileProblem> problems;
    auto items = read_folder(folder, problems);
    for (const FileProblem& one : problems) {
        if (one.level == Diagnostic::Level::Error) fmt::print(stderr, "{}\n", printable(print(one)));
    }
    return items;
}

std::string called(const Difference& one) {
    const SyncItem& item = one.local != nullptr ? *one.local : *one.remote;
    const std::string file =
        one.local != nullptr && !one.local->file.empty() ? fmt::format(" ({})", one.local->file) : "";
    return printable(fmt::format("{} {}{}", name(one.key.kind), item.title, file));
}

void show(std::string_view what, const Difference& one) { fmt::print("{:<8} {}\n", what, called(one)); }

struct Tally {
    size_t added = 0, changed = 0, only_there = 0;
    size_t all() const { return added + changed + only_there; }
};

Tally count(const Comparison& both) {
    Tally counts;
    for (const Difference& one : both.differences) {
        if (one.remote == nullptr) counts.added++;
        if (one.local == nullptr) counts.only_there++;
    }
    counts.changed = both.differences.size() - counts.added - counts.only_there;
    return counts;
}

Result<SyncService> open_service(const SyncCommand& command) {
    static const SystemClock clock;
    ServiceAddress address{.url = command.url, .key = {}, .ca_file = command.ca_file};
    address.key = TRY(key_of(command));
    return SyncService::open(address, clock);
}

// A failure of one item, named by the file that it stands in.
int fail_at(const Difference& one, const Error& failure) {
    return fail({failure.kind, fmt::format("{}: {}", called(one), failure.message)});
}

Result<void> apply(SyncService& service, const Difference& one) {
    if (one.local == nullptr) return service.remove(one.key, *one.remote);
    return service.put(one.key, *one.local, one.remote);
}

// Runs `work` with both sides read; the exit code.
template <typename Work>
int with_both(const SyncCommand& command, Work work) {
    auto service = open_service(command);
    if (!service) return fail(service.error());
    auto local = folder_items(command.folder);
    if (!local) return Failed;
    auto remote = service->items();
    if (!remote) return fail(remote.error());
    Comparison both{.local = std::move(*local), .remote = std::move(*remote), .differences = {}};
    both.differences = differences(both.local, both.remote);
    return work(*service, both);
}

}  // namespace

int rules_diff(const SyncCommand& command) {
    return with_both(command, [&](SyncService&, const Comparison& both) {
        for (const Difference& one : both.differences) {
            if (one.remote == nullptr) {
                show("added", one);
            } else if (one.local == nullptr) {
                show("removed", one);
            } else {
                show("changed", one);
                fmt::print("{}", unified_diff(print_yaml(*one.remote), print_yaml(*one.local), "service",
                                              printable(one.local->file)));
            }
        }
        const Tally counts = count(both);
        fmt::print(stderr, "{} added, {} changed, {} removed (with --prune)\n", counts.added, counts.changed,
                   counts.only_there);
        return counts.all() == 0 ? Nothing : Found;
    });
}

int rules_push(const SyncCommand& command) {
    return with_both(command, [&](SyncService& service, Comparison& both) -> int {
        // Lists come first and go last: rules call them.
        std::ranges::stable_sort(both.differences, [](const Difference& left, const Difference& right) {
            if ((left.local == nullptr) != (right.local == nullptr)) return right.local == nullptr;
            return left.local == nullptr ? right.key.kind < left.key.kind : left.key.kind < right.key.kind;
        });
        size_t done = 0, left = 0;
        for (const Difference& one : both.differences) {
            if (one.local == nullptr && !command.prune) {
                left++;
                continue;
            }
            if (!command.dry_run) {
                if (const auto applied = apply(service, one); !applied) return fail_at(one, applied.error());
            }
            show(one.remote == nullptr ? "added" : one.local == nullptr ? "removed" : "changed", one);
            done++;
        }
        fmt::print(stderr, "{} {}{}\n", done, command.dry_run ? "would be pushed" : "pushed",
                   left == 0 ? "" : fmt::format("; {} are at the service only: --prune removes them", left));
        return command.dry_run && done > 0 ? Found : Nothing;
    });
}

namespace {

Result<void> take(const SyncCommand& command, const Difference& one) {
    if (one.key.kind == SyncKind::Settings) return {};  // all at once, at the end
    if (one.remote == nullptr) return remove_file(one.local->file);
    TRY(write_item(command.folder, one.key, *one.remote, one.local == nullptr ? "" : one.local->file));
    return {};
}

// The settings as they shall stand in the folder: the service's, and those that stay without --prune.
SyncItems settings_after(const Comparison& both, bool prune) {
    SyncItems after;
    const auto is_settings = [](const auto& entry) { return entry.first.kind == SyncKind::Settings; };
    for (const auto& entry : both.remote | std::views::filter(is_settings)) after.insert(entry);
    if (prune) return after;
    for (const auto& entry : both.local | std::views::filter(is_settings)) after.insert(entry);
    return after;
}

}  // namespace

int rules_pull(const SyncCommand& command) {
    if (!command.dry_run) {
        if (const auto made = make_folder(command.folder); !made) return fail(made.error());
    }
    return with_both(command, [&](SyncService&, Comparison& both) -> int {
        // New files get their names in the order of the rules' names.
        std::ranges::stable_sort(both.differences, {}, [](const Difference& one) {
            return one.remote != nullptr ? one.remote->title : one.local->title;
        });
        size_t done = 0, left = 0;
        bool settings = false;
        for (const Difference& one : both.differences) {
            if (one.remote == nullptr && !command.prune) {
                left++;
                continue;
            }
            if (!command.dry_run) {
                if (const auto taken = take(command, one); !taken) return fail_at(one, taken.error());
            }
            settings = settings || one.key.kind == SyncKind::Settings;
            show(one.remote == nullptr ? "removed" : one.local == nullptr ? "added" : "changed", one);
            done++;
        }
        if (settings && !command.dry_run) {
            const auto written = write_managed(command.folder, settings_after(both, command.prune));
            if (!written) return fail(written.error());
        }
        fmt::print(stderr, "{} {}{}\n", done, command.dry_run ? "would be written" : "written",
                   left == 0 ? "" : fmt::format("; {} are in the folder only: --prune removes them", left));
        return command.dry_run && done > 0 ? Found : Nothing;
    });
}

}  // namespace vigia
