#!/usr/bin/env python3
"""Stories of the HTTP server, told by Python's own client. The server of src/serve/test_http.h listens on VIGIA_PORT; it speaks TLS when
VIGIA_CERTIFICATE names the certificate to trust."""
import http.client
import os
import socket
import ssl
import unittest

PORT = int(os.environ["VIGIA_PORT"])
CERTIFICATE = os.environ["VIGIA_CERTIFICATE"]
PATIENCE_S = 60


def connect(host="127.0.0.1"):
    if not CERTIFICATE:
        return http.client.HTTPConnection(host, PORT, timeout=PATIENCE_S)
    return http.client.HTTPSConnection(host, PORT, timeout=PATIENCE_S, context=ssl.create_default_context(cafile=CERTIFICATE))


class Stories(unittest.TestCase):
    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)

    def ask(self, *words, **options):
        self.connection.request(*words, **options)
        answer = self.connection.getresponse()
        return answer, answer.read().decode()

    def test_one_connection_serves_many_requests(self):
        self.connection.connect()
        first = self.connection.sock
        ids = set()
        for number in range(20):
            answer, body = self.ask("PUT", f"/a/{number}?b=c%20d", body=f"body {number}", headers={"X-Note": "note"})
            self.assertEqual(answer.status, 200)
            by = f" to 127.0.0.1:{PORT}" + (" by TLS" if CERTIFICATE else "")
            self.assertEqual(body, f"PUT /a/{number} from 127.0.0.1{by}\nb=c d\nnote\nbody {number}")
            ids.add(answer.headers["X-Request-Id"])
        self.assertEqual(len(ids), 20)
        self.assertIs(self.connection.sock, first)

    def test_chunked_upload(self):
        pieces = [bytes([65 + number % 26]) * 1000 * number for number in range(1, 100)]
        answer, body = self.ask("POST", "/a", body=iter(pieces), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        self.assertEqual(answer.status, 200)
        self.assertTrue(body.endswith("\n\n" + b"".join(pieces).decode()))

    def test_streamed_answer(self):
        answer, body = self.ask("GET", "/pieces")
        self.assertEqual(answer.headers["Transfer-Encoding"], "chunked")
        self.assertEqual(body, "piece 0\npiece 1\npiece 2\n")

    def test_long_answer(self):
        answer, body = self.ask("GET", "/big")
        self.assertEqual(body, "b" * (8 << 20))
        self.assertEqual(answer.headers["Content-Length"], str(8 << 20))

    def test_head(self):
        answer, body = self.ask("HEAD", "/a")
        self.assertGreater(int(answer.headers["Content-Length"]), 0)
        self.assertEqual(body, "")
        self.assertEqual(self.ask("GET", "/a")[0].status, 200)

    def test_the_client_reads_the_refusal_of_what_it_still_sends(self):
        self.connection.putrequest("POST", "/a")
        self.connection.putheader("Content-Length", str(1 << 40))
        self.connection.endheaders()
        self.connection.send(b"b" * 100000)
        answer = self.connection.getresponse()
        self.assertEqual(answer.status, 413)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertIn('"title":"Content Too Large"', answer.read().decode())

    def test_strict_transport_is_asked_for_by_tls_alone(self):
        answer, _ = self.ask("GET", "/a")
        self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000" if CERTIFICATE else None)


class TlsStories(unittest.TestCase):
    def handshake(self, context, name):
        with socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE_S) as plain:
            with context.wrap_socket(plain, server_hostname=name) as tls:
                return tls.version(), tls.cipher()[0]

    def test_the_names_of_the_certificate(self):
        context = ssl.create_default_context(cafile=CERTIFICATE)
        for name in ("localhost", "127.0.0.1", "vigia.example.org"):
            self.assertEqual(self.handshake(context, name)[0], "TLSv1.3")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.handshake(context, "other.example.org")

    def test_versions_and_ciphers(self):
        context = ssl.create_default_context(cafile=CERTIFICATE)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        version, cipher = self.handshake(context, "localhost")
        self.assertEqual(version, "TLSv1.2")
        self.assertRegex(cipher, "^ECDHE-ECDSA-.*(GCM|CHACHA20)")
        context.set_ciphers("ECDHE-ECDSA-AES128-SHA256")
        with self.assertRaises(ssl.SSLError):
            self.handshake(context, "localhost")

    def test_old_versions_are_refused(self):
        context = ssl.create_default_context(cafile=CERTIFICATE)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises(ssl.SSLError):
            self.handshake(context, "localhost")


class Reached(unittest.TestCase):
    def test_reached(self):
        connection = connect()
        self.addCleanup(connection.close)
        connection.request("GET", "/a")
        self.assertEqual(connection.getresponse().status, 200)


class NotTrusted(unittest.TestCase):
    def test_not_trusted(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            connect().connect()


if __name__ == "__main__":
    unittest.main()
