"""The CloudFormation templates deployed into moto, a server that answers as AWS does: what they make is there, and a log file that is
written to the bucket is told of in the queue."""
import gzip
import json
import logging
import os
import unittest
import urllib.parse
import urllib.request

from stack import Stack  # first: it leads to the packages of ./dev setup

import boto3
from moto.server import ThreadedMotoServer

ACCOUNT = "123456789012"  # moto's
REGION = "us-east-1"
PRINCIPAL = "arn:aws:iam::999988887777:role/vigia"
EXTERNAL_ID = "1b0f2c4a-5d6e-4f70-8192-a3b4c5d6e7f8"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0c6a2f3e-1111-2222-3333-444455556666"
LOG_KEY = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/11/26/{ACCOUNT}_CloudTrail_{REGION}_20261126T0640Z_AbCdEfGh.json.gz"
DIGEST_KEY = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/2026/11/26/{ACCOUNT}_CloudTrail-Digest_{REGION}_vigia_{REGION}_20261126T064000Z.json.gz"


class DeployTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        os.environ["NO_PROXY"] = "127.0.0.1"
        cls.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        cls.server.start()
        host, port = cls.server.get_host_and_port()
        cls.url = f"http://{host}:{port}"
        cls.session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def tearDown(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).close()

    def client(self, service):
        return self.session.client(service, endpoint_url=self.url)

    def deploy(self, name, **parameters):
        return Stack(name, self.client, ACCOUNT, REGION, **parameters)

    def deploy_trail(self, **parameters):
        return self.deploy("trail", VigiaPrincipalArn=PRINCIPAL, ExternalId=EXTERNAL_ID, **parameters)

    def role_statements(self, role_arn):
        """What the role lets its holder do, by statement."""
        role = role_arn.split("/")[-1]
        document = self.client("iam").get_role_policy(RoleName=role, PolicyName="read-trail")["PolicyDocument"]
        return {one["Sid"]: one for one in document["Statement"]}

    def queue_attributes(self, url):
        return self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    def taken(self, queue_url):
        """The bodies of the messages that wait in the queue, which are taken from it."""
        queue, bodies = self.client("sqs"), []
        while messages := queue.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                queue.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def told_keys(self, queue_url):
        """The keys of the files that the queue tells of."""
        return [urllib.parse.unquote_plus(one["s3"]["object"]["key"]) for body in self.taken(queue_url) for one in body.get("Records", [])]

    def test_a_new_trail(self):
        stack = self.deploy_trail()
        self.assertEqual(set(stack.outputs), {"RoleArn", "QueueUrl", "Region", "BucketName"})
        self.assertEqual((stack.outputs["Region"], stack.outputs["BucketName"]), (REGION, f"vigia-{ACCOUNT}-{REGION}"))
        trail = self.client("cloudtrail").get_trail(Name="vigia")["Trail"]
        self.assertEqual((trail["S3BucketName"], trail["LogFileValidationEnabled"], trail["IsMultiRegionTrail"], trail["IsOrganizationTrail"]),
                         (stack.outputs["BucketName"], True, True, False))
        role = self.client("iam").get_role(RoleName=stack.outputs["RoleArn"].split("/")[-1])["Role"]
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        self.assertEqual((trust["Principal"], trust["Condition"]),
                         ({"AWS": PRINCIPAL}, {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}))
        queue = self.queue_attributes(stack.outputs["QueueUrl"])
        redrive = json.loads(queue["RedrivePolicy"])
        self.assertEqual((redrive["deadLetterTargetArn"], int(redrive["maxReceiveCount"])),
                         (self.queue_attributes(stack.made["DeadLetterQueue"]["Ref"])["QueueArn"], 10))
        (policy,) = json.loads(queue["Policy"])["Statement"]
        self.assertEqual((policy["Resource"], policy["Condition"]), (queue["QueueArn"], {"ArnEquals": {"aws:SourceArn": stack.made["Topic"]["Ref"]}}))
        statements = self.role_statements(stack.outputs["RoleArn"])
        bucket = f"arn:aws:s3:::{stack.outputs['BucketName']}"
        self.assertEqual({sid: one["Resource"] for sid, one in statements.items()},
                         {"TakeNotifications": queue["QueueArn"], "ReadLogFiles": f"{bucket}/AWSLogs/*", "ListLogFiles": bucket,
                          "CheckDigests": "*"})

    def test_a_file_that_the_trail_writes_is_told_of(self):
        stack = self.deploy_trail()
        storage = self.client("s3")
        storage.delete_bucket_policy(Bucket=stack.outputs["BucketName"])  # moto denies what is denied on a condition, whether it holds or not
        for key in (LOG_KEY, DIGEST_KEY, "AWSLogs/notes.txt", "elsewhere/x.json.gz"):
            storage.put_object(Bucket=stack.outputs["BucketName"], Key=key, Body=gzip.compress(b'{"Records":[]}'))
        self.assertEqual(sorted(self.told_keys(stack.outputs["QueueUrl"])), sorted([LOG_KEY, DIGEST_KEY]))

    def test_a_trail_of_an_organisation_with_a_prefix_and_a_key(self):
        stack = self.deploy_trail(OrganizationId="o-abcdefghij", KeyPrefix="logs/aws", KmsKeyArn=KEY_ARN, TrailName="lookout")
        trail = self.client("cloudtrail").get_trail(Name="lookout")["Trail"]
        self.assertEqual((trail["IsOrganizationTrail"], trail["S3KeyPrefix"], trail["KmsKeyId"]), (True, "logs/aws", KEY_ARN))
        policy = json.loads(self.client("s3").get_bucket_policy(Bucket=stack.outputs["BucketName"])["Policy"])
        bucket = f"arn:aws:s3:::{stack.outputs['BucketName']}"
        self.assertEqual([one["Resource"] for one in policy["Statement"] if one["Action"] == "s3:PutObject"],
                         [f"{bucket}/logs/aws/AWSLogs/{ACCOUNT}/*", f"{bucket}/logs/aws/AWSLogs/o-abcdefghij/*"])
        statements = self.role_statements(stack.outputs["RoleArn"])
        self.assertEqual(statements["ReadLogFiles"]["Resource"], f"{bucket}/logs/aws/AWSLogs/*")
        self.assertEqual(statements["ListLogFiles"]["Condition"], {"StringLike": {"s3:prefix": "logs/aws/AWSLogs/*"}})
        self.assertEqual((statements["DecryptLogFiles"]["Action"], statements["DecryptLogFiles"]["Resource"]), ("kms:Decrypt", KEY_ARN))

    def test_a_bucket_that_tells_a_topic_already(self):
        self.client("s3").create_bucket(Bucket="their-trail")
        topic = self.client("sns").create_topic(Name="their-topic")["TopicArn"]
        stack = self.deploy_trail(ExistingBucketName="their-trail", ExistingTopicArn=topic)
        self.assertEqual(set(stack.made), {"Role", "Queue", "DeadLetterQueue", "QueuePolicy", "Subscription"})
        self.assertEqual(stack.outputs["BucketName"], "their-trail")
        (subscription,) = self.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual(subscription["Endpoint"], self.queue_attributes(stack.outputs["QueueUrl"])["QueueArn"])
        self.assertEqual(self.role_statements(stack.outputs["RoleArn"])["ReadLogFiles"]["Resource"], "arn:aws:s3:::their-trail/AWSLogs/*")

    def test_a_bucket_that_is_to_tell_the_queue(self):
        storage = self.client("s3")
        storage.create_bucket(Bucket="their-trail")
        stack = self.deploy_trail(ExistingBucketName="their-trail")
        self.assertEqual(set(stack.made), {"Role", "Queue", "DeadLetterQueue", "QueuePolicy"})
        queue = self.queue_attributes(stack.outputs["QueueUrl"])
        (policy,) = json.loads(queue["Policy"])["Statement"]
        self.assertEqual((policy["Principal"], policy["Condition"]),
                         ({"Service": "s3.amazonaws.com"}, {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::their-trail"},
                                                           "StringEquals": {"aws:SourceAccount": ACCOUNT}}))
        storage.put_bucket_notification_configuration(Bucket="their-trail", NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": queue["QueueArn"], "Events": ["s3:ObjectCreated:*"]}]})
        storage.put_object(Bucket="their-trail", Key=LOG_KEY, Body=b"")
        self.assertIn(LOG_KEY, self.told_keys(stack.outputs["QueueUrl"]))

    def test_what_is_no_value_of_a_parameter_is_refused(self):
        for name, value in (("VigiaPrincipalArn", "*"), ("VigiaPrincipalArn", f"arn:aws:iam::{ACCOUNT}:root"), ("ExternalId", "with spaces in it"),
                            ("KeyPrefix", "logs/"), ("KeyPrefix", "/logs"), ("OrganizationId", "ou-abcd"), ("ExistingBucketName", "*")):
            with self.subTest(name, value=value), self.assertRaises(ValueError):
                self.deploy("trail", **{"VigiaPrincipalArn": PRINCIPAL, "ExternalId": EXTERNAL_ID, name: value})

    def test_eventbridge(self):
        stack = self.deploy("eventbridge", VigiaUrl="https://vigia.example.com/api/v1/events", SourceKey="vigia_" + "a" * 43)
        events = self.client("events")
        connection = events.describe_connection(Name=stack.made["Connection"]["Ref"])
        self.assertEqual((connection["AuthorizationType"], connection["AuthParameters"]["ApiKeyAuthParameters"]["ApiKeyName"]),
                         ("API_KEY", "Authorization"))
        destination = events.describe_api_destination(Name=stack.made["Destination"]["Ref"])
        self.assertEqual((destination["InvocationEndpoint"], destination["HttpMethod"]), ("https://vigia.example.com/api/v1/events", "POST"))
        rules = [stack.made[name] for name in ("TrailRule", "FindingsRule")]
        for rule in rules:
            (target,) = events.list_targets_by_rule(Rule=rule["Ref"])["Targets"]
            self.assertEqual((target["Arn"], target["RoleArn"], target["DeadLetterConfig"]["Arn"], target["RetryPolicy"]["MaximumEventAgeInSeconds"]),
                             (stack.made["Destination"]["Arn"], stack.made["Role"]["Arn"], stack.made["DeadLetterQueue"]["Arn"], 86400))
        (policy,) = json.loads(self.queue_attributes(stack.outputs["DeadLetterQueueUrl"])["Policy"])["Statement"]
        self.assertEqual(policy["Condition"], {"ArnEquals": {"aws:SourceArn": [rule["Arn"] for rule in rules]}})
        document = self.client("iam").get_role_policy(RoleName=stack.made["Role"]["Ref"], PolicyName="call-vigia")["PolicyDocument"]
        self.assertEqual([(one["Action"], one["Resource"]) for one in document["Statement"]],
                         [("events:InvokeApiDestination", stack.made["Destination"]["Arn"])])

    def test_what_the_rules_of_eventbridge_match(self):
        stack = self.deploy("eventbridge", VigiaUrl="https://vigia.example.com/api/v1/events", SourceKey="vigia_" + "a" * 43)
        events, queues = self.client("events"), self.client("sqs")
        watch = {}  # a queue for what each rule matches
        for rule in ("TrailRule", "FindingsRule"):
            watch[rule] = queues.create_queue(QueueName=f"matched-by-{rule}")["QueueUrl"]
            arn = self.queue_attributes(watch[rule])["QueueArn"]
            events.put_targets(Rule=stack.made[rule]["Ref"], Targets=[{"Id": "watch", "Arn": arn}])
        for rule, source, kind, detail in (
                ("TrailRule", "aws.iam", "AWS API Call via CloudTrail", {"eventCategory": "Management"}),
                ("TrailRule", "aws.ecs", "AWS API Call via CloudTrail", {"eventCategory": "Management"}),
                ("TrailRule", "aws.signin", "AWS Console Sign In via CloudTrail", {"eventCategory": "Management"}),
                (None, "aws.s3", "AWS API Call via CloudTrail", {"eventCategory": "Data"}),
                ("FindingsRule", "aws.ecr", "ECR Image Scan", {}),
                ("FindingsRule", "aws.inspector2", "Inspector2 Finding", {}),
                ("FindingsRule", "aws.guardduty", "GuardDuty Finding", {}),
                ("FindingsRule", "aws.ecs", "ECS Task State Change", {}),
                ("FindingsRule", "aws.ssm", "Parameter Store Change", {}),
                (None, "aws.ec2", "EC2 Instance State-change Notification", {})):
            with self.subTest(source=source, kind=kind):
                events.put_events(Entries=[{"Source": source, "DetailType": kind, "Detail": json.dumps(detail)}])
                self.assertEqual([name for name, url in watch.items() if self.taken(url)], [rule] if rule else [])


if __name__ == "__main__":
    unittest.main()
