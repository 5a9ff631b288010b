#!/usr/bin/env python3
"""What `trials import` stores a second, and what the usual way does.

    bench_import.py [--records DIR] [--count N] [--build DIR]

Imports N studies (2,000: the records again and again, under ids of their own)
into a Redis of its own, and prints studies a second on the clock and a core of
processor time, the memory it had at every tenth of its time, and the bytes that
Redis has. Then does the same with the usual tools: Python's json, jinja2 with a template for
page, paper, embed and JSON, gzip, and a pipeline of redis-py. The usual way
puts no criterion into plain words, checks none, and has one language: what it
prints is a lower bound of what it would cost.
"""

import argparse
import gzip
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

HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{{ i.briefTitle }}
</title><meta name="description" content="{{ d.briefSummary|striptags }}">
</head><body><h1>{{ i.briefTitle }}</h1><p>{{ i.officialTitle }}</p>
<p>{{ s.overallStatus|replace("_", " ")|title }} · {{ i.nctId }}</p>"""
FACTS = """<dl><dt>Phase</dt><dd>{{ g.phases|default([])|join(", ") }}</dd>
<dt>Type</dt><dd>{{ g.studyType }}</dd><dt>Start</dt>
<dd>{{ (s.startDateStruct or {}).date }}</dd><dt>Ages</dt>
<dd>{{ e.minimumAge }} – {{ e.maximumAge }}</dd><dt>Sex</dt><dd>{{ e.sex }}</dd>
<dt>Sponsor</dt><dd>{{ (p.leadSponsor or {}).name }}</dd></dl>"""
BODY = """{% for block in (d.briefSummary or "").split("\\n\\n") %}
<p>{{ block }}</p>{% endfor %}<h2>Who may join</h2><ul>
{% for line in (e.eligibilityCriteria or "").splitlines() if line.strip() %}
<li>{{ line.strip()|replace("\\\\", "") }}</li>{% endfor %}</ul><h2>Groups</h2>
{% for arm in a.armGroups or [] %}<h3>{{ arm.label }}</h3>
<p>{{ arm.description }}</p>{% endfor %}<h2>Treatments</h2>
{% for one in a.interventions or [] %}<h3>{{ one.name }} ({{ one.type }})</h3>
<p>{{ one.description }}</p>{% endfor %}<h2>Outcomes</h2>
{% for one in (o.primaryOutcomes or []) + (o.secondaryOutcomes or []) %}
<p>{{ one.measure }} – {{ one.timeFrame }}: {{ one.description }}</p>
{% endfor %}<h2>Places</h2>
{% for land in (l.locations or [])|groupby("country", default="") %}
<h3>{{ land.grouper }}</h3><ul>{% for one in land.list %}<li>
{{ one.facility }}, {{ one.city }} {{ one.zip }} ({{ one.status }})
{% for c in one.contacts or [] %}<a href="mailto:{{ c.email }}">{{ c.name }}</a>
{{ c.phone }}{% endfor %}</li>{% endfor %}</ul>{% endfor %}<h2>Contact</h2>
{% for c in l.centralContacts or [] %}<p>{{ c.name }} {{ c.phone }}
<a href="mailto:{{ c.email }}">{{ c.email }}</a></p>{% endfor %}
<p>{{ d.detailedDescription }}</p>"""
TEMPLATES = {"page": HEAD + FACTS + BODY + "</body></html>",
             "print": HEAD + FACTS + BODY + "<p>Questions</p></body></html>",
             "embed": "<article><h2>{{ i.briefTitle }}</h2>" + FACTS
                      + "</article>"}
MODULES = {"i": "identificationModule", "s": "statusModule",
           "d": "descriptionModule", "g": "designModule",
           "e": "eligibilityModule", "p": "sponsorCollaboratorsModule",
           "a": "armsInterventionsModule", "o": "outcomesModule",
           "l": "contactsLocationsModule"}


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
    """Memory of a process, MiB; 0 where it has ended and was not waited for."""
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


def usual(redis, path, count):
    """Seconds of processor time of the usual way, in one process."""
    import jinja2
    engine = jinja2.Environment(autoescape=True)
    templates = {name: engine.from_string(text)
                 for name, text in TEMPLATES.items()}
    redis.client.flushall()
    before = resource.getrusage(resource.RUSAGE_SELF)
    pipeline = redis.client.pipeline(transaction=False)
    with open(path, encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            if n == count:
                break
            protocol = json.loads(line)["protocolSection"]
            values = {short: protocol.get(name, {})
                      for short, name in MODULES.items()}
            fields = {name: template.render(values)
                      for name, template in templates.items()}
            fields["json"] = json.dumps(protocol, ensure_ascii=False)
            pipeline.hset(f"usual:{n}", mapping={
                name: gzip.compress(text.encode(), 6)
                for name, text in fields.items()})
            if n % 32 == 31:
                pipeline.execute()
    pipeline.execute()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime + after.ru_stime
            - before.ru_utime - before.ru_stime)


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
        other = usual(redis, folder / "studies", few)
        print(f"json, jinja2, gzip, redis-py: {few / other:.0f} a core's "
              f"second; ratio {count / cpu / (few / other):.2f}")
    finally:
        redis.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
