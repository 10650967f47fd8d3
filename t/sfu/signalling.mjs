#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit signalling: joining, what others are told, permissions, leaving.
 */

import {
    DisconnectReason, LeaveRequest_Action, ParticipantInfo_Kind,
    ParticipantInfo_KindDetail, ParticipantInfo_State,
    RequestResponse_Reason, TrackSource, TrackType,
} from '@livekit/protocol';

import { startInstance, waitFor } from '../lib/instance.mjs';
import { SignalClient, WebSocket } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'signalling' });

async function status(path, headers = {}) {
    const response = await fetch(`${instance.url}${path}`, { headers });

    return [response.status, await response.text(),
            response.headers.get('access-control-allow-origin')];
}

/* who is let in */

is((await status('/rtc'))[0], 404, 'no upgrade: 404');
is(await status('/rtc/v2'), [404, '', '*'], 'what there is not: 404');
is((await status('/rtc/validate?access_token=x'))[0], 401,
   'a malformed token: 401');

const grant = await instance.joinToken(id, { name: 'Anna' });

is(await status(`/rtc/validate?access_token=${grant.token}`),
   [200, 'success', '*'], 'a good token: 200');
is((await status('/rtc/validate',
                 { Authorization: `Bearer ${grant.token}` }))[0], 200,
   'also in the header');

/* joining */

const anna = await SignalClient.connect(grant);
const { joined } = anna;

ok(joined, 'the first message is join');
ok(joined.participant.sid.startsWith('PA_'), 'a participant has a sid');
is(joined.participant.name, 'Anna', 'its name is the token\'s');
is(joined.participant.identity, grant.identity, 'its identity too');
ok(joined.participant.permission.canPublish, 'a speaker may publish');
ok(joined.room.sid.startsWith('RM_'), 'a room has a sid');
is(joined.room.name, id, 'its name is the id of the room');
ok(joined.pingInterval === 1 && joined.pingTimeout === 3,
   'a browser pings every second');
ok(joined.serverInfo.version !== '', 'the server has a version');
ok(joined.serverInfo.nodeId !== '', '.. and a name');
is(joined.otherParticipants.length, 0, 'nobody else is there');
ok(await anna.next('refreshToken'), 'a fresh token comes');
ok((await anna.next('offer'))?.sdp.includes('m=application'),
   'an offer comes by itself');
ok(await anna.next('pong'), 'and a pong, if pings take their time');

const ben = await SignalClient.join(instance, id, { name: 'Ben' });

is(ben.joined.otherParticipants.map((p) => p.name), ['Anna'],
   'the second one is told of the first');

ok(await anna.next('update', (u) => u.participants.some((p) =>
    p.identity === ben.grant.identity
    && p.state === ParticipantInfo_State.JOINED)),
   'the first one is told of the second');

/* pings */

ben.send({ case: 'pingReq', value: { timestamp: 42n } });
is((await ben.next('pongResp'))?.lastPingTimestamp, 42n, 'a pong comes');

/* what a participant says about itself */

ben.send({ case: 'updateMetadata', value: {
    name: 'Benjamin', metadata: 'm', attributes: { hand: 'up' }, requestId: 7,
} });

const self = await ben.next('update',
    (u) => u.participants.some((p) => p.name === 'Benjamin'));

ok(self, 'who changes its name is told so');
is((await ben.next('requestResponse'))?.requestId, 7, 'and answered');

const other = await anna.next('update',
    (u) => u.participants.some((p) => p.name === 'Benjamin'));

is({ ...other?.participants.find((p) => p.name === 'Benjamin').attributes },
   { hand: 'up' },
   'others are told as well');

ben.send({ case: 'updateMetadata', value: {
    metadata: 'x'.repeat(70000), requestId: 8,
} });
is((await ben.next('requestResponse', (r) => r.requestId === 8))?.reason,
   RequestResponse_Reason.LIMIT_EXCEEDED, 'too much is refused');

/* tracks */

const microphone = {
    cid: 'cid-1', type: TrackType.AUDIO, source: TrackSource.MICROPHONE,
    name: 'mic',
};

ben.send({ case: 'addTrack', value: microphone });

const published = await ben.next('trackPublished');

is(published?.cid, 'cid-1', 'a track is announced');
ok(published?.track.sid.startsWith('TR_AM'), 'its sid tells what it is');

ben.send({ case: 'mute', value: { sid: 'TR_none', muted: true } });
is((await ben.next('requestResponse', (r) => r.request.case === 'mute'))
   ?.reason, RequestResponse_Reason.NOT_FOUND, 'no such track to mute');

ben.send({ case: 'addTrack', value: { ...microphone, type: TrackType.DATA,
                                      cid: 'cid-2' } });
is((await ben.next('requestResponse'))?.reason,
   RequestResponse_Reason.UNSUPPORTED_TYPE, 'a data track is no media track');

/* a viewer */

const viewer = await SignalClient.join(instance, id, {
    name: 'Vera', mode: 'view',
});

ok(!viewer.joined.participant.permission.canPublish,
   'a viewer may not publish');

for (const source of [TrackSource.UNKNOWN, TrackSource.MICROPHONE,
                      TrackSource.SCREEN_SHARE]) {
    viewer.send({ case: 'addTrack', value: { ...microphone, source } });
    is((await viewer.next('requestResponse'))?.reason,
       RequestResponse_Reason.NOT_ALLOWED, `.. not ${TrackSource[source]}`);
}

for (const allowed of [false, true]) {
    await instance.updateRoom(id, { allow_chat: allowed });
    ok(await viewer.next('update', (u) => u.participants.some((p) =>
        p.sid === viewer.joined.participant.sid
        && p.permission.canPublishData === allowed)),
       `.. ${allowed ? 'and' : 'not'} chat, as the room says`);
}

/* what kind it is */

const robot = await SignalClient.connect(ownToken(instance, id, 'robot', {
    kind: 'agent', kindDetails: ['cloud_agent', 'simulation'],
}));

is([robot.joined.participant.kind, robot.joined.participant.kindDetails],
   [ParticipantInfo_Kind.AGENT, [ParticipantInfo_KindDetail.CLOUD_AGENT,
                                 ParticipantInfo_KindDetail.SIMULATION]],
   'an agent is one, and of which kind');
robot.end();

/* the same identity again */

const again = await SignalClient.connect(
    await instance.joinToken(id, { name: 'Ben', identity: ben.grant.identity,
                                   token: ben.grant.token }));

ok(again.joined, 'who comes back is let in');

const left = await ben.next('leave');

is([left?.action, left?.reason],
   [LeaveRequest_Action.DISCONNECT, DisconnectReason.DUPLICATE_IDENTITY],
   'its former session ends');

const gone = await anna.next('update', (u) => u.participants.some((p) =>
    p.sid === ben.joined.participant.sid
    && p.state === ParticipantInfo_State.DISCONNECTED));

const came = (u) => u?.participants.some((p) =>
    p.sid === again.joined.participant.sid);

ok(gone, 'others are told that it left');
ok(came(gone) || await anna.next('update', came), '.. and that it came');

/* the room's settings */

await instance.updateRoom(id, { mediaType: 'MEDIA_TYPE_AUDIO_ONLY' });

ok(await anna.next('update', (u) => u.participants.some((p) =>
    p.sid === joined.participant.sid
    && !p.permission.canPublishSources.includes(TrackSource.CAMERA))),
   'in an audio-only room the camera is not permitted');

anna.send({ case: 'addTrack', value: {
    cid: 'cam', type: TrackType.VIDEO, source: TrackSource.CAMERA,
} });
is((await anna.next('requestResponse'))?.reason,
   RequestResponse_Reason.NOT_ALLOWED, '.. and refused');

/* a full room */

await instance.updateRoom(id, { max_participants: 3 });

const full = await instance.joinToken(id, { name: 'Zoe' }).catch((e) => e);

ok(/403.*full/i.test(full.message), 'a full room gives no token');

/* leaving */

again.send({ case: 'leave', value: {} });

ok(await anna.next('update', (u) => u.participants.some((p) =>
    p.sid === again.joined.participant.sid
    && p.state === ParticipantInfo_State.DISCONNECTED
    && p.disconnectReason === DisconnectReason.CLIENT_INITIATED)),
   'who leaves is gone for the others');

viewer.end();
ok(await anna.next('update', (u) => u.participants.some((p) =>
    p.sid === viewer.joined.participant.sid
    && p.state === ParticipantInfo_State.DISCONNECTED)),
   'who never had media is gone with its socket');

/* hostile */

anna.ws.frame(2, Buffer.from([0xff, 0xff, 0xff]));
ok((await anna.next('leave')), 'a malformed message ends the session');

/* the end of the room */

const last = await SignalClient.join(instance, id, { name: 'Last' });

await instance.updateRoom(id, { active: false });
is((await last.next('leave'))?.reason, DisconnectReason.ROOM_CLOSED,
   'a room that is closed ends its sessions');
ok(await waitFor(() => last.ws.closed), 'and their sockets');

const closed = await status(`/rtc/validate?access_token=${grant.token}`);

is(closed.slice(0, 2), [403, 'The room is closed.'], 'validate: closed');

const refused = await WebSocket.connect(
    `${grant.url}/rtc?access_token=${grant.token}`).catch((e) => e);

is(refused.status, 403, 'join: closed');

await instance.removeRoom(id);
is((await status(`/rtc/validate?access_token=${grant.token}`))
   .slice(0, 2), [404, 'requested room does not exist'], 'validate: removed');

is(await instance.stop(), [], 'nothing in the log');

done();
