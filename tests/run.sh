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
jobs=$(nproc)
logs=$BUILD/tests
began=$SECONDS

mkdir -p "$logs"
: > "$logs/results"

# step NAME COMMAND...: runs a part, keeps its output, counts its tests.  A step
# without a line that says how many passed is one.
step() {
    local name=$1 log started=$SECONDS passed
    shift
    log=$logs/${name// /-}.log

    if "$@" > "$log" 2>&1; then
        printf 'ok    %-28s %4d s\n' "$name" $((SECONDS - started))
        passed=$(grep -aoE '\[  PASSED  \] [0-9]+|[0-9]+ passed' "$log" |
            grep -oE '[0-9]+' | paste -sd+)
        echo "passed $((${passed:-1}))" >> "$logs/results"
    else
        printf 'FAIL  %-28s %4d s   %s\n' "$name" $((SECONDS - started)) "$log"
        tail -n 40 "$log" | sed 's/^/      /'
        echo "failed $name" >> "$logs/results"
    fi
}

# beside NAME COMMAND...: the same, with others at its side: these parts wait
# more than they compute.
beside() {
    while [ "$(jobs -rp | wc -l)" -gt "$jobs" ]; do
        wait -n
    done

    step "$@" &
}

pytest() {
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --tb=short "$@"
}

sanitized() { BUILD=$BUILD/asan SANITIZE=1 "$@"; }

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:quarantine_size_mb=16}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

step "style" tests/style.sh
step "build" make -j"$jobs" BUILD="$BUILD" all
step "build with clang" make -j"$jobs" CC=clang CFLAGS=-O0 \
    BUILD="$BUILD/clang" all
step "build with sanitizers" make -j"$jobs" SANITIZE=1 BUILD="$BUILD/asan" all
step "unit" make -j"$jobs" BUILD="$BUILD" unit
step "unit with sanitizers" make -j"$jobs" SANITIZE=1 BUILD="$BUILD/asan" unit

# The longest first.
beside "refresher with sanitizers" sanitized pytest tests/refresher
beside "refresher" pytest tests/refresher
beside "module with sanitizers" sanitized pytest tests/module
beside "browser" pytest tests/browser
beside "newer nginx" tests/newer_nginx.sh
beside "module" pytest tests/module
beside "command with sanitizers" sanitized pytest tests/cli
beside "README" pytest tests/readme
beside "client with sanitizers" sanitized pytest tests/registry
beside "command" pytest tests/cli
beside "registry client" pytest tests/registry
beside "existing site" pytest tests/site
beside "docker" pytest tests/docker
beside "stand-in" pytest tests/standin
beside "judge of plain words" pytest tests/plain
beside "pages" pytest tests/page

if [ -n "${RECORDS:-}" ]; then
    beside "genuine records" pytest tests/records
fi

wait
step "demo" pytest tests/demo

echo "took $((SECONDS - began)) s"
passed=$(sed -n 's/^passed //p' "$logs/results" | paste -sd+)

if grep '^failed ' "$logs/results"; then
    echo "$((passed)) passed, $(grep -c '^failed ' "$logs/results") failed"
    exit 1
fi

echo "$((passed)) passed, 0 failed"
