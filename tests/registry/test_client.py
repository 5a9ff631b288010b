"""The registry's client, as `trials fetch` uses it.

Most of it runs against the stand-in registry with its faults on demand; what
no well-behaved HTTP server would send comes from a socket here.
"""

import gzip
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from email.utils import formatdate

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "standin"))

import harness as standin  # noqa: E402

TOP = TESTS.parent
TRIALS = (TOP / os.environ.get("BUILD", "build") / "trials").resolve()
STUDY = "NCT99990001"
ALIAS, TARGET = "NCT99990101", "NCT99990002"
RECORD = standin.SAMPLES / f"{STUDY}.json"
MiB = 1024 * 1024


def environment():
    """Without what would send the requests elsewhere."""
    return {key: value for key, value in os.environ.items()
            if not key.lower().endswith("_proxy")
            and not key.startswith("TRIALS_")}


def command(base, nct_id, *options):
    return [str(TRIALS), "fetch", "--registry", base, *options, nct_id]


class Result:
    def __init__(self, done, seconds):
        self.code = done.returncode
        self.out = done.stdout
        self.error = done.stderr.decode()
        self.seconds = seconds


def fetch(base, nct_id=STUDY, *options):
    started = time.monotonic()
    done = subprocess.run(command(base, nct_id, *options), timeout=60,
                          env=environment(), capture_output=True, check=False)
    return Result(done, time.monotonic() - started)


def failed(result, pattern):
    """Exit code 1, nothing on stdout, one line on stderr that fits."""
    assert result.code == 1, result.error
    assert result.out == b""
    assert result.error.count("\n") == 1, result.error
    assert re.search(pattern, result.error), result.error


@pytest.fixture(scope="module")
def server():
    with standin.Registry() as registry:
        yield registry


@pytest.fixture
def registry(server):
    server.heal()
    server.reset()
    yield server
    server.heal()


class Raw:
    """Answers each connection with the next of the given bytes, then closes
    it. The last answer is repeated. Keeps the requests' heads."""

    def __init__(self, *answers, context=None):
        self.answers = list(answers)
        self.context = context
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/api/v2"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def _serve(self):
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:
                return
            link.settimeout(10)
            try:
                if self.context:
                    link = self.context.wrap_socket(link, server_side=True)
                self._answer(link)
            except OSError:
                pass
            finally:
                link.close()

    def _answer(self, link):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = link.recv(65536)
            if not piece:
                return
            head += piece
        self.requests.append(head.decode("latin-1"))
        answer = self.answers[0]
        if len(self.answers) > 1:
            del self.answers[0]
        for piece in [answer] if isinstance(answer, bytes) else answer():
            link.sendall(piece)


def http(status, body=b"", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def study(*headers, body=None):
    return http("200 OK", RECORD.read_bytes() if body is None else body,
                "Content-Type: application/json", *headers)


# Answers.

def test_fetch(registry):
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert result.error == ""
    assert json.loads(result.out) == json.loads(RECORD.read_bytes())
    assert registry.counters()["ids"] == {STUDY: 1}


@pytest.mark.parametrize("written", ["nct99990001", "NCT099990001",
                                     "Nct00099990001"])
def test_the_url_has_the_canonical_id(registry, written):
    assert fetch(registry.url, written).code == 0
    assert list(registry.counters()["requests"]) == [
        f"/api/v2/studies/{STUDY}"]


def test_slashes_at_the_end_of_the_base(registry):
    assert fetch(registry.url + "//").code == 0
    assert list(registry.counters()["requests"]) == [
        f"/api/v2/studies/{STUDY}"]


def test_alias_is_followed(registry):
    result = fetch(registry.url, ALIAS)
    assert result.code == 0
    found = json.loads(result.out)
    assert found["protocolSection"]["identificationModule"]["nctId"] == TARGET
    assert ALIAS in result.error and TARGET in result.error


def test_request_head():
    with Raw(study("Set-Cookie: a=b")) as raw:
        base = raw.url.replace("127.0.0.1", "localhost")
        assert fetch(base, STUDY, "--contact", "us@example.org").code == 0
    head = raw.requests[0]
    assert head.startswith(f"GET /api/v2/studies/{STUDY} HTTP/1.1\r\n")
    assert re.search(r"\r\nUser-Agent: trials/\d+\.\d+\.\d+ "
                     r"\(\+us@example\.org\)\r\n", head)
    assert re.search(r"\r\nAccept-Encoding: .*gzip", head)
    assert "Cookie" not in head and "Authorization" not in head


def test_agent_without_a_contact(registry):
    assert fetch(registry.url).code == 0
    (agent,) = registry.counters()["user_agents"]
    assert re.fullmatch(r"trials/\d+\.\d+\.\d+", agent)


def test_gzip():
    body = RECORD.read_bytes()
    with Raw(study("Content-Encoding: gzip", body=gzip.compress(body))) as raw:
        result = fetch(raw.url)
    assert result.code == 0
    assert result.out == body


def test_no_such_study(registry):
    failed(fetch(registry.url, "NCT99999998"),
           r"/studies/NCT99999998: status 404: "
           r"NCT number NCT99999998 not found$")
    assert registry.counters()["total"] == 1


def test_refused_request_is_not_repeated(registry):
    registry.fault("status", code=400,
                   body="Parameter `nctId` has \x1b[31mincorrect\x07 format"
                        "\r\nsecond line " + "x" * 5000)
    failed(fetch(registry.url),
           r"status 400: Parameter `nctId` has  \[31mincorrect  format$")
    assert registry.counters()["total"] == 1


def test_long_reason_is_cut_at_a_character(registry):
    registry.fault("status", code=418, body="é" * 4000)
    result = fetch(registry.url)
    failed(result, r"status 418: é{60,63}$")


def test_reason_that_is_no_utf8():
    with Raw(http("403 No", b"Acc\xe9s \xff\xfe refus\xc3\xa9")) as raw:
        failed(fetch(raw.url), r"status 403: Acc\?s \?\? refusé$")


def test_no_reason_at_all():
    with Raw(http("403 No")) as raw:
        failed(fetch(raw.url), r"status 403: no reason given$")


# What is no record.

def test_no_json(registry):
    registry.fault("garbage")
    failed(fetch(registry.url), rf"/studies/{STUDY}:1:\d+: ")
    assert registry.counters()["total"] == 1


def test_empty_answer(registry):
    registry.fault("empty")
    failed(fetch(registry.url), rf"/studies/{STUDY}:1:1: empty$")


def test_html(registry):
    registry.fault("html")
    failed(fetch(registry.url), r"the answer is not application/json$")
    assert registry.counters()["total"] == 1


@pytest.mark.parametrize("kind", [
    "application/json", "Application/JSON", "application/json;charset=utf-8",
    "application/json ; charset=utf-8"])
def test_content_type_of_json(kind):
    with Raw(http("200 OK", b"{}", f"Content-Type: {kind}")) as raw:
        assert fetch(raw.url).code == 0


@pytest.mark.parametrize("headers", [
    [], ["Content-Type: application/jsonp"], ["Content-Type: text/json"],
    ["Content-Type:"], ["Content-Type: application/json-patch+json"]])
def test_content_type_of_others(headers):
    with Raw(http("200 OK", b"{}", *headers)) as raw:
        failed(fetch(raw.url), r"the answer is not application/json$")


def test_cut_off_without_a_length():
    whole = RECORD.read_bytes()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    with Raw(head + whole[:len(whole) // 2]) as raw:
        failed(fetch(raw.url), rf"/studies/{STUDY}:\d+:\d+: ")


# Size.

@pytest.mark.parametrize("order", [
    {"fault": "oversize", "bytes": 16 * MiB + 1},
    {"fault": "oversize", "bytes": 16 * MiB + 1, "chunked": True},
    {"fault": "bomb", "bytes": 64 * MiB}])
def test_too_large(registry, order):
    registry.control(**order)
    failed(fetch(registry.url),
           r"the answer is larger than 16777216 bytes$")
    assert registry.counters()["total"] == 1


def test_as_large_as_may_be(registry):
    registry.control(fault="oversize", bytes=16 * MiB)
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert len(result.out) == 16 * MiB


def test_large_error_is_an_error():
    body = b"overloaded\n" + b"x" * (17 * MiB)
    with Raw(http("503 No", body)) as raw:
        failed(fetch(raw.url, STUDY, "--retries", "0"),
               r"status 503: overloaded$")


# Tries.

@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_tries_again(registry, code):
    registry.fault("status", code=code, times=2)
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert registry.counters()["total"] == 3
    assert 0.3 < result.seconds


def test_gives_up(registry):
    registry.fault("status", code=503, body="closed for today")
    failed(fetch(registry.url), r"status 503: closed for today$")
    assert registry.counters()["total"] == 3


def test_waits_grow_and_are_left_to_chance(registry):
    registry.fault("status", code=503)
    fetch(registry.url, STUDY, "--retries", "4")
    at = registry.counters(arrivals=True)["arrivals"]
    waits = [after - before for before, after in zip(at, at[1:])]
    assert len(waits) == 4
    for i, wait in enumerate(waits):
        longest = 0.25 * 2 ** i
        assert longest / 2 - 0.02 < wait < longest + 0.5, waits


@pytest.mark.parametrize("order", [
    {"fault": "close"}, {"fault": "truncate"}])
def test_lost_connection(registry, order):
    registry.control(**order, times=2)
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert json.loads(result.out)
    assert registry.counters()["total"] == 3


def test_lost_connection_for_good(registry):
    registry.fault("truncate")
    failed(fetch(registry.url), rf"/studies/{STUDY}: \S+")
    assert registry.counters()["total"] == 3


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as link:
        port = link.getsockname()[1]
    result = fetch(f"http://127.0.0.1:{port}/api/v2", STUDY, "--retries", "1")
    failed(result, r"(Failed to connect|Couldn't connect)")
    assert result.seconds < 5


@pytest.mark.parametrize("answer", [
    b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02\x02\x46", b"",
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"])
def test_no_http(answer):
    with Raw(answer) as raw:
        failed(fetch(raw.url, STUDY, "--retries", "1"),
               rf"/studies/{STUDY}: \S+")
    assert len(raw.requests) == 2


def test_time_out(registry):
    registry.fault("hang", seconds=20, times=1)
    result = fetch(registry.url, STUDY, "--timeout", "400")
    assert result.code == 0, result.error
    assert 0.4 < result.seconds < 5
    assert registry.counters()["total"] == 2


def test_time_out_of_a_slow_answer(registry):
    registry.fault("drip", bytes_per_second=100)
    result = fetch(registry.url, STUDY, "--timeout", "500", "--retries", "0")
    failed(result, r"[Tt]imed? ?out")
    assert result.seconds < 3


# Retry-After.

def test_retry_after_in_seconds(registry):
    registry.fault("status", code=429, times=1, retry_after="2")
    result = fetch(registry.url)
    assert result.code == 0, result.error
    first, second = registry.counters(arrivals=True)["arrivals"]
    assert 1.9 < second - first < 4


def test_retry_after_as_a_date():
    def soon():
        when = formatdate(int(time.time()) + 3, usegmt=True)
        yield http("503 Later", b"later", f"Retry-After: {when}")

    with Raw(soon, study()) as raw:
        result = fetch(raw.url)
    assert result.code == 0, result.error
    assert 1 < result.seconds < 6


def test_retry_after_that_is_over():
    past = formatdate(time.time() - 3600, usegmt=True)
    with Raw(http("503 Later", b"later", f"Retry-After: {past}"),
             study()) as raw:
        result = fetch(raw.url)
    assert result.code == 0, result.error
    assert result.seconds < 3


@pytest.mark.parametrize("value", ["11", "3600", "9999999999"])
def test_retry_after_too_long_to_wait(registry, value):
    registry.fault("status", code=429, times=1, retry_after=value)
    result = fetch(registry.url)
    failed(result, r"status 429")
    assert result.seconds < 3
    assert registry.counters()["total"] == 1


@pytest.mark.parametrize("value", ["soon", "-5", "", "99999999999999999999"])
def test_retry_after_that_says_nothing(registry, value):
    registry.fault("status", code=503, times=1, retry_after=value)
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert result.seconds < 4


# Redirects.

@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_redirect(registry, code):
    registry.fault("redirect", code=code, times=1,
                   location=f"/api/v2/studies/{TARGET}")
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert TARGET.encode() in result.out
    assert TARGET in result.error


def test_relative_redirect(registry):
    registry.fault("redirect", times=1, location=TARGET)
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert TARGET.encode() in result.out


def test_three_redirects_and_no_more(registry):
    for target in (TARGET, STUDY, TARGET):
        registry.fault("redirect", times=1,
                       location=f"{registry.url}/studies/{target}")
    result = fetch(registry.url)
    assert result.code == 0, result.error
    assert registry.counters()["total"] == 4


def test_loop(registry):
    registry.fault("loop")
    failed(fetch(registry.url), r"more than 3 redirects$")
    assert registry.counters()["total"] == 4


@pytest.mark.parametrize("code", [300, 303, 304, 305, 306])
def test_other_redirects_are_not_followed(registry, code):
    registry.fault("redirect", code=code,
                   location=f"/api/v2/studies/{TARGET}")
    failed(fetch(registry.url), rf"status {code}: ")
    assert registry.counters()["total"] == 1


@pytest.mark.parametrize("make", [
    lambda port: f"http://localhost:{port}/api/v2/studies/{TARGET}",
    lambda port: f"https://127.0.0.1:{port}/api/v2/studies/{TARGET}",
    lambda port: f"http://127.0.0.1/api/v2/studies/{TARGET}",
    lambda port: f"//127.0.0.1:{port + 1}/api/v2/studies/{TARGET}",
    lambda port: f"http://x@127.0.0.1:{port}/api/v2/studies/{TARGET}",
    lambda port: f"http://127.0.0.1:{port}@example.org/studies/{TARGET}",
    lambda port: "file:///etc/passwd",
    lambda port: "gopher://127.0.0.1:70/_x",
    lambda port: f"/api/v2/studies/{TARGET}?fields=NCTId"])
def test_redirect_elsewhere(registry, make):
    registry.fault("redirect", location=make(registry.port))
    failed(fetch(registry.url), r"redirected to elsewhere, \"|status 302: ")
    assert registry.counters()["total"] == 1


@pytest.mark.parametrize("path", ["/api/v2/version", "/api/v2/studies/NCTx"])
def test_redirect_to_what_is_no_study(path):
    with Raw(http("301 There", b"", f"Location: {path}"), study()) as raw:
        failed(fetch(raw.url), r"redirected to .*, which is no study$")
    assert len(raw.requests) == 2


def test_redirect_without_a_place():
    with Raw(http("301 Where")) as raw:
        failed(fetch(raw.url), r"status 301: ")
    assert len(raw.requests) == 1


def test_redirect_too_long():
    with Raw(http("301 There", b"",
                  "Location: /api/v2/" + "x" * 4000)) as raw:
        failed(fetch(raw.url), r"status 301: ")
    assert len(raw.requests) == 1


# Stopping.

def stopped(base, until, *options):
    """Starts a fetch, waits for `until`, sends SIGTERM; what it wrote to
    stderr and how long it took from there."""
    with subprocess.Popen(command(base, STUDY, *options), env=environment(),
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 10
        while not until():
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(0.1)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, error = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == b""
    return error.decode(), time.monotonic() - started


def test_stops_while_nothing_comes(registry):
    registry.fault("hang", seconds=20)
    error, seconds = stopped(registry.url,
                             lambda: registry.counters()["total"] == 1)
    assert error.endswith(": told to stop\n")
    assert seconds < 2
    assert registry.counters()["total"] == 1


def test_stops_while_it_waits(registry):
    registry.fault("status", code=503, retry_after="9")
    error, seconds = stopped(registry.url,
                             lambda: registry.counters()["total"] == 1)
    assert "status 503" in error
    assert seconds < 0.5
    assert registry.counters()["total"] == 1


# Addresses and certificates.

@pytest.mark.parametrize("base", [
    "", "registry.example/api/v2", "ftp://registry.example/api/v2",
    "file:///etc", "https://user:secret@registry.example/api/v2",
    "https://registry.example/api/v2?x", "http://[::1/api"])
def test_base_that_is_none(base):
    result = fetch(base)
    assert result.code == 2
    assert result.out == b""
    assert "not an http or https URL" in result.error


def test_contact_of_two_lines(registry):
    result = fetch(registry.url, STUDY, "--contact", "a\r\nX-Evil: 1")
    assert result.code == 2
    assert "contact" in result.error
    assert registry.counters()["total"] == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", str(folder / "key.pem"),
                    "-out", str(folder / "cert.pem")],
                   check=True, capture_output=True)
    return folder


def tls(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_trusted_certificate(certificate):
    with Raw(study(), context=tls(certificate)) as raw:
        result = fetch(raw.url, STUDY, "--ca-file",
                       str(certificate / "cert.pem"))
    assert result.code == 0, result.error
    assert json.loads(result.out)


def test_certificate_that_nobody_knows(certificate):
    with Raw(study(), context=tls(certificate)) as raw:
        result = fetch(raw.url)
    failed(result, r"certificate")
    assert raw.requests == []
    assert result.seconds < 3


def test_certificate_of_another_name(certificate):
    with Raw(study(), context=tls(certificate)) as raw:
        failed(fetch(raw.url.replace("127.0.0.1", "localhost"), STUDY,
                     "--ca-file", str(certificate / "cert.pem")),
               r"localhost")
    assert raw.requests == []


def test_certificates_that_cannot_be_read(certificate):
    with Raw(study(), context=tls(certificate)) as raw:
        failed(fetch(raw.url, STUDY, "--ca-file", "/nonexistent.pem"),
               r"/nonexistent\.pem")
