"""The pages of the sample records, and of a folder of genuine ones (RECORDS):
every fault that trial pages elsewhere have is looked for in each of them."""

import collections
import glob
import gzip
import html
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
TRIALS = os.path.join(BUILD, 'trials')
SAMPLES = os.path.join(TOP, 'tests', 'data', 'samples')
RECORDS = os.environ.get('RECORDS', '')
NOW = '2026-11-23'
BASE = 'https://example.org/trials'
CANCER = re.compile(r'cancer|carcinoma|neoplasm|lymphom|leuk(?:a)?emia|'
                    r'melanoma|myeloma|gliom|glioblastoma|sarcoma|tumou?r|'
                    r'malignan', re.I)

# https://schema.org/MedicalStudyStatus, /MedicalTrialDesign and
# /MedicalObservationalStudyDesign.
STATUSES = {'ActiveNotRecruiting', 'Completed', 'EnrollingByInvitation',
            'NotYetRecruiting', 'Recruiting', 'ResultsAvailable',
            'ResultsNotAvailable', 'Suspended', 'Terminated', 'Withdrawn'}
DESIGNS = {'DoubleBlindedTrial', 'InternationalTrial', 'MultiCenterTrial',
           'OpenTrial', 'PlaceboControlledTrial', 'RandomizedTrial',
           'SingleBlindedTrial', 'SingleCenterTrial', 'TripleBlindedTrial'}
OBSERVED = {'CaseSeries', 'CohortStudy', 'CrossSectional', 'Longitudinal',
            'Observational', 'Registry'}

RAW = re.compile(r'\b[A-Z]+(?:_[A-Z0-9]+)+\b')
ESCAPE = re.compile(r'\\[<>\[\]^*_=~\'"]')

Page = collections.namedtuple('Page', 'id record page print embed json atom '
                                      'oembed questions xml')


def render(form, record, *options):
    return subprocess.run([TRIALS, 'render', '--as', form, '--now', NOW,
                           '--base-url', BASE, *options, record],
                          capture_output=True, timeout=60)


def everything(folder, out):
    for form in ('all', 'xml'):
        done = subprocess.run(
            [TRIALS, 'render', '--as', form, '--now', NOW, '--base-url', BASE,
             '--output', out, folder], capture_output=True, text=True,
            timeout=600)
        assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope='module')
def pages(tmp_path_factory):
    found = []
    for folder in filter(None, (SAMPLES, RECORDS)):
        out = tmp_path_factory.mktemp('pages')
        everything(folder, out)
        for path in sorted(glob.glob(os.path.join(folder, 'NCT*.json'))):
            name = os.path.basename(path)[:-5]

            def of(suffix):
                return (out / (name + suffix)).read_bytes().decode('utf-8')
            with open(path, encoding='utf-8') as f:
                record = json.load(f)
            found.append(Page(name, record, of('.html'), of('.print.html'),
                              of('.embed.html'), json.loads(of('.json')),
                              of('.atom'), json.loads(of('.oembed.json')),
                              of('.questions.html'),
                              ET.fromstring(of('.xml'))))
    assert len(found) > 12
    return found


def text_of(source):
    source = re.sub(r'<(style|script|svg)\b.*?</\1>', ' ', source, flags=re.S)
    source = re.sub(r'<head>.*?</head>', ' ', source, flags=re.S)
    return re.sub(r'\s+', ' ', html.unescape(re.sub(r'<[^>]*>', ' ', source)))


def every(pages, check):
    """What check() says of each page that is wrong."""
    faults = [f'{p.id}: {fault}' for p in pages for fault in check(p) or ()]
    assert not faults, f'{len(faults)} faults\n' + '\n'.join(faults[:12])


def own(page):
    """Our own sentences."""
    for path in ('lead/p', 'stage/p', 'design/p', 'time/p', 'oversight/p',
                 'fresh/warning', 'eligibility/notes/p', 'answers/answer',
                 'contacts/none', 'questions/topic/question'):
        for node in page.xml.findall(path):
            yield node.text


def protocol(page, module):
    return page.record['protocolSection'].get(module, {})


def test_no_raw_value_and_no_escape(pages):
    def check(p):
        record = json.dumps(p.record, ensure_ascii=False)
        words = set(re.findall(r'\w+', ' '.join(
            str(v).replace('\\', '') for v in strings(p.record))))
        for name in ('page', 'print', 'embed', 'questions'):
            text = text_of(getattr(p, name))
            for found in RAW.findall(text):
                if found in ENUMS or found not in words:
                    yield f'{name}: {found}'
            for found in ESCAPE.findall(text):
                yield f'{name}: {found}'
            if '\ufffd' in text and '\ufffd' not in record:
                yield f'{name}: broken characters'
    every(pages, check)


def test_countries_have_their_article(pages):
    def check(p):
        for text in own(p):
            if re.search(r'\bin (United|Netherlands|Philippines)', text, re.I):
                yield text
    assert any('In the United ' in text for p in pages for text in own(p))
    every(pages, check)


def test_countries_have_their_spanish_name(tmp_path, record):
    for place in record['protocolSection']['contactsLocationsModule'][
            'locations']:
        place['country'] = 'Netherlands'
    path = tmp_path / 'record.json'
    path.write_text(json.dumps(record), encoding='utf-8')
    text = render('text', path, '--language', 'es').stdout.decode()
    assert 'En los Países Bajos.' in text
    text = render('text', path).stdout.decode()
    assert 'In the Netherlands.' in text


def test_powers_are_raised(pages):
    """10⁹/L and m², not 10^9/L and m^2, but where the record is quoted."""
    caret = re.compile(r'.{0,20}(?:\w|\))\^ ?[-\d].{0,9}')
    quoted = re.compile(r'<details id="original-criteria".*?</details>', re.S)

    def check(p):
        model = {**p.json, 'record': None}
        plain = json.dumps(model, ensure_ascii=False)
        plain = re.sub(r'"original": ?"(?:[^"\\]|\\.)*"', '', plain)
        for found in caret.findall(plain):
            yield f'json: {found}'
        for name in ('page', 'print', 'embed', 'questions', 'atom'):
            text = text_of(quoted.sub(' ', getattr(p, name)))
            for found in caret.findall(text):
                yield f'{name}: {found}'
    every(pages, check)

    assert '10⁹ particles' in text_of(pages[0].page)
    assert '10^9/L' in ''.join(quoted.findall(pages[0].page))


def strings(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def enums():
    with open(os.path.join(TOP, 'core', 'registry', 'enums.c'),
              encoding='utf-8') as f:
        return {v for v in re.findall(r'"([A-Z0-9_]+)"', f.read())
                if '_' in v}


ENUMS = enums()


def test_sentences_of_ours(pages):
    """No doubled stop or word, nothing said twice word for word."""
    def check(p):
        said = collections.Counter(own(p))
        for sentence, n in said.items():
            if n > 1:
                yield f'{n} times: {sentence}'
            # What stands in quotation marks is the record's.
            if re.search(r'[.?!]\.|\s[.,]|\{|\}|\b(the|a|is|of) \1\b',
                         re.sub('“[^”]*”', '“”', sentence)):
                yield sentence
            if not re.search(r'[.?!”:]$', sentence):
                yield f'no end: {sentence}'
    every(pages, check)


@pytest.mark.parametrize('now', ['2026-11-23', '2028-05-02', '2031-01-01'])
def test_a_day_is_on_and_a_month_in(tmp_path, now):
    done = render('embed', SAMPLES, '--now', now, '--output', tmp_path)
    assert done.returncode == 0, done.stderr
    text = ' '.join(text_of(p.read_text()) for p in tmp_path.iterdir())
    when = re.findall(r'planned to (?:start|end)(?: soon,)? (\w+) (\w+)', text)
    assert when
    for word, first in when:
        assert word == ('on' if first.isdigit() else 'in'), (word, first)


def test_nothing_that_the_record_does_not_say(pages):
    def check(p):
        mine = ' '.join(own(p)).lower()
        for claim in ('first time in humans', 'first in human', 'multicenter',
                      'public domain', 'sidebar', 'every field'):
            if claim in mine:
                yield claim
        oversight = protocol(p, 'oversightModule')
        regulated = oversight.get('isFdaRegulatedDrug') \
            or oversight.get('isFdaRegulatedDevice')
        if 'under the rules of the us' in mine and not regulated:
            yield 'US rules on a trial that they do not hold for'
        conditions = ' '.join(
            protocol(p, 'conditionsModule').get('conditions', [])
            + [m['term'] for m in p.record.get('derivedSection', {})
               .get('conditionBrowseModule', {}).get('meshes', [])])
        if 'cancer.gov' in p.page and not CANCER.search(conditions) \
                and 'cancer.gov' not in json.dumps(p.record):
            yield f'a cancer link on {conditions}'
    every(pages, check)


def test_a_placebo_is_called_one(pages):
    def check(p):
        for node in p.xml.findall('treatment'):
            name = node.get('name', '')
            if re.fullmatch(r'(?i)(?:matching |oral )?placebo(?: tablets?)?',
                            name) and 'lacebo' not in node.get('kind', ''):
                yield f'{name}: {node.get("kind")}'
    every(pages, check)


def test_head_and_shape(pages):
    def check(p):
        if p.page.count('<h1') != 1 or '<html lang="en">' not in p.page:
            yield 'h1 or lang'
        if len(re.findall('not medical advice', text_of(p.page))) != 1:
            yield 'the notice is not there once'
        badges = re.search(r'<p class="badges">(.*?)</p>', p.page, re.S)[1]
        if badges.count('class="badge') > 1 and ' · ' not in badges:
            yield 'badges run together'
        if f'<link rel="canonical" href="{BASE}/{p.id}">' not in p.page:
            yield 'no canonical address'
        if p.page.count('rel="alternate" hreflang=') != 3:
            yield 'hreflang'
        if 'application/json+oembed' not in p.page:
            yield 'no discovery of oEmbed'
        cite = p.xml.findtext('cite')
        if BASE not in cite or p.id not in cite:
            yield f'a citation without address: {cite}'
        headings = [int(h) for h in re.findall(r'<h([1-6])', p.page)]
        for above, below in zip(headings, headings[1:]):
            if below > above + 1:
                yield f'h{below} after h{above}'
    every(pages, check)


def test_complete(pages):
    """Every criterion, place, arm, treatment and outcome of the record."""
    def count(criteria):
        return sum(1 + count(c['criteria']) for c in criteria)

    def check(p):
        n = sum(count(g['criteria'])
                for g in p.json['eligibility']['groups'])
        if p.page.count(' id="point-') != n and n:
            yield 'criteria on the page'
        if p.print.count('class="box"') + len(
                p.xml.findall('eligibility/group[@label]')) != n:
            yield 'boxes on paper'
        places = protocol(p, 'contactsLocationsModule').get('locations', [])
        if len(p.xml.findall('places/country/state/town/site')) != len(places):
            yield 'places'
        for town in p.xml.findall('places/country'):
            names = [(s.get('name'), t.get('name')) for s in
                     town.findall('state') for t in s.findall('town')]
            if len(names) != len(set(names)):
                yield 'a town twice'
        arms = protocol(p, 'armsInterventionsModule')
        if len(p.xml.findall('design/arm')) != len(arms.get('armGroups', [])):
            yield 'arms'
        if len(p.xml.findall('treatment')) != len(
                arms.get('interventions', [])):
            yield 'treatments'
        outcomes = protocol(p, 'outcomesModule')
        if len(p.xml.findall('outcomes/outcome')) != sum(
                map(len, outcomes.values())):
            yield 'outcomes'
    every(pages, check)


def test_a_cohorts_name_heads_its_groups(tmp_path, record):
    record['protocolSection']['eligibilityModule']['eligibilityCriteria'] = (
        'Patients\n\nInclusion Criteria:\n\n* Gout\n\nExclusion '
        'Criteria:\n\n* Fever\n\nHealthy controls\n\nInclusion '
        'Criteria:\n\n* No gout')
    path = tmp_path / 'cohorts.json'
    path.write_text(json.dumps(record))
    kinds = [g['kind'] for g in json.loads(
        render('json', path).stdout)['eligibility']['groups']]
    assert kinds == ['other', 'inclusion', 'exclusion', 'other', 'inclusion']
    for form in ('page', 'print'):
        shown = re.sub(r'</?(?:dfn|a|abbr)\b[^>]*>', '',
                       render(form, path).stdout.decode())
        assert 'What the record says' not in shown
        assert re.search('<h3[^>]*>Healthy controls</h3>', shown), form
    assert 'Healthy controls' in render('text', path).stdout.decode()


def test_a_list_within_a_criterion(tmp_path, record):
    record['protocolSection']['eligibilityModule']['eligibilityCriteria'] = (
        'Exclusion Criteria:\n\n* History of stroke, inflammatory bowel '
        'disease, bowel perforation, or organ transplantation within 6 months '
        'before the first dose')
    path = tmp_path / 'list.json'
    path.write_text(json.dumps(record))
    group = json.loads(render('json', path).stdout)['eligibility']['groups'][0]
    assert group['criteria'][0]['plain'] == (
        'You have had any of these:\nA stroke.\nInflammatory bowel disease.\n'
        'Bowel perforation.\nOrgan transplant.\n\n'
        'This was in the 6 months before the first dose.')
    for form in ('page', 'print'):
        shown = re.sub(r'</?(?:dfn|a|abbr)\b[^>]*>', '',
                       render(form, path).stdout.decode())
        assert ('any of these:<ul><li>A stroke.</li><li>Inflammatory bowel '
                'disease.</li><li>Bowel perforation.</li><li>Organ transplant.'
                '</li></ul>This was in the 6 months') in shown, form
    assert ('  - You have had any of these:\n    - A stroke.\n'
            '    - Inflammatory bowel disease.\n    - Bowel perforation.\n'
            '    - Organ transplant.\n    This was in the 6 months before the '
            'first dose.\n') in render('text', path).stdout.decode()


def test_only_who_takes_volunteers_looks_open(pages):
    def check(p):
        status = protocol(p, 'statusModule').get('overallStatus')
        if ('class="badge open"' in p.page) != (
                status in ('RECRUITING', 'AVAILABLE')):
            yield status
    every(pages, check)


def test_no_phase_is_lost(pages):
    def check(p):
        phases = protocol(p, 'designModule').get('phases', [])
        text = ' '.join(b.text for b in p.xml.findall('badge'))
        for phase in phases:
            if phase != 'NA' and phase[-1] not in text:
                yield f'{phase} is not in {text}'
    every(pages, check)


def test_structured_data(pages):
    def names(values):
        values = values if isinstance(values, list) else [values]
        return {v.replace('https://schema.org/', '') for v in values if v}

    def check(p):
        data = json.loads(re.search(
            r'<script type="application/ld\+json">(.*?)</script>', p.page,
            re.S)[1])
        study, way = data['@graph']
        if study['@type'] not in ('MedicalTrial', 'MedicalObservationalStudy'):
            yield study['@type']
        if not names(study.get('status')) <= STATUSES:
            yield study['status']
        if not names(study.get('trialDesign')) <= DESIGNS:
            yield study['trialDesign']
        if not names(study.get('studyDesign')) <= OBSERVED:
            yield study['studyDesign']
        if RAW.search(study.get('phase', '')):
            yield study['phase']
        if way['@type'] != 'BreadcrumbList' \
                or [i['position'] for i in way['itemListElement']] != [1, 2] \
                or not all(i['item'].startswith(BASE) and i['name']
                           for i in way['itemListElement']):
            yield 'the way to the page'
    every(pages, check)


def test_a_fragment_is_ascii(pages):
    """The page that takes it in may have any charset."""
    every(pages, lambda p: [] if p.embed.isascii() else ['not ASCII'])
    assert any('·' in html.unescape(p.embed) for p in pages)


def test_other_forms(pages):
    def check(p):
        feed = ET.fromstring(p.atom)
        atom = '{http://www.w3.org/2005/Atom}'
        if feed.tag != atom + 'feed' or not re.fullmatch(
                r'\d{4}-\d\d-\d\dT00:00:00Z', feed.findtext(atom + 'updated')):
            yield 'feed'
        if p.oembed['version'] != '1.0' or p.oembed['type'] != 'rich' \
                or f'src="{BASE}/{p.id}/embed"' not in p.oembed['html']:
            yield 'oEmbed'
        if re.search(r'<html|<script|<link|<img', p.embed):
            yield 'the fragment is more than one'
        topics = re.findall(r'<section id="(\w+)">', p.questions)
        if len(topics) != len(set(topics)) or 'more' not in topics:
            yield f'topics {topics}'
        for name in ('page', 'print', 'embed', 'questions'):
            found = re.search(r'<[^>]*(?:src|href)="(?:javascript|data|'
                              r'vbscript|file):', getattr(p, name), re.I)
            if found:
                yield found[0]
    every(pages, check)


def test_small(pages):
    sizes = sorted(len(gzip.compress(p.page.encode(), 6)) for p in pages)
    assert sizes[len(sizes) // 2] <= 40 * 1024


# What changed.

@pytest.fixture
def record():
    with open(os.path.join(SAMPLES, 'NCT99990001.json'),
              encoding='utf-8') as f:
        return json.load(f)


def again(tmp_path, record, previous, form='json', *options):
    after, before = tmp_path / 'after.json', tmp_path / 'before.json'
    after.write_text(json.dumps(record))
    before.write_text(previous)
    done = render(form, after, '--previous', before, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def first(tmp_path, record):
    path = tmp_path / 'first.json'
    path.write_text(json.dumps(record))
    return render('json', path).stdout.decode()


def test_no_change_is_none(tmp_path, record):
    before = first(tmp_path, record)
    assert json.loads(before)['changes'] == []
    assert json.loads(again(tmp_path, record, before))['changes'] == []
    for broken in ('', '{', '[]', '{"nctId": "NCT00000001", "record": {}}'):
        assert json.loads(again(tmp_path, record, broken))['changes'] == []


def test_what_changed_is_said(tmp_path, record):
    before = first(tmp_path, record)
    study = record['protocolSection']
    study['statusModule']['overallStatus'] = 'ACTIVE_NOT_RECRUITING'
    study['statusModule']['completionDateStruct']['date'] = '2029-03'
    study['statusModule']['lastUpdatePostDateStruct']['date'] = '2026-11-20'
    study['designModule']['enrollmentInfo']['count'] = 1040
    study['contactsLocationsModule']['locations'].append(
        {'facility': 'Example Clinic', 'city': 'Lima', 'country': 'Peru',
         'status': 'RECRUITING'})
    study['contactsLocationsModule']['centralContacts'].pop()
    criteria = study['eligibilityModule']['eligibilityCriteria']
    study['eligibilityModule']['eligibilityCriteria'] = \
        criteria + '\n* A point that is new'
    after = again(tmp_path, record, before)
    change, = json.loads(after)['changes']
    assert change['date'] == '2026-11-20'
    assert [i['kind'] for i in change['items']] == [
        'status', 'enrollment', 'completion', 'places', 'criteria', 'contacts']
    assert change['text'][:3] == [
        'The status changed from “Looking for volunteers” to “Under way, not '
        'looking for volunteers”.',
        'The number of people changed from 38 to 1,040.',
        'The end date changed from June 2028 to March 2029.']
    assert change['items'][3]['added'] == ['Example Clinic, Lima, Peru']
    assert change['items'][4]['added'] == ['A point that is new']
    assert not change['items'][4]['removed']

    page = again(tmp_path, record, before, 'page')
    section = re.search(r'<section id="changes">.*?</section>', page, re.S)[0]
    assert '1 place was added:' in text_of(section)
    assert 'A point that is new' in section

    feed = ET.fromstring(again(tmp_path, record, before, 'atom'))
    entry, = feed.findall('{http://www.w3.org/2005/Atom}entry')
    assert '2026-11-20' in entry.findtext('{http://www.w3.org/2005/Atom}id')

    spanish = json.loads(again(tmp_path, record, before, 'json', '--language',
                               'es'))
    assert spanish['changes'][0]['items'] == change['items']
    assert spanish['changes'][0]['text'][1] == \
        'El número de personas pasó de 38 a 1.040.'

    # Kept with the next version, and a criterion that is read otherwise by
    # another engine is no change.
    study['briefTitle'] = 'x'
    other = json.loads(after)
    other['eligibility']['groups'][0]['criteria'][0]['original'] = 'else'
    kept = json.loads(again(tmp_path, record, json.dumps(other)))
    assert len(kept['changes']) == 1


def test_changes_are_bounded(tmp_path, record):
    now = first(tmp_path, record)
    for n in range(25):
        record['protocolSection']['designModule']['enrollmentInfo'][
            'count'] = 100 + n
        now = again(tmp_path, record, now)
    changes = json.loads(now)['changes']
    assert len(changes) == 20
    assert changes[0]['items'][0]['to'] == 124


# Themes.

SAMPLE = os.path.join(SAMPLES, 'NCT99990001.json')


def test_a_site_of_one_language(tmp_path):
    """Nothing leads to pages that nobody makes."""
    both = render('page', SAMPLE, '--languages', 'es,en').stdout.decode()
    assert both == render('page', SAMPLE).stdout.decode()
    assert both.count('hreflang="es"') == 2 and f'{BASE}/es/' in both
    done = render('all', SAMPLE, '--languages', 'en', '--output', tmp_path)
    assert done.returncode == 0, done.stderr
    for path in tmp_path.iterdir():
        text = path.read_text('utf-8')
        assert 'hreflang' not in text and '/es/' not in text, path.name
        assert 'Español' not in text, path.name
    done = render('page', SAMPLE, '--languages', 'en', '--language', 'es')
    assert done.returncode == 1 and b'no language "es"' in done.stderr
    done = render('page', SAMPLE, '--languages', 'en,fr')
    assert done.returncode == 2 and b'"fr" is none of en, es' in done.stderr


def test_a_theme_replaces_a_part(tmp_path):
    theme = tmp_path / 'theme'
    theme.mkdir()
    (theme / 'words.en.tsv').write_text('contact\tWhom to ask\n')
    (theme / 'custom.css').write_text('main{max-width:70rem}')
    (theme / 'page.xsl').write_text(
        '<xsl:stylesheet version="1.0" xmlns:w="urn:trials:words"\n'
        '  xmlns:xsl="http://www.w3.org/1999/XSL/Transform">\n'
        '<xsl:import href="builtin/page.xsl"/>\n'
        '<xsl:template name="answers"><section id="ours"><h2>'
        '<w:say id="contact"/></h2></section></xsl:template>\n'
        '</xsl:stylesheet>\n')
    page = render('page', SAMPLE, '--theme', theme, '--site-name', 'Clinic A',
                  '--logo', '/logo.svg', '--help-line', 'Call 555 & ask',
                  '--report', 'mailto:errors@example.org').stdout.decode()
    assert '<h2>Whom to ask</h2>' in page and '>Contact<' not in page
    assert 'main{max-width:70rem}' in page and ':root{' in page
    assert '<section id="ours">' in page and 'id="answers"' not in page
    assert 'Clinic A</title>' in page and 'src="/logo.svg"' in page
    assert 'Call 555 &amp; ask' in page
    assert 'href="mailto:errors@example.org?subject=NCT99990001%20' in page
    assert 'urn:trials:words' not in page
    plain = render('page', SAMPLE).stdout.decode()
    assert 'Report an error' not in plain and 'max-width:70rem' not in plain


@pytest.mark.parametrize('name,text,said', [
    ('page.xsl', '<xsl:stylesheet version="1.0"\nxmlns:xsl="http://www.w3.org'
     '/1999/XSL/Transform">\n<xsl:template match="/">\n</xsl:stylesheet>',
     r'page\.xsl:4: '),
    ('page.xsl', '<xsl:stylesheet version="1.0"\nxmlns:xsl="http://www.w3.org'
     '/1999/XSL/Transform">\n<xsl:template match="/">\n<xsl:value-of '
     'select="a["/></xsl:template></xsl:stylesheet>', r'page\.xsl line 4'),
    ('page.xsl', '<xsl:stylesheet version="1.0" xmlns:w="urn:trials:words"\n'
     'xmlns:xsl="http://www.w3.org/1999/XSL/Transform">\n<xsl:template '
     'match="/"><w:say id="nothing"/></xsl:template></xsl:stylesheet>',
     r'page\.xsl:3: no words "nothing"'),
    ('house.xsl', '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org'
     '/1999/XSL/Transform"><xsl:import href="other.xsl"/></xsl:stylesheet>',
     r'other\.xsl: there is no such file'),
    ('words.en.tsv', 'contact\tWhom to ask\nnothing\tNothing\n',
     r'words\.en\.tsv:2: no such id: "nothing"'),
    ('words.es.tsv', 'contact\n', r'words\.es\.tsv:1: too few fields'),
    ('words.en.tsv', 'contact\tAsk {somebody}\n',
     r'words\.en\.tsv:1: a place that'),
])
def test_a_broken_theme_is_refused(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    done = render('page', SAMPLE, '--theme', tmp_path)
    assert done.returncode == 1 and done.stdout == b''
    assert re.search(said, done.stderr.decode()), done.stderr


# Every node of the document in turn: what a path leads to from it.

PATHS = '''<xsl:stylesheet version="1.0"
 xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="/"><html><body><xsl:apply-templates select="//node() | //@*" mode="all"/></body></html></xsl:template>
<xsl:template match="node() | @*" mode="all"><p><xsl:value-of select="name()"/>: <xsl:value-of select="{path}"/>
 <xsl:if test="{path}">yes</xsl:if><xsl:if test="{no}">no</xsl:if>
 <xsl:choose><xsl:when test="{no}">no</xsl:when><xsl:when test="{path}">yes</xsl:when></xsl:choose>
 <xsl:choose><xsl:when test="{path}">yes</xsl:when><xsl:otherwise>no</xsl:otherwise></xsl:choose>
 <xsl:for-each select="{path}"><i><xsl:value-of select="concat(name(), position(), '/', last())"/></i><xsl:value-of select="{path}"/></xsl:for-each>
 <xsl:apply-templates select="{path}" mode="one"/>
 <xsl:apply-templates select="{path}"/>
 <xsl:value-of select="concat(name(current()), position(), '/', last())"/></p></xsl:template>
<xsl:template match="node() | @*" mode="one"><b><xsl:value-of select="concat(name(), position(), '/', last())"/></b><xsl:apply-templates select="{path}"/></xsl:template>
<xsl:template match="term"><u><xsl:value-of select="position()"/></u></xsl:template>
</xsl:stylesheet>
'''


@pytest.mark.parametrize('path', [
    '.', '*', 'node()', '@label', '@none', 'p', 'none', 'text/node()',
    'criterion/text/term', '*/term', '*/*/@no', 'none/@no', 'term/node()'])
def test_a_path_leads_where_xpath_does(tmp_path, path):
    """A path in parentheses is left to libxslt."""
    pages = []
    for form in ('{}', '({})'):
        theme = tmp_path / str(len(pages))
        theme.mkdir()
        (theme / 'page.xsl').write_text(PATHS.format(
            path=form.format(path), no=form.format(f'not({path})')))
        done = render('page', SAMPLE, '--theme', theme)
        assert done.returncode == 0, done.stderr
        pages.append(done.stdout.decode())
    assert pages[0] == pages[1]
    assert pages[0].count('<p>') > 1000 and 'no' in pages[0]
    assert ('yes' in pages[0]) is ('none' not in path)


def test_a_stylesheet_reads_no_file(tmp_path):
    secret = tmp_path / 'secret.xml'
    secret.write_text('<a>secret</a>')
    theme = tmp_path / 'theme'
    theme.mkdir()
    (theme / 'page.xsl').write_text(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/'
        'Transform"><xsl:template match="/"><p><xsl:value-of select="document'
        f"('{secret}')\"/></p></xsl:template></xsl:stylesheet>")
    done = render('page', SAMPLE, '--theme', theme)
    assert b'secret<' not in done.stdout
