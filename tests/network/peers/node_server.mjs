// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// node_server.mjs FOLDER ADDRESS PORT http|https DELAY KEEP_ALIVE whole keep: the organization profile by
// Node's own server. Each update that it applies is a line of FOLDER/journal before it is answered, after
// DELAY ms; what the journal has of an earlier life is not applied again. A connection may be idle for
// KEEP_ALIVE ms.

import { openSync, readFileSync, writeSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

const [folder, address, port, scheme, delay, keepAlive, body, connection] = process.argv.slice(2);
if (body !== 'whole' || connection !== 'keep')
    throw new Error(`this server cannot ${body} or ${connection}`);

let profile = JSON.stringify({ companyName: 'nobody', profileType: 'OrganizationProfile' });
const seen = new Set();
const journal = openSync(`${folder}/journal`, 'a+');
for (const line of readFileSync(`${folder}/journal`, 'utf8').split('\n')) {
    const [word, id, ...name] = line.split(' ');
    if (word !== 'applied')
        continue;
    seen.add(id);
    profile = JSON.stringify({ companyName: name.join(' ') });
}

function apply(id, text) {
    const { companyName } = JSON.parse(text);
    writeSync(journal, `${seen.has(id) ? 'repeated' : 'applied'} ${id} ${companyName}\n`);
    if (seen.has(id))
        return;
    seen.add(id);
    profile = text;
}

function answer(request, response, status, text) {
    response.writeHead(status, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        'MS-RequestId': request.headers['ms-requestid'] ?? '',
    });
    // Node gives a connection a second more than its keepAliveTimeout. The next request may be here by now,
    // and such a connection is not idle.
    response.on('finish', () => {
        if (request.socket.lastRequest === request)
            request.socket.setTimeout(Number(keepAlive));
    });
    response.end(text);
}

function refuse(request, response, status, description) {
    answer(request, response, status, JSON.stringify({ code: 2000, description }));
}

function serve(request, response) {
    request.socket.lastRequest = request;
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
        if (request.headers.authorization !== 'Bearer fake')
            return refuse(request, response, 401, 'who are you?');
        if (request.url !== '/v1/profiles/organization')
            return refuse(request, response, 404, `there is no ${request.url}`);
        if (request.method === 'PUT') {
            try {
                apply(request.headers['ms-requestid'], Buffer.concat(pieces).toString());
            } catch (error) {
                return refuse(request, response, 400, String(error));
            }
        }
        setTimeout(() => answer(request, response, 200, profile), Number(delay));
    });
}

const server = scheme === 'http' ? http.createServer(serve) : https.createServer({
    cert: readFileSync(`${folder}/certificate.pem`),
    key: readFileSync(`${folder}/key.pem`),
}, serve);
server.listen(Number(port), address);
