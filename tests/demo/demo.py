#!/usr/bin/env python3
"""The whole system on this machine: Redis, a registry stand-in that serves the
sample records, the refresher and nginx, in a directory of their own.

  demo.py [--build DIR] [--port N] [--registry URL] run | start | stop

`run` stays in the foreground until Ctrl-C, `start` returns once the demo
answers, `stop` ends it.  With --registry the records come from that registry
and no stand-in is started.  Standard library only."""

import argparse
import glob
import html
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SAMPLES = os.path.join(TOP, 'tests', 'data', 'samples')
STANDIN = os.path.join(TOP, 'tests', 'standin', 'registry.py')
FIRST = 'NCT99990001'
START_LIMIT = 20      # seconds until everything answers
STOP_LIMIT = 10       # seconds until everything has ended

NGINX_CONF = '''\
# Made by tests/demo/demo.py: written anew at each start.
{user}load_module {module};
worker_processes 2;
daemon off;
pid nginx.pid;
error_log error.log notice;

events {{
    worker_connections 1024;
}}

http {{
    types {{ text/html html shtml; text/css css; }}
    default_type text/plain;
    access_log access.log;

    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;

    trials_redis unix:{redis};

    server {{
        listen 127.0.0.1:{port};
        server_name localhost;
        root site;
        index index.html;

        # Browsers ask every host for it; its absence is no fault of a page.
        location = /favicon.ico {{
            return 204;
        }}

        location /trials/ {{
            trials on;
            trials_wait 10s;
        }}

        # An existing site that takes in the embed by SSI.
        location /site/ {{
            ssi on;
            index index.shtml;
        }}
    }}
}}
'''


class Trouble(Exception):
    """What a user can do something about, in one sentence."""


class Part:
    """A process of the demo and the signal that ends it."""

    def __init__(self, argv, process, end):
        self.argv = argv
        self.process = process
        self.end = end


def find(program, package):
    path = shutil.which(program, path=os.environ.get('PATH', '') +
                        ':/usr/sbin:/usr/local/sbin')
    if not path:
        raise Trouble(f'{program} is not installed: apt-get install {package},'
                      ' or sh docker/setup.sh demo')
    return path


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


class Demo:
    def __init__(self, options):
        self.build = os.path.abspath(options.build)
        self.port = options.port
        self.registry = options.registry
        self.home = os.path.join(self.build, 'demo')
        self.redis = os.path.join(self.home, 'redis.sock')
        self.pidfile = os.path.join(self.home, 'demo.pid')
        self.parts = {}            # name: Part, in the order of their start
        self.url = f'http://127.0.0.1:{self.port}'
        self.base_url = f'{self.url}/trials'

    # Before the start: whatever can be said in one clear sentence.

    def check(self):
        if len(self.redis.encode()) > 100:
            raise Trouble(f'the path {self.redis} is too long for a unix '
                          'socket (107 bytes): build in a shorter one, '
                          'make demo BUILD=/tmp/trials')

        for part in ('ngx_http_trials_module.so', 'trials-refresher'):
            if not os.path.exists(os.path.join(self.build, part)):
                raise Trouble(f'{self.build}/{part} is missing: run make')

        find('nginx', 'nginx')
        find('redis-server', 'redis-server')

        pid = self.running()
        if pid:
            raise Trouble(f'the demo is running already (process {pid}): '
                          'make demo-stop ends it')

        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(('127.0.0.1', self.port))
            except OSError as error:
                raise Trouble(f'127.0.0.1:{self.port} cannot be used '
                              f'({error.strerror}): choose another port, '
                              'make demo PORT=8081') from None

    def running(self):
        try:
            with open(self.pidfile) as f:
                pid = int(f.read())
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                return pid if b'demo.py' in f.read() else None
        except (OSError, ValueError):
            return None

    # The parts.

    def spawn(self, name, argv, end=signal.SIGTERM):
        log = open(os.path.join(self.home, f'{name}.log'), 'ab')
        # In a session of its own: Ctrl-C is for the demo, which then ends
        # its parts in order.
        process = subprocess.Popen(argv, cwd=self.home, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log,
                                   start_new_session=True)
        log.close()
        self.parts[name] = Part(argv, process, end)
        return process

    def await_(self, what, answered):
        limit = time.monotonic() + START_LIMIT
        while not answered():
            self.watch()
            if time.monotonic() > limit:
                raise Trouble(f'{what} does not answer within {START_LIMIT} s:'
                              f' see the logs in {self.home}')
            time.sleep(0.02)

    def watch(self):
        """Trouble where a part ended by itself."""
        for name, part in self.parts.items():
            if part.process.poll() is not None:
                log = os.path.join(self.home, f'{name}.log')
                with open(log, errors='replace') as f:
                    last = f.read().strip().splitlines()[-3:]
                raise Trouble(f'{name} ended with code '
                              f'{part.process.returncode}: '
                              + ' | '.join(last) + f' (see {log})')

    def start(self):
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(os.path.join(self.home, 'tmp'))
        with open(self.pidfile, 'w') as f:
            f.write(str(os.getpid()))

        self.spawn('redis', [find('redis-server', 'redis-server'), '--port', '0',
                             '--unixsocket', 'redis.sock', '--unixsocketperm',
                             '700', '--save', '', '--appendonly', 'no',
                             '--maxmemory', '256mb', '--maxmemory-policy',
                             'allkeys-lru', '--daemonize', 'no'])
        self.await_('Redis', lambda: self.redis_answers())

        registry = self.registry or self.start_standin()
        self.spawn('refresher',
                   [os.path.join(self.build, 'trials-refresher'),
                    '--redis', f'unix:{self.redis}', '--registry', registry,
                    '--base-url', self.base_url])

        self.write_site()
        with open(os.path.join(self.home, 'nginx.conf'), 'w') as f:
            f.write(self.configuration())
        self.spawn('nginx', [find('nginx', 'nginx'), '-p', self.home + '/',
                             '-c', 'nginx.conf', '-e', 'error.log'],
                   end=signal.SIGQUIT)
        self.await_('nginx', lambda: self.page_answers())

    def configuration(self):
        return NGINX_CONF.format(
            # Workers of another user could not reach the socket of a demo that
            # runs as root below a closed home.
            user='user root;\n' if os.geteuid() == 0 else '',
            module=os.path.join(self.build, 'ngx_http_trials_module.so'),
            redis=self.redis, port=self.port)

    def redis_answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(1)
                s.connect(self.redis)
                s.sendall(b'PING\r\n')
                return s.recv(7) == b'+PONG\r\n'
        except OSError:
            return False

    def start_standin(self):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            address = '127.0.0.1:%d' % probe.getsockname()[1]
        url = f'http://{address}/api/v2'

        self.spawn('registry', [sys.executable, STANDIN, '--listen', address,
                                '--records', SAMPLES])
        self.await_('the registry stand-in', lambda: answers(f'{url}/version'))
        return url

    def page_answers(self):
        """The first sample where it is served; with a real registry, anything
        that our module says."""
        try:
            with urllib.request.urlopen(f'{self.url}/trials/{FIRST}',
                                        timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            return bool(self.registry) and error.code in (404, 503)
        except OSError:
            return False

    def write_site(self):
        site = os.path.join(self.home, 'site')
        os.makedirs(os.path.join(site, 'site'))

        rows = []
        for trial, title in self.samples():
            rows.append(f'<li><a href="/trials/{trial}">{html.escape(title)}'
                        f'</a> <small>{trial}</small></li>')

        head = ('<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width">'
                '<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;'
                'margin:2rem auto;padding:0 1rem}li{margin:.4em 0}</style>')
        with open(os.path.join(site, 'index.html'), 'w') as f:
            f.write(head + '<title>trials: demo</title><main>'
                    '<h1>trials: demo</h1><p>Sample records about trials that '
                    'do not exist.</p><ul>' + ''.join(rows) + '</ul><p>'
                    '<a href="/site/">A site that embeds a trial</a></p>'
                    '</main></html>\n')
        with open(os.path.join(site, 'site', 'index.shtml'), 'w') as f:
            f.write(head + '<title>A host site</title><main><h1>A host site'
                    '</h1><p>The box comes from the trials module by SSI.</p>'
                    f'<!--#include virtual="/trials/{FIRST}/embed" -->'
                    '</main></html>\n')

    def samples(self):
        if self.registry:
            return []
        found = []
        for path in sorted(glob.glob(os.path.join(SAMPLES, 'NCT*.json'))):
            with open(path, encoding='utf-8') as f:
                module = json.load(f)['protocolSection']['identificationModule']
            found.append((module['nctId'], module['briefTitle']))
        return found

    def announce(self):
        trial = FIRST
        print(f'trials demo on {self.url}')
        if self.registry:
            print(f'  records come from {self.registry}')
            print(f'  {self.url}/trials/NCT… with any id of that registry')
        else:
            print('  sample records about trials that do not exist; all of '
                  f'them: {self.url}/')
            print(f'  page       {self.url}/trials/{trial}')
            print(f'  on paper   {self.url}/trials/{trial}/print')
            print(f'  fragment   {self.url}/trials/{trial}/embed')
            print(f'  model      {self.url}/trials/{trial}.json')
            print(f'  in a site  {self.url}/site/')
        print(f'  logs       {self.home}', flush=True)

    def stop(self):
        """Ends the parts, the last one first."""
        for name, part in reversed(self.parts.items()):
            if part.process.poll() is None:
                part.process.send_signal(part.end)
                try:
                    part.process.wait(STOP_LIMIT)
                except subprocess.TimeoutExpired:
                    print(f'demo: {name} did not end within {STOP_LIMIT} s: '
                          'killed', file=sys.stderr)
                    part.process.kill()
                    part.process.wait()
        if os.path.exists(self.pidfile):
            os.unlink(self.pidfile)

    # The commands.

    def run(self, ready=None):
        self.check()
        stopping = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stopping.append(1))
        try:
            self.start()
            if ready:
                ready()
            else:
                self.announce()
                print('Ctrl-C stops it.', flush=True)
            while not stopping:
                self.watch()
                time.sleep(0.1)
        finally:
            self.stop()
        if not ready:
            print('\ndemo: stopped', flush=True)

    def start_in_background(self):
        self.check()
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            os.close(reader)
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            try:
                self.run(ready=lambda: os.write(writer, b'ok'))
                os._exit(0)
            except Trouble as trouble:
                os.write(writer, str(trouble).encode())
            except BaseException as error:      # said by the parent
                os.write(writer, repr(error).encode())
            os._exit(1)
        os.close(writer)
        word = os.read(reader, 4096).decode()
        if word != 'ok':
            raise Trouble(word or 'the demo ended before it answered: '
                          f'see the logs in {self.home}')
        self.announce()

    def stop_in_background(self):
        pid = self.running()
        if not pid:
            raise Trouble('the demo is not running')
        os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + STOP_LIMIT * 4
        while self.running():
            if time.monotonic() > limit:
                raise Trouble(f'process {pid} does not end')
            time.sleep(0.05)
        print('demo: stopped')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'))
    parser.add_argument('--port', type=int, default=8080)
    parser.add_argument('--registry', metavar='URL')
    parser.add_argument('command', choices=('run', 'start', 'stop'))
    options = parser.parse_args()
    demo = Demo(options)
    try:
        {'run': demo.run, 'start': demo.start_in_background,
         'stop': demo.stop_in_background}[options.command]()
    except Trouble as trouble:
        sys.exit(f'demo: {trouble}')


if __name__ == '__main__':
    main()
