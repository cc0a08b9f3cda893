#!/usr/bin/env python3
"""Kills the service at random moments under load, and holds it to what it acknowledged.

After each kill the service starts again over the same folder; clients send what was not acknowledged once more, and now and then what
was. At the end every acknowledged event must be found once, every event that was sent at most once, and the alert of each user must count
the events of that user that are there, no more and no fewer.

    crash.py [--rounds 200] [--seed N]
"""
import argparse
import http.client
import json
import pathlib
import random
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "e2e"))
from service import Service, make_key, record, set_up  # noqa: E402

RULE = {"name": "Bucket read", "title": "{{user}}", "type": "CloudTrail", "severity": 1, "description": "x",
        "filter": 'eventName = "ReadTheBucket"', "aggregate_fields": ["user"], "window_s": 86400 * 7, "threshold": 1,
        "enabled": True}
USERS = [f"user-{number}" for number in range(7)]


class Sender(threading.Thread):
    """Sends batches until told to stop; what was not acknowledged is kept to be sent again."""

    def __init__(self, state, seed):
        super().__init__()
        self.state, self.random = state, random.Random(seed)
        self.stopping = False

    def run(self):
        while not self.stopping:
            batch = self.state.next_batch(self.random)
            body = "\n".join(json.dumps(one) for one in batch)
            try:
                status, _, _ = self.state.source.call("POST", "/api/v1/events", body)
            except (OSError, http.client.HTTPException):
                self.state.put_back(batch)
                return
            if status == 200:
                self.state.acknowledge(batch)
            else:
                self.state.put_back(batch)
                if status not in self.state.refusals:
                    self.state.problems.append(f"a batch was answered with {status}")


class State:
    def __init__(self, source, refusals=(429,)):
        self.source, self.lock, self.refusals = source, threading.Lock(), refusals
        self.number = 0
        self.again, self.acknowledged, self.problems = [], {}, []

    def next_batch(self, chance):
        with self.lock:
            if self.again and chance.random() < 0.5:
                return self.again.pop()
            batch = []
            for _ in range(chance.randint(1, 40)):
                self.number += 1
                name = "ReadTheBucket" if chance.random() < 0.3 else "GetObject"
                batch.append(record(self.number, name, userIdentity={"type": "IAMUser", "userName": chance.choice(USERS)}))
            if self.acknowledged and chance.random() < 0.3:
                batch.append(chance.choice(list(self.acknowledged.values())))
            return batch

    def put_back(self, batch):
        with self.lock:
            self.again.append(batch)

    def acknowledge(self, batch):
        with self.lock:
            for one in batch:
                self.acknowledged[one["eventID"]] = one


def all_pages(client, path, member):
    found, cursor = [], ""
    while True:
        page = client.get(f"{path}{'&' if '?' in path else '?'}limit=1000&cursor={cursor}")
        found += page[member]
        cursor = page["next"]
        if not cursor:
            return found


def check(owner, state):
    """What is wrong, as texts."""
    wrong = list(state.problems)
    events = [one["record"] for one in all_pages(owner, "/api/v1/events", "events")]
    ids = [one["eventID"] for one in events]
    if len(ids) != len(set(ids)):
        wrong.append(f"{len(ids) - len(set(ids))} events are there twice")
    missing = set(state.acknowledged) - set(ids)
    if missing:
        wrong.append(f"{len(missing)} acknowledged events are not there: {sorted(missing)[:5]}")
    expected = {}
    for one in events:
        if one["eventName"] == "ReadTheBucket":
            user = one["userIdentity"]["userName"]
            expected[user] = expected.get(user, 0) + 1
    alerts = [one for one in all_pages(owner, "/api/v1/alerts?status=all", "alerts") if one["rule_name"] == RULE["name"]]
    counts = [(one["title"], one["count"]) for one in alerts]
    if sorted(counts) != sorted(expected.items()):
        wrong.append(f"the alerts are {sorted(counts)} and should be {sorted(expected.items())}")
    return wrong, len(ids), len(alerts)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=200)
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    given = words.parse_args()
    chance = random.Random(given.seed)
    print(f"seed {given.seed}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        service = Service(pathlib.Path(folder) / "data")
        owner = set_up(service)
        state = State(make_key(owner, "source"))
        status, _, body = owner.call("POST", "/api/v1/rules", RULE)
        assert status == 201, body
        for number in range(given.rounds):
            senders = [Sender(state, chance.randrange(2**32)) for _ in range(3)]
            for one in senders:
                one.start()
            time.sleep(chance.uniform(0.01, 0.4))  # a moment for the kill, not a wait for something
            for one in senders:
                one.stopping = True
            if chance.random() < 0.1:
                service.stop()
            else:
                service.kill()
            for one in senders:
                one.join()
            service.start()
            if number % 20 == 19 or number == given.rounds - 1:
                wrong, events, alerts = check(owner, state)
                if wrong:
                    print(f"round {number + 1}: " + "; ".join(wrong))
                    service.kill()
                    return 1
        print(f"{given.rounds} rounds in {time.monotonic() - began:.0f} s: {len(state.acknowledged)} events acknowledged, "
              f"{events} there, {alerts} alerts, each right")
        service.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
