/* The site: what all its pages share. */

#ifndef TRIALS_SITE_H
#define TRIALS_SITE_H


#include "core/page/sheet.h"

#include <trials/page.h>


struct trials_page_s {
    const trials_plain_t *plain;
    trials_sheets_t       sheets;
    char                 *base; /* "/trials" or "https://…/trials" */
    char                 *brand;
    char                 *logo; /* these: NULL where the site has none */
    char                 *help;
    char                 *report;
    char                 *theme;
    unsigned char         spoken[TRIALS_NLANGUAGES];
    unsigned              absolute : 1; /* base has a host */
    char                  engine[17];
};


#endif
