"""Each alert's condition, provoked on a real refresher and a real nginx, and what
the runbook says to do about it: what they say of themselves in trouble crosses
the alert's line, and what they said before and say afterwards does not.  promtool
is given all three, the trouble held for longer than "for"."""

import importlib.util
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "refresher"))

from service import BUILD, FRESH, SLOW, Service, until  # noqa: E402

os.environ["BUILD"] = str(BUILD)
_spec = importlib.util.spec_from_file_location(
    "module_harness", TESTS / "module" / "harness.py")
module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(module)

MONITORING = TESTS.parent / "docker" / "monitoring"
TRIALS = [f"NCT9999{n:04d}" for n in (1, 2, 3, 4, 5, 6, 7, 9)]


class Seen:
    """What was scraped for one alert: well, in trouble, after the remedy."""

    def __init__(self):
        self.alerts = {}

    def note(self, alert, before, after, remedied):
        self.alerts[alert] = (before, after, remedied)


def metrics(url):
    """Name -> value of what has no labels but those of info; {}: no answer."""
    try:
        with urllib.request.urlopen(url, timeout=5 * SLOW) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    return {name: float(value) for name, value in re.findall(
        r"^(trials_\w+)(?:\{version=.*\})? ([0-9.e+-]+)$", text, re.M)}


@pytest.fixture
def service():
    with tempfile.TemporaryDirectory(prefix="trials-") as directory:
        os.chmod(directory, 0o755)
        running = Service(pathlib.Path(directory))
        running.start()
        yield running
        running.stop()


def scraped(url, true, what, limit=10):
    """What is said once true(name -> value)."""
    def good():
        now = metrics(url)
        return now if now and true(now) else None
    return until(good, limit, what)


def refresher_in_trouble(service, seen):
    port = module.free_port()
    url = f"http://127.0.0.1:{port}/metrics"
    settings = service.directory / "refresher.conf"
    settings.write_text("loss = 5\n")
    options = ("--config", settings, "--listen", f"127.0.0.1:{port}",
               "--poll", 1, "--max-age", 10)
    refresher = service.refresher(*options)
    client = service.redis.client
    for trial in TRIALS:
        service.redis.want(trial)
    for trial in TRIALS:
        service.redis.await_state(trial, "present")
    service.redis.await_idle()
    refresher.await_event("followed")
    well = metrics(url)

    # The registry refuses all: nothing is made, nothing is checked.  Remedy: that
    # it is well again.
    service.registry.fault("status", code=503)
    for n in range(1000, 1150):
        service.redis.want(f"NCT9999{n}")
    client.zadd(FRESH, {trial: 1 for trial in TRIALS})
    now = scraped(url, lambda m: not m["trials_refresher_registry_up"]
                  and m["trials_refresher_documents_due"]
                  and m["trials_refresher_wanted"] > 100,
                  "the failing registry")
    service.registry.heal()
    remedied = scraped(url, lambda m: m["trials_refresher_registry_up"]
                       and not m["trials_refresher_documents_due"]
                       and not m["trials_refresher_wanted"]
                       and m["trials_refresher_followed_seconds"]
                       > now["trials_refresher_followed_seconds"],
                       "all that was left undone", 30)
    for alert in ("TrialsRegistryFailing", "TrialsStaleShare",
                  "TrialsReadersWait", "TrialsFeedBehind"):
        seen.note(alert, well, now, remedied)

    # Answers that no page can be made of.  Remedy: the registry's, again.
    bad = [f"NCT9999{n:04d}" for n in range(2000, 2012)]
    before = metrics(url)
    service.registry.fault("garbage", ids=bad)
    for trial in bad:
        service.redis.want(trial)
    until(lambda: len(refresher.events("refused")) >= 12, 20, "12 refused")
    service.registry.heal()
    service.redis.await_idle()
    now = metrics(url)
    for trial in bad:
        service.redis.want(trial)
    for trial in bad:
        service.redis.await_state(trial, "absent")
    seen.note("TrialsRefused", before, now, metrics(url))

    # The registry has lost all that is cached.  Remedy: to let it, for a day.
    before = metrics(url)
    service.registry.fault("vanish")
    client.zadd(FRESH, {trial: 1 for trial in TRIALS})
    refresher.await_event("bulk_loss", 20)
    kept = "trials_refresher_losses_kept_total"
    now = scraped(url, lambda m: m[kept] == before[kept] + len(TRIALS),
                  "all kept")
    assert service.redis.state(TRIALS[0]) == "present"
    settings.write_text("loss = 100\n")
    refresher.process.send_signal(signal.SIGHUP)
    refresher.await_event("reloaded")
    client.zadd(FRESH, {trial: 1 for trial in TRIALS})
    for trial in TRIALS:
        service.redis.await_state(trial, "absent", 20)
    seen.note("TrialsLossGuard", before, now, metrics(url))
    service.registry.heal()

    # Remedy: Redis.  Both come back by themselves.
    service.redis.kill()
    now = scraped(url, lambda m: not m["trials_refresher_redis_up"], "no Redis")
    service.redis.start()
    seen.note("TrialsRedisAway", well, now,
              scraped(url, lambda m: m["trials_refresher_redis_up"], "Redis"))

    # Remedy: to start one.  It goes on where the stream was left.
    refresher.stop()
    now = metrics(url)
    service.redis.want(TRIALS[0])
    service.refresher(*options)
    service.redis.await_state(TRIALS[0], "present")
    seen.note("TrialsNoRefresher", well, now, metrics(url))


def nginx_in_trouble(directory, seen):
    redis = module.Redis(directory, "behind").start()
    http = "trials_zone small {zone}; trials_max_waiting {waiting}; " \
           "trials_wait 500ms;"
    server = module.Nginx(
        directory, redis.address, workers=2,
        http=http.format(zone="1m", waiting=1),
        server="location /trials/ { trials on; }"
               "location /status { trials_status; }")
    url = f"http://127.0.0.1:{server.port}/status"
    trials = [f"NCT9999{n:04d}" for n in range(1, 81)]

    def trusted():
        return scraped(url, lambda m: m["trials_workers_trusting"] == 2,
                       "workers", 5)

    def work():
        """Each document three times; what came of it, in how many seconds."""
        began = time.monotonic()
        for _ in range(3):
            for trial in trials:
                server.get(f"/trials/{trial}")
        return dict(metrics(url), seconds=time.monotonic() - began)

    try:
        server.start(redis)
        for trial in trials:
            redis.store(trial)
        well = trusted()

        # More documents than the zone has room for, each wanted again.  Remedy:
        # room, and for more readers that wait.
        full = work()
        readers = server.readers(4, "/trials/NCT99998888")
        away = scraped(url, lambda m: m["trials_turned_away_total"],
                       "turned away", 5)
        for reader in readers:
            reader.receive()
            reader.close()

        server.http = http.format(zone="16m", waiting=100)
        old = server.reload()
        until(lambda: not old & set(server.children()), 10, "the old workers")
        larger = trusted()
        remedied = work()
        assert remedied["trials_zone_evictions_total"] \
            == larger["trials_zone_evictions_total"]
        seen.note("TrialsZoneTooSmall", well, full, remedied)

        readers = server.readers(4, "/trials/NCT99998888")
        scraped(url, lambda m: m["trials_waiting"] == 4, "4 that wait", 5)
        for reader in readers:
            reader.receive()
            reader.close()
        assert metrics(url)["trials_turned_away_total"] \
            == larger["trials_turned_away_total"]
        seen.note("TrialsTurnedAway", full, away, metrics(url))

        redis.stop()
        away = scraped(url, lambda m: m["trials_workers_connected"] == 0,
                       "workers without", 5)
        redis.start()
        seen.note("TrialsWorkersWithoutRedis", well, away, trusted())
    finally:
        server.stop()
        redis.stop()


def rules():
    """Alert -> its expression."""
    text = (MONITORING / "alerts.yaml").read_text("utf-8")
    return dict(re.findall(r"- alert: (\w+)\n +expr: (.*)", text))


def series(expression, before, after, remedied, phases):
    """So many intervals as it was well, as it was in trouble, and as it was
    thereafter.  A counter goes on at the pace that was seen, and stands still
    after the remedy; a time is told of five minutes after it."""
    well, trouble, then, interval = phases
    lines = []
    for name in sorted(set(re.findall(r"trials_[a-z_]+", expression))):
        old, new, last = (said.get(name) for said in (before, after, remedied))
        assert last is not None, name
        if new is None:
            values = f"{old:.0f}x{well} stale {'_ ' * trouble}{last:.0f}x{then}"
        elif name.endswith("_seconds"):
            # Followed when all was well, hardly since, and again at last.
            assert 0 < old <= new < old + 5 and new < last
            values = f"300x{well} 300x{trouble} " \
                     f"{(well + trouble) * interval}x{then}"
        elif name.endswith("_total"):
            assert last <= new, f"{name}: {new} and, remedied, {last}"
            pace = 0
            if "rate(" in expression:
                pace = (new - old) / after["seconds"] * 60
            values = f"{old:.0f}x{well} {new:.0f}+{pace:.0f}x{trouble} " \
                     f"{new + pace * trouble:.0f}x{then}"
        else:
            values = f"{old:.0f}x{well} {new:.0f}x{trouble} {last:.0f}x{then}"
        lines.append({"series": name + '{instance="a"}', "values": values})
    return lines


def judged(service, interval, tests):
    """What promtool says of the rules, which are looked at so often."""
    path = service.directory / f"provoked-{interval}.yaml"
    path.write_text(json.dumps({
        "rule_files": [str(MONITORING / "alerts.yaml")],
        "evaluation_interval": interval,
        "tests": [dict(test, interval=interval) for test in tests]}))
    done = subprocess.run(["promtool", "test", "rules", str(path)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_fires_on_what_was_provoked_until_its_remedy(service):
    seen = Seen()
    refresher_in_trouble(service, seen)
    nginx_in_trouble(str(service.directory), seen)
    expressions = rules()
    assert set(seen.alerts) == set(expressions)

    minutes, days = [], []
    for alert, said in seen.alerts.items():
        expression = expressions[alert]
        tests, phases = minutes, (60, 60, 120, 60)
        early, late, end = "60m", "100m", "230m"
        if "increase(" in expression:
            late = "64m"
        elif "followed" in expression:
            tests, phases, late, end = days, (2, 60, 20, 1800), "27h", "35h"
        firing = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
        tests.append({
            "name": alert,
            "input_series": series(expression, *said, phases),
            "promql_expr_test": [
                {"expr": firing, "eval_time": early, "exp_samples": []},
                {"expr": firing, "eval_time": late,
                 "exp_samples": [{"labels": "{}", "value": 1}]},
                {"expr": firing, "eval_time": end, "exp_samples": []}]})
    judged(service, "1m", minutes)
    judged(service, "30m", days)
