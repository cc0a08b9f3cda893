#include "normalise/normaliser.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "model/quote.h"
#include "normalise/catalogue.h"
#include "normalise/runtime_keys.h"

namespace vigia {

namespace {

bool is_array(const Json* json) { return json != nullptr && json->kind == Json::Kind::Array; }
bool is_object(const Json* json) { return json != nullptr && json->kind == Json::Kind::Object; }

std::string_view text_of(const Json& object, std::string_view key) {
    const Json* found = member(object, key);
    return found != nullptr && found->kind == Json::Kind::Text ? found->text : std::string_view{};
}

std::string_view first_text(const Json& object, std::span<const std::string_view> keys) {
    std::string_view first;
    for (const std::string_view key : keys) {
        if (first.empty()) first = text_of(object, key);
    }
    return first;
}

bool is_cloudtrail(const Json& record) {
    return !text_of(record, "eventName").empty() || !text_of(record, "eventSource").empty();
}

bool is_digest(const Json& record) {
    return member(record, "digestStartTime") != nullptr && member(record, "digestS3Bucket") != nullptr;
}

bool is_plain(const Json& record, std::string_view key) {
    if (key.empty()) return true;
    if (std::ranges::count(record.members, key, &JsonMember::key) > 1) return false;
    const Json* found = member(record, key);
    return found == nullptr || found->kind == Json::Kind::Null ||
           (found->kind == Json::Kind::Text && !found->text.empty());
}

// What every type has: its kind, by the two fields that the type's catalogue names.
Event event_of(EventType type, const Json& record) {
    const FieldCatalogue& fields = catalogue(type);
    return {.type = type,
            .record = &record,
            .source = fields.source_path.empty() ? "" : text_of(record, fields.source_path),
            .name = fields.name_path.empty() ? "" : text_of(record, fields.name_path),
            .plain_kind = is_plain(record, fields.source_path) && is_plain(record, fields.name_path)};
}

Event cloudtrail_event(const Json& record) {
    Event event = event_of(EventType::CloudTrail, record);
    event.id = text_of(record, "eventID");
    event.account = text_of(record, "recipientAccountId");
    const Json* identity = member(record, "userIdentity");
    if (event.account.empty() && is_object(identity)) event.account = text_of(*identity, "accountId");
    event.time = parse_rfc3339(text_of(record, "eventTime"));
    return event;
}

Event aws_event(const Json& record) {
    Event event = event_of(EventType::AwsEvent, record);
    event.id = text_of(record, "id");
    event.account = text_of(record, "account");
    event.time = parse_rfc3339(text_of(record, "time"));
    return event;
}

std::optional<Time> time_of(const Json& record, std::string_view key) {
    const Json* found = member(record, key);
    if (found == nullptr || (found->kind != Json::Kind::Text && found->kind != Json::Kind::Number))
        return std::nullopt;
    return parse_runtime_time(found->text);
}

Event runtime_event(EventType type, const Json& record) {
    Event event = event_of(type, record);
    event.id = first_text(record, runtime_id_keys);
    const Json* provider = member(record, runtime_provider_key);
    if (is_object(provider)) event.account = text_of(*provider, runtime_account_key);
    if (event.account.empty()) event.account = text_of(record, runtime_account_key);
    for (const std::string_view key : runtime_time_keys) {
        if (!event.time) event.time = time_of(record, key);
    }
    return event;
}

// Of a type that is none, in the reason why its record is refused.
constexpr size_t shown_type_bytes_max = 64;

}  // namespace

Result<Normalised> Normaliser::normalise(std::string_view text,
                                         const std::function<void(const Event&)>& visit) {
    const Json* record = TRY(outer_.read(text));
    Normalised done;
    TRY_VOID(open(*record, done, visit));
    return done;
}

Result<void> Normaliser::open(const Json& record, Normalised& done,
                              const std::function<void(const Event&)>& visit) {
    if (record.kind != Json::Kind::Object) return error(ErrorKind::BadInput, "expected a JSON object");
    const Json* detail = member(record, "detail");
    if (is_object(detail) && member(record, "detail-type") != nullptr) {
        done.events++;
        visit(is_cloudtrail(*detail) ? cloudtrail_event(*detail) : aws_event(record));
        return {};
    }
    if (is_cloudtrail(record)) {
        done.events++;
        visit(cloudtrail_event(record));
        return {};
    }
    if (const std::string_view name = first_text(record, runtime_type_keys); !name.empty()) {
        const auto type = runtime_event_type(name);
        if (!type)
            return error(ErrorKind::BadInput,
                         fmt::format("there are no events of type {}, only {}",
                                     quote(name.substr(0, shown_type_bytes_max)), runtime_event_types()));
        done.events++;
        visit(runtime_event(*type, record));
        return {};
    }
    if (const Json* records = member(record, "Records"); is_array(records)) {
        open_each(*records, done, visit);
    } else if (const Json* listed = member(record, "events"); is_array(listed)) {
        open_each(*listed, done, visit);
    } else if (const Json* logs = member(record, "logEvents"); is_array(logs)) {
        if (text_of(record, "messageType") == "CONTROL_MESSAGE")
            done.controls++;
        else
            open_texts(*logs, "message", done, visit);
    } else if (const Json* looked_up = member(record, "Events"); is_array(looked_up)) {
        open_texts(*looked_up, "CloudTrailEvent", done, visit);
    } else if (is_digest(record)) {
        done.digests++;
    } else {
        return error(
            ErrorKind::BadInput,
            "neither a CloudTrail record (no eventName, no eventSource) nor a runtime event (no event_type) "
            "nor an envelope that holds some");
    }
    return {};
}

void Normaliser::open_each(const Json& list, Normalised& done,
                           const std::function<void(const Event&)>& visit) {
    for (const Json& element : list.elements) {
        const auto opened = open(element, done, visit);
        if (opened) continue;
        done.refused++;
        done.reason = opened.error().message;
    }
}

Result<void> Normaliser::open_text(std::string_view text, Normalised& done,
                                   const std::function<void(const Event&)>& visit) {
    const Json* record = TRY(inner_.read(text));
    if (record->kind != Json::Kind::Object || !is_cloudtrail(*record))
        return error(ErrorKind::BadInput, "the message is no CloudTrail record");
    done.events++;
    visit(cloudtrail_event(*record));
    return {};
}

void Normaliser::open_texts(const Json& list, std::string_view key, Normalised& done,
                            const std::function<void(const Event&)>& visit) {
    for (const Json& element : list.elements) {
        const auto opened = open_text(text_of(element, key), done, visit);
        if (opened) continue;
        done.refused++;
        done.reason = opened.error().message;
    }
}

}  // namespace vigia
