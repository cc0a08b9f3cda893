"""Stories of Threat Stack's API, told by clients that others wrote: the package threatstack, and Hawk by mohawk."""
import http.client
import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "build/python"))  # by ./dev setup
os.environ["NO_PROXY"] = "127.0.0.1"

import mohawk  # noqa: E402
import threatstack  # noqa: E402

from service import PASSWORD, VIGIA, Service, make_key, record, sign_in  # noqa: E402

logging.getLogger("mohawk").setLevel(logging.ERROR)  # it would have us look for replayed answers
RULE = {"name": "Bucket read", "title": "{{user}} read from {{ip}}", "type": "CloudTrail", "severityOfAlerts": 1,
        "alertDescription": "Somebody read the bucket.", "filter": 'eventName = "ReadTheBucket"',
        "aggregateFields": ["user"], "window": 3600, "threshold": 1, "suppressions": [], "enabled": True}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def now():
    """As the agent's events have it."""
    return int(time.time() * 1000)


def host_event(number, agent, hostname, **more):
    return {"_id": f"host-{number}", "agent_id": agent, "event_type": "audit", "event_time": now(), "timestamp": now(),
            "agent_metadata": {"version": "3.2.1"}, "type": "start", "syscall": "execve", "command": "insmod",
            "exe": "/usr/sbin/insmod", "arguments": "insmod evil.ko", "user": "root", "pid": number, "ppid": 1, "session": 1,
            "host_metadata": {"hostname": hostname, "kernel": "6.1.0", "os_version": "debian-12", "instance_id": "i-0123"},
            "network_metadata": [{"private_ip_address": ["10.0.0.5"], "public_ip_address": ["198.51.100.4"]}],
            "workloadMetadata": {"role": "web"}, "hostname": hostname, **more}


class Signer:
    """Whoever signs with a user's key. What an answer says is checked against its signature."""

    def __init__(self, service, organisation, user, key):
        self.service, self.organisation, self.user, self.key = service, organisation, user, key

    def sender(self, method, path, content="", **options):
        credentials = {"id": self.user, "key": self.key, "algorithm": "sha256"}
        options = {"ext": self.organisation, "content": content, "always_hash_content": bool(content),
                   "content_type": "application/json" if content else "", **options}
        return mohawk.Sender(credentials, f"http://127.0.0.1:{self.service.port}{path}", method, **options)

    def send(self, sender, method, path, content=""):
        headers = {"Authorization": sender.request_header}
        if content:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        try:
            connection.request(method, path, content or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def call(self, method, path, body=None):
        content = "" if body is None else json.dumps(body)
        sender = self.sender(method, path, content)
        status, headers, text = self.send(sender, method, path, content)
        sender.accept_response(headers["Server-Authorization"], content=text, content_type=headers["Content-Type"] or "")
        return status, json.loads(text) if text else None

    def get(self, path):
        status, body = self.call("GET", path)
        assert status == 200, (path, status, body)
        return body

    def client(self):
        """The client of the package; where it speaks to is an attribute of it."""
        client = threatstack.ThreatStack(api_key=self.key, org_id=self.organisation, user_id=self.user, timeout=60)
        client.BASE_URL = f"http://127.0.0.1:{self.service.port}/v2/"
        return client


class V2Test(unittest.TestCase):
    """Two organisations; the first has an owner, a user and a reader, each with a key."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.data = str(pathlib.Path(cls.folder.name) / "data")
        for name in ("Acme", "Other"):
            cls.vigia("organisation", "add", name)
            for role in ("owner", "user", "reader"):
                cls.vigia("user", "add", f"{role}@{name.lower()}.example", role, "--password-from-input",
                          organisation=name, stdin=PASSWORD + "\n")
        cls.service = Service(cls.data)
        cls.addClassCleanup(cls.service.kill)
        cls.session = sign_in(cls.service, "owner@acme.example")
        cls.source = make_key(cls.session, "source")
        cls.owner, cls.user, cls.reader = (cls.signer("acme", role) for role in ("owner", "user", "reader"))
        cls.other = cls.signer("other", "owner")

    @classmethod
    def vigia(cls, *words, organisation=None, stdin=None):
        words = [VIGIA, *words, "--data", cls.data] + (["--organisation", organisation] if organisation else [])
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @classmethod
    def signer(cls, organisation, role):
        email = f"{role}@{organisation}.example"
        status, _, session = cls.service.call("POST", "/api/v1/session", {"email": email, "password": PASSWORD})
        assert status == 200, session
        out = cls.vigia("key", "add", "scripts", "--kind", "hawk", "--user", email, organisation=organisation.capitalize())
        key = re.search(r"vigia_[0-9a-f]+", out).group(0)
        return Signer(cls.service, session["user"]["organisation"], session["user"]["id"], key)

    def post(self, *records):
        status, _, body = self.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in records))
        self.assertEqual((status, body["refused"]), (200, 0), body)

    def add_ruleset(self, name, **more):
        status, ruleset = self.user.call("POST", "/v2/rulesets", {"name": name, "description": "d", "ruleIds": [], **more})
        self.assertEqual(status, 200, ruleset)
        return ruleset

    def add_rule(self, ruleset, **changes):
        status, rule = self.user.call("POST", f"/v2/rulesets/{ruleset}/rules", {**RULE, **changes})
        self.assertEqual(status, 200, rule)
        return rule

    def assert_errors(self, answer, status, part=""):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(list(answer[1]), ["errors"])
        self.assertIn(part, "\n".join(answer[1]["errors"]))


class HawkTest(V2Test):
    def refused(self, sender, method="GET", path="/v2/rulesets", content="", part=""):
        status, headers, text = self.owner.send(sender, method, path, content)
        self.assertEqual(status, 401, text)
        self.assertIn(part, json.loads(text)["errors"][0])
        self.assertIsNone(headers["Server-Authorization"])
        return headers["WWW-Authenticate"]

    def test_a_signed_request_is_let_in_and_the_answer_is_signed(self):
        for path in ("/help/hawk/self-test", "/v2/help/hawk/self-test"):
            self.assertEqual(self.owner.get(path), {"status": "ok", "organizationId": self.owner.organisation,
                                                    "user": "owner@acme.example", "role": "owner"})
        for path, status in (("/v2/nothing", 404), ("/v2/alerts", 400), (f"/v2/alerts/{'x' * 36}", 404)):
            self.assert_errors(self.owner.call("GET", path), status)
        self.assert_errors(self.owner.call("PATCH", "/v2/alerts"), 405)

    def test_who_does_not_sign_is_asked_to(self):
        for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": self.source.headers["Authorization"]}):
            status, headers, body = self.service.call("GET", "/v2/rulesets", headers=header)
            self.assertEqual((status, headers["WWW-Authenticate"]), (401, "Hawk"), body)
            self.assertTrue(body["errors"])

    def test_a_wrong_key_user_or_organisation(self):
        wrong = Signer(self.service, self.owner.organisation, self.owner.user, "vigia_" + "0" * 64)
        reasons = set()
        for signer in (wrong, Signer(self.service, self.other.organisation, self.owner.user, self.owner.key),
                       Signer(self.service, self.owner.organisation, self.other.user, self.owner.key),
                       Signer(self.service, "' or 1=1 --", self.owner.user, self.owner.key)):
            status, headers, text = self.owner.send(signer.sender("GET", "/v2/rulesets"), "GET", "/v2/rulesets")
            self.assertEqual((status, headers["WWW-Authenticate"]), (401, "Hawk"))
            reasons.add(text)
        self.assertEqual(len(reasons), 1, "what is wrong of them must not show")

    def test_a_replayed_request(self):
        sender = self.owner.sender("GET", "/v2/rulesets")
        self.assertEqual(self.owner.send(sender, "GET", "/v2/rulesets")[0], 200)
        self.refused(sender, part="seen before")

    def test_a_skewed_clock_is_told_the_time(self):
        for seconds in (-90, 90):
            sender = self.owner.sender("GET", "/v2/rulesets", _timestamp=str(int(time.time()) + seconds))
            challenge = self.refused(sender, part="too far off")
            told = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
            self.assertLess(abs(int(told["ts"]) - time.time()), 30)
            mac = mohawk.util.calculate_ts_mac(told["ts"], {"key": self.owner.key, "algorithm": "sha256"})
            self.assertEqual(told["tsm"], mac.decode() if isinstance(mac, bytes) else mac)
            self.assertEqual(told["error"], "Stale timestamp")

    def test_a_payload_must_be_the_one_that_was_signed(self):
        content = json.dumps({"name": "Signed"})
        changed = self.owner.sender("POST", "/v2/rulesets", content)
        self.refused(changed, "POST", content=content.replace("Signed", "Forged"), part="payload")
        unsigned = self.owner.sender("POST", "/v2/rulesets", "", content_type="")
        self.refused(unsigned, "POST", content=content, part="payload")
        other_method = self.owner.sender("GET", "/v2/rulesets")
        self.refused(other_method, "DELETE", part="signature")
        other_path = self.owner.sender("GET", "/v2/rulesets")
        self.refused(other_path, path="/v2/rulesets?agentId=x", part="signature")
        self.assertNotIn("Forged", json.dumps(self.owner.get("/v2/rulesets")))

    def test_a_client_may_sign_for_the_proxy_that_ends_its_tls(self):
        credentials = {"id": self.owner.user, "key": self.owner.key, "algorithm": "sha256"}
        sender = mohawk.Sender(credentials, "https://vigia.example/v2/rulesets", "GET", ext=self.owner.organisation,
                               always_hash_content=False)
        status, headers, text = self.service.call("GET", "/v2/rulesets", headers={"Authorization": sender.request_header,
                                                                                  "Host": "vigia.example"})
        self.assertEqual(status, 200, text)
        self.assertTrue(headers["Server-Authorization"])

    def test_a_revoked_key_and_a_removed_user_are_out(self):
        self.vigia("user", "add", "leaver@acme.example", "user", "--password-from-input", organisation="Acme",
                   stdin=PASSWORD + "\n")
        leaver = self.signer("acme", "leaver")
        self.assertEqual(leaver.call("GET", "/v2/rulesets")[0], 200)
        status, body = self.owner.call("DELETE", f"/v2/organizations/members/{leaver.user}")
        self.assertEqual((status, body), (204, None))
        self.refused(leaver.sender("GET", "/v2/rulesets"))


class AlertsTest(V2Test):
    def test_alerts_are_paged_read_and_dismissed_by_the_package(self):
        ruleset = self.add_ruleset("Buckets")
        rule = self.add_rule(ruleset["id"])
        self.post(*[record(number, "ReadTheBucket", userIdentity={"type": "IAMUser", "userName": f"user-{number:03}"})
                    for number in range(250)])
        client = self.reader.client()
        alerts = list(client.alerts.list(ruleId=rule["id"]))
        self.assertEqual(len(alerts), 250)
        self.assertEqual(len({one["id"] for one in alerts}), 250)
        self.assertEqual([one["createdAt"] for one in alerts], sorted((one["createdAt"] for one in alerts), reverse=True))
        one = alerts[0]
        self.assertEqual(one["title"], "user-249 read from 203.0.113.7")
        self.assertEqual((one["severity"], one["ruleId"], one["rulesetId"], one["dataSource"], one["eventCount"]),
                         (1, rule["id"], ruleset["id"], "cloudtrail", 1))
        self.assertEqual(one["aggregates"], [{"fieldName": "user", "value": "user-249"}])
        self.assertEqual((one["isDismissed"], one["dismissedAt"], one["dismissReason"]), (False, None, None))
        self.assertRegex(one["createdAt"], TIME)
        self.assertEqual({**one, "eventIds": ["event-249"]}, client.alerts.get(one["id"]))
        self.assertEqual(client.alerts.events(one["id"])["events"][0]["eventID"], "event-249")
        event = self.reader.get(f"/v2/alerts/{one['id']}/events/event-249")
        self.assertEqual((event["details"]["eventName"], event["details"]["_id"]), ("ReadTheBucket", "event-249"))
        self.assert_errors(self.reader.call("GET", f"/v2/alerts/{one['id']}/events/event-248"), 404)
        self.assertEqual(client.alerts.severity_counts()["severityCounts"][0], {"severity": 1, "count": 250})
        self.assertEqual(client.alerts.get("00000000-0000-4000-8000-000000000000"), {}, "so the package reads a 404")

        # The token alone is enough, and is of its list only.
        first = self.reader.get(f"/v2/alerts?status=active&rulesetId={ruleset['id']}&from=2026-11-20")
        self.assertEqual(len(first["alerts"]), 100)
        second = self.reader.get(f"/v2/alerts?token={first['token']}")
        third = self.reader.get(f"/v2/alerts?token={second['token']}")
        self.assertEqual([len(second["alerts"]), len(third["alerts"]), third["token"]], [100, 50, None])
        self.assertEqual(first["alerts"] + second["alerts"] + third["alerts"], alerts)
        self.assert_errors(self.reader.call("GET", f"/v2/rulesets?token={first['token']}"), 400, "token")
        self.assert_errors(self.reader.call("GET", "/v2/alerts?token=00"), 400, "token")
        self.assert_errors(self.other.call("GET", f"/v2/alerts?token={second['token']}"), 404, "ruleset")
        theirs = self.reader.get("/v2/alerts?status=active")["token"]
        self.assertEqual(self.other.get(f"/v2/alerts?token={theirs}"), {"alerts": [], "token": None}, "it opens nothing")

        # In every precision of time.
        for text, count in (("2026-11-20T00:01", 190), ("2026-11-20T00:01:30", 160), ("2026-11-20T00:01:30.000Z", 160),
                            ("2026-11-20T00:01:30.000001", 159), ("2026-11-20T01:01:30%2B01:00", 160), ("2026-11-21", 0),
                            ("2026-11", 250), ("2026", 250)):
            found = list(client.alerts.list(ruleId=rule["id"], start=text.replace("%2B", "+")))
            self.assertEqual(len(found), count, text)
        self.assert_errors(self.reader.call("GET", "/v2/alerts?status=active&from=yesterday"), 400, "ISO 8601")

        self.dismiss(alerts)

    def dismiss(self, alerts):
        ids = [one["id"] for one in alerts[:2]]
        reason = {"dismissReason": "OTHER", "dismissReasonText": "a drill"}
        for body, part in (({"ids": ids}, "dismissReason"), ({"ids": ids, "dismissReason": "OTHER"}, "text"),
                           ({"ids": ids, "dismissReason": "BORED"}, "BUSINESS_OP"), ({"ids": [], **reason}, "1 to 512"),
                           ({"ids": ids * 300, **reason}, "512"), ({"ids": [1], **reason}, "texts"), (reason, "'from'"),
                           ({"ids": ids, "dismissReason": "MAINTENANCE", "dismissReasonText": "no"}, "OTHER only")):
            self.assert_errors(self.user.call("POST", "/v2/alerts/dismiss", body), 400, part)
        self.assert_errors(self.user.call("POST", "/v2/alerts/dismiss", {"ids": [ids[0], "x"], **reason}), 404)
        self.assertEqual(self.user.call("POST", "/v2/alerts/dismiss", {"ids": ids, **reason}), (200, {"dismissed": 2}))
        dismissed = list(self.user.client().alerts.list(dismissed=True))
        self.assertEqual([one["id"] for one in dismissed], ids)
        self.assertEqual((dismissed[0]["dismissedBy"], dismissed[0]["dismissReason"], dismissed[0]["dismissReasonText"]),
                         ("user@acme.example", "OTHER", "a drill"))
        self.assertRegex(dismissed[0]["dismissedAt"], TIME)
        # As clients write what they leave out.
        window = {"from": "2026-11-20T00:01:00", "until": "2026-11-20T00:02:00Z", "severity": 0, "ruleID": "", "agentID": "",
                  "dismissReason": "BUSINESS_OP", "dismissReasonText": ""}
        self.assertEqual(self.user.call("POST", "/v2/alerts/dismiss", {**window, "severity": 3}), (200, {"dismissed": 0}))
        self.assertEqual(self.user.call("POST", "/v2/alerts/dismiss", window), (200, {"dismissed": 60}))
        self.assertEqual(self.user.get("/v2/alerts/severity-counts")["severityCounts"][0]["count"], 188)
        counts = self.user.get("/v2/alerts/severity-counts?until=2026-11-20T00:02")["severityCounts"]
        self.assertEqual(counts[0], {"severity": 1, "count": 60})


class RulesTest(V2Test):
    def test_rulesets_are_made_changed_and_removed(self):
        ruleset = self.add_ruleset("Mine", ruleIds=[])
        self.assertRegex(ruleset["createdAt"], TIME)
        path = f"/v2/rulesets/{ruleset['id']}"
        self.assertEqual(self.reader.get(path), ruleset)
        self.assert_errors(self.user.call("POST", "/v2/rulesets", {"name": "Mine", "description": ""}), 409, "Mine")
        self.assert_errors(self.user.call("POST", "/v2/rulesets", {"name": "", "description": ""}), 400, "name")
        self.assert_errors(self.user.call("POST", "/v2/rulesets", {"name": "x" * 201}), 400, "200")
        self.assert_errors(self.user.call("POST", "/v2/rulesets", {"name": "X", "ruleIds": ["nothing"]}), 404)
        self.assert_errors(self.user.call("POST", "/v2/rulesets", {"name": "X", "ruleIds": "nothing"}), 400, "list")
        shipped = [one for one in self.user.client().rulesets.list() if one["createdAt"] is None]
        self.assertGreater(len(shipped), 40)
        rules = shipped[0]["rules"][:1]
        status, changed = self.user.call("PUT", path, {"name": "Ours", "ruleIds": rules})
        self.assertEqual((status, changed["name"], changed["description"], changed["rules"]), (200, "Ours", "d", rules))
        self.assertEqual(self.reader.client().rulesets.get(ruleset["id"])["rules"], rules)
        for method, body in (("PUT", {"name": "Taken over"}), ("DELETE", None)):
            self.assert_errors(self.owner.call(method, f"/v2/rulesets/{shipped[0]['id']}", body), 403, "Vigia's")
        self.assertEqual(self.user.call("DELETE", path), (200, {}))
        self.assert_errors(self.user.call("GET", path), 404)

    def test_a_rule_lives_and_quiets(self):
        ruleset = self.add_ruleset("Lives")["id"]
        rule = self.add_rule(ruleset, name="Lives")
        path = f"/v2/rulesets/{ruleset}/rules/{rule['id']}"
        for name, value in {**RULE, "name": "Lives", "rulesetId": ruleset}.items():
            self.assertEqual(rule[name], value, name)
        self.assertRegex(rule["createdAt"], TIME)
        self.assertEqual(self.reader.get(path), rule)
        self.assertEqual(list(self.reader.client().rulesets.rules(ruleset)), [rule])
        self.assertEqual(self.reader.client().rulesets.get(ruleset)["rules"], [rule["id"]])
        self.post(record(1, "ReadTheBucket"))
        self.assertEqual(len(list(self.reader.client().alerts.list(ruleId=rule["id"]))), 1)

        # By the rule, and by the list alone; each whole.
        carol, dave = 'user = "carol"', 'user = "dave"'
        status, changed = self.user.call("PUT", path, {**rule, "suppressions": [carol], "severityOfAlerts": 2})
        self.assertEqual((status, changed["suppressions"], changed["severityOfAlerts"]), (200, [carol], 2), changed)
        for one in (path + "/suppressions", f"/v2/rules/{rule['id']}/suppressions"):
            self.assertEqual(self.reader.get(one), {"suppressions": [carol]})
            self.assertEqual(self.user.call("PUT", one, {"suppressions": [carol, dave]})[1], {"suppressions": [carol, dave]})
            self.assertEqual(self.user.call("PUT", one, {"suppressions": [carol]})[1], {"suppressions": [carol]})
            self.assert_errors(self.user.call("PUT", one, {"suppressions": [carol, carol]}), 400, "once")
            self.assert_errors(self.user.call("PUT", one, {"suppressions": ['user ="']}), 400, "Validation failed")
            self.assert_errors(self.user.call("PUT", one, {"suppressions": [1]}), 400, "texts")
            self.assert_errors(self.user.call("PUT", one, {}), 400, "suppressions")
        for name, number in (("carol", 2), ("dave", 3)):
            self.post(record(number, "ReadTheBucket", userIdentity={"type": "IAMUser", "userName": name}))
        titles = [one["title"] for one in self.reader.client().alerts.list(ruleId=rule["id"])]
        self.assertEqual(titles, ["dave read from 203.0.113.7", "alice read from 203.0.113.7"])
        # What a change leaves out stays.
        status, changed = self.user.call("PUT", path, {"enabled": False})
        self.assertEqual((status, changed["enabled"], changed["suppressions"], changed["filter"]),
                         (200, False, [carol], RULE["filter"]), changed)
        self.assertEqual(self.user.call("DELETE", path), (200, {}))
        self.assert_errors(self.user.call("GET", path), 404)
        self.assertEqual(self.reader.get(f"/v2/rulesets/{ruleset}")["rules"], [])

    def test_a_rule_must_be_one(self):
        ruleset = self.add_ruleset("Strict")["id"]
        path = f"/v2/rulesets/{ruleset}/rules"
        long = {"alertDescription": "x" * 301}
        for changes, part in (({"filter": "eventName =="}, "filter"), ({"filter": ""}, "filter"), (long, "1 and 300"),
                              ({"alertDescription": ""}, "1 and 300"), ({"type": "Magic"}, "Magic"), ({"type": 1}, "text"),
                              ({"severityOfAlerts": 4}, "severity"), ({"threshold": 0}, "threshold"),
                              ({"window": "1h"}, "whole number"), ({"window": 0}, "window"), ({"name": None}, "'name'"),
                              ({"aggregateFields": "user"}, "list"), ({"suppressions": [["x"]]}, "texts"),
                              ({"suppressions": ["user ="]}, "suppression")):
            self.assert_errors(self.user.call("POST", path, {**RULE, "name": "Strict", **changes}), 400, part)
        self.assert_errors(self.user.call("POST", path, ["no object"]), 400, "object")
        self.assertEqual(self.reader.get(path)["rules"], [])
        self.add_rule(ruleset, name="Strict")
        self.assert_errors(self.user.call("POST", path, {**RULE, "name": "Strict"}), 409, "Strict")

    def test_a_rule_about_files_watches_paths(self):
        ruleset = self.add_ruleset("Files")["id"]
        rule = self.add_rule(ruleset, name="Secrets", type="File", filter="", aggregateFields=["filename"],
                             fileIntegrityPaths=[{"path": "/home/ubuntu/.aws", "recursive": True}], ignoreFiles=["*swp"],
                             eventsToMonitor=["open"])
        self.assertIn("/home/ubuntu/.aws", rule["filter"])
        self.assertEqual((rule["fileIntegrityPaths"], rule["eventsToMonitor"]), ([], []))
        path = f"/v2/rulesets/{ruleset}/rules/{rule['id']}"
        status, again = self.user.call("PUT", path, rule)
        self.assertEqual((status, again["filter"]), (200, rule["filter"]), "what is sent back as it came changes nothing")

    def test_what_vigia_ships_is_settled_and_not_changed(self):
        ruleset = next(one for one in self.reader.client().rulesets.list() if one["name"] == "cloudtrail")
        path = f"/v2/rulesets/{ruleset['id']}/rules"
        rules = list(self.reader.client().rulesets.rules(ruleset["id"]))
        self.assertEqual(sorted(one["id"] for one in rules), sorted(ruleset["rules"]))
        rule = rules[0]
        settled = {"severityOfAlerts": rule["severityOfAlerts"] % 3 + 1, "enabled": not rule["enabled"], "threshold": 7,
                   "window": 777, "suppressions": rule["suppressions"] + ['user = "carol"']}
        status, changed = self.user.call("PUT", f"{path}/{rule['id']}", {**rule, **settled})
        self.assertEqual(status, 200, changed)
        self.assertEqual({**changed, "updatedAt": None}, {**rule, **settled, "updatedAt": None})
        self.assertRegex(changed["updatedAt"], TIME)
        self.assertEqual(self.reader.get(f"{path}/{rule['id']}"), changed)
        self.assertEqual(next(one for one in self.reader.client().rulesets.rules(ruleset["id"]) if one["id"] == rule["id"]),
                         changed)
        theirs = self.other.get(f"{path}/{rule['id']}")
        self.assertEqual(theirs, rule, "what one organisation settles is nothing to another")
        for change in ({"filter": 'eventName = "X"'}, {"name": "Mine"}, {"title": "Mine"}, {"aggregateFields": ["ip"]}):
            self.assert_errors(self.owner.call("PUT", f"{path}/{rule['id']}", {**changed, **change}), 403, "Vigia's")
        self.assertEqual(self.reader.get(f"{path}/{rule['id']}"), changed)
        self.assert_errors(self.owner.call("DELETE", f"{path}/{rule['id']}"), 403, "enabled")
        self.assert_errors(self.owner.call("POST", path, {**RULE, "name": "Guest"}), 403, "your own")

    def test_rules_without_a_ruleset_are_found_too(self):
        body = {"name": "Native", "title": "t", "type": "CloudTrail", "severity": 1, "description": "d",
                "filter": 'eventName = "Native"', "aggregate_fields": [], "window_s": 60, "threshold": 1, "enabled": True}
        status, _, made = self.session.call("POST", "/api/v1/rules", body)
        self.assertEqual(status, 201, made)
        rest = next(one for one in self.reader.client().rulesets.list() if one["name"] == "Other rules")
        self.assertIn(made["id"], rest["rules"])
        self.assertEqual(self.reader.get(f"/v2/rulesets/{rest['id']}/rules/{made['id']}")["name"], "Native")
        self.assert_errors(self.owner.call("DELETE", f"/v2/rulesets/{rest['id']}"), 403)

    def test_tags(self):
        ruleset = self.add_ruleset("Tagged")["id"]
        rule = self.add_rule(ruleset, name="Tagged")
        path = f"/v2/rules/{rule['id']}/tags"
        self.assert_errors(self.reader.call("GET", path), 404, "No tags found for rule")
        tags = {"inclusion": [{"source": "ec2", "key": "env", "value": "prod"}], "exclusion": []}
        self.assertEqual(self.user.call("POST", path, tags), (200, tags))
        self.assertEqual(self.reader.get(path), tags)
        for wrong in ({"inclusion": "x"}, {"inclusion": [{"key": "no source"}]}, ["x"]):
            self.assert_errors(self.user.call("POST", path, wrong), 400)
        self.assertEqual(self.user.call("POST", path, {"inclusion": [], "exclusion": []})[0], 200)
        self.assert_errors(self.reader.call("GET", path), 404)


class OrganisationTest(V2Test):
    def test_members_and_invitations(self):
        members = {one["email"]: one for one in self.reader.get("/v2/organizations/members")["members"]}
        self.assertEqual(sorted(members), [f"{role}@acme.example" for role in ("owner", "reader", "user")])
        owner = members["owner@acme.example"]
        self.assertEqual((owner["role"], owner["id"], owner["userEnabled"], owner["mfaEnabled"], owner["ssoEnabled"]),
                         ("owner", self.owner.user, True, False, False))
        self.assertLess(abs(owner["lastAuthenticatedAt"] - now()), 600_000)
        status, body = self.owner.call("PUT", "/v2/organizations/invites", {"role": "reader", "email": "new@acme.example"})
        self.assertEqual((status, body["sentToEmail"], body["role"], body["status"]),
                         (200, "new@acme.example", "reader", "pending"))
        self.assertTrue(body["invitationToken"].startswith("vigia_"))
        for wrong in ({"role": "owner", "email": "x@acme.example"}, {"role": "reader"}, {"role": "reader", "email": "nobody"}):
            self.assert_errors(self.owner.call("PUT", "/v2/organizations/invites", wrong), 400)
        taken = {"role": "user", "email": "user@acme.example"}
        self.assert_errors(self.owner.call("PUT", "/v2/organizations/invites", taken), 409, "account already")
        self.assert_errors(self.owner.call("DELETE", f"/v2/organizations/members/{self.owner.user}"), 409, "last owner")
        self.assert_errors(self.owner.call("DELETE", f"/v2/organizations/members/{self.other.user}"), 404)

    def test_the_audit_log_pages_by_fifty(self):
        for number in range(60):
            self.assertEqual(self.user.call("POST", "/v2/rulesets", {"name": f"Set {number}"})[0], 200)
        first = self.owner.get("/v2/auditlogs")
        self.assertEqual(len(first["recs"]), 50)
        second = self.owner.get(f"/v2/auditlogs?token={first['token']}")
        self.assertIsNone(second["token"])
        entries = first["recs"] + second["recs"]
        self.assertEqual(len({one["id"] for one in entries}), len(entries))
        made = [one for one in entries if one["action"] == "ruleset added"]
        self.assertEqual([one["context"]["after"]["name"] for one in made], [f"Set {n}" for n in reversed(range(60))])
        self.assertEqual((made[0]["userEmail"], made[0]["userId"], made[0]["crud"], made[0]["result"], made[0]["source"]),
                         ("user@acme.example", self.user.user, "create", "success", "127.0.0.1"))
        self.assertEqual({one["organizationId"] for one in entries}, {self.owner.organisation})
        self.assertRegex(made[0]["eventTime"], TIME)
        text = json.dumps(entries)
        for secret in (self.owner.key, self.user.key, PASSWORD):
            self.assertNotIn(secret, text)
        self.assertEqual(self.owner.get("/v2/auditlogs?until=2020")["recs"], [])

    def test_hosts_that_sent_events_are_the_agents(self):
        client = self.reader.client()
        self.assertEqual(list(client.agents.list(status="offline")), [])
        self.assertEqual(self.other.get("/v2/agents?status=online"), {"agents": [], "token": None})
        ids = [f"{number:08x}-17a2-11f1-9c55-0242ac120002" for number in range(103)]
        self.post(*[host_event(number, agent, f"web-{number:03}") for number, agent in enumerate(ids)], record(1))
        agents = list(client.agents.list(status="online"))
        self.assertEqual([one["id"] for one in agents], ids)
        one = client.agents.get(ids[7])
        self.assertEqual(one, agents[7])
        self.assertEqual({name: one[name] for name in ("hostname", "name", "version", "osVersion", "kernel", "instanceId",
                                                       "status", "agentType", "tags", "ipAddresses")},
                         {"hostname": "web-007", "name": "web-007", "version": "3.2.1", "osVersion": "debian-12",
                          "kernel": "6.1.0", "instanceId": "i-0123", "status": "online", "agentType": "investigate",
                          "tags": [{"source": "ec2", "key": "role", "value": "web"}],
                          "ipAddresses": {"private": ["10.0.0.5"], "link_local": [], "public": ["198.51.100.4"]}})
        self.assertRegex(one["lastReportedAt"], TIME)
        self.assertEqual([two["id"] for two in client.agents.list(status="online", hostname="web-102")], ids[102:])
        self.assertEqual(list(client.agents.list(status="online", type="monitor")), [])
        self.assertEqual(list(client.agents.list(status="online", end="2026-01-01")), [])
        self.assert_errors(self.reader.call("GET", "/v2/agents"), 400, "status")
        self.assertGreater(len(list(client.rulesets.list(agentId=ids[0]))), 40)
        self.assertEqual(self.reader.get(f"/v2/vulnerabilities/agent/{ids[0]}"), {"cves": [], "token": None})
        # What one of them did is an alert, and is found by its agent.
        alerts = list(client.alerts.list(agentId=ids[7]))
        self.assertTrue(alerts)
        self.assertEqual({alert["agentId"] for alert in alerts}, {ids[7]})
        self.assertGreater(len(list(client.alerts.list())), len(alerts))
        for path in (f"/v2/agents/{ids[0]}", f"/v2/rulesets?agentId={ids[0]}", f"/v2/vulnerabilities/agent/{ids[0]}",
                     f"/v2/vulnerabilities/server/{ids[0]}"):
            self.assert_errors(self.other.call("GET", path), 404, "agent")
        self.assertEqual(self.other.get(f"/v2/alerts?status=active&agentId={ids[7]}")["alerts"], [])

    def test_what_vigia_does_not_know_is_empty(self):
        client = self.reader.client()
        self.assertEqual(list(client.vulnerabilities.list()), [])
        self.assertEqual(list(client.vulnerabilities.suppressed()), [])
        self.assertEqual(client.vulnerabilities.package("openssl"), {"packages": [], "token": None})
        self.assertEqual(client.vulnerabilities.affected_servers("CVE-2021-44228"), {"servers": [], "token": None})
        self.assert_errors(self.reader.call("GET", "/v2/vulnerabilities/CVE-2021-44228"), 404)
        self.assertEqual(list(client.ec2servers.list(monitored="true")), [])
        self.assertEqual(self.reader.get("/v2/integrations/s3export"), [])
        self.assert_errors(self.owner.call("PUT", "/v2/integrations/s3export", {"s3Bucket": "b"}), 400, "Parquet")
        self.assert_errors(self.owner.call("DELETE", "/v2/integrations/s3export", {"s3Bucket": "b"}), 404)


class AccessTest(V2Test):
    """Every call: by a reader, and with another organisation's ids."""

    def setUp(self):
        self.ruleset = self.add_ruleset("Access")["id"]
        self.rule = self.add_rule(self.ruleset, name="Access")["id"]
        self.post(record(1, "ReadTheBucket"))
        (self.alert,) = (one["id"] for one in self.reader.client().alerts.list(ruleId=self.rule))

    def test_each_call_keeps_to_its_organisation_and_role(self):
        alert, ruleset = f"/v2/alerts/{self.alert}", f"/v2/rulesets/{self.ruleset}"
        rule, by_rule = f"{ruleset}/rules/{self.rule}", f"/v2/rules/{self.rule}"
        reads = [alert, alert + "/events", alert + "/events/event-1", ruleset, ruleset + "/rules", rule,
                 rule + "/suppressions", by_rule + "/suppressions",
                 f"/v2/alerts?status=active&rulesetId={self.ruleset}"]
        reason = {"dismissReason": "MAINTENANCE"}
        user_writes = [("POST", "/v2/alerts/dismiss", {"ids": [self.alert], **reason}),
                       ("PUT", ruleset, {"name": "Stolen"}), ("DELETE", ruleset, None),
                       ("POST", ruleset + "/rules", {**RULE, "name": "Planted"}), ("PUT", rule, {"enabled": False}),
                       ("DELETE", rule, None), ("PUT", rule + "/suppressions", {"suppressions": []}),
                       ("PUT", by_rule + "/suppressions", {"suppressions": []}),
                       ("POST", by_rule + "/tags", {"inclusion": [], "exclusion": []})]
        owner_writes = [("DELETE", f"/v2/organizations/members/{self.user.user}", None)]
        for path in reads:
            self.assertEqual(self.reader.call("GET", path)[0], 200, path)
            self.assert_errors(self.other.call("GET", path), 404)
        self.assert_errors(self.other.call("GET", by_rule + "/tags"), 404)
        for method, path, body in user_writes + owner_writes:
            self.assert_errors(self.reader.call(method, path, body), 403, "reader")
            self.assert_errors(self.other.call(method, path, body), 404)
        for method, path, body in owner_writes + [("GET", "/v2/auditlogs", None), ("PUT", "/v2/integrations/s3export", {}),
                                                  ("DELETE", "/v2/integrations/s3export", {}),
                                                  ("PUT", "/v2/organizations/invites", {"role": "user", "email": "a@b.c"})]:
            for signer in (self.reader, self.user):
                self.assert_errors(signer.call(method, path, body), 403, "may not")
        self.assert_errors(self.reader.call("POST", "/v2/rulesets", {"name": "Planted"}), 403, "reader")
        # Lists have nothing of it.
        for path in ("/v2/alerts?status=active", "/v2/alerts?status=dismissed", "/v2/rulesets", "/v2/agents?status=online",
                     "/v2/organizations/members", "/v2/auditlogs", f"/v2/alerts?status=active&ruleId={self.rule}"):
            text = json.dumps(self.other.get(path))
            for word in (self.alert, self.rule, self.ruleset, self.user.user, "acme.example"):
                self.assertNotIn(word, text, path)
        counts = self.other.get("/v2/alerts/severity-counts")["severityCounts"]
        self.assertEqual([one["count"] for one in counts], [0, 0, 0])
        window = {"from": "2020", "until": "2030", "ruleID": self.rule, **reason}
        self.assertEqual(self.other.call("POST", "/v2/alerts/dismiss", window), (200, {"dismissed": 0}))
        # Another's rule does not get into a ruleset.
        self.assert_errors(self.other.call("POST", "/v2/rulesets", {"name": "X", "ruleIds": [self.rule]}), 404)
        self.assertFalse(self.reader.get(alert)["isDismissed"])
        self.assertEqual(self.reader.get(rule)["enabled"], True)


class RateTest(V2Test):
    def test_the_organisation_may_call_so_often(self):
        path = "/help/hawk/self-test"
        left = []
        for number in range(200):
            signer = (self.owner, self.reader)[number % 2]
            status, headers, _ = signer.send(signer.sender("GET", path), "GET", path)
            if status == 429:
                break  # a slow machine began another minute, and this one is full all the same
            left.append(int(headers["x-rate-limit-remaining"]))
            self.assertEqual(headers["x-rate-limit-limit"], "200")
            self.assertTrue(0 < int(headers["x-rate-limit-reset"]) <= 60_000)
        self.assertEqual(left[:3], [199, 198, 197])
        while left[-1] != 0:
            _, headers, _ = self.owner.send(self.owner.sender("GET", path), "GET", path)
            left.append(int(headers["x-rate-limit-remaining"]))
        for signer in (self.owner, self.user, self.reader):
            sender = signer.sender("GET", path)
            status, headers, text = signer.send(sender, "GET", path)
            self.assertEqual((status, headers["x-rate-limit-remaining"]), (429, "0"), text)
            self.assertTrue(0 < int(headers["x-rate-limit-reset"]) <= 60_000)
            self.assertIn("200 times in a minute", json.loads(text)["errors"][0])
            sender.accept_response(headers["Server-Authorization"], content=text, content_type=headers["Content-Type"])
        self.assertEqual(self.other.call("GET", path)[0], 200, "another organisation has its own")


if __name__ == "__main__":
    unittest.main()
