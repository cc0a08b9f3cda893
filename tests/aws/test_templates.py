"""The templates that customers deploy: linted, of minimal rights, and the same in CloudFormation and Terraform."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import templates
from templates import NAMES

# EventBridge has no API destinations in GovCloud, so that template is not for it.
REGIONS = {"trail": ["us-east-1", "cn-north-1", "us-gov-west-1"], "eventbridge": ["us-east-1", "sa-east-1", "cn-north-1"]}

# The only statements that speak of more than single resources, and why.
WIDE = {"CheckDigests": "cloudtrail:ListPublicKeys knows no resources",
        "ReadLogFiles": "the keys of log files are not known before they are written",
        "TrailWrites": "the keys of log files are not known before they are written",
        "OrganizationTrailWrites": "the keys of log files are not known before they are written"}


def statements(name):
    yield from templates.cloudformation_statements(templates.cloudformation(name))
    yield from templates.terraform_statements(templates.terraform(name))


class LintTest(unittest.TestCase):
    def test_cfn_lint_finds_nothing_in_any_partition(self):
        for name in NAMES:
            with self.subTest(name):
                done = subprocess.run(
                    [sys.executable, "-c", "import sys; from cfnlint.runner.cli import main; sys.exit(main())", "--include-checks", "I",
                     "--regions", *REGIONS[name], "--", str(templates.cloudformation_path(name))],
                    env={**os.environ, "PYTHONPATH": str(templates.ROOT / "build/python")}, capture_output=True, text=True, timeout=120)
                self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    @unittest.skipUnless(shutil.which("terraform"), "no terraform on this machine")
    def test_terraform_is_formatted(self):
        done = subprocess.run(["terraform", "fmt", "-check", "-recursive", "-diff", str(templates.FOLDER / "terraform")],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    @unittest.skipUnless(shutil.which("terraform") and os.environ.get("VIGIA_TERRAFORM_PLUGINS"),
                         "needs terraform, and VIGIA_TERRAFORM_PLUGINS: a folder that has the AWS provider, as terraform providers mirror makes it")
    def test_terraform_validates(self):
        for name in NAMES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                module = shutil.copytree(templates.terraform_path(name), f"{folder}/module")
                for call in (["init", "-backend=false", f"-plugin-dir={os.environ['VIGIA_TERRAFORM_PLUGINS']}"], ["validate"]):
                    done = subprocess.run(["terraform", f"-chdir={module}", *call, "-no-color"], capture_output=True, text=True, timeout=300)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class RightsTest(unittest.TestCase):
    def test_nothing_is_allowed_by_a_wildcard_without_a_reason(self):
        for name in NAMES:
            for one in statements(name):
                with self.subTest(template=name, sid=one["sid"]):
                    if one["effect"] == "Deny":
                        continue
                    self.assertEqual([action for action in one["actions"] if "*" in action], [])
                    self.assertNotIn("*", json.dumps(one["principals"], default=str))
                    wide = [resource for resource in one["resources"] if "*" in json.dumps(resource)]
                    if one["sid"] not in WIDE:
                        self.assertEqual(wide, [])
                    elif one["sid"] != "CheckDigests":
                        self.assertNotIn("*", templates.as_list(one["resources"]))

    def test_who_may_use_something_is_named_by_more_than_a_service(self):
        for name in NAMES:
            for one in statements(name):
                principals = json.dumps(one["principals"])
                if one["effect"] == "Deny" or one["principals"] is None:
                    continue
                with self.subTest(template=name, sid=one["sid"]):
                    wanted = "aws:Source" if "Service" in principals else "sts:ExternalId"
                    self.assertIn(wanted, json.dumps(one["condition"]))

    def test_the_role_has_the_rights_that_the_manual_tells(self):
        manual = (templates.ROOT / "docs/aws.md").read_text()
        rights = {right for one in statements("trail") if one["principals"] is None for right in one["actions"]}
        told = set(re.findall(r"^\| `([a-z0-9]+:[A-Za-z]+)` \|", manual, re.MULTILINE))
        self.assertEqual(rights, told)


class SameTest(unittest.TestCase):
    """What one language grants, asks for and gives, the other does."""

    def test_statements(self):
        for name in NAMES:
            with self.subTest(name):
                by_language = [{(one["sid"], one["effect"], action) for one in some for action in one["actions"]}
                               for some in (templates.cloudformation_statements(templates.cloudformation(name)),
                                            templates.terraform_statements(templates.terraform(name)))]
                # Of these, Terraform names the two forms in one statement.
                chosen = {"OrganizationTrailWrites": "TrailWrites", '${local.has_topic ? "FromTopic" : "FromBucket"}': "FromTopic"}
                cloudformation, terraform = ({(chosen.get(sid, sid), effect, action) for sid, effect, action in some} for some in by_language)
                terraform |= {("FromBucket", "Allow", "sqs:SendMessage")} if name == "trail" else set()
                self.assertEqual(cloudformation, terraform)

    def test_parameters_and_outputs(self):
        for name in NAMES:
            template, blocks = templates.cloudformation(name), templates.terraform(name)
            for ours, theirs in (("Parameters", "variable"), ("Outputs", "output")):
                with self.subTest(template=name, part=ours):
                    named = {key: value for block in blocks[theirs] for key, value in block.items()}
                    self.assertEqual({templates.snake_case(key) for key in template[ours]}, set(named))
                    for key, value in [*template[ours].items(), *named.items()]:
                        self.assertTrue(value.get("Description") or value.get("description"), key)

    def test_event_patterns(self):
        template, blocks = templates.cloudformation("eventbridge"), templates.terraform("eventbridge")
        rules = {key: value for block in blocks["resource"] for key, value in block.get("aws_cloudwatch_event_rule", {}).items()}
        for ours, theirs in (("TrailRule", "trail"), ("FindingsRule", "findings")):
            pattern = template["Resources"][ours]["Properties"]["EventPattern"]
            texts = {one for one in templates.walk(json.loads(json.dumps(pattern))) if isinstance(one, str)}
            self.assertEqual(texts, set(re.findall(r'"([^"]+)"', rules[theirs]["event_pattern"])))


class TerraformTest(unittest.TestCase):
    def test_every_reference_leads_somewhere_and_nothing_is_there_for_nothing(self):
        for name in NAMES:
            blocks = templates.terraform(name)
            things = {f"{kind}.{key}" for block in blocks["resource"] for kind, some in block.items() for key in some}
            things |= {f"data.{kind}.{key}" for block in blocks["data"] for kind, some in block.items() for key in some}
            things |= {f"var.{key}" for block in blocks["variable"] for key in block}
            things |= {f"local.{key}" for block in blocks["locals"] for key in block}
            text = json.dumps(blocks)
            used = set(re.findall(r"(?<![\w.])(?:data\.aws_\w+|aws_\w+|var|local)\.\w+", text))
            with self.subTest(name):
                self.assertEqual(used - things, set())
                self.assertEqual({one for one in things - used if not one.startswith("aws_")}, set())


if __name__ == "__main__":
    unittest.main()
