"""Upgrade and rollback, as the README defines them: documents of another engine,
and of another format, with real nginx, Redis and refresher."""

import gzip
import hashlib
import os
import signal
import sys

import pytest
import redis as redis_client

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'demo'))
sys.path.insert(0, HERE)

from existing import get, until  # noqa: E402
from stack import Stack  # noqa: E402

TRIALS = [f'NCT9999{n:04d}' for n in (1, 2, 3)]
PATH = f'/trials/{TRIALS[0]}'


class Upgrade(Stack):
    def configuration(self):
        return (super().configuration()
                .replace('trials_wait 10s;', 'trials_wait 1s;\n'
                         'add_header X-Trials $trials_cache_status always;'))

    def end(self, name):
        self.kill(name, signal.SIGTERM)


@pytest.fixture(scope='module')
def stack():
    with Upgrade('upgrade') as running:
        for trial in TRIALS:
            until(lambda: running.get(f'/trials/{trial}')[0] == 200, 20, trial)
        yield running


@pytest.fixture
def client(stack):
    made = redis_client.Redis(unix_socket_path=stack.redis)
    yield made
    made.close()


def key(trial):
    return 'trials:doc:{%s}' % trial


def as_of(client, trial, engine):
    """The document as an older engine would have made it."""
    body = gzip.decompress(client.hget(key(trial), 'page')).replace(
        b'<title>', b'<title>As it was: ')
    client.hset(key(trial), mapping={
        'engine': engine, 'hash': 'older', 'page': gzip.compress(body),
        'page:size': len(body),
        'page:etag': hashlib.sha256(body).hexdigest()[:32]})
    client.hdel(key(trial), 'page:br')
    return body


def test_another_engine(stack, client):
    """What there is is served at once, and made anew; nobody waits."""
    engine = client.hget(key(TRIALS[0]), 'engine')
    stack.end('refresher')
    old = {trial: as_of(client, trial, 'older') for trial in TRIALS}
    client.hset('trials:registry', 'engine', 'older')
    client.zadd('trials:fresh', {trial: 1 for trial in TRIALS})
    for trial in TRIALS:
        answer = get(f'{stack.url}/trials/{trial}')
        assert answer.status == 200 and answer.body == old[trial]
        assert answer.headers['X-Trials'] in ('STALE', 'UPDATING')

    # The new refresher starts, while readers go on reading.
    stack.start_again('refresher')
    for trial in TRIALS:
        def renewed():
            answer = get(f'{stack.url}/trials/{trial}')
            assert answer.status == 200
            return b'As it was' not in answer.body
        until(renewed, 20, trial)
        assert client.hget(key(trial), 'engine') == engine
    with open(os.path.join(stack.home, 'refresher.log')) as f:
        assert '"event":"engine_changed"' in f.read()


def test_a_newer_module_finds_older_documents(stack, client):
    """They are made anew when somebody asks, who waits for that."""
    client.hset(key(TRIALS[0]), 'v', '1')
    answer = get(stack.url + PATH)
    assert answer.status == 200 and TRIALS[0] in answer.text
    assert client.hget(key(TRIALS[0]), 'v') == b'2'
    with open(os.path.join(stack.home, 'error.log')) as f:
        log = f.read()
    assert TRIALS[0] in log and 'names another version of the format' in log


def test_an_older_module_finds_newer_documents(stack, client):
    """Readers are told to try again; the rest is served; rolling back the
    refresher, too, mends it."""
    stack.end('refresher')
    client.hset(key(TRIALS[0]), 'v', '3')
    answer = get(stack.url + PATH)
    assert answer.status == 503 and answer.headers['Retry-After']
    assert answer.headers['Cache-Control'] == 'no-store'
    assert b'<html' in answer.body and b'gzip' not in answer.body
    assert get(f'{stack.url}/trials/{TRIALS[1]}').status == 200
    with open(os.path.join(stack.home, 'error.log')) as f:
        assert 'names another version of the format' in f.read()

    stack.start_again('refresher')
    until(lambda: get(stack.url + PATH).status == 200, 20, 'the page')
    assert client.hget(key(TRIALS[0]), 'v') == b'2'
