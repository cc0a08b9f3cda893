#!/usr/bin/env python3
"""Builds the console of a folder with npm, unless the build that is there was made of the same sources.

    build_web.py FOLDER [SOURCE]...    sources below the folder, as web/dist is made of
"""
import fcntl
import hashlib
import os
import pathlib
import subprocess
import sys


def digest_of(folder, sources):
    digest = hashlib.sha256()
    for source in sorted(sources):
        path = folder / source
        digest.update(f"{source}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def is_installed(folder):
    """npm leaves a copy of the lock file when it has installed what that says."""
    installed = folder / "node_modules/.package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime


def run(folder, *words):
    done = subprocess.run(["npm", *words], cwd=folder, env={**os.environ, "NO_COLOR": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nbuild_web.py: 'npm {' '.join(words)}' failed in {folder}; WITH_WEB=OFF builds without the console")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    (folder / "build").mkdir(exist_ok=True)
    with (folder / "build/.lock").open("w") as lock:  # two build folders may be at it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_of = folder / "build/.built"  # not in dist, which the build empties
        digest = digest_of(folder, sys.argv[2:])
        if (folder / "dist/index.html").exists() and made_of.exists() and made_of.read_text() == digest:
            return
        if not is_installed(folder):
            run(folder, "ci", "--no-audit", "--no-fund")
        made_of.unlink(missing_ok=True)  # a build that fails leaves nothing whole
        run(folder, "run", "build")
        made_of.write_text(digest)


if __name__ == "__main__":
    main()
