"""Stories of what is in the estate, as events tell, and of the other sums that the console shows."""
import datetime
import json
import pathlib
import tempfile
import unittest
import urllib.parse

from service import Service, key_of_another, make_key, record, set_up

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
DIGESTS = {name: "sha256:" + letter * 64 for name, letter in (("checkout", "a"), ("web", "b"), ("idle", "c"))}
CALLS = ["/api/v1/inventory/accounts", "/api/v1/inventory/hosts", "/api/v1/inventory/containers", "/api/v1/inventory/images",
         "/api/v1/rules/activity", "/api/v1/store", "/api/v1/fields/values?field=user"]
RULE = {"name": "Bucket read", "title": "{{user}}", "type": "CloudTrail", "severity": 1, "description": "x",
        "filter": 'eventName = "ReadTheBucket"', "aggregate_fields": ["user"], "window_s": 3600, "threshold": 1, "enabled": True}


def ago(minutes):
    return NOW - datetime.timedelta(minutes=minutes)


def text(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def call(number, minutes, account="111122223333", region="eu-west-1", **more):
    return {**record(number), "eventTime": text(ago(minutes)), "awsRegion": region, "recipientAccountId": account, **more}


def runtime(number, minutes, agent, host, event_type="audit", **more):
    return {"_id": f"runtime-{number}", "event_type": event_type, "agent_id": agent, "timestamp": int(ago(minutes).timestamp() * 1000), "user": "app",
            "agent_metadata": {"agent_id": agent, "version": "3.2.1"},
            "host_metadata": {"hostname": host, "kernel": "6.1.0", "os_version": "debian-12", "instance_id": "i-0abc"},
            "provider_metadata": {"cloud_provider": "aws", "account_id": "111122223333"}, **more}


def container(name, image, **labels):
    return {"containerId": name * 8, "containerName": name, "containerImage": f"{REGISTRY}/{image}", "containerLabels": labels}


def scan(number, minutes, repository, tag, digest, counts):
    return {"version": "0", "id": f"scan-{number}", "detail-type": "ECR Image Scan", "source": "aws.ecr", "account": "111122223333", "region": "eu-west-1",
            "time": text(ago(minutes)), "resources": [f"arn:aws:ecr:eu-west-1:111122223333:repository/{repository}"],
            "detail": {"scan-status": "COMPLETE", "repository-name": repository, "image-digest": digest, "image-tags": [tag], "finding-severity-counts": counts}}


def described(number, minutes, repository, digest, counts):
    findings = None if counts is None else {"imageScanFindings": {"findingSeverityCounts": counts}}
    return call(number, minutes, eventSource="ecr.amazonaws.com", eventName="DescribeImageScanFindings",
                requestParameters={"repositoryName": repository, "imageId": {"imageDigest": digest}},
                responseElements={"registryId": "111122223333", "repositoryName": repository, "imageId": {"imageDigest": digest}, **(findings or {})})


class InventoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.service = Service(pathlib.Path(cls.folder.name) / "data")
        cls.owner = set_up(cls.service)
        cls.source = make_key(cls.owner, "source")
        status, _, cls.rule = cls.owner.call("POST", "/api/v1/rules", RULE)
        assert status == 201, cls.rule
        status, _, quiet = cls.owner.call("POST", f"/api/v1/rules/{cls.rule['id']}/suppressions", {"filter": 'awsRegion = "us-west-2"', "reason": "r", "owner": "o"})
        assert status == 201, quiet
        cls.post(
            call(1, 50), call(2, 40, errorCode="AccessDenied"), call(3, 30, region="sa-east-1", eventSource="ssm.amazonaws.com"),
            call(4, 20, account="444455556666", eventName="ReadTheBucket"), call(5, 19, account="444455556666", eventName="ReadTheBucket"),
            call(6, 18, account="444455556666", eventName="ReadTheBucket", region="us-west-2"),
            call(7, 60 * 24 * 45, account="999900001111"),
            runtime(1, 29, "agent-1", "web-1"), runtime(2, 28, "agent-1", "web-1", "login", user="lena", success=True),
            runtime(3, 27, "agent-2", "ecs-1", "container", type="start", runtime="docker",
                    **container("checkout", "shop/checkout:2.31.0", **{"com.amazonaws.ecs.cluster": "prod"})),
            runtime(4, 26, "agent-2", "ecs-1", "container", type="start", runtime="docker", **container("web", "shop/web:1.0")),
            runtime(5, 25, "agent-2", "ecs-1", "audit", type="start", exe="/bin/sh", pid=7, **container("checkout", "shop/checkout:2.31.0")),
            runtime(6, 24, "agent-2", "ecs-1", "container", type="die", exit_code=0, **container("web", "shop/web:1.0")),
            runtime(7, 23, "agent-2", "ecs-1", "audit", type="start", exe="/bin/ls", pid=8,
                    **{**container("side", "x"), "containerImage": "docker.io/library/redis:7"}),
            scan(1, 60, "shop/checkout", "2.31.0", DIGESTS["checkout"], {"LOW": 1}),
            scan(2, 15, "shop/checkout", "2.31.0", DIGESTS["checkout"], {"CRITICAL": 1, "HIGH": 4}),
            scan(3, 15, "shop/web", "1.0", DIGESTS["web"], {"HIGH": 2}), described(8, 10, "shop/web", DIGESTS["web"], {"HIGH": 3, "MEDIUM": 7}),
            described(9, 9, "shop/web", DIGESTS["web"], None), scan(4, 14, "data/idle", "7", DIGESTS["idle"], {"MEDIUM": 9}),
            {**scan(5, 13, "arn:aws:ecr:eu-west-1:111122223333:repository/data/idle", "7", DIGESTS["idle"], {"MEDIUM": 8, "TOTAL": 8}),
             "detail-type": "Inspector2 Scan", "source": "aws.inspector2"})
        cls.other = key_of_another(cls.service)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    @classmethod
    def post(cls, *records):
        status, _, body = cls.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in records))
        assert status == 200 and body["refused"] == 0 and body["accepted"] == len(records), body

    def by_id(self, what, parameters=""):
        return {one["id"]: one for one in self.owner.get(f"/api/v1/inventory/{what}{parameters}")[what]}

    def test_accounts_are_those_that_events_are_about(self):
        accounts = self.by_id("accounts")
        self.assertEqual(set(accounts), {"111122223333", "444455556666"})
        busy, other = accounts["111122223333"], accounts["444455556666"]
        self.assertEqual((busy["regions"], busy["calls"], busy["errors"], busy["services"], busy["hosts"]), (["eu-west-1", "sa-east-1"], 5, 1, 3, 2))
        self.assertEqual((busy["first"], busy["alerts"]["all"] >= 0), (text(ago(60)), True))
        self.assertEqual((other["events"], other["calls"], other["first"], other["last"]), (3, 3, text(ago(20)), text(ago(18))))
        self.assertEqual(other["alerts"], {"all": 1, "active": 1})
        self.assertEqual(set(self.by_id("accounts", "?since=" + text(ago(60 * 24 * 60)))), {"111122223333", "444455556666", "999900001111"})
        self.assertEqual(set(self.by_id("accounts", "?q=4445")), {"444455556666"})

    def test_hosts_are_known_by_their_agents(self):
        hosts = self.by_id("hosts")
        self.assertEqual(set(hosts), {"agent-1", "agent-2"})
        web, ecs = hosts["agent-1"], hosts["agent-2"]
        self.assertEqual((web["name"], web["types"], web["users"], web["containers"], web["events"]), ("web-1", ["audit", "login"], 2, 0, 2))
        self.assertEqual((ecs["name"], ecs["types"], ecs["containers"], ecs["first"], ecs["last"]),
                         ("ecs-1", ["audit", "container"], 3, text(ago(27)), text(ago(23))))
        self.assertEqual((ecs["agent_version"], ecs["os"], ecs["kernel"], ecs["instance"], ecs["account"], ecs["online"]),
                         ("3.2.1", "debian-12", "6.1.0", "i-0abc", "111122223333", True))
        self.assertEqual(set(self.by_id("hosts", "?q=WEB")), {"agent-1"})
        self.assertEqual(self.by_id("hosts", "?q=%25"), {})

    def test_containers_have_their_image_their_host_and_their_life(self):
        containers = {one["name"]: one for one in self.owner.get("/api/v1/inventory/containers")["containers"]}
        self.assertEqual({name: one["state"] for name, one in containers.items()}, {"checkout": "running", "web": "stopped", "side": "unknown"})
        checkout = containers["checkout"]
        self.assertEqual((checkout["image"], checkout["host"], checkout["cluster"], checkout["runtime"], checkout["events"]),
                         (f"{REGISTRY}/shop/checkout:2.31.0", "ecs-1", "prod", "docker", 2))
        self.assertEqual((checkout["first"], checkout["last"], checkout["id"]), (text(ago(27)), text(ago(25)), "checkout" * 8))

    def test_pages_have_each_once(self):
        whole = self.owner.get("/api/v1/inventory/containers")
        self.assertEqual((whole["total"], whole["next"]), (3, None))
        cursor, seen = "", []
        while cursor is not None:
            page = self.owner.get(f"/api/v1/inventory/containers?limit=1&cursor={urllib.parse.quote(cursor)}")
            self.assertEqual((len(page["containers"]), page["total"]), (1, 3))
            seen += page["containers"]
            cursor = page["next"]
        self.assertEqual(seen, whole["containers"])

    def test_behind_a_finding_stand_the_containers_that_run(self):
        answer = self.owner.get("/api/v1/inventory/images")
        self.assertEqual((answer["total"], answer["complete"]), (4, True))
        checkout, web, idle, redis = answer["images"]
        self.assertEqual((checkout["image"], checkout["digest"], checkout["tags"]), (f"{REGISTRY}/shop/checkout:2.31.0", DIGESTS["checkout"], ["2.31.0"]))
        self.assertEqual((checkout["account"], checkout["region"], checkout["repository"], checkout["running"]), ("111122223333", "eu-west-1", "shop/checkout", 1))
        self.assertEqual([(one["name"], one["host"], one["state"]) for one in checkout["containers"]], [("checkout", "ecs-1", "running")])
        self.assertEqual((checkout["scan"]["event_id"], checkout["scan"]["findings"]["CRITICAL"], checkout["scan"]["findings"]["LOW"]), ("scan-2", 1, 0))
        # Somebody read a later result, by the digest alone; a call that had none is no result.
        self.assertEqual((web["scan"]["event_id"], web["scan"]["event_type"], web["scan"]["findings"]["HIGH"]), ("event-8", "cloudtrail", 3))
        self.assertEqual((web["container_count"], web["running"]), (1, 0))
        self.assertEqual((idle["image"], idle["containers"], idle["first"]), (f"{REGISTRY}/data/idle:7", [], None))
        self.assertEqual((idle["scan"]["event_id"], idle["scan"]["findings"]["MEDIUM"]), ("scan-5", 8))
        self.assertEqual((redis["image"], redis["scan"], redis["account"], redis["repository"]), ("docker.io/library/redis:7", None, None, "library/redis"))
        page = self.owner.get("/api/v1/inventory/images?limit=1&q=SHOP")
        self.assertEqual(([one["repository"] for one in page["images"]], page["total"]), (["shop/checkout"], 2))
        event = self.owner.get(f"/api/v1/events/{checkout['scan']['event_id']}")
        self.assertEqual(event["record"]["detail"]["image-digest"], DIGESTS["checkout"])

    def test_the_activity_of_all_rules_is_one_answer(self):
        for days in (1, 7, 30):
            answer = self.owner.get(f"/api/v1/rules/activity?days={days}")
            self.assertEqual(len(answer["days"]), days)
            for rule in answer["rules"]:
                for name, line in rule["days"].items():
                    self.assertEqual((len(line), sum(line)), (days, rule[name]))
            for name, total in answer["totals"].items():
                self.assertEqual(total, sum(rule[name] for rule in answer["rules"]))
        answer = self.owner.get("/api/v1/rules/activity?days=7")
        (own,) = [one for one in answer["rules"] if one["rule_id"] == self.rule["id"]]
        self.assertEqual((own["suppressed"], own["alerted"]), (1, 1))
        alone = self.owner.get(f"/api/v1/rules/{self.rule['id']}/days?days=7")["days"]
        self.assertEqual([one["matched"] for one in alone], own["days"]["matched"])
        self.assertEqual([one["day"] for one in alone], answer["days"])

    def test_what_is_stored_is_told(self):
        facts = self.owner.get("/api/v1/store")
        self.assertEqual(facts["events"], self.owner.get("/api/v1/events/count")["count"])
        self.assertEqual((facts["first"], facts["last"]), (text(ago(60 * 24 * 45)), text(ago(9))))
        self.assertEqual(facts["alert_retention_days"], 365)
        status, _, body = self.owner.call("PUT", "/api/v1/settings", {"retention_days": 123})
        self.assertEqual(status, 200, body)
        self.assertEqual(self.owner.get("/api/v1/store")["event_retention_days"], 123)

    def test_values_of_a_field_are_at_hand(self):
        def values(field, **more):
            answer = self.owner.get("/api/v1/fields/values?" + urllib.parse.urlencode({"field": field, **more}))
            self.assertEqual(answer["field"], field)
            return [(one["value"], one["count"]) for one in answer["values"]]
        self.assertEqual(values("eventName"), [("GetObject", 3), ("ReadTheBucket", 3), ("DescribeImageScanFindings", 2)])
        self.assertEqual(values("eventName", prefix="desc"), [("DescribeImageScanFindings", 2)])
        self.assertEqual(values("user", prefix="LE"), [("lena", 1)])
        self.assertEqual(len(values("eventName", limit=1)), 1)
        # No column has it: the latest records say.
        self.assertEqual(values("detail.repository-name", prefix="shop/"), [("shop/checkout", 2), ("shop/web", 1)])
        self.assertEqual(values("containerImage", prefix="docker.io"), [("docker.io/library/redis:7", 1)])
        self.assertEqual(values("user", prefix="' or 1=1 --"), [])
        for bad in ("", "field=", "field=%28", "field=user&limit=0", "field=user&limit=201"):
            self.assertEqual(self.owner.call("GET", f"/api/v1/fields/values?{bad}")[0], 400, bad)

    def test_nobody_sees_anothers_and_bad_questions_are_refused(self):
        empty = {"accounts": [], "hosts": [], "containers": [], "images": []}
        for what, rows in empty.items():
            answer = self.other.get(f"/api/v1/inventory/{what}?since=" + text(ago(60 * 24 * 60)))
            self.assertEqual((answer[what], answer["total"]), (rows, 0))
        self.assertEqual(self.other.get("/api/v1/rules/activity")["rules"], [])
        facts = self.other.get("/api/v1/store")
        self.assertEqual((facts["events"], facts["events_in_memory"], facts["disk_bytes"], facts["first"]), (0, 0, 0, None))
        self.assertEqual(self.other.get("/api/v1/fields/values?field=user")["values"], [])
        for path in CALLS:
            self.assertEqual(self.service.call("GET", path)[0], 401, path)
            self.assertEqual(self.source.call("GET", path)[0], 403, path)
        for bad in ("limit=0", "limit=501", "since=x", "cursor=x", "since=2020-01-01T00:00:00Z", "since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z"):
            for what in empty:
                if (what, bad) != ("images", "cursor=x"):
                    self.assertEqual(self.owner.call("GET", f"/api/v1/inventory/{what}?{bad}")[0], 400, (what, bad))
        for bad in ("days=0", "days=91", "days=x"):
            self.assertEqual(self.owner.call("GET", f"/api/v1/rules/activity?{bad}")[0], 400, bad)


if __name__ == "__main__":
    unittest.main()
