#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "app/sync_items.h"
#include "base/result.h"
#include "base/time.h"

namespace vigia {

struct ServiceAddress {
    std::string url;      // https, or http to this machine
    std::string key;      // of an API key, the token
    std::string ca_file;  // the system's authorities when empty
};

// Rules, lists and settings of the key's organisation at a service, over its API.
class SyncService {
public:
    // BadInput for an address over which a key would go in the clear.
    static Result<SyncService> open(const ServiceAddress& address, const Clock& clock);

    Result<SyncItems> items();
    // Makes the item, or changes the one that `there` is, which must not have changed meanwhile.
    Result<void> put(const SyncKey& key, const SyncItem& item, const SyncItem* there);
    Result<void> remove(const SyncKey& key, const SyncItem& there);

private:
    SyncService(ServiceAddress address, const Clock& clock) : address_(std::move(address)), clock_(&clock) {}

    Result<boost::json::object> call(std::string_view method, const std::string& path,
                                     const std::string& body, const std::string& condition);
    Result<boost::json::object> get(const std::string& path) { return call("GET", path, "", ""); }
    Result<void> add_rules(SyncItems& items);
    Result<void> add_lists(SyncItems& items);

    ServiceAddress address_;
    const Clock* clock_;
};

}  // namespace vigia
