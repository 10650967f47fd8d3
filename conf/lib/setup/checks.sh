# shellcheck shell=sh

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What ngx-conf-setup looks at before it changes anything.  Every finding is
# a sentence that says what is wrong and what to do; all of them are told.  Who
# reads this file has set work to a folder of its own.


problem()
{
    warn "$*"
    say "$*" >> "$work/problems"
}


# settings

check_settings()
{
    for role in DOMAIN STREAMING_DOMAIN WEBRTC_DOMAIN TURN_DOMAIN; do
        set_value $role "$(value $role | tr '[:upper:]' '[:lower:]')"
    done

    names > "$work/names"

    while read -r name; do
        valid_name "$name" || problem "\"$name\" is not the name of a host;" \
            "give one like meet.example.com, in its xn-- form if it has" \
            "other letters"
    done < "$work/names"

    [ -z "$EMAIL" ] || valid_email "$EMAIL" \
        || problem "\"$EMAIL\" is not an e-mail address"
    valid_acme_server "$ACME_SERVER" || problem "--acme-server" \
        "\"$ACME_SERVER\" is not an address that begins with https://"

    case $CERTIFICATE in
        acme | own | none)
            ;;
        *)
            problem "CERTIFICATE of $etc/setup.conf is acme, own or none"
            ;;
    esac

    for name in HTTP_PORT HTTPS_PORT LOCAL_PORT; do
        valid_port "$(value $name)" \
            || problem "$(value $name) is not a port; give 1 to 65535"
    done

    [ "$TURN_PORT" = 0 ] || valid_port "$TURN_PORT" \
        || problem "$TURN_PORT is not a port; give 1 to 65535, or 0 for none"

    case $HTTP_MODES in
        HTTPS,HTTP | HTTP,HTTPS | HTTPS)
            ;;
        *)
            problem "\"$HTTP_MODES\" is not HTTPS or HTTPS,HTTP: browsers" \
                "give camera and microphone to HTTPS only"
            ;;
    esac

    case $REDIS_URL in
        *[!A-Za-z0-9./:@?=\&_~,!*+\[\]-]*)
            problem "--redis has a character that cannot stand there"
            ;;
        unix:/?* | redis://?*)
            ;;
        *)
            problem "--redis \"$REDIS_URL\" is neither unix:/PATH nor" \
                "redis://[USER:PASSWORD@]HOST[:PORT][/DB]"
            ;;
    esac

    check_workers
    check_rtc_ports
}


check_workers()
{
    case $WORKERS in
        '' | auto | [1-9] | [1-9][0-9] | [1-9][0-9][0-9])
            ;;
        *)
            problem "--workers $WORKERS is neither auto nor a number"
            ;;
    esac
}


check_rtc_ports()
{
    first=${RTC_PORTS%-*}
    last=${RTC_PORTS#*-}

    if ! valid_port "$first" || ! valid_port "$last" \
        || [ "$first-$last" != "$RTC_PORTS" ] || [ "$first" -gt "$last" ]
    then
        problem "--rtc-ports $RTC_PORTS is not FIRST-LAST, like 7882-7945"
    fi
}


check_rtc_ip()
{
    case $RTC_IP in
        '' | *[!0-9a-fA-F.:,]*)
            problem "--rtc-ip \"$RTC_IP\" is not a list of addresses"
            return
            ;;
    esac

    "$lib/net" valid "$RTC_IP" \
        || problem "--rtc-ip $RTC_IP holds something that is no address"
}


# hosts that are one service share a Redis

check_node_address()
{
    case $NODE_ADDRESS in
        '')
            return
            ;;
        *[!]0-9a-fA-F.:[-]*)
            problem "--node-address \"$NODE_ADDRESS\" is not" \
                "ADDRESS[:PORT[-PORT]]"
            ;;
    esac

    case $REDIS_URL in
        unix:*)
            problem "--node-address needs a Redis that other hosts reach," \
                "too; give it with --redis"
            ;;
    esac
}


# what has to be there

check_programs()
{
    [ "$(id -u)" = 0 ] || die "only root may set up nginx; use sudo"

    while read -r program package; do
        command -v "$program" > /dev/null || problem "$program is missing;" \
            "apt-get install $package"
    done << 'END'
nginx nginx
openssl openssl
perl perl
redis-cli redis-tools
diff diffutils
service init-system-helpers
END

    [ "$CERTIFICATE" != acme ] || command -v certbot > /dev/null \
        || problem "certbot is missing; apt-get install certbot, or bring a" \
            "certificate with --own-cert CHAIN KEY"

    [ -e /usr/lib/nginx/modules/ngx_rtc_sfu_module.so ] \
        || problem "the modules are not in /usr/lib/nginx/modules; install" \
            "the package conference, or make install"

    [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] \
        || problem "nginx has no stream module; apt-get install" \
            "libnginx-mod-stream"
}


# nginx as it is; work/dump is what "nginx -T" prints

check_nginx()
{
    nginx -T > "$work/dump" 2> "$work/dump.error" || {
        problem "nginx -t fails before anything is changed; repair this" \
            "first: $(emergency < "$work/dump.error")"
        return
    }

    configured "modules-enabled/*.conf;" || problem "/etc/nginx/nginx.conf" \
        "does not include /etc/nginx/modules-enabled/*.conf; put that line" \
        "before \"events\""
    configured "conf.d/*.conf;" || problem "/etc/nginx/nginx.conf does not" \
        "include /etc/nginx/conf.d/*.conf; put that line into \"http\""
    grep -q 'load_module.*ngx_stream_module' "$work/dump" \
        || problem "nginx does not load its stream module; apt-get install" \
            "--reinstall libnginx-mod-stream"

    # shellcheck disable=SC2016
    foreign '$1 ~ /^stream([{]|$)/ { print file }' | sort -u \
        | while read -r file; do
        problem "$file has a stream block already, and there can be only" \
            "one; move what is in it to $etc/conf.d/stream-own.conf"
    done

    # shellcheck disable=SC2016
    foreign '$1 == "listen" {
        sub(/;.*/, "", $2)
        if ($2 == port || $2 ~ ":" port "$") print file
    }' | sort -u | while read -r file; do
        problem "$file listens on port $HTTPS_PORT, which HTTPS and TURN" \
            "share now; write \"listen 127.0.0.1:$LOCAL_PORT ssl http2" \
            "proxy_protocol; set_real_ip_from 127.0.0.1; real_ip_header" \
            "proxy_protocol;\" there instead, its names are found as before"
    done
}


# emergency < log of nginx: what it ended of

emergency()
{
    sed -n 's/.*\[emerg\] [0-9#]*: //p' | head -n 1 | one_line
}


# configured TEXT: whether nginx.conf has it

configured()
{
    grep -v '^[[:space:]]*#' /etc/nginx/nginx.conf | grep -qF "$1"
}


# foreign PROGRAM: awk over the lines of the dump that are not ours, with the
# variables file and port

foreign()
{
    awk -v port="$HTTPS_PORT" '
        /^# configuration file / {
            file = $4
            sub(/:$/, "", file)
            ours = file ~ "^/etc/nginx/(conference/|conf.d/conference.conf)" \
                || file ~ "^/etc/nginx/modules-enabled/99-conference.conf" \
                || file ~ "^/etc/conference/"
            next
        }
        ours || /^[ \t]*#/ { next }
        '"$1" "$work/dump"
}


# ports

# holders PROTOCOL: "PORT INODE" of every socket that waits for clients

holders()
{
    cat "/proc/net/$1" "/proc/net/${1}6" 2> /dev/null | awk -v protocol="$1" '
        $2 ~ /:/ && (protocol == "udp" || $4 == "0A") {
            hex = substr($2, index($2, ":") + 1)
            port = 0
            for (i = 1; i <= 4; i++) {
                port = port * 16 + index("0123456789ABCDEF", \
                    substr(hex, i, 1)) - 1
            }
            print port, $10
        }'
}


# holder_of INODE: the program's name.  A confined service does not see into
# nginx, which is most likely the one then.

holder_of()
{
    fd=$(find /proc/[0-9]*/fd -lname "socket:\[$1\]" 2> /dev/null \
        | head -n 1)

    if [ -n "$fd" ]; then
        cat "${fd%/fd/*}/comm"
    elif nginx_runs; then
        say nginx
    else
        say "another program"
    fi
}


# foreign_ports PROTOCOL FIRST LAST: "PORT PROGRAM" of those that not nginx has

foreign_ports()
{
    holders "$1" | while read -r port inode; do
        if [ "$port" -ge "$2" ] && [ "$port" -le "$3" ]; then
            program=$(holder_of "$inode")
            [ "$program" = nginx ] || say "$port $program"
        fi
    done | sort -u
}


# check_port PROTOCOL PORT FLAG

check_port()
{
    foreign_ports "$1" "$2" "$2" | sed 's/^[0-9]* //' | while read -r program
    do
        problem "$1 port $2 is held by $program; stop it, or choose another" \
            "port with $3"
    done
}


check_ports()
{
    check_port tcp "$HTTP_PORT" --http-port
    check_port tcp "$HTTPS_PORT" --https-port
    [ "$TURN_PORT" = 0 ] || check_port udp "$TURN_PORT" --turn-port

    foreign_ports tcp "$LOCAL_PORT" $((LOCAL_PORT + 4)) \
        | while read -r port program; do
        problem "port $port, which nginx needs on 127.0.0.1, is held by" \
            "$program; choose another first one of five with --local-port"
    done

    first=${RTC_PORTS%-*}
    last=${RTC_PORTS#*-}
    taken=$({ foreign_ports tcp "$first" "$last"
              foreign_ports udp "$first" "$last"; } | cut -d ' ' -f 1 \
              | sort -u | wc -l)
    free=$((last - first + 1 - taken))
    count=$(workers)

    # a worker takes one, and each reload another while the old one drains

    [ "$free" -ge $((4 * count)) ] || problem "$free ports of $RTC_PORTS are" \
        "free, $count workers need $((4 * count)); choose others with" \
        "--rtc-ports, or fewer --workers"
}


# workers: how many nginx has, or will have

workers()
{
    count=$WORKERS
    # shellcheck disable=SC2016
    [ -n "$count" ] || count=$(foreign '
        $1 == "worker_processes" { sub(/;.*/, "", $2); print $2; exit }')

    case $count in
        '' | *[!0-9]*)
            nproc
            ;;
        *)
            say "$count"
            ;;
    esac
}


# DNS

# Names whose addresses are neither here nor those of RTC_IP are not ours.  For
# an ACME server that is the end, else they may come true later.

check_dns()
{
    public=$(say "$RTC_IP" | tr , ' ')

    for name in $(names); do
        addresses=$(addresses_of "$name" | paste -s -d ' ' -)

        if [ -z "$addresses" ]; then
            dns_problem "$name has no address in DNS; make a record A (and" \
                "AAAA) of $public there"
            continue
        fi

        # shellcheck disable=SC2086
        ours=$("$lib/net" here $addresses; say "$public" | tr ' ' '\n')

        for address in $addresses; do
            if ! say "$ours" | grep -qxF "$address"; then
                dns_problem "$name points to $address, which is not this" \
                    "host; correct it in DNS"
                advise "if it does lead here: --rtc-ip $address"
            fi
        done
    done
}


dns_problem()
{
    if [ "$CERTIFICATE" = acme ]; then
        problem "$*"
        advise "to go on without this check: --skip-dns-check"
    else
        warn "$*"
    fi
}


# the addresses that clients reach: those of this host, behind 1:1 NAT the
# domain's

find_rtc_ip()
{
    local_addresses=$("$lib/net" source)

    if [ -n "$STUN" ]; then
        seen=$("$lib/net" stun "$STUN" 2> "$work/stun") \
            || problem "$(one_line < "$work/stun")"
    else
        # shellcheck disable=SC2086
        seen=$("$lib/net" public $local_addresses)
    fi

    # shellcheck disable=SC2046
    [ -n "$seen" ] || seen=$("$lib/net" public $(addresses_of \
        "$WEBRTC_DOMAIN"))

    if [ -z "$seen" ]; then
        seen=${local_addresses:-$(addresses_of "$WEBRTC_DOMAIN")}
        [ -z "$seen" ] || warn "no public address is known; clients of other" \
            "networks need --rtc-ip ADDRESS"
    fi

    # one of each family

    RTC_IP=$(say "$seen" | awk 'NF && !seen[$0 ~ /:/]++' | paste -s -d , -)

    [ -n "$RTC_IP" ] || problem "no address of this host is known; give one" \
        "with --rtc-ip"
}


check_redis()
{
    case $REDIS_URL in
        "unix:$socket"*)
            return
            ;;
    esac

    redis_is_there || problem "Redis does not answer at the address of" \
        "--redis; start it, or leave --redis away for one of its own"
}
