"""Fail-over: sentinels name another primary, and the refresher goes there."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service import PLAIN_ONLY, Service, key, until

pytestmark = PLAIN_ONLY
STUDY, OTHER = "NCT99990001", "NCT99990003"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    def __init__(self, directory, name, *options, sentinel=False):
        self.port = free_port()
        path = directory / f"{name}.conf"
        path.write_text("\n".join((f"port {self.port}", "bind 127.0.0.1",
                                   f"dir {directory}") + options) + "\n",
                        "ascii")
        self.process = subprocess.Popen(
            ["redis-server", str(path)] + ["--sentinel"] * sentinel,
            stdout=subprocess.DEVNULL)
        # A sentinel cuts the connections of a server that it promotes.
        self.client = redis.Redis(
            port=self.port, retry=Retry(NoBackoff(), 3),
            retry_on_error=[redis.exceptions.ConnectionError])
        until(self._answers, 10, name)

    def _answers(self):
        try:
            return self.client.ping()
        except redis.exceptions.ConnectionError:
            return False

    def kill(self):
        self.client.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def cluster():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="trials-"))
    servers = []
    service = Service(directory)
    try:
        plain = ('save ""', "repl-diskless-sync-delay 0")
        primary = Server(directory, "primary", *plain)
        servers.append(primary)
        replica = Server(directory, "replica", *plain,
                         f"replicaof 127.0.0.1 {primary.port}")
        servers.append(replica)
        watcher = Server(
            directory, "sentinel",
            f"sentinel monitor trials 127.0.0.1 {primary.port} 1",
            "sentinel down-after-milliseconds trials 300",
            "sentinel failover-timeout trials 2000", sentinel=True)
        servers.append(watcher)
        service.start_registry()
        yield service, primary, replica, watcher
    finally:
        for refresher in service.refreshers:
            refresher.stop()
        service.registry.stop()
        for server in servers:
            server.kill()
        shutil.rmtree(directory, ignore_errors=True)


def test_a_fail_over(cluster):
    service, primary, replica, watcher = cluster
    service.redis.address = (f"sentinel:trials@127.0.0.1:{free_port()},"
                             f"127.0.0.1:{watcher.port}")
    refresher = service.refresher()
    primary.client.xadd("trials:wanted", {"id": STUDY})
    until(lambda: replica.client.hget(key(STUDY), "state") == b"present")
    until(lambda: watcher.client.execute_command(
        "SENTINEL", "replicas", "trials"))

    primary.kill()
    refresher.await_event("redis_away")
    until(lambda: replica.client.info("replication")["role"] == "master", 20)
    replica.client.xadd("trials:wanted", {"id": OTHER})
    until(lambda: replica.client.hget(key(OTHER), "state") == b"present")
    refresher.await_event("redis_back")
