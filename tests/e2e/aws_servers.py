"""AWS on this machine, for tests: the moto server (S3, SQS, STS), a server of S3 of another family, and a proxy before either that
makes faults."""
import collections
import gzip
import http.client
import http.server
import json
import os
import pathlib
import random
import re
import socket
import socketserver
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON_PACKAGES = str(ROOT / "build/python")  # by ./dev setup
sys.path.insert(0, PYTHON_PACKAGES)
import boto3  # noqa: E402
import botocore.config  # noqa: E402

REGION = "eu-west-1"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
ACCOUNT = "123456789012"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for_port(port, process):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the server ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not answer")


class Moto:
    """S3, SQS and STS of one process."""

    def __init__(self, log):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = open(log, "ab")
        program = f"import sys; sys.path.insert(0, {PYTHON_PACKAGES!r}); from moto.server import main; main()"
        self.process = subprocess.Popen([sys.executable, "-c", program, "-H", "127.0.0.1", "-p", str(self.port)],
                                        stdout=self.log, stderr=self.log)
        wait_for_port(self.port, self.process)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


S3_SERVER = ROOT / "build/s3server"  # by ./dev setup


class OtherS3:
    def __init__(self):
        self.process = subprocess.Popen([str(S3_SERVER), "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def client(service, url):
    return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
                        config=botocore.config.Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"},
                                                     response_checksum_validation="when_required"))


class Proxy:
    """Passes calls on. `fault(method, path, headers, body)` may answer one itself: with (status, headers, body), or with a function
    that is given the true answer (status, headers, body) and gives another; a number cuts the body there and closes the connection."""

    def __init__(self, port):
        self.upstream = port
        self.fault = None
        self.seen = collections.Counter()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                target = self.headers.get("X-Amz-Target", "").rsplit(".", 1)[-1]
                proxy.seen[target or self.command] += 1
                fault = proxy.fault(self.command, self.path, self.headers, body) if proxy.fault else None
                if isinstance(fault, tuple):
                    return self.send(*fault)
                upstream = http.client.HTTPConnection("127.0.0.1", proxy.upstream, timeout=60)
                upstream.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k.lower() != "connection"})
                answer = upstream.getresponse()
                true = (answer.status, dict(answer.getheaders()), answer.read())
                upstream.close()
                if isinstance(fault, int):
                    return self.send(*true, cut=fault)
                return self.send(*(fault(*true) if fault else true))

            def send(self, status, headers, body, cut=None):
                self.send_response_only(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body if cut is None else body[:cut])
                if cut is not None:
                    self.wfile.flush()
                    self.close_connection = True

            do_GET = do_HEAD = do_PUT = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):  # a client that went away
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


SLOW_DOWN = (503, {"Content-Type": "application/xml"}, b"<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>")
EXPIRED = (400, {"Content-Type": "application/xml"}, b"<?xml version=\"1.0\"?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>")


def notification(bucket, *keys, region=REGION):
    """As S3 sends it to a queue."""
    import urllib.parse
    return json.dumps({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": region, "eventTime": "2026-11-26T07:00:00.000Z", "eventName": "ObjectCreated:Put",
        "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
               "object": {"key": urllib.parse.quote_plus(key, safe="/"), "size": 1, "eTag": "0" * 32, "sequencer": "00"}}} for key in keys]})


def by_sns(body):
    return json.dumps({"Type": "Notification", "MessageId": "m", "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:trail", "Subject": "Amazon S3 Notification", "Message": body})


def by_event_bridge(bucket, key):
    return json.dumps({"version": "0", "id": "e", "detail-type": "Object Created", "source": "aws.s3", "account": ACCOUNT, "region": REGION,
                       "time": "2026-11-26T07:00:00Z", "resources": [f"arn:aws:s3:::{bucket}"],
                       "detail": {"version": "0", "bucket": {"name": bucket}, "object": {"key": key, "size": 1}, "reason": "PutObject"}})


def trail_key(number, account=ACCOUNT, region=REGION, day="2026/11/25", clock="0700", organisation=""):
    date = day.replace("/", "")
    return f"AWSLogs/{organisation}{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{date}T{clock}Z_{number:016d}.json.gz"


def packed(records):
    return gzip.compress(json.dumps({"Records": records}).encode())
