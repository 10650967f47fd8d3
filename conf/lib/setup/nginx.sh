# shellcheck shell=sh

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Services, as ngx-conf-setup starts and tells them, with and without systemd.


# one at a time; what is started must not keep the lock

take_lock()
{
    exec 9> /run/ngx-conf-setup.lock
    flock -n 9 || die "another ngx-conf-setup is at work"
}


# service_quietly NAME COMMAND

service_quietly()
{
    service "$1" "$2" > "$work/service" 2>&1 < /dev/null 9>&-
}


start_redis()
{
    case $REDIS_URL in
        "unix:$socket"*)
            ;;
        *)
            return
            ;;
    esac

    redis_is_there || service_quietly conference-redis start \
        || die "conference-redis does not start: $(one_line < "$work/service")"

    wait_until 30 redis_is_there \
        || die "conference-redis does not answer; see its log in" \
            "/var/log/conference"
}


nginx_pid()
{
    # shellcheck disable=SC2016
    file=$(foreign '$1 == "pid" { sub(/;.*/, "", $2); print $2; exit }')
    pid=$(cat "${file:-/run/nginx.pid}" 2> /dev/null) || return 0

    [ "$(cat "/proc/$pid/comm" 2> /dev/null)" != nginx ] || say "$pid"
}


nginx_runs()
{
    [ -n "$(nginx_pid)" ]
}


# nginx_workers: pids of the master's children

nginx_workers()
{
    master=$(nginx_pid)

    [ -z "$master" ] || cat /proc/[0-9]*/stat 2> /dev/null \
        | sed -n "s/^\([0-9]*\) (.*) [A-Z] $master .*/\1/p" | sort
}


# whether there is a worker that was not in $before

new_worker()
{
    nginx_workers > "$work/after"
    [ -n "$(comm -13 "$work/before" "$work/after")" ]
}


test_nginx()
{
    nginx -t > "$work/test" 2>&1 || die "nginx refuses the configuration:" \
        "$(emergency < "$work/test")"
}


# tell_nginx: starts it or reloads it, until workers with the new configuration
# run; else reason says why not

tell_nginx()
{
    nginx_workers > "$work/before"
    : >> /var/log/nginx/error.log
    log=$(wc -c < /var/log/nginx/error.log)

    if nginx_runs; then
        nginx_told=${nginx_told:-reload}
        service_quietly nginx reload || true
    else
        nginx_told=start
        service_quietly nginx start || true
    fi

    wait_until 15 new_worker && return

    reason=$(tail -c "+$((log + 1))" /var/log/nginx/error.log \
        | emergency)
    [ -n "$reason" ] || reason="see /var/log/nginx/error.log"
    return 1
}


# untell_nginx: with the configuration of before, if it ran then

untell_nginx()
{
    case $nginx_told in
        start)
            service_quietly nginx stop
            ;;
        reload)
            tell_nginx
            ;;
    esac
}


# workers that have just started may not have reached Redis yet

check_health()
{
    wait_until 20 is_healthy || die "the conference does not answer: $health"
}


is_healthy()
{
    health=$("$lib/net" health $((LOCAL_PORT + 1)) "$DOMAIN")
    [ -z "$health" ]
}


# what setup has made stays in /etc/conference and Redis, for another time

remove_configuration()
{
    [ -e /etc/nginx/conference ] || die "nginx has no configuration of ours"

    nginx -T > "$work/dump" 2> /dev/null || true

    service_quietly conference-agent stop || true

    rm -rf /etc/nginx/conference
    rm -f /etc/nginx/modules-enabled/99-conference.conf \
        /etc/nginx/conf.d/conference.conf

    file=$(readlink -f /etc/nginx/nginx.conf)
    [ -z "$CONNECTIONS_BEFORE" ] \
        || set_number worker_connections "$CONNECTIONS_BEFORE" "$file"
    [ -z "$WORKERS_BEFORE" ] \
        || set_number worker_processes "$WORKERS_BEFORE" "$file"

    if nginx_runs; then
        tell_nginx || die "nginx does not go on without it: $reason"
    fi

    service_quietly conference-redis stop || true

    say "nginx serves no conferences any more; secrets and data are in $etc" \
        "and $data."
}
