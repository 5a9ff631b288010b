/*
 * A tree as HTML.
 */

#ifndef TRIALS_PAGE_HTML_H
#define TRIALS_PAGE_HTML_H


#include <trials/memory.h>

#include <libxml/tree.h>


/*
 * Appends doc, a stylesheet's result, as the serialization of HTML that XSLT 1.0
 * (section 16.2) asks for, in UTF-8 without indentation.  The answer is out's.
 */
trials_rc_t trials_html_write(trials_buf_t *out, xmlDocPtr doc);

/*
 * Appends HTML with what is not ASCII as references to characters, but for styles,
 * which know none: it reads the same within a page of any charset.
 */
trials_rc_t trials_html_ascii(trials_buf_t *out, trials_str_t html);


#endif
