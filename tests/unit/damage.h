/*
 * Kinds of damage that a rewriting could do to a criterion.
 */

#ifndef TRIALS_TESTS_UNIT_DAMAGE_H
#define TRIALS_TESTS_UNIT_DAMAGE_H


#include <trials/memory.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>


typedef struct damage_s damage_t;

/* Writes the damaged text; 0 where the text has nothing to damage so. */
typedef int (*damage_pt)(const damage_t *damage, const char *text,
                         trials_buf_t *buf);

struct damage_s {
    const char *name;
    damage_pt   make;
    const char *from; /* a word or sign, or several parted by "|" */
    const char *to;
};


static void
damage_put(trials_buf_t *buf, const char *text, size_t at, size_t len,
           const char *to)
{
    trials_buf_reset(buf);
    (void) trials_buf_append(buf, text, at);
    (void) trials_buf_append(buf, to, strlen(to));
    (void) trials_buf_append(buf, text + at + len, strlen(text + at + len));
}


static int
damage_is_word(const char *text, size_t at, size_t len)
{
    /* "=<" is one sign. */

    if ((text[at] == '<' || text[at] == '>') && at > 0 && text[at - 1] == '=') {
        return 0;
    }

    if (isalnum((unsigned char) text[at]) && at > 0
        && (isalnum((unsigned char) text[at - 1]) || text[at - 1] == '-'))
    {
        return 0;
    }

    return !(
        isalpha((unsigned char) text[at + len - 1])
        && (isalnum((unsigned char) text[at + len]) || text[at + len] == '-'));
}


/* The first place where one of the words stands. */

static int
damage_find(const char *text, const char *words, size_t *at, size_t *len)
{
    size_t      i, n;
    const char *word;

    for (i = 0; text[i]; i++) {
        for (word = words; *word; word += n + (word[n] == '|')) {
            n = strcspn(word, "|");

            if (strncasecmp(text + i, word, n) == 0
                && damage_is_word(text, i, n)) {
                *at = i;
                *len = n;
                return 1;
            }
        }
    }

    return 0;
}


static int
damage_swap(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    if (!damage_find(text, damage->from, &at, &len)) {
        return 0;
    }

    damage_put(buf, text, at, len, damage->to);

    return 1;
}


/* The lower bound of a range says nothing more: "≥ 18 to ≤ 65" is "18 to ≤ 65". */

static int
damage_lower(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t      at, len;
    const char *p;

    if (!damage_find(text, damage->from, &at, &len)) {
        return 0;
    }

    p = text + at + len;
    p += strspn(p, " ");
    p += strspn(p, "0123456789.,%");
    p += strspn(p, " ");

    if (strncmp(p, "to ", 3) == 0 || *p == '-'
        || strncmp(p, "\xe2\x80\x93", 3) == 0)
    {
        return 0;
    }

    damage_put(buf, text, at, len, damage->to);

    return 1;
}


/* "and" or "or" between two things, and "both"; "18 or over" and "18 and over"
 * are one, as are "men or women" and "men and women", "both sexes" and "either
 * sex". */

static int
damage_join(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t            at, len, from, to, tolen;
    static const char bounds[] =
        "more|less|older|over|above|higher|greater|younger|lower|below|under|"
        "fewer|longer|equal|better|up|larger|smaller|shorter|elder|women|men|"
        "males|females|male|female|sexes|genders";

    for (from = 0; damage_find(text + from, damage->from, &at, &len);
         from = at + len)
    {
        at += from;

        if (damage_find(text + at + len, bounds, &to, &tolen) && to == 1) {
            continue;
        }

        damage_put(buf, text, at, len, damage->to);
        return 1;
    }

    return 0;
}


/* What begins with the word is cut off: "unless ...". */

static int
damage_cut_from(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    if (!damage_find(text, damage->from, &at, &len) || at == 0
        || text[at + len] == '\0')
    {
        return 0;
    }

    damage_put(buf, text, at, strlen(text + at), "");

    return 1;
}


/* The nth number that stands by itself. */

static int
damage_number(const char *text, size_t nth, size_t *at, size_t *len)
{
    size_t i;

    for (i = 0; text[i]; i += *len) {
        *len = 1;

        if (!isdigit((unsigned char) text[i])
            || (i
                && (isalnum((unsigned char) text[i - 1])
                    || text[i - 1] == '^')))
        {
            continue;
        }

        while (isdigit((unsigned char) text[i + *len])
               || ((text[i + *len] == '.' || text[i + *len] == ',')
                   && isdigit((unsigned char) text[i + *len + 1])))
        {
            ++*len;
        }

        if (!isalpha((unsigned char) text[i + *len]) && text[i + *len] != '^'
            && nth-- == 0)
        {
            *at = i;
            return 1;
        }
    }

    return 0;
}


static int
damage_number_changed(const damage_t *damage, const char *text,
                      trials_buf_t *buf)
{
    char   digit[2];
    size_t at, len;

    (void) damage;

    if (!damage_number(text, 0, &at, &len)) {
        return 0;
    }

    digit[0] = (char) ('1' + (text[at + len - 1] - '0' + 1) % 9);
    digit[1] = '\0';
    damage_put(buf, text, at + len - 1, 1, digit);

    return 1;
}


static int
damage_number_lost(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    (void) damage;

    if (!damage_number(text, 0, &at, &len)) {
        return 0;
    }

    damage_put(buf, text, at, len, "");

    return 1;
}


static int
damage_number_added(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    if (!damage_number(text, 0, &at, &len)) {
        return 0;
    }

    damage_put(buf, text, at + len, 0, damage->to);

    return 1;
}


/* The point, or the comma of thousands, is lost. */

static int
damage_number_point(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len, i, nth;

    for (nth = 0; damage_number(text, nth, &at, &len); nth++) {
        for (i = at; i < at + len; i++) {
            if (text[i] != damage->from[0]) {
                continue;
            }

            if (text[i] == ',' && at + len - i != 4) {
                continue;
            }

            if (text[i] == ',') {
                damage_put(buf, text, i, at + len - i, "");
            } else {
                damage_put(buf, text, i, 1, "");
            }
            return 1;
        }
    }

    return 0;
}


static int
damage_numbers_swapped(const damage_t *damage, const char *text,
                       trials_buf_t *buf)
{
    size_t at, len, to, tolen;

    (void) damage;

    if (!damage_number(text, 0, &at, &len)
        || !damage_number(text, 1, &to, &tolen)
        || (len == tolen && memcmp(text + at, text + to, len) == 0))
    {
        return 0;
    }

    trials_buf_reset(buf);
    (void) trials_buf_append(buf, text, at);
    (void) trials_buf_append(buf, text + to, tolen);
    (void) trials_buf_append(buf, text + at + len, to - at - len);
    (void) trials_buf_append(buf, text + at, len);
    (void) trials_buf_append(buf, text + to + tolen, strlen(text + to + tolen));

    return 1;
}


/* "18 to 75", "18-75": the end is lost. */

static int
damage_range_end(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len, to, tolen, nth, gap;

    (void) damage;

    for (nth = 0; damage_number(text, nth, &at, &len)
                  && damage_number(text, nth + 1, &to, &tolen);
         nth++)
    {
        gap = to - at - len;

        if ((gap == 1 && text[at + len] == '-')
            || (gap == 4 && memcmp(text + at + len, " to ", 4) == 0))
        {
            damage_put(buf, text, at + len, gap + tolen, "");
            return 1;
        }
    }

    return 0;
}


static int
damage_power(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    const char *p;

    (void) damage;

    p = strstr(text, "10^9");
    if (p == NULL) {
        return 0;
    }

    damage_put(buf, text, (size_t) (p - text) + 3, 1, "6");

    return 1;
}


/* A prefix that denies ("un", "non-") is lost. */

static int
damage_prefix(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t                   i, at, len;
    static const char *const words[] = {
        "uncontrolled", "untreated",    "unstable",   "unresectable",
        "inadequate",   "inability",    "ineligible", "asymptomatic",
        "non-smoker",   "non-invasive", "non-small",  "nonsmoker",
        "unwilling",    "incapable",    "abnormal",   "incomplete"};
    static const size_t prefixes[] = {2, 2, 2, 2, 2, 2, 2, 1,
                                      4, 4, 4, 3, 2, 2, 2, 2};

    (void) damage;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (damage_find(text, words[i], &at, &len)) {
            damage_put(buf, text, at, prefixes[i], "");
            return 1;
        }
    }

    return 0;
}


/* A long word in the middle: lost, said twice, another one. */

static int
damage_word(const char *text, size_t *at, size_t *len)
{
    size_t i;
    static const char *const not [] = {
        "participant", "participants", "patients", "subjects",
        "individuals", "individual",   "people",   "which",
        "their",       "there",        "these",    "those",
        "would",       "should",       "being",    "having",
        "patient",     "subject",      "persons",  "person",
        "patient's",   "subject's",    "presence", "participant's",
        "themselves",  "others",       "either",   "themself",
        "following",   "informed",     "activity", "experienced",
        "suffering",   "undergoing",   "undergo",  "underwent",
        "experiencing"};

    for (*at = strlen(text) / 3; text[*at]; *at += *len + 1) {
        while (*at > 0 && isalpha((unsigned char) text[*at - 1])) {
            --*at;
        }

        for (*len = 0; isalpha((unsigned char) text[*at + *len])
                       || text[*at + *len] == '\'';
             ++*len)
        {
            /* void */
        }

        if (*len < 6 || !damage_is_word(text, *at, *len)) {
            if (text[*at + *len] == '\0') {
                return 0;
            }
            continue;
        }

        for (i = 0; i < sizeof(not ) / sizeof(not [0]); i++) {
            if (strlen(not [i]) == *len
                && strncasecmp(text + *at, not [i], *len) == 0) {
                break;
            }
        }

        if (i == sizeof(not ) / sizeof(not [0])) {
            return 1;
        }

        if (text[*at + *len] == '\0') {
            return 0;
        }
    }

    return 0;
}


static int
damage_word_lost(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    if (!damage_word(text, &at, &len)) {
        return 0;
    }

    damage_put(buf, text, at, len, damage->to);

    return 1;
}


static int
damage_word_added(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    if (!damage_word(text, &at, &len)) {
        return 0;
    }

    damage_put(buf, text, at, 0, damage->to);

    return 1;
}


/* "no a or b" made "a or no b": the negation covers less. */

static int
damage_scope(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len, to, tolen;

    if (!damage_find(text, damage->from, &at, &len)
        || !damage_find(text + at + len, "or|and", &to, &tolen)
        || text[at + len] != ' ')
    {
        return 0;
    }

    to += at + len;
    trials_buf_reset(buf);
    (void) trials_buf_append(buf, text, at);
    (void) trials_buf_append(buf, text + at + len, to + tolen - at - len);
    (void) trials_buf_append(buf, " ", 1);
    (void) trials_buf_append(buf, text + at, len);
    (void) trials_buf_append(buf, text + to + tolen, strlen(text + to + tolen));

    return 1;
}


static int
damage_cut_short(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t n;

    (void) damage;

    for (n = 2 * strlen(text) / 3; text[n] && text[n] != ' '; n++) {
        /* void */
    }

    if (strlen(text + n) < 16) {
        return 0;
    }

    damage_put(buf, text, n, strlen(text + n), "");

    return 1;
}


/* Two criteria in one. */

static int
damage_merged(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    damage_put(buf, text, strlen(text), 0, damage->to);

    return text[0] != '\0';
}


static int
damage_brackets(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    const char *open, *close;

    (void) damage;

    open = strchr(text, '(');
    close = open ? strchr(open, ')') : NULL;

    if (close == NULL || close - open < 8) {
        return 0;
    }

    damage_put(buf, text, (size_t) (open - text), (size_t) (close - open) + 1,
               "");

    return 1;
}


/* "CYP3A4" made "CYP3A5", "HER2" made "HER3": another name. */

static int
damage_name(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t i;
    char   digit[2];

    (void) damage;

    for (i = 2; text[i]; i++) {
        if (isdigit((unsigned char) text[i])
            && isupper((unsigned char) text[i - 1])
            && isupper((unsigned char) text[i - 2])
            && !isalnum((unsigned char) text[i + 1]))
        {
            digit[0] = (char) ('1' + (text[i] - '0') % 9);
            digit[1] = '\0';
            damage_put(buf, text, i, 1, digit);
            return 1;
        }
    }

    return 0;
}


/* The anchor of a window: another event, or none. */

static int
damage_anchor(const damage_t *damage, const char *text, trials_buf_t *buf)
{
    size_t at, len;

    if (!damage_find(text, damage->from, &at, &len) || text[at + len] != ' '
        || strlen(text + at + len) < 8)
    {
        return 0;
    }

    damage_put(buf, text, at + len, strcspn(text + at + len, ",.;()"),
               damage->to);

    return 1;
}


static const damage_t damages[] = {
    {"number changed", damage_number_changed, NULL, NULL},
    {"number lost", damage_number_lost, NULL, NULL},
    {"number added", damage_number_added, NULL, " or 77"},
    {"decimal point lost", damage_number_point, ".", NULL},
    {"thousands lost", damage_number_point, ",", NULL},
    {"numbers swapped", damage_numbers_swapped, NULL, NULL},
    {"range's end lost", damage_range_end, NULL, NULL},
    {"power of ten changed", damage_power, NULL, NULL},
    {"at least made at most", damage_swap, "≥|>=|at least", "≤ "},
    {"at least made more than", damage_swap, "≥|>=|at least", "> "},
    {"at least lost", damage_lower, "≥|>=|at least", " "},
    {"at most made at least", damage_swap, "≤|<=|at most", "≥ "},
    {"at most made less than", damage_swap, "≤|<=|at most", "< "},
    {"more than turned", damage_swap, "> |more than|greater than", "< "},
    {"more than loosened", damage_swap, "> |more than|greater than", "≥ "},
    {"less than turned", damage_swap, "< |less than", "> "},
    {"less than loosened", damage_swap, "< |less than", "≤ "},
    {"or more turned", damage_swap, "or more|or higher|or greater", "or less"},
    {"or older turned", damage_swap, "or older", "or younger"},
    {"minimum turned", damage_swap, "minimum", "maximum"},
    {"up to turned", damage_swap, "up to", "at least"},
    {"mass changed", damage_swap, "mg", "mcg"},
    {"volume changed", damage_swap, "mL|ml", "L"},
    {"unit lost", damage_swap, "mg|kg|mmHg|mL|g/dL", ""},
    {"percent lost", damage_swap, "%", ""},
    {"weeks made months", damage_swap, "weeks|week", "months"},
    {"days made weeks", damage_swap, "days|day", "weeks"},
    {"months made years", damage_swap, "months|month", "years"},
    {"years made months", damage_swap, "years|year", "months"},
    {"limit of normal turned", damage_swap, "ULN", "LLN"},
    {"before made after", damage_swap, "before|prior to", "after"},
    {"after made before", damage_swap, "after|following", "before"},
    {"during made before", damage_swap, "during", "before"},
    {"within made more than", damage_swap, "within", "more than"},
    {"within lost", damage_swap, "within", ""},
    {"anchor lost", damage_anchor, "before|prior to|after", ""},
    {"anchor changed", damage_anchor, "before|prior to|after",
     " the last visit"},
    {"no lost", damage_swap, "no", ""},
    {"not lost", damage_swap, "not", ""},
    {"not added", damage_word_added, NULL, "not "},
    {"without turned", damage_swap, "without", "with"},
    {"unable turned", damage_swap, "unable", "able"},
    {"cannot turned", damage_swap, "cannot", "can"},
    {"never turned", damage_swap, "never", "ever"},
    {"denying prefix lost", damage_prefix, NULL, NULL},
    {"scope of no changed", damage_scope, "no|not|without", NULL},
    {"and made or", damage_join, "and", "or"},
    {"or made and", damage_join, "or", "and"},
    {"or made and you", damage_join, "or", "and you"},
    {"and/or made or", damage_swap, "and/or", "or"},
    {"or lost", damage_swap, "or", ""},
    {"if lost", damage_swap, "if", ""},
    {"exception dropped", damage_cut_from, "except|other than|apart from",
     NULL},
    {"exception turned", damage_swap, "except|other than", "including"},
    {"unless dropped", damage_cut_from, "unless", NULL},
    {"unless turned", damage_swap, "unless", "if"},
    {"any made all", damage_swap, "any", "all"},
    {"all made any", damage_swap, "all", "any"},
    {"both made either", damage_join, "both", "either"},
    {"only lost", damage_swap, "only", ""},
    {"at least one made all", damage_swap, "at least one|one or more", "all"},
    {"permission turned", damage_swap, "allowed|permitted|acceptable",
     "not allowed"},
    {"may made must not", damage_swap, "may", "must not"},
    {"positive made negative", damage_swap, "positive", "negative"},
    {"with made without", damage_swap, "with", "without"},
    {"current made prior", damage_swap, "current|active", "prior"},
    {"high made low", damage_swap, "high", "low"},
    {"severe made mild", damage_swap, "severe", "mild"},
    {"sex changed", damage_swap, "women|female|females", "men"},
    {"organ changed", damage_swap, "renal|kidney|hepatic|liver", "heart"},
    {"name changed", damage_name, NULL, NULL},
    {"word lost", damage_word_lost, NULL, ""},
    {"word changed", damage_word_lost, NULL, "banana"},
    {"word added", damage_word_added, NULL, "chronic "},
    {"brackets dropped", damage_brackets, NULL, NULL},
    {"cut short", damage_cut_short, NULL, NULL},
    {"merged with another", damage_merged, NULL,
     " You are pregnant or breastfeeding."}};

#define DAMAGES (sizeof(damages) / sizeof(damages[0]))


#endif
