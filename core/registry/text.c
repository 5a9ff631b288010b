/* Texts of others: made fit for XML, and for one line of a message. */

#include "core/registry/text.h"

#include <string.h>


static size_t trials_registry_character(const unsigned char *p, size_t len);


size_t
trials_registry_clean(char *dst, const char *src, size_t len)
{
    size_t               i, n;
    const unsigned char *p;

    p = (const unsigned char *) src;

    for (i = 0, n = 0; i < len; i++) {
        if (p[i] == '\r') {
            /* The LF of a pair speaks for both. */

            if (i + 1 == len || p[i + 1] != '\n') {
                dst[n++] = '\n';
            }

            continue;
        }

        if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') {
            continue;
        }

        if (p[i] == 0xef && len - i >= 3 && p[i + 1] == 0xbf
            && p[i + 2] >= 0xbe) {
            i += 2;
            continue;
        }

        dst[n++] = (char) p[i];
    }

    return n;
}


size_t
trials_registry_entities(char *text, size_t len)
{
    size_t i, k, n, size;
    static const struct {
        const char *name;
        char        sign;
    } entities[] = {{"&amp;", '&'},   {"&lt;", '<'},    {"&gt;", '>'},
                    {"&quot;", '"'},  {"&apos;", '\''}, {"&#39;", '\''},
                    {"&#039;", '\''}, {"&nbsp;", ' '},  {"&#160;", ' '}};

    for (i = 0, n = 0; i < len; i += size) {
        size = 1;
        text[n] = text[i];

        for (k = 0;
             text[i] == '&' && k < sizeof(entities) / sizeof(entities[0]); k++)
        {
            if (len - i >= strlen(entities[k].name)
                && memcmp(text + i, entities[k].name, strlen(entities[k].name))
                       == 0)
            {
                text[n] = entities[k].sign;
                size = strlen(entities[k].name);
                break;
            }
        }

        n++;
    }

    return n;
}


void
trials_registry_line(char *dst, size_t size, const char *src, size_t len)
{
    size_t               n, step;
    const unsigned char *p, *end;

    p = (const unsigned char *) src;
    end = p + len;
    n = 0;

    while (p < end) {
        step = trials_registry_character(p, (size_t) (end - p));

        if (n + (step ? step : 1) >= size) {
            break;
        }

        if (step == 0) {
            dst[n++] = '?';
            p++;
            continue;
        }

        if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0)) {
            dst[n++] = ' ';
            p += step;
            continue;
        }

        while (step--) {
            dst[n++] = (char) *p++;
        }
    }

    dst[n] = '\0';
}


/* Bytes of the character at p (RFC 3629), 0 where there is none. */

static size_t
trials_registry_character(const unsigned char *p, size_t len)
{
    size_t        i, n;
    unsigned char low, high;

    low = 0x80;
    high = 0xbf;

    if (p[0] < 0x80) {
        return 1;

    } else if (p[0] < 0xc2) {
        return 0;

    } else if (p[0] < 0xe0) {
        n = 2;

    } else if (p[0] < 0xf0) {
        n = 3;
        low = p[0] == 0xe0 ? 0xa0 : 0x80;
        high = p[0] == 0xed ? 0x9f : 0xbf;

    } else if (p[0] < 0xf5) {
        n = 4;
        low = p[0] == 0xf0 ? 0x90 : 0x80;
        high = p[0] == 0xf4 ? 0x8f : 0xbf;

    } else {
        return 0;
    }

    if (n > len || p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }

    return n;
}
