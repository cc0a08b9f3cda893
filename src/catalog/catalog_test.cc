// The control plane, on SQLite and, where VIGIA_TEST_POSTGRESQL names a server, on PostgreSQL.
#include "catalog/catalog.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "sql/test_database.h"

namespace vigia {
namespace {

const Actor somebody{"alice", "command line"};
const std::string good_password = "correct horse battery";

class CatalogTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "vigia_catalog_" + std::to_string(getpid());
        std::filesystem::remove_all(folder_);
        ASSERT_TRUE(make_folder(folder_));
        url_ = "sqlite:" + folder_ + "/catalog.db";
        if (GetParam() == "postgresql") {
            const auto server = empty_postgresql();
            if (!server) GTEST_SKIP() << "VIGIA_TEST_POSTGRESQL is not set";
            url_ = *server;
        }
        open();
        one_ = catalog().add_organisation(somebody, "one")->id;
        two_ = catalog().add_organisation(somebody, "two")->id;
    }
    void TearDown() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }

    // As a restart does.
    void open() {
        catalog_.reset();
        auto database = Database::open(url_);
        auto vault = Vault::open(folder_ + "/secret.key");
        ASSERT_TRUE(database) << database.error().message;
        ASSERT_TRUE(vault) << vault.error().message;
        auto catalog = Catalog::open(std::move(*database), *vault, clock_);
        ASSERT_TRUE(catalog) << catalog.error().message;
        catalog_.emplace(std::move(*catalog));
    }

    Catalog& catalog() { return *catalog_; }

    std::string add_user(const std::string& organisation, const std::string& email, Role role) {
        const auto made = catalog().add_user(somebody, organisation, email, role, good_password);
        EXPECT_TRUE(made) << made.error().message;
        return made->id;
    }

    template <typename T>
    static void expect_error(const Result<T>& result, ErrorKind kind, std::string_view part = "") {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, kind) << result.error().message;
        EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
    }

    FakeClock clock_{*parse_rfc3339("2026-03-04T10:00:00Z")};
    std::string folder_, url_, one_, two_;
    std::optional<Catalog> catalog_;
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

TEST_P(CatalogTest, UsersLogInWithTheirPasswordsOnly) {
    add_user(one_, "Alice@Example.org", Role::Owner);
    EXPECT_EQ(catalog().log_in(one_, "alice@example.ORG", good_password)->email, "alice@example.org");
    expect_error(catalog().log_in(one_, "alice@example.org", "wrong horse battery"), ErrorKind::Denied);
    expect_error(catalog().log_in(one_, "bob@example.org", good_password), ErrorKind::Denied);
    expect_error(catalog().log_in(two_, "alice@example.org", good_password), ErrorKind::Denied);
    expect_error(catalog().log_in(one_, "' or 1=1 --", good_password), ErrorKind::Denied);
    expect_error(catalog().add_user(somebody, one_, "alice@example.org", Role::User, good_password),
                 ErrorKind::Conflict);
    expect_error(catalog().add_user(somebody, one_, "no address", Role::User, good_password),
                 ErrorKind::BadInput);
    expect_error(catalog().add_user(somebody, one_, "bob@example.org", Role::User, "short"),
                 ErrorKind::BadInput, "12");
    expect_error(catalog().add_user(somebody, "nowhere", "bob@example.org", Role::User, good_password),
                 ErrorKind::Conflict);

    const std::string id = catalog().users(one_)->at(0).id;
    ASSERT_TRUE(catalog().set_password(somebody, one_, id, "another long password"));
    expect_error(catalog().log_in(one_, "alice@example.org", good_password), ErrorKind::Denied);
    EXPECT_TRUE(catalog().log_in(one_, "alice@example.org", "another long password"));
}

TEST_P(CatalogTest, TheLastOwnerStays) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::User);
    add_user(two_, "carol@example.org", Role::Owner);
    expect_error(catalog().set_role(somebody, one_, alice, Role::Reader), ErrorKind::Conflict, "last owner");
    expect_error(catalog().remove_user(somebody, one_, alice), ErrorKind::Conflict, "last owner");
    ASSERT_TRUE(catalog().set_role(somebody, one_, bob, Role::Owner));
    ASSERT_TRUE(catalog().set_role(somebody, one_, alice, Role::Reader));
    ASSERT_TRUE(catalog().remove_user(somebody, one_, alice));
    expect_error(catalog().remove_user(somebody, one_, bob), ErrorKind::Conflict, "last owner");
    EXPECT_EQ(catalog().users(one_)->size(), 1U);
}

TEST_P(CatalogTest, NothingOfAnotherOrganisationIsToBeHad) {
    const std::string carol = add_user(two_, "carol@example.org", Role::Owner);
    add_user(two_, "dave@example.org", Role::Owner);
    const auto key = catalog().add_key(somebody, two_, "intake", KeyKind::Hawk);
    ASSERT_TRUE(key);
    EXPECT_TRUE(catalog().users(one_)->empty());
    EXPECT_TRUE(catalog().keys(one_)->empty());
    expect_error(catalog().set_role(somebody, one_, carol, Role::Reader), ErrorKind::NotFound);
    expect_error(catalog().set_password(somebody, one_, carol, good_password), ErrorKind::NotFound);
    expect_error(catalog().remove_user(somebody, one_, carol), ErrorKind::NotFound);
    expect_error(catalog().revoke_key(somebody, one_, key->key.id), ErrorKind::NotFound);
    expect_error(catalog().hawk_secret(one_, key->key.id), ErrorKind::Denied);
    const auto entries = catalog().audit(one_, 100);
    ASSERT_TRUE(entries);
    for (const AuditEntry& entry : *entries) EXPECT_EQ(entry.subject, one_);
    EXPECT_EQ(catalog().users(two_)->size(), 2U);
}

TEST_P(CatalogTest, KeysOpenUntilTheyAreRevokedAndAreNeverStoredAsTheyAre) {
    const auto source = catalog().add_key(somebody, one_, "trail", KeyKind::Source);
    const auto hawk = catalog().add_key(somebody, one_, "tsctl", KeyKind::Hawk);
    ASSERT_TRUE(source && hawk);
    open();
    EXPECT_EQ(catalog().key_of_token(source->token)->organisation, one_);
    EXPECT_EQ(*catalog().hawk_secret(one_, hawk->key.id), hawk->token);
    expect_error(catalog().hawk_secret(one_, source->key.id), ErrorKind::Denied);
    expect_error(catalog().key_of_token(source->token + "0"), ErrorKind::Denied);
    expect_error(catalog().key_of_token(""), ErrorKind::Denied);
    if (GetParam() == "sqlite") {
        std::string stored;
        for (const char* part : {"", "-wal"})
            stored += read_file(folder_ + "/catalog.db" + part, 1 << 24).value_or("");
        EXPECT_GT(stored.size(), 1000U);
        EXPECT_EQ(stored.find(source->token.substr(6)), std::string::npos);
        EXPECT_EQ(stored.find(hawk->token.substr(6)), std::string::npos);
    }
    clock_.advance(std::chrono::hours{1});
    ASSERT_TRUE(catalog().revoke_key(somebody, one_, source->key.id));
    ASSERT_TRUE(catalog().revoke_key(somebody, one_, hawk->key.id));
    expect_error(catalog().revoke_key(somebody, one_, hawk->key.id), ErrorKind::NotFound);
    expect_error(catalog().key_of_token(source->token), ErrorKind::Denied);
    expect_error(catalog().hawk_secret(one_, hawk->key.id), ErrorKind::Denied);
    const auto keys = catalog().keys(one_);
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->at(0).revoked_at, clock_.now());
    EXPECT_EQ(keys->at(0).hint.size(), 4U);
}

TEST_P(CatalogTest, EveryChangeIsInTheLogAndNoSecretIs) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::Reader);
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(catalog().set_role({"carol", "192.0.2.1"}, one_, bob, Role::User));
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
