#!/usr/bin/python3
"""
What serving a page costs, beside what else could serve it.

    serving.py --build build [--rounds 5] [--seconds 2] [--peers a,b]
               [--codings gzip,identity] [--no-latency] [--no-scale]

Serves the same 2,000 pages (median 35 KB, 7 KB gzip'd; names drawn by Zipf's
law) from every peer, all processes of the server's side on core 0, the client
with 64 keep-alive connections on core 1, one peer after the other, round by
round.  Before that each page is fetched once from each peer in both forms, and
must be the page.  Prints for each peer the CPU time a request that its
processes took (that of a Redis or memcached behind it as well), requests a
second, and both as multiples of nginx serving static files in the same round:
medians.  The CPU time holds also on a noisy machine.

Then: ours as a multiple of the best of each group of peers, beside the bar;
latency at half of the load that static files bear, in an open loop; and what
10,000 idle connections and 1,000 waiting readers add to a worker's memory.

Peers: static (sendfile, open_file_cache, gzip_static), trials (with a zone),
trials-redis (without), bare (an epoll loop: the limit), proxy_cache, and, where
they are installed, varnish, lua-shdict, memcached, srcache, lua-redis.
"""

import argparse
import contextlib
import gzip
import hashlib
import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import redis as redis_client

MODULES = '/usr/lib/nginx/modules'
PAGES = 2000
CONNECTIONS = 64
CODINGS = 'gzip', 'identity'

NGINX = '''
{load}
{user}
worker_processes 1;
worker_rlimit_nofile 30000;
pid {folder}/nginx.pid;
daemon off;
error_log {folder}/error.log error;
events {{ worker_connections 24000; }}
http {{
    access_log off;
    sendfile on;
    tcp_nodelay on;
    server_tokens off;
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    default_type text/html;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    map $http_accept_encoding $coding {{ default ""; ~gzip gzip; }}
    map $http_accept_encoding $prefix {{ default p; ~gzip g; }}
    {http}
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        root {corpus};
        location /trials/ {{ {location} }}
        {server}
    }}
}}
'''

STATIC = ('open_file_cache max=20000 inactive=1h; open_file_cache_valid 1h;'
          'open_file_cache_min_uses 1;')

LUA = '''
    local gz = (ngx.var.http_accept_encoding or ""):find("gzip", 1, true)
    local key, body = (gz and "g:" or "p:") .. ngx.var.uri, nil
    %s
    if gz then ngx.header["Content-Encoding"] = "gzip" end
    ngx.header["Content-Length"] = #body
    ngx.print(body)
'''

LUA_REDIS = '''
    local red = require("nginx.redis"):new()
    red:connect("unix:%s")
    body = red:get(key)
    red:set_keepalive(60000, 256)
'''

VCL = '''vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "%d"; }
sub vcl_recv {
    if (req.http.Accept-Encoding ~ "gzip") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }
    return (hash);
}
sub vcl_hash {
    hash_data(req.url);
    if (req.http.Accept-Encoding) { hash_data("g"); }
    return (lookup);
}
sub vcl_backend_response { set beresp.ttl = 10h; return (deliver); }
'''

# What each peer needs, and the Debian packages that have it.
NEEDS = {
    'varnish': (['varnishd'], 'varnish'),
    'memcached': (['memcached'], 'memcached'),
    'srcache': (['memcached', MODULES + '/ngx_http_srcache_filter_module.so',
                 MODULES + '/ngx_http_memc_module.so'],
                'memcached libnginx-mod-http-srcache-filter '
                'libnginx-mod-http-memc'),
    'lua-shdict': ([MODULES + '/ngx_http_lua_module.so',
                    MODULES + '/ndk_http_module.so',
                    '/usr/share/lua/5.1/nginx/redis.lua',
                    '/usr/share/lua/5.1/resty/core.lua'],
                   'libnginx-mod-http-lua lua-resty-core lua-nginx-redis'),
}
NEEDS['lua-redis'] = NEEDS['lua-shdict']

PEERS = ['static', 'trials', 'trials-redis', 'bare', 'proxy_cache', *NEEDS]

# (ours, the group whose best counts, its name, bars: CPU and requests a second
# by coding; "at most" for CPU, "at least" for requests)
BARS = [
    ('trials', ['static'], 'static files',
     {'gzip': (0.85, 1.2), 'identity': (0.92, 1.05)}),
    ('trials', ['proxy_cache', 'varnish', 'lua-shdict'],
     'best of proxy_cache, varnish, lua-shdict',
     {'gzip': (0.82, 1.2), 'identity': (0.82, 1.2)}),
    ('trials', ['memcached', 'srcache'], 'best of memcached, srcache',
     {'gzip': (0.58, 1.6), 'identity': (0.58, 1.6)}),
    ('trials-redis', ['lua-redis'], 'lua-redis',
     {'gzip': (0.55, 1.8), 'identity': (0.55, 1.8)}),
]
P99_BAR = 1.1


def corpus(folder):
    """Pages of words that nobody knows, of the sizes that pages have."""
    rnd = random.Random(1)
    words = [''.join(rnd.choices('etaoinsrhldcumfpgwybv', k=rnd.randint(2, 11)))
             for _ in range(20000)]
    os.makedirs(folder + '/trials')
    names = []
    for i in range(PAGES):
        local = rnd.choices(words, k=250)
        weights = [1 / (j + 2) for j in range(len(local))]
        size = min(150000, int(rnd.lognormvariate(10.45, 0.42)))
        parts, have = ['<!DOCTYPE html><title>%d</title>\n' % i], 0
        while have < size:
            text = '<p class="criterion">%s.</p>\n' % ' '.join(
                rnd.choices(local, weights, k=rnd.randint(10, 80)))
            parts.append(text)
            have += len(text)
        name = 'NCT%08d' % (10000000 + i * 37)
        body = ''.join(parts).encode()
        for suffix, data in ('', body), ('.gz', gzip.compress(body, 6, mtime=0)):
            with open('%s/trials/%s%s' % (folder, name, suffix), 'wb') as f:
                f.write(data)
        names.append(name)
    order = names[:]
    rnd.shuffle(order)
    with open(folder + '/zipf', 'w') as f:
        for name in rnd.choices(order, [1 / (r + 1) for r in range(PAGES)],
                                k=50000):
            f.write(name + '\n')
    return names


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def children(pid):
    with contextlib.suppress(OSError):
        return [int(child) for thread in os.listdir('/proc/%d/task' % pid)
                for child in read('/proc/%d/task/%s/children'
                                  % (pid, thread)).split()]
    return []


def cpu(pid):
    """Microseconds that a process ran, all its threads and children."""
    total = 0
    with contextlib.suppress(OSError):
        for thread in os.listdir('/proc/%d/task' % pid):
            total += int(read('/proc/%d/task/%s/schedstat'
                              % (pid, thread)).split()[0]) // 1000
    return total + sum(cpu(child) for child in children(pid))


def memory(pid):
    """Bytes that are a worker's own: not the zone, nor what others map."""
    private = re.findall(rb'^Private_\w+: +(\d+) kB', read(
        '/proc/%d/smaps_rollup' % pid), re.M)
    return 1024 * sum(map(int, private))


def real_time():
    """What others run meanwhile hardly shows then; not allowed: as it is."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


class Farm:
    """The peers, each a port and the processes that serve it."""

    def __init__(self, folder, build):
        self.folder = folder
        self.build = os.path.abspath(build)
        self.corpus = folder + '/corpus'
        self.names = corpus(self.corpus)
        self.processes = []
        self.peers = {}
        self.left_out = {}
        self.log = open(folder + '/log', 'w')

    def spawn(self, *command):
        process = subprocess.Popen(
            ['taskset', '-c', '0', *command], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, preexec_fn=real_time)
        self.processes.append(process)
        return process.pid

    def nginx(self, name, location, http='', load=(), behind=(), server=''):
        folder = '%s/peer-%s' % (self.folder, name)
        os.makedirs(folder)
        port = free_port()
        with open(folder + '/nginx.conf', 'w') as f:
            f.write(NGINX.format(
                folder=folder, port=port, corpus=self.corpus, http=http,
                location=location, server=server,
                user='user root;' if os.geteuid() == 0 else '',
                load=''.join('load_module %s;\n' % m for m in load)))
        pid = self.spawn('nginx', '-p', folder, '-c', folder + '/nginx.conf')
        self.peers[name] = (port, [pid, *behind])

    def redis(self):
        path = self.folder + '/redis'
        pid = self.spawn('redis-server', '--port', '0', '--unixsocket', path,
                         '--save', '', '--dir', self.folder)
        client = redis_client.Redis(unix_socket_path=path)
        wait(lambda: os.path.exists(path) and client.ping(), 'Redis')
        pipe = client.pipeline()
        for name in self.names:
            body = read('%s/trials/%s' % (self.corpus, name))
            packed = read('%s/trials/%s.gz' % (self.corpus, name))
            pipe.set('p:/trials/' + name, body)
            pipe.set('g:/trials/' + name, packed)
            pipe.zadd('trials:fresh', {name: time.time() + 86400})
            pipe.hset('trials:doc:{%s}' % name, mapping={
                'v': '2', 'state': 'present', 'modified': '1700000000',
                'page': packed, 'page:size': len(body),
                'page:etag': hashlib.sha256(body).hexdigest()[:32]})
        pipe.execute()
        client.close()
        return path, pid

    def memcached(self):
        path = self.folder + '/memcached'
        pid = self.spawn('memcached', '-u', 'root', '-s', path, '-m', '1024',
                         '-t', '1')
        wait(lambda: os.path.exists(path), 'memcached')
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            for name in self.names:
                for key, suffix in ('p', ''), ('g', '.gz'):
                    data = read('%s/trials/%s%s' % (self.corpus, name, suffix))
                    s.sendall(b'set %s:/trials/%s 0 0 %d\r\n%s\r\n' % (
                        key.encode(), name.encode(), len(data), data))
                    assert s.recv(64) == b'STORED\r\n'
        return path, pid

    def has(self, name, wanted):
        needs, packages = NEEDS.get(name, ((), ''))
        if name in wanted and not all(
                os.path.exists(n) or shutil.which(n) for n in needs):
            self.left_out[name] = packages
            print('LEFT OUT: %s, for want of: %s' % (name, packages), flush=True)
            return False
        return name in wanted

    def start(self, wanted):
        path, redis = self.redis()
        module = self.build + '/ngx_http_trials_module.so'
        trials = 'trials_redis unix:%s; trials_max_age 1h; ' \
                 'trials_gunzip_cache 128m; ' % path

        self.nginx('static', 'gzip_static on;', STATIC + '''
            limit_req_zone $server_port zone=one:1m rate=1r/m;''', server='''
            location = /delayed { limit_req zone=one burst=30000;
                                  alias %s/zipf; }''' % self.corpus)
        if self.has('trials', wanted):
            self.nginx('trials', 'trials on; trials_wait 600s;',
                       trials + 'trials_zone bench 256m;', [module])
        if self.has('trials-redis', wanted):
            self.nginx('trials-redis', 'trials on;', trials, [module], [redis])
        if self.has('bare', wanted):
            port = free_port()
            pid = self.spawn(self.build + '/bench/bare', str(port), self.corpus)
            self.peers['bare'] = (port, [pid])
        self.caches(wanted)
        self.memcached_peers(wanted)
        self.lua_peers(wanted, path, redis)
        for name, (port, _) in self.peers.items():
            wait(lambda: self.listens(port), name)

    def caches(self, wanted):
        origin = self.peers['static'][0]
        if self.has('proxy_cache', wanted):
            self.nginx('proxy_cache', '''
                proxy_pass http://o; proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Accept-Encoding $coding;
                proxy_cache c; proxy_cache_key "$coding$uri";
                proxy_cache_valid 200 10h; proxy_buffer_size 16k;
                proxy_buffers 8 16k;''', STATIC + '''
                proxy_cache_path %s/cache levels=1:2 keys_zone=c:32m
                inactive=10h max_size=2g use_temp_path=off;
                upstream o { server 127.0.0.1:%d; keepalive 64; }'''
                       % (self.folder, origin))
        if self.has('varnish', wanted):
            port = free_port()
            with open(self.folder + '/peer.vcl', 'w') as f:
                f.write(VCL % origin)
            pid = self.spawn(
                'varnishd', '-F', '-j', 'none', '-T', 'none', '-n',
                self.folder + '/varnish', '-s', 'malloc,1g', '-a',
                '127.0.0.1:%d' % port, '-f', self.folder + '/peer.vcl',
                '-p', 'http_gzip_support=off', '-p', 'thread_pools=1',
                '-p', 'timeout_idle=600')
            self.peers['varnish'] = (port, [pid])

    def memcached_peers(self, wanted):
        has = [name for name in ('memcached', 'srcache')
               if self.has(name, wanted)]
        if not has:
            return
        path, pid = self.memcached()
        upstream = 'upstream m { server unix:%s; keepalive 128; }' % path
        if 'memcached' in has:
            self.nginx('memcached', '''
                set $memcached_key "$prefix:$uri"; memcached_pass m;
                memcached_buffer_size 256k;
                add_header Content-Encoding $coding;''', upstream, (), [pid])
        if 'srcache' in has:
            self.nginx('srcache', '''
                set $key "s$prefix$uri"; srcache_fetch GET /memc $key;
                srcache_store PUT /memc $key;
                srcache_ignore_content_encoding on; gzip_static on;''',
                       STATIC + upstream, NEEDS['srcache'][0][1:], [pid], '''
                location /memc { internal; set $memc_key $query_string;
                    set $memc_exptime 36000; memc_buffer_size 256k;
                    memc_pass m; }''')

    def lua_peers(self, wanted, path, redis):
        modules = NEEDS['lua-redis'][0][1::-1]
        paths = 'lua_package_path "/usr/share/lua/5.1/?.lua;;";'
        sizes = 'lua_socket_buffer_size 256k;'
        get = LUA_REDIS % path
        if self.has('lua-shdict', wanted):
            self.nginx('lua-shdict', sizes + 'content_by_lua_block { %s }'
                       % LUA % ('local l1 = ngx.shared.l1; body = l1:get(key); '
                                'if not body then %s l1:set(key, body) end'
                                % get),
                       paths + 'lua_shared_dict l1 512m;', modules)
        if self.has('lua-redis', wanted):
            self.nginx('lua-redis', sizes + 'content_by_lua_block { %s }'
                       % LUA % get, paths, modules, [redis])

    @staticmethod
    def listens(port):
        with contextlib.suppress(OSError), socket.create_connection(
                ('127.0.0.1', port), 1):
            return True

    def warm(self, name):
        """Fetches each page once in both forms; it must be the page."""
        with socket.create_connection(('127.0.0.1', self.peers[name][0]),
                                      10) as s, s.makefile('rb') as file:
            for page in self.names:
                for coding in CODINGS:
                    s.sendall(b'GET /trials/%s HTTP/1.1\r\nHost: bench\r\n'
                              b'Accept-Encoding: %s\r\n\r\n'
                              % (page.encode(), coding.encode()))
                    body = self.answer(name, page, file)
                    want = read('%s/trials/%s%s' % (
                        self.corpus, page, '.gz' if coding == 'gzip' else ''))
                    if body != want:
                        sys.exit('%s: %s in %s is not the page'
                                 % (name, page, coding))

    @staticmethod
    def answer(name, page, file):
        status, length = file.readline(), None
        for line in iter(file.readline, b'\r\n'):
            if line.lower().startswith(b'content-length:'):
                length = int(line[15:])
        if not status.startswith(b'HTTP/1.1 200') or length is None:
            sys.exit('%s: %s: %r, length %r' % (name, page, status, length))
        return file.read(length)

    def measure(self, name, coding, seconds, rate=0):
        port, pids = self.peers[name]
        before = sum(cpu(pid) for pid in pids)
        done = subprocess.run(
            ['taskset', '-c', '1', self.build + '/bench/bare_client', str(port),
             self.corpus + '/zipf', coding, str(CONNECTIONS), str(seconds),
             str(rate)], stdout=subprocess.PIPE, text=True,
            preexec_fn=real_time)
        used = sum(cpu(pid) for pid in pids) - before
        if done.returncode:
            sys.exit('%s: the client gave up' % name)
        requests, took, errors, p50, p99, most = map(int, done.stdout.split())
        if errors:
            sys.exit('%s: %d errors' % (name, errors))
        time.sleep(0.2)
        return {'cpu': used / requests, 'rate': requests / took * 1e6,
                'p50': p50, 'p99': p99, 'most': most}

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(10)


def wait(condition, what):
    for _ in range(1000):
        with contextlib.suppress(redis_client.exceptions.ConnectionError):
            if condition():
                return
        time.sleep(0.01)
    sys.exit('timed out: ' + what)


def median(runs, key):
    return statistics.median(r[key] for r in runs)


def ratio(ours, theirs, key):
    return statistics.median(a[key] / b[key] for a, b in zip(ours, theirs))


def table(rows, title):
    print('\n%s' % title)
    print('%-14s%12s%9s%10s%9s%9s%9s' % (
        'peer', 'CPU us/req', 'x static', 'req/s', 'x static', 'p50 us',
        'p99 us'))
    for name, runs in rows.items():
        print('%-14s%12.1f%9.2f%10.0f%9.2f%9.0f%9.0f' % (
            name, median(runs, 'cpu'), ratio(runs, rows['static'], 'cpu'),
            median(runs, 'rate'), ratio(runs, rows['static'], 'rate'),
            median(runs, 'p50'), median(runs, 'p99')), flush=True)


def bars(rows, coding, left_out):
    print('\n%-14s%-44s%13s%17s   (* misses its bar)' % (
        coding, 'against', 'CPU (at most)', 'req/s (at least)'))
    for ours, group, title, bar in BARS:
        there = [name for name in group if name in rows]
        missing = [name for name in group if name in left_out]
        if ours not in rows or not there:
            if missing:
                print('%-14s%-44s  NOT COMPARED: %s not installed'
                      % (ours, title, ', '.join(missing)))
            continue
        cheapest = min(there, key=lambda name: median(rows[name], 'cpu'))
        fastest = max(there, key=lambda name: median(rows[name], 'rate'))
        most, least = bar[coding]
        used = ratio(rows[ours], rows[cheapest], 'cpu')
        rate = ratio(rows[ours], rows[fastest], 'rate')
        print('%-14s%-44s%5.2f (%.2f)%s%6.2f (%.2f)%s%s' % (
            ours, title, used, most, ' ' if used <= most else '*', rate, least,
            ' ' if rate >= least else '*',
            '  without ' + ', '.join(missing) if missing else ''), flush=True)


def latencies(farm, rows, coding, args):
    """At half of what static files bear, requests come when they are due."""
    rate = median(rows['static'], 'rate') / 2
    names = [name for name in ('static', 'trials', 'bare') if name in rows]
    runs = {name: [] for name in names}
    for _ in range(args.rounds):
        for name in names:
            runs[name].append(farm.measure(name, coding, args.seconds, rate))
    print('\n%s at %.0f requests/s: latency, us' % (coding, rate))
    for name in names:
        p99 = ratio(runs[name], runs['static'], 'p99')
        print('%-14sp50 %6.0f  p99 %6.0f%s' % (
            name, median(runs[name], 'p50'), median(runs[name], 'p99'),
            '  %.2f x static (at most %.2f)%s' % (
                p99, P99_BAR, ' *' if p99 > P99_BAR else '')
            if name == 'trials' else ''), flush=True)


def scale(farm):
    """What connections and readers add to a worker's own memory, each."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 30000), most))
    page = b'/trials/' + farm.names[0].encode()

    def each(name, n, path, answered, head=b''):
        port, (pid, *_) = farm.peers[name]
        worker = children(pid)[0]
        before, used, sockets = memory(worker), cpu(worker), []
        for _ in range(n):
            s = socket.create_connection(('127.0.0.1', port), 10)
            s.sendall(b'GET %s HTTP/1.1\r\nHost: bench\r\n%s\r\n'
                      % (path, head))
            while answered:
                got = s.recv(1 << 20)
                if got[-16:] in farm_end:
                    break
            sockets.append(s)
        time.sleep(0.5)
        added = memory(worker) - before
        # For five seconds after a request a worker asks whether Redis is there.
        time.sleep(5)
        used = cpu(worker)
        time.sleep(2)
        used = cpu(worker) - used
        for s in sockets:
            s.close()
        time.sleep(0.3)
        return added / n, used / 2

    farm_end = {read('%s/%s' % (farm.corpus, page.decode()))[-16:]}
    print('\n%-44s%16s%18s' % ('held at once', 'bytes each', 'CPU us/s, all'))
    for title, name, n, path, answered in (
            ('idle connections, static', 'static', 10000, page, True),
            ('idle connections, trials', 'trials', 10000, page, True),
            ('waiting readers, nginx (limit_req)', 'static', 1000, b'/delayed',
             False),
            ('waiting readers, trials', 'trials', 1000, b'/trials/NCT00000001',
             False)):
        if name in farm.peers:
            added, used = each(name, n, path, answered)
            print('%-44s%16.0f%18.0f' % ('%d %s' % (n, title), added, used),
                  flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', default='build')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=float, default=2)
    parser.add_argument('--peers', default=','.join(PEERS))
    parser.add_argument('--codings', default=','.join(CODINGS))
    parser.add_argument('--no-latency', action='store_true')
    parser.add_argument('--no-scale', action='store_true')
    args = parser.parse_args()

    folder = tempfile.mkdtemp(prefix='trials-bench-')
    os.chmod(folder, 0o755)
    farm = Farm(folder, args.build)
    try:
        farm.start(args.peers.split(','))
        for name in farm.peers:
            farm.warm(name)
        for coding in args.codings.split(','):
            rows = {name: [] for name in farm.peers}
            for i in range(args.rounds):
                for name in rows:
                    rows[name].append(
                        farm.measure(name, coding, args.seconds))
            table(rows, '%s, %d rounds of %g s, %d connections' % (
                coding, args.rounds, args.seconds, CONNECTIONS))
            bars(rows, coding, farm.left_out)
            if not args.no_latency:
                latencies(farm, rows, coding, args)
        if not args.no_scale:
            scale(farm)
        for name, packages in farm.left_out.items():
            print('LEFT OUT: %s, for want of: %s' % (name, packages))
    finally:
        farm.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
