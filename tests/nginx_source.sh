#!/bin/sh
#
# nginx_source.sh DIRECTORY: the nginx of a newer Debian release, as source, into
# DIRECTORY, unless it is there.  apt verifies it; the system's own sources,
# lists and packages stay as they are.
#
#   NGINX_SUITE    the release (trixie)

set -eu

to=$1
suite=${NGINX_SUITE:-trixie}

[ ! -x "$to/configure" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# From wherever this machine has its packages.
site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    grep -v security | head -n 1)
echo "deb-src $site $suite main" > "$work/sources.list"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
chmod -R a+rX "$work"

own() {
    apt-get -q -o Dir::Etc::SourceList="$work/sources.list" \
        -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/lists" \
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}

own update
(cd "$work" && own source --download-only --tar-only nginx)

mkdir -p "$to"
tar -xf "$work"/nginx_*.orig.tar.gz -C "$to" --strip-components=1
grep -m 1 'define NGINX_VERSION' "$to/src/core/nginx.h"
