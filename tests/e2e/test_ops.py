"""Stories of whoever runs the service: settings, TLS, logs, measures, the service manager, what a package brings."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian keeps its packages, whichever python3 comes first
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402
from service import PASSWORD, VIGIA, Client, Service, make_key, record, set_up  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULE = {"name": "Bucket read", "title": "{{user}}", "type": "CloudTrail", "severity": 1, "description": "x",
        "filter": 'eventName = "ReadTheBucket"', "aggregate_fields": ["user"], "window_s": 3600, "threshold": 1, "enabled": True}


def eventually(condition, what):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"never came: {what}")


class OpsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def serve(self, *words, name="data"):
        service = Service(self.folder / name, *words)
        self.addCleanup(lambda: service.process.poll() is None and service.kill())
        return service

    def refused(self, *words):
        done = subprocess.run([VIGIA, "serve", "--data", str(self.folder / "refused"), *words], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        return done.stderr

    def config(self, text):
        file = self.folder / "vigia.yaml"
        file.write_text(text)
        return file


class SettingsTest(OpsTest):
    def test_a_file_has_settings_and_the_command_line_wins(self):
        file = self.config("listen: 192.0.2.1:1\nlog_level: debug\nlog_format: json\n")
        service = self.serve("--config", str(file))  # --listen stands on its command line
        self.assertEqual(service.call("GET", "/healthz")[0], 200)
        lines = [json.loads(line) for line in service.log.read_text().splitlines()]
        self.assertIn(("debug", "/healthz"), [(one["level"], one.get("route")) for one in lines])

    def test_what_is_wrong_is_named_with_its_place(self):
        file = self.config("listen: 127.0.0.1:0\nlog_levle: debug\n")
        self.assertEqual(self.refused("--config", str(file)),
                         f"vigia: {file}:2: there is no setting 'log_levle'; did you mean 'log_level'?\n")
        self.assertIn("none.yaml", self.refused("--config", str(self.folder / "none.yaml")))
        self.assertIn("'log_level' must be debug, info, warning or error, not 'loud'", self.refused("--log-level", "loud"))
        self.assertIn("'listen' must be ADDRESS:PORT", self.refused("--listen", "here"))

    def test_the_example_has_every_setting_and_is_taken(self):
        example = (ROOT / "packaging/vigia.yaml").read_text()
        names = self.options() - {"config", "help"}
        self.assertGreater(len(names), 10)
        for name in names:
            self.assertRegex(example, rf"(?m)^(# )?{name.replace('-', '_')}:", name)
        every = re.sub(r"(?m)^# (\w+: )", r"\1", example).replace("127.0.0.1:8443", "here")
        self.assertIn("'listen' must be ADDRESS:PORT", self.refused("--config", str(self.config(every))))

    def options(self):
        done = subprocess.run([VIGIA, "serve", "--help"], capture_output=True, text=True, check=True)
        return set(re.findall(r"--([a-z][a-z-]+)", done.stdout.split("Examples:")[0]))

    def test_manual_and_completion_know_every_option(self):
        manual = (ROOT / "docs/vigia.1").read_text().replace("\\-", "-")
        completion = (ROOT / "tools/vigia.bash").read_text()
        for name in self.options() - {"help"}:
            self.assertIn(f"--{name}", manual)
            self.assertIn(f"--{name}", completion)
        done = subprocess.run([VIGIA, "--help"], capture_output=True, text=True, check=True)
        commands = re.findall(r"(?m)^  ([a-z]+) ", done.stdout.split("Subcommands:")[1].split("Examples:")[0])
        self.assertIn("restore", commands)
        for name in commands:
            self.assertIn(f".B vigia {name}\n", manual.replace("vigia rules fields", "").replace("vigia rules explain", ""))
            words = subprocess.run(["bash", "-c", f"source {ROOT}/tools/vigia.bash; COMP_WORDS=(vigia {name[:-1]}); COMP_CWORD=1; _vigia; "
                                    'echo "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True).stdout.split()
            self.assertIn(name, words)


class TlsTest(OpsTest):
    def test_beyond_this_machine_there_is_tls_or_a_word_for_none(self):
        for address in ("0.0.0.0:0", "[::]:0"):
            error = self.refused("--listen", address)
            for remedy in ("--tls-certificate", "--tls-generate", "--insecure-http"):
                self.assertIn(remedy, error)
        self.assertIn("belong together", self.refused("--tls-key", "x"))
        self.assertIn("choose", self.refused("--tls-generate", "--tls-certificate", "x", "--tls-key", "y"))
        self.assertIn("neither a host name nor an address", self.refused("--listen", "127.0.0.1:0", "--tls-generate", "--tls-names", "a b"))
        self.assertFalse((self.folder / "refused/tls.key").exists())
        process = subprocess.Popen([VIGIA, "serve", "--data", str(self.folder / "open"), "--listen", "0.0.0.0:0", "--insecure-http"],
                                   stdout=subprocess.PIPE, text=True)
        self.assertRegex(process.stdout.readline(), r"serves at http://0\.0\.0\.0:\d+")
        process.terminate()
        self.assertEqual(process.wait(timeout=60), 0)
        process.stdout.close()

    def fetched(self, port, host, certificate):
        context = ssl.create_default_context(cafile=certificate)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain, context.wrap_socket(plain, server_hostname=host) as secure:
            secure.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return secure.recv(20)

    def test_a_generated_certificate_is_trusted_by_its_names_and_stays(self):
        words = ("--tls-generate", "--tls-names", "vigia.example.org,192.0.2.7")
        service = self.serve(*words)
        certificate = self.folder / "data/tls.crt"
        self.assertEqual(stat.S_IMODE((self.folder / "data/tls.key").stat().st_mode), 0o600)
        for host in ("localhost", "127.0.0.1", "vigia.example.org", "192.0.2.7"):
            self.assertTrue(self.fetched(service.port, host, certificate).startswith(b"HTTP/1.1 200"), host)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.fetched(service.port, "other.example.org", certificate)
        fingerprint = self.fingerprint(service)
        facts = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256", "-text"],
                               capture_output=True, text=True, check=True).stdout
        self.assertIn(fingerprint, facts)
        self.assertIn("NIST CURVE: P-256", facts)
        self.assertEqual(service.stop(), 0)
        service.start()
        self.assertEqual(self.fingerprint(service), fingerprint)

    def fingerprint(self, service):
        for line in service.process.stdout:
            found = re.match(r"SHA-256 fingerprint ([0-9A-F:]{95})$", line)
            if found:
                return found.group(1)
        self.fail("no fingerprint was printed")

    def test_a_hangup_takes_up_another_certificate(self):
        def make(name):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                            "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", self.folder / "key.pem",
                            "-out", self.folder / "certificate.pem"], check=True, capture_output=True)
            shutil.copy(self.folder / "certificate.pem", self.folder / f"{name}.pem")
        make("one.example")
        service = self.serve("--tls-certificate", str(self.folder / "certificate.pem"), "--tls-key", str(self.folder / "key.pem"))
        self.assertTrue(self.fetched(service.port, "one.example", self.folder / "one.example.pem"))
        make("two.example")
        service.process.send_signal(signal.SIGHUP)
        eventually(lambda: "new connections have this certificate" in service.log.read_text(), "the certificate")
        self.assertTrue(self.fetched(service.port, "two.example", self.folder / "two.example.pem"))


class LogTest(OpsTest):
    def test_no_secret_stands_in_the_log(self):
        service = self.serve("--log-level", "debug", "--log-format", "json")
        token = service.setup_token()
        secrets = {"the set-up token": token, "a password": PASSWORD, "a wrong password": "Tr0ub4dor&3-wrong"}
        body = {"token": token, "organisation": "Acme", "email": "owner@acme.example", "password": PASSWORD}
        self.assertEqual(service.call("POST", "/api/v1/setup", body)[0], 201)
        login = {"email": "owner@acme.example", "password": PASSWORD}
        _, headers, answer = service.call("POST", "/api/v1/session", login)
        cookie = headers["Set-Cookie"].split(";")[0]
        owner = Client(service, {"Cookie": cookie, "X-CSRF-Token": answer["csrf_token"]})
        secrets |= {"a session": cookie.split("=", 1)[1], "a csrf token": answer["csrf_token"]}
        self.assertEqual(service.call("POST", "/api/v1/session", {**login, "password": secrets["a wrong password"]})[0], 401)
        source, reader = make_key(owner, "source"), make_key(owner, "api", role="reader")
        secrets |= {"a source's key": source.headers["Authorization"][7:], "an api key": reader.headers["Authorization"][7:],
                    "an unknown key": "vigia_" + "7" * 64, "a filter": "the-user-that-is-looked-for", "a body": "the-body-of-an-event",
                    "a path": "the-id-in-a-path", "a bad filter": "not-a-filter-at-all"}
        self.assertEqual(service.call("GET", "/api/v1/alerts", headers={"Authorization": "Bearer " + secrets["an unknown key"]})[0], 401)
        self.assertEqual(source.call("POST", "/api/v1/events", json.dumps(record(1, userAgent=secrets["a body"])))[0], 200)
        self.assertEqual(source.call("POST", "/api/v1/events", secrets["a body"])[0], 200)
        reader.get(f"/api/v1/events?filter=user%20%3D%20%22{secrets['a filter']}%22")
        self.assertEqual(reader.call("GET", f"/api/v1/events?filter={secrets['a bad filter']}%20%3D%3D")[0], 400)
        self.assertEqual(reader.call("GET", f"/api/v1/events/{secrets['a path']}")[0], 404)
        self.assertEqual(reader.call("GET", f"/{secrets['a path']}")[0], 404)
        self.assertEqual(service.stop(), 0)
        text = service.log.read_text()
        for what, secret in secrets.items():
            self.assertNotIn(secret, text, f"{what} stands in the log")
        self.check_lines([json.loads(line) for line in text.splitlines()])

    def check_lines(self, lines):
        for one in lines:
            self.assertRegex(one["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
            self.assertIn(one["level"], ("debug", "info", "warning", "error"))
        requests = {(one["route"], one["status"]): one for one in lines if one["message"] == "a request was answered"}
        self.assertEqual(requests[("/api/v1/setup", 201)]["level"], "debug")
        self.assertEqual(requests[("/api/v1/events/{id}", 404)]["level"], "info")
        self.assertEqual(requests[("none", 404)]["method"], "GET")
        self.assertRegex(requests[("/api/v1/events", 200)]["request"], r"^[0-9a-f-]{36}$")
        messages = [(one["component"], one["message"]) for one in lines]
        for expected in (("service", "started"), ("access", "a login was refused"), ("store", "a tail was sealed"),
                         ("service", "stopping"), ("service", "stopped")):
            self.assertIn(expected, messages)

    def test_a_hangup_has_the_log_follow_the_file(self):
        file = self.config("log_level: warning\n")
        service = self.serve("--config", str(file))
        service.call("GET", "/healthz")
        self.assertEqual(service.log.read_text(), "")
        self.config("log_level: debug\nhttp_workers: 2\n")
        service.process.send_signal(signal.SIGHUP)
        eventually(lambda: " service: reloaded" in service.log.read_text(), "the reload")
        self.assertIn("a changed setting is in force from the next start on setting=http_workers", service.log.read_text())
        service.call("GET", "/healthz")
        eventually(lambda: "route=/healthz status=200" in service.log.read_text(), "the request")
        self.config("log_level: loud\n")
        service.process.send_signal(signal.SIGHUP)
        eventually(lambda: "'log_level' must be" in service.log.read_text(), "the refusal")
        self.assertEqual(service.call("GET", "/healthz")[0], 200)


class MetricsTest(OpsTest):
    def page(self, service):
        status, headers, text = service.call("GET", "/metrics")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4"))
        return text.decode()

    def samples(self, service):
        return {(one.name, tuple(sorted(one.labels.items()))): one.value
                for family in text_string_to_metric_families(self.page(service)) for one in family.samples}

    def test_they_count_what_happened(self):
        service = self.serve()
        owner = set_up(service)
        source = make_key(owner, "source")
        self.assertEqual(owner.call("POST", "/api/v1/rules", RULE)[0], 201)
        body = "\n".join(json.dumps(one) for one in (record(1, "ReadTheBucket"), record(2), record(2), {"no": "event"}))
        self.assertEqual(source.call("POST", "/api/v1/events", body)[0], 200)
        self.assertEqual(source.call("POST", "/api/v1/events", b"\x1f\x8b\x08broken")[0], 400)
        owner.get("/api/v1/events/count")
        service.call("GET", "/nothing/of/this/name")
        service.call("POST", "/api/v1/session", {"email": "owner@acme.example", "password": "wrong wrong wrong"})
        found = self.samples(service)
        value = lambda name, **labels: found[(name, tuple(sorted(labels.items())))]  # noqa: E731
        http = {"source_kind": "http"}
        self.assertEqual(value("vigia_intake_events_total", outcome="accepted", **http), 2)
        self.assertEqual(value("vigia_intake_events_total", outcome="duplicate", **http), 1)
        self.assertEqual(value("vigia_intake_events_total", outcome="refused", **http), 1)
        self.assertEqual(value("vigia_intake_batches_total", outcome="acknowledged", **http), 1)
        self.assertEqual(value("vigia_intake_batches_total", outcome="refused", **http), 1)
        self.assertEqual(value("vigia_intake_bytes_total", **http), len(body))
        self.assertEqual(value("vigia_intake_acknowledge_seconds_count"), 1)
        self.assertEqual(value("vigia_intake_read_seconds_count"), 2)
        self.assertEqual(value("vigia_intake_event_lag_seconds_count"), 2)
        self.assertGreater(value("vigia_intake_event_lag_seconds_sum"), 3600)
        for phase in ("inbox", "tail", "alerts"):
            self.assertEqual(value("vigia_commit_seconds_count", phase=phase), 1)
        self.assertEqual(value("vigia_alerts_raised_total", severity="1"), 1)
        self.assertEqual(value("vigia_search_seconds_count"), 1)
        self.assertEqual(value("vigia_logins_refused_total"), 1)
        self.assertEqual(value("vigia_http_requests_total", method="POST", route="/api/v1/events", status="2xx"), 1)
        self.assertEqual(value("vigia_http_requests_total", method="POST", route="/api/v1/events", status="4xx"), 1)
        self.assertEqual(value("vigia_http_requests_total", method="GET", route="none", status="4xx"), 1)
        self.assertEqual(value("vigia_http_request_duration_seconds_count", route="/api/v1/events"), 2)
        self.assertEqual(value("vigia_tail_events"), 2)
        self.assertGreater(value("vigia_store_memory_bytes"), 0)
        self.assertGreater(value("process_resident_memory_bytes"), 1e7)
        (rule,) = [dict(labels)["rule"] for (name, labels), count in found.items() if name == "vigia_rule_matches_total" and count == 1]
        self.assertIn(rule, [one["id"] for one in owner.get("/api/v1/rules")["rules"] if one["name"] == RULE["name"]])
        self.assertGreaterEqual(value("vigia_rule_evaluations_total", rule=rule), 1)

    def test_prometheus_finds_no_fault_with_them(self):
        service = self.serve()
        owner = set_up(service)
        make_key(owner, "source").call("POST", "/api/v1/events", json.dumps(record(1)))
        page = self.page(service)
        done = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        for unknown in range(50):  # paths that strangers make up are no labels
            service.call("GET", f"/stranger/{unknown}")
        again = self.page(service)
        self.assertLess(len(again), 1.5 * len(page) + 4000)
        self.assertNotIn("stranger", again)


class ServiceManagerTest(OpsTest):
    def test_it_is_told_of_start_reload_and_stop(self):
        name = str(self.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(name)
            manager.settimeout(60)
            os.environ["NOTIFY_SOCKET"] = name
            try:
                service = self.serve()
            finally:
                del os.environ["NOTIFY_SOCKET"]
            self.assertEqual(manager.recv(100), b"READY=1")
            service.process.send_signal(signal.SIGHUP)
            self.assertEqual([manager.recv(100), manager.recv(100)], [b"RELOADING=1", b"READY=1"])
            self.assertEqual(service.stop(), 0)
            self.assertEqual(manager.recv(100), b"STOPPING=1")

    def test_no_token_is_printed_into_the_journal(self):
        os.environ["JOURNAL_STREAM"] = "8:1"
        try:
            service = self.serve()
        finally:
            del os.environ["JOURNAL_STREAM"]
        line = service.process.stdout.readline()
        self.assertIn("vigia organisation add", line)
        service.process.terminate()
        self.assertNotIn("token", service.process.stdout.read())

    def test_the_unit_is_hardened(self):
        unit = (ROOT / "packaging/vigia.service.in").read_text()
        for name, value in (("BINDIR", "/usr/bin"), ("DOCDIR", "/usr/share/doc/vigia")):
            unit = unit.replace(f"@CMAKE_INSTALL_FULL_{name}@", value)
        self.assertNotIn("@CMAKE", unit)
        file = self.folder / "vigia.service"
        file.write_text(unit)
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", str(file)],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)


if __name__ == "__main__":
    unittest.main()
