# shellcheck shell=sh

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Certificates: from an ACME server by certbot, or the operator's own, into
# Redis and certificate.pem.

lineage=/etc/letsencrypt/live/conference
renewal=/etc/letsencrypt/renewal/conference.conf


# for nginx's first start, until there is another one

self_signed()
{
    list=$(names | sed 's/^/DNS:/' | paste -s -d , -)

    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 365 -subj /CN=conference -addext "subjectAltName=$list" \
        -keyout "$1.key" -out "$1" 2> /dev/null \
        && cat "$1.key" >> "$1" && rm "$1.key"
}


# write_pem < PEM: replaces certificate.pem at once or not at all

write_pem()
{
    cat > "$etc/certificate.pem.new" && [ -s "$etc/certificate.pem.new" ] \
        && mv "$etc/certificate.pem.new" "$etc/certificate.pem"
}


# store_certificate TYPE CHAIN KEY: checks it against all names and gives it to
# all workers.  Prints a sentence if it fails.

store_certificate()
{
    type=$1
    chain=$2
    key=$3
    record=$(temporary)

    # shellcheck disable=SC2046
    if ! "$conf_cert" record "$etc/secret" "$chain" "$key" "$type" $(names) \
        > "$record" 2> "$record.error"
    then
        one_line < "$record.error"
        rm -f "$record" "$record.error"
        return 1
    fi

    rm -f "$record.error"

    # as it was read: the files may end without a line break
    if ! "$conf_cert" open "$etc/secret" < "$record" | write_pem; then
        rm -f "$record"
        say "the certificate cannot be written to $etc/certificate.pem"
        return 1
    fi

    # shellcheck disable=SC2046
    if ! redis -x EVAL "
        for i = 1, #ARGV - 1 do
            redis.call('HSET', KEYS[1], ARGV[i], ARGV[#ARGV])
        end
        return redis.call('PUBLISH', KEYS[1], '')" 1 conf:certs $(names) \
        < "$record" > /dev/null 2>&1
    then
        rm -f "$record"
        say "the certificate is in $etc/certificate.pem but Redis does not" \
            "take it"
        return 1
    fi

    rm -f "$record"
}


# what Redis has for names that are not served any more

forget_certificates()
{
    # shellcheck disable=SC2046
    redis EVAL "
        local kept = {}
        for _, name in ipairs(ARGV) do kept[name] = true end
        local gone = {}
        for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
            if not kept[name] then gone[#gone + 1] = name end
        end
        if #gone > 0 then
            redis.call('HDEL', KEYS[1], unpack(gone))
            redis.call('PUBLISH', KEYS[1], '')
        end
        return #gone" 1 conf:certs $(names) > /dev/null 2>&1 || true
}


names_without_certificate()
{
    for name in $(names); do
        redis HGET conf:certs "$name" 2> /dev/null | grep -q . || say "$name"
    done | paste -s -d ' ' - | sed 's/ /, /g'
}


# whether all names have a certificate of the wanted server that certbot renews

acme_is_current()
{
    grep -qsxF "server = $ACME_SERVER" "$renewal" \
        && openssl x509 -in "$lineage/fullchain.pem" -noout \
            -checkend 2592000 > /dev/null \
        && [ "$(names | sort)" = "$(certificate_names)" ] || return 1

    for name in $(names); do
        redis HGET conf:certs "$name" | grep -q SSL_TYPE_LETSENCRYPT \
            || return 1
    done
}


certificate_names()
{
    openssl x509 -in "$lineage/fullchain.pem" -noout -ext subjectAltName \
        | tr -s ', ' '\n' | sed -n 's/^DNS://p' | sort
}


# acme_certificate: asks for one certificate for all names if there is none, or
# one of another server or of other names.  Prints a sentence if it fails.

acme_certificate()
{
    set --

    if [ -n "$EMAIL" ]; then
        set -- --email "$EMAIL"
    else
        set -- --register-unsafely-without-email
    fi

    # a certificate of the staging server is no reason to keep it

    if [ -e "$renewal" ] && ! grep -qxF "server = $ACME_SERVER" "$renewal"
    then
        set -- "$@" --force-renewal
    fi

    for name in $(names); do
        set -- "$@" -d "$name"
    done

    asked=1
    certbot_says certonly --webroot -w "$data/acme" --cert-name conference \
        --agree-tos --keep-until-expiring --renew-with-new-domains \
        --deploy-hook "$conf_agent deploy" --server "$ACME_SERVER" "$@" \
        || return 1

    store_certificate SSL_TYPE_LETSENCRYPT "$lineage/fullchain.pem" \
        "$lineage/privkey.pem"
}


# renew_certificate: if it is due; certbot calls "ngx-conf-agent deploy" then

renew_certificate()
{
    [ -e "$renewal" ] || return 0

    asked=
    certbot_says renew --cert-name conference --no-random-sleep-on-renew
}


# certbot_says WORD...: prints the reason in one sentence if it fails; who has
# asked stores the certificate himself

certbot_says()
{
    if ! command -v certbot > /dev/null; then
        say "certbot is not installed: apt-get install certbot"
        return 1
    fi

    output=$(temporary)

    # its own timer may hold the lock for a moment

    for try in 1 2 3; do
        code=0
        CONFERENCE_ASKED=$asked timeout -k 10 400 certbot "$@" \
            --non-interactive > "$output" 2>&1 < /dev/null || code=$?
        grep -q 'Another instance of Certbot' "$output" || break
        [ "$try" = 3 ] || sleep 5
    done

    case $code in
        0)
            ;;
        124 | 137)
            say "certbot did not end in time"
            ;;
        *)
            certbot_reason < "$output"
            ;;
    esac

    rm -f "$output"
    return "$code"
}


# certbot tells of each name, or of an error at last

certbot_reason()
{
    awk -v server="$ACME_SERVER" '
        /CERTIFICATE_VERIFY_FAILED.*(local issuer|self.signed)/ {
            known = "this host does not trust the certificate of " server \
                "; copy that of its CA to /usr/local/share/ca-certificates/" \
                "NAME.crt and run update-ca-certificates"
        }
        /NewConnectionError|ConnectTimeoutError|Requesting .*: Connection / {
            known = server " does not answer"
        }
        /^ *Domain: / { name = $2 }
        /^ *Detail: / {
            sub(/^ *Detail: */, "")
            reason = reason (reason ? "; " : "") name ": " $0
            detail = 1
            next
        }
        # the server may say more in further lines
        /^[^ ]/ || /^$/ || /^ *(Domain|Type|Hint): / { detail = 0 }
        detail { reason = reason " " $0 }
        /^An unexpected error occurred:/ { unexpected = 1; next }
        unexpected && NF && !error { error = $0 }
        NF && !/^Ask for help|^See the logfile|^Saving debug log/ { last = $0 }
        END {
            reason = reason ? reason : known ? known : error ? error : last
            sub(/^[A-Za-z.]*Error: /, "", reason)
            print reason
        }' | one_line
}
