"""Starts the stand-in registry for a test and talks to its control path.

    with harness.Registry(records=[SAMPLES]) as registry:
        registry.fault("status", code=503, times=3, retry_after="2")
        ... registry.url, registry.counters() ...
"""

import http.client
import json
import pathlib
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parent / "data" / "samples"
READY = "listening on http://"


class Registry:
    """A running stand-in. `url` is its base, with /api/v2."""

    def __init__(self, records=(SAMPLES,), log=None, port=0, options=()):
        command = [sys.executable, str(HERE / "registry.py"),
                   "--listen", f"127.0.0.1:{port}"]
        for folder in records:
            command += ["--records", str(folder)]
        if log is not None:
            command += ["--log", str(log)]
        self.process = subprocess.Popen(
            command + list(options), stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        if not line.startswith(READY):
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise RuntimeError(f"the registry did not start: {line!r}")
        self.url = line[len("listening on "):]
        self.host, _, port = line[len(READY):].partition("/")[0].partition(
            ":")
        self.port = int(port)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()

    def stop(self, timeout=5):
        """Ends it with SIGTERM and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()

    def _ask(self, method, path, body=None):
        link = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            link.request(method, path, body=body)
            answer = link.getresponse()
            value = json.loads(answer.read())
        finally:
            link.close()
        if answer.status != 200:
            raise ValueError(value["error"])
        return value

    def control(self, **order):
        """One order of the control path; ValueError if it is refused."""
        return self._ask("POST", "/_control", json.dumps(order))

    def fault(self, kind, **more):
        return self.control(fault=kind, **more)

    def heal(self):
        return self.control(fault="none")

    def put(self, study):
        return self.control(put=study)

    def remove(self, nct_id):
        return self.control(remove=nct_id)

    def rebuild(self):
        return self.control(rebuild=True)

    def reset(self):
        return self.control(reset=True)

    def counters(self, arrivals=False):
        return self._ask("GET", "/_control" + "?arrivals=1" * arrivals)
