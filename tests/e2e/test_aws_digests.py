"""The story of completeness in S3: digests that a queue tells of are verified with the keys that CloudTrail lists, and `vigia verify` reads
a bucket as it reads a folder."""
import json
import os
import subprocess
import unittest

import aws_servers
from aws_servers import notification
from service import VIGIA, record, wait_for
from test_aws import AwsTest
from trail import ACCOUNT, BUCKET, REGION, Trail

DAY = "since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z"


class DigestsInS3Test(AwsTest):
    def setUp(self):
        super().setUp()
        self.trail = Trail(self.root / "logs", self.root / "private")
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": aws_servers.REGION})
        self.asked = []
        self.may_list_keys = True
        self.proxy.fault = self.cloudtrail
        self.service.stop()
        self.service.options += ("--trail-grace-s", "2")
        self.service.start()

    def cloudtrail(self, method, path, headers, body):
        """CloudTrail, which moto does not answer for: its keys come by two pages."""
        if not headers.get("X-Amz-Target", "").endswith("CloudTrail_20131101.ListPublicKeys"):
            return None
        self.asked.append((headers["Authorization"], json.loads(body)))
        if not self.may_list_keys:
            return 400, {}, b'{"__type":"AccessDeniedException","Message":"not authorized to perform: cloudtrail:ListPublicKeys"}'
        if "NextToken" not in self.asked[-1][1]:
            return 200, {}, b'{"PublicKeyList":[],"NextToken":"more"}'
        return 200, {}, json.dumps(self.trail.public_keys()).encode()

    def upload(self, *, without=()):
        """Everything that was written so far, the signature with each digest, as CloudTrail has it."""
        keys = []
        for key, *_ in self.trail.logs:
            if key not in without:
                self.s3.put_object(Bucket=BUCKET, Key=key, Body=self.trail.path(key).read_bytes())
                keys.append(key)
        for key, _, signature in self.trail.digests:
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=self.trail.path(key).read_bytes(),
                               Metadata={"signature": signature, "signature-algorithm": "SHA256withRSA"})
            keys.append(key)
        self.send(notification(BUCKET, *keys))

    def hours(self):
        page = self.owner.get(f"/api/v1/completeness?{DAY}")
        return {one["hour"][11:13]: {name: count for name, count in one["files"].items() if count} for one in page["hours"]}

    def becomes(self, wanted):
        try:
            wait_for(lambda: self.hours() == wanted)
        except AssertionError:
            self.assertEqual(self.hours(), wanted, self.service.log.read_text()[-2000:])

    def test_digests_of_a_bucket_are_verified_as_they_arrive(self):
        self.connect()
        self.trail.add_hour(0, [record(0)], [record(1)])
        self.trail.add_hour(1, [record(2)], [record(3)])
        lost = self.trail.logs[-1][0]
        self.upload(without=(lost,))
        self.becomes({"00": {"verified": 3}, "01": {"verified": 2, "missing": 1}})
        authorization, asked = self.asked[0]
        self.assertIn(f"/{REGION}/cloudtrail/aws4_request", authorization)
        self.assertEqual(sorted(asked), ["EndTime", "StartTime"])
        found = wait_for(lambda: [one for one in self.owner.get("/api/v1/alerts?limit=1000")["alerts"]
                                  if one["rule_name"] == "AWS Event: CloudTrail Integrity Broken"])
        self.assertEqual([(one["severity"], one["title"]) for one in found],
                         [(1, f"AWS Event: CloudTrail files missing in account {ACCOUNT}")])
        files = self.owner.get(f"/api/v1/completeness/files?{DAY}&account={ACCOUNT}&region={REGION}")["files"]
        self.assertEqual([(one["state"], one["file"]) for one in files], [("missing", f"s3://{BUCKET}/{lost}")])
        self.assertEqual(self.letters(), [])

    def test_a_role_that_may_not_list_keys_is_told_so_and_all_is_verified_when_it_may(self):
        self.may_list_keys = False
        self.connect()
        self.trail.add_hour(0, [record(0)])
        self.upload()
        wait_for(lambda: "cannot be verified now: " in self.service.log.read_text())
        self.assertIn("ListPublicKeys", self.service.log.read_text())
        self.may_list_keys = True
        self.becomes({"00": {"verified": 2}})

    def verify(self, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | aws_servers.KEYS
        environment |= {"AWS_ENDPOINT_URL": self.proxy.url, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": REGION}
        done = subprocess.run([VIGIA, "verify", *words], capture_output=True, text=True, timeout=60, check=False, env=environment)
        return done.returncode, done.stdout, done.stderr

    def test_verify_reads_a_bucket(self):
        for hour in range(3):
            self.trail.add_hour(hour, [record(hour)])
        self.upload()
        place = f"s3://{BUCKET}/AWSLogs/"
        code, out, said = self.verify(place)
        self.assertEqual((code, said), (0, ""), out)
        self.assertIn("3 of 3 digests verified; 3 of 3 log files verified", out)
        self.s3.put_object(Bucket=BUCKET, Key=self.trail.logs[1][0], Body=aws_servers.packed([record(7)]))
        planted = self.trail.logs[0][0].replace("0" * 16, "f" * 16)
        self.s3.put_object(Bucket=BUCKET, Key=planted, Body=aws_servers.packed([record(8)]))
        code, out, _ = self.verify("--json", place)
        files = {(one["state"], one["file"]) for one in json.loads(out)["files"]}
        self.assertEqual((code, files), (1, {("altered", f"s3://{BUCKET}/{self.trail.logs[1][0]}"), ("unlisted", f"s3://{BUCKET}/{planted}")}))
        code, _, said = self.verify("s3://")
        self.assertEqual(code, 2)
        self.assertIn("as s3://BUCKET/PREFIX", said)
        code, _, said = self.verify(f"s3://{BUCKET}/nothing/")
        self.assertEqual(code, 2)
        self.assertIn("no digest files of CloudTrail are below it: is log file validation on", said)
        self.assertIn("NoSuchBucket", self.verify("s3://not-there-at-all/")[2])


if __name__ == "__main__":
    unittest.main()
