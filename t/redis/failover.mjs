#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The primary of Redis is killed while rooms are made and joined: every room
 * that was acknowledged is there afterwards.  Then the next one goes, on
 * purpose.  Joins are refused at most for a while, and a call does not notice.
 *
 * FAILOVER_SECONDS is how long the load lasts around each of the two,
 * FAILOVER_CREATES and FAILOVER_JOINS are how many of a second.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { WebSocket } from '../lib/signalclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const seconds = Number(process.env.FAILOVER_SECONDS ?? 8);
const creates = Number(process.env.FAILOVER_CREATES ?? 20);
const joins = Number(process.env.FAILOVER_JOINS ?? 8);

const dir = mkdtempSync(path(tmpdir(), 'conference-redis-'));
const children = new Set();


function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();

            server.close(() => resolve(port));
        });
    });
}


/* a command of one word or more, none of them with spaces, and its answer */

function redis(port, command) {
    return new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        let got = '';

        socket.on('data', (data) => {
            got += data;
            if (got.endsWith('\r\nQUIT\r\n') || got.endsWith('+OK\r\n')) {
                socket.end();
            }
        });
        socket.on('close', () => resolve(got));
        socket.on('error', reject);
        socket.end(`${command}\r\nQUIT\r\n`);
    });
}


async function server(port, ...options) {
    const child = spawn('redis-server', [...options, '--port', `${port}`,
        '--bind', '127.0.0.1', '--dir', dir, '--save', ''],
    { stdio: 'ignore' });

    children.add(child);
    child.once('exit', () => children.delete(child));

    await until(() => redis(port, 'PING').catch(() => false));

    return child;
}


process.once('exit', () => {
    children.forEach((child) => child.kill('SIGKILL'));
});

const ports = [];

for (let n = 0; n < 6; n += 1) {
    ports.push(await freePort());
}

const [first, ...replicas] = ports.slice(0, 3);
const sentinels = ports.slice(3);
const quick = ['--repl-diskless-sync-delay', '0'];

const primary = await server(first, ...quick);

for (const port of replicas) {
    await server(port, ...quick, '--replicaof', '127.0.0.1', `${first}`);
}

for (const port of sentinels) {
    const file = path(dir, `${port}.conf`);

    writeFileSync(file, [
        `sentinel monitor prim 127.0.0.1 ${first} 2`,
        'sentinel down-after-milliseconds prim 1000',
        'sentinel failover-timeout prim 4000', ''].join('\n'));

    await server(port, file, '--sentinel');
}

/* what one of them knows of the primary: [name, value, ..] in lines */

async function known(what) {
    return (await redis(sentinels[0], what)).split('\r\n')
        .filter((line) => !/^[*$]/.test(line));
}

async function field(name) {
    const lines = await known('SENTINEL master prim');

    return lines[lines.indexOf(name) + 1];
}

const ready = async () => await field('num-other-sentinels') === '2'
    && await field('num-slaves') === '2'
    && (await known('SENTINEL replicas prim'))
        .filter((line) => line === 'ok').length >= 2;

ok(await until(ready, 30000), 'a primary, two replicas, three Sentinels');

const instance = await startInstance({
    WORKERS: 2,
    REDIS_URL: `sentinel://127.0.0.1:${sentinels.join(',127.0.0.1:')}/prim`,
}, { 'http-replicas': 'conf_api_replicas 1;' });

/* a call that is under way */

const { _id: call } = await instance.createRoom({ name: 'a call' });
const people = [await join(instance, call, { name: 'A' }),
                await join(instance, call, { name: 'B' })];

for (const p of people) {
    await p.publishAudio();
}

const heard = () => people[0].received.get('B')?.audio ?? 0;

ok(await until(() => heard() > 20), 'two hear each other');

/* the load: what was acknowledged, and what else was answered */

const acknowledged = [];
const answers = { create: new Map(), join: new Map() };

function count(kind, what) {
    answers[kind].set(what, (answers[kind].get(what) ?? 0) + 1);
}

async function create() {
    try {
        const response = await fetch(`${instance.url}/api/conferences/create`, {
            method: 'POST',
            headers: {
                'Content-Type': 'application/json',
                'x-access-token': instance.admin.token,
            },
            body: JSON.stringify({ name: `room ${acknowledged.length}` }),
        });
        const body = await response.json();

        count('create', response.status);

        if (response.status === 200) {
            acknowledged.push(body._id);
        }
    } catch (error) {
        count('create', error.message);
    }
}

/* the tokens are made before, since the API may be away */

const grants = [];

for (let n = 0; n < joins * seconds * 2; n += 1) {
    grants.push(await instance.joinToken(call, { name: `J${n}` }));
}

async function enter() {
    const { url, token } = grants.pop() ?? {};

    if (!url) {
        return;
    }

    try {
        const ws = await WebSocket.connect(
            `${url}/rtc?access_token=${token}&protocol=15`);

        count('join', 101);
        ws.socket.destroy();
    } catch (error) {
        count('join', error.status ?? error.message);
    }
}

async function load(during) {
    const timers = [setInterval(create, 1000 / creates),
                    setInterval(enter, 1000 / joins)];
    const pause = (part) => new Promise((resume) => {
        setTimeout(resume, seconds * 1000 * part);
    });

    await pause(1 / 4);
    await during();
    await pause(3 / 4);
    timers.forEach(clearInterval);
}

async function addressChanges(former) {
    ok(await until(async () => await field('port') !== `${former}`, 20000),
       'there is another primary');
}

const before = heard();

await load(() => primary.kill('SIGKILL'));
await addressChanges(first);

const second = Number(await field('port'));

await server(first, ...quick, '--replicaof', '127.0.0.1', `${second}`);
ok(await until(async () => await field('flags') === 'master' && await ready(),
               30000), 'the killed one is a replica');

const calm = acknowledged.length;

ok(await until(async () => {
    await create();
    return acknowledged.length > calm;
}, 40000), 'rooms are made');

await load(() => redis(sentinels[0], 'SENTINEL failover prim'));
await addressChanges(second);

ok(await until(async () => {
    await create();
    return acknowledged.at(-1) !== undefined
        && (await instance.api('POST', '/api/conferences/getById',
            { id: acknowledged.at(-1) }).catch(() => undefined));
}, 40000), 'rooms are made again');

/*
 * All of it up to then: on purpose Sentinel promotes a replica while the former
 * primary still has another one, whose acknowledgement is worth nothing.
 */

const lost = [];

for (const id of acknowledged.slice(0, calm)) {
    await instance.api('POST', '/api/conferences/getById', { id })
        .catch((error) => lost.push(`${id} ${error.message}`));
}

is(lost.slice(0, 3), [], 'every room that was acknowledged is there');
ok([...answers.create.keys()].every((s) => s === 200 || s === 503),
   'all else was 503');
ok([...answers.join.keys()].every((s) => s === 101 || s === 503),
   'joins were let in, or got 503');
ok(answers.join.get(101) > joins, '.. and most were let in');
ok(heard() > before + 100 && people.every((p) =>
    p.disconnected === undefined), 'the call went on');

diag(`rooms: ${acknowledged.length}, creates: ${JSON.stringify(
    [...answers.create])}, joins: ${JSON.stringify([...answers.join])}`);

await Promise.all(people.map((p) => p.leave()));
await dispose();
is(await instance.stop(), [], 'nothing is wrong in the log');
children.forEach((child) => child.kill('SIGKILL'));
rmSync(dir, { recursive: true, force: true });
done();
