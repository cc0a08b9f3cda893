"""Stories of the watched folder: each file is read once, whatever happens meanwhile."""
import gzip
import json
import os
import pathlib
import tempfile
import unittest

from service import Service, key_of_another, record, set_up, wait_for


class FolderTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name)
        self.logs = root / "logs"
        self.logs.mkdir()
        # The organisation must be there before its folder can be watched.
        self.service = Service(root / "data")
        self.owner = set_up(self.service)
        self.service.kill()
        self.service.options = ("--watch", f"Acme={self.logs}")
        self.service.start()

    def tearDown(self):
        if self.service.process.poll() is None:
            self.service.kill()
        self.folder.cleanup()

    def count(self):
        return self.owner.get("/api/v1/events/count")["count"]

    def health(self):
        found = [one for one in self.owner.get("/api/v1/sources")["sources"] if one["source"] == f"folder:{self.logs}"]
        return found[0] if found else None

    def put(self, name, data):
        """Under another name first, then renamed, as those do who care."""
        path = self.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        hidden = path.with_name("." + path.name)
        hidden.write_bytes(data)
        hidden.rename(path)
        return path

    @staticmethod
    def lines(*numbers):
        return b"".join(json.dumps(record(number)).encode() + b"\n" for number in numbers)

    def test_files_as_aws_lays_them_are_read_once_through_restarts(self):
        wrapped = json.dumps({"Records": [record(1), record(2)]}).encode()
        self.put("AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/one.json.gz", gzip.compress(wrapped))
        self.put("two.ndjson", self.lines(3, 4))
        self.put("read.me", self.lines(99))
        wait_for(lambda: self.count() == 4)
        self.put("AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/21/three.json.gz", gzip.compress(json.dumps(record(5)).encode()))
        wait_for(lambda: self.count() == 5)
        self.put("again.ndjson", self.lines(3, 4))
        self.put("more.ndjson", self.lines(6))
        wait_for(lambda: self.count() == 6)
        before = self.health()
        self.assertEqual((before["accepted"], before["duplicates"], before["refused"]), (6, 0, 0), "a copy is known by its content")
        self.assertEqual(before["last_event"], "2026-11-20T00:00:06Z")
        self.assertGreater(before["lag_seconds"], 0)
        self.assertEqual(self.service.stop(), 0)
        self.put("while-away.ndjson", self.lines(7))
        self.service.start()
        wait_for(lambda: self.count() == 7)
        after = self.health()
        self.assertEqual((after["accepted"], after["duplicates"], after["batches"]), (7, 0, before["batches"] + 1))

    def test_what_a_file_has_grown_by_is_read(self):
        path = self.put("grows.ndjson", self.lines(1, 2))
        wait_for(lambda: self.count() == 2)
        with path.open("ab") as file:
            file.write(self.lines(3))
        wait_for(lambda: self.count() == 3)
        self.assertEqual(self.health()["duplicates"], 0, "what was read is not read again")

    def test_a_half_written_file_waits_for_its_writer(self):
        data = self.lines(*range(50))
        with (self.logs / "slow.ndjson").open("wb") as file:
            file.write(data[:100])
            file.flush()
            self.put("quick.ndjson", self.lines(100))
            wait_for(lambda: self.count() == 1)
            self.assertEqual(self.health()["refused"], 0)
            file.write(data[100:])
        wait_for(lambda: self.count() == 51)
        self.assertEqual(self.health()["refused"], 0)

    def test_what_cannot_be_read_is_named_and_holds_nothing_up(self):
        self.put("a-broken.json.gz", gzip.compress(self.lines(1, 2))[:-12])
        self.put("b-nonsense.json", b"this is no event\n")
        os.symlink("/etc/passwd", self.logs / "c-link.json")
        self.put("d-good.ndjson", self.lines(3))
        wait_for(lambda: self.owner.get("/api/v1/events/count?filter=eventID%3D%22event-3%22")["count"] == 1)
        files = wait_for(lambda: (names := {pathlib.Path(one["file"]).name for one in self.health()["problems"]}) >=
                         {"a-broken.json.gz", "b-nonsense.json"} and names)
        self.assertEqual(files, {"a-broken.json.gz", "b-nonsense.json"})
        self.assertEqual((self.health()["kind"], self.health()["name"]), ("folder", str(self.logs)))
        self.service.kill()
        self.service.start()
        wait_for(self.health)

    def test_a_large_file_goes_in_pieces(self):
        self.put("large.ndjson.gz", gzip.compress(self.lines(*range(20_000)), 1))
        plain = self.put("plain.ndjson", self.lines(*range(20_000, 40_000)))
        self.assertGreater(plain.stat().st_size, 4 * 1024 * 1024, "more than one piece")
        wait_for(lambda: self.count() == 40_000, 240)
        self.assertGreater(self.health()["batches"], 2)

    def test_another_organisation_sees_nothing_of_it(self):
        self.put("one.ndjson", self.lines(1))
        wait_for(lambda: self.count() == 1)
        other = key_of_another(self.service)
        self.assertEqual(other.get("/api/v1/sources")["sources"], [])
        self.assertEqual(other.get("/api/v1/events/count")["count"], 0)
        self.assertEqual(self.service.call("GET", "/api/v1/sources")[0], 401)


class WordsTest(unittest.TestCase):
    def test_a_folder_that_cannot_be_watched_is_said(self):
        import subprocess
        from service import VIGIA
        with tempfile.TemporaryDirectory() as folder:
            for words, message in ((f"Nobody={folder}", "no organisation 'Nobody'"), ("nothing", "ORGANISATION=FOLDER")):
                done = subprocess.run([VIGIA, "serve", "--data", folder + "/data", "--listen", "127.0.0.1:0", "--watch", words],
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 2)
                self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
