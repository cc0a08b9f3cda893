"""A running `vigia serve` for tests: started on a free port over a folder, with a client that speaks JSON."""
import gzip
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import contract

VIGIA = os.environ.get("VIGIA", str(pathlib.Path(__file__).resolve().parents[2] / "build/dev/bin/vigia"))
PASSWORD = "correct horse battery staple"


class Service:
    def __init__(self, folder, *options, environment=None):
        self.folder = str(folder)
        self.options = options
        self.environment = environment
        self.is_held = True  # whether answers are held to the document of the API
        self.log = pathlib.Path(self.folder + ".log")  # what came on standard error, of all its runs
        self.token = None
        self.start()

    def start(self, *more):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:  # a pipe that nobody reads would fill up, and hold the service up
            self.process = subprocess.Popen(
                [VIGIA, "serve", "--data", self.folder, "--listen", "127.0.0.1:0", *self.options, *more],
                stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        self.port = None
        for line in self.process.stdout:
            found = re.search(r"serves at https?://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                break
        if self.port is None:
            self.close()
            raise RuntimeError(f"vigia did not start: {self.log.read_text()}")

    def setup_token(self):
        for line in self.process.stdout:
            found = re.search(r'"token":"([^"]+)"', line)
            if found:
                return found.group(1)
        raise RuntimeError("no token was printed")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        code = self.process.returncode
        self.close()
        return code

    def close(self):
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def call(self, method, path, body=None, headers=None):
        """The status, the headers and the body: JSON where it is some."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            if body is not None and not isinstance(body, (bytes, str)):
                body = json.dumps(body)
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read()
            if answer.getheader("Content-Encoding") == "gzip" and "json" in (answer.getheader("Content-Type") or ""):
                text = gzip.decompress(text)
            if re.fullmatch(r"application/(problem\+)?json", answer.getheader("Content-Type") or "") and text:
                text = json.loads(text)
            if self.is_held:
                contract.hold(method, path, answer.status, answer.getheader("Content-Type"), text)
            return answer.status, answer.headers, text
        finally:
            connection.close()

    def stream(self, path, headers=None):
        """A connection whose answer streams, and the answer; the caller reads its lines and closes the connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        contract.hold("GET", path, answer.status, answer.getheader("Content-Type"), "")
        return connection, answer


class Client:
    """Somebody who is signed in, or has a key."""

    def __init__(self, service, headers):
        self.service = service
        self.headers = headers

    def call(self, method, path, body=None, **headers):
        return self.service.call(method, path, body, {**self.headers, **headers})

    def get(self, path):
        status, _, body = self.call("GET", path)
        assert status == 200, (path, status, body)
        return body


def sign_in(service, email, password=PASSWORD):
    status, headers, body = service.call("POST", "/api/v1/session", {"email": email, "password": password})
    assert status == 200, (status, body)
    cookie = headers["Set-Cookie"].split(";")[0]
    return Client(service, {"Cookie": cookie, "X-CSRF-Token": body["csrf_token"]})


def set_up(service, organisation="Acme", email="owner@acme.example"):
    body = {"token": service.setup_token(), "organisation": organisation, "email": email, "password": PASSWORD}
    status, _, answer = service.call("POST", "/api/v1/setup", body)
    assert status == 201, (status, answer)
    return sign_in(service, email)


def key_of_another(service, name="Other"):
    """A key of the owner of another organisation, which is made for it."""
    made = subprocess.run([VIGIA, "organisation", "add", "--data", service.folder, name], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    out = subprocess.run([VIGIA, "key", "add", "--data", service.folder, "--organisation", name, "--kind", "api", "--role", "owner", "k"],
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stderr + out.stdout
    return Client(service, {"Authorization": "Bearer " + re.search(r"vigia_\w+", out.stdout).group(0)})


def wait_for(condition, seconds=60):
    """What the condition answers, once it is true."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.05)


def make_key(owner, kind, **more):
    status, _, body = owner.call("POST", "/api/v1/keys", {"name": kind, "kind": kind, **more})
    assert status == 201, (status, body)
    return Client(owner.service, {"Authorization": "Bearer " + body["token"]})


def record(number, name="GetObject", **more):
    return {"eventVersion": "1.09", "eventSource": "s3.amazonaws.com", "eventName": name, "eventID": f"event-{number}",
            "eventTime": f"2026-11-20T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            "awsRegion": "us-east-1", "recipientAccountId": "111122223333", "sourceIPAddress": "203.0.113.7",
            "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": "111122223333"}, **more}
