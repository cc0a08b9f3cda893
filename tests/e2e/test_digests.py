"""The story of completeness: what CloudTrail signed is verified, on the command line and as it arrives, and what is not as it was is named."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from service import VIGIA, Service, key_of_another, record, set_up, wait_for
from trail import ACCOUNT, BUCKET, REGION, Trail

DAY = "since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z"
NONE = {"verified": 0, "missing": 0, "altered": 0, "unsigned": 0, "unproven": 0}


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.trail = Trail(self.root / "logs", self.root / "private")
        self.keys = self.trail.write_keys(self.root / "keys.json")


class VerifyTest(Folder):
    def verify(self, *words, keys=True):
        done = subprocess.run([VIGIA, "verify", str(self.trail.folder), *(["--keys", str(self.keys)] if keys else []), *words],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def report(self):
        code, out, _ = self.verify("--json")
        made = json.loads(out)
        self.assertEqual(code, 0 if made["whole"] else 1)
        return made

    def found(self):
        return [(one["state"], one["kind"], one["file"].rsplit("/", 1)[-1]) for one in self.report()["files"]]

    @staticmethod
    def name(file):
        return file[0].rsplit("/", 1)[-1]

    def test_what_a_lost_digest_named_is_not_called_planted(self):
        for hour in range(5):
            self.trail.add_hour(hour, [record(hour)])
        self.trail.keep_signature()
        before, lost = self.trail.digests[1:3]
        self.trail.path(lost[0]).unlink()
        # With it goes the signature of the one before, of which its own log file hangs.
        self.assertEqual(self.found(), [("missing", "digest", self.name(lost)), ("unsigned", "digest", self.name(before))])

    def test_each_file_that_is_not_as_it_was_is_named(self):
        for hour in range(4):
            self.trail.add_hour(hour, [record(2 * hour)], [record(2 * hour + 1)])
        self.trail.keep_signature()
        code, out, _ = self.verify()
        self.assertEqual(code, 0)
        self.assertEqual(out.splitlines(), [
            f"{ACCOUNT} {REGION} main_trail: 2026-11-20T00:01:31Z to 2026-11-20T04:01:31Z; 4 of 4 digests verified; 8 of 8 log files verified",
            f"{self.trail.folder}: 4 of 4 digests verified; 8 of 8 log files verified"])
        self.assertEqual(self.report()["logs"], {**NONE, "verified": 8})

        self.trail.put(self.trail.logs[1][0], b'{"Records":[]}')
        self.trail.path(self.trail.logs[4][0]).unlink()
        planted = self.trail.logs[0][0].replace(".json", "x.json")
        self.trail.put(planted, b'{"Records":[]}')
        self.assertEqual(self.found(), [("missing", "log", self.name(self.trail.logs[4])), ("altered", "log", self.name(self.trail.logs[1])),
                                        ("unlisted", "log", planted.rsplit("/", 1)[-1])])
        code, out, _ = self.verify()
        self.assertEqual(code, 1)
        self.assertIn(f"MISSING   log  s3://{BUCKET}/{self.trail.logs[4][0]}: a digest names it, and it is not there\n", out)
        self.assertTrue(out.endswith("4 of 4 digests verified; 6 of 8 log files verified, 1 missing, 1 altered; 1 log files that no digest names\n"), out)

        key, text, _ = self.trail.digests[2]
        self.trail.put(key, text.replace(b"T02:01:31Z", b"T02:01:30Z"))
        self.trail.path(self.trail.digests[0][0]).unlink()
        self.assertEqual(self.found()[:1], [("altered", "digest", self.name(self.trail.digests[2]))])
        self.assertEqual(self.report()["digests"], {**NONE, "verified": 2, "altered": 1})
        # From then on, each must be there.
        code, out, _ = self.verify("--since", "2026-11-20T00:00:00Z", "--json")
        self.assertEqual((code, json.loads(out)["digests"]["missing"]), (1, 1))

    def test_what_keeps_it_from_telling_is_an_error_with_its_remedy(self):
        code, _, said = self.verify(keys=False)
        self.assertEqual(code, 2)
        self.assertIn("aws cloudtrail list-public-keys", said)
        self.trail.add_log(0, [record(0)])
        code, _, said = self.verify()
        self.assertEqual(code, 2)
        self.assertIn("no digest files of CloudTrail are below it", said)
        self.keys.write_text("{}")
        self.assertIn(f"{self.keys}: there is no PublicKeyList in it", self.verify()[2])
        self.trail.folder = self.root / "gone"
        self.assertEqual(self.verify()[0], 2)


class ServeTest(Folder):
    def setUp(self):
        super().setUp()
        self.trail.folder.mkdir()
        self.service = Service(self.root / "data")
        self.owner = set_up(self.service)
        self.service.kill()
        self.service.options = ("--watch", f"Acme={self.trail.folder}", "--trail-keys", str(self.keys), "--trail-grace-s", "2")
        self.service.start()
        self.addCleanup(lambda: self.service.process.poll() is None and self.service.kill())

    def hours(self):
        page = self.owner.get(f"/api/v1/completeness?{DAY}")
        return {one["hour"][11:13]: {name: count for name, count in one["files"].items() if count} for one in page["hours"]}

    def becomes(self, **hours):
        wanted = {name[1:]: files for name, files in hours.items()}
        try:
            wait_for(lambda: self.hours() == wanted)
        except AssertionError:
            self.assertEqual(self.hours(), wanted)

    def breaks(self):
        found = self.owner.get("/api/v1/alerts?limit=1000")["alerts"]
        return {one["title"]: (one["severity"], one["count"]) for one in found if one["rule_name"] == "AWS Event: CloudTrail Integrity Broken"}

    def test_digests_are_verified_as_they_arrive(self):
        stop = {**record(0), "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "eventTime": "2026-11-20T00:12:00Z",
                "awsRegion": REGION, "recipientAccountId": ACCOUNT}
        self.trail.add_hour(0, [stop], [record(1)])
        # The newest has its signature in the one after it.
        self.becomes(h00={"unsigned": 1, "unproven": 2})
        self.trail.add_hour(1, [record(2)])
        self.becomes(h00={"verified": 3}, h01={"unsigned": 1, "unproven": 1})
        (alert,) = wait_for(lambda: self.owner.get("/api/v1/alerts?limit=1000")["alerts"])
        shown = self.owner.get(f"/api/v1/alerts/{alert['id']}")["completeness"]
        self.assertEqual(shown, {"hour": "2026-11-20T00:00:00Z", "files": {**NONE, "verified": 3}})
        self.assertEqual(self.breaks(), {})

        # One log file never comes, one is not what was signed; it stays so through a restart.
        self.trail.add_hour(2, [record(3)], [record(4)], [record(5)])
        self.trail.path(self.trail.logs[-1][0]).unlink()
        self.trail.put(self.trail.logs[-2][0], b'{"Records":[]}')
        self.trail.add_hour(3)
        self.becomes(h00={"verified": 3}, h01={"verified": 2}, h02={"verified": 2, "altered": 1, "missing": 1}, h03={"unsigned": 1})
        wanted = {f"AWS Event: CloudTrail files {state} in account {ACCOUNT}": (1, 1) for state in ("altered", "missing")}
        self.assertEqual(self.breaks(), wanted)
        self.service.kill()
        self.service.start()
        self.becomes(h00={"verified": 3}, h01={"verified": 2}, h02={"verified": 2, "altered": 1, "missing": 1}, h03={"unsigned": 1})

        # A digest that is not there is named by the one after it.
        watched, self.trail.folder = self.trail.folder, self.root / "elsewhere"
        self.trail.add_hour(4)
        self.trail.folder = watched
        lost, text, _ = self.trail.digests[-1]
        self.trail.add_hour(5)
        self.trail.add_hour(6)
        wait_for(lambda: self.hours().get("04") == {"missing": 1})
        self.assertEqual(self.breaks()[f"AWS Event: CloudTrail files missing in account {ACCOUNT}"], (1, 2))
        files = self.owner.get(f"/api/v1/completeness/files?{DAY}&account={ACCOUNT}&region={REGION}")["files"]
        named = {(one["state"], one["kind"], one["file"]) for one in files if one["state"] != "unsigned"}
        self.assertEqual(named, {("missing", "digest", f"s3://{BUCKET}/{lost}"), ("missing", "log", f"s3://{BUCKET}/{self.trail.logs[-1][0]}"),
                                 ("altered", "log", f"s3://{BUCKET}/{self.trail.logs[-2][0]}")})
        self.trail.put(lost, text)
        wait_for(lambda: (self.hours().get("03"), self.hours().get("04")) == ({"verified": 1}, {"verified": 1}))

        for path in ("/api/v1/completeness", "/api/v1/completeness/files"):
            status, _, problem = self.service.call("GET", path)
            self.assertEqual((status, problem["code"]), (401, "not_signed_in"))
            for query in ("since=x", "limit=0", "cursor=x", "since=2024-01-01T00:00:00Z&until=2026-01-01T00:00:00Z"):
                self.assertEqual(self.owner.call("GET", f"{path}?{query}")[0], 400, query)
        page = self.owner.get(f"/api/v1/completeness?{DAY}&limit=2")
        self.assertEqual([one["hour"][11:13] for one in page["hours"]], ["06", "05"])
        more = self.owner.get(f"/api/v1/completeness?{DAY}&limit=2&cursor={page['next']}")
        self.assertEqual([one["hour"][11:13] for one in more["hours"]], ["04", "03"])
        self.assertEqual([(one["account"], one["region"]) for one in page["places"]], [(ACCOUNT, REGION)])
        another = key_of_another(self.service)
        self.assertEqual(another.get(f"/api/v1/completeness?{DAY}")["places"], [])
        self.assertEqual(another.get(f"/api/v1/completeness/files?{DAY}")["files"], [])


if __name__ == "__main__":
    unittest.main()
