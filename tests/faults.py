#!/usr/bin/env python3
"""Puts the service before each fault that a machine can have, under load, and holds it to what it acknowledged.

A full disk, one that is read-only, a sync that fails, a power cut (what was not synced is there by chance, block by block), damaged and
missing files of the lake, a clock that jumps, two processes on one folder, and ends at the worst moments. What the service may answer
meanwhile is 429, /readyz must say what is wrong, and it must go on by itself.

    faults.py [--rounds 3] [--seed N] [STORY...]

Faults come from tests/fault_shim.cc, whose library VIGIA_FAULT_SHIM names; stories that need to mount are left out, with a word,
where mounting is not allowed.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import power_cut  # noqa: E402
from crash import RULE, Sender, State, check  # noqa: E402
from service import VIGIA, Service, make_key, record, set_up, sign_in  # noqa: E402

SHIM = os.environ.get("VIGIA_FAULT_SHIM", str(pathlib.Path(VIGIA).resolve().parent.parent / "tests/libfault_shim.so"))
SECONDS_MAX = 60
VERIFIED_SECONDS_MAX = 600  # a part is verified every ten seconds, each in its turn


class Wrong(Exception):
    """The service did not do what it promises."""


class Skipped(Exception):
    """The machine does not allow what the story needs."""


def hold(condition, text):
    if not condition:
        raise Wrong(text)


def wait_for(condition, text, seconds=SECONDS_MAX):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise Wrong(f"after {seconds} s: {text}")
        time.sleep(0.02)


class Stage:
    """A service with its folder, its faults, and what was sent to it."""

    def __init__(self, folder, chance, options=(), shadow=False):
        self.root, self.chance = pathlib.Path(folder), chance
        self.data = self.root / "data"
        self.control = self.root / "control"
        self.shadow = self.root / "shadow"
        self.environment = {**os.environ, "LD_PRELOAD": SHIM, "VIGIA_FAULT_FOLDER": str(self.data),
                            "VIGIA_FAULT_CONTROL": str(self.control),
                            "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}
        if shadow:
            self.shadow.mkdir()
            self.environment["VIGIA_FAULT_SHADOW"] = str(self.shadow)
        self.service = Service(self.data, *options, environment=self.environment)
        self.owner = set_up(self.service)
        self.state = State(make_key(self.owner, "source"), refusals=(429,))
        status, _, body = self.owner.call("POST", "/api/v1/rules", RULE)
        hold(status == 201, body)
        self.senders = []

    def fault(self, *lines):
        """These faults and no others."""
        self.control.with_suffix(".new").write_text("\n".join(lines))
        self.control.with_suffix(".new").rename(self.control)
        time.sleep(0.02)  # the shim looks again after 5 ms

    def load(self, senders=3):
        self.senders = [Sender(self.state, self.chance.randrange(2**32)) for _ in range(senders)]
        for one in self.senders:
            one.start()

    def end_load(self):
        for one in self.senders:
            one.stopping = True
        for one in self.senders:
            one.join()
        self.senders = []

    def acknowledged(self):
        with self.state.lock:
            return len(self.state.acknowledged)

    def progress(self, text):
        before = self.acknowledged()
        wait_for(lambda: self.acknowledged() > before, text)

    def send_one(self):
        """A new event; the status, and the problem when it is one."""
        with self.state.lock:
            self.state.number += 1
            one = record(self.state.number)
        status, headers, body = self.state.source.call("POST", "/api/v1/events", json.dumps(one))
        if status == 200:
            self.state.acknowledge([one])
        else:
            hold(headers["Content-Type"] == "application/problem+json", f"{status} {body} is no problem")
            hold(str(self.data) not in body["detail"], f"the answer tells of the data folder: {body}")
        return status, body

    def readiness(self):
        status, _, body = self.service.call("GET", "/readyz")
        return status, body

    def refuses(self, trouble):
        """It refuses with a clear word and says why, as long as the fault is there."""
        def refused():
            status, body = self.send_one()
            return status == 429 and body["code"] == "busy" and "later" in body["detail"]
        wait_for(refused, f"events are taken in spite of {trouble}")
        status, body = self.readiness()
        hold(status == 503 and body["status"] == "not_ready" and trouble in body["trouble"], f"{status} {body}")
        hold(self.service.call("GET", "/healthz")[0] == 200, "it does not live")

    def recovers(self):
        wait_for(lambda: self.readiness()[0] == 200, f"it is not ready again: {self.readiness()}")
        hold(self.send_one()[0] == 200, "it takes nothing, and is ready")

    def restart(self):
        self.service.kill()
        self.service.start()

    def right(self):
        wrong, events, alerts = check(self.owner, self.state)
        hold(not wrong, "; ".join(wrong))
        return f"{self.acknowledged()} acknowledged, {events} there, {alerts} alerts"

    def close(self):
        self.end_load()
        if self.service.process.poll() is None:
            self.service.kill()


@contextlib.contextmanager
def mounted(folder, mib):
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "vigia-faults", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True).returncode != 0:
        raise Skipped("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(file, leave_bytes):
    """Fills the file's disk but for so many bytes."""
    free = os.statvfs(file.parent).f_bavail * os.statvfs(file.parent).f_frsize
    with contextlib.suppress(OSError), open(file, "ab", buffering=0) as out:
        for _ in range(max(0, free - leave_bytes) // 4096):
            out.write(bytes(4096))


def disk_guard(folder, chance, rounds):
    with mounted(folder / "disk", 96) as disk:
        stage = Stage(disk, chance, ["--disk-free-min-mib", "32"])
        try:
            stage.load()
            stage.progress("nothing is taken")
            fill(disk / "ballast", 31 << 20)
            stage.refuses("disk_nearly_full")
            stage.end_load()  # what was let in before is answered
            before = stage.acknowledged()
            stage.refuses("disk_nearly_full")
            status, _, body = stage.owner.call("POST", "/api/v1/rules", {**RULE, "name": "Another"})
            hold(status == 201, f"what is kept free is not there for people: {status} {body}")
            hold(stage.acknowledged() == before, "events are taken below the reserve")
            (disk / "ballast").unlink()
            stage.recovers()
            stage.load()
            stage.progress("load does not go on")
            stage.end_load()
            stage.restart()
            return stage.right()
        finally:
            stage.close()


def full_disk(folder, chance, rounds):
    with mounted(folder / "disk", 64) as disk:
        stage = Stage(disk, chance, ["--disk-free-min-mib", "0", "--seal-after-s", "1"])
        try:
            for _ in range(rounds):
                stage.load()
                stage.progress("nothing is taken")
                fill(disk / "ballast", chance.randrange(1 << 20))
                fill(disk / "ballast", 0)
                stage.refuses("inbox_not_written")
                status, _, body = stage.owner.call("POST", "/api/v1/rules", {**RULE, "name": f"New {chance.random()}"})
                hold(status in (201, 429), f"{status} {body}")
                (disk / "ballast").unlink()
                stage.recovers()
                stage.progress("load does not go on")
                stage.end_load()
                if chance.random() < 0.7:
                    stage.restart()
                told = stage.right()
            return told
        finally:
            stage.close()


def refused_writes(folder, chance, rounds):
    stage = Stage(folder, chance, ["--seal-after-s", "1"])
    try:
        for number in range(rounds):
            for fault in ("write ENOSPC", "write EROFS", "sync EIO"):
                stage.load()
                stage.progress("nothing is taken")
                stage.fault(fault)
                stage.refuses("inbox_not_written")
                hold(stage.owner.call("GET", "/api/v1/events/count")[0] == 200, "nothing can be read")
                if chance.random() < 0.3:
                    stage.end_load()
                    stage.service.kill()
                    stage.fault()
                    stage.service.start()
                    stage.load()
                stage.fault()
                stage.recovers()
                stage.progress("load does not go on")
                stage.end_load()
            if number % 2 == 0:
                stage.restart()
            told = stage.right()
        return told
    finally:
        stage.close()


def read_only_start(folder, chance, rounds):
    stage = Stage(folder, chance)
    try:
        hold(stage.send_one()[0] == 200, "nothing is taken")
        stage.service.kill()
        stage.fault("write EROFS")
        ended = subprocess.run([VIGIA, "serve", "--data", str(stage.data), "--listen", "127.0.0.1:0"], env=stage.environment,
                               capture_output=True, text=True, timeout=SECONDS_MAX)
        hold(ended.returncode == 2, f"it starts on a folder that is read-only, or ends with {ended.returncode}: {ended.stderr}")
        hold(str(stage.data) in ended.stderr and "write" in ended.stderr, f"the error does not help: {ended.stderr}")
        ended = subprocess.run([VIGIA, "serve", "--data", str(stage.data / "new"), "--listen", "127.0.0.1:0"],
                               env=stage.environment, capture_output=True, text=True, timeout=SECONDS_MAX)
        hold(ended.returncode == 2 and str(stage.data) in ended.stderr, f"the error does not help: {ended.stderr}")
        stage.fault()
        stage.service.start()
        return stage.right()
    finally:
        stage.close()


def power_cuts(folder, chance, rounds):
    stage = Stage(folder, chance, ["--seal-after-s", "1"], shadow=True)
    try:
        for number in range(rounds * 3):
            stage.load()
            time.sleep(chance.uniform(0.05, 0.8))  # a moment for the cut
            for one in stage.senders:
                one.stopping = True
            stage.service.kill()
            stage.end_load()
            power_cut.cut(stage.data, stage.shadow, chance)
            stage.service.start()
            if number % 5 == 4:
                stage.right()
        return stage.right()
    finally:
        stage.close()


def parts(stage):
    return sorted((stage.data / "lake").rglob("*.parquet"))


def flip(file, chance, begin, end):
    with open(file, "r+b") as bytes_:
        for _ in range(40):
            bytes_.seek(chance.randrange(begin, end))
            bytes_.write(bytes([chance.randrange(256)]))


# Pages first: that they are damaged is found when their part's turn to be verified comes, so there must be few.
DAMAGES = {
    "pages": lambda file, chance: flip(file, chance, 4, file.stat().st_size // 2),
    "cut": lambda file, chance: os.truncate(file, chance.randrange(1, file.stat().st_size)),
    "footer": lambda file, chance: flip(file, chance, file.stat().st_size - 500, file.stat().st_size - 8),
    "empty": lambda file, chance: os.truncate(file, 0),
    "missing": lambda file, chance: file.unlink(),
    "zeroes": lambda file, chance: file.write_bytes(bytes(file.stat().st_size)),
}


def damaged_parts(folder, chance, rounds):
    stage = Stage(folder, chance)
    try:
        for number, (name, damage) in enumerate(DAMAGES.items()):
            for running in (True, False):
                day = f"2026-11-{10 + 2 * number + running:02}"
                batch = [{**record(one), "eventID": f"{day}-{one}", "eventTime": f"{day}T10:00:{one % 60:02}Z"} for one in range(300)]
                kept = [{**record(one), "eventID": f"kept-{day}-{one}", "eventTime": "2026-11-09T10:00:00Z"} for one in range(20)]
                body = "\n".join(json.dumps(one) for one in batch + kept)
                hold(stage.state.source.call("POST", "/api/v1/events", body)[0] == 200, "nothing is taken")
                stage.state.acknowledge(kept)
                hold(stage.service.stop() == 0, "it does not end as it should")
                found = [one for one in parts(stage) if f"day={day}" in str(one)]
                hold(len(found) == 1, f"the day {day} has the parts {found}")
                if running:
                    stage.service.start()
                damage(found[0], chance)
                (found[0].parent / "part-half.parquet.tmp").write_bytes(b"PAR1 and no more")
                if not running:
                    stage.service.start()
                told = f"{name} {'while running' if running else 'at the start'}"
                count = stage.owner.get("/api/v1/events/count?since=2026-11-09T00:00:00Z&until=2026-11-09T23:00:00Z")["count"]
                hold(count == 20 * (2 * number + (2 - running)), f"{told}: {count} of the day that is whole")
                listed = stage.owner.call("GET", "/api/v1/events?limit=1000")
                hold(listed[0] == 200, f"{told}: {listed}")
                wait_for(lambda: found[0].name in stage.readiness()[1]["damaged_parts"], f"{told}: it is not named",
                         seconds=VERIFIED_SECONDS_MAX)
                hold(stage.readiness()[0] == 200 and stage.readiness()[1]["status"] == "degraded", f"{told}: {stage.readiness()}")
                status, _, answer = stage.state.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in kept))
                hold((status, answer["duplicates"]) == (200, 20), f"{told}: {answer}")
                if not running:
                    hold(not list((stage.data / "lake").rglob("*.tmp")), f"{told}: what was half written is still there")
        return stage.right()
    finally:
        stage.close()


def clock_jumps(folder, chance, rounds):
    stage = Stage(folder, chance, ["--seal-after-s", "1"])
    try:
        for number in range(rounds):
            for days in (1, -1, 400, -400, 0):
                stage.load()
                stage.progress("nothing is taken")
                stage.fault(f"clock {days * 86400}")
                if chance.random() < 0.5:
                    stage.end_load()
                    stage.restart()
                    stage.load()
                stage.progress(f"nothing is taken {days} days away")
                stage.end_load()
                status = stage.owner.call("GET", "/api/v1/session")[0]
                hold(status == 401 if days >= 400 else status in (200, 401), f"a session is answered {status} after {days} days")
                stage.owner = sign_in(stage.service, "owner@acme.example")
                stage.right()
            stage.restart()
        stage.service.stop()
        stage.service.start()
        return stage.right()
    finally:
        stage.close()


def two_processes(folder, chance, rounds):
    told = 0
    for number in range(rounds):
        data = folder / f"data-{number}"
        words = [VIGIA, "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
        all_of_them = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
        wait_for(lambda: sum(one.poll() is None for one in all_of_them) == 1, "not one alone goes on")
        for one in all_of_them:
            if one.poll() is None:
                hold("vigia serves at" in one.stdout.readline(), "the one that goes on does not serve")
                one.send_signal(signal.SIGTERM)
                hold(one.wait(SECONDS_MAX) == 0, "it does not end as it should")
                told += 1
            else:
                text = one.stderr.read()
                hold(one.returncode == 2 and "another vigia" in text, f"{one.returncode} {text}")
            one.stdout.close()
            one.stderr.close()
    return f"{told} times one of three"


def ends(folder, chance, rounds):
    """Ends under load: SIGTERM; kills while it starts, while it seals and makes one part of many."""
    stage = Stage(folder, chance, ["--seal-after-s", "1"])
    try:
        for number in range(rounds * 4):
            stage.load()
            time.sleep(chance.uniform(0.5, 2.5))  # a moment for the end: tails are sealed each second
            for one in stage.senders:
                one.stopping = True
            if number % 3 == 2:
                hold(stage.service.stop() == 0, "it does not end as it should")
            else:
                stage.service.kill()
            stage.end_load()
            for _ in range(chance.randrange(4)):
                starting = subprocess.Popen([VIGIA, "serve", "--data", str(stage.data), "--listen", "127.0.0.1:0"],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.01, 0.5))
                starting.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM]))
                starting.wait(SECONDS_MAX)
            stage.service.start()
        return stage.right()
    finally:
        stage.close()


STORIES = [disk_guard, full_disk, refused_writes, read_only_start, power_cuts, damaged_parts, clock_jumps, two_processes, ends]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    words.add_argument("stories", nargs="*", metavar="STORY", help=" ".join(one.__name__ for one in STORIES))
    given = words.parse_args()
    print(f"seed {given.seed}", flush=True)
    failed = False
    for story in STORIES:
        if given.stories and story.__name__ not in given.stories:
            continue
        began = time.monotonic()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="vigia-faults-"))
        try:
            told = story(folder, random.Random(f"{given.seed} {story.__name__}"), given.rounds)
        except Skipped as reason:
            told = f"skipped: {reason}"
        except (Wrong, RuntimeError, AssertionError, OSError, http.client.HTTPException, subprocess.SubprocessError) as reason:
            failed, told = True, f"FAILED: {type(reason).__name__}: {reason}"
        print(f"{story.__name__}: {told} ({time.monotonic() - began:.0f} s)", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
