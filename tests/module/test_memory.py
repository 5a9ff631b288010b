"""Memory that cannot be had: an answer may be lost, no worker is."""

import gzip
import mmap
import os
import struct
import subprocess

import pytest

from harness import Reader, SANITIZE, key, wait_for

pytestmark = pytest.mark.skipif(
    SANITIZE, reason='the sanitizer has an allocator of its own')

IDS = ['NCT9999%04d' % n for n in range(1, 9)]
GZIP = ('Accept-Encoding', 'gzip')
REQUESTS = [
    ('/trials/%s', 'GET', [GZIP]), ('/trials/%s', 'GET', []),
    ('/trials/%s', 'HEAD', []), ('/trials/%s/print', 'GET', [GZIP]),
    ('/trials/%s', 'GET', [('Range', 'bytes=10-90')]),
    ('/trials/%s', 'GET', [('If-None-Match', '"x", W/"y"')]),
    ('/trials/%s/', 'GET', []), ('/trials/NCT123%s', 'GET', []),
    ('/around?%s', 'GET', []), ('/status?%s', 'GET', [])]

SERVER = '''
        location /trials/ { trials on; }
        location = /around { ssi on; ssi_types *; alias %s/around.html; }
        location = /status { trials_status; }
'''


@pytest.fixture
def failing(folder, monkeypatch):
    """Sets which allocations of nginx fail; returns how many have."""
    library = os.path.join(folder, 'failing_malloc.so')
    subprocess.run(['gcc', '-shared', '-fPIC', '-O1', '-o', library,
                    os.path.join(os.path.dirname(__file__),
                                 'failing_malloc.c')], check=True)
    path = os.path.join(folder, 'failing')
    with open(path, 'w+b') as f:
        f.write(bytes(8))
        f.flush()
        shared = mmap.mmap(f.fileno(), 8)
    monkeypatch.setenv('LD_PRELOAD', library)
    monkeypatch.setenv('TRIALS_FAILING', path)

    def set_every(every):
        shared[:4] = struct.pack('I', every)
        return struct.unpack('I', shared[4:])[0]

    return set_every


@pytest.mark.parametrize('zone', ['', 'trials_zone pages 4m;'])
def test_no_worker_is_lost(folder, redis, nginx, failing, zone):
    bodies = {nct_id: redis.store(nct_id)['page'] for nct_id in IDS}
    with open(os.path.join(folder, 'around.html'), 'w') as f:
        f.write('<!--# include virtual="/trials/%s/embed" -->' % IDS[0])
    server = nginx(redis, http=zone, server=SERVER % folder)
    server.tolerate(r'\[emerg\].*(malloc|posix_memalign)\(.*Cannot allocate')
    answered = 0

    for every in (2, 3, 5, 7, 11, 13, 17, 23, 31, 47, 61):
        failing(every)
        for n, (path, method, headers) in enumerate(REQUESTS * 4):
            nct_id = IDS[n % len(IDS)]
            if n % 5 == 0:
                redis.client.delete(key(nct_id))
                redis.store(nct_id)
            try:
                with Reader(server.port, 0.5) as reader:
                    answer = reader.send(path % nct_id, method,
                                         headers).receive()
            except OSError:
                continue
            answered += 1
            if answer.status == 200 and path == '/trials/%s' \
                    and method == 'GET':
                # What is said to be whole is.
                got = answer.body
                if answer.get('content-encoding') == 'gzip':
                    got = gzip.decompress(got)
                assert got == bodies[nct_id]

    failed = failing(0)
    print(failed, answered)
    assert failed > 100 and answered > 20
    wait_for(lambda: redis.trackers() == 1)
    for nct_id in IDS:
        answer = server.get('/trials/' + nct_id)
        assert answer.status == 200 and answer.body == bodies[nct_id]
