#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "model/field_values.h"
#include "model/json.h"
#include "model/path_trie.h"

namespace vigia {

enum class EventType : uint8_t {
    CloudTrail,
    AwsEvent,
    Audit,
    File,
    Host,
    Login,
    Container,
    ThreatIntel,
    Winsec,
    KubernetesAudit,
    KubernetesConfig,
};
constexpr size_t event_types = 11;

// What a stage further on wants of the events of one kind. Kinds of which the same is wanted share the paths.
struct Wanted {
    const PathTrie* paths = nullptr;
    size_t slots = 0;
    bool object_texts = false;  // whether an object's value is its JSON text; else it is only there
};

// Whoever can take other values of the event at hand.
class ValueSource {
public:
    virtual ~ValueSource() = default;
    // Fills the event's values anew. False when only the whole record can tell.
    virtual bool retake(const Wanted& wanted) = 0;
};

// Who tells what it wants, once type, source and name of an event are known.
class Interest {
public:
    virtual ~Interest() = default;
    // Valid until the next call.
    virtual const Wanted& wanted(EventType type, std::string_view source, std::string_view name) = 0;
};

// One thing that happened, as every stage after normalise knows it. It borrows from the reader that made it,
// and is gone with the next. It holds its whole record as a tree, or only what was wanted of it: one of
// `record` and `values` is null.
struct Event {
    EventType type = EventType::CloudTrail;
    uint32_t organisation = 0;  // that it belongs to, by its index in the rule set
    const Json* record = nullptr;
    const Wanted* wanted = nullptr;       // what Interest answered
    const FieldValues* values = nullptr;  // of what was taken last
    ValueSource* more = nullptr;          // with `values`
    std::string_view source;              // with `name` its kind: the two fields that its catalogue names
    std::string_view name;
    std::string_view id;       // unique in its account; empty when the record has none
    std::string_view account;  // that the event is about; empty when the record does not say
    std::optional<Time> time;

    // Whether source and name are all that the record says of them: each at most once, and a text that is not
    // empty, or nothing. Records are so as they are made; of others nothing may be concluded from the two.
    bool plain_kind = true;
};

}  // namespace vigia
