"""Documents that are in Redis."""

import gzip
import time

import pytest

from harness import PATHS, SANITIZE, Reader, TYPES, etag_of, key


TRIAL = 'NCT99990001'
GZIP = ('Accept-Encoding', 'gzip, deflate, br')
DATE = 'Tue, 14 Nov 2023 22:13:20 GMT'  # 1700000000
EARLIER = 'Tue, 14 Nov 2023 22:13:19 GMT'
LATER = 'Tue, 14 Nov 2023 22:13:21 GMT'


def test_renditions(redis, nginx):
    bodies = redis.store(TRIAL)
    server = nginx(redis)

    for rendition, path in PATHS.items():
        for headers in [], [GZIP]:
            r = server.get('/trials/' + TRIAL + path, headers=headers)

            etag = etag_of(bodies[rendition])
            assert r.status == 200
            assert r['content-type'] == TYPES[rendition]
            assert r['vary'] == 'Accept-Encoding'
            assert r['last-modified'] == DATE
            assert r['cache-control'] == 'public, max-age=60'
            assert r['x-content-type-options'] == 'nosniff'
            assert r['accept-ranges'] == 'bytes'
            assert r['x-trials'] == 'MISS'
            assert int(r['content-length']) == len(r.body)

            if headers:
                assert r['content-encoding'] == 'gzip'
                assert r['etag'] == '"%s-gz"' % etag
                assert gzip.decompress(r.body) == bodies[rendition]
            else:
                assert r.get('content-encoding') is None
                assert r['etag'] == '"%s"' % etag
                assert r.body == bodies[rendition]

    assert redis.wanted() == []


@pytest.mark.parametrize('encoding', ['identity', 'gzip'])
def test_head(redis, nginx, encoding):
    redis.store(TRIAL)
    server = nginx(redis)
    headers = [GZIP] if encoding == 'gzip' else []

    full = server.get('/trials/' + TRIAL, headers=headers)
    with Reader(server.port) as reader:
        head = reader.send('/trials/' + TRIAL, 'HEAD', headers).receive()
        again = reader.send('/trials/' + TRIAL, 'GET', headers).receive()

    def same(r):
        return [h for h in r.headers if h[0] != 'date']

    assert head.status == 200 and head.body == b''
    assert same(head) == same(full)
    assert again.body == full.body


CODINGS = [
    (None, False), ('', False), ('gzip', True), ('GZIP', True),
    ('x-gzip', True), ('*', True), ('*;q=0', False), ('gzip;q=0', False),
    ('gzip;q=0.000', False), ('gzip;q=0.001', True), ('br, gzip', True),
    ('identity', False), ('identity, gzip;q=0.5', False),
    ('gzip;q=0.5, identity;q=0.2', True), ('gzip;q=0, *', False),
    ('gzippo', False), ('deflate;q=1 , gzip ; q=0.9', True),
]


def test_accept_encoding(redis, nginx):
    bodies = redis.store(TRIAL)
    server = nginx(redis)

    for value, coded in CODINGS:
        headers = [] if value is None else [('Accept-Encoding', value)]
        r = server.get('/trials/' + TRIAL, headers=headers)
        assert (r.get('content-encoding') == 'gzip') == coded, value
        body = gzip.decompress(r.body) if coded else r.body
        assert body == bodies['page']


def test_accept_encoding_of_several_lines(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis)

    r = server.get('/trials/' + TRIAL, headers=[('Accept-Encoding', 'br'),
                                                ('Accept-Encoding', 'gzip')])

    assert r['content-encoding'] == 'gzip'


@pytest.mark.parametrize('directives', [
    'gzip on; gzip_vary on; gzip_types *; gzip_min_length 0;',
    'gzip on; gzip_types *; gzip_min_length 0;',
    'gzip_vary on;', 'gunzip on;', 'gunzip on; gzip_vary on;',
    'gzip on; gunzip on; gzip_vary on; gzip_proxied off;',
])
def test_other_filters(redis, nginx, directives):
    """One Vary, strong tags, lengths: whatever else is on."""
    bodies = redis.store(TRIAL)
    server = nginx(redis, http=directives)

    for path in ('/trials/' + TRIAL, '/trials/' + TRIAL + '.json'):
        body = bodies['json' if path.endswith('json') else 'page']
        for headers in ([], [GZIP], [GZIP, ('Via', '1.1 proxy')]):
            r = server.get(path, headers=headers)
            assert r['vary'] == 'Accept-Encoding'
            assert int(r['content-length']) == len(r.body)
            if headers:
                assert r['content-encoding'] == 'gzip'
                assert r['etag'] == '"%s-gz"' % etag_of(body)
                assert gzip.decompress(r.body) == body
            else:
                assert r['etag'] == '"%s"' % etag_of(body)
                assert r.body == body

        r = server.get(path, headers=[GZIP, ('If-None-Match', '*')])
        assert r.status == 304
        assert r['vary'] == 'Accept-Encoding'


ID = etag_of(b'x')


def conditions():
    """(headers, status, status with gzip); T and Z stand for the tags."""
    return [
        ([('If-None-Match', '"T"')], 304, 200),
        ([('If-None-Match', '"Z"')], 200, 304),
        ([('If-None-Match', 'W/"T"')], 304, 200),
        ([('If-None-Match', '"a", "b,c" ,W/"T"')], 304, 200),
        ([('If-None-Match', '*')], 304, 304),
        ([('If-None-Match', '"TT"')], 200, 200),
        ([('If-None-Match', 'T')], 200, 200),
        ([('If-Modified-Since', DATE)], 304, 304),
        ([('If-Modified-Since', LATER)], 304, 304),
        ([('If-Modified-Since', EARLIER)], 200, 200),
        ([('If-Modified-Since', 'yesterday')], 200, 200),
        ([('If-None-Match', '"a"'), ('If-Modified-Since', DATE)], 200, 200),
        ([('If-None-Match', '"T"'), ('If-Modified-Since', EARLIER)], 304, 200),
        ([('If-Match', '"T"')], 200, 412),
        ([('If-Match', 'W/"T"')], 412, 412),
        ([('If-Match', '*')], 200, 200),
        ([('If-Match', '"a", "T"')], 200, 412),
        ([('If-Unmodified-Since', DATE)], 200, 200),
        ([('If-Unmodified-Since', EARLIER)], 412, 412),
        ([('If-Unmodified-Since', LATER)], 200, 200),
        ([('If-Match', '*'), ('If-Unmodified-Since', EARLIER)], 200, 200),
        ([('If-Match', '"a"'), ('If-None-Match', '"a"')], 412, 412),
    ]


def test_conditions(redis, nginx):
    bodies = redis.store(TRIAL)
    server = nginx(redis)
    tag = etag_of(bodies['page'])

    for headers, plain, coded in conditions():
        headers = [(n, v.replace('T"', tag + '"').replace('Z"', tag + '-gz"')
                    if n.endswith('Match') else v) for n, v in headers]
        for extra, status in ([], plain), ([GZIP], coded):
            for method in 'GET', 'HEAD':
                r = server.get('/trials/' + TRIAL, method, headers + extra)
                assert r.status == status, (headers + extra, method)
                if status == 304:
                    assert r.body == b''
                    assert r['etag'] == '"%s%s"' % (tag, '-gz' if extra else '')
                    assert r['vary'] == 'Accept-Encoding'
                    assert r['cache-control'] == 'public, max-age=60'
                    assert r['last-modified'] == DATE
                    assert r.get('content-encoding') is None
                    assert r.get('content-type') is None
                    assert r.get('content-length') is None
                elif status == 412:
                    assert r.get('etag') is None
                    assert r['cache-control'] == 'no-store'


def test_ranges(redis, nginx):
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    path = '/trials/' + TRIAL
    tag = '"%s"' % etag_of(body)

    r = server.get(path, headers=[('Range', 'bytes=10-99')])
    assert r.status == 206 and r.body == body[10:100]
    assert r['content-range'] == 'bytes 10-99/%d' % len(body)
    assert r['etag'] == tag

    r = server.get(path, headers=[('Range', 'bytes=-5')])
    assert r.status == 206 and r.body == body[-5:]

    r = server.get(path, headers=[('Range', 'bytes=0-1,5-6')])
    assert r.status == 206
    assert r['content-type'].startswith('multipart/byteranges')

    r = server.get(path, headers=[('Range', 'bytes=%d-' % len(body))])
    assert r.status == 416

    for value, status in ((tag, 206), ('"other"', 200), (DATE, 206),
                          (LATER, 200)):
        r = server.get(path, headers=[('Range', 'bytes=0-3'),
                                      ('If-Range', value)])
        assert r.status == status, value

    r = server.get(path, headers=[GZIP, ('Range', 'bytes=0-1')])
    assert r.status == 206 and r.body == b'\x1f\x8b'
    r = server.get(path, headers=[GZIP, ('Range', 'bytes=0-1'),
                                  ('If-Range', tag)])
    assert r.status == 200


def test_stale(redis, nginx):
    """Due for a check: sent at once, asked for once."""
    redis.store(TRIAL, fresh=time.time() - 1)
    redis.store('NCT99990002')
    redis.client.zrem('trials:fresh', 'NCT99990002')
    server = nginx(redis)

    for i in range(20):
        for trial in (TRIAL, 'NCT99990002'):
            r = server.get('/trials/' + trial)
            assert r.status == 200
            assert r['x-trials'] == ('UPDATING' if i else 'STALE')

    assert sorted(redis.wanted()) == [TRIAL, 'NCT99990002']

    redis.client.zadd('trials:fresh', {TRIAL: 'inf'})
    assert server.get('/trials/' + TRIAL)['x-trials'] == 'MISS'


def test_pipelined_and_kept_alive(redis, nginx):
    bodies = redis.store(TRIAL)
    server = nginx(redis)

    with Reader(server.port) as reader:
        for rendition in PATHS:
            reader.send('/trials/' + TRIAL + PATHS[rendition])
        for rendition in PATHS:
            assert reader.receive().body == bodies[rendition]


def test_http_1_0_and_body(redis, nginx):
    """An old client; a GET with a body, which is nobody's business."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis)

    assert server.get('/trials/' + TRIAL, version='1.0').body == body

    with Reader(server.port) as reader:
        for _ in range(2):
            r = reader.send('/trials/' + TRIAL, body=b'x' * 70000).receive()
            assert r.status == 200 and r.body == body


def test_empty_and_large_bodies(redis, nginx):
    large = bytes(range(256)) * 4096 * 4
    redis.store(TRIAL, bodies={'page': b'', 'print': large})
    server = nginx(redis)

    for headers in [], [GZIP]:
        for path, body in ('', b''), ('/print', large):
            r = server.get('/trials/' + TRIAL + path, headers=headers)
            assert r.status == 200
            data = gzip.decompress(r.body) if headers else r.body
            assert data == body


@pytest.mark.parametrize('directives', [
    'tcp_nopush on;', 'tcp_nopush off; tcp_nodelay off;',
    'output_buffers 1 512; postpone_output 0;', 'limit_rate 200k;'])
def test_output(redis, nginx, directives):
    body = redis.store(TRIAL, bodies={'page': b'%d\n' % 7 * 40000})['page']
    server = nginx(redis, http=directives)

    for _ in range(3):
        assert server.get('/trials/' + TRIAL).body == body


def test_slow_reader(redis, nginx):
    """The bytes stay as long as somebody reads them."""
    large = bytes(range(256)) * 4096 * 8
    redis.store(TRIAL, bodies={'page': large})
    server = nginx(redis)

    with Reader(server.port) as reader:
        reader.send('/trials/' + TRIAL)
        time.sleep(0.2)
        redis.client.delete(key(TRIAL))
        redis.store(TRIAL, mark='new')
        assert server.get('/trials/' + TRIAL).status == 200
        assert reader.receive().body == large


def test_new_bytes_are_sent(redis, nginx):
    server = nginx(redis, workers=2)
    for i in range(50):
        body = redis.store(TRIAL, mark=str(i))['page']
        assert server.get('/trials/' + TRIAL).body == body


@pytest.mark.parametrize('zone', ['', 'trials_zone documents 4m;'])
def test_memory_is_flat(redis, nginx, zone):
    """A million requests would add less than ten megabytes."""
    redis.store(TRIAL)
    server = nginx(redis, http=zone)
    request = ('GET /trials/%s HTTP/1.1\r\nHost: x\r\n%s\r\n' % (TRIAL, '%s'))
    batch = ''.join(request % header for header in (
        'If-None-Match: *\r\n', 'Range: bytes=1-9\r\n',
        'Accept-Encoding: gzip\r\nRange: bytes=1-9\r\n',
        'If-Match: W/"x"\r\nAccept-Encoding: gzip\r\n')).encode() * 25

    def run(n):
        with Reader(server.port) as reader:
            for _ in range(n // 100):
                reader.socket.sendall(batch)
                for _ in range(100):
                    assert reader.receive().status in (304, 206, 412)

    run(2000)
    before = server.memory()
    run(4000 if SANITIZE else 16000)
    assert server.is_flat(before, 160)


def test_inflated_once(redis, nginx):
    """What has the same tag has the same bytes: gzip is not read again."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis)
    path = '/trials/' + TRIAL
    assert server.get(path).body == body

    redis.client.hset(key(TRIAL), 'page', gzip.compress(
        b'x' * len(body), mtime=0))
    assert server.get(path).body == body
    other = redis.store(TRIAL, mark='new')['page']
    assert server.get(path).body == other


@pytest.mark.parametrize('share', [0, 7])
def test_inflated_each_time(redis, nginx, share):
    """By a worker that is to remember nothing, or nothing so long."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, http='trials_gunzip_cache %d;' % (share * len(body)))
    path = '/trials/' + TRIAL
    assert server.get(path).body == body
    other = b'x' * len(body)
    redis.client.hset(key(TRIAL), 'page', gzip.compress(other, mtime=0))
    assert server.get(path).body == other


def test_inflated_for_long(redis, nginx):
    """More than a worker remembers: the bytes are right, its memory bounded."""
    bodies = {}
    for i in range(24):
        trial = 'NCT9999%04d' % i
        bodies[trial] = redis.store(trial, bodies={
            'page': b'%d' % i * (1 << 20), 'print': b'p' * (3 << 20)})
    server = nginx(redis)
    before = server.memory()
    with Reader(server.port) as reader:
        for _ in range(2):
            for trial, want in bodies.items():
                for rendition in 'page', 'print':
                    r = reader.send('/trials/' + trial
                                    + PATHS[rendition]).receive()
                    assert r.body == want[rendition]
    assert server.is_flat(before, 48 * 1024)
