"""nginx with the module, Redis, a Redis that misbehaves, and readers."""

import contextlib
import gzip
import hashlib
import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import redis as redis_client


BUILD = os.environ.get('BUILD', 'build')
NGINX = os.environ.get('TRIALS_NGINX', '/usr/sbin/nginx')

# Empty where the nginx has the module built in.
MODULE = os.environ.get(
    'TRIALS_MODULE', os.path.join(BUILD, 'ngx_http_trials_module.so'))
SANITIZE = bool(os.environ.get('SANITIZE'))

# A sanitized module makes everything slower; bounds in seconds take this in.
SLOW = 4 if SANITIZE else 1

# nginx reads its clock once a round, in whole milliseconds: a wait may end this
# much early.
EARLY = 0.005

FRESH = 'trials:fresh'
WANTED = 'trials:wanted'

TYPES = {'page': 'text/html; charset=utf-8',
         'print': 'text/html; charset=utf-8',
         'embed': 'text/html; charset=utf-8',
         'json': 'application/json'}

PATHS = {'page': '', 'print': '/print', 'embed': '/embed', 'json': '.json'}

# What no test may leave in the error log, unless it says so.
FAULTS = re.compile(
    r'\[alert\]|\[emerg\]|Sanitizer|runtime error|zero size buf|already free|'
    r'open socket|exited on signal')


def wait_for(condition, timeout=5.0, what='condition', interval=0.005):
    """Waits until condition() is true and returns what it returned."""
    end = time.monotonic() + timeout * SLOW
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('timed out: ' + what)
        time.sleep(interval)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def key(trial):
    return 'trials:doc:{%s}' % trial


def body_of(trial, rendition, mark=''):
    """A body that can be told from every other, long enough to be lent."""
    head = '%s %s %s\n' % (trial, rendition, mark)
    lines = ''.join('%d %s\n' % (i, hashlib.sha1((head + str(i)).encode())
                                 .hexdigest()) for i in range(400))
    return (head + lines).encode()


def etag_of(body):
    return hashlib.sha256(body).hexdigest()[:32]


def fields_of(trial, mark='', modified=1700000000, bodies=None):
    """The hash of a present trial, as <trials/document.h> describes it."""
    fields = {'v': '2', 'state': 'present', 'modified': str(modified),
              'registry': '2026-01-01', 'engine': 'test', 'hash': mark or 'x'}
    for rendition in PATHS:
        body = (bodies or {}).get(rendition)
        if body is None:
            body = body_of(trial, rendition, mark)
        fields[rendition] = gzip.compress(body, mtime=0)
        fields[rendition + ':etag'] = etag_of(body)
        fields[rendition + ':size'] = str(len(body))
    return fields


class Redis:
    """A redis-server on a unix socket, without persistence."""

    def __init__(self, directory, name='redis', config=()):
        self.directory = os.path.join(directory, name)
        os.makedirs(self.directory, exist_ok=True)
        self.path = os.path.join(self.directory, 'socket')
        self.address = 'unix:' + self.path
        self.config = list(config)
        self.password = None
        self.process = None
        self.client = None

    def start(self):
        self.process = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', self.path,
             '--save', '', '--appendonly', 'no', '--dir', self.directory,
             '--logfile', os.path.join(self.directory, 'log')] + self.config,
            stdin=subprocess.DEVNULL)
        self.client = redis_client.Redis(unix_socket_path=self.path,
                                         password=self.password)
        wait_for(self.answers, what='redis-server')
        return self

    def answers(self):
        try:
            return self.client.ping()
        except (redis_client.exceptions.ConnectionError,
                redis_client.exceptions.BusyLoadingError):
            return False

    def kill(self, number):
        os.kill(self.process.pid, number)

    def stop(self, number=signal.SIGKILL):
        if self.process is None:
            return
        if self.client:
            self.client.close()
        # A stopped process takes no other signal.
        self.kill(signal.SIGCONT)
        self.kill(number)
        self.process.wait(10)
        self.process = None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def store(self, trial, mark='', fresh=None, **kwargs):
        """Stores a trial and returns its bodies."""
        fields = fields_of(trial, mark, **kwargs)
        pipe = self.client.pipeline()
        pipe.zadd(FRESH, {trial: fresh or time.time() + 3600})
        pipe.hset(key(trial), mapping=fields)
        pipe.execute()
        return {r: gzip.decompress(fields[r]) for r in PATHS}

    def wanted(self):
        return [fields[b'id'].decode()
                for _, fields in self.client.xrange(WANTED)]

    def calls(self, command):
        stats = self.client.info('commandstats').get('cmdstat_' + command)
        return stats['calls'] if stats else 0

    def trackers(self):
        """How many connections have tracking on: the workers that are up."""
        return self.client.info('clients')['tracking_clients']


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # (lower-case name, value)
        self.body = body
        self.time = 0.0

    def __getitem__(self, name):
        values = self.all(name)
        assert len(values) == 1, '%s: %r in %r' % (name, values, self.headers)
        return values[0]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    def all(self, name):
        return [v for n, v in self.headers if n == name.lower()]


class Reader:
    """One connection of a reader."""

    def __init__(self, port, timeout=15.0):
        self.socket = socket.create_connection(('127.0.0.1', port),
                                               timeout * SLOW)
        self.file = self.socket.makefile('rb')
        self.method = 'GET'
        self.sent = 0.0

    def send(self, path, method='GET', headers=(), version='1.1', body=b''):
        self.method = method
        lines = ['%s %s HTTP/%s' % (method, path, version)]
        names = [n.lower() for n, _ in headers]
        if 'host' not in names:
            lines.append('Host: trials.test')
        lines += ['%s: %s' % h for h in headers]
        if body:
            lines.append('Content-Length: %d' % len(body))
        data = '\r\n'.join(lines + ['', '']).encode() + body
        self.sent = time.monotonic()
        self.socket.sendall(data)
        return self

    def receive(self):
        line = self.file.readline()
        if not line:
            raise ConnectionResetError('closed without an answer')
        status = int(line.split()[1])
        headers = []
        while True:
            line = self.file.readline().strip()
            if not line:
                break
            name, value = line.decode('latin-1').split(':', 1)
            headers.append((name.lower(), value.strip()))
        response = Response(status, headers, b'')
        length = response.get('content-length')
        if self.method == 'HEAD' or status in (204, 304):
            pass
        elif response.get('transfer-encoding') == 'chunked':
            response.body = self.chunks()
        elif length is not None:
            response.body = self.file.read(int(length))
            assert len(response.body) == int(length)
        else:
            response.body = self.file.read()
        response.time = time.monotonic() - self.sent
        return response

    def chunks(self):
        body = b''
        while True:
            n = int(self.file.readline().strip(), 16)
            body += self.file.read(n)
            assert self.file.readline() == b'\r\n'
            if n == 0:
                return body

    def reset(self):
        """Closes with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack('ii', 1, 0))
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


MAIN = '''
{load}
{user}
daemon off;
master_process on;
worker_processes {workers};
pid {directory}/nginx.pid;
error_log {directory}/error.log {level};
{main}

events {{
    worker_connections 2048;
}}

http {{
    access_log off;
    sendfile on;
    keepalive_requests 100000;
    client_body_temp_path {directory}/temp_body;
    proxy_temp_path {directory}/temp_proxy;
    fastcgi_temp_path {directory}/temp_fastcgi;
    uwsgi_temp_path {directory}/temp_uwsgi;
    scgi_temp_path {directory}/temp_scgi;

    log_format trials '$request_uri $status $trials_cache_status '
                      '$trials_id $trials_rendition';
    {http}

    server {{
        listen 127.0.0.1:{port} {listen} reuseport;
        {server}
    }}
}}
'''

SERVER = '''
        location /trials/ {
            trials on;
            add_header X-Trials $trials_cache_status always;
        }
'''


class Nginx:
    """nginx with the module, in a folder of its own."""

    def __init__(self, directory, redis, workers=1, http='', server=SERVER,
                 main='', level='info', options='', listen=''):
        self.directory = os.path.join(directory, 'nginx')
        os.makedirs(self.directory, exist_ok=True)
        self.redis = redis
        self.port = free_port()
        self.workers = workers
        self.http = http
        self.server = server
        self.main = main
        self.level = level
        self.options = options
        self.listen = listen
        self.process = None
        self.pids = []
        self.keep_pids = True
        self.tolerated = []
        self.configuration = os.path.join(self.directory, 'nginx.conf')

    def write(self):
        http = self.http
        if self.redis is not None:
            http += '\n    trials_redis %s %s;' % (self.redis, self.options)
        with open(self.configuration, 'w') as f:
            f.write(MAIN.format(
                load=('load_module %s;' % os.path.abspath(MODULE)
                      if MODULE else ''),
                user='user root;' if os.geteuid() == 0 else '',
                directory=self.directory, port=self.port, level=self.level,
                workers=self.workers, main=self.main, http=http,
                listen=self.listen,
                server=self.server))

    def command(self, *args):
        return [NGINX, '-p', self.directory, '-c', self.configuration,
                '-e', os.path.join(self.directory, 'error.log'), *args]

    def environment(self):
        env = dict(os.environ)
        if SANITIZE:
            env['LD_PRELOAD'] = ' '.join(
                subprocess.check_output(
                    ['gcc', '-print-file-name=lib%s.so' % name],
                    text=True).strip() for name in ('asan', 'ubsan'))
            log = os.path.join(self.directory, 'sanitizer')
            env['ASAN_OPTIONS'] = 'detect_leaks=0:log_path=' + log
            env['UBSAN_OPTIONS'] = ('print_stacktrace=1:halt_on_error=0:'
                                    'log_path=' + log)
        return env

    def test(self):
        """nginx -t: the exit code and what it says."""
        self.write()
        done = subprocess.run(self.command('-t'), env=self.environment(),
                              stdin=subprocess.DEVNULL, timeout=30,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        return done.returncode, done.stdout

    def start(self, ready=True):
        self.write()
        self.process = subprocess.Popen(
            self.command(), env=self.environment(), stdin=subprocess.DEVNULL,
            stderr=open(os.path.join(self.directory, 'stderr'), 'wb'))
        wait_for(self.listens, what='nginx')
        self.pids = wait_for(self.all_workers, what='workers')
        if ready and isinstance(ready, Redis):
            wait_for(lambda: ready.trackers() == self.workers,
                     what='workers connected to Redis')
        return self

    def listens(self):
        if self.process.poll() is not None:
            raise AssertionError('nginx ended: ' + self.log() + self.errors())
        try:
            socket.create_connection(('127.0.0.1', self.port), 1).close()
            return True
        except OSError:
            return False

    def errors(self):
        with open(os.path.join(self.directory, 'stderr'),
                  errors='replace') as f:
            return f.read()

    def children(self):
        with open('/proc/%d/task/%d/children'
                  % (self.process.pid, self.process.pid)) as f:
            pids = [int(pid) for pid in f.read().split()]
        return [pid for pid in pids if self.is_worker(pid)]

    @staticmethod
    def is_worker(pid):
        """Not the cache manager, nor a process that has hardly begun."""
        try:
            with open('/proc/%d/cmdline' % pid, 'rb') as f:
                return f.read().startswith(b'nginx: worker process')
        except OSError:
            return False

    def all_workers(self):
        pids = self.children()
        return pids if len(pids) == self.workers else None

    def log(self):
        try:
            with open(os.path.join(self.directory, 'error.log'),
                      errors='replace') as f:
                return f.read()
        except FileNotFoundError:
            return ''

    def access(self):
        with open(os.path.join(self.directory, 'access.log')) as f:
            return f.read().splitlines()

    def kill(self, number, pid=None):
        os.kill(pid or self.process.pid, number)

    def reload(self):
        """Returns when new workers are there; the old may serve still."""
        self.write()
        old = set(self.children())
        self.keep_pids = False
        self.kill(signal.SIGHUP)
        wait_for(lambda: len(set(self.children()) - old) == self.workers,
                 what='new workers')
        return old

    def connections(self):
        """Open sockets of all workers, but those they listen on."""
        count = 0
        for pid in self.children():
            for fd in os.listdir('/proc/%d/fd' % pid):
                with contextlib.suppress(OSError):
                    target = os.readlink('/proc/%d/fd/%s' % (pid, fd))
                    count += target.startswith('socket:')
        return count

    def memory(self):
        """Resident kilobytes of all workers."""
        total = 0
        for pid in self.children():
            with open('/proc/%d/statm' % pid) as f:
                total += int(f.read().split()[1]) * resource.getpagesize()
        return total // 1024

    def is_flat(self, before, kilobytes):
        """Whether no more than that has come to the workers' memory."""
        # The sanitizer keeps what was given back, to see who still uses it.
        return SANITIZE or self.memory() - before < kilobytes

    def tolerate(self, pattern):
        """Lets a test say which fault it provokes."""
        self.tolerated.append(re.compile(pattern))

    def stop(self):
        """Ends nginx and returns what was wrong with it."""
        if self.process is None:
            return []
        faults = []
        if self.process.poll() is None:
            try:
                pids = self.children()
                if self.keep_pids and sorted(pids) != sorted(self.pids):
                    faults.append('workers changed: %r -> %r'
                                  % (self.pids, pids))
                self.kill(signal.SIGQUIT)
                self.process.wait(3 * SLOW)
            except subprocess.TimeoutExpired:
                faults.append('nginx is still there after QUIT: %r'
                              % self.children())
                for pid in self.children():
                    os.kill(pid, signal.SIGKILL)
                self.process.kill()
                self.process.wait()
        elif self.process.returncode != 0:
            faults.append('nginx ended with %d' % self.process.returncode)
        self.process = None
        for line in self.log().splitlines():
            if FAULTS.search(line) and not any(
                    p.search(line) for p in self.tolerated):
                faults.append(line)
        for name in os.listdir(self.directory):
            if name.startswith('sanitizer'):
                with open(os.path.join(self.directory, name)) as f:
                    faults.append(f.read())
        return faults

    def get(self, path, method='GET', headers=(), **kwargs):
        """One request on a connection of its own."""
        with Reader(self.port) as reader:
            return reader.send(path, method, headers, **kwargs).receive()

    def readers(self, n, path):
        """n readers that have sent their request."""
        return [Reader(self.port).send(path) for _ in range(n)]


class FakeRedis:
    """
    A Redis that answers what a test tells it to.

    answer(command, connection) returns bytes to send, None for what a
    well-behaved Redis would say, or raises Stop to say nothing more.  step is
    how many bytes are written at once.
    """

    class Stop(Exception):
        pass

    class Close(Exception):
        pass

    class Reset(Exception):
        pass

    def __init__(self, directory, answer=None, step=0):
        self.path = os.path.join(directory, 'fake-redis')
        self.address = 'unix:' + self.path
        self.answer = answer or (lambda command, connection: None)
        self.step = step
        self.commands = []
        self.documents = {}
        self.scores = {}
        self.tracking = []
        self.subscribers = []
        self.lock = threading.Lock()
        self.connections = []
        self.threads = []
        self.listener = None

    def start(self):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.listener.bind(self.path)
        self.listener.listen(128)
        thread = threading.Thread(target=self.accept, daemon=True)
        thread.start()
        self.threads.append(thread)
        return self

    def stop(self):
        if self.listener is None:
            return
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.listener = None
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(5)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def accept(self):
        listener = self.listener
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections.append(connection)
                number = len(self.connections)
            thread = threading.Thread(target=self.serve, daemon=True,
                                      args=(connection, number))
            thread.start()
            self.threads.append(thread)

    def serve(self, connection, number):
        file = connection.makefile('rb')
        silent = False
        try:
            while True:
                command = self.read(file)
                if command is None:
                    break
                with self.lock:
                    self.commands.append(command)
                if silent:
                    continue
                try:
                    reply = self.answer(command, number)
                    if reply is None:
                        reply = self.behave(command, number, connection)
                except self.Stop:
                    silent = True
                    continue
                self.write(connection, reply)
        except self.Reset:
            # Unread bytes make close() of a unix socket a reset.
            connection.close()
            file.close()
            return
        except (OSError, ValueError, self.Close):
            # ValueError: closed within a command.
            pass
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        file.close()
        connection.close()

    @staticmethod
    def read(file):
        line = file.readline()
        if not line:
            return None
        words = []
        for _ in range(int(line[1:])):
            n = int(file.readline()[1:])
            words.append(file.read(n + 2)[:-2])
        return words

    def write(self, connection, data):
        if self.step == 0:
            connection.sendall(data)
            return
        for i in range(0, len(data), self.step):
            connection.sendall(data[i:i + self.step])
            if i % (self.step * 64) == 0:
                time.sleep(0.0001)

    def behave(self, command, number, connection):
        name = command[0].upper()
        if name == b'CLIENT' and command[1].upper() == b'ID':
            return b':%d\r\n' % number
        if name == b'CLIENT':
            self.tracking.append(number)
            return b'+OK\r\n'
        if name == b'SUBSCRIBE':
            self.subscribers.append(connection)
            return (b'*3\r\n' + bulk(b'subscribe') + bulk(command[1])
                    + b':1\r\n')
        if name == b'PING':
            if connection in self.subscribers:
                return b'*2\r\n' + bulk(b'pong') + bulk(b'')
            return b'+PONG\r\n'
        if name == b'HMGET':
            fields = self.documents.get(command[1].decode(), {})
            return b'*%d\r\n' % (len(command) - 2) + b''.join(
                bulk(fields.get(f.decode())) for f in command[2:])
        if name == b'ZSCORE':
            return bulk(self.scores.get(command[2].decode()))
        if name == b'XADD':
            return bulk(b'1-1')
        if name in (b'AUTH', b'SELECT'):
            return b'+OK\r\n'
        return b'-ERR unknown command\r\n'

    def names(self):
        with self.lock:
            return [c[0].upper().decode() for c in self.commands]

    def store(self, trial, mark='', fresh=None):
        fields = fields_of(trial, mark)
        self.documents[key(trial)] = fields
        self.scores[trial] = b'%d' % (fresh or time.time() + 3600)
        return {r: gzip.decompress(fields[r]) for r in PATHS}

    def invalidate(self, *keys):
        message = (b'*3\r\n' + bulk(b'message') + bulk(b'__redis__:invalidate')
                   + b'*%d\r\n' % len(keys)
                   + b''.join(bulk(k.encode()) for k in keys))
        for connection in self.subscribers:
            with contextlib.suppress(OSError):
                self.write(connection, message)


def bulk(value):
    if value is None:
        return b'$-1\r\n'
    if isinstance(value, str):
        value = value.encode()
    return b'$%d\r\n%s\r\n' % (len(value), value)


def remove(directory):
    shutil.rmtree(directory, ignore_errors=True)
