#!/bin/bash
#
# The Debian packages on a bare machine, by hand, as root: they install, answer a
# page, and leave nothing when they are purged.
#
#   make deb && tests/docker/packages.sh [DIRECTORY]
#
# DIRECTORY (build/deb) has the .deb files.  The machine is changed, and needs
# Debian's archive; its registry is the stand-in with the sample records.

set -euo pipefail
cd "$(dirname "$0")/../.."

debs=$(realpath "${1:-build/deb}")
page=http://127.0.0.1/trials/NCT99990001
export DEBIAN_FRONTEND=noninteractive

say() { printf '%s\n' "packages: $*"; }
fail() { say "FAILED: $*"; exit 1; }

# until SECONDS COMMAND...: as often as needed.
until_true() {
    local end=$((SECONDS + $1))
    shift

    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "$*"
        sleep 0.1
    done
}

apt-get -q update
apt-get -q install -y --no-install-recommends curl python3-minimal \
    libpython3-stdlib systemd redis-server nginx-light
ls -lR /etc /lib/systemd /usr/lib/nginx /usr/share/trials 2> /dev/null |
    grep -i trials && fail "something of trials is here already"
find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /var/cache \
    -o -path /var/lib/dpkg -o -path /var/log -o -path /root -o -path /home \) \
    -prune -o -print | sort > /tmp/before

apt-get -q install -y --no-install-recommends \
    "$debs"/libnginx-mod-http-trials_*.deb "$debs"/trials-refresher_*.deb \
    "$debs"/libtrials0_*.deb "$debs"/libtrials-dev_*.deb
say "installed: $(dpkg-query -W -f '${Package} ${Version}, ' '*trials*')"

# Redis as the unit expects it, with the users of the package.
password=$(head -c 18 /dev/urandom | base64)
sed "s,replace-me-[a-z]*,$password," /usr/share/trials/trials.acl \
    > /etc/redis/users.acl
mkdir -p /run/redis
redis-server --port 0 --unixsocket /run/redis/redis-server.sock --save '' \
    --aclfile /etc/redis/users.acl --daemonize yes --pidfile /tmp/redis.pid \
    > /dev/null
until_true 10 test -S /run/redis/redis-server.sock
echo "$password" > /etc/trials/redis-password

# The stand-in for the registry.
python3 tests/standin/registry.py --listen 127.0.0.1:9000 \
    --records tests/data/samples > /tmp/registry.log 2>&1 &
registry=$!

# The refresher, as its unit runs it.  There is no systemd that could: what the
# unit would hand over lies where it would be.
grep -q '^ExecStart=/usr/sbin/trials-refresher --config /etc/trials/refresher.conf$' \
    /lib/systemd/system/trials-refresher.service || fail "the unit's command"
systemctl enable trials-refresher
systemctl is-enabled -q trials-refresher || fail "the unit is not enabled"
systemd-analyze --man=no verify trials-refresher.service 2>&1 |
    { ! grep trials-refresher; } || fail "the unit"
mkdir -p /run/credentials/trials-refresher.service
cp /etc/trials/redis-password /run/credentials/trials-refresher.service/redis
echo 'registry = http://127.0.0.1:9000/api/v2' >> /etc/trials/refresher.conf
trials-refresher --config /etc/trials/refresher.conf --check
trials-refresher --config /etc/trials/refresher.conf > /tmp/refresher.log 2>&1 &
refresher=$!

# nginx: the package has loaded the module, the site says where trials are.
ls /etc/nginx/modules-enabled | grep -q trials || fail "the module is off"
echo "$password" > /etc/nginx/trials.password
cat > /etc/nginx/conf.d/trials.conf <<'CONF'
trials_redis unix:/run/redis/redis-server.sock user=trials-module
             password_file=/etc/nginx/trials.password;
trials_zone  trials 8m;
CONF
cat > /etc/nginx/sites-available/default <<'CONF'
server {
    listen 127.0.0.1:80 default_server;
    location /trials/ { trials on; }
}
CONF
chmod 666 /run/redis/redis-server.sock
nginx -t
nginx
until_true 20 curl -sf -m 12 -o /tmp/page.html "$page"
grep -q '<h1' /tmp/page.html || fail "that is no page"
say "$page: $(wc -c < /tmp/page.html) bytes"
TRIALS_REDIS_USER=trials-refresher trials status \
    --redis unix:/run/redis/redis-server.sock \
    --redis-password-file /etc/trials/redis-password | grep -q 'documents' \
    || fail "trials status"
test -s /usr/share/man/man8/trials-refresher.8.gz || [ -e /etc/dpkg/dpkg.cfg.d/docker ] \
    || fail "no man page"

nginx -s quit
until_true 20 test ! -e /run/nginx.pid
kill "$refresher" && wait "$refresher" || fail "the refresher ended with $?"
kill "$registry" "$(cat /tmp/redis.pid)"
wait "$registry" || true
rm -r /etc/nginx/conf.d/trials.conf /etc/nginx/trials.password \
    /etc/redis/users.acl /run/credentials/trials-refresher.service

systemctl disable trials-refresher

# Removed: what an administrator wrote stays, and nginx runs without the module.
dpkg -r libnginx-mod-http-trials trials-refresher libtrials-dev libtrials0
[ -e /etc/trials/refresher.conf ] || fail "removing took the settings"
printf 'server { listen 127.0.0.1:80; }\n' > /etc/nginx/sites-available/default
nginx -t
rm /etc/trials/redis-password
dpkg -P libnginx-mod-http-trials trials-refresher libtrials-dev libtrials0

find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /var/cache \
    -o -path /var/lib/dpkg -o -path /var/log -o -path /root -o -path /home \) \
    -prune -o -print | sort > /tmp/after
comm -13 /tmp/before /tmp/after | grep -i trials && fail "purging left these"
say "removed and purged"
say "ok"
