#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/batch_reader.h"
#include "base/random.h"
#include "store/event_store.h"

namespace vigia {

// Events in a store of a folder of its own, put there as intake does.
class StoredEvents : public testing::Test {
protected:
    StoredEvents() {
        std::filesystem::create_directories(folder_);
        inbox_ = *Inbox::open(folder_ / "inbox.db");
        store_ = *EventStore::open({.folder = folder_ / "lake", .memory_bytes_max = 512'000'000}, *inbox_);
        auto rules = std::make_shared<RulesInForce>();
        rules->rules = make_rule_set({}, {});
        rules_ = std::move(rules);
    }
    ~StoredEvents() override {
        store_.reset();
        inbox_.reset();
        std::filesystem::remove_all(folder_);
    }

    ReadBatch read(const std::string& body, const std::string& organisation, Time received) {
        auto batch = reader_.read(body, organisation, received, rules_, Detection::Off);
        EXPECT_TRUE(batch) << batch.error().message;
        return batch ? std::move(*batch) : ReadBatch();
    }

    // Puts these of its rows where intake would.
    void keep(const std::string& body, const std::string& organisation, Time received, ReadBatch batch,
              std::vector<uint32_t> wanted) {
        InboxBatch kept{.organisation = organisation, .body = body};
        EXPECT_TRUE(inbox_->put({&kept, 1}));
        store_->append({kept.organisation, kept.number, received, std::move(batch.rows), std::move(wanted)});
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("vigia-events-" + hex(random_bytes(8)));
    std::optional<Inbox> inbox_;
    std::unique_ptr<EventStore> store_;
    BatchReader reader_;
    std::shared_ptr<const RulesInForce> rules_;
};

}  // namespace vigia
