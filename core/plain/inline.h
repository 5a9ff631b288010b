/*
 * Markdown's inlines as text.
 */

#ifndef TRIALS_CORE_PLAIN_INLINE_H
#define TRIALS_CORE_PLAIN_INLINE_H


#include <trials/memory.h>

#include <cmark.h>


/*
 * Appends the text within a paragraph or heading: emphasis without its signs,
 * links with their address where that says more than the label, breaks as \n.
 * Entities that were escaped twice in the record are resolved.
 */
void trials_inline_flatten(trials_buf_t *buf, cmark_node *block);


#endif
