"""How plain and how faithful the criteria of a folder of records are.

    report.py TRIALS RECORDS [--worst N] [--common FILE] [--json FILE]

TRIALS is the built command. Prints a table of measures, each beside what is
aimed at, the worst criteria and the terms that most often go unexplained.
Ends with 0 where every measure is met, with 1 where one is not.
"""

import argparse
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile

import judge


def walk(criteria):
    for criterion in criteria:
        yield criterion
        yield from walk(criterion['criteria'])


def render(trials, records, folder):
    subprocess.run([trials, 'render', '--as', 'json', '--output', folder,
                    records], check=True)
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding='utf-8') as f:
            model = json.load(f)
        groups = model.get('eligibility', {}).get('groups', [])
        yield model['nctId'], [c for g in groups for c in walk(g['criteria'])]


def examine(name, criteria, common):
    """One row a criterion."""
    explained = set()
    for c in criteria:
        before = judge.readability([c['original']], common)
        after = judge.readability([c['plain']], common)
        explained |= {t['term'].lower() for t in c['terms']}
        words = judge.terms(c['plain'])
        open_ = {t: n for t, n in words.items()
                 if not any(t.lower().rstrip('s') in e for e in explained)}
        yield {'id': name, 'original': c['original'], 'plain': c['plain'],
               'faithful': c['faithful'],
               'changed': c['original'].lower() != c['plain'].lower(),
               'before': before['grade'] if before else 0,
               'after': after['grade'] if after else 0,
               'words': before['words'] if before else 0,
               'lost': judge.lost(c['original'], c['plain']),
               'faults': judge.faults(c['plain'], c['original']),
               'terms': sum(words.values()), 'open': open_}


def quantile(values, q):
    return sorted(values)[min(len(values) - 1, int(q * len(values)))] \
        if values else 0


def share(part, whole):
    return 100 * part / whole if whole else 0


def measures(rows, records):
    """(what, value, what is aimed at, met)."""
    def least(what, value, aim):
        return what, value, f'>= {aim}', value >= aim

    def most(what, value, aim):
        return what, value, f'<= {aim}', value <= aim

    def only(what, value):
        return what, value, '', True

    hard = [r for r in rows if r['before'] > 8 and r['words'] >= 5]
    plain = [r['plain'] for r in records if r['plain']]
    total = sum(r['terms'] for r in rows)
    table = [
        only('grade of the originals, median',
             quantile([r['original']['grade'] for r in records
                       if r['original']], .5)),
        most('grade of the plain criteria, median',
             quantile([p['grade'] for p in plain], .5), 9),
        most('grade of the plain criteria, 90th percentile',
             quantile([p['grade'] for p in plain], .9), 12),
        most('words a sentence, median of means',
             quantile([p['length'] for p in plain], .5), 13),
        only('words of three syllables and more, %, median',
             quantile([p['long'] for p in plain], .5)),
        least('criteria marked faithful, %',
              share(sum(r['faithful'] for r in rows), len(rows)), 90),
        least('hard criteria (grade above 8) with other words, %',
              share(sum(r['changed'] for r in hard), len(hard)), 85),
        least('hard criteria now at grade 9 or below, %',
              share(sum(r['after'] <= 9 for r in hard), len(hard)), 50),
        most('criteria that lost something, per 1,000',
             10 * share(sum(bool(r['lost']) for r in rows), len(rows)), 2),
        most('faults of language, per 1,000',
             10 * share(sum(len(r['faults']) for r in rows), len(rows)), 1),
        least('terms explained, %',
              share(total - sum(sum(r['open'].values()) for r in rows), total),
              90)]
    if plain and plain[0]['uncommon'] is not None:
        table.append(most('words that are not common, %, median',
                          quantile([p['uncommon'] for p in plain], .5), 30))
    return table


def show(rows, table, worst):
    for what, value, aim, met in table:
        print(f'{value:9.2f}  {what:50s} {aim:6s}'
              f'{"" if met else "  falls short"}')
    for kind in ('lost', 'faults'):
        n = collections.Counter(' '.join(k.split()[:1]) for r in rows
                                for k in r[kind])
        print(f'{kind}:', ', '.join(f'{k} {v}' for k, v in n.most_common()))
        for r in [r for r in rows if r[kind]][:worst]:
            print(f'  {r["id"]} {"; ".join(r[kind])}\n'
                  f'    - {r["original"][:240]}\n    + {r["plain"][:240]}')
    print(f'hardest {worst} criteria:')
    for r in sorted((r for r in rows if r['words'] >= 8),
                    key=lambda r: -r['after'])[:worst]:
        print(f'  {r["id"]} grade {r["before"]:.1f} -> {r["after"]:.1f}\n'
              f'    - {r["original"][:240]}\n    + {r["plain"][:240]}')
    terms = collections.Counter()
    for r in rows:
        terms.update(r['open'])
    print('most often unexplained:',
          ', '.join(f'{t} {n}' for t, n in terms.most_common(60)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('trials')
    parser.add_argument('records')
    parser.add_argument('--worst', type=int, default=20)
    parser.add_argument('--common', help='a list of common words, one a line')
    parser.add_argument('--json', help='write every criterion here')
    args = parser.parse_args()
    common = frozenset()
    if args.common:
        with open(args.common, encoding='utf-8') as f:
            common = frozenset(f.read().lower().split())
    rows, records = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, criteria in render(args.trials, args.records, folder):
            rows += examine(name, criteria, common)
            records.append({side: judge.readability(
                [c[side] for c in criteria], common)
                for side in ('original', 'plain')})
    if not rows:
        sys.exit(f'{args.records}: no criteria')
    table = measures(rows, records)
    show(rows, table, args.worst)
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as f:
            json.dump(rows, f, ensure_ascii=False)
    short = [what for what, _, _, met in table if not met]
    mean = statistics.mean(r['after'] for r in rows)
    print(f'{len(records)} records, {len(rows)} criteria, mean grade '
          f'{mean:.1f}: ' + ('all measures are met' if not short
                             else f'{len(short)} fall short'))
    sys.exit(bool(short))


if __name__ == '__main__':
    main()
