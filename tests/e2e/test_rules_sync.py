"""Stories of `vigia rules push|pull|diff`: a folder of YAML in git against a real service."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from service import VIGIA, Client, Service, key_of_another, make_key, set_up

FILE = """id: 0b5c0de0-1111-4222-8333-444455556666
name: Bucket read
title: "{{user}} read from {{ip}}"
type: CloudTrail
severity: 1
# A comment of its author.
description: Somebody read the bucket.
filter: |
  eventName = "ReadTheBucket"
  and user in $watched
aggregate_fields: [user]
window: 1h
tests:
  - name: fires
    fires: true
    event: {eventName: ReadTheBucket, eventSource: s3.amazonaws.com, userIdentity: {type: IAMUser, userName: alice}}
  - name: another call
    fires: false
    event: {eventName: GetObject, eventSource: s3.amazonaws.com, userIdentity: {type: IAMUser, userName: alice}}
"""
LIST = "name: watched\ndescription: People we watch.\nitems: [alice, bob]\n"


class RulesSyncCase(unittest.TestCase):
    """A service, and for each test a folder of rules and an organisation of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = str(pathlib.Path(cls.folder.name) / "data")
        cls.service = Service(cls.data)
        cls.owner = set_up(cls.service)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    def setUp(self):
        """A folder of rules, and an organisation with an api key of its own."""
        own = tempfile.TemporaryDirectory()
        self.addCleanup(own.cleanup)
        self.rules = pathlib.Path(own.name) / "rules"
        self.key_file = pathlib.Path(own.name) / "key"
        name = self.id().rsplit(".", 1)[1]
        self.admin("organisation", "add", name)
        self.api = self.key(name, "user")
        self.key_file.write_text(self.api.headers["Authorization"].split()[1] + "\n")

    def admin(self, *words):
        done = subprocess.run([VIGIA, *words, "--data", self.data], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def key(self, organisation, role):
        out = self.admin("key", "add", "--organisation", organisation, "--kind", "api", "--role", role, "git")
        return Client(self.service, {"Authorization": "Bearer " + re.search(r"vigia_\w+", out).group(0)})

    def run_rules(self, command, *options, folder=None, key=True, **environment):
        words = [VIGIA, "rules", command, str(folder or self.rules), "--url", f"http://127.0.0.1:{self.service.port}", *options]
        if key:
            words += ["--key-file", str(self.key_file)]
        given = {name: value for name, value in os.environ.items() if name != "VIGIA_KEY"}
        # A proxy of the environment is not for this machine itself.
        given.update({"http_proxy": "http://127.0.0.1:9", **environment})
        return subprocess.run(words, capture_output=True, text=True, timeout=120, env=given)

    def good(self, command, *options, code=0, **more):
        done = self.run_rules(command, *options, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def write(self, path, text):
        file = self.rules / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def own_rules(self):
        return self.api.get("/api/v1/rules?managed=false")["rules"]

    def content(self):
        return {str(path.relative_to(self.rules)): path.read_text() for path in self.rules.rglob("*") if path.is_file()}

    def shipped(self):
        return self.api.get("/api/v1/rules?managed=true&limit=1")["rules"][0]


class RulesSyncTest(RulesSyncCase):
    def test_a_folder_is_pushed_and_a_pull_after_it_changes_nothing(self):
        shipped = self.shipped()
        self.write("cloudtrail/buckets/read.yaml", FILE)
        self.write("lists/watched.yaml", LIST)
        self.write("managed.yaml", f"- rule: {shipped['id']}\n  severity: 3\n  enabled: false\n  window: 2h\n")
        written = self.content()
        out = self.good("diff", code=1)
        self.assertEqual(re.findall(r"^(\w+) +(\w+)", out, re.M), [("added", "list"), ("added", "rule"), ("added", "settings")])
        self.assertEqual(self.own_rules(), [], "a diff changes nothing")
        self.good("push", "--dry-run", code=1)
        self.assertEqual(self.own_rules(), [], "nor does a dry run")
        self.good("push")
        (rule,) = self.own_rules()
        self.assertEqual((rule["id"], rule["version"], rule["ruleset"], rule["window_s"]),
                         ("0b5c0de0-1111-4222-8333-444455556666", 1, "buckets", 3600))
        settled = self.api.get("/api/v1/rules/" + shipped["id"])
        self.assertEqual((settled["severity"], settled["enabled"], settled["window_s"]), (3, False, 7200))
        self.assertEqual(self.good("diff"), "")
        self.good("push")
        self.assertEqual(self.own_rules()[0]["version"], 1, "what is the same is not pushed again")
        self.assertEqual(self.good("pull"), "")
        self.assertEqual(self.content(), written, "not a byte")
        self.assertEqual(subprocess.run([VIGIA, "rules", "check", str(self.rules)], capture_output=True).returncode, 0)

    def test_changes_go_both_ways_and_show_as_a_diff(self):
        file = self.write("cloudtrail/buckets/read.yaml", FILE)
        self.write("lists/watched.yaml", LIST)
        self.good("push")
        file.write_text(FILE.replace("severity: 1", "severity: 2"))
        out = self.good("diff", code=1)
        self.assertIn(f"changed  rule Bucket read ({file})\n--- service\n+++ {file}\n@@", out)
        self.assertIn("\n-severity: 1\n+severity: 2\n", out)
        self.good("push")
        (rule,) = self.own_rules()
        self.assertEqual((rule["severity"], rule["version"]), (2, 2))
        status, _, _ = self.api.call("PUT", "/api/v1/rules/" + rule["id"], {**rule, "title": "Edited: \"here\" \\ é", "ruleset": "Base Rule Set"})
        self.assertEqual(status, 200)
        self.good("pull", "--dry-run", code=1)
        self.assertIn("severity: 2", file.read_text())
        self.good("pull")
        self.assertIn('title: "Edited: \\"here\\" \\\\ é"', file.read_text())
        self.assertIn("\nruleset: \"Base Rule Set\"\n", file.read_text())
        self.assertTrue(file.read_text().endswith(FILE[FILE.index("tests:"):]), "tests stay")
        self.assertEqual(self.good("diff"), "")

    def test_tests_go_both_ways(self):
        file = self.write("cloudtrail/buckets/read.yaml", FILE)
        self.write("lists/watched.yaml", LIST)
        self.good("push")
        (listed,) = self.own_rules()
        self.assertNotIn("tests", listed, "lists leave them out")
        rule = self.api.get("/api/v1/rules/" + listed["id"])
        self.assertEqual([(one["name"], one["fires"]) for one in rule["tests"]], [("fires", True), ("another call", False)])
        event = {"eventName": "ReadTheBucket", "text": "é \" \\ / \u0001 🚀: # {x}", "numbers": [1.0, 1e5, 12345678901234567890123], "none": None, "": {}}
        pasted = json.dumps(event, indent=2).replace("100000.0", "1E5").replace("/", "\\/")
        added = [*rule["tests"], {"name": "pasted: \"it\"", "fires": False, "event": pasted},
                 {"name": "an alert", "fires": True, "events": [pasted, rule["tests"][0]["event"]]}]
        status, _, changed = self.api.call("PUT", "/api/v1/rules/" + rule["id"], {**rule, "tests": added})
        self.assertEqual(status, 200, changed)
        kept = changed["tests"][2]["event"]
        self.assertEqual(json.loads(kept), event)
        self.assertIn("[1.0,1E5,12345678901234567890123]", kept, "numbers stay as they were written")
        self.good("pull")
        self.assertIn("pasted: ", file.read_text())
        self.assertEqual(self.good("diff"), "")
        self.assertEqual(self.good("pull"), "")
        outcome = subprocess.run([VIGIA, "rules", "test", str(self.rules)], capture_output=True, text=True, timeout=60)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        self.assertIn("4 tests of 1 rules: 4 passed", outcome.stdout)
        file.write_text(FILE[:FILE.index("  - name: another")])
        self.assertIn("-    fires: false", self.good("diff", code=1))
        self.good("push")
        self.assertEqual(len(self.api.get("/api/v1/rules/" + rule["id"])["tests"]), 1, "one test alone is taken")

    def test_a_pull_into_nothing_has_stable_names_and_pushes_back_as_it_was(self):
        odd = ["Plain", "Odd / name: é", "../../escape", "Odd name", "odd  NAME"]
        for number, name in enumerate(odd):
            body = {"name": name, "title": "" if number == 1 else name, "type": "Host" if number % 2 else "CloudTrail",
                    "filter": ' # first\n\n  user = "é"  \nor user = "#"\n\n' if number == 2 else 'user = "a"',
                    "description": "d\n- x: [y", "ruleset": ["", "lists", "A/B", "base", "base"][number], "window_s": 61 * (number + 1),
                    "references": ["https://example.org/?a=b#c"], "suppressions": ['user = "\'"'], "attack": ["T1000"], "severity": 1}
            status, _, made = self.api.call("POST", "/api/v1/rules", body)
            self.assertEqual(status, 201, made)
        status, _, made = self.api.call("POST", "/api/v1/lists", {"name": "nets", "description": "d: e", "items": ["10.0.0.0/8", "yes", "é", "#"]})
        self.assertEqual(status, 201, made)
        before = self.own_rules()
        self.good("pull")
        first = self.content()
        self.assertEqual(len(first), len(odd) + 1)
        self.assertTrue(all(path.resolve().is_relative_to(self.rules.resolve()) for path in self.rules.rglob("*")))
        self.assertEqual(self.good("pull"), "")
        self.assertEqual(self.good("diff"), "")
        again = self.rules.parent / "again"
        self.good("pull", folder=again)
        self.assertEqual({str(path.relative_to(again)): path.read_text() for path in again.rglob("*") if path.is_file()}, first)
        for rule in before:
            self.assertEqual(self.api.call("DELETE", "/api/v1/rules/" + rule["id"])[0], 204)
        self.good("push")
        kept = [{name: value for name, value in rule.items() if name not in ("version", "created_at", "updated_at")} for rule in self.own_rules()]
        was = [{name: value for name, value in rule.items() if name not in ("version", "created_at", "updated_at")} for rule in before]
        for rule in was:
            rule["filter"] = rule["filter"].rstrip("\n")
        self.assertEqual(kept, was)

    def test_what_only_one_side_has_goes_with_prune_alone(self):
        file = self.write("cloudtrail/buckets/read.yaml", FILE)
        other = self.write("lists/watched.yaml", LIST)
        shipped = self.shipped()
        managed = self.write("managed.yaml", f"- rule: {shipped['id']}\n  severity: 1\n")
        self.good("push")
        for path in (file, other, managed):
            path.unlink()
        out = self.good("diff", code=1)
        self.assertEqual(out.count("removed "), 3)
        self.good("push")
        self.assertEqual(len(self.own_rules()), 1)
        self.good("push", "--prune")
        self.assertEqual(self.own_rules(), [])
        self.assertEqual(self.api.get(f"/api/v1/rules/{shipped['id']}")["version"], 0)
        self.assertTrue(all(one["managed"] for one in self.api.get("/api/v1/lists")["lists"]))
        file.write_text(FILE)
        other.write_text(LIST)
        managed.write_text(f"- rule: {shipped['id']}\n  severity: 1\n")
        self.good("pull")
        self.assertEqual(len(self.content()), 3)
        self.good("pull", "--prune")
        self.assertEqual(self.content(), {})

    def test_a_wrong_file_is_named_by_its_line_and_nothing_is_pushed(self):
        self.write("cloudtrail/a/good.yaml", FILE.replace("and user in $watched", ""))
        cases = {"severity: 1": ("severity: 7", "bad.yaml:5: error: 'severity'"), "window: 1h": ("windows: 1h", "did you mean 'window'?"),
                 "and user": ("and and user", "filter, line 2, column 9: expected an operator")}
        for old, (new, expected) in cases.items():
            bad = self.write("cloudtrail/a/bad.yaml", FILE.replace(old, new).replace("5666", "5667").replace("Bucket read", "Other"))
            self.write("lists/watched.yaml", LIST)
            done = self.run_rules("push")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(expected, done.stderr)
            bad.unlink()
        self.write("managed.yaml", "- rule: nothing\n- rule: 0b5c0de0-1111-4222-8333-444455556666\n  severity: 9\n  colour: red\n")
        done = self.run_rules("diff")
        self.assertEqual(done.returncode, 2)
        for expected in ("managed.yaml:1:", "managed.yaml:2: error: a severity is 1 to 3", "managed.yaml:4:", "'colour'"):
            self.assertIn(expected, done.stderr)
        self.assertEqual(self.own_rules(), [])
        self.assertIn("there is no such folder", self.run_rules("push", folder=self.rules / "none").stderr)

    def test_what_the_service_refuses_is_said_with_the_file(self):
        shipped = self.shipped()
        file = self.write("cloudtrail/a/mine.yaml", FILE.replace("0b5c0de0-1111-4222-8333-444455556666", shipped["id"]))
        self.write("lists/watched.yaml", LIST)
        done = self.run_rules("push")
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"({file}): the service answered 409: Vigia ships a rule of this id", done.stderr)

    def test_keys_and_addresses(self):
        self.write("cloudtrail/a/read.yaml", FILE.replace("and user in $watched", ""))
        token = self.key_file.read_text().strip()
        self.good("diff", key=False, code=1, VIGIA_KEY=token)
        self.assertIn("VIGIA_KEY", self.run_rules("diff", key=False).stderr)
        self.assertIn("401", self.run_rules("diff", key=False, VIGIA_KEY="vigia_wrong").stderr)
        reader = self.key(self.id().rsplit(".", 1)[1], "reader").headers["Authorization"].split()[1]
        self.good("diff", key=False, code=1, VIGIA_KEY=reader)
        done = self.run_rules("push", key=False, VIGIA_KEY=reader)
        self.assertEqual(done.returncode, 2)
        self.assertIn("403", done.stderr)
        self.assertNotIn(reader, done.stdout + done.stderr)
        for url, expected in (("http://vigia.example.org", "https://"), ("ftp://x", "must be an address"), ("https://u:p@x.example", "no user")):
            done = subprocess.run([VIGIA, "rules", "diff", str(self.rules), "--url", url, "--key-file", str(self.key_file)],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn(expected, done.stderr)
        self.assertEqual(self.own_rules(), [])


    def test_a_file_of_many_rules_is_refused_for_a_pull_would_drop_all_but_one(self):
        self.write("cloudtrail/a/many.yaml", FILE.replace("and user in $watched", "") + "---\n" + FILE)
        done = self.run_rules("push")
        self.assertEqual(done.returncode, 2)
        self.assertIn("many.yaml: error: has several documents", done.stderr)


class RulesImportTest(RulesSyncCase):
    """Rules as one text of YAML, over the API: the same items as of a folder."""

    def load(self, *files, code=200, **more):
        body = {"files": [{"name": name, "text": text} for name, text in files], **more}
        status, _, answer = self.api.call("POST", "/api/v1/rules/import", body)
        self.assertEqual(status, code, answer)
        return answer

    def verdicts(self, answer):
        return [(one["verdict"], one["kind"], one["title"]) for one in answer["changes"]]

    def export(self, query=""):
        status, headers, text = self.api.call("GET", "/api/v1/rules/export" + query)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/yaml"))
        self.assertIn("rules.yaml", headers["Content-Disposition"])
        return text.decode()

    def test_a_text_is_shown_as_what_it_would_change_and_then_taken(self):
        shipped = self.shipped()
        settings = f"- rule: {shipped['id']}\n  severity: 3\n  enabled: false\n"
        files = [("cloudtrail/buckets/read.yaml", FILE), ("rest.yaml", "---\n" + settings + "---\n# Ours\n" + LIST)]
        shown = self.load(*files, dry_run=True)
        expected = [("added", "list", "watched"), ("added", "rule", "Bucket read"), ("added", "settings", shipped["name"])]
        self.assertEqual((self.verdicts(shown), shown["applied"], shown["added"]), (expected, False, 3))
        self.assertEqual([(one["file"], one["line"]) for one in shown["changes"]],
                         [("rest.yaml", 7), ("cloudtrail/buckets/read.yaml", 1), ("rest.yaml", 2)])
        self.assertIn("\n+severity: 1\n", shown["changes"][1]["diff"])
        self.assertEqual(self.own_rules(), [], "a dry run changes nothing")
        self.assertTrue(self.load(*files, plan=shown["plan"])["applied"])
        (rule,) = self.own_rules()
        self.assertEqual((rule["ruleset"], rule["window_s"], rule["version"]), ("buckets", 3600, 1))
        settled = self.api.get("/api/v1/rules/" + shipped["id"])
        self.assertEqual((settled["severity"], settled["enabled"]), (3, False))
        again = self.load(*files)
        self.assertEqual((again["unchanged"], self.own_rules()[0]["version"]), (3, 1), "what is the same is not written again")
        changed = self.load(("cloudtrail/buckets/read.yaml", FILE.replace("severity: 1", "severity: 2")))
        self.assertEqual(self.verdicts(changed), [("changed", "rule", "Bucket read")])
        self.assertIn("\n-severity: 1\n+severity: 2\n", changed["changes"][0]["diff"])
        self.load(("read.yaml", FILE.replace("severity: 1", "severity: 3")))
        self.assertEqual((self.own_rules()[0]["severity"], self.own_rules()[0]["ruleset"]), (3, "buckets"), "a bare file moves nothing")

    def test_what_is_exported_is_what_the_command_line_pulls_and_is_taken_back(self):
        shipped = self.shipped()
        self.write("cloudtrail/buckets/read.yaml", FILE)
        self.write("cloudtrail/other/more.yaml", FILE.replace("5666", "5667").replace("Bucket read", "More").replace("and user in $watched", ""))
        self.write("lists/watched.yaml", LIST)
        self.write("managed.yaml", f"- rule: {shipped['id']}\n  threshold: 7\n")
        self.good("push")
        text = self.export()
        self.assertEqual(text.count("---\n"), 4)
        again = self.load(("all.yaml", text))
        self.assertEqual((again["unchanged"], len(again["changes"])), (4, 4))
        ids = {rule["name"]: rule["id"] for rule in self.own_rules()}
        for name in ids:
            self.load(("one.yaml", self.export("?rule=" + ids[name])))
        self.assertEqual(self.good("diff"), "", "the folder has the same")
        self.assertEqual(self.export("?rule=" + ids["More"]).count("---\n"), 1, "it calls no list")
        self.assertIn("name: watched", self.export("?ruleset=buckets"))
        self.assertNotIn("More", self.export("?ruleset=buckets"))
        self.assertIn("threshold: 7", self.export("?rule=" + shipped["id"]))
        self.assertEqual(self.export("?ruleset=nothing"), "")
        self.assertEqual(self.api.call("GET", "/api/v1/rules/export?rule=nothing")[0], 404)

    def test_what_is_refused_is_named_by_place_and_remedy_and_nothing_is_written(self):
        shipped = self.shipped()
        plain = FILE.replace("and user in $watched", "")
        self.load(("a.yaml", plain))
        other = plain.replace("5666", "5667")
        cases = [
            (other.replace("severity: 1", "severity: 7").replace("Bucket read", "Odd"), 6, "'severity' must be"),
            (other.replace("Bucket read", "Odd").replace("window", "windows"), 13, "did you mean 'window'?"),
            (other.replace("Bucket read", "Odd").replace('= "ReadTheBucket"', "="), 2, "filter, line"),
            (other, 2, "the name 'Bucket read' is that of rule 0b5c0de0-1111-4222-8333-444455556666; change the name"),
            (plain.replace("0b5c0de0-1111-4222-8333-444455556666", shipped["id"]).replace("Bucket read", "Odd"), 2, "Vigia ships a rule of this id"),
            ("- rule: 0b5c0de0-1111-4222-8333-444455556666\n  severity: 2\n", 2, "Vigia ships no rule"),
            ("- rule: x\n", 2, "'rule'"), ("name: x\nitems: 3\n", 2, "a list has the keys"), ("name: [x\n", 3, "not YAML"),
        ]
        for text, line, expected in cases:
            with self.subTest(expected):
                answer = self.load(("good.yaml", LIST), ("bad.yaml", "---\n" + text))
                refused = [one for one in answer["changes"] if one["verdict"] == "refused"]
                self.assertEqual((answer["applied"], answer["refused"], answer["added"]), (False, 1, 1))
                said = [(one["line"], one["message"]) for one in refused[0]["problems"]]
                self.assertTrue(any(at == line and expected in message for at, message in said), said)
        twice = self.load(("a.yaml", LIST + "---\n" + LIST), ("b.yaml", plain + "---\n" + plain))
        self.assertEqual(twice["refused"], 2)
        self.assertTrue(all(one["managed"] for one in self.api.get("/api/v1/lists")["lists"]))
        self.assertEqual(self.own_rules()[0]["version"], 1)

    def test_bounds_and_a_plan_that_is_old_by_now(self):
        plain = FILE.replace("and user in $watched", "")
        shown = self.load(("a.yaml", plain), dry_run=True)
        self.load(("a.yaml", plain.replace("severity: 1", "severity: 2")))
        late = self.load(("a.yaml", plain), plan=shown["plan"], code=409)
        self.assertEqual((late["code"], "changed meanwhile" in late["detail"]), ("changed_meanwhile", True))
        self.load(*[("a.yaml", "")] * 2001, code=400)
        self.load(("a.yaml", "x" * (8 * 1024 * 1024 + 1)), code=400)
        self.load(("a.yaml", "- a\n---\n" * 5001), code=400)
        self.load(("a" * 1001, ""), code=400)
        self.load(code=400)
        bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join('*' + chr(97 + i) for _ in range(10))}]\n" for i in range(9))
        event = "{eventName: ReadTheBucket, " + ", ".join(line.strip() for line in bomb.splitlines()) + "}"
        answer = self.load(("a.yaml", plain.replace("event: {eventName: ReadTheBucket,", "event: " + event[:-1] + ",")), dry_run=True)
        self.assertIn("an event of more than", answer["changes"][0]["problems"][0]["message"])

    def test_who_may_and_whose(self):
        text = FILE.replace("and user in $watched", "")
        self.load(("a.yaml", text))
        body = {"files": [{"name": "a.yaml", "text": text}], "dry_run": True}
        reader = self.key(self.id().rsplit(".", 1)[1], "reader")
        self.assertEqual(reader.call("GET", "/api/v1/rules/export")[0], 200)
        self.assertEqual(reader.call("POST", "/api/v1/rules/import", body)[0], 403)
        for method, path in (("GET", "/api/v1/rules/export"), ("POST", "/api/v1/rules/import")):
            self.assertEqual(self.service.call(method, path, body if method == "POST" else None)[0], 401)
        other = key_of_another(self.service, "Somebody else")
        id = "0b5c0de0-1111-4222-8333-444455556666"
        self.assertEqual(other.call("GET", "/api/v1/rules/export?rule=" + id)[0], 404)
        self.assertEqual(other.call("GET", "/api/v1/rules/export")[2], b"")


class RulesSyncTlsTest(unittest.TestCase):
    def test_certificates_are_verified(self):
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                                   "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"],
                                  capture_output=True)
            self.assertEqual(made.returncode, 0, made.stderr)
            service = Service(folder + "/data", "--tls-certificate", folder + "/cert.pem", "--tls-key", folder + "/key.pem")
            try:
                subprocess.run([VIGIA, "organisation", "add", "--data", folder + "/data", "a"], check=True, capture_output=True)
                out = subprocess.run([VIGIA, "key", "add", "--data", folder + "/data", "--organisation", "a", "--kind", "api", "k"],
                                     check=True, capture_output=True, text=True).stdout
                environment = {**os.environ, "VIGIA_KEY": re.search(r"vigia_\w+", out).group(0)}
                words = [VIGIA, "rules", "pull", folder + "/rules", "--url", f"https://localhost:{service.port}"]
                refused = subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment)
                self.assertEqual(refused.returncode, 2, refused.stderr)
                self.assertIn("certificate", refused.stderr)
                trusted = subprocess.run([*words, "--ca-file", folder + "/cert.pem"], capture_output=True, text=True, timeout=60, env=environment)
                self.assertEqual(trusted.returncode, 0, trusted.stderr)
            finally:
                service.kill()


if __name__ == "__main__":
    unittest.main()
