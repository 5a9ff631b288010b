#!/bin/bash
#
# trials-health PORT [PATH]: 0 where 127.0.0.1:PORT answers PATH (/health) with
# 200 within two seconds.

exec 3<> "/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\n\r\n' "${2:-/health}" >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
