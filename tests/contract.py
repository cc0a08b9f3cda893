#!/usr/bin/env python3
"""Every call of the document was made by a story, with each answer of success that it says.

    contract.py FOLDER    with what the stories noted there (tests/e2e/contract.py)
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
import openapi  # noqa: E402


def main():
    seen = set()
    for file in pathlib.Path(sys.argv[1]).glob("*.json"):
        seen |= {(name, str(status)) for name, status in json.loads(file.read_text())}
    missing = []
    for path, methods in openapi.document()["paths"].items():
        for method, operation in methods.items():
            for status in operation["responses"]:
                if status.startswith("2") and (operation["operationId"], status) not in seen:
                    missing.append(f"{method.upper()} {path}: no story saw {status}")
    print("\n".join(missing) or f"each of the answers was seen; {len(seen)} in all")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
