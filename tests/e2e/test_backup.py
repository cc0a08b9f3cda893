"""Stories of backup and restore: under load, elsewhere, damaged, in the wrong place; nothing is lost and nothing is doubled."""
import json
import pathlib
import re
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from crash import RULE, Sender, State, all_pages, check  # noqa: E402
from service import VIGIA, Client, Service, make_key, record, set_up, sign_in  # noqa: E402


def vigia(*words):
    done = subprocess.run([VIGIA, *map(str, words)], capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


class BackupTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.services = []
        self.addCleanup(lambda: [one.kill() for one in self.services if one.process.poll() is None])

    def serve(self, name):
        self.services.append(Service(self.folder / name))
        return self.services[-1]

    def backup(self, data, to):
        code, out, err = vigia("backup", "--data", self.folder / data, self.folder / to)
        self.assertEqual((code, err), (0, ""), out)
        return out

    def under_load(self, to):
        """Backs up while three sources send, now and then after the tail was sealed, and looks at what came of it."""
        service = self.serve("data")
        owner = set_up(service)
        state = State(make_key(owner, "source"))
        self.assertEqual(owner.call("POST", "/api/v1/rules", RULE)[0], 201)
        state.source.call("POST", "/api/v1/events", json.dumps(record(0)))
        self.assertEqual(service.stop(), 0)  # seals, so that the lake has a part
        service.start()
        senders = [Sender(state, seed) for seed in range(3)]
        for one in senders:
            one.start()
        while len(state.acknowledged) < 500:
            senders[0].join(0.01)
        before = dict(state.acknowledged)
        self.backup("data", to)
        for one in senders:
            one.stopping = True
        for one in senders:
            one.join()
        self.assertGreater(len(state.acknowledged), len(before), "the service took events meanwhile")
        self.assertEqual(check(owner, state)[0], [])

        code, _, err = vigia("restore", "--data", self.folder / "other", self.folder / to)
        self.assertEqual((code, err), (0, ""))
        restored = self.serve("other")
        again = Client(restored, state.source.headers)
        there = sign_in(restored, "owner@acme.example")
        found = {one["id"] for one in all_pages(there, "/api/v1/events", "events")}
        self.assertLessEqual(set(before), found)
        state.source, state.acknowledged = again, {name: one for name, one in state.acknowledged.items() if name in found}
        self.assertEqual(check(there, state)[0], [], "each event once, each alert counts its events")
        # What was acknowledged after the backup comes again, as what was sealed before does: all is there once.
        everything = all_pages(owner, "/api/v1/events", "events")
        body = "\n".join(json.dumps(one["record"]) for one in everything)
        status, _, answer = again.call("POST", "/api/v1/events", body)
        self.assertEqual((status, answer["accepted"], answer["duplicates"]),
                         (200, len(everything) - len(found), len(found)))
        self.assertEqual(check(there, state)[0], [])
        key = stat.S_IMODE((self.folder / "other/secret.key").stat().st_mode)
        self.assertEqual((key, stat.S_IMODE((self.folder / "other").stat().st_mode)), (0o600, 0o700))

    def test_a_folder_under_load(self):
        self.under_load("backup")
        self.assertEqual(stat.S_IMODE((self.folder / "backup").stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE((self.folder / "backup/secret.key").stat().st_mode), 0o600)

    def test_a_file_under_load(self):
        self.under_load("backup.tar")
        self.assertEqual(stat.S_IMODE((self.folder / "backup.tar").stat().st_mode), 0o600)
        with tarfile.open(self.folder / "backup.tar") as tar:
            names = tar.getnames()
        self.assertIn("manifest.json", names)
        self.assertTrue(any(name.startswith("lake/") for name in names), names)

    def test_backups_go_on_while_the_lake_changes(self):
        """Parts come with each stop, and those of old days go with each start: a backup never misses a file."""
        service = self.serve("data")
        owner = set_up(service)
        source = make_key(owner, "source")
        for number in range(10):
            source.call("POST", "/api/v1/events", json.dumps(record(number)))
            service.stop()
            service.start()
        ended = threading.Event()

        def churn():
            for number in range(10, 18):
                old = record(1000 + number, eventTime="2025-01-01T00:00:00Z")
                source.call("POST", "/api/v1/events", json.dumps(record(number)) + "\n" + json.dumps(old))
                service.stop()
                service.start()
            ended.set()

        thread = threading.Thread(target=churn)
        thread.start()
        count = 0
        while not ended.is_set() or count == 0:
            self.backup("data", f"backup-{count}")
            count += 1
        thread.join()
        self.assertEqual(vigia("restore", "--data", self.folder / "other", self.folder / f"backup-{count - 1}")[0], 0)
        restored = self.serve("other")
        found = sign_in(restored, "owner@acme.example").get("/api/v1/events/count")["count"]
        self.assertGreaterEqual(found, 10)
        self.assertTrue(any(pathlib.Path(service.folder).glob("lake/organisation=*/day=2026-11-20/*.parquet")))
        self.assertIn("older than they are kept", service.log.read_text(), "parts went meanwhile")
        self.assertEqual(restored.call("GET", "/readyz")[2]["damaged_parts"], [])

    def small_backup(self, to):
        self.assertEqual(vigia("organisation", "add", "--data", self.folder / "data", "acme")[0], 0)
        self.backup("data", to)

    def test_what_is_not_whole_is_refused_and_nothing_is_left(self):
        self.small_backup("backup")
        backup = self.folder / "backup"
        damaged = [
            (lambda: (backup / "secret.key").write_bytes(b"x" * 32), r"damaged: secret\.key is not what it was"),
            (lambda: (backup / "secret.key").unlink(), r"damaged: secret\.key is not in it"),
            (lambda: (backup / "more").write_text("x"), "files that its manifest does not name"),
            (lambda: (backup / "manifest.json").write_text("{"), r"damaged: manifest\.json"),
            (lambda: (backup / "manifest.json").unlink(), r"no manifest\.json"),
        ]
        for change, message in damaged:
            kept = {one.name: one.read_bytes() for one in backup.iterdir()}
            change()
            code, _, err = vigia("restore", "--data", self.folder / "new", backup)
            self.assertEqual(code, 2)
            self.assertRegex(err, message)
            self.assertFalse((self.folder / "new").exists())
            for one in backup.iterdir():
                one.unlink()
            for name, text in kept.items():
                (backup / name).write_bytes(text)
        self.assertEqual(vigia("restore", "--data", self.folder / "new", backup)[0], 0)

    def test_a_file_that_is_cut_or_strange_is_refused(self):
        self.small_backup("backup.tar")
        whole = (self.folder / "backup.tar").read_bytes()
        (self.folder / "cut.tar").write_bytes(whole[: len(whole) // 2])
        code, _, err = vigia("restore", "--data", self.folder / "new", self.folder / "cut.tar")
        self.assertEqual(code, 2, err)
        for name in ("../out", "/out", ".hidden", "a/../../out"):
            with tarfile.open(self.folder / "strange.tar", "w") as tar:
                entry = tarfile.TarInfo(name)
                tar.addfile(entry)
            code, _, err = vigia("restore", "--data", self.folder / "new", self.folder / "strange.tar")
            self.assertEqual(code, 2)
            self.assertIn("is nothing that a backup has", err)
        with tarfile.open(self.folder / "strange.tar", "w") as tar:
            entry = tarfile.TarInfo("link")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(entry)
        self.assertIn("is nothing that a backup has", vigia("restore", "--data", self.folder / "new", self.folder / "strange.tar")[2])
        self.assertEqual(sorted(one.name for one in self.folder.iterdir()), ["backup.tar", "cut.tar", "data", "strange.tar"])

    def test_places_that_are_taken_are_refused(self):
        self.small_backup("backup")
        code, _, err = vigia("backup", "--data", self.folder / "data", self.folder / "backup")
        self.assertEqual((code, "is there already" in err), (2, True), err)
        self.assertIn("lies in the data folder", vigia("backup", "--data", self.folder / "data", self.folder / "data/x")[2])
        self.assertIn("is no data folder of vigia", vigia("backup", "--data", self.folder / "none", self.folder / "y")[2])
        code, _, err = vigia("restore", "--data", self.folder / "data", self.folder / "backup")
        self.assertEqual((code, "is not empty" in err), (2, True), err)
        self.assertIn("there is no backup", vigia("restore", "--data", self.folder / "new", self.folder / "none")[2])
        (self.folder / "empty").mkdir()
        self.assertEqual(vigia("restore", "--data", self.folder / "empty", self.folder / "backup")[0], 0)
        (self.folder / "empty/.restoring").mkdir()
        self.assertIn("has not ended", vigia("organisation", "list", "--data", self.folder / "empty")[2])

    def test_another_database_is_told_of(self):
        self.serve("data").stop()
        code, out, _ = vigia("backup", "--data", self.folder / "data", "--database", "postgresql://x", self.folder / "backup")
        self.assertEqual((code, "pg_dump" in out), (0, True), out)
        code, out, _ = vigia("restore", "--data", self.folder / "new", self.folder / "backup")
        self.assertEqual((code, "pg_restore" in out), (0, True), out)
        self.assertTrue(re.search(r"^\d+ files, \d+ bytes, in ", out))


if __name__ == "__main__":
    unittest.main()
