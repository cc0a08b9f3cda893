#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "investigate/inventory.h"

namespace vigia {

// "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.2@sha256:…", taken apart; what it does not say is
// empty.
struct ImageName {
    std::string account;  // of a registry of ECR, as the region
    std::string region;
    std::string registry;
    std::string repository;
    std::string tag;
    std::string digest;

    bool operator==(const ImageName&) const = default;
};
ImageName parse_image(std::string_view text);

// Worst first.
constexpr auto scan_severities =
    std::to_array<std::string_view>({"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"});

// The result of the latest scan that events tell of.
struct ImageScan {
    std::string event_id;
    std::string event_type;
    Time time;
    std::array<uint64_t, scan_severities.size()> findings{};
};

struct ImageSeen {
    std::string image;  // as containers name it; of one that none was seen of, as they would
    ImageName name;     // with the digest, when a scan tells which one the tag is
    std::vector<std::string> tags;
    std::optional<Time> first;  // of its containers
    std::optional<Time> last;
    std::vector<ContainerSeen> containers;  // those seen last, image_containers_max at most
    uint64_t container_count = 0;
    uint64_t running = 0;  // of the containers
    std::optional<ImageScan> scan;
};

struct ImageList {
    std::vector<ImageSeen> images;  // the worst findings first, then what runs most
    uint64_t total = 0;             // with those beyond the limit
    bool complete = true;           // false: there are more containers or scans than are looked at
};

constexpr size_t image_containers_max = 20;
// Containers and scans that are looked at, the latest.
constexpr size_t images_looked_at_max = 4000;

// The images of the containers that were seen, and those that were scanned, by ECR's scan events, by
// Inspector's, and by what DescribeImageScanFindings answered. Of the question, `after` says nothing.
Result<ImageList> images_seen(EventStore& store, const InventoryQuestion& question,
                              const DuckBound& bound = {});

}  // namespace vigia
