"""A trail of CloudTrail as AWS writes it: log files, and hourly digests that are signed with an RSA key (OpenSSL's)."""
import base64
import gzip
import hashlib
import json
import pathlib
import subprocess

ACCOUNT, REGION, BUCKET, TRAIL = "111122223333", "us-east-1", "acme-trail", "main_trail"


def sha256(text):
    return hashlib.sha256(text).hexdigest()


class Trail:
    """Hours of 2026-11-20, from 0 on. What is written goes below `folder`, by its key."""

    def __init__(self, folder, private):
        self.folder, self.key = pathlib.Path(folder), pathlib.Path(private) / "key.pem"
        self.key.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, capture_output=True)
        self.public = subprocess.run(["openssl", "rsa", "-in", self.key, "-RSAPublicKey_out", "-outform", "DER"],
                                     check=True, capture_output=True).stdout
        self.fingerprint = hashlib.md5(self.public, usedforsecurity=False).hexdigest()
        self.digests, self.logs = [], []  # each (key, its bytes inflated); digests with their signature

    def public_keys(self):
        """As `aws cloudtrail list-public-keys` prints them."""
        return {"PublicKeyList": [{"Value": base64.b64encode(self.public).decode(), "Fingerprint": self.fingerprint,
                                   "ValidityStartTime": "2026-11-01T00:00:00+00:00", "ValidityEndTime": "2026-12-01T00:00:00+00:00"}]}

    def write_keys(self, path):
        path.write_text(json.dumps(self.public_keys()))
        return path

    def sign(self, text):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text, check=True, capture_output=True).stdout.hex()

    def path(self, key):
        return self.folder / key

    def put(self, key, inflated):
        """Under another name first, then renamed: whoever watches sees whole files."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        hidden = path.with_name("." + path.name)
        hidden.write_bytes(gzip.compress(inflated))
        hidden.rename(path)

    def add_log(self, hour, records):
        key = (f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/11/20/"
               f"{ACCOUNT}_CloudTrail_{REGION}_20261120T{hour:02}15Z_{len(self.logs):016}.json.gz")
        self.logs.append((key, json.dumps({"Records": records}).encode()))
        self.put(*self.logs[-1])
        return {"s3Bucket": BUCKET, "s3Object": key, "hashValue": sha256(self.logs[-1][1]), "hashAlgorithm": "SHA-256",
                "newestEventTime": f"2026-11-20T{hour:02}:14:00Z", "oldestEventTime": f"2026-11-20T{hour:02}:10:00Z"}

    def add_hour(self, hour, *logs, begins=False, late=False):
        """The digest of an hour, which names log files of these lists of records."""
        named = [self.add_log(hour, records) for records in logs]
        key, body, signature = self.digests[-1] if self.digests and not begins else (None, b"", None)
        end = f"2026-11-20T{hour + 1:02}:01:31Z"
        made = (f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/2026/11/20/"
                f"{ACCOUNT}_CloudTrail-Digest_{REGION}_{TRAIL}_{REGION}_20261120T{hour + 1:02}0131Z{'_backfill' if late else ''}.json.gz")
        digest = {"awsAccountId": ACCOUNT, "digestStartTime": f"2026-11-20T{hour:02}:01:31Z", "digestEndTime": end, "digestS3Bucket": BUCKET,
                  "digestS3Object": made, "digestPublicKeyFingerprint": self.fingerprint, "digestSignatureAlgorithm": "SHA256withRSA",
                  "newestEventTime": None, "oldestEventTime": None, "previousDigestS3Bucket": key and BUCKET, "previousDigestS3Object": key,
                  "previousDigestHashValue": key and sha256(body), "previousDigestHashAlgorithm": key and "SHA-256",
                  "previousDigestSignature": signature, "logFiles": named}
        text = json.dumps(digest).encode()
        self.digests.append((made, text, self.sign(f"{end}\n{BUCKET}/{made}\n{sha256(text)}\n{signature or 'null'}".encode())))
        self.put(made, text)

    def keep_signature(self):
        """Beside the newest digest, as it is with the object in S3."""
        key, _, signature = self.digests[-1]
        self.path(key + ".signature").write_text(signature + "\n")
