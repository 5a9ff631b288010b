"""Registry, Redis or the refresher itself away, slow, or killed."""

import os
import re
import signal
import threading
import time

import pytest

from service import BUILD, Redis, WANTED, key, standin, until

STUDY = "NCT99990001"
IDS = [f"NCT9999{n:04d}" for n in range(1, 13)]


def test_the_registry_comes_back(service):
    refresher = service.refresher()
    service.registry.stop()
    for nct_id in IDS:
        service.redis.want(nct_id)
    refresher.await_event("registry_away")
    time.sleep(1.5)
    assert len(refresher.events("registry_away")) == 1
    assert service.redis.client.xlen(WANTED) == len(IDS)

    service.start_registry()
    came = time.monotonic()
    service.redis.await_state(IDS[-1], "present", 2)
    for nct_id in IDS:
        service.redis.await_state(nct_id, "present", 4)
    print(f"all {len(IDS)} after {time.monotonic() - came:.2f} s")
    service.redis.await_idle()
    assert len(refresher.events("registry_back")) == 1


def test_a_registry_in_trouble_is_not_hammered(service):
    """However many ids are wanted: the threads wait together."""
    service.refresher("--threads", 8)
    service.registry.fault("status", code=503)
    for n in range(1, 200):
        service.redis.want(f"NCT9999{n:04d}")
    until(lambda: service.registry.counters()["total"] > 0)
    time.sleep(1)
    before = service.registry.counters()["total"]
    time.sleep(3)
    asked = service.registry.counters()["total"] - before
    print(f"{asked} requests in 3 s")
    assert 1 <= asked <= 6
    service.registry.heal()
    service.redis.await_state("NCT99990012", "present", 10)


def test_retry_after_holds_all_threads(service):
    refresher = service.refresher("--threads", 6)
    service.registry.fault("status", code=429, retry_after="3", times=1,
                           on="study")
    service.redis.want(STUDY)
    event = refresher.await_event("registry_away")
    told = time.monotonic()
    assert event["retry_after_ms"] == 3000
    for nct_id in IDS[1:]:
        service.redis.want(nct_id)
    time.sleep(2)
    assert service.fetches(STUDY) == 1 and service.fetches(IDS[1]) == 0
    until(lambda: service.fetches(IDS[-1]), 5, "asked again")
    assert 2.5 < time.monotonic() - told < 6
    for nct_id in IDS:
        service.redis.await_state(nct_id, "present", 5)


@pytest.mark.parametrize("fault", [
    {"kind": "status", "code": 500, "times": 2},
    {"kind": "close", "times": 2},
    {"kind": "truncate", "times": 2},
    {"kind": "hang", "seconds": 3, "times": 1},
], ids=lambda fault: fault["kind"])
def test_a_fault_that_passes(service, fault):
    refresher = service.refresher("--timeout", 1000)
    service.registry.fault(**dict(fault), on="study")
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 8)
    service.redis.await_idle()
    assert service.fetches(STUDY) == fault["times"] + 1
    unanswered = len(refresher.events("unanswered", id=STUDY))
    # libcurl asks again by itself where a connection it kept was closed.
    by_itself = fault["kind"] == "close" and unanswered == fault["times"] - 1
    assert unanswered == fault["times"] or by_itself
    assert refresher.events("registry_away") == []


def test_it_gives_up(service):
    refresher = service.refresher("--give-up", 1)
    service.registry.fault("status", code=503)
    service.redis.want(STUDY)
    refresher.await_event("gave_up", 6, id=STUDY)
    service.redis.await_idle()
    assert service.redis.document(STUDY) == {}

    service.registry.heal()
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 4)


def test_many_that_cannot_be_had_do_not_hide_one_that_can(service):
    bad = [f"NCT9998{n:04d}" for n in range(1, 17)]
    refresher = service.refresher()
    service.registry.fault("status", code=503, ids=bad)
    for nct_id in bad:
        service.redis.want(nct_id)
    refresher.await_event("unanswered")
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 8)
    assert refresher.events("registry_away") == []


def test_one_that_cannot_be_had_does_not_hide_its_list(service):
    """Wanted together, asked for together: one fails the list, the others come
    by themselves."""
    service.registry.fault("status", code=503, ids=IDS[:1])
    for nct_id in IDS[:4]:
        service.redis.want(nct_id)
    service.refresher("--threads", 1)
    for nct_id in IDS[1:4]:
        service.redis.await_state(nct_id, "present", 10)


def test_redis_restarts_empty(service):
    refresher = service.refresher()
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present")
    service.redis.kill()
    refresher.await_event("redis_away")
    time.sleep(1)
    service.redis.start()
    back = time.monotonic()
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 3)
    print(f"stored {time.monotonic() - back:.2f} s after Redis came back")
    refresher.await_event("redis_back")
    assert len(refresher.events("redis_away")) == 1
    assert len(refresher.events("redis_back")) == 1
    assert service.fetches(STUDY) == 2


def test_redis_dies_while_the_registry_is_asked(service):
    refresher = service.refresher()
    service.registry.fault("delay", seconds=1, times=1, on="study")
    service.redis.want(STUDY)
    until(lambda: service.registry.counters()["active"] == 1)
    service.redis.kill()
    refresher.await_event("redis_away")
    service.redis.start()
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 5)
    assert refresher.process.poll() is None


def test_redis_comes_later(service):
    service.redis.kill()
    refresher = service.refresher()
    refresher.await_event("redis_away")
    service.redis.start()
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 5)


def test_redis_is_flushed(service):
    """The stream and its group go while everybody waits on them."""
    refresher = service.refresher()
    for _ in range(3):
        service.redis.want(STUDY)
        service.redis.await_state(STUDY, "present", 5)
        service.redis.await_idle()
        service.redis.client.flushall()
        time.sleep(0.1)
    assert not refresher.events("redis_away")
    assert not refresher.events("redis_error")


def test_a_stream_of_another_type_is_said(service):
    service.redis.client.set(WANTED, "mine")
    refresher = service.refresher()
    event = refresher.await_event("redis_error")
    assert "WRONGTYPE" in event["reason"] and "wanted" not in event
    time.sleep(1)
    assert len(refresher.events("redis_error")) == 1
    service.redis.client.delete(WANTED)
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present", 5)


def test_another_takes_over_from_the_killed(service):
    first = service.refresher()
    service.registry.fault("hang", seconds=30, times=1, on="study")
    service.redis.want(STUDY)
    until(lambda: service.registry.counters()["active"] == 1)
    second = service.refresher()
    time.sleep(1.5)
    assert service.fetches(STUDY) == 1
    first.kill()
    killed = time.monotonic()
    service.redis.await_state(STUDY, "present", 5)
    print(f"taken over after {time.monotonic() - killed:.2f} s")
    service.redis.await_idle()
    assert second.events("rendered", id=STUDY)


def test_a_frozen_one_does_not_hold_the_others(service):
    """It is stopped in the middle, and goes on when all is done."""
    first = service.refresher()
    service.registry.fault("delay", seconds=1, times=1, on="study")
    service.redis.want(STUDY)
    until(lambda: service.registry.counters()["active"] == 1)
    first.process.send_signal(signal.SIGSTOP)
    try:
        service.refresher()
        service.redis.await_state(STUDY, "present", 6)
        service.redis.await_idle()
        found = service.redis.document(STUDY)
    finally:
        first.process.send_signal(signal.SIGCONT)
    until(lambda: service.registry.counters()["active"] == 0)
    time.sleep(0.5)
    assert service.redis.document(STUDY)["page"] == found["page"]
    assert first.process.poll() is None


def test_term_while_idle(service):
    refresher = service.refresher()
    began = time.monotonic()
    assert refresher.stop() == 0
    assert time.monotonic() - began < 1.5
    events = [e["event"] for e in refresher.log()]
    assert events.index("stopping") < events.index("stopped") \
        == len(events) - 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_term_finishes_what_is_under_way(service, number):
    refresher = service.refresher()
    service.registry.fault("delay", seconds=1.5, times=1, on="study")
    service.redis.want(STUDY)
    until(lambda: service.registry.counters()["active"] == 1)
    refresher.process.send_signal(number)
    assert refresher.process.wait(6) == 0
    assert service.redis.state(STUDY) == "present"
    assert refresher.events("rendered", id=STUDY)
    assert service.redis.idle()


def test_a_second_term_does_not_wait(service):
    refresher = service.refresher("--timeout", 60000)
    service.registry.fault("hang", seconds=60, times=1, on="study")
    service.redis.want(STUDY)
    until(lambda: service.registry.counters()["active"] == 1)
    refresher.process.send_signal(signal.SIGTERM)
    refresher.await_event("stopping")
    time.sleep(0.3)
    assert refresher.process.poll() is None
    refresher.process.send_signal(signal.SIGTERM)
    assert refresher.process.wait(4) == 0

    # Nothing is lost: the next one finds it.
    service.refresher()
    service.redis.await_state(STUDY, "present", 5)


def test_term_while_redis_is_away(service):
    refresher = service.refresher()
    service.redis.kill()
    refresher.await_event("redis_away")
    began = time.monotonic()
    assert refresher.stop() == 0
    assert time.monotonic() - began < 2
    service.redis.start()


def test_it_leaks_neither_memory_nor_descriptors(service):
    # One thread of each kind: more take longer to fill their pools of memory.
    refresher = service.refresher("--max-age", 1, "--absent-age", 1,
                                  "--threads", 1, "--renderers", 1)

    def descriptors():
        return len(os.listdir(f"/proc/{refresher.process.pid}/fd"))

    def resident():
        with open(f"/proc/{refresher.process.pid}/statm",
                  encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def work(rounds):
        for _ in range(rounds):
            service.redis.client.flushall()
            for nct_id in IDS + ["NCT99999998", "NCT99990101"]:
                service.redis.want(nct_id)
            for nct_id in IDS:
                service.redis.await_state(nct_id, "present")
            service.redis.await_idle()

    if BUILD.name == "asan":    # whose leaks its own sanitizer tells
        work(2)
        before = descriptors()
        work(3)
        assert descriptors() <= before + 1
        return

    # The pools are full after some rounds: from there on, level.
    work(15)
    before, memory = descriptors(), resident()
    work(20)
    assert descriptors() <= before + 1
    grown = (resident() - memory) / 1e6
    print(f"{grown:.1f} MB more after 280 jobs, of {memory / 1e6:.1f}")
    assert grown < 4


def test_the_password_is_never_said(service):
    secret = "s3cret-of-redis"
    service.redis.kill()
    service.redis.options = ("--requirepass", secret)
    service.redis.start(password=secret)
    path = service.directory / "password"
    path.write_text(secret + "\n", encoding="ascii")

    without = service.refresher()
    event = without.await_event("redis_error")
    assert "NOAUTH" in event["reason"]
    assert without.stop() == 0

    wrong = service.directory / "wrong"
    wrong.write_text("not-the-" + secret, encoding="ascii")
    refused = service.refresher("--redis-password-file", wrong)
    event = refused.await_event("redis_error")
    assert "WRONGPASS" in event["reason"]
    assert refused.stop() == 0

    refresher = service.refresher("--redis-password-file", path)
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present")
    with open(f"/proc/{refresher.process.pid}/cmdline", "rb") as f:
        assert secret.encode() not in f.read()
    for one in (without, refused, refresher):
        assert secret not in one.text()


def test_every_line_of_the_log_is_json(service):
    refresher = service.refresher()
    service.registry.fault("status", code=500, times=1,
                           body='quote " backslash \\ bell \x07 \u00e9')
    service.redis.want(STUDY)
    service.redis.await_state(STUDY, "present")
    refresher.stop()
    for entry in refresher.log():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                            entry["time"])
        assert entry["level"] in ("info", "warning", "error")
        assert re.fullmatch("[a-z_]+", entry["event"])
    assert refresher.text().endswith("\n")
