#!/bin/sh
#
# The module with an nginx that is newer than Debian's: as a dynamic module, and
# built in, where URLs, hits, includes and sendfile are tried.
#
#   BUILD    the build directory (build)

set -eu
cd "$(dirname "$0")/.."

top=$(pwd)
build=$top/${BUILD:-build}/newer
source=$build/source
make=${MAKE:-make}

tests/nginx_source.sh "$source"

$make module BUILD="$build" NGINX_SRC="$source"

(
    cd "$source"
    ./configure --builddir="$build/static" --add-module="$top" \
        --with-cc-opt='-O0 -Werror' --with-http_ssl_module \
        --with-http_v2_module --with-http_gunzip_module \
        --with-http_sub_module \
        --with-http_auth_request_module --with-threads \
        > "$build/configure.log"
    make -j"$(nproc)" -f "$build/static/Makefile" > "$build/make.log"
)

"$build/static/nginx" -V 2>&1 | head -n 1

TRIALS_NGINX=$build/static/nginx TRIALS_MODULE='' \
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --tb=short \
    tests/module/test_urls.py tests/module/test_hit.py \
    tests/module/test_include.py tests/module/test_sendfile.py
