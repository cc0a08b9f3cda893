#!/usr/bin/env python3
"""Objects a second from a queue through to durable, beside a plain client of the same run; then the latency from a message to its alert at
half of that. S3 is tools/s3server, SQS and STS are moto's: everything shares this machine's cores. S3 tells of one object a message, and
moto gives out few messages a second, the fewer the more it holds; so that is measured by itself, beside a plain client of the queue, and
what Vigia can do with messages of many objects each.

    aws_bench.py --vigia build/release/bin/vigia [--objects 6000] [--each 100] [--single 300] [--seconds 20]
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import aws_servers  # noqa: E402
import service  # noqa: E402

BUCKET = "trail-bucket"
RECORDS = 8  # an object, as CloudTrail delivers them
PROBE_PERIOD = 0.1  # seconds


def record(number):
    one = service.record(number)
    one["eventID"] = f"00000000-0000-4000-8000-{number:012d}"
    one["requestParameters"] = {"bucketName": f"bucket-{number % 97}", "key": f"data/{number * 7919 % 1_000_003}.parquet", "x": "y" * 400}
    return one


def write(s3, objects, first=0):
    def put(n):
        key = aws_servers.trail_key(first + n)
        s3.put_object(Bucket=BUCKET, Key=key, Body=aws_servers.packed([record((first + n) * RECORDS + i) for i in range(RECORDS)]))
        return key
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(put, range(objects)))


def send(sqs, url, keys, each):
    bodies = [aws_servers.notification(BUCKET, *keys[i:i + each]) for i in range(0, len(keys), each)]

    def some(i):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[i:i + 10])])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(some, range(0, len(bodies), 10)))


def ceiling(program, url, keys, connections):
    """Plain GETs by a client without signatures, receipts or anything behind it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(f"{url}/{BUCKET}/{key}" for key in keys))
        names.flush()
        out = subprocess.run([str(program), "get", names.name, str(connections)], capture_output=True, text=True, check=True)
    return float(out.stdout)


def drained(sqs, url):
    """Messages a second of a plain client, which takes and deletes them."""
    began = time.monotonic()

    def some(_):
        taken = 0
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(messages)])
            taken += len(messages)
        return taken
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        taken = sum(pool.map(some, range(4)))
    return taken / (time.monotonic() - began)


def latencies(run, at_rate, seconds):
    """From the moment before a message is sent until its alert is on the stream, while others come evenly at a rate."""
    connection, stream = run.owner_stream()

    def read():
        for line in stream:
            if found := re.search(rb"intruder-(\d+)", line):
                run.alerts.setdefault(int(found[1]), time.monotonic())

    threading.Thread(target=read, daemon=True).start()
    over = threading.Event()

    def others():
        began, sent = time.monotonic(), 0
        while not over.is_set() and run.spare:
            due = int((time.monotonic() - began) * at_rate)
            if due - sent < run.each * 10:
                time.sleep(0.005)
                continue
            keys, run.spare = run.spare[:due - sent], run.spare[due - sent:]
            sent += len(keys)
            send(run.sqs, run.queue, keys, run.each)

    background = threading.Thread(target=others)
    background.start()
    sent = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sent[len(sent)] = run.probe(len(sent))
        time.sleep(PROBE_PERIOD)
    over.set()
    background.join()
    service.wait_for(lambda: len(run.alerts) == len(sent), 60)
    connection.close()
    return sorted((run.alerts[number] - begun) * 1000 for number, begun in sent.items())


class Run:
    def __init__(self, folder, options):
        self.folder = pathlib.Path(folder)
        self.moto = aws_servers.Moto(self.folder / "moto.log")
        self.other = aws_servers.OtherS3()
        self.s3 = aws_servers.client("s3", self.other.url)
        self.sqs = aws_servers.client("sqs", self.moto.url)
        self.s3.create_bucket(Bucket=BUCKET)
        self.queue = self.sqs.create_queue(QueueName="vigia")["QueueUrl"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | aws_servers.KEYS
        service.VIGIA = options.vigia
        self.service = service.Service(self.folder / "data", "--aws-endpoint", f"{self.moto.url},s3={self.other.url}", "--aws-path-style",
                                       environment=environment)
        self.service.is_held = False
        self.owner = service.set_up(self.service)
        self.alerts = {}  # when each came
        self.each = options.each

    def connect(self):
        status, _, made = self.owner.call("POST", "/api/v1/aws/connections", {
            "name": "trail", "queue_url": self.queue, "region": aws_servers.REGION, "role_arn": f"arn:aws:iam::{aws_servers.ACCOUNT}:role/vigia"})
        assert status == 201, made
        self.at = f"/api/v1/aws/connections/{made['id']}"

    def count(self):
        return self.owner.get("/api/v1/events/count")["count"]

    def owner_stream(self):
        return self.service.stream("/api/v1/alerts/stream", self.owner.headers)

    def probe(self, number):
        key = aws_servers.trail_key(50_000_000 + number)
        one = service.record(60_000_000 + number, "StopLogging", eventSource="cloudtrail.amazonaws.com", readOnly=False,
                             requestParameters={"name": f"trail-{number}"})
        one["userIdentity"] = {"type": "IAMUser", "userName": f"intruder-{number}", "accountId": "111122223333"}
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=aws_servers.packed([one]))
        sent = time.monotonic()
        send(self.sqs, self.queue, [key], 1)
        return sent

    def stop(self):
        self.service.kill()
        self.other.stop()
        self.moto.stop()


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--vigia", default=str(ROOT / "build/release/bin/vigia"))
    words.add_argument("--objects", type=int, default=6_000)
    words.add_argument("--each", type=int, default=100, help="how many objects a message tells of")
    words.add_argument("--single", type=int, default=300, help="objects with a message each")
    words.add_argument("--seconds", type=int, default=20)
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(folder, options)
        try:
            keys = write(run.s3, options.single)
            send(run.sqs, run.queue, keys, 1)
            print(f"| one object a message: plain client of the queue, receive and delete only | {drained(run.sqs, run.queue):.0f} messages/s |", flush=True)
            send(run.sqs, run.queue, keys, 1)
            began = time.monotonic()
            run.connect()
            service.wait_for(lambda: run.count() == options.single * RECORDS, 600)
            print(f"| one object a message: Vigia, message to durable and detected | {options.single / (time.monotonic() - began):.0f} objects/s |", flush=True)
            keys = write(run.s3, options.objects, options.single)
            plain = ceiling(aws_servers.S3_SERVER, run.other.url, keys, 128)
            print(f"| plain client, GET only | {plain:.0f} objects/s |", flush=True)
            began = time.monotonic()
            send(run.sqs, run.queue, keys, options.each)
            service.wait_for(lambda: run.count() == (options.single + options.objects) * RECORDS, 600)
            rate = options.objects / (time.monotonic() - began)
            print(f"| Vigia, message to durable and detected | {rate:.0f} objects/s, {rate * RECORDS:.0f} events/s |", flush=True)
            run.spare = write(run.s3, int(rate / 2 * options.seconds), options.single + options.objects)
            found = latencies(run, rate / 2, options.seconds)
            print(f"| message to alert at {rate / 2:.0f} objects/s, {len(found)} probes | p50 {found[len(found) // 2]:.0f} ms, "
                  f"p99 {found[min(len(found) - 1, int(len(found) * 0.99))]:.0f} ms |", flush=True)
        finally:
            run.stop()


if __name__ == "__main__":
    main()
