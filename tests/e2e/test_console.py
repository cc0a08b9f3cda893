"""Stories of how the console is served: its page, its files, what browsers tell of it, and JSON compressed for it."""
import gzip
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from service import VIGIA, Service, make_key, record, set_up

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = b"export const answer = 42;\n" * 100
REPORT = {"csp-report": {"document-uri": "https://v.example/alerts?filter=secret", "effective-directive": "script-src-elem",
                         "blocked-uri": "https://evil.example/x.js?y=secret\n", "source-file": "x" * 5000, "line-number": 3}}


def write_console(folder):
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<!doctype html><meta name="csp-nonce" content="__NONCE__"><title>A console</title>')
    (folder / "assets/main-1a2b3c4d.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets/main-1a2b3c4d.js.br").write_bytes(b"as brotli would have it")


class ConsoleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.web = pathlib.Path(cls.folder.name) / "web"
        write_console(cls.web)
        cls.service = Service(pathlib.Path(cls.folder.name) / "data", "--web-dir", str(cls.web))
        cls.owner = set_up(cls.service)

    @classmethod
    def tearDownClass(cls):
        if cls.service.process.poll() is None:
            cls.service.kill()
        cls.folder.cleanup()

    def test_every_path_that_a_person_opens_is_the_page_with_a_nonce_of_its_own(self):
        nonces = set()
        for path in ("/", "/alerts?severity=1", "/a/0123", "/settings/users", "/login"):
            status, headers, body = self.service.call("GET", path, headers=BROWSER)
            self.assertEqual((status, headers["Content-Type"], headers["Cache-Control"]), (200, "text/html; charset=utf-8", "no-store"))
            nonce = re.search(r"style-src 'self' 'nonce-([0-9a-f]{36})'", headers["Content-Security-Policy"]).group(1)
            self.assertEqual(body.decode(), f'<!doctype html><meta name="csp-nonce" content="{nonce}"><title>A console</title>')
            self.assertIn("report-uri /csp-report", headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Cross-Origin-Opener-Policy"], "same-origin")
            self.assertIn("camera=()", headers["Permissions-Policy"])
            nonces.add(nonce)
        self.assertEqual(len(nonces), 5)
        status, headers, body = self.service.call("HEAD", "/", headers=BROWSER)
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["Content-Length"]), 50)

    def test_what_is_the_apis_stays_so(self):
        for path in ("/api/v1/none", "/api/", "/v2/none", "/assets/none.js", "/assets/main-1a2b3c4d.js.gz", "/csp-report"):
            status, headers, _ = self.service.call("GET", path, headers=BROWSER)
            self.assertIn(status, (401, 404, 405), path)
            self.assertNotIn("text/html", headers["Content-Type"], path)
        self.assertEqual(self.service.call("GET", "/healthz", headers=BROWSER)[2], {"status": "ok"})
        status, headers, _ = self.service.call("GET", "/nothing", headers={"Accept": "application/json"})
        self.assertEqual((status, headers["Content-Type"]), (404, "application/problem+json"))
        self.assertEqual(self.service.call("POST", "/alerts", "{}", headers=BROWSER)[0], 404)
        # A step up that is escaped is refused by the server before anybody looks for a file.
        for path in ("/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/..%2findex.html", "/assets/%5c..%5cindex.html"):
            self.assertIn(self.service.call("GET", path)[0], (400, 404), path)

    def test_a_file_comes_as_the_client_takes_it_and_only_once(self):
        path = "/assets/main-1a2b3c4d.js"
        tags = set()
        for accepted, coding, expected in (("gzip, deflate, br", "br", b"as brotli would have it"), ("gzip", "gzip", SCRIPT),
                                           ("identity", None, SCRIPT), ("br;q=0, *;q=0", None, SCRIPT)):
            status, headers, body = self.service.call("GET", path, headers={"Accept-Encoding": accepted})
            self.assertEqual((status, headers["Content-Encoding"], headers["Vary"]), (200, coding, "Accept-Encoding"))
            self.assertEqual(gzip.decompress(body) if coding == "gzip" else body, expected)
            self.assertEqual(headers["Cache-Control"], "public, max-age=31536000, immutable")
            self.assertEqual(headers["Content-Type"], "text/javascript; charset=utf-8")
            tags.add(headers["ETag"])
            status, _, body = self.service.call("GET", path, headers={"Accept-Encoding": accepted, "If-None-Match": headers["ETag"]})
            self.assertEqual((status, body), (304, b""))
            status, again, body = self.service.call("HEAD", path, headers={"Accept-Encoding": accepted})
            self.assertEqual((status, body, again["Content-Length"]), (200, b"", headers["Content-Length"]))
        self.assertEqual(len(tags), 3)
        (self.web / "assets/late-12345678.css").write_text("p{}")
        self.assertEqual(self.service.call("GET", "/assets/late-12345678.css")[2], b"p{}")

    def test_browsers_tell_what_the_policy_kept_off(self):
        def tell(body):
            return self.service.call("POST", "/csp-report", body, {"Content-Type": "application/csp-report"})

        def count(outcome):
            text = self.service.call("GET", "/metrics")[2].decode()
            found = re.search(rf'^vigia_csp_reports_total{{outcome="{outcome}"}} (\d+)', text, re.M)
            return int(found.group(1)) if found else 0
        self.assertEqual(tell(REPORT)[0], 204)
        for bad in ("", "[]", "{}", '{"csp-report": 7}', "\xff"):
            self.assertEqual(tell(bad.encode("latin-1"))[0], 400)
        self.assertEqual(tell({"csp-report": {"blocked-uri": "x" * 20_000}})[0], 413)
        self.assertEqual((count("taken"), count("refused")), (1, 6))
        told = [line for line in self.service.log.read_text().splitlines() if "content security policy" in line]
        self.assertEqual(len(told), 1)
        self.assertIn("script-src-elem", told[0])
        self.assertIn("https://evil.example/x.js", told[0])
        self.assertNotIn("secret", told[0])
        self.assertLess(len(told[0]), 1000)
        statuses = [tell(REPORT)[0] for _ in range(70)]
        self.assertEqual(set(statuses[:50]), {204})
        self.assertEqual(statuses[-1], 429)
        self.assertGreater(count("over_rate"), 5)

    def test_long_json_is_compressed_and_tags_stay_as_they_are(self):
        source = make_key(self.owner, "source")
        status, _, _ = source.call("POST", "/api/v1/events", "\n".join(json.dumps(record(one)) for one in range(50)))
        self.assertEqual(status, 200)
        plain = self.owner.call("GET", "/api/v1/events")
        self.assertEqual((plain[1]["Content-Encoding"], plain[1]["Vary"]), (None, "Accept-Encoding"))
        status, headers, body = self.owner.call("GET", "/api/v1/events", **{"Accept-Encoding": "gzip, br"})
        self.assertEqual((status, headers["Content-Encoding"], headers["Vary"]), (200, "gzip", "Accept-Encoding"))
        self.assertEqual(body, plain[2])
        self.assertLess(int(headers["Content-Length"]) * 3, int(plain[1]["Content-Length"]))
        rule = self.owner.get("/api/v1/rules")["rules"][0]["id"]
        status, headers, _ = self.owner.call("GET", f"/api/v1/rules/{rule}", **{"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"]), (200, None))
        self.assertRegex(headers["ETag"], r'^"\d+"$')


class WithoutFolderTest(unittest.TestCase):
    def test_the_program_has_its_own_console_or_says_that_it_has_none(self):
        with tempfile.TemporaryDirectory() as folder:
            service = Service(pathlib.Path(folder) / "data")
            try:
                status, headers, body = service.call("GET", "/", headers=BROWSER)
                self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
                page = body.decode()
                if "without its console" in page:
                    self.assertIn("WITH_WEB=ON", page)
                    return
                nonce = re.search(r"'nonce-([0-9a-f]{36})'", headers["Content-Security-Policy"]).group(1)
                self.assertIn(f'content="{nonce}"', page)
                self.assertNotIn("__NONCE__", page)
                scripts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
                self.assertTrue([one for one in scripts if one.endswith(".js")], page)
                for path in scripts:
                    status, headers, body = service.call("GET", path)
                    self.assertEqual(status, 200, path)
                    packed = service.call("GET", path, headers={"Accept-Encoding": "gzip"})
                    if packed[1]["Content-Encoding"] == "gzip":
                        self.assertEqual(gzip.decompress(packed[2]), body)
            finally:
                service.kill()

    def test_a_folder_without_a_console_is_refused_at_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            for web, why in ((folder, "has no index.html"), (folder + "/none", "none")):
                done = subprocess.run([VIGIA, "serve", "--data", folder + "/data", "--listen", "127.0.0.1:0", "--web-dir", web],
                                      capture_output=True, text=True, timeout=60, check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(why, done.stderr)


if __name__ == "__main__":
    unittest.main()
