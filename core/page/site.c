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
static void
trials_site_glossary(trials_tree_t *tree, const trials_plain_t *plain);
static int         trials_site_by_term(const void *one, const void *two);
static const char *trials_site_slug(trials_tree_t *tree, trials_str_t term);


const char *
trials_site_name(trials_site_t site)
{
    static const char *const names[] = {"methodology", "questions", "glossary"};

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
        trials_site_glossary(&tree, page->plain);
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


/* Every term by its first letter; a term of several senses has several
 * meanings. */

static void
trials_site_glossary(trials_tree_t *tree, const trials_plain_t *plain)
{
    int                      c, before;
    char                     letter[8];
    size_t                   i, n;
    xmlNodePtr               part, node;
    const trials_entry_t    *entry, *last;
    const trials_entry_t   **entries;
    const trials_glossary_t *glossary;

    trials_site_head(tree, "glossary");
    glossary = &plain->glossary;
    entries = trials_arena_calloc(tree->arena, glossary->nentries + 1,
                                  sizeof(trials_entry_t *));
    if (entries == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        return;
    }

    for (i = 0, n = 0; i < glossary->nentries; i++) {
        entry = &glossary->entries[i];

        if ((entry->kind == TRIALS_ENTRY_TERM
             || entry->kind == TRIALS_ENTRY_ABBREVIATION)
            && entry->meaning.len)
        {
            entries[n++] = entry;
        }
    }

    qsort(entries, n, sizeof(trials_entry_t *), trials_site_by_term);

    for (i = 0, before = -1, part = NULL, node = NULL, last = NULL; i < n; i++)
    {
        entry = entries[i];
        c = toupper((unsigned char) entry->term.data[0]);
        c = isupper(c) ? c : '0';

        if (c != before) {
            before = c;
            part = trials_tree_add(tree, tree->root, "letter");
            (void) snprintf(letter, sizeof(letter), "%c", c);
            trials_tree_set(
                tree, part, "id",
                c == '0' ? "rest"
                         : trials_tree_printf(tree, "letter-%c", tolower(c)));
            trials_tree_set(tree, part, "name",
                            c == '0' ? trials_say(tree, "glossary.rest", NULL)
                                     : trials_tree_printf(tree, "%s", letter));
        }

        if (last == NULL || trials_site_by_term(&last, &entry) != 0) {
            node = trials_tree_add(tree, part, "term");
            trials_tree_attr(tree, node, "name", entry->term);
            trials_tree_set(tree, node, "slug",
                            trials_site_slug(tree, entry->term));
        }

        trials_tree_text(tree, node, "meaning", entry->meaning);
        last = entry;
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
    len = a->term.len < b->term.len ? a->term.len : b->term.len;
    order = strncasecmp(a->term.data, b->term.data, len);

    if (order == 0) {
        order = (a->term.len > b->term.len) - (a->term.len < b->term.len);
    }

    return order ? order : strncmp(a->term.data, b->term.data, len);
}


/* [a-z0-9-]+; what is no letter or digit of ASCII is written as its number, so
 * that two terms never share an anchor but by their case. */

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
