"""Following the registry: its feed, checks by age, losses, the lead."""

import json
import signal
import time

import pytest

from service import FRESH, key, standin, until

STUDY, OTHER, THIRD = "NCT99990001", "NCT99990003", "NCT99990004"
REGISTRY = "trials:registry"


def record(nct_id):
    return json.loads((standin.SAMPLES / f"{nct_id}.json").read_bytes())


def changed(nct_id, title, date="2026-11-21"):
    study = record(nct_id)
    protocol = study["protocolSection"]
    protocol["identificationModule"]["briefTitle"] = title
    protocol["statusModule"]["lastUpdatePostDateStruct"]["date"] = date
    return study


def cached(service, *ids):
    for nct_id in ids:
        service.redis.want(nct_id)
    for nct_id in ids:
        service.redis.await_state(nct_id, "present")
    service.redis.await_idle()


def due(service, *ids):
    service.redis.client.zadd(FRESH, {nct_id: 1 for nct_id in ids})


def title(service, nct_id):
    return json.loads(service.redis.document(nct_id)["json"])["title"]


def test_a_changed_study_is_published_anew(service):
    refresher = service.refresher("--poll", 1)
    cached(service, STUDY, OTHER)
    refresher.await_event("followed")
    service.registry.reset()
    before = service.redis.document(OTHER)

    service.registry.put(changed(STUDY, "A Title of Another Day"))
    service.registry.put(changed(THIRD, "Nobody Reads This One"))
    until(lambda: b"A Title of Another Day" in
          service.redis.document(STUDY)["page"])

    # The feed is read once for a data set, and what nobody has stays so.
    until(lambda: service.redis.client.hget(REGISTRY, "timestamp")
          == service.registry.counters()["dataTimestamp"].encode())
    assert service.redis.document(OTHER) == before
    assert service.redis.document(THIRD) == {}
    assert service.redis.document(STUDY)["registry"] == "2026-11-21"
    asked = service.registry.counters()["requests"]
    time.sleep(1.2)
    more = service.registry.counters()["requests"]
    assert more["/api/v2/version"] > asked["/api/v2/version"]
    assert more["/api/v2/studies"] == asked["/api/v2/studies"]


def test_a_crash_before_the_mark_repeats_the_feed(service):
    """The mark moves when all is published, and only then."""
    first = service.refresher("--poll", 1)
    cached(service, STUDY, OTHER)
    first.await_event("followed")
    mark = service.redis.client.hget(REGISTRY, "timestamp")
    service.registry.fault("hang", seconds=60, ids=[STUDY])
    service.registry.put(changed(STUDY, "One"))
    service.registry.put(changed(OTHER, "Two"))
    until(lambda: service.registry.counters()["listed"].get(STUDY, 0)
          + service.registry.counters()["ids"].get(STUDY, 0) > 1)
    first.kill()
    assert service.redis.client.hget(REGISTRY, "timestamp") == mark

    service.registry.heal()
    service.redis.client.delete("trials:leader")
    service.refresher("--poll", 1)
    until(lambda: title(service, STUDY) == "One")
    until(lambda: title(service, OTHER) == "Two")
    until(lambda: service.redis.client.hget(REGISTRY, "timestamp") != mark)


def test_one_leads_and_another_takes_over(service):
    first = service.refresher("--poll", 1)
    first.await_event("leading")
    second = service.refresher("--poll", 1)
    cached(service, STUDY)
    time.sleep(0.5)
    assert not second.events("leading")
    assert first.stop() == 0
    second.await_event("leading", 5)
    service.registry.put(changed(STUDY, "Still Followed"))
    until(lambda: title(service, STUDY) == "Still Followed")


def test_what_is_due_is_checked_together(service):
    ids = [f"NCT9999{n:04d}" for n in (1, 2, 3, 4, 5, 7, 9)]
    refresher = service.refresher("--max-age", 10)
    cached(service, *ids)
    refresher.await_event("followed")
    study = record(ids[0])
    study["protocolSection"]["identificationModule"]["briefTitle"] = "Silent"
    service.registry.put(study)
    service.registry.reset()
    due(service, *ids)
    until(lambda: title(service, ids[0]) == "Silent")
    until(lambda: service.redis.client.zcount(FRESH, 0, time.time()) == 0)
    assert service.registry.counters()["requests"]["/api/v2/studies"] == 1
    assert len(refresher.events("rendered", id=ids[1])) == 1


def test_another_engine_makes_all_due(service):
    refresher = service.refresher()
    cached(service, STUDY, OTHER)
    refresher.await_event("followed")
    engine = service.redis.document(STUDY)["engine"]
    assert refresher.stop() == 0
    for nct_id in (STUDY, OTHER):
        service.redis.client.hset(key(nct_id), "engine", "older")
    service.redis.client.hset(REGISTRY, "engine", "older")

    again = service.refresher()
    again.await_event("engine_changed")
    for nct_id in (STUDY, OTHER):
        until(lambda: service.redis.document(nct_id)["engine"] == engine)


def test_a_study_that_disappears_and_one_that_moves(service):
    service.refresher("--max-age", 10)
    cached(service, STUDY, OTHER, THIRD)
    service.registry.remove(STUDY)
    service.registry.remove(THIRD)
    heir = record(OTHER)
    heir["protocolSection"]["identificationModule"]["nctIdAliases"] = [THIRD]
    service.registry.put(heir)
    due(service, STUDY, OTHER, THIRD)
    service.redis.await_state(STUDY, "absent")
    service.redis.await_state(THIRD, "alias")
    assert service.redis.document(THIRD)["location"] == OTHER
    assert service.redis.state(OTHER) == "present"


@pytest.mark.parametrize("manner", ["missing", "emptied"])
def test_a_bad_day_of_the_registry_empties_nothing(service, manner):
    ids = [f"NCT9999{n:04d}" for n in (1, 2, 3, 4, 5, 6, 7, 9)]
    refresher = service.refresher("--max-age", 10, "--loss", 5)
    cached(service, *ids)
    before = {nct_id: service.redis.document(nct_id) for nct_id in ids}
    if manner == "missing":
        service.registry.fault("vanish")
    else:
        for nct_id in ids:
            service.registry.put({"protocolSection": {
                "identificationModule": {"nctId": nct_id,
                                         "briefTitle": "Empty"}}})
    due(service, *ids)
    event = refresher.await_event("bulk_loss")
    assert event["documents"] == len(ids)
    until(lambda: service.redis.client.zcount(FRESH, 0, time.time()) == 0)
    assert {i: service.redis.document(i) for i in ids} == before
    assert service.redis.client.zcard("trials:losses") == len(ids)

    # Readers who ask again do not take them away one by one.
    for nct_id in ids:
        service.redis.client.zadd(FRESH, {nct_id: 1})
        service.redis.want(nct_id)
    service.redis.await_idle()
    assert {i: service.redis.document(i) for i in ids} == before

    # The registry is itself again, and so are the losses.
    service.registry.heal()
    for nct_id in ids:
        service.registry.put(record(nct_id))
    due(service, *ids)
    until(lambda: service.redis.client.zcard("trials:losses") == 0)


def test_the_bucket_is_shared_and_readers_come_first(service):
    """Two refreshers, ten requests at once: the rest waits its turn."""
    service.registry.fault("status", code=404)
    for _ in range(2):
        service.refresher("--rate", 60, "--burst", 10, "--threads", 4)
    until(lambda: service.registry.counters()["total"] >= 1)
    for n in range(40):
        service.redis.want(f"NCT9998{n:04d}")
        time.sleep(0.02)
    time.sleep(1)
    counters = service.registry.counters(arrivals=True)
    arrivals = counters["arrivals"]
    assert 2 <= len(arrivals)
    for start in arrivals:
        within = [a for a in arrivals if start <= a < start + 1]
        assert len(within) <= 12
    tokens = float(service.redis.client.hget("trials:bucket", "tokens"))
    assert tokens < 9


def test_reload_and_state(service):
    path = service.directory / "settings.conf"
    path.write_text("# rhythm\nmax-age = 600\npoll=300\n", "ascii")
    refresher = service.refresher("--config", path)
    cached(service, STUDY)
    assert service.redis.client.zscore(FRESH, STUDY) > time.time() + 500

    path.write_text("max-age = 5000\npoll = 300\n", "ascii")
    refresher.process.send_signal(signal.SIGHUP)
    refresher.await_event("reloaded")
    cached(service, OTHER)
    assert service.redis.client.zscore(FRESH, OTHER) > time.time() + 4000

    path.write_text("max-age = never\n", "ascii")
    refresher.process.send_signal(signal.SIGHUP)
    refresher.await_event("not_reloaded")
    refresher.process.send_signal(signal.SIGUSR1)
    state = refresher.await_event("state")
    assert state["rendered"] == 2 and state["leading"] == 1
    assert refresher.process.poll() is None
