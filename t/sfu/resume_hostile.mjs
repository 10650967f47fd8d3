#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Resumes that go wrong half-way: clients that leave while another worker or
 * Redis is not heard of, in numbers, and what was to be said for them; workers
 * that die or have to quit meanwhile; requests that mean no good.
 */

import { createConnection } from 'node:net';

import { LeaveRequest_Action } from '@livekit/protocol';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import {
    descriptors, masterPid, redisPid, workerPids,
} from '../lib/processes.mjs';
import { SignalClient, joinRequest } from '../lib/signalclient.mjs';
import { agentTo, steerable } from '../lib/steer.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 2 }, steerable);
const { _id: id } = await instance.createRoom({ name: 'resumes' });
const { hostname, port } = new URL(instance.url);

const stop = (pid) => process.kill(pid, 'SIGSTOP');
const go = (pid) => process.kill(pid, 'SIGCONT');

/* open connections to a worker, as many as one wants to have */

async function connections(pid, n) {
    const list = [];

    while (list.length < n) {
        const socket = createConnection(port, hostname);
        const worker = await new Promise((resolve) => {
            socket.once('data', (data) => resolve(
                Number(/^x-worker: (\d+)/im.exec(data)?.[1])));
            socket.write('GET /worker HTTP/1.1\r\nHost: x\r\n\r\n');
        });

        socket.on('error', () => {});

        if (worker === pid) {
            list.push(socket);
        } else {
            socket.destroy();
        }
    }

    return list;
}

function ask(socket, client, path = '/rtc?', query = '') {
    socket.got = '';
    socket.ended = false;
    socket.on('data', (data) => { socket.got += data.toString('latin1'); });
    socket.on('close', () => { socket.ended = true; });
    socket.write(`GET ${path}access_token=${client.grant.token}`
        + `&reconnect=1&sid=${client.joined.participant.sid}${query} `
        + 'HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n'
        + 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
        + 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
}

/* how a client may go */

const ends = [(socket) => socket.destroy(), (socket) => socket.end(),
              (socket) => socket.resetAndDestroy()];

/* Redis was away, or the worker has not asked it for its keys yet */

const patiently = (join) => until(() => join().catch((error) => {
    if (error.status !== 503) {
        throw error;
    }
}));

async function joinAt(name, worker) {
    const grant = await instance.joinToken(id, { name });

    return patiently(async () => SignalClient.connect(grant, '',
        await agentTo(instance, (pid) => pid === worker)));
}

async function heard(client) {
    client.send({ case: 'pingReq', value: { timestamp: 1n } });

    return Boolean(await client.next('pongResp'));
}

const anna = await SignalClient.join(instance, id, { name: 'Anna' });
const owner = anna.ws.worker;
const [other] = workerPids(instance).filter((pid) => pid !== owner);
const before = descriptors(other);

/* one that has gone when the link to the session's worker comes up */

const [late] = await connections(other, 1);
const agent = await agentTo(instance, (pid) => pid === other);
const there = descriptors(other);

stop(owner);
ask(late, anna);

/* the link */

ok(await until(() => descriptors(other) > there), 'a resume waits');
late.destroy();
await until(() => descriptors(other) <= there);
go(owner);

const ben = await joinAt('Ben', owner);

is((await SignalClient.connect(ben.grant,
    `&reconnect=1&sid=${ben.joined.participant.sid}`, agent)).first?.case,
   'reconnect', '.. when its client has gone, another one resumes');
ok(await heard(anna) && !anna.ws.closed,
   '.. and the connection that it had is not ended');

/* more of them than are let wait, who all go, some a little later */

for (let round = 0; round < 3; round += 1) {
    const crowd = await connections(other, 300);

    stop(owner);
    crowd.forEach((socket) => ask(socket, anna));

    await until(() => crowd.some((socket) => socket.got), 3000);
    crowd.forEach((socket, i) => {
        if (i % 4 !== 3) {
            ends[i % 3](socket);
        }
    });
    go(owner);

    ok(await until(() => crowd.every((socket, i) => i % 4 !== 3
        || / 101 /.test(socket.got))), 'those who stay are answered');
    crowd.forEach((socket) => socket.destroy());
    ok(await until(() => descriptors(other) <= before + 8),
       '.. and none is left');
}

/* the session has had many connections since, or has ended */

const cleo = await SignalClient.join(instance, id, { name: 'Cleo' });

/* no such session: while Redis is not heard of */

for (let round = 0; round < 2; round += 1) {
    const crowd = await connections(other, 90);

    stop(redisPid(instance));
    crowd.forEach((socket) => ask(socket, cleo, '/rtc?', 'x'));
    crowd.forEach((socket, i) => {
        if (i % 4 !== 3) {
            ends[i % 3](socket);
        }
    });
    await until(() => descriptors(other) <= before + 40);
    go(redisPid(instance));

    ok(await until(() => crowd.every((socket, i) => i % 4 !== 3
        || / 101 /.test(socket.got))), 'Redis is back: who stayed is answered');
    crowd.forEach((socket) => socket.destroy());
    ok(await until(() => descriptors(other) <= before + 8),
       '.. and none is left');
}

/* /rtc/v1: what comes with a resume goes over the link, too */

const offer = (sdp) => ({ type: 'offer', sdp, id: 1 });

for (const [name, request] of Object.entries({
    'an offer that is none': { publisherOffer: offer('v=0\r\nnonsense') },
    'an empty offer': { publisherOffer: offer('') },
    'an answer as an offer': { publisherOffer: { type: 'answer', sdp: '' } },
    'too many tracks': { syncState: {
        publishTracks: Array.from({ length: 5000 }, () => ({ cid: 'x' })),
    } },
    'tracks without a name': { syncState: { publishTracks: [{}, {}] } },
    'data channels': { syncState: {
        dataChannels: Array.from({ length: 1000 }, (_, i) => ({ id: i })),
        datachannelReceiveStates: Array.from({ length: 1000 }, (_, i) =>
            ({ publisherSid: `${i}`, lastSeq: 0xffffffff })),
    } },
    'tracks to be added': { addTrackRequests: Array.from({ length: 500 },
        (_, i) => ({ cid: `${i}`, name: `${i}` })) },
})) {
    for (const worker of [owner, other]) {
        const single = await patiently(() =>
            SignalClient.joinSingle(instance, id, { name: 'Single' }));
        const again = await SignalClient.open(single.grant,
            `/rtc/v1?join_request=${joinRequest({
                reconnect: true,
                participantSid: single.joined.participant.sid, ...request,
            })}`, await agentTo(instance, (pid) => pid === worker))
            .catch((error) => error);

        ok(['reconnect', 'leave', 400].includes(again.first?.case
            ?? again.status), `${name}: ${again.first?.case ?? again.status}`);
        again.end?.();
        single.end();
        ok(await heard(cleo), '.. others are served');
    }
}

/* the worker that has the session dies while others wait for it */

const doris = await joinAt('Doris', owner);
const left = await connections(other, 60);

stop(owner);
left.forEach((socket) => ask(socket, doris));
ends.forEach((end, i) => end(left[i]));
await until(() => descriptors(other) > before + 30);
process.kill(owner, 'SIGKILL');

ok(await until(() => left.slice(3).every((socket) =>
    socket.got.includes(' 101 '))), 'its worker is killed: all are answered');
ok(await until(() => left.slice(3).every((socket) => socket.ended)),
   '.. to join anew');

/* those who wait have to quit, too */

const [born] = await until(() => {
    const list = workerPids(instance).filter((pid) => pid !== other);

    return list.length === 1 && list;
});
const eve = await joinAt('Eve', born);
const last = await connections(other, 60);

is(eve.ws.worker, born, 'a worker has taken its place');
stop(born);
last.forEach((socket) => ask(socket, eve));
process.kill(masterPid(instance), 'SIGHUP');
ok(await until(() => workerPids(instance).length > 2), 'a reload');
go(born);
ok(await until(() => last.every((socket) => / 101 /.test(socket.got))),
   '.. all are answered');

const now = await patiently(async () => SignalClient.connect(eve.grant,
    `&reconnect=1&sid=${eve.joined.participant.sid}`,
    await agentTo(instance, (pid) => pid !== born && pid !== other)));

is(now.first.case, 'reconnect', '.. and the session lives on');
ok(await until(() => last.every((socket) => socket.ended)),
   '.. with one connection');
now.send({ case: 'leave', value: {} });
ok(await until(() => !workerPids(instance).includes(other), 20000),
   'the old worker has nothing left to wait for');
is(now.messages.some((m) => m.case === 'leave'
   && m.value.action !== LeaveRequest_Action.RESUME), false,
   'nobody was thrown out');

for (const client of [anna, ben, cleo]) {
    client.end();
}

is((await instance.stop()).filter((line) => !/exited on signal 9/.test(line)),
   [], 'nothing in the log');
done();
