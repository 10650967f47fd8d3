#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Rooms that tokens bring into being, with AUTO_CREATE=1 and two workers: any
 * name, what the token says of them, and when they end.
 */

import { RoomConfiguration } from '@livekit/protocol';
import { DisconnectReason } from '@livekit/protocol';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { accessToken, roomService } from '../lib/roomservice.mjs';
import { dispose, enter as enterNode } from '../lib/rtcclient.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { SDP, client } from '../lib/wish.mjs';


const instance = await startInstance({ WORKERS: 2, AUTO_CREATE: 1 });
const service = roomService(instance);

async function enter(room, identity, prepare) {
    return SignalClient.connect(await accessToken(instance, room, identity, {},
                                                  {}, prepare));
}

async function validate({ url, token }) {
    const response = await fetch(`${url.replace(/^ws/, 'http')}/rtc/validate`
                                 + `?access_token=${token}`);

    return [response.status, await response.text()];
}

const exists = async (room) => (await service.listRooms([room])).length === 1;


/* names */

const offer = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
    'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0',
    'a=mid:0', 'a=sendonly', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2',
    'a=ice-ufrag:abcd', `a=ice-pwd:${'p'.repeat(24)}`, 'a=setup:actpass',
    `a=fingerprint:sha-256 ${Array(32).fill('AA').join(':')}`, ''].join('\r\n');

const names = ['daily', 'with spaces', 'a/b/../c', 'Ünïcode 会議 🎉', 'x:rev',
               'x', 'x:members', '%2f%00\\"', "'); --", '{}', 'y'.repeat(256)];

for (const name of names) {
    const grant = await accessToken(instance, name, 'anna');

    is(await validate(grant), [200, 'success'], `a token for ${name}`);
    ok(!await exists(name), 'does not make the room by being looked at');

    const anna = await SignalClient.connect(grant);

    is(anna.joined?.room?.name, name, 'but by a join');
    is(anna.joined.room.emptyTimeout, 300, 'with what LiveKit has for it');

    const ben = await enter(name, 'ben');

    is(ben.joined.otherParticipants.map((p) => p.identity), ['anna'],
       'others get into the same');
    is(ben.joined.room.sid, anna.joined.room.sid, 'it has one id');

    const path = `/whip/${encodeURIComponent(name)}`;
    const { token } = await accessToken(instance, name, 'encoder');
    const { ask, status } = client(instance, token);
    const made = await ask('POST', path, { type: SDP, body: offer });

    is([made.status, made.header('location').startsWith(`${path}/`)],
       [201, true], 'it has an address for WHIP');
    is(await status('DELETE', made.header('location')), 200,
       'which a session has, too');
    is(await status('POST', `${path}x`, { type: SDP, body: offer }), 403,
       'and no other');

    await service.deleteRoom(name);
    is((await anna.next('leave'))?.reason, DisconnectReason.ROOM_DELETED,
       'until it is deleted');
    ok(await ben.next('leave'), 'for all of them');
}

is((await validate(await accessToken(instance, 'z'.repeat(257), 'anna')))[0],
   404, 'a name that is too long');

/* rtc-node */

const node = await enterNode(await accessToken(instance, 'Ünïcode 会議 🎉',
                                               'anna'));

is(node.room.name, 'Ünïcode 会議 🎉', 'an SDK gets into such a room');
await node.leave();
await dispose();


/* what the token says of its room */

function config(fields) {
    return (token) => { token.roomConfig = new RoomConfiguration(fields); };
}

const made = await enter('configured', 'anna', config({
    metadata: 'from a token', emptyTimeout: 40, departureTimeout: 1,
    maxParticipants: 1,
}));

is([made.joined.room.metadata, made.joined.room.emptyTimeout,
    made.joined.room.departureTimeout, made.joined.room.maxParticipants],
   ['from a token', 40, 1, 1], 'a room is made as the token says');
is(await validate(await accessToken(instance, 'configured', 'ben')),
   [403, 'The room is full.'], 'and is as full');
is((await enter('configured', 'anna', config({ metadata: 'other' })))
       .joined.room.metadata, 'from a token', 'which counts once');


/* many at once make one */

const crowd = await Promise.all(Array.from({ length: 8 }, (_, i) =>
    enter('crowd', `p${i}`)));

is(new Set(crowd.map((c) => c.joined.room.sid)).size, 1,
   'a crowd makes one room');
crowd.forEach((client) => client.end());


/* rooms end */

await service.createRoom({ name: 'empty', emptyTimeout: 1 });
await service.createRoom({ name: 'long', emptyTimeout: 60 });

const rest = await instance.createRoom();

ok(await until(async () => !await exists('empty'), 15000),
   'a room that nobody came to ends');

await service.createRoom({ name: 'left', emptyTimeout: 60,
                           departureTimeout: 1 });

const leaving = await enter('left', 'anna');
const staying = await enter('left', 'ben');

leaving.send({ case: 'leave', value: {} });
ok(await until(async () => (await service.listParticipants('left')).length
               === 1), 'one leaves');

staying.send({ case: 'leave', value: {} });
ok(await until(async () => !await exists('left'), 15000),
   'a room that all have left ends');

ok(await exists('long'), 'one whose time has not come does not');
ok(await exists(rest._id), 'nor does one of the REST API');


/* one whose worker died */

await service.createRoom({ name: 'again', departureTimeout: 1,
                           emptyTimeout: 60 });

const again = await enter('again', 'anna');

is(again.joined.room.name, 'again', 'a room in use stays');
ok(await exists('again'), 'as long as it is');
again.end();

ok(await until(async () => !await exists('again'), 15000),
   'and ends when the last socket is lost');

is((await enter('again', 'anna')).joined.room.name, 'again',
   'it may come again');

is(await instance.stop(), [], 'nothing in the log');


/* without */

const without = await startInstance();
const refused = await accessToken(without, 'none', 'anna');

is(await validate(refused), [404, 'requested room does not exist'],
   'tokens make no rooms unless that is allowed');

try {
    await SignalClient.connect(refused);
    ok(false, 'not by a join either');
} catch (error) {
    is([error.status, error.body], [404, 'requested room does not exist'],
       'not by a join either');
}

await roomService(without).createRoom({ name: 'none' });
is(await validate(refused), [200, 'success'], 'the server API does');

is(await without.stop(), [], 'nothing in the log');

done();
