"""The command: what it prints, where, and with which exit code."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "standin"))
sys.path.insert(0, str(TESTS / "refresher"))

from service import (Service, TOP, TRIALS, environment, key,  # noqa: E402
                     until)

SAMPLES = TESTS / "data" / "samples"
STUDY = "NCT99990001"
RECORD = SAMPLES / f"{STUDY}.json"
SUFFIXES = {"page": ".html", "print": ".print.html", "embed": ".embed.html",
            "json": ".json", "questions": ".questions.html",
            "oembed": ".oembed.json", "atom": ".atom", "text": ".txt",
            "xml": ".xml"}
COMMANDS = ("render", "fetch", "import", "invalidate", "status", "explain",
            "watch")


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.error = done.stderr.decode()
        assert "Sanitizer" not in self.error, self.error
        assert "runtime error" not in self.error, self.error


def trials(*options, stdin=b"", **more):
    return Result(subprocess.run(
        [str(TRIALS), *map(str, options)], env=environment(**more),
        input=stdin, capture_output=True, timeout=60, check=False))


@pytest.fixture
def service():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="trials-"))
    running = Service(directory)
    running.start()
    yield running
    try:
        running.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


# The command as such.

def test_no_command():
    result = trials()
    assert result.code == 2 and "usage: trials" in result.error


def test_help_and_version():
    overview = trials("help")
    assert overview.code == 0 and overview.error == ""
    assert trials("--help").out == overview.out
    for name in COMMANDS:
        assert name.encode() in overview.out
        text = trials("help", name)
        assert text.code == 0 and text.out.startswith(b"usage: trials")
        assert trials(name, "--help").out == text.out
        assert trials(name, "-h").out == text.out
    assert re.fullmatch(rb"trials \d+\.\d+\.\d+\n", trials("--version").out)


@pytest.mark.parametrize("options", [
    ["nonsense"], ["help", "nonsense"], ["help", "render", "fetch"],
    ["render"], ["render", "--nonsense", RECORD], ["render", "-x", RECORD],
    ["render", "--as"], ["render", "--as", "pdf", RECORD],
    ["render", "--now", "2026-02-30", RECORD],
    ["render", "--now", "tomorrow", RECORD],
    ["render", "--now", "2026-1-1", RECORD],
    ["render", "--bench", "0", RECORD], ["render", "--bench", "x", RECORD],
    ["render", "--bench", "1", "--output", "out", RECORD],
    ["render", RECORD, RECORD], ["render", SAMPLES],
    ["render", "--as", "all", RECORD],
    ["fetch"], ["fetch", STUDY, STUDY], ["fetch", "rubbish"],
    ["fetch", "--timeout", "0", STUDY], ["fetch", "--retries", "-1", STUDY],
    ["fetch", "--registry", "ftp://example.org", STUDY],
    ["invalidate"], ["invalidate", "--all", STUDY],
    ["invalidate", "--all=yes"], ["invalidate", "rubbish"],
    ["invalidate", "--redis", "nowhere:port", STUDY],
    ["invalidate", "--redis-db", "x", STUDY],
    ["status", STUDY], ["status", "--redis", "unix:"],
    ["watch", STUDY], ["watch", "--redis-db", "x"],
    ["watch", "--delay", "-1"],
    ["import"], ["import", RECORD, RECORD], ["import", "--threads", "0", RECORD],
    ["import", "--redis", "nowhere:port", RECORD],
], ids=lambda options: " ".join(map(str, options))[-40:])
def test_wrong_usage(options, tmp_path):
    result = trials(*options)
    assert result.code == 2
    assert result.error.startswith("trials: ")
    assert result.error.count("\n") == 1
    assert result.out == b""
    assert not (TOP / "out").exists()


# Render.

def test_page_is_the_default():
    result = trials("render", RECORD)
    assert result.code == 0 and result.error == ""
    assert result.out.startswith(b"<!DOCTYPE html>")
    assert trials("render", "--as", "page", RECORD).out == result.out


@pytest.mark.parametrize("form", list(SUFFIXES))
def test_forms(form, tmp_path):
    result = trials("render", "--as", form, "--now", "2026-11-23", RECORD)
    assert result.code == 0 and STUDY.encode() in result.out
    if form == "json":
        assert json.loads(result.out)["nctId"] == STUDY
    done = trials("render", "--as", form, "--now", "2026-11-23", "--output",
                  tmp_path / "out", RECORD)
    assert done.code == 0 and done.out == b""
    assert [p.name for p in (tmp_path / "out").iterdir()] == [
        STUDY + SUFFIXES[form]]
    assert (tmp_path / "out" / (STUDY + SUFFIXES[form])).read_bytes() \
        == result.out


def test_standard_input():
    result = trials("render", "-", stdin=RECORD.read_bytes())
    assert result.code == 0
    assert result.out == trials("render", RECORD).out
    broken = trials("render", "-", stdin=b'{\n "a": }')
    assert broken.code == 1 and "trials: stdin:2:" in broken.error


def test_a_directory(tmp_path):
    result = trials("render", "--as", "all", "--output", tmp_path, SAMPLES)
    assert result.code == 0 and result.error == ""
    expected = {path.stem + SUFFIXES[form] for path in SAMPLES.glob("*.json")
                for form in SUFFIXES if form not in ("text", "xml")}
    assert {path.name for path in tmp_path.iterdir()} == expected


def test_the_others_go_on(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"protocolSection":\n  {"a" 1}}')
    none = tmp_path / "none.json"
    none.write_text("{}")
    result = trials("render", "--output", tmp_path / "out", broken, none,
                    tmp_path / "missing.json", tmp_path, RECORD)
    assert result.code == 1
    lines = result.error.splitlines()
    assert any(line.startswith(f"trials: {broken}:2:") for line in lines)
    assert any(line.startswith(f"trials: {none}: ") for line in lines)
    assert any("missing.json: No such file" in line for line in lines)
    assert (tmp_path / "out" / f"{STUDY}.html").exists()


def test_an_empty_directory(tmp_path):
    result = trials("render", "--output", tmp_path / "out", tmp_path)
    assert result.code == 1 and str(tmp_path) in result.error


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.json").write_text("")
    result = trials("render", tmp_path / "empty.json")
    assert result.code == 1 and "empty.json" in result.error


def test_a_full_disk():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([str(TRIALS), "render", str(RECORD)],
                              env=environment(), stdout=full,
                              stderr=subprocess.PIPE, timeout=30, check=False)
    assert done.returncode == 1
    assert b"standard output: No space left" in done.stderr


def test_output_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("mine")
    result = trials("render", "--output", tmp_path / "file", RECORD)
    assert result.code == 1 and "file" in result.error
    assert (tmp_path / "file").read_text() == "mine"


def test_base_url():
    by_option = trials("render", "--base-url", "https://example.org/t", RECORD)
    assert f"https://example.org/t/{STUDY}".encode() in by_option.out
    by_variable = trials("render", RECORD,
                         TRIALS_BASE_URL="https://example.org/t")
    assert by_variable.out == by_option.out


def test_the_same_every_time():
    outs = {trials("render", "--as", "page", "--now", "2026-11-23",
                   RECORD).out for _ in range(3)}
    assert len(outs) == 1


def test_bench():
    result = trials("render", "--bench", "2", SAMPLES)
    assert result.code == 0
    number = len(list(SAMPLES.glob("*.json")))
    assert f"{number} records, 2 rounds".encode() in result.out
    assert int(re.search(rb"(\d+) trials/s a core", result.out)[1]) > 0


def test_bench_of_a_broken_record(tmp_path):
    (tmp_path / "broken.json").write_text("{")
    result = trials("render", "--bench", "2", tmp_path, RECORD)
    assert result.code == 1 and "broken.json" in result.error
    assert result.error.count("\n") == 1
    assert b"1 records" in result.out


# Redis.

def test_invalidate(service):
    service.refresher()
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present")
    service.redis.await_idle()
    result = trials("invalidate", "--redis", service.redis.address,
                    "nct99990001", "NCT99990002")
    assert result.code == 0 and result.error == ""
    assert result.out.decode().splitlines() == [
        "NCT99990001: deleted", "NCT99990002: was not there"]
    assert service.redis.document(STUDY) == {}


def test_invalidate_checks_all_ids_first(service):
    service.redis.client.hset(key(STUDY), "v", "2")
    result = trials("invalidate", STUDY, "rubbish",
                    TRIALS_REDIS=service.redis.address)
    assert result.code == 2
    assert service.redis.client.exists(key(STUDY))


def test_invalidate_all(service):
    for number in range(700):
        service.redis.client.hset(key(f"NCT9999{number:04d}"), "v", "2")
    service.redis.client.set("mine", "1")
    result = trials("invalidate", "--all", TRIALS_REDIS=service.redis.address)
    assert (result.code, result.out) == (0, b"700 documents deleted\n")
    assert service.redis.client.keys("*") == [b"mine"]


def test_status(service):
    result = trials("status", "--redis", service.redis.address, "--registry",
                    service.registry_url)
    assert result.code == 0 and result.error == ""
    text = result.out.decode()
    assert re.search(r"^redis +\d+\.\d+\.\d+, ", text)
    assert re.search(r"^documents +0, of which 0 are due", text, re.M)
    assert re.search(r"^wanted +0, of which 0", text, re.M)
    assert re.search(r"^registry +data of \d{4}-\d\d-\d\dT", text, re.M)


def test_status_in_json(service):
    service.redis.want(STUDY)
    service.redis.client.zadd("trials:fresh", {STUDY: 1, "NCT99990002": 9e9})
    found = json.loads(trials("status", "--json", TRIALS_REGISTRY="",
                              TRIALS_REDIS=service.redis.address).out)
    assert found["registry"] is None
    assert (found["redis"]["documents"], found["redis"]["stale"],
            found["redis"]["wanted"]) == (2, 1, 1)
    found = json.loads(trials("status", "--json", "--registry",
                              service.registry_url, "--redis",
                              service.redis.address).out)
    assert found["registry"]["apiVersion"]


def test_status_of_what_is_away(service):
    address = service.redis.address
    service.redis.kill()
    result = trials("status", "--redis", address)
    assert result.code == 1 and address in result.error
    result = trials("status", "--json", "--redis", address, "--registry",
                    service.registry_url)
    assert result.code == 1
    found = json.loads(result.out)
    assert address in found["redis"]["error"]
    assert found["registry"]["dataTimestamp"]
    service.redis.start()
    result = trials("status", "--redis", address, "--registry",
                    "http://127.0.0.1:1/api/v2")
    assert result.code == 1 and b"documents" in result.out
    assert "127.0.0.1:1" in result.error


def test_a_password(service, tmp_path):
    service.redis.client.config_set("requirepass", "s3cret")
    path = tmp_path / "password"
    path.write_text("s3cret\n")
    refused = trials("status", "--redis", service.redis.address)
    assert refused.code == 1 and "NOAUTH" in refused.error
    result = trials("status", "--redis", service.redis.address,
                    "--redis-password-file", path)
    assert result.code == 0
    result = trials("status", "--redis", service.redis.address,
                    TRIALS_REDIS_PASSWORD_FILE=str(path))
    assert result.code == 0
    path.write_text("wr0ng\n")
    result = trials("status", "--redis", service.redis.address,
                    "--redis-password-file", path)
    assert result.code == 1 and "wr0ng" not in result.error


# Man pages.

@pytest.mark.parametrize("page", ["core/cli/trials.1",
                                  "core/refresher/trials-refresher.8"])
def test_man_pages(page):
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", str(TOP / page)],
                          capture_output=True, text=True, timeout=20,
                          check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_man_pages_name_every_option():
    refresher = TRIALS.parent / "trials-refresher"
    for page, helps in (
            ("core/cli/trials.1",
             [trials("help", name).out.decode() for name in COMMANDS]),
            ("core/refresher/trials-refresher.8",
             [subprocess.run([str(refresher), "--help"], env=environment(),
                             capture_output=True, text=True, timeout=20,
                             check=True).stdout])):
        source = (TOP / page).read_text("utf-8")
        for text in helps:
            for option in re.findall(r"^  (?:-h, )?--([a-z-]+)", text, re.M):
                assert (f"\\-{option}" in source
                        or f".It Cm {option}\n" in source
                        or f".It Cm {option} " in source), \
                    f"{page}: --{option}"
            for variable in re.findall(r"TRIALS_[A-Z_]+", text):
                assert variable in source, f"{page}: {variable}"


def test_man_pages_name_every_event():
    source = "".join(path.read_text("utf-8") for path in
                     (TOP / "core" / "refresher").glob("*.c"))
    page = (TOP / "core/refresher/trials-refresher.8").read_text("utf-8")
    calls = re.findall(r"trials_log\((.*?)\);", source, re.S)
    events = set()
    for call in calls:
        events.update(re.findall(r'"([a-z_]+)"', call.split(",")[1]))
    assert len(events) > 10
    for event in events:
        assert re.search(rf"^\.It Cm .*\b{event}\b", page, re.M), event


# explain

def test_explain_lists_every_criterion():
    result = trials("explain", RECORD)
    assert result.code == 0 and result.error == ""
    model = json.loads(trials("render", "--as", "json", RECORD).out)

    def flat(criteria):
        for criterion in criteria:
            yield criterion
            yield from flat(criterion["criteria"])

    plain = [c for g in model["eligibility"]["groups"]
             for c in flat(g["criteria"])]
    listed = re.findall(r"^ {,4}\d+ .*(?:\n {22,}- .*)*",
                        result.out.decode(), re.M)
    assert len(listed) == len(plain) > 5
    assert any("\n" in criterion["plain"] for criterion in plain)
    for number, (line, criterion) in enumerate(zip(listed, plain), 1):
        assert int(line.split()[0]) == number
        assert re.sub(r"\n +- ", "\n", line).endswith(criterion["plain"])
        assert ("kept" in line.split()[:2]) == (not criterion["faithful"])


def test_explain_a_criterion():
    result = trials("explain", RECORD, "1")
    assert result.code == 0 and result.error == ""
    rows = [line.split(None, 1)[0]
            for line in result.out.decode().splitlines() if line[0] != " "]
    assert rows[0] == "criterion" and rows[1] == "record"
    for row in ("states", "rule", "tried", "shown", "verdict", "grade"):
        assert row in rows
    assert ">= 18 (age) | year" in result.out.decode()
    assert trials("explain", "-", "1", stdin=RECORD.read_bytes()).out \
        == result.out


def test_explain_what_is_not_there():
    result = trials("explain", RECORD, "999")
    assert result.code == 1 and "no criterion 999" in result.error
    result = trials("explain", "/no/such/file")
    assert result.code == 1 and "/no/such/file" in result.error
    result = trials("explain", "-", stdin=b"{}")
    assert result.code == 1 and result.error.startswith("trials: ")


@pytest.mark.parametrize("arguments", [
    [], [RECORD, "0"], [RECORD, "one"], [RECORD, "1", "2"], ["--deep", RECORD]])
def test_explain_wrong_usage(arguments):
    result = trials("explain", *arguments)
    assert result.code == 2 and result.out == b"" and result.error


# The command watch.

class Watch:
    """A running `trials watch` and its lines."""

    def __init__(self, address, *options):
        self.process = subprocess.Popen(
            [str(TRIALS), "watch", "--redis", address, *options], env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.text = b""

    def await_line(self, line):
        """The lines until that one, which is the last of them."""
        def read():
            self.text += self.process.stdout.read() or b""
            return f"{line}\n".encode() in b"\n" + self.text

        until(read, 10, line)
        before, _, self.text = self.text.partition(f"{line}\n".encode())
        return before.decode().split() + [line]

    def stop(self):
        self.process.terminate()
        error = self.process.communicate(timeout=10)[1].decode()
        assert "Sanitizer" not in error and "runtime error" not in error
        return error


def test_watch(service):
    client = service.redis.client
    watch = Watch(service.redis.address, "--delay", "50")
    assert watch.await_line("*") == ["*"]
    client.hset(key(STUDY), "v", "2")
    assert watch.await_line(STUDY) == [STUDY]
    client.set("trials:lock:{NCT99990002}", "x")
    client.zadd("trials:fresh", {STUDY: 1})
    client.hset(key("als/recruiting"), "v", "2")
    client.delete(key(STUDY))
    assert watch.await_line(STUDY) == ["als/recruiting", STUDY]
    client.flushall()
    assert watch.await_line("*") == ["*"]

    # Longer than it waits between two signs of life.
    time.sleep(2.5)
    client.hset(key(STUDY), "v", "2")
    assert watch.await_line(STUDY) == [STUDY]

    service.redis.kill()
    service.redis.start()
    assert watch.await_line("*") == ["*"]
    service.redis.client.hset(key(STUDY), "v", "2")
    assert watch.await_line(STUDY) == [STUDY]
    error = watch.stop()
    assert error.count("\n") == 2 and "Redis is back" in error


def test_watch_tells_later(service):
    watch = Watch(service.redis.address)
    watch.await_line("*")
    began = time.monotonic()
    for _ in range(3):
        service.redis.client.hset(key(STUDY), "v", str(time.monotonic()))
    watch.await_line(STUDY)
    assert time.monotonic() - began >= 0.5
    watch.stop()


def test_watch_that_nobody_reads(service):
    watch = Watch(service.redis.address)
    watch.await_line("*")
    watch.process.stdout.close()
    service.redis.client.hset(key(STUDY), "v", "2")
    assert watch.process.wait(10) == 1
    assert b"standard output" in watch.process.stderr.read()
    watch.process.stderr.close()


def test_watch_without_redis_or_rights(service):
    service.redis.client.acl_setuser(
        "reader", enabled=True, passwords=["+x"], commands=["+ping"])
    password = service.directory / "password"
    password.write_text("x\n")
    result = trials("watch", "--redis", service.redis.address, "--redis-user",
                    "reader", "--redis-password-file", password)
    assert result.code == 1 and "NOPERM" in result.error
