/* `trials fetch`: one record, as the registry has it. */

#include "core/cli/command.h"

#include <trials/registry.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>


enum {
    TRIALS_FETCH_REGISTRY = TRIALS_OPTION_OWN,
    TRIALS_FETCH_CONTACT,
    TRIALS_FETCH_CA_FILE,
    TRIALS_FETCH_TIMEOUT,
    TRIALS_FETCH_RETRIES
};


static int trials_fetch_run(int argc, char **argv);
static int
trials_fetch_options(int argc, char **argv,
                     trials_registry_settings_t *settings, int *code);
static int
trials_fetch_study(const trials_registry_settings_t *settings, const char *id);
static int  trials_fetch_stop(void *data);
static void trials_fetch_interrupt(int number);


static volatile sig_atomic_t trials_fetch_stopping;

static const struct option trials_fetch_table[] = {
    TRIALS_OPTIONS_HELP,
    {"registry", required_argument, NULL, TRIALS_FETCH_REGISTRY},
    {"contact", required_argument, NULL, TRIALS_FETCH_CONTACT},
    {"ca-file", required_argument, NULL, TRIALS_FETCH_CA_FILE},
    {"timeout", required_argument, NULL, TRIALS_FETCH_TIMEOUT},
    {"retries", required_argument, NULL, TRIALS_FETCH_RETRIES},
    {NULL, 0, NULL, 0},
};

const trials_command_t trials_command_fetch = {
    "fetch",
    "fetch a study's record from the registry",
    "usage: trials fetch [OPTION...] ID\n"
    "\n"
    "Writes the record of a study, JSON as the registry answers it, to\n"
    "standard output.\n"
    "\n"
    "  --registry URL       base of the API (TRIALS_REGISTRY, else\n"
    "                       https://clinicaltrials.gov/api/v2)\n"
    "  --contact TEXT       e-mail or URL that the registry is told\n"
    "                       (TRIALS_CONTACT)\n"
    "  --ca-file FILE       PEM, certificates to trust instead of the system's\n"
    "  --timeout MS         milliseconds that one try may take (30000)\n"
    "  --retries N          tries after the first (2)\n"
    "  -h, --help           this text\n"
    "\n"
    "Exit code: 0 done, 1 no such study or no answer, 2 wrong usage.\n",
    trials_fetch_run,
};


static int
trials_fetch_run(int argc, char **argv)
{
    int                        code;
    trials_id_t                id;
    struct sigaction           action;
    trials_registry_settings_t settings;

    if (!trials_fetch_options(argc, argv, &settings, &code)) {
        return code;
    }

    if (argc - optind != 1) {
        trials_complain("fetch: needs one ID; see \"trials help fetch\"");
        return TRIALS_EXIT_USAGE;
    }

    if (trials_id_parse(argv[optind], strlen(argv[optind]), id) != TRIALS_OK) {
        trials_complain("fetch: \"%s\" is not an id such as NCT01234567",
                        argv[optind]);
        return TRIALS_EXIT_USAGE;
    }

    memset(&action, 0, sizeof(struct sigaction));
    action.sa_handler = trials_fetch_interrupt;
    (void) sigaction(SIGINT, &action, NULL);
    (void) sigaction(SIGTERM, &action, NULL);
    settings.stop = trials_fetch_stop;

    return trials_fetch_study(&settings, id);
}


static int
trials_fetch_options(int argc, char **argv,
                     trials_registry_settings_t *settings, int *code)
{
    int         option, good;
    long        retries;
    const char *base;

    trials_registry_defaults(settings);
    retries = settings->retries;
    base = NULL;
    *code = TRIALS_EXIT_USAGE;

    for (;;) {
        option = trials_options_next(&trials_command_fetch, argc, argv,
                                     trials_fetch_table);
        good = 1;

        switch (option) {
        case -1:
            base = trials_options_value(base, "TRIALS_REGISTRY");
            settings->base = base ? base : settings->base;
            settings->contact =
                trials_options_value(settings->contact, "TRIALS_CONTACT");
            settings->retries = (int) retries;
            return 1;
        case TRIALS_OPTION_HELP:
            (void) fputs(trials_command_fetch.usage, stdout);
            *code = TRIALS_EXIT_OK;
            return 0;
        case TRIALS_FETCH_REGISTRY:
            base = optarg;
            break;
        case TRIALS_FETCH_CONTACT:
            settings->contact = optarg;
            break;
        case TRIALS_FETCH_CA_FILE:
            settings->ca_file = optarg;
            break;
        case TRIALS_FETCH_TIMEOUT:
            good = trials_options_number("fetch: --timeout", optarg, 1, 600000,
                                         &settings->timeout);
            break;
        case TRIALS_FETCH_RETRIES:
            good = trials_options_number("fetch: --retries", optarg, 0, 100,
                                         &retries);
            break;
        default:
            good = 0;
        }

        if (!good) {
            return 0;
        }
    }
}


static int
trials_fetch_study(const trials_registry_settings_t *settings, const char *id)
{
    int                code;
    trials_id_t        canonical;
    trials_buf_t       body;
    trials_error_t     err;
    trials_registry_t *registry;

    registry = trials_registry_create(settings, &err);
    if (registry == NULL) {
        trials_complain("%s", err.message);
        return err.code == TRIALS_INVALID ? TRIALS_EXIT_USAGE
                                          : TRIALS_EXIT_FAILED;
    }

    code = TRIALS_EXIT_FAILED;
    trials_buf_init(&body, settings->max_body);

    if (trials_registry_study(registry, id, &body, canonical, NULL, &err)
        != TRIALS_OK)
    {
        trials_complain("%s", err.message);

    } else if (fwrite(body.data, 1, body.len, stdout) != body.len) {
        trials_complain("standard output: %s", strerror(errno));

    } else {
        code = TRIALS_EXIT_OK;

        if (strcmp(canonical, id) != 0) {
            trials_complain("%s is another number of %s", id, canonical);
        }
    }

    trials_buf_free(&body);
    trials_registry_destroy(registry);

    return code;
}


static int
trials_fetch_stop(void *data)
{
    (void) data;

    return trials_fetch_stopping;
}


static void
trials_fetch_interrupt(int number)
{
    (void) number;

    trials_fetch_stopping = 1;
}
