#!/usr/bin/env python3
"""make_corpus.py FOLDER [RECORDS] [SEED]: CloudTrail records as AWS delivers them, 5,000 to a gzip file of {"Records":[…]}.
The calls are skewed as in real accounts: few kinds make most of the records."""
import gzip
import json
import pathlib
import random
import sys

KINDS = [("s3.amazonaws.com", "GetObject", 30), ("s3.amazonaws.com", "PutObject", 12), ("kms.amazonaws.com", "Decrypt", 14), ("sts.amazonaws.com", "AssumeRole", 14),
         ("s3.amazonaws.com", "ListObjects", 5), ("dynamodb.amazonaws.com", "GetItem", 5), ("ec2.amazonaws.com", "DescribeInstances", 5), ("ecr.amazonaws.com", "BatchGetImage", 2),
         ("logs.amazonaws.com", "DescribeLogGroups", 2), ("ssm.amazonaws.com", "UpdateInstanceInformation", 3), ("lambda.amazonaws.com", "Invoke", 3),
         ("ec2.amazonaws.com", "RunInstances", 1), ("iam.amazonaws.com", "GetRole", 1), ("iam.amazonaws.com", "PutRolePolicy", 0.3), ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", 0.2),
         ("ssm.amazonaws.com", "GetParameter", 1), ("secretsmanager.amazonaws.com", "GetSecretValue", 1), ("signin.amazonaws.com", "ConsoleLogin", 0.2)]
AGENTS = ["aws-cli/2.15.40 Python/3.11.8 Linux/6.1.0 exe/x86_64.debian.12 prompt/off command/s3.cp", "Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.12.2",
          "aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.2 md/GOOS#linux md/GOARCH#amd64", "APN/1.0 HashiCorp/1.0 Terraform/1.8.0 (+https://www.terraform.io)"]


def main():
    folder = pathlib.Path(sys.argv[1])
    records = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    folder.mkdir(parents=True, exist_ok=True)

    def hexa(digits):
        return f"{chance.getrandbits(4 * digits):0{digits}x}"

    def uuid():
        return f"{hexa(8)}-{hexa(4)}-4{hexa(3)}-a{hexa(3)}-{hexa(12)}"

    accounts = [str(chance.randrange(10**11, 10**12)) for _ in range(12)]
    people = [(chance.choice(accounts), f"role-{i % 40}", f"session-{i}", "ASIA" + hexa(16).upper(), f"{chance.randrange(3, 220)}.{chance.randrange(256)}.{chance.randrange(256)}.9") for i in range(400)]
    weights = [weight for _, _, weight in KINDS]

    def record(number):
        source, name, _ = chance.choices(KINDS, weights)[0]
        account, role, session, key, address = people[min(int(chance.paretovariate(0.8)) - 1, 399)]
        request = {"bucketName": f"acme-{chance.randrange(40)}", "key": f"data/2026/{chance.randrange(12):02}/{hexa(24)}.parquet", "Host": "s3.eu-west-1.amazonaws.com"}
        if source != "s3.amazonaws.com":
            request = {"keyId": uuid(), "encryptionContext": {"service": "app"}, "maxResults": chance.randrange(100), "name": f"/prod/{chance.randrange(60)}"}
        return {"eventVersion": "1.09", "userIdentity": {"type": "AssumedRole", "principalId": f"AROA{hexa(16).upper()}:{session}", "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
                "accountId": account, "accessKeyId": key, "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "arn": f"arn:aws:iam::{account}:role/{role}",
                "accountId": account, "userName": role}, "attributes": {"creationDate": "2026-03-04T08:00:00Z", "mfaAuthenticated": "false"}}},
                "eventTime": f"2026-03-{1 + number * 28 // records:02}T{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}Z", "eventSource": source, "eventName": name,
                "awsRegion": "eu-west-1", "sourceIPAddress": address, "userAgent": chance.choice(AGENTS), "requestParameters": request, "responseElements": None,
                "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0, "bytesTransferredOut": chance.randrange(10**7),
                "x-amz-id-2": hexa(76)}, "requestID": uuid(), "eventID": uuid(), "readOnly": True, "resources": [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::acme/{hexa(24)}"}],
                "eventType": "AwsApiCall", "managementEvent": False, "recipientAccountId": account, "eventCategory": "Data",
                "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "s3.eu-west-1.amazonaws.com"}}

    for first in range(0, records, 5000):
        part = [record(number) for number in range(first, min(first + 5000, records))]
        data = json.dumps({"Records": part}, separators=(",", ":")).encode()
        (folder / f"{first:08}.json.gz").write_bytes(gzip.compress(data, 6, mtime=0))


if __name__ == "__main__":
    main()
