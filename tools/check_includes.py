#!/usr/bin/env python3
"""Holds each folder of src/ to its right to include: the USES of its vigia_library line. Keeps third-party headers in their one folder."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src"
# A library whose headers may stand in the .cc files of one folder only.
ONE_FOLDER = {"simdjson.h": "normalise", "yaml-cpp/": "app", "CLI/": "app", "hs.h": "detect", "hs/": "detect", "isa-l": "ingest",
              "zstd.h": "ingest", "unicode/": "lang", "xxhash.h": "base", "soci/": "sql",
              "duckdb.h": "store", "sqlite3.h": "store", "boost/asio": "serve", "boost/beast": "serve", "libdeflate.h": "serve", "curl/": "network", "argon2.h": "catalog",
              "spdlog/": "base", "archive": "app", "expat.h": "aws"}


def rights(folder):
    line = (folder / "CMakeLists.txt").read_text()
    found = re.search(r"vigia_library\((\w+)(?:\s+USES\s+([\w\s]+?))?(?:\s+LINKS.*)?\)", line)
    return {folder.name, *((found.group(2) or "").split())}


def problems_of(path, allowed):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#include\s+[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        target = found.group(1)
        place = f"{path.relative_to(ROOT.parent)}:{number}"
        first = target.split("/")[0]
        if (ROOT / first).is_dir() and "/" in target and first not in allowed:
            yield f"{place}: {path.parent.name} may not include {target}"
        for prefix, home in ONE_FOLDER.items():
            if target.startswith(prefix) and (path.parent.name != home or path.suffix != ".cc"):
                yield f"{place}: {target} may stand in .cc files of {home} only"


def main():
    found = []
    for folder in sorted(p for p in ROOT.iterdir() if p.is_dir()):
        allowed = rights(folder)
        for path in sorted(folder.glob("*.[hc]*")):
            if path.suffix in (".h", ".cc"):
                found += problems_of(path, allowed)
    print("\n".join(found) or "every folder includes only what it may")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
