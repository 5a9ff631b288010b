/*
 * Tokens and characters.
 */

#include "core/plain/text.h"

#include <stdlib.h>
#include <string.h>


static size_t          trials_word_end(trials_str_t text, size_t i);
static size_t          trials_number_end(trials_str_t text, size_t i);
static trials_token_t *trials_tokens_push(trials_tokens_t *tokens);
static void trials_text_put(trials_buf_t *buf, size_t start, size_t *space,
                            const char *data, size_t len);


size_t
trials_utf8_decode(const char *data, size_t len, uint32_t *code)
{
    size_t                i, n;
    uint32_t              c;
    const unsigned char  *p;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

    p = (const unsigned char *) data;

    n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
    *code = 0xfffd;

    if (n == 0 || n > len || p[0] > 0xf4) {
        return 1;
    }

    c = p[0] & (0xffU >> (n + 1));

    for (i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 1;
        }
        c = (c << 6) | (p[i] & 0x3f);
    }

    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 1;
    }

    *code = c;

    return n;
}


int
trials_is_letter_beyond(uint32_t code)
{
    return code == 0xaa || code == 0xb5 || code == 0xba
           || (code >= 0xc0 && code <= 0x24f && code != 0xd7 && code != 0xf7)
           || (code >= 0x250 && code <= 0x52f && code != 0x37e && code != 0x387)
           || (code >= 0x530 && code <= 0x1fff)
           || (code >= 0x3040 && code <= 0xd7ff)
           || (code >= 0xf900 && code <= 0xfdff);
}


int
trials_is_space_beyond(uint32_t code)
{
    return code == 0x85 || code == 0xa0 || code == 0x1680
           || (code >= 0x2000 && code <= 0x200b) || code == 0x2028
           || code == 0x2029 || code == 0x202f || code == 0x205f
           || code == 0x3000 || code == 0xfeff;
}


int
trials_word_is(const char *data, size_t len, const char *lower)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (trials_lower(data[i]) != lower[i] || lower[i] == '\0') {
            return 0;
        }
    }

    return lower[len] == '\0';
}


int
trials_word_in(const char *data, size_t len, const char *const *list)
{
    char first;

    first = len ? trials_lower(data[0]) : '\0';

    for (; *list; list++) {
        if ((*list)[0] == first && trials_word_is(data, len, *list)) {
            return 1;
        }
    }

    return 0;
}


trials_rc_t
trials_tokens_read(trials_tokens_t *tokens, trials_str_t text)
{
    size_t          i, n, space;
    uint32_t        code;
    trials_token_t *token;

    tokens->n = 0;
    space = 0;

    for (i = 0; i < text.len; i += n) {
        n = trials_utf8_read(text.data + i, text.len - i, &code);

        if (trials_is_space(code)) {
            space = 1;
            continue;
        }

        token = trials_tokens_push(tokens);
        if (token == NULL) {
            return TRIALS_NOMEM;
        }

        token->start = i;
        token->space = space & 1;
        space = 0;

        if (trials_is_letter(code)) {
            token->kind = TRIALS_TOKEN_WORD;
            n = trials_word_end(text, i) - i;

        } else if (code < 0x80 && trials_is_digit((char) code)) {
            token->kind = TRIALS_TOKEN_NUMBER;
            n = trials_number_end(text, i) - i;

        } else {
            token->kind = TRIALS_TOKEN_SIGN;
        }

        token->len = n;
    }

    return TRIALS_OK;
}


static trials_token_t *
trials_tokens_push(trials_tokens_t *tokens)
{
    size_t          size;
    trials_token_t *list;

    if (tokens->n == tokens->size) {
        size = tokens->size ? 2 * tokens->size : 64;

        list = realloc(tokens->list, size * sizeof(trials_token_t));
        if (list == NULL) {
            return NULL;
        }

        tokens->list = list;
        tokens->size = size;
    }

    return &tokens->list[tokens->n++];
}


void
trials_tokens_free(trials_tokens_t *tokens)
{
    free(tokens->list);
    memset(tokens, 0, sizeof(trials_tokens_t));
}


static size_t
trials_word_end(trials_str_t text, size_t i)
{
    size_t   n, next;
    uint32_t code, after;

    while (i < text.len) {
        if ((unsigned char) ((text.data[i] | 0x20) - 'a') < 26) {
            i++;
            continue;
        }

        n = trials_utf8_read(text.data + i, text.len - i, &code);

        if (code == '\'' || code == 0x2019) {
            next = i + n;
            if (next >= text.len) {
                break;
            }

            (void) trials_utf8_read(text.data + next, text.len - next, &after);
            if (!trials_is_letter(after)) {
                break;
            }

        } else if (!trials_is_letter(code)
                   && !(code < 0x80 && trials_is_digit((char) code)))
        {
            break;
        }

        i += n;
    }

    return i;
}


static size_t
trials_number_end(trials_str_t text, size_t i)
{
    for (i++; i < text.len; i++) {
        if (trials_is_digit(text.data[i])) {
            continue;
        }

        if ((text.data[i] != '.' && text.data[i] != ',') || i + 1 == text.len
            || !trials_is_digit(text.data[i + 1]))
        {
            break;
        }
    }

    return i;
}


void
trials_text_clean(trials_buf_t *buf, trials_str_t text)
{
    size_t   i, n, from, start, space;
    uint32_t code;

    start = buf->len;
    space = 0;

    for (i = 0; i < text.len;) {
        from = i;

        /* As much at once as needs no care. */

        while (i < text.len && text.data[i] > ' ' && text.data[i] < 0x7f) {
            i++;
        }

        if (i > from) {
            trials_text_put(buf, start, &space, text.data + from, i - from);
            continue;
        }

        n = trials_utf8_read(text.data + i, text.len - i, &code);

        if (trials_is_space(code)) {
            space = 1;

        } else if (code == 0xfffd) {
            trials_text_put(buf, start, &space, "\xef\xbf\xbd", 3);

        } else if (code >= 0x20 && code != 0x7f && code != 0xfffe
                   && code != 0xffff) {
            trials_text_put(buf, start, &space, text.data + i, n);
        }

        i += n;
    }
}


static void
trials_text_put(trials_buf_t *buf, size_t start, size_t *space,
                const char *data, size_t len)
{
    if (*space && buf->len > start) {
        (void) trials_buf_append(buf, " ", 1);
    }

    *space = 0;
    (void) trials_buf_append(buf, data, len);
}
