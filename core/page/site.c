/* The site's own pages: made of the catalogue and the glossary. */

#include "core/page/site.h"

#include "core/page/tree.h"
#include "core/plain/engine.h"

#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>


#define TRIALS_SECTIONS 12 /* of a page, and texts of a section, at most */


static void trials_site_sections(trials_tree_t *tree, const char *prefix,
                                 const char *element);
static void trials_site_glossary(trials_tree_t        *tree,
                                 const trials_plain_t *plain, int site);
static const trials_entry_t **
trials_site_entries(trials_tree_t *tree, const trials_glossary_t *glossary,
                    size_t *n);
static int trials_site_letter(const trials_entry_t *entry);
static void
trials_site_terms(trials_tree_t *tree, const trials_entry_t **entries, size_t n,
                  const char *letter);
static int         trials_site_by_term(const void *one, const void *two);
static const char *trials_site_slug(trials_tree_t *tree, trials_str_t term);


const char *
trials_site_name(trials_site_t site)
{
    static const char *const names[TRIALS_NSITES] = {
        "methodology", "questions",  "glossary",   "glossary/0-9", "glossary/a",
        "glossary/b",  "glossary/c", "glossary/d", "glossary/e",   "glossary/f",
        "glossary/g",  "glossary/h", "glossary/i", "glossary/j",   "glossary/k",
        "glossary/l",  "glossary/m", "glossary/n", "glossary/o",   "glossary/p",
        "glossary/q",  "glossary/r", "glossary/s", "glossary/t",   "glossary/u",
        "glossary/v",  "glossary/w", "glossary/x", "glossary/y",   "glossary/z",
    };

    return names[site];
}


trials_rc_t
trials_site_render(const trials_page_t *page, trials_site_t site,
                   trials_language_t language, trials_buf_t *out,
                   trials_error_t *err)
{
    trials_rc_t     rc;
    trials_tree_t   tree;
    trials_arena_t *arena;

    arena = trials_arena_create();
    if (arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            trials_site_name(site));
    }

    rc = trials_tree_open(&tree, page, arena, language, "site",
                          trials_site_name(site), err);
    if (rc != TRIALS_OK) {
        trials_arena_destroy(arena);
        return rc;
    }

    switch (site) {
    case TRIALS_SITE_METHODOLOGY:
        trials_site_sections(&tree, "methodology", "p");
        break;
    case TRIALS_SITE_QUESTIONS:
        trials_site_sections(&tree, "asking", "item");
        break;
    default:
        trials_site_glossary(&tree, page->plain, (int) site);
    }

    if (tree.failed) {
        rc = trials_error(err, tree.error.code, "%s", tree.error.message);
    } else {
        rc = trials_sheets_apply(&page->sheets, TRIALS_SHEET_SITE, language,
                                 tree.doc, trials_site_name(site), out, err);
    }

    trials_tree_free(&tree);
    trials_arena_destroy(arena);

    return rc;
}


static void
trials_site_head(trials_tree_t *tree, const char *prefix)
{
    trials_tree_word(
        tree, tree->root, "title",
        trials_say(tree, trials_tree_printf(tree, "%s.title", prefix), NULL));
    trials_tree_word(
        tree, tree->root, "lead",
        trials_say(tree, trials_tree_printf(tree, "%s.lead", prefix), NULL));
}


/* PREFIX.1 heads PREFIX.1.1, PREFIX.1.2 …: as many as the catalogue has. */

static void
trials_site_sections(trials_tree_t *tree, const char *prefix,
                     const char *element)
{
    int         i, j;
    xmlNodePtr  section;
    const char *text;

    trials_site_head(tree, prefix);

    for (i = 1; i <= TRIALS_SECTIONS; i++) {
        text = trials_words_find(tree->words,
                                 trials_tree_printf(tree, "%s.%d", prefix, i));
        if (text == NULL) {
            return;
        }

        section = trials_tree_add(tree, tree->root, "section");
        trials_tree_set(tree, section, "name", text);
        trials_tree_set(tree, section, "id",
                        trials_tree_printf(tree, "part-%d", i));

        for (j = 1; j <= TRIALS_SECTIONS; j++) {
            text = trials_words_find(
                tree->words,
                trials_tree_printf(tree, "%s.%d.%d", prefix, i, j));
            if (text == NULL) {
                break;
            }

            trials_tree_word(tree, section, element, text);
        }
    }
}


/* The letters, each with how many terms it has; of one of them the terms. */

static void
trials_site_glossary(trials_tree_t *tree, const trials_plain_t *plain, int site)
{
    int                    i;
    size_t                 n, from, end;
    const char            *name;
    xmlNodePtr             node;
    const trials_entry_t **entries;

    entries = trials_site_entries(tree, &plain->glossary, &n);

    if (site == TRIALS_SITE_GLOSSARY) {
        trials_site_head(tree, "glossary");
    }

    for (i = TRIALS_SITE_LETTERS, from = 0; i < TRIALS_NSITES; i++, from = end)
    {
        for (end = from; end < n && trials_site_letter(entries[end]) == i;
             end++) {
            /* void */
        }

        name = i == TRIALS_SITE_LETTERS
                   ? trials_say(tree, "glossary.rest", NULL)
                   : trials_tree_printf(tree, "%c",
                                        'A' + i - TRIALS_SITE_LETTERS - 1);

        node = trials_tree_add(tree, tree->root, "letter");
        trials_tree_set(tree, node, "name", name);
        trials_tree_set(tree, node, "path",
                        trials_site_name((trials_site_t) i));

        if (i == site) {
            trials_tree_set(tree, node, "current", "1");
            trials_site_terms(tree, &entries[from], end - from, name);

        } else if (site == TRIALS_SITE_GLOSSARY) {
            trials_tree_set(
                tree, node, "count",
                trials_say_count(tree, "glossary.count", end - from, NULL));
        }
    }
}


/* What the glossary explains, by letter and alphabet; NULL after a failure. */

static const trials_entry_t **
trials_site_entries(trials_tree_t *tree, const trials_glossary_t *glossary,
                    size_t *n)
{
    size_t                 i;
    const trials_entry_t  *entry;
    const trials_entry_t **entries;

    *n = 0;

    entries = trials_arena_calloc(tree->arena, glossary->nentries + 1,
                                  sizeof(trials_entry_t *));
    if (entries == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        return NULL;
    }

    for (i = 0; i < glossary->nentries; i++) {
        entry = &glossary->entries[i];

        if ((entry->kind == TRIALS_ENTRY_TERM
             || entry->kind == TRIALS_ENTRY_ABBREVIATION)
            && entry->meaning.len)
        {
            entries[(*n)++] = entry;
        }
    }

    qsort(entries, *n, sizeof(trials_entry_t *), trials_site_by_term);

    return entries;
}


/* The page that a term is on. */

static int
trials_site_letter(const trials_entry_t *entry)
{
    int c;

    c = entry->term.data[0] | 32;

    return TRIALS_SITE_LETTERS + (c >= 'a' && c <= 'z' ? c - 'a' + 1 : 0);
}


/* A term of several senses has several meanings; one that differs from another by
 * its case alone (PsA, PSA) has an anchor of its own. */

static void
trials_site_terms(trials_tree_t *tree, const trials_entry_t **entries, size_t n,
                  const char *letter)
{
    size_t      i, same;
    const char *slug, *last;
    xmlNodePtr  node;

    trials_tree_word(
        tree, tree->root, "title",
        trials_say(tree, "glossary.letter.title", "letter", letter, NULL));
    trials_tree_word(tree, tree->root, "lead",
                     trials_say(tree, "glossary.letter.lead", NULL));

    for (i = 0, same = 0, node = NULL, last = ""; i < n; i++) {
        if (i == 0 || trials_site_by_term(&entries[i - 1], &entries[i]) != 0) {
            slug = trials_site_slug(tree, entries[i]->term);
            same = strcmp(slug, last) == 0 ? same + 1 : 0;
            last = slug;

            node = trials_tree_add(tree, tree->root, "term");
            trials_tree_attr(tree, node, "name", entries[i]->term);
            trials_tree_set(
                tree, node, "slug",
                same ? trials_tree_printf(tree, "%s-%zu", slug, same + 1)
                     : slug);
        }

        trials_tree_text(tree, node, "meaning", entries[i]->meaning);
    }
}


static int
trials_site_by_term(const void *one, const void *two)
{
    int                   order;
    size_t                len;
    const trials_entry_t *a, *b;

    a = *(const trials_entry_t *const *) one;
    b = *(const trials_entry_t *const *) two;

    order = trials_site_letter(a) - trials_site_letter(b);
    if (order) {
        return order;
    }

    len = a->term.len < b->term.len ? a->term.len : b->term.len;
    order = strncasecmp(a->term.data, b->term.data, len);

    if (order == 0) {
        order = (a->term.len > b->term.len) - (a->term.len < b->term.len);
    }

    return order ? order : strncmp(a->term.data, b->term.data, len);
}


/* [a-z0-9-]+; what is no letter or digit of ASCII is written as its number, so
 * that no two terms share an anchor but for their case. */

static const char *
trials_site_slug(trials_tree_t *tree, trials_str_t term)
{
    size_t       i;
    const char  *slug;
    trials_buf_t buf;

    trials_buf_init(&buf, 4096);

    for (i = 0; i < term.len; i++) {
        if (isalnum((unsigned char) term.data[i])) {
            trials_buf_printf(&buf, "%c",
                              tolower((unsigned char) term.data[i]));
        } else if (term.data[i] == ' ' || term.data[i] == '-') {
            trials_buf_append(&buf, "-", 1);
        } else {
            trials_buf_printf(&buf, "x%02x", (unsigned char) term.data[i]);
        }
    }

    slug = trials_tree_printf(tree, "%s", buf.data ? buf.data : "");
    trials_buf_free(&buf);

    return slug;
}
