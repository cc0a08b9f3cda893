"""Stories against the real binary, whose path is in VIGIA."""
import gzip
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

VIGIA = os.environ["VIGIA"]


def record(**changes):
    base = {
        "eventVersion": "1.09", "eventTime": "2026-03-04T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
        "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "eventID": "e-1", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "userName": "mallory", "accountId": "111122223333"}, "requestParameters": {"name": "org-trail"},
    }
    return {**base, **changes}


def vigia(*words, stdin=None):
    return subprocess.run([VIGIA, *words], input=stdin, capture_output=True, timeout=120, check=False)


class Detect(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, data):
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    def alerts(self, *words, stdin=None):
        done = vigia("detect", "--format", "json", *words, stdin=stdin)
        return done.returncode, json.loads(done.stdout)

    def test_an_intruder_stops_the_trail(self):
        path = self.file("a.json.gz", gzip.compress(json.dumps({"Records": [record()]}).encode()))
        done = vigia("detect", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"SEV 1", done.stdout)
        self.assertIn(b"StopLogging by mallory in account 111122223333 from 198.51.100.7", done.stdout)

    def test_a_quiet_day_ends_with_zero(self):
        code, report = self.alerts(self.file("a.json", json.dumps(record(eventName="DescribeTrails"))))
        self.assertEqual((code, report["alerts"], report["summary"]["events"]), (0, [], 1))

    def test_events_that_come_twice_count_once(self):
        line = json.dumps(record()) + "\n"
        self.file("one/a.ndjson", line)
        self.file("two/a.ndjson", line * 2)
        code, report = self.alerts(self.folder.name)
        self.assertEqual((code, report["summary"]["events"], report["summary"]["duplicates"]), (1, 3, 2))
        self.assertEqual([alert["count"] for alert in report["alerts"]], [1])

    def test_any_number_of_threads_gives_the_same_report(self):
        for i in range(40):
            self.file(f"{i:02}.ndjson", json.dumps(record(eventID=f"e-{i}", eventTime=f"2026-03-{1 + i % 28:02}T10:00:00Z")))
        one, many = (vigia("detect", "--format", "json", "--threads", n, self.folder.name).stdout for n in ("1", "4"))
        self.assertEqual(one, many)

    def test_concatenated_members_truncation_and_standard_input(self):
        members = gzip.compress(json.dumps({"Records": [record()]}).encode()) + gzip.compress(json.dumps(record(eventID="e-2")).encode())
        code, report = self.alerts("-", stdin=members)
        self.assertEqual((code, report["summary"]["events"]), (1, 2))
        many = "".join(json.dumps(record(eventID=f"e-{i}")) + "\n" for i in range(5000))
        cut = gzip.compress(many.encode())
        code, report = self.alerts("-", stdin=cut[: len(cut) // 2])
        self.assertEqual(code, 2)
        self.assertGreater(report["summary"]["events"], 100)
        self.assertIn("cut short", report["problems"][-1]["message"])

    def test_zstd_is_told_by_its_content(self):
        packed = subprocess.run(["zstd", "-c"], input=json.dumps(record()).encode(), capture_output=True, check=True).stdout
        self.assertEqual(self.alerts(self.file("log", packed))[0], 1)

    def test_a_bad_record_is_named_and_the_rest_is_read(self):
        code, report = self.alerts(self.file("a.ndjson", json.dumps(record()) + "\n{\"broken\": \n" + json.dumps(record(eventID="e-2")) + "\nnot json\n"))
        self.assertEqual((code, report["summary"]["events"], report["summary"]["refused"]), (2, 2, 2))
        self.assertEqual([problem["record"] for problem in report["problems"]], [2, 4])

    def test_bytes_that_are_no_utf8_hide_nothing(self):
        data = json.dumps(record(userAgent="X")).encode().replace(b'"X"', b'"\xff\xfe"')
        self.assertEqual(self.alerts(self.file("a.json", data))[0], 1)

    def test_limits_of_a_record(self):
        def of_size(size):
            empty = len(json.dumps(record(pad="")))
            return json.dumps(record(pad="x" * (size - empty)))

        self.assertEqual(self.alerts("-", stdin=of_size(1024 * 1024).encode())[0], 1)
        code, report = self.alerts("-", stdin=(of_size(1024 * 1024 + 1) + "\n" + json.dumps(record(eventID="e-2"))).encode())
        self.assertEqual((code, report["summary"]["events"], report["summary"]["refused"]), (2, 1, 1))
        deep = json.dumps(record(pad="D"))
        self.assertEqual(self.alerts("-", stdin=deep.replace('"D"', "[" * 63 + "]" * 63).encode())[0], 1)
        self.assertEqual(self.alerts("-", stdin=deep.replace('"D"', "[" * 64 + "]" * 64).encode())[0], 2)

    def test_since_and_until(self):
        path = self.file("a.ndjson", "".join(json.dumps(record(eventID=str(d), eventTime=f"2026-03-{d:02}T10:00:00Z")) + "\n" for d in range(1, 10)))
        _, report = self.alerts("--since", "2026-03-03", "--until", "2026-03-05T10:00:00Z", path)
        self.assertEqual((report["summary"]["events"], report["summary"]["outsideRange"]), (3, 6))
        bad = vigia("detect", "--since", "yesterday", path)
        self.assertEqual(bad.returncode, 2)
        self.assertIn(b"--since must be a time", bad.stderr)

    def test_events_of_hosts_come_mixed_with_those_of_aws(self):
        insmod = {"event_type": "audit", "_id": "a-1", "event_time": 1772618400000, "type": "start", "syscall": "execve", "command": "insmod", "exe": "/usr/sbin/insmod",
                  "arguments": "insmod /tmp/x.ko", "user": "root", "host_metadata": {"hostname": "web-1"}, "provider_metadata": {"account_id": "111122223333"}}
        failed = {"_type": "host", "_id": "h-1", "timestamp": 1772618401000, "sigid": 5710, "group": ["invalid_login", "authentication_failed"], "src_ip": "203.0.113.9",
                  "hostname": "web-1"}
        self.file("lines.ndjson", "\n".join(json.dumps(one) for one in (record(), insmod, record(eventID="e-2", eventName="DescribeTrails"), failed, insmod)))
        self.file("wrapped.json.gz", gzip.compress(json.dumps({"events": [insmod, {**failed, "_id": "h-2"}]}).encode()))
        self.file("list.json", json.dumps([{"event_type": "network", "_id": "n-1"}, {**insmod, "_id": "a-2", "command": "lsmod", "arguments": "lsmod"}]))
        code, report = self.alerts(self.folder.name)
        self.assertEqual(code, 2)
        self.assertEqual((report["summary"]["events"], report["summary"]["duplicates"], report["summary"]["refused"]), (8, 2, 1))
        titles = {alert["title"]: alert["count"] for alert in report["alerts"]}
        self.assertEqual(titles.get("Exploit: Kernel Module Activity: insmod /tmp/x.ko by root on web-1"), 1, titles)
        self.assertEqual(titles.get("User: Login Failures: unknown from 203.0.113.9 on web-1"), 2, titles)
        self.assertEqual(len([title for title in titles if "StopLogging" in title]), 1, titles)
        done = vigia("search", 'command = "insmod" or eventName = "StopLogging" or src_ip = "203.0.113.0/24"', self.folder.name)
        self.assertEqual(sorted(json.loads(line).get("_id", "e") for line in done.stdout.splitlines()), ["a-1", "e", "h-1", "h-2"])

    def test_machine_formats(self):
        path = self.file("a.json", json.dumps(record(userIdentity={"type": "IAMUser", "userName": "<b>&\"\u001b[31m"})))
        sarif = json.loads(vigia("detect", "--format", "sarif", path).stdout)
        self.assertEqual(sarif["runs"][0]["results"][0]["level"], "error")
        lines = vigia("detect", "--format", "ndjson", path).stdout.splitlines()
        self.assertEqual(json.loads(lines[0])["severity"], 1)
        import xml.etree.ElementTree as xml
        suite = xml.fromstring(vigia("detect", "--format", "junit", path).stdout)
        self.assertGreaterEqual(int(suite.get("failures")), 1)

    def test_own_rules_and_their_errors(self):
        good = {"id": "0d6c5f3e-0000-4000-8000-000000000001", "name": "Own", "title": "Own {{user}}", "type": "CloudTrail", "severity": 2, "description": "d",
                "filter": 'eventName = "Mine"', "tests": [{"name": "a", "fires": True, "event": {"eventName": "Mine"}}, {"name": "b", "fires": False, "event": {"eventName": "No"}}]}
        self.file("rules/own.yaml", json.dumps(good))
        path = self.file("a.json", json.dumps(record(eventName="Mine")))
        rules = str(pathlib.Path(self.folder.name, "rules"))
        code, report = self.alerts("--rules", rules, "--only-own-rules", path)
        self.assertEqual((code, [alert["title"] for alert in report["alerts"]]), (1, ["Own mallory"]))
        self.assertEqual(vigia("rules", "test", rules).returncode, 0)
        self.file("rules/bad.yaml", json.dumps({**good, "id": "x", "severty": 1, "filter": 'eventName lik "a"'}))
        done = vigia("rules", "check", rules)
        self.assertEqual(done.returncode, 2)
        for message in (b"unknown key 'severty'; did you mean 'severity'?", b"'id' must be a UUID"):
            self.assertIn(message, done.stderr)

    def test_search_speaks_the_same_language(self):
        path = self.file("a.ndjson", json.dumps(record()) + "\n" + json.dumps(record(eventName="GetTrail", eventID="e-2")))
        done = vigia("search", 'eventName starts_with "Stop" and user = "mallory"', path)
        self.assertEqual((done.returncode, json.loads(done.stdout)["eventID"]), (1, "e-1"))
        self.assertEqual(vigia("search", "eventName = ", path).returncode, 2)


class SampleTrail(unittest.TestCase):
    # A report that keeps records reads matched ones as trees, one that drops them never does.
    def test_alerts_say_the_same_whether_or_not_records_are_kept(self):
        kept = [json.loads(line)["title"] for line in vigia("detect", "--format", "ndjson", "examples/trail").stdout.splitlines()]
        dropped = [result["message"]["text"] for result in json.loads(vigia("detect", "--format", "sarif", "examples/trail").stdout)["runs"][0]["results"]]
        self.assertEqual(len(kept), 13)
        self.assertEqual(sorted(kept), sorted(dropped))


class ThreatStack(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def imported(self, export):
        (self.folder / "export.json").write_text(json.dumps(export))
        return vigia("rules", "import", str(self.folder / "export.json"), "--into", str(self.folder / "rules"))

    def test_what_is_exported_comes_back_the_same(self):
        exported = json.loads(vigia("rules", "export").stdout)["rules"]
        self.assertGreaterEqual(len(exported), 120)
        self.assertEqual(self.imported({"rules": exported}).returncode, 0)
        again = json.loads(vigia("rules", "export", str(self.folder / "rules")).stdout)["rules"]
        by_id = {rule["id"]: rule for rule in again}
        for rule in exported:
            self.assertEqual(by_id[rule["id"]], {**rule, "filter": rule["filter"].strip() + "\n"})

    def test_a_policy_of_the_first_api_detects(self):
        done = self.imported({"policy": {"name": "CloudTrail Base Rule Set", "alert_policy": [
            {"title": "CloudTrail Activity (S3FIM): {{eventName}} by {{user}}", "description": "S3", "window_seconds": 86400, "threshold": 1, "severity": 2, "type": "CloudTrail",
             "aggregate_fields": ["eventName", "user"], "enabled": True, "exclusions": ["user = 'backup'"],
             "filter": '(eventName = "PutObjectAcl" or eventName = "GetObject") and bucketName = "xx"'},
            {"title": "Hostless: Shell", "filter": 'user != "root"', "type": "HostlessProcess", "severity": 3}]}})
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"not imported: 'Hostless: Shell': rules of type 'HostlessProcess'", done.stderr)
        log = self.folder / "a.ndjson"
        log.write_text("\n".join(json.dumps(record(eventSource="s3.amazonaws.com", eventName="GetObject", eventID=user, requestParameters={"bucketName": "xx"},
                                                   userIdentity={"type": "IAMUser", "userName": user})) for user in ("mallory", "backup")))
        found = json.loads(vigia("detect", "--format", "json", "--rules", str(self.folder / "rules"), "--only-own-rules", str(log)).stdout)
        self.assertEqual([alert["title"] for alert in found["alerts"]], ["CloudTrail Activity (S3FIM): GetObject by mallory"])
        self.assertEqual(found["summary"]["suppressed"], 1)

    def test_a_file_rule_keeps_its_paths_its_events_and_what_it_ignores(self):
        done = self.imported({"name": "File: Secret File Opens", "title": "{{command}} on {{filename}}", "type": "File", "severityOfAlerts": 3, "alertDescription": "d",
                              "filter": 'user != "ts-user"', "eventsToMonitor": ["open"], "ignoreFiles": ["*swp", ".*"], "aggregateFields": ["filename"],
                              "fileIntegrityPaths": [{"path": "/home/ubuntu/.aws/", "recursive": True}, {"path": "/etc", "recursive": False}]})
        self.assertEqual((done.returncode, len(list((self.folder / "rules/file").rglob("*.yaml")))), (0, 1), done.stderr)

        def opened(filename, **changes):
            return json.dumps({"event_type": "file", "type": "open", "command": "cat", "user": "eve", "filename": filename, "_id": filename + str(changes), **changes})

        log = self.folder / "a.ndjson"
        log.write_text("\n".join([
            opened("/home/ubuntu/.aws/sso/cache"), opened("/etc/shadow"), opened("/home/ubuntu/.aws"),
            opened("/home/ubuntu/.aws/config.swp"), opened("/home/ubuntu/.aws/.hidden"), opened("/etc/ssh/sshd_config"), opened("/home/ubuntu/.awsome"),
            opened("/etc/shadow", type="modify"), opened("/etc/shadow", user="ts-user")]))
        found = json.loads(vigia("detect", "--format", "json", "--rules", str(self.folder / "rules"), "--only-own-rules", str(log)).stdout)
        self.assertEqual(sorted(alert["title"] for alert in found["alerts"]), ["cat on /etc/shadow", "cat on /home/ubuntu/.aws/sso/cache"])

    def test_a_bad_filter_is_named_and_the_rest_is_written(self):
        rule = {"name": "good", "title": "t", "type": "CloudTrail", "severityOfAlerts": 1, "alertDescription": "d", "filter": 'user = "x"'}
        done = self.imported([rule, {**rule, "name": "../../bad", "filter": "user = \u201cx\u201d"}, {**rule, "name": "late", "window": 0}])
        self.assertEqual(done.returncode, 2)
        self.assertEqual([path.name for path in (self.folder / "rules").rglob("*.yaml")], ["good.yaml"])
        self.assertIn(b"'../../bad': its filter has an error", done.stderr)
        self.assertIn(b"'late': a window of 0 seconds", done.stderr)
        self.assertEqual(self.imported([rule]).returncode, 2, "a file that is there is not written over")


if __name__ == "__main__":
    unittest.main()
