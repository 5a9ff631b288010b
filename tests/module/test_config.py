"""What nginx -t says of the module's directives."""

import pytest

from harness import SERVER


ERRORS = [
    (dict(http='trials_redis;'),
     'invalid number of arguments in "trials_redis" directive'),
    (dict(http='trials_redis unix:/a; trials_redis unix:/b;'),
     '"trials_redis" directive is duplicate'),
    (dict(http='trials_redis 127.0.0.1:x;'), 'invalid port in "127.0.0.1:x"'),
    (dict(http='trials_redis 127.0.0.1:70000;'), 'invalid port in'),
    (dict(http='trials_redis unix:;'), 'no path in the unix domain socket'),
    (dict(http='trials_redis nowhere.invalid;'),
     'host not found in "nowhere.invalid"'),
    (dict(http='trials_redis unix:/a timeout=x;'),
     'invalid parameter "timeout=x"'),
    (dict(http='trials_redis unix:/a timeout=0;'),
     'invalid parameter "timeout=0"'),
    (dict(http='trials_redis unix:/a connect_timeout=-1;'),
     'invalid parameter "connect_timeout=-1"'),
    (dict(http='trials_redis unix:/a db=x;'), 'invalid parameter "db=x"'),
    (dict(http='trials_redis unix:/a color=red;'),
     'invalid parameter "color=red"'),
    (dict(http='trials_redis unix:/a db=1 db=2;'), 'duplicate parameter "db=2"'),
    (dict(http='trials_redis unix:/a timeout=1s timeout=1s;'),
     'duplicate parameter "timeout=1s"'),
    (dict(http='trials_redis unix:/a password_file=;'),
     'has an empty "password_file"'),
    (dict(http='trials_redis unix:/a password_file=/nonexistent;'),
     'open() "/nonexistent" failed (2: No such file or directory)'),
    (dict(http='trials_redis unix:/a password_file=/dev/null;'),
     'the first line of "/dev/null" is empty'),
    (dict(http='trials_redis unix:/a password_file=/dev/zero;'),
     'the first line of "/dev/zero" is empty'),
    (dict(http='trials_redis unix:/a password_file=/;'),
     'read() "/" failed (21: Is a directory)'),
    (dict(http='trials_redis unix:/a; trials on;'),
     '"trials" directive is not allowed here'),
    (dict(server='location /x/ { trials_redis unix:/a; }'),
     '"trials_redis" directive is not allowed here'),
    (dict(http='trials_redis unix:/a;', server='location / { trials yes; }'),
     'invalid value "yes" in "trials" directive, it must be "on" or "off"'),
    (dict(http='trials_redis unix:/a;',
          server='location / { trials on; trials on; }'),
     '"trials" directive is duplicate'),
    (dict(http='trials_wait soon;'), '"trials_wait" directive invalid value'),
    (dict(http='trials_wait 1s; trials_wait 2s;'),
     '"trials_wait" directive is duplicate'),
    (dict(http='trials_gunzip_cache much;'),
     '"trials_gunzip_cache" directive invalid value'),
    (dict(http='trials_gunzip_cache 1m; trials_gunzip_cache 2m;'),
     '"trials_gunzip_cache" directive is duplicate'),
    (dict(server='location /x/ { trials_gunzip_cache 1m; }'),
     '"trials_gunzip_cache" directive is not allowed here'),
    (dict(server='location /x/ { trials on; }'),
     '"trials" is on in location "/x/", but there is no "trials_redis"'),
]


@pytest.mark.parametrize('kwargs,message', ERRORS, ids=range(len(ERRORS)))
def test_error(nginx, kwargs, message):
    kwargs.setdefault('server', '')
    code, text = nginx(None, start=False, **kwargs).test()
    assert code == 1
    assert message in text
    assert '[emerg]' in text


def test_file_without_end(nginx, folder):
    with open(folder + '/password', 'w') as f:
        f.write('x' * 600)
    code, text = nginx(None, start=False, server='', http='''
        trials_redis unix:/a password_file=%s/password;''' % folder).test()
    assert code == 1 and 'is too long' in text


@pytest.mark.parametrize('address', [
    'unix:/nonexistent', '127.0.0.1:1', '127.0.0.1', 'localhost:6379',
    '[::1]:6379'])
def test_needs_no_redis(nginx, address):
    server = nginx(address, start=False, server=SERVER,
                   options='connect_timeout=50ms timeout=2s db=0')
    code, text = server.test()
    assert code == 0, text


def test_relative_password_file(nginx, folder):
    """As nginx's own files: beside the configuration."""
    server = nginx('unix:/a', start=False, options='password_file=secret')
    with open(server.directory + '/secret', 'w') as f:
        f.write('x\n')
    code, text = server.test()
    assert code == 0, text


def test_idle_without_directives(nginx):
    """Loaded, but nowhere on."""
    server = nginx(None, server='location / { return 204; }')
    assert server.get('/').status == 204
