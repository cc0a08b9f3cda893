#include "investigate/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <tuple>

#include "base/utf8.h"
#include "investigate/event_texts.h"
#include "investigate/record_json.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::string_view ecr_domain = ".dkr.ecr.";
constexpr std::string_view amazon_domain = ".amazonaws.com";
constexpr std::string_view repository_mark = ":repository/";

constexpr std::string_view scans_where =
    "(type = 'awsevent' and aws_source in ('aws.ecr', 'aws.inspector2') and detail_type in ('ECR Image "
    "Scan', "
    "'Inspector2 Scan')) or (type = 'cloudtrail' and source = 'ecr.amazonaws.com' and name = "
    "'DescribeImageScanFindings' and error_code is null)";

// A scan, and which image it was of.
struct Scan {
    ImageName name;
    std::vector<std::string> tags;
    ImageScan result;
};

using Repository = std::tuple<std::string, std::string, std::string>;  // account, region, name
Repository repository_of(const ImageName& name) { return {name.account, name.region, name.repository}; }

// Digests and tags of one repository are told apart by their form: a digest has a colon in it.
using ImageKey = std::pair<Repository, std::string>;

bool is_empty(const Scan& scan) {
    return scan.name.repository.empty() || (scan.name.digest.empty() && scan.tags.empty());
}

void read_counts(const json::value* counts, ImageScan& into) {
    if (counts == nullptr) return;
    for (size_t i = 0; i < scan_severities.size(); i++) {
        const json::value* const count = record_value(*counts, {scan_severities[i]});
        if (count == nullptr) continue;
        if (count->is_int64() && count->get_int64() > 0)
            into.findings[i] = static_cast<uint64_t>(count->get_int64());
    }
}

// "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web", as Inspector names it.
std::string repository_text(std::string text) {
    const size_t at = text.find(repository_mark);
    return at == std::string::npos ? text : text.substr(at + repository_mark.size());
}

void read_scan_event(const json::value& record, Scan& scan) {
    scan.name.account = record_text(record, {"account"});
    scan.name.region = record_text(record, {"region"});
    scan.name.repository = repository_text(record_text(record, {"detail", "repository-name"}));
    scan.name.digest = record_text(record, {"detail", "image-digest"});
    if (const json::value* const tags = record_value(record, {"detail", "image-tags"});
        tags != nullptr && tags->is_array()) {
        for (const json::value& one : tags->get_array())
            if (one.is_string()) scan.tags.emplace_back(one.get_string());
    }
    read_counts(record_value(record, {"detail", "finding-severity-counts"}), scan.result);
}

void read_scan_call(const json::value& record, Scan& scan) {
    const auto said = [&](std::initializer_list<std::string_view> answer,
                          std::initializer_list<std::string_view> request) {
        std::string text = record_text(record, answer);
        return text.empty() ? record_text(record, request) : text;
    };
    scan.name.account = said({"responseElements", "registryId"}, {"recipientAccountId"});
    scan.name.region = record_text(record, {"awsRegion"});
    scan.name.repository =
        said({"responseElements", "repositoryName"}, {"requestParameters", "repositoryName"});
    scan.name.digest =
        said({"responseElements", "imageId", "imageDigest"}, {"requestParameters", "imageId", "imageDigest"});
    const std::string tag =
        said({"responseElements", "imageId", "imageTag"}, {"requestParameters", "imageId", "imageTag"});
    if (!tag.empty()) scan.tags.push_back(tag);
    read_counts(record_value(record, {"responseElements", "imageScanFindings", "findingSeverityCounts"}),
                scan.result);
}

// Whether the record has a result at all: calls may be answered before there is one.
bool has_result(const json::value& record) {
    return record_value(record, {"detail", "finding-severity-counts"}) != nullptr ||
           record_value(record, {"responseElements", "imageScanFindings", "findingSeverityCounts"}) !=
               nullptr;
}

// The latest first.
Result<std::vector<Scan>> scans_of(EventStore& store, const InventoryQuestion& question,
                                   const DuckBound& bound) {
    EventStore::View view = store.view();
    const EventQuery query{.organisation = question.organisation,
                           .since = question.since,
                           .until = question.until,
                           .select = "id, type, epoch_us(time), file, place",
                           .where = {{std::string(scans_where)}},
                           .rest = fmt::format("order by time desc, id limit {}", images_looked_at_max)};
    std::vector<Scan> scans;
    std::vector<EventPlace> places;
    auto answer = TRY(store.query(view, query, bound));
    while (TRY(answer.next())) {
        const DuckRows& rows = answer.rows();
        for (size_t i = 0; i < rows.size(); i++) {
            Scan one;
            one.result.event_id = text_at(rows, 0, i);
            one.result.event_type = text_at(rows, 1, i);
            one.result.time = Time{std::chrono::microseconds{rows.number(2, i).value_or(0)}};
            scans.push_back(std::move(one));
            places.push_back({text_at(rows, 3, i), rows.number(4, i).value_or(0)});
        }
    }
    if (scans.empty()) return scans;
    const auto records = TRY(store.records(view, question.organisation, places, bound));
    for (size_t i = 0; i < scans.size(); i++) {
        const json::value record = parsed_record(records[i]);
        if (!has_result(record)) continue;
        if (scans[i].result.event_type == "cloudtrail")
            read_scan_call(record, scans[i]);
        else
            read_scan_event(record, scans[i]);
    }
    return scans;
}

// The scans by the images that they were of.
class ScanBook {
public:
    explicit ScanBook(const std::vector<Scan>& scans) {
        for (const Scan& one : scans) {
            if (one.name.digest.empty()) continue;
            for (const std::string& tag : one.tags) {
                digests_.emplace(ImageKey{repository_of(one.name), tag}, one.name.digest);
                tags_[{repository_of(one.name), one.name.digest}].push_back(tag);
            }
        }
        for (const Scan& one : scans) {
            if (!one.name.digest.empty())
                latest_.emplace(ImageKey{repository_of(one.name), one.name.digest}, &one);
            else
                for (const std::string& tag : one.tags) latest_.emplace(key_of(one.name, tag), &one);
        }
    }

    // What the tag stood for last, where a scan tells.
    std::string digest_of(const ImageName& name, const std::string& tag) const {
        const auto found = digests_.find({repository_of(name), tag});
        return found == digests_.end() ? std::string() : found->second;
    }
    ImageKey key_of(const ImageName& name, const std::string& tag) const {
        const std::string digest = name.digest.empty() ? digest_of(name, tag) : name.digest;
        return {repository_of(name), digest.empty() ? tag : digest};
    }
    const Scan* find(const ImageKey& key) const {
        const auto found = latest_.find(key);
        return found == latest_.end() ? nullptr : found->second;
    }
    std::vector<std::string> tags_of(const ImageKey& key) const {
        const auto found = tags_.find(key);
        if (found == tags_.end()) return {};
        std::vector<std::string> tags = found->second;
        std::ranges::sort(tags);
        tags.erase(std::ranges::unique(tags).begin(), tags.end());
        return tags;
    }
    const std::map<ImageKey, const Scan*>& all() const { return latest_; }

private:
    std::map<ImageKey, std::string> digests_;
    std::map<ImageKey, std::vector<std::string>> tags_;
    std::map<ImageKey, const Scan*> latest_;
};

void add_container(const ContainerSeen& container, ImageSeen& image) {
    image.first = std::min(image.first.value_or(container.seen.first), container.seen.first);
    image.last = std::max(image.last.value_or(container.seen.last), container.seen.last);
    image.container_count++;
    if (container.state == ContainerState::Running) image.running++;
    if (image.containers.size() < image_containers_max) image.containers.push_back(container);
}

void add_scan(const ScanBook& book, const ImageKey& key, ImageSeen& image) {
    image.tags = book.tags_of(key);
    const auto& [repository, digest_or_tag] = key;
    if (digest_or_tag.contains(':')) image.name.digest = digest_or_tag;
    if (image.tags.empty() && !image.name.tag.empty()) image.tags.push_back(image.name.tag);
    if (const Scan* const scan = book.find(key)) image.scan = scan->result;
}

// An image of which no container was seen.
ImageSeen scanned_only(const ScanBook& book, const ImageKey& key) {
    ImageSeen image;
    const auto& [repository, digest_or_tag] = key;
    std::tie(image.name.account, image.name.region, image.name.repository) = repository;
    image.name.registry =
        fmt::format("{}{}{}{}", image.name.account, ecr_domain, image.name.region, amazon_domain);
    add_scan(book, key, image);
    if (image.name.digest.empty()) image.tags = {digest_or_tag};
    if (!image.tags.empty()) image.name.tag = image.tags.back();
    image.image = fmt::format("{}/{}", image.name.registry, image.name.repository);
    image.image += image.name.tag.empty() ? "@" + image.name.digest : ":" + image.name.tag;
    return image;
}

bool is_worse(const ImageSeen& one, const ImageSeen& other) {
    const ImageScan none;
    const auto& of_one = (one.scan ? *one.scan : none).findings;
    const auto& of_other = (other.scan ? *other.scan : none).findings;
    if (of_one != of_other) return of_one > of_other;
    if (one.running != other.running) return one.running > other.running;
    return one.image < other.image;
}

}  // namespace

ImageName parse_image(std::string_view text) {
    ImageName name;
    if (const size_t at = text.find('@'); at != std::string_view::npos) {
        name.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    // A registry has a point or a port; so a name has not.
    if (const size_t slash = text.find('/'); slash != std::string_view::npos) {
        const std::string_view first = text.substr(0, slash);
        if (first.find_first_of(".:") != std::string_view::npos) {
            name.registry = first;
            text.remove_prefix(slash + 1);
        }
    }
    const size_t colon = text.rfind(':');
    if (colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos) {
        name.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    name.repository = text;
    const size_t ecr = name.registry.find(ecr_domain), end = name.registry.find(amazon_domain);
    if (ecr != std::string::npos && end != std::string::npos && end > ecr + ecr_domain.size()) {
        name.account = name.registry.substr(0, ecr);
        name.region = name.registry.substr(ecr + ecr_domain.size(), end - ecr - ecr_domain.size());
    }
    return name;
}

Result<ImageList> images_seen(EventStore& store, const InventoryQuestion& question, const DuckBound& bound) {
    InventoryQuestion of_all = question;
    of_all.text.clear();
    of_all.after.reset();
    of_all.limit = images_looked_at_max;
    const auto containers = TRY(containers_seen(store, of_all, bound));
    std::vector<Scan> scans = TRY(scans_of(store, question, bound));
    ImageList list{.complete = !containers.next && scans.size() < images_looked_at_max};
    std::erase_if(scans, is_empty);
    const ScanBook book(scans);
    std::map<std::string, ImageSeen> by_text;
    for (const ContainerSeen& one : containers.rows)
        if (!one.image.empty()) add_container(one, by_text[one.image]);
    std::map<ImageKey, bool> shown;
    for (auto& [text, image] : by_text) {
        image.image = text;
        image.name = parse_image(text);
        const ImageKey key = book.key_of(image.name, image.name.tag);
        add_scan(book, key, image);
        shown[key] = true;
        list.images.push_back(std::move(image));
    }
    for (const auto& [key, scan] : book.all())
        if (!shown.contains(key)) list.images.push_back(scanned_only(book, key));
    const std::string part = lower_ascii(question.text);
    std::erase_if(list.images, [&](const ImageSeen& one) {
        return !lower_ascii(one.image).contains(part) && !one.name.digest.contains(part);
    });
    std::ranges::sort(list.images, is_worse);
    list.total = list.images.size();
    if (list.images.size() > question.limit) list.images.resize(question.limit);
    return list;
}

}  // namespace vigia
