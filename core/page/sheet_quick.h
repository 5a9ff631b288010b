/*
 * Instructions that need no XPath.  To put in an attribute's value, libxslt makes
 * a context, a set of nodes and a copy of the text; and nearly all that a
 * stylesheet asks for is a short path of names.
 */

#ifndef TRIALS_PAGE_SHEET_QUICK_H
#define TRIALS_PAGE_SHEET_QUICK_H


#include <libxslt/xsltInternals.h>


/*
 * Once a stylesheet is compiled, gives the instructions whose expression is a
 * path to functions of ours, which follow it: xsl:value-of, xsl:for-each and
 * xsl:apply-templates, xsl:if and xsl:choose, these two also of "not(PATH)".
 *
 *   PATH = "." | STEP { "/" STEP }     STEP = NAME | "*"
 *
 * where "@NAME" or "node()" may be the last step.
 */
void trials_sheet_quicken(xsltStylesheetPtr style);


#endif
