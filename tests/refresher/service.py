"""A Redis, a registry stand-in and refreshers of a test's own."""

import gzip
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
import redis

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "standin"))

import harness as standin  # noqa: E402

TOP = TESTS.parent
BUILD = (TOP / os.environ.get("BUILD", "build")).resolve()
TRIALS = BUILD / "trials"
REFRESHER = BUILD / "trials-refresher"
RENDITIONS = ("page", "print", "embed", "json", "questions", "oembed", "atom")
# What is about Redis rather than about our code need not run twice.
PLAIN_ONLY = pytest.mark.skipif(BUILD.name == "asan",
                                reason="runs without sanitizers")
# How much longer things may take.
SLOW = 4 if BUILD.name == "asan" else 1
WANTED = "trials:wanted"
FRESH = "trials:fresh"


def environment(**more):
    """Without what would send the requests elsewhere."""
    kept = {key: value for key, value in os.environ.items()
            if not key.lower().endswith("_proxy")
            and not key.startswith("TRIALS_")}
    return dict(kept, **more)


def key(nct_id):
    return f"trials:doc:{{{nct_id}}}"


def until(true, limit=10.0, what="it"):
    """Waits until true() is true and returns that."""
    end = time.monotonic() + limit * SLOW
    while True:
        value = true()
        if value:
            return value
        assert time.monotonic() < end, f"{what}: not within {limit} s"
        time.sleep(0.01)


class Redis:
    """A redis-server on a socket; may be killed and started again."""

    def __init__(self, directory, *options):
        self.socket = str(directory / "redis.sock")
        assert len(self.socket) < 100
        self.directory = directory
        self.options = options
        self.address = f"unix:{self.socket}"
        self.process = None
        self.client = None

    def start(self, password=None):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket,
             "--dir", str(self.directory), "--save", "", "--appendonly", "no",
             *self.options], stdout=subprocess.DEVNULL)
        self.client = redis.Redis(unix_socket_path=self.socket,
                                  password=password)
        until(self._answers, 10, "Redis")

    def _answers(self):
        try:
            return self.client.ping()
        except redis.exceptions.ConnectionError:
            return False

    def kill(self):
        if self.process is None:
            return
        self.client.close()
        self.process.kill()
        self.process.wait()
        self.process = None

    def want(self, nct_id):
        return self.client.xadd(WANTED, {"id": nct_id})

    def document(self, nct_id):
        """The hash with names as text and bodies inflated; {} if none."""
        fields = {name.decode(): value for name, value in
                  self.client.hgetall(key(nct_id)).items()}
        for name in fields:
            if name.removesuffix(".es") in (*RENDITIONS, "xml"):
                fields[name] = gzip.decompress(fields[name])
            elif not name.endswith(":br"):
                fields[name] = fields[name].decode()
        return fields

    def state(self, nct_id):
        value = self.client.hget(key(nct_id), "state")
        return value.decode() if value else None

    def idle(self):
        """Nothing is wanted, nothing is being made."""
        if self.client.xlen(WANTED):
            return False
        groups = self.client.xinfo_groups(WANTED)
        return all(group["pending"] == 0 for group in groups)

    def await_idle(self, limit=10.0):
        until(self.idle, limit, "the end of the work")

    def await_state(self, nct_id, state, limit=10.0):
        until(lambda: self.state(nct_id) == state, limit,
              f"{nct_id} {state}")


class Refresher:
    """A running trials-refresher."""

    def __init__(self, service, name, *options):
        self.path = service.directory / f"{name}.log"
        with open(self.path, "wb") as log:
            self.process = subprocess.Popen(
                [str(REFRESHER), "--redis", service.redis.address,
                 "--registry", service.registry_url, "--rate", "0",
                 *map(str, options)],
                env=environment(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)
        until(lambda: self.events("started") or self._ended(), 40, "started")

    def _ended(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: "
                                 + self.text())
        return False

    def text(self):
        return self.path.read_text("utf-8")

    def log(self):
        """All lines but one that is being written."""
        return [json.loads(line) for line in
                self.text().rpartition("\n")[0].splitlines()]

    def events(self, name=None, **fields):
        return [entry for entry in self.log()
                if (name is None or entry["event"] == name)
                and all(entry.get(k) == v for k, v in fields.items())]

    def await_event(self, name, limit=10.0, **fields):
        return until(lambda: self.events(name, **fields), limit, name)[0]

    def stop(self, limit=5.0):
        """Ends it as systemd does; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self):
        self.process.kill()
        self.process.wait()


class Service:
    def __init__(self, directory):
        self.directory = directory
        self.redis = Redis(directory)
        self.registry = None
        self.registry_url = None
        self.refreshers = []

    def start(self):
        self.redis.start()
        self.start_registry()

    def start_registry(self):
        """Again on the same port, once it had one."""
        port = 0
        if self.registry is not None:
            port = self.registry.port
        self.registry = standin.Registry(port=port)
        self.registry_url = self.registry.url

    def refresher(self, *options):
        refresher = Refresher(self, f"refresher-{len(self.refreshers)}",
                              *options)
        self.refreshers.append(refresher)
        return refresher

    def fetches(self, nct_id):
        """How often the registry was asked for it, by itself or in a list."""
        counters = self.registry.counters()
        return (counters["ids"].get(nct_id, 0)
                + counters["listed"].get(nct_id, 0))

    def stop(self):
        """Ends everything; says what a refresher left behind."""
        faults = []
        for refresher in self.refreshers:
            if refresher.process.poll() is None:
                try:
                    code = refresher.stop(15)
                except subprocess.TimeoutExpired:
                    code = "nothing within 15 s"
                if code != 0:
                    faults.append(f"ended with {code}")
            text = refresher.text()
            if "Sanitizer" in text or "runtime error" in text:
                faults.append(text[-3000:])
        self.registry.stop()
        self.redis.kill()
        assert not faults, "\n".join(faults)
