"""Fixtures: every test has nginx and Redis of its own, in a folder of its own.

After a test its nginx must end at QUIT, with the workers it began with, and
have nothing in its error log that would mean a fault in the module.
"""

import os
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(__file__))

import harness  # noqa: E402


@pytest.fixture
def folder():
    # Not pytest's: the path of a unix socket has at most 107 bytes.
    directory = tempfile.mkdtemp(prefix='trials-')
    os.chmod(directory, 0o755)
    yield directory
    harness.remove(directory)


@pytest.fixture
def redis(folder):
    server = harness.Redis(folder).start()
    yield server
    server.stop()


@pytest.fixture
def fake(folder):
    servers = []

    def start(answer=None, step=0):
        server = harness.FakeRedis(folder, answer, step).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def nginx(folder, request):
    """Makes an nginx: nginx(redis or an address, ...) starts it."""
    made = []

    def make(redis, start=True, ready=True, **kwargs):
        address = redis
        if isinstance(redis, (harness.Redis, harness.FakeRedis)):
            address = redis.address
        server = harness.Nginx(folder, address, **kwargs)
        made.append(server)
        if start:
            wait = ready and isinstance(redis, harness.Redis) and redis.process
            server.start(redis if wait else False)
        return server

    yield make

    faults = [fault for server in made for fault in server.stop()]
    if faults:
        log = ''.join(server.log() for server in made)
        pytest.fail('after the test:\n%s\n--- error.log\n%s'
                    % ('\n'.join(faults), log[-30000:]), pytrace=False)
