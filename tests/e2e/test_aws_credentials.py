"""Where credentials of AWS come from: each way that the SDKs know, as `vigia aws identity` tells, against the moto server."""
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

import aws_servers
from service import VIGIA

HIDDEN = ("AWS_", "HOME")


class Agent:
    """An HTTP server that answers as the metadata service of EC2 and the agents of ECS and EKS do, to those who ask rightly."""

    def __init__(self):
        agent = self
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, text):
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self):
                agent.asked.append(("PUT", self.path))
                right = self.path == "/latest/api/token" and self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
                self.answer(200 if right else 400, "imds-token" if right else "")

            def do_GET(self):
                agent.asked.append(("GET", self.path))
                keys = json.dumps({"AccessKeyId": "ASIAAGENT", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"})
                if self.path == "/ecs":
                    return self.answer(*((200, keys) if self.headers.get("Authorization") == "pod-token" else (401, "")))
                if self.headers.get("X-aws-ec2-metadata-token") != "imds-token":
                    return self.answer(401, "")
                root = "/latest/meta-data/iam/security-credentials/"
                found = {root: "node-role", root + "node-role": keys}.get(self.path)
                self.answer(*((200, found) if found else (404, "")))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class CredentialsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.moto = aws_servers.Moto(cls.root / "moto.log")
        cls.agent = Agent()

    @classmethod
    def tearDownClass(cls):
        cls.agent.stop()
        cls.moto.stop()
        cls.folder.cleanup()

    def identity(self, **environment):
        base = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
        base |= {"HOME": str(self.root / "nobody"), "AWS_ENDPOINT_URL": self.moto.url, "AWS_REGION": aws_servers.REGION,
                 "AWS_EC2_METADATA_DISABLED": "true", **environment}
        return subprocess.run([VIGIA, "aws", "identity"], env=base, capture_output=True, text=True, timeout=60)

    def file(self, name, text):
        path = self.root / name
        path.write_text(text)
        return str(path)

    def expect(self, done, source, arn="arn:aws:"):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(source, done.stdout)
        self.assertIn(arn, done.stdout)

    def test_environment(self):
        self.expect(self.identity(**aws_servers.KEYS), "from the environment")
        self.expect(self.identity(**aws_servers.KEYS, AWS_PROFILE="other"), "from the environment")

    def test_half_a_key_is_told(self):
        done = self.identity(AWS_ACCESS_KEY_ID="AKIA")
        self.assertEqual(done.returncode, 2)
        self.assertIn("only one half of an access key", done.stderr)

    def test_profile_of_both_files(self):
        config = self.file("config", "[profile work]\nregion = eu-central-1\ns3 =\n  addressing_style = path\n[default]\nregion=us-west-2\n")
        keys = self.file("credentials", "# keys\n[work]\naws_access_key_id = AKIA1\naws_secret_access_key = s ; mine\n")
        done = self.identity(AWS_CONFIG_FILE=config, AWS_SHARED_CREDENTIALS_FILE=keys, AWS_PROFILE="work", AWS_REGION="")
        self.expect(done, "from the profile 'work'")
        self.assertIn("region eu-central-1", done.stdout)
        missing = self.identity(AWS_CONFIG_FILE=config, AWS_SHARED_CREDENTIALS_FILE=keys, AWS_PROFILE="wrk")
        self.assertIn("names the profile 'wrk'", missing.stderr)

    def test_role_of_a_profile(self):
        role = "arn:aws:iam::111122223333:role/reader"
        config = self.file("roles", f"[profile base]\naws_access_key_id=AKIA\naws_secret_access_key=s\n"
                                    f"[profile role]\nrole_arn={role}\nsource_profile=base\nexternal_id=x\nrole_session_name=me\n"
                                    f"[profile env]\nrole_arn={role}\ncredential_source=Environment\n"
                                    f"[profile loop]\nrole_arn={role}\nsource_profile=loop\n"
                                    f"[profile sso]\nsso_start_url=https://x\n")
        at = {"AWS_CONFIG_FILE": config}
        self.expect(self.identity(**at, AWS_PROFILE="role"), f"from the role {role}", "assumed-role/reader/me")
        # Keys of the environment go before a profile; as its source they need to be hidden from the chain: by the profile alone.
        self.assertIn("is its own source_profile", self.identity(**at, AWS_PROFILE="loop").stderr)
        self.assertIn("sso_start_url", self.identity(**at, AWS_PROFILE="sso").stderr)

    def test_web_identity(self):
        token = self.file("token", "header.payload.signature\n")
        done = self.identity(AWS_WEB_IDENTITY_TOKEN_FILE=token, AWS_ROLE_ARN="arn:aws:iam::111122223333:role/pod", AWS_ROLE_SESSION_NAME="pod")
        self.expect(done, "from the web identity's role arn:aws:iam::111122223333:role/pod", "assumed-role/pod/pod")

    def test_container_endpoint_with_its_token(self):
        uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.agent.url + "/ecs"}
        token = self.file("pod-token", "pod-token\n")
        self.expect(self.identity(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token), "from the container endpoint")
        self.expect(self.identity(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN="pod-token"), "from the container endpoint")
        self.assertIn("the container endpoint answered 401", self.identity(**uri).stderr)
        broken = self.file("broken", "pod\r\nHost: evil")
        self.assertIn("line break", self.identity(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=broken).stderr)

    def test_container_endpoint_of_a_stranger_is_not_asked(self):
        for host in ("10.0.0.1", "169.254.169.253", "192.0.2.1"):
            done = self.identity(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://{host}:1/ecs")
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertRegex(done.stderr, "connect")

    def test_metadata_service_of_ec2(self):
        done = self.identity(AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT=self.agent.url)
        self.expect(done, "from the metadata service of EC2")
        self.assertIn(("PUT", "/latest/api/token"), self.agent.asked)

    def test_nowhere(self):
        done = self.identity()
        self.assertEqual(done.returncode, 2)
        self.assertIn("no credentials of AWS were found", done.stderr)


if __name__ == "__main__":
    unittest.main()
