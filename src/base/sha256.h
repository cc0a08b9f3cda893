#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace vigia {

// SHA-256 of what comes in pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    void add(std::string_view piece);
    // The 32 bytes. Called once.
    std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vigia
