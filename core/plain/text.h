/*
 * Text as a list of tokens, and the few facts about characters that the
 * translator needs.  The fidelity check does not use these: it reads texts its
 * own way.
 */

#ifndef TRIALS_CORE_PLAIN_TEXT_H
#define TRIALS_CORE_PLAIN_TEXT_H


#include <trials/memory.h>

#include <stddef.h>
#include <stdint.h>


typedef enum {
    TRIALS_TOKEN_WORD = 0, /* letters, digits after a letter, apostrophes */
    TRIALS_TOKEN_NUMBER,   /* digits with their commas and points */
    TRIALS_TOKEN_SIGN      /* one character of anything else */
} trials_token_kind_t;

typedef struct {
    size_t   start; /* bytes into the text */
    size_t   len;
    unsigned kind : 2;
    unsigned space : 1; /* white space before it */
} trials_token_t;

/* A growing list of tokens; zeroed to begin with, freed by _free(). */
typedef struct {
    trials_token_t *list;
    size_t          n;
    size_t          size;
} trials_tokens_t;


/* Reads text; keeps the memory of an earlier reading. */
trials_rc_t trials_tokens_read(trials_tokens_t *tokens, trials_str_t text);
void        trials_tokens_free(trials_tokens_t *tokens);

/* What is not ASCII of the three below. */
size_t trials_utf8_decode(const char *data, size_t len, uint32_t *code);
int    trials_is_letter_beyond(uint32_t code);
int    trials_is_space_beyond(uint32_t code);


/* The character at data, at most len bytes; *code is U+FFFD and the answer 1
 * where the bytes are not UTF-8.  len is at least 1. */
static inline size_t
trials_utf8_read(const char *data, size_t len, uint32_t *code)
{
    if ((unsigned char) data[0] < 0x80) {
        *code = (unsigned char) data[0];
        return 1;
    }

    return trials_utf8_decode(data, len, code);
}

/* Letters of the scripts that records use. */
static inline int
trials_is_letter(uint32_t code)
{
    return code < 0x80 ? (code | 32) >= 'a' && (code | 32) <= 'z'
                       : trials_is_letter_beyond(code);
}

/* Every kind of space, the no-break and zero-width ones too. */
static inline int
trials_is_space(uint32_t code)
{
    return code < 0x80 ? code == ' ' || (code >= 9 && code <= 13)
                       : trials_is_space_beyond(code);
}

static inline int
trials_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline int
trials_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline int
trials_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline char
trials_lower(char c)
{
    return trials_is_upper(c) ? (char) (c + 32) : c;
}

static inline char
trials_upper(char c)
{
    return trials_is_lower(c) ? (char) (c - 32) : c;
}

/* Compares len bytes with an ASCII word in lower case, without regard to case. */
int trials_word_is(const char *data, size_t len, const char *lower);

/* Is the word one of a NULL-terminated list of words in lower case? */
int trials_word_in(const char *data, size_t len, const char *const *list);

/*
 * Appends text with white space made single spaces, none at either end, and
 * what XML cannot hold left out.
 */
void trials_text_clean(trials_buf_t *buf, trials_str_t text);


#endif
