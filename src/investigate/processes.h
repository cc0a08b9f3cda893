#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/event_store.h"

namespace vigia {

// A process of a host. Its pid is used again by others: what tells it apart is when it started. One that
// replaces its program starts anew under the same pid.
struct Process {
    std::string host;
    int64_t pid = 0;
    std::optional<int64_t> ppid;
    std::optional<Time> started_at;  // nothing: it started before what is in the history
    std::string event_id;            // of its start
    std::string exe;
    std::string arguments;
    std::string user;
    std::string login_user;
    std::string session;
    std::string tty;
    std::string container;
    uint64_t children = 0;  // that it started and the history has, at most process_children_max
};

struct ProcessChain {
    Process process;
    std::vector<Process> ancestors;  // the parent first
    bool more = false;               // beyond process_ancestors_max
};

struct ProcessPage {
    std::vector<Process> children;  // in the order in which they started
    std::optional<Time> next_at;    // with next_id: where the next page begins
    std::string next_id;
};

constexpr size_t process_ancestors_max = 64;
constexpr size_t process_page_max = 500;
constexpr size_t process_children_max = 10'000;

struct ProcessQuestion {
    std::string organisation;
    std::string host;
    int64_t pid = 0;
    std::optional<Time> at;  // the last one that started by then; nothing: the last of all
};

// The process and those that it descends from: the parent is the last one under its number that started
// before the child. NotFound when no event of the host speaks of the pid.
Result<ProcessChain> process_chain(EventStore& store, const ProcessQuestion& question,
                                   const DuckBound& bound = {});

// What the process started, of which the question says when it started; `after` and `after_id` are where the
// page before it ended.
struct ChildrenQuestion {
    ProcessQuestion process;
    std::optional<Time> after;
    std::string after_id;
    size_t limit = 100;
};
Result<ProcessPage> process_children(EventStore& store, const ChildrenQuestion& question,
                                     const DuckBound& bound = {});

}  // namespace vigia
