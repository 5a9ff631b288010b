"""Directives of policy, trials_status, HTTP/2 and bounds on waiting."""

import json
import re
import shutil
import signal
import subprocess
import time

import pytest

from harness import PATHS, SANITIZE, Nginx, Reader, SLOW, key, wait_for
from test_hit import GZIP
from test_urls import absent, is_page
from test_zone import ZONE, trusted


TRIAL = 'NCT99990001'
OTHER = 'NCT99990002'


def spanish(redis):
    fields = redis.client.hgetall(key(TRIAL))
    redis.client.hset(key(TRIAL), mapping={
        re.sub(rb'^(page|print)', rb'\1.es', n): v for n, v in fields.items()
        if n.startswith((b'page', b'print'))})


def test_headers_by_default(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis)

    for rendition, path in PATHS.items():
        r = server.get('/trials/' + TRIAL + path)
        assert r['cache-control'] == 'public, max-age=60'
        assert r['x-content-type-options'] == 'nosniff'
        assert r['referrer-policy'] == 'same-origin'
        policy = r.get('content-security-policy')
        if rendition == 'json':
            assert policy is None
            continue
        directives = dict(d.strip().split(' ', 1) for d in policy.split(';'))
        assert directives['default-src'] == "'none'"
        assert directives['script-src'] == "'self'"
        assert directives['base-uri'] == "'none'"
        assert directives['frame-ancestors'] == (
            '*' if rendition == 'embed' else "'self'")

    # The pages of the module's own are pages as well.
    for path in 'X', 'nct1':
        r = server.get('/trials/' + path)
        assert "default-src 'none'" in r['content-security-policy']


def test_policy_directives(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis, http='trials_cache_control "public, max-age=9";',
                   server='''
        location /a/ { trials on; trials_security_headers off; }
        location /b/ { trials on; trials_cache_control off;
            trials_frame_ancestors 'self' https://x.example; }
        location /c/ { trials on; expires 1h; trials_cache_control private; }
        location /d/ { trials on; expires 1h; }''')

    r = server.get('/a/' + TRIAL)
    assert r['cache-control'] == 'public, max-age=9'
    for name in ('x-content-type-options', 'referrer-policy',
                 'content-security-policy'):
        assert r.get(name) is None

    r = server.get('/b/%s/embed' % TRIAL)
    assert r.get('cache-control') is None
    assert r['content-security-policy'].endswith(
        "; frame-ancestors 'self' https://x.example")
    assert server.get('/b/' + TRIAL)['content-security-policy'].endswith(
        "frame-ancestors 'self'")

    # "expires" replaces what is there.
    assert server.get('/d/' + TRIAL)['cache-control'] == 'max-age=3600'


def test_accept_language(redis, nginx):
    redis.store(TRIAL)
    spanish(redis)
    server = nginx(redis, http='absolute_redirect off;', server='''
        location /trials/ { trials on; trials_accept_language on; }
        location /off/ { trials on; }''')

    def get(path, language, *headers):
        return server.get(path, headers=[('Accept-Language', language),
                                         *headers])

    for path in '', '/print':
        r = get('/trials/' + TRIAL + path + '?a=b', 'es-MX,es;q=0.9,en;q=0.8')
        assert r.status == 302
        assert r['location'] == '/trials/es/' + TRIAL + path + '?a=b'
        assert r['vary'] == 'Accept-Language'
        assert r['cache-control'] == 'no-cache'
        r = get(r['location'], 'es')
        assert r.status == 200
        assert r['vary'] == 'Accept-Encoding, Accept-Language'

    for path, language in (('', 'en, es;q=0.9'), ('', 'fr'), ('', '*'),
                           ('.json', 'es'), ('/embed', 'es'), ('', 'es, en')):
        assert get('/trials/' + TRIAL + path, language).status == 200, language

    # Who comes from the site itself may have chosen English there.
    r = get('/trials/' + TRIAL, 'es', (
        'Referer', 'http://trials.test/trials/es/' + TRIAL))
    assert r.status == 200
    assert get('/trials/' + TRIAL, 'es', (
        'Referer', 'https://search.example/')).status == 302
    r = get('/off/' + TRIAL, 'es')
    assert r.status == 200 and r['vary'] == 'Accept-Encoding'
    server.http += 'gzip_vary on;'
    old = server.reload()
    wait_for(lambda: not old & set(server.children()))
    r = get('/trials/' + TRIAL, 'en')
    assert sorted(r.all('vary')) == ['Accept-Encoding', 'Accept-Language']


STATUS = '''
        location = /status { trials_status; }
        location = /json { trials_status json; }
        location /trials/ {
            trials on;
            add_header X-Trials $trials_cache_status always;
        }
'''


def parse(text):
    """Prometheus's text format: {name: {labels: value}}, or an error."""
    metrics, types, helps = {}, {}, set()
    assert text.endswith('\n')
    for line in text.splitlines():
        if line.startswith('# HELP '):
            name = line.split(' ')[2]
            assert name not in helps
            helps.add(name)
            continue
        if line.startswith('# TYPE '):
            name, kind = line.split(' ')[2:]
            assert name not in types and name not in metrics and name in helps
            assert kind in ('counter', 'gauge', 'histogram')
            types[name] = kind
            continue
        m = re.fullmatch(r'([a-z_][a-z0-9_]*)(?:\{((?:[a-z_]+="[^"\\\n]*",?)+)'
                         r'\})? (\d+(?:\.\d+)?)', line)
        assert m, line
        name, labels, value = m.groups()
        base = re.sub('_(bucket|sum|count)$', '', name)
        kind = types.get(name) or types[base]
        if kind == 'counter':
            assert name.endswith('_total')
        assert labels not in metrics.setdefault(name, {}), line
        metrics[name][labels] = float(value)
    for name, kind in types.items():
        if kind != 'histogram':
            assert name in metrics
            continue
        buckets = [(float(k[4:-1].replace('+', '')), v)
                   for k, v in metrics[name + '_bucket'].items()]
        assert buckets == sorted(buckets) and buckets[-1][0] == float('inf')
        assert [v for _, v in buckets] == sorted(v for _, v in buckets)
        assert metrics[name + '_count'][None] == buckets[-1][1]
    return metrics


def status(server, path='/status'):
    return parse(server.get(path).body.decode())


def test_status(redis, nginx):
    redis.store(TRIAL)
    absent(redis, 'NCT77777777')
    server = nginx(redis, workers=2, http=ZONE + 'trials_wait 300ms;',
                   server=STATUS)
    trusted(server)
    before = status(server)
    for _ in range(5):
        server.get('/trials/' + TRIAL)
    redis.store(OTHER)
    server.get('/trials/NCT99990003')

    r = server.get('/status')
    assert r['content-type'] == 'text/plain; version=0.0.4; charset=utf-8'
    assert r['cache-control'] == 'no-store'
    assert int(r['content-length']) == len(r.body)
    after = parse(r.body.decode())

    def more(name, labels=None):
        return after['trials_' + name][labels] - before['trials_' + name][labels]

    assert more('requests_total', 'status="HIT"') == 4
    assert more('requests_total', 'status="MISS"') == 1
    assert more('invalidations_total') == 2  # one a worker
    assert more('waits_total') == 1 and more('wakes_total') == 0
    assert more('zone_stores_total') == 1 and more('zone_documents') == 1
    assert more('zone_used_bytes') == 2 * 8192 or more('zone_used_bytes') > 0
    assert more('redis_reply_seconds_count') >= 2
    for name in 'workers', 'workers_connected', 'workers_trusting':
        assert after['trials_' + name][None] == 2

    r = server.get('/json')
    assert r['content-type'] == 'application/json'
    values = json.loads(r.body)
    assert values['requests_total']['HIT'] == after['trials_requests_total'][
        'status="HIT"']
    assert set(values) == {n[7:] for n in after if 'reply' not in n} | {
        'redis_reply_seconds'}
    assert json.loads(server.get('/status?format=json').body)
    assert parse(server.get('/json?format=prometheus').body.decode())
    head = server.get('/status', 'HEAD')
    assert head.status == 200 and head.body == b''
    assert server.get('/status', 'POST').status == 405

    redis.stop()
    wait_for(lambda: status(server)['trials_workers_connected'][None] == 0, 3)
    assert status(server)['trials_workers'][None] == 2


def test_status_without_a_zone(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis, server=STATUS)
    server.get('/trials/' + TRIAL)
    values = status(server)
    assert values['trials_requests_total']['status="MISS"'] == 1
    assert values['trials_zone_size_bytes'][None] == 0


def test_status_errors(nginx):
    for text, message in (
            ('location / { trials_status xml; }', 'invalid format "xml"'),
            ('location / { trials_status; trials_status; }', 'duplicate')):
        code, said = nginx('unix:/a', start=False, server=text).test()
        assert code == 1 and message in said
    code, said = nginx(None, start=False,
                       server='location / { trials_status; }').test()
    assert code == 1 and '"trials_status" is on in location "/"' in said


def test_max_waiting(redis, nginx):
    """Beyond the bound 503 comes at once; room is made when readers go."""
    server = nginx(redis, workers=2, http='trials_max_waiting 10;',
                   server=STATUS)
    readers = server.readers(10, '/trials/' + TRIAL)
    wait_for(lambda: status(server)['trials_waiting'][None] == 10)
    for trial in TRIAL, OTHER:
        r = server.get('/trials/' + trial)
        assert r.status == 503 and r.time < 0.3 * SLOW
        assert r['retry-after'] == '2'
        is_page(r, 'This page is being prepared')
    assert status(server)['trials_turned_away_total'][None] == 2
    # Who was turned away has asked for it all the same.
    assert redis.wanted().count(OTHER) >= 1

    readers.pop().reset()
    wait_for(lambda: status(server)['trials_waiting'][None] == 9)
    readers += server.readers(1, '/trials/' + OTHER)
    wait_for(lambda: status(server)['trials_waiting'][None] == 10)
    body = redis.store(TRIAL)['page']
    other = redis.store(OTHER)['page']
    for reader in readers:
        r = reader.receive()
        assert r.status == 200 and r.body in (body, other)
        reader.close()
    assert status(server)['trials_waiting'][None] == 0
    assert status(server)['trials_wakes_total'][None] == 10


def test_a_thousand_waiting(redis, nginx):
    """All are served at once, and their memory comes back."""
    server = nginx(redis, workers=2, server=STATUS, http=ZONE)
    n = 300 if SLOW > 1 else 1000
    for _ in range(2):
        redis.client.unlink(key(TRIAL))
        time.sleep(0.05)
        readers = server.readers(n, '/trials/' + TRIAL)
        wait_for(lambda: status(server)['trials_waiting'][None] == n, 10)
        assert redis.wanted().count(TRIAL) <= 4
        stored = time.monotonic()
        body = redis.store(TRIAL)['page']
        for reader in readers:
            assert reader.receive().body == body
        assert time.monotonic() - stored < 1.5 * SLOW
        for reader in readers:
            reader.close()
    assert status(server)['trials_wakes_total'][None] == 2 * n


@pytest.mark.skipif(not shutil.which('curl'), reason='needs curl')
def test_http2(redis, nginx):
    """Over HTTP/2: from the zone, waiting, and reset while waiting."""
    body = redis.store(TRIAL)['page']
    absent(redis, 'NCT77777777')
    server = nginx(redis, server=STATUS, http=ZONE, listen='http2')

    def curl(path, *args, wait=True):
        command = ['curl', '-s', '--http2-prior-knowledge', '-D', '-', *args,
                   'http://127.0.0.1:%d%s' % (server.port, path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        return process.communicate()[0] if wait else process

    for i in range(3):
        said = curl('/trials/' + TRIAL)
        head, got = said.split(b'\r\n\r\n', 1)
        assert head.startswith(b'HTTP/2 200') and got == body
    assert b'x-trials: HIT' in head
    assert b'HTTP/2 304' in curl('/trials/' + TRIAL, '-H', 'If-None-Match: *')
    assert b'HTTP/2 200' in curl('/trials/' + TRIAL, '-I')

    # Two on one connection; then a reset while one waits.
    waiting = curl('/trials/' + OTHER, wait=False)
    leaving = [curl('/trials/' + OTHER, '-m', '0.3', wait=False)
               for _ in range(3)]
    for process in leaving:
        process.communicate()
        assert process.returncode == 28
    other = redis.store(OTHER)['page']
    assert waiting.communicate()[0].endswith(other)
    assert curl('/trials/' + OTHER).endswith(other)


def frame(kind, flags, stream, payload=b''):
    """Of HTTP/2: RFC 9113, section 4.1."""
    return (len(payload).to_bytes(3, 'big') + bytes([kind, flags])
            + stream.to_bytes(4, 'big') + payload)


def http2_request(stream, path):
    """HEADERS that end the stream; names and values as they are."""
    fields = ((':method', 'GET'), (':scheme', 'http'), (':path', path),
              (':authority', 'trials.test'))
    return frame(1, 5, stream, b''.join(
        b'\0%c%s%c%s' % (len(n), n.encode(), len(v), v.encode())
        for n, v in fields))


def test_http2_reset(redis, nginx):
    """RST_STREAM while waiting: that reader goes, the connection's others stay."""
    server = nginx(redis, server=STATUS, listen='http2')
    status_of = nginx_status(server)
    with Reader(server.port) as reader:
        reader.socket.sendall(
            b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0)
            + b''.join(http2_request(n, '/trials/' + OTHER) for n in (1, 3, 5)))
        wait_for(lambda: status_of('trials_waiting') == 3)
        reader.socket.sendall(frame(3, 0, 1, (8).to_bytes(4, 'big')))
        wait_for(lambda: status_of('trials_waiting') == 2)
        other = redis.store(OTHER)['page']

        bodies, ended = {}, set()
        while ended != {3, 5}:
            head = reader.file.read(9)
            payload = reader.file.read(int.from_bytes(head[:3], 'big'))
            stream = int.from_bytes(head[5:], 'big')
            assert stream != 1
            if head[3] == 0:
                bodies[stream] = bodies.get(stream, b'') + payload
            if head[3] in (0, 1) and head[4] & 1:
                ended.add(stream)
        assert bodies == {3: other, 5: other}
    assert status_of('trials_wakes_total') == 2


def test_http2_slow_reader(redis, nginx):
    """Frames that are queued keep their bytes, though the entry is long gone."""
    large = bytes(range(256)) * 2000
    redis.store(TRIAL, bodies={'page': large})
    server = nginx(redis, server=STATUS, http='trials_zone documents 16m;',
                   listen='http2')
    absent(redis, 'NCT77777777')
    with Reader(server.port) as reader:
        def read():
            head = reader.file.read(9)
            payload = reader.file.read(int.from_bytes(head[:3], 'big'))
            return head, payload if head[3] == 0 else b''

        # Twice: from Redis, and from the zone.
        reader.socket.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
                              + frame(4, 0, 0))
        for stream in 1, 3:
            reader.socket.sendall(http2_request(stream, '/trials/' + TRIAL))
            got = b''
            # The stream's window is full at this, and stays so.
            while len(got) < 65535:
                got += read()[1]
            for i in range(3):
                redis.store(TRIAL, mark=str(i), bodies={
                    'page': bytes([i]) * len(large)})
                time.sleep(0.03)
            for n in 0, stream:
                reader.socket.sendall(frame(8, 0, n, (1 << 24).to_bytes(4, 'big')))
            while len(got) < len(large):
                got += read()[1]
            assert got == large
            redis.store(TRIAL, bodies={'page': large})
            time.sleep(0.05)


def nginx_status(server):
    """What trials_status says, read by HTTP/2, as the server speaks that only."""
    def read(name):
        said = subprocess.check_output([
            'curl', '-s', '--http2-prior-knowledge',
            'http://127.0.0.1:%d/status' % server.port])
        return parse(said.decode())[name][None]
    return read


@pytest.mark.skipif(SANITIZE, reason='its memory is the sanitizer\'s')
def test_readers_cost_what_they_cost_nginx(redis, nginx, folder):
    """Idle connections beside a static file's, waiting ones beside limit_req's."""
    redis.store(TRIAL)
    with open(folder + '/file', 'w') as f:
        f.write('x' * 9000)
    ours = nginx(redis, http=ZONE, server=STATUS)
    peer = Nginx(folder + '/peer', None, http='''
        limit_req_zone $server_port zone=one:1m rate=1r/m;''', server='''
        location = /file { alias %s/file; }
        location = /delayed { limit_req zone=one burst=9999; alias %s/file; }
        ''' % (folder, folder)).start()

    def each(server, path, answered, n=500):
        # What is taken once for all.
        for _ in range(3):
            server.get('/trials/' + TRIAL if server is ours else '/file')
        before = server.memory()
        readers = server.readers(n, path)
        if answered:
            for reader in readers:
                reader.receive()
        else:
            time.sleep(0.5)
        used = (server.memory() - before) * 1024 / n
        for reader in readers:
            reader.reset()
        return used

    try:
        idle = each(ours, '/trials/' + TRIAL, True), each(peer, '/file', True)
        waiting = (each(ours, '/trials/' + OTHER, False),
                   each(peer, '/delayed', False))
    finally:
        faults = peer.stop()
    print(idle, waiting)
    assert faults == []
    assert idle[0] < idle[1] + 256
    assert waiting[0] < waiting[1] * 1.25


@pytest.mark.parametrize('number', [signal.SIGQUIT, signal.SIGHUP])
def test_idle_connections(redis, nginx, number):
    """They cost what they cost nginx, and keep no worker from ending."""
    body = redis.store(TRIAL)['page']
    absent(redis, 'NCT77777777')
    server = nginx(redis, server=STATUS, http=ZONE)
    trusted(server)
    n = 200 if SLOW > 1 else 1500
    readers = [Reader(server.port) for _ in range(n)]
    memory = []
    for _ in range(4):
        for reader in readers:
            reader.send('/trials/' + TRIAL, headers=[GZIP])
        for reader in readers:
            assert reader.receive().status == 200
        memory.append(server.memory())
    assert server.is_flat(memory[1], 1024), memory
    if number == signal.SIGHUP:
        old = server.reload()
        wait_for(lambda: not old & set(server.children()), 5)
        assert server.get('/trials/' + TRIAL).body == body
    for reader in readers:
        reader.close()
