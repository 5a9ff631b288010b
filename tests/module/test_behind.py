"""Redis that takes commands more slowly than they come, or answers none."""

import signal

import pytest

from harness import FakeRedis, Reader, SERVER, wait_for
from test_outage import TRIAL, is_unavailable


# Includes of a page, and pages: more lookups, of two commands each, than may
# be under way.
LOOKUPS = 1024
PAGES = 40

BEHIND = 'is behind: 65536 commands'

# The lookups are what is under way, not who waits for them.
OPTIONS = 'timeout=60s'
POLICY = 'trials_max_waiting 1;'


@pytest.fixture
def pages(folder):
    """Pages that include other trials each; the server that has them."""
    for page in range(PAGES):
        with open('%s/%d.html' % (folder, page), 'w') as f:
            f.writelines('<!--#include virtual="/trials/NCT%08d/embed" -->\n'
                         % (page * LOOKUPS + i) for i in range(LOOKUPS))
    return ('root %s; location ~ html$ { ssi on; output_buffers 1 1m; }'
            % folder + SERVER)


def flood(server):
    """Readers that ask for a page and leave, until Redis is behind."""
    said = server.log().count(BEHIND)
    for page in range(PAGES):
        with Reader(server.port) as reader:
            reader.send('/%d.html' % page)
            # The next answer comes when all includes have been looked up.
            assert server.get('/trials/X').status == 404
        if server.log().count(BEHIND) > said:
            return
    raise AssertionError('Redis is never behind')


def is_refused(server):
    """At once, and said in the log once."""
    for _ in range(3):
        r = server.get('/trials/' + TRIAL)
        is_unavailable(r)
        assert r.time < 1
    assert server.log().count(BEHIND) == 1


def test_more_than_redis_takes(redis, nginx, pages):
    """It is frozen: the worker keeps what it did not read."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, server=pages, options=OPTIONS, http=POLICY)
    redis.kill(signal.SIGSTOP)
    flood(server)
    is_refused(server)
    before = server.memory()

    redis.kill(signal.SIGCONT)
    r = wait_for(lambda: server.get('/trials/' + TRIAL).status == 200
                 and server.get('/trials/' + TRIAL), 10)
    assert r.body == body
    assert 'is away' not in server.log()

    # The same again: memory was given back, and the log says it anew.
    redis.kill(signal.SIGSTOP)
    flood(server)
    assert server.is_flat(before, 4096)
    redis.kill(signal.SIGCONT)
    wait_for(lambda: server.get('/trials/' + TRIAL).status == 200, 10)


def test_more_than_redis_answers(fake, nginx, pages):
    """It reads all: the worker keeps what the replies are for."""
    held = []

    def answer(command, connection):
        if command[0] == b'ZSCORE' and not held:
            raise FakeRedis.Stop

    redis = fake(answer)
    body = redis.store(TRIAL)['page']
    server = nginx(redis, server=pages, options=OPTIONS, http=POLICY)
    wait_for(lambda: 'HMGET' in redis.names())
    flood(server)
    is_refused(server)

    # A new connection begins with nothing under way.
    held.append(1)
    redis.stop()
    redis.start()
    r = wait_for(lambda: server.get('/trials/' + TRIAL).status == 200
                 and server.get('/trials/' + TRIAL), 10)
    assert r.body == body
