#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/event_store.h"

namespace vigia {

// What there is in an estate, as far as its stored events tell.
struct InventoryQuestion {
    std::string organisation;
    Time since;  // both ends belong to it
    Time until;
    std::string text;  // a part of an id or a name, in any case; empty: any
    size_t limit = 100;
    struct After {
        int64_t last_us = 0;
        std::string id;
    };
    std::optional<After> after;  // where the page before it ended
};

// What was seen last comes first.
template <typename Row>
struct InventoryPage {
    std::vector<Row> rows;
    uint64_t total = 0;  // on all pages
    std::optional<InventoryQuestion::After> next;
};

// When its events happened, and how many there are.
struct Seen {
    Time first;
    Time last;
    uint64_t events = 0;
};

struct AccountSeen {
    std::string id;
    Seen seen;
    uint64_t calls = 0;   // of CloudTrail
    uint64_t errors = 0;  // of the calls
    std::vector<std::string> regions;
    uint64_t services = 0;  // that were called
    uint64_t hosts = 0;
};

// An agent, or a host whose events name none.
struct HostSeen {
    std::string id;
    std::string name;
    Seen seen;
    Time received;                   // the latest event, by the service's clock
    std::vector<std::string> types;  // of its events
    uint64_t users = 0;
    uint64_t containers = 0;
    // As the latest event says, which may be nothing.
    std::string agent_version;
    std::string os;
    std::string kernel;
    std::string instance;
    std::string account;
};

enum class ContainerState : uint8_t { Running, Stopped, Unknown };
std::string_view name(ContainerState state);

struct ContainerSeen {
    std::string id;
    Seen seen;
    std::string host;
    ContainerState state = ContainerState::Unknown;  // by what was told of its life last
    // As the latest event that tells says, which may be nothing.
    std::string name;
    std::string image;
    std::string cluster;
    std::string container_namespace;
    std::string pod;
    std::string runtime;
};

constexpr size_t inventory_page_max = 500;
constexpr Duration inventory_period_max = std::chrono::days{400};

// BadInput for a period that is empty or longer than inventory_period_max.
Result<InventoryPage<AccountSeen>> accounts_seen(EventStore& store, const InventoryQuestion& question,
                                                 const DuckBound& bound = {});
Result<InventoryPage<HostSeen>> hosts_seen(EventStore& store, const InventoryQuestion& question,
                                           const DuckBound& bound = {});
Result<InventoryPage<ContainerSeen>> containers_seen(EventStore& store, const InventoryQuestion& question,
                                                     const DuckBound& bound = {});

}  // namespace vigia
