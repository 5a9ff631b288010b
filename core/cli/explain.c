/* `trials explain`: how criteria were read, rewritten and checked. */

#include "core/cli/command.h"
#include "core/cli/records.h"

#include <trials/plain.h>
#include <trials/registry.h>

#include <stdio.h>
#include <string.h>


#define TRIALS_EXPLAIN_MAX (256 * 1024 * 1024)


static int trials_explain_run(int argc, char **argv);
static trials_rc_t
trials_explain_file(const char *name, size_t n, trials_error_t *err);
static trials_rc_t trials_explain_study(trials_arena_t *arena, const char *name,
                                        trials_buf_t *input, size_t n,
                                        trials_buf_t *out, trials_error_t *err);


static const struct option trials_explain_table[] = {
    TRIALS_OPTIONS_HELP,
    {NULL, 0, NULL, 0},
};

const trials_command_t trials_command_explain = {
    "explain",
    "say how a record's criteria were read, rewritten and checked",
    "usage: trials explain FILE [CRITERION]\n"
    "\n"
    "Lists the eligibility criteria of the record in FILE (\"-\" is standard\n"
    "input), numbered from 1: whether it was kept in the record's words, or is\n"
    "the same, its reading grade before and after, and its plain words.\n"
    "\n"
    "With the number of a CRITERION: what the fidelity check reads in the\n"
    "record's words and in those that are shown, which rules fired, what was\n"
    "tried and what the check said of it, grades and explained terms.\n"
    "\n"
    "  -h, --help           this text\n"
    "\n"
    "Exit code: 0 done, 1 no such record or criterion, 2 wrong usage.\n",
    trials_explain_run,
};


static int
trials_explain_run(int argc, char **argv)
{
    int            option;
    long           n;
    trials_error_t err;

    for (;;) {
        option = trials_options_next(&trials_command_explain, argc, argv,
                                     trials_explain_table);

        if (option == -1) {
            break;
        }

        if (option == TRIALS_OPTION_HELP) {
            (void) fputs(trials_command_explain.usage, stdout);
            return TRIALS_EXIT_OK;
        }

        return TRIALS_EXIT_USAGE;
    }

    n = 0;

    if (argc - optind < 1 || argc - optind > 2) {
        trials_complain("explain: needs a FILE and perhaps a CRITERION; see "
                        "\"trials help explain\"");
        return TRIALS_EXIT_USAGE;
    }

    if (argc - optind == 2
        && !trials_options_number("explain: CRITERION", argv[optind + 1], 1,
                                  1000000, &n))
    {
        return TRIALS_EXIT_USAGE;
    }

    if (trials_explain_file(argv[optind], (size_t) n, &err) != TRIALS_OK) {
        trials_complain("%s", err.message);
        return TRIALS_EXIT_FAILED;
    }

    return TRIALS_EXIT_OK;
}


static trials_rc_t
trials_explain_file(const char *name, size_t n, trials_error_t *err)
{
    trials_rc_t     rc;
    trials_buf_t    input, out;
    trials_arena_t *arena;

    trials_buf_init(&input, TRIALS_RECORD_MAX);
    trials_buf_init(&out, TRIALS_EXPLAIN_MAX);
    arena = trials_arena_create();

    if (arena) {
        rc = trials_record_read(name, &input, err);

        if (rc == TRIALS_OK) {
            rc = trials_explain_study(arena, name, &input, n, &out, err);
        }

        if (rc == TRIALS_OK && out.len) {
            (void) fwrite(out.data, 1, out.len, stdout);
        }

    } else {
        rc = trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    trials_arena_destroy(arena);
    trials_buf_free(&input);
    trials_buf_free(&out);

    return rc;
}


static trials_rc_t
trials_explain_study(trials_arena_t *arena, const char *name,
                     trials_buf_t *input, size_t n, trials_buf_t *out,
                     trials_error_t *err)
{
    trials_rc_t           rc;
    trials_plain_t       *plain;
    trials_study_t       *study;
    trials_translation_t *translation;

    rc = trials_study_parse(arena, trials_record_name(name), input->data,
                            input->len, &study, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    plain = trials_plain_create(err);
    if (plain == NULL) {
        return TRIALS_FAILED;
    }

    rc = TRIALS_FAILED;
    translation = trials_translate(plain, arena, study, err);

    if (translation) {
        rc = trials_plain_explain(translation, n, out, err);
    }

    trials_plain_destroy(plain);

    return rc;
}
