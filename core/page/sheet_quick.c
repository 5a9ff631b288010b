/*
 * Paths that are followed instead of evaluated.  A node that is no element is
 * left to libxslt.
 */

#include "core/page/sheet_quick.h"

#include <libxml/xpathInternals.h>
#include <libxslt/imports.h>
#include <libxslt/transform.h>
#include <string.h>


#define TRIALS_QUICK_NOT     "not("
#define TRIALS_QUICK_NOT_LEN (sizeof(TRIALS_QUICK_NOT) - 1)


/* A step of a path. */

typedef struct {
    const char *name;
    size_t      len;     /* 0: any element */
    const char *rest;    /* of the path, NULL after the last step */
    unsigned    any : 1; /* node, element or not */
} trials_quick_step_t;

static xsltTransformFunction
            trials_quick_function(const xsltStylePreComp *comp);
static int  trials_quick_has(const xmlNode *child, const char *name);
static int  trials_quick_is_choice(const xmlNode *when);
static int  trials_quick_is_test(const char *test);
static int  trials_quick_is_path(const char *path, const char *end);
static void trials_quick_value(xsltTransformContextPtr context, xmlNodePtr node,
                               xmlNodePtr inst, xsltElemPreCompPtr comp);
static void trials_quick_if(xsltTransformContextPtr context, xmlNodePtr node,
                            xmlNodePtr inst, xsltElemPreCompPtr comp);
static void
trials_quick_choose(xsltTransformContextPtr context, xmlNodePtr node,
                    xmlNodePtr inst, xsltElemPreCompPtr comp);
static void trials_quick_each(xsltTransformContextPtr context, xmlNodePtr node,
                              xmlNodePtr inst, xsltElemPreCompPtr comp);
static int  trials_quick_test(xmlNodePtr node, const xmlNode *inst);
static xmlNodePtr trials_quick_find(xmlNodePtr node, const char *path);
static int
trials_quick_collect(xmlNodeSetPtr list, xmlNodePtr node, const char *path);


void
trials_sheet_quicken(xsltStylesheetPtr style)
{
    xsltElemPreCompPtr    comp;
    xsltTransformFunction function;

    for (/* void */; style; style = xsltNextImport(style)) {
        for (comp = style->preComps; comp; comp = comp->next) {
            function = trials_quick_function((const xsltStylePreComp *) comp);
            comp->func = function ? function : comp->func;
        }
    }
}


/* Ours for an instruction; NULL where it is to have libxslt's.  An xsl:text is
 * gone by now: what it was compiled to still points there. */

static xsltTransformFunction
trials_quick_function(const xsltStylePreComp *comp)
{
    switch (comp->type) {
    case XSLT_FUNC_VALUEOF:
        return trials_quick_is_path((char *) comp->select, "")
                   ? trials_quick_value
                   : NULL;

    case XSLT_FUNC_IF:
        return trials_quick_is_test((char *) comp->test) ? trials_quick_if
                                                         : NULL;

    case XSLT_FUNC_CHOOSE:
        return trials_quick_is_choice(comp->inst->children)
                   ? trials_quick_choose
                   : NULL;

    case XSLT_FUNC_FOREACH:
    case XSLT_FUNC_APPLYTEMPLATES:
        return !trials_quick_has(comp->inst->children, "sort")
                       && !trials_quick_has(comp->inst->children, "with-param")
                       && trials_quick_is_path((char *) comp->select, "")
                   ? trials_quick_each
                   : NULL;

    default:
        return NULL;
    }
}


/* Whether an instruction that may stand there comes first. */

static int
trials_quick_has(const xmlNode *child, const char *name)
{
    return child && child->type == XML_ELEMENT_NODE
           && strcmp((char *) child->name, name) == 0;
}


/* xsl:otherwise is the one that nothing was compiled for. */

static int
trials_quick_is_choice(const xmlNode *when)
{
    const xsltStylePreComp *comp;

    for (/* void */; when; when = when->next) {
        comp = when->psvi;

        if (comp ? !trials_quick_is_test((char *) comp->test)
                 : !trials_quick_has(when, "otherwise"))
        {
            return 0;
        }
    }

    return 1;
}


static int
trials_quick_is_test(const char *test)
{
    return test && strncmp(test, TRIALS_QUICK_NOT, TRIALS_QUICK_NOT_LEN) == 0
               ? trials_quick_is_path(test + TRIALS_QUICK_NOT_LEN, ")")
               : trials_quick_is_path(test, "");
}


static inline size_t
trials_quick_name(const char *path)
{
    size_t len;

    for (len = 0;
         (path[len] >= 'a' && path[len] <= 'z') || (len && path[len] == '-');
         len++)
    {
        /* void */
    }

    return len;
}


/* end: what follows it. */

static int
trials_quick_is_path(const char *path, const char *end)
{
    size_t len;

    if (path == NULL) {
        return 0;
    }

    if (path[0] == '.') {
        return strcmp(path + 1, end) == 0;
    }

    for (;;) {
        if (path[0] == '@') {
            len = trials_quick_name(path + 1);
            return len && strcmp(path + 1 + len, end) == 0;
        }

        if (strncmp(path, "node()", 6) == 0) {
            return strcmp(path + 6, end) == 0;
        }

        len = path[0] == '*' ? 1 : trials_quick_name(path);

        if (len == 0 || path[len] != '/') {
            return len && strcmp(path + len, end) == 0;
        }

        path += len + 1;
    }
}


static void
trials_quick_value(xsltTransformContextPtr context, xmlNodePtr node,
                   xmlNodePtr inst, xsltElemPreCompPtr comp)
{
    xmlNodePtr          found, text;
    xsltStylePreCompPtr made;

    made = (xsltStylePreCompPtr) comp;

    if (node->type != XML_ELEMENT_NODE) {
        xsltValueOf(context, node, inst, comp);
        return;
    }

    found = trials_quick_find(node, (const char *) made->select);

    if (found == NULL) {
        return;
    }

    text = found->type == XML_ELEMENT_NODE || found->type == XML_ATTRIBUTE_NODE
               ? found->children
               : found;

    if (text == NULL) {
        return;
    }

    if (text->type == XML_TEXT_NODE && (text == found || text->next == NULL)) {
        (void) xsltCopyTextString(context, context->insert, text->content,
                                  made->noescape);
    } else {
        xsltValueOf(context, node, inst, comp);
    }
}


static void
trials_quick_if(xsltTransformContextPtr context, xmlNodePtr node,
                xmlNodePtr inst, xsltElemPreCompPtr comp)
{
    if (node->type != XML_ELEMENT_NODE) {
        xsltIf(context, node, inst, comp);

    } else if (trials_quick_test(node, inst)) {
        xsltApplyOneTemplate(context, node, inst->children, NULL, NULL);
    }
}


static void
trials_quick_choose(xsltTransformContextPtr context, xmlNodePtr node,
                    xmlNodePtr inst, xsltElemPreCompPtr comp)
{
    const xmlNode *when;

    if (node->type != XML_ELEMENT_NODE) {
        xsltChoose(context, node, inst, comp);
        return;
    }

    when = inst->children;

    while (when && !trials_quick_test(node, when)) {
        when = when->next;
    }

    if (when) {
        xsltApplyOneTemplate(context, node, when->children, NULL, NULL);
    }
}


/* Of xsl:if or xsl:when; xsl:otherwise has none. */

static int
trials_quick_test(xmlNodePtr node, const xmlNode *inst)
{
    const char *test;

    if (inst->psvi == NULL) {
        return 1;
    }

    test = (const char *) ((const xsltStylePreComp *) inst->psvi)->test;

    return strncmp(test, TRIALS_QUICK_NOT, TRIALS_QUICK_NOT_LEN) == 0
               ? !trials_quick_find(node, test + TRIALS_QUICK_NOT_LEN)
               : trials_quick_find(node, test) != NULL;
}


/* xsl:for-each and xsl:apply-templates. */

static void
trials_quick_each(xsltTransformContextPtr context, xmlNodePtr node,
                  xmlNodePtr inst, xsltElemPreCompPtr comp)
{
    int                 i, size, position;
    xmlNodePtr          current;
    xmlNodeSetPtr       list, outer;
    xsltTemplatePtr     rule;
    const xmlChar      *mode, *mode_uri;
    xmlXPathContextPtr  xpath;
    xsltStylePreCompPtr made;

    made = (xsltStylePreCompPtr) comp;

    if (node->type != XML_ELEMENT_NODE) {
        (comp->type == XSLT_FUNC_FOREACH ? xsltForEach : xsltApplyTemplates)(
            context, node, inst, comp);
        return;
    }

    list = xmlXPathNodeSetCreate(NULL);

    if (list == NULL
        || trials_quick_collect(list, node, (const char *) made->select) != 0)
    {
        context->state = XSLT_STATE_STOPPED;
        xmlXPathFreeNodeSet(list);
        return;
    }

    xpath = context->xpathCtxt;
    size = xpath->contextSize;
    position = xpath->proximityPosition;
    current = context->node;
    outer = context->nodeList;
    rule = context->currentTemplateRule;
    mode = context->mode;
    mode_uri = context->modeURI;

    context->nodeList = list;
    xpath->contextSize = list->nodeNr;

    if (comp->type == XSLT_FUNC_FOREACH) {
        context->currentTemplateRule = NULL;
    } else {
        context->mode = made->mode;
        context->modeURI = made->modeURI;
    }

    for (i = 0; i < list->nodeNr; i++) {
        context->node = list->nodeTab[i];
        xpath->proximityPosition = i + 1;

        if (comp->type == XSLT_FUNC_FOREACH) {
            xsltApplyOneTemplate(context, context->node, inst->children, NULL,
                                 NULL);
        } else {
            xsltProcessOneNode(context, context->node, NULL);
        }
    }

    xpath->contextSize = size;
    xpath->proximityPosition = position;
    context->node = current;
    context->nodeList = outer;
    context->currentTemplateRule = rule;
    context->mode = mode;
    context->modeURI = mode_uri;
    xmlXPathFreeNodeSet(list);
}


static trials_quick_step_t
trials_quick_step(const char *path)
{
    const char         *end;
    trials_quick_step_t step;

    step.name = path;
    step.len = trials_quick_name(path);
    end = path + step.len + (path[0] == '*');
    step.any = *end == '(';
    step.rest = *end == '/' ? end + 1 : NULL;

    return step;
}


static inline int
trials_quick_is(const xmlChar *name, const xmlNs *ns, const char *wanted,
                size_t len)
{
    return (char) name[0] == wanted[0] && ns == NULL
           && strncmp((const char *) name, wanted, len) == 0
           && name[len] == '\0';
}


static inline int
trials_quick_takes(const trials_quick_step_t *step, const xmlNode *node)
{
    return step->any
           || (node->type == XML_ELEMENT_NODE
               && (step->len == 0
                   || trials_quick_is(node->name, node->ns, step->name,
                                      step->len)));
}


static xmlNodePtr
trials_quick_attribute(const xmlNode *node, const char *name)
{
    size_t     len;
    xmlAttrPtr attr;

    len = trials_quick_name(name);
    attr = node->properties;

    while (attr && !trials_quick_is(attr->name, attr->ns, name, len)) {
        attr = attr->next;
    }

    return (xmlNodePtr) attr;
}


/* The first node that the path leads to from an element. */

static xmlNodePtr
trials_quick_find(xmlNodePtr node, const char *path)
{
    xmlNodePtr          child, found;
    trials_quick_step_t step;

    if (path[0] == '.') {
        return node;
    }

    if (path[0] == '@') {
        return trials_quick_attribute(node, path + 1);
    }

    step = trials_quick_step(path);
    found = NULL;

    for (child = node->children; child && found == NULL; child = child->next) {
        if (trials_quick_takes(&step, child)) {
            found = step.rest ? trials_quick_find(child, step.rest) : child;
        }
    }

    return found;
}


/* All of them; not 0 where memory is out. */

static int
trials_quick_collect(xmlNodeSetPtr list, xmlNodePtr node, const char *path)
{
    int                 failed;
    xmlNodePtr          child;
    trials_quick_step_t step;

    if (path[0] == '.' || path[0] == '@') {
        child = trials_quick_find(node, path);
        return child ? xmlXPathNodeSetAddUnique(list, child) : 0;
    }

    step = trials_quick_step(path);
    failed = 0;

    for (child = node->children; child && !failed; child = child->next) {
        if (trials_quick_takes(&step, child)) {
            failed = step.rest ? trials_quick_collect(list, child, step.rest)
                               : xmlXPathNodeSetAddUnique(list, child);
        }
    }

    return failed;
}
