"""`trials import`: sources, failures, resumption, what it tells."""

import gzip
import io
import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "refresher"))

from service import Redis, TRIALS, environment, until  # noqa: E402

SAMPLES = TESTS / "data" / "samples"
MANY = 60 if "asan" in os.environ.get("BUILD", "") else 300
RECORD = json.loads((SAMPLES / "NCT99990003.json").read_text())
SMALL = json.loads((SAMPLES / "NCT99990019.json").read_text())


@pytest.fixture(scope="module")
def server():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="trials-"))
    redis = Redis(directory)
    redis.start()
    yield redis
    redis.kill()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def redis(server):
    server.client.flushall()
    return server


def study(n, record=SMALL, updated=None):
    """A copy of a record under another id, in one line."""
    copy = json.loads(json.dumps(record))
    copy["protocolSection"]["identificationModule"]["nctId"] = f"NCT{n:08}"
    if updated:
        copy["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {
            "date": updated}
    return json.dumps(copy).encode()


def start(redis, source, *options, **more):
    return subprocess.Popen(
        [str(TRIALS), "import", "--redis", redis.address, *map(str, options),
         str(source)], env=environment(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def run(redis, source, *options, stdin=b""):
    """Exit code, events by name, standard error."""
    process = start(redis, source, *options)
    out, error = process.communicate(stdin, timeout=120)
    assert b"Sanitizer" not in error and b"runtime error" not in error, error
    events = {}
    for line in out.splitlines():
        event = json.loads(line)
        events.setdefault(event.pop("event"), []).append(event)
    return process.returncode, events, error.decode()


def present(redis):
    return {key.decode()[12:-1]
            for key in redis.client.scan_iter("trials:doc:*")
            if redis.client.hget(key, "state") == b"present"}


def ids(numbers):
    return {f"NCT{n:08}" for n in numbers}


def lines(path, numbers, **more):
    path.write_bytes(b"".join(study(n, **more) + b"\n" for n in numbers))
    return path


def test_lines(redis, tmp_path):
    source = lines(tmp_path / "all.jsonl", range(1, 21))
    code, events, error = run(redis, source, "--threads", 2)
    assert (code, error) == (0, "")
    end, = events["finished"]
    assert end["complete"] and end["reasons"] == []
    assert (end["done"], end["stored"], end["failed"]) == (20, 20, 0)
    assert present(redis) == ids(range(1, 21))
    assert redis.client.zcard("trials:fresh") == 20
    assert redis.client.keys("trials:import:*") == []

    code, events, error = run(redis, source)
    end, = events["finished"]
    assert (code, end["done"], end["unchanged"]) == (0, 20, 20)


def archive_zip(data):
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(1, 5):
            archive.writestr(f"NCT{n:08}.json", json.dumps(
                json.loads(study(n)), indent=2))


def archive_tar(data):
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for n in range(1, 5):
            entry = tarfile.TarInfo(f"all/NCT{n:08}.json")
            entry.size = len(study(n))
            archive.addfile(entry, io.BytesIO(study(n)))


def compressed_lines(data):
    data.write(gzip.compress(b"\r\n\n".join(study(n) for n in range(1, 5))))


@pytest.mark.parametrize("make", [archive_zip, archive_tar, compressed_lines])
def test_archives(redis, tmp_path, make):
    data = io.BytesIO()
    make(data)
    source = tmp_path / "source"
    source.write_bytes(data.getvalue())
    code, events, error = run(redis, source)
    assert (code, error) == (0, "")
    assert present(redis) == ids(range(1, 5))
    redis.client.flushall()
    assert run(redis, "-", stdin=data.getvalue())[0] == 0
    assert present(redis) == ids(range(1, 5))


def test_folder(redis, tmp_path):
    (tmp_path / "NCT0").mkdir()
    (tmp_path / "NCT0" / "a.json").write_bytes(study(1))
    (tmp_path / "b.json").write_bytes(json.dumps(RECORD, indent=1).encode())
    (tmp_path / "notes.txt").write_text("no record")
    (tmp_path / ".hidden.json").write_text("no record")
    code, events, error = run(redis, tmp_path)
    assert (code, error) == (0, "")
    assert present(redis) == ids([1, 99990003])


def test_one_record_over_many_lines(redis, tmp_path):
    source = SAMPLES / "NCT99990003.json"
    assert run(redis, source, "--brotli", 0)[0] == 0
    assert present(redis) == ids([99990003])
    assert redis.client.hget("trials:doc:{NCT99990003}", "page:br") is None


def test_broken_ones_do_not_stop_it(redis, tmp_path):
    source = tmp_path / "all.jsonl"
    source.write_bytes(b"\n".join([
        study(1), study(2)[:-9], b'{"protocolSection":{}}', b"rubbish",
        b"", study(3), b"\xff\xfe", b'{"a":"' + b"x" * (17 << 20) + b'"}',
        study(4), study(5)[:400]]))
    code, events, error = run(redis, source)
    assert code == 1
    end, = events["finished"]
    assert end["complete"]
    assert (end["done"], end["stored"], end["failed"]) == (9, 3, 6)
    assert present(redis) == ids([1, 3, 4])
    assert {event["place"] for event in events["failed"]} == {
        f"{source}:{n}" for n in (2, 3, 4, 7, 8, 10)}
    assert all(event["reason"] for event in events["failed"])
    assert sum(reason["count"] for reason in end["reasons"]) == 6
    assert any("larger" in reason["reason"] for reason in end["reasons"])


def test_a_broken_entry_of_an_archive(redis, tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for n in range(1, 4):
            archive.writestr(f"{n}.json", study(n))
    source = tmp_path / "all.json.zip"
    source.write_bytes(data.getvalue().replace(b"NCT00000002", b"NCT0000000x"))
    code, events, error = run(redis, source)
    assert code == 1 and present(redis) == ids([1, 3])
    assert events["failed"][0]["place"] == f"{source}:2.json"

    source.write_bytes(data.getvalue()[:len(data.getvalue()) // 2])
    code, events, error = run(redis, source)
    assert code == 1 and not events["finished"][0]["complete"]
    assert events["finished"][0]["reason"]


def test_what_is_newer_is_kept(redis, tmp_path):
    source = lines(tmp_path / "new", [1], record=RECORD, updated="2026-11-02")
    assert run(redis, source)[0] == 0
    before = redis.document("NCT00000001")
    source = lines(tmp_path / "old", [1], record=SMALL, updated="2026-11-01")
    code, events, _ = run(redis, source)
    assert (code, events["finished"][0]["newer"]) == (0, 1)
    assert redis.document("NCT00000001") == before

    # Twice in one file: the later one, whichever comes first.
    source.write_bytes(b"\n".join([
        study(2, updated="2026-11-01"), study(2, updated="2026-11-03"),
        study(2, updated="2026-11-02")]))
    code, events, _ = run(redis, source, "--threads", 1)
    assert (code, events["finished"][0]["newer"]) == (0, 1)
    assert redis.document("NCT00000002")["registry"] == "2026-11-03"


def test_killed_and_begun_again(redis, tmp_path):
    source = tmp_path / "all.jsonl"
    source.write_bytes(b"rubbish\n" + b"".join(
        study(n) + b"\n" for n in range(1, MANY)))

    def done():
        for key in redis.client.scan_iter("trials:import:*"):
            if redis.client.type(key) == b"hash":
                return int(redis.client.hget(key, "done") or 0)
        return 0

    process = start(redis, source, "--threads", 1)
    until(done, 60, "the first mark")
    process.kill()
    process.communicate()
    before = done()
    assert 0 < before < MANY and len(present(redis)) >= before - 1

    # What was done is not done again, and what failed is still told.
    code, events, error = run(redis, source)
    assert code == 1 and events["started"][0]["resumed_at"] == before
    end, = events["finished"]
    assert end["complete"] and end["done"] == MANY and end["failed"] == 1
    assert end["reasons"][0]["examples"][0]["place"] == f"{source}:1"
    assert "failed" not in events
    assert present(redis) == ids(range(1, MANY))
    assert redis.client.keys("trials:import:*") == []


def test_interrupted(redis, tmp_path):
    process = start(redis, "-", "--threads", 1)
    process.stdin.write(study(1) + b"\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["event"] == "started"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    end = json.loads(out.splitlines()[-1])
    assert not end["complete"] and end["reason"] == "interrupted"


def test_on_a_terminal(redis, tmp_path):
    many = 300  # sanitized as well: the bar is drawn 5 times a second
    source = tmp_path / "all.jsonl"
    source.write_bytes(b"rubbish\n" + b"".join(
        study(n) + b"\n" for n in range(1, many)))
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [str(TRIALS), "import", "--redis", redis.address, "--threads", "1",
         str(source)], env=environment(), stdin=subprocess.DEVNULL,
        stdout=terminal, stderr=terminal)
    os.close(terminal)
    text = b""
    try:
        while piece := os.read(main, 65536):
            text += piece
    except OSError:
        pass
    os.close(main)
    assert process.wait(timeout=60) == 1
    text = text.decode()
    assert "[####" in text and " left" in text and "/s" in text
    assert f"trials: {source}:1: " in text
    assert f"{many} studies: {many - 1} stored, 0 unchanged, 0 newer" in text
    assert text.rstrip().splitlines()[-1].strip() == f"{source}:1"


@pytest.mark.parametrize("source, says", [
    ("missing.zip", "No such file"), ("empty", "no *.json")])
def test_no_source(redis, tmp_path, source, says):
    (tmp_path / "empty").mkdir()
    code, events, error = run(redis, tmp_path / source)
    assert code == 1 and events == {} and says in error


def test_no_redis(tmp_path):
    class Nowhere:
        address = f"unix:{tmp_path}/none"
    source = lines(tmp_path / "one", [1])
    code, events, error = run(Nowhere, source)
    assert code == 1 and events == {} and "Redis" in error
