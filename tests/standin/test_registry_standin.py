"""Checks the stand-in registry against the documented behaviour of the API.

The tests of the client and of the refresher believe what the stand-in says,
so its answers are held against the rules one by one, and every fault is
shown to do what its name says.
"""

import gzip
import http.client
import json
import os
import pathlib
import socket
import sys
import threading
import time
import urllib.parse

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import harness  # noqa: E402

ALS = "/api/v2/studies/NCT99990001"


class Reply:
    def __init__(self, answer, method):
        self.status = answer.status
        self.headers = answer.headers
        self.raw = answer.read()
        self.body = self.raw
        if answer.headers["Content-Encoding"] == "gzip" and self.raw:
            self.body = gzip.decompress(self.raw)
        self.text = self.body.decode("utf-8", "replace")
        self.type = answer.headers["Content-Type"]

    def json(self):
        return json.loads(self.body)


@pytest.fixture(scope="module")
def running():
    with harness.Registry() as registry:
        yield registry


@pytest.fixture
def registry(running):
    running.heal()
    running.reset()
    yield running
    running.heal()


def get(registry, path, method="GET", timeout=10, **headers):
    link = http.client.HTTPConnection(registry.host, registry.port,
                                      timeout=timeout)
    try:
        link.request(method, path, headers={
            name.replace("_", "-"): value for name, value in headers.items()})
        return Reply(link.getresponse(), method)
    finally:
        link.close()


def studies(registry, **params):
    query = urllib.parse.urlencode({
        name.replace("_", "."): value for name, value in params.items()})
    return get(registry, "/api/v2/studies?" + query)


def ids(reply):
    return [one["protocolSection"]["identificationModule"]["nctId"]
            for one in reply.json()["studies"]]


def sample(nct_id):
    path = harness.SAMPLES / f"{nct_id}.json"
    return json.loads(path.read_text(encoding="utf-8"))


# One study.


@pytest.mark.parametrize(
    "nct_id", sorted(path.stem for path in harness.SAMPLES.glob("*.json")))
def test_a_study_is_the_record(registry, nct_id):
    reply = get(registry, f"/api/v2/studies/{nct_id}")

    assert reply.status == 200
    assert reply.type == "application/json"
    assert reply.json() == sample(nct_id)
    assert b"\n" not in reply.body


@pytest.mark.parametrize("text", ["nct99990001", "NcT0099990001"])
def test_an_id_in_another_form(registry, text):
    assert get(registry, f"/api/v2/studies/{text}").json() \
        == sample("NCT99990001")


@pytest.mark.parametrize("text", [
    "ABC123", "not-a-real-id", "NCT", "NCT0", "NCT00000000", "NCT999999999",
    "NCT9999000A", "XNCT99990001", "NCT99990001%0A", "NCT%D9%A1"])
def test_a_malformed_id(registry, text):
    reply = get(registry, f"/api/v2/studies/{text}")

    assert (reply.status, reply.type, reply.text) == (
        400, "text/plain", "Parameter `nctId` has incorrect format")


@pytest.mark.parametrize("text", ["NCT99999999", "nct99999999", "NCT1"])
def test_an_unassigned_id(registry, text):
    reply = get(registry, f"/api/v2/studies/{text}")

    assert reply.status == 404
    assert reply.type == "text/plain; charset=UTF-8"
    assert reply.text == "NCT number NCT{:0>8} not found".format(text[3:])


def test_an_alias_is_redirected(registry):
    reply = get(registry, "/api/v2/studies/NCT99990101?fields=NCTId")
    where = urllib.parse.urljoin(registry.url, reply.headers["Location"])

    assert reply.status == 301
    assert where == registry.url + "/studies/NCT99990002?fields=NCTId"
    assert get(registry, where).status == 200


def test_an_unknown_parameter(registry):
    for path in (ALS, "/api/v2/studies", "/api/v2/version"):
        reply = get(registry, path + "?bogusParam=1")
        assert (reply.status, reply.type, reply.text) == (
            400, "text/plain", "`bogusParam` is unknown parameter")


def test_fields_of_one_study(registry):
    reply = get(registry, ALS + "?fields=NCTId,LastUpdatePostDate|Phase")

    assert reply.json() == {"protocolSection": {
        "identificationModule": {"nctId": "NCT99990001"},
        "statusModule": {"lastUpdatePostDateStruct": {"date": "2026-09-15"}},
        "designModule": {"phases": ["PHASE1", "PHASE2"]}}}


def test_a_branch_and_a_path_as_fields(registry):
    reply = get(registry, ALS + "?fields=EligibilityModule,hasResults,"
                "protocolSection.statusModule.overallStatus")
    whole = sample("NCT99990001")

    assert reply.json() == {
        "protocolSection": {
            "statusModule": {"overallStatus": "RECRUITING"},
            "eligibilityModule": whole["protocolSection"][
                "eligibilityModule"]},
        "hasResults": False}


def test_an_invalid_field(registry):
    reply = studies(registry, fields="NCTId,BadName")

    assert reply.status == 400
    assert reply.text.endswith("contains invalid field name: 'BadName'")


# Validators, encoding, methods, connections.


def test_an_etag_is_of_the_whole_data_set(registry):
    tag = get(registry, ALS).headers["ETag"]

    assert tag == get(registry, "/api/v2/version").headers["ETag"]
    assert tag == get(registry,
                      "/api/v2/studies/NCT99990002").headers["ETag"]
    for header in (tag, "W/" + tag, f'"other", {tag}', "*"):
        reply = get(registry, ALS, If_None_Match=header)
        assert (reply.status, reply.raw) == (304, b"")
        assert reply.headers["ETag"] == tag
    assert get(registry, ALS, If_None_Match='"other"').status == 200


def test_no_caching_headers(registry):
    headers = get(registry, ALS).headers

    for name in ("Cache-Control", "Last-Modified", "Expires",
                 "X-RateLimit-Limit", "Retry-After"):
        assert name not in headers


@pytest.mark.parametrize("header,packed", [
    ("gzip", True), ("deflate, gzip;q=0.5", True), ("*", True),
    ("br", False), ("gzip;q=0", False), ("identity", False)])
def test_gzip_when_accepted(registry, header, packed):
    for path in (ALS, "/api/v2/studies?pageSize=3", "/api/v2/version"):
        reply = get(registry, path, Accept_Encoding=header)
        assert (reply.headers["Content-Encoding"] == "gzip") is packed
        assert reply.headers["Vary"] == "Accept-Encoding"
        assert int(reply.headers["Content-Length"]) == len(reply.raw)
        assert reply.json()


def test_gzip_has_a_weak_tag_that_still_matches(registry):
    tag = get(registry, ALS, Accept_Encoding="gzip").headers["ETag"]

    assert tag.startswith('W/"')
    assert get(registry, ALS, If_None_Match=tag).status == 304


def test_head(registry):
    reply = get(registry, ALS, method="HEAD")

    assert (reply.status, reply.raw) == (200, b"")
    assert int(reply.headers["Content-Length"]) == len(get(registry,
                                                           ALS).raw)


def test_one_connection_serves_many_requests(registry):
    link = http.client.HTTPConnection(registry.host, registry.port,
                                      timeout=10)
    for path, status in ((ALS, 200), ("/api/v2/studies/x", 400),
                         ("/api/v2/studies/NCT1", 404), (ALS, 200)):
        link.request("GET", path)
        answer = link.getresponse()
        answer.read()
        assert answer.status == status
        assert not answer.will_close
    link.close()

    assert registry.counters()["connections"] == 1


@pytest.mark.parametrize("path", ["/", "/api/v2", "/api/v2/nothing",
                                  "/api/query/full_studies",
                                  "/api/v2/studies/NCT99990001/more"])
def test_another_path(registry, path):
    reply = get(registry, path)

    assert (reply.status, reply.type) == (404, "text/html")
    assert "<h1>404 Not Found</h1>" in reply.text


@pytest.mark.parametrize("path", [
    "/api/v2/studies?query.patient=als", "/api/v2/studies?format=csv",
    ALS + "?format=ris", ALS + "?markupFormat=legacy",
    "/api/v2/studies/metadata", "/api/v2/stats/size"])
def test_what_it_does_not_do_it_says(registry, path):
    assert get(registry, path).status == 501


def test_version(registry):
    reply = get(registry, "/api/v2/version")

    assert set(reply.json()) == {"apiVersion", "dataTimestamp"}
    time.strptime(reply.json()["dataTimestamp"], "%Y-%m-%dT%H:%M:%S")


# Lists.


def test_a_study_a_line(registry):
    reply = studies(registry, pageSize=1000)
    lines = reply.text.split("\n")

    assert lines[0] == '{"studies":['
    assert lines[-1] == "]}"
    rows = [json.loads(line.rstrip(",")) for line in lines[1:-1]]
    assert rows == [sample(path.stem) for path in
                    sorted(harness.SAMPLES.glob("*.json"))]


def test_pages(registry):
    want = ids(studies(registry, pageSize=1000))
    got, token, pages = [], None, 0
    while pages == 0 or token:
        more = {"pageToken": token} if token else {}
        reply = studies(registry, pageSize=7, countTotal="true", **more)
        got += ids(reply)
        assert ("totalCount" in reply.json()) is (pages == 0)
        token = reply.json().get("nextPageToken")
        pages += 1

    assert got == want
    assert pages == -(-len(want) // 7)


@pytest.mark.parametrize("size,count", [("0", 10), ("5000", 19), ("1", 1)])
def test_page_sizes(registry, size, count):
    assert len(ids(studies(registry, pageSize=size))) == count


def test_a_page_size_above_the_limit_is_clamped(tmp_path):
    study = sample("NCT99990017")
    for n in range(1001):
        nct_id = f"NCT{99980000 + n}"
        study["protocolSection"]["identificationModule"]["nctId"] = nct_id
        (tmp_path / f"{nct_id}.json").write_text(json.dumps(study))

    with harness.Registry(records=[tmp_path]) as registry:
        reply = studies(registry, pageSize=5000, fields="NCTId")
        assert len(ids(reply)) == 1000
        assert len(ids(studies(registry, pageSize=5000, fields="NCTId",
                               pageToken=reply.json()["nextPageToken"]))) == 1


@pytest.mark.parametrize("size", ["abc", "", "1.5", "99999999999"])
def test_a_page_size_that_is_no_number(registry, size):
    reply = studies(registry, pageSize=size)

    assert (reply.status, reply.type, reply.text) == (
        400, "text/plain", "Value provided in parameter `pageSize` cannot "
        "be converted to 32-bit integer")


def test_a_page_token_of_something_else(registry):
    token = studies(registry, pageSize=2).json()["nextPageToken"]

    assert studies(registry, pageToken="%%%").status == 400
    assert studies(registry, pageToken=token,
                   filter_ids="NCT99990001").status == 400


def test_filter_ids(registry):
    reply = studies(registry, filter_ids="nct99990003|NCT99990001,"
                    "NCT99999999")
    assert ids(reply) == ["NCT99990001", "NCT99990003"]


def test_filter_ids_finds_aliases(registry):
    reply = studies(registry, filter_ids="NCT99990101")
    assert ids(reply) == ["NCT99990002"]


def test_filter_ids_without_a_match(registry):
    reply = studies(registry, filter_ids="NCT99999999")

    assert (reply.status, reply.type, reply.text) == (
        200, "application/json", '{"studies":[  ]}')


@pytest.mark.parametrize("value,item", [("ABC123", 1),
                                        ("NCT99990001|ABC|NCT1", 2), ("", 1)])
def test_filter_ids_with_a_malformed_one(registry, value, item):
    reply = studies(registry, filter_ids=value)

    assert (reply.status, reply.type, reply.text) == (
        400, "text/plain",
        f"Item {item} in parameter `filter.ids` has incorrect format")


def test_filter_status(registry):
    assert ids(studies(registry, filter_overallStatus="WITHHELD|UNKNOWN")) \
        == ["NCT99990008", "NCT99990013"]
    reply = studies(registry, filter_overallStatus="BOGUS")
    assert (reply.status, reply.text) == (
        400, "Invalid value in parameter `overallStatus`: `BOGUS`")


def updated_since(low, high="9999"):
    found = []
    for path in sorted(harness.SAMPLES.glob("*.json")):
        status = sample(path.stem)["protocolSection"]["statusModule"]
        if low <= status["lastUpdatePostDateStruct"]["date"] <= high:
            found.append(path.stem)
    return found


@pytest.mark.parametrize("low,high,first,last", [
    ("2026-11-16", "MAX", "2026-11-16", "9999"),
    ("11/13/2026", "MAX", "2026-11-13", "9999"),
    ("MIN", "2025-12-31", "0", "2025-12-31"),
    ("2026-10-07", "2026-10-28", "2026-10-07", "2026-10-28")])
def test_the_change_feed(registry, low, high, first, last):
    want = updated_since(first, last)
    query = f"AREA[LastUpdatePostDate]RANGE[{low},{high}]"

    assert 0 < len(want) < 19
    assert ids(studies(registry, filter_advanced=query,
                       fields="NCTId,LastUpdatePostDate",
                       pageSize=1000)) == want


def test_the_change_feed_with_another_condition(registry):
    query = ("AREA[LastUpdatePostDate]RANGE[2026-09-01,MAX] AND "
             "AREA[OverallStatus]RECRUITING AND AREA[Phase]PHASE3")
    assert ids(studies(registry, filter_advanced=query)) \
        == ["NCT99990006", "NCT99990011"]


@pytest.mark.parametrize("query,want", [
    ({"query_cond": "lymphoma"}, ["NCT99990007"]),
    ({"query_cond": '"sickle cell" OR tremor'},
     ["NCT99990013", "NCT99990014"]),
    ({"query_cond": "cancer", "query_locn": "Nigeria"}, []),
    ({"query_cond": "cancer", "query_locn": "South Africa",
      "filter_overallStatus": "RECRUITING"}, ["NCT99990006"]),
    ({"query_id": "NCT99990011"}, ["NCT99990011"])])
def test_searches(registry, query, want):
    assert ids(studies(registry, **query)) == want


def test_errors_of_the_advanced_filter(registry):
    start = "Error parsing query in advanced filter: "
    reply = studies(registry, filter_advanced="AREA[X]1")
    assert (reply.status, reply.text) == (
        400, start + "Unknown area name: `X`")
    for query in ("AREA[LastUpdatePostDate]RANGE[yesterday,MAX]",
                  "AREA[LastUpdatePostDate", "als", ""):
        reply = studies(registry, filter_advanced=query)
        assert reply.status == 400
        assert reply.text.startswith(start)


def test_sort(registry):
    found = ids(studies(registry, sort="LastUpdatePostDate", pageSize=1000))
    dates = [sample(one)["protocolSection"]["statusModule"][
        "lastUpdatePostDateStruct"]["date"] for one in found]
    assert dates == sorted(dates, reverse=True)
    found = ids(studies(registry, sort="StartDate:asc", pageSize=1000))
    assert found[0] == "NCT99990012"
    assert set(found[-3:]) == {"NCT99990004", "NCT99990008", "NCT99990019"}
    assert studies(registry, sort="BriefTitle").text \
        == "Unsupported sort field type: text"
    assert studies(registry, sort="badformat").text \
        == "Item 1 in parameter `sort` has incorrect format"


# Changes of the data set.


def test_a_put_is_seen_and_moves_the_build():
    with harness.Registry() as registry:
        before = get(registry, "/api/v2/version")
        study = sample("NCT99990001")
        ident = study["protocolSection"]["identificationModule"]
        ident["nctIdAliases"] = ["NCT99990102"]
        ident["briefTitle"] = "Changed (fictional sample)"
        registry.put(study)
        after = get(registry, "/api/v2/version")

        assert get(registry, ALS).json() == study
        assert get(registry, "/api/v2/studies/NCT99990102").status == 301
        assert after.json()["dataTimestamp"] > before.json()["dataTimestamp"]
        assert after.headers["ETag"] != before.headers["ETag"]
        assert get(registry, ALS,
                   If_None_Match=before.headers["ETag"]).status == 200


def test_a_removal_is_seen():
    with harness.Registry() as registry:
        registry.remove("NCT99990002")

        assert get(registry, "/api/v2/studies/NCT99990002").status == 404
        assert get(registry, "/api/v2/studies/NCT99990101").status == 404
        assert registry.counters()["studies"] == 18
        with pytest.raises(ValueError, match="no study"):
            registry.remove("NCT99990002")


def test_a_rebuild_without_a_change():
    with harness.Registry(options=["--stamp-versions"]) as registry:
        first = get(registry, ALS)
        registry.rebuild()
        second = get(registry, ALS)
        days = [one.json()["derivedSection"]["miscInfoModule"].pop(
            "versionHolder") for one in (first, second)]

        assert first.headers["ETag"] != second.headers["ETag"]
        assert days[0] < days[1]
        assert get(registry, "/api/v2/version").json()[
            "dataTimestamp"].startswith(days[1])


def test_later_folders_win(tmp_path):
    study = sample("NCT99990001")
    study["protocolSection"]["identificationModule"]["acronym"] = "LATER"
    (tmp_path / "a.json").write_text(json.dumps(study))

    with harness.Registry(records=[harness.SAMPLES, tmp_path]) as registry:
        assert get(registry, ALS).json() == study
        assert registry.counters()["studies"] == 19


@pytest.mark.parametrize("order", [
    {"fault": "nonsense"}, {"fault": "status"}, {"fault": "delay"},
    {"fault": "status", "code": "503"}, {"fault": "garbage", "time": 3},
    {"fault": "garbage", "times": 0}, {"fault": "garbage", "ids": ["x"]},
    {"fault": "garbage", "on": "nothing"}, {"put": {}}, {"put": {
        "protocolSection": {"identificationModule": {"nctId": "nct1"}}}},
    {"remove": "NCT00000001"}, {"remove": ["NCT99990001"]}, {"what": 1},
    {"put": {}, "remove": "NCT99990001"}, {}])
def test_a_wrong_order_is_refused(registry, order):
    with pytest.raises(ValueError):
        registry.control(**order)
    assert get(registry, ALS).status == 200


# Faults.


def test_status_some_times(registry):
    registry.fault("status", code=503, times=2, retry_after="2")
    registry.fault("status", code=429, times=1, body="Too many")
    replies = [get(registry, ALS) for _ in range(4)]

    assert [one.status for one in replies] == [503, 503, 429, 200]
    assert replies[0].headers["Retry-After"] == "2"
    assert "Retry-After" not in replies[2].headers
    assert replies[2].text == "Too many"
    assert registry.counters()["faulted"] == {"status": 3}
    assert registry.counters()["faults"] == []


def test_a_fault_for_some_studies(registry):
    registry.fault("status", code=500, ids=["nct99990001"])

    assert get(registry, ALS).status == 500
    assert get(registry, "/api/v2/studies/NCT99990002").status == 200
    assert get(registry, "/api/v2/version").status == 200
    assert studies(registry, filter_ids="NCT99990001").status == 500
    assert studies(registry, filter_ids="NCT99990002").status == 200
    registry.heal()
    assert get(registry, ALS).status == 200


def test_a_fault_for_one_kind_of_request(registry):
    registry.fault("status", code=502, on="version")

    assert get(registry, "/api/v2/version").status == 502
    assert get(registry, ALS).status == 200
    assert studies(registry).status == 200


def test_delay_goes_with_other_faults(registry):
    registry.fault("delay", seconds=0.3)
    registry.fault("status", code=500, times=1)
    begun = time.monotonic()

    assert get(registry, ALS).status == 500
    assert get(registry, ALS).status == 200
    assert 0.6 <= time.monotonic() - begun < 3


def test_limit(registry):
    registry.fault("limit", requests=3, seconds=0.5, retry_after=1)
    first = [get(registry, ALS).status for _ in range(5)]
    time.sleep(0.6)

    assert first == [200, 200, 200, 429, 429]
    assert get(registry, ALS).status == 200


def test_truncate(registry):
    registry.fault("truncate")
    with pytest.raises(http.client.IncompleteRead) as failure:
        get(registry, ALS)
    assert len(failure.value.partial) > 100
    assert failure.value.expected > 0


@pytest.mark.parametrize("kind", ["close", "hang"])
def test_no_answer(registry, kind):
    registry.fault(kind, **({"seconds": 0.4} if kind == "hang" else {}))
    begun = time.monotonic()

    with pytest.raises(ConnectionError):
        get(registry, ALS)
    assert time.monotonic() - begun >= (0.4 if kind == "hang" else 0)


def test_a_client_may_give_up_on_a_hang(registry):
    registry.fault("hang", seconds=30, times=1)

    with pytest.raises(TimeoutError):
        get(registry, ALS, timeout=0.2)
    assert get(registry, ALS).status == 200


@pytest.mark.parametrize("kind", ["garbage", "empty", "html"])
def test_not_json(registry, kind):
    registry.fault(kind)
    reply = get(registry, ALS)

    assert reply.status == 200
    with pytest.raises(ValueError):
        reply.json()
    assert (reply.type == "text/html") is (kind == "html")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [16, 70000, 3000000])
def test_oversize(registry, size, chunked):
    registry.fault("oversize", bytes=size, chunked=chunked)
    reply = get(registry, ALS)

    assert len(reply.raw) == size
    assert list(reply.json()) == ["padding"]
    assert ("Content-Length" in reply.headers) is not chunked


def test_bomb(registry):
    registry.fault("bomb", bytes=5000000)
    reply = get(registry, ALS)

    assert len(reply.raw) < 20000
    assert len(reply.body) == 5000000
    assert reply.json()


def test_drip(registry):
    registry.fault("drip", bytes_per_second=20000, on="study")
    begun = time.monotonic()
    reply = get(registry, ALS)

    assert reply.json() == sample("NCT99990001")
    assert time.monotonic() - begun > len(reply.raw) / 20000 / 2


def test_redirects(registry):
    registry.fault("redirect", location="http://127.0.0.1:1/x", times=1)
    registry.fault("loop")
    reply = get(registry, ALS)
    assert (reply.status, reply.headers["Location"]) == (
        302, "http://127.0.0.1:1/x")
    reply = get(registry, ALS + "?fields=NCTId")
    assert (reply.status, reply.headers["Location"]) == (
        302, ALS + "?fields=NCTId")


def test_vanish(registry):
    registry.fault("vanish", ids=["NCT99990001", "NCT99990002"])
    reply = get(registry, ALS)

    assert (reply.status, reply.text) == (
        404, "NCT number NCT99990001 not found")
    assert ids(studies(registry, filter_ids="NCT99990001|NCT99990003")) \
        == ["NCT99990003"]
    registry.fault("vanish")
    assert ids(studies(registry)) == []
    assert get(registry, "/api/v2/studies/x").status == 400
    assert get(registry, "/api/v2/version").status == 200
    registry.heal()
    assert get(registry, ALS).status == 200


# Counters, the log, the process.


def test_counters(registry):
    get(registry, ALS, User_Agent="one/1")
    get(registry, "/api/v2/studies/nct99990001", User_Agent="two/2")
    get(registry, "/api/v2/studies/NCT99999999", Accept_Encoding="gzip")
    studies(registry, filter_ids="NCT99990001|NCT99990002")
    seen = registry.counters(arrivals=True)

    assert seen["total"] == 4
    assert seen["requests"] == {ALS: 1, "/api/v2/studies/nct99990001": 1,
                                "/api/v2/studies/NCT99999999": 1,
                                "/api/v2/studies": 1}
    assert seen["ids"] == {"NCT99990001": 2, "NCT99999999": 1}
    assert seen["listed"] == {"NCT99990001": 1, "NCT99990002": 1}
    assert seen["status"] == {"200": 3, "404": 1}
    assert seen["user_agents"]["one/1"] == 1
    assert len(seen["arrivals"]) == 4
    assert seen["arrivals"] == sorted(seen["arrivals"])
    assert seen["connections"] == 4


def test_concurrent_requests_are_counted(registry):
    registry.fault("delay", seconds=0.4)
    results = []

    def ask(n):
        results.append(get(registry, f"/api/v2/studies/NCT9999{n:04d}"))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(1, 13)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    seen = registry.counters()

    assert [one.status for one in results] == [200] * 12
    assert seen["max_concurrent"] == 12
    assert seen["active"] == 0
    assert seen["ids"] == {f"NCT9999{n:04d}": 1 for n in range(1, 13)}


def test_changes_under_load(registry):
    """A reader never sees a mixture: the body is one version or another."""
    wrong = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            title = get(registry, "/api/v2/studies/NCT99990017").json()[
                "protocolSection"]["identificationModule"]
            if not title["briefTitle"].endswith(title.get("acronym", "e)")):
                wrong.append(title)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for one in readers:
        one.start()
    study = sample("NCT99990017")
    ident = study["protocolSection"]["identificationModule"]
    for n in range(60):
        ident["acronym"] = f"V{n}"
        ident["briefTitle"] = f"Changed (fictional sample) V{n}"
        registry.put(study)
    stop.set()
    for one in readers:
        one.join()
    registry.put(sample("NCT99990017"))

    assert wrong == []


def test_log(tmp_path):
    path = tmp_path / "log"
    with harness.Registry(log=path) as registry:
        get(registry, ALS)
        get(registry, "/api/v2/studies/x")
    rows = [line.split("\t") for line in path.read_text().splitlines()]

    assert [row[1:4] for row in rows] == [
        ["GET", ALS, "200"], ["GET", "/api/v2/studies/x", "400"]]


def test_sigterm_ends_it_even_while_it_hangs():
    registry = harness.Registry()
    registry.fault("hang", seconds=600)
    with socket.create_connection((registry.host, registry.port)) as link:
        link.sendall(b"GET /api/v2/version HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        begun = time.monotonic()
        assert registry.stop() == 0
    assert time.monotonic() - begun < 2


def test_a_start_that_cannot_work(tmp_path):
    with pytest.raises(RuntimeError):
        harness.Registry(records=[tmp_path])
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(RuntimeError):
        harness.Registry(records=[tmp_path])


@pytest.mark.skipif("RECORDS" not in os.environ,
                    reason="RECORDS names no folder of genuine records")
def test_genuine_records():
    folder = pathlib.Path(os.environ["RECORDS"])
    paths = sorted(folder.glob("NCT*.json"))
    with harness.Registry(records=[folder]) as registry:
        assert registry.counters()["studies"] == len(paths)
        for path in paths[::50]:
            assert get(registry, f"/api/v2/studies/{path.stem}").json() \
                == json.loads(path.read_text(encoding="utf-8"))
