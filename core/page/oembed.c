/* The trial as oEmbed 1.0 (https://oembed.com): type "rich", an iframe. */

#include "core/page/dump.h"
#include "core/page/trial.h"

#include <libxml/xmlstring.h>
#include <libxml/entities.h>


#define TRIALS_OEMBED_WIDTH  640
#define TRIALS_OEMBED_HEIGHT 480
#define TRIALS_OEMBED_AGE    3600 /* seconds that a consumer may keep it */


trials_rc_t
trials_oembed_render(trials_trial_t *trial, trials_buf_t *out)
{
    xmlChar       *title;
    json_t        *root;
    const char    *base, *name;
    trials_rc_t    rc;
    trials_tree_t *tree;

    tree = trial->tree;
    base = trials_tree_printf(
        tree, "%s%s%s", trial->page->base, trial->language ? "/" : "",
        trial->language ? trials_language_tag(trial->language) : "");
    name = trial->study->brief_title.len ? trial->study->brief_title.data
                                         : trial->study->id;
    title = xmlEncodeSpecialChars(tree->doc, BAD_CAST name);

    if (title == NULL) {
        return TRIALS_NOMEM;
    }

    root = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s}", "version", "1.0",
        "type", "rich", "title", name, "provider_name",
        trial->page->brand ? trial->page->brand
                           : trials_say(tree, "house.brand", NULL),
        "provider_url", trials_tree_printf(tree, "%s/", base), "cache_age",
        TRIALS_OEMBED_AGE, "width", TRIALS_OEMBED_WIDTH, "height",
        TRIALS_OEMBED_HEIGHT, "html",
        trials_tree_printf(tree,
                           "<iframe src=\"%s/%s/embed\" width=\"%d\" "
                           "height=\"%d\" title=\"%s\" loading=\"lazy\" "
                           "style=\"border:0;max-width:100%%\"></iframe>",
                           base, trial->study->id, TRIALS_OEMBED_WIDTH,
                           TRIALS_OEMBED_HEIGHT, title));
    xmlFree(title);

    rc = root ? trials_json_dump(out, root) : TRIALS_NOMEM;
    json_decref(root);

    return rc;
}
