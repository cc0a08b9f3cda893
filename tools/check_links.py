#!/usr/bin/env python3
"""Holds the links of the documentation to what is there: files, pictures, and headings behind a #. Exit code 1 with a line for each that
leads nowhere, and for each picture of the guide that no page shows or that is too large for the repository."""

import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/guide"
PICTURE_BYTES_MAX = 100_000
PICTURES_MAX = 48
LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
CODE = re.compile(r"^(```|~~~).*?^\1", re.S | re.M)


def pages():
    return [*ROOT.glob("*.md"), *(page for folder in ("docs", "bench") for page in sorted((ROOT / folder).rglob("*.md")))]


def text_of(page):
    return CODE.sub("", page.read_text(encoding="utf-8"))


def anchors(page):
    """The names of a page's headings, as GitHub makes them."""
    found = []
    for title in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", text_of(page), re.M):
        name = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()).replace(" ", "-")
        count = sum(1 for one in found if re.fullmatch(re.escape(name) + r"(-\d+)?", one))
        found.append(f"{name}-{count}" if count else name)
    return found


def faults_of(page, shown):
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", text_of(page))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = urllib.parse.unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        shown.add(file)
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: {target} leads to no file"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: {file.relative_to(ROOT)} has no heading #{anchor}"


def faults_of_pictures(shown):
    pictures = sorted(GUIDE.rglob("*.webp"))
    if len(pictures) > PICTURES_MAX:
        yield f"{GUIDE.relative_to(ROOT)}: {len(pictures)} pictures; at most {PICTURES_MAX} are kept"
    for picture in pictures:
        name = picture.relative_to(ROOT)
        if picture.stat().st_size > PICTURE_BYTES_MAX:
            yield f"{name}: {picture.stat().st_size} bytes; at most {PICTURE_BYTES_MAX} are kept"
        if picture not in shown:
            yield f"{name}: no page shows it"


def main():
    shown = set()
    faults = [fault for page in pages() for fault in faults_of(page, shown)]
    faults += faults_of_pictures(shown)
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
