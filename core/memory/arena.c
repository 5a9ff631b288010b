/*
 * The arena: a list of blocks, the newest first; a piece that is larger than
 * what a block usually holds gets a block of its own size.
 */

#include <trials/memory.h>

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_ARENA_BLOCK (32 * 1024)
#define TRIALS_ARENA_ALIGN alignof(max_align_t)

/* A text that is printed is seldom longer. */
#define TRIALS_ARENA_LINE 256


typedef struct trials_block_s trials_block_t;

struct trials_block_s {
    trials_block_t *next;
    size_t          size; /* of bytes[] */
    size_t          used;
    max_align_t     bytes[];
};

struct trials_arena_s {
    trials_block_t *blocks;
    size_t          size; /* of all blocks, headers included */
};


static trials_block_t *trials_arena_grow(trials_arena_t *arena, size_t size);


trials_arena_t *
trials_arena_create(void)
{
    return calloc(1, sizeof(trials_arena_t));
}


void
trials_arena_destroy(trials_arena_t *arena)
{
    trials_block_t *block, *next;

    if (arena == NULL) {
        return;
    }

    for (block = arena->blocks; block; block = next) {
        next = block->next;
        free(block);
    }

    free(arena);
}


void
trials_arena_reset(trials_arena_t *arena)
{
    trials_block_t *block, *next, *kept;

    kept = NULL;

    for (block = arena->blocks; block; block = next) {
        next = block->next;

        if (kept == NULL && block->size == TRIALS_ARENA_BLOCK) {
            kept = block;
            continue;
        }

        arena->size -= sizeof(trials_block_t) + block->size;
        free(block);
    }

    if (kept) {
        kept->next = NULL;
        kept->used = 0;
    }

    arena->blocks = kept;
}


void *
trials_arena_alloc(trials_arena_t *arena, size_t size)
{
    void           *p;
    trials_block_t *block;

    if (size > SIZE_MAX / 2) {
        return NULL;
    }

    size = (size + TRIALS_ARENA_ALIGN - 1) & ~(TRIALS_ARENA_ALIGN - 1);
    block = arena->blocks;

    if (block == NULL || block->size - block->used < size) {
        block = trials_arena_grow(arena, size);
        if (block == NULL) {
            return NULL;
        }
    }

    p = (char *) block->bytes + block->used;
    block->used += size;

    return memset(p, 0, size);
}


static trials_block_t *
trials_arena_grow(trials_arena_t *arena, size_t size)
{
    size_t          room;
    trials_block_t *block, *head;

    room = size > TRIALS_ARENA_BLOCK ? size : TRIALS_ARENA_BLOCK;

    block = malloc(sizeof(trials_block_t) + room);
    if (block == NULL) {
        return NULL;
    }

    block->size = room;
    block->used = 0;
    arena->size += sizeof(trials_block_t) + room;

    head = arena->blocks;

    if (size > TRIALS_ARENA_BLOCK && head) {
        /* It is full at once: the block in use stays the one in use. */

        block->next = head->next;
        head->next = block;
        return block;
    }

    block->next = head;
    arena->blocks = block;

    return block;
}


void *
trials_arena_calloc(trials_arena_t *arena, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size) {
        return NULL;
    }

    return trials_arena_alloc(arena, n * size);
}


trials_str_t
trials_arena_strdup(trials_arena_t *arena, const char *data, size_t len)
{
    char        *p;
    trials_str_t str = {0, NULL};

    p = trials_arena_alloc(arena, len + 1);
    if (p == NULL) {
        return str;
    }

    if (len) {
        memcpy(p, data, len);
    }

    str.data = p;
    str.len = len;

    return str;
}


trials_str_t
trials_arena_printf(trials_arena_t *arena, const char *fmt, ...)
{
    va_list      args;
    trials_str_t str;

    va_start(args, fmt);
    str = trials_arena_vprintf(arena, fmt, args);
    va_end(args);

    return str;
}


trials_str_t
trials_arena_vprintf(trials_arena_t *arena, const char *fmt, va_list args)
{
    int          len;
    char        *p;
    char         text[TRIALS_ARENA_LINE];
    va_list      again;
    trials_str_t str = {0, NULL};

    va_copy(again, args);
    len = vsnprintf(text, sizeof(text), fmt, args);

    if (len >= 0 && (size_t) len < sizeof(text)) {
        str = trials_arena_strdup(arena, text, (size_t) len);

    } else if (len >= 0) {
        p = trials_arena_alloc(arena, (size_t) len + 1);

        if (p != NULL) {
            (void) vsnprintf(p, (size_t) len + 1, fmt, again);
            str.data = p;
            str.len = (size_t) len;
        }
    }

    va_end(again);

    return str;
}


size_t
trials_arena_size(const trials_arena_t *arena)
{
    return arena->size;
}
