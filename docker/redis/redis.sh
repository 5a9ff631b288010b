#!/bin/sh
#
# Redis of the images: makes the passwords where nobody gave them, writes the
# access lists from them, and runs.
#
#   trials-redis [OPTION...]           options of redis-server
#   trials-redis primary [OPTION...]   replicas may connect to port 6379
#   trials-redis replica [OPTION...]   is one, of the host "primary"
#   trials-redis health                0 where it answers the module's user
#
# /var/lib/trials/module.password, refresher.password and replica.password hold
# the passwords of the users of trials.acl; those in /etc/trials/secrets come
# before.  Between machines are TLS and certificates both ways: ca.crt, node.crt
# and node.key there.

set -eu
umask 027

socket=/run/trials/redis.sock
state=/var/lib/trials
secrets=/etc/trials/secrets
role=/tmp/role.conf

if [ "${1:-}" = health ]; then
    REDISCLI_AUTH=$(cat "$state/module.password")
    export REDISCLI_AUTH
    timeout 2 redis-cli -s "$socket" --user trials-module ping | grep -qx PONG
    exit
fi

cp /etc/trials/trials.acl "$state/users.acl"

for user in module refresher replica; do
    file=$state/$user.password

    if [ -s "$secrets/$user.password" ]; then
        cat "$secrets/$user.password" > "$file.new"
        mv "$file.new" "$file"
    elif [ ! -s "$file" ]; then
        head -c 24 /dev/urandom | base64 > "$file.new"
        mv "$file.new" "$file"
    fi

    hash=$(head -n 1 "$file" | tr -d '\r\n' | sha256sum | cut -d ' ' -f 1)
    sed -i "s/>replace-me-$user /#$hash /" "$state/users.acl"
done

: > "$role"

case ${1:-} in
primary | replica)
    printf '%s\n' "tls-ca-cert-file $secrets/ca.crt" \
        "tls-cert-file $secrets/node.crt" "tls-key-file $secrets/node.key" \
        'tls-replication yes' > "$role"

    if [ "$1" = primary ]; then
        printf '%s\n' 'tls-port 6379' >> "$role"
    else
        printf '%s\n' 'replicaof primary 6379' 'masteruser trials-replica' \
            "masterauth $(head -n 1 "$state/replica.password" | tr -d '\r')" \
            >> "$role"
    fi

    shift
    ;;
esac

exec redis-server /etc/trials/redis.conf "$@"
