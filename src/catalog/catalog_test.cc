// The control plane, on SQLite and, where VIGIA_TEST_POSTGRESQL names a server, on PostgreSQL.
#include "catalog/catalog.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/utf8.h"
#include "catalog/schema.h"
#include "catalog/sessions.h"
#include "catalog/test_catalog.h"

namespace vigia {
namespace {

class CatalogTest : public WithCatalog {
protected:
    NewApiKey add_key(const std::string& name, KeyKind kind, const KeyGrant& grant = {}) {
        const auto made = catalog().add_key(somebody, one_, name, kind, grant);
        EXPECT_TRUE(made) << made.error().message;
        return *made;
    }
};

TEST_P(CatalogTest, OrganisationsHaveNamesOfTheirOwn) {
    EXPECT_EQ(one_.size(), 24U);
    expect_error(catalog().add_organisation(somebody, "one"), ErrorKind::Conflict, "'one' already");
    expect_error(catalog().add_organisation(somebody, ""), ErrorKind::BadInput);
    expect_error(catalog().add_organisation(somebody, std::string(name_characters_max + 1, 'x')),
                 ErrorKind::BadInput);
    EXPECT_TRUE(catalog().add_organisation(somebody, std::string(name_characters_max, 'x')));
    expect_error(catalog().add_organisation(somebody, "a\nb"), ErrorKind::BadInput);
    EXPECT_EQ(catalog().organisations()->size(), 3U);
    EXPECT_EQ(catalog().organisation_by_name("two")->id, two_);
    expect_error(catalog().organisation_by_name("three"), ErrorKind::NotFound);
}

TEST_P(CatalogTest, UsersHaveAddressesOfTheirOwnInTheirOrganisation) {
    add_user(one_, "Alice@Example.org", Role::Owner);
    add_user(two_, "alice@example.org", Role::Owner);
    EXPECT_EQ(catalog().users(one_)->at(0).email, "alice@example.org");
    expect_error(catalog().add_user(somebody, one_, "alice@example.org", Role::User, good_password),
                 ErrorKind::Conflict);
    for (const std::string bad : {"no address", "a@b@c", "@b", "a@", "a\x80@b.org"})
        expect_error(catalog().add_user(somebody, one_, bad, Role::User, good_password), ErrorKind::BadInput);
    expect_error(catalog().add_user(somebody, one_, "bob@example.org", Role::User, "short"),
                 ErrorKind::BadInput, "12");
    expect_error(catalog().add_user(somebody, "nowhere", "bob@example.org", Role::User, good_password),
                 ErrorKind::Conflict);
}

TEST_P(CatalogTest, TheLogPagesAndEndsAtTimes) {
    const Time begin = clock_.now();
    for (int i = 0; i < 7; i++) {
        // Two at a time.
        if (i % 2 == 1) clock_.advance(std::chrono::seconds{1});
        add_user(one_, "user" + std::to_string(i) + "@example.org", Role::User);
        add_user(two_, "user" + std::to_string(i) + "@example.org", Role::User);
    }
    std::set<std::string> seen;
    AuditQuery query{.organisation = one_, .limit = 3};
    size_t pages = 0;
    Time last = Time::max();
    do {
        const auto page = catalog().audit(query);
        ASSERT_TRUE(page) << page.error().message;
        for (const AuditEntry& one : page->entries) {
            EXPECT_EQ(one.organisation, one_);
            EXPECT_TRUE(seen.insert(one.id).second);
            EXPECT_LE(one.time, last);
            last = one.time;
        }
        query.cursor = page->next;
        pages++;
    } while (!query.cursor.empty());
    EXPECT_EQ(seen.size(), 8U) << "seven users and the organisation";
    EXPECT_EQ(pages, 3U);
    const auto times = [&](std::optional<Time> from, std::optional<Time> until) {
        return catalog().audit({.organisation = one_, .from = from, .until = until})->entries.size();
    };
    const std::chrono::seconds second{1};
    EXPECT_EQ(times(begin + second, {}), 6U);
    EXPECT_EQ(times({}, begin + second), 2U);
    EXPECT_EQ(times(begin + second, begin + 2 * second), 2U);
    const std::string subject = catalog().audit({.organisation = one_, .limit = 1})->entries[0].subject;
    const auto found = [&](AuditQuery asked) {
        asked.organisation = one_;
        return catalog().audit(asked)->entries.size();
    };
    EXPECT_EQ(found({.who = somebody.who}), 8U);
    EXPECT_EQ(found({.who = "nobody"}), 0U);
    EXPECT_EQ(found({.action = "user added"}), 7U);
    EXPECT_EQ(found({.action = "user added", .subject = subject}), 1U);
    for (const std::string& wrong : {std::string("x\x80"), std::string(audit_text_bytes_max + 1, 'x')})
        expect_error(catalog().audit({.organisation = one_, .subject = wrong}), ErrorKind::BadInput);
    for (const char* const wrong : {"x", "12", "-", "99999999999999999999-a", "1-\x80"})
        expect_error(catalog().audit({.organisation = one_, .cursor = wrong}), ErrorKind::BadInput);
    for (const size_t limit : {size_t{0}, audit_page_max + 1})
        expect_error(catalog().audit({.organisation = one_, .limit = limit}), ErrorKind::BadInput);
}

TEST_P(CatalogTest, TheLastOwnerStays) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::User);
    add_user(two_, "carol@example.org", Role::Owner);
    expect_error(catalog().change_user(somebody, one_, alice, {.role = Role::Reader}, std::nullopt),
                 ErrorKind::Conflict, "last owner");
    expect_error(catalog().remove_user(somebody, one_, alice), ErrorKind::Conflict, "last owner");
    ASSERT_TRUE(catalog().change_user(somebody, one_, bob, {.role = Role::Owner}, std::nullopt));
    ASSERT_TRUE(catalog().change_user(somebody, one_, alice, {.role = Role::Reader}, std::nullopt));
    ASSERT_TRUE(catalog().remove_user(somebody, one_, alice));
    expect_error(catalog().remove_user(somebody, one_, bob), ErrorKind::Conflict, "last owner");
    EXPECT_EQ(catalog().users(one_)->size(), 1U);
}

TEST_P(CatalogTest, WhoeverIsDisabledStaysOut) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::Owner);
    Sessions sessions(database(), clock_);
    const auto log_in = [&] { return sessions.log_in({"bob@example.org", good_password, one_, "", ""}); };
    const auto in = log_in();
    ASSERT_TRUE(in);
    const auto key = catalog().add_key(somebody, one_, "tsctl", KeyKind::Hawk, {.user = bob});
    ASSERT_TRUE(key);
    expect_error(catalog().change_user(somebody, one_, bob, {.disabled = true}, 2), ErrorKind::Conflict,
                 "meanwhile");
    const auto after = catalog().change_user(somebody, one_, bob, {.disabled = true}, 1);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->version, 2);
    expect_error(sessions.find(std::get<NewSession>(*in).token), ErrorKind::Denied);
    expect_error(log_in(), ErrorKind::Denied);
    expect_error(catalog().hawk_key(one_, bob), ErrorKind::Denied);
    expect_error(catalog().change_user(somebody, one_, alice, {.role = Role::User}, std::nullopt),
                 ErrorKind::Conflict, "last owner");
    expect_error(catalog().remove_user(somebody, one_, alice), ErrorKind::Conflict, "last owner");
    ASSERT_TRUE(catalog().change_user(somebody, one_, bob, {.disabled = false}, 2));
    EXPECT_TRUE(log_in());
    EXPECT_EQ(catalog().hawk_key(one_, bob)->secret, key->token);
    EXPECT_TRUE(logged(one_, "user disabled"));
    EXPECT_TRUE(logged(one_, "user enabled"));
}

TEST_P(CatalogTest, AnOrganisationIsRenamedByVersion) {
    const auto before = catalog().organisation(one_);
    ASSERT_TRUE(before);
    expect_error(catalog().rename_organisation(somebody, one_, "x", before->version + 1), ErrorKind::Conflict,
                 "meanwhile");
    expect_error(catalog().rename_organisation(somebody, one_, catalog().organisation(two_)->name, {}),
                 ErrorKind::Conflict, "already");
    expect_error(catalog().rename_organisation(somebody, one_, "", {}), ErrorKind::BadInput);
    expect_error(catalog().rename_organisation(somebody, "nowhere", "x", {}), ErrorKind::NotFound);
    const auto after = catalog().rename_organisation(somebody, one_, "renamed", before->version);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->version, before->version + 1);
    EXPECT_EQ(catalog().organisation_by_name("renamed")->id, one_);
    EXPECT_TRUE(logged(one_, "organisation renamed"));
}

TEST_P(CatalogTest, NothingOfAnotherOrganisationIsToBeHad) {
    const std::string carol = add_user(two_, "carol@example.org", Role::Owner);
    add_user(two_, "dave@example.org", Role::Owner);
    const auto key = catalog().add_key(somebody, two_, "tsctl", KeyKind::Hawk, {.user = carol});
    ASSERT_TRUE(key);
    EXPECT_TRUE(catalog().users(one_)->empty());
    EXPECT_TRUE(catalog().keys(one_)->empty());
    expect_error(catalog().change_user(somebody, one_, carol, {.role = Role::Reader}, std::nullopt),
                 ErrorKind::NotFound);
    expect_error(catalog().set_password(somebody, one_, carol, good_password), ErrorKind::NotFound);
    expect_error(catalog().remove_user(somebody, one_, carol), ErrorKind::NotFound);
    expect_error(catalog().add_key(somebody, one_, "tsctl", KeyKind::Hawk, {.user = carol}),
                 ErrorKind::NotFound);
    expect_error(catalog().add_key(somebody, "nowhere", "trail", KeyKind::Source), ErrorKind::NotFound);
    expect_error(catalog().revoke_key(somebody, one_, key->key.id), ErrorKind::NotFound);
    expect_error(catalog().hawk_key(one_, key->key.id), ErrorKind::Denied);
    expect_error(catalog().hawk_key(one_, carol), ErrorKind::Denied);
    const auto entries = catalog().audit(one_, 100);
    ASSERT_TRUE(entries);
    for (const AuditEntry& entry : *entries) EXPECT_EQ(entry.subject, one_);
    EXPECT_EQ(catalog().users(two_)->size(), 2U);
}

TEST_P(CatalogTest, KeysOpenUntilTheyAreRevokedAndAreNeverStoredAsTheyAre) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const NewApiKey source = add_key("trail", KeyKind::Source);
    const NewApiKey hawk = add_key("tsctl", KeyKind::Hawk, {.user = alice});
    const NewApiKey api = add_key("console", KeyKind::Api, {.role = Role::User});
    open();
    EXPECT_EQ(catalog().key_of_token(source.token)->organisation, one_);
    EXPECT_EQ(catalog().key_of_token(api.token)->role, Role::User);
    EXPECT_EQ(catalog().hawk_key(one_, alice)->secret, hawk.token);
    EXPECT_EQ(catalog().hawk_key(one_, alice)->email, catalog().users(one_)->at(0).email);
    EXPECT_EQ(catalog().hawk_key(one_, hawk.key.id)->secret, hawk.token);
    expect_error(catalog().hawk_key(one_, source.key.id), ErrorKind::Denied);
    expect_error(catalog().hawk_key(one_, ""), ErrorKind::Denied);
    expect_error(catalog().key_of_token(hawk.token), ErrorKind::Denied);
    expect_error(catalog().key_of_token(source.token + "0"), ErrorKind::Denied);
    expect_error(catalog().key_of_token(""), ErrorKind::Denied);
    if (GetParam() == "sqlite") {
        std::string stored;
        for (const char* part : {"", "-wal"})
            stored += read_file(folder_ + "/catalog.db" + part, 1 << 24).value_or("");
        EXPECT_GT(stored.size(), 1000U);
        for (const NewApiKey& key : {source, hawk, api})
            EXPECT_EQ(stored.find(key.token.substr(6)), std::string::npos);
    }
    clock_.advance(std::chrono::hours{1});
    for (const NewApiKey& key : {source, hawk, api})
        ASSERT_TRUE(catalog().revoke_key(somebody, one_, key.key.id));
    expect_error(catalog().revoke_key(somebody, one_, hawk.key.id), ErrorKind::NotFound);
    expect_error(catalog().key_of_token(source.token), ErrorKind::Denied);
    expect_error(catalog().key_of_token(api.token), ErrorKind::Denied);
    expect_error(catalog().hawk_key(one_, alice), ErrorKind::Denied);
    const auto keys = catalog().keys(one_);
    ASSERT_EQ(keys->size(), 3U);
    EXPECT_EQ(keys->at(0).revoked_at, clock_.now());
    EXPECT_EQ(keys->at(0).hint.size(), 4U);
    EXPECT_EQ(keys->at(0).created_by, "alice");
}

TEST_P(CatalogTest, AHawkKeyHasTheRoleThatItsUserHasNow) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::User);
    expect_error(catalog().add_key(somebody, one_, "tsctl", KeyKind::Hawk), ErrorKind::BadInput);
    expect_error(catalog().add_key(somebody, one_, "trail", KeyKind::Source, {.user = bob}),
                 ErrorKind::BadInput);
    const NewApiKey key = add_key("tsctl", KeyKind::Hawk, {.role = Role::Owner, .user = bob});
    EXPECT_EQ(key.key.role, Role::User);
    EXPECT_EQ(catalog().hawk_key(one_, bob)->key.role, Role::User);
    ASSERT_TRUE(catalog().change_user(somebody, one_, bob, {.role = Role::Reader}, std::nullopt));
    EXPECT_EQ(catalog().hawk_key(one_, bob)->key.role, Role::Reader);
    expect_error(catalog().add_key(somebody, one_, "second", KeyKind::Hawk, {.user = bob}),
                 ErrorKind::Conflict, "revoke it first");
    add_key("of another", KeyKind::Hawk, {.user = alice});
    ASSERT_TRUE(catalog().revoke_key(somebody, one_, key.key.id));
    add_key("second", KeyKind::Hawk, {.user = bob});
    ASSERT_TRUE(catalog().remove_user(somebody, one_, bob));
    expect_error(catalog().hawk_key(one_, bob), ErrorKind::Denied);
    EXPECT_TRUE(catalog().hawk_key(one_, alice));
}

TEST_P(CatalogTest, TheUseOfAKeyIsNotedOnceAMinute) {
    const NewApiKey key = add_key("console", KeyKind::Api);
    EXPECT_FALSE(catalog().keys(one_)->at(0).last_used_at);
    const Time first = clock_.now();
    EXPECT_TRUE(catalog().key_of_token(key.token));
    clock_.advance(key_touch_interval - std::chrono::seconds{1});
    EXPECT_EQ(catalog().key_of_token(key.token)->last_used_at, first);
    EXPECT_EQ(catalog().keys(one_)->at(0).last_used_at, first);
    clock_.advance(std::chrono::seconds{1});
    EXPECT_EQ(catalog().key_of_token(key.token)->last_used_at, clock_.now());
    EXPECT_EQ(catalog().keys(one_)->at(0).last_used_at, clock_.now());
}

TEST_P(CatalogTest, ComesFromEachEarlierStepWithWhatWasThere) {
    for (size_t from = 1; from <= catalog_steps().size(); from++) {
        TearDown();
        without_organisations_ = true;
        ASSERT_TRUE(make_folder(folder_));
        if (GetParam() == "postgresql") {
            ASSERT_TRUE(empty_postgresql());
        }
        {
            auto database = Database::open(url_);
            ASSERT_TRUE(database);
            ASSERT_TRUE(migrate(*database, catalog_steps().first(from)));
            ASSERT_TRUE(database->transaction([&](SqlSession& session) -> Result<void> {
                TRY_VOID(session.execute(
                    "insert into organisations (id, name, created_at) values ('o', 'one', 1)"));
                TRY_VOID(
                    session.execute("insert into users (id, organisation, email, role, password, created_at) "
                                    "values ('u', 'o', 'a@example.org', 'owner', 'x', 2)"));
                TRY_VOID(
                    session.execute("insert into api_keys (id, organisation, name, kind, token_hash, hint, "
                                    "created_at) values ('k', 'o', 'old', 'source', :hash, '0000', 3)",
                                    {hash_token("old token")}));
                return {};
            }));
        }
        open();
        EXPECT_EQ(catalog().users("o")->at(0).email, "a@example.org");
        EXPECT_EQ(catalog().key_of_token("old token")->role, Role::Reader) << from;
        EXPECT_TRUE(catalog().add_key(somebody, "o", "new", KeyKind::Hawk, {.user = "u"})) << from;
    }
}

TEST_P(CatalogTest, EveryChangeIsInTheLogAndNoSecretIs) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::Reader);
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(catalog().change_user({"carol", "192.0.2.1"}, one_, bob, {.role = Role::User}, std::nullopt));
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(catalog().set_password(somebody, one_, bob, "another long password"));
    clock_.advance(std::chrono::seconds{1});
    const auto key = catalog().add_key(somebody, one_, "trail", KeyKind::Source);
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(catalog().remove_user(somebody, one_, bob));
    // What fails leaves no entry.
    EXPECT_FALSE(catalog().remove_user(somebody, one_, alice));
    const auto entries = catalog().audit(one_, 100);
    ASSERT_TRUE(entries);
    std::string actions;
    for (const AuditEntry& entry : *entries) {
        actions += entry.action + "\n";
        for (const std::string& text : {entry.before, entry.after, entry.subject}) {
            EXPECT_EQ(text.find("password"), std::string::npos);
            EXPECT_EQ(text.find(key->token), std::string::npos);
        }
    }
    EXPECT_TRUE(actions.starts_with("user removed\nkey added\npassword changed\nrole changed\n")) << actions;
    const AuditEntry& change = entries->at(3);
    EXPECT_EQ(change.actor.who, "carol");
    EXPECT_EQ(change.actor.origin, "192.0.2.1");
    EXPECT_EQ(change.before, R"({"email":"bob@example.org","role":"reader"})");
    EXPECT_EQ(change.after, R"({"email":"bob@example.org","role":"user"})");
    EXPECT_EQ(catalog().audit(one_, 2)->size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Both, CatalogTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

TEST(Vault, OpensOnlyWhatItSealedUnderTheSameContext) {
    const std::string file = testing::TempDir() + "vigia_vault_" + std::to_string(getpid());
    std::filesystem::remove(file);
    const auto vault = Vault::open(file);
    ASSERT_TRUE(vault);
    const std::string sealed = *vault->seal("secret", "row 1");
    EXPECT_EQ(sealed.find("secret"), std::string::npos);
    EXPECT_NE(sealed, *vault->seal("secret", "row 1"));
    EXPECT_EQ(*Vault::open(file)->unseal(sealed, "row 1"), "secret");
    EXPECT_FALSE(vault->unseal(sealed, "row 2"));
    std::string damaged = sealed;
    damaged.back() = damaged.back() == '0' ? '1' : '0';
    EXPECT_FALSE(vault->unseal(damaged, "row 1"));
    EXPECT_FALSE(vault->unseal("", "row 1"));
    EXPECT_FALSE(vault->unseal("zz", "row 1"));
    ASSERT_EQ(chmod(file.c_str(), 0644), 0);
    const auto open = Vault::open(file);
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().kind, ErrorKind::Denied);
    std::filesystem::remove(file);
    ASSERT_TRUE(write_private_file(file, "no key\n"));
    EXPECT_FALSE(Vault::open(file));
    std::filesystem::remove(file);
}

TEST(Secrets, AreEqualOnlyWhenTheyAre) {
    EXPECT_TRUE(same_secret("abc", "abc"));
    EXPECT_FALSE(same_secret("abc", "abd"));
    EXPECT_FALSE(same_secret("abc", "ab"));
    EXPECT_FALSE(same_secret("", "a"));
}

TEST(Utf8, IsToldFromOtherBytes) {
    for (const std::string_view good :
         {"", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\x80", "\xEF\xBF\xBF"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const std::string_view bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                       "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "a\xE2\x82"})
        EXPECT_FALSE(is_utf8(bad));
}

TEST(Passwords, AreHashedEachWithItsOwnSalt) {
    const std::string one = *hash_password(good_password), two = *hash_password(good_password);
    EXPECT_TRUE(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << one;
    EXPECT_NE(one, two);
    EXPECT_TRUE(is_password(good_password, one) && is_password(good_password, two));
    EXPECT_FALSE(is_password("", one));
    EXPECT_FALSE(is_password(good_password, ""));
    EXPECT_TRUE(hash_password(std::string(password_bytes_min, 'x')));
    EXPECT_FALSE(hash_password(std::string(password_bytes_min - 1, 'x')));
    EXPECT_TRUE(hash_password(std::string(password_bytes_max, 'x')));
    EXPECT_FALSE(hash_password(std::string(password_bytes_max + 1, 'x')));
}

}  // namespace
}  // namespace vigia
