"""People at work in the sample trail."""

import datetime

from sample.estate import CLI, CONSOLE, FRANKFURT, IRELAND, PROD, REPOSITORIES, STAGING, VIRGINIA, assumed, hexa, instance
from sample.rhythm import WORK, Days, growth

SSM_READS = [
    ("GetParameter", {"name": "/prod/flags", "withDecryption": False}),
    ("GetParametersByPath", {"path": "/prod/shop", "recursive": True}),
    ("GetParameters", {"names": ["/prod/flags", "/prod/limits"]}),
]

# Who works how: name, role, accounts, address, agent, calls of a working day, hours east of Greenwich, and the part of the
# trail's time after which they are there.
PEOPLE = [
    ("p.novak", "PlatformEngineer", (PROD, STAGING), "203.0.113.10", CLI, 12, 1, 0),
    ("lena.brandt", "PlatformEngineer", (PROD,), "203.0.113.10", CONSOLE, 10, 1, 0),
    ("s.tanaka", "PlatformEngineer", (PROD, STAGING), "198.51.100.19", CLI, 9, 1, 0.45),
    ("j.okafor", "Developer", (STAGING,), "203.0.113.10", CLI, 9, 0, 0),
    ("ana.souza", "Developer", (STAGING, PROD), "198.51.100.63", CLI, 9, -3, 0),
    ("t.berg", "Developer", (STAGING,), "198.51.100.88", CONSOLE, 7, 1, 0.6),
    ("m.rossi", "DataEngineer", (PROD,), "203.0.113.10", CONSOLE, 12, 1, 0),
]
EC2_READ = {"instancesSet": {}, "filterSet": {}}
# What a role does: weight, call, request.
MENUS = {
    "PlatformEngineer": [
        (9, "ec2", "DescribeInstances", EC2_READ),
        (4, "ec2", "DescribeSecurityGroups", {}),
        (4, "logs", "DescribeLogGroups", {}),
        (4, "logs", "StartQuery", {"logGroupName": "/ecs/shop"}),
        (3, "iam", "ListRoles", None),
        (2, "iam", "GetRole", {"roleName": "GithubActionsDeploy"}),
        (4, "cloudwatch", "GetMetricData", {}),
        (3, "ecs", "DescribeServices", {"cluster": "prod", "services": ["checkout", "web"]}),
        (2, "rds", "DescribeDBInstances", None),
        (2, "elasticloadbalancing", "DescribeTargetHealth", {}),
        (2, "s3", "ListBuckets", None),
        (1, "kms", "ListKeys", None),
        (1, "route53", "ListHostedZones", None),
        (1, "autoscaling", "DescribeAutoScalingGroups", {}),
    ],
    "Developer": [
        (6, "logs", "FilterLogEvents", {"logGroupName": "/ecs/shop"}),
        (5, "lambda", "GetFunction20150331v2", {"functionName": "order-worker"}),
        (4, "ecs", "DescribeTasks", {"cluster": "staging"}),
        (4, "s3", "ListBuckets", None),
        (3, "cloudformation", "DescribeStacks", {}),
        (3, "dynamodb", "DescribeTable", {"tableName": "carts"}),
        (2, "sqs", "GetQueueAttributes", {}),
        (2, "lambda", "ListFunctions20150331", {}),
        (1, "lambda", "UpdateFunctionConfiguration20150331v2", {"functionName": "order-worker"}),
    ],
    "DataEngineer": [
        (8, "athena", "StartQueryExecution", {"workGroup": "primary"}),
        (6, "athena", "GetQueryExecution", {}),
        (5, "glue", "GetTables", {"databaseName": "lake"}),
        (3, "glue", "GetPartitions", {"databaseName": "lake"}),
        (2, "s3", "GetBucketLocation", {"bucketName": "shop-lake"}),
        (1, "glue", "StartJobRun", {"jobName": "nightly"}),
    ],
}


class People(Days):
    def day(self, day):
        for person in PEOPLE:
            self.person(day, *person)

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
                self.call(
                    who,
                    time,
                    "ecr",
                    call,
                    region,
                    None if call.startswith("GetA") else {"repositoryName": repository, "registryId": account},
                )

    def sign_in(self, time, name, role, account, address):
        who = assumed(role, name, account, time, address, CONSOLE)
        who.identity = {
            "type": "SAMLUser",
            "principalId": f"idp.sample.example:{name}@sample.example",
            "userName": f"{name}@sample.example",
            "identityProvider": "idp.sample.example",
        }
        self.call(
            who,
            time,
            "sts",
            "AssumeRoleWithSAML",
            IRELAND,
            {
                "roleArn": f"arn:aws:iam::{account}:role/{role}",
                "principalArn": f"arn:aws:iam::{account}:saml-provider/sample",
                "roleSessionName": name,
                "durationSeconds": 28800,
            },
            {"assumedRoleUser": {"arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}"}},
        )

    def fleet_work(self, day, who, region, east, name):
        """Systems Manager takes the place of SSH."""
        for time in self.times(day, 14 * growth(self.part(day)), WORK, east):
            kind = self.chance.random()
            if kind < 0.3:
                call, request = self.chance.choice(SSM_READS)
                self.call(who, time, "ssm", call, region, request)
            elif kind < 0.6:
                call = self.chance.choice(
                    ["DescribeInstanceInformation", "DescribeInstanceInformation", "ListCommands", "DescribeSessions"]
                )
                self.call(who, time, "ssm", call, region, {"maxResults": 50})
            elif kind < 0.93:
                session = f"{name}-{hexa(str(time), 17)}"
                self.call(
                    who,
                    time,
                    "ssm",
                    "StartSession",
                    region,
                    {"target": instance(f"app-{self.chance.randrange(4)}")},
                    {"sessionId": session, "tokenValue": "Value hidden due to security reasons."},
                    read=False,
                )
                self.call(
                    who,
                    time + datetime.timedelta(minutes=self.chance.uniform(2, 25)),
                    "ssm",
                    "TerminateSession",
                    region,
                    {"sessionId": session},
                    {"sessionId": session},
                    read=False,
                )
            else:
                self.call(
                    who,
                    time,
                    "ssm",
                    "SendCommand",
                    region,
                    {"documentName": "AWS-RunPatchBaseline", "targets": [{"key": "tag:env", "values": ["prod"]}], "interactive": False},
                    read=False,
                )
