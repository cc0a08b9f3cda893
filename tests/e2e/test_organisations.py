"""Stories of somebody who has accounts in several organisations, and changes between them within one sign-in."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from service import PASSWORD, VIGIA, Client, Service, make_key, record, set_up

EMAIL = "owner@acme.example"


class OrganisationsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.service = Service(pathlib.Path(self.folder.name) / "data")
        self.acme_owner = set_up(self.service)
        self.acme = self.acme_owner.get("/api/v1/session")["organisation"]
        self.umbrella = self.join("Umbrella", "reader", PASSWORD)
        self.initech = self.join("Initech", "owner", "quite another password")

    def tearDown(self):
        if self.service.process.poll() is None:
            self.service.kill()
        self.folder.cleanup()

    def vigia(self, *words):
        return subprocess.run([VIGIA, *words[:2], "--data", self.service.folder, *words[2:]], capture_output=True, text=True, timeout=60,
                              check=True).stdout

    def join(self, name, role, password):
        """An account of the same address in another organisation, with this password; the organisation's id."""
        self.vigia("organisation", "add", name)
        printed = re.search(r"password (\S+)", self.vigia("user", "add", "--organisation", name, EMAIL, role)).group(1)
        status, _, body = self.service.call("POST", "/api/v1/session", {"email": EMAIL, "password": printed})
        self.assertEqual(status, 200, body)
        client, _ = self.signed_in(printed, body["user"]["organisation"])
        status, _, body = client.call("POST", "/api/v1/session/password", {"current_password": printed, "new_password": password})
        self.assertEqual(status, 200, body)
        return body["user"]["organisation"]

    def signed_in(self, password, organisation):
        status, headers, body = self.service.call("POST", "/api/v1/session",
                                                  {"email": EMAIL, "password": password, "organisation": organisation})
        self.assertEqual(status, 200, body)
        return self.client(headers, body), body

    def client(self, headers, body):
        return Client(self.service, {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": body["csrf_token"]})

    def test_a_session_changes_to_where_its_password_was_proved_and_sees_that_alone(self):
        source = make_key(self.acme_owner, "source")
        self.assertEqual(source.call("POST", "/api/v1/events", json.dumps(record(1)))[0], 200)
        status, _, choice = self.service.call("POST", "/api/v1/session", {"email": EMAIL, "password": PASSWORD})
        self.assertEqual((status, {one["id"] for one in choice["params"]["organisations"]}), (409, {self.acme, self.umbrella}))
        here, began = self.signed_in(PASSWORD, self.acme)
        self.assertEqual(here.get("/api/v1/session/organisations")["organisations"], [
            {"id": self.acme, "name": "Acme", "role": "owner", "current": True},
            {"id": self.umbrella, "name": "Umbrella", "role": "reader", "current": False}])

        status, headers, body = here.call("POST", "/api/v1/session/organisation", {"organisation": self.umbrella})
        self.assertEqual((status, body["user"]["organisation"], body["user"]["role"]), (200, self.umbrella, "reader"))
        self.assertEqual(body["expires_at"], began["expires_at"])
        for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(part, headers["Set-Cookie"])
        there = self.client(headers, body)
        # The old session is over, and its token changes nothing any more.
        self.assertEqual(here.call("GET", "/api/v1/session")[0], 401)
        self.assertEqual(here.call("POST", "/api/v1/session/organisation", {"organisation": self.acme})[0], 401)
        self.assertEqual(there.get("/api/v1/session")["organisation"], self.umbrella)
        self.assertEqual(there.get("/api/v1/events")["events"], [])
        self.assertEqual(there.call("GET", "/api/v1/audit")[0], 403)  # a reader there, though an owner in the other
        self.assertEqual([one["current"] for one in there.get("/api/v1/session/organisations")["organisations"]], [False, True])

        status, headers, body = there.call("POST", "/api/v1/session/organisation", {"organisation": self.acme})
        self.assertEqual(status, 200, body)
        back = self.client(headers, body)
        self.assertEqual(len(back.get("/api/v1/events")["events"]), 1)
        actions = [one["action"] for one in back.get("/api/v1/audit")["entries"]]
        self.assertIn("session ended", actions)

    def test_nobody_changes_without_the_token_or_the_proof(self):
        here, _ = self.signed_in(PASSWORD, self.acme)
        path = "/api/v1/session/organisation"
        for headers in ({"Cookie": here.headers["Cookie"]}, {**here.headers, "X-CSRF-Token": "0" * 64},
                        {**here.headers, "X-CSRF-Token": self.acme_owner.headers["X-CSRF-Token"]}):
            self.assertEqual(self.service.call("POST", path, {"organisation": self.umbrella}, headers)[0], 403)
        for other in (self.initech, "none", "\u0000", "x" * 5000, "' or 1=1 --"):
            self.assertEqual(here.call("POST", path, {"organisation": other})[0], 404, other)
        for bad in ("", "[]", "{}", '{"organisation": 1}', '{"organisation": "x", "more": 1}'):
            self.assertEqual(here.call("POST", path, bad)[0], 400, bad)
        self.assertEqual(here.get("/api/v1/session")["organisation"], self.acme)
        key = make_key(here, "api", role="owner")
        self.assertEqual(key.call("GET", "/api/v1/session/organisations")[0], 403)
        self.assertEqual(key.call("POST", path, {"organisation": self.umbrella})[0], 403)
        self.assertEqual(self.service.call("GET", "/api/v1/session/organisations")[0], 401)
        # The session of a password that only one has changes nowhere.
        alone, _ = self.signed_in("quite another password", self.initech)
        self.assertEqual([one["name"] for one in alone.get("/api/v1/session/organisations")["organisations"]], ["Initech"])
        self.assertEqual(alone.call("POST", path, {"organisation": self.acme})[0], 404)

    def test_a_proof_ends_with_its_password_and_its_account(self):
        here, _ = self.signed_in(PASSWORD, self.acme)
        there, _ = self.signed_in(PASSWORD, self.umbrella)
        status, _, body = there.call("POST", "/api/v1/session/password", {"current_password": PASSWORD, "new_password": "yet another password"})
        self.assertEqual(status, 200, body)
        self.assertEqual([one["name"] for one in here.get("/api/v1/session/organisations")["organisations"]], ["Acme"])
        self.assertEqual(here.call("POST", "/api/v1/session/organisation", {"organisation": self.umbrella})[0], 404)


if __name__ == "__main__":
    unittest.main()
