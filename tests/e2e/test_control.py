"""Stories of the control plane: rules and what stands beside them, people, settings; nobody sees or changes another's."""
import json
import pathlib
import tempfile
import unittest

from service import PASSWORD, Client, Service, key_of_another, make_key, record, set_up, sign_in

RULE = {"name": "Bucket read", "title": "{{user}} read from {{ip}}", "type": "CloudTrail", "severity": 1,
        "description": "Somebody read the bucket.", "filter": 'eventName = "ReadTheBucket"', "suppressions": [],
        "aggregate_fields": ["user"], "window_s": 3600, "threshold": 1, "enabled": True, "attack": ["T1530"],
        "references": [], "ruleset": "own"}
OTHER_PASSWORD = "another long password"
NO_ID = "00000000-0000-4000-8000-000000000000"


class ControlTest(unittest.TestCase):
    """One service for all stories; each makes what it needs under names of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = str(pathlib.Path(cls.folder.name) / "data")
        cls.service = Service(cls.data)
        cls.owner = set_up(cls.service)
        cls.source = make_key(cls.owner, "source")
        cls.reader = make_key(cls.owner, "api", role="reader")
        cls.other = key_of_another(cls.service)
        cls.events = 0

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    def ask(self, method, path, body=None, expect=200, who=None, **headers):
        status, answered, content = (who or self.owner).call(method, path, body, **headers)
        self.assertEqual(status, expect, (method, path, content))
        if expect == 409 and "If-Match" in headers:
            self.assertEqual(content["code"], "changed_meanwhile", (method, path, content))
        if method != "DELETE" and expect < 300 and isinstance(content, dict) and "version" in content:
            self.assertEqual(answered["ETag"], f'"{content["version"]}"')
        return content

    def matched(self, *records):
        """How many matches the records make, each with an id that no other had."""
        lines = []
        for one in records:
            type(self).events += 1
            lines.append(json.dumps({**one, "eventID": f"control-{self.events}"}))
        return self.ask("POST", "/api/v1/events", "\n".join(lines), who=self.source)["matched"]

    def rule(self, name, **more):
        return self.ask("POST", "/api/v1/rules", {**RULE, "name": name, "filter": f'eventName = "{name}"', **more}, 201)

    def invited(self, email, role):
        made = self.ask("POST", "/api/v1/invitations", {"email": email, "role": role}, 201)
        self.ask("POST", "/api/v1/invitations/accept", {"token": made["token"], "password": PASSWORD}, 201, Client(self.service, {}))
        return sign_in(self.service, email)

    def actions(self):
        return [one["action"] for one in self.owner.get("/api/v1/audit?limit=1000")["entries"]]

    def test_rules_are_listed_narrowed_and_paged(self):
        mine = self.rule("ListMe", severity=2, ruleset="mine")
        self.assertEqual((mine["managed"], mine["version"], mine["suppressions_count"], mine["rulesets"], mine["tags"]),
                         (False, 1, 0, [], {"inclusion": [], "exclusion": []}))
        self.assertRegex(mine["updated_at"], r"^20\d\d-.*Z$")
        every = self.owner.get("/api/v1/rules")["rules"]
        self.assertEqual([one["name"] for one in every], sorted((one["name"] for one in every), key=str.encode))
        seen, cursor = [], ""
        while cursor is not None:
            page = self.owner.get(f"/api/v1/rules?limit=37&cursor={cursor}")
            self.assertLessEqual(len(page["rules"]), 37)
            seen += [one["id"] for one in page["rules"]]
            cursor = page["next"]
        self.assertEqual(seen, [one["id"] for one in every])
        for query, holds in (("ruleset=mine", lambda one: one["ruleset"] == "mine"), ("type=Host", lambda one: one["type"] == "Host"),
                             ("severity=1&severity=2", lambda one: one["severity"] < 3), ("enabled=false", lambda one: not one["enabled"]),
                             ("managed=false", lambda one: not one["managed"]),
                             ("text=LISTME", lambda one: "listme" in json.dumps(one).lower())):
            found = self.owner.get("/api/v1/rules?" + query)["rules"]
            self.assertEqual([one["id"] for one in found], [one["id"] for one in every if holds(one)], query)
            self.assertTrue(found, query)
        for bad in ("type=Nothing", "severity=4", "enabled=maybe", "limit=0", "cursor=xyz"):
            self.ask("GET", "/api/v1/rules?" + bad, expect=400)

    def test_a_rule_is_made_under_a_chosen_id_and_changed_by_version(self):
        body = {**RULE, "name": "ChosenId"}
        path = "/api/v1/rules/7d0f3f0e-0000-4000-8000-0123456789ab"
        self.ask("PUT", path, body, 404)
        made = self.ask("PUT", path, body, 201, **{"If-None-Match": "*"})
        self.assertEqual((path.endswith(made["id"]), made["version"]), (True, 1))
        self.ask("PUT", path, body, 409, **{"If-None-Match": "*"})
        self.ask("PUT", "/api/v1/rules/NOT-A-UUID", {**body, "name": "x"}, 400, **{"If-None-Match": "*"})
        changed = self.ask("PUT", path, {**made, "severity": 3}, **{"If-Match": '"1"'})
        self.assertEqual((changed["version"], changed["severity"]), (2, 3))
        for stale in ('"1"', '"x"', 'W/"2"'):
            self.ask("PUT", path, body, 409, **{"If-Match": stale})
            self.ask("DELETE", path, None, 409, **{"If-Match": stale})
        wrong = self.ask("PUT", path, {**body, "window": 5}, 400)
        self.assertIn("did you mean 'window_s'?", wrong["detail"])
        self.assertIn("'severity'", self.ask("PUT", path, {**body, "severity": "high"}, 400)["detail"])
        self.ask("DELETE", path, None, 204, **{"If-Match": '"2"'})
        shipped = self.owner.get("/api/v1/rules?managed=true&limit=1")["rules"][0]["id"]
        self.ask("PUT", "/api/v1/rules/" + shipped, {**body, "name": "x"}, 409, **{"If-None-Match": "*"})

    def test_a_filter_is_checked_without_being_kept(self):
        good = self.ask("POST", "/api/v1/filters/check", {"filter": 'eventName="a" AND  user = \'root\'', "type": "CloudTrail"}, who=self.reader)
        self.assertEqual((good["valid"], good["canonical"], good["diagnostics"]), (True, 'eventName = "a" and user = "root"', []))
        bad = self.ask("POST", "/api/v1/filters/check", {"filter": 'eventName = "a"\nand comand = "x" and $', "type": "Host"})
        self.assertEqual((bad["valid"], bad["canonical"]), (False, None))
        self.assertEqual({(one["line"], one["level"]) for one in bad["diagnostics"]}, {(2, "error")})
        near = self.ask("POST", "/api/v1/filters/check", {"filter": 'evntName = "a"', "type": "CloudTrail"})
        (one,) = near["diagnostics"]
        self.assertEqual((one["begin"], one["end"], one["line"], one["column"]), (0, 8, 1, 1))
        self.assertIn("did you mean 'eventName'?", one["message"])
        self.assertEqual((one["code"], one["params"]), ("unknown_field", {"field": "evntName", "near": "eventName"}))
        missing = self.ask("POST", "/api/v1/filters/check", {"filter": "user in $private_network"})
        self.assertIn("did you mean $private_networks?", missing["diagnostics"][0]["message"])
        before = len(self.owner.get("/api/v1/rules")["rules"])
        self.assertTrue(self.ask("POST", "/api/v1/rules/check", RULE)["valid"])
        whole = self.ask("POST", "/api/v1/rules/check", {**RULE, "suppressions": ['user = "a"', "user ="]})
        self.assertEqual({one["part"] for one in whole["diagnostics"]}, {"suppression 2"})
        self.assertEqual(len(self.owner.get("/api/v1/rules")["rules"]), before)
        self.ask("POST", "/api/v1/filters/check", {"filter": "a = 1", "type": "Nothing"}, 400)
        self.ask("POST", "/api/v1/filters/check", {"filter": "a = 1", "rule": NO_ID}, 404)

    def test_a_clone_is_an_own_rule_that_is_off(self):
        shipped = self.owner.get("/api/v1/rules?managed=true&limit=1")["rules"][0]
        copy = self.ask("POST", f"/api/v1/rules/{shipped['id']}/clone", None, 201)
        self.assertEqual((copy["name"], copy["managed"], copy["enabled"], copy["filter"]),
                         ("Copy of " + shipped["name"], False, False, shipped["filter"]))
        self.ask("POST", f"/api/v1/rules/{shipped['id']}/clone", None, 409)
        named = self.ask("POST", f"/api/v1/rules/{copy['id']}/clone", {"name": "Mine now", "enabled": True}, 201)
        self.assertEqual((named["name"], named["enabled"]), ("Mine now", True))

    def test_a_list_is_in_force_at_once_and_stays_while_it_is_called(self):
        made = self.ask("POST", "/api/v1/lists", {"name": "watched", "description": "d", "items": ["alice"]}, 201)
        path = "/api/v1/lists/" + made["id"]
        rule = self.rule("ListedRead", filter='eventName = "ListedRead" and user in $watched')
        self.assertEqual(self.matched(record(1, "ListedRead")), 1)
        self.ask("PUT", path, {**made, "items": ["bob"]}, 409, **{"If-Match": '"9"'})
        changed = self.ask("PUT", path, {**made, "items": ["bob", "10.0.0.0/8"]}, **{"If-Match": '"1"'})
        self.assertEqual((changed["items"], changed["count"], changed["version"]), (["bob", "10.0.0.0/8"], 2, 2))
        self.assertEqual(self.matched(record(1, "ListedRead")), 0)
        called = self.ask("DELETE", path, None, 409)
        self.assertEqual((called["code"], "ListedRead" in called["detail"]), ("conflict", True))
        self.ask("PUT", path, {**made, "name": "renamed"}, 409)
        listed = self.owner.get("/api/v1/lists")["lists"]
        self.assertEqual({one["name"]: one["managed"] for one in listed}["private_networks"], True)
        self.assertTrue(all("items" not in one for one in listed))
        self.assertIn("10.0.0.0/8", self.owner.get("/api/v1/lists/private_networks")["items"])
        found = self.owner.get("/api/v1/events?filter=user%20in%20%24watched")["events"]
        self.assertEqual(found, [], "a search calls the organisation's lists, too")
        self.ask("DELETE", "/api/v1/rules/" + rule["id"], None, 204)
        self.ask("DELETE", path, None, 204)
        self.ask("POST", path + "/restore", {"version": 1})
        self.assertEqual(self.owner.get(path)["items"], ["alice"])

    def test_no_filter_reaches_the_list_of_another_organisation(self):
        secret = self.ask("POST", "/api/v1/lists", {"name": "secret", "items": ["alice"]}, 201, self.other)
        self.ask("GET", "/api/v1/lists/" + secret["id"], expect=404)
        inner = "$_" + self.other.get("/api/v1/organisation")["id"] + ":secret"
        refused = self.ask("POST", "/api/v1/rules", {**RULE, "name": "Thief", "filter": f"user in {inner}"}, 400)
        self.assertEqual(refused["code"], "bad_filter")
        self.ask("POST", "/api/v1/rules", {**RULE, "name": "Thief", "suppressions": [f"user in $ {inner[1:]}"]}, 400)
        self.assertFalse(self.ask("POST", "/api/v1/filters/check", {"filter": f"user in {inner}"})["valid"])
        shipped = self.owner.get("/api/v1/rules?managed=true&limit=1")["rules"][0]["id"]
        self.ask("POST", f"/api/v1/rules/{shipped}/suppressions", {"filter": f"user in {inner}"}, 400)
        self.ask("GET", f"/api/v1/events?filter=user%20in%20{inner.replace('$', '%24')}", expect=400)
        self.ask("POST", "/api/v1/lists", {"name": "_a:b", "items": []}, 400)

    def test_suppressions_quiet_from_the_answer_on_and_are_checked_against_their_rule(self):
        rule = self.rule("Quieted")
        path = f"/api/v1/rules/{rule['id']}/suppressions"
        self.assertEqual(self.matched(record(1, "Quieted")), 1)
        # A field of hosts alone: a search may ask for it, a rule of CloudTrail would never see it.
        of_hosts = self.rule("OfHosts", type="Host", filter='command = "x"')
        bad = self.ask("POST", f"/api/v1/rules/{of_hosts['id']}/suppressions", {"filter": 'eventName = "x"'}, 400)
        self.assertEqual(bad["params"]["diagnostics"][0]["part"], "suppression")
        made = self.ask("POST", path, {"filter": 'user = "alice"', "reason": "drill"}, 201)
        self.assertEqual((made["rule_name"], made["owner"], made["expires_at"], made["in_force"]), ("Quieted", "owner@acme.example", None, True))
        self.assertEqual(self.matched(record(1, "Quieted")), 0)
        self.assertEqual(self.owner.get("/api/v1/rules/" + rule["id"])["suppressions_count"], 1)
        one = "/api/v1/suppressions/" + made["id"]
        self.ask("PUT", one, {**made, "expires_at": "2020-01-01T00:00:00Z"}, 409, **{"If-Match": '"7"'})
        self.ask("PUT", one, {**made, "expires_at": "yesterday"}, 400)
        over = self.ask("PUT", one, {**made, "expires_at": "2020-01-01T00:00:00Z"}, **{"If-Match": '"1"'})
        self.assertEqual((over["in_force"], over["version"]), (False, 2))
        self.assertEqual(self.matched(record(1, "Quieted")), 1)
        history = self.owner.get(one + "/history")["versions"]
        self.assertEqual([(entry["version"], entry["body"]["expires_at"]) for entry in history],
                         [(2, "2020-01-01T00:00:00Z"), (1, None)])
        self.ask("POST", one + "/restore", {"version": 1}, **{"If-Match": '"2"'})
        self.assertEqual(self.matched(record(1, "Quieted")), 0)
        self.assertIn(made["id"], [entry["id"] for entry in self.owner.get("/api/v1/suppressions")["suppressions"]])
        self.ask("DELETE", one, None, 204)
        self.assertEqual(self.matched(record(1, "Quieted")), 1)
        self.assertEqual(self.owner.get(path)["suppressions"], [])

    def test_history_and_the_way_back(self):
        rule = self.rule("Turning")
        path = "/api/v1/rules/" + rule["id"]
        self.ask("PUT", path, {**rule, "filter": 'eventName = "Other"'})
        self.assertEqual(self.matched(record(1, "Turning")), 0)
        versions = self.owner.get(path + "/history")["versions"]
        self.assertEqual([(one["version"], one["action"], one["who"]) for one in versions],
                         [(2, "changed", "owner@acme.example"), (1, "added", "owner@acme.example")])
        self.ask("POST", path + "/restore", {"version": 1}, 409, **{"If-Match": '"1"'})
        self.ask("POST", path + "/restore", {"version": 9}, 404)
        self.ask("POST", path + "/restore", {"version": "1"}, 400)
        self.assertEqual(self.ask("POST", path + "/restore", {"version": 1}, **{"If-Match": '"2"'})["version"], 3)
        self.assertEqual(self.matched(record(1, "Turning")), 1)
        self.ask("DELETE", path, None, 204)
        self.ask("POST", path + "/restore", {"version": 3})
        self.assertEqual(self.owner.get(path)["version"], 5)
        # What would not be in force is not restored.
        called = self.ask("POST", "/api/v1/lists", {"name": "fleeting", "items": ["a"]}, 201)
        with_list = self.ask("PUT", path, {**rule, "filter": "user in $fleeting"})
        self.ask("PUT", path, rule)
        self.ask("DELETE", "/api/v1/lists/" + called["id"], None, 204)
        self.assertEqual(self.ask("POST", path + "/restore", {"version": with_list["version"]}, 400)["code"], "bad_filter")

    def test_tags_and_settings_of_shipped_rules(self):
        shipped = self.owner.get("/api/v1/rules?managed=true&limit=2")["rules"][1]
        path = "/api/v1/rules/" + shipped["id"]
        tags = {"inclusion": [{"source": "ec2", "key": "env", "value": "prod"}], "exclusion": []}
        self.assertEqual(self.ask("GET", path + "/tags")["version"], 0)
        self.ask("PUT", path + "/tags", tags, **{"If-Match": '"0"'})
        self.ask("PUT", path + "/tags", tags, 409, **{"If-Match": '"0"'})
        self.assertEqual(self.owner.get(path)["tags"], tags)
        self.ask("PUT", path + "/tags", {"inclusion": [{"source": "", "key": "k"}]}, 400)
        self.assertEqual(self.owner.get(path + "/tags/history")["versions"][0]["body"], tags)
        self.ask("PUT", path + "/tags", {"inclusion": [], "exclusion": []}, **{"If-Match": '"1"'})
        self.ask("POST", path + "/tags/restore", {"version": 9}, 404)
        self.ask("POST", path + "/tags/restore", {"version": 1}, **{"If-Match": '"2"'})
        self.assertEqual(self.owner.get(path)["tags"], tags)
        self.assertEqual(self.ask("GET", path + "/settings"), {"version": 0})
        settled = self.ask("PUT", path + "/settings", {"enabled": False, "window_s": 120}, **{"If-Match": '"0"'})
        self.assertEqual((settled["enabled"], settled["window_s"], settled["version"]), (False, 120, 1))
        self.ask("PUT", path + "/settings", {"enabled": True}, 409, **{"If-Match": '"0"'})
        self.ask("PUT", path + "/settings", {"severity": 9}, 400)
        self.assertEqual(self.owner.get(path + "/history")["versions"][0]["body"], {"enabled": False, "window_s": 120})
        self.ask("DELETE", path + "/settings", None, 204, **{"If-Match": '"1"'})
        self.assertEqual(self.owner.get(path)["enabled"], shipped["enabled"])
        self.ask("PUT", path, {**RULE, "name": "Not mine"}, 404)

    def test_rulesets_hold_rules_and_switch_them(self):
        one, two = self.rule("InSet1"), self.rule("InSet2", enabled=False)
        shipped = self.owner.get("/api/v1/rules?managed=true&enabled=true&limit=1")["rules"][0]
        made = self.ask("POST", "/api/v1/rulesets", {"name": "Night", "rules": [one["id"], two["id"], shipped["id"]]}, 201)
        path = "/api/v1/rulesets/" + made["id"]
        self.assertEqual((made["enabled"], made["enabled_count"]), ("some", 2))
        self.assertEqual(self.owner.get("/api/v1/rules/" + shipped["id"])["rulesets"], ["Night"])
        self.assertEqual({rule["id"] for rule in self.owner.get("/api/v1/rules?ruleset=Night")["rules"]}, set(made["rules"]))
        self.assertEqual(self.ask("PUT", path + "/enabled", {"enabled": False})["enabled"], "none")
        self.assertEqual(self.matched(record(1, "InSet1")), 0)
        self.assertEqual(self.ask("PUT", path + "/enabled", {"enabled": True})["enabled"], "all")
        self.assertEqual(self.matched(record(1, "InSet1"), record(1, "InSet2")), 2)
        self.ask("PUT", path, {"name": "Night", "rules": [NO_ID]}, 404)
        self.ask("PUT", path, {"name": "Night", "rules": []}, 409, **{"If-Match": '"5"'})
        self.assertEqual(self.ask("PUT", path, {"name": "Night", "rules": [one["id"]]}, **{"If-Match": '"1"'})["rules"], [one["id"]])
        self.assertEqual(self.ask("POST", path + "/restore", {"version": 1})["version"], 3)
        names = {entry["name"]: entry for entry in self.owner.get("/api/v1/rulesets")["rulesets"]}
        self.assertTrue(names["iam"]["managed"])
        self.assertEqual(self.owner.get("/api/v1/rulesets/iam")["rules"], names["iam"]["rules"])
        self.assertEqual(self.ask("POST", "/api/v1/rulesets", {"name": "iam", "rules": []}, 409)["code"], "name_taken")
        self.ask("PUT", "/api/v1/rulesets/iam", {"name": "mine", "rules": []}, 404)
        self.ask("DELETE", path, None, 204)

    def test_people_come_by_invitation_and_roles_hold_at_once(self):
        nobody = Client(self.service, {})
        made = self.ask("POST", "/api/v1/invitations", {"email": "Bob@acme.example", "role": "user"}, 201)
        listed = self.owner.get("/api/v1/invitations")["invitations"]
        self.assertIn("bob@acme.example", [one["email"] for one in listed])
        self.assertNotIn(made["token"], json.dumps(listed))
        look = self.ask("POST", "/api/v1/invitations/look", {"token": made["token"]}, who=nobody)
        self.assertEqual((look["email"], look["role"], look["organisation"]), ("bob@acme.example", "user", self.owner.get("/api/v1/organisation")["name"]))
        self.ask("POST", "/api/v1/invitations/look", {"token": "vigia_no"}, 403, nobody)
        self.ask("POST", "/api/v1/invitations/accept", {"token": made["token"], "password": "short"}, 400, nobody)
        self.ask("POST", "/api/v1/invitations/accept", {"token": made["token"], "password": PASSWORD}, 201, nobody)
        self.ask("POST", "/api/v1/invitations/accept", {"token": made["token"], "password": PASSWORD}, 403, nobody)
        bob = sign_in(self.service, "bob@acme.example")
        user = next(one for one in self.owner.get("/api/v1/users")["users"] if one["email"] == "bob@acme.example")
        path = "/api/v1/users/" + user["id"]
        self.assertEqual((user["role"], user["disabled"], user["version"]), ("user", False, 1))
        self.assertEqual(self.owner.get(path), user)
        self.ask("GET", "/api/v1/users/none", expect=404)
        self.assertEqual(bob.get("/api/v1/session")["user"], user["id"])
        self.ask("PUT", path, {"role": "reader"}, 409, **{"If-Match": '"4"'})
        self.ask("PUT", path, {"role": "king"}, 400)
        self.assertEqual(self.ask("PUT", path, {"role": "reader"}, **{"If-Match": '"1"'})["version"], 2)
        self.ask("GET", "/api/v1/rules", expect=401, who=bob)  # the sessions ended with the role
        bob = sign_in(self.service, "bob@acme.example")
        self.ask("POST", "/api/v1/rules", RULE, 403, bob)
        self.assertTrue(self.ask("PUT", path, {"disabled": True})["disabled"])
        self.ask("GET", "/api/v1/rules", expect=401, who=bob)
        self.assertEqual(self.service.call("POST", "/api/v1/session", {"email": "bob@acme.example", "password": PASSWORD})[0], 401)
        self.ask("PUT", path, {"disabled": False})
        sign_in(self.service, "bob@acme.example")
        self.ask("DELETE", path, None, 409, **{"If-Match": '"1"'})
        self.ask("DELETE", path, None, 204)
        self.ask("GET", path, expect=404)
        revoked = self.ask("POST", "/api/v1/invitations", {"email": "eve@acme.example", "role": "owner"}, 201)
        self.ask("DELETE", "/api/v1/invitations/" + revoked["id"], None, 204)
        self.ask("DELETE", "/api/v1/invitations/" + revoked["id"], None, 404)
        self.ask("POST", "/api/v1/invitations/accept", {"token": revoked["token"], "password": PASSWORD}, 403, nobody)
        for action in ("user invited", "invitation accepted", "role changed", "user disabled", "user enabled", "user removed",
                       "invitation revoked"):
            self.assertIn(action, self.actions())

    def test_the_last_owner_stays(self):
        me = next(one for one in self.owner.get("/api/v1/users")["users"] if one["email"] == "owner@acme.example")
        path = "/api/v1/users/" + me["id"]
        for method, body in (("PUT", {"role": "user"}), ("PUT", {"disabled": True}), ("DELETE", None)):
            refused = self.ask(method, path, body, 409)
            self.assertEqual((refused["code"], "last owner" in refused["detail"]), ("conflict", True))
        second = self.invited("second@acme.example", "owner")
        mate = "/api/v1/users/" + second.get("/api/v1/session")["user"]
        self.ask("PUT", mate, {"disabled": True})
        self.ask("DELETE", path, None, 409)  # a disabled owner is none to rely on
        self.ask("DELETE", mate, None, 204)

    def test_everybody_may_know_whom_work_can_be_given_to(self):
        before = self.owner.get("/api/v1/people")["people"]
        dora = self.invited("dora@acme.example", "user")
        added = {"email": "dora@acme.example", "role": "user"}
        everybody = sorted([*before, added], key=lambda one: one["email"])
        for who in (self.owner, self.reader, dora):
            self.assertEqual(self.ask("GET", "/api/v1/people", who=who), {"people": everybody, "next": None})
        seen, cursor = [], ""
        while cursor is not None:
            page = self.reader.get(f"/api/v1/people?limit=1&cursor={cursor}")
            seen += page["people"]
            cursor = page["next"]
        self.assertEqual(seen, everybody)
        self.ask("PUT", "/api/v1/users/" + dora.get("/api/v1/session")["user"], {"disabled": True})
        self.assertEqual(self.reader.get("/api/v1/people")["people"], before)
        self.assertEqual(self.other.get("/api/v1/people")["people"], [])

    def test_users_tell_when_they_signed_in_last(self):
        def shown():
            return next(one for one in self.owner.get("/api/v1/users")["users"] if one["email"] == "nina@acme.example")
        made = self.ask("POST", "/api/v1/invitations", {"email": "nina@acme.example", "role": "reader"}, 201)
        self.ask("POST", "/api/v1/invitations/accept", {"token": made["token"], "password": PASSWORD}, 201, Client(self.service, {}))
        never = shown()
        self.assertIsNone(never["last_login_at"])
        sign_in(self.service, "nina@acme.example")
        first = shown()["last_login_at"]
        self.assertRegex(first, r"^20\d\d-.*Z$")
        sign_in(self.service, "nina@acme.example")
        self.assertGreater(shown()["last_login_at"], first)
        path = "/api/v1/users/" + never["id"]
        self.assertEqual(self.owner.get(path), shown())
        # What was read may be sent back, and says nothing of the login.
        changed = self.ask("PUT", path, {**never, "role": "user"})
        self.assertEqual((changed["role"], changed["last_login_at"]), ("user", shown()["last_login_at"]))

    def test_the_log_is_paged_to_its_end_and_narrowed(self):
        for name in ("paged_one", "paged_two"):
            self.ask("POST", "/api/v1/lists", {"name": name, "items": []}, 201)
        every = self.owner.get("/api/v1/audit?limit=1000")
        self.assertIsNone(every["next"])
        seen, cursor = [], ""
        while cursor is not None:
            page = self.owner.get(f"/api/v1/audit?limit=3&cursor={cursor}")
            self.assertLessEqual(len(page["entries"]), 3)
            seen += page["entries"]
            cursor = page["next"]
        self.assertEqual(seen, every["entries"])
        self.assertEqual(len({one["id"] for one in seen}), len(seen))
        last = every["entries"][0]
        self.assertEqual(last["action"], "list added")
        for query, holds in ((f"who={last['who']}", lambda one: one["who"] == last["who"]),
                             ("action=list%20added", lambda one: one["action"] == "list added"),
                             (f"subject={last['subject']}", lambda one: one["subject"] == last["subject"]),
                             (f"from={last['time']}", lambda one: one["time"] >= last["time"]),
                             (f"until={last['time']}", lambda one: one["time"] < last["time"]),
                             ("action=list%20added&who=nobody", lambda one: False)):
            found = self.owner.get(f"/api/v1/audit?limit=1000&{query}")["entries"]
            self.assertEqual(found, [one for one in every["entries"] if holds(one)], query)
        for bad in ("limit=0", "limit=1001", "cursor=x", "from=yesterday", "who=%00", "subject=" + "x" * 1001):
            self.ask("GET", "/api/v1/audit?" + bad, expect=400)
        self.ask("GET", "/api/v1/audit", expect=403, who=self.reader)
        self.assertNotIn("paged_one", json.dumps(self.other.get("/api/v1/audit")))

    def test_an_own_password_is_changed_and_ends_other_sessions(self):
        here = self.invited("carol@acme.example", "reader")
        there = sign_in(self.service, "carol@acme.example")
        listed = here.get("/api/v1/sessions")["sessions"]
        self.assertEqual(sorted(one["current"] for one in listed), [False, True])
        third = sign_in(self.service, "carol@acme.example")
        ended = next(one["id"] for one in third.get("/api/v1/sessions")["sessions"] if one["current"])
        self.ask("DELETE", "/api/v1/sessions/" + ended, None, 204, here)
        self.ask("GET", "/api/v1/rules", expect=401, who=third)
        wrong = {"current_password": "not my password", "new_password": OTHER_PASSWORD}
        self.assertEqual(self.ask("POST", "/api/v1/session/password", wrong, 403, here)["code"], "wrong_password")
        self.ask("POST", "/api/v1/session/password", {"current_password": PASSWORD, "new_password": "short"}, 400, here)
        status, headers, body = here.call("POST", "/api/v1/session/password", {"current_password": PASSWORD, "new_password": OTHER_PASSWORD})
        self.assertEqual(status, 200, body)
        now = Client(self.service, {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": body["csrf_token"]})
        now.get("/api/v1/rules")
        for ended in (here, there):
            self.ask("GET", "/api/v1/rules", expect=401, who=ended)
        self.assertEqual(self.service.call("POST", "/api/v1/session", {"email": "carol@acme.example", "password": PASSWORD})[0], 401)
        self.ask("DELETE", f"/api/v1/users/{now.get('/api/v1/session')['user']}/sessions", None, 204)
        self.ask("GET", "/api/v1/rules", expect=401, who=now)
        self.ask("POST", "/api/v1/session/password", {"current_password": PASSWORD, "new_password": PASSWORD}, 403, self.reader)

    def test_keys_are_listed_without_their_tokens_and_revoked(self):
        made = self.ask("POST", "/api/v1/keys", {"name": "ci", "kind": "api", "role": "user"}, 201)
        key = Client(self.service, {"Authorization": "Bearer " + made["token"]})
        key.get("/api/v1/rules")
        listed = self.owner.get("/api/v1/keys")["keys"]
        one = next(entry for entry in listed if entry["id"] == made["id"])
        self.assertEqual((one["kind"], one["role"], one["hint"], one["created_by"], one["revoked_at"]),
                         ("api", "user", made["token"][-4:], "owner@acme.example", None))
        self.assertIsNotNone(one["last_used_at"])
        self.assertNotIn(made["token"], json.dumps(listed))
        self.ask("DELETE", "/api/v1/keys/" + made["id"], None, 204)
        self.ask("GET", "/api/v1/rules", expect=401, who=key)
        self.ask("DELETE", "/api/v1/keys/" + made["id"], None, 404)
        self.assertNotIn(made["id"], [entry["id"] for entry in self.owner.get("/api/v1/keys")["keys"]])
        self.assertIn(made["id"], [entry["id"] for entry in self.owner.get("/api/v1/keys?revoked=true")["keys"]])

    def test_preferences_and_searches_are_a_users_own(self):
        dave, erin = self.invited("dave@acme.example", "reader"), self.invited("erin@acme.example", "user")
        self.assertEqual(dave.get("/api/v1/preferences"), {})
        self.ask("PUT", "/api/v1/preferences", {"theme": "dark"}, who=dave, **{"If-Match": '"0"'})
        self.ask("PUT", "/api/v1/preferences", {"theme": "light"}, 409, dave, **{"If-Match": '"0"'})
        self.ask("PUT", "/api/v1/preferences", "[]", 400, dave)
        self.assertEqual((dave.get("/api/v1/preferences"), erin.get("/api/v1/preferences")), ({"theme": "dark"}, {}))
        made = self.ask("POST", "/api/v1/searches", {"name": "logins", "body": {"filter": "a = 1"}}, 201, dave)
        path = "/api/v1/searches/" + made["id"]
        self.ask("GET", path, expect=404, who=erin)
        self.ask("PUT", path, {**made, "shared": True}, 409, dave, **{"If-Match": '"8"'})
        shared = self.ask("PUT", path, {**made, "shared": True}, who=dave, **{"If-Match": '"1"'})
        self.assertEqual((shared["version"], shared["own"]), (2, True))
        self.assertEqual([(one["name"], one["own"]) for one in erin.get("/api/v1/searches")["searches"]], [("logins", False)])
        self.assertEqual(erin.get(path)["body"], {"filter": "a = 1"})
        self.ask("PUT", path, shared, 403, erin)
        self.ask("DELETE", path, None, 403, erin)
        self.ask("POST", "/api/v1/searches", {"name": "x", "body": 1}, 400, dave)
        self.ask("DELETE", path, None, 204, dave)
        self.ask("GET", "/api/v1/preferences", expect=403, who=self.reader)

    def test_the_organisation_and_its_settings(self):
        before = self.ask("GET", "/api/v1/organisation")
        taken = self.ask("PUT", "/api/v1/organisation", {"name": "Other"}, 409)
        self.assertEqual((taken["code"], taken["detail"]), ("name_taken", "there is an organisation 'Other' already"))
        self.ask("PUT", "/api/v1/organisation", {"name": "New name"}, 409, **{"If-Match": '"77"'})
        after = self.ask("PUT", "/api/v1/organisation", {"name": "Acme & Sons"}, **{"If-Match": f'"{before["version"]}"'})
        self.assertEqual((after["name"], after["version"], after["id"]), ("Acme & Sons", before["version"] + 1, before["id"]))
        status, headers, settings = self.owner.call("GET", "/api/v1/settings")
        self.assertEqual((status, settings["retention_days"], settings["time_zone"]), (200, 90, "UTC"))
        changed = self.ask("PUT", "/api/v1/settings", {"retention_days": 30}, **{"If-Match": headers["ETag"]})
        self.assertEqual((changed["retention_days"], changed["time_zone"]), (30, "UTC"))
        self.ask("PUT", "/api/v1/settings", {"retention_days": 31}, 409, **{"If-Match": headers["ETag"]})
        self.ask("PUT", "/api/v1/settings", {"time_zone": "Europe/Paris", "retention_days": 0}, 400)
        for wrong in ("Mars/Olympus", "../../etc/passwd", "europe paris", "posixrules"):
            refused = self.ask("PUT", "/api/v1/settings", {"time_zone": wrong}, 400)
            self.assertIn("a name of the tz database as Europe/Paris", refused["detail"])
        self.assertEqual(self.owner.get("/api/v1/settings")["time_zone"], "UTC", "all of them or none")
        self.assertIn("did you mean 'retention_days'", self.ask("PUT", "/api/v1/settings", {"retention_day": 1}, 400)["detail"])
        self.assertEqual(self.other.get("/api/v1/settings")["retention_days"], 90)
        self.assertEqual({"organisation renamed", "setting changed"} - set(self.actions()), set())


class ControlAccessTest(unittest.TestCase):
    """Every call of the control plane: no login, a role that may not, another organisation's id."""

    @classmethod
    def setUpClass(cls):
        ControlTest.setUpClass.__func__(cls)
        def made(path, body):
            status, _, content = cls.owner.call("POST", path, body)
            assert status in (200, 201), (path, content)
            return content["id"]
        cls.rule = "/api/v1/rules/" + made("/api/v1/rules", RULE)
        cls.list = "/api/v1/lists/" + made("/api/v1/lists", {"name": "own", "items": ["a"]})
        cls.set = "/api/v1/rulesets/" + made("/api/v1/rulesets", {"name": "Own", "rules": []})
        cls.quiet = "/api/v1/suppressions/" + made(cls.rule + "/suppressions", {"filter": 'user = "nobody"'})
        cls.search = "/api/v1/searches/" + made("/api/v1/searches", {"name": "s", "body": {}, "shared": True})
        cls.invitation = "/api/v1/invitations/" + made("/api/v1/invitations", {"email": "f@acme.example", "role": "user"})
        cls.key = "/api/v1/keys/" + made("/api/v1/keys", {"name": "k", "kind": "source"})
        cls.user = "/api/v1/users/" + cls.owner.get("/api/v1/session")["user"]
        cls.owner.call("PUT", cls.rule + "/tags", {"inclusion": [], "exclusion": []})

    @classmethod
    def tearDownClass(cls):
        ControlTest.tearDownClass.__func__(cls)

    def of_one(self):
        """Calls of one thing, with the least role that may make them."""
        reads = [self.rule, self.rule + "/tags", self.rule + "/suppressions", self.rule + "/history", self.rule + "/tags/history",
                 self.list, self.list + "/history", self.set, self.set + "/history", self.quiet, self.quiet + "/history"]
        restore = {"version": 1}
        writes = [("PUT", self.rule, {**RULE, "name": "taken"}), ("POST", self.rule + "/clone", {}), ("POST", self.rule + "/restore", restore),
                  ("PUT", self.rule + "/tags", {}), ("POST", self.rule + "/tags/restore", restore),
                  ("POST", self.rule + "/suppressions", {"filter": 'user = "x"'}), ("PUT", self.quiet, {"filter": 'user = "x"'}),
                  ("POST", self.quiet + "/restore", restore), ("PUT", self.set, {"name": "x", "rules": []}),
                  ("PUT", self.set + "/enabled", {"enabled": True}), ("POST", self.set + "/restore", restore),
                  ("PUT", self.list, {"name": "x", "items": []}), ("POST", self.list + "/restore", restore),
                  ("DELETE", self.quiet, None), ("DELETE", self.set, None), ("DELETE", self.list, None), ("DELETE", self.rule, None)]
        owners = [("GET", self.user, None), ("PUT", self.user, {"role": "reader"}), ("DELETE", self.user + "/sessions", None),
                  ("DELETE", self.user, None), ("DELETE", self.invitation, None), ("DELETE", self.key, None)]
        return reads, writes, owners

    def of_all(self):
        reads = ["/api/v1/rules", "/api/v1/lists", "/api/v1/rulesets", "/api/v1/suppressions", "/api/v1/organisation", "/api/v1/settings", "/api/v1/people"]
        writes = [("POST", "/api/v1/rules", {**RULE, "name": "New"}), ("POST", "/api/v1/lists", {"name": "n", "items": []}),
                  ("POST", "/api/v1/rulesets", {"name": "n", "rules": []})]
        owners = [("GET", "/api/v1/users", None), ("GET", "/api/v1/invitations", None), ("GET", "/api/v1/keys", None),
                  ("POST", "/api/v1/invitations", {"email": "g@acme.example", "role": "user"}),
                  ("PUT", "/api/v1/organisation", {"name": "n"}), ("PUT", "/api/v1/settings", {"retention_days": 1})]
        return reads, writes, owners

    def test_nobody_without_a_login(self):
        for reads, writes, owners in (self.of_one(), self.of_all()):
            for method, path, body in [("GET", path, None) for path in reads] + writes + owners:
                self.assertEqual(self.service.call(method, path, body)[0], 401, (method, path))
        for method, path in (("GET", "/api/v1/preferences"), ("PUT", "/api/v1/preferences"), ("GET", "/api/v1/searches"), ("GET", self.search),
                             ("POST", "/api/v1/searches"), ("GET", "/api/v1/sessions"), ("DELETE", "/api/v1/sessions/x"),
                             ("POST", "/api/v1/session/password"), ("POST", "/api/v1/filters/check"), ("POST", "/api/v1/rules/check")):
            self.assertEqual(self.service.call(method, path, {})[0], 401, (method, path))

    def test_no_role_beyond_its_rights(self):
        user = make_key(self.owner, "api", role="user")
        for reads, writes, owners in (self.of_one(), self.of_all()):
            for path in reads:
                self.assertEqual(self.reader.call("GET", path)[0], 200, path)
                self.assertEqual(self.source.call("GET", path)[0], 403, path)
            for method, path, body in writes + owners:
                self.assertEqual(self.reader.call(method, path, body)[0], 403, (method, path))
            for method, path, body in owners:
                self.assertEqual(user.call(method, path, body)[0], 403, (method, path))

    def test_nothing_of_another_organisation(self):
        reads, writes, owners = self.of_one()
        for method, path, body in [("GET", path, None) for path in reads] + writes + owners:
            status, _, content = self.other.call(method, path, body)
            self.assertEqual(status, 404, (method, path, content))
        for path, name in (("/api/v1/rules?managed=false", "rules"), ("/api/v1/suppressions", "suppressions"), ("/api/v1/users", "users"),
                           ("/api/v1/people", "people"),
                           ("/api/v1/invitations", "invitations")):
            self.assertEqual(self.other.get(path)[name], [], path)
        for path, name in (("/api/v1/lists", "lists"), ("/api/v1/rulesets", "rulesets")):
            self.assertTrue(all(one["managed"] for one in self.other.get(path)[name]), path)
        self.assertEqual([one["name"] for one in self.other.get("/api/v1/keys")["keys"]], ["k"])
        body = {"name": "theirs", "rules": [self.rule.rsplit("/", 1)[1]]}
        self.assertEqual(self.other.call("POST", "/api/v1/rulesets", body)[0], 404)


if __name__ == "__main__":
    unittest.main()
