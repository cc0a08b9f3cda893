#pragma once

#include <functional>
#include <vector>

#include "lang/tree_walk.h"

namespace vigia {

// The walk of a filter's tree over a record's, for what asks more of it than holds() does. It borrows what it
// was made of.
class TreeWalker {
public:
    TreeWalker(const Json& record, const TreeContext& context) : record_(record), context_(context) {}

    bool holds(const ast::Filter& filter) const;
    // What the operand finds, count() aside: of that, what is counted.
    std::vector<Value> values(const ast::Operand& operand) const;
    std::vector<Value> values(const ast::Path& path) const;
    // What a quantified condition is asked of, in the record's order.
    std::vector<const Json*> elements(const ast::Quantified& quantified) const;
    // The walk over one of them: paths begin there, and nothing has an alias.
    TreeWalker element(const Json& json) const { return {json, context_, Inside::Element}; }

private:
    enum class Inside : uint8_t { Record, Element };
    TreeWalker(const Json& record, const TreeContext& context, Inside inside)
        : record_(record), context_(context), inside_(inside) {}

    Field resolved(const ast::Path& path) const;
    // Borrows from the cache, or from `made` when there is none.
    const Field& field(const ast::Path& path, Field& made) const;
    // Whether any of the values satisfies the predicate that `make` makes of the part of a filter at `part`.
    bool any_holds(const std::vector<Value>& found, const void* part,
                   const std::function<Result<ValuePredicate>()>& make) const;
    bool holds(const ast::Quantified& quantified) const;
    bool holds(const ast::Condition& condition) const;
    bool relates(const std::vector<Value>& found, const ast::Condition& condition,
                 const ast::Scalar& scalar) const;
    bool relates_as(const std::vector<Value>& found, const ast::Condition& condition,
                    const ast::Scalar& scalar, ast::Op op) const;

    const Json& record_;
    const TreeContext& context_;
    Inside inside_ = Inside::Record;
};

}  // namespace vigia
