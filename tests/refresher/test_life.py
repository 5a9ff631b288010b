"""Killed at any time, watched by the service manager, asked how it is."""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from service import PLAIN_ONLY, TOP, environment, standin, until

UNIT = TOP / "docker" / "systemd" / "trials-refresher.service"


def test_killed_at_random_it_ends_up_as_the_registry(service):
    """Studies change and go, readers ask, refreshers are killed: afterwards the
    cache says what the registry says."""
    choice = random.Random(20261125)
    options = ("--poll", 1, "--max-age", 4, "--absent-age", 1, "--loss", 100,
               "--threads", 3)
    records = {path.stem: json.loads(path.read_bytes())
               for path in standin.SAMPLES.glob("NCT*.json")}
    titles = {i: r["protocolSection"]["identificationModule"]["briefTitle"]
              for i, r in records.items()}
    running = [service.refresher(*options) for _ in range(2)]
    day, number, kills = 21, 0, 0
    end = time.monotonic() + 8
    while time.monotonic() < end or kills < 3:
        for nct_id in choice.sample(sorted(records), 4):
            service.redis.want(nct_id)
        nct_id = choice.choice(sorted(records))
        if number % 9 == 8 and len(records) > 14:
            service.registry.remove(nct_id)
            del records[nct_id]
        else:
            study = records[nct_id]["protocolSection"]
            titles[nct_id] = f"Title number {number}"
            study["identificationModule"]["briefTitle"] = titles[nct_id]
            study["statusModule"]["lastUpdatePostDateStruct"]["date"] = \
                f"2026-{day // 28 + 11}-{day % 28 + 1:02d}"
            service.registry.put(records[nct_id])
        number, day = number + 1, min(day + 1, 50)
        time.sleep(choice.random() * 0.3)
        if choice.random() < 0.4:
            victim = choice.randrange(2)
            running[victim].kill()
            running[victim] = service.refresher(*options)
            kills += 1
    print(f"{number} changes, {kills} kills")

    def equal():
        for nct_id, title in titles.items():
            found = service.redis.document(nct_id)
            if nct_id not in records:
                if found.get("state") == "present":
                    return False
            elif found and found["state"] == "present":
                if json.loads(found["json"])["title"] != title:
                    return False
        return service.redis.idle()

    for nct_id in records:
        service.redis.want(nct_id)
    until(equal, 60, "the cache as the registry")
    for nct_id in records:
        service.redis.await_state(nct_id, "present")


def test_the_service_manager_is_told(service):
    path = service.directory / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(10)
        os.environ["NOTIFY_SOCKET"] = str(path)
        os.environ["WATCHDOG_USEC"] = "400000"
        try:
            refresher = service.refresher()
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        assert manager.recv(64) == b"READY=1"
        assert manager.recv(64) == b"WATCHDOG=1"
        assert manager.recv(64) == b"WATCHDOG=1"
        refresher.stop()
        told = [manager.recv(64)]
        while told[-1] != b"STOPPING=1":
            told.append(manager.recv(64))


def get(address, path):
    try:
        with urllib.request.urlopen(address + path, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_metrics(service):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refresher = service.refresher("--listen", f"127.0.0.1:{port}")
    address = f"http://127.0.0.1:{port}"
    service.redis.want("NCT99990001")
    service.redis.await_state("NCT99990001", "present")
    service.redis.await_idle()
    status, text = get(address, "/healthz")
    assert status == 200 and json.loads(text)["status"] == "ok"

    def metrics():
        status, text = get(address, "/metrics")
        assert status == 200
        values = {}
        for line in text.splitlines():
            if not line.startswith("#"):
                match = re.fullmatch(
                    r"(trials_refresher_[a-z_]+)(\{.*\})? (\d+)", line)
                assert match, line
                values[match.group(1)] = int(match.group(3))
                assert f"# TYPE {match.group(1)} " in text
        return values

    # The trial and the site's own pages, which are made meanwhile.
    site = ["all", "feed", "index", "sitemap"]
    for name in site:
        service.redis.await_state(name, "present")
    values = until(lambda: (v := metrics())["trials_refresher_documents"]
                   == service.redis.client.zcard("trials:fresh") and v)
    assert values["trials_refresher_documents"] > len(site)
    assert values["trials_refresher_rendered_total"] == 1
    assert get(address, "/other")[0] == 404

    service.redis.kill()
    assert get(address, "/healthz")[0] == 503
    assert "trials_refresher_redis_up 0" in get(address, "/metrics")[1]
    service.redis.start()
    until(lambda: get(address, "/healthz")[0] == 200)
    assert refresher.stop() == 0


def test_metrics_on_a_socket(service):
    path = service.directory / "metrics.sock"
    refresher = service.refresher("--listen", f"unix:{path}")
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(path))
        link.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert b" 200 OK" in link.recv(4096)
    assert refresher.stop() == 0
    assert not path.exists()


@PLAIN_ONLY
@pytest.mark.skipif(shutil.which("systemd-analyze") is None,
                    reason="no systemd-analyze")
def test_the_unit_is_hardened():
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager",
         str(UNIT)], env=environment(), capture_output=True, text=True,
        check=False, timeout=30)
    score = re.search(r"exposure level .*: ([\d.]+)", done.stdout)
    assert float(score.group(1)) <= 2.0
