"""Trials within other pages: server-side includes."""

import gzip
import time

import pytest

from harness import PATHS, SERVER, SLOW, wait_for
from test_urls import absent
from test_wait import WAIT


TRIAL = 'NCT99990001'
OTHER = 'NCT99990002'


def site(folder, page, trials=SERVER, **kwargs):
    with open(folder + '/page.html', 'w') as f:
        f.write(page)
    return dict(server='''
        root %s;
        location = /page.html { ssi on; %s }''' % (
            folder, kwargs.get('directives', '')) + trials)


def include(path, extra=''):
    return '<!--#include virtual="/trials/%s" %s-->' % (path, extra)


@pytest.mark.parametrize('rendition', PATHS)
def test_include(redis, nginx, folder, rendition):
    """Always without coding, whatever the reader accepts."""
    bodies = redis.store(TRIAL)
    server = nginx(redis, **site(
        folder, 'a[%s]b' % include(TRIAL + PATHS[rendition])))
    want = b'a[' + bodies[rendition] + b']b'

    assert server.get('/page.html').body == want
    r = server.get('/page.html', headers=[
        ('Accept-Encoding', 'gzip'), ('If-None-Match', '*'),
        ('If-Modified-Since', 'Tue, 14 Nov 2030 22:13:20 GMT'),
        ('Range', 'bytes=0-1')])
    assert r.body == want and r.get('content-encoding') is None
    assert server.get('/page.html', 'HEAD').status == 200


def test_include_compressed(redis, nginx, folder):
    body = redis.store(TRIAL)['embed']
    server = nginx(redis, **site(folder, 'a[%s]b' % include(TRIAL + '/embed'),
                                 directives='gzip on; gzip_min_length 1;'))
    r = server.get('/page.html', headers=[('Accept-Encoding', 'gzip')])
    assert r['content-encoding'] == 'gzip'
    assert gzip.decompress(r.body) == b'a[' + body + b']b'


def test_two_that_are_waited_for(redis, nginx, folder):
    """In order, though the second is there first."""
    server = nginx(redis, **site(folder, '%s|%s|%s' % (
        include(TRIAL + '/embed'), include(OTHER + '/embed'),
        include(TRIAL + '/embed'))))
    reader = server.readers(1, '/page.html')[0]
    wait_for(lambda: set(redis.wanted()) == {TRIAL, OTHER})
    second = redis.store(OTHER)['embed']
    time.sleep(0.1)
    first = redis.store(TRIAL)['embed']
    assert reader.receive().body == first + b'|' + second + b'|' + first
    reader.close()


def test_waits_one_after_the_other(redis, nginx, folder):
    server = nginx(redis, **site(folder, '%s|%s' % (
        include(TRIAL, 'wait="yes" '), include(OTHER))))
    reader = server.readers(1, '/page.html')[0]
    wait_for(lambda: redis.wanted() == [TRIAL])
    first = redis.store(TRIAL)['page']
    wait_for(lambda: redis.wanted() == [TRIAL, OTHER])
    second = redis.store(OTHER)['page']
    assert reader.receive().body == first + b'|' + second
    reader.close()


def test_set_and_stub(redis, nginx, folder):
    body = redis.store(TRIAL, bodies={'embed': b'<b>x</b>' * 5000})['embed']
    server = nginx(redis, **site(folder, (
        '<!--#block name="none"-->nothing<!--#endblock -->'
        + include(TRIAL + '/embed', 'set="x" ')
        + '<!--#echo var="x" encoding="none"-->|'
        + include('NCTx', 'stub="none" ')),
        ), http='subrequest_output_buffer_size 64k;')
    r = server.get('/page.html')
    assert r.body.startswith(body + b'|')


def test_spelt_otherwise_and_alias(redis, nginx, folder):
    """Nobody follows a redirect within a page."""
    body = redis.store('NCT00000001')['embed']
    absent(redis, OTHER, state='alias', location='NCT00000001')
    absent(redis, TRIAL, state='alias', location=OTHER)
    server = nginx(redis, **site(folder, '[%s|%s|%s]' % (
        include('nct1/embed'), include(OTHER + '/embed'),
        include(TRIAL + '/embed'))))
    r = server.get('/page.html')
    assert r.body == (b'[' + body + b'|' + body + b'|<p class="trials-message">'
                      b'There is no trial with this number.</p>\n]')
    assert 'is an alias of an alias' in server.log()


def test_failures_are_fragments(redis, nginx, folder):
    """Also where the site has pages of its own for them."""
    absent(redis, TRIAL)
    server = nginx(redis, **site(folder, '[%s|%s|%s]' % (
        include('X'), include(TRIAL + '/embed'), include(OTHER + '/embed')),
        trials='error_page 404 503 /page.html;' + WAIT % '200ms'))
    message = '<p class="trials-message">%s.</p>\n'
    r = server.get('/page.html')
    assert r.status == 200
    assert r.body.decode() == '[' + '|'.join(message % m for m in (
        'There is no such page', 'There is no trial with this number',
        'This page is being prepared')) + ']'


def test_reader_leaves_while_an_include_waits(redis, nginx, folder):
    server = nginx(redis, **site(folder, '%s|%s' % (
        include(TRIAL + '/embed'), include(OTHER + '/embed'))))
    before = server.connections()
    for i in range(20):
        reader = server.readers(1, '/page.html')[0]
        time.sleep(0.005 if i % 2 else 0)
        reader.reset() if i % 3 else reader.close()
    wait_for(lambda: server.connections() == before)
    first, second = redis.store(TRIAL), redis.store(OTHER)
    r = server.get('/page.html')
    assert r.body == first['embed'] + b'|' + second['embed']


def test_redis_dies_while_includes_wait(redis, nginx, folder):
    server = nginx(redis, **site(folder, '%s|%s' % (
        include(TRIAL + '/embed'), include(OTHER + '/embed'))))
    redis.store(OTHER)
    reader = server.readers(1, '/page.html')[0]
    wait_for(lambda: redis.wanted())
    redis.stop()
    time.sleep(0.2)
    redis.start()
    first, second = redis.store(TRIAL), redis.store(OTHER)
    r = reader.receive()
    # The second had been received, or was asked for anew.
    assert r.body == first['embed'] + b'|' + second['embed']
    reader.close()


def test_auth_request_and_mirror(redis, nginx):
    """Subrequests whose body nobody wants."""
    body = redis.store(TRIAL)['page']
    server = nginx(redis, server='''
        location /auth/ { auth_request /trials/NCT99990001; return 204; }
        location /both/ { mirror /trials/NCT99990002; return 200 "x"; }
        location /m/ { mirror /trials/NCT99990001; trials on; }''' + SERVER)
    assert server.get('/auth/').status == 204
    for _ in range(3):
        assert server.get('/m/' + TRIAL).body == body
    reader = server.readers(1, '/m/NCT99990003')[0]
    wait_for(lambda: redis.wanted() == ['NCT99990003'])
    reader.reset()
    time.sleep(0.1 * SLOW)
