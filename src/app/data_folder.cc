#include "app/data_folder.h"

#include <fmt/format.h>

#include "app/backup.h"
#include "base/file.h"

namespace vigia {

std::string secret_key_file(const std::string& data) { return data + "/secret.key"; }

Result<void> open_data_folder(const std::string& data) {
    if (is_folder(fmt::format("{}/{}", data, restoring_name)))
        return error(
            ErrorKind::Conflict,
            fmt::format("a restore into {} has not ended: remove the folder and restore again", data));
    return make_private_folder(data);
}

Result<Catalog> open_catalog(const std::string& data, const std::string& database, size_t connections,
                             const Clock& clock) {
    TRY_VOID(open_data_folder(data));
    const Vault vault = TRY(Vault::open(secret_key_file(data)));
    Database opened =
        TRY(Database::open(database.empty() ? "sqlite:" + data + "/catalog.db" : database, connections));
    return Catalog::open(std::move(opened), vault, clock);
}

}  // namespace vigia
