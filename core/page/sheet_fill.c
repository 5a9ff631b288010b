/* Words, attributes and CSS, put into a stylesheet before it is compiled. */

#include "core/page/sheet_compile.h"

#include <stdio.h>
#include <string.h>


static void trials_sheet_say(trials_compile_t *compile, const char *path,
                             xmlNodePtr node, xmlNsPtr xsl);
static void
trials_sheet_css(trials_compile_t *compile, xmlNodePtr node, xmlNsPtr xsl);
static void trials_sheet_attributes(trials_compile_t *compile, const char *path,
                                    xmlNodePtr node);
static const char *
trials_sheet_word(trials_compile_t *compile, const char *path, xmlNodePtr node,
                  const char *id);


/* Words: see the header.  Children first, since a place may hold words. */

void
trials_sheet_fill(trials_compile_t *compile, const char *path, xmlNodePtr node)
{
    xmlNsPtr   xsl;
    xmlNodePtr child, next;

    for (child = node->children; child; child = next) {
        next = child->next;

        if (child->type == XML_ELEMENT_NODE) {
            trials_sheet_fill(compile, path, child);
        }
    }

    trials_sheet_attributes(compile, path, node);

    if (node->ns == NULL
        || strcmp((const char *) node->ns->href, TRIALS_SHEET_WORDS) != 0)
    {
        return;
    }

    xsl = xmlSearchNsByHref(node->doc, node, XSLT_NAMESPACE);

    if (strcmp((const char *) node->name, "say") == 0) {
        trials_sheet_say(compile, path, node, xsl);

    } else if (strcmp((const char *) node->name, "css") == 0) {
        trials_sheet_css(compile, node, xsl);

    } else if (strcmp((const char *) node->name, "with") == 0) {
        return;

    } else {
        trials_sheet_complain(compile, "%s:%ld: unknown element \"%s\"", path,
                              xmlGetLineNo(node), node->name);
        return;
    }

    xmlUnlinkNode(node);
    xmlFreeNode(node);
}


static void
trials_sheet_text(xmlNodePtr before, xmlNsPtr xsl, trials_str_t text)
{
    xmlNodePtr node;

    if (text.len == 0) {
        return;
    }

    node = xmlNewDocNode(before->doc, xsl, BAD_CAST "text", NULL);

    if (node) {
        (void) xmlAddChild(
            node,
            xmlNewDocTextLen(before->doc, BAD_CAST text.data, (int) text.len));
        (void) xmlAddPrevSibling(before, node);
    }
}


static xmlNodePtr
trials_sheet_with(xmlNodePtr say, trials_str_t name)
{
    xmlChar   *value;
    xmlNodePtr child;
    int        same;

    for (child = say->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE) {
            continue;
        }

        value = xmlGetNoNsProp(child, BAD_CAST "name");
        same = value && strlen((char *) value) == name.len
               && memcmp(value, name.data, name.len) == 0;
        xmlFree(value);

        if (same) {
            return child;
        }
    }

    return NULL;
}


static void
trials_sheet_say(trials_compile_t *compile, const char *path, xmlNodePtr node,
                 xmlNsPtr xsl)
{
    char         variable[64];
    xmlChar     *id;
    xmlNodePtr   with, child;
    const char  *text;
    trials_str_t before, name;

    id = xmlGetNoNsProp(node, BAD_CAST "id");
    text = trials_sheet_word(compile, path, node, id ? (char *) id : "");
    xmlFree(id);

    while (trials_words_piece(&text, &before, &name)) {
        trials_sheet_text(node, xsl, before);

        if (name.data == NULL) {
            continue;
        }

        with = trials_sheet_with(node, name);

        if (with) {
            for (child = with->children; child; child = child->next) {
                (void) xmlAddPrevSibling(node, xmlCopyNode(child, 1));
            }

            continue;
        }

        (void) snprintf(variable, sizeof(variable), "$%.*s", (int) name.len,
                        name.data);
        child = xmlNewDocNode(node->doc, xsl, BAD_CAST "value-of", NULL);

        if (child) {
            (void) xmlNewProp(child, BAD_CAST "select", BAD_CAST variable);
            child->line = node->line;
            (void) xmlAddPrevSibling(node, child);
        }
    }
}


static void
trials_sheet_css(trials_compile_t *compile, xmlNodePtr node, xmlNsPtr xsl)
{
    xmlChar     *name;
    const char  *path;
    trials_str_t text;

    name = xmlGetNoNsProp(node, BAD_CAST "name");

    if (name && trials_sheet_file(compile, (char *) name, &text, &path)) {
        trials_sheet_hash(compile->sheets, text);
        trials_sheet_text(node, xsl, text);
    }

    if (name && strcmp((char *) name, "style.css") == 0
        && trials_sheet_disk(compile->sheets, "custom.css", &text, &path,
                             &compile->err)
               == 1)
    {
        trials_sheet_hash(compile->sheets, text);
        trials_sheet_text(node, xsl, text);
    }

    xmlFree(name);
}


static void
trials_sheet_attributes(trials_compile_t *compile, const char *path,
                        xmlNodePtr node)
{
    xmlChar     *id;
    xmlAttrPtr   attr, next;
    const char  *text;
    trials_buf_t value;
    trials_str_t before, name;

    for (attr = node->properties; attr; attr = next) {
        next = attr->next;

        if (attr->ns == NULL
            || strcmp((const char *) attr->ns->href, TRIALS_SHEET_WORDS) != 0)
        {
            continue;
        }

        id = xmlNodeGetContent((xmlNodePtr) attr);
        text = trials_sheet_word(compile, path, node, id ? (char *) id : "");
        xmlFree(id);
        trials_buf_init(&value, TRIALS_SHEET_FILE);

        while (trials_words_piece(&text, &before, &name)) {
            trials_buf_append(&value, before.data, before.len);

            if (name.data) {
                trials_buf_printf(&value, "{$%.*s}", (int) name.len, name.data);
            }
        }

        (void) xmlNewProp(node, attr->name,
                          BAD_CAST(value.data ? value.data : ""));
        trials_buf_free(&value);
        (void) xmlRemoveProp(attr);
    }
}


static const char *
trials_sheet_word(trials_compile_t *compile, const char *path, xmlNodePtr node,
                  const char *id)
{
    const char *text;

    text = trials_words_find(compile->words, id);

    if (text == NULL) {
        trials_sheet_complain(compile, "%s:%ld: no words \"%s\"", path,
                              xmlGetLineNo(node), id);
        return "";
    }

    return text;
}
