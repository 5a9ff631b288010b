/*
 * What a rewritten text needs to read well: "a" or "an" before what was put
 * there, no word twice, a capital at its start, brackets in pairs; and signs as
 * a reader expects them, 10⁹ for 10^9.  What the record wrote so itself stays.
 */

#include "core/plain/rewrite.h"
#include "core/registry/text.h"

#include <string.h>
#include <strings.h>


typedef struct {
    trials_str_t          original;
    trials_str_t          text;
    const trials_token_t *tokens;
    size_t                ntokens;
    size_t                from;      /* what stands before it is written */
    char                  closes[4]; /* brackets to be closed, the last first */
    size_t                ncloses;
    trials_buf_t         *buf;
} trials_mender_t;


static size_t trials_mend_latin(trials_mender_t *m, size_t i);
static size_t trials_mend_example(trials_mender_t *m, size_t i);
static size_t trials_mend_article(trials_mender_t *m, size_t i);
static size_t trials_mend_double(trials_mender_t *m, size_t i);
static size_t trials_mend_verb(trials_mender_t *m, size_t i);
static int    trials_mend_signs(const trials_mender_t *m, size_t i);
static size_t trials_mend_view(trials_mender_t *m, size_t i);
static size_t trials_mend_history(trials_mender_t *m, size_t i);
static size_t trials_mend_stop(trials_mender_t *m, size_t i);
static size_t trials_mend_bracket(trials_mender_t *m, size_t i);
static int    trials_mend_pair(const trials_mender_t *m, size_t i);
static int    trials_mend_mark(const trials_mender_t *m, size_t i);
static void   trials_mend_start(trials_mender_t *m);
static void   trials_mend_end(trials_mender_t *m);
static void
trials_mend_put(trials_mender_t *m, size_t i, size_t used, const char *words);
static int trials_mend_is(const trials_mender_t *m, size_t i, const char *word);
static int trials_mend_said(const trials_mender_t *m, size_t i);


trials_rc_t
trials_rewrite_mend(trials_rewriter_t *rewriter, trials_str_t original,
                    trials_str_t text)
{
    size_t          i, k, used;
    trials_mender_t m;

    static size_t (*const menders[])(trials_mender_t *, size_t) = {
        trials_mend_latin,  trials_mend_example, trials_mend_article,
        trials_mend_double, trials_mend_verb,    trials_mend_view,
        trials_mend_stop,   trials_mend_bracket, trials_mend_history,
    };

    trials_buf_reset(&rewriter->signs);
    trials_registry_signs(&rewriter->signs, text.data, text.len);

    if (rewriter->signs.failed != TRIALS_OK) {
        return rewriter->signs.failed;
    }

    text.data = rewriter->signs.data;
    text.len = rewriter->signs.len;

    if (trials_tokens_read(&rewriter->sentence, text) != TRIALS_OK) {
        return TRIALS_NOMEM;
    }

    memset(&m, 0, sizeof(trials_mender_t));
    m.original = original;
    m.text = text;
    m.tokens = rewriter->sentence.list;
    m.ntokens = rewriter->sentence.n;
    m.buf = &rewriter->mended;

    trials_buf_reset(m.buf);

    for (i = 0; i < m.ntokens; i += used) {
        used = 0;

        for (k = 0; k < sizeof(menders) / sizeof(menders[0]) && used == 0; k++)
        {
            used = menders[k](&m, i);
        }

        used += used == 0;
    }

    (void) trials_buf_append(m.buf, text.data + m.from, text.len - m.from);

    if (m.buf->failed == TRIALS_OK && m.buf->len) {
        trials_mend_start(&m);
        trials_mend_end(&m);
    }

    return m.buf->failed;
}


/* "e.g." and "i.e.". */

static size_t
trials_mend_latin(trials_mender_t *m, size_t i)
{
    int         opens;
    size_t      used;
    const char *words;

    if (!(trials_mend_is(m, i, "e") || trials_mend_is(m, i, "i"))
        || !trials_mend_is(m, i + 1, ".") || i + 2 >= m->ntokens
        || m->tokens[i + 1].space || m->tokens[i + 2].space)
    {
        return 0;
    }

    used = trials_mend_is(m, i + 3, ".") ? 4 : 3;
    opens = i == 0 || trials_mend_is(m, i - 1, ".");

    if (trials_mend_is(m, i, "e") && trials_mend_is(m, i + 2, "g")) {
        words = opens ? "For example" : "for example";

    } else if (trials_mend_is(m, i, "i") && trials_mend_is(m, i + 2, "e")) {
        words = opens ? "That is" : "that is";

    } else {
        return 0;
    }

    trials_mend_put(m, i, used, words);

    if (i + used < m->ntokens && m->tokens[i + used].kind != TRIALS_TOKEN_SIGN)
    {
        (void) trials_buf_append(m->buf, ",", 1);

        if (!m->tokens[i + used].space) {
            (void) trials_buf_append(m->buf, " ", 1);
        }
    }

    return used;
}


/* "(for example, aspirin)" is "(such as aspirin)"; "(for example, if ...)" is
 * not, nor is "(for example, the test is positive)". */

static size_t
trials_mend_example(trials_mender_t *m, size_t i)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const no[] = {
        "because",   "to",    "for",    "by",      "if",        "when",
        "of",        "while", "due",    "in",      "on",        "at",
        "not",       "only",  "with",   "without", "following", "expected",
        "but",       "you",   "people", "patient", "patients",  "subjects",
        "diagnosed", "need",  "after",  "before",  "within",    "or",
        "and",       "this",  "taken",  "used",    "as",        "from",
        "during",    "they",  NULL};
    static const char *const verbs[] = {"is",  "are",  "was",  "were",
                                        "has", "have", "had",  "can",
                                        "may", "must", "will", NULL};
    static const char *const relative[] = {"that", "which", "who", ")", NULL};

    if (i == 0 || !trials_mend_is(m, i - 1, "(") || !trials_mend_is(m, i, "for")
        || !trials_mend_is(m, i + 1, "example")
        || !trials_mend_is(m, i + 2, ",") || i + 3 >= m->ntokens)
    {
        return 0;
    }

    t = &m->tokens[i + 3];

    if (t->kind != TRIALS_TOKEN_WORD
        || trials_word_in(m->text.data + t->start, t->len, no))
    {
        return 0;
    }

    for (k = i + 3; k < m->ntokens; k++) {
        t = &m->tokens[k];

        if (trials_word_in(m->text.data + t->start, t->len, verbs)) {
            return 0;
        }

        if (trials_word_in(m->text.data + t->start, t->len, relative)) {
            break;
        }
    }

    trials_mend_put(m, i, 3, "such as");

    return 3;
}


static size_t
trials_mend_article(trials_mender_t *m, size_t i)
{
    int                   an;
    const trials_token_t *t, *next;

    if (i + 1 >= m->ntokens) {
        return 0;
    }

    t = &m->tokens[i];
    next = t + 1;
    an = trials_mend_is(m, i, "an");

    /* "an other illness". */

    if ((an || trials_mend_is(m, i, "a")) && trials_mend_is(m, i + 1, "other")
        && !trials_is_upper(m->text.data[t->start]))
    {
        trials_mend_put(m, i, 2, "another");
        return 2;
    }

    if ((!an && !trials_mend_is(m, i, "a")) || !next->space
        || next->kind == TRIALS_TOKEN_SIGN
        || (trials_is_upper(m->text.data[t->start])
            && !(i == 0 || trials_mend_is(m, i - 1, ".")))
        || trials_rewrite_wants_an(m->text.data + next->start, next->len) == an
        || trials_mend_said(m, i))
    {
        return 0;
    }

    if (trials_is_upper(m->text.data[t->start])) {
        trials_mend_put(m, i, 1, an ? "A" : "An");
    } else {
        trials_mend_put(m, i, 1, an ? "a" : "an");
    }

    return 1;
}


/* "to to", where the record does not say so. */

static size_t
trials_mend_double(trials_mender_t *m, size_t i)
{
    const trials_token_t *t, *next;

    if (i + 1 >= m->ntokens) {
        return 0;
    }

    t = &m->tokens[i];
    next = t + 1;

    if (t->kind != TRIALS_TOKEN_WORD || t->len < 2 || next->len != t->len
        || m->text.data[next->start - 1] != ' '
        || strncasecmp(m->text.data + t->start, m->text.data + next->start,
                       t->len)
               != 0
        || trials_mend_is(m, i, "had") || trials_mend_is(m, i, "that")
        || trials_mend_said(m, i))
    {
        return 0;
    }

    (void) trials_buf_append(m->buf, m->text.data + m->from,
                             t->start + t->len - m->from);
    m->from = next->start + next->len;

    return 2;
}


/* "you takes", where the record speaks of "he or she". */

static size_t
trials_mend_verb(trials_mender_t *m, size_t i)
{
    size_t                   len, who;
    const trials_token_t    *t;
    static const char *const verbs[] = {
        "takes",        "needs",     "agrees",   "gets",
        "meets",        "uses",      "wants",    "wishes",
        "shows",        "lives",     "receives", "requires",
        "plans",        "refuses",   "intends",  "understands",
        "suffers",      "wears",     "speaks",   "participates",
        "stops",        "starts",    "develops", "experiences",
        "stays",        "confirms",  "reaches",  "provides",
        "complies",     "follows",   "gives",    "remains",
        "participates", "completes", "smokes",   NULL};
    static const char *const how[] = {"freely", "also", "still", "now", NULL};
    static const struct {
        const char *third;
        const char *second;
    } odd[] = {{"is", "are"}, {"was", "were"}, {"has", "have"}, {"does", "do"}};

    if (trials_mend_signs(m, i)) {
        trials_mend_put(m, i, 1, "sign");
        return 1;
    }

    /* "You freely takes part". */

    who = i > 1
                  && trials_word_in(m->text.data + m->tokens[i - 1].start,
                                    m->tokens[i - 1].len, how)
              ? i - 2
              : i - 1;

    if (i == 0 || !trials_mend_is(m, who, "you") || !m->tokens[i].space
        || trials_mend_said(m, who))
    {
        return 0;
    }

    for (len = 0; len < sizeof(odd) / sizeof(odd[0]); len++) {
        if (trials_mend_is(m, i, odd[len].third)) {
            trials_mend_put(m, i, 1, odd[len].second);
            return 1;
        }
    }

    t = &m->tokens[i];

    if (!trials_word_in(m->text.data + t->start, t->len, verbs)) {
        return 0;
    }

    len = t->start + t->len - 1 - trials_mend_is(m, i, "wishes");
    (void) trials_buf_append(m->buf, m->text.data + m->from, len - m->from);
    m->from = t->start + t->len;

    return 1;
}


/* "You take part and freely signs the form". */

static int
trials_mend_signs(const trials_mender_t *m, size_t i)
{
    size_t                   k, joint;
    const trials_token_t    *t;
    static const char *const what[] = {"the",     "a",   "an", "written",
                                       "consent", "ICF", NULL};
    static const char *const others[] = {
        "who", "parent", "parents", "guardian", "person", "people", NULL};

    joint = i > 1 && trials_mend_is(m, i - 1, "freely") ? i - 2 : i - 1;

    if (i < 3 || i + 1 >= m->ntokens || !trials_mend_is(m, i, "signs")
        || !trials_mend_is(m, joint, "and")
        || !trials_word_in(m->text.data + m->tokens[i + 1].start,
                           m->tokens[i + 1].len, what))
    {
        return 0;
    }

    for (k = joint; k > 0; k--) {
        t = &m->tokens[k - 1];

        if (trials_mend_is(m, k - 1, "you")) {
            return 1;
        }

        if (trials_mend_is(m, k - 1, ".")
            || trials_word_in(m->text.data + t->start, t->len, others))
        {
            return 0;
        }
    }

    return 0;
}


/* "in the study in the study doctor's view" asks for a comma. */

static size_t
trials_mend_view(trials_mender_t *m, size_t i)
{
    if (i == 0 || !trials_mend_is(m, i - 1, "study")
        || !trials_mend_is(m, i, "in") || !trials_mend_is(m, i + 1, "the")
        || !trials_mend_is(m, i + 2, "study")
        || !trials_mend_is(m, i + 3, "doctor's"))
    {
        return 0;
    }

    (void) trials_buf_append(m->buf, m->text.data + m->from,
                             m->tokens[i - 1].start + m->tokens[i - 1].len
                                 - m->from);
    (void) trials_buf_append(m->buf, ",", 1);
    m->from = m->tokens[i - 1].start + m->tokens[i - 1].len;

    return 4;
}


/* "You have asthma or history of stroke" asks for an article. */

static size_t
trials_mend_history(trials_mender_t *m, size_t i)
{
    if (i < 2 || !trials_mend_is(m, i, "history")
        || !trials_mend_is(m, i + 1, "of")
        || trials_is_upper(m->text.data[m->tokens[i].start])
        || !(trials_mend_is(m, i - 1, "or") || trials_mend_is(m, i - 1, "and")
             || trials_mend_is(m, i - 1, ",")))
    {
        return 0;
    }

    /* "Presence or history of" has its article before it. */

    if (!(trials_mend_is(m, i - 1, ",") || i < 4
          || m->tokens[i - 2].kind == TRIALS_TOKEN_SIGN
          || !(trials_mend_is(m, i - 3, "a")
               || trials_mend_is(m, i - 3, "of"))))
    {
        return 0;
    }

    trials_mend_put(m, i, 1, "a history");

    return 1;
}


/* No space before a comma, no stop either ("et al., 2009"), and one stop at the
 * end of a sentence. */

static size_t
trials_mend_stop(trials_mender_t *m, size_t i)
{
    const trials_token_t *t;

    t = &m->tokens[i];

    /* Nothing stands before it. */

    if (i == 0 && m->ntokens > 1
        && (trials_mend_is(m, i, ",") || trials_mend_is(m, i, ";")))
    {
        m->from = t[1].start;
        return 1;
    }

    if (i == 0 || t->kind != TRIALS_TOKEN_SIGN) {
        return 0;
    }

    if (t->space && (trials_mend_is(m, i, ",") || trials_mend_is(m, i, ";"))
        && i + 1 < m->ntokens)
    {
        (void) trials_buf_append(m->buf, m->text.data + m->from,
                                 t[-1].start + t[-1].len - m->from);
        m->from = t->start;

        if (!t[1].space && t[1].kind == TRIALS_TOKEN_WORD) {
            (void) trials_buf_append(m->buf, m->text.data + t->start, 1);
            (void) trials_buf_append(m->buf, " ", 1);
            m->from = t[1].start;
        }

        return 1;
    }

    if (trials_mend_is(m, i, ".") && trials_mend_is(m, i + 1, ",")
        && !t[1].space) {
        trials_mend_put(m, i, 1, "");
        return 1;
    }

    if (trials_mend_is(m, i, ".") && trials_mend_is(m, i - 1, ")") && i > 1
        && trials_mend_is(m, i - 2, ".") && i + 1 == m->ntokens)
    {
        trials_mend_put(m, i, 1, "");
        return 1;
    }

    if (trials_mend_is(m, i, ".") && trials_mend_is(m, i - 1, ".")
        && i + 1 == m->ntokens && !(i > 1 && trials_mend_is(m, i - 2, ".")))
    {
        trials_mend_put(m, i, 1, "");
        return 1;
    }

    return 0;
}


/* A bracket without its pair goes; one that is only not closed is closed at the
 * text's end. */

static size_t
trials_mend_bracket(trials_mender_t *m, size_t i)
{
    char c;

    if (m->tokens[i].kind != TRIALS_TOKEN_SIGN) {
        return 0;
    }

    c = m->text.data[m->tokens[i].start];

    if (strchr("()[]", c) == NULL || trials_mend_pair(m, i)
        || trials_mend_mark(m, i))
    {
        return 0;
    }

    if (c == '(' || c == '[') {
        if (i > 0 && i + 2 < m->ntokens && m->ncloses < sizeof(m->closes)
            && !trials_mend_is(m, m->ntokens - 1, ":"))
        {
            m->closes[m->ncloses++] = c == '(' ? ')' : ']';
            return 0;
        }
    }

    trials_mend_put(m, i, 1, "");

    /* "allowed.)." and "growth ), and". */

    if (i + 1 < m->ntokens && trials_mend_is(m, i - 1, ".")
        && trials_mend_is(m, i + 1, "."))
    {
        m->from = m->tokens[i + 1].start + m->tokens[i + 1].len;
        return 2;
    }

    if (m->tokens[i].space
        && (i + 1 == m->ntokens || m->tokens[i + 1].kind == TRIALS_TOKEN_SIGN))
    {
        m->buf->len -= m->buf->failed == TRIALS_OK && m->buf->len;
    }

    return 1;
}


/* Does the bracket at token i have its pair? */

static int
trials_mend_pair(const trials_mender_t *m, size_t i)
{
    char   c, open, close;
    long   depth;
    size_t k;

    c = m->text.data[m->tokens[i].start];
    open = c == '(' || c == ')' ? '(' : '[';
    close = open == '(' ? ')' : ']';
    depth = 0;
    k = i;

    for (;;) {
        if (m->tokens[k].kind == TRIALS_TOKEN_SIGN) {
            depth += m->text.data[m->tokens[k].start] == open;
            depth -= m->text.data[m->tokens[k].start] == close;

            if (depth == 0) {
                return 1;
            }
        }

        if (c == open ? k + 1 == m->ntokens : k == 0) {
            return 0;
        }

        k = c == open ? k + 1 : k - 1;
    }
}


/* "a)", "ii)", "3)": the mark of an item. */

static int
trials_mend_mark(const trials_mender_t *m, size_t i)
{
    size_t                k;
    const trials_token_t *t;

    if (i == 0 || m->text.data[m->tokens[i].start] != ')' || m->tokens[i].space)
    {
        return 0;
    }

    t = &m->tokens[i - 1];

    if (t->len > 4 || t->kind == TRIALS_TOKEN_SIGN || !(i == 1 || t->space)) {
        return 0;
    }

    if (t->kind == TRIALS_TOKEN_NUMBER || t->len == 1) {
        return 1;
    }

    for (k = 0; k < t->len; k++) {
        if (strchr("ivx", trials_lower(m->text.data[t->start + k])) == NULL) {
            return 0;
        }
    }

    return 1;
}


/* A capital for the first word, unless it is the mark of an item or is written in
 * a way of its own. */

static void
trials_mend_start(trials_mender_t *m)
{
    size_t i, end;
    char   c;

    for (i = 0; i < m->buf->len; i++) {
        c = m->buf->data[i];

        if (strchr(" \"'(*[-", c) == NULL && (unsigned char) c < 0x80) {
            break;
        }
    }

    for (end = i; end < m->buf->len && trials_is_lower(m->buf->data[end]);
         end++) {
        /* void */
    }

    /* "b. *asthma" */

    if (end + 3 < m->buf->len && memcmp(m->buf->data + end, ". *", 3) == 0) {
        trials_rewrite_capital(m->buf, end + 3);
        return;
    }

    /* After the mark of an item the next word has it, where there is one. */

    if (end < m->buf->len && end <= i + 4
        && (m->buf->data[end] == ')' || m->buf->data[end] == '.'))
    {
        if (end + 2 >= m->buf->len || m->buf->data[end] != ')'
            || m->buf->data[end + 1] != ' ')
        {
            return;
        }

        i = end + 2;
    }

    trials_rewrite_capital(m->buf, i);
}


/* Closes what stands open, before the stop that ends the text. */

static void
trials_mend_end(trials_mender_t *m)
{
    int stop;

    if (m->ncloses == 0) {
        return;
    }

    stop = m->buf->data[m->buf->len - 1] == '.';
    m->buf->len -= (size_t) stop;

    while (m->ncloses) {
        (void) trials_buf_append(m->buf, &m->closes[--m->ncloses], 1);
    }

    if (stop) {
        (void) trials_buf_append(m->buf, ".", 1);
    }
}


static void
trials_mend_put(trials_mender_t *m, size_t i, size_t used, const char *words)
{
    const trials_token_t *end;

    end = &m->tokens[i + used - 1];

    (void) trials_buf_append(m->buf, m->text.data + m->from,
                             m->tokens[i].start - m->from);
    (void) trials_buf_append(m->buf, words, strlen(words));
    m->from = end->start + end->len;
}


static int
trials_mend_is(const trials_mender_t *m, size_t i, const char *word)
{
    return i < m->ntokens
           && trials_word_is(m->text.data + m->tokens[i].start,
                             m->tokens[i].len, word);
}


/* Does the record itself say the two words from token i on? */

static int
trials_mend_said(const trials_mender_t *m, size_t i)
{
    size_t      len;
    const char *p, *end, *words;

    words = m->text.data + m->tokens[i].start;
    len = m->tokens[i + 1].start + m->tokens[i + 1].len - m->tokens[i].start;
    p = m->original.data;
    end = p + m->original.len;

    for (/* void */; (p = memmem(p, (size_t) (end - p), words, len)) != NULL;
         p++) {
        if (p == m->original.data || !trials_is_lower(trials_lower(p[-1]))) {
            return 1;
        }
    }

    return 0;
}
