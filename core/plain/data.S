/* The data files, as they are, in the library. */

    .section .rodata

    .globl trials_plain_check_start, trials_plain_check_end
    .hidden trials_plain_check_start
    .hidden trials_plain_check_end

trials_plain_check_start:
    .incbin "core/plain/check.en.tsv"
trials_plain_check_end:
    .byte 0


/* Lists of trials_data_file_t.  The Makefile knows the files' names. */

    .macro trials_files list, folder, names:vararg

    .globl \list
    .hidden \list

    .section .data.rel.ro, "aw"
    .balign 8

\list:

    .irp name, \names

    .section .rodata
1:
    .asciz "\name"
2:
    .incbin "core/plain/\folder/\name"
3:
    .byte 0

    .section .data.rel.ro, "aw"
    .dc.a 1b, 2b, 3b

    .endr

    .dc.a 0, 0, 0

    .endm

    trials_files trials_plain_rules_files, rules, TRIALS_RULES
    trials_files trials_plain_glossary_files, glossary, TRIALS_GLOSSARY

    .section .note.GNU-stack, "", @progbits
