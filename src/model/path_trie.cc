#include "model/path_trie.h"

#include <algorithm>
#include <bit>

namespace vigia {

uint32_t PathTrie::child(uint32_t at, const std::string& key) {
    const auto known = std::ranges::find(building_[at].keys, key, &std::pair<std::string, uint32_t>::first);
    if (known != building_[at].keys.end()) return known->second;
    const auto made = static_cast<uint32_t>(building_.size());
    building_[at].keys.emplace_back(key, made);
    building_.emplace_back();
    return made;
}

uint32_t PathTrie::element(uint32_t at, uint32_t index) {
    for (const auto& [known, node] : building_[at].node.elements) {
        if (known == index) return node;
    }
    const auto made = static_cast<uint32_t>(building_.size());
    building_[at].node.elements.emplace_back(index, made);
    building_.emplace_back();
    return made;
}

void PathTrie::add(const FieldPath& path, Capture capture, uint32_t slot) {
    uint32_t at = 0;
    for (size_t i = 0; i < path.size(); i++) {
        if (path[i].kind == Segment::Kind::Each) continue;
        if (path[i].kind == Segment::Kind::Index) {
            at = element(at, path[i].index);
            continue;
        }
        std::string joined = path[i].key;
        for (size_t k = i + 1; k < path.size() && path[k].kind == Segment::Kind::Key; k++) {
            joined += "." + path[k].key;
            traps_.emplace_back(at, joined);
        }
        at = child(at, path[i].key);
    }
    Node& node = building_[at].node;
    (capture == Capture::Values ? node.values : node.json_text) = slot;
}

void PathTrie::finish() {
    for (const auto& [at, key] : traps_) {
        auto& keys = building_[at].keys;
        const auto known = std::ranges::find(keys, key, &std::pair<std::string, uint32_t>::first);
        // A key that is itself wanted and spells another path: which one is meant depends on the path.
        if (known == keys.end())
            keys.emplace_back(key, trap);
        else
            known->second = trap;
    }
    for (Building& one : building_) {
        Node node = std::move(one.node);
        node.has_keys = !one.keys.empty();
        node.keys_begin = static_cast<uint32_t>(keys_.size());
        const size_t room = std::bit_ceil(std::max<size_t>(2 * one.keys.size(), 1));
        node.keys_mask = static_cast<uint32_t>(room - 1);
        keys_.resize(keys_.size() + room);
        for (auto& [key, to] : one.keys) {
            const std::string padded = key + std::string(sizeof(uint64_t), '\0');
            const auto size = static_cast<uint32_t>(key.size());
            const uint64_t front = front_of(padded.data(), size);
            node.sizes |= uint64_t{1} << (size & 63);
            uint32_t at = slot_of(front, size) & node.keys_mask;
            while (keys_[node.keys_begin + at].text != nullptr) at = (at + 1) & node.keys_mask;
            texts_.push_back(std::move(key));
            const std::string& text = texts_.back();
            const uint64_t back =
                text.size() > sizeof(uint64_t) ? word_at(text.data() + text.size() - sizeof(uint64_t)) : 0;
            keys_[node.keys_begin + at] = {front, back, text.data(), size, to};
        }
        nodes_.push_back(std::move(node));
    }
    building_.clear();
    traps_.clear();
}

}  // namespace vigia
