/* The data files, as they are, in the library. */

    .section .rodata

    .globl trials_plain_glossary_start, trials_plain_glossary_end
    .hidden trials_plain_glossary_start
    .hidden trials_plain_glossary_end
    .globl trials_plain_rules_start, trials_plain_rules_end
    .hidden trials_plain_rules_start
    .hidden trials_plain_rules_end

trials_plain_glossary_start:
    .incbin "core/plain/glossary.en.tsv"
trials_plain_glossary_end:
    .byte 0

trials_plain_rules_start:
    .incbin "core/plain/rules.en.tsv"
trials_plain_rules_end:
    .byte 0

    .section .note.GNU-stack,"",@progbits
