/*
 * Writing HTML.  Byte for byte what libxml2's htmlDocContentDumpFormatOutput()
 * makes of our pages, in a quarter of its time: that looks each element up in a
 * list without regard to case, and copies each text three times.  Elements
 * without content are those of the HTML Standard (section 13.1.2).
 */

#include "core/page/html.h"

#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <string.h>


static void       trials_html_doctype(trials_buf_t *out, const xmlDtd *dtd);
static xmlNodePtr trials_html_node(trials_buf_t *out, xmlNodePtr node);
static xmlNodePtr trials_html_open(trials_buf_t *out, xmlNodePtr node);
static void       trials_html_close(trials_buf_t *out, xmlNodePtr node);
static void
trials_html_name(trials_buf_t *out, const xmlNs *ns, const xmlChar *name);
static void trials_html_ns(trials_buf_t *out, const xmlNs *ns);
static void trials_html_attribute(trials_buf_t *out, xmlAttrPtr attr);
static void trials_html_value(trials_buf_t *out, const char *text, char quote);
static int  trials_html_is_address(const xmlAttr *attr);
static int  trials_html_is_one_of(const xmlChar *name, const char *const *list);
static int  trials_html_is_raw(const xmlNode *node);


static inline void
trials_html_put(trials_buf_t *out, const char *text)
{
    (void) trials_buf_append(out, text, strlen(text));
}


trials_rc_t
trials_html_write(trials_buf_t *out, xmlDocPtr doc)
{
    xmlNodePtr node, next;

    if (doc->intSubset) {
        trials_html_doctype(out, doc->intSubset);
    }

    /* Depth first, without recursion: a document may be as deep as it likes. */

    for (node = doc->children; node; node = next) {
        next = trials_html_node(out, node);

        while (next == NULL && node != (xmlNodePtr) doc) {
            next = node->next;

            if (next == NULL) {
                node = node->parent;

                if (node != (xmlNodePtr) doc) {
                    trials_html_close(out, node);
                }
            }
        }
    }

    trials_html_put(out, "\n");

    return out->failed;
}


static void
trials_html_doctype(trials_buf_t *out, const xmlDtd *dtd)
{
    trials_html_put(out, "<!DOCTYPE ");
    trials_html_put(out, (const char *) dtd->name);

    if (dtd->ExternalID) {
        trials_html_put(out, " PUBLIC \"");
        trials_html_put(out, (const char *) dtd->ExternalID);
        trials_html_put(out, "\"");
    }

    if (dtd->SystemID
        && strcmp((const char *) dtd->SystemID, "about:legacy-compat") != 0)
    {
        trials_html_put(out, dtd->ExternalID ? " \"" : " SYSTEM \"");
        trials_html_put(out, (const char *) dtd->SystemID);
        trials_html_put(out, "\"");
    }

    trials_html_put(out, ">\n");
}


/* Returns the node's first child, to go on with. */

static xmlNodePtr
trials_html_node(trials_buf_t *out, xmlNodePtr node)
{
    const char *text;

    text = (const char *) node->content;

    switch (node->type) {
    case XML_ELEMENT_NODE:
        return trials_html_open(out, node);

    case XML_TEXT_NODE:
        if (text == NULL) {
            return NULL;
        }

        if (node->name == xmlStringTextNoenc
            || trials_html_is_raw(node->parent)) {
            trials_html_put(out, text);
        } else {
            trials_html_value(out, text, '\0');
        }

        return NULL;

    case XML_CDATA_SECTION_NODE:
        trials_html_put(out, text ? text : "");
        return NULL;

    case XML_COMMENT_NODE:
        trials_html_put(out, "<!--");
        trials_html_put(out, text ? text : "");
        trials_html_put(out, "-->");
        return NULL;

    case XML_PI_NODE:
        trials_html_put(out, "<?");
        trials_html_put(out, (const char *) node->name);

        if (text) {
            trials_html_put(out, " ");
            trials_html_put(out, text);
        }

        trials_html_put(out, ">");
        return NULL;

    default:
        return NULL;
    }
}


static xmlNodePtr
trials_html_open(trials_buf_t *out, xmlNodePtr node)
{
    xmlAttrPtr               attr;
    static const char *const empty[] = {
        "area", "base", "br",    "col",    "embed", "hr",  "img", "input",
        "link", "meta", "param", "source", "track", "wbr", NULL};

    trials_html_put(out, "<");
    trials_html_name(out, node->ns, node->name);
    trials_html_ns(out, node->nsDef);

    for (attr = node->properties; attr; attr = attr->next) {
        trials_html_attribute(out, attr);
    }

    trials_html_put(out, ">");

    if (node->ns == NULL && trials_html_is_one_of(node->name, empty)) {
        return NULL;
    }

    if (node->children == NULL) {
        trials_html_close(out, node);
    }

    return node->children;
}


static void
trials_html_close(trials_buf_t *out, xmlNodePtr node)
{
    trials_html_put(out, "</");
    trials_html_name(out, node->ns, node->name);
    trials_html_put(out, ">");
}


static void
trials_html_name(trials_buf_t *out, const xmlNs *ns, const xmlChar *name)
{
    if (ns && ns->prefix) {
        trials_html_put(out, (const char *) ns->prefix);
        trials_html_put(out, ":");
    }

    trials_html_put(out, (const char *) name);
}


/* Declarations of namespaces. */

static void
trials_html_ns(trials_buf_t *out, const xmlNs *ns)
{
    for (/* void */; ns; ns = ns->next) {
        trials_html_put(out, ns->prefix ? " xmlns:" : " xmlns");
        trials_html_put(out, ns->prefix ? (const char *) ns->prefix : "");
        trials_html_put(out, "=\"");
        trials_html_value(out, ns->href ? (const char *) ns->href : "", '"');
        trials_html_put(out, "\"");
    }
}


/* In the quotes that it does not hold itself. */

static void
trials_html_attribute(trials_buf_t *out, xmlAttrPtr attr)
{
    char                     quote[2];
    char                    *text;
    xmlChar                 *content, *escaped;
    static const char *const flags[] = {
        "checked", "compact",  "declare",  "defer",    "disabled",
        "ismap",   "multiple", "nohref",   "noresize", "noshade",
        "nowrap",  "readonly", "selected", NULL};

    trials_html_put(out, " ");
    trials_html_name(out, attr->ns, attr->name);

    if (attr->children == NULL || trials_html_is_one_of(attr->name, flags)) {
        return;
    }

    /* Nearly always one piece of text, which need not be copied. */

    content =
        attr->children->next == NULL && attr->children->type == XML_TEXT_NODE
            ? NULL
            : xmlNodeGetContent((xmlNodePtr) attr);
    text = content ? (char *) content : (char *) attr->children->content;
    text = text ? text : "";
    escaped = NULL;

    if (trials_html_is_address(attr)) {
        text += strspn(text, " \t\n\r");
        escaped = xmlURIEscapeStr(BAD_CAST text, BAD_CAST "@/:=?;#%&,+");
        text = escaped ? (char *) escaped : text;
    }

    quote[0] = strchr(text, '"') && strchr(text, '\'') == NULL ? '\'' : '"';
    quote[1] = '\0';

    trials_html_put(out, "=");
    trials_html_put(out, quote);
    trials_html_value(out, text, quote[0]);
    trials_html_put(out, quote);

    xmlFree(escaped);
    xmlFree(content);
}


/* Text with what means something in HTML escaped; quote: '\0' outside values. */

static void
trials_html_value(trials_buf_t *out, const char *text, char quote)
{
    size_t      n;
    const char *stops, *end;

    stops = quote == '"' ? "<>&\"" : "<>&";
    end = text + strlen(text);

    while (text < end) {
        n = strcspn(text, stops);
        (void) trials_buf_append(out, text, n);
        text += n;

        if (text == end) {
            break;
        }

        trials_html_put(out, *text == '<'   ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '&' ? "&amp;"
                                            : "&quot;");
        text++;
    }
}


/* Does it hold an address, whose characters are escaped as RFC 3986 says, where
 * that has to be? */

static int
trials_html_is_address(const xmlAttr *attr)
{
    static const char *const names[] = {"action", "href", "src", NULL};

    if (attr->ns || attr->parent == NULL || attr->parent->ns) {
        return 0;
    }

    return trials_html_is_one_of(attr->name, names)
           || (strcmp((const char *) attr->name, "name") == 0
               && strcmp((const char *) attr->parent->name, "a") == 0);
}


/* The list is in the order of the alphabet. */

static int
trials_html_is_one_of(const xmlChar *name, const char *const *list)
{
    for (/* void */; *list && (*list)[0] <= (char) name[0]; list++) {
        if ((*list)[0] == (char) name[0]
            && strcmp(*list, (const char *) name) == 0) {
            return 1;
        }
    }

    return 0;
}


/* Is its text no markup to a browser? */

static int
trials_html_is_raw(const xmlNode *node)
{
    return node && (node->name[0] | 0x20) == 's'
           && (xmlStrcasecmp(node->name, BAD_CAST "script") == 0
               || xmlStrcasecmp(node->name, BAD_CAST "style") == 0);
}


trials_rc_t
trials_html_ascii(trials_buf_t *out, trials_str_t html)
{
    int         c, n, style;
    const char *p, *from, *end;

    end = html.data + html.len;
    style = 0;

    for (p = from = html.data; p < end; p += n) {
        n = 1;

        if (*p == '<') {
            style = style ? strncmp(p, "</style", 7) != 0
                          : strncmp(p, "<style", 6) == 0;
        }

        if ((unsigned char) *p < 0x80 || style) {
            continue;
        }

        n = end - p < 4 ? (int) (end - p) : 4;
        c = xmlGetUTF8Char((const unsigned char *) p, &n);

        if (c < 0) {
            n = 1;
            continue;
        }

        (void) trials_buf_append(out, from, (size_t) (p - from));
        trials_buf_printf(out, "&#%d;", c);
        from = p + n;
    }

    (void) trials_buf_append(out, from, (size_t) (end - from));

    return out->failed;
}
