"""Stories of the service: events come in and are found, alerts live, rules change at once, nobody sees another's."""
import gzip
import json
import pathlib
import subprocess
import tempfile
import threading
import unittest

import contract
from service import PASSWORD, VIGIA, Service, key_of_another, make_key, record, set_up, sign_in

TRAIL = pathlib.Path(__file__).resolve().parents[2] / "examples/trail"
RULE = {"name": "Bucket read", "title": "{{user}} read from {{ip}}", "type": "CloudTrail", "severity": 1,
        "description": "Somebody read the bucket.", "filter": 'eventName = "ReadTheBucket"',
        "aggregate_fields": ["user"], "window_s": 3600, "threshold": 1, "enabled": True}


class ServeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.service = Service(pathlib.Path(self.folder.name) / "data")
        self.owner = set_up(self.service)
        self.source = make_key(self.owner, "source")

    def tearDown(self):
        if self.service.process.poll() is None:
            self.service.kill()
        self.folder.cleanup()

    def post(self, *records):
        status, _, body = self.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in records))
        self.assertEqual(status, 200, body)
        return body

    def test_the_sample_trail_gives_the_alerts_of_detect(self):
        for file in sorted(path for path in TRAIL.rglob("*") if path.is_file()):
            status, _, body = self.source.call("POST", "/api/v1/events", file.read_bytes())
            self.assertEqual(status, 200, body)
        detected = subprocess.run([VIGIA, "detect", "--format", "json", str(TRAIL)], capture_output=True, text=True)
        expected = sorted((one["title"], one["count"]) for one in json.loads(detected.stdout)["alerts"])
        alerts = self.owner.get("/api/v1/alerts?limit=1000")["alerts"]
        self.assertEqual(sorted((one["title"], one["count"]) for one in alerts), expected)
        self.assertGreater(len(alerts), 5)
        events = self.owner.get(f"/api/v1/alerts/{alerts[0]['id']}/events")["events"]
        self.assertEqual(len(events), alerts[0]["count"])

    def test_a_rule_is_in_force_with_the_next_batch_and_its_alert_is_worked_on(self):
        self.assertEqual(self.post(record(1, "ReadTheBucket"))["matched"], 0)
        status, headers, rule = self.owner.call("POST", "/api/v1/rules", RULE)
        self.assertEqual(status, 201, rule)
        self.assertEqual(self.post(record(2, "ReadTheBucket"), record(3, "ReadTheBucket"))["matched"], 2)
        self.assertEqual(self.post(record(2, "ReadTheBucket")), {"accepted": 0, "duplicates": 1, "refused": 0,
                                                                "matched": 0, "problems": []})
        (alert,) = self.owner.get("/api/v1/alerts")["alerts"]
        self.assertEqual((alert["title"], alert["count"], alert["severity"]), ("alice read from 203.0.113.7", 2, 1))
        status, _, body = self.owner.call("PUT", f"/api/v1/alerts/{alert['id']}/assignee", {"assignee": "bob"})
        self.assertEqual((status, body["assignee"]), (200, "bob"))
        status, _, body = self.owner.call("POST", f"/api/v1/alerts/{alert['id']}/notes", {"text": "it was <b>alice</b>"})
        self.assertEqual(status, 204, body)
        history = self.owner.get(f"/api/v1/alerts/{alert['id']}/history")["history"]
        self.assertEqual([one["detail"] for one in history][-2:], ["bob", "it was <b>alice</b>"])
        status, _, body = self.owner.call("POST", "/api/v1/alerts/dismiss", {"ids": [alert["id"]], "reason": "OTHER"})
        self.assertEqual(status, 400, body)
        status, _, body = self.owner.call("POST", "/api/v1/alerts/dismiss",
                                          {"ids": [alert["id"]], "reason": "OTHER", "text": "a test"})
        self.assertEqual((status, body["count"]), (200, 1))
        self.assertEqual(self.owner.get("/api/v1/alerts")["alerts"], [])
        self.post(record(4, "ReadTheBucket"))
        self.assertEqual(len(self.owner.get("/api/v1/alerts")["alerts"]), 1, "what comes later is a new alert")
        status, _, body = self.owner.call("DELETE", f"/api/v1/alerts/dismissals/{body['dismissal']}")
        self.assertEqual((status, body["count"]), (200, 1))
        status, _, body = self.owner.call("PUT", f"/api/v1/rules/{rule['id']}", {**RULE, "enabled": False},
                                          **{"If-Match": '"99"'})
        self.assertEqual(status, 409, body)
        status, _, body = self.owner.call("PUT", f"/api/v1/rules/{rule['id']}", {**RULE, "enabled": False},
                                          **{"If-Match": headers["ETag"]})
        self.assertEqual(status, 200, body)
        self.assertEqual(self.post(record(5, "ReadTheBucket"))["matched"], 0)
        self.assertEqual(self.owner.call("DELETE", f"/api/v1/rules/{rule['id']}")[0], 204)
        self.assertEqual(self.owner.call("GET", f"/api/v1/rules/{rule['id']}")[0], 404)

    def test_a_shipped_rule_is_settled_and_suppressed(self):
        stop = record(1, "StopLogging", eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "main"})
        self.post(stop)
        (alert,) = [one for one in self.owner.get("/api/v1/alerts")["alerts"] if one["severity"] == 1]
        status, _, body = self.owner.call("PUT", f"/api/v1/rules/{alert['rule_id']}/settings", {"severity": 3})
        self.assertEqual((status, body["severity"], body["managed"]), (200, 3, True))
        self.post({**stop, "eventID": "other", "userIdentity": {"type": "IAMUser", "userName": "bob"}})
        severities = sorted(one["severity"] for one in self.owner.get("/api/v1/alerts")["alerts"]
                            if one["rule_id"] == alert["rule_id"])
        self.assertEqual(severities, [1, 3])
        status, _, body = self.owner.call("POST", f"/api/v1/rules/{alert['rule_id']}/suppressions",
                                          {"filter": 'user = "carol"', "reason": "drill", "owner": "o"})
        self.assertEqual(status, 201, body)
        before = len(self.owner.get("/api/v1/alerts")["alerts"])
        self.post({**stop, "eventID": "third", "userIdentity": {"type": "IAMUser", "userName": "carol"}})
        rules = {one["rule_id"] for one in self.owner.get("/api/v1/alerts")["alerts"] if "carol" in one["title"]}
        self.assertNotIn(alert["rule_id"], rules)
        self.assertGreaterEqual(len(self.owner.get("/api/v1/alerts")["alerts"]), before)

    def test_events_are_found_paged_counted(self):
        self.post(*[record(number, "PutObject" if number % 4 == 0 else "GetObject") for number in range(250)])
        seen, cursor = [], ""
        while True:
            page = self.owner.get(f"/api/v1/events?limit=60&cursor={cursor}&filter=user%20%3D%20%22alice%22")
            seen += [one["id"] for one in page["events"]]
            cursor = page["next"]
            if not cursor:
                break
        self.assertEqual(seen, [f"event-{number}" for number in reversed(range(250))])
        self.assertEqual(self.owner.get("/api/v1/events/count?filter=eventName%3D%22PutObject%22"), {"count": 63})
        bars = self.owner.get("/api/v1/events/histogram?width=1m")["bars"]
        self.assertEqual([one["count"] for one in bars], [60, 60, 60, 60, 10])
        (facet,) = self.owner.get("/api/v1/events/facets?field=eventName")["facets"]
        self.assertEqual(facet["values"], [{"value": "GetObject", "count": 187}, {"value": "PutObject", "count": 63}])
        self.assertEqual(self.owner.get("/api/v1/events/event-7")["record"]["eventID"], "event-7")
        status, _, body = self.owner.call("GET", "/api/v1/events?filter=eventName%20%3D%3D")
        self.assertEqual((status, body["code"]), (400, "bad_filter"))
        self.assertTrue(body["params"]["diagnostics"])

    def test_every_form_of_body_is_taken_and_what_is_none_is_refused(self):
        wrapped = json.dumps({"Records": [record(1), record(2)]}).encode()
        for body in (gzip.compress(wrapped), json.dumps([record(3)]), json.dumps(record(4))):
            status, _, answer = self.source.call("POST", "/api/v1/events", body)
            self.assertEqual((status, answer["refused"]), (200, 0))
        answer = self.post({"no": "event"}, record(5))
        self.assertEqual((answer["accepted"], answer["refused"]), (1, 1))
        self.assertIn("neither a CloudTrail record", answer["problems"][0]["message"])
        self.assertEqual(answer["problems"][0]["excerpt"], '{"no": "event"}')
        status, _, answer = self.source.call("POST", "/api/v1/events", gzip.compress(wrapped)[:-20])
        self.assertEqual((status, answer["code"]), (400, "bad_input"), answer)
        (source,) = self.owner.get("/api/v1/sources")["sources"]
        self.assertEqual((source["accepted"], source["refused"]), (5, 1))
        keys = {one["id"]: one["name"] for one in self.owner.get("/api/v1/keys")["keys"]}
        self.assertEqual((source["kind"], source["name"]), ("key", keys[source["source"]]))
        record_of, batch_of = source["problems"]
        self.assertEqual(record_of["excerpt"], '{"no": "event"}')
        self.assertRegex(batch_of["excerpt"], r"^\\x1f\\x8b\\x08")

    def test_what_was_refused_is_shown_bounded_and_printable_after_a_restart_too(self):
        lines = [b'{"a":"\x1b[31m\xe2\x80\xae"}', b'{"long":"' + b"x" * 5000 + b'"}', b'{"tab":"\t"}', b'{"broken": "', b'{"next": "\xff"']
        status, _, _ = self.source.call("POST", "/api/v1/events", b"\n".join(lines))
        self.assertEqual(status, 200)
        def shown():
            (source,) = self.owner.get("/api/v1/sources")["sources"]
            return [one["excerpt"] for one in source["problems"]]
        before = shown()
        self.assertEqual(before[0], '{"a":"\\x1b[31m\\u202e"}')
        self.assertEqual(before[1], '{"long":"' + "x" * 191 + "…")
        self.assertEqual(before[2], '{"tab":"\\t"}')
        self.assertTrue(all(text.isprintable() and len(text) <= 1300 for text in before), before)
        self.assertEqual(self.service.stop(), 0)
        self.service.start()
        self.assertEqual(shown(), before)
        self.owner.call("DELETE", "/api/v1/keys/" + self.owner.get("/api/v1/sources")["sources"][0]["source"])
        (source,) = self.owner.get("/api/v1/sources")["sources"]
        self.assertEqual((source["kind"], bool(source["name"])), ("key", True), "a revoked key has a name still")

    def test_what_was_acknowledged_survives_a_kill(self):
        self.owner.call("POST", "/api/v1/rules", RULE)
        self.post(record(1, "ReadTheBucket"), record(2))
        self.service.kill()
        self.service.start()
        self.assertEqual(self.owner.get("/api/v1/events/count"), {"count": 2})
        self.assertEqual([one["count"] for one in self.owner.get("/api/v1/alerts")["alerts"]], [1])
        self.assertEqual(self.post(record(1, "ReadTheBucket"), record(3, "ReadTheBucket"))["accepted"], 1)
        self.assertEqual([one["count"] for one in self.owner.get("/api/v1/alerts")["alerts"]], [2])
        self.assertEqual(self.service.stop(), 0)
        self.service.start()
        self.assertEqual(self.owner.get("/api/v1/events/count"), {"count": 3})
        self.assertEqual(self.post(record(1, "ReadTheBucket"))["duplicates"], 1)

    def test_a_second_process_on_the_folder_refuses(self):
        second = subprocess.run([VIGIA, "serve", "--data", self.service.folder, "--listen", "127.0.0.1:0"],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(second.returncode, 2)
        self.assertIn("another vigia has this data folder open", second.stderr)

    def test_alerts_stream_and_go_on_where_they_were(self):
        self.owner.call("POST", "/api/v1/rules", RULE)
        connection, answer = self.service.stream("/api/v1/alerts/stream", self.owner.headers)
        self.assertEqual(answer.getheader("Content-Type"), "text/event-stream")
        self.assertEqual(answer.readline(), b"retry: 2000\n")
        poster = threading.Thread(target=self.post, args=(record(1, "ReadTheBucket"),))
        poster.start()
        lines = []
        while not lines or not lines[-1].startswith(b"data: "):
            lines.append(answer.readline())
        poster.join()
        connection.close()
        self.assertEqual(json.loads(lines[-1][6:])["count"], 1)
        number = int(next(line for line in lines if line.startswith(b"id: "))[4:])
        self.post(record(2, "ReadTheBucket"))
        connection, answer = self.service.stream("/api/v1/alerts/stream",
                                                 {**self.owner.headers, "Last-Event-ID": str(number)})
        line = b""
        while not line.startswith(b"data: "):
            line = answer.readline()
        connection.close()
        self.assertEqual(json.loads(line[6:])["count"], 2)


class AccessTest(unittest.TestCase):
    """Every call: no login, a role that may not, another organisation's id."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        data = str(pathlib.Path(cls.folder.name) / "data")
        cls.service = Service(data)
        cls.owner = set_up(cls.service)
        cls.reader = make_key(cls.owner, "api", role="reader")
        cls.source = make_key(cls.owner, "source")
        cls.other = key_of_another(cls.service)
        status, _, rule = cls.owner.call("POST", "/api/v1/rules", RULE)
        assert status == 201, rule
        cls.rule = rule["id"]
        status, _, body = cls.source.call("POST", "/api/v1/events", json.dumps(record(1, "ReadTheBucket")))
        assert status == 200 and body["matched"] == 1, body
        cls.alert = cls.owner.get("/api/v1/alerts")["alerts"][0]["id"]

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    def calls(self):
        alert, rule = f"/api/v1/alerts/{self.alert}", f"/api/v1/rules/{self.rule}"
        reads = ["/api/v1/events", "/api/v1/events/count", "/api/v1/events/histogram", "/api/v1/events/explain",
                 "/api/v1/events/facets?field=eventName", "/api/v1/events/event-1", "/api/v1/events/export", "/api/v1/fields", "/api/v1/sources",
                 "/api/v1/alerts", "/api/v1/alerts/severity-counts", alert, alert + "/events", alert + "/history",
                 "/api/v1/rules", rule, "/api/v1/session"]
        writes = [("POST", "/api/v1/alerts/dismiss", {"ids": [self.alert], "reason": "NONE"}),
                  ("POST", alert + "/notes", {"text": "x"}), ("PUT", alert + "/assignee", {"assignee": "x"}),
                  ("PUT", rule, {**RULE, "name": "taken"}), ("DELETE", rule, None),
                  ("PUT", rule + "/settings", {"severity": 2}),
                  ("POST", rule + "/suppressions", {"filter": 'user = "x"', "reason": "r", "owner": "o"})]
        return reads, writes

    def test_nobody_without_a_login(self):
        reads, writes = self.calls()
        for path in reads + ["/api/v1/audit", "/api/v1/alerts/stream", "/api/v1/events/stream"]:
            self.assertEqual(self.service.call("GET", path)[0], 401, path)
        for method, path, body in writes + [("POST", "/api/v1/events", "{}"), ("POST", "/api/v1/keys", {}),
                                            ("POST", "/api/v1/rules", RULE)]:
            self.assertEqual(self.service.call(method, path, body)[0], 401, path)
        self.assertEqual(self.service.call("GET", "/api/v1/alerts", headers={"Authorization": "Bearer no"})[0], 401)

    def test_no_role_beyond_its_rights(self):
        reads, writes = self.calls()
        for path in reads:
            self.assertEqual(self.reader.call("GET", path)[0], 200, path)
            self.assertEqual(self.source.call("GET", path)[0], 403, path)
        for method, path, body in writes + [("POST", "/api/v1/rules", RULE), ("POST", "/api/v1/keys", {}),
                                            ("GET", "/api/v1/audit", None), ("POST", "/api/v1/events", "{}")]:
            self.assertEqual(self.reader.call(method, path, body)[0], 403, path)

    def test_nothing_of_another_organisation(self):
        alert, rule = f"/api/v1/alerts/{self.alert}", f"/api/v1/rules/{self.rule}"
        for path in (alert, alert + "/events", alert + "/history", rule, "/api/v1/events/event-1"):
            self.assertEqual(self.other.call("GET", path)[0], 404, path)
        for method, path, body in self.calls()[1]:
            self.assertEqual(self.other.call(method, path, body)[0], 404, path)
        self.assertEqual(self.other.get("/api/v1/events/count"), {"count": 0})
        self.assertEqual(self.other.get("/api/v1/alerts?status=all")["alerts"], [])
        self.assertEqual(self.other.get("/api/v1/sources")["sources"], [])
        self.assertNotIn(self.rule, [one["id"] for one in self.other.get("/api/v1/rules")["rules"]])

    def test_a_session_needs_its_csrf_token_to_change_something(self):
        bare = {"Cookie": self.owner.headers["Cookie"]}
        status, _, body = self.service.call("POST", f"/api/v1/alerts/{self.alert}/notes", {"text": "x"}, bare)
        self.assertEqual((status, body["code"]), (403, "csrf"))

    def test_a_session_ends_and_the_log_says_who_was_here(self):
        client = sign_in(self.service, "owner@acme.example")
        self.assertEqual(client.get("/api/v1/session")["who"], "owner@acme.example")
        self.assertEqual(client.call("DELETE", "/api/v1/session")[0], 204)
        self.assertEqual(client.call("GET", "/api/v1/session")[0], 401)
        actions = [one["action"] for one in self.owner.get("/api/v1/audit?limit=1000")["entries"]]
        self.assertTrue(any("session" in action or "log" in action for action in actions), actions)

    def test_a_wrong_password_is_refused_and_the_set_up_opens_once(self):
        wrong = {"email": "owner@acme.example", "password": "not the password"}
        self.assertEqual(self.service.call("POST", "/api/v1/session", wrong)[0], 401)
        again = {"token": "vigia_" + "0" * 64, "organisation": "B", "email": "b@b.example", "password": PASSWORD}
        self.assertEqual(self.service.call("POST", "/api/v1/setup", again)[0], 403)
        self.assertEqual(self.service.call("GET", "/api/v1/nothing")[0], 404)
        self.assertEqual(self.service.call("DELETE", "/api/v1/events")[0], 405)
        self.assertEqual(self.service.call("GET", "/healthz")[2], {"status": "ok"})
        self.assertEqual(self.service.call("GET", "/api/v1/openapi.json")[2], contract.DOCUMENT)
        self.assertEqual(self.service.call("GET", "/readyz")[2], {"status": "ready", "damaged_parts": [], "trouble": []})
        self.assertIn(b"vigia_tail_events 1", self.service.call("GET", "/metrics")[2])


if __name__ == "__main__":
    unittest.main()
