"""Stories of questions over stored events: what happened around one, timelines, processes, back-tests, trends."""
import http.client
import json
import pathlib
import tempfile
import time
import unittest
import urllib.parse

from service import Service, key_of_another, make_key, record, set_up

TRAIL = pathlib.Path(__file__).resolve().parents[2] / "examples/trail"
CALLS = ["/api/v1/events/event-1/around", "/api/v1/timeline?identity=alice", "/api/v1/processes?host=web-1&pid=1",
         "/api/v1/processes/children?host=web-1&pid=1", "/api/v1/trends", "/api/v1/trends/users"]
WEEK = "since=2026-11-16T00:00:00Z&until=2026-11-23T00:00:00Z"


def start(number, pid, ppid, arguments, second, host="web-1"):
    exe = arguments.split()[0]
    return {"event_type": "audit", "type": "start", "_id": f"start-{number}", "timestamp": 1764064800000 + second * 1000,
            "hostname": host, "pid": pid, "ppid": ppid, "exe": "/bin/" + exe, "command": exe, "arguments": arguments,
            "user": "root", "auser": "alice", "session": 7, "tty": "pts0"}


def events_of(text):
    """Server-sent events as pairs of name and data."""
    pairs = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        pairs.append((lines["event"], json.loads(lines["data"])))
    return pairs


class QuestionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.service = Service(pathlib.Path(cls.folder.name) / "data")
        cls.owner = set_up(cls.service)
        cls.source = make_key(cls.owner, "source")
        for file in sorted(path for path in TRAIL.rglob("*") if path.is_file()):
            status, _, body = cls.source.call("POST", "/api/v1/events", file.read_bytes())
            assert status == 200, body
        cls.post(*[record(number, "PutObject" if number == 5 else "GetObject") for number in range(1, 10)],
                 start(1, 100, 1, "sshd -D", 0), start(2, 200, 100, "bash -i", 10), start(3, 300, 200, "curl http://x", 20),
                 start(4, 200, 1, "cron -f", 30), start(5, 300, 200, "ls", 40))
        cls.other = key_of_another(cls.service)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    @classmethod
    def post(cls, *records):
        status, _, body = cls.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in records))
        assert status == 200 and body["refused"] == 0, body

    def backtest(self, body, client=None):
        status, headers, text = (client or self.owner).call("POST", "/api/v1/rules/backtest", body)
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["Content-Type"], "text/event-stream")
        events = events_of(text.decode())
        self.assertEqual({name for name, _ in events[:-1]}, {"progress"})
        name, result = events[-1]
        self.assertEqual(name, "result", result)
        self.assertEqual(result["events"], result["all_events"])
        return result

    def test_nobody_who_is_not_signed_in_is_answered(self):
        for path in CALLS:
            status, _, body = self.service.call("GET", path)
            self.assertEqual((status, body["code"]), (401, "not_signed_in"), path)
        status, _, body = self.service.call("POST", "/api/v1/rules/backtest", {"filter": 'eventName = "x"'})
        self.assertEqual((status, body["code"]), (401, "not_signed_in"))
        for path in CALLS:
            status, _, body = self.source.call("GET", path)
            self.assertEqual((status, body["code"]), (403, "role"), path)

    def test_another_organisation_finds_nothing(self):
        for path in CALLS[:1] + CALLS[2:3]:
            status, _, body = self.other.call("GET", path.replace("pid=1", "pid=300"))
            self.assertEqual((status, body["code"]), (404, "not_found"), path)
        self.assertEqual(self.other.get("/api/v1/timeline?identity=alice")["entries"], [])
        self.assertEqual(self.other.get("/api/v1/processes/children?host=web-1&pid=200")["children"], [])
        self.assertEqual(self.other.get("/api/v1/trends?" + WEEK)["rows"], [])
        self.assertEqual(self.other.get("/api/v1/trends/users?" + WEEK)["users"], [])
        result = self.backtest({"filter": 'eventSource = "s3.amazonaws.com"'}, self.other)
        self.assertEqual((result["all_events"], result["matched"]), (0, 0))
        status, _, rule = self.owner.call("POST", "/api/v1/rules", {
            "name": "Mine", "title": "t", "type": "CloudTrail", "severity": 3, "description": "d", "filter": 'eventName = "x"',
            "aggregate_fields": [], "window_s": 3600, "threshold": 1, "enabled": True})
        self.assertEqual(status, 201, rule)
        status, _, body = self.other.call("POST", "/api/v1/rules/backtest", {"rule_id": rule["id"]})
        self.assertEqual((status, body["code"]), (404, "not_found"))

    def test_around_an_event(self):
        body = self.owner.get("/api/v1/events/event-5/around?by=ip&before=3s&after=2s&limit=4")
        self.assertEqual(body["event"]["title"], "alice called s3:PutObject from 203.0.113.7")
        self.assertEqual(body["event"]["record"]["eventID"], "event-5")
        self.assertEqual([one["id"] for one in body["events"]], ["event-3", "event-4", "event-6", "event-7"])
        self.assertEqual((body["by"], body["more_before"], body["more_after"]), ("ip", True, False))
        self.assertEqual([(one["name"], one["value"], one["events"]) for one in body["dimensions"]],
                         [("identity", "alice", 6), ("ip", "203.0.113.7", 6)])
        for query in ("by=colour", "before=8d", "before=soon", "limit=0", "limit=1001"):
            status, _, body = self.owner.call("GET", "/api/v1/events/event-5/around?" + query)
            self.assertEqual((status, body["code"]), (400, "bad_input"), query)
        self.assertEqual(self.owner.call("GET", "/api/v1/events/none/around")[0], 404)

    def test_a_timeline_holds_all_sources_and_the_alerts(self):
        page = self.owner.get("/api/v1/timeline?identity=alice&order=oldest&host=web-1")
        self.assertEqual([one["title"] for one in page["entries"]],
                         [f"root (login alice) ran {arguments} on web-1"
                          for arguments in ("sshd -D", "bash -i", "curl http://x", "cron -f", "ls")])
        alert = [one for one in self.owner.get("/api/v1/alerts?limit=1000")["alerts"] if one["count"] == 1][0]
        (event,) = self.owner.get(f"/api/v1/alerts/{alert['id']}/events")["events"]
        around = self.owner.get(f"/api/v1/events/{event['id']}/around")
        (identity,) = [one["value"] for one in around["dimensions"] if one["name"] == "identity"]
        seen, cursor = [], ""
        while cursor is not None:
            page = self.owner.get(f"/api/v1/timeline?identity={urllib.parse.quote(identity)}&limit=3&cursor={cursor}")
            self.assertLessEqual(len(page["entries"]), 3)
            self.assertTrue(page["alerts_complete"])
            seen += page["entries"]
            cursor = page["next"]
        self.assertEqual(sum(one["kind"] == "alert" and one["alert"]["id"] == alert["id"] for one in seen), 1)
        events = self.owner.get("/api/v1/events/count?filter=" + urllib.parse.quote(f'userIdentity.arn = "{identity}" or user = "{identity}"'))
        self.assertEqual(sum(one["count"] for one in seen if one["kind"] == "event"), events["count"])
        for query in ("", "?colour=red", "?identity=", "?identity=a&order=random", "?identity=a&cursor=x", "?identity=a&limit=501",
                      "?" + "&".join(["ip=1"] * 17)):
            status, _, body = self.owner.call("GET", "/api/v1/timeline" + query)
            self.assertEqual((status, body["code"]), (400, "bad_input"), query)

    def test_what_is_asked_for_is_never_sql(self):
        for value in ("x' or '1' = '1", '"; drop table x; --', "$1", "%", "\\"):
            for name in ("identity", "ip", "resource", "host"):
                page = self.owner.get(f"/api/v1/timeline?{name}={urllib.parse.quote(value)}")
                self.assertEqual(page["entries"], [], (name, value))
            self.assertEqual(self.owner.get(f"/api/v1/trends?service={urllib.parse.quote(value)}&{WEEK}")["rows"], [])
            status, _, _ = self.owner.call("GET", f"/api/v1/processes?host={urllib.parse.quote(value)}&pid=1")
            self.assertEqual(status, 404)

    def test_a_process_has_ancestors_and_children(self):
        body = self.owner.get("/api/v1/processes?host=web-1&pid=300&at=2025-11-25T10:00:25Z")
        self.assertEqual((body["process"]["arguments"], body["process"]["login_user"], body["process"]["tty"]),
                         ("curl http://x", "alice", "pts0"))
        self.assertEqual([one["arguments"] for one in body["ancestors"]], ["bash -i", "sshd -D"])
        body = self.owner.get("/api/v1/processes?host=web-1&pid=300")
        self.assertEqual([one["arguments"] for one in body["ancestors"]], ["cron -f"])
        body = self.owner.get("/api/v1/processes/children?host=web-1&pid=200&at=2025-11-25T10:00:10Z")
        self.assertEqual([(one["pid"], one["exe"], one["children"]) for one in body["children"]], [(300, "/bin/curl", 0)])
        for query in ("", "?host=web-1", "?pid=1", "?host=web-1&pid=x", "?host=web-1&pid=-1", "?host=web-1&pid=1&at=now"):
            status, _, body = self.owner.call("GET", "/api/v1/processes" + query)
            self.assertEqual((status, body["code"]), (400, "bad_input"), query)

    def test_trends(self):
        body = self.owner.get(f"/api/v1/trends?by=api&bucket=day&{WEEK}")
        self.assertEqual(len(body["begins"]), 7)
        (get,) = [one for one in body["rows"] if one["api"] == "GetObject"]
        self.assertEqual((get["calls"], get["before"], get["change"], get["change_ratio"]), (8, 0, 8, None))
        self.assertEqual(get["buckets"], [0, 0, 0, 0, 8, 0, 0])
        regions = self.owner.get(f"/api/v1/trends?by=region&bucket=week&{WEEK}")["rows"]
        self.assertEqual([(one["region"], one["service"], one["account"]) for one in regions if one["region"] == "us-east-1"],
                         [("us-east-1", None, None)])
        everywhere = self.owner.get(f"/api/v1/trends?by=organisation&{WEEK}")["rows"]
        self.assertEqual(sum(one["calls"] for one in regions), sum(one["calls"] for one in everywhere))
        there = self.owner.get(f"/api/v1/trends?by=region&region=us-east-1&{WEEK}")["rows"]
        self.assertEqual([one["calls"] for one in there], [one["calls"] for one in regions if one["region"] == "us-east-1"])
        self.assertEqual(self.owner.get(f"/api/v1/trends/users?region=mars-1&{WEEK}")["users"], [])
        (user,) = self.owner.get(f"/api/v1/trends/users?service=s3.amazonaws.com&api=GetObject&{WEEK}")["users"]
        self.assertEqual((user["identity"], user["calls"], user["identity_type"]), ("alice", 8, "IAMUser"))
        for query in ("by=colour", "bucket=year", "since=2026-11-23T00:00:00Z&until=2026-11-16T00:00:00Z",
                      "bucket=hour&since=2020-01-01T00:00:00Z", "limit=501", "since=yesterday"):
            status, _, body = self.owner.call("GET", "/api/v1/trends?" + query)
            self.assertEqual((status, body["code"]), (400, "bad_input"), query)

    def test_a_back_test_gives_the_alerts_that_the_service_raised(self):
        raised = {}
        for one in self.owner.get("/api/v1/alerts?limit=1000")["alerts"]:
            raised.setdefault(one["rule_id"], []).append((one["title"], one["count"], one["created_at"]))
        self.assertGreater(len(raised), 3)
        for rule, alerts in raised.items():
            result = self.backtest({"rule_id": rule})
            tested = [(one["title"], one["count"], one["created_at"]) for one in result["newest_alerts"]]
            self.assertEqual(sorted(tested), sorted(alerts))
            self.assertEqual(result["alerts"], len(alerts))
            self.assertEqual(sum(day["alerted"] for day in result["days"]), len(alerts))
            whole = self.owner.get(f"/api/v1/rules/{rule}")
            for name in ("id", "managed", "version"):
                del whole[name]
            again = self.backtest({"rule": whole})
            self.assertEqual(again["newest_alerts"], result["newest_alerts"])

    def test_a_back_test_compares_filters_and_applies_suppressions(self):
        rule = {"name": "Reads", "title": "{{user}} did {{eventName}}", "type": "CloudTrail", "severity": 3, "description": "d",
                "filter": 'eventName in ("GetObject", "PutObject") and user = "alice" and region = "us-east-1"',
                "suppressions": ['eventName = "PutObject"'], "aggregate_fields": ["user"], "window_s": 3600, "threshold": 3,
                "enabled": False}
        question = {"rule": rule, "old_filter": 'eventName = "GetObject" or eventName = "DeleteObject"',
                    "since": "2026-11-20T00:00:00Z", "until": "2026-11-20T23:00:00Z"}
        result = self.backtest(question)
        self.assertEqual((result["matched"], result["suppressed"], result["alerts"], result["rechecked"]), (8, 1, 1, 0))
        self.assertEqual(result["compared"], {"only_old": 0, "only_new": 1, "both": 8})
        self.assertEqual(result["days"], [{"day": "2026-11-20", "matched": 8, "suppressed": 1, "alerted": 1}])
        (alert,) = result["newest_alerts"]
        self.assertEqual((alert["title"], alert["count"], alert["created_at"]),
                         ("alice did GetObject", 8, "2026-11-20T00:00:03Z"))
        self.assertEqual([one["id"] for one in result["samples"]["suppressed"]], ["event-5"])
        self.assertEqual([one["id"] for one in result["samples"]["only_new"]], ["event-5"])
        self.assertEqual(result["samples"]["matched"][0]["record"]["eventID"], "event-9")

    def test_a_back_test_that_is_none_is_refused(self):
        for body, code in (({}, "bad_input"), ({"filter": "eventName =="}, "bad_filter"), ({"filter": ""}, "bad_input"),
                           ({"filter": 'a = "b"', "rule_id": "x"}, "bad_input"), ({"filter": 7}, "bad_input"),
                           ({"rule": "x"}, "bad_input"), ({"rule": {"name": "n"}}, "bad_input"),
                           ({"filter": 'eventName = "x"', "old_filter": "eventName =="}, "bad_filter"),
                           ({"filter": 'eventName = "x"', "since": "yesterday"}, "bad_input"),
                           ({"filter": 'eventName = "x"', "alerts": 1001}, "bad_input")):
            status, _, answer = self.owner.call("POST", "/api/v1/rules/backtest", body)
            self.assertEqual((status, answer.get("code")), (400, code), body)
        self.assertEqual(self.owner.call("POST", "/api/v1/rules/backtest", {"rule_id": "none"})[0], 404)

    def test_whoever_goes_leaves_room_for_others(self):
        for _ in range(12):
            connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
            connection.request("POST", "/api/v1/rules/backtest", json.dumps({"filter": "not (eventName = \"x\")"}), self.owner.headers)
            connection.close()
        # The rights of those that went come back as the server notices.
        deadline = time.monotonic() + 60
        while True:
            status, _, body = self.owner.call("POST", "/api/v1/rules/backtest", {"filter": 'eventName = "GetObject"'})
            if status == 200:
                break
            self.assertEqual((status, body["code"]), (429, "busy"))
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    unittest.main()
