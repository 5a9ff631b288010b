#!/usr/bin/env python3
"""A stand-in for ClinicalTrials.gov's API v2, for tests and the demo.

    registry.py --listen 127.0.0.1:PORT --records DIR [--records DIR ...]
                [--log FILE] [--stamp-versions]

It serves the records of the folders under /api/v2 as the live API does, and
misbehaves on demand: POST /_control takes faults and changes of the data
set, GET /_control shows what was asked. Port 0 picks a free one; the address
is printed once it is ready. SIGTERM ends it.

Orders of POST /_control, one JSON object each:

    {"put": STUDY}  {"remove": "NCT..."}   change the data set, new build
    {"rebuild": true}                      new build of the same data
    {"reset": true}                        counters back to zero
    {"fault": "none"}                      healthy again
    {"fault": KIND, ...}                   queue a fault

Every fault takes "times" (default: until "none"), "ids" (only these studies,
also in filter.ids) and "on" ("study", "list", "version" or "other"). Kinds:
status (code, retry_after, body), limit (requests, seconds, retry_after: 429
above that), delay (seconds), hang (seconds), close, truncate, garbage, empty,
html, oversize (bytes, chunked), bomb (bytes, gzip), drip (bytes_per_second),
redirect (location, code), loop, vanish (404 and missing from lists).

A put counts as a change in the feed only if the record's own
lastUpdatePostDateStruct moved, as in the registry.
"""

import argparse
import email.utils
import gzip
import http.server
import json
import re
import select
import signal
import socket
import sys
import threading
import time
import urllib.parse
import zlib

import registry_faults
import registry_studies
from registry_studies import BadRequest, Moved, NotFound, NotHere

BASE = "/api/v2"
CONTROL_MAX = 16 * 1024 * 1024
CHUNK = 64 * 1024
PADDING_END = b'"}'
TEXT = "text/plain"
TEXT_UTF8 = "text/plain; charset=UTF-8"
JSON = "application/json"
# Paths of the real API that the stand-in has no answer for.
ELSEWHERE = frozenset(
    BASE + path for path in
    ("/studies/metadata", "/studies/search-areas", "/studies/enums",
     "/stats/size", "/stats/field/values", "/stats/field/sizes"))
HTML_404 = (b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>"
            b"\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>"
            b"nginx/1.26.2</center>\r\n</body>\r\n</html>\r\n")


class Answer:
    """A complete answer. `packed` is the gzip form of the body, if made;
    `tag` the entity tag of the data set that the body was made from."""

    def __init__(self, status, ctype, body, headers=(), packed=None):
        self.tag = None
        self.status = status
        self.ctype = ctype
        self.body = body
        self.headers = list(headers)
        self.packed = packed


class Question:
    """What a request line asks for: its kind, the studies, parameters."""

    def __init__(self, target):
        parts = urllib.parse.urlsplit(target)
        self.target = target
        self.path = parts.path
        self.query = parts.query
        self.params = dict(urllib.parse.parse_qsl(
            parts.query, keep_blank_values=True))
        self.study = None
        self.kind = "other"
        match = re.fullmatch(BASE + r"/studies/([^/]+)", parts.path)
        named = []
        if parts.path == BASE + "/version":
            self.kind = "version"
        elif parts.path == BASE + "/studies":
            self.kind = "list"
            named = re.split(r"[,|]", self.params.get("filter.ids", ""))
        elif match and parts.path not in ELSEWHERE:
            self.kind = "study"
            self.study = urllib.parse.unquote(match.group(1))
            named = [self.study]
        self.ids = {registry_studies.canonical(one) for one in named}
        self.ids.discard(None)


def accepts_gzip(header):
    for item in header.lower().split(","):
        name, _, rest = item.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return not re.search(r"q\s*=\s*0(\.0*)?\s*$", rest)
    return False


def etag_matches(header, tag):
    """The weak comparison that If-None-Match asks for."""
    return header.strip() == "*" or f'"{tag}"' in re.findall(
        r'"[^"]*"', header)


class Registry(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address, studies, log=None):
        super().__init__(address, Handler)
        self.studies = studies
        self.faults = registry_faults.Faults()
        self.counters = registry_faults.Counters()
        self.stopping = threading.Event()
        self._log = log
        self._log_lock = threading.Lock()

    def log_line(self, *fields):
        if self._log is None:
            return
        with self._log_lock:
            print(*fields, sep="\t", file=self._log, flush=True)

    def handle_error(self, request, client_address):
        """A client that goes away is nothing to report; anything else is."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)

    def answer(self, question):
        """What the healthy API says. The tag is read before the data: when
        the data set changes in between, the client gets new data under an
        old tag and asks again, never old data under a new one."""
        tag = self.studies.etag()
        answer = self._answer(question)
        answer.tag = tag
        return answer

    def _answer(self, question):
        try:
            if question.kind == "version":
                registry_studies.check_names(question.params, {})
                return self._json(self.studies.version())
            if question.kind == "list":
                hidden = self.faults.hidden()
                if hidden is None:
                    return self._json(b'{"studies":[  ]}')
                page = self.studies.page(question.params, hidden)
                return self._json(page.body())
            if question.kind == "study":
                body, packed = self.studies.study(question.study,
                                                  question.params)
                return self._json(body, packed)
        except BadRequest as error:
            return Answer(400, TEXT, str(error).encode())
        except NotFound as error:
            return Answer(404, TEXT_UTF8, str(error).encode())
        except NotHere as error:
            return Answer(501, TEXT, str(error).encode())
        except Moved as error:
            where = f"{BASE}/studies/{error}"
            if question.query:
                where += "?" + question.query
            return Answer(301, TEXT, b"", [("Location", where)])
        if question.path in ELSEWHERE:
            return Answer(501, TEXT, b"the stand-in does not do this path")
        return Answer(404, "text/html", HTML_404)

    def _json(self, body, packed=None):
        return Answer(200, JSON, body, packed=packed)

    def control(self, order):
        """Acts on one order of the control path."""
        if not isinstance(order, dict):
            raise ValueError("an order is a JSON object")
        if "fault" in order:
            self.faults.add(order)
            return {"ok": True}
        if len(order) != 1:
            raise ValueError("an order has exactly one of: fault, put, "
                             "remove, rebuild, reset")
        name, value = next(iter(order.items()))
        if name == "put":
            return {"ok": True, "id": self.studies.put(value)}
        if name == "remove":
            self.studies.remove(value)
        elif name == "rebuild":
            self.studies.rebuild()
        elif name == "reset":
            self.counters.reset()
        else:
            raise ValueError(f"unknown order {name!r}")
        return {"ok": True}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx/1.26.2"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75

    def setup(self):
        super().setup()
        self.counted = False

    def version_string(self):
        return self.server_version

    def log_message(self, format, *args):
        """The server writes its own log, one line a request."""

    def do_GET(self):
        if urllib.parse.urlsplit(self.path).path == "/_control":
            self._show_control()
            return
        if not self.counted:
            self.counted = True
            self.server.counters.connected()
        self.begun = time.monotonic()
        self.done = False
        question = Question(self.path)
        self.server.counters.begin(question.path, question.kind,
                                   question.ids,
                                   self.headers.get("User-Agent", ""))
        try:
            self._serve(question)
        finally:
            self._done(None, 0)

    do_HEAD = do_GET

    def do_POST(self):
        if self.path != "/_control":
            self.close_connection = True
            self._send_plain(405, {"error": "only /_control takes POST"})
            return
        try:
            size = int(self.headers.get("Content-Length", "0"))
            if not 0 < size <= CONTROL_MAX:
                raise ValueError("an order needs a body of a known size")
            order = json.loads(self.rfile.read(size))
            done, status = self.server.control(order), 200
        except ValueError as error:
            done, status = {"error": str(error)}, 400
            self.close_connection = True
        self._send_plain(status, done)

    def _show_control(self):
        query = urllib.parse.urlsplit(self.path).query
        shown = self.server.counters.show("arrivals=1" in query)
        shown["studies"] = len(self.server.studies)
        shown["dataTimestamp"] = self.server.studies.timestamp
        shown["faults"] = self.server.faults.pending()
        self._send_plain(200, shown)

    def _send_plain(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _serve(self, question):
        delay, fault = self.server.faults.take(question.kind, question.ids)
        if delay and self._wait(delay):
            self.close_connection = True
            return
        if fault is None:
            self._send(self.server.answer(question))
            return
        self.server.counters.faulted(fault["fault"])
        getattr(self, "_fault_" + fault["fault"])(fault, question)

    # Sending.

    def _send(self, answer):
        """Sends an answer as the live API would: validators, encoding."""
        packed = False
        status, body, headers = answer.status, answer.body, answer.headers
        if status == 200:
            headers = headers + [("Vary", "Accept-Encoding")]
            packed = accepts_gzip(self.headers.get("Accept-Encoding", ""))
            mark = f'W/"{answer.tag}"' if packed else f'"{answer.tag}"'
            headers = headers + [("ETag", mark)]
            if etag_matches(self.headers.get("If-None-Match", ""),
                            answer.tag):
                self._done(304, 0)
                self._head(304, None, headers)
                return
        if packed:
            body = answer.packed or gzip.compress(body, 1, mtime=0)
            headers = headers + [("Content-Encoding", "gzip")]
        headers = headers + [("Content-Length", str(len(body)))]
        self._done(status, len(body), packed)
        self._head(status, answer.ctype, headers)
        self._body(body)

    def _head(self, status, ctype, headers=()):
        self.send_response(status)
        if ctype:
            self.send_header("Content-Type", ctype)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _done(self, status, size, packed=False):
        """Counts and logs the request, once: before the last byte leaves,
        so that a client that has the answer finds it counted and never
        overlaps with itself. Status None is "no answer"."""
        if self.done:
            return
        self.done = True
        self.server.counters.end(status, size, packed)
        took = (time.monotonic() - self.begun) * 1000
        self.server.log_line(
            email.utils.formatdate(usegmt=True), self.command, self.path,
            status or "-", size, f"{took:.1f}ms")

    def _wait(self, seconds):
        """Waits; True if the server stops or the client goes meanwhile."""
        end = time.monotonic() + seconds
        while not self.server.stopping.is_set():
            left = end - time.monotonic()
            if left <= 0:
                return False
            ready, _, _ = select.select([self.connection], [], [],
                                        min(left, 0.05))
            if ready:
                if self.connection.recv(1, socket.MSG_PEEK) == b"":
                    return True
                self.server.stopping.wait(min(left, 0.05))
        return True

    def _body(self, body):
        if self.command != "HEAD":
            self.wfile.write(body)

    # Faults. Each takes the fault and the question.

    def _fault_status(self, fault, question):
        headers = []
        if "retry_after" in fault:
            headers.append(("Retry-After", str(fault["retry_after"])))
        body = fault.get("body", f"Error {fault['code']}").encode()
        if fault["code"] in (204, 304):
            self._done(fault["code"], 0)
            self._head(fault["code"], None, headers)
            return
        headers.append(("Content-Length", str(len(body))))
        self._done(fault["code"], len(body))
        self._head(fault["code"], TEXT, headers)
        self._body(body)

    def _fault_limit(self, fault, question):
        self._fault_status(dict(fault, code=429), question)

    def _fault_hang(self, fault, question):
        """Says nothing for a while, then hangs up."""
        self.close_connection = True
        self._wait(fault["seconds"])

    def _fault_close(self, fault, question):
        """Hangs up without a word."""
        self.close_connection = True

    def _fault_truncate(self, fault, question):
        """Promises the whole body and hangs up in the middle of it."""
        body = self.server.answer(question).body
        self.close_connection = True
        self._done(200, len(body) // 2)
        self._head(200, JSON, [("Content-Length", str(len(body)))])
        self._body(body[:len(body) // 2])

    def _fault_garbage(self, fault, question):
        """A healthy head over a body that is not JSON."""
        self._whole(JSON, b'{"protocolSection":{"identificationModule":'
                          b'{"nctId":\xff\xfe not json')

    def _fault_empty(self, fault, question):
        self._whole(JSON, b"")

    def _fault_html(self, fault, question):
        """What a proxy or a login page in between answers."""
        self._whole("text/html", b"<!DOCTYPE html><title>Welcome</title>"
                                 b"<p>Please sign in to the network.")

    def _whole(self, ctype, body):
        self._done(200, len(body))
        self._head(200, ctype, [("Content-Length", str(len(body)))])
        self._body(body)

    def _fault_oversize(self, fault, question):
        """Valid JSON of the given size, announced or (chunked) not."""
        total = max(fault["bytes"], 16)
        chunked = fault.get("chunked", False)
        self.close_connection = True
        self._head(200, JSON, [("Transfer-Encoding", "chunked") if chunked
                               else ("Content-Length", str(total))])
        for piece in _padding(total):
            if piece == PADDING_END:
                self._done(200, total)
            if chunked:
                piece = b"%x\r\n%s\r\n" % (len(piece), piece)
            self._body(piece)
        if chunked:
            self._body(b"0\r\n\r\n")

    def _fault_bomb(self, fault, question):
        """Little on the wire that gzip makes into a great deal."""
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(packer.compress(piece)
                        for piece in _padding(max(fault["bytes"], 16)))
        body += packer.flush()
        self._done(200, len(body), True)
        self._head(200, JSON, [("Content-Encoding", "gzip"),
                               ("Content-Length", str(len(body)))])
        self._body(body)

    def _fault_drip(self, fault, question):
        """The right body, ten times a second a little of it."""
        body = self.server.answer(question).body
        step = max(fault["bytes_per_second"] // 10, 1)
        self.close_connection = True
        self._head(200, JSON, [("Content-Length", str(len(body)))])
        for at in range(0, len(body), step):
            if at and self._wait(0.1):
                return
            if at + step >= len(body):
                self._done(200, len(body))
            self._body(body[at:at + step])
            self.wfile.flush()

    def _fault_redirect(self, fault, question):
        code = fault.get("code", 302)
        self._done(code, 0)
        self._head(code, TEXT, [("Location", fault["location"]),
                                ("Content-Length", "0")])

    def _fault_loop(self, fault, question):
        self._fault_redirect({"location": question.target}, question)

    def _fault_vanish(self, fault, question):
        """The study is gone, though nothing was removed."""
        nct_id = registry_studies.canonical(question.study)
        if nct_id is None:
            self._send(self.server.answer(question))
            return
        self._send(Answer(404, TEXT_UTF8,
                          f"NCT number {nct_id} not found".encode()))


def _padding(total):
    """Pieces of a JSON object that is `total` bytes long."""
    yield b'{"padding":"'
    left = total - 14
    while left > 0:
        yield b"x" * min(left, CHUNK)
        left -= CHUNK
    yield PADDING_END


def address(text):
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def arguments(argv):
    parser = argparse.ArgumentParser(
        description="A stand-in for ClinicalTrials.gov's API v2.")
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 0),
                        metavar="HOST:PORT", help="port 0 picks a free one")
    parser.add_argument("--records", action="append", required=True,
                        metavar="DIR", help="a folder of study records; "
                        "later folders win; may be repeated")
    parser.add_argument("--log", metavar="FILE",
                        help="append one line a request")
    parser.add_argument("--stamp-versions", action="store_true",
                        help="put the day of the data set into every "
                        "record's versionHolder")
    return parser.parse_args(argv)


def main(argv=None):
    options = arguments(argv)
    try:
        studies = registry_studies.Studies(options.records,
                                           options.stamp_versions)
        log = open(options.log, "a", encoding="utf-8") \
            if options.log else None
        if ":" in options.listen[0]:
            Registry.address_family = socket.AF_INET6
        server = Registry(options.listen, studies, log)
    except (OSError, ValueError) as error:
        print(f"registry.py: {error}", file=sys.stderr)
        return 1

    def stop(signum, frame):
        server.stopping.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    host, port = server.server_address[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"listening on http://{shown}:{port}{BASE}", flush=True)
    with server:
        server.serve_forever(poll_interval=0.05)
    return 0


if __name__ == "__main__":
    sys.exit(main())
