"""Redis that is away, dies, hangs, comes back, or talks nonsense."""

import re
import signal
import time

import pytest

from harness import FRESH, FakeRedis, Reader, Redis, SLOW, bulk, key, wait_for
from test_urls import is_page
from test_wait import WAIT


TRIAL = 'NCT99990001'


def is_unavailable(r):
    assert r.status == 503
    assert r['retry-after'] == '1'
    assert r['cache-control'] == 'no-store'
    is_page(r, 'This page is not available for the moment')


def back_within(server, seconds, path='/trials/' + TRIAL):
    began = time.monotonic()
    wait_for(lambda: server.get(path).status == 200, 10, 'service back')
    assert time.monotonic() - began < seconds * SLOW


def test_down_at_start(folder, nginx):
    redis = Redis(folder)
    server = nginx(redis, workers=2)
    r = server.get('/trials/' + TRIAL)
    is_unavailable(r)
    assert r.time < 0.3 * SLOW
    # The request has ended, and its connection takes the next one.
    with Reader(server.port) as reader:
        for _ in range(3):
            is_unavailable(reader.send('/trials/' + TRIAL).receive())
    # What needs no Redis is answered.
    assert server.get('/trials/nct1').status == 301
    assert server.get('/trials/X').status == 404

    time.sleep(1.5)
    redis.start()
    redis.store(TRIAL)
    back_within(server, 1.0)
    redis.stop()

    # Said once a worker, however many attempts there were.
    assert 1 <= server.log().count('is away: ') <= 4
    assert server.log().count('connect() to') <= 4


def test_killed_with_readers_waiting(redis, nginx):
    server = nginx(redis, workers=2)
    redis.store('NCT99990002')
    readers = server.readers(40, '/trials/' + TRIAL)
    wait_for(lambda: redis.wanted())
    time.sleep(0.1)

    redis.stop()
    wait_for(lambda: server.get('/trials/NCT99990002').status == 503)
    r = server.get('/trials/NCT99990002')
    is_unavailable(r)
    assert r.time < 0.3 * SLOW

    redis.start()
    # It lost what was asked for: asked for again, once a worker at most.
    wait_for(lambda: redis.wanted(), 2, 'asked for again')
    wait_for(lambda: redis.trackers() == 2)
    time.sleep(0.1)
    assert len(redis.wanted()) <= 2
    body = redis.store(TRIAL)['page']
    for reader in readers:
        assert reader.receive().body == body
        reader.close()


def test_killed_and_back_with_the_trial(redis, nginx):
    """Written while nobody could be told."""
    server = nginx(redis)
    reader = server.readers(1, '/trials/' + TRIAL)[0]
    wait_for(lambda: redis.wanted())
    redis.stop()
    time.sleep(0.2)
    redis.start()
    body = redis.store(TRIAL)['page']
    r = reader.receive()
    assert r.body == body and r.time < 2 * SLOW
    reader.close()


def test_killed_for_good(redis, nginx):
    server = nginx(redis, server=WAIT % '800ms')
    reader = server.readers(1, '/trials/' + TRIAL)[0]
    wait_for(lambda: redis.wanted())
    redis.stop()
    r = reader.receive()
    is_unavailable(r)
    assert r.time < 1.3 * SLOW
    reader.close()


def test_interrupted_lookup(fake, nginx):
    """Who asked for what may be there is not kept waiting for long."""
    held = []

    def answer(command, connection):
        if is_lookup(command) and not held:
            held.append(1)
            time.sleep(0.2)
            raise FakeRedis.Close

    redis = fake(answer)
    redis.store(TRIAL)
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())
    reader = server.readers(1, '/trials/' + TRIAL)[0]
    wait_for(lambda: held)
    redis.stop()
    r = reader.receive()
    is_unavailable(r)
    assert 1.9 < r.time < 3 * SLOW
    reader.close()


@pytest.mark.parametrize('which', ['normal', 'pubsub'])
def test_one_connection_killed(redis, nginx, which):
    """Either connection is worth nothing without the other."""
    redis.store(TRIAL)
    server = nginx(redis)
    reader = server.readers(1, '/trials/NCT99990002')[0]
    wait_for(lambda: redis.wanted())
    for client in redis.client.client_list():
        if client['cmd'] != 'client|list' and (
                (client['sub'] != '0') == (which == 'pubsub')):
            redis.client.client_kill(client['addr'])
    # A short gap is no outage: nobody gets an error.
    for _ in range(50):
        assert server.get('/trials/' + TRIAL).status == 200
    wait_for(lambda: redis.trackers() == 1)
    body = redis.store('NCT99990002')['page']
    assert reader.receive().body == body
    reader.close()


def test_frozen(redis, nginx):
    """A peer that says nothing is noticed, with and without requests."""
    redis.store(TRIAL)
    server = nginx(redis, server=WAIT % '2s', options='timeout=500ms')
    assert server.get('/trials/' + TRIAL).status == 200

    redis.kill(signal.SIGSTOP)
    first = server.readers(1, '/trials/' + TRIAL)[0]
    wait_for(lambda: 'is away: timed out' in server.log(), 3)
    r = server.get('/trials/' + TRIAL)
    is_unavailable(r)
    assert r.time < 0.3 * SLOW
    r = first.receive()
    is_unavailable(r)
    assert 1.9 <= r.time < 2.5 * SLOW
    first.close()

    redis.kill(signal.SIGCONT)
    back_within(server, 1.0)


def test_frozen_without_requests(redis, nginx):
    server = nginx(redis, options='timeout=300ms')
    redis.kill(signal.SIGSTOP)
    wait_for(lambda: 'is away: timed out' in server.log(), 3)
    redis.kill(signal.SIGCONT)
    wait_for(lambda: 'is back' in server.log(), 3)


def test_frozen_and_back_with_readers_waiting(redis, nginx):
    body = redis.store(TRIAL)['page']
    server = nginx(redis, options='timeout=300ms')
    redis.kill(signal.SIGSTOP)
    reader = server.readers(1, '/trials/' + TRIAL)[0]
    time.sleep(1)
    redis.kill(signal.SIGCONT)
    r = reader.receive()
    assert r.body == body and r.time < 2.5 * SLOW
    reader.close()


def test_password(folder, nginx):
    redis = Redis(folder, config=['--requirepass', 'p w"d'])
    redis.password = 'p w"d'
    redis.start()
    with open(folder + '/password', 'w') as f:
        f.write('p w"d\r\nsecond line\n')
    redis.store(TRIAL)
    server = nginx(redis, options='password_file=%s/password' % folder)
    assert server.get('/trials/' + TRIAL).status == 200
    redis.stop()


def test_without_the_password(folder, nginx):
    redis = Redis(folder, config=['--requirepass', 'secret'])
    redis.password = 'secret'
    redis.start()
    redis.store(TRIAL)
    server = nginx(redis, ready=False)
    wait_for(lambda: 'NOAUTH' in server.log())
    is_unavailable(server.get('/trials/' + TRIAL))
    redis.client.config_set('requirepass', '')
    back_within(server, 1.5)
    redis.stop()


def test_database(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis, options='db=3', server=WAIT % '300ms')
    assert server.get('/trials/' + TRIAL).status == 503
    redis.client.execute_command('SELECT', 0)
    redis.client.move(key(TRIAL), 3)
    redis.client.move(FRESH, 3)
    assert server.get('/trials/' + TRIAL).status == 200


def test_tcp(folder, nginx):
    from harness import free_port
    port = free_port()
    redis = Redis(folder, config=['--port', str(port)])
    redis.start()
    redis.store(TRIAL)
    server = nginx('127.0.0.1:%d' % port, workers=2)
    wait_for(lambda: redis.trackers() == 2)
    assert server.get('/trials/' + TRIAL).status == 200
    redis.stop()
    wait_for(lambda: server.get('/trials/' + TRIAL).status == 503)
    redis.start()
    redis.store(TRIAL)
    back_within(server, 1.0)
    redis.stop()


BROKEN = {
    'version': ({'v': '1'}, 'names another version'),
    'no version': ({'v': None}, 'names another version'),
    'state': ({'state': 'odd'}, 'is not one of present, absent, alias'),
    'modified': ({'modified': 'now'}, 'is no number of seconds'),
    'no body': ({'page': None}, 'body is missing'),
    'etag': ({'page:etag': '"><script>'}, 'is not hexadecimal'),
    'size': ({'page:size': '-1'}, 'is no number of bytes'),
    'other size': ({'page:size': '17'}, 'not gzip of its size'),
    'huge size': ({'page:size': '999999999999999'}, 'not gzip of its size'),
    'not gzip': ({'page': 'plain text, and not short'}, 'is not gzip'),
    'truncated': ({'page': b'\x1f\x8b\x08\0\0\0\0\0\0\3abcdefghij'},
                  'not gzip of its size'),
    'alias': ({'state': 'alias', 'location': 'NCT1'}, 'is no id'),
}


def test_broken_document(redis, nginx):
    """Said in the log with the key; the trial is asked for anew."""
    server = nginx(redis, server=WAIT % '100ms')
    for i, (what, (fields, reason)) in enumerate(BROKEN.items()):
        trial = 'NCT9999%04d' % i
        redis.store(trial)
        for name, value in fields.items():
            if value is None:
                redis.client.hdel(key(trial), name)
            else:
                redis.client.hset(key(trial), name, value)

        assert server.get('/trials/' + trial).status == 503, what
        assert re.search('"%s" is broken: .*%s' % (
            re.escape(key(trial)), reason), server.log()), what
        assert redis.wanted()[-1] == trial

        body = redis.store(trial)['page']
        assert server.get('/trials/' + trial).body == body


def test_wrong_type(redis, nginx):
    server = nginx(redis, server=WAIT % '200ms')
    redis.client.set(key(TRIAL), 'a string')
    redis.client.set(FRESH, 'another')
    assert server.get('/trials/' + TRIAL).status == 503
    assert 'the key holds no hash' in server.log()
    assert 'has no scores in "trials:fresh": "WRONGTYPE' in server.log()
    redis.client.delete(key(TRIAL), FRESH)
    redis.store(TRIAL)
    assert server.get('/trials/' + TRIAL).status == 200


def test_corrupt_body(redis, nginx):
    """Whoever takes gzip gets the bytes; whoever does not, an apology."""
    server = nginx(redis)
    redis.store(TRIAL)
    body = bytearray(redis.client.hget(key(TRIAL), 'page'))
    body[len(body) // 2] ^= 0xff
    redis.client.hset(key(TRIAL), 'page', bytes(body))
    is_unavailable(server.get('/trials/' + TRIAL))
    assert 'is corrupt: it is no gzip of' in server.log()
    wait_for(lambda: redis.wanted() == [TRIAL])


# --- a Redis that misbehaves


def is_lookup(command):
    return command[0] == b'HMGET' and command[1] == key(TRIAL).encode()


def test_byte_by_byte(fake, nginx):
    redis = fake(step=1)
    bodies = redis.store(TRIAL, fresh=1e10)
    server = nginx(redis, options='timeout=10s connect_timeout=5s')
    for rendition in 'page', 'json':
        path = '' if rendition == 'page' else '.json'
        assert server.get('/trials/' + TRIAL + path).body == bodies[rendition]
    redis.invalidate(*[key('NCT%08d' % i) for i in range(1, 20)])
    assert server.get('/trials/' + TRIAL).status == 200


NONSENSE = {
    'garbage': b'\0\1\2 what?\r\n',
    'http': b'HTTP/1.1 400 Bad Request\r\n\r\n',
    'truncated': b'*7\r\n$1\r\n1\r\n$7\r\npres',
    'huge array': b'*2000000000\r\n',
    'negative array': b'*-7\r\n',
    'huge string': b'$99999999999999999999\r\n',
    'deep': b'*1\r\n' * 40,
    'too many': b'+OK\r\n+OK\r\n+OK\r\n+OK\r\n',
    'resp3': b'%1\r\n+a\r\n+b\r\n',
}


@pytest.mark.parametrize('what', NONSENSE)
def test_nonsense_for_a_reply(fake, nginx, what):
    """The reader waits for the next connection, which is in order."""
    done = []

    def answer(command, connection):
        if is_lookup(command) and not done:
            done.append(1)
            redis.write(redis.connections[connection - 1], NONSENSE[what])
            if what == 'truncated':
                raise FakeRedis.Close
            raise FakeRedis.Stop
        return None

    redis = fake(answer)
    body = redis.store(TRIAL)['page']
    server = nginx(redis, options='timeout=500ms')
    wait_for(lambda: 'HMGET' in redis.names())
    r = server.get('/trials/' + TRIAL)
    assert done
    assert r.status == 200 and r.body == body and r.time < 3 * SLOW


@pytest.mark.parametrize('what', [b'\0\1\2', b'+HELLO\r\n',
                                  b'*3\r\n+message\r\n+x\r\n:5\r\n',
                                  b'*3\r\n+message\r\n+x\r\n*1\r\n:5\r\n',
                                  b'*3\r\n+message\r\n+x\r\n+y\r\n'])
def test_nonsense_for_a_message(fake, nginx, what):
    redis = fake()
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())
    assert server.get('/trials/' + TRIAL).status == 200
    redis.write(redis.subscribers[0], what)
    wait_for(lambda: len(redis.subscribers) == 2, what='a new pair')
    assert server.get('/trials/' + TRIAL).body == body


@pytest.mark.parametrize('exception', [FakeRedis.Reset, FakeRedis.Close,
                                       FakeRedis.Stop])
@pytest.mark.parametrize('command', [b'CLIENT', b'SUBSCRIBE', b'HMGET',
                                     b'ZSCORE', b'XADD'])
def test_lost_at_any_command(fake, nginx, command, exception):
    done = []

    def answer(words, connection):
        if words[0] == command and len(done) < 1:
            done.append(1)
            raise exception
        return None

    redis = fake(answer)
    body = redis.store(TRIAL)['page']
    redis.scores.clear()
    server = nginx(redis, options='timeout=300ms')
    wait_for(lambda: server.get('/trials/' + TRIAL).status == 200, 5)
    wait_for(lambda: done)
    wait_for(lambda: server.get('/trials/' + TRIAL).body == body, 5)


@pytest.mark.parametrize('command,error', [
    (b'CLIENT', 'LOADING Redis is loading'), (b'CLIENT', 'NOAUTH no'),
    (b'SUBSCRIBE', 'NOPERM this user'), (b'HMGET', 'MASTERDOWN x'),
    (b'HMGET', 'MOVED 3999 127.0.0.1:6381'), (b'HMGET', 'LOADING again'),
    (b'SUBSCRIBE', 'ERR max number of clients reached')])
def test_refused(fake, nginx, command, error):
    """Away for as long as the handshake fails; not tried without a pause."""
    state = {'refuse': True}

    def answer(words, connection):
        if words[0] == command and state['refuse']:
            return b'-%s\r\n' % error.encode()
        return None

    redis = fake(answer)
    redis.store(TRIAL)
    server = nginx(redis)
    wait_for(lambda: 'answered "%s"' % error in server.log())
    is_unavailable(server.get('/trials/' + TRIAL))
    time.sleep(0.3)
    assert len(redis.connections) < 20
    assert server.log().count('answered') == 1
    state['refuse'] = False
    back_within(server, 1.0)


def test_refused_after_the_handshake(fake, nginx):
    """The handshake succeeds, every lookup fails: no busy loop."""

    def answer(words, connection):
        return b'-NOPERM no access\r\n' if is_lookup(words) else None

    redis = fake(answer)
    server = nginx(redis, server=WAIT % '1500ms')
    wait_for(lambda: 'HMGET' in redis.names())
    assert server.get('/trials/' + TRIAL).status == 503
    assert len(redis.connections) < 24


def test_never_answers(fake, nginx):
    def answer(words, connection):
        raise FakeRedis.Stop

    redis = fake(answer)
    server = nginx(redis, options='timeout=200ms', server=WAIT % '1s')
    r = server.get('/trials/' + TRIAL)
    assert r.status == 503 and r.time < 1.5 * SLOW
    wait_for(lambda: 'is away: timed out' in server.log())
    r = server.get('/trials/' + TRIAL)
    is_unavailable(r)
    assert r.time < 0.3 * SLOW


def test_does_not_read(folder, nginx):
    """A listener that never accepts; at last its queue is full."""
    import socket
    path = folder + '/deaf'
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        server = nginx('unix:' + path, options='timeout=100ms')
        wait_for(lambda: 'is away: ' in server.log())
        time.sleep(1)
        is_unavailable(server.get('/trials/' + TRIAL))


def test_late_replies_belong_to_nobody(fake, nginx):
    """After a time-out nothing of the old connection counts."""
    slow = []

    def answer(words, connection):
        if is_lookup(words) and not slow:
            slow.append(1)
            time.sleep(0.8)
            return b'*7\r\n' + bulk('1') + bulk('absent') + bulk(None) \
                + bulk('1') + bulk(None) * 3
        return None

    redis = fake(answer)
    body = redis.store(TRIAL)['page']
    server = nginx(redis, options='timeout=300ms')
    wait_for(lambda: 'HMGET' in redis.names())
    assert server.get('/trials/' + TRIAL).body == body
    time.sleep(0.6)
    assert server.get('/trials/' + TRIAL).body == body


def test_many_outages(fake, nginx):
    """Connections and memory do not pile up."""
    redis = fake()
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    wait_for(lambda: 'HMGET' in redis.names())
    before = None
    for i in range(9):
        with Reader(server.port) as reader:
            wait_for(lambda: reader.send('/trials/' + TRIAL)
                     .receive().body == body)
        for connection in list(redis.connections):
            try:
                connection.shutdown(2)
            except OSError:
                pass
        if i == 2:
            before = server.memory()
    wait_for(lambda: server.get('/trials/' + TRIAL).status == 200)
    assert server.is_flat(before, 512)
    assert server.connections() < 12
