#!/usr/bin/env python3
"""Receivers of notifications, for tests: real servers that check what they get by means of their own, and share no code with Vigia.

receivers.py http|smtp|syslog [--tls FOLDER] [--secret TEXT] listens on a free port of the loopback and prints one JSON object a line:
first {"port": …}, then one for each thing that came. Commands are read from standard input, one a line, and answered with {"done": …}:
"status N" for what is answered from now on, "retry-after N", "long" for a long answer, "hang" to answer nothing. It ends with its input.
"""
import argparse
import base64
import datetime
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import socketserver
import ssl
import subprocess
import sys
import threading
import urllib.parse

STATE = {"status": 200, "retry-after": None, "long": False, "hang": False}
PRINTING = threading.Lock()


def tell(**what):
    with PRINTING:
        print(json.dumps(what), flush=True)


def make_certificate(folder):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def check_webhook(secret, headers, body):
    """None when nothing is signed, else whether the signature is right and recent."""
    if "X-Vigia-Signature" not in headers:
        return None
    signed = headers["X-Vigia-Timestamp"].encode() + b"." + body
    return hmac.compare_digest(headers["X-Vigia-Signature"], "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest())


def check_sigv4(secret, method, path, headers, body):
    """AWS Signature Version 4, from its documentation; what is wrong, or "good"."""
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/(\w+)/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})",
                         headers.get("Authorization", ""))
    if not found:
        return "no signature"
    key_id, day, region, service, names, signature = found.groups()
    if "host" not in names.split(";") or "x-amz-date" not in names.split(";"):
        return "host and x-amz-date must be signed"
    when = headers["X-Amz-Date"]
    age = datetime.datetime.utcnow() - datetime.datetime.strptime(when, "%Y%m%dT%H%M%SZ")
    if not when.startswith(day) or abs(age.total_seconds()) > 300:
        return "old"
    canonical = "\n".join([method, path, "", *(f"{name}:{' '.join(headers[name].split())}" for name in names.split(";")), "", names,
                           hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{when}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = ("AWS4" + secret).encode()
    for part in (day, region, service, "aws4_request"):
        key = digest(key, part)
    return f"good {key_id} {region} {service}" if digest(key, text).hex() == signature else "wrong"


class Http(http.server.BaseHTTPRequestHandler):
    secret = ""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        what = {"path": self.path, "type": self.headers["Content-Type"], "status": STATE["status"]}
        if self.headers["Content-Type"].startswith("application/json"):
            what["body"] = json.loads(body)
            what["text"] = body.decode()
        else:
            what["form"] = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
            what["sigv4"] = check_sigv4(self.secret, "POST", self.path, self.headers, body)
        what["signed"] = check_webhook(self.secret, self.headers, body)
        what["timestamp"] = self.headers.get("X-Vigia-Timestamp")
        tell(**what)
        if STATE["hang"]:
            self.rfile.read(1)  # until the other side goes
            return
        answer = b"x" * (1 << 22) if STATE["long"] else b"answer with \xff and \x01"
        self.send_response(STATE["status"])
        if STATE["retry-after"]:
            self.send_header("Retry-After", STATE["retry-after"])
        if STATE["status"] in (301, 302, 307):
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Smtp(socketserver.StreamRequestHandler):
    context = None
    secret = ""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def hear(self):
        return self.rfile.readline().decode().rstrip("\r\n")

    def hello(self, encrypted):
        extensions = ["localhost", "8BITMIME"] + ([] if encrypted or not self.context else ["STARTTLS"]) + (["AUTH PLAIN"] if encrypted else [])
        for i, one in enumerate(extensions):
            self.say(("250 " if i == len(extensions) - 1 else "250-") + one)

    def start_tls(self):
        self.say("220 go ahead")
        self.request = self.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)

    def data(self):
        self.say("354 go ahead")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def log_in(self, line):
        words = line.split()
        if len(words) == 2:
            self.say("334 ")
            words.append(self.hear())
        _, user, password = base64.b64decode(words[2]).decode().split("\0")
        self.say("235 welcome" if password == self.secret else "535 no")
        return user if password == self.secret else None

    def handle(self):
        got = {"tls": False, "user": None, "to": []}
        self.say("220 localhost")
        while line := self.hear():
            command = line.split(":")[0].split()[0].upper()
            if command == "EHLO":
                self.hello(got["tls"])
            elif command == "STARTTLS":
                self.start_tls()
                got["tls"] = True
            elif command == "AUTH":
                got["user"] = self.log_in(line)
            elif command == "MAIL":
                got["from"] = re.search("<(.*)>", line).group(1)
                self.say("250 good")
            elif command == "RCPT":
                got["to"].append(re.search("<(.*)>", line).group(1))
                self.say("250 good")
            elif command == "DATA":
                raw = self.data()
                message = email.message_from_bytes(raw, policy=email.policy.default)
                got["headers"] = {name: str(value) for name, value in message.items()}
                got["names"] = [name for name, _ in message.items()]
                got["defects"] = [repr(one) for one in message.defects] + [repr(one) for value in message.values() for one in value.defects]
                got["longest"] = max(len(one) for one in raw.split(b"\r\n"))
                got["ascii"] = raw.isascii()
                got["body"] = message.get_content()
                tell(**got)
                self.say(f"{STATE['status'] if STATE['status'] >= 400 else 250} so be it")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 what")


RFC5424 = re.compile(r'<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) ((?:\[(?:[^\]"\\]|\\.|"(?:[^"\\\]]|\\.)*")*\])+) \ufeff(.*)', re.DOTALL)


def read_data(text):
    elements = {}
    for name, parameters in re.findall(r'\[([^ \]="]{1,32})((?: [^ \]="]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\]', text):
        elements[name] = [[key, re.sub(r'\\(["\\\]])', r"\1", value)] for key, value in re.findall(r' ([^=]+)="((?:[^"\\]|\\.)*)"', parameters)]
    return elements


class Syslog(socketserver.StreamRequestHandler):
    context = None

    def handle(self):
        connection = self.request
        if self.context:
            try:
                connection = self.context.wrap_socket(connection, server_side=True)
            except (ssl.SSLError, OSError) as problem:
                tell(refused=str(problem))
                return
        stream = connection.makefile("rb")
        count = b""
        while (byte := stream.read(1)) not in (b" ", b""):
            count += byte
        message = stream.read(int(count)).decode()
        rest = stream.read()
        priority, time, host, app, process, kind, data, text = RFC5424.fullmatch(message).groups()
        tell(priority=int(priority), time=time, host=host, app=app, process=process, kind=kind, data=read_data(data), message=text, rest=len(rest),
             tls=self.context is not None)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        # That the other side goes before it has all is its right.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            tell(broken=repr(sys.exc_info()[1]))


def obey(line):
    word, _, value = line.strip().partition(" ")
    if word in ("long", "hang"):
        STATE[word] = True
    elif word == "retry-after":
        STATE[word] = value or None
    else:
        STATE[word] = int(value)
    tell(done=line.strip())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["http", "smtp", "syslog"])
    parser.add_argument("--tls", type=pathlib.Path)
    parser.add_argument("--secret", default="")
    given = parser.parse_args()
    handler = {"http": Http, "smtp": Smtp, "syslog": Syslog}[given.kind]
    handler.secret = given.secret
    context = make_certificate(given.tls) if given.tls else None
    handler.context = context
    server = Server(("127.0.0.1", 0), handler)
    if context and given.kind == "http":
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tell(port=server.server_address[1])
    for line in sys.stdin:
        obey(line)


if __name__ == "__main__":
    main()
