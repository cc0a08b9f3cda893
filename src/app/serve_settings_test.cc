#include "app/serve_settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"

namespace vigia {
namespace {

std::string refusal(std::string_view text) {
    const auto read = parse_serve_config(text, "vigia.yaml");
    return read ? "it was taken" : read.error().message;
}

TEST(ServeSettings, AFileHasEverySettingOfTheCommandLine) {
    const auto read = parse_serve_config(
        "# a comment\nlisten: 0.0.0.0:8443\ndata: /var/lib/vigia\ndatabase: postgresql://x\ntls_certificate: "
        "a\n"
        "tls_key: b\npublic_url: https://v.example\nwatch: [Acme=/logs]\ntls_generate: true\ntls_names: "
        "[one.example, 10.0.0.1]\ninsecure_http: false\n"
        "log_level: debug\nlog_format: json\nhttp_workers: 8\nstore_memory_mib: 2048\nstore_threads: 3\n"
        "disk_free_min_mib: 1024\nseal_after_s: 60\nweb_dir: web/dist\n"
        "aws_queue: [Acme=https://sqs.example/1/q]\naws_endpoint: [http://127.0.0.1:5000]\naws_path_style: "
        "true\n"
        "aws_fips: true\naws_visibility_s: 60\naws_objects_in_flight: 3\n"
        "trail_keys: keys.json\ntrail_grace_s: 60\n",
        "vigia.yaml");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->tls_names, (std::vector<std::string>{"one.example", "10.0.0.1"}));
    // The one that is as it is otherwise is insecure_http.
    EXPECT_EQ(differences(*read, ServeCommand()).size(), serve_settings().size() - 1);
    EXPECT_TRUE(parse_serve_config("", "vigia.yaml"));
}

TEST(ServeSettings, ABadFileIsRefusedWithItsLineAndTheRemedy) {
    EXPECT_EQ(refusal("data: x\nlisten_: y\n"),
              "vigia.yaml:2: there is no setting 'listen_'; did you mean 'listen'?");
    EXPECT_TRUE(
        refusal("colour: red").starts_with("vigia.yaml:1: there is no setting 'colour'; they are data, "));
    EXPECT_EQ(refusal("\nhttp_workers: 0"),
              "vigia.yaml:2: 'http_workers' must be a whole number from 1 to 256");
    EXPECT_EQ(refusal("http_workers: 257"),
              "vigia.yaml:1: 'http_workers' must be a whole number from 1 to 256");
    EXPECT_EQ(refusal("http_workers: [1]"),
              "vigia.yaml:1: 'http_workers' must be a whole number from 1 to 256");
    EXPECT_EQ(refusal("tls_generate: yes"), "vigia.yaml:1: 'tls_generate' must be true or false");
    EXPECT_EQ(refusal("tls_names: one"), "vigia.yaml:1: 'tls_names' must be a list, as [one, two]");
    EXPECT_EQ(refusal("data: [x]"), "vigia.yaml:1: 'data' must be a text");
    EXPECT_EQ(refusal("data: x\ndata: y"), "vigia.yaml:2: 'data' stands there twice: keep one");
    EXPECT_EQ(refusal("- data"), "vigia.yaml:1: the file must be settings, as 'listen: 127.0.0.1:8443'");
    EXPECT_TRUE(refusal("data: [x").starts_with("vigia.yaml:1: ")) << refusal("data: [x");
}

TEST(ServeSettings, TheCommandLineWins) {
    const std::string file = testing::TempDir() + "vigia_settings_" + std::to_string(getpid()) + ".yaml";
    ASSERT_TRUE(write_file(file, "log_level: debug\nhttp_workers: 8\n"));
    ServeLine line{.words = {}, .given = {"http_workers"}, .config = file};
    line.words.http_workers = 2;
    const auto settled = settle(line);
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->http_workers, 2U);
    EXPECT_EQ(settled->log_level, "debug");
    ASSERT_TRUE(write_file(file, "# " + std::string(config_bytes_max - 2, 'x')));
    EXPECT_TRUE(settle(line));
    ASSERT_TRUE(write_file(file, "# " + std::string(config_bytes_max - 1, 'x')));
    EXPECT_FALSE(settle(line));
    std::filesystem::remove(file);
    EXPECT_EQ(settle(line).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace vigia
