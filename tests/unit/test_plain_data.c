/* The data files: every rule is proven, and slips in a file are found. */

#include "core/plain/glossary.h"
#include "core/plain/readability.h"
#include "core/plain/rules.h"
#include "core/plain/table.h"

#include <trials/plain.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


static trials_plain_t *plain;


/* Appends text with "{n}" and "{unit}" filled in. */

static void
fill(trials_buf_t *buf, trials_str_t text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.len - i >= 3 && memcmp(text.data + i, "{n}", 3) == 0) {
            (void) trials_buf_append(buf, "3", 1);
            i += 2;
        } else if (text.len - i >= 6 && memcmp(text.data + i, "{unit}", 6) == 0)
        {
            (void) trials_buf_append(buf, "weeks", 5);
            i += 5;
        } else {
            (void) trials_buf_append(buf, text.data + i, 1);
        }
    }
}


/* 1 where the check does not take the two as equal. */

static size_t
unproven(trials_str_t from, trials_str_t to)
{
    size_t         failed;
    trials_buf_t   a, b;
    trials_error_t err;

    failed = 0;
    trials_buf_init(&a, 4096);
    trials_buf_init(&b, 4096);
    fill(&a, from);
    fill(&b, to);
    (void) trials_buf_append(&a, " asthma", 7);
    (void) trials_buf_append(&b, " asthma", 7);

    if (trials_plain_check(plain, (trials_str_t){a.len, a.data},
                           (trials_str_t){b.len, b.data}, &err)
        != TRIALS_OK)
    {
        print_error("\"%s\" is not \"%s\": %s\n", a.data, b.data, err.message);
        failed = 1;
    }

    trials_buf_free(&a);
    trials_buf_free(&b);

    return failed;
}


static void
test_rules_are_proven(void **state)
{
    size_t               i, n, failed;
    trials_str_t         to, now;
    trials_rules_t       rules;
    trials_error_t       err;
    trials_glossary_t    none;
    const trials_rule_t *rule;

    (void) state;

    n = 0;
    failed = 0;
    memset(&none, 0, sizeof(none));

    assert_int_equal(
        trials_rules_load(&rules, &none, trials_plain_rules_files, &err),
        TRIALS_OK);

    for (i = 0; i < rules.nrules; i++) {
        rule = &rules.rules[i];
        to = rule->to;
        now = to;
        (void) trials_table_piece(&to, &now);

        /* A noun is kept as it is, and so are words that stay. */

        if (rule->kind <= TRIALS_RULE_CUT && rule->guard != TRIALS_GUARD_KEEP) {
            failed += unproven(rule->from, now);
            n++;
        }
    }

    trials_rules_free(&rules);
    assert_true(n > 3000);
    assert_int_equal(failed, 0);
}


/* The rule whose phrase is the whole text. */

static size_t
phrase(const trials_rules_t *rules, trials_str_t text)
{
    int             value;
    size_t          used;
    trials_tokens_t tokens;

    memset(&tokens, 0, sizeof(tokens));
    assert_int_equal(trials_tokens_read(&tokens, text), TRIALS_OK);
    value = trials_trie_longest(rules->tries[TRIALS_RULE_PHRASE], text, &tokens,
                                0, &used, NULL);
    assert_int_equal(used, tokens.n);
    trials_tokens_free(&tokens);

    return (size_t) value;
}


/* What the glossary replaces, the check takes. */

static void
test_replacements_are_proven(void **state)
{
    size_t               i, failed;
    trials_str_t         to;
    trials_rules_t       rules;
    trials_error_t       err;
    trials_glossary_t    glossary;
    const trials_swap_t *swap;

    (void) state;

    failed = 0;

    assert_int_equal(
        trials_glossary_load(&glossary, trials_plain_glossary_files, &err),
        TRIALS_OK);

    assert_int_equal(
        trials_rules_load(&rules, &glossary, trials_plain_rules_files, &err),
        TRIALS_OK);

    for (i = 0; i < glossary.nswaps; i++) {
        swap = &glossary.swaps[i];
        to = swap->to;

        /* What is written nowhere may have a rule of its own. */

        if (swap->derived) {
            to = rules.rules[phrase(&rules, swap->from)].to;
        }

        failed += unproven(swap->from, to);
    }

    trials_rules_free(&rules);
    trials_glossary_free(&glossary);
    assert_int_equal(failed, 0);
}


/* Words that a reader need not know: three syllables or more. */

static int
hard(const char *word, size_t len)
{
    return trials_readability_syllables(word, len) > 2;
}


/* What is wrong with an explanation, or NULL. */

static const char *
slip(const trials_glossary_t *glossary, const trials_entry_t *entry)
{
    size_t                i, words, difficult, capitals;
    trials_str_t          word, text;
    trials_tokens_t       tokens;
    const char           *wrong;
    const trials_token_t *t;

    static const char *const numerals[] = {"ii", "iii", "iv", "vi", NULL};

    memset(&tokens, 0, sizeof(tokens));
    text = entry->meaning;
    assert_int_equal(trials_tokens_read(&tokens, text), TRIALS_OK);

    wrong = NULL;
    words = 0;
    difficult = 0;

    for (i = 0; i < tokens.n && wrong == NULL; i++) {
        t = &tokens.list[i];
        word.data = text.data + t->start;
        word.len = t->len;

        if (t->kind != TRIALS_TOKEN_WORD) {
            continue;
        }

        words++;
        difficult += (size_t) hard(word.data, word.len);

        for (capitals = 0;
             capitals < word.len && !trials_is_lower(word.data[capitals]);
             capitals++)
        {
            /* void */
        }

        if (word.len > 1 && capitals == word.len
            && !trials_word_in(word.data, word.len, numerals)
            && trials_glossary_find(glossary, word) < 0)
        {
            wrong = "an abbreviation that the glossary does not know";
        }

        if (entry->kind == TRIALS_ENTRY_ABBREVIATION
            && word.len == entry->term.len
            && memcmp(word.data, entry->term.data, word.len) == 0)
        {
            wrong = "the term explains itself";
        }
    }

    if (wrong == NULL
        && (words < 1 + (entry->kind != TRIALS_ENTRY_TERM) || words > 24))
    {
        wrong = "too short or too long";
    }

    if (wrong == NULL && difficult > 2 && 3 * difficult > words) {
        wrong = "too many hard words";
    }

    trials_tokens_free(&tokens);

    return wrong;
}


/* Every explanation can be read by anybody. */

static void
test_glossary_is_plain(void **state)
{
    size_t                i, failed, files;
    double                grade;
    const char           *wrong, *file;
    trials_error_t        err;
    trials_glossary_t     glossary;
    trials_readability_t  r;
    const trials_entry_t *entry;

    (void) state;

    assert_int_equal(
        trials_glossary_load(&glossary, trials_plain_glossary_files, &err),
        TRIALS_OK);

    failed = 0;
    files = 0;
    file = NULL;

    for (i = 0; i < glossary.nentries; i++) {
        entry = &glossary.entries[i];

        if (file != entry->file) {
            memset(&r, 0, sizeof(r));
            file = entry->file;
            files++;
        }

        trials_readability_add(&r, entry->meaning);
        wrong = slip(&glossary, entry);

        if (wrong) {
            print_error("%s:%u: %.*s: %s\n", entry->file, entry->line,
                        (int) entry->meaning.len, entry->meaning.data, wrong);
            failed++;
        }

        if (i + 1 == glossary.nentries || entry[1].file != file) {
            grade = trials_readability_grade(&r);

            if (grade > 6) {
                print_error("%s: grade %.1f\n", file, grade);
                failed++;
            }
        }
    }

    trials_glossary_free(&glossary);
    assert_true(files > 2);
    assert_int_equal(failed, 0);
}


static void
test_glossary_is_long(void **state)
{
    size_t            i, abbreviations;
    trials_error_t    err;
    trials_glossary_t glossary;

    (void) state;

    assert_int_equal(
        trials_glossary_load(&glossary, trials_plain_glossary_files, &err),
        TRIALS_OK);
    for (i = 0, abbreviations = 0; i < glossary.nentries; i++) {
        abbreviations += glossary.entries[i].kind == TRIALS_ENTRY_ABBREVIATION;
    }

    assert_true(abbreviations >= 1000);
    assert_true(glossary.nentries - abbreviations >= 2500);
    trials_glossary_free(&glossary);
}


static const char first[] =
    "# another file\n"
    "germ\thepatitis c virus\tterm\texplain\t-\ta virus\t-\n";


static void
assert_glossary_error(const char *text, const char *message)
{
    trials_error_t     err;
    trials_glossary_t  glossary;
    trials_data_file_t files[] = {
        {"f.tsv", first, first + strlen(first)},
        {"g.tsv", text, text + strlen(text)},
        {NULL, NULL, NULL},
    };

    assert_int_equal(trials_glossary_load(&glossary, files, &err),
                     TRIALS_INVALID);
    assert_string_equal(err.message, message);
}


static void
test_glossary_errors(void **state)
{
    (void) state;

    assert_glossary_error("# c\n\nALT\t-\tabbr\texplain\t-\ta test\n",
                          "g.tsv:3: too few fields: \"ALT\"");
    assert_glossary_error("ALT\t-\tabbr\texplain\t-\ta test\t-\tx\n",
                          "g.tsv:1: too many fields: \"ALT\"");
    assert_glossary_error("ALT \t-\tabbr\texplain\t-\ta test\t-\n",
                          "g.tsv:1: space around a field: \"ALT \"");
    assert_glossary_error(
        "ALT\t-\tword\texplain\t-\ta test\t-\n",
        "g.tsv:1: kind is not term, abbr, stem or shape: \"word\"");
    assert_glossary_error("ALT\t-\tabbr\tshow\t-\ta test\t-\n",
                          "g.tsv:1: action is not explain or replace: "
                          "\"show\"");
    assert_glossary_error("ALT\t-\tabbr\texplain\t-\t-\t-\n",
                          "g.tsv:1: no meaning: \"ALT\"");
    assert_glossary_error("a\tb\tterm\treplace\t-\t-\t-\n",
                          "g.tsv:1: no replacement: \"a\"");
    assert_glossary_error("a\tb|c\tterm\treplace\tx|y\t-\t-\n",
                          "g.tsv:1: no replacement for: \"c\"");
    assert_glossary_error("a\t-\tterm\treplace\tx|y\t-\t-\n",
                          "g.tsv:1: more replacements than forms: \"y\"");
    assert_glossary_error("a b\t-\tterm\texplain\t-\tone\t-\n"
                          "c\ta b\tterm\texplain\t-\ttwo\t-\n",
                          "g.tsv:2: is a term already at g.tsv:1: \"a b\"");
    assert_glossary_error(
        "virus\thepatitis C virus\tterm\texplain\t-\ta germ\t-\n",
        "g.tsv:1: is a term already at f.tsv:2: "
        "\"hepatitis C virus\"");
}


static void
assert_rules_error(const char *text, const char *message)
{
    trials_rules_t     rules;
    trials_error_t     err;
    trials_glossary_t  none;
    trials_data_file_t files[] = {{"r.tsv", text, text + strlen(text)},
                                  {NULL, NULL, NULL}};

    memset(&none, 0, sizeof(none));

    assert_int_equal(trials_rules_load(&rules, &none, files, &err),
                     TRIALS_INVALID);
    assert_string_equal(err.message, message);
}


static void
test_rules_errors(void **state)
{
    (void) state;

    assert_rules_error("word\ta\tb\t-\n",
                       "r.tsv:1: is not a kind of rule: \"word\"");
    assert_rules_error("phrase\ta\t\t-\n", "r.tsv:1: an empty side: \"a\"");
    assert_rules_error("phrase\ta\tb\tno\n", "r.tsv:1: is not a guard: \"no\"");
    assert_rules_error("phrase\tin {n} days\tin days\t-\n",
                       "r.tsv:1: its slots are not the replacement's: "
                       "\"in {n} days\"");
    assert_rules_error("phrase\ta\tb\t-\nphrase\tc|a\td\t-\n",
                       "r.tsv:2: is another rule's already: \"a\"");
    assert_rules_error("phrase\tin the <b;c d\td\t-\n",
                       "r.tsv:1: cannot be matched: \"in the <b;c d\"");
    assert_rules_error(
        "phrase\tof b\td\t-\nphrase\t<in;of> <the;> <a;b>\td\t-\n",
        "r.tsv:2: is another rule's already: \"of b\"");
}


/* "<in;of> <the;> x": every way is a rule, in its order. */

static void
test_rules_ways(void **state)
{
    size_t             i;
    trials_rules_t     rules;
    trials_error_t     err;
    trials_glossary_t  none;
    static const char  text[] = "phrase\t<;in the >a<,;> b|c <d;> <e;>\tx\t-\n";
    trials_data_file_t files[] = {{"r.tsv", text, text + sizeof(text) - 1},
                                  {NULL, NULL, NULL}};

    static const char *const ways[] = {
        "a, b", "a b", "in the a, b", "in the a b", "c d e", "c d", "c e", "c"};

    (void) state;

    memset(&none, 0, sizeof(none));
    assert_int_equal(trials_rules_load(&rules, &none, files, &err), TRIALS_OK);
    assert_int_equal(rules.nrules, sizeof(ways) / sizeof(ways[0]));

    for (i = 0; i < rules.nrules; i++) {
        assert_string_equal(rules.rules[i].from.data, ways[i]);
    }

    trials_rules_free(&rules);
}


static int
setup(void **state)
{
    trials_error_t err;

    (void) state;
    plain = trials_plain_create(&err);
    if (plain == NULL) {
        print_error("%s\n", err.message);
    }

    return plain ? 0 : -1;
}


static int
teardown(void **state)
{
    (void) state;
    trials_plain_destroy(plain);

    return 0;
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_proven),
        cmocka_unit_test(test_replacements_are_proven),
        cmocka_unit_test(test_glossary_is_long),
        cmocka_unit_test(test_glossary_is_plain),
        cmocka_unit_test(test_glossary_errors),
        cmocka_unit_test(test_rules_errors),
        cmocka_unit_test(test_rules_ways)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
