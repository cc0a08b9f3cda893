// Questions over stored events: records go in as intake takes them, and are asked about.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/rule_files.h"
#include "base/random.h"
#include "investigate/around.h"
#include "investigate/event_title.h"
#include "investigate/processes.h"
#include "investigate/timeline.h"
#include "investigate/trends.h"
#include "tests/stored_events.h"

namespace vigia {
namespace {

constexpr const char* organisation = "0123456789abcdef01234567";
constexpr const char* other_organisation = "fedcba9876543210fedcba98";

Time at(std::string_view text) { return *parse_rfc3339(text); }

// A call of CloudTrail, at this minute and second of one hour.
struct Made {
    std::string id;
    std::string time = "10:00:00";
    std::string user = "alice";
    std::string service = "s3.amazonaws.com";
    std::string api = "GetObject";
    std::string ip = "203.0.113.7";
    std::string error;
    std::string more;  // members
    std::string day = "2026-11-25";
    std::string account = "111122223333";
};

std::string call(const Made& made) {
    return fmt::format(
        R"({{"eventSource":"{}","eventName":"{}","eventID":"{}","eventTime":"{}T{}Z","recipientAccountId":"{}",)"
        R"("sourceIPAddress":"{}","userIdentity":{{"type":"IAMUser","userName":"{}","arn":"arn:aws:iam::{}:user/{}"}}{}{}}})"
        "\n",
        made.service, made.api, made.id, made.day, made.time, made.account, made.ip, made.user, made.account,
        made.user, made.error.empty() ? "" : fmt::format(R"(,"errorCode":"{}")", made.error), made.more);
}

// A process of a host starts, so many seconds after the beginning.
struct Started {
    std::string id;
    int second = 0;
    int pid = 0;
    int ppid = 0;
    std::string arguments = "bash";
    std::string host = "web-1";
    std::string more;
};

constexpr int64_t began_ms = 1'764'064'800'000;  // 2025-11-25T10:00:00Z

std::string start(const Started& made) {
    return fmt::format(
        R"({{"event_type":"audit","type":"start","_id":"{}","timestamp":{},"hostname":"{}","pid":{},"ppid":{},)"
        R"("exe":"/bin/{}","command":"{}","arguments":"{}","user":"root","auser":"alice","session":7,"tty":"pts0"{}}})"
        "\n",
        made.id, began_ms + made.second * 1000, made.host, made.pid, made.ppid,
        made.arguments.substr(0, made.arguments.find(' ')),
        made.arguments.substr(0, made.arguments.find(' ')), made.arguments, made.more);
}

Time second(int seconds) { return Time{std::chrono::milliseconds{began_ms}} + std::chrono::seconds{seconds}; }

class Questions : public StoredEvents {
protected:
    Questions() {
        database_.emplace(*Database::open("sqlite:" + (folder_ / "alerts.db").string()));
        alerts_.emplace(*AlertStore::open(*database_, clock_));
    }

    void put(const std::string& body, const std::string& of = organisation) {
        ReadBatch batch = read(body, of, clock_.now());
        ASSERT_EQ(batch.refused, 0U) << batch.problems.front().message;
        std::vector<uint32_t> all(batch.rows.size());
        for (uint32_t i = 0; i < all.size(); i++) all[i] = i;
        keep(body, of, clock_.now(), std::move(batch), std::move(all));
    }

    void raise(const std::string& event_id, Time time, const std::string& title,
               const std::string& of = organisation) {
        BatchMatches batch;
        batch.matches.push_back({.organisation = of,
                                 .rule_id = title,
                                 .rule_name = title,
                                 .ruleset = "r",
                                 .rule_type = "CloudTrail",
                                 .title = title,
                                 .time = time,
                                 .event_id = event_id,
                                 .event_type = "cloudtrail",
                                 .record = "{}"});
        const AlertStore::Batch one{++batches_, &batch};
        const auto done = alerts_->apply("node", {&one, 1},
                                         [](SqlSession&, const StoredAlert&) -> Result<void> { return {}; });
        ASSERT_TRUE(done) << done.error().message;
    }

    AroundAnswer around(const AroundQuestion& question) {
        auto answer = events_around(*store_, question);
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? *std::move(answer) : AroundAnswer{};
    }

    static std::vector<std::string> ids(const std::vector<ShownEvent>& events) {
        std::vector<std::string> all;
        for (const ShownEvent& one : events) all.push_back(one.id);
        return all;
    }

    // One entry a line; all pages when `limit` is smaller than what there is.
    std::vector<std::string> told(TimelineQuestion question) {
        std::vector<std::string> lines;
        do {
            const auto page = timeline(*store_, *alerts_, question);
            EXPECT_TRUE(page) << page.error().message;
            if (!page) return lines;
            EXPECT_LE(page->entries.size(), question.limit);
            for (const TimelineEntry& one : page->entries)
                lines.push_back(fmt::format("{}{} x{} {} {}", one.alert ? "ALERT " : "", one.title.text,
                                            one.count, one.first_id, one.last_id));
            question.after = page->next;
        } while (question.after);
        return lines;
    }

    static std::string line(const Process& one) {
        return fmt::format("{} {} {} {}", one.pid, one.exe,
                           one.started_at ? format_rfc3339(*one.started_at).substr(11) : "unknown",
                           one.children);
    }

    FakeClock clock_{at("2026-11-25T12:00:00Z")};
    std::optional<Database> database_;
    std::optional<AlertStore> alerts_;
    uint64_t batches_ = 0;
};

using Lines = std::vector<std::string>;

TEST_F(Questions, AroundAnEventByEachDimension) {
    put(call({.id = "early", .time = "09:49:59"}) + call({.id = "near", .time = "09:55:00"}) +
        call({.id = "it", .time = "10:00:00"}) + call({.id = "same", .time = "10:00:00"}) +
        call({.id = "bob", .time = "10:01:00", .user = "bob"}) +
        call({.id = "away", .time = "10:02:00", .ip = "198.51.100.1"}));
    ASSERT_TRUE(store_->seal());
    put(call({.id = "late", .time = "10:10:00"}) + call({.id = "later", .time = "10:10:01"}));
    put(call({.id = "foreign", .time = "10:00:01"}), other_organisation);
    AroundQuestion question{.organisation = organisation, .id = "it"};
    const AroundAnswer counted = around(question);
    EXPECT_EQ(counted.event.title.text, "alice called s3:GetObject from 203.0.113.7");
    Lines dimensions;
    for (const auto& one : counted.dimensions)
        dimensions.push_back(fmt::format("{} {} {}", one.value.dimension->name, one.value.value, one.events));
    EXPECT_EQ(dimensions, (Lines{"identity arn:aws:iam::111122223333:user/alice 5", "ip 203.0.113.7 5"}));
    EXPECT_TRUE(counted.events.empty());
    question.by = find_dimension("identity");
    EXPECT_EQ(ids(around(question).events), (Lines{"near", "same", "away", "late"}));
    question.by = find_dimension("ip");
    EXPECT_EQ(ids(around(question).events), (Lines{"near", "same", "bob", "late"}));
    question.limit = 2;
    const AroundAnswer few = around(question);
    EXPECT_EQ(ids(few.events), (Lines{"near", "same"}));
    EXPECT_FALSE(few.more_before);
    EXPECT_TRUE(few.more_after);
    question.by = find_dimension("host");
    EXPECT_TRUE(around(question).events.empty());
    const auto foreign = events_around(*store_, {.organisation = organisation, .id = "foreign"});
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().kind, ErrorKind::NotFound);
}

TEST_F(Questions, AroundAnEventOfAHostAndOfTheTwoEndsOfAConnection) {
    put(start({.id = "p", .second = 0, .pid = 10, .ppid = 1}) +
        start({.id = "c", .second = 1, .pid = 11, .ppid = 10}) +
        start({.id = "elsewhere", .second = 2, .pid = 10, .ppid = 1, .host = "web-2"}));
    AroundQuestion question{.organisation = organisation, .id = "p", .by = find_dimension("process")};
    EXPECT_EQ(ids(around(question).events), (Lines{"c"}));
    question.by = find_dimension("session");
    EXPECT_EQ(ids(around(question).events), (Lines{"c"}));
    question.by = find_dimension("identity");
    EXPECT_EQ(ids(around(question).events), (Lines{"c", "elsewhere"}));
    put(R"({"event_type":"audit","type":"connect","_id":"net","timestamp":1764064805000,"hostname":"web-1",)"
        R"("pid":11,"connection":{"src_addr":"10.0.0.5","dst_addr":"203.0.113.7","port":443}})"
        "\n"
        R"({"event_type":"audit","type":"connect","_id":"back","timestamp":1764064806000,"hostname":"web-2",)"
        R"("pid":5,"connection":{"src_addr":"203.0.113.7","dst_addr":"10.9.9.9","port":22}})"
        "\n");
    const AroundAnswer answer =
        around({.organisation = organisation, .id = "net", .by = find_dimension("ip")});
    EXPECT_EQ(ids(answer.events), (Lines{"back"}));
}

TEST_F(Questions, AResourceIsABucketAnArnOrAFile) {
    const std::string arn = R"(,"resources":[{"ARN":"arn:aws:s3:::x/\"quoted\"","type":"AWS::S3::Object"}])";
    put(call({.id = "one", .time = "10:00:00", .more = arn}) +
        call({.id = "two", .time = "10:01:00", .user = "bob", .more = arn}) +
        call({.id = "none", .time = "10:01:00"}));
    const AroundAnswer answer =
        around({.organisation = organisation, .id = "one", .by = find_dimension("resource")});
    EXPECT_EQ(ids(answer.events), (Lines{"two"}));
    EXPECT_EQ(answer.dimensions.back().value.value, "arn:aws:s3:::x/\"quoted\"");
    EXPECT_EQ(answer.dimensions.back().events, 2U);
}

TEST_F(Questions, ATimelineFoldsRunsAndShowsAlertsBesideTheirEvents) {
    std::string body;
    for (int i = 0; i < 5; i++)
        body += call({.id = fmt::format("g{}", i), .time = fmt::format("10:00:0{}", i)});
    body += call({.id = "p", .time = "10:01:00", .api = "PutObject", .error = "AccessDenied"});
    body += call({.id = "g5", .time = "10:02:00"});
    body += call({.id = "b", .time = "10:00:30", .user = "bob"});
    put(body);
    ASSERT_TRUE(store_->seal());
    put(start({.id = "run", .second = 0, .pid = 3, .ppid = 1, .arguments = "curl http://x"}));
    raise("g2", at("2026-11-25T10:00:02Z"), "Alice reads");
    raise("g2", at("2026-11-25T10:00:02Z"), "Foreign", other_organisation);
    TimelineQuestion question{.organisation = organisation,
                              .values = {{find_dimension("identity"), "alice", ""}}};
    const Lines newest{"alice called s3:GetObject from 203.0.113.7 x1 g5 g5",
                       "alice called s3:PutObject from 203.0.113.7 (AccessDenied) x1 p p",
                       "alice called s3:GetObject from 203.0.113.7 x2 g3 g4",
                       "ALERT Alice reads x1  ",
                       "alice called s3:GetObject from 203.0.113.7 x3 g0 g2",
                       "root (login alice) ran curl http://x on web-1 x1 run run"};
    EXPECT_EQ(told(question), newest);
    // A page that is full is followed by what is left, whatever its size.
    for (const size_t limit : {2UL, 3UL, 4UL, 5UL}) {
        question.limit = limit;
        EXPECT_EQ(told(question), newest) << limit;
    }
    question.limit = 100;
    question.order = TimelineOrder::OldestFirst;
    const Lines oldest{"root (login alice) ran curl http://x on web-1 x1 run run",
                       "alice called s3:GetObject from 203.0.113.7 x3 g0 g2",
                       "ALERT Alice reads x1  ",
                       "alice called s3:GetObject from 203.0.113.7 x2 g3 g4",
                       "alice called s3:PutObject from 203.0.113.7 (AccessDenied) x1 p p",
                       "alice called s3:GetObject from 203.0.113.7 x1 g5 g5"};
    EXPECT_EQ(told(question), oldest);
    question.values.push_back({find_dimension("host"), "web-1", ""});
    EXPECT_EQ(told(question), (Lines{oldest.front()}));
    question.values = {{find_dimension("ip"), "203.0.113.7", ""}};
    question.since = at("2026-11-25T10:00:30Z");
    question.until = at("2026-11-25T10:01:00Z");
    EXPECT_EQ(told(question), (Lines{"bob called s3:GetObject from 203.0.113.7 x1 b b", oldest[4]}));
    question.organisation = other_organisation;
    EXPECT_EQ(told(question), Lines{});
}

TEST_F(Questions, ALongRunGoesOnOnTheNextPage) {
    std::string body;
    for (size_t i = 0; i < timeline_rows_max + 10; i++)
        body += call({.id = fmt::format("{:06}", i), .time = "10:00:00"});
    put(body);
    TimelineQuestion question{.organisation = organisation,
                              .values = {{find_dimension("ip"), "203.0.113.7", ""}},
                              .limit = timeline_entries_max};
    uint64_t count = 0;
    size_t pages = 0;
    do {
        const auto page = timeline(*store_, *alerts_, question);
        ASSERT_TRUE(page) << page.error().message;
        for (const TimelineEntry& one : page->entries) count += one.count;
        question.after = page->next;
        pages++;
    } while (question.after);
    EXPECT_EQ(count, timeline_rows_max + 10);
    EXPECT_GT(pages, 1U);
}

TEST_F(Questions, AProcessHasTheParentThatStartedLastUnderItsNumber) {
    put(start({.id = "a", .second = 0, .pid = 100, .ppid = 1, .arguments = "sshd -D"}) +
        start({.id = "b", .second = 10, .pid = 200, .ppid = 100, .arguments = "bash -i"}) +
        start({.id = "c", .second = 20, .pid = 300, .ppid = 200, .arguments = "curl http://x"}) +
        // 200 is another's now, and has a child of its own.
        start({.id = "d", .second = 30, .pid = 200, .ppid = 1, .arguments = "cron -f"}) +
        start({.id = "e", .second = 40, .pid = 400, .ppid = 200, .arguments = "sh -c x"}) +
        start({.id = "f", .second = 50, .pid = 300, .ppid = 400, .arguments = "ls -l"}) +
        start({.id = "g", .second = 5, .pid = 300, .ppid = 100, .arguments = "other", .host = "web-2"}));
    const auto chain = [&](int pid, std::optional<Time> when) {
        const auto found = process_chain(*store_, {organisation, "web-1", pid, when});
        EXPECT_TRUE(found) << found.error().message;
        Lines lines;
        if (!found) return lines;
        lines.push_back(line(found->process));
        for (const Process& one : found->ancestors) lines.push_back(line(one));
        return lines;
    };
    EXPECT_EQ(chain(300, second(25)),
              (Lines{"300 /bin/curl 10:00:20Z 0", "200 /bin/bash 10:00:10Z 0", "100 /bin/sshd 10:00:00Z 0"}));
    EXPECT_EQ(chain(300, std::nullopt),
              (Lines{"300 /bin/ls 10:00:50Z 0", "400 /bin/sh 10:00:40Z 0", "200 /bin/cron 10:00:30Z 0"}));
    EXPECT_EQ(chain(200, second(29)).front(), "200 /bin/bash 10:00:10Z 1");
    EXPECT_EQ(chain(100, std::nullopt).front(), "100 /bin/sshd 10:00:00Z 1");
    const auto nobody = process_chain(*store_, {organisation, "web-1", 999, std::nullopt});
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().kind, ErrorKind::NotFound);
    EXPECT_FALSE(process_chain(*store_, {other_organisation, "web-1", 300, std::nullopt}));
    const auto of_bash = process_children(*store_, {.process = {organisation, "web-1", 200, second(10)}});
    ASSERT_TRUE(of_bash) << of_bash.error().message;
    ASSERT_EQ(of_bash->children.size(), 1U);
    EXPECT_EQ(line(of_bash->children[0]), "300 /bin/curl 10:00:20Z 0");
    const auto of_cron = process_children(*store_, {.process = {organisation, "web-1", 200, second(30)}});
    ASSERT_TRUE(of_cron);
    ASSERT_EQ(of_cron->children.size(), 1U);
    EXPECT_EQ(line(of_cron->children[0]), "400 /bin/sh 10:00:40Z 1");
}

TEST_F(Questions, ChildrenComeByPages) {
    std::string body = start({.id = "p", .second = 0, .pid = 10, .ppid = 1});
    for (int i = 0; i < 7; i++)
        body += start({.id = fmt::format("c{}", i), .second = 1 + i / 3, .pid = 20 + i, .ppid = 10});
    put(body);
    ChildrenQuestion question{.process = {organisation, "web-1", 10, second(0)}, .limit = 3};
    Lines seen;
    do {
        const auto page = process_children(*store_, question);
        ASSERT_TRUE(page) << page.error().message;
        for (const Process& one : page->children) seen.push_back(one.event_id);
        question.after = page->next_at;
        question.after_id = page->next_id;
    } while (question.after);
    EXPECT_EQ(seen, (Lines{"c0", "c1", "c2", "c3", "c4", "c5", "c6"}));
}

TEST_F(Questions, AProcessWithoutAStartIsKnownByItsOtherEvents) {
    put(R"({"event_type":"audit","type":"connect","_id":"net","timestamp":1764064805000,"hostname":"web-1",)"
        R"("pid":11,"ppid":7,"exe":"/usr/bin/nginx","connection":{"dst_addr":"203.0.113.7","port":443}})"
        "\n" +
        start({.id = "child",
               .second = 9,
               .pid = 12,
               .ppid = 6,
               .more = R"(,"parent_metadata":{"exe":"/usr/bin/containerd-shim","pid":6})"}));
    const auto nginx = process_chain(*store_, {organisation, "web-1", 11, std::nullopt});
    ASSERT_TRUE(nginx) << nginx.error().message;
    EXPECT_EQ(line(nginx->process), "11 /usr/bin/nginx unknown 0");
    const auto child = process_chain(*store_, {organisation, "web-1", 12, std::nullopt});
    ASSERT_TRUE(child) << child.error().message;
    ASSERT_EQ(child->ancestors.size(), 1U);
    EXPECT_EQ(line(child->ancestors[0]), "6 /usr/bin/containerd-shim unknown 0");
}

TEST_F(Questions, AChainOfAncestorsEnds) {
    std::string body;
    for (int i = 0; i < 70; i++)
        body += start({.id = fmt::format("p{}", i), .second = i, .pid = 100 + i, .ppid = 99 + i});
    // Two that name each other, at one time.
    body += start({.id = "x", .second = 0, .pid = 5, .ppid = 6}) +
            start({.id = "y", .second = 0, .pid = 6, .ppid = 5});
    put(body);
    const auto chain = process_chain(*store_, {organisation, "web-1", 169, std::nullopt});
    ASSERT_TRUE(chain) << chain.error().message;
    EXPECT_EQ(chain->ancestors.size(), process_ancestors_max);
    EXPECT_TRUE(chain->more);
    const auto circle = process_chain(*store_, {organisation, "web-1", 5, std::nullopt});
    ASSERT_TRUE(circle) << circle.error().message;
    EXPECT_LE(circle->ancestors.size(), process_ancestors_max);
}

TEST_F(Questions, TrendsPutWhatRisesFirstAndMarkWhatIsNew) {
    std::string body;
    int number = 0;
    const auto calls = [&](int count, const std::string& day, Made made) {
        for (int i = 0; i < count; i++) {
            made.id = fmt::format("t{}", number++);
            made.day = day;
            body += call(made);
        }
    };
    calls(1, "2026-10-01", {.service = "ssm.amazonaws.com", .api = "StartSession"});
    calls(8, "2026-11-10", {});
    calls(2, "2026-11-17", {});
    calls(3, "2026-11-18", {.service = "ecr.amazonaws.com", .api = "PutImage"});
    calls(1, "2026-11-19", {.user = "bob", .service = "ecr.amazonaws.com", .api = "PutImage", .error = "X"});
    calls(2, "2026-11-19", {.service = "ssm.amazonaws.com", .api = "StartSession"});
    put(body);
    put(call({.id = "foreign", .service = "iam.amazonaws.com", .day = "2026-11-18"}), other_organisation);
    TrendQuestion question{.organisation = organisation,
                           .since = at("2026-11-16T00:00:00Z"),
                           .until = at("2026-11-23T00:00:00Z")};
    const auto lines = [&] {
        const auto answer = trends(*store_, question);
        EXPECT_TRUE(answer) << answer.error().message;
        Lines all;
        if (!answer) return all;
        for (const TrendRow& one : answer->rows)
            all.push_back(fmt::format("{}/{}/{} {} before {} errors {}{} [{}]", one.account, one.service,
                                      one.api, one.calls, one.before, one.errors, one.is_new ? " new" : "",
                                      fmt::join(one.buckets, " ")));
        return all;
    };
    EXPECT_EQ(lines(), (Lines{"/ecr.amazonaws.com/ 4 before 0 errors 1 new [0 0 3 1 0 0 0]",
                              "/ssm.amazonaws.com/ 2 before 0 errors 0 [0 0 0 2 0 0 0]",
                              "/s3.amazonaws.com/ 2 before 8 errors 0 [0 2 0 0 0 0 0]"}));
    question.by = TrendBy::Organisation;
    question.bucket = TrendBucket::Week;
    EXPECT_EQ(lines(), (Lines{"// 8 before 8 errors 1 [8]"}));
    question.by = TrendBy::Api;
    question.service = "ecr.amazonaws.com";
    EXPECT_EQ(lines(), (Lines{"/ecr.amazonaws.com/PutImage 4 before 0 errors 1 new [4]"}));
    question.by = TrendBy::Account;
    EXPECT_EQ(lines(), (Lines{"111122223333// 4 before 0 errors 1 new [4]"}));
    const auto users = trend_users(*store_, question);
    ASSERT_TRUE(users) << users.error().message;
    ASSERT_EQ(users->size(), 2U);
    EXPECT_EQ(users->front().identity, "arn:aws:iam::111122223333:user/alice");
    EXPECT_EQ(users->front().calls, 3U);
    EXPECT_EQ(users->back().errors, 1U);
    EXPECT_TRUE(users->back().is_new);
}

TEST_F(Questions, TrendsTellWhatRegionsAreNew) {
    const auto in = [](const std::string& region, const std::string& id, const std::string& day,
                       const std::string& service = "s3.amazonaws.com") {
        return call(
            {.id = id, .service = service, .more = fmt::format(R"(,"awsRegion":"{}")", region), .day = day});
    };
    put(in("eu-west-1", "r1", "2026-10-01") + in("us-east-1", "r2", "2026-11-10") +
        in("eu-west-1", "r3", "2026-11-17") + in("us-east-1", "r4", "2026-11-17") +
        in("sa-east-1", "r5", "2026-11-18") + in("sa-east-1", "r6", "2026-11-20", "ecr.amazonaws.com") +
        call({.id = "r7", .day = "2026-11-19"}));
    TrendQuestion question{.organisation = organisation,
                           .by = TrendBy::Region,
                           .bucket = TrendBucket::Week,
                           .since = at("2026-11-16T00:00:00Z"),
                           .until = at("2026-11-23T00:00:00Z")};
    const auto lines = [&] {
        const auto answer = trends(*store_, question);
        EXPECT_TRUE(answer) << answer.error().message;
        Lines all;
        for (const TrendRow& one : answer.value_or(TrendAnswer{}).rows)
            all.push_back(fmt::format("{}{} {} before {}{} [{}]", one.region, one.service, one.calls,
                                      one.before, one.is_new ? " new" : "", fmt::join(one.buckets, " ")));
        return all;
    };
    EXPECT_EQ(lines(), (Lines{"sa-east-1 2 before 0 new [2]", " 1 before 0 new [1]",
                              "eu-west-1 1 before 0 [1]", "us-east-1 1 before 1 [1]"}));
    question.service = "ecr.amazonaws.com";
    EXPECT_EQ(lines(), (Lines{"sa-east-1 1 before 0 new [1]"}));
    question = {.organisation = organisation,
                .bucket = TrendBucket::Week,
                .since = question.since,
                .until = question.until,
                .region = "sa-east-1"};
    EXPECT_EQ(lines(),
              (Lines{"ecr.amazonaws.com 1 before 0 new [1]", "s3.amazonaws.com 1 before 0 new [1]"}));
    const auto users = trend_users(*store_, question);
    ASSERT_TRUE(users) << users.error().message;
    ASSERT_EQ(users->size(), 1U);
    EXPECT_EQ(users->front().calls, 2U);
}

TEST_F(Questions, TrendsHaveBounds) {
    TrendQuestion question{.organisation = organisation,
                           .bucket = TrendBucket::Hour,
                           .since = at("2026-01-01T00:00:00Z"),
                           .until = at("2026-01-01T00:00:00Z") + std::chrono::hours{trend_buckets_max}};
    EXPECT_TRUE(trends(*store_, question));
    question.until += std::chrono::hours{1};
    EXPECT_EQ(trends(*store_, question).error().kind, ErrorKind::BadInput);
    question.bucket = TrendBucket::Week;
    question.until = question.since;
    EXPECT_EQ(trends(*store_, question).error().kind, ErrorKind::BadInput);
    question.since = at("1700-01-01T00:00:00Z");
    EXPECT_EQ(trends(*store_, question).error().kind, ErrorKind::BadInput);
    question.until = at("2261-01-01T00:00:00Z");
    EXPECT_EQ(trends(*store_, question).error().kind, ErrorKind::BadInput);
}

TEST(EventTitle, IsOneLineAndShort) {
    EventTexts texts;
    texts.set("kind", "start");
    texts.set("arguments", "sh -c \n" + std::string(event_title_bytes_max, 'a') + "é");
    const EventTitle title = event_title("audit", texts);
    EXPECT_LE(title.text.size(), event_title_bytes_max);
    EXPECT_TRUE(title.text.ends_with("…"));
    EXPECT_EQ(title.text.find('\n'), std::string::npos);
    for (const TitleParameter& one : title.parameters) {
        EXPECT_LE(one.value.size(), event_title_bytes_max) << one.name;
        EXPECT_EQ(one.value.find('\n'), std::string::npos) << one.name;
    }
    EXPECT_EQ(event_title("strange", texts).text, "an event of type strange");
}

}  // namespace
}  // namespace vigia
