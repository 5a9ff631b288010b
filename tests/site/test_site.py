"""Each way into an existing site, from end to end, as the README has it."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'browser'))

from existing import TRIAL, Site, get, needed, until  # noqa: E402
from test_browser import Browser  # noqa: E402

PATH = f'/trials/{TRIAL}'
VARNISH = pytest.mark.skipif(not needed('varnishd'), reason='needs varnish')


@pytest.fixture(scope='module')
def site():
    with Site() as running:
        yield running


@pytest.fixture(scope='module')
def browser():
    with Browser(1000, 800) as running:
        yield running


class Links(HTMLParser):
    """The elements of a page: [(name, {attribute: value})]."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def one(self, tag, **wanted):
        fitting = [a for t, a in self.found if t == tag
                   and all(a.get(k) == v for k, v in wanted.items())]
        assert len(fitting) == 1, (tag, wanted, fitting)
        return fitting[0]


def is_fragment(text):
    return ('<div class="trials-embed"' in text and TRIAL in text
            and '<script' not in text)


def test_location(site):
    """The site's own pages stay, with its headers and its page for 404."""
    home = get(site.url + '/')
    assert home.status == 200 and '<p>Ours.</p>' in home.text
    assert home.headers['X-Site'] == 'theirs'
    page = get(site.url + PATH)
    assert page.status == 200 and f'{TRIAL}' in page.text
    moved = get(site.url + '/trials')
    assert moved.status == 301 and moved.headers['Location'] == '/trials/'
    lower = get(site.url + PATH.lower())
    assert lower.status == 301 and lower.headers['Location'] == PATH
    for path in ('/nothing', '/trials/NCT99999999', '/trials/no/such/path'):
        missing = get(site.url + path)
        assert missing.status == 404
        assert '<p>The site says so.</p>' in missing.text
    with open(os.path.join(site.home, 'access.log')) as f:
        log = [json.loads(line) for line in f]
    entry = next(e for e in log if e['request'] == f'GET {PATH} HTTP/1.1')
    assert entry['trial'] == TRIAL and entry['rendition'] == 'page'
    assert entry['cache'] in ('HIT', 'MISS', 'BYPASS')
    assert int(entry['age']) < 60
    missing = next(e for e in log if 'NCT99999999' in e['request'])
    assert missing['trial'] == 'NCT99999999' and missing['status'] == 404


def test_server_side_include(site):
    page = get(site.url + '/about/', Accept_Encoding='gzip, br')
    assert page.status == 200 and page.headers['Content-Encoding'] is None
    assert is_fragment(page.text) and page.text.count('<h1>') == 1
    missing = get(site.url + '/about/missing.html')
    assert '<p class="trials-message">' in missing.text


@VARNISH
def test_edge_side_include(site):
    site.varnish('esi', 'Edge-side include')
    for coding in ('identity', 'gzip'):
        page = get(site.esi + '/news/', Accept_Encoding=coding)
        assert page.status == 200
        if coding == 'identity':
            assert is_fragment(page.text) and '<esi:' not in page.text
    fragment = get(site.esi + PATH + '/embed')
    assert int(fragment.headers['Age']) >= 0 and is_fragment(fragment.text)
    assert len(fragment.headers['X-Varnish'].split()) == 2, 'not cached'


def frame(browser):
    browser.driver.switch_to.default_content()
    browser.driver.switch_to.frame(0)
    found = browser.driver.find_elements('css selector', '.trials-embed h2 a')
    return found[0] if found else None


def test_frame(site, browser):
    """Who may, may; nobody else, and the page itself nobody."""
    _, said = browser.open(site.partner + '/')
    link = frame(browser)
    assert link and link.is_displayed(), said
    browser.shot('site-frame')

    # The page would not be shown within the frame: links leave it.
    link.click()
    browser.driver.switch_to.default_content()
    until(lambda: browser.driver.current_url == site.front + PATH,
          what='the page')

    for url in (site.refused + '/', site.partner + '/page.html'):
        _, said = browser.open(url)
        assert any('frame-ancestors' in s for s in said), (url, said)
        assert frame(browser) is None
        browser.driver.switch_to.default_content()


def test_oembed(site, browser):
    """As an editor does when an address is pasted."""
    page = get(site.front + PATH)
    link = Links(page.text).one('link', type='application/json+oembed')
    assert link['href'].startswith(site.front)
    answer = get(link['href'])
    assert answer.headers.get_content_type() == 'application/json'
    found = json.loads(answer.text)
    assert found['version'] == '1.0' and found['type'] == 'rich'
    assert Links(found['html']).one('iframe')['src'] \
        == f'{site.front}{PATH}/embed'
    with open(os.path.join(site.home, 'partner', 'pasted.html'), 'w') as f:
        f.write('<!DOCTYPE html><html lang="en"><title>A post</title>'
                + found['html'])
    browser.open(site.partner + '/pasted.html')
    assert frame(browser).is_displayed()
    browser.driver.switch_to.default_content()


def test_reverse_proxy(site):
    """Canonical addresses are the reader's, the cache keeps to what we say."""
    page = get(site.front + PATH)
    assert Links(page.text).one('link', rel='canonical')['href'] \
        == site.front + PATH
    moved = get(site.front + PATH.lower())
    assert moved.headers['Location'] == PATH
    assert get(site.front + '/trials').headers['Location'] in (
        '/trials/', site.front + '/trials/')

    path = f'/trials/{TRIAL}/questions'
    plain = get(site.front + path)
    assert plain.headers['X-Cache'] == 'MISS'
    assert plain.headers['Vary'] == 'Accept-Encoding'
    packed = get(site.front + path, Accept_Encoding='gzip')
    assert packed.headers['X-Cache'] == 'MISS'
    assert packed.headers['Content-Encoding'] == 'gzip'
    for coding, first in (('identity', plain), ('gzip', packed)):
        again = get(site.front + path, Accept_Encoding=coding) \
            if coding == 'gzip' else get(site.front + path)
        assert again.headers['X-Cache'] == 'HIT' and again.body == first.body
        assert again.headers['ETag'] == first.headers['ETag']
    same = get(site.front + path, If_None_Match=plain.headers['ETag'])
    assert same.status == 304 and not same.body
    assert get(site.front + path, 'HEAD').headers['Content-Length'] \
        == str(len(plain.body))

    # A trial that nobody has: made while the proxy waits, kept from then on.
    assert get(site.front + '/trials/NCT99990009').status == 200
    missing = get(site.front + '/trials/NCT99999998')
    assert missing.status == 404

    # nginx writes a line when the reader has the answer already.
    def clients():
        with open(os.path.join(site.home, 'access.log')) as f:
            return {json.loads(line)['client'] for line in f}
    until(lambda: clients() == {'127.0.0.1'})
    assert get(site.url + path, X_Forwarded_For='192.0.2.7').status == 200
    until(lambda: clients() == {'127.0.0.1', '192.0.2.7'})


@VARNISH
def test_cdn(site):
    """Kept for a day, purged by key when the document changes."""
    answer = get(site.url + PATH)
    assert answer.headers['Surrogate-Key'] == f'trials {TRIAL}'
    assert answer.headers['Cache-Tag'] == f'trials,{TRIAL}'
    assert answer.headers['Surrogate-Control'] == 'max-age=86400'
    assert get(site.url + PATH + '.json').headers['Surrogate-Key'] \
        == f'trials {TRIAL}'
    site.varnish('cdn', 'A CDN, and purging')
    other = '/trials/NCT99990002'
    assert get(site.cdn + other).status == 200

    purge = subprocess.Popen(
        ['bash', '-c', site.block('A CDN, and purging', language='sh')],
        env=dict(os.environ, PATH=f'{site.build}:{os.environ["PATH"]}'),
        stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        # The first is "*": all is purged.
        assert 'Purged' in ''.join(purge.stdout.readline() for _ in range(7))

        def cached(path):
            return len(get(site.cdn + path).headers['X-Varnish'].split()) == 2

        for path in (PATH, PATH + '/print', other):
            get(site.cdn + path)
            assert cached(path)
        site.store('print', lambda body: body.replace(b'<title>',
                                                      b'<title>Changed: '))
        until(lambda: '<title>Changed: ' in get(site.cdn + PATH + '/print').text,
              what='the new print')
        assert cached(other)
        until(lambda: cached(PATH), what='the page once more')
    finally:
        os.killpg(purge.pid, 15)
        purge.communicate(timeout=10)


def test_policy_of_the_host(site, browser):
    """Its own style is all that the fragment needs, named by its hash."""
    _, said = browser.open(site.url + '/strict/')
    assert any('inline style' in s for s in said), said
    _, said = browser.open(site.url + '/policy/')
    said = [s for s in said if 'favicon' not in s]
    assert not said, '\n'.join(said)
    assert browser.driver.execute_script(
        'return getComputedStyle(document.querySelector(".trials-embed"))'
        '.borderLeftWidth') == '4px'
    spanish = get(f'{site.url}/trials/es/{TRIAL}/embed').text
    english = get(f'{site.url}{PATH}/embed').text
    style = re.compile(r'<style>(.*?)</style>', re.S)
    assert style.search(spanish)[1] == style.search(english)[1]
    command = site.block('Your Content-Security-Policy', language='sh')
    said = subprocess.run(['bash', '-c', command], check=True,
                          capture_output=True, text=True).stdout
    assert said.strip() == site.hash
