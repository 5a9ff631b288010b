#!/usr/bin/env python3
"""What the refresher does a second, with Redis and the stand-in registry.

    bench_refresher.py [--records DIR] [--build DIR]

Prints, beside the bars the project has set itself: how long a feed of 1,000
changed studies takes from the question to the last page; how many requests a
day's feed of 1,500 changes needs with 100,000 documents cached; how long a
reader waits for what nobody has, 50 at once, the registry answering in
100 ms; and how many bytes a trial takes in Redis.
"""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "refresher"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=pathlib.Path,
                        default=TOP / "tests" / "data" / "samples")
    parser.add_argument("--changed", type=int, default=1000,
                        help="studies in the first feed (1000)")
    parser.add_argument("--build", default="build")
    return parser.parse_args()


OPTIONS = arguments()
os.environ["BUILD"] = OPTIONS.build

from service import Service, key, standin, until  # noqa: E402

SEED, OTHERS = 100_000, "NCT8"


def write_records(folder, count, changed):
    """`count` studies out of the records there are, with ids of their own."""
    folder.mkdir()
    sources = [json.loads(path.read_bytes()) for path in
               sorted(OPTIONS.records.glob("NCT*.json"))]
    sources = [one for one in sources
               if "statusModule" in one["protocolSection"]]
    ids = []
    for n in range(count):
        study = json.loads(json.dumps(sources[n % len(sources)]))
        protocol = study["protocolSection"]
        ident = protocol["identificationModule"]
        ident["nctId"] = f"NCT7{n:07d}"
        ident.pop("nctIdAliases", None)
        if changed:
            ident["briefTitle"] = f"Changed number {n}"
        protocol["statusModule"]["lastUpdatePostDateStruct"] = {
            "date": "2026-11-20" if changed else "2026-10-01"}
        (folder / f"{ident['nctId']}.json").write_text(
            json.dumps(study), encoding="utf-8")
        ids.append(ident["nctId"])
    return ids


def processor(process):
    """Seconds of processor time that a process has used."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stamp(event):
    return datetime.datetime.fromisoformat(
        event["time"].replace("Z", "+00:00")).timestamp()


def registry(service, folder, port=0, rebuild=False):
    service.registry = standin.Registry(records=[folder], port=port)
    service.registry_url = service.registry.url
    if rebuild:
        service.registry.rebuild()


def cache_all(service, ids):
    for nct_id in ids:
        service.redis.want(nct_id)
    until(service.redis.idle, 600, "all cached")


def feed(service, directory, count, seed=0):
    """Seconds from the feed's question to the last page, requests, and
    milliseconds of processor time a trial."""
    ids = write_records(directory / f"old{count}", count, False)
    write_records(directory / f"new{count}", count, True)
    registry(service, directory / f"old{count}")
    port = service.registry.port
    refresher = service.refresher("--poll", 2, "--max-age", 864000)
    cache_all(service, ids)
    if seed:
        pipe = service.redis.client.pipeline(transaction=False)
        for n in range(seed):
            pipe.hset(key(f"{OTHERS}{n:07d}"), mapping={
                "v": 2, "state": "present", "registry": "2026-10-01",
                "engine": "e", "modified": 1})
        pipe.execute()
    until(lambda: refresher.events("followed"))
    service.registry.stop()
    registry(service, directory / f"new{count}", port, True)
    before = len(refresher.events("followed"))
    used = processor(refresher.process)
    until(lambda: len(refresher.events("followed")) > before, 600, "feed")
    used = processor(refresher.process) - used
    began = stamp(refresher.events("feed")[-1])
    rendered = [e for e in refresher.events("rendered") if stamp(e) >= began]
    assert len(rendered) == count, len(rendered)
    counters = service.registry.counters()
    requests = (counters["requests"]["/api/v2/studies"]
                + len(counters["ids"]) + 1)
    seconds = max(map(stamp, rendered)) - began
    refresher.stop()
    service.registry.stop()
    return seconds, requests, used / count * 1000


def misses(service, directory, rounds=4, at_once=50):
    """Milliseconds a reader waits: all of several rounds of 50 at once."""
    ids = write_records(directory / "misses", at_once, False)
    registry(service, directory / "misses")
    refresher = service.refresher("--poll", 3600)
    until(lambda: refresher.events("followed"))
    service.registry.fault("delay", seconds=0.1)
    took = []
    for _ in range(rounds):
        service.redis.client.flushall()
        time.sleep(0.5)
        pubsub = service.redis.client.pubsub()
        service.redis.client.config_set("notify-keyspace-events", "Kh")
        pubsub.psubscribe("__keyspace@0__:trials:doc:*")
        pubsub.get_message(timeout=1)
        left, began = set(ids), {}

        def want():
            for nct_id in ids:
                began[nct_id] = time.monotonic()
                service.redis.want(nct_id)

        reader = threading.Thread(target=want)
        reader.start()
        while left:
            message = pubsub.get_message(timeout=20)
            now = time.monotonic()
            nct_id = message["channel"].decode()[-12:-1]
            if nct_id in left:
                left.remove(nct_id)
                took.append((now - began[nct_id]) * 1000)
        reader.join()
        pubsub.close()
        until(service.redis.idle)
    refresher.stop()
    service.registry.stop()
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99) - 1]


def memory(service):
    """Bytes of Redis for all trials, over those of the compressed bodies."""
    client = service.redis.client
    used = bodies = documents = 0
    for name in client.scan_iter("trials:doc:*", count=1000):
        fields = client.hgetall(name)
        used += client.memory_usage(name, samples=0)
        documents += 1
        for field in fields[b"bodies"].split():
            bodies += len(fields[field])
            bodies += len(fields.get(field + b":br", b""))
    return used / documents, bodies / documents


def line(what, value, unit, bar):
    print(f"{what:<58} {value:>9.2f} {unit:<8} bar {bar}", flush=True)


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="trials-"))
    service = Service(directory)
    service.redis.start()
    try:
        seconds, _, used = feed(service, directory, OPTIONS.changed)
        line(f"feed of {OPTIONS.changed:,} changed, question to last page",
             seconds, "s", "<= 1 of 1,000")
        line("  processor time a trial, two languages, two codings", used,
             "ms", "<= 2")
        used, bodies = memory(service)
        line("a trial in Redis", used, "bytes", "")
        line("  over its compressed bodies", used / bodies, "x", "<= 1.15")
        service.redis.client.flushall()
        _, requests, _ = feed(service, directory, 1500, SEED)
        line("requests for 1,500 changed of 101,500 cached", requests, "", "<= 10")
        service.redis.client.flushall()
        median, worst = misses(service, directory)
        line("a reader's miss, 50 at once, registry 100 ms: median", median,
             "ms", "")
        line("  99 of 100", worst, "ms", "<= 130")
    finally:
        for refresher in service.refreshers:
            if refresher.process.poll() is None:
                refresher.stop(15)
        if service.registry.process.poll() is None:
            service.registry.stop()
        service.redis.kill()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
