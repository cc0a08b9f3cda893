#pragma once

#include <array>
#include <string>
#include <vector>

#include "model/path_trie.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "normalise/runtime_keys.h"

// The keys that the one pass asks of a record's root, whatever the rules want of it.
namespace vigia {

// The keys of the root that every record is asked for, and those that stand only in envelopes and digests.
enum Known : uint8_t { Source, Name, Id, Account, Time_, Enveloped, known_count };

inline PathTrie known_keys() {
    struct Row {
        std::string_view key;
        Known known;
    };
    static constexpr auto rows = std::to_array<Row>({
        {"eventSource", Source},
        {"eventName", Name},
        {"eventID", Id},
        {"recipientAccountId", Account},
        {"eventTime", Time_},
        {"detail-type", Enveloped},
        {"Records", Enveloped},
        {"logEvents", Enveloped},
        {"Events", Enveloped},
        {"digestStartTime", Enveloped},
    });
    PathTrie keys;
    for (const Row& row : rows)
        keys.add({{Segment::Kind::Key, std::string(row.key), 0}}, Capture::Values, row.known);
    keys.finish();
    return keys;
}

// The keys of the root that a record is asked for that is no CloudTrail record, once its type is known.
enum RuntimeKnown : uint8_t {
    KindSource,
    KindName,
    Ids,
    Times = Ids + runtime_id_keys.size(),
    Provider = Times + runtime_time_keys.size(),
    OwnAccount,
    runtime_known_count
};

inline PathTrie runtime_keys(EventType type) {
    PathTrie keys;
    const auto add = [&](std::string_view key, size_t known) {
        if (!key.empty())
            keys.add({{Segment::Kind::Key, std::string(key), 0}}, Capture::Values,
                     static_cast<uint32_t>(known));
    };
    add(catalogue(type).source_path, KindSource);
    add(catalogue(type).name_path, KindName);
    for (size_t i = 0; i < runtime_id_keys.size(); i++) add(runtime_id_keys[i], Ids + i);
    for (size_t i = 0; i < runtime_time_keys.size(); i++) add(runtime_time_keys[i], Times + i);
    add(runtime_provider_key, Provider);
    add(runtime_account_key, OwnAccount);
    keys.finish();
    return keys;
}

inline std::vector<PathTrie> all_runtime_keys() {
    std::vector<PathTrie> all;
    for (const EventType type : all_event_types().subspan(first_runtime_type))
        all.push_back(runtime_keys(type));
    return all;
}

}  // namespace vigia
