"""The story of EventBridge: its API destination posts one event a request, as the template of packaging/aws sets it up, and what comes
is found, alerted on, and one event with what a trail's file brings. Envelopes have the fields that AWS documents."""
import gzip
import json
import pathlib
import tempfile
import unittest

from service import Client, Service, make_key, set_up

ACCOUNT = "111122223333"
# What EventBridge sends with each request of an API destination, besides the connection's header.
HEADERS = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Amazon/EventBridge/ApiDestinations", "Range": "bytes=0-1048575",
           "Accept-Encoding": "gzip,deflate"}

STOP_LOGGING = {
    "eventVersion": "1.10", "eventTime": "2026-11-20T10:15:30Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
    "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.23", "userAgent": "aws-cli/2.15.40", "errorCode": None,
    "userIdentity": {"type": "IAMUser", "principalId": "AIDAWKSN45N6YFP5GKRCX", "arn": f"arn:aws:iam::{ACCOUNT}:user/mallory", "accountId": ACCOUNT,
                     "accessKeyId": "AKIAWKSN45N6YFP5GKRC", "userName": "mallory"},
    "requestParameters": {"name": "vigia"}, "responseElements": None, "requestID": "e18b03a6-d536-48c2-a0fa-746cb1e5208c",
    "eventID": "33eec6c8-1cc2-4de6-a438-f46c4a56ea33", "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True,
    "recipientAccountId": ACCOUNT, "eventCategory": "Management"}


def envelope(number, source, kind, detail, *resources):
    return {"version": "0", "id": f"0d7e8f1a-0000-4000-8000-{number:012}", "detail-type": kind, "source": source, "account": ACCOUNT,
            "time": f"2026-11-20T10:15:{number:02}Z", "region": "us-east-1", "resources": list(resources), "detail": detail}


CALL = envelope(1, "aws.cloudtrail", "AWS API Call via CloudTrail", STOP_LOGGING)

# Each finding with the title of the alert that a shipped rule makes of it.
FINDINGS = [
    (envelope(2, "aws.ecr", "ECR Image Scan",
              {"scan-status": "COMPLETE", "repository-name": "shop/checkout", "image-digest": "sha256:7f5b2640fe6fb4f4", "image-tags": ["2.4.1"],
               "finding-severity-counts": {"CRITICAL": 2, "LOW": 9}}, f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/shop/checkout"),
     f"AWS Event: ECR Image Scan Findings: shop/checkout in account {ACCOUNT}"),
    (envelope(3, "aws.inspector2", "Inspector2 Finding",
              {"awsAccountId": ACCOUNT, "findingArn": f"arn:aws:inspector2:us-east-1:{ACCOUNT}:finding/6c2b1f0e", "severity": "CRITICAL", "status": "ACTIVE",
               "title": "CVE-2026-11223 - libdecode", "type": "PACKAGE_VULNERABILITY", "inspectorScore": 9.8, "exploitAvailable": "YES",
               "fixAvailable": "YES", "firstObservedAt": "Nov 20, 2026, 10:15:03 AM", "resources": [{"id": "i-0a1b2c3d4e5f60718", "type": "AWS_EC2_INSTANCE"}],
               "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-2026-11223", "vulnerablePackages": [{"name": "libdecode", "version": "1.2.3"}]}},
              "i-0a1b2c3d4e5f60718"),
     f"AWS Event: Inspector: CVE-2026-11223 - libdecode in account {ACCOUNT}"),
    (envelope(4, "aws.guardduty", "GuardDuty Finding",
              {"schemaVersion": "2.0", "accountId": ACCOUNT, "region": "us-east-1", "partition": "aws", "id": "16afba5c5c43e07c9e3e5e2e544e95df",
               "type": "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS", "severity": 8, "title": "Credentials used from outside",
               "resource": {"resourceType": "AccessKey", "accessKeyDetails": {"accessKeyId": "ASIAWKSN45N6YFP5GKRC", "userType": "AssumedRole"}},
               "service": {"serviceName": "guardduty", "archived": False, "count": 3,
                           "action": {"actionType": "AWS_API_CALL", "awsApiCallAction": {"api": "ListBuckets", "serviceName": "s3.amazonaws.com"}}}}),
     f"AWS Event: GuardDuty: UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS in account {ACCOUNT}"),
    (envelope(5, "aws.ecs", "ECS Task State Change",
              {"clusterArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop", "taskArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/shop/cf159fd6",
               "group": "service:checkout", "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "launchType": "FARGATE", "enableExecuteCommand": True,
               "containers": [{"name": "web", "image": "shop/checkout:2.4.1", "lastStatus": "RUNNING"}], "version": 3},
              f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/shop/cf159fd6"),
     f"AWS Event: ECS task of service:checkout runs with ECS Exec in account {ACCOUNT}"),
    (envelope(6, "aws.ssm", "EC2 Command Invocation Status-change Notification",
              {"command-id": "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b", "document-name": "AWS-RunShellScript", "instance-id": "i-0a1b2c3d4e5f60718",
               "requested-date-time": "2026-11-20T10:15:04.711Z", "status": "Success"}, f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0a1b2c3d4e5f60718"),
     f"AWS Event: SSM: AWS-RunShellScript ran on i-0a1b2c3d4e5f60718 in account {ACCOUNT}"),
    (envelope(7, "aws.ssm", "Parameter Store Change",
              {"operation": "Delete", "name": "/shop/checkout/database-password", "type": "SecureString", "description": ""},
              f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/shop/checkout/database-password"),
     f"AWS Event: SSM parameter /shop/checkout/database-password deleted in account {ACCOUNT}"),
]


class EventBridgeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.service = Service(pathlib.Path(self.folder.name) / "data")
        self.owner = set_up(self.service)
        self.file_source = make_key(self.owner, "source")
        self.token = make_key(self.owner, "source").headers["Authorization"].removeprefix("Bearer ")
        self.destination = Client(self.service, {**HEADERS, "Authorization": f"Bearer {self.token}"})

    def tearDown(self):
        self.service.kill()
        self.folder.cleanup()

    def send(self, event, client=None):
        status, _, receipt = (client or self.destination).call("POST", "/api/v1/events", json.dumps(event))
        self.assertEqual((status, receipt["refused"]), (200, 0), receipt)
        return receipt

    def titles(self):
        return {one["title"]: one["count"] for one in self.owner.get("/api/v1/alerts?limit=1000")["alerts"]}

    def test_shipped_rules_fire_on_what_services_find(self):
        for event, title in FINDINGS:
            with self.subTest(event["detail-type"]):
                receipt = self.send(event)
                self.assertEqual(receipt["accepted"], 1)
                self.assertEqual(self.titles().get(title), receipt["matched"])
                found = self.owner.get(f"/api/v1/events/{event['id']}")
                self.assertEqual((found["type"], found["record"]["detail"]), ("awsevent", event["detail"]))

    def test_an_event_that_is_sent_again_is_one_event(self):
        event, title = FINDINGS[2]
        self.send(event)
        self.assertEqual(self.send(event), {"accepted": 0, "duplicates": 1, "refused": 0, "matched": 0, "problems": []})
        self.assertEqual(self.titles()[title], 1)

    def by_both_ways(self, first, second):
        """The same CloudTrail event by both ways: what the second to come is answered."""
        self.assertEqual(first()["accepted"], 1)
        receipt = second()
        self.assertEqual((receipt["accepted"], receipt["duplicates"]), (0, 1))
        self.assertEqual(self.owner.get("/api/v1/events/count"), {"count": 1})
        self.assertEqual([count for title, count in self.titles().items() if title.startswith("CloudTrail: CloudTrail Logging Stopped")], [1])
        self.assertEqual(self.owner.get(f"/api/v1/events/{STOP_LOGGING['eventID']}")["type"], "cloudtrail")

    def post_file(self):
        status, _, receipt = self.file_source.call("POST", "/api/v1/events", gzip.compress(json.dumps({"Records": [STOP_LOGGING]}).encode()))
        self.assertEqual(status, 200, receipt)
        return receipt

    def test_a_call_by_eventbridge_and_then_in_a_file_is_one_event(self):
        self.by_both_ways(lambda: self.send(CALL), self.post_file)

    def test_a_call_in_a_file_and_then_by_eventbridge_is_one_event(self):
        self.by_both_ways(self.post_file, lambda: self.send(CALL))

    def test_a_connection_may_send_its_key_as_it_is(self):
        receipt = self.send(CALL, Client(self.service, {**HEADERS, "X-Api-Key": self.token}))
        self.assertEqual(receipt["accepted"], 1)

    def test_keys_that_may_not_are_refused_as_eventbridge_understands_it(self):
        def code_of(**headers):
            status, _, problem = Client(self.service, {**HEADERS, **headers}).call("POST", "/api/v1/events", json.dumps(CALL))
            return status, problem["code"]
        api = make_key(self.owner, "api", role="owner").headers["Authorization"].removeprefix("Bearer ")
        self.assertEqual(code_of(), (401, "not_signed_in"))
        self.assertEqual(code_of(**{"X-Api-Key": "vigia_" + "0" * 43}), (401, "unknown_key"))
        self.assertEqual(code_of(**{"X-Api-Key": ""}), (401, "not_signed_in"))
        self.assertEqual(code_of(**{"X-Api-Key": api}), (403, "role"))
        # What is a bearer token decides; a key beside it is not looked at.
        self.assertEqual(code_of(**{"Authorization": "Bearer vigia_" + "0" * 43, "X-Api-Key": self.token}), (401, "unknown_key"))
        self.assertEqual(self.owner.get("/api/v1/events/count"), {"count": 0})

    def test_a_key_of_kind_api_may_come_by_itself_as_well(self):
        api = make_key(self.owner, "api", role="reader").headers["Authorization"].removeprefix("Bearer ")
        reader = Client(self.service, {"X-Api-Key": api})
        self.assertEqual(reader.get("/api/v1/events/count"), {"count": 0})
        status, _, problem = reader.call("POST", "/api/v1/keys", {"name": "k", "kind": "source"})
        self.assertEqual((status, problem["code"]), (403, "role"))

    def test_what_an_input_transformer_made_of_an_event_is_refused_with_its_reason(self):
        status, _, receipt = self.destination.call("POST", "/api/v1/events", json.dumps({"text": "GuardDuty found something"}))
        self.assertEqual((status, receipt["accepted"], receipt["refused"]), (200, 0, 1))
        (source,) = self.owner.get("/api/v1/sources")["sources"]
        self.assertEqual(source["refused"], 1)


if __name__ == "__main__":
    unittest.main()
