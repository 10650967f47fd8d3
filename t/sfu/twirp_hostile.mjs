#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The server API and what is no request of it; protobuf; Redis away.
 */

import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';

import {
    CreateRoomRequest, ListRoomsRequest, ListRoomsResponse, Room,
} from '@livekit/protocol';

import { startInstance } from '../lib/instance.mjs';
import {
    call, failure, roomService, serverToken,
} from '../lib/roomservice.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const service = roomService(instance);
const token = await serverToken(instance, {
    roomCreate: true, roomList: true, roomAdmin: true, room: 'r',
});
const bearer = { Authorization: `Bearer ${token}` };
const create = 'livekit.RoomService/CreateRoom';

const code = async (...args) => {
    const { status, type, json } = await call(...args);

    return [status, type, json?.code];
};


/* routes */

is(await code(instance, 'livekit.RoomService/None', {}, bearer),
   [404, 'application/json', 'bad_route'], 'no such method');
is(await code(instance, 'livekit.RoomService', {}, bearer),
   [404, 'application/json', 'bad_route'], 'no method');
is(await code(instance, 'livekit.RoomService/CreateRoom/x', {}, bearer),
   [404, 'application/json', 'bad_route'], 'too much of a method');
is(await code(instance, 'other.RoomService/CreateRoom', {}, bearer),
   [404, 'application/json', 'bad_route'], 'no such package');
is(await code(instance, '', {}, bearer),
   [404, 'application/json', 'bad_route'], 'nothing');

for (const name of ['Egress/ListEgress', 'Ingress/ListIngress', 'SIP/Any',
                    'AgentDispatchService/ListDispatch'])
{
    is(await code(instance, `livekit.${name}`, {}, bearer),
       [501, 'application/json', 'unimplemented'], `${name} is not here`);
}

const got = await fetch(`${instance.url}/twirp/${create}`,
                        { headers: bearer });

is([got.status, (await got.json()).code], [404, 'bad_route'], 'GET');

const preflight = await fetch(`${instance.url}/twirp/${create}`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://a.example',
               'Access-Control-Request-Method': 'POST' },
});

is([preflight.status, preflight.headers.get('access-control-allow-origin')],
   [204, '*'], 'any origin may ask');
ok(/POST/.test(preflight.headers.get('access-control-allow-methods')),
   'with POST');


/* tokens */

for (const authorization of ['Bearer x', 'Basic eDp5', 'Bearer',
                             `Bearer ${token}x`])
{
    const answer = await call(instance, create, { name: 'r' },
                              { Authorization: authorization });

    is([answer.status, answer.type?.split(';')[0]], [401, 'text/plain'],
       `a bad token: ${authorization.slice(0, 12)}`);
}


/* who may not call a method is not listened to */

for (const headers of [{}, { Authorization: `Bearer ${
    await serverToken(instance, { roomJoin: true, room: 'r' })}` }])
{
    for (const method of ['CreateRoom', 'ListRooms', 'ListParticipants',
                          'MoveParticipant'])
    {
        is(await code(instance, `livekit.RoomService/${method}`, '{', headers),
           [401, 'application/json', 'unauthenticated'],
           `what others send to ${method} is not read`);
    }
}


/* bodies */

for (const [type, body] of [
    ['application/json', ''], ['application/json', '{'],
    ['application/json', '[]'], ['application/json', 'null'],
    ['application/json', '{"name":1}'],
    ['application/json', '{"name":"\\u0000"}'],
    ['application/json', '{"name":"a","name":"b"}'],
    ['application/json', '{"emptyTimeout":-1}'],
    ['application/json', `${'['.repeat(100000)}`],
    ['application/json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7d])],
    ['application/protobuf', Buffer.from([0x0a, 0x7f, 0x61])],
    ['application/protobuf', Buffer.from([0xff, 0xff, 0xff])],
]) {
    is(await code(instance, create, body, { ...bearer, 'Content-Type': type }),
       [400, 'application/json', 'malformed'],
       `a malformed request: ${String(body).slice(0, 20)}`);
}

is(await code(instance, create, '{"name":"r"}',
              { ...bearer, 'Content-Type': 'text/plain' }),
   [404, 'application/json', 'bad_route'], 'another type');
is(await code(instance, create, '{"name":"r"}',
              { ...bearer, 'Content-Type': 'application/jsonp' }),
   [404, 'application/json', 'bad_route'], 'one that looks alike');
is(await code(instance, create, `{"x":"${'x'.repeat(1048576)}"}`, bearer),
   [429, 'application/json', 'resource_exhausted'], 'a body that is too large');
is(await code(instance, create, 'x'.repeat(3000000), bearer),
   [429, 'application/json', 'resource_exhausted'], 'by far');
is((await call(instance, create, `{"name":"r","x":"${'x'.repeat(1000000)}"}`,
               bearer)).status, 200, 'a large one');
is(await code(instance, create, '{"name":"r"}',
              { ...bearer,
                'Content-Type': 'Application/JSON; charset=UTF-8' }),
   [200, 'application/json', undefined], 'a type with a charset');


/* a body that never comes, and a client that does not wait */

await new Promise((resolve) => {
    const { hostname, port } = new URL(instance.url);
    const socket = connect(port, hostname, () => {
        socket.write(`POST /twirp/${create} HTTP/1.1\r\nHost: x\r\n`
            + `Authorization: ${bearer.Authorization}\r\n`
            + 'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n'
            + '{"name"', () => { socket.destroy(); resolve(); });
    });
});


/* protobuf */

const binary = { ...bearer, 'Content-Type': 'application/protobuf' };
const room = await call(instance, create,
                        new CreateRoomRequest({ name: 'r', metadata: 'b' })
                            .toBinary(), binary);

is([room.status, room.type, Room.fromBinary(room.bytes).metadata],
   [200, 'application/protobuf', 'b'], 'a room in protobuf');

const list = await call(instance, 'livekit.RoomService/ListRooms',
                        new ListRoomsRequest().toBinary(), binary);

is(ListRoomsResponse.fromBinary(list.bytes).rooms.map((r) => r.name), ['r'],
   'a list in protobuf');
is((await call(instance, 'livekit.RoomService/GetParticipant', '', binary))
       .json?.code, 'unauthenticated', 'errors are JSON');

/* names of both kinds */

is((await call(instance, create,
               { name: 'r', max_participants: '5', departureTimeout: 7 },
               bearer)).json,
   { ...(await call(instance, create, { name: 'r' }, bearer)).json,
     max_participants: 5, departure_timeout: 7 }, 'numbers as strings');


/* Redis away */

spawnSync('redis-cli', ['-s', join(instance.dir, 'redis.sock'),
                        'CLIENT', 'PAUSE', '20000', 'ALL']);

is(await failure(service.createRoom({ name: 'r' })), ['unavailable', 503],
   'without Redis nothing is made');
is(await failure(service.listRooms()), ['unavailable', 503], 'nor listed');
is(await failure(service.getParticipant('r', 'i')), ['unavailable', 503],
   'nor found');
is(await failure(service.deleteRoom('r')), ['unavailable', 503],
   'nor deleted');

is(await instance.stop(), [], 'nothing in the log');

done();
