/*
 * Marks of lists within a line.
 *
 * A mark is believed where a list can begin: at the line's start, after a colon
 * or after "the following criteria"; then marks of the same kind must count on.
 * "Cohort 1) or cohort 2)", "E. coli" and "1.5" are words.
 */

#include "core/plain/flattened.h"

#include "core/plain/text.h"

#include <string.h>


/* How a mark is written. */
typedef enum {
    TRIALS_MARK_NONE = 0,
    TRIALS_MARK_BULLET,
    TRIALS_MARK_STAR,
    TRIALS_MARK_LABEL,   /* a word of what follows, "Age:" */
    TRIALS_MARK_CIRCLED, /* one character */
    TRIALS_MARK_NUMBER,  /* and 1) (1) 1. */
    TRIALS_MARK_LETTER,
    TRIALS_MARK_ROMAN
} trials_mark_kind_t;

typedef struct {
    trials_mark_kind_t kind;
    char               open; /* '(' or nothing */
    char               close;
    unsigned           value;
    size_t             len; /* with the space after it */
} trials_mark_t;

typedef struct {
    trials_str_t  line;
    size_t        i;
    size_t        brackets;     /* that are open */
    unsigned      abstract : 1; /* as the cancer institute's: all labels */
    trials_mark_t style; /* of the list; value is that of the next item */
} trials_flattener_t;


static trials_mark_t trials_flattened_mark(const trials_flattener_t *f);
static size_t
trials_flattened_sign(const trials_flattener_t *f, trials_mark_t *mark);
static int trials_flattened_abstract(trials_str_t line);
static size_t
trials_flattened_label(const trials_flattener_t *f, trials_mark_t *mark);
static size_t
trials_flattened_count(const trials_flattener_t *f, trials_mark_t *mark);
static unsigned
trials_flattened_value(const char *p, size_t len, trials_mark_kind_t kind);
static int
              trials_flattened_may_begin(const trials_flattener_t *f,
                                         const trials_mark_t *mark, unsigned number);
static int    trials_flattened_goes_on(const trials_flattener_t *f,
                                       const trials_mark_t      *mark);
static int    trials_flattened_boundary(trials_str_t line, size_t i);
static char   trials_flattened_before(trials_str_t line, size_t i);
static size_t trials_flattened_stars(trials_str_t line);


void
trials_flattened_read(trials_flattened_t *list, trials_str_t line,
                      unsigned number)
{
    size_t             stars;
    trials_mark_t      mark;
    trials_flattener_t f;

    memset(&f, 0, sizeof(trials_flattener_t));
    f.line = line;
    list->n = 0;
    list->inner = 0;
    stars = trials_flattened_stars(line);
    f.abstract = trials_flattened_abstract(line) & 1;

    for (f.i = 0; f.i < line.len && list->n < TRIALS_FLATTENED_MAX; f.i++) {
        mark = trials_flattened_mark(&f);

        if (mark.kind == TRIALS_MARK_STAR && stars < 3
            && strchr(".;:)", trials_flattened_before(line, f.i)) == NULL)
        {
            mark.kind = TRIALS_MARK_NONE;
        }

        if (mark.kind != TRIALS_MARK_NONE
            && (list->n ? trials_flattened_goes_on(&f, &mark)
                        : trials_flattened_may_begin(&f, &mark, number)))
        {
            if (list->n == 0) {
                list->inner = trials_flattened_before(line, f.i) == ':'
                              || (mark.value == 1 && f.i > 0);
                list->numbered = mark.kind == TRIALS_MARK_NUMBER;
            }

            list->cuts[list->n].at = f.i;
            list->cuts[list->n].text =
                f.i + (mark.kind == TRIALS_MARK_LABEL ? 0 : mark.len);
            list->n++;

            f.style = mark;
            f.style.value++;
            f.brackets = 0;
            f.i += mark.len - 1;
            continue;
        }

        f.brackets += line.data[f.i] == '(';
        f.brackets -= line.data[f.i] == ')' && f.brackets > 0;
    }

    /* One number is no list; what the line counts as is the first of two. */

    if (list->n == 1 && f.style.kind >= TRIALS_MARK_CIRCLED
        && f.style.value == 2) {
        list->n = 0;
    }
}


static trials_mark_t
trials_flattened_mark(const trials_flattener_t *f)
{
    size_t        n;
    char          c;
    trials_mark_t mark;

    memset(&mark, 0, sizeof(trials_mark_t));
    c = f->line.data[f->i];

    if ((unsigned char) c >= 0x80 || c == '*' || c == '-') {
        n = trials_flattened_sign(f, &mark);

    } else if (c == '(' || trials_is_digit(c) || trials_is_lower(c)) {
        n = trials_flattened_count(f, &mark);

    } else if (f->abstract && trials_is_upper(c)) {
        n = trials_flattened_label(f, &mark);

    } else {
        return mark;
    }

    if (n == 0) {
        mark.kind = TRIALS_MARK_NONE;
        return mark;
    }

    while (f->i + n < f->line.len && f->line.data[f->i + n] == ' ') {
        n++;
    }

    if (f->i + n >= f->line.len) {
        mark.kind = TRIALS_MARK_NONE;
    }

    mark.len = n;

    return mark;
}


/* Bullets, stars and dashes before a capital; circled numbers. */

static size_t
trials_flattened_sign(const trials_flattener_t *f, trials_mark_t *mark)
{
    size_t   n;
    char     next, before;
    uint32_t code;

    n = trials_utf8_read(f->line.data + f->i, f->line.len - f->i, &code);

    if (code >= 0x2460 && code <= 0x2473) {
        mark->kind = TRIALS_MARK_CIRCLED;
        mark->value = code - 0x2460 + 1;
        return n;
    }

    next = f->i + n < f->line.len ? f->line.data[f->i + n] : '\0';

    if (next == ' ' && f->i + n + 1 < f->line.len) {
        next = f->line.data[f->i + n + 1];
    } else if (code == '*' || code == '-') {
        return 0;
    }

    before = trials_flattened_before(f->line, f->i);
    mark->kind = TRIALS_MARK_BULLET;

    switch (code) {
    case 0x2022:
    case 0x25aa:
    case 0x25cf:
    case 0x25a0:
    case 0x25e6:
        return trials_is_upper(next)
                       || (trials_is_lower(next)
                           && strchr(".;:", before) != NULL)
                   ? n
                   : 0;

    case '*':
        mark->kind = TRIALS_MARK_STAR;
        return f->i > 0 && f->line.data[f->i - 1] == ' '
                       && (trials_is_upper(next) || trials_is_lower(next))
                   ? n
                   : 0;

    case '-':
        return f->i > 0 && (before == ';' || before == ':')
                       && trials_is_upper(next)
                   ? n
                   : 0;

    default:
        return 0;
    }
}


/* "PATIENT CHARACTERISTICS: Age: ... Performance status: ...", in one line. */

static int
trials_flattened_abstract(trials_str_t line)
{
    size_t                   i;
    static const char *const titles[] = {"PATIENT CHARACTERISTICS:",
                                         "PRIOR CONCURRENT THERAPY:"};

    for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        if (line.len > strlen(titles[i])
            && memcmp(line.data, titles[i], strlen(titles[i])) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static size_t
trials_flattened_label(const trials_flattener_t *f, trials_mark_t *mark)
{
    size_t                   i, n;
    static const char *const labels[] = {
        "Age:",
        "Sex:",
        "Menopausal status:",
        "Performance status:",
        "Life expectancy:",
        "Hematopoietic:",
        "Hepatic:",
        "Renal:",
        "Cardiovascular:",
        "Pulmonary:",
        "Neurologic:",
        "Immunologic:",
        "Gastrointestinal:",
        "Other:",
        "Biologic therapy:",
        "Chemotherapy:",
        "Endocrine therapy:",
        "Radiotherapy:",
        "Surgery:",
    };

    if (f->i == 0 || f->line.data[f->i - 1] != ' ') {
        return 0;
    }

    for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        n = strlen(labels[i]);

        if (f->line.len - f->i > n
            && memcmp(f->line.data + f->i, labels[i], n) == 0) {
            mark->kind = TRIALS_MARK_LABEL;
            return n;
        }
    }

    return 0;
}


/* "1)", "(1)", "1. ", the same with letters and small Roman numerals. */

static size_t
trials_flattened_count(const trials_flattener_t *f, trials_mark_t *mark)
{
    char         close, after;
    size_t       start, len;
    trials_str_t line;

    line = f->line;

    if (!trials_flattened_boundary(line, f->i)) {
        return 0;
    }

    mark->open = line.data[f->i] == '(' ? '(' : '\0';
    start = f->i + (mark->open != '\0');

    for (len = 0; start + len < line.len && len < 5
                  && (trials_is_digit(line.data[start + len])
                      || trials_is_lower(line.data[start + len]));
         len++)
    {
        /* void */
    }

    if (len == 0 || len > 4 || start + len + 1 >= line.len) {
        return 0;
    }

    close = line.data[start + len];
    after = line.data[start + len + 1];

    if (close != ')' && (close != '.' || mark->open)) {
        return 0;
    }

    /* A full stop is one of a mark only before a space and a capital, or where
     * "; a.Fever" leaves no doubt. */

    if (close == '.'
        && !(len == 1 && trials_is_upper(after)
             && (f->i == 0
                 || (f->i > 1 && line.data[f->i - 1] == ' '
                     && line.data[f->i - 2] == ';')))
        && (after != ' ' || start + len + 2 >= line.len
            || !(trials_is_upper(line.data[start + len + 2])
                 || (unsigned char) line.data[start + len + 2] >= 0x80)))
    {
        return 0;
    }

    if (after != ' ' && !trials_is_upper(after) && (unsigned char) after < 0x80
        && after != '<' && after != '>')
    {
        return 0;
    }

    mark->close = close;

    if (trials_is_digit(line.data[start])) {
        mark->kind = TRIALS_MARK_NUMBER;

    } else if (f->style.kind != TRIALS_MARK_NONE) {
        mark->kind = f->style.kind;

    } else {
        mark->kind =
            line.data[start] == 'i' ? TRIALS_MARK_ROMAN : TRIALS_MARK_LETTER;
    }

    mark->value = trials_flattened_value(line.data + start, len, mark->kind);

    return mark->value ? start + len + 1 - f->i : 0;
}


static unsigned
trials_flattened_value(const char *p, size_t len, trials_mark_kind_t kind)
{
    size_t                   i;
    unsigned                 value;
    static const char *const roman[] = {"i",  "ii",  "iii",  "iv", "v",
                                        "vi", "vii", "viii", "ix", "x"};

    switch (kind) {
    case TRIALS_MARK_NUMBER:
        value = 0;

        for (i = 0; i < len; i++) {
            if (!trials_is_digit(p[i])) {
                return 0;
            }
            value = 10 * value + (unsigned) (p[i] - '0');
        }
        return len <= 2 ? value : 0;

    case TRIALS_MARK_LETTER:
        return len == 1 && trials_is_lower(p[0]) ? (unsigned) (p[0] - 'a') + 1
                                                 : 0;

    case TRIALS_MARK_ROMAN:
        for (i = 0; i < sizeof(roman) / sizeof(roman[0]); i++) {
            if (trials_word_is(p, len, roman[i])) {
                return (unsigned) i + 1;
            }
        }
        return 0;

    default:
        return 0;
    }
}


/* A mark may follow a space or a stop, not a word. */

static int
trials_flattened_boundary(trials_str_t line, size_t i)
{
    return i == 0 || strchr(" .;:,)", line.data[i - 1]) != NULL
           || (i >= 3 && memcmp(line.data + i - 3, "\xef\xbc\x9a", 3) == 0);
}


/* The last character before i that is no space; '\0' at the start.  A colon in
 * full width is a colon. */

static char
trials_flattened_before(trials_str_t line, size_t i)
{
    while (i > 0 && line.data[i - 1] == ' ') {
        i--;
    }

    if (i >= 3
        && (memcmp(line.data + i - 3, "\xef\xbc\x9a", 3) == 0
            || memcmp(line.data + i - 3, "\xef\xbc\x9b", 3) == 0))
    {
        return line.data[i - 1] == '\x9a' ? ':' : ';';
    }

    return i > 0 ? line.data[i - 1] : '\0';
}


static int
trials_flattened_may_begin(const trials_flattener_t *f,
                           const trials_mark_t *mark, unsigned number)
{
    size_t                   i, n;
    char                     before;
    static const char *const words[] = {"criteria", "following", "conditions",
                                        "requirements", NULL};

    if (f->brackets) {
        return 0;
    }

    if (mark->kind == TRIALS_MARK_BULLET || mark->kind == TRIALS_MARK_STAR
        || mark->kind == TRIALS_MARK_LABEL)
    {
        return 1;
    }

    before = trials_flattened_before(f->line, f->i);

    if (mark->kind == TRIALS_MARK_NUMBER && number && mark->value == number + 1
        && mark->close == ')')
    {
        return before == ';' || before == '.' || f->line.len < 160;
    }

    /* The first of them became a bullet: "asthma; (2) eczema", "(3) hay fever" on
     * a line of its own. */

    if (mark->kind == TRIALS_MARK_CIRCLED && mark->value > 1) {
        return before == '\0' || before == ';';
    }

    if (mark->value != 1) {
        return 0;
    }

    if (before == ':' || before == '\0') {
        return 1;
    }

    for (i = f->i; i > 0 && f->line.data[i - 1] == ' '; i--) {
        /* void */
    }

    for (n = 0; n < i && trials_is_lower(f->line.data[i - n - 1]); n++) {
        /* void */
    }

    return trials_word_in(f->line.data + i - n, n, words);
}


static int
trials_flattened_goes_on(const trials_flattener_t *f, const trials_mark_t *mark)
{
    if (mark->kind != f->style.kind || mark->open != f->style.open
        || mark->close != f->style.close)
    {
        return 0;
    }

    if (mark->kind == TRIALS_MARK_BULLET || mark->kind == TRIALS_MARK_STAR
        || mark->kind == TRIALS_MARK_LABEL)
    {
        return 1;
    }

    /* "1)" within brackets closes them. */

    return !(f->brackets && mark->open == '\0' && mark->close == ')')
           && (mark->value == f->style.value
               || (mark->kind == TRIALS_MARK_NUMBER
                   && mark->value == f->style.value + 1));
}


/* " * " in a line this often is a list; once or twice it may be a footnote or a
 * product. */

static size_t
trials_flattened_stars(trials_str_t line)
{
    size_t i, n;

    n = 0;

    for (i = 1; i + 2 < line.len; i++) {
        n += line.data[i] == '*' && line.data[i - 1] == ' '
             && line.data[i + 1] == ' ' && !trials_is_digit(line.data[i + 2]);
    }

    return n;
}
