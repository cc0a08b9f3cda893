#pragma once

#include <string>

#include "catalog/catalog.h"

namespace vigia {

// The file of the key under which secrets are sealed.
std::string secret_key_file(const std::string& data);
// The folder, made when it is not there. Conflict when a restore into it has not ended.
Result<void> open_data_folder(const std::string& data);

// The control plane of a data folder, which is made when it is not there; in another database when one is
// given.
Result<Catalog> open_catalog(const std::string& data, const std::string& database, size_t connections,
                             const Clock& clock);

}  // namespace vigia
