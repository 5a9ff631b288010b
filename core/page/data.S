/* The stylesheet and the CSS, built into the library. */

        .section .rodata
        .global trials_page_style
        .hidden trials_page_style
        .global trials_page_css
        .hidden trials_page_css
trials_page_style:
        .incbin "core/page/trial.xsl"
        .byte   0
trials_page_css:
        .incbin "core/page/style.css"
        .byte   0

        .section .note.GNU-stack,"",@progbits
