/* Signs as a reader expects them: 10⁹, m², °C; commas as wide as others. */

#include "core/registry/text.h"

#include <string.h>


typedef struct {
    const char *text;
    const char *end;
    char        sign[16]; /* what a reader made */
} trials_signs_t;


static void
trials_signs_put(trials_buf_t *buf, const char *text, size_t len, int all);
static size_t trials_signs_power(trials_signs_t *signs, const char *p);
static size_t trials_signs_degree(trials_signs_t *signs, const char *p);
static size_t trials_signs_unit(trials_signs_t *signs, const char *p);
static size_t trials_signs_wide(trials_signs_t *signs, const char *p);
static int    trials_signs_numbered(const trials_signs_t *signs, const char *p);
static unsigned trials_signs_code(const char *p, const char *end);
static int      trials_signs_east(const char *p, const char *end);
static int trials_signs_measured(const trials_signs_t *signs, const char *p);
static const char            *
trials_signs_raised(const trials_signs_t *signs, const char *p);
static int trials_signs_digit(const char *p, const char *end);
static int trials_signs_letter(const char *p, const char *end);


void
trials_registry_signs(trials_buf_t *buf, const char *text, size_t len)
{
    trials_signs_put(buf, text, len, 1);
}


int
trials_registry_is_wide(const char *text, size_t len)
{
    return len && (memchr(text, 0xef, len) || memchr(text, 0xe3, len));
}


void
trials_registry_narrow(trials_buf_t *buf, const char *text, size_t len)
{
    trials_signs_put(buf, text, len, 0);
}


static void
trials_signs_put(trials_buf_t *buf, const char *text, size_t len, int all)
{
    size_t         used;
    const char    *p, *from;
    trials_signs_t signs;

    signs.text = text;
    signs.end = text + len;

    for (p = from = text; p < signs.end; p += used ? used : 1) {
        switch (*p) {
        case '^':
        case '\\':
            used = all ? trials_signs_power(&signs, p) : 0;
            used = all && used == 0 ? trials_signs_degree(&signs, p) : used;
            break;
        case 'c':
        case 'm':
            used = all ? trials_signs_unit(&signs, p) : 0;
            break;
        case '\xe3':
        case '\xef':
            used = trials_signs_wide(&signs, p);
            break;
        default:
            used = 0;
        }

        if (used) {
            (void) trials_buf_append(buf, from, (size_t) (p - from));
            (void) trials_buf_append(buf, signs.sign, strlen(signs.sign));
            from = p + used;
        }
    }

    (void) trials_buf_append(buf, from, (size_t) (signs.end - from));
}


/* "10^9", "m^2", "10^-5"; the bytes that were read, from the caret on. */

static size_t
trials_signs_power(trials_signs_t *signs, const char *p)
{
    char       *sign;
    const char *q;

    static const char *const digits[] = {
        "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",
        "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7",
        "\xe2\x81\xb8", "\xe2\x81\xb9"};

    q = trials_signs_raised(signs, p);
    if (q == NULL) {
        return 0;
    }

    sign = signs->sign;

    if (q < signs->end && *q == '-') {
        sign = stpcpy(sign, "\xe2\x81\xbb");
        q++;
    }

    if (!trials_signs_digit(q, signs->end)) {
        return 0;
    }

    sign = stpcpy(sign, digits[*q++ - '0']);

    if (trials_signs_digit(q, signs->end)) {
        (void) stpcpy(sign, digits[*q++ - '0']);
    }

    /* More digits, or a fraction, are no power that anybody writes. */

    if (trials_signs_digit(q, signs->end)
        || (q < signs->end && *q == '.'
            && trials_signs_digit(q + 1, signs->end)))
    {
        return 0;
    }

    return (size_t) (q - p);
}


/* "38^oC" and "38^ o C". */

static size_t
trials_signs_degree(trials_signs_t *signs, const char *p)
{
    const char *q;

    q = trials_signs_raised(signs, p);
    if (q == NULL) {
        return 0;
    }

    q += q < signs->end && *q == ' ';

    if (q == signs->end || *q != 'o') {
        return 0;
    }

    q++;
    q += q < signs->end && *q == ' ';

    if (q == signs->end || (*q != 'C' && *q != 'F')
        || trials_signs_letter(q + 1, signs->end))
    {
        return 0;
    }

    (void) stpcpy(stpcpy(signs->sign, " \xc2\xb0"), *q == 'C' ? "C" : "F");

    return (size_t) (q + 1 - p);
}


/* "kg/m2", "1.73m2", "mm3": with a space after a number. */

static size_t
trials_signs_unit(trials_signs_t *signs, const char *p)
{
    size_t      n;
    char       *sign;
    const char *q;

    if (p > signs->text && trials_signs_letter(p - 1, signs->end)) {
        return 0;
    }

    n = p + 1 < signs->end && p[1] == 'm' ? 2 : 1;
    q = p + n;

    if (p[n - 1] != 'm' || q == signs->end || (*q != '2' && *q != '3')
        || trials_signs_digit(q + 1, signs->end)
        || trials_signs_letter(q + 1, signs->end)
        || (n == 1 && !trials_signs_measured(signs, p)))
    {
        return 0;
    }

    sign = signs->sign;

    if (p > signs->text && trials_signs_digit(p - 1, signs->end)) {
        *sign++ = ' ';
    }

    sign = mempcpy(sign, p, n);
    (void) stpcpy(sign, *q == '2' ? "\xc2\xb2" : "\xc2\xb3");

    return n + 1;
}


/*
 * "18～75 years（or less），well": Unicode's full-width forms and the comma and
 * full stop of its "CJK Symbols and Punctuation" within a Western text, which has
 * spaces at them.
 */

static size_t
trials_signs_wide(trials_signs_t *signs, const char *p)
{
    int         before, after;
    char        c, *sign;
    unsigned    code;
    const char *q;

    code = trials_signs_code(p, signs->end);
    q = p + 3;

    if (code == 0 || trials_signs_east(q, signs->end)
        || (p - signs->text >= 3 && trials_signs_east(p - 3, signs->end)))
    {
        return 0;
    }

    sign = signs->sign;

    if (code == 0xff5e) {
        (void) stpcpy(sign, "\xe2\x80\x93");
        return 3;
    }

    c = code == 0x3001   ? (trials_signs_numbered(signs, p) ? '.' : ',')
        : code == 0x3002 ? '.'
                         : (char) (code - 0xff01 + '!');
    before = p > signs->text
             && (trials_signs_digit(p - 1, signs->end)
                 || trials_signs_letter(p - 1, signs->end));
    after = trials_signs_letter(q, signs->end)
            && trials_signs_code(q, signs->end) == 0;

    if (c == '(' && before) {
        *sign++ = ' ';
    }

    *sign++ = c;

    if ((after && strchr(",.:;)", c))
        || (trials_signs_digit(q, signs->end)
            && (strchr(",;)", c)
                || (c == ':' && p > signs->text
                    && !trials_signs_digit(p - 1, signs->end)))))
    {
        *sign++ = ' ';
    }

    *sign = '\0';

    return 3;
}


/* "1、Age": does a number that begins a line stand before p? */

static int
trials_signs_numbered(const trials_signs_t *signs, const char *p)
{
    const char *q;

    for (q = p; q > signs->text && trials_signs_digit(q - 1, signs->end); q--) {
        /* void */
    }

    return q < p && p - q <= 2 && (q == signs->text || q[-1] == '\n');
}


/* The full-width form, comma or full stop at p, or 0. */

static unsigned
trials_signs_code(const char *p, const char *end)
{
    unsigned code;

    if (end - p < 3) {
        return 0;
    }

    code = ((unsigned) p[0] & 0x0f) << 12 | ((unsigned) p[1] & 0x3f) << 6
           | ((unsigned) p[2] & 0x3f);

    return (code >= 0xff01 && code <= 0xff5e) || code == 0x3001
                   || code == 0x3002
               ? code
               : 0;
}


/* A character of a text that is written with full-width signs: kana, ideographs,
 * Hangul. */

static int
trials_signs_east(const char *p, const char *end)
{
    const unsigned char *u;

    u = (const unsigned char *) p;

    return end - p >= 3
           && ((u[0] == 0xe3 && u[1] >= 0x81)
               || (u[0] >= 0xe4 && u[0] <= 0xed));
}


/* Does a number, "/", "(" or "per" stand before the unit? */

static int
trials_signs_measured(const trials_signs_t *signs, const char *p)
{
    while (p > signs->text && p[-1] == ' ') {
        p--;
    }

    return p > signs->text
           && (p[-1] == '/' || p[-1] == '('
               || trials_signs_digit(p - 1, signs->end)
               || (p - signs->text >= 3 && memcmp(p - 3, "per", 3) == 0));
}


/* What follows a caret that stands right after a number or a unit; NULL for
 * another one.  Markdown may have escaped it. */

static const char *
trials_signs_raised(const trials_signs_t *signs, const char *p)
{
    if (p == signs->text
        || !(p[-1] == ')' || trials_signs_digit(p - 1, signs->end)
             || trials_signs_letter(p - 1, signs->end)))
    {
        return NULL;
    }

    p += *p == '\\';

    return p < signs->end && *p == '^' ? p + 1 : NULL;
}


static int
trials_signs_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}


/* Letters beyond ASCII count as such. */

static int
trials_signs_letter(const char *p, const char *end)
{
    return p < end
           && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_'
               || (unsigned char) *p >= 0x80);
}
