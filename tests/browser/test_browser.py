"""The pages in a real browser: they load, say nothing on the console, ask
nobody else for anything, and axe finds no fault.

Chromium and its driver come from Debian; the rules come from npm's axe-core,
which is fetched into the build directory."""

import json
import os
import shutil
import subprocess
import sys
import time

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

PATHS = {
    'page': '/trials/NCT99990001',
    'page-300-sites': '/trials/NCT99990006',
    'page-withheld': '/trials/NCT99990008',
    'page-hostile': '/trials/NCT99990015',
    'print': '/trials/NCT99990001/print',
    'embed-in-site': '/site/',
    'not-found': '/trials/NCT12345678',
}


@pytest.fixture(scope='module')
def stack():
    with Stack('browser') as running:
        yield running


@pytest.fixture(scope='module')
def axe():
    """The source of axe-core."""
    home = os.path.join(BUILD, 'axe')
    source = os.path.join(home, 'node_modules', 'axe-core', 'axe.min.js')
    if not os.path.exists(source):
        os.makedirs(home, exist_ok=True)
        try:
            done = subprocess.run(
                ['npm', 'install', '--no-save', '--no-audit', '--no-fund',
                 '--no-package-lock', '--prefix', home,
                 f'axe-core@{AXE_VERSION}'],
                capture_output=True, text=True, timeout=180)
            word = done.stderr.strip()[-300:]
        except (OSError, subprocess.TimeoutExpired) as error:
            word = str(error)
        if not os.path.exists(source):
            message = f'axe-core cannot be had from npm: {word}'
            if os.environ.get('CI'):
                pytest.fail(message)
            pytest.skip(message)
    with open(source, encoding='utf-8') as f:
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
        self.driver.set_page_load_timeout(30)

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
            'return Math.min(document.documentElement.scrollHeight, 8000)')
        self.driver.set_window_size(self.driver.get_window_size()['width'],
                                    max(height, 400))
        assert self.driver.save_screenshot(path)
        assert os.path.getsize(path) > 5000


@pytest.mark.parametrize('width,dark', [(1280, False), (320, False),
                                        (1280, True)],
                         ids=['desktop', 'phone', 'dark'])
def test_pages(stack, width, dark):
    kind = 'dark' if dark else 'phone' if width < 500 else 'desktop'
    with Browser(width, 900, dark) as browser:
        for name, path in PATHS.items():
            asked, said = browser.open(stack.url + path)
            outside = [u for u in asked if not u.startswith(stack.url + '/')]
            said = [s for s in said
                    if not (name == 'not-found' and '404' in s)]
            assert asked and not outside, (name, outside)
            assert not said, (name, said)
            driver = browser.driver
            assert driver.title, name
            assert len(driver.find_elements('css selector', 'h1')) == 1, name
            wide = driver.execute_script(
                'return document.documentElement.scrollWidth'
                ' - document.documentElement.clientWidth')
            assert wide <= 0, f'{name} is {wide} px too wide at {width}'
            browser.shot(f'{name}-{kind}')


@pytest.mark.parametrize('width,dark', [(1280, False), (320, False),
                                        (1280, True)],
                         ids=['desktop', 'phone', 'dark'])
def test_axe(stack, axe, width, dark):
    faults = []
    with Browser(width, 900, dark) as browser:
        for name, path in PATHS.items():
            browser.open(stack.url + path)
            browser.driver.execute_script(axe)
            result = browser.driver.execute_async_script(
                'var done = arguments[0];'
                'axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a",'
                ' "wcag21aa", "wcag22aa", "best-practice"]})'
                '.then(done, function (e) { done({error: String(e)}); })')
            assert 'error' not in result, result
            assert result['passes'], name
            for fault in result['violations']:
                faults.append((name, fault['id'],
                               [n['html'][:120] for n in fault['nodes'][:3]]))
    assert not faults, '\n'.join(map(str, faults))


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


def test_print_fits_two_sheets(stack, tmp_path):
    with Browser(1280, 900) as browser:
        browser.open(stack.url + PATHS['print'])
        for size in ((8.27, 11.69), (8.5, 11)):
            pdf = browser.driver.execute_cdp_cmd('Page.printToPDF', {
                'paperWidth': size[0], 'paperHeight': size[1],
                'preferCSSPageSize': False})
            import base64
            path = tmp_path / 'print.pdf'
            path.write_bytes(base64.b64decode(pdf['data']))
            info = subprocess.run(['pdfinfo', path], capture_output=True,
                                  text=True, check=True).stdout
            pages = int(info.split('Pages:')[1].split()[0])
            assert pages <= 2, f'{pages} sheets'
            shutil.copy(path, os.path.join(SHOTS, 'print.pdf'))
