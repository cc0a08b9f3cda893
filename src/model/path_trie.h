#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "model/path.h"

namespace vigia {

// What is kept of what stands at a path.
enum class Capture : uint8_t {
    Values,    // each value that the path finds
    JsonText,  // the JSON text of what stands there, arrays whole, as text() asks
};

// The paths that are wanted of a record, as a tree of keys, so that one pass over the record finds them all.
// Where a filter would take a literal dotted key before the path that it spells, the tree holds a trap under
// that key: a record that has it is for the tree walk.
class PathTrie {
public:
    static constexpr uint32_t none = UINT32_MAX;
    static constexpr uint32_t trap = UINT32_MAX - 1;

    struct Node {
        uint32_t values = none;     // slot that takes the values found here
        uint32_t json_text = none;  // slot that takes the JSON text found here
        uint32_t keys_begin = 0;    // in the table of keys
        uint32_t keys_mask = 0;     // size of this node's part of it, less one
        bool has_keys = false;
        uint64_t sizes = 0;  // a bit for each key's size, by its last six bits
        std::vector<std::pair<uint32_t, uint32_t>> elements;  // of an array: index, node
    };

    PathTrie() : building_(1) {}
    // Its keys borrow from its texts, which only a move leaves where they are.
    PathTrie(PathTrie&&) = default;
    PathTrie& operator=(PathTrie&&) = default;

    // Several paths may share nodes; one path and capture has one slot.
    void add(const FieldPath& path, Capture capture, uint32_t slot);
    // After the last add; before the first find.
    void finish();

    bool empty() const { return nodes_.size() <= 1 && nodes_.front().json_text == none; }
    const Node& root() const { return nodes_.front(); }
    const Node& node(uint32_t at) const { return nodes_[at]; }

    // The node under a key, `trap`, or `none`. Eight bytes from `key` on must be readable, whatever its size.
    uint32_t find(const Node& node, const char* key, uint32_t size) const {
        // Most keys of a record are of no size that is wanted, and not looked at.
        if ((node.sizes >> (size & 63) & 1) == 0) return none;
        const uint64_t front = front_of(key, size);
        const Key* const keys = keys_.data() + node.keys_begin;
        for (uint32_t at = slot_of(front, size) & node.keys_mask;; at = (at + 1) & node.keys_mask) {
            const Key& one = keys[at];
            if (one.text == nullptr) return none;
            if (one.front == front && one.size == size && same_rest(one, key, size)) return one.node;
        }
    }

private:
    struct Key {
        uint64_t front = 0;  // the first eight bytes
        uint64_t back = 0;   // the last eight, of a longer one
        const char* text = nullptr;
        uint32_t size = 0;
        uint32_t node = none;
    };
    // The first eight bytes of a key, zeroes where it is shorter.
    static uint64_t front_of(const char* key, uint32_t size) {
        const uint64_t word = word_at(key);
        return size >= sizeof word ? word : word & ((uint64_t{1} << (8 * size)) - 1);
    }
    // Fibonacci hashing over the front and the size.
    static uint32_t slot_of(uint64_t front, uint32_t size) {
        return static_cast<uint32_t>(((front ^ (size * 0xff51afd7ed558ccdULL)) * 0x9e3779b97f4a7c15ULL) >>
                                     32);
    }
    static uint64_t word_at(const char* bytes) {
        static_assert(std::endian::native == std::endian::little);
        uint64_t word = 0;
        std::memcpy(&word, bytes, sizeof word);
        return word;
    }
    // Whether the key is the same behind its front.
    static bool same_rest(const Key& one, const char* key, size_t size) {
        if (size <= sizeof(uint64_t)) return true;
        if (word_at(key + size - sizeof(uint64_t)) != one.back) return false;
        return size <= 2 * sizeof(uint64_t) || std::memcmp(one.text, key, size) == 0;
    }
    struct Building {
        std::vector<std::pair<std::string, uint32_t>> keys;
        Node node;
    };

    uint32_t child(uint32_t at, const std::string& key);
    uint32_t element(uint32_t at, uint32_t index);

    std::vector<Building> building_;
    std::vector<std::pair<uint32_t, std::string>> traps_;
    std::vector<Node> nodes_;
    std::vector<Key> keys_;
    std::deque<std::string> texts_;  // what keys_ borrows from
};

}  // namespace vigia
