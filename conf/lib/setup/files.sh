# shellcheck shell=sh

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The files that ngx-conf-setup writes.  They are made in a folder of its own
# first; only those that differ are shown or put into place, and can be taken
# back.  Who reads this file has set work, share, templates.


# stage MODE FILE < text: a file as it shall be

stage()
{
    mkdir -p "$work/new${2%/*}"
    cat > "$work/new$2"

    if [ -e "$2" ] && cmp -s "$2" "$work/new$2" \
        && [ "$(stat -c %a "$2")" = "$1" ]
    then
        return
    fi

    say "$1 $2" >> "$work/changes"
}


# changed: whether anything differs from what is there

changed()
{
    [ -s "$work/changes" ]
}


# show_changes: as diff has them, without what is secret

show_changes()
{
    while read -r mode file; do
        if [ "$mode" = 600 ]; then
            say "$file: written, only root may read it"
        elif [ -e "$file" ]; then
            diff -u "$file" --label "$file" "$work/new$file" \
                --label "$file" || true
        else
            diff -u /dev/null --label /dev/null "$work/new$file" \
                --label "$file" || true
        fi
    done < "$work/changes"
}


# put_changes: all files are written before the first one takes its place, which
# needs no room on the disk

put_changes()
{
    while read -r mode file; do
        say "$file.new" >> "$work/new.files"
        [ -d "${file%/*}" ] || install -d -m 755 "${file%/*}"
        install -m "$mode" "$work/new$file" "$file.new"

        if [ -e "$file" ]; then
            mkdir -p "$work/old${file%/*}"
            cp -p "$file" "$work/old$file"
        fi
    done < "$work/changes"

    while read -r mode file; do
        say "$file" >> "$work/done"
        mv "$file.new" "$file"
    done < "$work/changes"

    rm "$work/new.files"
}


undo_changes()
{
    if [ -e "$work/new.files" ]; then
        while read -r file; do
            rm -f "$file"
        done < "$work/new.files"
    fi

    [ -e "$work/done" ] || return 0

    while read -r file; do
        if [ -e "$work/old$file" ]; then
            cp -p "$work/old$file" "$file.new" && mv "$file.new" "$file"
        else
            case $file in
                # Redis may hold what they have sealed
                "$etc/secret" | "$etc/keys" | "$etc/turn")
                    ;;
                *)
                    rm -f "$file"
                    ;;
            esac
        fi
    done < "$work/done"

    rmdir /etc/nginx/conference 2> /dev/null || true
    rm "$work/done"
}


# stage_filled MODE TEMPLATE FILE

stage_filled()
{
    fill "$2" > "$work/filled" || die "a template of $templates is broken"
    stage "$1" "$3" < "$work/filled"
}


# fill TEMPLATE: @NAME@ is a variable of the environment

fill()
{
    awk -v template="$1" '
        {
            line = ""
            while (match($0, /@[A-Z_]+@/)) {
                name = substr($0, RSTART + 1, RLENGTH - 2)
                if (!(name in ENVIRON)) {
                    print template ": no " name > "/dev/stderr"
                    exit 1
                }
                line = line substr($0, 1, RSTART - 1) ENVIRON[name]
                $0 = substr($0, RSTART + RLENGTH)
            }
            line = line $0
            # where a variable of a line of its own is empty
            if (line !~ /^ +$/) print line
        }' "$templates/$1.conf.in"
}


random_text()
{
    # where SIGPIPE is ignored, tr tells of it
    tr -cd "$2" < /dev/urandom 2> /dev/null | head -c "$1"
}


# the first run makes them, later ones keep them

stage_secrets()
{
    alnum=A-Za-z0-9

    [ -e "$etc/secret" ] || say "$(random_text 64 0-9a-f)" \
        | stage 600 "$etc/secret"
    [ -e "$etc/turn" ] || say "$(random_text 43 $alnum)" \
        | stage 600 "$etc/turn"
    [ -e "$etc/keys" ] || say "API$(random_text 12 $alnum):" \
        "$(random_text 43 $alnum)" | stage 600 "$etc/keys"

    if [ ! -e "$etc/certificate.pem" ]; then
        self_signed "$work/self-signed.pem" \
            || die "openssl makes no certificate"
        stage 600 "$etc/certificate.pem" < "$work/self-signed.pem"
    fi
}


stage_settings()
{
    for name in $settings; do
        say "$name=$(value "$name")"
    done | stage 600 "$etc/setup.conf"
}


# listen_on PORT PARAMETERS INDENT: all addresses, of both families

listen_on()
{
    say "listen  $1$2;"

    if [ -e /proc/net/if_inet6 ]; then
        say "$3listen  [::]:$1$2;"
    fi
}


# unless DIRECTIVE stands elsewhere: nginx takes it once

unless_there()
{
    where=$(foreign "\$1 == \"$1\" { print file; exit }")

    if [ -n "$where" ]; then
        say "# $1 stands in $where"
    else
        say "$1  $2;"
    fi
}


hosts()
{
    for NAME in $(names); do
        ROLES=
        INCLUDES=

        [ "$NAME" != "$DOMAIN" ] || role pages "pages and API"
        [ "$NAME" != "$WEBRTC_DOMAIN" ] || role rtc "signalling"
        [ "$NAME" != "$STREAMING_DOMAIN" ] || role streaming "streaming"
        [ "$NAME" != "$TURN_DOMAIN" ] || ROLES="$ROLES, TURN"
        [ "$NAME" = "$DOMAIN" ] || role away "the way to $DOMAIN"

        ROLES=${ROLES#, }
        INCLUDES=${INCLUDES#"$newline    "}
        fill host
    done
}


newline='
'


role()
{
    ROLES="$ROLES, $2"
    INCLUDES="$INCLUDES$newline    include  conference/$1.conf;"
}


# no_alpn: where TLS without ALPN leads, by name; one that is only TURN's tells
# what is meant

no_alpn()
{
    for name in $(names); do
        case $name in
            "$DOMAIN" | "$WEBRTC_DOMAIN" | "$STREAMING_DOMAIN")
                say "$name  conference_any;"
                ;;
            *)
                say "$name  conference_turns;"
                ;;
        esac
    done | sed '2,$s/^/        /'
}


turn_listen()
{
    [ "$TURN_PORT" != 0 ] || return 0

    say
    say "    server {"
    for host in $TURN_HOSTS; do
        say "        listen  $host:$TURN_PORT udp reuseport;"
    done
    say "        turn;"
    say "    }"
}


# open_files: that a worker may have, where root itself is not bounded

# shellcheck disable=SC3045
open_files()
{
    if (ulimit -n 65536) 2> /dev/null; then
        say 65536
    else
        ulimit -Hn
    fi
}


# what the templates ask for, from the settings

# shellcheck disable=SC2034
template_variables()
{
    ETC=$etc
    DATA=$data
    HTML=$share/html
    NGINX_CONF=/etc/nginx
    ACCESS_LOG=/var/log/nginx/conference.log
    HSTS='add_header  Strict-Transport-Security  max-age=63072000 always;'

    PORT_SUFFIX=
    [ "$HTTPS_PORT" = 443 ] || PORT_SUFFIX=:$HTTPS_PORT
    CONNECT_SRC="wss://$WEBRTC_DOMAIN$PORT_SUFFIX \
https://$WEBRTC_DOMAIN$PORT_SUFFIX"

    LOCAL_HTTPS=$LOCAL_PORT
    LOCAL_HTTP=$((LOCAL_PORT + 1))
    LOCAL_TURN=$((LOCAL_PORT + 2))
    LOCAL_TURNS=$((LOCAL_PORT + 3))
    LOCAL_ANY=$((LOCAL_PORT + 4))

    NAMES=$(names | paste -s -d ' ' -)
    NAMES_HASH=
    # nginx's default holds names of about 40 characters
    ! names | grep -q '.\{40\}' || NAMES_HASH="$newline$(
        unless_there server_names_hash_bucket_size 512)$newline"

    HTTP_LISTEN=$(listen_on "$HTTP_PORT" '' '    ')
    HTTPS_LISTEN=$(listen_on "$HTTPS_PORT" ' reuseport' '        ')

    case $HTTP_MODES in
        HTTP,* | *,HTTP)
            HTTP_ANSWER="return  301 https://\$host$PORT_SUFFIX\$request_uri;"
            ;;
        *)
            HTTP_ANSWER="return  404;"
            ;;
    esac

    NODE=
    [ -z "$NODE_ADDRESS" ] \
        || NODE="rtc_sfu_node_address       $NODE_ADDRESS;"

    RTC_ADDRESSES=$(say "$RTC_IP" | tr , ' ')
    AUTO_CREATE_FLAG=off

    while IFS='=' read -r name text; do
        set_value "$name" "$text"
    done << END
$("$lib/net" turn "$RTC_IP")
END

    TURN_URLS="turns:$TURN_DOMAIN:$HTTPS_PORT?transport=tcp"
    [ "$TURN_PORT" = 0 ] || TURN_URLS="\
turn:$TURN_DOMAIN:$TURN_PORT?transport=udp $TURN_URLS"
    TURN_SERVER=$(turn_listen)

    NO_ALPN=$(no_alpn)

    RLIMIT_NOFILE=$(unless_there worker_rlimit_nofile "$(open_files)")
    SHUTDOWN_TIMEOUT=$(unless_there worker_shutdown_timeout 1h)
    HOSTS=$(hosts)
}


stage_nginx()
{
    # shellcheck disable=SC2046,SC2086
    export $(say $settings)

    set -a
    template_variables
    set +a

    # a password of Redis is for root
    mode=644
    case $REDIS_URL in
        *@* | *password=*)
            mode=600
            ;;
    esac

    for name in server headers https pages rtc streaming away tls stream; do
        stage_filled 644 $name "/etc/nginx/conference/$name.conf"
    done

    for name in http main; do
        stage_filled $mode $name "/etc/nginx/conference/$name.conf"
    done

    stage_filled 644 hosts /etc/nginx/conference/hosts.conf
    stage_filled 644 modules /etc/nginx/modules-enabled/99-conference.conf
    stage_filled 644 conference /etc/nginx/conf.d/conference.conf

    stage_nginx_conf
}


# nginx.conf is the operator's: two numbers in it

stage_nginx_conf()
{
    file=$(readlink -f /etc/nginx/nginx.conf)
    connections=$(conf_number worker_connections "$file")

    cp "$file" "$work/nginx.conf"

    most=$(open_files)
    most=$((most >= 32768 ? 16384 : most / 2))

    if [ -n "$connections" ] && [ "$connections" -lt "$most" ]; then
        CONNECTIONS_BEFORE=$connections
        set_number worker_connections $most "$work/nginx.conf"
        say "worker_connections of $file goes from $connections to $most."
    fi

    if [ -n "$WORKERS" ] && [ "$WORKERS" \
        != "$(conf_number worker_processes "$file")" ]
    then
        default WORKERS_BEFORE "$(conf_number worker_processes "$file")"
        set_number worker_processes "$WORKERS" "$work/nginx.conf"
        say "worker_processes of $file is $WORKERS now."
    fi

    stage "$(stat -c %a "$file")" "$file" < "$work/nginx.conf"
}


# conf_number DIRECTIVE FILE

conf_number()
{
    sed -n "s/^[[:space:]]*$1[[:space:]][[:space:]]*\([0-9a-z]*\);.*/\1/p" \
        "$2" | head -n 1
}


# set_number DIRECTIVE VALUE FILE

set_number()
{
    sed -i "s/^\([[:space:]]*$1[[:space:]][[:space:]]*\)[0-9a-z]*;/\1$2;/" \
        "$3"
}
