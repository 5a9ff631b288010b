/* The table of built-in files. */

#include "core/page/data.h"

#include <string.h>


#define TRIALS_DATA_DECLARE(symbol)                \
    extern const char trials_page_##symbol[]       \
        __attribute__((visibility("hidden")));     \
    extern const char trials_page_##symbol##_end[] \
        __attribute__((visibility("hidden")));

#define TRIALS_DATA(name, symbol)                              \
    {                                                          \
        name, trials_page_##symbol, trials_page_##symbol##_end \
    }

TRIALS_DATA_DECLARE(house_xsl)
TRIALS_DATA_DECLARE(text_xsl)
TRIALS_DATA_DECLARE(prose_xsl)
TRIALS_DATA_DECLARE(page_xsl)
TRIALS_DATA_DECLARE(places_xsl)
TRIALS_DATA_DECLARE(print_xsl)
TRIALS_DATA_DECLARE(embed_xsl)
TRIALS_DATA_DECLARE(questions_xsl)
TRIALS_DATA_DECLARE(atom_xsl)
TRIALS_DATA_DECLARE(site_xsl)
TRIALS_DATA_DECLARE(listing_xsl)
TRIALS_DATA_DECLARE(feed_xsl)
TRIALS_DATA_DECLARE(style_css)
TRIALS_DATA_DECLARE(print_css)
TRIALS_DATA_DECLARE(embed_css)
TRIALS_DATA_DECLARE(words_en_tsv)
TRIALS_DATA_DECLARE(words_es_tsv)


static const trials_data_t trials_data[] = {
    TRIALS_DATA("house.xsl", house_xsl),
    TRIALS_DATA("text.xsl", text_xsl),
    TRIALS_DATA("prose.xsl", prose_xsl),
    TRIALS_DATA("page.xsl", page_xsl),
    TRIALS_DATA("places.xsl", places_xsl),
    TRIALS_DATA("print.xsl", print_xsl),
    TRIALS_DATA("embed.xsl", embed_xsl),
    TRIALS_DATA("questions.xsl", questions_xsl),
    TRIALS_DATA("atom.xsl", atom_xsl),
    TRIALS_DATA("site.xsl", site_xsl),
    TRIALS_DATA("listing.xsl", listing_xsl),
    TRIALS_DATA("feed.xsl", feed_xsl),
    TRIALS_DATA("style.css", style_css),
    TRIALS_DATA("print.css", print_css),
    TRIALS_DATA("embed.css", embed_css),
    TRIALS_DATA("words.en.tsv", words_en_tsv),
    TRIALS_DATA("words.es.tsv", words_es_tsv),
};


const trials_data_t *
trials_data_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(trials_data) / sizeof(trials_data[0]); i++) {
        if (strcmp(trials_data[i].name, name) == 0) {
            return &trials_data[i];
        }
    }

    return NULL;
}


const trials_data_t *
trials_data_at(size_t i)
{
    return i < sizeof(trials_data) / sizeof(trials_data[0]) ? &trials_data[i]
                                                            : NULL;
}
