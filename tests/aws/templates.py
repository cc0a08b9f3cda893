"""Reads the templates of packaging/aws: CloudFormation and Terraform, each into the statements of policies that it has."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build/python"))  # by ./dev setup

import hcl2  # noqa: E402
from cfnlint.decode import cfn_yaml  # noqa: E402

FOLDER = ROOT / "packaging/aws"
NAMES = ("trail", "eventbridge")  # each a file of CloudFormation and a module of Terraform


def cloudformation_path(name):
    return FOLDER / "cloudformation" / f"{name}.yaml"


def cloudformation(name):
    return cfn_yaml.load(str(cloudformation_path(name)))


def terraform_path(name):
    return FOLDER / "terraform" / name


def unquoted(node):
    """What the parser read, with the names and texts that it leaves in quotes without them."""
    if isinstance(node, dict):
        return {unquoted(key): unquoted(value) for key, value in node.items() if key not in ("__is_block__", "__comments__")}
    if isinstance(node, list):
        return [unquoted(one) for one in node]
    if isinstance(node, str) and len(node) >= 2 and node[0] == node[-1] == '"':
        return node[1:-1]
    return node


def terraform(name):
    """All blocks of a module, by their kind."""
    blocks = {}
    for path in sorted(terraform_path(name).glob("*.tf")):
        with path.open() as file:
            for kind, some in unquoted(hcl2.load(file)).items():
                blocks.setdefault(kind, []).extend(some)
    return blocks


def as_list(value):
    return value if isinstance(value, list) else [value]


def walk(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def cloudformation_statements(template):
    """Each statement of a policy as {sid, effect, actions, resources, principals, condition}."""
    for node in walk(template):
        if isinstance(node, dict) and "Effect" in node and "Sid" in node:
            yield {"sid": node["Sid"], "effect": node["Effect"], "actions": as_list(node["Action"]),
                   "resources": as_list(node.get("Resource", [])), "principals": node.get("Principal"),
                   "condition": node.get("Condition", {})}


def terraform_statements(blocks):
    for block in blocks["data"]:
        for document in block.get("aws_iam_policy_document", {}).values():
            dynamic = [content for one in document.get("dynamic", []) if "statement" in one
                       for content in one["statement"]["content"]]
            for one in document["statement"] + dynamic:
                yield {"sid": one["sid"], "effect": one.get("effect", "Allow"), "actions": one["actions"],
                       "resources": one.get("resources", []), "principals": one.get("principals"),
                       "condition": one.get("condition", [])}


def snake_case(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
