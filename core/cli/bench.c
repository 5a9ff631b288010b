/*
 * `trials render --bench`: what one core renders in a second, in processor
 * time, so that other work on the machine does not count.
 */

#include "core/cli/render.h"

#include "core/cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>


/* Parse, translate, and each rendition. */
#define TRIALS_BENCH_PARSE     0
#define TRIALS_BENCH_TRANSLATE 1
#define TRIALS_BENCH_RENDER    2
#define TRIALS_BENCH_NSTEPS    (TRIALS_BENCH_RENDER + TRIALS_NTRIAL)

typedef struct {
    trials_buf_t *inputs; /* of each record; no data where it failed */
    int64_t      *times;  /* of each record and round, nanoseconds */
    size_t        ntimes;
    size_t        nfailed;
    uint64_t      bytes; /* rendered */
    int64_t       longest;
    const char   *slowest; /* the record that took it */
    int64_t       steps[TRIALS_BENCH_NSTEPS];
    long          before; /* the most memory until then, KiB, */
    long          most;   /* and until the end */
} trials_bench_t;


static trials_rc_t
trials_bench_once(trials_render_t *render, const char *name,
                  const trials_buf_t *input, trials_bench_t *bench,
                  trials_error_t *err);
static void
trials_bench_load(trials_render_t *render, const trials_records_t *records,
                  trials_bench_t *bench);
static void
trials_bench_report(trials_bench_t *bench, const trials_records_t *records,
                    long rounds, int64_t cpu, int64_t wall);
static int     trials_bench_compare(const void *one, const void *two);
static long    trials_bench_memory(void);
static int64_t trials_bench_clock(clockid_t clock);


int
trials_render_bench(trials_render_t *render, const trials_records_t *records,
                    long rounds)
{
    int            code;
    long           round;
    size_t         i;
    int64_t        cpu, wall;
    trials_error_t err;
    trials_bench_t bench;

    memset(&bench, 0, sizeof(trials_bench_t));
    bench.inputs = calloc(records->n ? records->n : 1, sizeof(trials_buf_t));
    bench.times = calloc((records->n ? records->n : 1) * (size_t) rounds,
                         sizeof(int64_t));

    code = TRIALS_EXIT_FAILED;

    if (bench.inputs == NULL || bench.times == NULL) {
        trials_complain("render: out of memory");
        goto done;
    }

    trials_bench_load(render, records, &bench);
    bench.before = trials_bench_memory();

    cpu = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID);
    wall = trials_bench_clock(CLOCK_MONOTONIC);

    for (round = 0; round < rounds; round++) {
        for (i = 0; i < records->n; i++) {
            if (bench.inputs[i].data == NULL) {
                continue;
            }

            if (trials_bench_once(render, records->names[i], &bench.inputs[i],
                                  &bench, &err)
                != TRIALS_OK)
            {
                trials_complain("%s", err.message);
                trials_buf_free(&bench.inputs[i]);
                bench.nfailed++;
            }
        }
    }

    cpu = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = trials_bench_clock(CLOCK_MONOTONIC) - wall;
    bench.most = trials_bench_memory();

    if (bench.ntimes) {
        trials_bench_report(&bench, records, rounds, cpu, wall);
    }

    if (bench.nfailed == 0 && bench.ntimes) {
        code = TRIALS_EXIT_OK;
    }

done:

    for (i = 0; bench.inputs && i < records->n; i++) {
        trials_buf_free(&bench.inputs[i]);
    }

    free(bench.inputs);
    free(bench.times);

    return code;
}


/* All records are read first: the disk is not what is measured. */

static void
trials_bench_load(trials_render_t *render, const trials_records_t *records,
                  trials_bench_t *bench)
{
    size_t         i;
    trials_error_t err;

    (void) render;

    for (i = 0; i < records->n; i++) {
        trials_buf_init(&bench->inputs[i], TRIALS_RECORD_MAX);

        if (trials_record_read(records->names[i], &bench->inputs[i], &err)
            != TRIALS_OK) {
            trials_complain("%s", err.message);
            trials_buf_free(&bench->inputs[i]);
            bench->nfailed++;

        } else if (bench->inputs[i].data == NULL) {
            trials_complain("%s: empty", trials_record_name(records->names[i]));
            bench->nfailed++;
        }
    }
}


static trials_rc_t
trials_bench_once(trials_render_t *render, const char *name,
                  const trials_buf_t *input, trials_bench_t *bench,
                  trials_error_t *err)
{
    int             i;
    int64_t         began, before, now;
    trials_rc_t     rc;
    trials_study_t *study;
    trials_trial_t *trial;

    trials_arena_reset(render->arena);
    began = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID);

    rc = trials_study_parse(render->arena, trials_record_name(name),
                            input->data, input->len, &study, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    now = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID);
    bench->steps[TRIALS_BENCH_PARSE] += now - began;
    before = now;

    trial = trials_trial_create(render->page, render->arena, study,
                                &render->facts, err);
    if (trial == NULL) {
        return err->code;
    }

    now = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID);
    bench->steps[TRIALS_BENCH_TRANSLATE] += now - before;

    for (i = 0; i < TRIALS_NTRIAL && rc == TRIALS_OK; i++) {
        before = now;
        trials_buf_reset(&render->out);
        rc = trials_trial_render(trial, (trials_rendition_t) i,
                                 TRIALS_LANGUAGE_EN, &render->out, err);
        now = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID);
        bench->steps[TRIALS_BENCH_RENDER + i] += now - before;
        bench->bytes += render->out.len;
    }

    trials_trial_destroy(trial);

    if (rc != TRIALS_OK) {
        return rc;
    }

    now = trials_bench_clock(CLOCK_PROCESS_CPUTIME_ID) - began;
    bench->times[bench->ntimes++] = now;

    if (now > bench->longest) {
        bench->longest = now;
        bench->slowest = trials_record_name(name);
    }

    return TRIALS_OK;
}


static void
trials_bench_report(trials_bench_t *bench, const trials_records_t *records,
                    long rounds, int64_t cpu, int64_t wall)
{
    int    i;
    double n;

    n = (double) bench->ntimes;
    qsort(bench->times, bench->ntimes, sizeof(int64_t), trials_bench_compare);

    (void) printf("%zu records, %ld rounds, all %d renditions, %.0f bytes a "
                  "trial\n",
                  records->n - bench->nfailed, rounds, TRIALS_NTRIAL,
                  (double) bench->bytes / n);
    (void) printf("%.0f trials/s a core (%.2f s of processor time, %.2f s on "
                  "the clock)\n",
                  n / ((double) cpu / 1e9), (double) cpu / 1e9,
                  (double) wall / 1e9);
    (void) printf("ms a trial: %.3f = parse %.3f + translate %.3f",
                  (double) cpu / 1e6 / n,
                  (double) bench->steps[TRIALS_BENCH_PARSE] / 1e6 / n,
                  (double) bench->steps[TRIALS_BENCH_TRANSLATE] / 1e6 / n);

    for (i = 0; i < TRIALS_NTRIAL; i++) {
        (void) printf(" + %s %.3f",
                      trials_rendition_name((trials_rendition_t) i),
                      (double) bench->steps[TRIALS_BENCH_RENDER + i] / 1e6 / n);
    }

    (void) printf("\nms: half within %.3f, 99 of 100 within %.3f, longest %.3f "
                  "(%s)\n",
                  (double) bench->times[bench->ntimes / 2] / 1e6,
                  (double) bench->times[bench->ntimes * 99 / 100] / 1e6,
                  (double) bench->longest / 1e6, bench->slowest);
    (void) printf("MiB: %.1f for the engine and the records, %.1f more to "
                  "render any of them\n",
                  (double) bench->before / 1024,
                  (double) (bench->most - bench->before) / 1024);
}


/* The most memory that was resident until now, KiB. */

static long
trials_bench_memory(void)
{
    struct rusage usage;

    (void) getrusage(RUSAGE_SELF, &usage);

    return usage.ru_maxrss;
}


static int
trials_bench_compare(const void *one, const void *two)
{
    int64_t a, b;

    a = *(const int64_t *) one;
    b = *(const int64_t *) two;

    return a < b ? -1 : a > b;
}


static int64_t
trials_bench_clock(clockid_t clock)
{
    struct timespec ts;

    (void) clock_gettime(clock, &ts);

    return (int64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}
