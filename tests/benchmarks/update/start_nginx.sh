#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# start_nginx.sh DIRECTORY CPU: starts an nginx on a free port of 127.0.0.1 and on that processor, with its
# files in the directory. It reads each PUT of the organization profile and answers with a fixed one. Leaves
# certificate.pem and pid in the directory; prints the port.
set -euo pipefail

[[ $# -eq 2 ]] || { echo "usage: ${0##*/} DIRECTORY CPU" >&2; exit 2; }
mkdir -p "$1"
directory=$(cd "$1" && pwd)
cpu=$2
nginx=$(PATH=$PATH:/usr/sbin:/sbin command -v nginx) || { echo "no nginx" >&2; exit 1; }

# EC P-256, as most public services have.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:TRUE \
    -keyout "$directory/key.pem" -out "$directory/certificate.pem" 2>"$directory/openssl.log" || {
    cat "$directory/openssl.log" >&2
    exit 1
}

answer='{"id":"11111111-2222-4333-8444-555555555555","companyName":"TEST_TEST_BugBash1","defaultAddress":{
"country":"US","city":"Redmond","state":"WA","addressLine1":"Two Microsoft Way","addressLine2":"",
"postalCode":"98052","firstName":"Test","lastName":"Account","phoneNumber":"4255550101"},
"tenantId":"66666666-7777-4888-9999-000000000000","domain":"testtestbugbash1.onmicrosoft.com",
"email":"test-partner@microsoft.com","language":"es","culture":"es-US","profileType":"OrganizationProfile",
"links":{"self":{"uri":"/profiles/organization","method":"GET","headers":[]}},
"attributes":{"etag":"-8799889149591823009","objectType":"OrganizationProfile"}}'

# The mirror makes nginx read the body; what serves files then refuses the method, and the error page is the
# answer. That costs less than a second server behind it would.
write_configuration() {
    cat >"$directory/nginx.conf" <<END
daemon off;
master_process off;
pid $directory/pid;
error_log $directory/error.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $directory/client_body;
    proxy_temp_path $directory/proxy;
    fastcgi_temp_path $directory/fastcgi;
    uwsgi_temp_path $directory/uwsgi;
    scgi_temp_path $directory/scgi;
    server {
        listen 127.0.0.1:$1 ssl;
        ssl_certificate $directory/certificate.pem;
        ssl_certificate_key $directory/key.pem;
        keepalive_requests 100000000;
        keepalive_timeout 1h;
        root $directory;
        location = /v1/profiles/organization {
            mirror /read;
            mirror_request_body on;
            error_page 405 = @answer;
        }
        location = /read { internal; return 204; }
        location @answer {
            default_type "application/json; charset=utf-8";
            add_header MS-RequestId \$http_ms_requestid;
            add_header MS-CorrelationId \$http_ms_correlationid;
            return 200 '${answer//$'\n'/}';
        }
    }
}
END
}

for ((attempt = 0; attempt < 50; attempt++)); do
    port=$((RANDOM % 10000 + 20000))
    write_configuration "$port"
    taskset --cpu-list "$cpu" "$nginx" -c "$directory/nginx.conf" -p "$directory" \
        </dev/null >/dev/null 2>"$directory/start.log" &
    started=$!
    for ((wait = 0; wait < 100; wait++)); do
        kill -0 "$started" 2>/dev/null || break
        if [[ -s $directory/pid ]] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            disown
            exit 0
        fi
        sleep 0.05
    done
    kill "$started" 2>/dev/null || true
    grep -q 'Address already in use' "$directory/start.log" || break
done
echo "nginx does not start:" >&2
cat "$directory/start.log" >&2
exit 1
