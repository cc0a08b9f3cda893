"""Stories of first set-up and administration, against the real binary."""
import os
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest

VIGIA = os.environ["VIGIA"]


class Administration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name, "data")

    def vigia(self, *words, stdin=None):
        done = subprocess.run([VIGIA, *words, "--data", str(self.data)], input=stdin, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def of(self, *words, **options):
        return self.vigia(*words, "--organisation", "acme", **options)

    def test_first_set_up(self):
        self.assertEqual(self.vigia("organisation", "add", "acme")[0], 0)
        self.assertEqual(stat.S_IMODE(self.data.stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE((self.data / "secret.key").stat().st_mode), 0o600)
        code, out, _ = self.of("user", "add", "Alice@example.org", "owner")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"owner  alice@example\.org\npassword [0-9a-f]{24} \(shown this once\)")
        code, out, _ = self.of("key", "add", "trail")
        token = re.search(r"key (vigia_[0-9a-f]{64}) ", out).group(1)
        code, out, _ = self.of("key", "list")
        self.assertIn("…" + token[-4:], out)
        self.assertNotIn(token, out)
        code, out, _ = self.of("audit")
        self.assertRegex(out, r"key added[^\n]*\n[^\n]*user added[^\n]*\n[^\n]*organisation added")
        self.assertNotIn(token, out)

    def test_an_organisation_may_keep_events_for_longer(self):
        self.assertEqual(self.vigia("organisation", "add", "--retention-days", "3650", "acme")[0], 0)
        self.assertRegex(self.of("audit")[1], r"(?s)setting.*3650")
        self.assertEqual(self.vigia("organisation", "add", "--retention-days", "0", "other")[0], 2)

    def test_the_last_owner_stays_and_errors_say_what_to_do(self):
        self.vigia("organisation", "add", "acme")
        self.of("user", "add", "a@example.org", "owner", "--password-from-input", stdin="correct horse battery\n")
        code, _, err = self.of("user", "remove", "a@example.org")
        self.assertEqual((code, err), (2, "vigia: a@example.org is the last owner of the organisation; make another one first\n"))
        self.assertEqual(self.of("user", "add", "b@example.org", "owner")[0], 0)
        self.assertEqual(self.of("user", "remove", "a@example.org")[0], 0)
        self.assertIn("there is no user a@example.org", self.of("user", "role", "a@example.org", "reader")[2])
        self.assertIn("a role is owner, user or reader, not 'king'", self.of("user", "add", "c@example.org", "king")[2])
        self.assertIn("a password has 12 to 1024 bytes", self.of("user", "add", "c@example.org", "user", "--password-from-input", stdin="short\n")[2])
        self.assertIn("there is no organisation 'other'", self.vigia("user", "list", "--organisation", "other")[2])

    def test_a_revoked_key_is_out_of_force_and_a_readable_secret_is_refused(self):
        self.vigia("organisation", "add", "acme")
        self.assertIn("name one with --user", self.of("key", "add", "tsctl", "--kind", "hawk")[2])
        self.of("user", "add", "a@example.org", "user")
        _, out, _ = self.of("key", "add", "tsctl", "--kind", "hawk", "--user", "a@example.org")
        key = re.search(r"id  (\S+)", out).group(1)
        self.assertEqual(self.of("key", "revoke", key)[0], 0)
        self.assertIn("there is no such key in force", self.of("key", "revoke", key)[2])
        self.assertEqual(self.of("key", "add", "script", "--kind", "api", "--role", "owner")[0], 0)
        self.assertIn("a role is owner, user or reader", self.of("key", "add", "x", "--kind", "api", "--role", "king")[2])
        self.assertRegex(self.of("key", "list")[1], r"api     owner ")
        (self.data / "secret.key").chmod(0o644)
        code, _, err = self.of("key", "list")
        self.assertEqual(code, 2)
        self.assertIn("chmod 600", err)


    def test_another_database_is_another_world(self):
        elsewhere = ("--database", f"sqlite:{self.data.parent / 'other.db'}")
        self.assertEqual(self.vigia("organisation", "add", "acme", *elsewhere)[0], 0)
        self.assertEqual(self.of("user", "add", "a@example.org", "owner", *elsewhere)[0], 0)
        self.assertIn("a@example.org", self.of("user", "list", *elsewhere)[1])
        _, out, _ = self.of("key", "add", "trail", *elsewhere)
        key = re.search(r"id  (\S+)", out).group(1)
        self.assertEqual(self.of("key", "revoke", key, *elsewhere)[0], 0)
        self.assertRegex(self.of("audit", *elsewhere)[1], "key revoked")
        self.assertIn("there is no organisation 'acme'", self.of("user", "list")[2])
        self.assertEqual(self.vigia("organisation", "list"), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
