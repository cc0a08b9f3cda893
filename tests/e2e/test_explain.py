"""Stories of why a filter holds of an event: by condition, of stored events, of alerts, of a record that was pasted."""
import json
import pathlib
import tempfile
import unittest

from service import Service, key_of_another, make_key, record, set_up

PATH = "/api/v1/filters/explain"
FILTER = 'eventSource = "s3.amazonaws.com" and (eventName = "PutObject" or user in $team)'
RULE = {"name": "Bucket", "filter": FILTER, "type": "CloudTrail", "aggregate_fields": ["user"]}


def condition(explanation, *places):
    for place in places:
        explanation = explanation["children"][place]
    return explanation


class ExplainTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.service = Service(pathlib.Path(cls.folder.name) / "data")
        cls.owner = set_up(cls.service)
        cls.source = make_key(cls.owner, "source")
        cls.reader = make_key(cls.owner, "api", role="reader")
        cls.ask("POST", "/api/v1/lists", {"name": "team", "items": ["alice", "bob"]}, 201)
        cls.rule = cls.ask("POST", "/api/v1/rules", RULE, 201)
        events = [{**record(number, "GetObject"), "eventSource": "s3.amazonaws.com",
                   "userIdentity": {"type": "IAMUser", "userName": "alice"}} for number in (1, 2)]
        cls.events = events
        status, _, body = cls.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in events))
        assert status == 200 and body["matched"] == 2, body
        cls.alert = cls.owner.get(f"/api/v1/alerts?rule={cls.rule['id']}")["alerts"][0]
        cls.other = key_of_another(cls.service)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    @classmethod
    def ask(cls, method, path, body=None, expected=200, who=None):
        status, _, answer = (who or cls.owner).call(method, path, body)
        assert status == expected, (method, path, status, answer)
        return answer

    def explain(self, expected=200, who=None, **body):
        return self.ask("POST", PATH, body, expected, who or self.reader)

    def test_each_condition_has_its_verdict_its_place_and_what_it_found(self):
        answer = self.explain(filter=FILTER, event=self.events[0]["eventID"])
        self.assertEqual((answer["verdict"], answer["asked"], answer["event"]["type"]), ("true", True, "cloudtrail"))
        self.assertEqual(answer["event"]["id"], self.events[0]["eventID"])
        whole = answer["explanation"]
        self.assertEqual((whole["kind"], whole["begin"], whole["end"]), ("and", 0, len(FILTER)))
        self.assertEqual(condition(whole, 1)["kind"], "or")
        name = condition(whole, 1, 0)
        self.assertEqual((name["verdict"], name["field"], name["operator"]), ("false", "eventName", "="))
        self.assertEqual(FILTER[name["begin"]:name["end"]], 'eventName = "PutObject"')
        self.assertEqual(name["fields"], [{"field": "eventName", "count": 1, "values": [{"text": "GetObject", "type": "text", "cut": False}]}])
        member = condition(whole, 1, 1)
        self.assertEqual((member["verdict"], member["operator"]), ("true", "in"))
        self.assertEqual(member["fields"][0]["values"][0]["text"], "alice")

    def test_places_are_in_bytes_and_values_are_bounded(self):
        text = 'userAgent like "é" or tags exists'
        pasted = {**self.events[0], "userAgent": "é" * 100, "tags": ["a"] * 9}
        answer = self.explain(filter=text, record=json.dumps(pasted))
        agent, tags = answer["explanation"]["children"]
        self.assertEqual(text.encode()[tags["begin"]:tags["end"]], b"tags exists")
        self.assertEqual(agent["fields"][0]["values"], [{"text": "é" * 60, "type": "text", "cut": True}])
        self.assertEqual((len(tags["fields"][0]["values"]), tags["fields"][0]["count"]), (5, 9))

    def test_an_alert_explains_its_events_by_the_filter_of_its_rule(self):
        latest = self.explain(alert=self.alert["id"])
        self.assertEqual((latest["filter"], latest["verdict"]), (FILTER, "true"))
        for one in self.events:
            answer = self.explain(alert=self.alert["id"], event=one["eventID"])
            self.assertEqual((answer["event"]["id"], answer["verdict"]), (one["eventID"], "true"))
        other = self.explain(alert=self.alert["id"], filter='eventName = "PutObject"')
        self.assertEqual(other["verdict"], "false")

    def test_what_has_no_element_is_undecided_and_other_events_are_not_asked(self):
        answer = self.explain(filter='any(resources, type = "x")', event=self.events[0]["eventID"])
        quantified = answer["explanation"]
        self.assertEqual((quantified["verdict"], quantified["elements"], quantified["element"]), ("false", 0, None))
        self.assertEqual(condition(quantified, 0)["verdict"], "undecided")
        audit = {"event_type": "audit", "type": "start", "timestamp": 1764064800000, "hostname": "web-1", "pid": 1}
        answer = self.explain(rule=self.rule["id"], record=json.dumps(audit))
        self.assertEqual((answer["asked"], answer["verdict"], answer["explanation"]), (False, "undecided", None))

    def test_what_cannot_be_explained_is_refused_by_what_is_wrong(self):
        event = self.events[0]["eventID"]
        bad = self.explain(400, filter='eventName = "', event=event)
        self.assertEqual(bad["code"], "bad_filter")
        self.assertEqual(bad["params"]["diagnostics"][0]["code"], "unclosed_string")
        self.explain(400, filter="user in $nothing", event=event)
        self.explain(400, filter=FILTER)
        self.explain(400, event=event)
        self.explain(400, filter=FILTER, event=event, record="{}")
        self.explain(400, filter=FILTER, record="{}")
        self.explain(400, filter=FILTER, record="no JSON")
        self.explain(400, filter=FILTER, record='{"Records":[]}')
        self.explain(400, filter=FILTER, event=event, type="Nothing")
        self.explain(400, filter=FILTER, event=event, tipe="CloudTrail")
        self.explain(404, filter=FILTER, event="nothing")
        self.explain(404, filter=FILTER, alert="nothing")
        self.explain(404, filter=FILTER, alert=self.alert["id"], event="nothing")
        self.explain(404, rule="nothing", event=event)

    def test_the_tests_of_a_rule_are_kept_with_it_and_run(self):
        put, get = (json.dumps({**self.events[0], "eventName": name}, indent=1) for name in ("PutObject", "ListObjects"))
        body = {**RULE, "name": "Tested", "suppressions": ['user = "eve"'], "threshold": 2, "tests": [
            {"name": "a put", "fires": True, "event": put}, {"name": "two make an alert", "fires": True, "events": [put, put]},
            {"name": "one makes none", "fires": True, "events": [put]}, {"name": "suppressed", "fires": False, "event": put.replace("alice", "eve")},
            {"name": "broken", "fires": False, "event": "{}"}]}
        runs = self.ask("POST", "/api/v1/rules/test", {**body, "enabled": False}, who=self.reader)["tests"]
        self.assertEqual([(one["name"], one["passed"], one["fires"]) for one in runs],
                         [("a put", True, True), ("two make an alert", True, True), ("one makes none", False, False),
                          ("suppressed", True, False), ("broken", False, False)])
        self.assertEqual((runs[0]["failure"], runs[2]["failure"]), (None, "does not fire, and should"))
        self.assertIn("record", runs[4]["failure"])
        made = self.ask("POST", "/api/v1/rules", body, 201)
        self.assertEqual(made["tests"][0]["event"], json.dumps(json.loads(put), separators=(",", ":")))
        path = f"/api/v1/rules/{made['id']}"
        listed = next(one for one in self.owner.get("/api/v1/rules?managed=false")["rules"] if one["id"] == made["id"])
        self.assertNotIn("tests", listed)
        with_tests = self.owner.get("/api/v1/rules?managed=false&tests=true")["rules"]
        self.assertEqual(len(next(one for one in with_tests if one["id"] == made["id"])["tests"]), 5)
        self.assertEqual(len(self.ask("PUT", path, {**listed, "title": "x"})["tests"]), 5, "what a list shows is put back without harm")
        self.assertEqual(self.ask("PUT", path, {**listed, "tests": []})["tests"], [])
        shipped = self.owner.get("/api/v1/rules?managed=true&limit=1&tests=true")["rules"][0]
        self.assertGreater(len(shipped["tests"]), 1)
        clone = self.ask("POST", f"/api/v1/rules/{shipped['id']}/clone", {"name": "clone"}, 201)
        self.assertEqual(clone["tests"], shipped["tests"])
        self.assertTrue(all(one["passed"] for one in self.ask("POST", "/api/v1/rules/test", shipped)["tests"]))

    def test_tests_have_bounds_and_a_form(self):
        def refused(*tests):
            answer = self.ask("POST", "/api/v1/rules/test", {**RULE, "tests": list(tests)}, 400)
            self.assertIn(answer["code"], ("bad_rule", "bad_input"))
        one = {"name": "a", "fires": True, "event": "{}"}
        refused({**one, "event": "no JSON"})
        refused({**one, "event": "[]"})
        refused({**one, "events": ["{}"]})
        refused({"name": "a", "fires": True})
        refused({"name": "a", "event": "{}"})
        refused({"name": "a", "fires": True, "events": []})
        refused({**one, "name": ""})
        refused({**one, "event": {}})
        refused(*[one] * 51)
        refused({"name": "a", "fires": True, "events": ["{}"] * 101})
        refused(*[{**one, "event": json.dumps({"a": "x" * 300_000})}] * 2)

    def test_nobody_without_a_login_or_the_right(self):
        body = {"filter": FILTER, "event": self.events[0]["eventID"]}
        status, _, answer = self.service.call("POST", PATH, body)
        self.assertEqual((status, answer["code"]), (401, "not_signed_in"))
        self.assertEqual(self.ask("POST", PATH, body, 403, self.source)["code"], "role")
        status, _, answer = self.service.call("POST", "/api/v1/rules/test", RULE)
        self.assertEqual((status, answer["code"]), (401, "not_signed_in"))
        self.assertEqual(self.ask("POST", "/api/v1/rules/test", RULE, 403, self.source)["code"], "role")

    def test_nothing_of_another_organisation(self):
        free = 'eventName = "GetObject"'
        self.explain(404, self.other, filter=free, event=self.events[0]["eventID"])
        self.explain(404, self.other, filter=free, alert=self.alert["id"])
        self.explain(404, self.other, filter=free, alert=self.alert["id"], event=self.events[0]["eventID"])
        self.explain(404, self.other, rule=self.rule["id"], record=json.dumps(self.events[0]))
        self.explain(400, self.other, filter="user in $team", record=json.dumps(self.events[0]))
        self.ask("POST", "/api/v1/rules/test", RULE, 400, self.other)
        self.explain(200, self.other, filter=free, record=json.dumps(self.events[0]))


if __name__ == "__main__":
    unittest.main()
