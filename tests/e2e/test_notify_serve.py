"""Stories of notifications: an alert that is raised arrives where its organisation wants it, at least once, and nowhere else."""
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

from service import VIGIA, Service, key_of_another, make_key, record, set_up, wait_for

RECEIVERS = pathlib.Path(__file__).resolve().parents[1] / "notify/receivers.py"
RULE = {"name": "Bucket read", "title": "{{user}} read from {{ip}}", "type": "CloudTrail", "severity": 1,
        "description": "Somebody read the bucket.", "filter": 'eventName = "ReadTheBucket"',
        "aggregate_fields": ["user"], "window_s": 3600, "threshold": 1, "enabled": True}
PATIENCE_S = 60


class Receiver:
    """A program of tests/notify/receivers.py; what it tells is kept."""

    def __init__(self, *words):
        self.process = subprocess.Popen([sys.executable, str(RECEIVERS), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.got = []
        self.came = threading.Condition()
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.came:
                self.got.append(json.loads(line))
                self.came.notify_all()

    def wait(self, condition):
        """The first thing told that the condition holds of."""
        with self.came:
            found = self.came.wait_for(lambda: next((one for one in self.got if condition(one)), None), PATIENCE_S)
        if not found:
            raise AssertionError(f"it did not come; what came: {self.got}")
        return found

    def command(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.wait(lambda one: one.get("done") == line)

    def notifications(self):
        with self.came:
            return [one for one in self.got if "path" in one]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE_S)
        self.reader.join()
        self.process.stdout.close()


def body_of(receiver, path="/hook", name="hook", **more):
    return {"name": name, "kind": "webhook", "settings": {"url": f"http://127.0.0.1:{receiver.port}{path}"}, **more}


class NotifyCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.data = str(pathlib.Path(self.folder.name) / "data")
        self.service = Service(self.data)
        self.addCleanup(lambda: self.service.process.poll() is None and self.service.kill())
        self.owner = set_up(self.service)
        self.source = make_key(self.owner, "source")
        self.assertEqual(self.owner.call("POST", "/api/v1/rules", RULE)[0], 201)

    def receiver(self, *words):
        made = Receiver(*words)
        self.addCleanup(made.close)
        return made

    def channel(self, body, client=None):
        status, headers, made = (client or self.owner).call("POST", "/api/v1/channels", body)
        self.assertEqual(status, 201, made)
        self.assertEqual(headers["ETag"], f'"{made["version"]}"')
        return made

    def raise_alert(self, number=1, user="alice", source=None):
        event = record(number, "ReadTheBucket", userIdentity={"type": "IAMUser", "userName": user})
        status, _, body = (source or self.source).call("POST", "/api/v1/events", json.dumps(event))
        self.assertEqual((status, body["matched"]), (200, 1), body)

    def deliveries(self, path="/api/v1/deliveries", client=None):
        return (client or self.owner).get(path)["deliveries"]

    def another_organisation(self):
        other = key_of_another(self.service)
        return other, make_key(other, "source")


class NotifyTest(NotifyCase):
    def test_an_alert_arrives_signed_and_in_slack(self):
        hook, slack = self.receiver("http", "--secret", "signing-key"), self.receiver("http")
        self.channel(body_of(hook, secret="signing-key"))
        self.channel({"name": "slack", "kind": "slack", "settings": {"allow_http": True}, "severity_max": 1,
                      "secret": f"http://127.0.0.1:{slack.port}/services/x"})
        self.raise_alert()
        (alert,) = self.owner.get("/api/v1/alerts")["alerts"]
        got = hook.wait(lambda one: "path" in one)
        self.assertIs(got["signed"], True)
        (told,) = got["body"]["alerts"]
        self.assertEqual({key: told[key] for key in ("id", "title", "severity", "organization_name", "server_or_region", "source")},
                         {"id": alert["id"], "title": "alice read from 203.0.113.7", "severity": 1, "organization_name": "Acme",
                          "server_or_region": "us-east-1", "source": "CloudTrail"})
        text = slack.wait(lambda one: "path" in one)["text"]
        self.assertIn("Somebody read the bucket.", text)
        self.assertIn(f"http://127.0.0.1:{self.service.port}/alerts/{alert['id']}", text)
        wait_for(lambda: [one["state"] for one in self.deliveries(f"/api/v1/alerts/{alert['id']}/deliveries")] == ["sent", "sent"])
        self.raise_alert(2)
        self.assertEqual(self.owner.get("/api/v1/alerts")["alerts"][0]["count"], 2)
        self.raise_alert(3, "bob")
        hook.wait(lambda one: "bob" in one.get("text", ""))
        self.assertEqual(len(hook.notifications()), 2, "a match more is no other alert")

    def test_links_lead_to_the_public_url(self):
        slack = self.receiver("http")
        self.channel({"name": "slack", "kind": "slack", "settings": {"allow_http": True},
                      "secret": f"http://127.0.0.1:{slack.port}/services/x"})
        self.service.stop()
        self.service.start("--public-url", "https://vigia.example.org/console/")
        self.raise_alert()
        (alert,) = self.owner.get("/api/v1/alerts")["alerts"]
        self.assertIn(f'https://vigia.example.org/console/alerts/{alert["id"]}', slack.wait(lambda one: "path" in one)["text"])
        for wrong in ("vigia.example.org", "ftp://x/", "https://x/?a=b"):
            done = subprocess.run([VIGIA, "serve", "--data", self.data + "2", "--public-url", wrong], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--public-url must be an address", done.stderr)

    def test_what_was_under_way_at_a_kill_is_sent_again(self):
        hook = self.receiver("http")
        hook.command("hang")
        self.channel(body_of(hook))
        self.raise_alert()
        told = hook.wait(lambda one: "path" in one)
        self.service.kill()
        self.service.start()
        # It is due again when the lease of the killed process is over.
        (waiting,) = self.deliveries("/api/v1/deliveries?state=waiting")
        self.assertEqual((waiting["alert"], waiting["attempts"]), (told["body"]["alerts"][0]["id"], 0))

    def test_an_alert_that_waits_at_a_kill_arrives_after_it(self):
        hook = self.receiver("http")
        self.channel(body_of(hook))
        hook.command("status 503")
        hook.command("retry-after 3600")
        self.raise_alert()
        wait_for(lambda: [one["attempts"] for one in self.deliveries()] == [1])
        self.raise_alert(2, "bob")  # the receiver asked for patience: the channel is held up
        self.service.kill()
        hook.command("status 200")
        hook.command("retry-after")
        self.service.start()
        told = hook.wait(lambda one: one.get("status") == 200)
        (bob,) = [one for one in self.owner.get("/api/v1/alerts")["alerts"] if "bob" in one["title"]]
        self.assertEqual(told["body"]["alerts"][0]["id"], bob["id"])

    def test_a_failed_attempt_is_repeated_after_a_kill(self):
        hook = self.receiver("http")
        made = self.channel(body_of(hook, enabled=False))
        self.channel(body_of(hook, "/other", "other"))
        hook.command("status 503")
        self.raise_alert()
        hook.wait(lambda one: one.get("status") == 503)
        wait_for(lambda: [one for one in self.deliveries("/api/v1/deliveries?state=waiting") if one["attempts"] == 1])
        self.service.kill()
        hook.command("status 200")
        self.service.start()
        again = hook.wait(lambda one: one.get("status") == 200)
        self.assertEqual(again["path"], "/other")
        (alert,) = self.owner.get("/api/v1/alerts")["alerts"]
        self.assertEqual(again["body"]["alerts"][0]["id"], alert["id"])
        wait_for(lambda: [one["state"] for one in self.deliveries()] == ["sent"])
        self.assertEqual(self.deliveries(f"/api/v1/channels/{made['id']}/deliveries"), [], "a disabled channel gets nothing")

    def test_a_failure_is_tried_again_and_a_refusal_is_a_dead_letter(self):
        hook = self.receiver("http")
        made = self.channel(body_of(hook))
        hook.command("status 500")
        self.raise_alert()
        hook.wait(lambda one: one.get("status") == 500)
        waiting = wait_for(lambda: [one for one in self.deliveries("/api/v1/deliveries?state=waiting") if one["attempts"] == 1])[0]
        self.assertIn("the receiver answered 500", waiting["last_error"])
        hook.command("status 410")
        hook.wait(lambda one: one.get("status") == 410)
        dead = wait_for(lambda: self.deliveries("/api/v1/deliveries?state=dead"))[0]
        self.assertEqual((dead["id"], dead["attempts"], dead["next_at"]), (waiting["id"], 2, None))
        self.assertIn("410", dead["last_error"])
        self.assertEqual(self.owner.get(f"/api/v1/channels/{made['id']}")["dead"], 1)
        hook.command("status 200")
        self.assertEqual(self.owner.call("POST", f"/api/v1/deliveries/{dead['id']}/retry")[0], 204)
        hook.wait(lambda one: one.get("status") == 200)
        wait_for(lambda: [one["state"] for one in self.deliveries()] == ["sent"])
        self.assertEqual(self.owner.call("POST", f"/api/v1/deliveries/{dead['id']}/retry")[0], 404, "it is not dead any more")
        self.assertEqual(self.owner.call("POST", f"/api/v1/channels/{made['id']}/retry")[2], {"count": 0})

    def test_filters_choose_among_alerts(self):
        hook = self.receiver("http")
        self.channel(body_of(hook, "/bob", "bob", filter='user = "bob" and alert.severity = 1'))
        self.channel(body_of(hook, "/rule", "rule", filter='alert.rule = "Bucket read" and alert.title starts_with "carol"'))
        self.channel(body_of(hook, "/none", "none", filter='alert.severity > 1 or alert.host != null'))
        self.channel(body_of(hook, "/all", "all"))
        for number, user in enumerate(("alice", "bob", "carol")):
            self.raise_alert(number, user)
        wait_for(lambda: len(self.deliveries("/api/v1/deliveries?state=sent")) == 5)
        got = sorted((one["path"], one["body"]["alerts"][0]["title"].split()[0]) for one in hook.notifications())
        self.assertEqual(got, [("/all", "alice"), ("/all", "bob"), ("/all", "carol"), ("/bob", "bob"), ("/rule", "carol")])

    def test_nothing_goes_to_another_organisation(self):
        ours, theirs = self.receiver("http"), self.receiver("http")
        other, other_source = self.another_organisation()
        self.channel(body_of(ours))
        self.channel(body_of(theirs), other)
        self.raise_alert()
        ours.wait(lambda one: "path" in one)
        self.assertEqual(other.call("POST", "/api/v1/rules", {**RULE, "title": "theirs"})[0], 201)
        self.raise_alert(2, source=other_source)
        told = theirs.wait(lambda one: "path" in one)
        self.assertEqual(told["body"]["alerts"][0]["organization_name"], "Other")
        wait_for(lambda: [one["state"] for one in self.deliveries(client=other)] == ["sent"])
        self.assertEqual(len(theirs.notifications()), 1)
        self.assertEqual(len(ours.notifications()), 1)

    def test_redirects_are_not_followed(self):
        hook = self.receiver("http")
        made = self.channel(body_of(hook))
        hook.command("status 302")
        status, _, body = self.owner.call("POST", f"/api/v1/channels/{made['id']}/test")
        self.assertEqual((status, body["outcome"]), (200, "failed"))
        self.assertIn("the receiver answered 302", body["error"])
        self.assertEqual([one["path"] for one in hook.notifications()], ["/hook"])


class ChannelTest(NotifyCase):
    def test_a_channel_is_made_changed_tested_paused_and_removed(self):
        hook = self.receiver("http", "--secret", "signing-key")
        made = self.channel(body_of(hook, secret="signing-key", severity_max=2))
        self.assertEqual((made["has_secret"], made["severity_max"], made["enabled"], made["waiting"], made["dead"]), (True, 2, True, 0, 0))
        path = f"/api/v1/channels/{made['id']}"
        for answer in (made, self.owner.get(path), self.owner.get("/api/v1/channels"), self.owner.get("/api/v1/audit")):
            self.assertNotIn("signing-key", json.dumps(answer))
        self.assertEqual(self.owner.call("POST", path + "/test")[2], {"outcome": "sent", "error": ""})
        self.assertIs(hook.wait(lambda one: "path" in one)["signed"], True)
        changed = body_of(hook, name="renamed", enabled=False)
        status, _, body = self.owner.call("PUT", path, changed, **{"If-Match": '"7"'})
        self.assertEqual((status, body["code"]), (409, "changed_meanwhile"))
        status, _, body = self.owner.call("POST", "/api/v1/channels", body_of(hook))
        self.assertEqual((status, body["code"]), (409, "name_taken"))
        status, headers, body = self.owner.call("PUT", path, changed, **{"If-Match": '"1"'})
        self.assertEqual((status, body["name"], body["enabled"], body["has_secret"], headers["ETag"]), (200, "renamed", False, True, '"2"'))
        self.raise_alert()
        self.assertEqual(self.deliveries(), [], "a disabled channel gets nothing")
        self.assertEqual(self.owner.call("PUT", path, {**changed, "settings": {"url": "http://127.0.0.1:1/"}})[0], 400)
        status, _, body = self.owner.call("PUT", path, {**changed, "secret": ""})
        self.assertEqual((status, body["has_secret"]), (200, False))
        self.assertEqual(self.owner.call("DELETE", path, **{"If-Match": '"1"'})[0], 409)
        self.assertEqual(self.owner.call("DELETE", path)[0], 204)
        self.assertEqual(self.owner.call("GET", path)[0], 404)
        actions = [one["action"] for one in self.owner.get("/api/v1/audit")["entries"] if one["subject"] == made["id"]]
        self.assertEqual(actions, ["channel removed", "channel changed", "channel changed", "channel added"])

    def test_what_is_wrong_is_named(self):
        good = {"name": "x", "kind": "webhook", "settings": {"url": "https://hooks.example.org/"}}
        for wrong, part in (({**good, "name": ""}, "a channel has a name"), ({**good, "name": 1}, "'name'"), ({**good, "kind": "fax"}, "fax"),
                            ({"kind": "webhook"}, "'name' is missing"), ({**good, "settings": []}, "'settings' must be an object"),
                            ({**good, "settings": {"url": "x"}}, "'url'"), ({**good, "settings": {}}, "'url' is missing"),
                            ({**good, "settings": {"url": "http://h.example.org/"}}, "allow_http"),
                            ({**good, "settings": {"url": "https://h/", "colour": "red"}}, "'colour'"),
                            ({**good, "severity_max": 4}, "'severity_max'"), ({**good, "severity_max": "1"}, "'severity_max'"),
                            ({**good, "enabled": 1}, "'enabled'"), ({**good, "filter": 'user ='}, "filter, line 1"),
                            ({**good, "filter": 'alert.colour = "red"'}, "alert.colour"), ({**good, "filter": "x" * 20000}, "'filter' has more than"),
                            ({**good, "colour": "red"}, "no member 'colour'"), ({**good, "kind": "slack", "settings": {}}, "secret")):
            status, _, body = self.owner.call("POST", "/api/v1/channels", wrong)
            self.assertEqual(status, 400, wrong)
            self.assertIn(part, body["detail"], wrong)
        self.channel(good)
        self.assertEqual(self.owner.call("POST", "/api/v1/channels", good)[0], 409)
        kinds = self.owner.get("/api/v1/channels/kinds")
        self.assertEqual({one["name"] for one in kinds["kinds"]}, {"webhook", "slack", "pagerduty", "sns", "smtp", "syslog"})
        self.assertIn("alert.severity", {one["field"] for one in kinds["alert_fields"]})
        for query in ("state=x", "limit=0", "cursor=x"):
            self.assertEqual(self.owner.call("GET", "/api/v1/deliveries?" + query)[0], 400, query)

    def test_deliveries_are_paged(self):
        made = self.channel({"name": "nobody", "kind": "webhook", "settings": {"url": "http://127.0.0.1:1/"}})
        for number in range(5):
            self.raise_alert(number, f"user-{number}")
        seen, cursor = [], ""
        while True:
            page = self.owner.get(f"/api/v1/channels/{made['id']}/deliveries?limit=2&cursor={cursor}")
            seen += [one["title"].split()[0] for one in page["deliveries"]]
            cursor = page["next"]
            if not cursor:
                break
        self.assertEqual(sorted(seen), [f"user-{number}" for number in range(5)])
        self.assertEqual(self.owner.get("/api/v1/channels")["channels"][0]["waiting"], 5)

    def test_owners_only_and_their_own(self):
        made = self.channel({"name": "x", "kind": "webhook", "settings": {"url": "http://127.0.0.1:1/"}})
        self.raise_alert()
        (delivery,) = self.deliveries()
        path = f"/api/v1/channels/{made['id']}"
        calls = [("GET", "/api/v1/channels", None), ("POST", "/api/v1/channels", {}), ("GET", "/api/v1/channels/kinds", None),
                 ("GET", "/api/v1/deliveries", None)]
        of_one = [("GET", path, None), ("PUT", path, {"name": "y", "kind": "webhook", "settings": {"url": "https://x.example/"}}),
                  ("DELETE", path, None), ("POST", path + "/test", None), ("GET", path + "/deliveries", None), ("POST", path + "/retry", None),
                  ("POST", f"/api/v1/deliveries/{delivery['id']}/retry", None)]
        user = make_key(self.owner, "api", role="user")
        other, _ = self.another_organisation()
        for method, call, body in calls + of_one:
            self.assertEqual(self.service.call(method, call, body)[0], 401, call)
            self.assertEqual(user.call(method, call, body)[0], 403, call)
        for method, call, body in of_one:
            self.assertEqual(other.call(method, call, body)[0], 404, call)
        self.assertEqual(other.get("/api/v1/channels"), {"channels": []})
        self.assertEqual(self.deliveries(client=other), [])
        of_alert = f"/api/v1/alerts/{delivery['alert']}/deliveries"
        self.assertEqual(len(self.deliveries(of_alert, make_key(self.owner, "api", role="reader"))), 1)
        self.assertEqual(self.service.call("GET", of_alert)[0], 401)
        self.assertEqual(other.call("GET", of_alert)[0], 404)


if __name__ == "__main__":
    unittest.main()
