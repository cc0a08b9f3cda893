#!/usr/bin/env python3
"""Joins the fragments of api/*.yaml to the one OpenAPI 3.1 document of the API.

    openapi.py              the document as JSON
    openapi.py --cc FILE    the same as a C++ source that holds it, for the program to serve

A path may have operations in several fragments, an operation or a schema only in one.
"""
import json
import pathlib
import sys

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "api"
METHODS = {"get", "put", "post", "delete", "patch"}
ACCESS = {"public", "source", "reader", "user", "owner"}
# What every operation that asks for a login may answer, so no fragment says it.
ROLE = ["session", "key", "key_header"]
LOGIN = {"public": [], "source": ["source", "key_header"], "reader": ROLE, "user": ROLE, "owner": ROLE}
PIECE = 8000  # characters of a literal: compilers must take 65,536, and each may be six bytes


class Fault(Exception):
    pass


def join(into, more, where):
    for name, value in more.items():
        if name in into:
            raise Fault(f"{where}: '{name}' is in another fragment already")
        into[name] = value


def add_operation(path, method, operation, where):
    if method not in METHODS:
        raise Fault(f"{where}: {path} has '{method}', which is no method")
    access = operation.get("x-access")
    if access not in ACCESS:
        raise Fault(f"{where}: {method} {path} needs x-access, one of {sorted(ACCESS)}")
    operation["security"] = [{scheme: []} for scheme in LOGIN[access]]
    responses = operation.setdefault("responses", {})
    codes = ["400", "413", "429", "500"] + (["401", "403"] if access != "public" else [])
    if "{" in path:
        codes.append("404")
    for code in codes:
        responses.setdefault(code, {"$ref": "#/components/responses/Problem"})
    operation["responses"] = {str(code): responses[code] for code in sorted(responses, key=str)}


def refer(document, node, where):
    """Every reference leads somewhere."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            place = document
            for part in target.removeprefix("#/").split("/"):
                if part not in place:
                    raise Fault(f"{where}: {target} leads nowhere")
                place = place[part]
        for name, value in node.items():
            refer(document, value, f"{where}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            refer(document, value, f"{where}/{number}")


def check_parameters(path, operation, where):
    named = {part.strip("{}") for part in path.split("/") if part.startswith("{")}
    said = {one["name"] for one in operation.get("parameters", []) if one.get("in") == "path"}
    if named != said:
        raise Fault(f"{where}: {path} has {sorted(named)} and its parameters say {sorted(said)}")


def document():
    made = {"paths": {}, "components": {}}
    operations = set()
    for file in sorted(FOLDER.glob("*.yaml")):
        fragment = yaml.safe_load(file.read_text())
        where = f"api/{file.name}"
        for path, methods in fragment.pop("paths", {}).items():
            for method, operation in methods.items():
                add_operation(path, method, operation, where)
                check_parameters(path, operation, where)
                name = operation.get("operationId")
                if not name or name in operations:
                    raise Fault(f"{where}: {method} {path} needs an operationId of its own, not '{name}'")
                operations.add(name)
            join(made["paths"].setdefault(path, {}), methods, f"{where} {path}")
        for kind, parts in fragment.pop("components", {}).items():
            join(made["components"].setdefault(kind, {}), parts, f"{where} {kind}")
        join(made, fragment, where)
    made["paths"] = dict(sorted(made["paths"].items()))
    refer(made, made, "#")
    return {"openapi": made.pop("openapi"), "info": made.pop("info"), **made}


def source(text):
    pieces = [text[at:at + PIECE] for at in range(0, len(text), PIECE)]
    literals = "\n".join(f'    text += R"~~~({piece})~~~";' for piece in pieces)
    return ('#include "app/openapi_document.h"\n\nnamespace vigia {\n\nconst std::string& openapi_document() {\n'
            "    static const std::string document = [] {\n    std::string text;\n" + literals +
            "\n    return text;\n    }();\n    return document;\n}\n\n}  // namespace vigia\n")


def main():
    try:
        text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    except (Fault, yaml.YAMLError) as fault:
        sys.exit(f"openapi.py: {fault}")
    if sys.argv[1:2] == ["--cc"]:
        pathlib.Path(sys.argv[2]).write_text(source(text))
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
