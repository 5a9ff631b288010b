"""Redis as sites have it: users, TLS, a replica beside a primary, Sentinel."""

import os
import shutil
import subprocess
import time

import pytest
import redis as redis_client

from harness import Redis, SLOW, free_port, wait_for


TRIAL = 'NCT99990001'
OTHER = 'NCT99990002'


def secret(folder, text='s3cret'):
    with open(folder + '/password', 'w') as f:
        f.write(text + '\n')
    return 'password_file=%s/password' % folder


def test_user(redis, nginx, folder):
    """A user who may do no more than the module does."""
    redis.store(TRIAL)
    redis.client.execute_command(
        'ACL', 'SETUSER', 'edge', 'on', '>s3cret', '~trials:*', '&__redis__:*',
        '+hmget', '+zscore', '+xadd', '+ping', '+client|id',
        '+client|tracking', '+subscribe')
    server = nginx(redis, options='user=edge ' + secret(folder))
    assert server.get('/trials/' + TRIAL).status == 200
    reader = server.readers(1, '/trials/' + OTHER)[0]
    wait_for(lambda: redis.wanted() == [OTHER])
    body = redis.store(OTHER)['page']
    assert reader.receive().body == body
    reader.close()


def test_wrong_password(redis, nginx, folder):
    redis.client.execute_command('ACL', 'SETUSER', 'edge', 'on', '>other')
    server = nginx(redis, ready=False, options='user=edge ' + secret(folder))
    wait_for(lambda: 'answered "WRONGPASS' in server.log())
    assert server.get('/trials/' + TRIAL).status == 503


@pytest.fixture
def primary(folder):
    port = free_port()
    server = Redis(folder, 'primary', ['--port', str(port),
                                       '--repl-diskless-sync-delay', '0'])
    server.port = port
    server.start()
    yield server
    server.stop()


@pytest.fixture
def replica(folder, primary):
    port = free_port()
    server = Redis(folder, 'replica', [
        '--port', str(port), '--replicaof', '127.0.0.1 %d' % primary.port])
    server.port = port
    server.start()
    wait_for(lambda: server.client.info('replication')['master_link_status']
             == 'up', 10)
    yield server
    server.stop()


def test_replica_beside_primary(primary, replica, nginx):
    """Read from the one, told of changes by it; wanted by the other."""
    body = primary.store(TRIAL)['page']
    wait_for(lambda: replica.client.exists('trials:doc:{%s}' % TRIAL))
    server = nginx(replica, options='primary=127.0.0.1:%d' % primary.port,
                   http='trials_wait 4s;')
    assert server.get('/trials/' + TRIAL).body == body

    reader = server.readers(1, '/trials/' + OTHER)[0]
    wait_for(lambda: primary.wanted() == [OTHER])
    assert reader.sent and primary.store(OTHER)
    assert reader.receive().status == 200
    reader.close()

    # Without the primary, what is there is served; what is not is asked for
    # when it is back.
    primary.stop()
    wait_for(lambda: 'takes nothing that is wanted' in server.log())
    assert server.get('/trials/' + TRIAL).body == body
    reader = server.readers(1, '/trials/NCT99990003')[0]
    time.sleep(0.3)
    primary.start()
    wait_for(lambda: 'NCT99990003' in primary.wanted(), 3)
    assert 'takes what is wanted again' in server.log()
    assert server.log().count('takes nothing that is wanted') == 1
    reader.reset()


def test_sentinel(primary, replica, nginx, folder):
    """Fail-over is followed within 2 s of Sentinel's word."""
    directory = folder + '/sentinel'
    os.makedirs(directory)
    port = free_port()
    with open(directory + '/sentinel.conf', 'w') as f:
        f.write('port %d\ndir %s\nlogfile %s/log\n'
                'sentinel monitor pages 127.0.0.1 %d 1\n'
                'sentinel down-after-milliseconds pages 500\n'
                'sentinel failover-timeout pages 3000\n'
                % (port, directory, directory, primary.port))
    process = subprocess.Popen(
        ['redis-server', directory + '/sentinel.conf', '--sentinel'],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    sentinel = redis_client.Redis(port=port)
    try:
        def ready():
            try:
                return len(sentinel.execute_command(
                    'SENTINEL', 'REPLICAS', 'pages')) == 1
            except redis_client.exceptions.ConnectionError:
                return False

        wait_for(ready, 15, 'Sentinel sees the replica')
        primary.store(TRIAL)
        server = nginx('127.0.0.1:%d' % port, options='sentinel=pages')
        wait_for(lambda: primary.trackers() == 1)
        assert server.get('/trials/' + TRIAL).status == 200

        primary.stop()
        wait_for(lambda: sentinel.execute_command(
            'SENTINEL', 'get-master-addr-by-name', 'pages')[1]
            == str(replica.port).encode(), 20, "Sentinel's word", 0.02)
        said = time.monotonic()
        body = None
        while body is None:
            try:
                body = replica.store(TRIAL, mark='new')['page']
            except redis_client.exceptions.RedisError:
                time.sleep(0.05)
        wait_for(lambda: server.get('/trials/' + TRIAL).body == body, 5)
        assert time.monotonic() - said < 2 * SLOW
        assert replica.trackers() == 1
    finally:
        sentinel.close()
        process.kill()
        process.wait()


def test_sentinel_does_not_know(fake, nginx):
    def answer(command, connection):
        return b'*-1\r\n' if command[0] == b'SENTINEL' else None

    server = nginx(fake(answer), options='sentinel=none')
    wait_for(lambda: 'does not know the master' in server.log())
    assert server.get('/trials/' + TRIAL).status == 503


@pytest.mark.parametrize('reply', [
    b'*2\r\n$9\r\n127.0.0.1\r\n$1\r\n0\r\n', b'*2\r\n$1\r\nx\r\n$1\r\n1\r\n',
    b'+OK\r\n', b'*1\r\n$1\r\nx\r\n', b'-ERR no such command\r\n'])
def test_sentinel_talks_nonsense(fake, nginx, reply):
    def answer(command, connection):
        return reply if command[0] == b'SENTINEL' else None

    server = nginx(fake(answer), options='sentinel=none')
    wait_for(lambda: 'is away' in server.log())
    assert server.get('/trials/' + TRIAL).status == 503


def certificate(folder, name):
    """A key and a certificate that signs itself."""
    base = os.path.join(folder, name)
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
         'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
         '/CN=' + name, '-addext', 'subjectAltName=DNS:' + name,
         '-keyout', base + '.key', '-out', base + '.crt'],
        check=True, stderr=subprocess.DEVNULL)
    return base


@pytest.mark.skipif(not shutil.which('openssl'), reason='needs openssl')
def test_tls(folder, nginx):
    """Both ways: the server by its name, the client by its certificate."""
    theirs = certificate(folder, 'redis.test')
    ours = certificate(folder, 'edge.test')
    port = free_port()
    redis = Redis(folder, config=[
        '--tls-port', str(port), '--tls-cert-file', theirs + '.crt',
        '--tls-key-file', theirs + '.key', '--tls-ca-cert-file', ours + '.crt'])
    redis.start()
    try:
        body = redis.store(TRIAL)['page']
        options = ('connect_timeout=3s tls tls_ca=%s.crt tls_name=%%s tls_certificate=%s.crt '
                   'tls_certificate_key=%s.key' % (theirs, ours, ours))
        server = nginx('127.0.0.1:%d' % port, options=options % 'redis.test',
                       http='trials_zone documents 4m;')
        wait_for(lambda: redis.trackers() == 1)
        for _ in range(3):
            assert server.get('/trials/' + TRIAL).body == body
        large = bytes(range(256)) * 4096
        redis.store(OTHER, bodies={'page': large})
        assert server.get('/trials/' + OTHER).body == large

        redis.stop()
        wait_for(lambda: 'is away' in server.log())
        redis.start()
        body = redis.store(TRIAL, mark='new')['page']
        wait_for(lambda: server.get('/trials/' + TRIAL).body == body, 3)

        server.options = options % 'other.test'
        server.reload()
        wait_for(lambda: 'its certificate has another name' in server.log())
        server.options = 'connect_timeout=3s tls tls_name=redis.test'
        server.reload()
        wait_for(lambda: 'its certificate is not trusted' in server.log())
        server.options = 'tls tls_verify=off'
        server.reload()
        wait_for(lambda: server.log().count('is away') >= 3)
    finally:
        redis.stop()


@pytest.mark.skipif(not shutil.which('openssl'), reason='needs openssl')
def test_tls_to_the_primary_of_a_replica_at_a_socket(folder, redis, nginx):
    """What an edge node has: the replica is read without TLS."""
    cert = certificate(folder, 'primary.test')
    port = free_port()
    primary = Redis(folder, 'primary', [
        '--tls-port', str(port), '--tls-cert-file', cert + '.crt',
        '--tls-key-file', cert + '.key', '--tls-ca-cert-file', cert + '.crt',
        '--tls-auth-clients', 'no'])
    primary.start()
    try:
        body = redis.store(TRIAL)['page']
        server = nginx(redis, options='connect_timeout=3s tls tls_ca=%s.crt '
                       'tls_name=primary.test primary=127.0.0.1:%d'
                       % (cert, port))
        assert server.get('/trials/' + TRIAL).body == body
        reader = server.readers(1, '/trials/' + OTHER)[0]
        wait_for(lambda: primary.wanted() == [OTHER])
        assert redis.wanted() == []
        reader.reset()
    finally:
        primary.stop()


@pytest.mark.skipif(not shutil.which('openssl'), reason='needs openssl')
def test_sentinel_over_tls(folder, nginx):
    """Sentinel and the master it names, both by TLS only."""
    ours = certificate(folder, 'redis.test')
    files = ['--tls-cert-file', ours + '.crt', '--tls-key-file', ours + '.key',
             '--tls-ca-cert-file', ours + '.crt', '--tls-auth-clients', 'no']
    port, sentinel = free_port(), free_port()
    redis = Redis(folder, config=['--tls-port', str(port), *files]).start()
    with open(folder + '/sentinel.conf', 'w') as f:
        f.write('sentinel monitor pages 127.0.0.1 %d 1\n' % port)
    process = subprocess.Popen(
        ['redis-server', folder + '/sentinel.conf', '--sentinel', '--port', '0',
         '--tls-port', str(sentinel), '--tls-replication', 'yes',
         '--dir', folder, *files], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL)
    try:
        body = redis.store(TRIAL)['page']
        options = ('connect_timeout=3s sentinel=pages tls tls_name=redis.test '
                   'tls_ca=%s.crt' % ours)
        server = nginx('127.0.0.1:%d' % sentinel, options=options)
        wait_for(lambda: redis.trackers() == 1, 10)
        assert server.get('/trials/' + TRIAL).body == body

        server.options = options + ' sentinel_tls=off'
        server.reload()
        wait_for(lambda: 'is away' in server.log().split('reconfiguring')[-1])
    finally:
        process.kill()
        process.wait()
        redis.stop()


ERRORS = [
    ('sentinel_tls=on', 'has "sentinel_tls" without "sentinel" and "tls"'),
    ('user=x', 'has a "user" without a "password_file"'),
    ('sentinel=x primary=unix:/b', 'has both "sentinel" and "primary"'),
    ('primary=', 'invalid parameter "primary="'),
    ('primary=unix:', 'no path in the unix domain socket'),
    ('lease=10ms', 'has a "lease" of less than 20 ms'),
    ('tls_name=x', 'has parameters of TLS without "tls"'),
    ('tls', 'needs "tls_name", or "tls_verify=off"'),
    ('tls tls', 'duplicate parameter "tls"'),
    ('tls tls_verify=maybe', 'invalid parameter "tls_verify=maybe"'),
    ('tls tls_verify=off tls_certificate=x', 'needs both "tls_certificate"'),
    ('tls tls_name=x tls_ca=/nonexistent', '/nonexistent'),
]


@pytest.mark.parametrize('options,message', ERRORS, ids=range(len(ERRORS)))
def test_error(nginx, options, message):
    code, text = nginx('unix:/a', start=False, options=options).test()
    assert code == 1 and message in text, text
