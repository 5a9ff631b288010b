/* Sitemaps, as https://www.sitemaps.org/protocol.html has them. */

#include <trials/listing.h>

#include "core/page/site.h"

#include <libxml/entities.h>
#include <stdio.h>
#include <string.h>


#define TRIALS_SITEMAP_NS "http://www.sitemaps.org/schemas/sitemap/0.9"


static void trials_sitemap_address(trials_buf_t *out, const char *element,
                                   const char *base, const char *path,
                                   const char *suffix, trials_date_t date);
static trials_rc_t
trials_sitemap_end(trials_buf_t *out, const char *element, trials_error_t *err);


trials_rc_t
trials_sitemap_index(const trials_page_t *page, size_t nparts,
                     const trials_date_t *dates, trials_buf_t *out,
                     trials_error_t *err)
{
    char     path[40];
    size_t   i;
    xmlChar *base;

    base = xmlEncodeSpecialChars(NULL, BAD_CAST page->base);
    if (base == NULL) {
        return trials_error(err, TRIALS_NOMEM, "sitemap: out of memory");
    }

    trials_buf_printf(out,
                      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<sitemapindex xmlns=\"%s\">\n",
                      TRIALS_SITEMAP_NS);

    for (i = 0; i < nparts; i++) {
        (void) snprintf(path, sizeof(path), "sitemap/%zu", i + 1);
        trials_sitemap_address(out, "sitemap", (const char *) base, path,
                               ".xml", dates[i]);
    }

    xmlFree(base);

    return trials_sitemap_end(out, "sitemapindex", err);
}


trials_rc_t
trials_sitemap_part(const trials_page_t *page, const char *const *paths,
                    size_t npaths, const trials_id_t *ids,
                    const trials_date_t *dates, size_t n, trials_buf_t *out,
                    trials_error_t *err)
{
    size_t        i;
    xmlChar      *base;
    trials_date_t none = {0, 0, 0, TRIALS_DATE_TYPE_NONE};

    base = xmlEncodeSpecialChars(NULL, BAD_CAST page->base);
    if (base == NULL) {
        return trials_error(err, TRIALS_NOMEM, "sitemap: out of memory");
    }

    trials_buf_printf(out,
                      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<urlset xmlns=\"%s\">\n",
                      TRIALS_SITEMAP_NS);

    for (i = 0; i < npaths; i++) {
        trials_sitemap_address(out, "url", (const char *) base, paths[i], "",
                               none);
    }

    for (i = 0; i < n; i++) {
        trials_sitemap_address(out, "url", (const char *) base, ids[i], "",
                               dates[i]);
    }

    xmlFree(base);

    return trials_sitemap_end(out, "urlset", err);
}


static void
trials_sitemap_address(trials_buf_t *out, const char *element, const char *base,
                       const char *path, const char *suffix, trials_date_t date)
{
    trials_buf_printf(out, "<%s><loc>%s/%s%s</loc>", element, base, path,
                      suffix);

    if (date.year) {
        trials_buf_printf(out, "<lastmod>%04d-%02d-%02d</lastmod>", date.year,
                          date.month, date.day);
    }

    trials_buf_printf(out, "</%s>\n", element);
}


static trials_rc_t
trials_sitemap_end(trials_buf_t *out, const char *element, trials_error_t *err)
{
    trials_buf_printf(out, "</%s>\n", element);

    return out->failed ? trials_error(err, out->failed, "sitemap: no room")
                       : TRIALS_OK;
}
