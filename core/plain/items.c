/*
 * A long enumeration as a list: "You have had any of these:" and an item a line.
 *
 * Only where every item can stand by itself.  "Heart, liver or kidney disease"
 * is one thing to read, and in "severe asthma, gout or migraine" nobody can say
 * what "severe" goes with: these stay sentences, as does what ends with words
 * that may belong to all of it ("..., or a stroke within 6 months").
 */

#include "core/plain/items.h"

#include "core/plain/clauses.h"
#include "core/plain/readability.h"

#include <string.h>


/* Words that a sentence needs before it is worth a list, of three items or more,
 * and of two; and how many fewer where it is hard to read. */
#define TRIALS_ITEMS_LONG 11
#define TRIALS_ITEMS_PAIR 13
#define TRIALS_ITEMS_HARD 3

/* Words that each item of a pair has at least. */
#define TRIALS_ITEM_WORDS 3


static size_t trials_items_colon(const trials_buf_t *buf, size_t start);
static int    trials_items_split(trials_items_t *items);
static void   trials_items_so_on(trials_items_t *items);
static int trials_items_worth(const trials_items_t *items, trials_str_t lead);
static int trials_items_lead(const trials_items_t *items, trials_str_t lead,
                             int voice, trials_buf_t *buf);
static size_t trials_items_words(trials_str_t text);
static int    trials_items_hard(trials_str_t lead, trials_str_t text);
static int    trials_str_ends(trials_str_t text, const char *end);


/* What may stand before a thing. */

static const char *const trials_items_leads[] = {
    " have",    " had",      " allergic to",  " used",        " use",
    " taking",  " got",      " getting",      " take",        " took",
    " for",     " have no",  " had no",       " includes",    " need",
    " abuse",   " have had", " examples are", " means",       " apply to",
    " stopped", " failed",   " completed",    "For example:", NULL};


int
trials_rewrite_items(trials_rewriter_t *rewriter, trials_buf_t *buf,
                     size_t start, size_t rest)
{
    int            voice;
    size_t         i, colon;
    trials_buf_t  *made;
    trials_str_t   lead, text;
    trials_items_t items;

    if (buf->failed != TRIALS_OK || buf->len <= start) {
        return 0;
    }

    memset(&items, 0, sizeof(trials_items_t));
    items.rewriter = rewriter;

    colon = trials_items_colon(buf, start);

    if (colon > rest) {
        rest = colon;
        items.open = 1;
    }

    if (rest <= start || rest >= buf->len) {
        return 0;
    }

    while (rest < buf->len && buf->data[rest] == ' ') {
        rest++;
    }

    lead.data = buf->data + start;
    lead.len = rest - start;

    while (lead.len && lead.data[lead.len - 1] == ' ') {
        lead.len--;
    }

    text.data = buf->data + rest;
    text.len = buf->len - rest;

    while (text.len
           && (text.data[text.len - 1] == '.' || text.data[text.len - 1] == ','
               || text.data[text.len - 1] == ';'))
    {
        text.len--;
    }

    if (trials_tokens_read(&rewriter->items, text) != TRIALS_OK) {
        buf->failed = TRIALS_NOMEM;
        return 0;
    }

    items.text = text.data;
    items.len = text.len;
    items.tokens = rewriter->items.list;
    items.ntokens = rewriter->items.n;

    /* "This includes", "Some examples are", "For example:". */

    items.shown = trials_str_ends(lead, "This includes")
                  || trials_str_ends(lead, "Some examples are")
                  || trials_str_ends(lead, "For example:");

    if (!trials_items_split(&items) || !trials_items_worth(&items, lead)
        || !trials_items_stand(&items))
    {
        return 0;
    }

    /* Not "This includes", "For example". */

    voice = !(lead.len > 4
              && (memcmp(lead.data, "This", 4) == 0
                  || memcmp(lead.data, "Some", 4) == 0
                  || memcmp(lead.data, "For ", 4) == 0));

    made = &rewriter->list;
    trials_buf_reset(made);

    if (!trials_items_lead(&items, lead, voice, made)) {
        return 0;
    }

    for (i = 0; i < items.n; i++) {
        const trials_token_t *t, *last;

        t = &items.tokens[items.first[i]];
        last = &items.tokens[items.end[i] - 1];

        (void) trials_buf_append(made, "\n", 1);
        colon = made->len;

        if (items.open && !items.loose && i + 1 == items.n) {
            t = &items.tokens[items.joint];
        }

        (void) trials_buf_append(made, items.text + t->start,
                                 last->start + last->len - t->start);
        (void) trials_buf_append(made, ".", 1);

        if (made->failed == TRIALS_OK) {
            trials_rewrite_capital(made, colon);
        }
    }

    if (items.so_on) {
        (void) trials_buf_append(made, "\nAnd so on.", 11);
    }

    if (made->failed != TRIALS_OK) {
        buf->failed = made->failed;
        return 0;
    }

    buf->len = start;
    (void) trials_buf_append(buf, made->data, made->len);
    rewriter->listed = 1;
    trials_trace_rule(rewriter->trace, "list", lead, lead);

    return 1;
}


/* Where what follows the one colon of the sentence begins, or 0. */

static size_t
trials_items_colon(const trials_buf_t *buf, size_t start)
{
    size_t i, found;
    long   depth;

    found = 0;
    depth = 0;

    for (i = start; i + 1 < buf->len; i++) {
        depth += (buf->data[i] == '(') - (buf->data[i] == ')');

        if (buf->data[i] == ':' && buf->data[i + 1] == ' ') {
            if (found || depth) {
                return 0;
            }
            found = i + 1;
        }
    }

    return found;
}


/* Cuts the enumeration at its commas and its last "or" or "and". */

static int
trials_items_split(trials_items_t *items)
{
    size_t i, depth, first, joints;

    depth = 0;
    first = 0;
    joints = 0;
    trials_items_so_on(items);

    for (i = 0; i < items->ntokens; i++) {
        if (trials_items_is(items, i, "(") || trials_items_is(items, i, "[")) {
            depth++;

        } else if (trials_items_is(items, i, ")")
                   || trials_items_is(items, i, "]")) {
            depth -= depth > 0;

        } else if (depth) {
            continue;

        } else if (trials_items_is(items, i, ":")
                   || trials_items_is(items, i, ";")
                   || (trials_items_is(items, i, ".")
                       && (i + 1 == items->ntokens
                           || items->tokens[i + 1].space)))
        {
            return 0;

        } else if (trials_items_is(items, i, ",") && i + 1 < items->ntokens
                   && items->tokens[i + 1].space)
        {
            if (i == first || items->n + 2 > TRIALS_ITEMS_MAX || items->joint) {
                return 0;
            }

            items->first[items->n] = first;
            items->end[items->n++] = i;
            first = i + 1;

            if (trials_items_joint(items, first)) {
                items->joint = first++;
            }

        } else if (trials_items_joint(items, i)) {
            joints++;
        }
    }

    /* "A, B or C": the joint within what is left. */

    if (items->joint == 0 && joints == 0 && (items->open || items->shown)
        && items->n > 1)
    {
        items->loose = 1;

    } else if (items->joint == 0) {
        if (joints != 1) {
            return 0;
        }

        for (i = first; i < items->ntokens && !trials_items_joint(items, i);
             i++) {
            depth += trials_items_is(items, i, "(");
        }

        if (i == first || i + 1 >= items->ntokens || depth) {
            return 0;
        }

        items->joint = i;
        items->meant = 1;
        items->first[items->n] = first;
        items->end[items->n++] = i;
        first = i + 1;
    }

    if (first >= items->ntokens) {
        return 0;
    }

    items->first[items->n] = first;
    items->end[items->n++] = items->ntokens;

    return items->n > 2 || joints + (items->end[0] < items->joint) == 1;
}


/* "gout, asthma and so on": of examples, a line of its own. */

static void
trials_items_so_on(trials_items_t *items)
{
    size_t n;

    n = items->ntokens;

    if (items->shown && n > 4 && trials_items_is(items, n - 3, "and")
        && trials_items_is(items, n - 2, "so")
        && trials_items_is(items, n - 1, "on"))
    {
        items->so_on = 1;
        items->ntokens = n - 3 - trials_items_is(items, n - 4, ",");
    }
}


int
trials_items_joint(const trials_items_t *items, size_t i)
{
    static const char *const joints[] = {"or", "and", NULL};

    return i + 1 < items->ntokens && items->tokens[i].space
           && items->tokens[i + 1].space && trials_items_in(items, i, joints);
}


static int
trials_items_worth(const trials_items_t *items, trials_str_t lead)
{
    size_t       i, words, most;
    trials_str_t text;

    text.data = items->text;
    text.len = items->len;
    words = trials_items_words(lead) + trials_items_words(text);

    if (trials_items_hard(lead, text)) {
        words += TRIALS_ITEMS_HARD;
    }

    if (items->n > 2) {
        return words >= TRIALS_ITEMS_LONG;
    }

    if (words < TRIALS_ITEMS_PAIR) {
        return 0;
    }

    for (i = 0, most = 0; i < items->n; i++) {
        const trials_token_t *t;

        t = &items->tokens[items->end[i] - 1];
        text.data = items->text + items->tokens[items->first[i]].start;
        text.len = (size_t) (items->text + t->start + t->len - text.data);
        words = trials_items_words(text);

        if (words < TRIALS_ITEM_WORDS) {
            return 0;
        }

        most = most > words ? most : words;
    }

    return most > TRIALS_ITEM_WORDS;
}


static int
trials_items_hard(trials_str_t lead, trials_str_t text)
{
    trials_readability_t reading;

    memset(&reading, 0, sizeof(trials_readability_t));

    if (lead.data < text.data && text.data <= lead.data + lead.len + 2) {
        text.len += (size_t) (text.data - lead.data);
        text.data = lead.data;
    }

    trials_readability_add(&reading, text);

    return trials_readability_grade(&reading) > TRIALS_CLAUSE_HARD;
}


/* Appends what stands above the list; 0 where nothing can. */

static int
trials_items_lead(const trials_items_t *items, trials_str_t lead, int voice,
                  trials_buf_t *buf)
{
    int         any;
    size_t      i;
    const char *these;

    if (items->open || items->loose) {
        (void) trials_buf_append(buf, lead.data, lead.len);
        (void) trials_buf_append(buf, ":", !trials_str_ends(lead, ":"));
        return 1;
    }

    if (items->so_on) {
        return 0;
    }

    any = trials_items_is(items, items->joint, "or");

    /* "Asthma, gout, and migraine" may mean any of them. */

    if ((!any && voice) || (any && trials_str_ends(lead, " are"))) {
        return 0;
    }

    for (i = 0;
         trials_items_leads[i] && !trials_str_ends(lead, trials_items_leads[i]);
         i++)
    {
        /* void */
    }

    if (trials_items_leads[i] == NULL) {
        return 0;
    }

    these = any ? " any of these:" : " these:";

    if (trials_str_ends(lead, " no")) {
        if (!any) {
            return 0;
        }

        /* "You have had no" is "You have not had any of these". */

        if (trials_str_ends(lead, "You have no")) {
            (void) trials_buf_append(buf, lead.data, lead.len - 7);
            (void) trials_buf_append(buf, "do not have", 11);

        } else if (trials_str_ends(lead, "You have had no")) {
            (void) trials_buf_append(buf, lead.data, lead.len - 6);
            (void) trials_buf_append(buf, "not had", 7);

        } else {
            return 0;
        }

    } else if (trials_str_ends(lead, ":")) {
        (void) trials_buf_append(buf, lead.data, lead.len - 1);
        (void) trials_buf_append(buf, ",", 1);

    } else {
        (void) trials_buf_append(buf, lead.data, lead.len);
    }

    (void) trials_buf_append(buf, these, strlen(these));

    return 1;
}


static size_t
trials_items_words(trials_str_t text)
{
    size_t i, n;

    for (i = 0, n = 0; i < text.len; i++) {
        n += text.data[i] != ' ' && (i == 0 || text.data[i - 1] == ' ');
    }

    return n;
}


int
trials_items_is(const trials_items_t *items, size_t i, const char *word)
{
    return trials_word_is(items->text + items->tokens[i].start,
                          items->tokens[i].len, word);
}


int
trials_items_in(const trials_items_t *items, size_t i, const char *const *list)
{
    return trials_word_in(items->text + items->tokens[i].start,
                          items->tokens[i].len, list);
}


static int
trials_str_ends(trials_str_t text, const char *end)
{
    size_t n;

    n = strlen(end);

    return text.len >= n && memcmp(text.data + text.len - n, end, n) == 0;
}
