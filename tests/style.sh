#!/bin/sh
#
# What a reader of the source may rely on: format, names of functions that are
# not used here, cppcheck, shell and Python that parse.

set -eu
cd "$(dirname "$0")/.."

files=$(find core include ngx_module tests -name '*.[ch]' | sort)

clang-format --dry-run -Werror $files

if grep -nE '\b(sprintf|strcpy|strcat|strtok|gets|atoi) ?\(' $files; then
    echo "style: functions without a bound" >&2
    exit 1
fi

if grep -nE '\b(getaddrinfo|gethostbyname|usleep|sleep|malloc|calloc|free) ?\(' \
    ngx_module/*.[ch]
then
    echo "style: the module neither blocks nor takes memory beside nginx's" >&2
    exit 1
fi

if grep -nE '[[:space:]]$|	' $files; then
    echo "style: tabs or blanks at the end of a line" >&2
    exit 1
fi

cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
    --enable=warning,performance,portability --suppress=missingIncludeSystem --suppress=varFuncNullUB \
    -Iinclude -I. core

for script in $(find docker tests .ci -name '*.sh') .ci/run; do
    bash -n "$script"
done

/usr/bin/python3 - $(find tests -name '*.py' -not -path '*/node_modules/*') <<'PYTHON'
import ast, sys

for path in sys.argv[1:]:
    with open(path, encoding='utf-8') as f:
        ast.parse(f.read(), path)
PYTHON

echo "style: clean"
