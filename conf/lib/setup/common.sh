# shellcheck shell=sh

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What ngx-conf-setup and ngx-conf-agent share: files, settings, Redis.  Who
# reads this file has set lib to its folder.  Functions that end the program
# say why in one sentence.

LC_ALL=C.UTF-8
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077

etc=/etc/conference
data=/var/lib/conference
socket=/run/conference/redis.sock
conf_cert=/usr/lib/conference/ngx-conf-cert
conf_agent=/usr/lib/conference/ngx-conf-agent

letsencrypt=https://acme-v02.api.letsencrypt.org/directory

# the settings that setup.conf keeps

settings='DOMAIN STREAMING_DOMAIN WEBRTC_DOMAIN TURN_DOMAIN EMAIL CERTIFICATE
ACME_SERVER REDIS_URL NODE_ADDRESS RTC_IP RTC_PORTS HTTP_PORT HTTPS_PORT
HTTP_MODES TURN_PORT LOCAL_PORT WORKERS CONNECTIONS_BEFORE WORKERS_BEFORE'


say()
{
    printf '%s\n' "$*"
}


warn()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}


# advise SENTENCE: about options, for who reads it in a terminal

advise()
{
    printf '  %s\n' "$*" >&2
}


die()
{
    warn "$*"
    exit 1
}


# one_line: standard input as a sentence for people, whatever is in it

one_line()
{
    tr -s '[:space:]' ' ' | tr -cd '[:print:]' | cut -c 1-400 | sed 's/ $//'
}


# temporary [-d]: a file or with -d a folder that only root sees, gone at the
# next start

temporary()
{
    mktemp "$@" /run/ngx-conf.XXXXXXXX
}


# value NAME: of a variable

value()
{
    eval "printf '%s' \"\${$1-}\""
}


# set_value NAME VALUE

set_value()
{
    eval "$1=\$2"
}


# load_settings FILE: lines NAME=VALUE that are settings, nothing else

load_settings()
{
    [ -r "$1" ] || return 0

    while IFS='=' read -r name value; do
        for known in $settings; do
            [ "$name" != "$known" ] || set_value "$name" "$value"
        done
    done < "$1"
}


default()
{
    [ -n "$(value "$1")" ] || set_value "$1" "$2"
}


default_settings()
{
    default STREAMING_DOMAIN "$DOMAIN"
    default WEBRTC_DOMAIN "$DOMAIN"
    default TURN_DOMAIN "$DOMAIN"
    default CERTIFICATE acme
    default ACME_SERVER "$letsencrypt"
    default REDIS_URL "unix:$socket"
    default RTC_PORTS 7882-7945
    default HTTP_PORT 80
    default HTTPS_PORT 443
    default HTTP_MODES HTTPS,HTTP
    default TURN_PORT 3478
    default LOCAL_PORT 8443
}


# valid_name NAME: of a host, in lower case; it becomes a word of commands and
# of nginx's configuration

valid_name()
{
    case $1 in
        '' | *[!a-z0-9.-]* | .* | *. | *..* | -* | *- | *.-* | *-.*)
            return 1
            ;;
        *.*)
            ;;
        *)
            return 1
            ;;
    esac

    # labels of 63 (RFC 1035), and the last one tells it from an address

    [ "${#1}" -le 253 ] && printf '%s\n' "$1" | tr . '\n' \
        | awk 'length > 63 { exit 1 } END { if ($0 ~ /^[0-9]+$/) exit 1 }'
}


valid_email()
{
    case $1 in
        *[!A-Za-z0-9.@_%+-]* | -* | *@*@* | @* | *@)
            return 1
            ;;
        *@*)
            [ "${#1}" -le 254 ]
            ;;
        *)
            return 1
            ;;
    esac
}


valid_acme_server()
{
    case $1 in
        *[!A-Za-z0-9.:/_~-]*)
            return 1
            ;;
        https://?*)
            [ "${#1}" -le 500 ]
            ;;
        *)
            return 1
            ;;
    esac
}


valid_port()
{
    case $1 in
        '' | *[!0-9]* | 0* | ??????*)
            return 1
            ;;
    esac

    [ "$1" -le 65535 ]
}


# names: the distinct ones

names()
{
    printf '%s\n' "$DOMAIN" "$STREAMING_DOMAIN" "$WEBRTC_DOMAIN" \
        "$TURN_DOMAIN" | awk '!seen[$0]++'
}


# addresses_of NAME: as this host's resolver has them, a line each

addresses_of()
{
    getent ahosts "$1" | awk '!seen[$1]++ { print $1 }'
}


# redis WORD...: redis-cli for REDIS_URL; the password is no argument

redis()
{
    case $REDIS_URL in
        unix:*)
            redis_unix "$@"
            ;;
        *)
            redis_tcp "$@"
            ;;
    esac
}


redis_unix()
{
    redis_at_url=${REDIS_URL#unix:}
    redis_query=
    case $redis_at_url in
        *'?'*)
            redis_query=${redis_at_url#*\?}
            ;;
    esac

    redis_at "$(query_value "$redis_query" user)" \
        "$(query_value "$redis_query" password)" \
        "$(query_value "$redis_query" db)" -s "${redis_at_url%%\?*}" "$@"
}


redis_tcp()
{
    redis_at_url=${REDIS_URL#redis://}
    redis_user=
    redis_password=

    case $redis_at_url in
        *@*)
            redis_user=${redis_at_url%@*}
            redis_password=${redis_user#*:}
            redis_user=${redis_user%%:*}
            redis_at_url=${redis_at_url##*@}
            ;;
    esac

    redis_db=
    case $redis_at_url in
        */*)
            redis_db=${redis_at_url#*/}
            redis_at_url=${redis_at_url%%/*}
            ;;
    esac

    redis_port=6379
    case $redis_at_url in
        *:*[!0-9]*)
            ;;
        *:*)
            redis_port=${redis_at_url##*:}
            redis_at_url=${redis_at_url%:*}
            ;;
    esac

    redis_at_url=${redis_at_url#[}

    redis_at "$redis_user" "$redis_password" "$redis_db" \
        -h "${redis_at_url%]}" -p "$redis_port" "$@"
}


query_value()
{
    printf '%s' "$1" | tr '&' '\n' | sed -n "s/^$2=//p"
}


# redis_at USER PASSWORD DB WORD...: redis_seconds bound it; with 0 it takes the
# place of the shell

redis_seconds=10


redis_at()
{
    unset REDISCLI_AUTH
    [ -z "$2" ] || export REDISCLI_AUTH="$2"

    redis_user=$1
    redis_db=${3:-0}
    shift 3
    [ -z "$redis_user" ] || set -- --user "$redis_user" "$@"

    if [ "$redis_seconds" = 0 ]; then
        exec redis-cli --raw -n "$redis_db" "$@"
    fi

    timeout "$redis_seconds" redis-cli --raw -n "$redis_db" "$@"
}


redis_is_there()
{
    [ "$(redis PING 2> /dev/null)" = PONG ]
}


# wait_until SECONDS COMMAND...

wait_until()
{
    tries=$(($1 * 10))
    shift

    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}
