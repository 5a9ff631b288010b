"""A small existing site, as the README's walk-through makes it: an nginx with
the site's own pages and the trials, a reverse proxy, two Varnishes and a
partner's site.  Every configuration is the README's own text; only addresses and
paths are replaced."""

import base64
import gzip
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import redis as redis_client

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, 'tests', 'demo'))

from stack import Stack  # noqa: E402

TRIAL = 'NCT99990001'

PAGE = '''<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title></head>
<body><h1>%s</h1>
%s
</body></html>
'''


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def readme(heading, language):
    """The fenced blocks of that language below that heading of the README."""
    with open(os.path.join(TOP, 'README.md'), encoding='utf-8') as f:
        text = f.read()
    section = re.search(r'^##+ %s\n(.*?)(?=^##+ |\Z)' % re.escape(heading), text,
                        re.M | re.S)
    assert section, heading
    blocks = re.findall(r'^```%s\n(.*?)^```$' % language, section[1],
                        re.M | re.S)
    assert blocks, f'{heading}: no {language}'
    return blocks


class Answer:
    def __init__(self, answer):
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()
        self.text = self.body.decode('utf-8', 'replace')


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def get(url, method='GET', **headers):
    request = urllib.request.Request(
        url, method=method,
        headers={k.replace('_', '-'): v for k, v in headers.items()})
    try:
        return Answer(OPENER.open(request, timeout=15))
    except urllib.error.HTTPError as error:
        return Answer(error)


def until(true, limit=10.0, what='it'):
    end = time.monotonic() + limit
    while True:
        value = true()
        if value:
            return value
        assert time.monotonic() < end, f'{what}: not within {limit} s'
        time.sleep(0.02)


class Site(Stack):
    """The origin at url, the proxy before it at front, the partner's site."""

    def __init__(self):
        super().__init__('site')
        # The origin logs and redirects as behind the proxy.
        self.ports = {name: free_port() for name in (
            'front', 'partner', 'refused', 'esi', 'cdn')}
        self.front = f'http://localhost:{self.ports["front"]}'
        self.partner = f'http://127.0.0.1:{self.ports["partner"]}'
        self.refused = f'http://127.0.0.1:{self.ports["refused"]}'
        self.esi = f'http://127.0.0.1:{self.ports["esi"]}'
        self.cdn = f'http://127.0.0.1:{self.ports["cdn"]}'
        self.base_url = f'{self.front}/trials'
        self.root = os.path.join(self.home, 'site')
        self.hash = style_hash(os.path.join(self.build, 'trials'))

    def own(self, text):
        """The README's text with this site's addresses."""
        for theirs, ours in (
                ('unix:/run/redis/redis-server.sock', f'unix:{self.redis}'),
                ('/var/cache/nginx/trials', f'{self.home}/cache'),
                ('https://partner.example', self.partner),
                ('https://example.org', self.front),
                ('http://127.0.0.1:6081', self.cdn),
                ('127.0.0.1:8080', f'127.0.0.1:{self.port}'),
                ('.port = "8080"', f'.port = "{self.port}"'),
                ('listen 80;', f'listen {self.ports["front"]};'),
                ('NCT01234567', TRIAL), ('HASH', self.hash)):
            text = text.replace(theirs, ours)
        return text

    def block(self, heading, number=0, language='nginx'):
        return self.own(readme(heading, language)[number])

    def configuration(self):
        locate = 'A location in your server'
        front = self.block('A reverse proxy in front')
        front = front.replace(
            'server {', 'server {\n    access_log front.log;\n    '
            'location = /framed.html { root site; }', 1)
        trials = (self.block(locate, 1)
                  # One location has what three of the sections add to it.
                  .replace('    trials on;\n', '    trials on;\n'
                           + inside(self.block('In a frame'))
                           + inside(self.block('A CDN, and purging'))))
        return f'''
{'user root;' if os.geteuid() == 0 else ''}
load_module {self.build}/ngx_http_trials_module.so;
worker_processes 2;
daemon off;
pid nginx.pid;
error_log error.log info;
events {{ worker_connections 512; }}

http {{
    types {{ text/html html; }}
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
    {self.block('Metrics', 1)}
    access_log access.log trials;
    {self.block(locate, 0)}

    server {{
        listen 127.0.0.1:{self.port};
        root site;
        add_header X-Site theirs;
        {trials}
        {self.block('Server-side include')}
        {self.block('A reverse proxy in front', 1)}
        {self.block('Your Content-Security-Policy')}
        location /strict/ {{
            ssi on;
            add_header Content-Security-Policy "default-src 'self'";
        }}
        {self.block('Metrics', 0)}
    }}

    {front}

    server {{
        listen 127.0.0.1:{self.ports['partner']};
        listen 127.0.0.1:{self.ports['refused']};
        root partner;
    }}
}}
'''

    def write_site(self):
        include = self.block('Server-side include', language='html')
        frame = self.block('In a frame', language='html')
        missing = include.replace(TRIAL, 'NCT99999999')
        for path, title, body in (
                ('site/index.html', 'Home', '<p>Ours.</p>'),
                ('site/404.html', 'Nothing here', '<p>The site says so.</p>'),
                ('site/framed.html', 'Framed', ''),
                ('site/about/index.html', 'About', include),
                ('site/about/missing.html', 'Missing', missing),
                ('site/policy/index.html', 'Policy', include),
                ('site/strict/index.html', 'Strict', include),
                ('site/news/index.html', 'News', self.block(
                    'Edge-side include', language='html')),
                ('partner/index.html', 'A partner', frame),
                ('partner/page.html', 'A partner', frame.replace(
                    '/embed"', '"'))):
            path = os.path.join(self.home, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(PAGE % (title, title, body))

    def varnish(self, name, heading):
        """A Varnish with the README's VCL, in memory."""
        directory = os.path.join(self.home, name)
        os.makedirs(directory)
        vcl = os.path.join(directory, 'site.vcl')
        with open(vcl, 'w', encoding='utf-8') as f:
            f.write(self.block(heading, language='vcl'))
        self.spawn(name, ['varnishd', '-F', '-n', directory, '-f', vcl,
                          '-a', f'127.0.0.1:{self.ports[name]}',
                          '-j', 'none', '-s', 'malloc,16m', '-p',
                          'thread_pool_min=5', '-p', 'thread_pools=1'])
        self.await_('Varnish', lambda: answers(getattr(self, name)))

    def store(self, field, change):
        """Changes a body in the cache, as a refresher would."""
        client = redis_client.Redis(unix_socket_path=self.redis)
        key = 'trials:doc:{%s}' % TRIAL
        body = change(gzip.decompress(client.hget(key, field)))
        client.hset(key, mapping={
            field: gzip.compress(body), f'{field}:size': len(body),
            f'{field}:etag': hashlib.sha256(body).hexdigest()[:32]})
        client.hdel(key, f'{field}:br')
        client.close()


def style_hash(trials):
    """Of the fragment's style, as a Content-Security-Policy names it."""
    record = os.path.join(TOP, 'tests', 'data', 'samples', f'{TRIAL}.json')
    fragment = subprocess.run([trials, 'render', '--as', 'embed', record],
                              check=True, capture_output=True).stdout
    style = re.search(rb'<style>(.*?)</style>', fragment, re.S)[1]
    return base64.b64encode(hashlib.sha256(style).digest()).decode()


def inside(block):
    """What a location block has beside "trials on"."""
    lines = block.strip().splitlines()
    assert lines[0].startswith('location') and lines[-1] == '}'
    return ''.join(line + '\n' for line in lines[1:-1]
                   if line.strip() != 'trials on;')


def answers(url):
    try:
        return get(url + '/').status == 200
    except OSError:
        return False


def needed(program):
    return shutil.which(program, path=os.environ.get('PATH', '') +
                        ':/usr/sbin')
