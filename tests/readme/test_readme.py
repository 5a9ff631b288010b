"""Every command of the README is run, as it stands but for addresses and paths.

A fenced block of the language "sh" is commands.  What each stands for here is in
WAYS; a command that is not there fails.  Where a command cannot run within a
test, its way says who runs it: tests/docker/engine.sh and packages.sh, by hand,
on an engine and on a bare machine."""

import functools
import http.server
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "demo"))

from stack import BUILD, Stack  # noqa: E402

README = (TOP / "README.md").read_text("utf-8")
SAMPLES = TOP / "tests" / "data" / "samples"
TRIAL = "NCT99990001"


def commands():
    """The commands of all blocks, each with its continuation lines."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S):
        if "while read" in block:
            found.append(block.strip())
        else:
            found += re.sub(r"\\\n\s*", "", block).strip().splitlines()
    return found


class Place:
    """What the commands find: a demo that runs, and a directory with records."""

    def __init__(self, stack, directory):
        self.stack = stack
        self.directory = directory
        self.composed = set()
        for name in ("record.json", "records/one.json"):
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            shutil.copy(SAMPLES / f"{TRIAL}.json", path)
        (directory / "out").mkdir()
        with zipfile.ZipFile(directory / "ctg-studies.json.zip", "w") as z:
            z.write(SAMPLES / f"{TRIAL}.json", f"{TRIAL}.json")
        (directory / "refresher.conf").write_text(
            re.search(r"^```ini\n(.*?)^```$", README, re.M | re.S)[1])
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("TRIALS_", "MAKE"))}
        self.environment.update(
            PATH=f"{BUILD}:{os.environ['PATH']}:/usr/sbin",
            TRIALS_REDIS=f"unix:{stack.redis}",
            TRIALS_REGISTRY=stack.registry_url() + "/api/v2")

    def own(self, command):
        for theirs, ours in (
                ("unix:/run/redis/redis-server.sock",
                 f"unix:{self.stack.redis}"),
                ("http://127.0.0.1:8081", self.stack.url),
                ("https://example.org", self.stack.url),
                ("/etc/trials/", f"{self.directory}/"),
                ("NCT01234567", TRIAL)):
            command = command.replace(theirs, ours)
        return command

    def run(self, command, cwd=None, **more):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", self.own(command)],
            cwd=cwd or TOP, env=dict(self.environment, **more),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with Stack("readme") as stack:
        yield Place(stack, tmp_path_factory.mktemp("readme"))


# The ways.

def run(place, command):
    """As it is, in the repository."""
    place.run(command)


def in_directory(place, command):
    """As it is, where the records are."""
    place.run(command, cwd=place.directory)


def says(place, command):
    """It answers with something."""
    assert place.run(command, cwd=place.directory).strip()


def foreground(place, command, word, number=signal.SIGINT):
    """Until it says that word; then it is ended, and ends well."""
    process = subprocess.Popen(
        ["bash", "-c", "exec " + place.own(command)], cwd=TOP,
        env=place.environment, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    said = ""
    watchdog = threading.Timer(90, lambda: os.killpg(process.pid, 9))
    watchdog.start()
    try:
        while word not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
    finally:
        os.kill(process.pid, number)
        said += process.stdout.read()
        code = process.wait(30)
        watchdog.cancel()
    assert code == 0, said
    return said


def demo(place, command):
    """The whole set-up, where the packages are there; tests/demo has more."""
    port = free_port()
    said = foreground(place, f"{command} --port {port}", "Ctrl-C")
    assert f"http://127.0.0.1:{port}/trials/{TRIAL}" in said
    assert "setup: installing" not in said


def started(place, command):
    said = foreground(place, command.replace(
        "trials-refresher ", "trials-refresher --registry "
        f"{place.stack.registry_url()}/api/v2 ", 1), '"started"',
        signal.SIGTERM)
    assert '"stopped"' in said


def dry(place, command, reaches=""):
    """make says what it would do; the thing itself is run elsewhere."""
    assert reaches in place.run(command, MAKEFLAGS="-n")


def installed(place, command):
    """Into a directory, with no need of sudo."""
    root = place.directory / "root"
    place.run(command.removeprefix("sudo ") + f" DESTDIR={root}")
    for path in ("bin/trials", "sbin/trials-refresher", "lib/libtrials.so.0",
                 "lib/nginx/modules/ngx_http_trials_module.so",
                 "share/man/man8/trials-refresher.8"):
        assert (root / "usr/local" / path).exists(), path
    place.run(f"make uninstall DESTDIR={root}")
    assert not [path for path in root.rglob("*") if not path.is_dir()]


def module(place, command):
    """With the source that is there; tests/newer_nginx.sh takes a newer one."""
    place.run(command.replace("/path/to/nginx", "/usr/share/nginx/src"))


def by_hand(_, command, script):
    """Somebody ran it: the script that does names it, but for its options."""
    text = (TOP / "tests" / "docker" / script).read_text("utf-8")
    words = [w for w in shlex.split(command.removeprefix("sudo "))
             if not w.startswith(("-", "./"))]
    assert words[0] in text, f"{script} has no {words[0]}"


def composed(place, command):
    """The files are what docker-compose reads; engine.sh runs them."""
    words = shlex.split(command)
    variables = dict(w.split("=", 1) for w in words[:words.index("docker")])
    files = [w for n, w in enumerate(words) if words[n - 1] == "-f"]
    assert files and words[words.index("compose") - 1] == "docker"
    names = " ".join(f"-f {f}" for f in files)
    if names not in place.composed:
        assert "cap_drop" in place.run(f"docker-compose {names} config",
                                       **variables)
        place.composed.add(names)
    by_hand(place, os.path.basename(files[-1]), "engine.sh")


def secret(place, command):
    """In a directory of its own, in the order that they stand in."""
    if command.startswith("chgrp") and os.geteuid():
        command = command.replace("10001", str(os.getegid()))
    place.run(command, cwd=place.directory)
    if command.startswith("chmod"):
        secrets = place.directory / "docker" / "secrets"
        modes = {p.name: p.stat().st_mode & 0o777 for p in secrets.iterdir()}
        assert modes == dict.fromkeys(
            ("ca.crt", "node.crt", "node.key", "module.password",
             "replica.password"), 0o640)
        place.run(f"openssl verify -CAfile {secrets}/ca.crt "
                  f"-verify_hostname primary {secrets}/node.crt")


def purge(place, command):
    """tests/site does it with Varnish; here it asks whom it is told to."""
    asked = []

    class Cache(http.server.BaseHTTPRequestHandler):
        def do_PURGE(self):
            asked.append(self.headers["Surrogate-Key"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    cache = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cache)
    threading.Thread(target=cache.serve_forever, daemon=True).start()
    command = command.replace("http://127.0.0.1:6081",
                              f"http://127.0.0.1:{cache.server_port}")
    process = subprocess.Popen(["bash", "-c", place.own(command)],
                               env=place.environment, start_new_session=True)
    try:
        end = time.monotonic() + 20
        while TRIAL not in asked and time.monotonic() < end:
            if asked == ["trials"]:
                place.run(f"trials invalidate {TRIAL}")
            time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        cache.shutdown()
        cache.server_close()
    assert asked[0] == "trials" and TRIAL in asked[1:]


def background(place, command):
    """The demo that runs is the one that it would start and stop."""
    dry(place, command, "tests/demo/demo.py")


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def way(function, **fixed):
    return functools.partial(function, **fixed)


WAYS = (
    (r"sh docker/setup\.sh demo", demo),
    (r"sh docker/setup\.sh test", way(dry, reaches="tests/run.sh")),
    (r"make", run),
    (r"make demo-(start PORT=8081|stop)", background),
    (r"make demo REGISTRY=\S+",
     way(dry, reaches="--registry https://clinicaltrials.gov/api/v2 run")),
    (r"make test", way(dry, reaches="tests/run.sh")),
    (r"make (style|unit|bench|screenshots)", dry),
    (r"make deb", way(dry, reaches="dpkg-buildpackage")),
    (r"sudo make install PREFIX=/usr/local", installed),
    (r"make module NGINX_SRC=/path/to/nginx", module),
    (r"curl -s http://127\.0\.0\.1:8081/\S+", says),
    (r"sudo apt install \./build/deb/.*", way(by_hand, script="packages.sh")),
    (r"sudo systemctl .*", way(by_hand, script="packages.sh")),
    (r"(TRIALS_\S+ )?docker compose .*", composed),
    (r"sh docker/images\.sh", way(by_hand, script="engine.sh")),
    (r"(mkdir -p|openssl|chgrp|chmod) .*", secret),
    (r"trials-refresher --redis .*", started),
    (r"trials-refresher --(help|config .* --check)", run),
    (r"(?s)trials watch .*while read.*done", purge),
    (r"curl .*/embed \| perl .* \| openssl base64", says),
    (r"trials .*", in_directory),
    (r"promtool (check|test) rules .*", run),
)


@pytest.mark.parametrize("command", dict.fromkeys(commands()))
def test_command(place, command):
    for pattern, how in WAYS:
        if re.fullmatch(pattern, command):
            how(place, command)
            return
    pytest.fail(f"no way is known to run {command!r}", pytrace=False)


def test_there_are_commands():
    assert len(commands()) > 30


def test_setup_commands_come_first():
    """Who has a machine and two minutes needs these two."""
    assert commands()[:2] == ["sh docker/setup.sh demo",
                              "sh docker/setup.sh test"]


def test_links_within_the_repository():
    heads = {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-")
             for h in re.findall(r"^#+ (.*)$", README, re.M)}
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in heads, target
        else:
            assert (TOP / target).exists(), target
