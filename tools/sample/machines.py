"""Deployments, agents, services and hosts of the sample trail, day by day."""

import datetime

from sample.estate import (
    AGENT,
    BOTO,
    BUILD,
    ECS,
    FRANKFURT,
    GO,
    HOSTS,
    IRELAND,
    PROD,
    REPOSITORIES,
    SECURITY,
    STAGING,
    TERRAFORM,
    WEB,
    assumed,
    container_of,
    digest,
    hexa,
    instance,
    service,
    user,
)
from sample.rhythm import MACHINE, PIPELINE, WORK, Days, growth

AUDIT = [
    ("iam", "GetAccountSummary"),
    ("iam", "ListUsers"),
    ("iam", "GetCredentialReport"),
    ("iam", "ListPolicies"),
    ("s3", "GetBucketPublicAccessBlock"),
    ("ec2", "DescribeSecurityGroups"),
    ("ec2", "DescribeVolumes"),
    ("ec2", "DescribeSnapshots"),
    ("rds", "DescribeDBInstances"),
    ("kms", "ListKeys"),
    ("cloudtrail", "DescribeTrails"),
    ("cloudtrail", "GetTrailStatus"),
    ("config", "DescribeConfigRules"),
    ("guardduty", "ListDetectors"),
    ("lambda", "ListFunctions20150331"),
]
RECORDER = [
    ("ec2", "DescribeInstances"),
    ("ec2", "DescribeVpcs"),
    ("ec2", "DescribeNetworkInterfaces"),
    ("s3", "GetBucketVersioning"),
    ("s3", "GetBucketEncryption"),
    ("iam", "GetAccountAuthorizationDetails"),
    ("rds", "DescribeDBInstances"),
    ("lambda", "ListFunctions20150331"),
    ("kms", "DescribeKey"),
]


class Machines(Days):
    def day(self, day):
        self.deployments(day)
        self.pulls(day)
        self.agents(day)
        self.services(day)
        self.audit(day)
        for host in HOSTS:
            self.host(day, host)

    def deployments(self, day):
        """Old deployments by archives in S3, new ones by images: the second take over."""
        part = self.part(day + datetime.timedelta(hours=12))
        bot = user("deploy-bot", PROD, "192.0.2.20", BOTO)
        for time in self.times(day, 7 * (1 - growth(part)), PIPELINE):
            self.call(
                bot, time, "s3", "PutObject", IRELAND, {"bucketName": "shop-deploy", "key": f"web/{hexa(str(time), 8)}.tgz"}, read=False
            )
            self.call(
                bot,
                time + datetime.timedelta(seconds=9),
                "codedeploy",
                "CreateDeployment",
                IRELAND,
                {"applicationName": "shop-web"},
                read=False,
            )
            for number in range(3):
                self.call(bot, time + datetime.timedelta(seconds=30 + 20 * number), "codedeploy", "GetDeployment", IRELAND, {})
        for time in self.times(day, 10 * growth(part), PIPELINE):
            self.build(time, self.chance.choice(REPOSITORIES))

    def build(self, time, repository):
        account, region = self.chance.choice([(PROD, IRELAND), (PROD, IRELAND), (STAGING, FRANKFURT)])
        who = assumed("GithubActionsDeploy", "GitHubActions", account, time, f"192.0.2.{self.chance.choice((85, 86, 91))}", GO)
        federated = assumed("GithubActionsDeploy", "GitHubActions", account, time, who.address, GO)
        subject = "repo:sample/" + repository.split("/")[1] + ":ref:refs/heads/main"
        federated.identity = {
            "type": "WebIdentityUser",
            "principalId": f"token.actions.githubusercontent.com:sts.amazonaws.com:{subject}",
            "userName": subject,
            "identityProvider": "token.actions.githubusercontent.com",
        }
        tag = f"{self.chance.randrange(1, 6)}.{self.chance.randrange(30)}.{self.chance.randrange(9)}"
        image = {"repositoryName": repository, "registryId": account}
        layer = image | {"layerDigests": [digest(f"{repository} {tag}")]}
        steps = [
            (
                federated,
                "sts",
                "AssumeRoleWithWebIdentity",
                {"roleArn": f"arn:aws:iam::{account}:role/GithubActionsDeploy", "roleSessionName": "GitHubActions"},
            ),
            (who, "ecr", "GetAuthorizationToken", None),
            (who, "ssm", "GetParameters", {"names": ["/build/flags", "/build/registry"]}),
            (who, "ecr", "BatchCheckLayerAvailability", layer),
            (who, "ecr", "InitiateLayerUpload", image),
            (who, "ecr", "UploadLayerPart", image),
            (who, "ecr", "CompleteLayerUpload", layer),
            (who, "ecr", "PutImage", image | {"imageTag": tag}),
            (who, "ecs", "RegisterTaskDefinition", {"family": repository}),
            (who, "ecs", "UpdateService", {"cluster": "prod", "service": repository.split("/")[1]}),
        ]
        for number, (caller, source, call, request) in enumerate(steps):
            self.call(caller, time + datetime.timedelta(seconds=4 * number), source, call, region, request)
        if account == PROD:
            self.trail.scan_event(
                time + datetime.timedelta(seconds=90),
                account,
                region,
                f"{repository}:{tag}",
                {"LOW": self.chance.randrange(1, 30), "INFORMATIONAL": 4},
            )
            container = container_of(f"{repository}:{tag}", repository.split("/")[1], account, region)
            self.trail.service_starts(time + datetime.timedelta(seconds=120), container)

    def pulls(self, day):
        part = self.part(day)
        for time in self.times(day, 11 * growth(part), MACHINE):
            who = assumed(
                "EcsTaskExecution", hexa("task " + str(time), 32), PROD, time, "10.0.9.201", "Amazon ECS Agent - v1.88.0 (linux)"
            )
            repository = self.chance.choice(REPOSITORIES)
            for number, call in enumerate(["GetAuthorizationToken", "BatchGetImage", "GetDownloadUrlForLayer"]):
                self.call(
                    who,
                    time + datetime.timedelta(seconds=number),
                    "ecr",
                    call,
                    IRELAND,
                    None if number == 0 else {"repositoryName": repository},
                )
            self.call(
                who,
                time + datetime.timedelta(seconds=4),
                "ssm",
                "GetParameters",
                IRELAND,
                {"names": ["/prod/shop/db"], "withDecryption": self.chance.random() < 0.1},
            )

    def agents(self, day):
        """More and more instances are managed nodes."""
        for number in range(round(12 * growth(self.part(day)))):
            name = f"app-{number}"
            for time in self.times(day, 2.4, MACHINE):
                who = assumed(
                    "AppInstance",
                    instance(name),
                    PROD,
                    day - datetime.timedelta(hours=1),
                    f"10.0.5.{20 + number}",
                    AGENT,
                    instance_role=True,
                )
                self.call(
                    who,
                    time,
                    "ssm",
                    "UpdateInstanceInformation",
                    IRELAND,
                    {"instanceId": instance(name), "agentVersion": "3.3.987.0", "agentStatus": "Active"},
                    read=False,
                )

    def services(self, day):
        worker = assumed("OrderWorker", "order-worker", PROD, day, "10.0.7.9", BOTO)
        for time in self.times(day, 30, MACHINE):
            source, call, request = self.chance.choice(
                [
                    ("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
                    ("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
                    ("logs", "CreateLogStream", {"logGroupName": "/aws/lambda/order-worker"}),
                    ("sqs", "GetQueueUrl", {"queueName": "orders"}),
                    ("secretsmanager", "GetSecretValue", {"secretId": "prod/orders"}),
                ]
            )
            error = "ThrottlingException: Rate exceeded" if self.chance.random() < 0.015 else None
            self.call(worker, time, source, call, IRELAND, request, error=error)
        for account in (PROD, STAGING, SECURITY):
            recorder = assumed(
                "AWSServiceRoleForConfig",
                "AWSConfig-Describe",
                account,
                day,
                "config.amazonaws.com",
                "config.amazonaws.com",
                path="aws-service-role/config.amazonaws.com/",
            )
            recorder.identity["invokedBy"] = "config.amazonaws.com"
            for time in self.times(day, 5, MACHINE):
                source, call = self.chance.choice(RECORDER)
                self.call(recorder, time, source, call, IRELAND)
            for time in self.times(day, 7, MACHINE):
                self.call(
                    service("cloudtrail.amazonaws.com", account),
                    time,
                    "s3",
                    "GetBucketAcl",
                    IRELAND,
                    {"bucketName": f"trail-{account}", "acl": ""},
                )
        for time in self.times(day, 4, MACHINE):
            self.call(
                service("autoscaling.amazonaws.com", PROD),
                time,
                "ec2",
                self.chance.choice(["RunInstances", "TerminateInstances"]),
                IRELAND,
                {"instancesSet": {"items": [{"instanceId": instance(f"app-{self.chance.randrange(20)}")}]}},
                read=False,
            )

    def audit(self, day):
        begin = day + datetime.timedelta(hours=4, minutes=self.chance.uniform(0, 9))
        for account in (PROD, STAGING, SECURITY):
            who = assumed("SecurityAudit", "nightly", account, begin, "192.0.2.140", BOTO)
            for number, (source, call) in enumerate(AUDIT):
                time = begin + datetime.timedelta(seconds=2.2 * number)
                if self.since <= time:
                    self.call(who, time, source, call, IRELAND)
        if day.weekday() == 1:
            terraform = assumed("PlatformEngineer", "terraform", PROD, begin, "192.0.2.33", TERRAFORM)
            for number, (source, call) in enumerate(
                RECORDER * 3 + [("ec2", "CreateTags"), ("iam", "TagRole"), ("s3", "PutBucketTagging")]
            ):
                self.call(terraform, begin + datetime.timedelta(hours=6, seconds=1.3 * number), source, call, IRELAND)

    def host(self, day, host):
        """Timers, health checks, and now and then somebody with a shell."""
        for time in self.times(day, 5, MACHINE):
            cron = host.start(self.trail, time, "/usr/sbin/cron -f", "/usr/sbin/cron")
            host.start(self.trail, time, "run-parts --report /etc/cron.hourly", "/usr/bin/run-parts", cron)
        for time in self.times(day, 3, MACHINE):
            apt = host.start(self.trail, time, "/usr/lib/apt/apt.systemd.daily update", "/usr/lib/apt/apt.systemd.daily")
            host.start(self.trail, time + datetime.timedelta(seconds=2), "apt-get -qq -y update", "/usr/bin/apt-get", apt)
        # SSH fades as Systems Manager comes.
        for time in self.times(day, 1.6 * (1.05 - growth(self.part(day))), WORK):
            name = self.chance.choice(["novak", "brandt", "deploy"])
            session = self.chance.randrange(100, 900)
            self.trail.runtime(
                host,
                time,
                "login",
                type="login",
                method="publickey",
                success=True,
                user=name,
                uid=1010,
                src_ip="10.0.1.5",
                src_port=50122,
                dst_port=22,
                tty="pts0",
                session=session,
                pid=host.pid,
                exe="/usr/sbin/sshd",
            )
            bash = host.start(
                self.trail, time, "-bash", "/usr/bin/bash", user_name=name, tty="pts0", session=session, cwd=f"/home/{name}"
            )
            for number, arguments in enumerate(
                self.chance.sample(["uptime", "df -h", "journalctl -u web -n 50", "docker ps", "tail -n 100 app.log"], 2)
            ):
                host.start(
                    self.trail,
                    time + datetime.timedelta(seconds=20 * number + 20),
                    arguments,
                    "/usr/bin/" + arguments.split()[0],
                    bash,
                    name,
                    "pts0",
                    session,
                    cwd=f"/home/{name}",
                )
        if host is WEB or host is BUILD:
            for time in self.times(day, 2, MACHINE):
                host.start(self.trail, time, "/usr/bin/curl -sf http://127.0.0.1/healthz", "/usr/bin/curl", user_name="deploy")
