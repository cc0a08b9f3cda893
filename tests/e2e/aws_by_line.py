"""AWS on this machine for a browser story: prints where it is as JSON, then does what lines of its input say.

    file N      puts a file of two records into the bucket, and tells the queue
    quiet N     puts it, and tells nobody
    message X   sends X to the queue
"""
import json
import pathlib
import sys
import tempfile

import aws_servers
from aws_servers import ACCOUNT, REGION, notification, packed, trail_key
from service import record

BUCKET = "trail-bucket"


def main():
    with tempfile.TemporaryDirectory() as folder:
        moto = aws_servers.Moto(pathlib.Path(folder) / "moto.log")
        try:
            s3, sqs = (aws_servers.client(service, moto.url) for service in ("s3", "sqs"))
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
            queue = sqs.create_queue(QueueName="vigia", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
            environment = aws_servers.KEYS | {"AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": REGION}
            print(json.dumps({"url": moto.url, "queue": queue, "bucket": BUCKET, "role": f"arn:aws:iam::{ACCOUNT}:role/vigia",
                              "environment": environment}), flush=True)
            for line in sys.stdin:
                word, rest = line.rstrip("\n").split(" ", 1)
                if word == "message":
                    sqs.send_message(QueueUrl=queue, MessageBody=rest)
                    continue
                number = int(rest)
                s3.put_object(Bucket=BUCKET, Key=trail_key(number), Body=packed([record(2 * number), record(2 * number + 1)]))
                if word == "file":
                    sqs.send_message(QueueUrl=queue, MessageBody=notification(BUCKET, trail_key(number)))
        finally:
            moto.stop()


if __name__ == "__main__":
    main()
