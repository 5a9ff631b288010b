"""The demo's commands, as a person at a terminal uses them."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from demo import TOP  # noqa: E402

BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
DEMO = [sys.executable, os.path.join(HERE, 'demo.py'), '--build', BUILD]


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return str(probe.getsockname()[1])


def get(url):
    with urllib.request.urlopen(url, timeout=15) as answer:
        return answer.status, answer.read().decode()


def children_of_session(marker):
    """Processes whose command line names the demo's directory."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                if marker.encode() in f.read():
                    found.append(pid)
        except OSError:
            pass
    return found


def test_ctrl_c_ends_the_foreground_cleanly():
    port = free_port()
    master, slave = pty.openpty()
    process = subprocess.Popen(DEMO + ['--port', port, 'run'], stdin=slave,
                               stdout=slave, stderr=slave,
                               start_new_session=True,
                               preexec_fn=lambda: __import__('fcntl').ioctl(
                                   0, __import__('termios').TIOCSCTTY, 0))
    os.close(slave)
    said = ''
    limit = time.monotonic() + 30
    while 'Ctrl-C' not in said and time.monotonic() < limit:
        if select.select([master], [], [], 1)[0]:
            said += os.read(master, 4096).decode()
    assert f'http://127.0.0.1:{port}/trials/NCT99990001' in said
    for url in re.findall(r'http://\S+', said):
        if url.startswith(f'http://127.0.0.1:{port}'):
            assert get(url)[0] == 200, url
    os.write(master, b'\x03')
    assert process.wait(20) == 0
    os.close(master)
    assert not children_of_session(os.path.join(BUILD, 'demo') + '/')
    with socket.socket() as probe:
        assert probe.connect_ex(('127.0.0.1', int(port))) != 0


def test_start_and_stop():
    port = free_port()
    started = subprocess.run(DEMO + ['--port', port, 'start'],
                             capture_output=True, text=True, timeout=40)
    assert started.returncode == 0, started.stderr
    try:
        status, page = get(f'http://127.0.0.1:{port}/trials/NCT99990001')
        assert status == 200 and '<h1' in page
        again = subprocess.run(DEMO + ['--port', port, 'start'],
                               capture_output=True, text=True, timeout=40)
        assert again.returncode == 1
        assert 'running already' in again.stderr
    finally:
        stopped = subprocess.run(DEMO + ['stop'], capture_output=True,
                                 text=True, timeout=60)
    assert stopped.returncode == 0, stopped.stderr
    stopped = subprocess.run(DEMO + ['stop'], capture_output=True, text=True)
    assert stopped.returncode == 1 and 'not running' in stopped.stderr


def test_a_taken_port_is_said_clearly():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(DEMO + ['--port', port, 'run'],
                              capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert f'127.0.0.1:{port} cannot be used' in done.stderr
    assert 'Traceback' not in done.stderr


def test_a_missing_program_is_said_clearly(monkeypatch):
    from demo import Trouble, find
    with pytest.raises(Trouble, match='apt-get install nosuch'):
        find('no-such-program', 'nosuch')


def test_term_during_the_start_leaves_nothing():
    process = subprocess.Popen(DEMO + ['--port', free_port(), 'run'],
                               stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    time.sleep(0.15)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=40)
    assert process.returncode in (0, -signal.SIGTERM)
    assert not children_of_session(os.path.join(BUILD, 'demo') + '/')
