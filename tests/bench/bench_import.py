#!/usr/bin/env python3
"""What `trials import` stores a second, and what the usual way does.

    bench_import.py [--records DIR] [--count N] [--build DIR]

Imports N studies (2,000: the records again and again, under ids of their own)
into a Redis of its own, and prints studies a second on the clock and a core of
processor time, the memory it had at every tenth of its time, and the bytes that
Redis has. Then does the same with the usual tools: see usual.py.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "refresher"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=pathlib.Path,
                        default=TOP / "tests" / "data" / "samples")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--build", default="build")
    return parser.parse_args()


OPTIONS = arguments()
os.environ["BUILD"] = OPTIONS.build

from service import Redis, TRIALS, environment  # noqa: E402
from usual import brotli, usual  # noqa: E402


def write_lines(path, count):
    sources = [json.loads(record.read_bytes()) for record in
               sorted(OPTIONS.records.glob("NCT*.json"))]
    with open(path, "w", encoding="utf-8") as lines:
        for n in range(count):
            study = sources[n % len(sources)]
            identity = study["protocolSection"]["identificationModule"]
            identity["nctId"] = f"NCT{n + 1:08}"
            lines.write(json.dumps(study, ensure_ascii=False) + "\n")


def resident(pid):
    """Memory of a process, MiB; 0 where it has ended."""
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 2**20


def ours(redis, path):
    """Seconds on the clock and of processor time; MiB ten times a second."""
    memory = []
    redis.client.flushall()
    began = time.monotonic()
    with open(path.with_suffix(".out"), "wb") as out:
        process = subprocess.Popen(
            [str(TRIALS), "import", "--redis", redis.address, "--restart",
             str(path)], env=environment(), stdout=out)
    pid = 0
    while pid == 0:
        time.sleep(0.1)
        memory.append(resident(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    end = json.loads(path.with_suffix(".out").read_bytes().splitlines()[-1])
    assert end["complete"], end
    return (time.monotonic() - began, usage.ru_utime + usage.ru_stime, memory)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="trials-"))
    redis = Redis(folder)
    redis.start()
    try:
        count = OPTIONS.count
        write_lines(folder / "studies", count)
        clock, cpu, memory = ours(redis, folder / "studies")
        print(f"trials import: {count} studies, {count / clock:.0f} a second "
              f"on {os.cpu_count()} cores, {count / cpu:.0f} a core's second "
              "of processor time")
        print("MiB at each tenth of its time:", ", ".join(
            f"{memory[len(memory) * tenth // 10 - 1]:.0f}"
            for tenth in range(1, 10)), f"and at most {max(memory):.0f}")
        print("bytes a study in Redis:",
              redis.client.info("memory")["used_memory"] // count)
        few = min(count, 500)
        other, size = usual(redis.client, folder / "studies", few)
        print(f"the usual way: {few / other:.0f} a core's second, "
              f"{size // few} bytes a study"
              f"{'' if brotli else ', without brotli (python3-brotli)'}; ratio "
              f"{count / cpu / (few / other):.2f}")
    finally:
        redis.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
