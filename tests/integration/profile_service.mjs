// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
//
// profile_service.mjs BIN_DIR: the example profile_service as its operators and callers see it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const bin = resolve(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "partner_center."));
const children = new Set();
const secrets = [];
process.on("exit", () => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
});

const within = (seconds, what, promise) => {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} takes too long`)), seconds * 1000);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// A program of which every line of the standard output is kept, and can be waited for.
class Program {
    constructor(name, options, variables) {
        const environment = { PATH: process.env.PATH, ...variables };
        const stdio = ["ignore", "pipe", "pipe"];
        this.process = spawn(join(bin, name), options, { env: environment, stdio });
        children.add(this.process);
        this.name = name;
        this.lines = [];
        this.errors = "";
        this.waiting = [];
        this.process.stderr.on("data", (data) => (this.errors += data));
        createInterface({ input: this.process.stdout }).on("line", (line) => {
            this.lines.push(line);
            this.waiting = this.waiting.filter((look) => !look());
        });
        this.ended = once(this.process, "close").then(([status, signal]) => {
            children.delete(this.process);
            return status ?? signal;
        });
    }

    // The lines that meet a condition, when there are so many.
    find(count, what, condition) {
        const found = new Promise((tell) => {
            const look = () => {
                const lines = this.lines.filter(condition);
                if (lines.length >= count) tell(lines);
                return lines.length >= count;
            };
            if (!look()) this.waiting.push(look);
        });
        return within(20, `${this.name}: ${what}`, found);
    }

    async status() {
        return within(20, `the end of ${this.name}`, this.ended);
    }
}

async function startEmulator(...options) {
    const emulator = new Program("partner_center_emulator", options, {});
    const lines = await emulator.find(3, "its variables", (line) => line.startsWith("export "));
    const variables = lines.map((line) => line.match(/^export (\w+)='(.*)'$/).slice(1));
    emulator.variables = Object.fromEntries(variables);
    secrets.push(emulator.variables.PARTNER_CENTER_TOKEN);
    emulator.stop = async () => {
        emulator.process.kill("SIGTERM");
        assert.equal(await emulator.status(), 0);
    };
    return emulator;
}

const logged = (event, more = {}) => (line) => {
    const entry = JSON.parse(line);
    return entry.event === event && Object.keys(more).every((name) => entry[name] === more[name]);
};

async function startService(variables, ...options) {
    const service = new Program("profile_service", ["--port", "0", ...options], variables);
    const begun = service.find(1, "its port", logged("listening"));
    const [line] = await Promise.race([begun, service.ended.then(() => assert.fail(service.errors))]);
    service.port = JSON.parse(line).port;
    service.ask = (method, path, body, headers = {}, agent = undefined) =>
        within(20, `${method} ${path}`, ask(service.port, method, path, body, headers, agent));
    // Every line is JSON with a time and an event, and none has a secret.
    service.checkLog = () => {
        for (const text of service.lines) {
            const entry = JSON.parse(text);
            assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
            assert.equal(typeof entry.event, "string");
        }
        for (const secret of secrets) assert(!(service.lines.join() + service.errors).includes(secret));
    };
    service.stop = async (signal = "SIGTERM") => {
        service.process.kill(signal);
        assert.equal(await service.status(), 0, service.errors);
        service.checkLog();
    };
    return service;
}

function ask(port, method, path, body, headers, agent) {
    return new Promise((tell, fail) => {
        const type = body === undefined ? {} : { "Content-Type": "application/merge-patch+json" };
        const options = { host: "127.0.0.1", port, method, path, agent: agent ?? false,
            headers: { ...type, Host: `localhost:${port}`, ...headers } };
        const request = http.request(options, (response) => {
            let text = "";
            response.on("data", (data) => (text += data));
            response.on("error", fail);
            response.on("end", () => {
                assert.equal(response.headers["content-type"], "application/json");
                const { statusCode, headers } = response;
                tell({ status: statusCode, headers, body: JSON.parse(text || "null") });
            });
        });
        request.on("error", fail);
        request.end(body);
    });
}

// What a server says to bytes, until it closes the connection.
function say(port, bytes) {
    return within(20, "the answer", new Promise((tell, fail) => {
        let text = "";
        const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
        socket.on("data", (data) => (text += data));
        socket.on("error", (error) => (error.code === "ECONNRESET" ? tell(text) : fail(error)));
        socket.on("end", () => socket.end());
        socket.on("close", () => tell(text));
    }));
}

async function readsAndChanges() {
    const emulator = await startEmulator();
    const service = await startService(emulator.variables, "--max-calls", "3");

    const health = await service.ask("GET", "/health");
    assert.equal(health.status, 200);
    assert.deepEqual(health.body, { status: "ok", calls: 0, max_calls: 3 });

    const before = await service.ask("GET", "/profile");
    assert.equal(before.status, 200);
    assert.equal(before.body.companyName, "TEST_TEST_BugBash1");
    const address = { phoneNumber: "4255550101", addressLine2: null };
    const patch = { companyName: "Contoso", defaultAddress: address };
    const changed = await service.ask("PATCH", "/profile", JSON.stringify(patch));
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    const expected = structuredClone(before.body);
    expected.companyName = "Contoso";
    expected.defaultAddress.phoneNumber = "4255550101";
    delete expected.defaultAddress.addressLine2;
    expected.attributes.etag = changed.body.attributes.etag;
    assert.deepEqual(changed.body, expected);
    assert.deepEqual((await service.ask("GET", "/profile")).body, expected);

    await refusesBadInput(service);
    assert.deepEqual((await service.ask("GET", "/profile")).body, expected);

    // Some at the same time, each for another member: conflicts are the service's to solve.
    const busy = await startService(emulator.variables, "--max-calls", "8");
    const members = ["firstName", "lastName", "city", "postalCode", "addressLine1", "addressLine2"];
    const answers = await Promise.all(members.map((name) =>
        busy.ask("PATCH", "/profile", JSON.stringify({ defaultAddress: { [name]: `new ${name}` } }))));
    for (const answer of answers) assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const all = (await busy.ask("GET", "/profile")).body.defaultAddress;
    for (const name of members) assert.equal(all[name], `new ${name}`);
    await busy.stop("SIGINT");

    await service.stop();
    assert.equal(service.lines.filter(logged("request", { method: "PATCH", status: 200 })).length, 1);
    assert(service.lines.some(logged("attempt finished", { method: "PUT", status: 200 })));
    assert(service.lines.some(logged("connection opened")));
    assert(logged("stopped")(service.lines.at(-1)));
    await emulator.stop();
}

async function refusesBadInput(service) {
    const refused = async (status, words, method, path, body, headers) => {
        const answer = await service.ask(method, path, body, headers);
        assert.equal(answer.status, status, JSON.stringify(answer.body));
        assert(answer.body.error.includes(words), answer.body.error);
        return answer;
    };
    await refused(400, "no JSON", "PATCH", "/profile", "{");
    await refused(400, "no JSON", "PATCH", "/profile", "");
    await refused(400, "no JSON", "PATCH", "/profile", '{"companyName":"\xff"}'.replace("\xff", "\\ud800"));
    await refused(400, "no JSON object", "PATCH", "/profile", "[]");
    await refused(400, "no member 'companyNmae'", "PATCH", "/profile", '{"companyNmae":"Contoso"}');
    await refused(400, "no member 'phone'", "PATCH", "/profile", '{"defaultAddress":{"phone":"1"}}');
    await refused(400, "/companyName", "PATCH", "/profile", '{"companyName":7}');
    await refused(400, "'attributes'", "PATCH", "/profile", '{"attributes":{"etag":"1"}}');
    await refused(400, "defaultAddress.state: expected 0 to 2", "PATCH", "/profile",
        '{"defaultAddress":{"state":"Washington"}}');
    await refused(415, "merge-patch", "PATCH", "/profile", "{}", { "Content-Type": "text/plain" });
    await refused(421, "localhost", "GET", "/profile", undefined, { Host: "attacker.example" });
    await refused(404, "/profile", "GET", "/profiles");
    assert.equal((await refused(405, "", "DELETE", "/profile")).headers.allow, "GET, PATCH");
    assert.equal((await refused(405, "", "POST", "/health", "{}")).headers.allow, "GET");
    await refused(413, "", "PATCH", "/profile", `{"companyName":"${"x".repeat(70000)}"}`);
    await refused(431, "", "GET", "/profile", undefined, { "X-Long": "x".repeat(10000) });
    assert.match(await say(service.port, "nonsense\r\n\r\n"), /^HTTP\/1\.1 400 /);
    const odd = await say(service.port, "GET /\xff\"\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert.match(odd, /^HTTP\/1\.1 400 /);
    // Two requests in one piece, and one in two.
    const one = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    const both = await say(service.port, `${one}\r\n${one}Connection: close\r\n\r\n`);
    assert.equal(both.match(/HTTP\/1\.1 200 /g).length, 2);
}

async function tellsOfPartnerCentersTrouble() {
    const emulator = await startEmulator();
    const stranger = await startService({ ...emulator.variables, PARTNER_CENTER_TOKEN: "not.the.token" });
    secrets.push("not.the.token");
    const refused = await stranger.ask("GET", "/profile");
    assert.equal(refused.status, 502);
    assert(refused.body.error.includes("401"), refused.body.error);
    assert.match(refused.body.request_id, /^[0-9a-f-]{36}$/);
    assert.equal((await stranger.ask("GET", "/health")).status, 200);
    await stranger.stop();
    await emulator.stop();

    const slow = await startEmulator("--delay-ms", "60000");
    const impatient = await startService(slow.variables, "--call-seconds", "1");
    const late = await impatient.ask("GET", "/profile");
    assert.equal(late.status, 504);
    await impatient.stop();
    await slow.stop();

    const variables = { PARTNER_CENTER_BASE_URL: "https://localhost" };
    const other = new Program("profile_service", ["--port", "0"], variables);
    assert.equal(await other.status(), 2);
    const holder = net.createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const port = holder.address().port;
    const second = new Program("profile_service", ["--port", String(port)], {});
    assert.equal(await second.status(), 1);
    assert(second.errors.includes(`cannot listen on 127.0.0.1:${port}`), second.errors);
    holder.close();
}

const putIsUnderWay = (service) => service.find(1, "the PUT", logged("attempt started", { method: "PUT" }));

async function boundsConcurrency() {
    const emulator = await startEmulator("--delay-ms", "2000");
    const service = await startService(emulator.variables, "--max-calls", "2");
    const calls = [service.ask("GET", "/profile"), service.ask("GET", "/profile")];
    await service.find(2, "two calls", logged("attempt started"));
    const third = await service.ask("GET", "/profile");
    assert.equal(third.status, 503);
    assert.equal(third.headers["retry-after"], "1");
    assert.equal((await service.ask("GET", "/health")).body.calls, 2);
    for (const call of calls) assert.equal((await call).status, 200);
    assert.equal((await service.ask("GET", "/health")).body.calls, 0);
    await service.stop();
    await emulator.stop();
}

async function endsGracefully() {
    const emulator = await startEmulator("--delay-ms", "2000");
    const service = await startService(emulator.variables);
    // A connection that is kept, and one on which half a request was sent.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    assert.notEqual((await service.ask("GET", "/health", undefined, {}, agent)).headers.connection, "close");
    const half = say(service.port, "GET /health HTTP/1.1\r\n");
    await service.ask("GET", "/health");

    const change = service.ask("PATCH", "/profile", '{"companyName":"Contoso"}');
    await putIsUnderWay(service);
    service.process.kill("SIGTERM");
    await service.find(1, "the signal", logged("stopping", { signal: 15 }));
    assert.equal(await half, "");
    await assert.rejects(service.ask("GET", "/health"), { code: "ECONNREFUSED" });
    const kept = service.ask("GET", "/health", undefined, {}, agent);
    await assert.rejects(kept, { code: /ECONN(REFUSED|RESET)/ });
    assert(!service.lines.some(logged("stopped")), "it did not wait for the change");

    const changed = await change;
    assert.equal(changed.status, 200);
    assert.equal(changed.body.companyName, "Contoso");
    assert.equal(changed.headers.connection, "close");
    assert.equal(await service.status(), 0, service.errors);
    service.checkLog();
    agent.destroy();
    await emulator.stop();
}

async function endsAtOnceWhenItMust() {
    const endless = await startEmulator("--delay-ms", "60000");
    const patient = await startService(endless.variables, "--grace-seconds", "1");
    const read = patient.ask("GET", "/profile");
    await patient.find(1, "the GET", logged("attempt started"));
    patient.process.kill("SIGTERM");
    assert.equal((await read).status, 503);
    await endsWithForce(patient);
    await endless.stop();

    const slow = await startEmulator("--delay-ms", "2000");
    const urged = await startService(slow.variables, "--grace-seconds", "1000");
    const change = urged.ask("PATCH", "/profile", '{"companyName":"Contoso"}');
    await putIsUnderWay(urged);
    for (const signals of [1, 2]) {
        urged.process.kill("SIGTERM");
        await urged.find(signals, "the signal", logged("stopping"));
    }
    const answer = await change;
    assert.equal(answer.status, 503, JSON.stringify(answer.body));
    assert.equal(answer.body.may_have_been_applied, true);
    await endsWithForce(urged);
    await slow.stop();
}

async function endsWithForce(service) {
    assert.equal(await service.status(), 1);
    assert(service.errors.includes("have been ended"), service.errors);
    service.checkLog();
}

const tests = [readsAndChanges, tellsOfPartnerCentersTrouble, boundsConcurrency, endsGracefully,
    endsAtOnceWhenItMust];
try {
    for (const test of tests) {
        const begin = performance.now();
        await test();
        console.log(`${test.name}: ${Math.round(performance.now() - begin)} ms`);
    }
    console.log("all as expected");
} catch (error) {
    console.error(error);
    process.exit(1);
}
