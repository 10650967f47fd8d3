#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What LiveKit's server API says to members: data and calls, to rtc-node in
 * two workers; subscriptions and permissions of who has media.
 */

import { DataPacket_Kind as Kind } from 'livekit-server-sdk';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import {
    accessToken, call, failure, roomService, serverToken,
} from '../lib/roomservice.mjs';
import { RoomEvent, RpcError, dispose, enter } from '../lib/rtcclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const service = roomService(instance);
const room = 'data';
const text = (value) => new TextEncoder().encode(value);

await service.createRoom({ name: room });


const people = (await fillTwo(instance, async (n) => {
    const client = await enter(await accessToken(instance, room, `p${n}`,
                                                 { name: `p${n}` }));

    client.packets = [];
    client.room.on(RoomEvent.DataReceived, (payload, from, kind, topic) => {
        client.packets.push([new TextDecoder().decode(payload),
                             from?.identity, topic]);
    });

    client.room.localParticipant.registerRpcMethod('echo', async (data) => {
        if (data.payload === 'fail') {
            throw new Error('no');
        }

        if (data.payload === 'long') {
            throw new RpcError(1700, 'n', 'é'.repeat(1000));
        }

        return `${data.payload}, ${data.requestId.length}`;
    });
    client.room.localParticipant.registerRpcMethod('wait',
        () => new Promise(() => {}));

    return client;
})).map((person, i) => ({ ...person, identity: `p${i}` }));

const anna = people[0];
const ben = people.find((p) => p.pid !== anna.pid);
const got = () => [anna, ben].map((p) => p.client.packets.splice(0));


/* data */

await service.sendData(room, text('all'), Kind.RELIABLE, { topic: 't' });

ok(await until(() => [anna, ben].every((p) => p.client.packets.length)),
   'data gets to both workers');
is(got(), [[['all', undefined, 't']], [['all', undefined, 't']]],
   'from nobody, with its topic');

await service.sendData(room, text('one'), Kind.RELIABLE,
                       { destinationIdentities: [ben.identity] });
await service.sendData(room, text('two'), Kind.RELIABLE,
                       { destinationSids: [ben.client.room.localParticipant
                                           .sid] });
await service.sendData(room, text('end'), Kind.RELIABLE, {});

ok(await until(() => [anna, ben].every((p) => p.client.packets
                                              .some(([m]) => m === 'end'))),
   'data for one of them');
is(got().map((list) => list.map(([m]) => m)),
   [['end'], ['one', 'two', 'end']], 'by identity and by sid');

is(await failure(service.sendData('none', text('x'), Kind.RELIABLE, {})),
   ['not_found', 404], 'to no room');
is(await failure(service.sendData(room, new Uint8Array(61441), Kind.RELIABLE,
                                  {})),
   ['invalid_argument', 400], 'too much');
is(await failure(service.sendData(room, text('x'), Kind.RELIABLE,
                                  { topic: 'x'.repeat(61440) })),
   ['invalid_argument', 400], 'too much of a topic');


/* calls */

const admin = await serverToken(instance, { roomAdmin: true, room });

function perform(person, method, payload, responseTimeoutMs = 5000) {
    return call(instance, 'livekit.RoomService/PerformRpc',
        { room, destinationIdentity: person.identity, method, payload,
          responseTimeoutMs },
        { Authorization: `Bearer ${admin}` });
}

/* [code, status], or the payload */

async function rpc(...words) {
    const { status, json } = await perform(...words);

    return json.code ? [json.code, status] : json.payload;
}

for (const person of [anna, ben]) {
    const { identity } = person;

    ok(/^hello, \d+$/.test(await rpc(person, 'echo', 'hello')),
       `${identity} answers`);
    is(await rpc(person, 'none', ''), ['invalid_argument', 400],
       `${identity} does not know another method`);
    is(await rpc(person, 'echo', 'fail'), ['internal', 500],
       `${identity} fails`);
    ok(/^RpcError 1700: n: é{500,}$/.test(
        (await perform(person, 'echo', 'long')).json.msg),
       '.. and what it says of it is cut between two characters');
    is(await rpc(person, 'wait', '', 300), ['canceled', 408],
       `${identity} is too late`);
    is(await rpc(person, 'echo', 'x'.repeat(15361)), ['malformed', 400],
       'too much');
}

is(await rpc({ identity: 'nobody' }, 'echo', ''), ['not_found', 404],
   'nobody does not answer');

const waiting = rpc(ben, 'wait', '');

await until(async () => (await failure(service.getParticipant(room,
                                            ben.identity)))[1] === 200);
await service.removeParticipant(room, ben.identity);
is(await waiting, ['unavailable', 503], 'who leaves does not answer');


/* what the others get */

const carol = await enter(await accessToken(instance, room, 'carol',
                                            { name: 'carol' }));

await carol.publishAudio();

ok(await until(() => anna.client.received.get('carol')?.audio > 10),
   'one hears the other');

const { tracks } = await service.getParticipant(room, 'carol');

is([tracks.length, (await service.listRooms([room]))[0].numPublishers], [1, 1],
   'the server knows the track');

const publication = () => [...anna.client.room.remoteParticipants.values()]
    .find((p) => p.identity === 'carol')?.trackPublications
    .get(tracks[0].sid);

/* rtc-node does not tell, but hears */

const count = () => anna.client.received.get('carol').audio;

async function isQuiet() {
    const before = count();

    await new Promise((resolve) => { setTimeout(resolve, 300); });

    return count() === before;
}

async function hears() {
    const before = count();

    return until(() => count() > before + 10);
}

await service.updateSubscriptions(room, anna.identity, [tracks[0].sid],
                                  false);
ok(await until(isQuiet), 'it is taken from one');
await service.updateSubscriptions(room, anna.identity, [tracks[0].sid], true);
ok(await hears(), 'and given back');

await service.updateParticipant(room, anna.identity, {
    permission: { canSubscribe: false, canPublish: true,
                  canPublishData: true },
});
ok(await until(isQuiet), 'who may not subscribe any more loses it');

await service.updateParticipant(room, anna.identity, {
    permission: { canSubscribe: true, canPublish: true, canPublishData: true },
});
ok(await hears(), 'and gets it when it may again');

const { muted } = await service.mutePublishedTrack(room, 'carol',
                                                   tracks[0].sid, true);

is(muted, true, 'the track is muted');
ok(await until(() => publication().muted), 'others are told so');


for (const { client } of people) {
    await client.leave();
}

await carol.leave();
await dispose();

is(await instance.stop(), [], 'nothing in the log');

done();
