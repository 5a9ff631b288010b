"""The zone of shared memory in front of Redis."""

import gzip
import re
import signal
import threading
import time

import pytest

from harness import EARLY, PATHS, SERVER, SLOW, Reader, body_of, etag_of, key, wait_for
from test_hit import DATE, GZIP, conditions
from test_urls import absent, is_page, site


TRIAL = 'NCT99990001'
PROBE = 'NCT77777777'
ZONE = 'trials_zone documents 8m;'


def zoned(nginx, redis, http='', zone=ZONE, **kwargs):
    """An nginx whose workers trust their zone."""
    absent(redis, PROBE)
    server = nginx(redis, http=zone + http, **kwargs)
    trusted(server)
    return server


def trusted(server):
    """Waits until no worker passes the zone by."""
    good = []

    def asked():
        with Reader(server.port) as reader:
            reader.send('/trials/' + PROBE)
            status = reader.receive().get('x-trials')
        good.append(status != 'BYPASS')
        return all(good[-12:]) and len(good) >= 12

    wait_for(asked, what='trust')


def statuses(server, path='/trials/' + TRIAL, n=6, headers=()):
    return [server.get(path, headers=headers)['x-trials'] for _ in range(n)]


def kept(server):
    """All from the zone, once the last worker has been told of the change."""
    wait_for(lambda: statuses(server) == ['HIT'] * 6, 2, 'HIT', 0)


def becomes(server, body, path='/trials/' + TRIAL):
    """No old bytes after a moment, from any worker."""
    wait_for(lambda: server.get(path).body == body, 1, 'new bytes', 0)
    for _ in range(10):
        assert server.get(path).body == body


@pytest.fixture
def warm(redis, nginx):
    """A trial that both workers send from the zone."""
    bodies = redis.store(TRIAL)
    server = zoned(nginx, redis, workers=2)
    server.get('/trials/' + TRIAL)
    server.get('/trials/' + TRIAL)
    kept(server)
    server.bodies = bodies
    return server


def test_one_miss_for_all_workers(redis, nginx):
    """Every rendition in every coding, and Redis is asked once for each."""
    bodies = redis.store(TRIAL)
    brotli = b'\x0b\x02\x80page in brotli\x03'
    redis.client.hset(key(TRIAL), 'page:br', brotli)
    server = zoned(nginx, redis, workers=2)
    before = redis.calls('hmget')

    for rendition, path in PATHS.items():
        for i in range(8):
            for encoding in '', 'gzip', 'gzip, br':
                r = server.get('/trials/' + TRIAL + path,
                               headers=[('Accept-Encoding', encoding)])
                first = i == 0 and encoding == ''
                assert r['x-trials'] == ('MISS' if first else 'HIT')
                tag = etag_of(bodies[rendition])
                if 'br' in encoding and rendition == 'page':
                    assert r['content-encoding'] == 'br'
                    assert r.body == brotli and r['etag'] == '"%s-br"' % tag
                elif encoding:
                    assert r['content-encoding'] == 'gzip'
                    assert gzip.decompress(r.body) == bodies[rendition]
                    assert r['etag'] == '"%s-gz"' % tag
                else:
                    assert r.get('content-encoding') is None
                    assert r.body == bodies[rendition]
                    assert r['etag'] == '"%s"' % tag
                assert int(r['content-length']) == len(r.body)
                assert r['vary'] == 'Accept-Encoding'
                assert r['last-modified'] == DATE

    assert redis.calls('hmget') - before == len(PATHS)


def test_conditions_and_ranges(warm):
    tag = etag_of(warm.bodies['page'])
    path = '/trials/' + TRIAL

    for headers, plain, coded in conditions():
        headers = [(n, v.replace('T"', tag + '"').replace('Z"', tag + '-gz"')
                    if n.endswith('Match') else v) for n, v in headers]
        for extra, status in ([], plain), ([GZIP], coded):
            for method in 'GET', 'HEAD':
                r = warm.get(path, method, headers + extra)
                assert r.status == status and r['x-trials'] == 'HIT'
                if status == 304:
                    assert r.body == b'' and r['vary'] == 'Accept-Encoding'

    body = warm.bodies['page']
    for value, want in (('10-99', body[10:100]), ('-5', body[-5:]),
                        ('8700-8701', body[8700:8702]),
                        ('8190-8195', body[8190:8196])):
        r = warm.get(path, headers=[('Range', 'bytes=' + value)])
        assert r.status == 206 and r.body == want
    r = warm.get(path, headers=[('Range', 'bytes=0-1,8191-8192,-1')])
    assert r.status == 206 and body[8191:8193] in r.body
    r = warm.get(path, headers=[('Range', 'bytes=0-3'), ('If-Range', 'W/"x"')])
    assert r.status == 200 and r.body == body


CHANGES = {
    'written': lambda redis: redis.store(TRIAL, mark='new'),
    'deleted': lambda redis: redis.client.unlink(key(TRIAL)),
    'expired': lambda redis: redis.client.pexpire(key(TRIAL), 30),
    'renamed': lambda redis: redis.client.rename(key(TRIAL), key('NCT1')),
    'absent': lambda redis: absent(redis, TRIAL),
    'flushed': lambda redis: redis.client.flushall(),
}


@pytest.mark.parametrize('what', CHANGES)
def test_changed(redis, warm, what):
    """Soon no worker has the old bytes, and the new ones are kept again."""
    CHANGES[what](redis)
    old = warm.bodies['page']

    def gone():
        with Reader(warm.port) as reader:
            reader.send('/trials/' + TRIAL)
            reader.socket.settimeout(0.1)
            try:
                return reader.receive().body != old
            except TimeoutError:
                return True

    wait_for(gone, 1, 'old bytes gone', 0)
    assert all(gone() for _ in range(6))
    becomes(warm, redis.store(TRIAL, mark='newer')['page'])
    kept(warm)


def test_rewritten_alike(redis, warm):
    """Reported as well: one more lookup, and the zone has it again."""
    redis.store(TRIAL)
    wait_for(lambda: 'MISS' in statuses(warm, n=1), 1, 'invalidated', 0)
    kept(warm)


def test_no_such_thing(redis, nginx):
    """What is known not to be there, or elsewhere, is known to all."""
    absent(redis, TRIAL)
    absent(redis, 'NCT99990002', state='alias', location='NCT99990003')
    server = zoned(nginx, redis, workers=2, http='absolute_redirect off;')
    for i in range(6):
        r = server.get('/trials/' + TRIAL)
        assert r.status == 404 and r['x-trials'] == ('HIT' if i else 'MISS')
        r = server.get('/trials/NCT99990002/print')
        assert r.status == 301 and r['location'] == '/trials/NCT99990003/print'
        assert r['x-trials'] == ('HIT' if i else 'MISS')

    site(redis, 'als', page=b'a list')
    for i in range(3):
        r = server.get('/trials/als/feed.atom')
        assert r.status == 404 and r['x-trials'] == ('HIT' if i else 'MISS')


def test_max_age(redis, nginx, folder):
    """However well Redis tells of changes: nothing is kept for longer."""
    redis.store(TRIAL)
    server = zoned(nginx, redis, http='trials_max_age 300ms;', server='''
        location /trials/ {
            trials on;
            add_header X-Trials $trials_cache_status always;
            add_header X-Age $trials_age;
        }''')
    assert statuses(server, n=3) == ['MISS', 'HIT', 'HIT']
    time.sleep(0.35)
    assert statuses(server, n=2)[0] == 'EXPIRED'


def test_swapped_databases(redis, nginx):
    """The one change that Redis tells nobody of: the bound is what helps."""
    redis.store(TRIAL)
    server = zoned(nginx, redis, http='trials_max_age 200ms;')
    statuses(server, n=2)
    body = redis.store(TRIAL, mark='new')['page']
    becomes(server, body)
    redis.client.copy(key(TRIAL), key(TRIAL), destination_db=1)
    redis.client.copy('trials:fresh', 'trials:fresh', destination_db=1)
    old = redis.store(TRIAL, mark='old')['page']
    becomes(server, old)
    redis.client.swapdb(0, 1)
    wait_for(lambda: server.get('/trials/' + TRIAL).body == body, 1, 'swapped')


def test_age(redis, nginx):
    redis.store(TRIAL)
    server = zoned(nginx, redis, server='''
        location /trials/ {
            trials on;
            add_header X-Trials $trials_cache_status;
            add_header X-Age $trials_age;
        }''')
    assert server.get('/trials/' + TRIAL)['x-age'] == '0'
    time.sleep(1.05)
    r = server.get('/trials/' + TRIAL)
    assert r['x-trials'] == 'HIT' and r['x-age'] in '12'
    assert server.get('/trials/X').get('x-age') is None


def test_due_for_a_check(redis, nginx):
    """Sent at once; said of each who asked, and what comes is noticed."""
    redis.store(TRIAL, fresh=time.time() - 1)
    server = zoned(nginx, redis)
    assert statuses(server, n=5) == ['STALE'] + ['UPDATING'] * 4
    assert redis.wanted() == [TRIAL]
    # A check that finds nothing new writes no document.
    redis.client.zadd('trials:fresh', {TRIAL: time.time() + 60})
    wait_for(lambda: statuses(server, n=1) == ['HIT'], 2, 'fresh again')


def test_becomes_due(redis, nginx):
    redis.store(TRIAL, fresh=time.time() + 1)
    server = zoned(nginx, redis)
    assert statuses(server, n=2) == ['MISS', 'HIT']
    wait_for(lambda: statuses(server, n=1)[0] in ('STALE', 'UPDATING'), 2)
    assert redis.wanted() == [TRIAL]


STALE = '''
        location /trials/ {
            trials on;
            trials_stale %s;
            add_header X-Trials $trials_cache_status always;
        }
'''


def test_redis_is_away(redis, nginx):
    """What was read before goes on being sent, for as long as that may be."""
    body = redis.store(TRIAL)['page']
    server = zoned(nginx, redis, workers=2, server=STALE % '1500ms' + '''
        location /never/ { trials on; trials_stale off; }''')
    statuses(server)
    server.get('/never/' + TRIAL)
    redis.stop()
    wait_for(lambda: set(statuses(server)) == {'STALE'}, 1, 'STALE', 0)
    r = server.get('/trials/' + TRIAL, headers=[GZIP])
    assert gzip.decompress(r.body) == body and r.time < 0.1 * SLOW
    assert server.get('/never/' + TRIAL).status == 503
    assert server.get('/trials/NCT99990002').status == 503
    time.sleep(1.6)
    r = server.get('/trials/' + TRIAL)
    assert r.status == 503 and r.get('x-trials') is None

    redis.start()
    body = redis.store(TRIAL, mark='new')['page']
    wait_for(lambda: redis.trackers() == 2, 2)
    becomes(server, body)


def test_stale_switches(redis, nginx):
    """As those of proxy_cache_use_stale: each by itself."""
    locations = {'error': 'error 1m', 'updating': 'updating', 'off': 'off'}
    server = nginx(redis, http=ZONE, server=SERVER + ''.join('''
        location /%s/ { trials on; trials_stale %s; trials_wait 600ms;
            add_header X-Trials $trials_cache_status always; }
        ''' % item for item in locations.items()))
    absent(redis, PROBE)
    trusted(server)
    body = redis.store(TRIAL, fresh=time.time() - 1)['page']

    r = server.get('/updating/' + TRIAL)
    assert r.body == body and r['x-trials'] in ('STALE', 'UPDATING')
    # Without "updating" a reader waits for the check, however long it takes.
    for name in 'error', 'off':
        r = server.get('/%s/%s' % (name, TRIAL))
        assert r.status == 503 and 0.6 - EARLY <= r.time < 1.2 * SLOW
        is_page(r, 'This page is being prepared')
    assert redis.wanted() == [TRIAL]

    # One that finds nothing new, and one that does.
    def score():
        redis.client.zadd('trials:fresh', {TRIAL: time.time() + 60})
    for check in score, lambda: redis.store(TRIAL, mark='new'):
        redis.client.hset(key(TRIAL), 'x', 'y')
        redis.client.zadd('trials:fresh', {TRIAL: 1})
        time.sleep(0.05)
        readers = server.readers(3, '/off/' + TRIAL)
        time.sleep(0.1)
        check()
        for reader in readers:
            r = reader.receive()
            assert r.status == 200 and r['x-trials'] in ('MISS', 'EXPIRED')
            reader.close()

    # While Redis is away it is "error" that counts.
    statuses(server, '/error/' + TRIAL)
    redis.stop()
    wait_for(lambda: server.get('/off/' + TRIAL).status == 503, 3)
    assert server.get('/error/' + TRIAL)['x-trials'] == 'STALE'
    assert server.get('/updating/' + TRIAL).status == 503


def test_flushed_and_away(redis, warm):
    """What was thrown away is not what is fallen back upon."""
    redis.client.flushall()
    time.sleep(0.2)
    redis.stop()
    wait_for(lambda: warm.get('/trials/' + TRIAL).status == 503, 2)


def test_reload_keeps_it(redis, warm):
    old = warm.reload()
    wait_for(lambda: not old & set(warm.children()), 5, 'old workers gone')
    assert set(statuses(warm)) <= {'HIT', 'BYPASS'}
    becomes(warm, redis.store(TRIAL, mark='new')['page'])


def test_reload_with_another_size(redis, warm):
    """Another zone: what the old workers have goes with them."""
    warm.http = warm.http.replace('8m', '9m')
    old = warm.reload()
    wait_for(lambda: not old & set(warm.children()), 5, 'old workers gone')
    trusted(warm)
    body = redis.store(TRIAL, mark='new')['page']
    becomes(warm, body)
    kept(warm)
    warm.http = warm.http.replace('documents 9m', 'other 9m')
    old = warm.reload()
    wait_for(lambda: not old & set(warm.children()), 5, 'old workers gone')
    becomes(warm, body)


def test_slow_readers(redis, nginx):
    """Bytes stay until they are sent, though the entry is long gone."""
    large = bytes(range(256)) * 3000
    redis.store(TRIAL, bodies={'page': large})
    server = zoned(nginx, redis, zone='trials_zone documents 16m;')
    wait_for(lambda: statuses(server, n=1) == ['HIT'])
    server.get('/trials/' + TRIAL)
    readers = server.readers(4, '/trials/' + TRIAL)
    time.sleep(0.1)
    for i in range(5):
        other = bytes([i]) * len(large)
        becomes(server, redis.store(TRIAL, mark=str(i),
                                    bodies={'page': other})['page'])
    for reader in readers:
        assert reader.receive().body == large
        reader.close()


@pytest.mark.parametrize('directives', [
    'tcp_nopush on;', 'output_buffers 1 512; postpone_output 0;',
    'limit_rate 500k;', 'gzip on; gzip_types *; gunzip on;'])
def test_output(redis, nginx, directives):
    body = redis.store(TRIAL, bodies={'page': b'%d\n' % 7 * 40000})['page']
    server = zoned(nginx, redis, http=directives)
    for _ in range(3):
        for headers in [], [GZIP]:
            r = server.get('/trials/' + TRIAL, headers=headers)
            data = gzip.decompress(r.body) if headers else r.body
            assert data == body
    assert r['x-trials'] == 'HIT'


def test_small_zone(redis, nginx):
    """More than there is room for: the bytes are right all the same."""
    bodies = {}
    for i in range(60):
        trial = 'NCT8888%04d' % i
        bodies[trial] = redis.store(trial, bodies={
            'page': b'%s\n' % trial.encode() * (i * 300 + 1)})['page']
    redis.store(TRIAL, bodies={'print': b'x' * 400000})
    server = zoned(nginx, redis, workers=2, zone='trials_zone documents 1m;')
    for _ in range(4):
        for trial, body in bodies.items():
            assert server.get('/trials/' + trial).body == body
    # More than its share of the zone: sent, not kept.
    r = [server.get('/trials/' + TRIAL + '/print') for _ in range(3)]
    assert all(x.body == b'x' * 400000 for x in r)
    assert server.log().count('no memory') == 0


def load(server, paths, bodies, stop, faults, served):
    while not stop.is_set():
        try:
            with Reader(server.port) as reader:
                for path in paths * 3:
                    r = reader.send(path).receive()
                    if r.status != 200 or r.body not in bodies[path]:
                        faults.append((path, r.status, r.body[:60]))
                    served.append(r.get('x-trials'))
        except (OSError, ValueError):
            pass


def test_killed_workers(redis, nginx):
    """SIGKILL at any moment, under load and change: nothing hangs or lies."""
    trials = ['NCT9999%04d' % i for i in range(12)]
    bodies = {}
    for trial in trials:
        bodies['/trials/' + trial] = {redis.store(trial)['page']}
    server = zoned(nginx, redis, workers=2, zone='trials_zone documents 1m;')
    server.tolerate(r'exited on signal 9')
    server.keep_pids = False
    stop, faults, served = threading.Event(), [], []
    threads = [threading.Thread(target=load, args=(
        server, list(bodies), bodies, stop, faults, served))
        for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(12):
        trial = trials[i]
        bodies['/trials/' + trial].add(body_of(trial, 'page', str(i)))
        redis.store(trial, mark=str(i))
        time.sleep(0.02 + i * 0.004)
        pids = server.children()
        if pids:
            server.kill(signal.SIGKILL, pids[i % len(pids)])
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert served.count('HIT') > 20 / SLOW
    wait_for(lambda: len(server.children()) == 2)
    wait_for(lambda: redis.trackers() == 2)
    trusted(server)
    for trial in trials:
        becomes(server, redis.store(trial, mark='last')['page'],
                '/trials/' + trial)


def test_killed_with_slow_readers(redis, nginx):
    """What a dead worker held is let go by its successor."""
    large = bytes(range(256)) * 2000
    server = zoned(nginx, redis, zone='trials_zone documents 8m;')
    server.tolerate(r'exited on signal 9')
    server.keep_pids = False
    for i in range(30):
        body = redis.store(TRIAL, mark=str(i), bodies={
            'page': large + b'%d' % i})['page']
        wait_for(lambda: statuses(server, n=1) == ['HIT'])
        readers = server.readers(2, '/trials/' + TRIAL)
        time.sleep(0.01)
        if i % 6 == 5:
            server.kill(signal.SIGKILL, server.children()[0])
            wait_for(lambda: server.children())
            wait_for(lambda: redis.trackers() == 1)
            wait_for(lambda: server.get('/trials/' + TRIAL).status == 200)
        for reader in readers:
            reader.reset()
        becomes(server, body)


ERRORS = [
    ('trials_zone;', 'invalid number of arguments in "trials_zone" directive'),
    ('trials_zone a 1m; trials_zone b 1m;',
     '"trials_zone" directive is duplicate'),
    ('trials_zone a x;', 'invalid zone size "x"'),
    ('trials_zone "" 1m;', '"trials_zone" directive has an empty name'),
    ('trials_zone a 64k;', 'trials zone "a" is too small, it needs'),
    ('trials_max_age x;', '"trials_max_age" directive invalid value'),
    ('trials_max_waiting x;', 'invalid number'),
    ('trials_stale soon;', '"trials_stale" directive invalid value'),
    ('trials_stale 1s; trials_stale off;', 'directive is duplicate'),
    ('trials_stale off 1s;', '"trials_stale" directive invalid value'),
    ('trials_stale error error;', '"trials_stale" directive invalid value'),
    ('trials_stale 1s updating 2s;', 'has more than one time'),
    ('trials_frame_ancestors "a; script-src *";', 'invalid source "a; script'),
    ('limit_req_zone $uri zone=a:1m rate=1r/s; trials_zone a 1m;',
     'is already bound to key'),
]


@pytest.mark.parametrize('directives,message', ERRORS[:-1],
                         ids=range(len(ERRORS) - 1))
def test_errors(nginx, directives, message):
    code, text = nginx('unix:/a', start=False, http=directives).test()
    assert code == 1 and message in text, text


def test_zone_of_another_module(nginx):
    code, text = nginx('unix:/a', start=False, http='''
        limit_req_zone $uri zone=a:1m rate=1r/s; trials_zone a 1m;''').test()
    assert code == 1
    assert re.search('zone "a" is already declared|conflicts', text), text
