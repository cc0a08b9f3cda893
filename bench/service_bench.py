#!/usr/bin/env python3
"""service_bench.py VIGIA CORPUS [--organisations N]: what `vigia serve` takes in, and how soon an alert is there.

CORPUS is a folder of make_corpus.py. The service (a release build) starts over a new folder; three clients send the files as fast as they
are answered. Beside it stands what `vigia detect` needs for the same files, which reads them from the disk and keeps nothing: the
ratio of the two tells what being durable and searchable costs on this machine. Then a client sends at half that rate, and the time from the
beginning of a request with a marked event until its alert stands on the stream of alerts is measured. At the end the tail is sealed
by stopping, and the lake is weighed. With --organisations N the database has so many of them, all with the shipped rules."""
import argparse
import glob
import gzip
import http.client
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = 3
EVENTS_A_FILE = 5000
LATENCY_S = 20
SMALL = 100  # events of a batch while latency is measured
RULE = {"name": "Marked", "title": "{{requestParameters.mark}}", "type": "CloudTrail", "severity": 1, "description": "A marked event.",
        "filter": 'eventName = "TheMarkedCall"', "aggregate_fields": ["requestParameters.mark"], "window_s": 3600, "threshold": 1, "enabled": True}


def command(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


class Service:
    def __init__(self, vigia, data):
        self.log = open(data + ".log", "ab")
        self.process = subprocess.Popen([vigia, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().strip()).group(1))

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def figures(self):
        """The processor time in seconds, and the peak of memory in MiB."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        peak = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1)
        return (int(stat[11]) + int(stat[12])) / 100, int(peak) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


def call(connection, token, method, path, body=None):
    connection.request(method, path, body, {"Authorization": "Bearer " + token})
    answer = connection.getresponse()
    return answer.status, answer.read()


def key(vigia, data, kind, *more):
    return re.search(r"vigia_\w+", command(vigia, "key", "add", "--data", data, "--organisation", "Bench", "--kind", kind, *more, kind)).group(0)


def add_organisations(data, count):
    """As the command would, a thousand times faster."""
    database = sqlite3.connect(f"{data}/catalog.db")
    columns = [row[1] for row in database.execute("pragma table_info(organisations)")]
    row = dict(zip(columns, database.execute("select * from organisations").fetchone()))
    for number in range(count):
        row.update(id=f"{number:024x}", name=f"Organisation {number}")
        database.execute(f"insert into organisations ({', '.join(columns)}) values ({', '.join('?' * len(columns))})", [row[name] for name in columns])
    database.commit()
    database.close()


def send_all(service, token, bodies):
    waiting, lock, faults, busy = iter(bodies), threading.Lock(), [], [0]

    def run():
        connection = service.connection()
        while True:
            with lock:
                body = next(waiting, None)
            if body is None:
                return
            while True:
                status, answer = call(connection, token, "POST", "/api/v1/events", body)
                if status != 429:
                    break
                busy[0] += 1
                time.sleep(0.05)
            if status != 200:
                faults.append((status, answer))
                return

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    return time.monotonic() - began, busy[0]


def latencies(service, source, reader, records, rate):
    """Sends batches of SMALL at `rate` events a second, one of whose events is marked; the seconds until each mark was on the stream."""
    seen, sent, stopping = {}, {}, threading.Event()
    stream = service.connection()
    stream.request("GET", "/api/v1/alerts/stream", headers={"Authorization": "Bearer " + reader})
    answer = stream.getresponse()
    answer.readline()

    def listen():
        while not stopping.is_set():
            line = answer.readline()
            if line.startswith(b"data: "):
                seen.setdefault(json.loads(line[6:])["title"], time.monotonic())

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    connection, number = service.connection(), 0
    began = time.monotonic()
    while time.monotonic() - began < LATENCY_S:
        mark = f"mark-{number}"
        batch = [dict(record, eventID=f"{mark}-{at}") for at, record in enumerate(records)]
        batch[0] = dict(batch[0], eventName="TheMarkedCall", requestParameters={"mark": mark})
        body = "\n".join(json.dumps(one) for one in batch)
        due = began + number * SMALL / rate
        time.sleep(max(0, due - time.monotonic()))
        sent[mark] = time.monotonic()
        status, text = call(connection, source, "POST", "/api/v1/events", body)
        assert status == 200, text
        number += 1
    end = time.monotonic() + 10
    while len(seen) < len(sent) and time.monotonic() < end:
        time.sleep(0.05)
    stopping.set()
    taken = sorted(seen[mark] - sent[mark] for mark in sent if mark in seen)
    return taken, len(sent) - len(taken), number * SMALL / (max(sent.values()) - began)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("vigia")
    words.add_argument("corpus")
    words.add_argument("--organisations", type=int, default=0)
    words = words.parse_args()
    files = sorted(glob.glob(f"{words.corpus}/*.gz"))
    bodies = [pathlib.Path(file).read_bytes() for file in files]
    source_bytes = sum(map(len, bodies))
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data"
        command(words.vigia, "organisation", "add", "--data", data, "Bench")
        source, reader = key(words.vigia, data, "source"), key(words.vigia, data, "api", "--role", "user")
        if words.organisations:
            add_organisations(data, words.organisations)
        service = Service(words.vigia, data)
        before = service.figures()[0]
        taken, busy = send_all(service, source, bodies)
        after, peak = service.figures()
        connection = service.connection()
        asked = time.monotonic()
        stored = json.loads(call(connection, reader, "GET", "/api/v1/events/count")[1])["count"]
        asked = time.monotonic() - asked
        rate = stored / taken
        print("| what | figure |\n| --- | ---: |")
        print(f"| events acknowledged, durable, detected, searchable | {stored} |")
        print(f"| a second | {rate:,.0f} |")
        print(f"| processor time of the service, µs an event | {(after - before) * 1e6 / stored:.1f} |")
        print(f"| told to come again (429) | {busy} |")
        print(f"| found by a count asked after the last answer, ms | {asked * 1000:.0f} |")
        print(f"| peak memory, MiB | {peak:.0f} |")
        began = time.monotonic()
        subprocess.run([words.vigia, "detect", "--format", "json", words.corpus], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        detected = time.monotonic() - began
        print(f"| `vigia detect` over the same files, events a second | {stored / detected:,.0f} |")
        print(f"| times that | {taken / detected:.2f} |")
        status, answer = call(connection, reader, "POST", "/api/v1/rules", json.dumps(RULE))
        assert status == 201, answer
        records = json.loads(gzip.decompress(bodies[0]))["Records"][:SMALL]
        times, lost, held = latencies(service, source, reader, records, rate / 2)
        assert times and not lost, f"{lost} alerts never came"
        print(f"| event in → alert on the stream, at {held:,.0f} events a second: p50, ms | {times[len(times) // 2] * 1000:.1f} |")
        print(f"| p99, ms | {times[int(len(times) * 0.99)] * 1000:.1f} |")
        service.stop()
        lake = sum(file.stat().st_size for file in pathlib.Path(f"{data}/lake").rglob("*.parquet"))
        print(f"| lake, times the gz source | {lake / source_bytes / ((stored + len(times) * SMALL) / stored):.3f} |")


if __name__ == "__main__":
    sys.exit(main())
