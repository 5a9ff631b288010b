"""Trials that nobody has yet: who waits, for how long, and who is told."""

import signal
import time

import pytest

from harness import EARLY, PATHS, SLOW, Reader, key, wait_for
from test_urls import is_page


TRIAL = 'NCT99990001'

WAIT = '''
        location /trials/ {
            trials on;
            trials_wait %s;
            add_header X-Trials $trials_cache_status always;
        }
'''


def all_waiting(server, redis, readers, commands=None):
    """All requests have been read, and the trial asked for."""
    wait_for(lambda: redis.wanted(), what='wanted')
    time.sleep(0.1 * SLOW)


def test_many_readers_one_fetch(redis, nginx):
    server = nginx(redis, workers=2)
    readers = server.readers(200, '/trials/' + TRIAL)
    all_waiting(server, redis, readers)

    # HMGET: one a worker, and one a worker to see whether Redis is there.
    assert 1 <= len(redis.wanted()) <= 2
    assert set(redis.wanted()) == {TRIAL}
    assert redis.calls('hmget') <= 4

    body = redis.store(TRIAL)['page']
    stored = time.monotonic()
    for reader in readers:
        r = reader.receive()
        assert r.status == 200 and r.body == body
        assert r['x-trials'] == 'MISS'
        reader.close()
    assert time.monotonic() - stored < 0.5 * SLOW

    # Each worker looked up once more.
    assert redis.calls('hmget') <= 6
    assert len(redis.wanted()) <= 2


def test_woken_within_milliseconds(redis, nginx):
    """5 ms from the document's arrival, beyond what asking for it takes."""
    server = nginx(redis)
    waited, asked = [], []
    for i in range(30):
        trial = 'NCT9999%04d' % i
        with Reader(server.port) as reader:
            reader.send('/trials/' + trial)
            wait_for(lambda: trial in redis.wanted(), interval=0.001)
            redis.store(trial)
            stored = time.monotonic()
            assert reader.receive().status == 200
            waited.append(time.monotonic() - stored)
            asked.append(reader.send('/trials/' + trial).receive().time)
    assert sorted(waited)[15] - sorted(asked)[15] < 0.005 * SLOW, (waited, asked)


def test_all_renditions_are_asked_for_once(redis, nginx):
    server = nginx(redis)
    readers = {r: server.readers(3, '/trials/' + TRIAL + PATHS[r])
               for r in PATHS}
    all_waiting(server, redis, readers)
    assert redis.wanted() == [TRIAL]

    bodies = redis.store(TRIAL)
    for rendition, waiting in readers.items():
        for reader in waiting:
            assert reader.receive().body == bodies[rendition]
            reader.close()


@pytest.mark.parametrize('state', ['absent', 'alias'])
def test_waited_for_nothing(redis, nginx, state):
    server = nginx(redis)
    with Reader(server.port) as reader:
        reader.send('/trials/' + TRIAL)
        all_waiting(server, redis, [reader])
        redis.client.hset(key(TRIAL), mapping={
            'v': '2', 'state': state, 'location': 'NCT99990002',
            'modified': '1'})
        r = reader.receive()
        assert r.status == (404 if state == 'absent' else 301)


def test_another_key_wakes_nobody(redis, nginx):
    server = nginx(redis, server=WAIT % '1s')
    with Reader(server.port) as reader:
        reader.send('/trials/' + TRIAL)
        all_waiting(server, redis, [reader])
        calls = redis.calls('hmget')
        redis.store('NCT99990002')
        redis.client.set('trials:doc:x', 'y')
        redis.client.set('trials:doc:{NCT9999000x}', 'y')
        redis.client.set('trials:doc:{NCT99990001', 'y')
        assert reader.receive().status == 503
        assert redis.calls('hmget') == calls


@pytest.mark.parametrize('wait,least,most', [('0', 0, 0.3),
                                             ('400ms', 0.4, 0.8)])
def test_time_out(redis, nginx, wait, least, most):
    server = nginx(redis, server=WAIT % wait)

    r = server.get('/trials/' + TRIAL)

    assert least - EARLY <= r.time < most * SLOW
    assert r.status == 503
    assert r['retry-after'] == '2'
    assert r['cache-control'] == 'no-store'
    assert r['x-trials'] == 'MISS'
    text = is_page(r, 'This page is being prepared')
    assert '<meta http-equiv="refresh" content="5">' in text
    assert redis.wanted() == [TRIAL]

    r = server.get('/trials/%s.json' % TRIAL)
    assert r.status == 503
    assert r.body == b'{"status":503,"error":"being prepared; try again"}\n'

    # Not asked for again and again.
    assert redis.wanted() == [TRIAL]
    body = redis.store(TRIAL)['page']
    assert server.get('/trials/' + TRIAL).body == body


def test_a_latecomer_waits_its_own_time(redis, nginx):
    server = nginx(redis, server=WAIT % '600ms')
    first, second = server.readers(1, '/trials/' + TRIAL)[0], None
    time.sleep(0.4)
    second = server.readers(1, '/trials/' + TRIAL)[0]
    a, b = first.receive(), second.receive()
    assert a.status == b.status == 503
    for r in a, b:
        assert 0.6 - EARLY <= r.time < 0.9 * SLOW
    first.close()
    second.close()


def test_deleted_and_asked_for_again(redis, nginx):
    server = nginx(redis)
    redis.store(TRIAL)
    assert server.get('/trials/' + TRIAL).status == 200

    for i in range(5):
        redis.client.delete(key(TRIAL))
        with Reader(server.port) as reader:
            reader.send('/trials/' + TRIAL)
            wait_for(lambda: len(redis.wanted()) == i + 1)
            body = redis.store(TRIAL, mark=str(i))['page']
            assert reader.receive().body == body


def test_flushed_while_waiting(redis, nginx):
    """What was asked for is gone as well: it is asked for again."""
    server = nginx(redis)
    with Reader(server.port) as reader:
        reader.send('/trials/' + TRIAL)
        all_waiting(server, redis, [reader])
        redis.client.flushall()
        wait_for(lambda: redis.wanted() == [TRIAL], what='wanted again')
        body = redis.store(TRIAL)['page']
        assert reader.receive().body == body


def test_readers_that_leave(redis, nginx):
    """FIN and RST while waiting; then the trial is written all the same."""
    server = nginx(redis)
    stays = server.readers(1, '/trials/' + TRIAL)[0]
    all_waiting(server, redis, [stays])
    before = server.connections()

    for i in range(50):
        reader = server.readers(1, '/trials/' + TRIAL)[0]
        if i % 2:
            time.sleep(0.001)
        reader.reset()
    for reader in server.readers(50, '/trials/' + TRIAL):
        reader.close()

    # nginx notices at once, not when the time is over.
    wait_for(lambda: server.connections() == before, what='connections closed')

    body = redis.store(TRIAL)['page']
    assert stays.receive().body == body
    stays.close()
    assert server.get('/trials/' + TRIAL).body == body


def test_all_readers_leave(redis, nginx):
    server = nginx(redis)
    before = server.connections()
    for reader in server.readers(20, '/trials/' + TRIAL):
        reader.reset()
    wait_for(lambda: server.connections() == before)
    body = redis.store(TRIAL)['page']
    assert server.get('/trials/' + TRIAL).body == body


def test_leave_while_the_reply_is_under_way(fake, nginx):
    """The lookup goes on without its reader."""
    hold = []

    def answer(command, connection):
        if command[0] == b'HMGET' and b'NCT0' not in command[1] and not hold:
            hold.append(1)
            time.sleep(0.3)

    redis = fake(answer)
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())
    for reader in server.readers(5, '/trials/' + TRIAL):
        wait_for(lambda: hold)
        reader.reset()
    assert server.get('/trials/' + TRIAL).body == body


def test_invalidation_outruns_the_reply(fake, nginx):
    """Written after Redis read nothing, reported before the reply came."""
    bodies = {}

    def answer(command, connection):
        if command[0] == b'HMGET' and key(TRIAL).encode() == command[1] \
                and not bodies:
            reply = b'*7\r\n' + b'$-1\r\n' * 7
            bodies.update(redis.store(TRIAL))
            redis.invalidate(key(TRIAL))
            time.sleep(0.1)
            return reply
        return None

    redis = fake(answer)
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())

    r = server.get('/trials/' + TRIAL)

    assert r.status == 200 and r.body == bodies['page']
    assert r.time < 2 * SLOW


def test_old_bytes_are_not_sent(fake, nginx):
    """The reply is what a writer replaced while it was under way."""
    bodies = {}

    def answer(command, connection):
        if command[0] == b'HMGET' and key(TRIAL).encode() == command[1] \
                and not bodies:
            reply = redis.behave(command, connection, None)
            bodies.update(redis.store(TRIAL, mark='new'))
            redis.invalidate(key('NCT99990007'), key(TRIAL))
            time.sleep(0.1)
            return reply
        return None

    redis = fake(answer)
    redis.store(TRIAL, mark='old')
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())
    assert server.get('/trials/' + TRIAL).body == bodies['page']


def test_endless_invalidations(fake, nginx):
    """A document that is written all the time is sent some time."""

    def answer(command, connection):
        if command[0] == b'HMGET' and key(TRIAL).encode() == command[1]:
            redis.invalidate(key(TRIAL))
            time.sleep(0.02)
        return None

    redis = fake(answer)
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())
    assert server.get('/trials/' + TRIAL).body == body


def test_wanted_is_refused(redis, nginx):
    """A replica takes no writes: said once; who waits may still be served."""
    server = nginx(redis, server=WAIT % '300ms')
    redis.client.set('trials:wanted', 'no stream')

    for i in range(3):
        assert server.get('/trials/NCT9999000%d' % i).status == 503
    assert server.log().count('takes no "trials:wanted"') == 1

    redis.client.delete('trials:wanted')
    assert server.get('/trials/' + TRIAL).status == 503
    assert redis.wanted() == [TRIAL]


def test_many_trials(redis, nginx):
    """Memory of trials that were waited for is given back."""
    server = nginx(redis, server=WAIT % '30ms')

    def run(first, n):
        readers = [Reader(server.port) for _ in range(40)]
        for i in range(first + 1, first + n + 1, 40):
            for j, reader in enumerate(readers):
                reader.send('/trials/NCT%08d' % (i + j))
            for reader in readers:
                assert reader.receive().status == 503
        for reader in readers:
            reader.close()

    run(0, 400)
    before = server.memory()
    run(400, 1200)
    assert server.is_flat(before, 1024)
    assert redis.client.xlen('trials:wanted') == 1600


def test_wanted_is_trimmed(redis, nginx):
    server = nginx(redis, server=WAIT % '0')
    pipe = redis.client.pipeline()
    for i in range(101000):
        pipe.xadd('trials:wanted', {'id': 'NCT%08d' % (i + 1)})
    pipe.execute()
    server.get('/trials/' + TRIAL)
    assert 100000 <= redis.client.xlen('trials:wanted') < 100500


def test_quit_waits_for_readers(redis, nginx):
    server = nginx(redis)
    reader = server.readers(1, '/trials/' + TRIAL)[0]
    all_waiting(server, redis, [reader])
    server.kill(signal.SIGQUIT)
    time.sleep(0.2)
    body = redis.store(TRIAL)['page']
    assert reader.receive().body == body
    reader.close()
    server.process.wait(3 * SLOW)
