/* The command `trials`: finds the sub-command. */

#include "core/cli/command.h"

#include <trials/version.h>

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>


static int                     trials_help(int argc, char **argv);
static void                    trials_overview(FILE *out);
static const trials_command_t *trials_command_find(const char *name);


static const trials_command_t *const trials_commands[] = {
    &trials_command_render,     &trials_command_fetch,  &trials_command_import,
    &trials_command_invalidate, &trials_command_status, &trials_command_explain,
    &trials_command_watch,
};

#define TRIALS_NCOMMANDS (sizeof(trials_commands) / sizeof(trials_commands[0]))


int
main(int argc, char **argv)
{
    int                     code;
    const trials_command_t *command;

    if (argc < 2) {
        trials_overview(stderr);
        return TRIALS_EXIT_USAGE;
    }

    if (strcmp(argv[1], "--version") == 0) {
        (void) printf("trials %s\n", TRIALS_VERSION);
        return trials_flush() ? TRIALS_EXIT_OK : TRIALS_EXIT_FAILED;
    }

    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0
        || strcmp(argv[1], "-h") == 0)
    {
        return trials_help(argc - 2, argv + 2);
    }

    command = trials_command_find(argv[1]);
    if (command == NULL) {
        trials_complain("\"%s\" is not a command; see \"trials help\"",
                        argv[1]);
        return TRIALS_EXIT_USAGE;
    }

    xmlInitParser();
    code = command->run(argc - 1, argv + 1);
    xmlCleanupParser();

    if (!trials_flush() && code == TRIALS_EXIT_OK) {
        return TRIALS_EXIT_FAILED;
    }

    return code;
}


static int
trials_help(int argc, char **argv)
{
    const trials_command_t *command;

    if (argc == 0) {
        trials_overview(stdout);
        return trials_flush() ? TRIALS_EXIT_OK : TRIALS_EXIT_FAILED;
    }

    command = trials_command_find(argv[0]);
    if (command == NULL || argc > 1) {
        trials_complain("\"%s\" is not a command; see \"trials help\"",
                        argv[argc - 1]);
        return TRIALS_EXIT_USAGE;
    }

    (void) fputs(command->usage, stdout);

    return trials_flush() ? TRIALS_EXIT_OK : TRIALS_EXIT_FAILED;
}


static void
trials_overview(FILE *out)
{
    size_t i;

    (void) fputs("usage: trials COMMAND [OPTION...] [ARGUMENT...]\n\n", out);

    for (i = 0; i < TRIALS_NCOMMANDS; i++) {
        (void) fprintf(out, "  %-11s %s\n", trials_commands[i]->name,
                       trials_commands[i]->summary);
    }

    (void) fputs("\n"
                 "  trials help COMMAND   its options\n"
                 "  trials --version      the version\n",
                 out);
}


static const trials_command_t *
trials_command_find(const char *name)
{
    size_t i;

    for (i = 0; i < TRIALS_NCOMMANDS; i++) {
        if (strcmp(trials_commands[i]->name, name) == 0) {
            return trials_commands[i];
        }
    }

    return NULL;
}
