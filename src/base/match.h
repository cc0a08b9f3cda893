#pragma once

namespace vigia {

// match{[](const A&) {…}, [](const B&) {…}} for std::visit: one lambda an alternative.
template <typename... Arms>
struct match : Arms... {
    using Arms::operator()...;
};
template <typename... Arms>
match(Arms...) -> match<Arms...>;

}  // namespace vigia
