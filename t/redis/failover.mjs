#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The primary of Redis is killed, replaced on purpose, and stopped for a while,
 * under a load of new rooms and joins: what was acknowledged is there at the
 * end.  Joins are refused at most for a while, and a call does not notice.
 *
 * FAILOVER_SECONDS is how long the load lasts each time, FAILOVER_CREATES and
 * FAILOVER_JOINS are how many of a second.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { roomService } from '../lib/roomservice.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { startSentinels } from '../lib/sentinels.mjs';
import { WebSocket } from '../lib/signalclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const seconds = Number(process.env.FAILOVER_SECONDS ?? 6);
const creates = Number(process.env.FAILOVER_CREATES ?? 20);
const joins = Number(process.env.FAILOVER_JOINS ?? 8);

const redis = await startSentinels();

ok(await redis.isReady(), 'a primary, two replicas, three Sentinels');

const instance = await startInstance({ WORKERS: 2, REDIS_URL: redis.url });
const service = roomService(instance);

/* a call that is under way, and a room that is entered */

const { _id: call } = await instance.createRoom({ name: 'a call' });
const { _id: hall } = await instance.createRoom({ name: 'a hall',
    max_participants: 1000 });
const people = [await join(instance, call, { name: 'A' }),
                await join(instance, call, { name: 'B' })];

for (const p of people) {
    await p.publishAudio();
}

const heard = () => people[0].received.get('B')?.audio ?? 0;

ok(await until(() => heard() > 20), 'two hear each other');

/* the load: what was acknowledged, and what else was answered */

const acknowledged = [];
const revoked = [];
const members = new Map();
const answers = { create: {}, join: {}, logout: {} };
let last = Date.now();
let longest = 0;
let made = 0;
let grants = [];

function count(kind, what) {
    answers[kind][what] = (answers[kind][what] ?? 0) + 1;
}

function post(path, token, body = {}) {
    return fetch(`${instance.url}/api/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json',
                   'x-access-token': token },
        body: JSON.stringify(body),
    });
}

/* by the REST API and by LiveKit's, in turns */

async function create() {
    made += 1;

    await (made % 2 ? createRest() : createTwirp(`room ${made}`));
}

function acknowledge(id) {
    acknowledged.push(id);
    longest = Math.max(longest, Date.now() - last);
    last = Date.now();
}

async function createTwirp(name) {
    try {
        acknowledge((await service.createRoom({ name })).name);
        count('create', 200);
    } catch (error) {
        count('create', error.status ?? error.message);
    }
}

async function createRest() {
    try {
        const response = await post('conferences/create', instance.admin.token,
                                    { name: 'a room' });
        const body = await response.json();

        count('create', response.status);

        if (response.status === 200) {
            acknowledge(body._id);
        }
    } catch (error) {
        count('create', error.message);
    }
}

/* its answer is kept, and nobody says anything after it */

async function enter() {
    const { url, token, identity } = grants.pop() ?? {};

    if (!url) {
        return;
    }

    try {
        const ws = await WebSocket.connect(
            `${url}/rtc?access_token=${token}&protocol=15`);

        ws.listen(() => {});        /* its pings are answered */
        members.set(identity, ws);
        count('join', 101);
    } catch (error) {
        count('join', error.status ?? error.message);
    }
}

/* tokens of the same second are the same: one that was ended may come again */

const spare = new Set();
const used = new Set();

async function keepToken() {
    const response = await post('auth/getToken', instance.admin.token)
        .catch(() => undefined);

    if (response?.status === 200) {
        const { token } = await response.json();

        if (!used.has(token)) {
            spare.add(token);
        }
    }
}

async function logout() {
    const [token] = spare;

    if (!token) {
        return;
    }

    spare.delete(token);
    used.add(token);

    const { status } = await post('auth/logout', token);

    count('logout', status);

    if (status === 200) {
        revoked.push(token);
    }
}

const pause = (ms) => new Promise((resume) => { setTimeout(resume, ms); });

/* the tokens are made before, since the API may be away */

async function load(during) {
    for (let n = 0; n < joins * seconds; n += 1) {
        grants.push(await instance.joinToken(hall, { name: `J${n}`,
                                                     mode: 'view' }));
        await keepToken();
    }

    last = Date.now();
    longest = 0;

    const timers = [setInterval(create, 1000 / creates),
                    setInterval(enter, 1000 / joins),
                    setInterval(keepToken, 1000),
                    setInterval(logout, 500)];

    await pause(seconds * 250);
    await during();
    await pause(seconds * 750);
    timers.forEach(clearInterval);
    diag(`${Math.max(longest, Date.now() - last)} ms without a new room`);
}

async function worksAgain() {
    const before = acknowledged.length;

    return until(async () => {
        await create();
        return acknowledged.length > before;
    }, 40000);
}

/* who got in and is still connected is a member, and nobody else */

async function membersAreThere() {
    const missing = await until(async () => {
        /* the store may be away for the other worker still */

        const there = new Set((await service.listParticipants(hall)
            .catch(() => [])).map((p) => p.identity));
        const those = [...members].filter(([identity, ws]) =>
            !ws.closed && !there.has(identity)).map(([identity]) => identity);

        return those.length === 0 ? 'none' : undefined;
    }, 20000);

    is(missing, 'none', '.. who has joined is there');
    is([...members.values()].filter((ws) => ws.closed).length, 0,
       `.. all ${members.size} are connected`);
    members.forEach((ws) => ws.socket.destroy());
    members.clear();
    grants = [];
}

const before = heard();

/* killed, and back as a replica */

const first = await redis.primary();

await load(() => redis.server(first).kill('SIGKILL'));
ok(await redis.changes(first), 'killed: there is another primary');
ok(await worksAgain(), '.. rooms are made');
await membersAreThere();
await redis.startReplica(first, await redis.primary());
ok(await redis.isReady(), '.. it is a replica');

/* on purpose: the former one serves on until it is told */

const second = await redis.primary();

await load(() => redis.failover());
ok(await redis.changes(second), 'on purpose: there is another primary');
ok(await worksAgain(), '.. rooms are made');
await membersAreThere();
ok(await redis.isReady(), '.. it is a replica');

/* stopped, and back with what it believes */

const third = await redis.primary();

await load(async () => {
    redis.server(third).kill('SIGSTOP');
    await pause(seconds * 500);
    redis.server(third).kill('SIGCONT');
});
ok(await redis.changes(third), 'stopped: there is another primary');
ok(await worksAgain(), '.. rooms are made');
await membersAreThere();
ok(await redis.isReady(), '.. it is a replica');

const lost = [];

for (const id of acknowledged) {
    await instance.api('POST', '/api/conferences/getById', { id })
        .catch((error) => lost.push(`${id} ${error.message}`));
}

is(lost.slice(0, 3), [], 'every room that was acknowledged is there');
ok(acknowledged.length > creates * 2, '.. and these are many');

const valid = [];

for (const token of revoked) {
    const { status } = await post('auth/getUser', token);

    if (status !== 401) {
        valid.push(status);
    }
}

is(valid, [], 'every token whose end was acknowledged is void');

const others = (kind) => Object.keys(answers[kind])
    .filter((status) => !['101', '200', '503'].includes(status));

is([...others('create'), ...others('logout')], [], 'all else was 503');
is(others('join'), [], 'joins were let in, or got 503');
ok(answers.join[101] > joins * 2, '.. and many were let in');
ok(heard() > before + 100 && people.every((p) =>
    p.disconnected === undefined), 'the call went on');

diag(`${acknowledged.length - lost.length} of ${acknowledged.length} rooms, ${
    revoked.length - valid.length} of ${revoked.length} ends of tokens: ${
    JSON.stringify(answers)}`);

await Promise.all(people.map((p) => p.leave()));
await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
redis.end();
done();
