"""The judge sees what was lost, and only that; and what the engine makes of
the samples loses nothing."""

import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import judge    # noqa: E402
import report   # noqa: E402

TOP = os.path.dirname(os.path.dirname(HERE))
TRIALS = os.path.join(TOP, os.environ.get('BUILD', 'build'), 'trials')
SAMPLES = os.path.join(TOP, 'tests', 'data', 'samples')

FAITHFUL = [
    ('Age ≥ 18 years', 'You are at least 18 years old'),
    ('Age 18 years or older', 'You are at least 18 years old'),
    ('INR not greater than 1.5', 'Your INR is at most 1.5'),
    ('Platelets ≥ 100,000/mm3', 'Platelets at least 100,000/mm3'),
    ('ANC ≥ 1.5 x 10^9/L', 'At least 1.5 billion per liter'),
    ('3 × 10^4 lux', '3 × 10⁴ lux'),
    ('inadequate response', 'a response that is not good enough'),
    ('two weeks', '2 weeks'),
    ('BMI less than or equal to 30', 'BMI at most 30'),
    ('No fever or cough', 'You have no fever or cough'),
    ('Fever & cough', 'You have fever and cough')]

UNFAITHFUL = [
    ('Age ≥ 18 years', 'You are at least 19 years old', 'number 18'),
    ('Age ≥ 18 years', 'You are at most 18 years old', 'bound of 18'),
    ('Age > 18 years', 'You are at least 18 years old', 'bound of 18'),
    ('within 4 weeks', 'within 4 months', 'unit of 4'),
    ('a dose of 20 mg', 'a dose of 20 kg', 'unit of 20'),
    ('No fever', 'Fever', 'negation lost'),
    ('Fever', 'No fever', 'negation new'),
    ('Fever or cough', 'Fever and cough', '"or"'),
    ('Fever and cough', 'Fever or cough', '"and"')]


@pytest.mark.parametrize('original,plain', FAITHFUL)
def test_nothing_is_lost(original, plain):
    assert judge.lost(original, plain) == []


@pytest.mark.parametrize('original,plain,kind', UNFAITHFUL)
def test_what_is_lost_is_seen(original, plain, kind):
    assert kind in judge.lost(original, plain)


@pytest.mark.parametrize('plain,fault', [
    ('You have have asthma', 'doubled have'), ('You had an stroke', 'article'),
    ('More than \\> 5', 'escape'), ('Asthma (severe', 'bracket'),
    ('Asthma , severe', 'punctuation'), ('Asthma • severe', 'bullet'),
    ('asthma', 'small letter')])
def test_faults(plain, fault):
    assert any(fault in kind for kind in judge.faults(plain, 'Asthma'))


@pytest.mark.parametrize('plain', [
    'You have asthma (severe).', 'A stroke, an hour ago.', 'mRNA in blood',
    'A one-time use of a uniform dose, e.g. an 8 mg pill'])
def test_no_fault(plain):
    assert judge.faults(plain, plain) == []


@pytest.mark.parametrize('word,n', [
    ('you', 1), ('asthma', 2), ('severe', 2), ('table', 2), ('medicine', 3),
    ('treated', 2), ('years', 1), ('ALS', 3), ('chemotherapy', 5)])
def test_syllables(word, n):
    assert judge.syllables(word) == n


def test_grade():
    """By the published formula: 6 words of 6 syllables in one sentence."""
    grade = judge.readability(['The cat sat on the mat.'])['grade']
    assert abs(grade - (.39 * 6 + 11.8 - 15.59)) < 1e-9


def test_samples_lose_nothing(tmp_path):
    rows = [row for name, criteria in report.render(TRIALS, SAMPLES, tmp_path)
            for row in report.examine(name, criteria, frozenset())]
    assert len(rows) > 100
    assert [(r['original'], r['plain'], r['lost'])
            for r in rows if r['lost']] == []


def test_report(tmp_path):
    """One row a measure; the status says whether all are met."""
    done = subprocess.run([sys.executable, os.path.join(HERE, 'report.py'),
                           TRIALS, SAMPLES, '--worst', '2'],
                          capture_output=True, text=True)
    assert done.stderr == ''
    assert done.returncode == ('falls short' in done.stdout)
    assert 'criteria marked faithful, %' in done.stdout
    assert 'most often unexplained:' in done.stdout
