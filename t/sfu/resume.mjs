#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Resumes, message by message: at the session's worker and at any other one.
 */

import {
    DisconnectReason, LeaveRequest_Action, ParticipantInfo_State, TrackSource,
    TrackType,
} from '@livekit/protocol';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { agentTo, steerable } from '../lib/steer.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 3 }, steerable);
const { _id: id } = await instance.createRoom({ name: 'resumes' });

const anna = await SignalClient.join(instance, id, { name: 'Anna' });
const { sid } = anna.joined.participant;

/* at a worker that fits; with another grant or for another session, too */

async function resume(client, worker = () => true, { grant = client.grant,
                      as = client.joined.participant.sid } = {}) {
    const again = await SignalClient.connect(grant,
        `&reconnect=1&sid=${as}`, await agentTo(instance, worker));

    again.joined = client.joined;

    return again;
}

const owner = anna.ws.worker;

const places = {
    'its own worker': (pid) => pid === owner,
    'another worker': (pid) => pid !== owner,
};

let last = anna;

for (const [place, worker] of Object.entries(places)) {
    const ben = await SignalClient.join(instance, id, { name: 'Ben' });
    const vera = await SignalClient.join(instance, id, { name: 'Vera' });

    last.send({ case: 'addTrack', value: {
        cid: `cid ${place}`, type: TrackType.AUDIO,
        source: TrackSource.MICROPHONE, name: place,
    } });

    const { track } = await last.next('trackPublished');

    /* its old connection hears no more */

    ben.send({ case: 'leave', value: {} });

    const gone = (u) => u.participants.some((p) =>
        p.sid === ben.joined.participant.sid
        && p.state === ParticipantInfo_State.DISCONNECTED);

    ok(await last.next('update', gone), 'one leaves');

    const again = await resume(last, worker);

    is(again.first.case, 'reconnect', `resumed at ${place}`);
    ok(worker(again.ws.worker), '.. indeed');

    const { serverInfo, lastMessageSeq } = again.first.value;

    ok(serverInfo.version && serverInfo.protocol === 17,
       'the answer tells of the server');
    is(lastMessageSeq, 0, '.. and of the last data');

    const { participants } = await again.next('update');
    const of = (s) => participants.find((p) => p.sid === s);

    is(of(sid)?.state, ParticipantInfo_State.JOINED,
       'an update has the client itself');
    ok(of(vera.joined.participant.sid)?.version > 0, '.. who is there');
    is(of(ben.joined.participant.sid)?.state,
       ParticipantInfo_State.DISCONNECTED, '.. and who left');
    is((await again.next('roomUpdate'))?.room.name, anna.joined.room.name,
       'the room comes');
    ok(await again.next('refreshToken'), 'a fresh token comes');
    ok(await again.next('trackPublished', (t) => t.track.sid === track.sid),
       'an answer that may have been lost comes again');

    const offer = await again.next('offer');

    ok(offer?.sdp.includes('ice-ufrag'), 'an offer comes');
    ok(await until(() => last.ws.closed), 'the old connection is closed');

    /* the session goes on */

    again.send({ case: 'pingReq', value: { timestamp: 7n } });
    is((await again.next('pongResp'))?.lastPingTimestamp, 7n,
       'it is heard, and hears');

    again.send({ case: 'mute', value: { sid: track.sid, muted: true } });
    vera.send({ case: 'leave', value: {} });
    ok(await again.next('update', (u) => u.participants.some((p) =>
        p.sid === vera.joined.participant.sid
        && p.state === ParticipantInfo_State.DISCONNECTED)),
       'what happens then is told');

    /* the unanswered offer comes again with the same ICE credentials */

    const next = await resume(again, worker);

    const ufrag = (sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)[1];

    is(ufrag((await next.next('offer')).sdp), ufrag(offer.sdp),
       'a resume before ICE restarted offers the same again');

    /* SyncState */

    next.send({ case: 'syncState', value: {
        publishTracks: [{ cid: `cid ${place}`, track: { sid: track.sid } }],
        trackSidsDisabled: ['TR_none'],
        subscription: { trackSids: ['TR_none'], subscribe: false },
    } });
    next.send({ case: 'pingReq', value: { timestamp: 8n } });
    ok(await next.next('pongResp'), 'a SyncState that fits changes nothing');
    last = next;
}

/* whose it is not */

const ben = await SignalClient.join(instance, id, { name: 'Ben' });
const { _id: other } = await instance.createRoom({ name: 'another' });
const elsewhere = await instance.joinToken(other, { name: 'Anna' });
const [, wid, random] = /^PA_(.*)(.{12})$/.exec(sid);

async function refused(name, fields, ms = 900) {
    for (const worker of Object.values(places)) {
        const start = Date.now();
        const { first, ws } = await resume(last, worker, fields);

        is([first.case, first.value.action, first.value.reason,
            first.value.canReconnect],
           ['leave', LeaveRequest_Action.RECONNECT,
            DisconnectReason.STATE_MISMATCH, true], name);
        ok(await until(() => ws.closed) && Date.now() - start < ms,
           `.. in ${ms} ms`);
    }
}

/* another session has the identity: it would be thrown out */

async function replaced(name, fields) {
    for (const worker of Object.values(places)) {
        const client = await resume(last, worker, fields);
        const leave = await client.next('leave');

        is([client.first.case, leave.action, leave.reason,
            leave.canReconnect],
           ['reconnect', LeaveRequest_Action.DISCONNECT,
            DisconnectReason.DUPLICATE_IDENTITY, false], name);
        ok(await until(() => client.ws.closed), '.. closed');
    }
}

await replaced('the session of another one', { grant: ben.grant });
await refused('the session of another room', { grant: elsewhere });

await refused('no sid', { as: '' });

for (const [name, as] of [
    ['what is no sid', 'x'.repeat(3000)],
    ['a sid without a worker', `PA_${random}`],
    ['another session of the worker', `PA_${wid}${'2'.repeat(12)}`],
    ['a long name of a worker', `PA_${wid}${wid}${random}`],
    ['a resource', `${sid}.${random}`],
]) {
    await replaced(name, { as });
}

await replaced('a worker that is none',
               { as: `PA_${'0'.repeat(16)}${random}` });

const forged = await resume(last, undefined, {
    grant: { ...last.grant, token: `${last.grant.token}x` },
}).catch((e) => e);

is(forged.status, 401, 'a token that is none');

last.send({ case: 'pingReq', value: { timestamp: 9n } });
is((await last.next('pongResp'))?.lastPingTimestamp, 9n,
   'the session has not noticed');

/* Ben comes again by another device, while his first one has no network */

const first = await SignalClient.join(instance, id, { name: 'Ben 2' });

first.ws.socket.destroy();

const second = await SignalClient.connect(first.grant);

await replaced('who was replaced', {
    grant: first.grant, as: first.joined.participant.sid,
});
second.send({ case: 'pingReq', value: { timestamp: 1n } });
ok(await second.next('pongResp'), '.. the one who came later stays');
second.send({ case: 'leave', value: {} });
ok(await until(() => second.ws.closed), '.. until it leaves');
await refused('.. then it may join anew', {
    grant: first.grant, as: first.joined.participant.sid,
});

/* many at a time, of which the last one stays */

const crowd = await Promise.all(Array.from({ length: 60 }, (_, i) =>
    resume(last, Object.values(places)[i % 2])));

is(crowd.filter((c) => c.first.case !== 'reconnect').length, 0,
   'sixty resumes are let in');
ok(await until(() => crowd.filter((c) => !c.ws.closed).length === 1),
   '.. and one remains');
last = crowd.find((c) => !c.ws.closed);

/* what we do not know of */

last.send({ case: 'syncState', value: {
    publishTracks: [{ cid: 'x', track: { sid: 'TR_unknown' } }],
} });
is((await last.next('leave'))?.action, LeaveRequest_Action.RECONNECT,
   'a SyncState with an unknown track: anew');
ok(await ben.next('update', (u) => u.participants.some((p) =>
    p.sid === sid && p.state === ParticipantInfo_State.DISCONNECTED)),
   '.. the session has ended');
await refused('a session that has ended', {});

/* scenarios */

function simulate(client, scenario, value = true) {
    client.send({ case: 'simulate', value: {
        scenario: { case: scenario, value },
    } });
}

for (const [place, same] of [['its own worker', true],
                             ['another worker', false]]) {
    const cleo = await SignalClient.join(instance, id, { name: 'Cleo' });
    const worker = (pid) => (pid === cleo.ws.worker) === same;
    const seen = (p) => p.sid === cleo.joined.participant.sid;

    simulate(cleo, 'disconnectSignalOnResumeNoMessages');

    const silent = await resume(cleo, worker);

    is(silent.first, undefined, `cut before a message, at ${place}`);
    ok(await until(() => silent.ws.closed), '.. closed');

    const again = await resume(silent, worker);

    is(again.first?.case, 'reconnect', '.. once');
    simulate(again, 'disconnectSignalOnResume');

    const short = await resume(again, worker);

    is(short.first?.case, 'reconnect', `cut after the messages, at ${place}`);
    ok(await short.next('roomUpdate'), '.. all of them');
    ok(await until(() => short.ws.closed), '.. closed');

    const back = await resume(short, worker);

    simulate(back, 'migration');
    ok(await until(() => back.ws.closed), `a migration at ${place}`);
    is(await back.next('leave', undefined, 1), undefined, '.. says nothing');

    const moved = await resume(back, worker);

    is(moved.first?.case, 'reconnect', '.. and keeps the session');

    simulate(moved, 'speakerUpdate', 1);

    for (const active of [true, false]) {
        ok(await ben.next('speakersChanged', (s) => s.speakers.some((one) =>
            seen(one) && one.active === active
            && one.level > 0.8 === active)),
           active ? 'a speech begins' : '.. and ends');
    }

    simulate(moved, 'nodeFailure');
    ok(await until(() => moved.ws.closed), `a node fails, ${place}`);
    is(await moved.next('leave', undefined, 1), undefined, '.. in silence');
    is((await resume(moved, worker)).first?.value.action,
       LeaveRequest_Action.RECONNECT, '.. and the session with it');
}

for (const [scenario, action] of [
    ['serverLeave', LeaveRequest_Action.DISCONNECT],
    ['leaveRequestFullReconnect', LeaveRequest_Action.RECONNECT],
]) {
    const client = await SignalClient.join(instance, id, { name: scenario });

    simulate(client, scenario);
    is((await client.next('leave'))?.action, action, scenario);
    ok(await until(() => client.ws.closed), '.. closed');
}

ben.send({ case: 'leave', value: {} });

is(await instance.stop(), [], 'nothing is wrong in the log');
done();
