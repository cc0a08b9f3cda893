#!/usr/bin/env python3
"""service_bench.py VIGIA CORPUS [--organisations N]: what `vigia serve` takes in, and how soon an alert is there.

CORPUS is a folder of make_corpus.py. The service (a release build) starts over a new folder; three clients send the files as fast as they
are answered, half of them first. Beside it stands what `vigia detect` needs for all files, which reads them from the disk and keeps nothing:
the ratio of the two tells what being durable and searchable costs on this machine. Then the other half comes at half that rate, and the time
from the beginning of a request with a marked event until its alert stands on the stream of alerts is measured. At the end the tail is
sealed by stopping, and the lake is weighed. With --organisations N the database has so many of them, all with the shipped rules."""
import argparse
import atexit
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
MARK_PERIOD_S = 0.02
RULE = {"name": "Marked", "title": "{{requestParameters.mark}}", "type": "CloudTrail", "severity": 1, "description": "A marked event.",
        "filter": 'eventName = "TheMarkedCall"', "aggregate_fields": ["requestParameters.mark"], "window_s": 3600, "threshold": 1, "enabled": True}


def command(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


class Service:
    def __init__(self, vigia, data):
        self.log = open(data + ".log", "ab")
        self.process = subprocess.Popen([vigia, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        atexit.register(self.process.kill)  # whatever fails
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


def latencies(service, source, reader, record, bodies, rate):
    """Sends the bodies so that `rate` events a second come in, and batches of one marked event between them; the seconds from the beginning of
    such a request until its alert was on the stream, the marks that never came, and the rate that was held."""
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

    threading.Thread(target=listen, daemon=True).start()
    began = time.monotonic()
    waiting, lock, ends = iter(enumerate(bodies)), threading.Lock(), []

    def load():
        connection = service.connection()
        while True:
            with lock:
                number, body = next(waiting, (None, None))
            if body is None:
                return
            time.sleep(max(0, began + number * EVENTS_A_FILE / rate - time.monotonic()))
            status, text = call(connection, source, "POST", "/api/v1/events", body)
            assert status == 200, text
            ends.append(time.monotonic())

    loaders = [threading.Thread(target=load) for _ in range(CLIENTS)]
    for loader in loaders:
        loader.start()
    connection = service.connection()
    while any(loader.is_alive() for loader in loaders):
        mark = f"mark-{len(sent)}"
        body = json.dumps(dict(record, eventID=mark, eventName="TheMarkedCall", requestParameters={"mark": mark}))
        sent[mark] = time.monotonic()
        status, text = call(connection, source, "POST", "/api/v1/events", body)
        assert status == 200, text
        time.sleep(MARK_PERIOD_S)
    end = time.monotonic() + 10
    while any(mark not in seen for mark in sent) and time.monotonic() < end:
        time.sleep(0.05)
    stopping.set()
    return sorted(seen[mark] - sent[mark] for mark in sent if mark in seen), [mark for mark in sent if mark not in seen], len(bodies) * EVENTS_A_FILE / (max(ends) - began)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("vigia")
    words.add_argument("corpus")
    words.add_argument("--organisations", type=int, default=0)
    words = words.parse_args()
    files = sorted(glob.glob(f"{words.corpus}/*.gz"))
    bodies = [pathlib.Path(file).read_bytes() for file in files]
    source_bytes = sum(map(len, bodies))
    assert len(bodies) >= 2, f"{words.corpus} holds fewer than two files"
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/data"
        command(words.vigia, "organisation", "add", "--data", data, "--retention-days", "3650", "Bench")
        source, reader = key(words.vigia, data, "source"), key(words.vigia, data, "api", "--role", "user")
        if words.organisations:
            add_organisations(data, words.organisations)
        service = Service(words.vigia, data)
        before = service.figures()[0]
        half = len(bodies) // 2
        taken, busy = send_all(service, source, bodies[:half])
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
        detect_rate = stored * len(bodies) / half / detected
        print(f"| `vigia detect` over the files, events a second | {detect_rate:,.0f} |")
        print(f"| times that | {detect_rate / rate:.2f} |")
        status, answer = call(connection, reader, "POST", "/api/v1/rules", json.dumps(RULE))
        assert status == 201, answer
        record = json.loads(gzip.decompress(bodies[0]))["Records"][0]
        before = service.figures()[0]
        times, lost, held = latencies(service, source, reader, record, bodies[half:], rate / 2)
        assert times and not lost, f"{len(lost)} alerts never came: {lost[:5]}"
        after, peak = service.figures()
        print(f"| event in → alert on the stream, at {held:,.0f} events a second: p50, ms | {times[len(times) // 2] * 1000:.1f} |")
        print(f"| p99, ms | {times[int(len(times) * 0.99)] * 1000:.1f} |")
        print(f"| peak memory at the end, MiB | {peak:.0f} |")
        stored = json.loads(call(connection, reader, "GET", "/api/v1/events/count")[1])["count"]
        service.stop()
        lake = sum(file.stat().st_size for file in pathlib.Path(f"{data}/lake").rglob("*.parquet"))
        print(f"| events stored at the end | {stored} |")
        print(f"| lake, times the gz source | {lake / source_bytes:.3f} |")


if __name__ == "__main__":
    sys.exit(main())
