#!/bin/bash
#
# What only a Docker engine can show, by hand where there is one: the stack of
# compose.yaml answers a page and outlives each of its containers, is shut off
# as it says, scales, and feeds an edge node.
#
#   tests/docker/engine.sh [PROJECT]
#
# The stack runs as PROJECT (trials) with its images built, and its registry
# (TRIALS_REGISTRY) has the sample records:
#
#   tests/standin/registry.py --listen 172.17.0.1:9000 \
#       --records tests/data/samples
#   TRIALS_REGISTRY=http://172.17.0.1:9000/api/v2 \
#       docker-compose -p trials -f docker/compose.yaml up --build --detach

set -euo pipefail
cd "$(dirname "$0")/../../docker"

project=${1:-trials}
port=${TRIALS_PORT:-8080}
TRIALS_PRIMARY=$(ip -4 -o addr show docker0 | sed 's/.*inet \([0-9.]*\).*/\1/')
TRIALS_SECRETS=$(mktemp -d)
export TRIALS_PRIMARY TRIALS_SECRETS
edge=(docker-compose -p "$project-edge" -f compose.edge.yaml)
main=(docker-compose -p "$project" -f compose.yaml)

say() { printf '%s\n' "engine: $*"; }

fail() {
    say "FAILED: $*"
    "${main[@]}" logs --no-color --tail=15
    TRIALS_PORT=8081 "${edge[@]}" logs --no-color --tail=15
    exit 1
}

finish() {
    TRIALS_PORT=8081 "${edge[@]}" down -v -t 3 > /dev/null 2>&1
    rm -rf "$TRIALS_SECRETS"
}
trap finish EXIT

# page PORT ID: 0 once the page is there, at most 30 seconds from now.
page() {
    local end=$((SECONDS + 30))

    until curl -sf -m 12 "http://127.0.0.1:$1/trials/$2" | grep -q "$2"; do
        [ $SECONDS -lt $end ] || fail "$2 does not come on port $1"
        sleep 0.2
    done
}

container() { docker ps -q -f "name=^${1}_$2_1\$"; }

# The engine restarts what ends by itself, not what it was told to kill.
kill_it() { kill -9 "$(docker inspect -f '{{.State.Pid}}' "$(container "$@")")"; }

status() {
    docker inspect -f '{{if .State.Running}}{{.State.Health.Status}}{{end}}' \
        "$(docker ps -aq -f "name=^${1}_$2_${3:-1}\$")"
}

healthy() {
    local end=$((SECONDS + 60))

    until [ "$(status "$@")" = healthy ]; do
        [ $SECONDS -lt $end ] || fail "$* is not healthy"
        sleep 0.2
    done
}

# The zone has the page once a worker hears of changes.
kept() {
    local end=$((SECONDS + 20))

    until curl -sf -m 2 "http://127.0.0.1:$port/trials/$2" > /dev/null &&
        docker logs --tail 1 "$(container "$1" nginx)" 2>&1 | grep -q '"cache":"HIT"'; do
        [ $SECONDS -lt $end ] || fail "$2 is not kept by nginx"
        sleep 0.2
    done
}

page "$port" NCT99990001
kept "$project" NCT99990001
say "a page in $(curl -s -o /dev/null -w '%{time_total}' \
    "http://127.0.0.1:$port/trials/NCT99990001") s"

n=2
for service in redis refresher nginx; do
    kill_it "$project" "$service"

    if [ $service != nginx ]; then
        curl -sf -m 2 "http://127.0.0.1:$port/trials/NCT99990001" > /dev/null \
            || fail "without $service what is cached is not served"
    fi

    healthy "$project" "$service"
    page "$port" "NCT9999000$n"
    page "$port" NCT99990001
    say "$service was killed, and is back"
    n=$((n + 1))
done

for service in redis refresher nginx; do
    id=$(container "$project" "$service")
    [ "$(docker exec "$id" sh -c 'grep CapEff /proc/1/status; id -u')" \
        = "$(printf 'CapEff:\t0000000000000000\n%s' \
            "$(docker inspect -f '{{.Config.User}}' "$id" | cut -d : -f 1)")" ] \
        || fail "$service has capabilities or another user"
    ! docker exec "$id" sh -c ': > /etc/written' 2> /dev/null \
        || fail "$service can write to its root"
done
[ -z "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' \
    "$(container "$project" redis)")" ] || fail "Redis has an address"
say "no capabilities, roots are read only, Redis has no network"

"${main[@]}" up -d --no-build --scale refresher=3 > /dev/null 2>&1
healthy "$project" refresher 3
page "$port" NCT99990005
"${main[@]}" up -d --no-build --scale refresher=1 > /dev/null 2>&1
say "three refreshers"

# Two machines' worth: a CA, one certificate for both nodes.
(
    cd "$TRIALS_SECRETS"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -subj /CN=trials-ca -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj /CN=primary -keyout node.key -out node.csr
    openssl x509 -req -in node.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
        -days 2 -out node.crt -extfile <(echo subjectAltName=DNS:primary)
    openssl rand -base64 24 > module.password
    openssl rand -base64 24 > replica.password
    rm ca.key
    chgrp -R 10001 . && chmod 750 . && chmod 640 ./*
) 2> /dev/null

docker-compose -p "$project" -f compose.yaml -f compose.primary.yaml \
    up -d --no-build > /dev/null 2>&1 || fail "the primary does not start"
docker restart "$(container "$project" refresher)" \
    "$(container "$project" nginx)" > /dev/null
healthy "$project" redis
page "$port" NCT99990001

TRIALS_PORT=8081 "${edge[@]}" up -d --no-build > /dev/null 2>&1 \
    || fail "the edge does not start"
healthy "$project-edge" nginx
page 8081 NCT99990001
page 8081 NCT99990006
say "the edge serves what the primary has, and what it had made"

kill_it "$project" redis
curl -sf -m 2 http://127.0.0.1:8081/trials/NCT99990006 > /dev/null \
    || fail "the edge is lost without its primary"
healthy "$project" redis
page 8081 NCT99990007
say "the primary was killed, and is back"

kill_it "$project-edge" redis
page 8081 NCT99990007
healthy "$project-edge" redis
say "so was the replica"

../docker/images.sh --network host
for image in nginx refresher redis; do
    docker inspect -f '{{index .Config.Labels "org.trials.packages"}}' \
        "trials-$image" | grep -qE "(^| )libc6(:[a-z0-9]+)?=2[^ ]* " \
        || fail "trials-$image does not name its packages"
done
docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep ^trials- | sort
say "ok"
