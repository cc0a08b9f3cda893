// Any bytes as a file of the lake, one that no checksum stands for: questions are answered, and the file is
// read or set aside.
#include <filesystem>
#include <fstream>

#include "base/assert.h"
#include "base/random.h"
#include "store/event_store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    static const std::string organisation = "0123456789abcdef01234567";
    static const auto folder =
        std::filesystem::temp_directory_path() / ("vigia-fuzz-" + hex(random_bytes(8)));
    std::filesystem::create_directories(folder / "lake");
    {
        std::ofstream file(folder / "lake/part.parquet", std::ios::binary);
        file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    }
    {
        auto inbox = Inbox::open(folder / "inbox.db");
        VIGIA_ASSERT(inbox.has_value());
        Part part{.organisation = organisation,
                  .day = "2026-11-20",
                  .path = "part.parquet",
                  .rows = 1,
                  .bytes = size};
        part.last = Time::max();
        VIGIA_ASSERT(inbox->seal(0, {&part, 1}).has_value());
        const auto store =
            EventStore::open({.folder = folder / "lake", .memory_bytes_max = 256'000'000}, *inbox);
        VIGIA_ASSERT(store.has_value());
        const auto read = (*store)->each_id(part, [](const EventStore::StoredId&) {});
        const EventQuery query{
            .organisation = organisation, .select = "id, time, name, record", .rest = "order by time"};
        auto answer = (*store)->query(query);
        while (answer) {
            const auto more = answer->next();
            if (!more || !*more) break;
        }
        const std::string asked = "x";
        (void)(*store)->known_ids({&part, 1}, {&asked, 1});
        (void)(*store)->verify_next();
        VIGIA_ASSERT(read || read.error().kind != ErrorKind::Corrupt ||
                     (*store)->counts().damaged.size() == 1);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
