/* Texts of others: made fit for XML, and for one line of a message. */

#ifndef TRIALS_REGISTRY_TEXT_H
#define TRIALS_REGISTRY_TEXT_H


#include <trials/memory.h>

#include <stddef.h>


/*
 * Copies len bytes of UTF-8 without what XML 1.0 cannot hold (section 2.2:
 * control characters below U+0020 but for tab and line end, U+FFFE, U+FFFF), so
 * that nothing behind this place has to care.  CR LF and a CR by itself become
 * LF.  dst has room for len bytes and may be src; returns what it holds.
 */
size_t trials_registry_clean(char *dst, const char *src, size_t len);

/* Resolves HTML's entities for signs ("&amp;", "&#39;") in place, which some
 * plain-text fields hold though they are none; the new length. */
size_t trials_registry_entities(char *text, size_t len);

/* How many times longer a text may become of the signs of print. */
#define TRIALS_SIGNS_GROW 2

/*
 * Appends len bytes with powers, areas, volumes and degrees in the signs of
 * print: "10^9/L" is 10⁹/L, "kg/m2" kg/m², "38^oC" 38 °C.  A caret may be escaped
 * as Markdown does.  Full-width forms beside Western letters become usual ones.
 */
void trials_registry_signs(trials_buf_t *buf, const char *text, size_t len);

/* May len bytes have full-width forms? */
int trials_registry_is_wide(const char *text, size_t len);

/* Appends len bytes of which only the full-width forms are changed. */
void trials_registry_narrow(trials_buf_t *buf, const char *text, size_t len);

/*
 * Copies of len bytes what one line of a message can hold: control characters
 * and line ends become spaces, what is not UTF-8 becomes "?".  Cut, at a
 * character, to size - 1 bytes, and NUL-terminated.
 */
void trials_registry_line(char *dst, size_t size, const char *src, size_t len);


#endif
