#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# examples_nginx.sh BIN_DIR: the example programs, unchanged, against a server no part of which is ours:
# Debian's nginx with a certificate of OpenSSL's.
set -euo pipefail
unset https_proxy HTTPS_PROXY no_proxy NO_PROXY

bin=$(cd "$1" && pwd)
nginx=/usr/sbin/nginx
[[ -x $nginx ]] || {
    missing="nginx is not installed (Debian's package nginx-light)"
    if [[ -n ${PARTNER_CENTER_NO_SKIPS:-} ]]; then
        echo "FAILED: must not be skipped (PARTNER_CENTER_NO_SKIPS): $missing" >&2
        exit 1
    fi
    echo "skipped: $missing"
    exit 77
}
work=$(mktemp -d)
nginx_pid=
stop_nginx() {
    [[ -z $nginx_pid ]] || kill "$nginx_pid" 2>/dev/null || true
    [[ -z $nginx_pid ]] || wait "$nginx_pid" 2>/dev/null || true
    nginx_pid=
}
trap 'stop_nginx; rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $1" >&2
    cat output error.log 2>/dev/null >&2 || true
    exit 1
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out certificate.pem \
    -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat >profile.json <<'END'
{"id":"11111111-1111-1111-1111-111111111111","companyName":"nginx's own","defaultAddress":{"country":"US",
"phoneNumber":"4255550199"},"links":{"self":{"uri":"/profiles/organization","method":"GET","headers":[]}},
"attributes":{"etag":"-8799889149591823008","objectType":"OrganizationProfile"}}
END

# A port that is free now may be taken by the time nginx wants it.
for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 40000))
    cat >nginx.conf <<END
daemon off;
master_process off;
pid $work/pid;
error_log $work/error.log;
events {}
http {
    client_body_temp_path $work/client_body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    default_type application/json;
    log_format requests '\$connection_requests \$request_method \$uri \$status \$http_expect';
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/certificate.pem;
        ssl_certificate_key $work/key.pem;
        access_log $work/access.log requests;
        location = /v1/profiles/organization { proxy_pass http://unix:$work/socket; }
    }
    server {
        listen unix:$work/socket;
        access_log off;
        location / {
            root $work;
            error_page 405 =200 /profile.json;
            try_files /profile.json =404;
        }
    }
}
END
    rm -f socket
    "$nginx" -c "$work/nginx.conf" -p "$work" 2>/dev/null &
    nginx_pid=$!
    for ((i = 0; i < 400; ++i)); do
        kill -0 "$nginx_pid" 2>/dev/null || break
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break 2
        sleep 0.05
    done
    stop_nginx
done
[[ -n $nginx_pid ]] || fail "nginx does not start"

export PARTNER_CENTER_TOKEN=any.token PARTNER_CENTER_BASE_URL="https://localhost:$port"
export PARTNER_CENTER_CA_FILE=$work/certificate.pem
"$bin/update_profile" --set defaultAddress.phoneNumber=4255550101 >output 2>&1 || fail "update_profile ended with $?"
grep -qF "nginx's own" output || fail "the stored profile is not shown"
"$bin/get_profile" --json >output 2>&1 || fail "get_profile ended with $?"
grep -qF "nginx's own" output || fail "the profile is not shown"

# nginx writes the line of a request after its answer.
kill -QUIT "$nginx_pid"
wait "$nginx_pid" 2>/dev/null || true
nginx_pid=
diff access.log - <<'END' || fail "nginx has seen other requests"
1 GET /v1/profiles/organization 200 -
2 PUT /v1/profiles/organization 200 100-continue
1 GET /v1/profiles/organization 200 -
END
echo "all as expected"
