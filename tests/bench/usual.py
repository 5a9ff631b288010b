"""The same pipeline the usual way: json, re, jinja2, gzip, brotli, redis-py.

What a good Python programmer would write in a week: a record's criteria as a
list, terms of our own glossary replaced and explained word by word, the same
seven renditions in two languages, gzip of all and brotli of the pages. It has no
rules, no check of what it says, and fewer parts on a page: a lower bound of what
it would cost to do what `trials import` does.
"""

import gzip
import json
import pathlib
import re
import resource

import jinja2

try:
    import brotli
except ImportError:
    brotli = None

TOP = pathlib.Path(__file__).resolve().parents[2]
PLAIN = TOP / "core" / "plain" / "glossary"
WORDS = TOP / "core" / "page"

HEAD = """<!DOCTYPE html><html lang="{{ lang }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{{ i.briefTitle }}
</title><meta name="description" content="{{ d.briefSummary|striptags }}">
<style>{{ css|safe }}</style></head><body><h1>{{ i.briefTitle }}</h1>
<p>{{ i.officialTitle }}</p>
<p>{{ s.overallStatus|replace("_", " ")|title }} · {{ i.nctId }}</p>"""
FACTS = """<dl><dt>{{ w.phase }}</dt><dd>{{ g.phases|default([])|join(", ") }}
</dd><dt>{{ w.type }}</dt><dd>{{ g.studyType }}</dd><dt>{{ w.start }}</dt>
<dd>{{ (s.startDateStruct or {}).date }}</dd><dt>{{ w.ages }}</dt>
<dd>{{ e.minimumAge }} – {{ e.maximumAge }}</dd><dt>{{ w.sex }}</dt>
<dd>{{ e.sex }}</dd><dt>{{ w.sponsor }}</dt>
<dd>{{ (p.leadSponsor or {}).name }}</dd></dl>"""
TEXT = """{% for block in text %}<p>{% for run in block %}{% if run.meaning %}
<dfn title="{{ run.meaning }}">{{ run.text }}</dfn>{% else %}{{ run.text }}
{% endif %}{% endfor %}</p>{% endfor %}"""
CRITERIA = """<h2>{{ w.who }}</h2><ul>{% for item in criteria %}<li>
{% for run in item %}{% if run.meaning %}<dfn title="{{ run.meaning }}">
{{ run.text }}</dfn>{% else %}{{ run.text }}{% endif %}{% endfor %}</li>
{% endfor %}</ul><details><summary>{{ w.original }}</summary>
{% for line in (e.eligibilityCriteria or "").splitlines() if line.strip() %}
<p>{{ line }}</p>{% endfor %}</details>"""
BODY = TEXT.replace("text %}<p>", "summary %}<p>") + CRITERIA + """
<h2>{{ w.groups }}</h2>{% for arm in a.armGroups or [] %}<h3>{{ arm.label }}</h3>
<p>{{ arm.description }}</p>{% endfor %}<h2>{{ w.treatments }}</h2>
{% for one in a.interventions or [] %}<h3>{{ one.name }} ({{ one.type }})</h3>
<p>{{ one.description }}</p>{% endfor %}<h2>{{ w.outcomes }}</h2>
{% for one in (o.primaryOutcomes or []) + (o.secondaryOutcomes or []) %}
<p>{{ one.measure }} – {{ one.timeFrame }}: {{ one.description }}</p>
{% endfor %}<h2>{{ w.places }}</h2>
{% for land in (l.locations or [])|groupby("country", default="") %}
<h3>{{ land.grouper }}</h3><ul>{% for one in land.list %}<li>
{{ one.facility }}, {{ one.city }} {{ one.zip }} ({{ one.status }})
{% for c in one.contacts or [] %}<a href="mailto:{{ c.email }}">{{ c.name }}</a>
{{ c.phone }}{% endfor %}</li>{% endfor %}</ul>{% endfor %}<h2>{{ w.contact }}
</h2>{% for c in l.centralContacts or [] %}<p>{{ c.name }} {{ c.phone }}
<a href="mailto:{{ c.email }}">{{ c.email }}</a></p>{% endfor %}"""
DETAILS = TEXT.replace("text %}<p>", "details %}<p>")
TEMPLATES = {
    "page": HEAD + FACTS + BODY + DETAILS + "</body></html>",
    "print": HEAD + FACTS + CRITERIA + "</body></html>",
    "embed": "<article><h2>{{ i.briefTitle }}</h2>" + FACTS + "</article>",
    "questions": HEAD + "<ul>{% for q in questions %}<li>{{ q }}</li>"
                 "{% endfor %}</ul></body></html>",
    "atom": """<feed xmlns="http://www.w3.org/2005/Atom"><id>{{ i.nctId }}</id>
<title>{{ i.briefTitle }}</title></feed>"""}
MODULES = {"i": "identificationModule", "s": "statusModule",
           "d": "descriptionModule", "g": "designModule",
           "e": "eligibilityModule", "p": "sponsorCollaboratorsModule",
           "a": "armsInterventionsModule", "o": "outcomesModule",
           "l": "contactsLocationsModule"}
LABELS = {
    "en": dict(phase="Phase", type="Type", start="Start", ages="Ages", sex="Sex",
               sponsor="Sponsor", who="Who may join", original="Original",
               groups="Groups", treatments="Treatments", outcomes="Outcomes",
               places="Places", contact="Contact"),
    "es": dict(phase="Fase", type="Tipo", start="Inicio", ages="Edades",
               sex="Sexo", sponsor="Patrocinador", who="Quién puede participar",
               original="Original", groups="Grupos", treatments="Tratamientos",
               outcomes="Resultados", places="Lugares", contact="Contacto")}

TOKEN = re.compile(r"\w+(?:['’-]\w+)*|[^\w]+")
MARKUP = re.compile(r"\\(.)")
PHRASE = 5


def rows(path, columns):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield (line.split("\t") + [""] * columns)[:columns]


def glossary():
    """What each form is replaced by, and what it means."""
    known = {}
    for path in sorted(PLAIN.glob("*.en.tsv")):
        for term, forms, _, action, to, meaning, _ in rows(path, 7):
            to = to.split("|")
            for n, form in enumerate([term] + forms.split("|")):
                if action == "replace":
                    known.setdefault(form.lower(),
                                     (to[min(n, len(to) - 1)], None))
                elif form != "-":
                    known.setdefault(form.lower(), (None, meaning))
    return known


def say(known, text):
    """Runs of text, with the longest phrases of the glossary in them."""
    runs, plain, i = [], [], 0
    tokens = TOKEN.findall(MARKUP.sub(r"\1", text))
    while i < len(tokens):
        for n in range(min(2 * PHRASE - 1, len(tokens) - i), 0, -2):
            phrase = "".join(tokens[i:i + n])
            found = known.get(phrase.lower())
            if found:
                break
        else:
            plain.append(tokens[i])
            i += 1
            continue
        if found[0]:
            plain.append(found[0])
        else:
            if plain:
                runs.append({"text": "".join(plain)})
                plain = []
            runs.append({"text": phrase, "meaning": found[1]})
        i += n
    if plain:
        runs.append({"text": "".join(plain)})
    return runs


def lines(known, text):
    return [say(known, line) for line in (text or "").splitlines()
            if line.strip()]


def usual(client, path, count):
    """Seconds of processor time, in one process; bytes of what it made."""
    engine = jinja2.Environment(autoescape=True)
    templates = {name: engine.from_string(text)
                 for name, text in TEMPLATES.items()}
    css = (WORDS / "style.css").read_text(encoding="utf-8")
    questions = {lang: [row[1] for row in rows(WORDS / f"words.{lang}.tsv", 2)
                        if row[0].startswith("ask.")] for lang in LABELS}
    known = glossary()
    client.flushall()
    size = 0
    before = resource.getrusage(resource.RUSAGE_SELF)
    pipeline = client.pipeline(transaction=False)
    with open(path, encoding="utf-8") as studies:
        for n, line in enumerate(studies):
            if n == count:
                break
            protocol = json.loads(line)["protocolSection"]
            values = {short: protocol.get(name, {})
                      for short, name in MODULES.items()}
            values["criteria"] = lines(known,
                                       values["e"].get("eligibilityCriteria"))
            values["summary"] = lines(known, values["d"].get("briefSummary"))
            values["details"] = lines(known,
                                      values["d"].get("detailedDescription"))
            fields = {}
            for lang, labels in LABELS.items():
                bodies = {name: template.render(
                    values, lang=lang, w=labels, css=css,
                    questions=questions[lang])
                    for name, template in templates.items()}
                bodies["json"] = json.dumps(
                    {"record": protocol, "criteria": values["criteria"]},
                    ensure_ascii=False)
                bodies["oembed"] = json.dumps(
                    {"type": "rich", "html": bodies["embed"]})
                for name, text in bodies.items():
                    body = text.encode()
                    size += len(body)
                    fields[f"{name}.{lang}"] = gzip.compress(body, 6)
                    if name == "page" and brotli:
                        fields[f"{name}.{lang}:br"] = brotli.compress(
                            body, mode=brotli.MODE_TEXT, quality=5)
            pipeline.hset(f"usual:{n}", mapping=fields)
            if n % 32 == 31:
                pipeline.execute()
    pipeline.execute()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime + after.ru_stime - before.ru_utime
            - before.ru_stime, size)
