"""The pages in a real browser: they load, say nothing on the console, ask
nobody else for anything, and axe finds no fault.

Chromium and its driver come from Debian; the rules come from npm's axe-core,
which is fetched into the build directory."""

import base64
import html
import itertools
import json
import os
import re
import shutil
import string
import subprocess
import sys
import time
import urllib.parse

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'demo'))

from stack import Stack  # noqa: E402

BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
SHOTS = os.path.join(BUILD, 'screenshots')
AXE_VERSION = '4.10.3'
HTML_VALIDATE_VERSION = '8.29.0'

PATHS = {
    'page': '/trials/NCT99990001',
    'page-300-sites': '/trials/NCT99990006',
    'page-results': '/trials/NCT99990009',
    'page-observational': '/trials/NCT99990002',
    'page-stopped': '/trials/NCT99990005',
    'page-withheld': '/trials/NCT99990008',
    'page-hostile': '/trials/NCT99990015',
    'page-spanish': '/trials/es/NCT99990001',
    'print': '/trials/NCT99990001/print',
    'questions': '/trials/NCT99990001/questions',
    'embed-in-site': '/site/',
    'start': '/trials/',
    'list': '/trials/all',
    'list-filtered': '/trials/all/recruiting/in-china',
    'methodology': '/trials/methodology',
    'general-questions': '/trials/questions',
    'glossary': '/trials/glossary',
    'glossary-letter': '/trials/glossary/c',
    'not-found': '/trials/NCT12345678',
}

# What is looked at in other ways than on a desk: one page of each layout.
LAYOUTS = ('page', 'page-300-sites', 'print', 'questions', 'embed-in-site',
           'list', 'glossary', 'glossary-letter', 'not-found')

# Each kind of look at a page: width, height, dark, as if zoomed.
LOOKS = {
    'desktop': (1280, 900, False, 1),
    'phone': (320, 700, False, 1),
    'dark': (1280, 900, True, 1),
    'zoomed': (1280, 900, False, 2),
}

HOSTILE = """<!DOCTYPE html><html lang="en"><head><title>Hostile</title><style>
*{letter-spacing:.3em;text-transform:uppercase}
#content p,#content dd{color:#f00;font-size:40px;float:left;display:none}
#content div{position:absolute;transform:rotate(9deg)}
body #content a{display:none;color:#fff}#content h2{visibility:hidden}
</style></head><body><main id="content"><h1>A site</h1>%s</main></body></html>
"""


@pytest.fixture(scope='module')
def stack():
    with Stack('browser') as running:
        yield running


def from_npm(package, version, path):
    """A file of a package, which is fetched into the build directory; without
    npm's registry the test is skipped, but fails where CI is set."""
    home = os.path.join(BUILD, 'npm', package)
    file = os.path.join(home, 'node_modules', package, path)
    if not os.path.exists(file):
        os.makedirs(home, exist_ok=True)
        try:
            done = subprocess.run(
                ['npm', 'install', '--no-save', '--no-audit', '--no-fund',
                 '--no-package-lock', '--prefix', home,
                 f'{package}@{version}'],
                capture_output=True, text=True, timeout=180)
            word = done.stderr.strip()[-300:]
        except (OSError, subprocess.TimeoutExpired) as error:
            word = str(error)
        if not os.path.exists(file):
            message = f'{package} cannot be had from npm: {word}'
            if os.environ.get('CI'):
                pytest.fail(message)
            pytest.skip(message)
    return file


@pytest.fixture(scope='module')
def axe():
    """The source of axe-core."""
    path = from_npm('axe-core', AXE_VERSION, 'axe.min.js')
    with open(path, encoding='utf-8') as f:
        return f.read()


class Browser:
    def __init__(self, width, height, dark=False, script=True):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which('chromium')
        for word in ('--headless', '--no-sandbox', '--disable-gpu',
                     '--disable-quic', '--no-first-run',
                     '--disable-background-networking',
                     '--disable-component-update', '--disable-sync',
                     '--disable-dev-shm-usage', '--hide-scrollbars',
                     f'--window-size={width},{height}'):
            options.add_argument(word)
        if dark:
            options.add_argument('--blink-settings=preferredColorScheme=0')
        if not script:
            options.add_experimental_option(
                'prefs', {'profile.managed_default_content_settings'
                          '.javascript': 2})
        options.set_capability('goog:loggingPrefs',
                               {'browser': 'ALL', 'performance': 'ALL'})
        self.driver = webdriver.Chrome(
            service=Service(shutil.which('chromedriver')), options=options)
        self.driver.set_page_load_timeout(60)

        # A window is never narrower than 500 pixels, a page may be.
        self.width = width
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1,
            'mobile': False})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url):
        """The URLs that the page asked for and what it said on the console."""
        for kind in ('browser', 'performance'):
            self.driver.get_log(kind)
        self.driver.get(url)
        time.sleep(0.2)
        asked = []
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                asked.append(message['params']['request']['url'])
        said = [e['message'] for e in self.driver.get_log('browser')]
        return asked, said

    def shot(self, name):
        os.makedirs(SHOTS, exist_ok=True)
        path = os.path.join(SHOTS, f'{name}.png')
        height = self.driver.execute_script(
            'return Math.min(document.documentElement.scrollHeight, 4000)')
        shot = self.driver.execute_cdp_cmd('Page.captureScreenshot', {
            'captureBeyondViewport': True, 'clip': {
                'x': 0, 'y': 0, 'width': self.width, 'height': height,
                'scale': 1}})
        with open(path, 'wb') as f:
            f.write(base64.b64decode(shot['data']))
        assert os.path.getsize(path) > 5000


def axe_faults(driver, axe):
    driver.execute_script(axe)
    result = driver.execute_async_script(
        'var done = arguments[0];'
        'axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",'
        ' "wcag22aa", "best-practice"]})'
        '.then(done, function (e) { done({error: String(e)}); })')
    assert 'error' not in result, result
    assert result['passes']
    return [(f['id'], [n['html'][:120] for n in f['nodes'][:3]])
            for f in result['violations']]


@pytest.mark.parametrize('look', list(LOOKS))
def test_pages(stack, axe, look):
    """Nobody else is asked, nothing is said, nothing is too wide, and axe finds
    no fault."""
    width, height, dark, zoom = LOOKS[look]
    faults = []
    with Browser(width // zoom, height, dark) as browser:
        driver = browser.driver
        for name, path in PATHS.items():
            if look != 'desktop' and name not in LAYOUTS:
                continue
            asked, said = browser.open(stack.url + path)
            outside = [u for u in asked if not u.startswith(stack.url + '/')]
            said = [s for s in said
                    if not (name == 'not-found' and '404' in s)]
            if not asked or outside or said:
                faults.append((name, outside, said))
            wide = driver.execute_script(
                'return document.documentElement.scrollWidth'
                ' - document.documentElement.clientWidth')
            if not driver.title or wide > 0 or len(
                    driver.find_elements('css selector', 'h1')) != 1:
                faults.append((name, 'title, h1 or width', wide))
            faults += [(name, f) for f in axe_faults(driver, axe)]
            browser.shot(f'{name}-{look}')
    assert not faults, '\n'.join(map(str, faults))


def test_html_is_valid(stack, tmp_path):
    """By the HTML standard.  The fragment alone has a style element where the
    standard has none (every browser takes it there): a host's page includes it
    as one piece."""
    validate = from_npm('html-validate', HTML_VALIDATE_VERSION,
                        'bin/html-validate.js')
    for name, path in PATHS.items():
        status, body = stack.get(path)
        assert status == (404 if name == 'not-found' else 200)
        if not path.startswith('/site/'):
            (tmp_path / f'{name}.html').write_bytes(body)
    fragment = stack.get(PATHS['page'] + '/embed')[1].decode()
    style = fragment[fragment.index('<style>'):fragment.index('</style>') + 8]
    (tmp_path / 'embed.html').write_text(
        '<!DOCTYPE html><html lang="en"><head><title>A site</title>' + style
        + '</head><body>' + fragment.replace(style, '') + '</body></html>')
    (tmp_path / '.htmlvalidate.json').write_text(json.dumps(
        {'root': True, 'extends': ['html-validate:standard']}))
    done = subprocess.run(['node', validate, '--formatter', 'text',
                           *sorted(tmp_path.glob('*.html'))], cwd=tmp_path,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_every_letter_of_the_glossary(stack):
    """They are of one stylesheet; what differs is terms, each with an id."""
    for letter in ('0-9', *string.ascii_lowercase):
        status, body = stack.get(f'/trials/glossary/{letter}')
        ids = re.findall(r' id="([^"]*)"', body.decode())
        assert status == 200
        assert len(ids) == len(set(ids)) > 1, letter


def test_links_lead_somewhere(stack):
    """Every link of ours on every kind of page, and every place in a page."""
    gone, seen = [], {}
    own = '/trials/NCT99990001'
    for path in (own, own + '/questions', own + '/print', own + '/embed',
                 '/trials/es/NCT99990001', '/trials/', '/trials/all',
                 '/trials/methodology', '/trials/questions',
                 '/trials/glossary', '/trials/glossary/a',
                 '/trials/es/glossary/z'):
        status, body = stack.get(path)
        assert status == 200
        for link in re.findall(r'href="([^"]+)"', body.decode()):
            url = urllib.parse.urljoin(stack.url + path, html.unescape(link))
            page, _, place = url.partition('#')
            if not page.startswith(stack.url + '/trials/'):
                continue
            if page not in seen:
                seen[page] = stack.get(page[len(stack.url):])
            status, there = seen[page]
            if status != 200 or (place and f'id="{place}"' not in
                                 there.decode()):
                gone.append((path, link, status))
    assert len(seen) > 80
    assert not gone, gone


def test_keyboard(stack):
    """The first stop leads to the text; every stop is seen; folds open."""
    from selenium.webdriver.common.keys import Keys
    with Browser(1280, 900) as browser:
        browser.open(stack.url + PATHS['page'])
        driver = browser.driver
        body = driver.find_element('tag name', 'body')
        body.send_keys(Keys.TAB)
        first = driver.switch_to.active_element
        assert first.get_attribute('href').endswith('#main')
        assert first.rect['x'] >= 0
        first.send_keys(Keys.ENTER)
        assert driver.current_url.endswith('#main')
        stops = set()
        for _ in range(12):
            driver.switch_to.active_element.send_keys(Keys.TAB)
            here = driver.switch_to.active_element
            stops.add(here.id)
            style = driver.execute_script(
                'var s = getComputedStyle(arguments[0]);'
                'return [s.outlineStyle, parseFloat(s.outlineWidth)]', here)
            assert style[0] != 'none' and style[1] >= 2, here.tag_name
        assert len(stops) == 12
        fold = driver.find_element('css selector', '#original-criteria summary')
        fold.send_keys(Keys.ENTER)
        assert driver.find_element('id', 'original-criteria').get_attribute(
            'open') is not None


def test_without_styles(stack, axe):
    """The text stands in its order, its parts apart."""
    with Browser(1280, 900) as browser:
        browser.open(stack.url + PATHS['page'])
        driver = browser.driver
        driver.execute_script(
            'document.querySelectorAll("style").forEach('
            'function (s) { s.remove(); })')
        badges = driver.find_element('class name', 'badges').text
        assert ' · ' in badges
        heads = [h.text for h in driver.find_elements('css selector', 'h2')]
        assert heads.index('Key facts') < heads.index('Who may be able to join')
        faults = axe_faults(driver, axe)
        assert not [f for f in faults if f[0] != 'target-size']


def test_filter_of_places(stack):
    """A box, without script, hides places that are not open."""
    with Browser(1280, 900, script=False) as browser:
        browser.open(stack.url + PATHS['page-300-sites'])
        driver = browser.driver
        shut = driver.find_elements('css selector', '.country[open] .shut')
        assert shut and all(s.is_displayed() for s in shut)
        driver.find_element('id', 'only-open').click()
        assert not any(s.is_displayed() for s in shut)
        assert driver.find_element(
            'css selector', '.country[open] li:not(.shut)').is_displayed()


def test_embed_beside_hostile_styles(stack):
    _, body = stack.get('/trials/NCT99990001/embed')
    path = os.path.join(stack.home, 'site', 'site', 'hostile.html')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(HOSTILE % body.decode())
    with Browser(800, 700) as browser:
        browser.open(stack.url + '/site/hostile.html')
        driver = browser.driver
        for css in ('p', 'a', 'dd', 'h2'):
            for node in driver.find_elements('css selector',
                                             f'.trials-embed {css}'):
                assert node.is_displayed(), css
                style = driver.execute_script(
                    'var s = getComputedStyle(arguments[0]); return ['
                    's.color, s.textTransform, s.letterSpacing, s.transform,'
                    ' s.visibility, parseFloat(s.fontSize)]', node)
                assert style[1:5] == ['none', 'normal', 'none', 'visible'], css
                assert style[0] not in ('rgb(255, 0, 0)', 'rgb(255, 255, 255)')
                assert 10 < style[5] < 24
        box = driver.find_element('class name', 'trials-embed')
        driver.execute_script(
            'arguments[0].style.setProperty("--trials-link", "rgb(1, 2, 3)")',
            box)
        link = box.find_element('css selector', 'h2 a')
        assert link.value_of_css_property('color') == 'rgba(1, 2, 3, 1)'
        browser.shot('embed-hostile')


def test_details_open_without_script(stack):
    """Nothing on the page needs script: the folded originals open."""
    with Browser(1280, 900, script=False) as browser:
        browser.open(stack.url + PATHS['page'])
        details = browser.driver.find_element('id', 'original-criteria')
        assert details.get_attribute('open') is None
        details.find_element('css selector', 'summary').click()
        assert details.get_attribute('open') is not None
        assert len(details.text) > 1000


def test_hostile_record_is_text(stack):
    with Browser(1280, 900) as browser:
        asked, said = browser.open(stack.url + PATHS['page-hostile'])
        driver = browser.driver
        scripts = driver.find_elements('css selector', 'script')
        assert all(s.get_attribute('type') == 'application/ld+json'
                   for s in scripts)
        assert '<script>' in driver.find_element('tag name', 'body').text
        for link in driver.find_elements('css selector', 'a[href]'):
            scheme = link.get_attribute('href').split(':')[0]
            assert scheme in ('http', 'https', 'tel', 'mailto')
        assert not said


def test_print(stack, tmp_path):
    """The summary takes two sheets at most, on either paper; pictures of these
    and of the page itself, printed."""
    os.makedirs(SHOTS, exist_ok=True)
    papers = {'a4': (8.27, 11.69), 'letter': (8.5, 11)}
    with Browser(1280, 900) as browser:
        for name, paper in itertools.product(('print', 'page'), papers):
            browser.open(stack.url + PATHS[name])
            pdf = browser.driver.execute_cdp_cmd('Page.printToPDF', {
                'paperWidth': papers[paper][0],
                'paperHeight': papers[paper][1], 'preferCSSPageSize': False})
            path = tmp_path / 'print.pdf'
            path.write_bytes(base64.b64decode(pdf['data']))
            subprocess.run(['pdftoppm', '-r', '80', '-png', path,
                            os.path.join(SHOTS, f'{name}-paper-{paper}')],
                           check=True)
            info = subprocess.run(['pdfinfo', path], capture_output=True,
                                  text=True, check=True).stdout
            sheets = int(info.split('Pages:')[1].split()[0])
            assert name == 'page' or sheets <= 2, f'{sheets} sheets'
