"""Holds what the service answers to the document of its API.

Every call that tests make through service.py comes here. The call must stand in the document, with the status and a body of the schema
that it says. When VIGIA_CONTRACT names a folder, what was called is written there, for tests/contract.py to see what never was.
"""
import atexit
import json
import os
import pathlib
import re
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import openapi  # noqa: E402

DOCUMENT = openapi.document()
RESOLVER = jsonschema.RefResolver.from_schema(DOCUMENT)
FORMATS = jsonschema.FormatChecker()
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
PATTERNS = [(path.strip("/").split("/"), path) for path in DOCUMENT["paths"]]
seen = set()


@FORMATS.checks("date-time")
def is_time(value):
    return not isinstance(value, str) or TIME.fullmatch(value) is not None



def path_of(path):
    """The document's path for one that was called; a fixed one goes before one with parameters."""
    segments = path.split("?")[0].strip("/").split("/")
    fitting = [(sum(part.startswith("{") for part in parts), named) for parts, named in PATTERNS
               if len(parts) == len(segments) and all(p.startswith("{") or p == s for p, s in zip(parts, segments))]
    return min(fitting)[1] if fitting else None


def resolve(node):
    while "$ref" in node:
        _, node = RESOLVER.resolve(node["$ref"])
    return node


def fault(method, path, status, content_type, body):
    """What is wrong with an answer; None when nothing is."""
    named = path_of(path)
    operation = DOCUMENT["paths"].get(named, {}).get("get" if method == "HEAD" else method.lower()) if named else None
    if operation is None:
        if status in (404, 405):
            return None
        return "the document has no such call"
    seen.add((operation["operationId"], status))
    response = operation["responses"].get(str(status))
    if response is None:
        return f"the document says nothing of {status}"
    content = resolve(response).get("content", {})
    kind = (content_type or "").split(";")[0]
    if not content:
        return "there is a body, and the document knows none" if body and status != 204 else None
    if kind not in content:
        return f"the document knows no {kind}"
    if kind not in ("application/json", "application/problem+json") or method == "HEAD":
        return None
    schema = content[kind]["schema"]
    validator = jsonschema.Draft202012Validator(schema, resolver=RESOLVER, format_checker=FORMATS)
    worst = jsonschema.exceptions.best_match(validator.iter_errors(body))
    return None if worst is None else f"{worst.json_path}: {worst.message}"


def hold(method, path, status, content_type, body):
    if not path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/csp-report")):
        return
    wrong = fault(method, path, status, content_type, body)
    if wrong is not None:
        raise AssertionError(f"{method} {path} → {status} is not as api/ has it: {wrong}\n{str(body)[:2000]}")


def write_seen():
    folder = os.environ.get("VIGIA_CONTRACT")
    if folder and seen:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        name = pathlib.Path(sys.argv[-1] or "run").stem.replace("/", "_")
        (pathlib.Path(folder) / f"{name}-{os.getpid()}.json").write_text(json.dumps(sorted(seen)))


atexit.register(write_seen)
