"""What happens in the sample trail that the shipped rules have something to say about, each story some time before the end."""

import datetime
import json

from sample.estate import (
    BUILD,
    CLI,
    CONSOLE,
    ECS,
    FRANKFURT,
    GO,
    IRELAND,
    PROD,
    SAO_PAULO,
    SECURITY,
    STAGING,
    VIRGINIA,
    assumed,
    container_of,
    digest,
    root,
    user,
    HOME,
    STRANGER,
    engineer,
)
from sample.intrusion import stolen_key

REPORTS = "Boto3/1.35.71 md/Botocore#1.35.71 image-report/2.1"
NOTES = "Boto3/1.35.71 md/Botocore#1.35.71 feature-notes/0.4"


def image_with_findings(trail, at, minutes, image, counts):
    """An image is pushed and scanned, has findings, and runs in ECS all the same."""
    repository, tag = image.split(":")
    deployer = assumed("GithubActionsDeploy", "GitHubActions", PROD, at(minutes + 3), "192.0.2.85", GO)
    trail.call(
        deployer,
        at(minutes),
        "ecr",
        "PutImage",
        IRELAND,
        {"repositoryName": repository, "imageTag": tag, "registryId": PROD},
        {"image": {"registryId": PROD, "repositoryName": repository, "imageId": {"imageDigest": digest(image), "imageTag": tag}}},
        read=False,
    )
    trail.scan_event(at(minutes - 2), PROD, IRELAND, image, counts)
    scanner = assumed("SecurityAudit", "image-report", PROD, at(minutes - 2), "192.0.2.140", REPORTS)
    trail.call(
        scanner,
        at(minutes - 5),
        "ecr",
        "DescribeImageScanFindings",
        IRELAND,
        {"repositoryName": repository, "imageId": {"imageDigest": digest(image)}, "maxResults": 1000},
        {
            "registryId": PROD,
            "repositoryName": repository,
            "imageId": {"imageDigest": digest(image)},
            "imageScanStatus": {"status": "COMPLETE"},
            "imageScanFindings": {"findingSeverityCounts": counts},
        },
    )
    trail.call(
        deployer,
        at(minutes - 9),
        "ecs",
        "RegisterTaskDefinition",
        IRELAND,
        {
            "family": repository.replace("/", "-"),
            "networkMode": "awsvpc",
            "containerDefinitions": [
                {"name": repository.split("/")[1], "image": f"{PROD}.dkr.ecr.{IRELAND}.amazonaws.com/{image}", "memory": 1024}
            ],
        },
        read=False,
    )
    trail.call(
        deployer,
        at(minutes - 10),
        "ecs",
        "RunTask",
        IRELAND,
        {"cluster": "prod", "taskDefinition": repository.replace("/", "-"), "count": 1},
        read=False,
    )
    trail.service_starts(at(minutes - 11), container_of(image, repository.split("/")[1], PROD, IRELAND))


def open_repository(trail, at):
    """A repository is opened to everybody, then closed again."""
    lena = engineer("lena.brandt", at(9 * 60))
    everybody = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "pull", "Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
        ],
    }
    request = {"repositoryName": "shop/web", "registryId": PROD, "force": False}
    trail.call(lena, at(9 * 60), "ecr", "SetRepositoryPolicy", IRELAND, request | {"policyText": json.dumps(everybody)}, read=False)
    everybody["Statement"][0]["Principal"] = {"AWS": f"arn:aws:iam::{STAGING}:root"}
    trail.call(lena, at(8 * 60 + 20), "ecr", "SetRepositoryPolicy", IRELAND, request | {"policyText": json.dumps(everybody)}, read=False)
    trail.call(
        lena,
        at(8 * 60 + 12),
        "ecr",
        "PutImageScanningConfiguration",
        IRELAND,
        {"repositoryName": "shop/web", "registryId": PROD, "imageScanningConfiguration": {"scanOnPush": False}},
        read=False,
    )


def root_at_work(trail, at, minutes, account):
    owner = root(account, HOME)
    trail.login(owner, at(minutes), mfa=False)
    trail.call(
        owner,
        at(minutes - 3),
        "iam",
        "UpdateAccountPasswordPolicy",
        VIRGINIA,
        {"minimumPasswordLength": 8, "requireSymbols": False},
        read=False,
    )


def guessed_password(trail, at):
    ana = user("ana.lima", STAGING, STRANGER, CONSOLE)
    for number in range(7):
        trail.login(ana, at(14 * 1440 - number * 0.4), success=False)
    trail.login(ana, at(14 * 1440 - 6), mfa=False)


def refused_contractor(trail, at):
    contractor = assumed("Contractor", "ext-07", STAGING, at(11 * 1440 + 5), "192.0.2.201", CLI)
    names = [
        ("ec2", "DescribeInstances"),
        ("iam", "ListRoles"),
        ("rds", "DescribeDBInstances"),
        ("lambda", "ListFunctions20150331"),
        ("secretsmanager", "ListSecrets"),
        ("kms", "ListKeys"),
        ("ecs", "ListClusters"),
        ("dynamodb", "ListTables"),
    ]
    for number in range(60):
        source, name = names[number % len(names)]
        trail.call(contractor, at(11 * 1440 - number * 0.12), source, name, FRANKFURT, error="AccessDenied")


def public_bucket(trail, at):
    novak = engineer("p.novak", at(17 * 1440), STAGING)
    block = {"RestrictPublicBuckets": False, "BlockPublicPolicy": False, "BlockPublicAcls": False, "IgnorePublicAcls": False}
    trail.call(
        novak,
        at(17 * 1440),
        "s3",
        "PutBucketPublicAccessBlock",
        IRELAND,
        {"bucketName": "shop-staging-assets", "publicAccessBlock": "", "PublicAccessBlockConfiguration": block},
        read=False,
    )
    statement = {
        "Sid": "read",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::shop-staging-assets/*",
    }
    trail.call(
        novak,
        at(17 * 1440 - 2),
        "s3",
        "PutBucketPolicy",
        IRELAND,
        {"bucketName": "shop-staging-assets", "policy": "", "bucketPolicy": {"Version": "2012-10-17", "Statement": [statement]}},
        read=False,
    )


def open_port(trail, at):
    okafor = engineer("j.okafor", at(8 * 1440), STAGING, role="Developer")
    rule = {
        "groupId": "sg-0a4f9c2e7b1d35680",
        "ipPermissions": {
            "items": [
                {
                    "ipProtocol": "tcp",
                    "fromPort": 22,
                    "toPort": 22,
                    "groups": {},
                    "ipv6Ranges": {},
                    "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
                }
            ]
        },
    }
    trail.call(okafor, at(8 * 1440), "ec2", "AuthorizeSecurityGroupIngress", FRANKFURT, rule, {"_return": True}, read=False)
    for number in range(12):
        trail.runtime(
            BUILD,
            at(7.9 * 1440 - number * 0.3),
            "host",
            _type="host",
            sigid=5716,
            comment="SSHD authentication failed.",
            level=5,
            group=["syslog", "sshd", "authentication_failed"],
            location="/var/log/auth.log",
            user="root" if number % 2 else "admin",
            src_ip=STRANGER,
            src_port=40000 + number,
            log=f"sshd[9{number:03}]: Failed password for root from {STRANGER} port {40000 + number} ssh2",
        )
    trail.call(okafor, at(7.5 * 1440), "ec2", "RevokeSecurityGroupIngress", FRANKFURT, rule, {"_return": True}, read=False)


def shell_in_container(trail, at):
    souza = engineer("ana.souza", at(4 * 1440), role="Developer")
    trail.call(
        souza,
        at(4 * 1440),
        "ecs",
        "ExecuteCommand",
        IRELAND,
        {
            "cluster": "prod",
            "container": "orders",
            "command": "/bin/bash",
            "interactive": True,
            "task": "9f1c2d3e4b5a46978897a6b5c4d3e2f1",
        },
        read=False,
    )
    container = container_of("shop/orders:3.8.1", "orders", PROD, IRELAND)
    bash = ECS.start(
        trail, at(4 * 1440 - 0.2), "/bin/bash", "/usr/bin/bash", user_name="root", tty="pts0", container=container, cwd="/app"
    )
    ECS.start(trail, at(4 * 1440 - 1), "env", "/usr/bin/env", bash, tty="pts0", container=container, cwd="/app")
    ECS.start(trail, at(4 * 1440 - 3), "psql -h orders-db", "/usr/bin/psql", bash, tty="pts0", container=container, cwd="/app")


def session_preferences(trail, at):
    tanaka = engineer("s.tanaka", at(13 * 1440))
    trail.call(
        tanaka,
        at(13 * 1440),
        "ssm",
        "UpdateDocument",
        IRELAND,
        {
            "name": "SSM-SessionManagerRunShell",
            "documentVersion": "$LATEST",
            "content": json.dumps(
                {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": {"cloudWatchLogGroupName": "", "s3BucketName": ""}}
            ),
        },
        read=False,
    )


def costly_machines(trail, at):
    rossi = engineer("m.rossi", at(21 * 1440), role="DataEngineer", agent=CONSOLE)
    trail.call(
        rossi,
        at(21 * 1440),
        "ec2",
        "RunInstances",
        VIRGINIA,
        {"instancesSet": {"items": [{"imageId": "ami-0aa11bb22cc33dd44", "minCount": 2, "maxCount": 2}]}, "instanceType": "p4d.24xlarge"},
        error="Client.UnauthorizedOperation: You are not authorized to perform this operation.",
        read=False,
    )


def new_region(trail, at):
    """A region and a service that nobody used before."""
    for day in range(5, -1, -1):
        rossi = engineer("m.rossi", at(day * 1440 + 620), role="DataEngineer", agent=NOTES)
        for number in range(6 + 4 * (5 - day)):
            trail.call(
                rossi,
                at(day * 1440 + 600 - number * 3.1),
                "bedrock",
                "InvokeModel",
                SAO_PAULO,
                {"modelId": "anthropic.claude-3-5-sonnet-20241022-v2:0"},
                read=True,
            )


def tell(trail, days):
    """All stories that fit into the last days of the trail."""

    def at(minutes):
        return trail.until - datetime.timedelta(minutes=minutes)

    stolen_key(trail, at)
    open_repository(trail, at)
    root_at_work(trail, at, 6 * 60, STAGING)
    image_with_findings(trail, at, 20 * 60, "shop/checkout:2.31.0", {"CRITICAL": 1, "HIGH": 4, "MEDIUM": 11, "LOW": 20})
    for least_days, story in [
        (5, shell_in_container),
        (6, new_region),
        (9, open_port),
        (12, refused_contractor),
        (14, session_preferences),
        (15, guessed_password),
        (18, public_bucket),
        (22, costly_machines),
    ]:
        if days >= least_days:
            story(trail, at)
    for day, image, counts in [
        (3, "shop/web:5.12.3", {"HIGH": 2, "MEDIUM": 7}),
        (10, "data/features:0.9.4", {"HIGH": 1, "LOW": 9}),
        (24, "shop/orders:3.7.0", {"CRITICAL": 2, "HIGH": 6, "MEDIUM": 3}),
    ]:
        if days > day:
            image_with_findings(trail, at, day * 1440 + 300, image, counts)
    if days > 33:
        root_at_work(trail, at, 33 * 1440, SECURITY)
