#!/bin/sh
#
# Builds the three images and labels each with its version, the commit and every
# package of Debian that is in it (org.trials.packages), which is what another
# build at another time may have others of.
#
#   sh docker/images.sh [OPTION...]    options of docker build

set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/.*TRIALS_VERSION *"\(.*\)".*/\1/p' include/trials/version.h)
revision=$(git rev-parse HEAD 2> /dev/null || echo unknown)

export DOCKER_BUILDKIT=1

for target in nginx refresher redis; do
    image=trials-$target

    docker build -q -f docker/Dockerfile --target "$target" -t "$image" "$@" . \
        > /dev/null

    packages=$(docker run --rm --network none --entrypoint cat "$image" \
        /usr/share/packages.txt | tr '\t\n' '= ')

    docker build -q -f docker/Dockerfile --target "$target" -t "$image" \
        -t "$image:$version" \
        --label "org.opencontainers.image.version=$version" \
        --label "org.opencontainers.image.revision=$revision" \
        --label "org.trials.packages=$packages" "$@" . > /dev/null

    echo "$image:$version"
done
