# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# h11_server.py FOLDER ADDRESS PORT http|https DELAY KEEP_ALIVE whole|chunked keep|close: the organization
# profile by h11 on asyncio. Each update that it applies is a line of FOLDER/journal before it is answered,
# after DELAY ms; what the journal has of an earlier life is not applied again. A connection may be idle for
# KEEP_ALIVE ms. Answers come whole or in chunks, and connections are kept or closed after the first.

import asyncio
import json
import ssl
import sys

import h11

folder, address, port, scheme, delay, keep_alive, framing, connection_use = sys.argv[1:]
profile = b'{"companyName": "nobody", "profileType": "OrganizationProfile"}'
seen = set()
journal = open(f"{folder}/journal", "a+", encoding="utf-8")
journal.seek(0)
for line in journal:
    word, request_id, name = line.rstrip("\n").split(" ", 2)
    if word == "applied":
        seen.add(request_id)
        profile = json.dumps({"companyName": name}).encode()


def apply(request_id, body):
    global profile
    name = json.loads(body)["companyName"]
    repeated = request_id in seen
    journal.write(f"{'repeated' if repeated else 'applied'} {request_id} {name}\n")
    journal.flush()
    if not repeated:
        seen.add(request_id)
        profile = body


def respond_to(request, body):
    fields = {name.decode(): value.decode() for name, value in request.headers}
    if fields.get("authorization") != "Bearer fake":
        return 401, b'{"code": 400, "description": "who are you?"}'
    if request.target != b"/v1/profiles/organization":
        return 404, b'{"code": 2000, "description": "there is no such"}'
    if request.method == b"PUT":
        try:
            apply(fields["ms-requestid"], body)
        except (KeyError, ValueError) as error:
            return 400, json.dumps({"code": 2000, "description": repr(error)}).encode()
    return 200, profile


class Conversation:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.http = h11.Connection(h11.SERVER)

    def send(self, event):
        data = self.http.send(event)
        if data:
            self.writer.write(data)

    async def next_event(self, patience):
        while True:
            event = self.http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self.http.they_are_waiting_for_100_continue:
                self.send(h11.InformationalResponse(status_code=100, headers=[]))
            self.http.receive_data(await asyncio.wait_for(self.reader.read(65536), patience))

    async def answer(self, status, body):
        headers = [("content-type", "application/json")]
        if framing == "whole":
            headers.append(("content-length", str(len(body))))
        if connection_use == "close":
            headers.append(("connection", "close"))
        self.send(h11.Response(status_code=status, headers=headers))
        size = len(body) if framing == "whole" else 11
        for begin in range(0, len(body), size):
            self.send(h11.Data(data=body[begin : begin + size]))
        self.send(h11.EndOfMessage())
        await self.writer.drain()

    async def run(self):
        patience = 60
        while True:
            request = await self.next_event(patience)
            if not isinstance(request, h11.Request):
                return
            body = b""
            while isinstance(event := await self.next_event(60), h11.Data):
                body += event.data
            status, text = respond_to(request, body)
            await asyncio.sleep(int(delay) / 1000)
            await self.answer(status, text)
            if self.http.our_state is not h11.DONE:
                return
            self.http.start_next_cycle()
            patience = int(keep_alive) / 1000


async def serve(reader, writer):
    try:
        await Conversation(reader, writer).run()
    except (asyncio.TimeoutError, ConnectionError, ssl.SSLError, h11.RemoteProtocolError):
        pass
    finally:
        writer.close()


async def main():
    context = None
    if scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/certificate.pem", f"{folder}/key.pem")
    server = await asyncio.start_server(serve, address, int(port), ssl=context)
    async with server:
        await server.serve_forever()


asyncio.run(main())
