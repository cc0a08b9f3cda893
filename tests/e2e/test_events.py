"""Stories of stored events: pages, columns, facets, exports and the live tail."""
import csv
import io
import json
import pathlib
import tempfile
import unittest
import urllib.parse

from service import Service, key_of_another, make_key, record, set_up, wait_for


def query(**parameters):
    return urllib.parse.urlencode(parameters, doseq=True)


class EventsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.service = Service(pathlib.Path(cls.folder.name) / "data")
        cls.owner = set_up(cls.service)
        cls.source = make_key(cls.owner, "source")
        cls.other = key_of_another(cls.service)
        cls.records = [record(number, "PutObject" if number % 4 == 0 else "GetObject",
                              requestParameters={"bucketName": f"bucket-{number % 3}", "tags": ["red", f"tag-{number % 2}"], "size": number % 5})
                       for number in range(300)]
        cls.post(cls.records)
        cls.post([record(1000, "TwoAccounts", eventID="twin", recipientAccountId=account) for account in ("111122223333", "444455556666")])
        cls.post([record(1001, "Formula", eventID="formula", userIdentity={"type": "IAMUser", "userName": "=1+1"},
                         userAgent='says "hi", and\nmore', errorCode="-x", requestParameters={"note": "@you"})])

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.folder.cleanup()

    @classmethod
    def post(cls, records):
        status, _, body = cls.source.call("POST", "/api/v1/events", "\n".join(json.dumps(one) for one in records))
        assert status == 200 and body["accepted"] == len(records), body

    def export(self, client=None, **parameters):
        status, headers, body = (client or self.owner).call("GET", "/api/v1/events/export?" + query(**parameters))
        self.assertEqual(status, 200, body)
        return headers, body

    def refused(self, path, code="bad_input"):
        status, _, body = self.owner.call("GET", path)
        self.assertEqual((status, body["code"]), (400, code), path)


class EventsTest(EventsCase):
    def test_one_time_and_id_in_two_accounts_are_two_events(self):
        seen, cursor = [], ""
        while cursor is not None:
            page = self.owner.get("/api/v1/events?" + query(filter='eventName = "TwoAccounts"', limit=1, cursor=cursor))
            seen += [one["record"]["recipientAccountId"] for one in page["events"]]
            cursor = page["next"]
        self.assertEqual(seen, ["444455556666", "111122223333"])

    def test_fields_are_told_by_source_as_filters_are_checked_by_them(self):
        answer = self.owner.get("/api/v1/fields")
        self.assertIn({"name": "name", "field": "eventName"}, [{"name": one["name"], "field": one["field"]} for one in answer["columns"]])
        sources = {one["event_type"]: one for one in answer["sources"]}
        trail = sources["cloudtrail"]
        self.assertEqual((trail["open"], trail["rule_types"]), (True, ["CloudTrail"]))
        types = {one["path"]: one["type"] for one in trail["fields"]}
        self.assertEqual([types[one] for one in ("eventName", "readOnly", "eventTime", "sourceIPAddress", "userIdentity")], ["text", "boolean", "time", "address", "object"])
        empty = {one["name"]: one["empty"] for one in trail["aliases"]}
        self.assertEqual((empty["user"], empty["event_type"], empty["dst_port"]), (False, False, True))

    def test_cursors_that_no_answer_gave_are_refused(self):
        for cursor in ("x", "1", "1.2", "1.99.ab", "1.-1.ab", "99999999999999999999.1.ab"):
            self.refused("/api/v1/events?" + query(cursor=cursor), "bad_cursor")

    def test_columns_are_all_that_is_answered(self):
        wanted = 'eventName,ip,requestParameters.tags,requestParameters.nothing,requestParameters.size'
        page = self.owner.get("/api/v1/events?" + query(columns=wanted, limit=2, filter='eventID = "event-8"'))
        self.assertEqual(page["events"], [{"id": "event-8", "type": "cloudtrail", "time": "2026-11-20T00:00:08Z", "fields": {
            "eventName": "PutObject", "ip": "203.0.113.7", "requestParameters.tags": ["red", "tag-0"],
            "requestParameters.nothing": None, "requestParameters.size": "3"}}])
        self.refused("/api/v1/events?" + query(columns="eventName,,"))
        self.refused("/api/v1/events?" + query(columns=",".join(f"a.b{number}" for number in range(65))))

    def test_facets_of_columns_of_numbers_and_of_lists(self):
        fields = ["eventName", "requestParameters.tags", "requestParameters.size", "event_type"]
        facets = self.owner.get("/api/v1/events/facets?" + query(field=fields, filter='user = "alice" and eventName != "TwoAccounts"'))["facets"]
        self.assertEqual([one["field"] for one in facets], fields)
        values = {one["field"]: {value["value"]: value["count"] for value in one["values"]} for one in facets}
        self.assertEqual(values["eventName"], {"GetObject": 225, "PutObject": 75})
        self.assertEqual(values["requestParameters.tags"], {"red": 300, "tag-0": 150, "tag-1": 150})
        self.assertEqual(values["requestParameters.size"], {str(size): 60 for size in range(5)})
        self.assertEqual(values["event_type"], {"cloudtrail": 300})
        self.assertTrue(all(one["sample"] is None and not one["more"] for one in facets), facets)
        (facet,) = self.owner.get("/api/v1/events/facets?" + query(field="eventName", limit=1))["facets"]
        self.assertEqual((facet["values"], facet["more"]), ([{"value": "GetObject", "count": 225}], True))
        (facet,) = self.owner.get("/api/v1/events/facets?" + query(field="eventName", filter="requestParameters.size > 3"))["facets"]
        self.assertEqual(sum(one["count"] for one in facet["values"]), 60)
        self.refused("/api/v1/events/facets")
        self.refused("/api/v1/events/facets?" + query(field="name; drop table x"))

    def test_an_export_has_every_event_and_no_other(self):
        for filter, holds in (("", lambda one: True), ('eventName = "PutObject"', lambda one: one["eventName"] == "PutObject"),
                              ("requestParameters.size > 3", lambda one: one.get("requestParameters", {}).get("size", 0) > 3)):
            headers, body = self.export(filter=filter, order="oldest", until="2026-11-20T00:10:00Z")
            self.assertEqual(headers["Content-Type"], "application/x-ndjson")
            self.assertEqual(headers["Content-Disposition"], 'attachment; filename="events.ndjson"')
            lines = [json.loads(line) for line in body.splitlines()]
            self.assertEqual([one["record"] for one in lines], [one for one in self.records if holds(one)], filter)
            _, body = self.export(filter=filter, until="2026-11-20T00:10:00Z")
            self.assertEqual([json.loads(line) for line in body.splitlines()], lines[::-1])
        self.refused("/api/v1/events/export?format=xml")
        self.refused("/api/v1/events/export?order=any")
        self.refused("/api/v1/events/export?" + query(filter="eventName =="), "bad_filter")

    def test_csv_is_read_by_others_and_holds_no_formula(self):
        _, body = self.export(format="csv", columns="user,userAgent,errorCode,requestParameters.note,eventName", filter='eventName = "Formula"')
        rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
        self.assertEqual(rows, [["time", "id", "type", "user", "userAgent", "errorCode", "requestParameters.note", "eventName"],
                                ["2026-11-20T00:16:41Z", "formula", "cloudtrail", "'=1+1", 'says "hi", and\nmore', "'-x", "'@you", "Formula"]])
        headers, body = self.export(format="csv")
        self.assertEqual(headers["Content-Type"], "text/csv; charset=utf-8")
        rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
        self.assertEqual(len(rows), 303)
        self.assertEqual({row["accountId"] for row in rows}, {"111122223333", "444455556666"})

    def test_parquet_comes_whole_and_leaves_nothing(self):
        headers, body = self.export(format="parquet", columns="eventName,requestParameters.tags")
        self.assertEqual(headers["Content-Type"], "application/vnd.apache.parquet")
        self.assertEqual((body[:4], body[-4:]), (b"PAR1", b"PAR1"))
        self.assertIn(b"requestParameters.tags", body)
        _, body = self.export(format="parquet", order="oldest")
        self.assertEqual((body[:4], body[-4:]), (b"PAR1", b"PAR1"), "with all columns, of which one is called as a fixed one")
        _, body = self.export(format="csv", columns="type,Time,user,user", limit=1)
        self.assertEqual(body.split(b"\r\n")[0], b"time,id,type,type_2,Time_2,user,user_2")
        exports = pathlib.Path(self.service.folder) / "exports"
        wait_for(lambda: not list(exports.iterdir()))

    def test_nobody_sees_more_than_is_theirs(self):
        for path in ("export", "export?format=csv", "export?format=parquet", "stream", "facets?field=user"):
            self.assertEqual(self.service.call("GET", "/api/v1/events/" + path)[0], 401, path)
            self.assertEqual(self.source.call("GET", "/api/v1/events/" + path)[0], 403, path)
        _, body = self.export(self.other, filter='eventName = "GetObject"')
        self.assertEqual(body, b"")
        (facet,) = self.other.get("/api/v1/events/facets?" + query(field="user", filter='eventName = "GetObject"'))["facets"]
        self.assertEqual(facet["values"], [])
        self.assertEqual(self.other.call("GET", "/api/v1/events/twin")[0], 404)


class TailTest(EventsCase):
    """Beside the others, for it adds events."""

    def test_an_event_is_in_the_tail_when_it_is_acknowledged(self):
        connection, answer = self.service.stream("/api/v1/events/stream?" + query(filter='eventName = "Tailed"'), self.owner.headers)
        stranger, strange = self.service.stream("/api/v1/events/stream", self.other.headers)
        self.assertEqual(answer.getheader("Content-Type"), "text/event-stream")
        self.assertEqual(answer.readline(), b"retry: 2000\n")
        self.assertEqual(strange.readline(), b"retry: 2000\n")
        self.post([record(2000, "Other"), {**record(2001, "Tailed"), "note": "a"}, record(2002, "Tailed")])
        data = []
        while len(data) < 2:
            line = answer.readline()
            if line.startswith(b"data: "):
                data.append(json.loads(line[6:]))
        connection.close()
        self.assertEqual([one["id"] for one in data], ["event-2001", "event-2002"])
        self.assertEqual(data[0]["record"]["note"], "a")
        source = make_key(self.other, "source")
        status, _, body = source.call("POST", "/api/v1/events", json.dumps(record(3000, "Theirs")))
        self.assertEqual((status, body["accepted"]), (200, 1))
        line = b""
        while not line.startswith(b"data: "):
            line = strange.readline()
        self.assertEqual(json.loads(line[6:])["id"], "event-3000", "the first that they see is their own")
        stranger.close()


class CrashTest(unittest.TestCase):
    def test_what_an_export_left_is_removed_at_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            service = Service(pathlib.Path(folder) / "data")
            set_up(service)
            service.kill()
            left = pathlib.Path(service.folder) / "exports/export-0.parquet"
            left.parent.mkdir(exist_ok=True)
            left.write_bytes(b"half")
            service.start()
            self.assertFalse(left.exists())
            service.kill()


if __name__ == "__main__":
    unittest.main()
