"""The sample trail: the same for the same seed, whole as files, understood by the service, and full of what rules alert on."""

import datetime
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from service import Service, make_key, set_up

TOOL = str(pathlib.Path(__file__).resolve().parents[2] / "tools/sample_trail.py")
UNTIL = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
DAYS = 28


def text(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def trail(*options):
    made = subprocess.run([sys.executable, TOOL, *options], capture_output=True, text=True, check=True)
    return made.stdout


def id_of(record):
    return record.get("eventID") or record.get("_id") or record["id"]


def time_of(record):
    return (
        record.get("eventTime")
        or record.get("time")
        or text(datetime.datetime.fromtimestamp(record["event_time"] // 1000, datetime.timezone.utc))
    )


class SampleTrailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lines = trail("--days", str(DAYS), "--until", text(UNTIL), "--seed", "5").splitlines()
        cls.records = [json.loads(line) for line in cls.lines]
        cls.folder = tempfile.TemporaryDirectory()
        cls.service = Service(pathlib.Path(cls.folder.name) / "data")
        cls.owner = set_up(cls.service)
        cls.source = make_key(cls.owner, "source")
        for first in range(0, len(cls.lines), 4000):
            status, _, body = cls.source.call("POST", "/api/v1/events", "\n".join(cls.lines[first : first + 4000]))
            assert status == 200 and body["refused"] == 0 and body["duplicates"] == 0, body

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    def alerts(self, since):
        return self.owner.get(f"/api/v1/alerts?limit=1000&from={text(since)}")["alerts"]

    def test_the_same_seed_and_end_make_the_same_trail(self):
        options = ["--days", "3", "--until", "2026-03-04T12:00:00Z"]
        first = trail(*options, "--seed", "1")
        self.assertEqual(first, trail(*options, "--ndjson", "--seed", "1"))
        self.assertNotEqual(first, trail(*options, "--seed", "2"))
        later = trail("--days", "3", "--until", "2026-03-05T12:00:00Z", "--seed", "1")
        ids = {id_of(json.loads(line)) for line in first.splitlines()}
        self.assertTrue(ids.isdisjoint(id_of(json.loads(line)) for line in later.splitlines()))

    def test_ids_are_unique_and_times_in_order_and_within_the_days(self):
        self.assertEqual(len({id_of(record) for record in self.records}), len(self.records))
        times = [time_of(record) for record in self.records]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(times[-1], text(UNTIL))
        self.assertGreaterEqual(times[0], text(UNTIL - datetime.timedelta(days=DAYS)))

    def test_files_hold_the_same_records_where_aws_puts_them(self):
        with tempfile.TemporaryDirectory() as folder:
            trail("--days", "3", "--until", "2026-03-04T12:00:00Z", "--out", folder)
            found = []
            for path in pathlib.Path(folder).rglob("*.gz"):
                held = gzip.decompress(path.read_bytes()).decode()
                if path.parent.name == "runtime":
                    found += [json.loads(line) for line in held.splitlines()]
                    continue
                account, _, region, *day = path.relative_to(folder).parts[1:-1]
                for record in json.loads(held)["Records"]:
                    self.assertEqual(
                        (record["recipientAccountId"], record["awsRegion"], record["eventTime"][:10]), (account, region, "-".join(day))
                    )
                    found.append(record)
        lines = trail("--days", "3", "--until", "2026-03-04T12:00:00Z").splitlines()
        self.assertEqual(sorted(map(id_of, found)), sorted(id_of(json.loads(line)) for line in lines))

    def test_what_is_asked_for_wrongly_is_refused(self):
        for options in (["--days", "1"], ["--days", "many"], ["--until", "yesterday"], ["--ndjson", "--out", "x"]):
            self.assertEqual(subprocess.run([sys.executable, TOOL, *options], capture_output=True).returncode, 2, options)

    def test_container_registry_and_systems_manager_rise_most(self):
        since = UNTIL - datetime.timedelta(days=DAYS // 2)
        rows = self.owner.get(f"/api/v1/trends?since={text(since)}&until={text(UNTIL)}")["rows"]
        self.assertEqual({row["service"] for row in rows[:2]}, {"ecr.amazonaws.com", "ssm.amazonaws.com"})
        for row in rows[:2]:
            self.assertGreater(row["change_ratio"], 2, row)
        users = self.owner.get(f"/api/v1/trends/users?service=ssm.amazonaws.com&since={text(since)}&until={text(UNTIL)}")["users"]
        self.assertGreater(len(users), 4)

    def test_the_last_day_holds_the_stories(self):
        names = {alert["rule_name"] for alert in self.alerts(UNTIL - datetime.timedelta(days=1))}
        for name in (
            "CloudTrail: CloudTrail Logging Stopped",
            "CloudTrail: ECR Image Scan Findings – Severity CRITICAL",
            "CloudTrail: ECR Image Scan Findings – Severity HIGH",
            "CloudTrail: ECR Repository Policy Allows Any Principal",
            "CloudTrail: Root Console Login",
            "CloudTrail: SSM Shell Script On Instances",
            "CloudTrail: SSM Many Secret Parameters Read",
            "CloudTrail: SSM Start Session",
            "Exploit: Process Activity From /tmp",
            "File: System Logs Deleted",
            "Threat Intelligence: Outbound Connection (Connects) To WAN",
        ):
            self.assertIn(name, names)

    def test_older_stories_alert_too(self):
        names = {alert["rule_name"] for alert in self.alerts(UNTIL - datetime.timedelta(days=DAYS))}
        for name in (
            "CloudTrail: IAM Create Access Key",
            "CloudTrail: Many Calls Refused",
            "CloudTrail: Console Login Failures",
            "CloudTrail: S3 Bucket Policy Allows Any Principal",
            "CloudTrail: EC2 Wide Open Security Group",
            "CloudTrail: ECS Execute Command",
            "Docker: User Commands",
            "CloudTrail: SSM Session Preferences Changed",
            "CloudTrail: EC2 Costly Instances Launched",
        ):
            self.assertIn(name, names)

    def test_the_commands_of_the_stolen_session_make_one_tree(self):
        (miner,) = [record for record in self.records if record.get("exe") == "/tmp/.kw" and record["type"] == "start"]
        answer = self.owner.get(f"/api/v1/processes?host={miner['host_metadata']['hostname']}&pid={miner['pid']}&at={time_of(miner)}")
        self.assertEqual(
            [one["exe"] for one in answer["ancestors"]],
            ["/usr/bin/bash", "/usr/bin/sudo", "/usr/bin/bash", "/usr/bin/sh", "/usr/bin/ssm-session-worker", "/usr/lib/systemd/systemd"],
        )


if __name__ == "__main__":
    unittest.main()
