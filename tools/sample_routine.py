"""What everybody does every day in the sample trail: people at work, deployments, agents and services."""
import datetime
import math

from sample_estate import (AGENT, BOTO, BUILD, CLI, CONSOLE, ECS, FRANKFURT, GO, HOSTS, IRELAND, PROD, REPOSITORIES, SECURITY, STAGING, TERRAFORM, VIRGINIA,
                           WEB, assumed, container_of, digest, hexa, instance, service, user)

UTC = datetime.timezone.utc
# By hour of the local day, in percent: people at work, pipelines, machines.
WORK = (0, 0, 0, 0, 0, 1, 3, 7, 11, 13, 13, 11, 6, 10, 12, 10, 7, 4, 2, 1, 1, 0, 0, 0)
PIPELINE = (1, 1, 4, 2, 0, 1, 2, 5, 8, 10, 10, 9, 6, 8, 9, 9, 7, 4, 2, 1, 1, 1, 1, 1)
MACHINE = (1,) * 24
WEEKEND = {WORK: 0.05, PIPELINE: 0.15, MACHINE: 0.85}
SSM_READS = [("GetParameter", {"name": "/prod/flags", "withDecryption": False}), ("GetParametersByPath", {"path": "/prod/shop", "recursive": True}),
             ("GetParameters", {"names": ["/prod/flags", "/prod/limits"]})]

# Who works how: name, role, accounts, address, agent, calls of a working day, hours east of Greenwich, the part of the trail's time after which
# they are there.
PEOPLE = [("p.novak", "PlatformEngineer", (PROD, STAGING), "203.0.113.10", CLI, 12, 1, 0), ("lena.brandt", "PlatformEngineer", (PROD,), "203.0.113.10", CONSOLE, 10, 1, 0),
          ("s.tanaka", "PlatformEngineer", (PROD, STAGING), "198.51.100.19", CLI, 9, 1, 0.45), ("j.okafor", "Developer", (STAGING,), "203.0.113.10", CLI, 9, 0, 0),
          ("ana.souza", "Developer", (STAGING, PROD), "198.51.100.63", CLI, 9, -3, 0), ("t.berg", "Developer", (STAGING,), "198.51.100.88", CONSOLE, 7, 1, 0.6),
          ("m.rossi", "DataEngineer", (PROD,), "203.0.113.10", CONSOLE, 12, 1, 0)]
EC2_READ = {"instancesSet": {}, "filterSet": {}}
# What a role does: weight, service, call, request.
MENUS = {
    "PlatformEngineer": [(9, "ec2", "DescribeInstances", EC2_READ), (4, "ec2", "DescribeSecurityGroups", {}), (4, "logs", "DescribeLogGroups", {}),
                         (4, "logs", "StartQuery", {"logGroupName": "/ecs/shop"}), (3, "iam", "ListRoles", None), (2, "iam", "GetRole", {"roleName": "GithubActionsDeploy"}),
                         (4, "cloudwatch", "GetMetricData", {}), (3, "ecs", "DescribeServices", {"cluster": "prod", "services": ["checkout", "web"]}),
                         (2, "rds", "DescribeDBInstances", None), (2, "elasticloadbalancing", "DescribeTargetHealth", {}), (2, "s3", "ListBuckets", None),
                         (1, "kms", "ListKeys", None), (1, "route53", "ListHostedZones", None), (1, "autoscaling", "DescribeAutoScalingGroups", {})],
    "Developer": [(6, "logs", "FilterLogEvents", {"logGroupName": "/ecs/shop"}), (5, "lambda", "GetFunction20150331v2", {"functionName": "order-worker"}),
                  (4, "ecs", "DescribeTasks", {"cluster": "staging"}), (4, "s3", "ListBuckets", None), (3, "cloudformation", "DescribeStacks", {}),
                  (3, "dynamodb", "DescribeTable", {"tableName": "carts"}), (2, "sqs", "GetQueueAttributes", {}), (2, "lambda", "ListFunctions20150331", {}),
                  (1, "lambda", "UpdateFunctionConfiguration20150331v2", {"functionName": "order-worker"})],
    "DataEngineer": [(8, "athena", "StartQueryExecution", {"workGroup": "primary"}), (6, "athena", "GetQueryExecution", {}), (5, "glue", "GetTables", {"databaseName": "lake"}),
                     (3, "glue", "GetPartitions", {"databaseName": "lake"}), (2, "s3", "GetBucketLocation", {"bucketName": "shop-lake"}), (1, "glue", "StartJobRun", {"jobName": "nightly"})],
}
AUDIT = [("iam", "GetAccountSummary"), ("iam", "ListUsers"), ("iam", "GetCredentialReport"), ("iam", "ListPolicies"), ("s3", "GetBucketPublicAccessBlock"),
         ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeVolumes"), ("ec2", "DescribeSnapshots"), ("rds", "DescribeDBInstances"), ("kms", "ListKeys"),
         ("cloudtrail", "DescribeTrails"), ("cloudtrail", "GetTrailStatus"), ("config", "DescribeConfigRules"), ("guardduty", "ListDetectors"), ("lambda", "ListFunctions20150331")]
RECORDER = [("ec2", "DescribeInstances"), ("ec2", "DescribeVpcs"), ("ec2", "DescribeNetworkInterfaces"), ("s3", "GetBucketVersioning"), ("s3", "GetBucketEncryption"),
            ("iam", "GetAccountAuthorizationDetails"), ("rds", "DescribeDBInstances"), ("lambda", "ListFunctions20150331"), ("kms", "DescribeKey")]


def growth(part):
    """How far what is new at the beginning has spread at a part of the trail's time: slowly, then fast."""
    return 0.04 + 0.96 / (1 + math.exp(-9 * (part - 0.62)))


class Routine:
    def __init__(self, trail, since):
        self.trail, self.chance, self.since = trail, trail.chance, since
        self.length = (trail.until - since).total_seconds()

    def part(self, time):
        return (time - self.since).total_seconds() / self.length

    def times(self, day, mean, rhythm, east=0):
        """Some moments of the day, in order; around `mean` of them on a working day."""
        mean *= WEEKEND[rhythm] if day.weekday() >= 5 else 1
        count = int(mean * self.chance.uniform(0.7, 1.3) + self.chance.random())
        moments = []
        for hour in self.chance.choices(range(24), rhythm, k=count):
            moment = day + datetime.timedelta(hours=hour - east, seconds=self.chance.uniform(0, 3600))
            if self.since <= moment <= self.trail.until:
                moments.append(moment)
        return sorted(moments)

    def call(self, *arguments, **more):
        return self.trail.call(*arguments, **more)

    def day(self, day):
        for person in PEOPLE:
            self.person(day, *person)
        self.deployments(day)
        self.pulls(day)
        self.agents(day)
        self.services(day)
        self.audit(day)
        for host in HOSTS:
            self.host(day, host)

    def person(self, day, name, role, accounts, address, agent, per_day, east, begins):
        times = self.times(day, per_day, WORK, east)
        if not times or self.part(times[0]) < begins:
            return
        account = self.chance.choice(accounts)
        region = FRANKFURT if account == STAGING else IRELAND
        if role == "DataEngineer":
            region = VIRGINIA
        began = times[0] - datetime.timedelta(minutes=3)
        self.sign_in(began, name, role, account, address)
        who = assumed(role, name, account, began, address, agent)
        menu = MENUS[role]
        for time in times:
            _, source, call, request = self.chance.choices(menu, [row[0] for row in menu])[0]
            error = "AccessDenied" if role == "Developer" and self.chance.random() < 0.03 else None
            self.call(who, time, source, call, region, request, error=error)
        if role == "PlatformEngineer":
            self.fleet_work(day, who, region, east, name)
        if role != "DataEngineer":
            for time in self.times(day, 5 * growth(self.part(times[0])), WORK, east):
                repository = self.chance.choice(REPOSITORIES)
                call = self.chance.choice(["DescribeImages", "ListImages", "DescribeRepositories", "GetAuthorizationToken"])
                self.call(who, time, "ecr", call, region, None if call.startswith("GetA") else {"repositoryName": repository, "registryId": account})

    def sign_in(self, time, name, role, account, address):
        who = assumed(role, name, account, time, address, CONSOLE)
        who.identity = {"type": "SAMLUser", "principalId": f"idp.sample.example:{name}@sample.example", "userName": f"{name}@sample.example",
                        "identityProvider": "idp.sample.example"}
        self.call(who, time, "sts", "AssumeRoleWithSAML", IRELAND,
                  {"roleArn": f"arn:aws:iam::{account}:role/{role}", "principalArn": f"arn:aws:iam::{account}:saml-provider/sample", "roleSessionName": name,
                   "durationSeconds": 28800}, {"assumedRoleUser": {"arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}"}})

    def fleet_work(self, day, who, region, east, name):
        """Systems Manager takes the place of SSH."""
        for time in self.times(day, 14 * growth(self.part(day)), WORK, east):
            kind = self.chance.random()
            if kind < 0.3:
                call, request = self.chance.choice(SSM_READS)
                self.call(who, time, "ssm", call, region, request)
            elif kind < 0.6:
                call = self.chance.choice(["DescribeInstanceInformation", "DescribeInstanceInformation", "ListCommands", "DescribeSessions"])
                self.call(who, time, "ssm", call, region, {"maxResults": 50})
            elif kind < 0.93:
                session = f"{name}-{hexa(str(time), 17)}"
                self.call(who, time, "ssm", "StartSession", region, {"target": instance(f"app-{self.chance.randrange(4)}")},
                          {"sessionId": session, "tokenValue": "Value hidden due to security reasons."}, read=False)
                self.call(who, time + datetime.timedelta(minutes=self.chance.uniform(2, 25)), "ssm", "TerminateSession", region, {"sessionId": session},
                          {"sessionId": session}, read=False)
            else:
                self.call(who, time, "ssm", "SendCommand", region,
                          {"documentName": "AWS-RunPatchBaseline", "targets": [{"key": "tag:env", "values": ["prod"]}], "interactive": False}, read=False)

    def deployments(self, day):
        """Old deployments by archives in S3, new ones by images: the second take over."""
        part = self.part(day + datetime.timedelta(hours=12))
        bot = user("deploy-bot", PROD, "192.0.2.20", BOTO)
        for time in self.times(day, 7 * (1 - growth(part)), PIPELINE):
            self.call(bot, time, "s3", "PutObject", IRELAND, {"bucketName": "shop-deploy", "key": f"web/{hexa(str(time), 8)}.tgz"}, read=False)
            self.call(bot, time + datetime.timedelta(seconds=9), "codedeploy", "CreateDeployment", IRELAND, {"applicationName": "shop-web"}, read=False)
            for number in range(3):
                self.call(bot, time + datetime.timedelta(seconds=30 + 20 * number), "codedeploy", "GetDeployment", IRELAND, {})
        for time in self.times(day, 10 * growth(part), PIPELINE):
            self.build(time, self.chance.choice(REPOSITORIES))

    def build(self, time, repository):
        account, region = self.chance.choice([(PROD, IRELAND), (PROD, IRELAND), (STAGING, FRANKFURT)])
        who = assumed("GithubActionsDeploy", "GitHubActions", account, time, f"192.0.2.{self.chance.choice((85, 86, 91))}", GO)
        federated = assumed("GithubActionsDeploy", "GitHubActions", account, time, who.address, GO)
        subject = "repo:sample/" + repository.split("/")[1] + ":ref:refs/heads/main"
        federated.identity = {"type": "WebIdentityUser", "principalId": f"token.actions.githubusercontent.com:sts.amazonaws.com:{subject}", "userName": subject,
                              "identityProvider": "token.actions.githubusercontent.com"}
        tag = f"{self.chance.randrange(1, 6)}.{self.chance.randrange(30)}.{self.chance.randrange(9)}"
        image = {"repositoryName": repository, "registryId": account}
        layer = image | {"layerDigests": [digest(f"{repository} {tag}")]}
        steps = [(federated, "sts", "AssumeRoleWithWebIdentity", {"roleArn": f"arn:aws:iam::{account}:role/GithubActionsDeploy", "roleSessionName": "GitHubActions"}),
                 (who, "ecr", "GetAuthorizationToken", None), (who, "ssm", "GetParameters", {"names": ["/build/flags", "/build/registry"]}),
                 (who, "ecr", "BatchCheckLayerAvailability", layer), (who, "ecr", "InitiateLayerUpload", image), (who, "ecr", "UploadLayerPart", image),
                 (who, "ecr", "CompleteLayerUpload", layer), (who, "ecr", "PutImage", image | {"imageTag": tag}), (who, "ecs", "RegisterTaskDefinition", {"family": repository}),
                 (who, "ecs", "UpdateService", {"cluster": "prod", "service": repository.split("/")[1]})]
        for number, (caller, source, call, request) in enumerate(steps):
            self.call(caller, time + datetime.timedelta(seconds=4 * number), source, call, region, request)
        if account == PROD:
            self.trail.scan_event(time + datetime.timedelta(seconds=90), account, region, f"{repository}:{tag}", {"LOW": self.chance.randrange(1, 30), "INFORMATIONAL": 4})
            container = container_of(f"{repository}:{tag}", repository.split("/")[1], account, region)
            self.trail.runtime(ECS, time + datetime.timedelta(seconds=120), "container", type="start", runtime="docker", command="/app/server", privileged=False,
                               network_mode="bridge", user="app", **container)

    def pulls(self, day):
        part = self.part(day)
        for time in self.times(day, 11 * growth(part), MACHINE):
            who = assumed("EcsTaskExecution", hexa("task " + str(time), 32), PROD, time, "10.0.9.201", "Amazon ECS Agent - v1.88.0 (linux)")
            repository = self.chance.choice(REPOSITORIES)
            for number, call in enumerate(["GetAuthorizationToken", "BatchGetImage", "GetDownloadUrlForLayer"]):
                self.call(who, time + datetime.timedelta(seconds=number), "ecr", call, IRELAND, None if number == 0 else {"repositoryName": repository})
            self.call(who, time + datetime.timedelta(seconds=4), "ssm", "GetParameters", IRELAND, {"names": ["/prod/shop/db"], "withDecryption": self.chance.random() < 0.1})

    def agents(self, day):
        """More and more instances are managed nodes."""
        for number in range(round(12 * growth(self.part(day)))):
            name = f"app-{number}"
            for time in self.times(day, 2.4, MACHINE):
                who = assumed("AppInstance", instance(name), PROD, day - datetime.timedelta(hours=1), f"10.0.5.{20 + number}", AGENT, instance_role=True)
                self.call(who, time, "ssm", "UpdateInstanceInformation", IRELAND, {"instanceId": instance(name), "agentVersion": "3.3.987.0", "agentStatus": "Active"}, read=False)

    def services(self, day):
        worker = assumed("OrderWorker", "order-worker", PROD, day, "10.0.7.9", BOTO)
        for time in self.times(day, 30, MACHINE):
            source, call, request = self.chance.choice([("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}), ("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
                                                        ("logs", "CreateLogStream", {"logGroupName": "/aws/lambda/order-worker"}), ("sqs", "GetQueueUrl", {"queueName": "orders"}),
                                                        ("secretsmanager", "GetSecretValue", {"secretId": "prod/orders"})])
            error = "ThrottlingException: Rate exceeded" if self.chance.random() < 0.015 else None
            self.call(worker, time, source, call, IRELAND, request, error=error)
        for account in (PROD, STAGING, SECURITY):
            recorder = assumed("AWSServiceRoleForConfig", "AWSConfig-Describe", account, day, "config.amazonaws.com", "config.amazonaws.com",
                               path="aws-service-role/config.amazonaws.com/")
            recorder.identity["invokedBy"] = "config.amazonaws.com"
            for time in self.times(day, 5, MACHINE):
                source, call = self.chance.choice(RECORDER)
                self.call(recorder, time, source, call, IRELAND)
            for time in self.times(day, 7, MACHINE):
                self.call(service("cloudtrail.amazonaws.com", account), time, "s3", "GetBucketAcl", IRELAND, {"bucketName": f"trail-{account}", "acl": ""})
        for time in self.times(day, 4, MACHINE):
            self.call(service("autoscaling.amazonaws.com", PROD), time, "ec2", self.chance.choice(["RunInstances", "TerminateInstances"]), IRELAND,
                      {"instancesSet": {"items": [{"instanceId": instance(f"app-{self.chance.randrange(20)}")}]}}, read=False)

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
            for number, (source, call) in enumerate(RECORDER * 3 + [("ec2", "CreateTags"), ("iam", "TagRole"), ("s3", "PutBucketTagging")]):
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
            self.trail.runtime(host, time, "login", type="login", method="publickey", success=True, user=name, uid=1010, src_ip="10.0.1.5", src_port=50122,
                               dst_port=22, tty="pts0", session=session, pid=host.pid, exe="/usr/sbin/sshd")
            bash = host.start(self.trail, time, "-bash", "/usr/bin/bash", user_name=name, tty="pts0", session=session, cwd=f"/home/{name}")
            for number, arguments in enumerate(self.chance.sample(["uptime", "df -h", "journalctl -u web -n 50", "docker ps", "tail -n 100 app.log"], 2)):
                host.start(self.trail, time + datetime.timedelta(seconds=20 * number + 20), arguments, "/usr/bin/" + arguments.split()[0], bash, name, "pts0", session,
                           cwd=f"/home/{name}")
        if host is WEB or host is BUILD:
            for time in self.times(day, 2, MACHINE):
                host.start(self.trail, time, "/usr/bin/curl -sf http://127.0.0.1/healthz", "/usr/bin/curl", user_name="deploy")


def live(trail, since):
    routine = Routine(trail, since)
    day = datetime.datetime.combine(since.date(), datetime.time(), UTC)
    while day <= trail.until:
        routine.day(day)
        day += datetime.timedelta(days=1)
