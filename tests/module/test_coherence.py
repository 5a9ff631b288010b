"""
No old bytes after a write: workers, writers, expiry, FLUSHALL, and connections
that are dropped or frozen by a proxy in between.
"""

import contextlib
import random
import socket
import threading
import time

import pytest

from harness import Reader, SANITIZE, SLOW, free_port, key, wait_for
from test_zone import trusted
from test_urls import absent


TRIALS = ['NCT9999%04d' % i for i in range(5)]


class Proxy:
    """TCP in front of Redis; knows which connections have subscribed."""

    def __init__(self, path):
        self.path = path
        self.port = free_port()
        self.listener = socket.create_server(('127.0.0.1', self.port))
        self.pairs = []
        self.flows = threading.Event()
        self.flows.set()
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.path)
            except OSError:
                client.close()
                server.close()
                continue
            pair = {'client': client, 'server': server, 'subscriber': False}
            self.pairs.append(pair)
            for a, b in (client, server), (server, client):
                thread = threading.Thread(target=self.pump, daemon=True,
                                          args=(pair, a, b))
                thread.start()
                self.threads.append(thread)

    def pump(self, pair, a, b):
        with contextlib.suppress(OSError):
            while True:
                data = a.recv(65536)
                if not data:
                    break
                if a is pair['client'] and b'SUBSCRIBE' in data:
                    pair['subscriber'] = True
                if pair['subscriber']:
                    self.flows.wait()
                b.sendall(data)
        self.end(pair)

    @staticmethod
    def end(pair):
        for s in pair['client'], pair['server']:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def drop(self, subscriber):
        for pair in list(self.pairs):
            if pair['subscriber'] == subscriber:
                self.end(pair)

    def stop(self):
        self.flows.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for pair in self.pairs:
            self.end(pair)
        for thread in self.threads:
            thread.join(5)
        for pair in self.pairs:
            pair['client'].close()
            pair['server'].close()


@pytest.fixture
def proxy(redis):
    made = Proxy(redis.path)
    yield made
    made.stop()


class Truth:
    """When each version of each trial was written, by the writer's clock."""

    def __init__(self):
        self.written = {trial: [] for trial in TRIALS}  # (version, replied)
        self.lock = threading.Lock()

    def age(self, trial, version, asked):
        """How long before asked the version had been replaced; 0: it was not."""
        with self.lock:
            for v, replied in self.written[trial]:
                if v > version:
                    return max(0.0, asked - replied)
        return 0.0


def write(redis, truth, trial, version):
    redis.store(trial, bodies={'page': b'version %d\n' % version})
    with truth.lock:
        truth.written[trial].append((version, time.monotonic()))


def writer(redis, truth, rnd, stop):
    version = 0
    while not stop.is_set():
        trial = rnd.choice(TRIALS)
        version += 1
        what = rnd.random()
        if what < 0.1:
            redis.client.unlink(key(trial))
        elif what < 0.2:
            redis.client.pexpire(key(trial), 3)
            time.sleep(0.005)
        elif what < 0.24:
            redis.client.flushall()
            absent(redis, 'NCT77777777')
            for t in TRIALS:
                version += 1
                write(redis, truth, t, version)
        write(redis, truth, trial, version)
        time.sleep(rnd.choice((0.001, 0.005, 0.02, 0.1)))


def trouble(proxy, rnd, stop):
    while not stop.wait(rnd.uniform(0.5, 1.0)):
        what = rnd.random()
        if what < 0.5:
            proxy.drop(subscriber=what < 0.25)
        else:
            proxy.flows.clear()
            stop.wait(rnd.uniform(0.05, 0.5))
            proxy.flows.set()


def reader(server, truth, rnd, stop, ages, faults):
    while not stop.is_set():
        try:
            with Reader(server.port) as connection:
                for _ in range(50):
                    trial = rnd.choice(TRIALS)
                    asked = time.monotonic()
                    r = connection.send('/trials/' + trial).receive()
                    if r.status == 503:
                        continue
                    if r.status != 200:
                        faults.append((r.status, r.body[:80]))
                        continue
                    version = int(r.body.split()[1])
                    ages.append((truth.age(trial, version, asked),
                                 r.get('x-trials')))
        except OSError as e:
            faults.append(repr(e))


def test_no_old_bytes(redis, proxy, nginx):
    seed = random.randrange(1 << 30)
    print('seed', seed)
    rnd = random.Random(seed)
    truth, stop, ages, faults = Truth(), threading.Event(), [], []

    absent(redis, 'NCT77777777')
    for i, trial in enumerate(TRIALS):
        write(redis, truth, trial, 0)
    server = nginx('127.0.0.1:%d' % proxy.port, workers=2,
                   http='trials_zone documents 4m; trials_wait 1s; trials_stale off;')
    wait_for(lambda: redis.trackers() == 2)
    trusted(server)

    threads = [threading.Thread(target=writer, args=(
        redis, truth, random.Random(seed + 1), stop))]
    threads += [threading.Thread(target=reader, args=(
        server, truth, random.Random(seed + 10 + i), stop, ages, faults))
        for i in range(3)]
    threads += [threading.Thread(target=trouble, args=(
        proxy, random.Random(seed + 2), stop))]
    for thread in threads:
        thread.start()
    time.sleep(6)
    stop.set()
    for thread in threads:
        thread.join()

    assert faults == []
    ages.sort()
    hits = [a for a, status in ages if status == 'HIT']
    said = 'seed %d: %d answers, %d hits, p99 %.1f ms, most %.1f ms, %s' % (
        seed, len(ages), len(hits), ages[len(ages) * 99 // 100][0] * 1000,
        ages[-1][0] * 1000, ages[-5:])
    print(said)
    assert len(hits) > 500 / SLOW, said
    assert ages[len(ages) * 99 // 100][0] < 0.05 * SLOW, said
    assert ages[-1][0] < 0.25 * SLOW, said

    # After the last reconnect: what was written is what is sent.
    wait_for(lambda: redis.trackers() == 2)
    trusted(server)
    for trial in TRIALS:
        version = truth.written[trial][-1][0]
        for _ in range(10):
            r = server.get('/trials/' + trial)
            assert r.body == b'version %d\n' % version


def test_frozen_tracking_is_not_trusted(redis, proxy, nginx):
    """While it cannot know, a worker asks Redis."""
    absent(redis, 'NCT77777777')
    redis.store(TRIALS[0])
    server = nginx('127.0.0.1:%d' % proxy.port, options='timeout=3s',
                   http='trials_zone documents 4m;')
    wait_for(lambda: redis.trackers() == 1)
    trusted(server)
    path = '/trials/' + TRIALS[0]
    server.get(path)
    assert server.get(path)['x-trials'] == 'HIT'

    proxy.flows.clear()
    time.sleep(0.3)
    for i in range(5):
        body = redis.store(TRIALS[0], mark=str(i))['page']
        r = server.get(path)
        assert r['x-trials'] == 'BYPASS' and r.body == body
    proxy.flows.set()
    wait_for(lambda: server.get(path)['x-trials'] == 'HIT', 1, 'trust again')
    assert server.get(path).body == body
    assert 'away' not in server.log() or SANITIZE
