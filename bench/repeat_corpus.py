#!/usr/bin/env python3
"""repeat_corpus.py FOLDER RECORDS.ndjson [TIMES]: real records, one a line, over and over in a random order with new event ids, 5,000 to a gzip file of
{"Records":[…]}."""
import gzip
import json
import pathlib
import random
import sys
import uuid


def main():
    folder, source = pathlib.Path(sys.argv[1]), sys.argv[2]
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    chance = random.Random(5)
    with open(source, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if line.strip()]
    texts = []
    for _ in range(times):
        chance.shuffle(records)
        for record in records:
            texts.append(json.dumps({**record, "eventID": str(uuid.UUID(int=chance.getrandbits(128), version=4))}, separators=(",", ":")))
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(texts), 5000):
        data = '{"Records":[' + ",".join(texts[first:first + 5000]) + "]}"
        (folder / f"{first:08}.json.gz").write_bytes(gzip.compress(data.encode(), 6, mtime=0))


if __name__ == "__main__":
    main()
