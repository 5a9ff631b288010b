#!/bin/sh
#
# The whole set-up on a Debian machine, in one command:
#
#   sh docker/setup.sh demo    packages, build, then the demo in the foreground
#   sh docker/setup.sh test    packages, build, then all tests
#   sh docker/setup.sh build   packages and build
#   sh docker/setup.sh packages   what a build needs, and no more
#
# Installs nothing that is there already; asks sudo where it is not run by root.

set -eu

usage() {
    sed -n '3,10s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[ $# -ge 1 ] || usage
goal=$1
shift

build="gcc make pkg-config libc6-dev nginx-dev libcurl4-openssl-dev
       libjansson-dev libcmark-dev libxml2-dev libxslt1-dev libhiredis-dev
       libdeflate-dev libbrotli-dev libqrencode-dev libxxhash-dev libarchive-dev
       libmicrohttpd-dev libmimalloc-dev"
demo="nginx redis-server python3-minimal libpython3-stdlib"
test="git clang clang-format cppcheck libclang-rt-14-dev libcmocka-dev
      python3-pytest python3-redis python3-jinja2 python3-brotli procps curl mandoc
      libxml2-utils valgrind
      chromium chromium-driver python3-selenium fonts-dejavu-core
      poppler-utils prometheus openssl varnish docker-compose"

case $goal in
build | packages) packages="$build" ;;
demo) packages="$build $demo" ;;
test) packages="$build $demo $test" ;;
*) usage ;;
esac

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $packages \
    2>/dev/null) || :
missing=
for package in $packages; do
    printf '%s\n' "$installed" | grep -qx "$package installed" \
        || missing="$missing $package"
done

# The axe-core package of npm's registry holds the accessibility rules.
if [ "$goal" = test ] && ! command -v npm >/dev/null; then
    missing="$missing npm"
fi

if [ -n "$missing" ]; then
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "setup: install these as root first:$missing" >&2
            exit 1
        }
        as_root=sudo
    fi

    echo "setup: installing$missing"

    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get -o DPkg::Lock::Timeout=600 update -q
    $as_root apt-get -o DPkg::Lock::Timeout=600 install -y -q \
        --no-install-recommends $missing
fi

[ "$goal" != packages ] || exit 0

cd "$(dirname "$0")/.."

make -j"$(nproc)" all

case $goal in
demo) exec /usr/bin/python3 tests/demo/demo.py run "$@" ;;
test) exec make test ;;
esac
