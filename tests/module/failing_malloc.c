/*
 * Preloaded into nginx: every nth allocation fails, for an n that a test
 * writes to a file.
 *
 *   TRIALS_FAILING   the file: two uint32_t, n (0: none fails) and how many
 *                    have failed
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>


typedef struct {
    uint32_t every;
    uint32_t failed;
} trials_failing_t;


extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static trials_failing_t *trials_failing;
static uint32_t          trials_allocations;


__attribute__((constructor)) static void
trials_failing_begin(void)
{
    int         fd;
    void       *p;
    const char *path;

    path = getenv("TRIALS_FAILING");
    fd = path ? open(path, O_RDWR) : -1;

    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(trials_failing_t), PROT_READ | PROT_WRITE, MAP_SHARED,
             fd, 0);
    (void) close(fd);

    if (p != MAP_FAILED) {
        trials_failing = p;
    }
}


static int
trials_fails(void)
{
    uint32_t every;

    every = trials_failing ? trials_failing->every : 0;

    if (every == 0 || ++trials_allocations % every) {
        return 0;
    }

    trials_failing->failed++;
    errno = ENOMEM;
    return 1;
}


void *
malloc(size_t size)
{
    return trials_fails() ? NULL : __libc_malloc(size);
}


void *
calloc(size_t n, size_t size)
{
    return trials_fails() ? NULL : __libc_calloc(n, size);
}


void *
realloc(void *p, size_t size)
{
    return trials_fails() ? NULL : __libc_realloc(p, size);
}


int
posix_memalign(void **p, size_t alignment, size_t size)
{
    void *got;

    if (trials_fails()) {
        return ENOMEM;
    }

    got = __libc_memalign(alignment, size);
    if (got == NULL) {
        return ENOMEM;
    }

    *p = got;
    return 0;
}
