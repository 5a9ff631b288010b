"""Every genuine record of a folder (RECORDS) in every rendition."""

import glob
import html
import json
import os
import re
import subprocess

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get('BUILD', 'build'))
TRIALS = os.path.join(BUILD, 'trials')
RECORDS = os.environ.get('RECORDS', '')
NAMES = {'page': '{}.html', 'print': '{}.print.html',
         'embed': '{}.embed.html', 'json': '{}.json'}
NOW = '2026-11-23'

# Raw values of the API's enumerations that have an underscore or are more
# than one word a reader could take for prose.
RAW = re.compile(r'\b(?:NOT_YET_RECRUITING|ACTIVE_NOT_RECRUITING|'
                 r'ENROLLING_BY_INVITATION|NO_LONGER_AVAILABLE|'
                 r'TEMPORARILY_NOT_AVAILABLE|APPROVED_FOR_MARKETING|'
                 r'EXPANDED_ACCESS|EARLY_PHASE1|PHASE[1-4]|NON_RANDOMIZED|'
                 r'SINGLE_GROUP|SUPPORTIVE_CARE|HEALTH_SERVICES_RESEARCH|'
                 r'BASIC_SCIENCE|DEVICE_FEASIBILITY|CASE_CONTROL|CASE_ONLY|'
                 r'CASE_CROSSOVER|ECOLOGIC_OR_COMMUNITY|FAMILY_BASED|'
                 r'DEFINED_POPULATION|NATURAL_HISTORY|CROSS_SECTIONAL|'
                 r'CARE_PROVIDER|OUTCOMES_ASSESSOR|NONE_RETAINED|'
                 r'SAMPLES_WITH_DNA|SAMPLES_WITHOUT_DNA|ACTIVE_COMPARATOR|'
                 r'PLACEBO_COMPARATOR|SHAM_COMPARATOR|NO_INTERVENTION|'
                 r'COMBINATION_PRODUCT|DIAGNOSTIC_TEST|DIETARY_SUPPLEMENT|'
                 r'OLDER_ADULT|NON_PROBABILITY_SAMPLE|PROBABILITY_SAMPLE|'
                 r'OTHER_GOV|PRINCIPAL_INVESTIGATOR|SUB_INVESTIGATOR|'
                 r'STUDY_CHAIR|STUDY_DIRECTOR|SPONSOR_INVESTIGATOR)\b')


@pytest.fixture(scope='module')
def rendered(tmp_path_factory):
    out = tmp_path_factory.mktemp('rendered')
    files = sorted(glob.glob(os.path.join(RECORDS, 'NCT*.json')))
    assert files, f'no records in {RECORDS!r}'
    done = subprocess.run([TRIALS, 'render', '--as', 'all', '--now', NOW,
                           '--output', out, RECORDS],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return out, [os.path.basename(f)[:-5] for f in files]


def each(rendered, rendition):
    out, names = rendered
    for name in names:
        path = out / NAMES[rendition].format(name)
        yield name, path.read_bytes().decode('utf-8')


def text_of(html):
    """What a reader sees: without the head, tags and entities."""
    html = re.sub(r'<(style|script)\b.*?</\1>', ' ', html, flags=re.S)
    html = re.sub(r'<[^>]*>', ' ', html)
    return html


@pytest.mark.parametrize('rendition', ['page', 'print', 'embed'])
def test_html_is_text_in_plain_words(rendered, rendition):
    faults = []
    for name, html in each(rendered, rendition):
        text = text_of(html)
        for pattern in (r'\\[<>\[\]^*_=~]', RAW.pattern, '\ufffd\ufffd'):
            found = re.search(pattern, text)
            if found:
                around = text[max(0, found.start() - 40):found.end() + 40]
                faults.append(f'{name}: {around!r}')
    # A record may itself hold a stray escape in a field that is no markup.
    assert len(faults) == 0, f'{len(faults)}: ' + '\n'.join(faults[:10])


@pytest.mark.parametrize('rendition', ['page', 'print', 'embed'])
def test_html_is_well_formed(rendered, rendition):
    """html5 elements nest and close: checked with a stack of our own."""
    void = {'meta', 'link', 'br', 'hr', 'img', 'input', 'wbr', 'area', 'base',
            'col', 'embed', 'source', 'track'}
    from html.parser import HTMLParser

    class Nesting(HTMLParser):
        def __init__(self):
            super().__init__()
            self.stack, self.ids, self.fault = [], set(), None

        def handle_starttag(self, tag, attrs):
            for key, value in attrs:
                if key == 'id':
                    if value in self.ids:
                        self.fault = self.fault or f'id {value} twice'
                    self.ids.add(value)
                if key.startswith('on'):
                    self.fault = self.fault or f'attribute {key}'
                if key in ('href', 'src') and re.match(
                        r'\s*(javascript|data|vbscript):', value or '', re.I):
                    self.fault = self.fault or f'{key}={value[:40]}'
            if tag not in void:
                self.stack.append(tag)

        def handle_startendtag(self, tag, attrs):
            self.handle_starttag(tag, attrs)
            if tag not in void:
                self.stack.pop()

        def handle_endtag(self, tag):
            if tag in void:
                return
            if not self.stack or self.stack.pop() != tag:
                self.fault = self.fault or f'</{tag}> out of place'

    faults = []
    for name, html in each(rendered, rendition):
        parser = Nesting()
        parser.feed(html)
        if parser.fault or parser.stack:
            faults.append(f'{name}: {parser.fault or parser.stack}')
    assert not faults, f'{len(faults)}: ' + '\n'.join(faults[:10])


def criteria(nested):
    for criterion in nested:
        yield criterion
        yield from criteria(criterion['criteria'])


def strings(value, where=''):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f'{where}/{key}')
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, where)
    elif isinstance(value, str):
        yield where, value


def test_json_has_no_stray_escape(rendered):
    """In no text of the model: names, criteria, outcomes, places ..."""
    stray = re.compile(r'\\[<>^*\[\]~_&#.+()=-]|&(?:lt|gt|amp|quot|nbsp|#\d+);')
    faults = [f'{name} {where}: {text[:80]!r}'
              for name, model in each(rendered, 'json')
              for where, text in strings(json.loads(model))
              if stray.search(text)]
    assert not faults, f'{len(faults)}: ' + '\n'.join(faults[:10])


# Entities that our reading resolves; a record may have escaped them twice.
ENTITY = re.compile(r'&(?:lt|gt|amp|quot|apos|nbsp|#39|#039|#160);')
# What may mark an item of a list, before a "." or ")".
COUNTS = re.compile(r'\d{1,3}|[a-z]|[ivx]{1,5}')
# Signs of lists, of Markdown, and those that go with a mark.
SIGNS = set('*-•·–—‐▪■□●○◦▫►▶◆◇‣⁃➢➔✓✔#_\\.)(`>~+=')


# Full-width forms, which are read as the usual ones.
WIDE = {**{code: code - 0xfee0 for code in range(0xff01, 0xff5e)},
        0x3001: ',', 0x3002: '.', 0xff5e: '–'}


def tokens(text):
    text = re.sub(r'(?m)^(\d{1,2})、', r'\1.', text).translate(WIDE)
    text = re.sub(r'\\(?=[!-/:-@\[-`{-~])', '', text)
    text = text.replace('<!-- -->', '').replace('::', ':')
    for _ in range(3):
        text = ENTITY.sub(lambda m: html.unescape(m.group()), text)
    return re.findall(r'[\u2460-\u2473]|(?:(?![\u2460-\u2473])[^\W_])+|[^\w\s]|_',
                      text.lower())


def is_mark(source, i):
    """Is it one of a list's mark, or of Markdown's syntax?"""
    after = source[i + 1] if i + 1 < len(source) else ''
    return source[i] in SIGNS or re.fullmatch(r'[\u2460-\u2473o]', source[i]) \
        or (after in ('.', ')') and COUNTS.fullmatch(source[i]))


def missing(source, rebuilt):
    """The first token of the source that the rebuilt text has not, nor may
    leave out; or of the rebuilt text that the source has not."""
    k = last = 0
    for i in range(len(source)):
        if k < len(rebuilt) and source[i] == rebuilt[k]:
            k, last = k + 1, i
        elif k and source[i] == rebuilt[k - 1] and all(
                is_mark(source, j) for j in range(last, i)):
            last = i                        # "4. 4 weeks": the first is a mark
        elif not is_mark(source, i):
            return ' '.join(source[max(0, i - 4):i + 5])
    return ' '.join(rebuilt[k:k + 9])


def test_criteria_are_the_records_text(rendered):
    """The original, rebuilt from the tree, is the record's text but for white
    space and marks: nothing dropped, doubled, swapped or cut."""
    lost = []
    for name, text in each(rendered, 'json'):
        model = json.loads(text)
        assert model['nctId'] == name
        with open(os.path.join(RECORDS, name + '.json'),
                  encoding='utf-8') as f:
            module = json.load(f)['protocolSection'].get('eligibilityModule',
                                                         {})
        rebuilt = []
        for group in model['eligibility']['groups']:
            assert group['kind'] in ('inclusion', 'exclusion', 'other')
            rebuilt.append(group['heading'] or '')
            for criterion in criteria(group['criteria']):
                assert criterion['plain']
                assert isinstance(criterion['faithful'], bool)
                rebuilt.append(criterion['original'])
        fault = missing(tokens(module.get('eligibilityCriteria', '')),
                        tokens('\n'.join(rebuilt)))
        if fault:
            lost.append(f'{name}: {fault}')
    assert not lost, f'{len(lost)} records:\n' + '\n'.join(lost[:20])


def test_sizes(rendered):
    """The median page fits into 40 KB of gzip."""
    import gzip
    sizes = sorted(len(gzip.compress(html.encode(), 6))
                   for _, html in each(rendered, 'page'))
    assert sizes[len(sizes) // 2] <= 40 * 1024
