#include "base/conflict.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

TEST(Conflict, IsToldByItsKind) {
    const Error changed = changed_meanwhile("the rule"), taken = name_taken("a list", "own");
    EXPECT_EQ(changed.message, "the rule was changed meanwhile; read it again, then change it");
    EXPECT_EQ(taken.message, "there is a list 'own' already");
    EXPECT_TRUE(is_changed_meanwhile(changed));
    EXPECT_FALSE(is_name_taken(changed));
    EXPECT_TRUE(is_name_taken(taken));
    EXPECT_FALSE(is_changed_meanwhile(taken));
}

TEST(Conflict, OthersAreNeither) {
    for (const Error& other : {Error{ErrorKind::Conflict, "the dismissal was undone already"},
                               Error{ErrorKind::BadInput, changed_meanwhile("the rule").message},
                               Error{ErrorKind::NotFound, name_taken("a list", "own").message}}) {
        EXPECT_FALSE(is_changed_meanwhile(other)) << other.message;
        EXPECT_FALSE(is_name_taken(other)) << other.message;
    }
    // A name says nothing of the kind.
    EXPECT_FALSE(is_changed_meanwhile(name_taken("a list", changed_meanwhile("x").message)));
}

}  // namespace
}  // namespace vigia
