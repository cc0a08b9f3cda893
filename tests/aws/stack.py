"""Deploys a CloudFormation template of ours by the calls of the AWS API, against a server that answers as AWS does: moto's own
CloudFormation knows no policies, trails and API destinations. Only the functions and resources that our templates use are known."""
import json
import re

import templates

ABSENT = object()  # AWS::NoValue


class Stack:
    def __init__(self, name, client, account, region, **parameters):
        template = templates.cloudformation(name)
        self.name, self.client, self.account = name, client, account
        self.given = {key: str(one["Default"]) for key, one in template["Parameters"].items() if "Default" in one} | parameters
        for key, value in self.given.items():
            self.check_parameter(key, template["Parameters"][key], value)
        self.given |= {"AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": "aws", "AWS::NoValue": ABSENT}
        self.conditions = template.get("Conditions", {})
        self.resources = template["Resources"]
        self.made = {}  # what Ref and Fn::GetAtt answer, by resource
        for key, resource in self.resources.items():
            if self.holds(resource.get("Condition")):
                self.make(key)
        self.outputs = {key: self.resolve(one["Value"]) for key, one in template["Outputs"].items()}

    @staticmethod
    def check_parameter(key, wanted, value):
        if not re.fullmatch(wanted.get("AllowedPattern", ".*"), value) or value not in wanted.get("AllowedValues", [value]):
            raise ValueError(f"{value!r} is no {key}")

    def holds(self, condition):
        return condition is None or self.resolve(self.conditions[condition])

    def resolve(self, node):
        if isinstance(node, dict) and len(node) == 1:
            (function, argument), = node.items()
            if function in FUNCTIONS:
                return FUNCTIONS[function](self, argument)
        if isinstance(node, dict):
            some = {key: self.resolve(value) for key, value in node.items()}
            return {key: value for key, value in some.items() if value is not ABSENT}
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not ABSENT]
        return node

    def ref(self, name):
        return self.given[name] if name in self.given else self.make(name)["Ref"]

    def attribute(self, argument):
        name, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
        return self.make(name)[attribute]

    def substituted(self, argument):
        text, own = argument if isinstance(argument, list) else (argument, {})
        own = {key: self.resolve(value) for key, value in own.items()}

        def value(match):
            name = match.group(1)
            return own[name] if name in own else self.attribute(name) if "." in name else self.ref(name)
        return re.sub(r"\$\{([\w:.]+)\}", value, text)

    def make(self, name):
        if name not in self.made:
            resource = self.resources[name]
            if "DependsOn" in resource:
                for before in templates.as_list(resource["DependsOn"]):
                    self.make(before)
            properties = self.resolve(resource.get("Properties", {}))
            self.made[name] = MAKERS[resource["Type"]](self, f"{self.name}-{name}", properties)
        return self.made[name]

    def make_role(self, name, properties):
        iam = self.client("iam")
        role = iam.create_role(RoleName=name, Description=properties["Description"],
                               AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]))["Role"]
        for policy in properties["Policies"]:
            iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=json.dumps(policy["PolicyDocument"]))
        return {"Ref": name, "Arn": role["Arn"]}

    def make_queue(self, name, properties):
        sqs = self.client("sqs")
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in properties.items()}
        url = sqs.create_queue(QueueName=name, Attributes=texts)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        return {"Ref": url, "Arn": arn}

    def make_queue_policy(self, name, properties):
        for url in properties["Queues"]:
            self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(properties["PolicyDocument"])})
        return {"Ref": name}

    def make_topic(self, name, _):
        return {"Ref": self.client("sns").create_topic(Name=name)["TopicArn"]}

    def make_topic_policy(self, name, properties):
        for arn in properties["Topics"]:
            self.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"]))
        return {"Ref": name}

    def make_subscription(self, _, properties):
        made = self.client("sns").subscribe(
            TopicArn=properties["TopicArn"], Protocol=properties["Protocol"], Endpoint=properties["Endpoint"],
            Attributes={"RawMessageDelivery": str(properties["RawMessageDelivery"]).lower()})
        return {"Ref": made["SubscriptionArn"]}

    def make_bucket(self, _, properties):
        s3, bucket = self.client("s3"), properties["BucketName"]
        s3.create_bucket(Bucket=bucket)
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"])
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=properties["OwnershipControls"])
        encryption = [{"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
                      for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]]
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": encryption})
        told = [{"TopicArn": one["Topic"], "Events": [one["Event"]], "Filter": {"Key": {"FilterRules": one["Filter"]["S3Key"]["Rules"]}}}
                for one in properties["NotificationConfiguration"]["TopicConfigurations"]]
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"TopicConfigurations": told})
        return {"Ref": bucket, "Arn": f"arn:aws:s3:::{bucket}"}

    def make_bucket_policy(self, name, properties):
        self.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))
        return {"Ref": name}

    def make_trail(self, _, properties):
        renamed = {"TrailName": "Name", "KMSKeyId": "KmsKeyId", "EnableLogFileValidation": "EnableLogFileValidation"}
        trail = self.client("cloudtrail")
        made = trail.create_trail(**{renamed.get(key, key): value for key, value in properties.items() if key != "IsLogging"})
        if properties["IsLogging"]:
            trail.start_logging(Name=made["TrailARN"])
        return {"Ref": made["Name"], "Arn": made["TrailARN"]}

    def make_connection(self, name, properties):
        return {"Ref": name, "Arn": self.client("events").create_connection(Name=name, **properties)["ConnectionArn"]}

    def make_destination(self, name, properties):
        numbers = {"InvocationRateLimitPerSecond": int(properties.pop("InvocationRateLimitPerSecond"))}
        made = self.client("events").create_api_destination(Name=name, **properties, **numbers)
        return {"Ref": name, "Arn": made["ApiDestinationArn"]}

    def make_rule(self, name, properties):
        events, targets = self.client("events"), properties.pop("Targets")
        made = events.put_rule(Name=name, **properties | {"EventPattern": json.dumps(properties["EventPattern"])})
        # The queue for what cannot be delivered lets this rule in by its ARN, and so is made after it.
        self.made[name.removeprefix(f"{self.name}-")] = {"Ref": name, "Arn": made["RuleArn"]}
        failed = events.put_targets(Rule=name, Targets=targets)["FailedEntryCount"]
        if failed:
            raise ValueError(f"{failed} targets of {name} were refused")
        return {"Ref": name, "Arn": made["RuleArn"]}


FUNCTIONS = {
    "Ref": Stack.ref,
    "Fn::GetAtt": Stack.attribute,
    "Fn::Sub": Stack.substituted,
    "Fn::If": lambda stack, argument: stack.resolve(argument[1] if stack.holds(argument[0]) else argument[2]),
    "Fn::Equals": lambda stack, argument: stack.resolve(argument[0]) == stack.resolve(argument[1]),
    "Fn::Not": lambda stack, argument: not stack.resolve(argument[0]),
    "Fn::And": lambda stack, argument: all(map(stack.resolve, argument)),
    "Fn::Or": lambda stack, argument: any(map(stack.resolve, argument)),
    "Condition": lambda stack, argument: stack.holds(argument) if isinstance(argument, str) else {"Condition": stack.resolve(argument)},
}

MAKERS = {
    "AWS::IAM::Role": Stack.make_role,
    "AWS::SQS::Queue": Stack.make_queue,
    "AWS::SQS::QueuePolicy": Stack.make_queue_policy,
    "AWS::SNS::Topic": Stack.make_topic,
    "AWS::SNS::TopicPolicy": Stack.make_topic_policy,
    "AWS::SNS::Subscription": Stack.make_subscription,
    "AWS::S3::Bucket": Stack.make_bucket,
    "AWS::S3::BucketPolicy": Stack.make_bucket_policy,
    "AWS::CloudTrail::Trail": Stack.make_trail,
    "AWS::Events::Connection": Stack.make_connection,
    "AWS::Events::ApiDestination": Stack.make_destination,
    "AWS::Events::Rule": Stack.make_rule,
}
