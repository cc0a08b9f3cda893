#pragma once

#include <string>

namespace vigia {

// The words of `vigia rules push|pull|diff`, read.
struct SyncCommand {
    std::string folder;
    std::string url;
    std::string key_file;  // empty: the environment variable VIGIA_KEY
    std::string ca_file;
    bool prune = false;
    bool dry_run = false;
};

// What a push would do: 0 nothing, 1 something, 2 an error.
int rules_diff(const SyncCommand& command);
// Makes the service what the folder says; what is there only goes with --prune.
int rules_push(const SyncCommand& command);
// Makes the folder what the service says; files that it alone has go with --prune.
int rules_pull(const SyncCommand& command);

}  // namespace vigia
