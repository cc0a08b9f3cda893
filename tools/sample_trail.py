#!/usr/bin/env python3
"""Writes the sample trail: what an invented company of three AWS accounts and three hosts did in the last days, one record a line
in the order of time, or with --out as AWS delivers a trail: gzip files by account, region and day."""

import argparse
import collections
import datetime
import gzip
import json
import pathlib
import sys

from sample import stories
from sample.estate import Trail, hexa
from sample.machines import Machines
from sample.people import People
from sample.rhythm import days_of


def moment(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


def make(days, until, seed):
    """The records of the days before `until`, in the order of time."""
    trail = Trail(seed, until)
    since = until - datetime.timedelta(days=days)
    people, machines = People(trail, since), Machines(trail, since)
    for day in days_of(since, until):
        people.day(day)
        machines.day(day)
    stories.tell(trail, days)
    return trail.events(since)


def place(record):
    """The folder and the name of the file that a record belongs to."""
    if "eventTime" in record:
        account, region, day = record["recipientAccountId"], record["awsRegion"], record["eventTime"][:10]
        name = f"{account}_CloudTrail_{region}_{day.replace('-', '')}T0000Z_{hexa(account + region + day, 16)}.json.gz"
        return f"AWSLogs/{account}/CloudTrail/{region}/{day.replace('-', '/')}", name
    day = record.get("time") or datetime.datetime.fromtimestamp(record["event_time"] / 1000, datetime.timezone.utc).isoformat()
    return "runtime", f"{day[:10]}.ndjson.gz"


def write_files(records, folder):
    files = collections.defaultdict(list)
    for record in records:
        files[place(record)].append(record)
    for (under, name), part in files.items():
        path = folder / under
        path.mkdir(parents=True, exist_ok=True)
        text = "".join(line(record) for record in part) if under == "runtime" else json.dumps({"Records": part}, separators=(",", ":"))
        (path / name).write_bytes(gzip.compress(text.encode(), 6, mtime=0))
    return len(files)


def line(record):
    return json.dumps(record, separators=(",", ":")) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60, help="how many days the trail holds, from 2 on (60)")
    parser.add_argument("--until", type=moment, default=None, help="the end of the trail, RFC 3339 (now)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another trail (1)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--ndjson", action="store_true", help="lines on stdout, as when nothing is said")
    form.add_argument("--out", type=pathlib.Path, help="a folder for files")
    choice = parser.parse_args()
    if choice.days < 2:
        parser.error("--days must be 2 or more")
    until = (choice.until or datetime.datetime.now(datetime.timezone.utc)).astimezone(datetime.timezone.utc).replace(microsecond=0)
    records = make(choice.days, until, choice.seed)
    if choice.out:
        print(f"{len(records)} records in {write_files(records, choice.out)} files under {choice.out}")
        return
    try:
        sys.stdout.writelines(map(line, records))
    except BrokenPipeError:
        sys.stderr.close()  # whoever reads has enough


if __name__ == "__main__":
    main()
