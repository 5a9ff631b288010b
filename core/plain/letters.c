/*
 * Capitals and small letters where a sentence begins or no longer does.
 */

#include "core/plain/rewrite.h"

#include <string.h>


void
trials_rewrite_capital(trials_buf_t *buf, size_t at)
{
    int    roman;
    size_t n;

    if (buf->failed != TRIALS_OK || buf->len <= at
        || !trials_is_lower(buf->data[at]))
    {
        return;
    }

    for (n = at, roman = 1; n < buf->len && trials_is_lower(buf->data[n]); n++)
    {
        roman &= strchr("ivx", buf->data[n]) != NULL;
    }

    /* "iv. Asthma": the mark of an item, IV. */

    if (roman && n > at + 1 && (n == buf->len || buf->data[n] == '.')) {
        for (/* void */; n > at; n--) {
            buf->data[n - 1] = trials_upper(buf->data[n - 1]);
        }
        return;
    }

    if ((n < at + 2 && !(buf->data[at] == 'a' && buf->data[at + 1] == ' ')
         && !(n + 1 < buf->len && buf->data[n] == '-'
              && trials_is_lower(buf->data[n + 1])))
        || (n < buf->len
            && (trials_is_upper(buf->data[n]) || trials_is_digit(buf->data[n])
                || (unsigned char) buf->data[n] >= 0xc0))
        || (n + 1 < buf->len && buf->data[n] == '-'
            && trials_is_upper(buf->data[n + 1]) && n < at + 3))
    {
        return;
    }

    buf->data[at] = trials_upper(buf->data[at]);
}


void
trials_rewrite_small(trials_buf_t *buf, size_t at)
{
    int                      vowels;
    size_t                   n;
    static const char *const names[] = {"parkinson's",
                                        "parkinson",
                                        "crohn's",
                                        "alzheimer's",
                                        "alzheimer",
                                        "hodgkin",
                                        "hodgkin's",
                                        "karnofsky",
                                        "lansky",
                                        "eastern",
                                        "new",
                                        "american",
                                        "cushing's",
                                        "down",
                                        "sjogren's",
                                        "gilbert's",
                                        "gilbert",
                                        "child",
                                        "ewing",
                                        "barrett's",
                                        "european",
                                        "international",
                                        "fitzpatrick",
                                        "german",
                                        "english",
                                        "french",
                                        "spanish",
                                        "chinese",
                                        "japanese",
                                        "indian",
                                        "medicare",
                                        "medicaid",
                                        "raynaud's",
                                        "graves",
                                        "wilson's",
                                        "epstein",
                                        "helicobacter",
                                        "staphylococcus",
                                        "japan",
                                        "china",
                                        "addison's",
                                        "behcet's",
                                        "huntington's",
                                        "marfan",
                                        "turner",
                                        "kawasaki",
                                        "guillain",
                                        "lou",
                                        "burkitt",
                                        "burkitt's",
                                        "kaposi",
                                        "kaposi's",
                                        "merkel",
                                        "wilms",
                                        "philadelphia",
                                        "clostridium",
                                        "candida",
                                        "i",
                                        "duchenne",
                                        "fabry",
                                        "gaucher",
                                        "pompe",
                                        "tourette",
                                        "tourette's",
                                        "african",
                                        "hispanic",
                                        "asian",
                                        "caucasian",
                                        "beck",
                                        "montreal",
                                        "hamilton",
                                        "montgomery",
                                        "world",
                                        "gleason",
                                        "bristol",
                                        "mayo",
                                        "rome",
                                        "mini",
                                        "expanded",
                                        "columbia",
                                        "fanconi",
                                        "fanconi's",
                                        "wegener",
                                        "wegener's",
                                        "takayasu",
                                        "takayasu's",
                                        "behcet",
                                        "sjogren",
                                        "graves'",
                                        "hashimoto",
                                        "hashimoto's",
                                        "cushing",
                                        "addison",
                                        "wilson",
                                        "ehlers",
                                        "lambert",
                                        "meniere",
                                        "meniere's",
                                        "paget's",
                                        "barrett",
                                        "castleman",
                                        "waldenstrom",
                                        "waldenstrom's",
                                        "langerhans",
                                        "bloom",
                                        "noonan",
                                        "prader",
                                        "angelman",
                                        "rett",
                                        "dravet",
                                        "lennox",
                                        "charcot",
                                        "friedreich",
                                        "friedreich's",
                                        "creutzfeldt",
                                        "ebola",
                                        "zika",
                                        "lyme",
                                        "dupuytren's",
                                        "peyronie's",
                                        "stevens",
                                        "erdheim",
                                        "klinefelter",
                                        "alport",
                                        "brugada",
                                        "eisenmenger",
                                        "eisenmenger's",
                                        "lynch",
                                        "cowden",
                                        "hirschsprung's",
                                        "asperger's",
                                        "bell's",
                                        "chiari",
                                        "modic",
                                        "oswestry",
                                        "rankin",
                                        "glasgow",
                                        "korean",
                                        "italian",
                                        "latino",
                                        NULL};

    if (buf->len <= at || !trials_is_upper(buf->data[at])) {
        return;
    }

    vowels = 0;

    for (n = at; n < buf->len && trials_is_lower(trials_lower(buf->data[n]));
         n++) {
        vowels |= strchr("aeiouy", trials_lower(buf->data[n])) != NULL;
    }

    /* "Hb", "Plt". */

    if (!vowels) {
        return;
    }

    for (n = at + 1; n < buf->len
                     && (trials_is_lower(buf->data[n]) || buf->data[n] == '\'');
         n++)
    {
        /* void */
    }

    if (n < at + 2
        || (n < buf->len
            && (trials_is_upper(buf->data[n]) || trials_is_digit(buf->data[n])
                || (unsigned char) buf->data[n] >= 0xc0))
        || trials_word_in(buf->data + at, n - at, names))
    {
        if (!(n == at + 1 && buf->data[at] == 'A' && n < buf->len
              && buf->data[n] == ' '))
        {
            return;
        }
    }

    buf->data[at] = trials_lower(buf->data[at]);
}
