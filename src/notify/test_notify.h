#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "notify/channels.h"
#include "notify/notification.h"
#include "notify/outbox.h"
#include "sql/test_database.h"

namespace vigia {

inline constexpr std::chrono::seconds patience_s{60};

inline Notification sample(const std::string& alert = "alert-1") {
    return {.alert = alert,
            .organisation = "acme",
            .organisation_name = "Acme & Söhne",
            .title = "CloudTrail: <!channel> \"Root\" & [others]\\ by Zoë",
            .severity = 1,
            .rule = "rule-1",
            .rule_name = "Root activity",
            .description = "Somebody used the root user",
            .server_or_region = "eu-west-1",
            .source = "CloudTrail",
            .created_at = *parse_rfc3339("2026-03-04T10:00:00.123456789Z"),
            .count = 7,
            .aggregates = {{"user", "root"}, {"requestParameters.bucket=Name]", "a\"b\\c]d\r\nBcc: x"}},
            .url = "https://vigia.example.org/alerts/alert-1?a=1&b=2"};
}

// Turns a text into one that does not hold it, and back under the same context.
inline Sealer test_sealer() {
    return {.seal = [](std::string_view text, std::string_view context) -> Result<std::string> {
                return hex(std::string(context) + "\n" + std::string(text));
            },
            .unseal = [](std::string_view sealed, std::string_view context) -> Result<std::string> {
                std::string text;
                for (size_t i = 0; i + 1 < sealed.size(); i += 2)
                    text += static_cast<char>(std::stoi(std::string(sealed.substr(i, 2)), nullptr, 16));
                const std::string front = std::string(context) + "\n";
                if (!text.starts_with(front)) return error(ErrorKind::Corrupt, "sealed for another place");
                return text.substr(front.size());
            }};
}

template <typename Value>
void expect_error(const Result<Value>& result, ErrorKind kind, std::string_view part) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind) << result.error().message;
    EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
}

// Waits until it holds; whether it did.
template <typename Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience_s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

// A program of tests/notify/receivers.py, with a pipe to it and one from it.
class Receiver {
public:
    explicit Receiver(const std::vector<std::string>& words) {
        int to[2], from[2];
        EXPECT_EQ(pipe2(to, O_CLOEXEC), 0);
        EXPECT_EQ(pipe2(from, O_CLOEXEC), 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, to[0], 0);
        posix_spawn_file_actions_adddup2(&actions, from[1], 1);
        std::vector<std::string> all{"python3", "tests/notify/receivers.py"};
        all.insert(all.end(), words.begin(), words.end());
        std::vector<char*> arguments;
        for (std::string& word : all) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        EXPECT_EQ(posix_spawnp(&process_, "python3", &actions, nullptr, arguments.data(), environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        close(to[0]);
        close(from[1]);
        to_ = to[1];
        from_ = from[0];
        port_ = static_cast<int>(next().at("port").to_number<int64_t>());
    }
    ~Receiver() {
        close(to_);
        close(from_);
        waitpid(process_, nullptr, 0);
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    int port() const { return port_; }

    // The next thing that it tells; empty, and a failure of the test, when nothing comes.
    boost::json::object next() {
        size_t end = 0;
        while ((end = read_.find('\n')) == std::string::npos) {
            pollfd waiting{.fd = from_, .events = POLLIN, .revents = 0};
            char bytes[4096];
            const bool came = poll(&waiting, 1, static_cast<int>(1000 * patience_s.count())) > 0;
            const ssize_t count = came ? read(from_, bytes, sizeof bytes) : 0;
            if (count <= 0) {
                ADD_FAILURE() << "the receiver tells nothing";
                return {{"port", 0}};
            }
            read_.append(bytes, static_cast<size_t>(count));
        }
        const std::string line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return boost::json::parse(line).as_object();
    }

    // Only while it has nothing else to tell.
    void command(const std::string& line) {
        const std::string whole = line + "\n";
        EXPECT_EQ(write(to_, whole.data(), whole.size()), static_cast<ssize_t>(whole.size()));
        EXPECT_EQ(next().at("done").as_string(), line);
    }

    // Whether it has something to tell that was not read.
    bool has_more() const {
        pollfd waiting{.fd = from_, .events = POLLIN, .revents = 0};
        return !read_.empty() || poll(&waiting, 1, 0) > 0;
    }

private:
    pid_t process_ = 0;
    int to_ = -1, from_ = -1, port_ = 0;
    std::string read_;
};

// A database of each kind, empty, and channels in it.
class NotifyTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        for (const char* proxy : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
            unsetenv(proxy);
        folder_ = testing::TempDir() + "vigia_notify_" + std::to_string(getpid());
        std::filesystem::create_directories(folder_);
        url_ = "sqlite:" + folder_ + "/notify.db";
        if (GetParam() == "postgresql") {
            const auto server = empty_postgresql();
            if (!server) GTEST_SKIP() << "VIGIA_TEST_POSTGRESQL is not set";
            url_ = *server;
        }
        open();
    }
    void TearDown() override {
        channels_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    // Anew, as after a restart.
    void open() {
        channels_.reset();
        database_.reset();
        auto database = Database::open(url_);
        ASSERT_TRUE(database) << database.error().message;
        database_.emplace(std::move(*database));
        auto channels = Channels::open(*database_, test_sealer(), clock_);
        ASSERT_TRUE(channels) << channels.error().message;
        channels_.emplace(std::move(*channels));
    }

    // The id of a new channel.
    std::string add(const std::string& kind, const std::string& settings, const std::string& secret = "",
                    const std::string& name = "") {
        const auto made = channels_->add(
            "acme",
            {.name = name.empty() ? kind : name, .kind = kind, .settings = settings, .secret = secret});
        EXPECT_TRUE(made) << (made ? "" : made.error().message);
        return made ? made->id : "";
    }

    FakeClock clock_{*parse_rfc3339("2026-03-04T10:00:00Z")};
    std::string folder_, url_;
    std::optional<Database> database_;
    std::optional<Channels> channels_;
};

// The same with an outbox, whose waits are the shortest that chance gives.
class OutboxFixture : public NotifyTest {
protected:
    void SetUp() override {
        NotifyTest::SetUp();
        if (IsSkipped()) return;
        outbox_.emplace(*database_, clock_, [] { return uint64_t{0}; });
    }
    void TearDown() override {
        outbox_.reset();
        NotifyTest::TearDown();
    }

    std::vector<Outgoing> dead_letters(const std::string& organisation) {
        const auto page = outbox_->list({.organisation = organisation, .state = OutgoingState::Dead});
        EXPECT_TRUE(page) << (page ? "" : page.error().message);
        return page ? page->rows : std::vector<Outgoing>();
    }
    std::vector<Channel> listening(const std::string& organisation, int severity) {
        std::vector<Channel> found;
        EXPECT_TRUE(database_->snapshot([&](SqlSession& session) -> Result<void> {
            found = TRY(Channels::listening(session, organisation, severity));
            return {};
        }));
        return found;
    }

    std::optional<Outbox> outbox_;
};

}  // namespace vigia
