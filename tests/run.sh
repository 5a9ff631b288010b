#!/bin/bash
#
# All tests, as `make test` runs them.  Ends with the sum of what passed and
# failed; exits with 1 where anything failed.
#
#   BUILD     the build directory (build); build/asan and build/clang beside it
#   RECORDS   a folder of registry records: rendered in all renditions as well

set -u
cd "$(dirname "$0")/.."

export BUILD=${BUILD:-build}
export PYTHONDONTWRITEBYTECODE=1
python=/usr/bin/python3
jobs=$(nproc)
passed=0
failed=()
began=$SECONDS

# step NAME COMMAND...: runs a part, keeps its output, counts its tests.
step() {
    local name=$1 log started=$SECONDS
    shift
    mkdir -p "$BUILD/tests"
    log=$BUILD/tests/${name// /-}.log

    if "$@" > "$log" 2>&1; then
        printf 'ok    %-28s %4d s\n' "$name" $((SECONDS - started))
    else
        printf 'FAIL  %-28s %4d s   %s\n' "$name" $((SECONDS - started)) "$log"
        tail -n 40 "$log" | sed 's/^/      /'
        failed+=("$name")
    fi

    count "$log"
}

# Counts what cmocka and pytest say passed; a step without such a line is one.
count() {
    local n
    n=$(grep -aoE '\[  PASSED  \] [0-9]+|[0-9]+ passed' "$1" |
        grep -oE '[0-9]+' | paste -sd+ | bc_)
    passed=$((passed + ${n:-0}))
}

bc_() { local sum; read -r sum || sum=0; echo $((${sum:-0})); }

pytest() { $python -m pytest -q -p no:cacheprovider --tb=short "$@"; }

sanitized() { BUILD=$BUILD/asan SANITIZE=1 "$@"; }

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

step "style" tests/style.sh
step "build" make -j"$jobs" BUILD="$BUILD" all
step "build with clang" make -j"$jobs" CC=clang BUILD="$BUILD/clang" all
step "build with sanitizers" make -j"$jobs" SANITIZE=1 BUILD="$BUILD/asan" all
step "unit" make -j"$jobs" BUILD="$BUILD" unit
step "unit with sanitizers" make -j"$jobs" SANITIZE=1 BUILD="$BUILD/asan" unit
step "stand-in" pytest tests/standin
step "registry client" pytest tests/registry
step "command" pytest tests/cli
step "refresher" pytest tests/refresher
step "module" pytest tests/module
step "demo" pytest tests/demo
step "browser" pytest tests/browser
step "command with sanitizers" sanitized pytest tests/cli
step "client with sanitizers" sanitized pytest tests/registry
step "refresher with sanitizers" sanitized pytest tests/refresher
step "module with sanitizers" sanitized pytest tests/module

if [ -n "${RECORDS:-}" ]; then
    step "genuine records" pytest tests/records
fi

echo "took $((SECONDS - began)) s"

if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    echo "$passed passed, ${#failed[@]} failed"
    exit 1
fi

echo "$passed passed, 0 failed"
