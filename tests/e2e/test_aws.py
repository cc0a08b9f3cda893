"""Stories of intake from AWS: queues of SQS that tell of objects in S3, against the moto server, a server of S3 of another family, and a
proxy that makes faults. Nothing is lost, nothing doubled."""
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import tempfile
import threading
import unittest

import aws_servers
from aws_servers import ACCOUNT, EXPIRED, REGION, SLOW_DOWN, by_event_bridge, by_sns, notification, packed, trail_key
from service import VIGIA, Service, key_of_another, record, set_up, wait_for

BUCKET = "trail-bucket"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/vigia"


class AwsTest(unittest.TestCase):
    options = ()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.moto = aws_servers.Moto(self.root / "moto.log")
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.moto.stop)
        self.proxy = aws_servers.Proxy(self.moto.port)
        self.addCleanup(self.proxy.stop)
        self.s3 = aws_servers.client("s3", self.moto.url)
        self.sqs = aws_servers.client("sqs", self.moto.url)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.queue = self.sqs.create_queue(QueueName="vigia", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= aws_servers.KEYS | {"AWS_EC2_METADATA_DISABLED": "true"}
        self.service = Service(self.root / "data", "--aws-endpoint", self.endpoint(), "--aws-path-style", "--aws-visibility-s", "5",
                               environment=environment)
        self.addCleanup(lambda: self.service.process.poll() is None and self.service.kill())
        self.owner = set_up(self.service)

    def endpoint(self):
        return self.proxy.url

    def connect(self, **more):
        draft = {"name": "trail", "queue_url": self.queue, "region": REGION, "role_arn": ROLE, **more}
        status, _, made = self.owner.call("POST", "/api/v1/aws/connections", draft)
        self.assertEqual(status, 201, made)
        self.at = f"/api/v1/aws/connections/{made['id']}"
        return made

    def put(self, key, records):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=records if isinstance(records, bytes) else packed(records))
        return key

    def send(self, body):
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=body)

    def count(self):
        return self.owner.get("/api/v1/events/count")["count"]

    def status(self):
        return self.owner.get(self.at)["status"]

    def left(self):
        got = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        return int(got["ApproximateNumberOfMessages"]) + int(got["ApproximateNumberOfMessagesNotVisible"])

    def letters(self):
        return self.owner.get(self.at + "/dead-letters")["dead_letters"]

    def settled(self, events):
        wait_for(lambda: self.count() == events and self.left() == 0)
        self.assertEqual(self.count(), events)

    def health(self):
        source = self.owner.get(self.at)["source"]
        return [one for one in self.owner.get("/api/v1/sources")["sources"] if one["source"] == source][0]


class IntakeTest(AwsTest):
    def test_notifications_in_all_envelopes(self):
        made = self.connect()
        self.assertRegex(made["external_id"], "^[0-9a-f]{32}$")
        odd = "AWSLogs/a b+c=d&é/über #1 100%.json.gz"
        self.put(odd, [record(1)])
        one, two, three = (self.put(trail_key(n), [record(n * 10), record(n * 10 + 1)]) for n in (1, 2, 3))
        self.send(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}))
        self.send(notification(BUCKET, odd, one))
        self.send(by_sns(notification(BUCKET, two)))
        self.send(by_event_bridge(BUCKET, three))
        self.send(by_sns(by_event_bridge(BUCKET, three)))
        self.settled(7)
        self.assertEqual(self.letters(), [])
        wait_for(lambda: self.status()["without_object"] == 1)
        health = self.health()
        self.assertEqual((health["accepted"], health["duplicates"]), (7, 2))
        self.assertEqual((health["kind"], health["name"]), ("connection", "trail"))
        measures = self.service.call("GET", "/metrics")[2]
        self.assertRegex(str(measures), r'vigia_aws_messages_total\{connection="' + made["id"] + r'"\} 5')
        self.assertRegex(str(measures), r'vigia_aws_failing\{connection="' + made["id"] + r'"\} 0')
        seen = wait_for(lambda: self.owner.get(self.at + "/accounts")["accounts"])
        self.assertEqual([(one["account"], one["belongs"]) for one in seen], [(ACCOUNT, "unknown")])

    def test_what_is_not_understood_is_set_aside_and_tried_again_when_somebody_wants_it(self):
        self.connect()
        self.send("no JSON at all")
        self.send(json.dumps({"hello": "world"}))
        self.send(notification(BUCKET, trail_key(404)))
        cut = packed([record(n) for n in range(50)])
        self.put(trail_key(5), cut[:len(cut) // 2])
        self.send(notification(BUCKET, trail_key(5)))
        wait_for(lambda: len(self.letters()) == 4 and self.left() == 0)
        reasons = " | ".join(one["reason"] for one in self.letters())
        for words in ("it is no JSON object", "no event notification", "NoSuchKey", "cut short"):
            self.assertIn(words, reasons)
        taken = self.count()
        # The objects are there by now.
        self.put(trail_key(404), [record(900)])
        self.put(trail_key(5), cut)
        status, _, body = self.owner.call("POST", self.at + "/dead-letters/retry")
        self.assertEqual((status, body), (200, {"count": 4}))
        wait_for(lambda: len(self.letters()) == 2)
        self.assertLess(taken, 51)
        self.assertEqual(self.count(), 51)
        letter = self.letters()[0]
        self.assertEqual(wait_for(lambda: self.letters()[0])["kind"], "message")
        status, _, _ = self.owner.call("DELETE", f"{self.at}/dead-letters/{letter['id']}")
        self.assertEqual(status, 204)
        tried = self.letters()[0]
        self.assertEqual(self.owner.call("POST", f"{self.at}/dead-letters/{tried['id']}/retry")[0], 204)
        wait_for(lambda: self.letters()[0]["attempts"] > tried["attempts"])
        out = subprocess.run([VIGIA, "aws", "dead-letters", "--data", self.service.folder, "--organisation", "Acme", "--connection", "trail"],
                             capture_output=True, text=True)
        self.assertEqual(out.stdout.count("attempts"), 1, out.stdout + out.stderr)

    def test_large_objects_come_in_ranges(self):
        self.connect()
        noise = random.Random(7)
        records = []
        for n in range(9_000):
            one = record(n)
            one["requestParameters"] = {"noise": noise.randbytes(900).hex()}
            records.append(one)
        body = "\n".join(json.dumps(one) for one in records).encode()
        self.assertGreater(len(body), 16 * 1024 * 1024)
        self.put("large.ndjson", body)
        self.send(notification(BUCKET, "large.ndjson"))
        self.settled(9_000)
        self.assertGreaterEqual(self.proxy.seen["GET"], 2)

    def steps(self):
        status, _, done = self.owner.call("POST", self.at + "/test")
        self.assertEqual(status, 200, done)
        return done["passed"], [(one["name"], one["outcome"]) for one in done["steps"]], done["steps"][-1]

    def test_test_of_a_connection_names_the_step_that_fails(self):
        self.connect()
        names = ["credentials", "role", "queue", "messages"]
        passed, steps, last = self.steps()
        self.assertEqual((passed, steps), (True, [(name, "passed") for name in names] + [("files", "skipped")]), last)
        key = self.put(trail_key(1), [record(1)])
        self.send(notification(BUCKET, key))
        self.settled(1)
        passed, steps, last = self.steps()
        self.assertEqual((passed, steps[-1]), (True, ("files", "passed")), last)
        denied = (403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
        no_queue = (403, {"Content-Type": "application/x-amz-json-1.0"}, b'{"__type":"com.amazon.coral.service#AccessDeniedException","message":"not authorized"}')

        def refused(what):
            return lambda method, path, headers, body: (
                denied if what in ("GET", "AssumeRole") and (method == what or what.encode() in body) else
                no_queue if headers.get("X-Amz-Target", "").endswith("." + what) else None)
        for what, step, code, words in (("GET", "files", "files_denied", "s3:GetObject"), ("DeleteMessageBatch", "messages", "messages_denied", "sqs:DeleteMessage"),
                                        ("GetQueueAttributes", "queue", "queue_denied", "sqs:GetQueueAttributes"),
                                        ("AssumeRole", "role", "role_refused", "trust policy")):
            self.proxy.fault = refused(what)
            passed, steps, last = self.steps()
            self.assertEqual((passed, steps[-1], last["code"]), (False, (step, "failed"), code), last)
            self.assertIn(words, last["remedy"])
        self.proxy.fault = None
        self.connect(name="other", queue_url=self.queue + "-not-there")
        passed, steps, last = self.steps()
        self.assertEqual((passed, steps[-1], last["code"]), (False, ("queue", "failed"), "queue_not_found"), last)
        self.assertIn("URL", last["remedy"])

    def test_an_external_id_comes_before_the_role_that_needs_it(self):
        status, _, made = self.owner.call("POST", "/api/v1/aws/connections", {"name": "soon", "enabled": False})
        self.assertEqual((status, made["queue_url"], made["role_arn"]), (201, "", ""), made)
        self.at = f"/api/v1/aws/connections/{made['id']}"
        _, _, done = self.owner.call("POST", self.at + "/test")
        self.assertEqual([(one["name"], one["outcome"], one["code"]) for one in done["steps"]],
                         [("credentials", "passed", ""), ("settings", "failed", "settings_missing")])
        self.assertRegex(done["principal"], "^arn:aws:(iam|sts)::[0-9]{12}:")
        self.assertEqual(self.owner.call("PUT", self.at, {"name": "soon", "enabled": True})[0], 400)
        self.assertEqual(self.owner.call("PUT", self.at, {"name": "soon", "queue_url": self.queue, "region": REGION, "role_arn": ROLE})[0], 200)
        self.send(notification(BUCKET, self.put(trail_key(1), [record(1)])))
        self.settled(1)

    def test_doors(self):
        made = self.connect()
        other = key_of_another(self.service)
        calls = [("GET", self.at), ("PUT", self.at), ("DELETE", self.at), ("POST", self.at + "/test"), ("GET", self.at + "/accounts"),
                 ("PUT", self.at + "/accounts/111122223333"), ("DELETE", self.at + "/accounts/111122223333"), ("GET", self.at + "/dead-letters"),
                 ("POST", self.at + "/dead-letters/retry"), ("POST", self.at + "/dead-letters/x/retry"), ("DELETE", self.at + "/dead-letters/x"),
                 ("GET", self.at + "/backfills"), ("POST", self.at + "/backfills"), ("GET", self.at + "/backfills/x"),
                 ("POST", self.at + "/backfills/x/pause"), ("POST", self.at + "/backfills/x/resume"), ("POST", self.at + "/backfills/x/cancel")]
        draft = {"name": "n", "queue_url": self.queue, "region": REGION, "role_arn": ROLE}
        for method, path in calls:
            body = draft if path == self.at and method == "PUT" else {"bucket": BUCKET} if path.endswith("backfills") else None
            status, _, _ = self.service.call(method, path, body)
            self.assertEqual(status, 401, path)
            status, _, _ = other.call(method, path, body if method in ("PUT", "POST") else None)
            self.assertEqual(status, 404, (method, path))
        self.assertEqual(other.get("/api/v1/aws/connections")["connections"], [])
        for wrong, code in (({"role_arn": "arn:aws:iam::1:user/x"}, 400), ({"queue_url": "https://evil.example/"}, 400), ({"region": "../x"}, 400),
                            ({"endpoint": "http://169.254.169.254"}, 400), ({"role_arn": None}, 400), ({}, 409)):
            status, _, body = self.owner.call("POST", "/api/v1/aws/connections", {**draft, "name": "trail", **wrong})
            self.assertEqual(status, code, (wrong, body))
        status, headers, _ = self.owner.call("GET", self.at)
        status, _, changed = self.owner.call("PUT", self.at, {**draft, "name": "renamed", "enabled": False}, **{"If-Match": headers["ETag"]})
        self.assertEqual((status, changed["external_id"]), (200, made["external_id"]))
        status, _, _ = self.owner.call("PUT", self.at, draft, **{"If-Match": headers["ETag"]})
        self.assertEqual(status, 409)
        wait_for(lambda: self.owner.get(self.at)["status"] is None)
        self.assertEqual(self.owner.call("DELETE", self.at)[0], 204)
        self.assertEqual(self.owner.call("GET", self.at)[0], 404)


class OrganisationTrailTest(AwsTest):
    def test_accounts_go_to_their_organisations(self):
        self.connect()
        other = key_of_another(self.service, "Other")
        self.service.stop()
        for account, whose in (("111122223333", "Acme"), ("444455556666", "Other")):
            done = subprocess.run([VIGIA, "aws", "map", "--data", self.service.folder, "--organisation", "Acme", "--connection", "trail", account, whose],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.service.start()
        keys = [self.put(trail_key(n, account=account, organisation="o-abc123/"), [record(n)])
                for n, account in ((1, "111122223333"), (2, "444455556666"), (3, "777788889999"))]
        mixed = [record(11), record(12), record(13)]
        for one, account in zip(mixed, ("111122223333", "444455556666", "777788889999")):
            one["recipientAccountId"] = account
        keys.append(self.put("export/mixed.json.gz", mixed))
        self.send(notification(BUCKET, *keys))
        wait_for(lambda: self.left() == 0 and self.count() == 4)
        self.assertEqual(other.get("/api/v1/events/count")["count"], 2)
        shown = wait_for(lambda: (lambda all: len(all) == 3 and all)(self.owner.get(self.at + "/accounts")["accounts"]))
        self.assertEqual([(one["account"], one["belongs"]) for one in shown],
                         [("111122223333", "own"), ("444455556666", "other"), ("777788889999", "unknown")])
        self.assertEqual(self.owner.call("PUT", self.at + "/accounts/444455556666")[0], 403)
        for method, belongs in (("PUT", "own"), ("DELETE", "unknown")):
            self.assertEqual(self.owner.call(method, self.at + "/accounts/777788889999")[0], 204)
            self.assertEqual(self.owner.get(self.at + "/accounts")["accounts"][2]["belongs"], belongs)


class FaultsTest(AwsTest):
    def test_storms_of_503_expired_credentials_and_broken_connections(self):
        chance = random.Random(11)
        lock = threading.Lock()

        def fault(method, path, headers, body):
            with lock:
                dice = chance.random()
            if method == "GET" and dice < 0.30:
                return SLOW_DOWN
            if method == "GET" and dice < 0.45:
                return 20  # bytes, then the connection is closed
            if method == "GET" and dice < 0.50:
                return EXPIRED
            if headers.get("X-Amz-Target") and dice < 0.10:
                return (500, {}, b"{}")
            return None

        self.proxy.fault = fault
        self.connect()
        for n in range(60):
            self.send(notification(BUCKET, self.put(trail_key(n), [record(n * 2), record(n * 2 + 1)])))
        wait_for(lambda: self.count() == 120 and self.left() == 0, 120)
        self.assertEqual(self.letters(), [])

    def test_duplicates_and_disorder(self):
        self.connect()
        keys = [self.put(trail_key(n), [record(n)]) for n in range(40)]
        messages = keys * 3
        random.Random(3).shuffle(messages)
        for key in messages:
            self.send(notification(BUCKET, key))
        self.settled(40)
        self.assertEqual(self.health()["duplicates"], 80)

    def test_a_message_in_work_is_kept_from_others(self):
        slow = threading.Event()
        self.proxy.fault = lambda method, path, headers, body: slow.wait(60) and None if method == "GET" else None
        self.connect()
        self.send(notification(BUCKET, self.put(trail_key(1), [record(1)])))
        # Twice as long as a message is kept without being extended.
        wait_for(lambda: self.proxy.seen["ChangeMessageVisibilityBatch"] >= 4)
        self.assertEqual(self.status()["messages"], 1)
        slow.set()
        self.settled(1)
        self.assertEqual(self.health()["duplicates"], 0)

    def test_a_clock_that_is_off_is_set_right(self):
        told = "Thu, 26 Nov 2037 07:00:00 GMT"
        seen = []

        def fault(method, path, headers, body):
            if method != "GET":
                return None
            date = headers["x-amz-date"]
            seen.append(date)
            if date.startswith("2037"):
                return None
            return (403, {"Date": told}, b"<Error><Code>RequestTimeTooSkewed</Code><Message>off</Message></Error>")

        self.proxy.fault = fault
        self.connect()
        self.send(notification(BUCKET, self.put(trail_key(1), [record(1)])))
        self.settled(1)
        self.assertRegex(seen[-1], "^20371126T0(659|700)")

    def test_kill_in_the_middle(self):
        self.connect()
        for n in range(120):
            self.put(trail_key(n), [record(n * 3 + i) for i in range(3)])
        for n in range(120):
            self.send(notification(BUCKET, trail_key(n)))
        for least in (30, 150):
            wait_for(lambda: self.count() >= least)
            self.service.kill()
            self.service.start()
        wait_for(lambda: self.count() == 360 and self.left() == 0, 120)
        self.assertEqual(self.count(), 360)


class BackfillTest(AwsTest):
    def test_prefix_and_time_range_resumed_after_a_kill(self):
        self.connect()
        number = 0
        for day in (23, 24, 25):
            for region in ("eu-west-1", "us-east-1"):
                for _ in range(30):
                    number += 1
                    self.put(trail_key(number, region=region, day=f"2026/11/{day}"), [record(number)])
        self.put(f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/11/24/digest.json.gz", [record(9999)])
        draft = {"bucket": BUCKET, "prefix": f"AWSLogs/{ACCOUNT}/", "from": "2026-11-24T00:00:00Z", "until": "2026-11-26T00:00:00Z",
                 "objects_per_second": 40}
        status, _, made = self.owner.call("POST", self.at + "/backfills", draft)
        self.assertEqual(status, 201, made)
        at = f"{self.at}/backfills/{made['id']}"
        wait_for(lambda: self.count() >= 20)
        self.assertEqual(self.owner.call("POST", at + "/pause")[2]["state"], "paused")
        self.assertEqual(self.owner.call("POST", at + "/resume")[2]["state"], "running")
        self.service.kill()
        self.service.start()
        done = wait_for(lambda: (lambda one: one["state"] == "done" and one)(self.owner.get(at)))
        self.assertEqual(self.count(), 120)
        self.assertEqual((done["progress"], done["failed"], done["error"]), (1, 0, ""))
        self.assertEqual(self.owner.call("POST", at + "/cancel")[0], 409)
        out = subprocess.run([VIGIA, "backfill", "--data", self.service.folder, "--organisation", "Acme", "--connection", "trail", "--bucket", BUCKET,
                              "--prefix", f"AWSLogs/{ACCOUNT}/CloudTrail/", "--rate", "1000"], capture_output=True, text=True, timeout=60)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("180 taken in", out.stdout)
        self.assertEqual(self.count(), 180)
        status, _, _ = self.owner.call("POST", self.at + "/backfills", {"bucket": "no/bucket"})
        self.assertEqual(status, 400)
        _, _, lost = self.owner.call("POST", self.at + "/backfills", {"bucket": "not-there-at-all"})
        failed = wait_for(lambda: (lambda one: one["state"] == "failed" and one)(self.owner.get(f"{self.at}/backfills/{lost['id']}")))
        self.assertIn("NoSuchBucket", failed["error"])
        _, _, slow = self.owner.call("POST", self.at + "/backfills", {**draft, "objects_per_second": 1})
        self.assertEqual(self.owner.call("POST", f"{self.at}/backfills/{slow['id']}/cancel")[2]["state"], "cancelled")
        self.assertEqual(len(self.owner.get(self.at + "/backfills")["backfills"]), 4)


@unittest.skipUnless(aws_servers.S3_SERVER.exists(), "./dev setup could not build tools/s3server")
class OtherFamilyTest(AwsTest):
    """The same over another implementation of S3; queues and roles are moto's."""

    def setUp(self):
        self.other = aws_servers.OtherS3()
        self.addCleanup(self.other.stop)
        super().setUp()
        self.s3 = aws_servers.client("s3", self.other.url)
        self.s3.create_bucket(Bucket=BUCKET)

    def endpoint(self):
        return f"{self.proxy.url},s3={self.other.url}"

    def test_objects_in_ranges_odd_keys_and_lists(self):
        self.connect()
        odd = "logs/a b+c=d&é #1 100%.json.gz"
        self.put(odd, [record(1)])
        body = b"\n".join(json.dumps({**record(n), "requestParameters": {"n": "x" * 4000}}).encode() for n in range(10, 3_010))
        self.put("logs/large.ndjson", body)
        self.send(notification(BUCKET, odd))
        self.send(notification(BUCKET, "logs/large.ndjson"))
        self.settled(3_001)
        for n in range(250):
            self.put(trail_key(n), [record(5_000 + n)])
        _, _, made = self.owner.call("POST", self.at + "/backfills", {"bucket": BUCKET, "prefix": "AWSLogs/", "objects_per_second": 5_000})
        at = f"{self.at}/backfills/{made['id']}"
        done = wait_for(lambda: (lambda one: one["state"] != "running" and one)(self.owner.get(at)))
        self.assertEqual((done["state"], done["done"]), ("done", 250), done)
        self.assertEqual(self.count(), 3_251)

    def test_a_back_fill_leaves_live_intake_its_share(self):
        old, live = 4_000, 200
        self.connect()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: self.put(trail_key(n, day="2026/10/01"), [record(n)]), range(old)))
        keys = [self.put(f"live/{n}.json.gz", [record(50_000 + n, "LiveCall")]) for n in range(live)]
        _, _, made = self.owner.call("POST", self.at + "/backfills", {"bucket": BUCKET, "prefix": "AWSLogs/", "objects_per_second": 5_000})
        at = f"{self.at}/backfills/{made['id']}"
        wait_for(lambda: self.count() > 0)
        for first in range(0, live, 10):
            self.send(notification(BUCKET, *keys[first : first + 10]))
        wait_for(lambda: self.owner.get("/api/v1/events/count?filter=eventName%20%3D%20%22LiveCall%22")["count"] == live)
        meanwhile = self.owner.get(at)
        self.assertEqual(meanwhile["state"], "running", "the live events came after the back-fill")
        self.assertLess(meanwhile["done"], old)
        done = wait_for(lambda: (lambda one: one["state"] != "running" and one)(self.owner.get(at)))
        self.assertEqual((done["state"], done["done"]), ("done", old), done)
        self.assertEqual(self.count(), old + live)


if __name__ == "__main__":
    unittest.main()
