#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace vigia {

// A SQLite database as it was when it was pinned, while others go on writing to it. For one thread.
class PinnedDatabase {
public:
    static Result<PinnedDatabase> open(const std::string& file);
    PinnedDatabase(PinnedDatabase&&) noexcept;
    PinnedDatabase& operator=(PinnedDatabase&&) noexcept;
    ~PinnedDatabase();

    // A new file, its owner's alone, with what was there then.
    Result<void> copy_to(const std::string& file) const;
    // Of an inbox: the paths of the parts that the lake consisted of, without those that were set aside.
    Result<std::vector<std::string>> parts() const;

private:
    struct State;
    explicit PinnedDatabase(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace vigia
