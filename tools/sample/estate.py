"""The invented estate of the sample trail: its accounts, people, roles and hosts, and the shape of their records."""

import datetime
import hashlib
import random

PROD, STAGING, SECURITY = "111122223333", "222233334444", "333344445555"
IRELAND, VIRGINIA, FRANKFURT, SAO_PAULO = "eu-west-1", "us-east-1", "eu-central-1", "sa-east-1"
GLOBAL = {"iam.amazonaws.com": VIRGINIA, "signin.amazonaws.com": VIRGINIA}
CLI = "aws-cli/2.22.7 md/awscrt#0.23.3 ua/2.0 os/linux#6.1.0-28-amd64 md/arch#x86_64 lang/python#3.12.6 md/prompt#off"
CONSOLE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
BOTO = "Boto3/1.35.71 md/Botocore#1.35.71 ua/2.0 os/linux#6.1 lang/python#3.12.6 cfg/retry-mode#legacy"
GO = "aws-sdk-go-v2/1.32.5 ua/2.1 os/linux lang/go#1.23.3 md/GOOS#linux md/GOARCH#amd64"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.78.0"
AGENT = "aws-sdk-go/1.55.5 (go1.22.7; linux; amd64) amazon-ssm-agent/3.3.987.0"
REPOSITORIES = ("shop/checkout", "shop/web", "shop/orders", "data/features")


def stable(text, letters, length):
    """Letters that are always the same for the same text, for the ids of things that stay."""
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(letters[byte % len(letters)] for byte in digest[:length])


def aws_id(prefix, text):
    return prefix + stable(prefix + text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17 if prefix.startswith("A") and prefix[1] in "IR" else 16)


def hexa(text, length):
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def instance(name):
    return "i-0" + hexa("instance " + name, 16)


def digest(image):
    return "sha256:" + hexa("image " + image, 64)


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Session:
    """Credentials in somebody's hands: what userIdentity says, and where the calls come from."""

    def __init__(self, identity, account, address, agent):
        self.identity, self.account, self.address, self.agent = identity, account, address, agent

    def moved(self, address, agent):
        """The same credentials, used from elsewhere."""
        return Session(self.identity, self.account, address, agent)


def user(name, account, address, agent, key=""):
    return Session(
        {
            "type": "IAMUser",
            "principalId": aws_id("AIDA", account + name),
            "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account,
            "accessKeyId": aws_id("AKIA", account + name + key),
            "userName": name,
        },
        account,
        address,
        agent,
    )


def root(account, address):
    return Session(
        {
            "type": "Root",
            "principalId": account,
            "arn": f"arn:aws:iam::{account}:root",
            "accountId": account,
            "accessKeyId": aws_id("ASIA", account + "root"),
        },
        account,
        address,
        CONSOLE,
    )


def service(name, account):
    return Session({"type": "AWSService", "invokedBy": name}, account, name, name)


def assumed(role, session, account, since, address, agent, path="", instance_role=False):
    """A session of a role. Since when it lasts makes its access key, so that the sessions of two days have two."""
    attributes = {"creationDate": rfc3339(since), "mfaAuthenticated": "false"}
    context = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": aws_id("AROA", account + role),
            "arn": f"arn:aws:iam::{account}:role/{path}{role}",
            "accountId": account,
            "userName": role,
        },
        "attributes": attributes,
    }
    if instance_role:
        context["ec2RoleDelivery"] = "2.0"
    return Session(
        {
            "type": "AssumedRole",
            "principalId": f"{aws_id('AROA', account + role)}:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "accountId": account,
            "accessKeyId": aws_id("ASIA", f"{account} {role} {session} {rfc3339(since)}"),
            "sessionContext": context,
        },
        account,
        address,
        agent,
    )


class Trail:
    """Gathers records. What happens follows from the seed alone, the ids of records from the end of the trail too:
    a later trail of the same seed is made of new events."""

    def __init__(self, seed, until):
        self.chance = random.Random(seed)
        self.ids = random.Random(f"{seed} {until.isoformat()}")
        self.until = until
        self.calls, self.others = [], []

    def uuid(self):
        bits = f"{self.ids.getrandbits(128):032x}"
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"

    def call(self, who, time, source, name, region, request=None, answer=None, error=None, read=None, **more):
        """One call of an API. An error is its code, or the code and the message."""
        source += ".amazonaws.com"
        region = GLOBAL.get(source, region)
        if time > self.until:
            return None
        record = {
            "eventVersion": "1.11",
            "userIdentity": who.identity,
            "eventTime": rfc3339(time),
            "eventSource": source,
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": who.address,
            "userAgent": who.agent,
        }
        if error:
            code, _, message = error.partition(": ")
            record["errorCode"] = code
            record["errorMessage"] = message or (
                f"User: {who.identity.get('arn', who.address)} is not authorized to perform: "
                f"{source.split('.')[0]}:{name} because no identity-based policy allows the action"
            )
        if read is None:
            read = name.startswith(("Get", "List", "Describe", "Batch", "Lookup", "Head", "AssumeRole", "Decrypt", "GenerateDataKey"))
        record |= {
            "requestParameters": request,
            "responseElements": answer,
            "requestID": self.uuid(),
            "eventID": self.uuid(),
            "readOnly": read,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": who.account,
            "eventCategory": "Management",
        }
        if who.identity["type"] != "AWSService":
            host = "iam.amazonaws.com" if source in GLOBAL else f"{source.split('.')[0]}.{region}.amazonaws.com"
            record["tlsDetails"] = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}
        record |= more
        self.calls.append((time, record))
        return record

    def login(self, who, time, mfa=True, success=True):
        identity = {key: value for key, value in who.identity.items() if key != "accessKeyId"}
        self.call(
            Session(identity, who.account, who.address, CONSOLE),
            time,
            "signin",
            "ConsoleLogin",
            VIRGINIA,
            answer={"ConsoleLogin": "Success" if success else "Failure"},
            read=False,
            eventType="AwsConsoleSignIn",
            additionalEventData={
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAUsed": "Yes" if mfa else "No",
            },
            **({} if success else {"errorMessage": "Failed authentication"}),
        )

    def scan_event(self, time, account, region, image, counts):
        """What EventBridge says when ECR has scanned an image."""
        repository, tag = image.split(":")
        self._other(
            time,
            {
                "version": "0",
                "id": self.uuid(),
                "detail-type": "ECR Image Scan",
                "source": "aws.ecr",
                "account": account,
                "time": rfc3339(time),
                "region": region,
                "resources": [f"arn:aws:ecr:{region}:{account}:repository/{repository}"],
                "detail": {
                    "scan-status": "COMPLETE",
                    "repository-name": repository,
                    "image-digest": digest(image),
                    "image-tags": [tag],
                    "finding-severity-counts": counts,
                },
            },
        )

    def _other(self, time, record):
        if time <= self.until:
            self.others.append((time, record))

    def service_starts(self, time, container):
        """A container of a service begins on the ECS host."""
        self.runtime(
            ECS,
            time,
            "container",
            type="start",
            runtime="docker",
            command="/app/server",
            privileged=False,
            network_mode="bridge",
            user="app",
            **container,
        )

    def runtime(self, host, time, event_type, **fields):
        milliseconds = int(time.timestamp() * 1000)
        self._other(
            time,
            {
                "_id": self.uuid(),
                "agent_id": host.agent_id,
                "event_type": event_type,
                "event_time": milliseconds,
                "timestamp": milliseconds,
                "agent_metadata": {"agent_id": host.agent_id, "deployment_mode": "host", "version": "3.2.1"},
                "host_metadata": host.metadata,
                "provider_metadata": {"cloud_provider": "aws", "account_id": host.account, "availability_zone": host.region + "b"},
            }
            | fields,
        )

    def events(self, since):
        """All records from then on, in the order of time: who signs in before the first call may do so too early."""
        return [record for time, record in sorted(self.calls + self.others, key=lambda pair: pair[0]) if time >= since]


class Host:
    def __init__(self, name, address, account, region, image):
        self.name, self.address, self.account, self.region = name, address, account, region
        self.instance = instance(name)
        self.hostname = f"ip-{address.replace('.', '-')}.{region}.compute.internal"
        self.agent_id = hexa("agent " + name, 8) + "-17a2-11f1-9c55-0242ac120002"
        self.metadata = {
            "hostname": self.hostname,
            "kernel": "6.1.0-28-cloud-amd64",
            "os_version": "debian-12",
            "image_id": image,
            "instance_id": self.instance,
            "instance_type": "m6i.large",
        }
        self.pid = 1200

    def start(self, trail, time, arguments, exe, parent=None, user_name="root", tty=None, session=None, container=None, cwd="/"):
        """A process starts. Answers it, to be the parent of others."""
        self.pid += trail.chance.randrange(1, 9)
        uid = {"root": 0, "ssm-user": 1001, "deploy": 1000}.get(user_name, 1010)
        fields = {
            "type": "start",
            "syscall": "execve",
            "success": True,
            "exit": "0",
            "pid": self.pid,
            "ppid": parent["pid"] if parent else 1,
            "uid": uid,
            "gid": uid,
            "user": user_name,
            "group": user_name,
            "cwd": cwd,
            "exe": exe,
            "command": exe.rsplit("/", 1)[1],
            "arguments": arguments,
            "args": arguments.split(" "),
        }
        if session:
            fields |= {"session": session, "auid": uid, "auser": user_name}
        if tty:
            fields["tty"] = tty
        parent = parent or {"exe": "/usr/lib/systemd/systemd", "pid": 1, "time": time - datetime.timedelta(days=9)}
        fields["parent_metadata"] = {"exe": parent["exe"], "pid": parent["pid"], "timestamp": int(parent["time"].timestamp() * 1000)}
        if container:
            fields |= container
        trail.runtime(self, time, "audit", **fields)
        return {"exe": exe, "pid": self.pid, "time": time, "user": user_name, "arguments": arguments, "tty": tty}

    def file(self, trail, time, kind, filename, process):
        trail.runtime(
            self,
            time,
            "file",
            type=kind,
            success=True,
            filename=filename,
            exe=process["exe"],
            command=process["exe"].rsplit("/", 1)[1],
            arguments=process["arguments"],
            pid=process["pid"],
            user=process["user"],
        )


def container_of(image, name, account, region):
    """How events of a container name it."""
    return {
        "containerId": hexa(f"container {name} {image}", 64),
        "containerName": name,
        "containerImage": f"{account}.dkr.ecr.{region}.amazonaws.com/{image}",
        "containerLabels": {"com.amazonaws.ecs.container-name": name},
    }


WEB = Host("web-1", "10.0.4.17", PROD, IRELAND, "ami-0c7d8e9fa0b1c2d3e")
ECS = Host("ecs-1", "10.0.9.201", PROD, IRELAND, "ami-0d1e2f3a4b5c6d7e8")
BUILD = Host("build-1", "10.20.3.44", STAGING, FRANKFURT, "ami-0f9e8d7c6b5a49382")
HOSTS = (WEB, ECS, BUILD)
# Where people sit, a stranger, and the pool that a stranger mines for.
OFFICE, HOME, STRANGER, POOL = "203.0.113.10", "198.51.100.41", "203.0.113.166", "198.51.100.77"


def engineer(name, time, account=PROD, address=OFFICE, role="PlatformEngineer", agent=CLI):
    return assumed(role, name, account, time - datetime.timedelta(minutes=7), address, agent)
