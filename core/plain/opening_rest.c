/*
 * What follows an opening: verbs in the reader's person, and what is joined to
 * it with a form of its own ("or taking part in").
 */

#include "core/plain/rewrite.h"

#include <string.h>


static trials_str_t
trials_opening_also(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t from, size_t i, unsigned how, size_t *used);
static int  trials_opening_owners(const trials_rewriter_t *rewriter,
                                  trials_str_t text, size_t i, size_t end);
static void trials_opening_verb(trials_str_t text, const trials_token_t *t,
                                trials_buf_t *buf);


void
trials_rewrite_rest(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i, int verbal, unsigned how, trials_buf_t *buf)
{
    size_t                   k, from, close, used;
    trials_str_t             also;
    const trials_token_t    *t;
    static const char *const others[] = {"or", "but", NULL};
    static const char *const ors[] = {"or", NULL};
    static const char *const has[] = {"has", NULL};
    static const char *const nows[] = {"current", "currently", "now", NULL};
    static const char *const with[] = {"with", NULL};
    static const char *const people[] = {"people", "patients", NULL};
    static const char *const ands[] = {"and", NULL};
    static const char *const be[] = {"be", NULL};
    static const char *const states[] = {"willing", "able", "fit", NULL};

    t = rewriter->sentence.list;

    from = t[i].start;

    for (k = i, close = 0; k + 1 < rewriter->sentence.n; k++) {
        if (text.data[t[k].start] == '(' && k >= close) {
            close = trials_rewrite_close(rewriter, text, k);
        }

        if (trials_word_is(text.data + t[k].start, t[k].len, "their")
            && !trials_opening_owners(rewriter, text, i, k))
        {
            (void) trials_buf_append(buf, text.data + from, t[k].start - from);
            (void) trials_buf_append(buf, "your", 4);
            from = t[k].start + t[k].len;
            continue;
        }

        /* What stands in brackets is told of others. */

        if (k < close) {
            continue;
        }

        /* "asthma or people with eczema". */

        if (k > i && trials_rewrite_in(rewriter, text, k, people)
            && trials_rewrite_in(rewriter, text, k - 1, ors)
            && trials_rewrite_in(rewriter, text, k + 1, with))
        {
            (void) trials_buf_append(buf, text.data + from, t[k].start - from);
            (void) trials_buf_append(buf, "you have", 8);
            k++;
            from = t[k].start + t[k].len;
            continue;
        }

        also.len = 0;

        if ((how & TRIALS_REST_ALSO) && k > i) {
            also = trials_opening_also(rewriter, text, i, k, how, &used);
        }

        if (also.len) {
            (void) trials_buf_append(buf, text.data + from, t[k].start - from);
            (void) trials_buf_append(buf, "you ", 4);
            (void) trials_buf_append(buf, also.data, also.len);
            k += used - 1;
            from = t[k].start + t[k].len;
            continue;
        }

        verbal =
            verbal
            && !trials_rewrite_in(rewriter, text, k, trials_rewrite_relative);

        /* "pneumonitis that was treated, or has current pneumonitis". */

        if ((verbal && trials_rewrite_joined(rewriter, text, k))
            || (k > i && trials_rewrite_in(rewriter, text, k, has)
                && trials_rewrite_in(rewriter, text, k - 1, ors)
                && trials_rewrite_in(rewriter, text, k + 1, nows)))
        {
            (void) trials_buf_append(buf, text.data + from, t[k].start - from);
            trials_opening_verb(text, &t[k], buf);
            from = t[k].start + t[k].len;
            continue;
        }

        /* "You can read and be willing to come". */

        if ((how & TRIALS_REST_CAN) && k > i
            && trials_rewrite_in(rewriter, text, k, be)
            && trials_rewrite_in(rewriter, text, k - 1, ands)
            && trials_rewrite_in(rewriter, text, k + 1, states))
        {
            (void) trials_buf_append(buf, text.data + from, t[k].start - from);
            (void) trials_buf_append(buf, "are", 3);
            from = t[k].start + t[k].len;
            continue;
        }

        if (memcmp(text.data + t[k].start, "who ", 4) != 0) {
            continue;
        }

        (void) trials_buf_append(buf, text.data + from, t[k].start - from);
        /* "or you are taking", "and are taking", ", and you are taking". */

        if (k > i && trials_rewrite_in(rewriter, text, k - 1, others)) {
            (void) trials_buf_append(buf, "you ", 4);
        } else if (k == i || !trials_rewrite_in(rewriter, text, k - 1, ands)) {
            (void) trials_buf_append(buf, "and you ", 8);
        }

        trials_opening_verb(text, &t[k + 1], buf);
        from = t[k + 1].start + t[k + 1].len;
    }

    (void) trials_buf_append(buf, text.data + from, text.len - from);
}


/* "asthma, or taking part in a study": "or you are taking part", where nothing
 * before it is of the same form, or a clause of its own. */

static trials_str_t
trials_opening_also(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t from, size_t i, unsigned how, size_t *used)
{
    size_t                k, n;
    trials_str_t          to, said;
    const trials_token_t *t;
    static const struct {
        const char *first;
        const char *second;
        const char *to;
        size_t      used;
    } forms[] = {
        {"taking", "part", "are taking part|took part", 2},
        {"taking", NULL, "are taking|took", 1},
        {"getting", NULL, "are getting|got", 1},
        {"using", NULL, "are using|used", 1},
        {"use", "of", "use|used", 2},
        {"having", "taken", "have taken", 2},
        {"having", "had", "have had", 2},
        {"having", "used", "have used", 2},
        {"having", "received", "have received", 2},
    };
    static const char *const joints[] = {"or", "and", "and/or", NULL};
    static const char *const in[] = {"in", NULL};
    static const char *const other[] = {"part", "back", "worse", "into", NULL};
    static const char *const over[] = {"past", "prior", "previous", NULL};
    static const char *const not_verbs[] = {
        "during",   "imaging",  "bleeding", "clotting", "threatening",
        "swelling", "hearing",  "existing", "smoking",  "breastfeeding",
        "living",   "vomiting", NULL};
    static const trials_str_t none = {0, NULL};

    t = rewriter->sentence.list;

    if (!trials_rewrite_in(rewriter, text, i - 1, joints)
        || i + 2 >= rewriter->sentence.n)
    {
        return none;
    }

    for (n = 0; n < sizeof(forms) / sizeof(forms[0]); n++) {
        if (trials_word_is(text.data + t[i].start, t[i].len, forms[n].first)
            && (forms[n].second
                    ? trials_word_is(text.data + t[i + 1].start, t[i + 1].len,
                                     forms[n].second)
                    : !trials_rewrite_in(rewriter, text, i + 1, other)))
        {
            break;
        }
    }

    if (n == sizeof(forms) / sizeof(forms[0])
        || t[i + forms[n].used].kind != TRIALS_TOKEN_WORD
        || (n == 0 && !trials_rewrite_in(rewriter, text, i + 2, in)))
    {
        return none;
    }

    for (k = from; k < i; k++) {
        if (trials_rewrite_in(rewriter, text, k, trials_rewrite_relative)
            || (t[k].len > 4
                && trials_word_is(text.data + t[k].start + t[k].len - 3, 3,
                                  "ing")
                && !trials_rewrite_in(rewriter, text, k, not_verbs)))
        {
            return none;
        }
    }

    to.data = forms[n].to;
    to.len = strlen(to.data);
    said = trials_rewrite_tense(rewriter, text, to);
    *used = forms[n].used;

    /* "A history of addiction, or use of": of what is over too. */

    return said.data == to.data && strcmp(to.data, "use|used") == 0
                   && ((how & TRIALS_REST_PAST)
                       || trials_rewrite_in(rewriter, text, from, over))
               ? none
               : said;
}


/* Is there something between the tokens whose the "their" at the end may be? */

static int
trials_opening_owners(const trials_rewriter_t *rewriter, trials_str_t text,
                      size_t i, size_t end)
{
    static const char *const owners[] = {
        "drug",      "drugs",      "agents",     "components", "medicines",
        "products",  "parents",    "partners",   "vaccines",   "diseases",
        "therapies", "treatments", "antibodies", "doctors",    "inhibitors",
        "partner",   "parent",     "guardian",   "guardians",  "caregivers",
        NULL};
    static const char *const parts[] = {
        "other",        "ingredients", "excipients", "components",
        "metabolites",  "analogs",     "analogues",  "class",
        "constituents", "derivatives", "equivalent", NULL};

    /* "aspirin, heparin or their ingredients". */

    if (trials_rewrite_in(rewriter, text, end + 1, parts)) {
        return 1;
    }

    for (; i < end; i++) {
        if (trials_rewrite_in(rewriter, text, i, owners)) {
            return 1;
        }
    }

    return 0;
}


/* A verb in the third person, in the second. */

static void
trials_opening_verb(trials_str_t text, const trials_token_t *t,
                    trials_buf_t *buf)
{
    size_t      i, len;
    const char *word;
    static const struct {
        const char *third;
        const char *second;
    } verbs[] = {
        {"is", "are"}, {"was", "were"}, {"has", "have"}, {"does", "do"}};

    word = text.data + t->start;
    len = t->len;

    for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (trials_word_is(word, len, verbs[i].third)) {
            (void) trials_buf_append(buf, verbs[i].second,
                                     strlen(verbs[i].second));
            return;
        }
    }

    if (len > 3 && word[len - 1] == 's' && word[len - 2] != 's'
        && word[len - 2] != 'u')
    {
        len -= trials_word_is(word, len, "wishes") ? 2 : 1;
    }

    (void) trials_buf_append(buf, word, len);
}
