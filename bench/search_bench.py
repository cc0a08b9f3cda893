#!/usr/bin/env python3
"""search_bench.py VIGIA CORPUS DATA [EVENTS]: how long questions over many stored events take.

Starts `vigia serve` (a release build) over the folder DATA. When that is new, it sends the corpus of make_corpus.py until EVENTS events are
stored (10,000,000 unless said): each file again and again with other ids, so that events come in the order of their time, as they do in
life. Then it asks each question several times, over one connection, and prints a table: how much was answered, the first time, when nothing was
read yet, the best and the middle of the others."""
import datetime
import gzip
import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
import urllib.parse
import zlib

ROUNDS = 9
# Events of the last whole month, for old ones are not kept: "2026-10-".
MONTH = (datetime.date.today().replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m-")
QUESTIONS = [
    ("the last 50 events", "events", {}, 200),
    ("the last 50, five fields", "events", {"columns": "eventName,eventSource,user,ip,region"}, 200),
    ("an access key, over all", "events", {"filter": 'userIdentity.accessKeyId = "$RAREST"'}, 100),
    ("an access key, over all, five fields", "events",
     {"filter": 'userIdentity.accessKeyId = "$RAREST"', "columns": "eventName,eventSource,user,ip,region"}, 100),
    ("an address, over all", "events", {"filter": 'ip = "$RAREST"'}, 100),
    ("an address, over all, five fields", "events", {"filter": 'ip = "$RAREST"', "columns": "eventName,eventSource,user,ip,region"}, 100),
    ("what is not there", "events", {"filter": 'userIdentity.accessKeyId = "AKIANOTHING"'}, 100),
    ("a name in a week", "events", {"filter": 'eventName = "ConsoleLogin"', "since": f"{MONTH}10T00:00:00Z", "until": f"{MONTH}17T00:00:00Z"}, 50),
    ("a rare name, over all", "events", {"filter": 'eventName = "PutRolePolicy"'}, None),
    ("a field without a column", "events", {"filter": 'requestParameters.bucketName = "acme-7"'}, None),
    ("a field without a column, rare", "events", {"filter": 'requestParameters.key = "a-needle"'}, None),
    ("histogram of a month by days", "events/histogram", {"width": "1d"}, 300),
    ("histogram of a name by hours", "events/histogram", {"width": "1h", "filter": 'eventName = "PutObject"'}, None),
    ("count of all", "events/count", {}, None),
    ("facet: names", "events/facets", {"field": "eventName"}, None),
    ("facet: five fields", "events/facets", {"field": ["eventName", "eventSource", "user", "ip", "errorCode"]}, None),
    ("facet: a field without a column", "events/facets", {"field": "requestParameters.bucketName"}, None),
]


class Service:
    def __init__(self, vigia, data):
        self.process = subprocess.Popen([vigia, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.connection = http.client.HTTPConnection("127.0.0.1", int(re.search(r":(\d+)$", line.strip()).group(1)), timeout=600)

    def call(self, method, path, token, body=None):
        self.connection.request(method, path, body, {"Authorization": "Bearer " + token})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, text

    def stop(self):
        self.process.terminate()
        self.process.wait()


def command(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def make_key(vigia, data, kind, *more):
    return re.search(r"vigia_\w+", command(vigia, "key", "add", "--data", data, "--organisation", "Bench", "--kind", kind, *more, kind)).group(0)


def rarest(service, token, field):
    """A value that few events have."""
    _, _, answer = ask(service, token, "events/facets", {"field": field, "limit": 1000})
    return answer["facets"][0]["values"][-1]["value"]


def load(service, token, corpus, events):
    files = sorted(pathlib.Path(corpus).glob("*.gz"))
    sent, began = 0, time.monotonic()
    copies = max(1, events // (5000 * len(files)))
    for file in files:
        text = gzip.decompress(file.read_bytes())
        for copy in range(copies):
            body = text.replace(b'"eventID":"', b'"eventID":"%04d-' % copy).replace(b'"eventTime":"2026-03-', b'"eventTime":"' + MONTH.encode())
            packer = zlib.compressobj(1, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
            while True:
                status, answer = service.call("POST", "/api/v1/events", token, body)
                if status == 200:
                    break
                assert status == 429, (status, answer)
                time.sleep(0.2)
            sent += json.loads(answer)["accepted"]
        print(f"\r{sent} events, {sent / (time.monotonic() - began):.0f} a second", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def ask(service, token, path, parameters):
    query = urllib.parse.urlencode(parameters, doseq=True)
    began = time.monotonic()
    status, answer = service.call("GET", f"/api/v1/{path}?{query}", token)
    taken = (time.monotonic() - began) * 1000
    return taken, f"{status}" if status != 200 else "", json.loads(answer)


def main():
    vigia, corpus, data = sys.argv[1:4]
    events = int(sys.argv[4]) if len(sys.argv) > 4 else 10_000_000
    tokens = pathlib.Path(data) / "bench-tokens"
    if not tokens.exists():
        os.makedirs(data, mode=0o700, exist_ok=True)
        command(vigia, "organisation", "add", "--data", data, "--retention-days", "3650", "Bench")
        source, reader = make_key(vigia, data, "source"), make_key(vigia, data, "api")
        service = Service(vigia, data)
        load(service, source, corpus, events)
        service.stop()
        tokens.write_text(reader)
    token = tokens.read_text()
    service = Service(vigia, data)
    print("| question | answers | goal ms | first ms | best ms | middle ms | |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for name, path, parameters, goal in QUESTIONS:
        times = []
        if "$RAREST" in parameters.get("filter", ""):
            field = parameters["filter"].split(" ")[0]
            parameters = {"filter": parameters["filter"].replace("$RAREST", rarest(service, token, field))}
        for _ in range(ROUNDS):
            taken, refused, answer = ask(service, token, path, parameters)
            times.append(taken)
            if refused:
                break
        found = next((len(value) if isinstance(value, list) else value for name, value in answer.items() if name != "next"), "")
        rest = times[1:] or times
        print(f"| {name} | {found} | {goal or ''} | {times[0]:.0f} | {min(rest):.0f} | {statistics.median(rest):.0f} | {refused} |", flush=True)
    service.stop()


if __name__ == "__main__":
    main()
