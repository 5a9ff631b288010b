"""What URLs mean, and what is said where there is no trial."""

import gzip
import json
import re
import time

import pytest

from harness import PATHS, Reader, SERVER, etag_of, key, wait_for


TRIAL = 'NCT99990001'


def absent(redis, trial, **fields):
    redis.client.hset(key(trial), mapping=dict(
        {'v': '2', 'state': 'absent', 'modified': '1700000000'}, **fields))


def is_page(r, title, language='en'):
    """One of the module's own pages, which needs nothing else."""
    text = r.body.decode()
    assert r['content-type'] == 'text/html; charset=utf-8'
    assert int(r['content-length']) == len(r.body)
    assert r['x-content-type-options'] == 'nosniff'
    assert text.startswith('<!DOCTYPE html>\n<html lang="%s">' % language)
    assert text.endswith('</main>\n</body>\n</html>\n')
    assert '<h1>%s</h1>' % title in text
    assert '<title>%s</title>' % title in text
    assert 'name="viewport"' in text and 'prefers-color-scheme' in text
    assert 'nginx' not in text and '<script' not in text
    assert not re.search(r'(src|@import|url\()', text)
    return text


CANONICAL = [
    ('nct99990001', 'NCT99990001'), ('Nct99990001/print', 'NCT99990001/print'),
    ('NCT1', 'NCT00000001'), ('nct0001.json', 'NCT00000001.json'),
    ('NCT0099990001/embed', 'NCT99990001/embed'),
    ('nct1?a=b%20c&d', 'NCT00000001?a=b%20c&d'),
]


def test_canonical_url(redis, nginx):
    server = nginx(redis)
    calls = redis.calls('hmget')

    for path, canonical in CANONICAL:
        r = server.get('/trials/' + path)
        assert r.status == 301
        assert r['location'] == ('http://trials.test:%d/trials/%s'
                                 % (server.port, canonical))
        assert r['cache-control'] == 'public, max-age=60'
        assert server.get('/trials/' + path, 'HEAD').status == 301

    assert redis.calls('hmget') == calls


def test_relative_redirect(redis, nginx):
    server = nginx(redis, http='absolute_redirect off;')
    assert server.get('/trials/nct1')['location'] == '/trials/NCT00000001'


def test_redirect_is_escaped(redis, nginx):
    server = nginx(redis, http='absolute_redirect off;', server='''
        location "/a b/" { trials on; }
        location ~ ^/x/ { trials on; }''')
    assert server.get('/a%20b/nct1')['location'] == '/a%20b/NCT00000001'
    r = server.get('/x/%0d%0aSet-Cookie:%20a/nct1')
    assert r['location'] == '/x/%0D%0ASet-Cookie:%20a/NCT00000001'


NO_PATHS = [
    'A', 'NCT', 'NCT00000000', 'NCT0', 'NCT123456789', 'NCT1234567x', 'XCT1',
    'NCT1/', 'NCT1/Print', 'NCT1/json', 'NCT1.xml', 'nct1x', 'a/', 'NCT1.jso', 'NCT1/print/',
    'a/NCT1', 'a.b', 'x' * 65, 'NCT-1', 'NCT+1', '%4eCT 1',
    'NCT' + '9' * 4000,
]


def test_no_such_path(redis, nginx):
    server = nginx(redis)
    calls = redis.calls('hmget')

    with Reader(server.port) as reader:
        for path in NO_PATHS:
            for method in 'GET', 'HEAD':
                r = reader.send('/trials/' + path.replace(' ', '%20'),
                                method).receive()
                assert r.status == 404, path
                assert r['cache-control'] == 'public, max-age=60'
                if method == 'GET':
                    is_page(r, 'There is no such page')

    assert redis.calls('hmget') == calls
    assert redis.wanted() == []


def test_location_without_slash(redis, nginx):
    body = redis.store(TRIAL)['page']
    server = nginx(redis, http='absolute_redirect off;', server='''
        location /t { trials on; }
        location /u/ { trials on; }''')

    assert server.get('/t/' + TRIAL).body == body
    assert server.get('/t/_' + TRIAL[3:]).status == 404
    assert server.get('/t' + TRIAL).status == 404
    assert server.get('/t').status == 404
    assert server.get('/t/nct1')['location'] == '/t/NCT00000001'
    assert server.get('/u')['location'] == '/u/'


def test_location_without_prefix(redis, nginx):
    """Regular expressions, named locations and rewrites: the last segments."""
    bodies = redis.store(TRIAL)
    server = nginx(redis, http='absolute_redirect off;', server='''
        location ~ ^/[a-z]+/trial/ { trials on; }
        location /named/ { try_files /none @named; }
        location @named { trials on; }
        location /old/ { rewrite ^/old/(.*)$ /elsewhere/$1 break; trials on; }
        location /if/ { trials on; if ($arg_x) { set $y 1; } }''')

    for prefix in ('/en/trial/', '/de/trial/x/', '/named/', '/old/', '/if/'):
        for rendition, path in PATHS.items():
            for args in '', '?x=1':
                r = server.get(prefix + TRIAL + path + args)
                assert r.status == 200, (prefix, path)
                assert r.body == bodies[rendition]

    r = server.get('/de/trial/x/nct1/embed')
    assert r['location'] == '/de/trial/x/NCT00000001/embed'
    assert server.get('/en/trial/print').status == 404
    assert server.get('/en/trial/glossary').status == 404


def test_off(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis, server='''
        location / { trials off; return 204; }
        location /trials/ { trials on; location /trials/x/ { return 204; } }''')

    assert server.get('/trials/' + TRIAL).status == 200
    assert server.get('/' + TRIAL).status == 204
    assert server.get('/trials/x/' + TRIAL).status == 204


def test_method(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis)

    for method in 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND':
        with Reader(server.port) as reader:
            r = reader.send('/trials/' + TRIAL, method,
                            body=b'x' * 30000).receive()
            assert r.status == 405, method
            assert r['allow'] == 'GET, HEAD'
            assert r['cache-control'] == 'no-store'
            is_page(r, 'This page can only be read')
            assert reader.send('/trials/' + TRIAL).receive().status == 200


def test_absent(redis, nginx):
    absent(redis, TRIAL)
    server = nginx(redis)

    r = server.get('/trials/' + TRIAL)
    assert r.status == 404
    assert r['cache-control'] == 'public, max-age=60'
    assert r['x-trials'] == 'MISS'
    text = is_page(r, 'There is no trial with this number')
    assert 'https://clinicaltrials.gov/study/' + TRIAL in text
    assert '<a href="/trials/">All trials</a>' in text

    r = server.get('/trials/%s.json' % TRIAL)
    assert r.status == 404
    assert r['content-type'] == 'application/json'
    assert json.loads(r.body) == {'status': 404,
                                  'error': 'the registry has no such study'}
    assert redis.wanted() == []


def test_in_spanish(redis, nginx, folder):
    """The module's own pages, by the language of the URL; and as fragments."""
    absent(redis, TRIAL)
    with open(folder + '/page.html', 'w') as f:
        f.write('<!--#include virtual="/trials/es/%s/embed" -->' % TRIAL)
    server = nginx(redis, http='trials_wait 50ms;', server=SERVER + '''
        root %s;
        location = /page.html { ssi on; }''' % folder)

    for path, method, status, title in (
            ('es/NCT', 'GET', 404, 'No existe esta página'),
            ('es/' + TRIAL, 'GET', 404,
             'No hay ningún ensayo con este número'),
            ('es/' + TRIAL, 'POST', 405, 'Esta página solo se puede leer'),
            ('es/NCT99990002', 'GET', 503, 'Esta página se está preparando')):
        r = server.get('/trials/' + path, method)
        assert r.status == status
        text = is_page(r, title, 'es')
        if path.endswith(TRIAL) and status == 404:
            assert '>%s en ClinicalTrials.gov</a>' % TRIAL in text

    assert server.get('/page.html').body.decode() == (
        '<p class="trials-message">No hay ningún ensayo con este número.</p>\n')
    r = server.get('/trials/es/%s.json' % TRIAL)
    assert json.loads(r.body)['error'] == 'the registry has no such study'

    redis.stop()
    wait_for(lambda: 'no está disponible' in server.get(
        '/trials/es/' + TRIAL).body.decode(), 3)


def test_the_way_on(redis, nginx):
    """The module's own pages lead to the start page, where one can be known."""
    server = nginx(redis, server="""
        location "/a&b/" { trials on; }
        location /bare { trials on; }
        location ~ ^/(.*)/x/ { trials on; }""")
    for path, home in (('/a&b/NCT', '/a&amp;b/'), ('/a&b/es/NCT', '/a&amp;b/'),
                       ('/bare/NCT', '/bare/'), ('/"q"/x/NCT', None),
                       ('/bare', None)):
        r = server.get(path)
        assert r.status == 404
        links = re.findall('<a href="([^"]*)"', r.body.decode())
        assert links == ([home] if home else []), path


def test_style_of_the_house(redis, nginx):
    """There is one copy of it."""
    with open('core/page/style.css') as f:
        style = f.read()
    text = nginx(redis).get('/trials/X').body.decode()
    assert '<style>%s</style>' % style in text


def test_alias(redis, nginx):
    redis.store('NCT99990002')
    absent(redis, TRIAL, state='alias', location='NCT99990002')
    server = nginx(redis, http='absolute_redirect off;')

    for path in PATHS.values():
        r = server.get('/trials/' + TRIAL + path + '?a=1')
        assert r.status == 301
        assert r['location'] == '/trials/NCT99990002' + path + '?a=1'


SITE = '''
        error_page 404 /404.txt;
        error_page 503 =200 @mine;
        location = /404.txt { internal; return 200 "mine for $trials_id"; }
        location @mine { return 200 "mine: $trials_cache_status"; }
        access_log %s/nginx/access.log trials;
'''


def test_error_page(redis, nginx, folder):
    """The site's own pages win; the log still knows what was asked for."""
    absent(redis, TRIAL)
    server = nginx(redis, server=SITE % folder + '''
        location /trials/ { trials on; trials_wait 50ms; }''')

    r = server.get('/trials/%s/print' % TRIAL)
    assert r.status == 404 and r.body == b'mine for ' + TRIAL.encode()
    r = server.get('/trials/NCT99990003')
    assert r.status == 200 and r.body == b'mine: MISS'
    assert r['retry-after'] == '2'
    assert server.get('/trials/Nothing').body == b'mine for '

    lines = wait_for(lambda: len(server.access()) == 3 and server.access(),
                     what='access log')
    assert lines == ['/trials/NCT99990001/print 404 MISS NCT99990001 print',
                     '/trials/NCT99990003 200 MISS NCT99990003 page',
                     '/trials/Nothing 404 - - -']


def test_error_page_is_a_trial(redis, nginx):
    """A redirect from one trial's location to another's."""
    body = redis.store('NCT99990002')['page']
    absent(redis, TRIAL)
    server = nginx(redis, server='''
        error_page 404 = /trials/NCT99990002;''' + SERVER)

    r = server.get('/trials/' + TRIAL)
    assert r.status == 200 and r.body == body


def test_variables(redis, nginx, folder):
    redis.store(TRIAL)
    redis.store('NCT99990002', fresh=1)
    server = nginx(redis, server='''
        access_log %s/nginx/access.log trials;
        location / { return 204; }''' % folder + SERVER)

    server.get('/trials/%s' % TRIAL)
    server.get('/trials/NCT99990002.json')
    server.get('/other')

    lines = wait_for(lambda: len(server.access()) == 3 and server.access(),
                     what='access log')
    assert lines == ['/trials/NCT99990001 200 MISS NCT99990001 page',
                     '/trials/NCT99990002.json 200 STALE NCT99990002 json',
                     '/other 204 - - -']


def site(redis, name, **bodies):
    """Stores a page of the site: bodies by the names of their fields."""
    fields = {'v': '2', 'state': 'present', 'modified': '1700000000',
              'bodies': ' '.join(bodies)}
    for field, body in bodies.items():
        fields[field] = gzip.compress(body, mtime=0)
        fields[field + ':etag'] = etag_of(body)
        fields[field + ':size'] = str(len(body))
    redis.client.hset(key(name), mapping=fields)
    redis.client.zadd('trials:fresh', {name: time.time() + 3600})


def test_pages_of_the_site(redis, nginx):
    """Documents that are no trial's, by their URLs, types and languages."""
    site(redis, 'index', **{'page': b'start', 'page.es': b'inicio'})
    site(redis, 'als/recruiting/2', page=b'a list', atom=b'<feed/>')
    site(redis, 'feed', atom=b'<feed>all</feed>')
    site(redis, 'sitemap/1', xml=b'<urlset/>')
    server = nginx(redis, http='absolute_redirect off;')

    for path, body, kind in (
            ('', b'start', 'text/html; charset=utf-8'),
            ('es/', b'inicio', 'text/html; charset=utf-8'),
            ('als/recruiting/2', b'a list', 'text/html; charset=utf-8'),
            ('als/recruiting/2/feed.atom', b'<feed/>',
             'application/atom+xml; charset=utf-8'),
            ('feed.atom', b'<feed>all</feed>',
             'application/atom+xml; charset=utf-8'),
            ('sitemap/1.xml', b'<urlset/>', 'application/xml; charset=utf-8')):
        r = server.get('/trials/' + path)
        assert r.status == 200 and r.body == body, path
        assert r['content-type'] == kind

    assert server.get('/trials/index')['location'] == '/trials/'
    assert server.get('/trials/es')['location'] == '/trials/es/'

    # The document is there, but not this rendition or language of it.
    for path in 'feed', 'es/als/recruiting/2', 'index/feed.atom':
        assert server.get('/trials/' + path).status == 404, path
    assert redis.wanted() == []


def test_a_page_of_the_site_is_wanted(redis, nginx):
    server = nginx(redis, http='trials_wait 100ms;')
    assert server.get('/trials/als/recruiting').status == 503
    assert redis.wanted() == ['als/recruiting']
    absent(redis, 'als/recruiting')
    assert server.get('/trials/als/recruiting').status == 404


def test_other_renditions_of_a_trial(redis, nginx):
    redis.store(TRIAL)
    server = nginx(redis, http='trials_wait 50ms;')

    # What every trial has is waited for; another language may not be made.
    assert server.get(f'/trials/es/{TRIAL}').status == 404
    assert redis.wanted() == []
    assert server.get(f'/trials/{TRIAL}/questions').status == 503
    assert redis.wanted() == [TRIAL]

    body = b'{"version":"1.0"}'
    redis.client.hset(key(TRIAL), mapping={
        'oembed': gzip.compress(body, mtime=0), 'oembed:etag': etag_of(body),
        'oembed:size': str(len(body))})

    for url in (f'http%3A%2F%2Fx.example%2Ftrials%2F{TRIAL}',
                f'https://x.example/trials/{TRIAL}?a=b',
                f'https://x.example/t/nct{TRIAL[3:]}%23top'):
        r = server.get('/trials/oembed?format=json&url=' + url)
        assert r.status == 200 and r.body == body, url
        assert r['content-type'] == 'application/json'

    for args in ('', '?url=', '?url=https://x.example/', '?url=%00',
                 f'?url=/{TRIAL}/print', '?url=glossary'):
        assert server.get('/trials/oembed' + args).status == 404, args
