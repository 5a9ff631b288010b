/*
 * Inlines to text.
 */

#include "core/plain/inline.h"

#include "core/plain/text.h"

#include <string.h>


/* Times that a text may have been escaped. */
#define TRIALS_INLINE_ESCAPES 4


static void trials_inline_enter(trials_buf_t *buf, cmark_node *node);
static void trials_inline_leave(trials_buf_t *buf, cmark_node *node);
static void
trials_inline_literal(trials_buf_t *buf, const char *text, int code);
static void   trials_inline_entities(trials_buf_t *buf, size_t start);
static size_t trials_inline_entity(const char *text, char *c);
static int trials_inline_within_word(const trials_buf_t *buf, cmark_node *node);
static void trials_inline_sign(trials_buf_t *buf, cmark_node *node);


void
trials_inline_flatten(trials_buf_t *buf, cmark_node *block)
{
    size_t           start;
    cmark_iter      *iter;
    cmark_node      *node;
    cmark_event_type event;

    start = buf->len;
    iter = cmark_iter_new(block);
    if (iter == NULL) {
        buf->failed = TRIALS_NOMEM;
        return;
    }

    for (;;) {
        event = cmark_iter_next(iter);
        if (event == CMARK_EVENT_DONE) {
            break;
        }

        node = cmark_iter_get_node(iter);

        if (event == CMARK_EVENT_ENTER) {
            trials_inline_enter(buf, node);
        } else {
            trials_inline_leave(buf, node);
        }
    }

    cmark_iter_free(iter);
    trials_inline_entities(buf, start);
}


static void
trials_inline_enter(trials_buf_t *buf, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_HTML_INLINE:
    case CMARK_NODE_CUSTOM_INLINE:
        trials_inline_literal(buf, cmark_node_get_literal(node), 0);
        break;

    case CMARK_NODE_CODE:
        trials_inline_literal(buf, cmark_node_get_literal(node), 1);
        break;

    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        (void) trials_buf_append(buf, "\n", 1);
        break;

    case CMARK_NODE_EMPH:
    case CMARK_NODE_STRONG:
        if (trials_inline_within_word(buf, node)) {
            (void) cmark_node_set_user_data(node, node);
            trials_inline_sign(buf, node);
        }
        break;

    case CMARK_NODE_LINK:
    case CMARK_NODE_IMAGE:
        /* What is written between here and the end is the label. */
        (void) cmark_node_set_user_data(node, (void *) buf->len);
        break;

    default:
        break;
    }
}


static void
trials_inline_leave(trials_buf_t *buf, cmark_node *node)
{
    size_t      start;
    const char *url, *title;

    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_EMPH:
    case CMARK_NODE_STRONG:
        if (cmark_node_get_user_data(node)) {
            trials_inline_sign(buf, node);
        }
        return;

    case CMARK_NODE_LINK:
    case CMARK_NODE_IMAGE:
        break;

    default:
        return;
    }

    start = (size_t) cmark_node_get_user_data(node);
    url = cmark_node_get_url(node);
    title = cmark_node_get_title(node);

    if (buf->failed != TRIALS_OK) {
        return;
    }

    if (url && *url
        && (strlen(url) != buf->len - start
            || memcmp(url, buf->data + start, strlen(url)) != 0))
    {
        (void) trials_buf_append(buf, " (", 2);
        trials_inline_literal(buf, url, 1);
        (void) trials_buf_append(buf, ")", 1);
    }

    if (title && *title) {
        (void) trials_buf_append(buf, " (", 2);
        trials_inline_literal(buf, title, 0);
        (void) trials_buf_append(buf, ")", 1);
    }
}


/*
 * "2*ULN or 3*ULN" is a product, not emphasis: stars between two letters or
 * digits are kept.
 */

static int
trials_inline_within_word(const trials_buf_t *buf, cmark_node *node)
{
    char        before, after;
    cmark_node *next;
    const char *text;

    before = buf->len ? buf->data[buf->len - 1] : ' ';
    after = ' ';

    next = cmark_node_next(node);
    if (next && cmark_node_get_type(next) == CMARK_NODE_TEXT) {
        text = cmark_node_get_literal(next);
        after = text && *text ? *text : ' ';
    }

    return trials_is_digit(before) || trials_is_letter((unsigned char) before)
           || before == ')' || trials_is_digit(after)
           || trials_is_letter((unsigned char) after);
}


static void
trials_inline_sign(trials_buf_t *buf, cmark_node *node)
{
    size_t n;

    n = cmark_node_get_type(node) == CMARK_NODE_STRONG ? 2 : 1;
    (void) trials_buf_append(buf, "**", n);
}


/* Code holds the backslashes that were put before "<", ">" and "[". */

static void
trials_inline_literal(trials_buf_t *buf, const char *text, int code)
{
    size_t i, start;

    if (text == NULL) {
        return;
    }

    start = 0;

    for (i = 0; text[i]; i++) {
        if (code && text[i] == '\\' && text[i + 1]
            && strchr("<>[", text[i + 1])) {
            (void) trials_buf_append(buf, text + start, i - start);
            start = i + 1;
            i++;
        }
    }

    (void) trials_buf_append(buf, text + start, i - start);
}


/* What is an entity after cmark resolved entities was escaped twice. */

static void
trials_inline_entities(trials_buf_t *buf, size_t start)
{
    char     c;
    size_t   i, k, n;
    unsigned pass;

    if (buf->failed != TRIALS_OK || buf->data == NULL) {
        return;
    }

    /* "&amp;amp;gt;" was escaped three times. */

    for (pass = 0, i = 0, k = 1; pass < TRIALS_INLINE_ESCAPES && i != k; pass++)
    {
        for (i = start, k = start; i < buf->len; i += n) {
            c = buf->data[i];
            n = c == '&' ? trials_inline_entity(buf->data + i, &c) : 1;
            n += n == 0;
            buf->data[k++] = c;
        }

        buf->len = k;
        buf->data[k] = '\0';
    }
}


static size_t
trials_inline_entity(const char *text, char *c)
{
    size_t i;
    static const struct {
        const char *name;
        char        c;
    } entities[] = {{"&lt;", '<'},    {"&gt;", '>'},    {"&amp;", '&'},
                    {"&quot;", '"'},  {"&apos;", '\''}, {"&#39;", '\''},
                    {"&#039;", '\''}, {"&nbsp;", ' '},  {"&#160;", ' '}};

    for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (strncmp(text, entities[i].name, strlen(entities[i].name)) == 0) {
            *c = entities[i].c;
            return strlen(entities[i].name);
        }
    }

    return 0;
}
