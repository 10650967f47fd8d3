#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's server API, as livekit-server-sdk calls it: rooms and members,
 * allowed and refused, with members in two workers.
 */

import {
    LeaveRequest_Action as Action, DisconnectReason, TrackSource, TrackType,
} from '@livekit/protocol';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import {
    accessToken, call, failure, roomService, serverToken,
} from '../lib/roomservice.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const service = roomService(instance);
const name = 'a room / with ünicode';


/* rooms */

const made = await service.createRoom({
    name, metadata: 'm1', maxParticipants: 10, emptyTimeout: 77,
});

is([made.name, made.metadata, made.maxParticipants, made.emptyTimeout,
    made.departureTimeout, made.numParticipants],
   [name, 'm1', 10, 77, 20, 0], 'a room is made');
ok(/^RM_[0-9a-f]{16}$/.test(made.sid) && made.creationTime > 1e9,
   'it has an id and a time');

is((await service.createRoom({ name })).sid, made.sid,
   'made twice, it is the same');
is((await service.createRoom({ name, metadata: 'm2' })).metadata, 'm2',
   'what is said the second time counts');

const rest = await instance.createRoom({ name: 'of the REST API' });

is((await service.listRooms()).map((r) => r.name).sort(),
   [name, rest._id].sort(), 'all rooms are listed');
is((await service.listRooms([rest._id, 'none', ''])).map((r) => r.name),
   [rest._id], 'some are, by name');
is((await service.listRooms(Array.from({ length: 120 }, (_, i) =>
       i === 110 ? name : `none ${i}`))).map((r) => r.name), [name],
   'of many names as well');

ok((await instance.api('POST', '/api/conferences/getAll', {}))
    .some((room) => room._id === name && room.name === name),
   'the REST API lists it, too');

for (const odd of ['to be / removed', 'b:rev']) {
    await service.createRoom({ name: odd });
    ok((await instance.api('POST', '/api/conferences/getAll', {}))
        .some((room) => room._id === odd), `it lists ${odd}`);
    await instance.removeRoom(odd);
    is(await failure(service.deleteRoom(odd)), ['not_found', 404],
       'and removes it');
}

is(await failure(service.createRoom({ name: '' })), ['invalid_argument', 400],
   'no name');
is(await failure(service.createRoom({ name: 'x'.repeat(257) })),
   ['invalid_argument', 400], 'a name that is too long');
is((await service.createRoom({ name: 'x'.repeat(256) })).name.length, 256,
   'the longest one');
is(await failure(service.createRoom({ name: 'm',
                                      metadata: 'x'.repeat(65537) })),
   ['invalid_argument', 400], 'too much metadata');

for (const odd of ['a', 'a:rev', 'a:members', 'a:identities', 'a:rev:']) {
    is((await service.createRoom({ name: odd })).name, odd,
       `names do not get in each other's way: ${odd}`);
}

is((await service.listRooms(['a', 'a:rev', 'a:rev:'])).map((r) => r.name),
   ['a', 'a:rev', 'a:rev:'], 'all of them are there');

for (const odd of ['a:rev:', 'a:rev', 'a:members', 'a:identities', 'a',
                   'x'.repeat(256)])
{
    await service.deleteRoom(odd);
}

is(await failure(service.deleteRoom('a')), ['not_found', 404],
   'what is deleted is gone');


/* members, in two workers */

async function enter(identity, options, grant) {
    const token = await accessToken(instance, name, identity, options, grant);

    return SignalClient.connect(token);
}

const people = (await fillTwo(instance, (n) => enter(`p${n}`,
                                               { name: `N${n}` })))
    .map((person, i) => ({ ...person, identity: `p${i}` }));
const anna = people[0];
const ben = people.find((p) => p.pid !== anna.pid);

is([anna.client.joined.room.name, anna.client.joined.room.metadata,
    anna.client.joined.room.sid, anna.client.joined.room.emptyTimeout],
   [name, 'm2', made.sid, 77], 'who joins is told about the room');

is((await service.listParticipants(name)).map((p) => p.identity).sort(),
   people.map((p) => p.identity).sort(), 'all are listed');
ok(await until(async () => (await service.listRooms([name]))[0]
       .numParticipants === people.length), 'they are counted');
is((await service.getParticipant(name, 'p0')).name, 'N0', 'one is found');
is(await failure(service.getParticipant(name, 'nobody')), ['not_found', 404],
   'one is not');
is(await service.listParticipants('none'), [], 'nobody is in no room');
is(await failure(service.getParticipant('none', 'p0')), ['not_found', 404],
   'not anybody');

ok(await anna.client.next('roomUpdate',
                          (u) => u.room.numParticipants === people.length),
   'and told of each other');

/* the metadata of the room, in both workers */

is((await service.updateRoomMetadata(name, 'm3')).metadata, 'm3',
   'the metadata of the room is changed');

for (const person of [anna, ben]) {
    ok(await person.client.next('roomUpdate',
                                (u) => u.room.metadata === 'm3'
                                       && u.room.numParticipants
                                          === people.length),
       `${person.identity} is told so`);
}

/* what participants are */

for (const person of [anna, ben]) {
    const { client, identity } = person;

    const info = await service.updateParticipant(name, identity, {
        name: 'New', metadata: 'own', attributes: { a: '1' },
    });

    is([info.name, info.metadata, info.attributes], ['New', 'own', { a: '1' }],
       `${identity} gets another name`);
    ok(await client.next('update', (u) => u.participants.some(
        (p) => p.identity === identity && p.name === 'New')),
       'it is told so');

    const token = await client.next('refreshToken');
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

    is([claims.name, claims.metadata], ['New', 'own'],
       'and has a token that says so');

    /* tracks */

    client.send({
        case: 'addTrack',
        value: { cid: 'c1', type: TrackType.AUDIO,
                 source: TrackSource.MICROPHONE },
    });

    const { track } = await client.next('trackPublished');

    is((await service.mutePublishedTrack(name, identity, track.sid, true))
           .muted, true, 'its track is muted');
    is((await client.next('mute')).sid, track.sid, 'it is told so');
    is(await failure(service.mutePublishedTrack(name, identity, track.sid,
                                                false)),
       ['failed_precondition', 412], 'it is not unmuted');
    is(await failure(service.mutePublishedTrack(name, identity, 'TR_none',
                                                true)),
       ['not_found', 404], 'another track is not there');

    /* what they may */

    await service.updateParticipant(name, identity, {
        permission: { canPublish: false, canSubscribe: true,
                      canPublishData: false },
    });

    ok(await client.next('trackUnpublished', (u) => u.trackSid === track.sid),
       'who may not publish any more loses its track');

    client.send({
        case: 'addTrack',
        value: { cid: 'c2', type: TrackType.AUDIO,
                 source: TrackSource.MICROPHONE },
    });

    ok(await client.next('requestResponse'), 'and gets no other one');
    is((await service.getParticipant(name, identity)).permission.canPublish,
       false, 'everybody sees that');

    await service.updateSubscriptions(name, identity, ['TR_none'], false);
}

is(await failure(service.updateParticipant(name, 'p0',
                                           { metadata: 'x'.repeat(65537) })),
   ['invalid_argument', 400], 'too much of it');
is(await failure(service.updateParticipant(name, 'p0', {
       attributes: Object.fromEntries(Array.from({ length: 5000 },
                                                 (_, i) => [`a${i}`, 'x'])) })),
   ['resource_exhausted', 429], 'too many attributes');
is(await failure(service.updateParticipant(name, 'nobody', { name: 'x' })),
   ['not_found', 404], 'nobody is not changed');
is(await failure(service.updateSubscriptions(name, 'nobody', ['x'], true)),
   ['not_found', 404], 'nor subscribed');

/* they are removed */

for (const person of [anna, ben]) {
    await service.removeParticipant(name, person.identity);

    const leave = await person.client.next('leave');

    is([leave.reason, leave.action],
       [DisconnectReason.PARTICIPANT_REMOVED, Action.DISCONNECT],
       `${person.identity} is removed`);
    ok(await until(async () => (await failure(service.getParticipant(name,
                                              person.identity)))[1] === 404),
       'and gone');
}

is(await failure(service.removeParticipant(name, 'p0')), ['not_found', 404],
   'once');

/* a token that is void */

const old = await accessToken(instance, name, 'old');
const guest = await SignalClient.connect(old);
const soon = BigInt(Math.floor(Date.now() / 1000) + 2);

is((await call(instance, 'livekit.RoomService/RemoveParticipant',
               { room: name, identity: 'old', revokeTokenTs: `${soon}` },
               await bearer({ roomAdmin: true, room: name }))).status, 200,
   'one is removed for good');
ok(await guest.next('leave'), 'it leaves');
is(await refusal(old), [401, 'invalid authorization token: revoked'],
   'and does not come back');

/* the room ends */

const last = await enter('last');

await service.deleteRoom(name);
is((await last.next('leave')).reason, DisconnectReason.ROOM_DELETED,
   'who is in a room that is deleted is told so');
is(await refusal(await accessToken(instance, name, 'late')),
   [404, 'requested room does not exist'], 'it is not made again');
is((await service.listRooms()).map((r) => r.name), [rest._id],
   'only the other room is left');

await service.deleteRoom(rest._id);
is((await instance.api('POST', '/api/conferences/getAll', {})).length, 0,
   'which the REST API does not have any more');


/* grants */

async function bearer(grant) {
    return { Authorization: `Bearer ${await serverToken(instance, grant)}` };
}

async function refusal(grant) {
    try {
        await SignalClient.connect(grant);
    } catch (error) {
        return [error.status, error.body];
    }

    return [];
}

await service.createRoom({ name: 'r' });

const admin = { roomAdmin: true, room: 'r' };
const person = { room: 'r', identity: 'i' };

for (const [method, body, enough, ...others] of [
    ['CreateRoom', { name: 'r' }, { roomCreate: true }, admin,
     { roomList: true }],
    ['ListRooms', {}, { roomList: true }, admin, { roomCreate: true }],
    ['UpdateRoomMetadata', { room: 'r' }, admin, { roomCreate: true },
     { roomAdmin: true, room: 'q' }, { roomAdmin: true }],
    ['ListParticipants', { room: 'r' }, admin, { roomAdmin: true, room: 'q' }],
    ['GetParticipant', person, admin, { roomJoin: true, room: 'r' }],
    ['RemoveParticipant', person, admin, { roomAdmin: true, room: 'rr' }],
    ['MutePublishedTrack', person, admin, { roomList: true }],
    ['UpdateParticipant', person, admin, { roomCreate: true }],
    ['UpdateSubscriptions', person, admin, {}],
    ['SendData', { room: 'r' }, admin, { roomAdmin: true, room: '' }],
    ['PerformRpc', { room: 'r', destinationIdentity: 'i' }, admin, {}],
    ['ForwardParticipant', { ...person, destinationRoom: 'q' },
     { ...admin, destinationRoom: 'q' }, admin,
     { ...admin, destinationRoom: 'p' }],
    ['MoveParticipant', { ...person, destinationRoom: 'q' },
     { ...admin, destinationRoom: 'q' }, admin],
    ['DeleteRoom', { room: 'r' }, { roomCreate: true }, admin],
]) {
    const path = `livekit.RoomService/${method}`;

    for (const grant of others) {
        const answer = await call(instance, path, body, await bearer(grant));

        is([answer.status, answer.type, answer.json],
           [401, 'application/json',
            { code: 'unauthenticated', msg: 'permissions denied' }],
           `${method} is not for ${JSON.stringify(grant)}`);
    }

    is((await call(instance, path, body)).json?.code, 'unauthenticated',
       `${method} is for nobody without a token`);
    ok((await call(instance, path, body, await bearer(enough))).status !== 401,
       `${method} is for ${JSON.stringify(enough)}`);
}

/* what only LiveKit's own cloud does */

for (const method of ['forwardParticipant', 'moveParticipant']) {
    is(await failure(service[method]('r', 'i', 'q')), ['unimplemented', 501],
       `${method} is not here`);
}

for (const { client } of people) {
    client.end();
}

is(await instance.stop(), [], 'nothing in the log');

done();
