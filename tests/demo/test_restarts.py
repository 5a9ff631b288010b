"""Redis, the refresher and the registry killed and started again, in every
order, under a small load: no worker dies, no request hangs, and the service
is back within two seconds."""

import concurrent.futures
import itertools
import json
import os
import signal
import sys
import threading
import time
import urllib.request

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from stack import Stack  # noqa: E402

PARTS = ('redis', 'refresher', 'registry')
TRIALS = [f'NCT9999{n:04d}' for n in range(1, 15)]


@pytest.fixture(scope='module')
def stack():
    with Stack('restarts') as running:
        yield running


def fetches(stack, trial):
    with urllib.request.urlopen(stack.registry_url() + '/_control',
                                timeout=5) as answer:
        return json.load(answer)['ids'].get(trial, 0)


def invalidate_all(stack):
    import socket
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(5)
        s.connect(stack.redis)
        s.sendall(b'FLUSHALL\r\n')
        assert s.recv(100).startswith(b'+OK')


def test_one_fetch_for_200_readers(stack):
    trial = 'NCT99990004'
    invalidate_all(stack)
    before = fetches(stack, trial)
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda _: stack.get(f'/trials/{trial}'),
                                range(200)))
    assert [status for status, _ in answers] == [200] * 200
    assert len({body for _, body in answers}) == 1
    assert fetches(stack, trial) == before + 1


class Load:
    """A few readers that never stop; notes each answer's time and status."""

    def __init__(self, stack, readers=4):
        self.stack = stack
        self.stopping = threading.Event()
        self.answers = []
        self.threads = [threading.Thread(target=self.read, args=(n,))
                        for n in range(readers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive(), 'a request hangs'

    def read(self, n):
        for trial in itertools.islice(itertools.cycle(TRIALS), n, None):
            if self.stopping.is_set():
                return
            began = time.monotonic()
            status, body = self.stack.get(f'/trials/{trial}', timeout=14)
            self.answers.append((began, time.monotonic() - began, status))
            if status == 200:
                assert trial.encode() in body
            else:
                assert status == 503 and b'<html' in body
            time.sleep(0.02)


@pytest.mark.parametrize('order', list(itertools.permutations(PARTS)),
                         ids='-'.join)
def test_killed_and_started_in_every_order(stack, order):
    workers = stack.workers()
    with Load(stack) as load:
        time.sleep(0.3)
        for name in order:
            stack.kill(name)
            time.sleep(0.15)
        time.sleep(0.5)
        for name in order:
            stack.start_again(name)
            time.sleep(0.15)
        started = time.monotonic()
        limit = started + 2
        back = None
        while time.monotonic() < limit:
            # Redis has come back empty: this page must be made anew.
            if stack.get('/trials/NCT99990002', timeout=14)[0] == 200:
                back = time.monotonic() - started
                break
            time.sleep(0.02)
        assert back is not None and back <= 2, f'not back within 2 s: {back}'
        time.sleep(0.5)
        later = time.monotonic()
        time.sleep(0.5)
    assert stack.workers() == workers
    settled = [a for a in load.answers if a[0] > later]
    assert settled and all(status == 200 for _, _, status in settled)
    assert max(taken for _, taken, _ in load.answers) < 11


@pytest.mark.parametrize('name', PARTS)
def test_one_killed_and_started(stack, name):
    workers = stack.workers()
    with Load(stack):
        time.sleep(0.2)
        stack.kill(name)
        time.sleep(0.4)
        stack.start_again(name)
        began = time.monotonic()
        while True:
            status, _ = stack.get('/trials/NCT99990003', timeout=14)
            if status == 200:
                break
            assert time.monotonic() - began < 2, 'not back within 2 s'
            time.sleep(0.02)
    assert stack.workers() == workers


def test_refresher_ends_on_term(stack):
    part = stack.parts['refresher']
    part.process.send_signal(signal.SIGTERM)
    assert part.process.wait(5) == 0
    stack.start_again('refresher')
