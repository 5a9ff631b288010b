/* The stylesheets, the CSS and the words, built into the library. */

        .section .rodata

        .macro  data name, file
        .global trials_page_\name
        .hidden trials_page_\name
        .global trials_page_\name\()_end
        .hidden trials_page_\name\()_end
trials_page_\name:
        .incbin "\file"
trials_page_\name\()_end:
        .byte   0
        .endm

        data    house_xsl,     "core/page/house.xsl"
        data    text_xsl,      "core/page/text.xsl"
        data    prose_xsl,     "core/page/prose.xsl"
        data    page_xsl,      "core/page/page.xsl"
        data    places_xsl,    "core/page/places.xsl"
        data    print_xsl,     "core/page/print.xsl"
        data    embed_xsl,     "core/page/embed.xsl"
        data    questions_xsl, "core/page/questions.xsl"
        data    atom_xsl,      "core/page/atom.xsl"
        data    site_xsl,      "core/page/site.xsl"
        data    listing_xsl,   "core/page/listing.xsl"
        data    feed_xsl,      "core/page/feed.xsl"
        data    style_css,     "core/page/style.css"
        data    print_css,     "core/page/print.css"
        data    embed_css,     "core/page/embed.css"
        data    words_en_tsv,  "core/page/words.en.tsv"
        data    words_es_tsv,  "core/page/words.es.tsv"

        .section .note.GNU-stack,"",@progbits
