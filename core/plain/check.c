/*
 * The fidelity check.
 *
 * What the original states and what the plain words state must be the same
 * sequence: every number with its value and bound, every unit, negation,
 * alternative, exception and quantifier, and every other word that carries
 * meaning.  A table says which words mean the same; a word it does not know
 * means itself.  What is passed over is grammar ("the", "is"), who is meant
 * ("patients", "you") and obligation ("must"), which the group's heading says.
 *
 * Lines after a colon are read as the list that they were ("any of these:" is
 * "or"); what one item says of how many, when, or that it is not, must be said
 * of each, since no item reaches into the next.
 *
 * Two liberties are taken: a phrase that tells when or who judges may stand
 * elsewhere, where nothing is between that could bind it to something else; and
 * a value may be said once more in brackets, in a unit that can be computed.
 *
 * That is more than is needed and is meant to be: a rewriting that this cannot
 * follow is not shown.
 */

#include "core/plain/check.h"

#include "core/plain/engine.h"

#include <string.h>


/* How far on a fact is looked for, to tell "lost" from "moved". */
#define TRIALS_CHECK_REACH 24

/* Facts of a phrase that moved and of what it moved over. */
#define TRIALS_CHECK_MOVED 48


static void trials_check_asides(trials_check_t *check);
static void trials_check_leads(trials_check_t *check);
static trials_rc_t
trials_check_lists(const trials_reading_t *reading, trials_error_t *err);
static unsigned trials_check_says(const trials_fact_t *fact);
static trials_rc_t
trials_check_joints(const trials_check_t *check, trials_error_t *err);
static trials_rc_t
trials_check_breaks(const trials_check_t *check, trials_error_t *err);
static const trials_fact_t *
trials_check_reaches(const trials_reading_t *reading, size_t from, size_t i);
static int    trials_check_closed(const trials_fact_t *fact);
static size_t trials_check_sentences(const trials_reading_t *reading);
static int
trials_check_moved(const trials_check_t *check, size_t first, size_t end);
static int trials_check_turned(const trials_check_t *check, size_t first,
                               size_t end, size_t k);
static int
trials_check_may_move(const trials_reading_t *reading, size_t from, size_t to);
static int
trials_check_may_cross(const trials_reading_t *reading, size_t from, size_t to);
static int
trials_check_joins(const trials_reading_t *reading, size_t from, size_t to);
static trials_rc_t
           trials_check_differ(const trials_reading_t *original, size_t i,
                               const trials_reading_t *plain, trials_error_t *err);
static int trials_check_within(const trials_reading_t *reading, size_t from,
                               const trials_fact_t *fact);


trials_rc_t
trials_plain_check(const trials_plain_t *plain, trials_str_t original,
                   trials_str_t text, trials_error_t *err)
{
    trials_rc_t    rc;
    trials_check_t check;

    trials_check_init(&check, &plain->checker);

    rc = trials_check_original(&check, original);

    if (rc == TRIALS_OK) {
        rc = trials_check_plain(&check, text, err);
    }

    trials_check_free(&check);

    if (rc == TRIALS_NOMEM) {
        return trials_error(err, rc, "checking a criterion: out of memory");
    }

    return rc;
}


void
trials_check_init(trials_check_t *check, const trials_checker_t *checker)
{
    memset(check, 0, sizeof(trials_check_t));
    check->checker = checker;
}


void
trials_check_free(trials_check_t *check)
{
    trials_reading_free(&check->original);
    trials_reading_free(&check->plain);
}


trials_rc_t
trials_check_original(trials_check_t *check, trials_str_t text)
{
    check->text = text;

    return trials_reading_read(&check->original, check->checker, text);
}


trials_rc_t
trials_check_plain(trials_check_t *check, trials_str_t plain,
                   trials_error_t *err)
{
    size_t                  i, end;
    trials_rc_t             rc;
    const trials_reading_t *a, *b;

    if (check->text.len == plain.len
        && (plain.len == 0
            || memcmp(check->text.data, plain.data, plain.len) == 0))
    {
        return TRIALS_OK;
    }

    check->at = check->text.len;

    rc = trials_reading_read(&check->plain, check->checker, plain);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_check_asides(check);
    trials_check_leads(check);

    rc = trials_check_lists(&check->plain, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = trials_check_joints(check, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    a = &check->original;
    b = &check->plain;

    for (i = 0;
         i < a->n && i < b->n && trials_fact_same(&a->facts[i], &b->facts[i]);
         i++)
    {
        /* void */
    }

    if (i == a->n && i == b->n) {
        return trials_check_breaks(check, err);
    }

    if (a->n == b->n) {
        for (end = a->n;
             trials_fact_same(&a->facts[end - 1], &b->facts[end - 1]); end--)
        {
            /* void */
        }

        if (trials_check_moved(check, i, end)) {
            return trials_check_sentences(b) <= trials_check_sentences(a)
                       ? TRIALS_OK
                       : trials_error(err, TRIALS_FAILED,
                                      "a phrase moved and a sentence cut");
        }
    }

    check->at = i < a->n ? (size_t) (a->facts[i].source.data - check->text.data)
                         : check->text.len;

    return trials_check_differ(a, i, b, err);
}


/*
 * A sentence may be cut where nothing before the cut reaches behind it, nor the
 * other way round: "no fever or rash" is not "No fever. Or you have a rash",
 * and "gout or a stroke in the last year" not "Gout. Or a stroke in the last
 * year".
 */

static trials_rc_t
trials_check_breaks(const trials_check_t *check, trials_error_t *err)
{
    size_t                  i, from;
    const trials_fact_t    *fact;
    const trials_reading_t *a, *b;

    a = &check->original;
    b = &check->plain;
    from = 0;

    for (i = 1; i < a->n; i++) {
        if (a->facts[i].stop >= TRIALS_STOP_SEMICOLON) {
            from = i;
            continue;
        }

        if (b->facts[i].stop < TRIALS_STOP_SENTENCE || b->facts[i].item > 1) {
            continue;
        }

        fact = trials_check_reaches(a, from, i);

        if (fact) {
            return trials_error(err, TRIALS_FAILED, "the reach of \"%.*s\" cut",
                                (int) fact->source.len, fact->source.data);
        }
    }

    return TRIALS_OK;
}


/* What may reach over a cut before fact i of the sentence that begins at from;
 * NULL where nothing does. */

static const trials_fact_t *
trials_check_reaches(const trials_reading_t *reading, size_t from, size_t i)
{
    size_t      k, end;
    int         joined, before;
    const char *kind;

    kind = trials_fact_kind(&reading->facts[i]);
    joined = strcmp(kind, "alternative") == 0;

    for (end = i + 1;
         end < reading->n && reading->facts[end].stop < TRIALS_STOP_SEMICOLON;
         end++)
    {
        /* void */
    }

    /* A denial, unless what follows denies or excepts by itself. */

    k = joined && i + 1 < end ? i + 1 : i;
    kind = trials_fact_kind(&reading->facts[k]);

    if (strcmp(kind, "negation") != 0 && strcmp(kind, "exception") != 0
        && strcmp(kind, "condition") != 0)
    {
        for (k = from; k < i; k++) {
            if (strcmp(trials_fact_kind(&reading->facts[k]), "negation") == 0
                && !trials_check_closed(&reading->facts[k]))
            {
                return &reading->facts[k];
            }
        }
    }

    /* A time or a judge behind the cut, where there is none before it. */

    for (k = from, before = 0; k < i; k++) {
        before |= reading->facts[k].moves;
    }

    for (k = i; joined && !before && k < end; k++) {
        if (reading->facts[k].moves) {
            return &reading->facts[k];
        }
    }

    /* An exception without a mark before it, and more than one thing in it. */

    if (strcmp(trials_fact_kind(&reading->facts[i]), "exception") == 0
        && reading->facts[i].stop == 0)
    {
        for (k = i + 1; k < end; k++) {
            if (strcmp(trials_fact_kind(&reading->facts[k]), "alternative")
                == 0) {
                return &reading->facts[i];
            }
        }
    }

    return NULL;
}


/* "Uncontrolled" denies the control and nothing else; never the last fact. */

static int
trials_check_closed(const trials_fact_t *fact)
{
    return fact[0].source.data == fact[1].source.data && fact[1].word.len == 10
           && memcmp(fact[1].word.data, "controlled", 10) == 0;
}


static size_t
trials_check_sentences(const trials_reading_t *reading)
{
    size_t i, n;

    for (i = 0, n = 0; i < reading->n; i++) {
        n += reading->facts[i].stop == TRIALS_STOP_SENTENCE;
    }

    return n;
}


/* Leaves out what the plain words say once more, where the original did not. */

static void
trials_check_asides(trials_check_t *check)
{
    size_t            i, k;
    trials_reading_t *b;

    for (i = 0; i < check->original.n; i++) {
        if (check->original.facts[i].aside) {
            return;
        }
    }

    b = &check->plain;

    for (i = 0, k = 0; i < b->n; i++) {
        if (!b->facts[i].aside) {
            b->facts[k++] = b->facts[i];
        }
    }

    b->n = k;
}


/* Leaves out the "any" of "any of these:" before a list, where the original has
 * its "or" only. */

static void
trials_check_leads(trials_check_t *check)
{
    size_t                  i, k;
    trials_fact_t          *list;
    const trials_reading_t *a;

    a = &check->original;
    list = check->plain.facts;

    for (i = 0, k = 0; i < check->plain.n; i++) {
        if (!list[i].lead
            || (k < a->n && trials_fact_same(&a->facts[k], &list[i]))) {
            list[k++] = list[i];

        } else if (i + 1 < check->plain.n && list[i + 1].stop < list[i].stop) {
            list[i + 1].stop = list[i].stop;
        }
    }

    check->plain.n = k;
}


/* May what was one sentence stand in these items? */

static trials_rc_t
trials_check_lists(const trials_reading_t *reading, trials_error_t *err)
{
    int                  last;
    size_t               i, first;
    unsigned             says, one, denied;
    const trials_fact_t *list;

    list = reading->facts;
    denied = 0;
    first = 0;
    says = 0;
    one = 0;

    for (i = 0; i < reading->n; i++) {
        if (list[i].item == 0) {
            denied &= list[i].stop < TRIALS_STOP_SENTENCE;
            denied |= strcmp(trials_fact_kind(&list[i]), "negation") == 0;
            continue;
        }

        if (i == 0 || list[i].item != list[i - 1].item) {
            first = i;
            says = 0;

            /* "Not all of these" is not "none of these". */

            if (denied && trials_fact_kind(&list[i])[0] == 'a'
                && list[i].item > 1 && list[i].word.len == 3)
            {
                return trials_error(err, TRIALS_FAILED, "a list denied");
            }
        }

        if (list[i].item == 1 || i + 1 == reading->n
            || !trials_check_closed(&list[i])) {
            says |= trials_check_says(&list[i]);
        }

        if (i + 1 < reading->n && list[i + 1].item == list[i].item) {
            continue;
        }

        /* What the first says may be meant for all, what the last says too. */

        one = list[i].item == 1 ? says : one;
        last = i + 1 == reading->n || list[i + 1].item <= list[i].item;

        if ((one & ~says) != 0 || (last && says != one)) {
            return trials_error(err, TRIALS_FAILED, "the reach of \"%.*s\" cut",
                                (int) list[first].source.len,
                                list[first].source.data);
        }

        denied &= i + 1 < reading->n && list[i + 1].item > list[i].item;
    }

    return TRIALS_OK;
}


/* What a fact says that may be meant for all that stands beside it. */

static unsigned
trials_check_says(const trials_fact_t *fact)
{
    size_t                   i;
    const char              *kind;
    static const char *const kinds[] = {"number",    "unit",       "comparator",
                                        "time",      "negation",   "exception",
                                        "condition", "quantifier", "result"};

    kind = trials_fact_kind(fact);

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kind, kinds[i]) == 0) {
            return 1U << i;
        }
    }

    return fact->moves ? 1U << i : 0;
}


/* "and you smoke" may stand for "who smoke", in that order, and for nothing
 * else. */

static trials_rc_t
trials_check_joints(const trials_check_t *check, trials_error_t *err)
{
    size_t                  i, k;
    const trials_reading_t *a, *b;

    a = &check->original;
    b = &check->plain;

    for (i = 0, k = 0; k < b->n; k++) {
        if (!b->facts[k].and_you) {
            continue;
        }

        while (i < a->n
               && (!(a->facts[i].who || a->facts[i].and_you)
                   || !trials_fact_same(&a->facts[i], &b->facts[k])))
        {
            i++;
        }

        if (i == a->n) {
            return trials_error(
                err, TRIALS_FAILED, "\"and\" before \"%.*s\" new",
                (int) b->facts[k].source.len, b->facts[k].source.data);
        }

        i++;
    }

    return TRIALS_OK;
}


/*
 * Are facts first to end of the one those of the other, turned about?  A phrase
 * that moves is whole, nothing joins what it leaves or comes to, and nothing
 * it crosses has a scope.
 */

static int
trials_check_moved(const trials_check_t *check, size_t first, size_t end)
{
    size_t                  k;
    const trials_reading_t *a, *b;

    a = &check->original;
    b = &check->plain;

    if (end - first > TRIALS_CHECK_MOVED) {
        return 0;
    }

    for (k = 0; k < b->n; k++) {
        if (b->facts[k].item) {
            return 0;
        }
    }

    for (k = first + 1; k < end; k++) {
        if (!trials_check_turned(check, first, end, k)) {
            continue;
        }

        /* [first, k) of the original now stands last, [k, end) first. */

        if (trials_check_may_move(a, first, k)
            && trials_check_may_move(b, end - (k - first), end)
            && trials_check_may_cross(a, k, end)
            && !trials_check_joins(a, 0, first)
            && !trials_check_joins(a, k, a->n))
        {
            return 1;
        }

        if (trials_check_may_move(a, k, end)
            && trials_check_may_move(b, first, first + (end - k))
            && trials_check_may_cross(a, first, k)
            && !trials_check_joins(a, 0, k)
            && !trials_check_joins(a, end, a->n))
        {
            return 1;
        }
    }

    return 0;
}


/* Is b's [first, end) a's [k, end) and then a's [first, k)? */

static int
trials_check_turned(const trials_check_t *check, size_t first, size_t end,
                    size_t k)
{
    size_t i, from;

    for (i = first; i < end; i++) {
        from = k + (i - first);
        from = from < end ? from : first + (from - end);

        if (!trials_fact_same(&check->plain.facts[i],
                              &check->original.facts[from])) {
            return 0;
        }
    }

    return 1;
}


/* A whole phrase that opens with what may move, up to a stop. */

static int
trials_check_may_move(const trials_reading_t *reading, size_t from, size_t to)
{
    size_t i;

    if (!reading->facts[from].moves || !reading->facts[to - 1].closes) {
        return 0;
    }

    for (i = from; i + 1 < to; i++) {
        if (reading->facts[i].closes) {
            return 0;
        }
    }

    return 1;
}


static int
trials_check_may_cross(const trials_reading_t *reading, size_t from, size_t to)
{
    const trials_fact_t *fact;

    for (; from < to; from++) {
        fact = &reading->facts[from];

        if (trials_fact_locked(fact)
            && !(fact->word.len == 3 && memcmp(fact->word.data, "any", 3) == 0))
        {
            return 0;
        }
    }

    return 1;
}


/* Is there an "and", "or", "but", "unless" ... that parts what is said? */

static int
trials_check_joins(const trials_reading_t *reading, size_t from, size_t to)
{
    const char *kind;

    for (; from < to; from++) {
        kind = trials_fact_kind(&reading->facts[from]);

        if (strcmp(kind, "alternative") == 0 || strcmp(kind, "exception") == 0
            || strcmp(kind, "condition") == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Says what differs, as the first thing that a reader would miss. */

static trials_rc_t
trials_check_differ(const trials_reading_t *original, size_t i,
                    const trials_reading_t *plain, trials_error_t *err)
{
    const char          *what;
    const trials_fact_t *fact, *other;

    fact = i < original->n ? &original->facts[i] : NULL;
    other = i < plain->n ? &plain->facts[i] : NULL;

    if (fact && other && fact->number && other->number
        && fact->value == other->value && fact->exponent == other->exponent)
    {
        return trials_error(err, TRIALS_FAILED, "the bound of %.*s changed",
                            (int) fact->source.len, fact->source.data);
    }

    if (other == NULL || (fact && !trials_check_within(plain, i, fact))) {
        what = "lost";

    } else if (fact == NULL || !trials_check_within(original, i, other)) {
        what = "new";
        fact = other;

    } else {
        what = "moved";
    }

    return trials_error(err, TRIALS_FAILED, "%s \"%.*s\" %s",
                        trials_fact_kind(fact), (int) fact->source.len,
                        fact->source.data, what);
}


static int
trials_check_within(const trials_reading_t *reading, size_t from,
                    const trials_fact_t *fact)
{
    size_t i;

    for (i = from; i < reading->n && i < from + TRIALS_CHECK_REACH; i++) {
        if (trials_fact_same(&reading->facts[i], fact)) {
            return 1;
        }
    }

    return 0;
}
