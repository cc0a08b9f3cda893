// Sessions, invitations, settings and what the console keeps, on SQLite and PostgreSQL.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <limits>
#include <set>
#include <thread>

#include "catalog/invitations.h"
#include "catalog/sessions.h"
#include "catalog/settings.h"
#include "catalog/test_catalog.h"
#include "catalog/workspace.h"

namespace vigia {
namespace {

class SessionsTest : public WithCatalog {
protected:
    void SetUp() override {
        WithCatalog::SetUp();
        if (IsSkipped()) return;
        sessions_ = std::make_unique<Sessions>(database(), clock_);
        alice_ = add_user(one_, "alice@example.org", Role::Owner);
    }
    void TearDown() override {
        sessions_.reset();
        WithCatalog::TearDown();
    }

    LoginRequest request(const std::string& password = good_password) const {
        return {"alice@example.org", password, one_, "192.0.2.1", "curl"};
    }
    NewSession log_in() {
        const auto answer = sessions_->log_in(request());
        EXPECT_TRUE(answer) << answer.error().message;
        return std::get<NewSession>(*answer);
    }

    std::unique_ptr<Sessions> sessions_;
    std::string alice_;
};

TEST_P(SessionsTest, BeginWithTheRightPasswordOnly) {
    const NewSession made = log_in();
    EXPECT_EQ(made.session.user.id, alice_);
    EXPECT_TRUE(logged(one_, "logged in"));
    EXPECT_TRUE(catalog().last_logins(two_)->empty());
    const Time first = clock_.now();
    EXPECT_EQ(*catalog().last_logins(one_), (std::map<std::string, Time>{{alice_, first}}));
    clock_.advance(std::chrono::seconds{1});
    log_in();
    EXPECT_EQ(catalog().last_logins(one_)->at(alice_), clock_.now());
    for (const auto& [email, password, organisation] : std::vector<std::array<std::string, 3>>{
             {"alice@example.org", "wrong horse battery", one_},
             {"bob@example.org", good_password, one_},
             {"alice@example.org", good_password, two_},
             {"alice@example.org", good_password, "\x80"},
             {"alice@example.org", std::string(password_bytes_max + 1, 'x'), one_},
             {"no address", good_password, one_},
             {"' or 1=1 --", good_password, one_}})
        expect_error(sessions_->log_in({email, password, organisation, "192.0.2.1", ""}), ErrorKind::Denied);
    EXPECT_TRUE(sessions_->log_in({"ALICE@example.ORG", good_password, one_, "192.0.2.1", ""}));
}

TEST_P(SessionsTest, AnAddressOfManyOrganisationsIsAskedWhich) {
    const auto log_in_anywhere = [&](const std::string& password) {
        return sessions_->log_in({"alice@example.org", password, std::nullopt, "192.0.2.1", ""});
    };
    EXPECT_EQ(std::get<NewSession>(*log_in_anywhere(good_password)).session.user.organisation, one_);
    const std::string other = add_user(two_, "alice@example.org", Role::Reader);
    const auto asked = log_in_anywhere(good_password);
    ASSERT_TRUE(asked);
    ASSERT_TRUE(std::holds_alternative<LoginChoice>(*asked));
    std::set<std::string> names;
    for (const Organisation& one : std::get<LoginChoice>(*asked).organisations) names.insert(one.name);
    EXPECT_EQ(names, (std::set<std::string>{"one", "two"}));
    ASSERT_TRUE(catalog().set_password(somebody, two_, other, "another long password"));
    EXPECT_EQ(std::get<NewSession>(*log_in_anywhere("another long password")).session.user.id, other);
    EXPECT_EQ(std::get<NewSession>(*log_in_anywhere(good_password)).session.user.id, alice_);
    expect_error(log_in_anywhere("wrong horse battery"), ErrorKind::Denied);
}

TEST_P(SessionsTest, AreFoundByTheirTokenWhichIsNotStored) {
    const NewSession made = log_in();
    const auto found = sessions_->find(made.token);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->id, made.session.id);
    EXPECT_EQ(found->user.email, "alice@example.org");
    EXPECT_EQ(found->origin, "192.0.2.1");
    expect_error(sessions_->find(made.token + "0"), ErrorKind::Denied);
    expect_error(sessions_->find(""), ErrorKind::Denied);
    EXPECT_TRUE(Sessions::is_csrf(made.token, made.csrf_token));
    EXPECT_FALSE(Sessions::is_csrf(made.token, log_in().csrf_token));
    EXPECT_FALSE(Sessions::is_csrf(made.token, ""));
    EXPECT_NE(made.csrf_token, made.token);
    const auto rows = database().query("select token_hash from sessions");
    for (const SqlRow& row : *rows) {
        EXPECT_NE(text(row[0]), made.token);
        EXPECT_NE(text(row[0]), made.csrf_token);
    }
}

TEST_P(SessionsTest, EndWhenIdleAndAtTheLatestAfterTheirLength) {
    const NewSession idle = log_in(), used = log_in();
    const Duration step = session_idle_max - std::chrono::minutes{1};
    clock_.advance(step);
    ASSERT_TRUE(sessions_->touch(*sessions_->find(used.token)));
    clock_.advance(std::chrono::minutes{1});
    expect_error(sessions_->find(idle.token), ErrorKind::Denied);
    EXPECT_EQ(sessions_->all(one_, alice_)->size(), 1U);
    while (clock_.now() + step < used.session.expires_at) {
        const auto found = sessions_->find(used.token);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_TRUE(sessions_->touch(*found));
        clock_.advance(step);
    }
    ASSERT_TRUE(sessions_->touch(*sessions_->find(used.token)));
    clock_.advance(used.session.expires_at - clock_.now());
    expect_error(sessions_->find(used.token), ErrorKind::Denied);
    ASSERT_TRUE(sessions_->drop_expired());
    EXPECT_EQ(number(database().query("select count(*) from sessions")->at(0)[0]), 0);
}

TEST_P(SessionsTest, EndWithLogoutPasswordRoleAndRemoval) {
    const std::string bob = add_user(one_, "bob@example.org", Role::User);
    const auto bob_in = [&](const std::string& password) {
        const auto answer = sessions_->log_in({"bob@example.org", password, one_, "192.0.2.1", ""});
        EXPECT_TRUE(answer) << answer.error().message;
        return std::get<NewSession>(*answer).token;
    };
    const std::string alices = log_in().token;
    std::string token = bob_in(good_password);
    ASSERT_TRUE(sessions_->log_out(somebody, token));
    expect_error(sessions_->find(token), ErrorKind::Denied);
    expect_error(sessions_->log_out(somebody, token), ErrorKind::Denied);
    token = bob_in(good_password);
    ASSERT_TRUE(catalog().set_password(somebody, one_, bob, "another long password"));
    expect_error(sessions_->find(token), ErrorKind::Denied);
    token = bob_in("another long password");
    ASSERT_TRUE(catalog().change_user(somebody, one_, bob, {.role = Role::Reader}, std::nullopt));
    expect_error(sessions_->find(token), ErrorKind::Denied);
    token = bob_in("another long password");
    ASSERT_TRUE(sessions_->end_all(somebody, one_, bob));
    expect_error(sessions_->find(token), ErrorKind::Denied);
    token = bob_in("another long password");
    ASSERT_TRUE(catalog().remove_user(somebody, one_, bob));
    expect_error(sessions_->find(token), ErrorKind::Denied);
    EXPECT_TRUE(sessions_->find(alices));
}

TEST_P(SessionsTest, OfAnotherOrganisationAreNotFound) {
    const NewSession made = log_in();
    expect_error(sessions_->all(two_, alice_), ErrorKind::NotFound);
    expect_error(sessions_->end(somebody, two_, alice_, made.session.id), ErrorKind::NotFound);
    expect_error(sessions_->end_all(somebody, two_, alice_), ErrorKind::NotFound);
    const std::string bob = add_user(one_, "bob@example.org", Role::User);
    expect_error(sessions_->end(somebody, one_, bob, made.session.id), ErrorKind::NotFound);
    EXPECT_TRUE(sessions_->find(made.token));
    EXPECT_TRUE(sessions_->end(somebody, one_, alice_, made.session.id));
}

TEST_P(SessionsTest, KeepWhatTheClientSaysOfItselfCutAndReadable) {
    LoginRequest odd = request();
    odd.user_agent = "a\nb\x80" + std::string(user_agent_bytes_max, 'x');
    const NewSession made = std::get<NewSession>(*sessions_->log_in(odd));
    EXPECT_TRUE(made.session.user_agent.starts_with("a?b?xxx"));
    EXPECT_EQ(made.session.user_agent.size(), user_agent_bytes_max);
    odd.user_agent = std::string(user_agent_bytes_max - 1, 'x') + "é";
    EXPECT_EQ(std::get<NewSession>(*sessions_->log_in(odd)).session.user_agent.size(),
              user_agent_bytes_max - 1);
}

TEST_P(SessionsTest, OfOneUserAreBounded) {
    const NewSession first = log_in();
    for (size_t i = 0; i < sessions_of_user_max; i++) {
        clock_.advance(std::chrono::seconds{1});
        log_in();
    }
    expect_error(sessions_->find(first.token), ErrorKind::Denied);
    EXPECT_EQ(sessions_->all(one_, alice_)->size(), sessions_of_user_max);
}

std::vector<std::string> names_of(const std::vector<OwnAccount>& accounts) {
    std::vector<std::string> names;
    for (const OwnAccount& one : accounts) names.push_back(one.organisation_name);
    return names;
}

TEST_P(SessionsTest, ChangeToTheOrganisationsThatThePasswordWasProvedIn) {
    const std::string other = add_user(two_, "alice@example.org", Role::Reader);
    const std::string third = catalog().add_organisation(somebody, "three")->id;
    const std::string foreign = add_user(third, "alice@example.org", Role::Owner);
    ASSERT_TRUE(catalog().set_password(somebody, third, foreign, "another long password"));
    const NewSession first = log_in();
    EXPECT_EQ(names_of(*sessions_->accounts(first.session)), (std::vector<std::string>{"one", "two"}));
    expect_error(sessions_->change_organisation(first.session, third, somebody), ErrorKind::NotFound);
    expect_error(sessions_->change_organisation(first.session, "none", somebody), ErrorKind::NotFound);

    clock_.advance(std::chrono::minutes{5});
    const auto second = sessions_->change_organisation(first.session, two_, somebody);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->session.user.id, other);
    EXPECT_EQ(second->session.expires_at, first.session.expires_at);
    expect_error(sessions_->find(first.token), ErrorKind::Denied);
    // What is over is over: it changes no more.
    expect_error(sessions_->change_organisation(first.session, two_, somebody), ErrorKind::NotFound);
    const Session found = *sessions_->find(second->token);
    EXPECT_EQ(found.user.organisation, two_);
    EXPECT_TRUE(logged(one_, "session ended"));
    EXPECT_TRUE(logged(two_, "logged in"));

    // A proof goes with the password that it was of, and with the account.
    ASSERT_TRUE(catalog().set_password(somebody, one_, alice_, "yet another password"));
    EXPECT_EQ(names_of(*sessions_->accounts(found)), (std::vector<std::string>{"two"}));
    expect_error(sessions_->change_organisation(found, one_, somebody), ErrorKind::NotFound);
}

TEST_P(SessionsTest, NobodyGuessesThroughAnAccountOfTheAddressElsewhere) {
    const std::string other = add_user(two_, "alice@example.org", Role::Owner);
    for (uint32_t i = 0; i < account_failures_free; i++) {
        const std::string guess = "the wrong password " + std::to_string(i);
        ASSERT_TRUE(catalog().set_password(somebody, two_, other, guess));
        const auto own = sessions_->log_in({"alice@example.org", guess, two_, "192.0.2.9", ""});
        ASSERT_TRUE(own) << own.error().message;
        EXPECT_EQ(names_of(*sessions_->accounts(std::get<NewSession>(*own).session)),
                  (std::vector<std::string>{"two"}));
    }
    ASSERT_TRUE(catalog().set_password(somebody, two_, other, good_password));
    for (const std::optional<std::string>& named : {std::optional(two_), std::optional<std::string>()}) {
        const auto own = sessions_->log_in({"alice@example.org", good_password, named, "192.0.2.9", ""});
        ASSERT_TRUE(own) << own.error().message;
        ASSERT_TRUE(std::holds_alternative<NewSession>(*own));
        EXPECT_EQ(names_of(*sessions_->accounts(std::get<NewSession>(*own).session)),
                  (std::vector<std::string>{"two"}));
    }
    expect_error(sessions_->log_in(request()), ErrorKind::Busy);
    clock_.advance(std::chrono::minutes{1});
    EXPECT_TRUE(sessions_->log_in(request()));
}

TEST_P(SessionsTest, WhoeverGuessesWaits) {
    for (uint32_t i = 0; i < account_failures_free; i++)
        expect_error(sessions_->log_in(request("wrong horse battery")), ErrorKind::Denied);
    expect_error(sessions_->log_in(request()), ErrorKind::Busy, "try again in 1 s");
    // Another account from there is not held back, nor is the same address elsewhere.
    add_user(one_, "bob@example.org", Role::User);
    EXPECT_TRUE(sessions_->log_in({"bob@example.org", good_password, one_, "192.0.2.1", ""}));
    clock_.advance(std::chrono::seconds{1});
    expect_error(sessions_->log_in(request("wrong horse battery")), ErrorKind::Denied);
    expect_error(sessions_->log_in(request()), ErrorKind::Busy, "try again in 2 s");
    clock_.advance(std::chrono::seconds{2});
    EXPECT_TRUE(sessions_->log_in(request()));
    expect_error(sessions_->log_in(request("wrong horse battery")), ErrorKind::Denied);
}

INSTANTIATE_TEST_SUITE_P(Both, SessionsTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

class LoginThrottleTest : public testing::Test {
protected:
    FakeClock clock_{*parse_rfc3339("2026-03-04T10:00:00Z")};
    LoginThrottle throttle_{clock_, 2};
};

TEST_F(LoginThrottleTest, WaitsGrowUpToABound) {
    Duration wait{};
    EXPECT_TRUE(throttle_.begin("x"));
    for (int i = 0; i < 40; i++) {
        EXPECT_TRUE(throttle_.begin("x")) << i;
        const Time failed = clock_.now();
        while (!throttle_.begin("x")) clock_.advance(std::chrono::seconds{1});
        throttle_.take_back("x");
        const Duration waited = clock_.now() - failed;
        EXPECT_GE(waited, wait);
        EXPECT_LE(waited, login_wait_max);
        wait = waited;
        clock_.advance(login_wait_max);
    }
    EXPECT_EQ(wait, Duration{login_wait_max});
}

TEST_F(LoginThrottleTest, AttemptsAtOnceAreCounted) {
    std::atomic<int> let_in = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; i++)
            threads.emplace_back([&] {
                for (int k = 0; k < 100; k++) let_in += throttle_.begin("x") ? 1 : 0;
            });
    }
    EXPECT_EQ(let_in, 2);
}

TEST_F(LoginThrottleTest, ForgetsAfterALongTimeAndWhenItIsTold) {
    EXPECT_TRUE(throttle_.begin("x") && throttle_.begin("x"));
    EXPECT_FALSE(throttle_.begin("x"));
    throttle_.take_back("x");
    EXPECT_TRUE(throttle_.begin("x"));
    throttle_.forget("x");
    EXPECT_TRUE(throttle_.begin("x") && throttle_.begin("x"));
    clock_.advance(login_memory + std::chrono::seconds{1});
    EXPECT_TRUE(throttle_.begin("x") && throttle_.begin("x"));
}

TEST_F(LoginThrottleTest, KnowsSoManyNamesAndForgetsTheOldest) {
    EXPECT_TRUE(throttle_.begin("first") && throttle_.begin("first"));
    EXPECT_TRUE(throttle_.begin("second") && throttle_.begin("second"));
    for (size_t i = 0; i + 1 < login_names_max; i++) EXPECT_TRUE(throttle_.begin(std::to_string(i)));
    EXPECT_FALSE(throttle_.begin("second"));
    EXPECT_TRUE(throttle_.begin("first"));
}

class PeopleTest : public WithCatalog {
protected:
    Invitations invitations() { return {database(), clock_}; }
    Settings settings() { return {database(), clock_}; }
    Workspace workspace() { return {database(), clock_}; }
};

TEST_P(PeopleTest, AnInvitationMakesOneUser) {
    const auto made = invitations().add(somebody, one_, "Bob@example.org", Role::User);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(logged(one_, "user invited"));
    EXPECT_EQ(invitations().all(one_)->at(0).email, "bob@example.org");
    EXPECT_EQ(invitations().find(made->token)->role, Role::User);
    expect_error(invitations().accept("192.0.2.1", made->token, "short"), ErrorKind::BadInput);
    const auto bob = invitations().accept("192.0.2.1", made->token, good_password);
    ASSERT_TRUE(bob) << bob.error().message;
    EXPECT_TRUE(logged(one_, "invitation accepted"));
    EXPECT_EQ(catalog().users(one_)->at(0).role, Role::User);
    expect_error(invitations().accept("192.0.2.1", made->token, good_password), ErrorKind::Denied);
    expect_error(invitations().find(""), ErrorKind::Denied);
    expect_error(invitations().add(somebody, one_, "bob@example.org", Role::User), ErrorKind::Conflict);
    EXPECT_TRUE(invitations().add(somebody, two_, "bob@example.org", Role::User));
    EXPECT_TRUE(invitations().all(one_)->empty());
}

TEST_P(PeopleTest, AnInvitationExpiresIsRevokedAndIsReplaced) {
    const auto first = invitations().add(somebody, one_, "bob@example.org", Role::User);
    const auto second = invitations().add(somebody, one_, "bob@example.org", Role::Reader);
    expect_error(invitations().accept("", first->token, good_password), ErrorKind::Denied);
    EXPECT_EQ(invitations().all(one_)->size(), 1U);
    expect_error(invitations().revoke(somebody, two_, second->invitation.id), ErrorKind::NotFound);
    EXPECT_TRUE(invitations().all(two_)->empty());
    ASSERT_TRUE(invitations().revoke(somebody, one_, second->invitation.id));
    expect_error(invitations().revoke(somebody, one_, second->invitation.id), ErrorKind::NotFound);
    expect_error(invitations().accept("", second->token, good_password), ErrorKind::Denied);
    const auto third = invitations().add(somebody, one_, "bob@example.org", Role::User);
    clock_.advance(invitation_length);
    expect_error(invitations().accept("", third->token, good_password), ErrorKind::Denied);
    EXPECT_TRUE(invitations().all(one_)->empty());
    expect_error(invitations().add(somebody, "nowhere", "bob@example.org", Role::User), ErrorKind::NotFound);
    expect_error(invitations().add(somebody, one_, "nobody", Role::User), ErrorKind::BadInput);
}

TEST_P(PeopleTest, AnInvitationAcceptedTwiceAtOnceMakesOneUser) {
    const auto made = invitations().add(somebody, one_, "bob@example.org", Role::User);
    std::atomic<int> accepted = 0, denied = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; i++)
            threads.emplace_back([&] {
                const auto user = invitations().accept("", made->token, good_password);
                if (user) accepted++;
                if (!user && user.error().kind == ErrorKind::Denied) denied++;
            });
    }
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(denied, 3);
}

TEST_P(PeopleTest, SettingsAreTypedAndBounded) {
    EXPECT_EQ(*settings().event_retention_days(one_), 90);
    EXPECT_EQ(settings().all(one_)->size(), setting_kinds().size());
    for (const int64_t good : {1, 3650, 30}) {
        ASSERT_TRUE(settings().set(somebody, one_, retention_days, good));
        EXPECT_EQ(*settings().event_retention_days(one_), good);
    }
    EXPECT_TRUE(logged(one_, "setting changed"));
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(settings().set(somebody, one_, retention_days, int64_t{31}));
    EXPECT_EQ(catalog().audit(one_, 1)->at(0).before, R"({"retention_days":30})");
    EXPECT_EQ(catalog().audit(one_, 1)->at(0).after, R"({"retention_days":31})");
    for (const int64_t bad : {0, 3651, -1})
        expect_error(settings().set(somebody, one_, retention_days, bad), ErrorKind::BadInput, "1 to 3650");
    expect_error(settings().set(somebody, one_, retention_days, "30"), ErrorKind::BadInput, "number");
    expect_error(settings().set(somebody, one_, "colour", "red"), ErrorKind::NotFound);
    expect_error(settings().set(somebody, "nowhere", retention_days, int64_t{30}), ErrorKind::NotFound);
    expect_error(settings().all("nowhere"), ErrorKind::NotFound);
    ASSERT_TRUE(settings().set(somebody, one_, time_zone, "America/Sao_Paulo"));
    EXPECT_EQ(*settings().find(one_, time_zone), SettingValue("America/Sao_Paulo"));
    for (const std::string& bad : {std::string(), std::string(65, 'x'), std::string("a\nb"),
                                   std::string("\x80"), std::string("../UTC"), std::string("Mars Base")})
        expect_error(settings().set(somebody, one_, time_zone, bad), ErrorKind::BadInput);
    EXPECT_EQ(*settings().event_retention_days(two_), 90);
    EXPECT_EQ(*settings().number(two_, v2_calls_per_minute), 200);
    EXPECT_EQ(*settings().find(two_, time_zone), SettingValue("UTC"));
}

TEST_P(PeopleTest, PreferencesBelongToTheirUser) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    EXPECT_EQ(workspace().preferences(one_, alice)->body, "{}");
    ASSERT_TRUE(workspace().set_preferences(somebody, one_, alice, R"({"theme":"dark"})"));
    ASSERT_TRUE(workspace().set_preferences(somebody, one_, alice, R"({"theme":"light"})"));
    EXPECT_EQ(workspace().preferences(one_, alice)->body, R"({"theme":"light"})");
    for (const std::string bad : {"", "[]", "{", "null", "{\"a\":\"\x80\"}"})
        expect_error(workspace().set_preferences(somebody, one_, alice, bad), ErrorKind::BadInput);
    const std::string filler(preferences_bytes_max - 8, 'x');
    EXPECT_TRUE(workspace().set_preferences(somebody, one_, alice, "{\"a\":\"" + filler + "\"}"));
    expect_error(workspace().set_preferences(somebody, one_, alice, "{\"ab\":\"" + filler + "\"}"),
                 ErrorKind::BadInput);
    expect_error(workspace().preferences(two_, alice), ErrorKind::NotFound);
    expect_error(workspace().set_preferences(somebody, two_, alice, "{}"), ErrorKind::NotFound);
}

TEST_P(PeopleTest, SearchesArePrivateOrShared) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    const std::string bob = add_user(one_, "bob@example.org", Role::User);
    const std::string carol = add_user(one_, "carol@example.org", Role::User);
    const std::string dave = add_user(two_, "dave@example.org", Role::Owner);
    const auto own = workspace().add_search(somebody, one_, bob, {"own", R"({"filter":"a"})", false});
    const auto shared = workspace().add_search(somebody, one_, bob, {"shared", "{}", true});
    ASSERT_TRUE(own && shared);
    EXPECT_EQ(workspace().searches(one_, bob)->size(), 2U);
    ASSERT_EQ(workspace().searches(one_, carol)->size(), 1U);
    EXPECT_EQ(workspace().searches(one_, carol)->at(0).id, shared->id);
    EXPECT_TRUE(workspace().searches(two_, dave)->empty());
    expect_error(workspace().searches(two_, bob), ErrorKind::NotFound);
    expect_error(workspace().add_search(somebody, two_, bob, {"x", "{}", true}), ErrorKind::NotFound);
    const SearchDraft draft{"new name", "{}", true};
    for (const auto& [organisation, user, id, kind] :
         std::vector<std::tuple<std::string, std::string, std::string, ErrorKind>>{
             {one_, carol, own->id, ErrorKind::NotFound},
             {one_, alice, own->id, ErrorKind::NotFound},
             {two_, dave, shared->id, ErrorKind::NotFound},
             {one_, carol, shared->id, ErrorKind::Denied}}) {
        expect_error(workspace().update_search(somebody, organisation, user, id, draft), kind);
        expect_error(workspace().remove_search(somebody, organisation, user, id), kind);
    }
    EXPECT_EQ(workspace().update_search(somebody, one_, alice, shared->id, draft)->name, "new name");
    EXPECT_TRUE(workspace().update_search(somebody, one_, bob, own->id, {"own", "{}", false}));
    expect_error(workspace().update_search(somebody, one_, bob, own->id, {"own", "1", false}),
                 ErrorKind::BadInput);
    ASSERT_TRUE(catalog().remove_user(somebody, one_, bob));
    ASSERT_EQ(workspace().searches(one_, carol)->size(), 1U);
    EXPECT_TRUE(workspace().remove_search(somebody, one_, alice, shared->id));
    EXPECT_TRUE(logged(one_, "search removed"));
}

TEST_P(PeopleTest, InvitationsAndSearchesAreBounded) {
    const std::string alice = add_user(one_, "alice@example.org", Role::Owner);
    ASSERT_TRUE(database().transaction([&](SqlSession& session) -> Result<void> {
        for (int64_t i = 0; i < invitations_max - 1; i++)
            TRY_VOID(session.execute(
                "insert into invitations (id, organisation, email, role, token_hash, created_at, created_by, "
                "expires_at) values (:id, :organisation, :email, 'user', :hash, 0, '', :expires_at)",
                {std::to_string(i), one_, std::to_string(i), std::to_string(i),
                 std::numeric_limits<int64_t>::max()}));
        for (int64_t i = 0; i < searches_of_user_max - 1; i++)
            TRY_VOID(session.execute(
                "insert into saved_searches (id, organisation, user_id, name, body, shared, created_at, "
                "updated_at) values (:id, :organisation, :user_id, 'x', '{}', 0, 0, 0)",
                {std::to_string(i), one_, alice}));
        return {};
    }));
    EXPECT_TRUE(invitations().add(somebody, one_, "bob@example.org", Role::User));
    expect_error(invitations().add(somebody, one_, "carol@example.org", Role::User), ErrorKind::Conflict);
    EXPECT_TRUE(invitations().add(somebody, two_, "carol@example.org", Role::User));
    EXPECT_TRUE(workspace().add_search(somebody, one_, alice, {"last", "{}", false}));
    expect_error(workspace().add_search(somebody, one_, alice, {"more", "{}", false}), ErrorKind::Conflict);
    const std::string large(search_bytes_max, 'x');
    expect_error(workspace().add_search(somebody, one_, alice, {"large", "{\"a\":\"" + large + "\"}", false}),
                 ErrorKind::BadInput);
}

INSTANTIATE_TEST_SUITE_P(Both, PeopleTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

class FirstSetupTest : public WithCatalog {
protected:
    FirstSetupTest() { without_organisations_ = true; }
};

TEST_P(FirstSetupTest, TheTokenMakesOneOrganisationWithAnOwnerOnce) {
    Invitations invitations(database(), clock_);
    const auto stale = invitations.first_setup_token();
    const auto token = invitations.first_setup_token();
    ASSERT_TRUE(stale && token);
    const auto set_up = [&](const std::string& with, const std::string& password) {
        return invitations.set_up({with, "acme", "alice@example.org", password, "192.0.2.1"});
    };
    expect_error(set_up(*stale, good_password), ErrorKind::Denied);
    expect_error(set_up("", good_password), ErrorKind::Denied);
    expect_error(set_up(*token, "short"), ErrorKind::BadInput);
    const auto owner = set_up(*token, good_password);
    ASSERT_TRUE(owner) << owner.error().message;
    EXPECT_EQ(owner->role, Role::Owner);
    EXPECT_EQ(catalog().organisation_by_name("acme")->id, owner->organisation);
    EXPECT_EQ(catalog().users(owner->organisation)->size(), 1U);
    expect_error(set_up(*token, good_password), ErrorKind::Denied);
    expect_error(invitations.first_setup_token(), ErrorKind::Conflict);
    Sessions sessions(database(), clock_);
    EXPECT_TRUE(sessions.log_in({"alice@example.org", good_password, std::nullopt, "192.0.2.1", ""}));
}

TEST_P(FirstSetupTest, TheTokenOpensNothingOnceThereIsAnOrganisation) {
    Invitations invitations(database(), clock_);
    const auto token = invitations.first_setup_token();
    ASSERT_TRUE(catalog().add_organisation(somebody, "one"));
    expect_error(invitations.set_up({*token, "acme", "alice@example.org", good_password, ""}),
                 ErrorKind::Denied);
    EXPECT_EQ(catalog().organisations()->size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Both, FirstSetupTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace vigia
