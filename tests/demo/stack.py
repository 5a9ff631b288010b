"""The demo as a fixture: on a free port, in a directory of its own, with
parts that can be killed and started again."""

import argparse
import os
import signal
import socket
import urllib.error
import urllib.request

from demo import TOP, Demo

BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))


class Stack(Demo):
    def __init__(self, name):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        super().__init__(argparse.Namespace(build=BUILD, port=port,
                                            registry=None))
        self.home = os.path.join(self.build, f'demo-{name}')
        self.redis = os.path.join(self.home, 'redis.sock')
        self.pidfile = os.path.join(self.home, 'demo.pid')

    def __enter__(self):
        self.check()
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        with open(os.path.join(self.home, 'error.log'),
                  errors='replace') as f:
            log = f.read()
        for word in ('[alert]', '[emerg]', 'Sanitizer', 'exited on signal'):
            assert word not in log, log[-2000:]

    def kill(self, name, number=signal.SIGKILL):
        process = self.parts[name].process
        process.send_signal(number)
        process.wait()

    def start_again(self, name):
        part = self.parts[name]
        self.spawn(name, part.argv, part.end)

    def get(self, path, timeout=15):
        """Status and body."""
        try:
            with urllib.request.urlopen(self.url + path,
                                        timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def workers(self):
        """The pids of nginx's workers."""
        master = self.parts['nginx'].process.pid
        with open(f'/proc/{master}/task/{master}/children') as f:
            return sorted(map(int, f.read().split()))

    def registry_url(self):
        argv = self.parts['registry'].argv
        return 'http://' + argv[argv.index('--listen') + 1]
