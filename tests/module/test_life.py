"""nginx's own life: reload, quit, workers that end."""

import shutil
import signal
import subprocess
import threading
import time

import pytest

from harness import Reader, SANITIZE, SLOW, wait_for
from test_wait import WAIT


TRIAL = 'NCT99990001'


def gone(server, pids):
    wait_for(lambda: not set(pids) & set(server.children()), 5,
             'old workers gone')


def test_reload_with_readers_waiting(redis, nginx):
    """The old workers end when the last of their readers is served."""
    server = nginx(redis, workers=2)
    readers = server.readers(20, '/trials/' + TRIAL)
    wait_for(lambda: redis.wanted())
    time.sleep(0.1)

    old = server.reload()
    time.sleep(0.2)
    assert old & set(server.children())

    body = redis.store(TRIAL)['page']
    for reader in readers:
        assert reader.receive().body == body
        reader.close()
    gone(server, old)
    assert server.get('/trials/' + TRIAL).body == body


def test_reload_is_quick_without_readers(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis, workers=2)
    for _ in range(3):
        old = server.reload()
        wait_for(lambda: not old & set(server.children()), 1, 'old workers')
        assert server.get('/trials/' + TRIAL).status == 200
    wait_for(lambda: redis.trackers() == 2)


def test_reload_under_load(redis, nginx):
    """No reader gets anything but the page."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, workers=2)
    stop = threading.Event()
    faults, served = [], [0]

    def load():
        while not stop.is_set():
            try:
                r = server.get('/trials/' + TRIAL,
                               headers=[('Connection', 'close')])
            except OSError as e:
                # A connection that was never accepted by the old worker.
                if not isinstance(e, ConnectionResetError):
                    faults.append(repr(e))
                continue
            if r.status != 200 or r.body != body:
                faults.append((r.status, r.body[:80]))
            served[0] += 1

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    all_old = set()
    for _ in range(10):
        all_old |= server.reload()
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert served[0] > 100 / SLOW
    gone(server, all_old)
    wait_for(lambda: redis.trackers() == 2, what='no connection left behind')


def test_reload_while_redis_is_away(redis, nginx):
    server = nginx(redis)
    redis.stop()
    wait_for(lambda: server.get('/trials/' + TRIAL).status == 503)
    old = server.reload()
    gone(server, old)
    redis.start()
    redis.store(TRIAL)
    wait_for(lambda: server.get('/trials/' + TRIAL).status == 200, 2)


def test_shutdown_timeout(redis, nginx):
    """Readers that wait longer than the worker may are let go."""
    server = nginx(redis, main='worker_shutdown_timeout 500ms;',
                   server=WAIT % '60s')
    readers = server.readers(10, '/trials/' + TRIAL)
    wait_for(lambda: redis.wanted())
    time.sleep(0.1)
    began = time.monotonic()
    old = server.reload()
    gone(server, old)
    assert 0.4 < time.monotonic() - began < 2 * SLOW
    for reader in readers:
        with pytest.raises(ConnectionResetError):
            reader.receive()
        reader.close()
    body = redis.store(TRIAL)['page']
    assert server.get('/trials/' + TRIAL).body == body


def test_terminate_with_readers_waiting(redis, nginx):
    server = nginx(redis)
    readers = server.readers(10, '/trials/' + TRIAL)
    wait_for(lambda: redis.wanted())
    server.kill(signal.SIGTERM)
    server.process.wait(3 * SLOW)
    for reader in readers:
        reader.close()


def test_killed_worker(redis, nginx):
    """The others serve on, and the next one begins anew."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, workers=2)
    server.tolerate(r'exited on signal 9')
    server.keep_pids = False
    readers = server.readers(10, '/trials/NCT99990002')
    wait_for(lambda: redis.wanted())
    time.sleep(0.1)
    killed = server.pids[0]
    server.kill(signal.SIGKILL, killed)
    wait_for(lambda: len(server.children()) == 2
             and killed not in server.children())
    wait_for(lambda: redis.trackers() == 2)
    for _ in range(20):
        assert server.get('/trials/' + TRIAL).body == body
    other = redis.store('NCT99990002')['page']
    served = 0
    for reader in readers:
        try:
            assert reader.receive().body == other
            served += 1
        except ConnectionResetError:
            pass
        reader.close()
    assert server.get('/trials/NCT99990002').body == other


def test_reader_that_is_slow_to_ask(redis, nginx):
    """A request that began before the quit comes after it."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    with Reader(server.port) as reader:
        reader.socket.sendall(b'GET /trials/' + TRIAL.encode()
                              + b' HTTP/1.1\r\nHost: x\r\n')
        time.sleep(0.1)
        server.kill(signal.SIGQUIT)
        time.sleep(0.3)
        reader.socket.sendall(b'\r\n')
        assert reader.receive().body == body
    server.process.wait(3 * SLOW)


def test_one_process(redis, nginx):
    """Without a master, as when debugging."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, start=False)
    server.write()
    text = open(server.configuration).read()
    import harness
    with open(server.configuration, 'w') as f:
        f.write(text.replace('master_process on', 'master_process off'))
    server.process = subprocess.Popen(server.command(),
                                      env=server.environment(),
                                      stdin=subprocess.DEVNULL)
    server.keep_pids = False
    harness.wait_for(server.listens)
    assert server.get('/trials/' + TRIAL).body == body
    server.kill(signal.SIGQUIT)
    server.process.wait(3 * SLOW)


def test_cache_manager_does_not_connect(redis, nginx, folder):
    """Only workers serve, so only they connect."""
    server = nginx(redis, ready=False, http='''
        proxy_cache_path %s/cache keys_zone=z:1m;''' % folder)
    server.keep_pids = False
    time.sleep(0.3)
    assert redis.trackers() == 1
    assert redis.client.info('clients')['connected_clients'] == 3


@pytest.mark.skipif(SANITIZE or not shutil.which('valgrind'),
                    reason='needs valgrind, and no sanitizer beside it')
def test_valgrind(redis, nginx, folder):
    """No memory is read before it was written, none twice freed."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, start=False,
                   http='trials_zone documents 2m; trials_wait 300ms;')
    server.write()
    with open(server.configuration) as f:
        text = f.read()
    with open(server.configuration, 'w') as f:
        f.write(text.replace('master_process on', 'master_process off'))
    server.process = subprocess.Popen(
        ['valgrind', '--error-exitcode=9', '--log-file=%s/valgrind' % folder,
         *server.command()], stdin=subprocess.DEVNULL)
    server.keep_pids = False
    wait_for(server.listens, 20, 'nginx under valgrind')
    wait_for(lambda: redis.trackers() == 1, 10)
    for headers in [], [('Accept-Encoding', 'gzip')], [('Range', 'bytes=1-9')]:
        for _ in range(4):
            r = server.get('/trials/' + TRIAL, headers=headers)
            assert r.status in (200, 206)
    assert server.get('/trials/NCT99990002').status == 503
    redis.store(TRIAL, mark='new')
    redis.client.flushall()
    redis.stop()
    time.sleep(0.2)
    redis.start()
    body = redis.store(TRIAL)['page']
    wait_for(lambda: server.get('/trials/' + TRIAL).body == body, 10)
    server.kill(signal.SIGQUIT)
    assert server.process.wait(20) == 0
    with open(folder + '/valgrind') as f:
        assert 'ERROR SUMMARY: 0 errors' in f.read()
