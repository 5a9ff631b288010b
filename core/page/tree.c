/* The document, and our words in it. */

#include "core/page/tree.h"

#include "core/page/site.h"

#include <libxml/chvalid.h>
#include <libxml/uri.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>


static int         trials_tree_clean(trials_tree_t *tree, trials_str_t *text);
static size_t      trials_tree_ascii(const trials_str_t *text, size_t i);
static int         trials_tree_char(const trials_str_t *text, size_t i);
static void        trials_tree_escaped(trials_tree_t *tree, const char *url);
static const char *trials_say_fill(trials_tree_t *tree, const char *text,
                                   const char *n, va_list args);


trials_rc_t
trials_tree_open(trials_tree_t *tree, const trials_page_t *page,
                 trials_arena_t *arena, trials_language_t language,
                 const char *root, const char *path, trials_error_t *err)
{
    int         i;
    xmlNodePtr  node;
    const char *base;

    memset(tree, 0, sizeof(trials_tree_t));

    if (!page->spoken[language]) {
        return trials_error(err, TRIALS_INVALID,
                            "%s: the site has no language \"%s\"", path,
                            trials_language_tag(language));
    }

    tree->arena = arena;
    tree->words = &page->sheets.words[language];
    tree->name = path[0] ? path : "index";
    tree->doc = xmlNewDoc(BAD_CAST "1.0");
    tree->root =
        tree->doc ? xmlNewDocNode(tree->doc, NULL, BAD_CAST root, NULL) : NULL;

    if (tree->root == NULL) {
        xmlFreeDoc(tree->doc);
        tree->doc = NULL;
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", tree->name);
    }

    (void) xmlDocSetRootElement(tree->doc, tree->root);
    trials_tree_set(tree, tree->root, "lang", trials_language_tag(language));
    trials_tree_set(tree, tree->root, "home", page->base);
    trials_tree_set(tree, tree->root, "path", path);
    trials_tree_set(tree, tree->root, "brand", page->brand);
    trials_tree_set(tree, tree->root, "logo", page->logo);
    trials_tree_set(tree, tree->root, "help", page->help);
    trials_tree_set(tree, tree->root, "report", page->report);

    if (page->absolute) {
        trials_tree_set(tree, tree->root, "absolute", "1");
    }

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        if (!page->spoken[i]) {
            continue;
        }

        base = i == 0 ? page->base
                      : trials_tree_printf(
                          tree, "%s/%s", page->base,
                          trials_language_tag((trials_language_t) i));

        if (i == (int) language) {
            trials_tree_set(tree, tree->root, "base", base);
            trials_tree_set(tree, tree->root, "url",
                            trials_tree_printf(tree, "%s/%s", base, path));
            trials_tree_escaped(tree,
                                trials_tree_printf(tree, "%s/%s", base, path));
        }

        node = trials_tree_add(tree, tree->root, "alternate");
        trials_tree_set(tree, node, "lang",
                        trials_language_tag((trials_language_t) i));
        trials_tree_set(tree, node, "href",
                        trials_tree_printf(tree, "%s/%s", base, path));
    }

    return TRIALS_OK;
}


/* The address as a value in another one. */

static void
trials_tree_escaped(trials_tree_t *tree, const char *url)
{
    xmlChar *escaped;

    escaped = xmlURIEscapeStr(BAD_CAST url, NULL);
    trials_tree_set(tree, tree->root, "escaped", (const char *) escaped);
    xmlFree(escaped);
}


void
trials_tree_free(trials_tree_t *tree)
{
    if (tree->doc) {
        xmlFreeDoc(tree->doc);
        tree->doc = NULL;
    }
}


void
trials_tree_fail(trials_tree_t *tree, trials_rc_t code, const char *what)
{
    if (!tree->failed) {
        tree->failed = 1;
        (void) trials_error(&tree->error, code, "%s: %s", tree->name, what);
    }
}


const char *
trials_tree_printf(trials_tree_t *tree, const char *fmt, ...)
{
    va_list      args;
    trials_str_t text;

    va_start(args, fmt);
    text = trials_arena_vprintf(tree->arena, fmt, args);
    va_end(args);

    if (text.data == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        return "";
    }

    return text.data;
}


xmlNodePtr
trials_tree_add(trials_tree_t *tree, xmlNodePtr parent, const char *name)
{
    xmlNodePtr node;

    if (parent == NULL) {
        return NULL;
    }

    node = xmlNewDocNode(tree->doc, NULL, BAD_CAST name, NULL);

    if (node == NULL || xmlAddChild(parent, node) == NULL) {
        xmlFreeNode(node);
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        return NULL;
    }

    return node;
}


void
trials_tree_append(trials_tree_t *tree, xmlNodePtr node, trials_str_t text)
{
    xmlNodePtr child;

    if (node == NULL || text.len == 0) {
        return;
    }

    (void) trials_tree_clean(tree, &text);
    child = xmlNewDocTextLen(tree->doc, BAD_CAST text.data, (int) text.len);

    if (child == NULL || xmlAddChild(node, child) == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
    }
}


xmlNodePtr
trials_tree_text(trials_tree_t *tree, xmlNodePtr parent, const char *name,
                 trials_str_t text)
{
    xmlNodePtr node;

    if (text.len == 0) {
        return NULL;
    }

    node = trials_tree_add(tree, parent, name);
    trials_tree_append(tree, node, text);

    return node;
}


xmlNodePtr
trials_tree_word(trials_tree_t *tree, xmlNodePtr parent, const char *name,
                 const char *text)
{
    trials_str_t str;

    str.data = text;
    str.len = text ? strlen(text) : 0;

    return trials_tree_text(tree, parent, name, str);
}


void
trials_tree_attr(trials_tree_t *tree, xmlNodePtr node, const char *name,
                 trials_str_t value)
{
    if (node == NULL || value.len == 0) {
        return;
    }

    if (trials_tree_clean(tree, &value) && value.data[value.len] != '\0') {
        value = trials_arena_strdup(tree->arena, value.data, value.len);
    }

    if (value.data == NULL
        || xmlNewProp(node, BAD_CAST name, BAD_CAST value.data) == NULL)
    {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
    }
}


void
trials_tree_set(trials_tree_t *tree, xmlNodePtr node, const char *name,
                const char *value)
{
    trials_str_t str;

    str.data = value;
    str.len = value ? strlen(value) : 0;

    trials_tree_attr(tree, node, name, str);
}


void
trials_tree_number(trials_tree_t *tree, xmlNodePtr node, const char *name,
                   size_t value)
{
    trials_tree_set(tree, node, name, trials_tree_printf(tree, "%zu", value));
}


/* Makes *text what is UTF-8 of Unicode characters that XML 1.0 allows (section
 * 2.2), each byte that is not left out.  1: it was that already. */

static int
trials_tree_clean(trials_tree_t *tree, trials_str_t *text)
{
    int    n;
    char  *out;
    size_t i, len;

    for (i = trials_tree_ascii(text, 0); i < text->len;
         i = trials_tree_ascii(text, i + (size_t) n))
    {
        n = trials_tree_char(text, i);

        if (n <= 0) {
            break;
        }
    }

    if (i == text->len) {
        return 1;
    }

    out = trials_arena_alloc(tree->arena, text->len + 1);
    if (out == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        text->len = 0;
        text->data = "";
        return 0;
    }

    for (i = 0, len = 0; i < text->len; i += (size_t) (n > 0 ? n : -n)) {
        n = trials_tree_char(text, i);

        if (n > 0) {
            memcpy(out + len, text->data + i, (size_t) n);
            len += (size_t) n;
        }
    }

    text->data = out;
    text->len = len;

    return 0;
}


/* Where what is printable ASCII ends, or eight bytes before that: as much as is
 * seen eight bytes at a time. */

static size_t
trials_tree_ascii(const trials_str_t *text, size_t i)
{
    uint64_t eight, low, high;

    for (/* void */; i + 8 <= text->len; i += 8) {
        memcpy(&eight, text->data + i, 8);

        /* A byte below 0x20, borrowing from its neighbour; above 0x7e. */

        low = eight - 0x2020202020202020;
        high = eight + 0x0101010101010101;

        if ((low | high | eight) & 0x8080808080808080) {
            break;
        }
    }

    return i;
}


/* The bytes of the character at i; less than 0 where they are to be left out. */

static int
trials_tree_char(const trials_str_t *text, size_t i)
{
    int c, len;

    c = (unsigned char) text->data[i];

    if ((c >= ' ' && c <= '~') || c == '\n' || c == '\t') {
        return 1;
    }

    len = text->len - i < 4 ? (int) (text->len - i) : 4;
    c = xmlGetUTF8Char((const unsigned char *) text->data + i, &len);

    if (c >= 0 && xmlIsCharQ(c)) {
        return len;
    }

    return c < 0 || len < 1 ? -1 : -len;
}


static const char *
trials_say_find(trials_tree_t *tree, const char *id)
{
    char        what[128];
    const char *text;

    text = trials_words_find(tree->words, id);

    if (text == NULL) {
        (void) snprintf(what, sizeof(what), "no words \"%.64s\"", id);
        trials_tree_fail(tree, TRIALS_FAILED, what);
        return "";
    }

    return text;
}


const char *
trials_say(trials_tree_t *tree, const char *id, ...)
{
    va_list     args;
    const char *text;

    va_start(args, id);
    text = trials_say_fill(tree, trials_say_find(tree, id), NULL, args);
    va_end(args);

    return text;
}


const char *
trials_say_count(trials_tree_t *tree, const char *id, size_t n, ...)
{
    char        form[64];
    va_list     args;
    const char *text;

    (void) snprintf(form, sizeof(form), "%s.%s", id, n == 1 ? "one" : "other");

    va_start(args, n);
    text = trials_say_fill(tree, trials_say_find(tree, form),
                           trials_say_number(tree, n), args);
    va_end(args);

    return text;
}


/* A full stop after a value that ends with one is not said twice. */

static const char *
trials_say_fill(trials_tree_t *tree, const char *text, const char *n,
                va_list args)
{
    va_list      pairs;
    const char  *key, *value, *out;
    trials_buf_t buf;
    trials_str_t before, name;

    if (strchr(text, '{') == NULL) {
        return text;
    }

    trials_buf_init(&buf, 1024 * 1024);

    while (trials_words_piece(&text, &before, &name)) {
        if (before.len && before.data[0] == '.' && buf.len
            && strchr(".?!", buf.data[buf.len - 1]))
        {
            before.data++;
            before.len--;
        }

        trials_buf_append(&buf, before.data, before.len);

        if (name.data == NULL) {
            continue;
        }

        value = NULL;

        if (name.len == 1 && name.data[0] == 'n') {
            value = n;
        } else if (name.len == 4 && memcmp(name.data, "noun", 4) == 0) {
            value = tree->noun;
        }

        va_copy(pairs, args);

        while (value == NULL && (key = va_arg(pairs, const char *)) != NULL) {
            out = va_arg(pairs, const char *);

            if (strlen(key) == name.len
                && memcmp(key, name.data, name.len) == 0) {
                value = out ? out : "";
            }
        }

        va_end(pairs);

        if (value == NULL) {
            trials_tree_fail(tree, TRIALS_FAILED,
                             trials_tree_printf(tree,
                                                "nothing fills \"{%.*s}\"",
                                                (int) name.len, name.data));
            value = "";
        }

        trials_buf_append(&buf, value, strlen(value));
    }

    out = buf.failed == TRIALS_OK
              ? trials_arena_strdup(tree->arena, buf.data ? buf.data : "",
                                    buf.len)
                    .data
              : NULL;
    trials_buf_free(&buf);

    if (out == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        return "";
    }

    return out;
}


const char *
trials_say_maybe(trials_tree_t *tree, const char *prefix,
                 const char *const *names, int value)
{
    char  id[96];
    char *p;

    if (value == 0) {
        return NULL;
    }

    (void) snprintf(id, sizeof(id), "%s.%s", prefix, names[value - 1]);

    for (p = id + strlen(prefix); *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z') {
            *p |= 0x20;
        } else if (*p == '_') {
            *p = '-';
        }
    }

    return trials_words_find(tree->words, id);
}


const char *
trials_say_value(trials_tree_t *tree, const char *prefix,
                 const char *const *names, int value)
{
    char        what[128];
    const char *text;

    text = trials_say_maybe(tree, prefix, names, value);

    if (text == NULL && value != 0) {
        (void) snprintf(what, sizeof(what), "no words \"%.32s\" for %.48s",
                        prefix, names[value - 1]);
        trials_tree_fail(tree, TRIALS_FAILED, what);
    }

    return text;
}


const char *
trials_say_list(trials_tree_t *tree, const char *const *items, size_t n)
{
    size_t      i;
    const char *text;

    if (n == 0) {
        return "";
    }

    for (i = 1, text = items[0]; i < n; i++) {
        text = trials_say(tree, i + 1 == n ? "list.last" : "list.next",
                          "before", text, "item", items[i], NULL);
    }

    return text;
}


const char *
trials_say_country(trials_tree_t *tree, const char *name)
{
    size_t      len, n;
    const char *p;

    len = strlen(name);

    for (p = trials_say_find(tree, "country.said"); *p != '\0';
         p += n + (p[n] == '|'))
    {
        n = strcspn(p, "|");

        if (n > len && p[len] == '=' && memcmp(p, name, len) == 0) {
            return trials_tree_printf(tree, "%.*s", (int) (n - len - 1),
                                      p + len + 1);
        }
    }

    return name;
}


const char *
trials_say_number(trials_tree_t *tree, size_t n)
{
    if (n < 1000) {
        return trials_tree_printf(tree, "%zu", n);
    }

    return trials_tree_printf(tree, "%s%s%03zu",
                              trials_say_number(tree, n / 1000),
                              trials_say_find(tree, "number.group"), n % 1000);
}


const char *
trials_say_date(trials_tree_t *tree, trials_date_t date)
{
    char        id[16];
    const char *month;

    if (date.year == 0) {
        return "";
    }

    (void) snprintf(id, sizeof(id), "month.%u", (unsigned) date.month % 13);
    month = trials_say_find(tree, id);

    return trials_say(tree, date.day ? "date.day" : "date.month", "day",
                      trials_tree_printf(tree, "%d", date.day), "month", month,
                      "year", trials_tree_printf(tree, "%d", date.year), NULL);
}


const char *
trials_say_span(trials_tree_t *tree, trials_span_t span)
{
    char id[24];

    static const char *const units[] = {"",     "minute", "hour", "day",
                                        "week", "month",  "year"};

    (void) snprintf(id, sizeof(id), "unit.%s", units[span.unit]);

    return span.unit ? trials_say_count(tree, id, (size_t) span.count, NULL)
                     : "";
}
