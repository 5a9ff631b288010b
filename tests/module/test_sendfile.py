"""Bodies that the kernel sends from the zone's memory without a copy."""

import os
import shutil
import socket
import struct
import subprocess

import pytest

from harness import SANITIZE, SERVER, Reader, wait_for
from test_include import include, site
from test_zone import TRIAL, ZONE, becomes, kept, statuses, trusted, zoned


PATH = '/trials/' + TRIAL
OFF = SERVER.replace('trials on;', 'trials on; sendfile off;')


def pages(mark, size=40000):
    """A body that can be told from every other in every line."""
    line = b'%s %%06d\n' % mark.encode()
    return b''.join(line % i for i in range(size // len(line % 0)))


def large(redis, mark='a', size=40000, trial=TRIAL):
    return redis.store(trial, mark=mark,
                       bodies={'page': pages(mark, size)})['page']


def ready(server):
    """The zone has the body without coding and every worker sends it."""
    server.get(PATH)
    kept(server)
    return server


def taken(server):
    """What workers read from files, in bytes: sendfile counts as reading."""
    total = 0
    for pid in server.children():
        with open('/proc/%d/io' % pid) as f:
            total += int(f.readline().split()[1])
    return total


@pytest.mark.parametrize('size,headers,server,copied', [
    (40000, [], SERVER, False),
    (10000, [], SERVER, True),
    (40000, [('Accept-Encoding', 'gzip')], SERVER, True),
    (40000, [], OFF, True)], ids=['long', 'short', 'gzip', 'off'])
def test_copied(redis, nginx, size, headers, server, copied):
    body = large(redis, size=size)
    server = ready(zoned(nginx, redis, server=server))
    before = taken(server)
    for _ in range(10):
        r = server.get(PATH, headers=headers)
        assert headers or r.body == body
    n = taken(server) - before
    assert (n < len(body)) if copied else (n >= 10 * len(body))


def segments(reader):
    """Those with data that came: tcpi_data_segs_in of TCP_INFO."""
    info = reader.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return struct.unpack_from('I', info, 152)[0]


def test_header_goes_with_it(redis, nginx):
    """As one segment of loopback, which takes 64 KB, where nginx sends two."""
    body = large(redis)
    server = ready(zoned(nginx, redis))
    with Reader(server.port) as reader:
        # The first one has to do with a small window.
        assert reader.send(PATH).receive().body == body
        first = segments(reader)
        for i in range(5):
            assert reader.send(PATH).receive().body == body
            assert segments(reader) == first + i + 1


@pytest.mark.skipif(SANITIZE, reason='the sanitizer is preloaded as well')
def test_no_files_without_a_name(redis, nginx, folder, monkeypatch):
    """By copy then, which is logged."""
    library = os.path.join(folder, 'no_memfd.so')
    subprocess.run(['gcc', '-shared', '-fPIC', '-o', library, '-xc', '-'],
                   check=True, input=b'''
#include <errno.h>
int memfd_create(const char *name, unsigned flags)
{ (void) name; (void) flags; errno = ENOSYS; return -1; }''')
    monkeypatch.setenv('LD_PRELOAD', library)
    body = large(redis)
    server = ready(zoned(nginx, redis))
    assert server.get(PATH).body == body
    assert files(server.process.pid) == []
    assert 'memfd_create() failed, a trials zone is sent by copy' in server.log()


@pytest.mark.parametrize('directives', [
    'tcp_nopush on;', 'aio threads;', 'sendfile_max_chunk 8k;',
    'limit_rate 400k;', 'output_buffers 1 512; postpone_output 0;',
    'sub_filter nothing nothing;'])
def test_output(redis, nginx, directives):
    body = large(redis)
    server = ready(zoned(nginx, redis, http=directives))
    with Reader(server.port) as reader:
        for _ in range(3):
            assert reader.send(PATH).receive().body == body
            assert reader.send(PATH, 'HEAD').receive().status == 200


def test_ranges(redis, nginx):
    body = large(redis)
    server = ready(zoned(nginx, redis))
    for first, last in (0, 0), (9000, 30000), (39000, len(body) - 1):
        r = server.get(PATH, headers=[('Range', 'bytes=%d-%d' % (first, last))])
        assert r.status == 206 and r.body == body[first:last + 1]
    r = server.get(PATH, headers=[('Range', 'bytes=5-20000,30000-30009')])
    assert r.status == 206
    parts = r.body.split(b'\r\n\r\n')
    assert parts[1].startswith(body[5:20001])
    assert parts[2].startswith(body[30000:30010] + b'\r\n--')


def test_include(redis, nginx, folder):
    body = large(redis)
    page = site(folder, 'a[%s]b' % include(TRIAL))
    server = ready(zoned(nginx, redis, **page))
    assert server.get('/page.html').body == b'a[' + body + b']b'


@pytest.mark.skipif(not shutil.which('curl'), reason='needs curl')
def test_http2(redis, nginx):
    body = large(redis, size=120000)
    server = nginx(redis, http=ZONE, listen='http2')

    def curl():
        return subprocess.run(
            ['curl', '-s', '--http2-prior-knowledge', '-D', '-',
             'http://127.0.0.1:%d%s' % (server.port, PATH)],
            stdout=subprocess.PIPE, check=True).stdout.split(b'\r\n\r\n', 1)

    wait_for(lambda: b'x-trials: HIT' in curl()[0])
    before = taken(server)
    for _ in range(5):
        assert curl()[1] == body
    assert taken(server) - before >= 5 * len(body)


def slow(server):
    """A reader whose answer is under way, and stays so."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    s.settimeout(30)
    s.connect(('127.0.0.1', server.port))
    s.sendall(b'GET %s HTTP/1.1\r\nHost: trials.test\r\n'
              b'Connection: close\r\n\r\n' % PATH.encode())
    return s


def all_of(s):
    with s, s.makefile('rb') as f:
        return f.read().partition(b'\r\n\r\n')[2]


def test_under_way(redis, nginx):
    """
    What a socket has is not written over: nginx has done with the request, the
    document has changed and its room is another one's many times over.
    """
    body = large(redis)
    server = ready(zoned(nginx, redis, zone='trials_zone documents 1m;',
                         listen='sndbuf=512k'))
    idle = server.connections()
    readers = [slow(server) for _ in range(8)]
    # A worker closes them, though their readers have next to nothing yet.
    wait_for(lambda: server.connections() == idle, what='requests done')

    becomes(server, large(redis, 'b'))
    for i in range(40):
        other = 'NCT8888%04d' % i
        page = large(redis, 'c%d' % i, trial=other)
        for _ in range(3):
            assert server.get('/trials/' + other).body == page
    for reader in readers:
        assert all_of(reader) == body


def files(pid):
    """Files without a name that a process has open."""
    names = []
    for fd in os.listdir('/proc/%d/fd' % pid):
        try:
            names.append(os.readlink('/proc/%d/fd/%s' % (pid, fd)))
        except OSError:
            pass
    return [name for name in names if 'memfd:trials_zone' in name]


def test_reload(redis, nginx):
    """One file for one zone, however often it is configured anew."""
    body = large(redis)
    server = ready(zoned(nginx, redis, workers=2))
    for size in '8m', '8m', '9m', '9m', '8m':
        server.http = ZONE.replace('8m', size)
        old = server.reload()
        wait_for(lambda: not old & set(server.children()), 5, 'old workers')
        trusted(server)
        ready(server)
        assert server.get(PATH).body == body
        assert len(files(server.process.pid)) == 1
        assert all(len(files(pid)) == 1 for pid in server.children())
    assert statuses(server) == ['HIT'] * 6
