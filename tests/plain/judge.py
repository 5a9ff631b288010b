"""A judge of plain criteria, apart from the translator: how hard a text is to
read, what it lost against its original, what is wrong with its language and
which of its terms nobody explained.

Everything is read from the JSON rendition. The judge knows nothing of the
rules, the glossary or the fidelity check; where it disagrees with the check,
one of the two has to be looked at.
"""

import collections
import re

WORD = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_][\w]*(?:['’][^\W\d_]+)*")
END = re.compile(r'(?<=[.!?])["”)]?\s+(?=["“(]?[A-Z0-9])')
SHORT = re.compile(r'\b(e\.g|i\.e|vs|approx|etc|cf|Dr|St|No|min|max)\.', re.I)


# How hard it is to read


def syllables(word):
    """Spoken ones. Figures and abbreviations are read out."""
    if word[0].isdigit():
        return max(1, min(sum(c.isdigit() for c in word), 5))
    if word.isupper() and len(word) < 7:
        return sum(3 if c == 'W' else 1 for c in word)
    word = re.sub(r"[^a-z]", '', re.sub(r"['’]s?$", '', word.lower()))
    n = len(re.findall(r'[aeiouy]+', word))
    n -= bool(re.search(r'[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyscxzgh]es$',
                        word)) and n > 1
    n += len(re.findall(r'i[ao](?!n\b)|eo|[^q]ua|[^tcs]iou|[aeouy]ing', word))
    return max(n, 1)


def sentences(text):
    text = SHORT.sub(lambda m: m[0].replace('.', '\0'), text)
    return [s for s in END.split(text.strip()) if WORD.search(s)]


def readability(texts, common=frozenset()):
    """Flesch-Kincaid grade (Kincaid et al. 1975), words a sentence, and the
    share of long words (three syllables and more) and of words that are not
    in a list of common ones."""
    each = [WORD.findall(s) for t in texts for s in sentences(t)]
    words = [w for s in each for w in s]
    if not words:
        return None
    counts = [syllables(w) for w in words]
    letters = [(w, n) for w, n in zip(words, counts) if not w[0].isdigit()]
    length = len(words) / len(each)
    rare = [w for w, _ in letters if not is_common(w.lower(), common)]
    return {'grade': .39 * length + 11.8 * sum(counts) / len(words) - 15.59,
            'length': length, 'words': len(words),
            'long': 100 * sum(n > 2 for _, n in letters) / len(words),
            'uncommon': 100 * len(rare) / len(words) if common else None}


def is_common(word, common):
    word = word.replace('’', "'")
    stems = [word] + [word[:-len(end)] + put for end, put in (
        ("'s", ''), ('s', ''), ('es', ''), ('ies', 'y'), ('ed', ''),
        ('ed', 'e'), ('ing', ''), ('ing', 'e'), ('ly', ''), ('er', ''),
        ('est', '')) if word.endswith(end)]
    return any(s in common or s[-1:] == s[-2:-1] and s[:-1] in common
               for s in stems)


# What was lost

ONES = dict(zip('zero one two three four five six seven eight nine ten eleven '
                'twelve thirteen fourteen fifteen sixteen seventeen eighteen '
                'nineteen twenty'.split(), range(21)),
            thirty=30, forty=40, fifty=50, sixty=60, seventy=70, eighty=80,
            ninety=90)
NUMBER = re.compile(
    r'(?<![\w.^])(\d[\d,]*(?:\.\d+)?)(?:\s*[x×*]\s*10\s*\^?\s*(\d+))?'
    r'(\s+(?:thousand|million|billion))?|\b(10\^\d+)|\b('
    + '|'.join(ONES) + r')\b', re.I)
SIZE = {'thousand': 3, 'million': 6, 'billion': 9}
LEAST = re.compile(r'(?:≥|>\s*/?=|=>|at least|no (?:less|fewer|lower) than|'
                   r'not (?:less|fewer) than|minimum(?: of)?|'
                   r'(?:greater|more|higher) than or equal(?: to)?)\s*$', re.I)
MOST = re.compile(r'(?:≤|<\s*/?=|=<|at (?:the )?most|up to|maximum(?: of)?|'
                  r'no[t]? (?:more|greater|higher|longer) than|'
                  r'(?:less|lower|fewer) than or equal(?: to)?)\s*$', re.I)
MORE = re.compile(r'(?:>|＞|more than|greater than|higher than|over|above|'
                  r'older than|longer than|exceed(?:s|ing)?)\s*$', re.I)
LESS = re.compile(r'(?:<|＜|less than|fewer than|lower than|under|below|'
                  r'younger than|shorter than)\s*$', re.I)
AFTER = re.compile(r'^\+?[^.;,()]{0,24}?\b(?:or|and) (more|older|higher|'
                   r'greater|above|over|longer|less|younger|lower|fewer|below|'
                   r'under)\b', re.I)
UNIT = re.compile(r'^\s*(%|percent|years?|months?|weeks?|days?|hours?|mg|mcg|'
                  r'µg|kg|g|ml|l|dl|mmol|mmhg|cm|mm)(?![a-z])', re.I)
DENIES = re.compile(r"\b(?:no|not|never|without|none|neither|nor|cannot|"
                    r"unable|unless|except\w*|absence|lack|free of|"
                    r"other than)\b|n['’]t\b|\bun(?:controlled|treated|stable|"
                    r"willing)|\binadequate|\bnon-", re.I)
JOINS = {'and': re.compile(r'\band\b(?!/)|&|\balso,', re.I),
         'or': re.compile(r'(?<!/)\bor\b(?! (?:more|older|higher|greater|above|'
                          r'over|longer|less|younger|lower|fewer|below|under|'
                          r'equal|better)\b(?! than| \d))|'
                          r'\bany of these:\n', re.I)}


RAISED = str.maketrans('⁰¹²³⁴⁵⁶⁷⁸⁹', '0123456789')


def quantities(text):
    """(value, bound, unit) of every number, in order."""
    text = re.sub('[⁰¹²³⁴-⁹]+',
                  lambda m: '^' + m[0].translate(RAISED), text)
    found = []
    for m in NUMBER.finditer(text):
        if m[4]:
            value = 10.0 ** int(m[4][3:])
        elif m[5]:
            value = float(ONES[m[5].lower()])
        else:
            digits = m[1].rstrip(',')
            digits = digits.replace(',', '') if re.fullmatch(
                r'\d{1,3}(?:,\d{3})+(?:\.\d+)?', digits) \
                else digits.replace(',', '.', 1).replace(',', '')
            value = float(digits) * 10.0 ** (int(m[2] or 0))
            value *= 10.0 ** SIZE.get((m[3] or '').strip().lower(), 0)
        before, after = text[:m.start()], text[m.end():]
        bound = ('ge' if LEAST.search(before) else 'le' if MOST.search(before)
                 else 'gt' if MORE.search(before)
                 else 'lt' if LESS.search(before) else None)
        behind = AFTER.match(after)
        if bound is None and behind:
            bound = 'le' if behind[1].lower() in (
                'less', 'younger', 'lower', 'fewer', 'below', 'under') else 'ge'
        unit = UNIT.match(after)
        unit = unit and unit[1].lower().rstrip('s').replace('percent', '%')
        found.append((float(f'{value:.10g}'), bound, unit))
    return found


BOUND = re.compile(r'\bno(?:t)? (?:more|less|fewer|greater|higher|lower|longer|'
                   r'later|earlier|older|younger)(?: or equal)? ?(?:than|to)?|'
                   r'\bnot (?:to )?exceed\w*', re.I)


def denied(text):
    """How many times it denies; "no more than 5" is a bound."""
    return len(DENIES.findall(BOUND.sub(' ', text)))


def lost(original, plain):
    """The kinds of what a criterion's plain words lost."""
    kinds = []
    given = quantities(plain)
    for value, bound, unit in quantities(original):
        same = [q for q in given if q[0] == value]
        if not same:
            kinds.append(f'number {value:g}')
            continue
        # The one that fits best is the one.
        best = max(same, key=lambda q: (q[1] == bound) + (q[2] == unit))
        given.remove(best)
        if bound in ('ge', 'le', 'gt', 'lt') and best[1] != bound:
            kinds.append(f'bound of {value:g}')
        if unit and best[2] != unit:
            kinds.append(f'unit of {value:g}')
    more = denied(plain) - denied(original)
    if more:
        kinds.append('negation lost' if more < 0 else 'negation new')
    for word, pattern in JOINS.items():
        if len(pattern.findall(plain)) < len(pattern.findall(original)):
            kinds.append(f'"{word}"')
    return kinds


# What is wrong with the language

VOWEL = re.compile(r"[aeiou](?<!u(?=ni|se|su|ro|ti))(?!u[nr]o)|hour|honest|"
                   r"heir|8|1[18]\b", re.I)
OWN = re.compile(r'[a-z]{1,3}[A-Z0-9]|p[HK]|mm|mg|kg|von |de |[^a-zA-Z]')


def faults(plain, original):
    kinds = []
    for m in re.finditer(r'\b([A-Za-z]{2,})\s+\1\b', plain, re.I):
        if m[1].lower() not in ('had', 'that') \
                and m[0].lower() not in original.lower():
            kinds.append(f'doubled {m[1]}')
    for m in re.finditer(r'\b(an?) ([a-z]{2,}|\d+)', plain):
        if bool(VOWEL.match(m[2])) != (m[1] == 'an') \
                and m[0] not in original.lower() \
                and not re.match(r'uni|use|usu|eu|one|uro|uti', m[2]):
            kinds.append(f'article {m[0]}')
    if re.search(r'\\[<>^*\[\]~_&#.+()-]|&(?:lt|gt|amp|#\d+);', plain):
        kinds.append('escape')
    if any(plain.count(a) - plain.count(b) != original.count(a)
           - original.count(b) for a, b in ('()', '[]')):
        kinds.append('bracket')
    if re.search(r'\s[,;](?=\s)|[,;:]{2,}|;\.|(?<!\.)\.\.(?!\.)|\(\s*\)',
                 plain) and not re.search(r'\s[,;]|[,;:]{2,}|;\.|\.\.|\(\s*\)',
                                          original):
        kinds.append('punctuation')
    if re.search(r'(?:^|\s)[*•](?:\s|$)', plain):
        kinds.append('bullet')
    for s in sentences(plain):
        if s[0].islower() and not OWN.match(s) \
                and not re.match(r'[A-Za-z]\w*[A-Z]', s):
            kinds.append('small letter first')
    return kinds


# Terms

ABBREVIATION = re.compile(r'\b[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*\b')
SHOUTED = set('AND OR NOT NO ALL THE OF TO IN FOR WITH ANY IS BE AGE II III IV '
              'VI VII'.split())


def terms(plain):
    """Abbreviations, and words of four syllables and more."""
    found = [a for a in ABBREVIATION.findall(plain) if a not in SHOUTED]
    found += [w.lower() for w in WORD.findall(plain)
              if w.islower() and syllables(w) > 3]
    return collections.Counter(found)
