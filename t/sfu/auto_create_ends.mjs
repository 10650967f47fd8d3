#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * When rooms that tokens bring into being end: neither a reload of nginx, nor
 * killed workers, nor a Redis that is killed and comes back change that.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { reload, workerPids } from '../lib/processes.mjs';
import { accessToken, roomService } from '../lib/roomservice.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const SECONDS = 10;

const dir = mkdtempSync(join(tmpdir(), 'conference-redis-'));
const socket = join(dir, 'socket');
let server;

/* workers get no further than the folder lets them */

chmodSync(dir, 0o755);

async function startRedis() {
    rmSync(socket, { force: true });
    server = spawn('redis-server', [
        '--port', '0', '--unixsocket', socket, '--unixsocketperm', '777',
        '--dir', dir, '--save', '', '--appendonly', 'yes',
        '--appendfsync', 'always'], { stdio: 'ignore' });
    await until(() => existsSync(socket));
}

process.once('exit', () => server.kill('SIGKILL'));
await startRedis();

const instance = await startInstance({ WORKERS: 2, AUTO_CREATE: 1,
                                       REDIS_URL: `unix:${socket}` });
const service = roomService(instance);

async function enter(room, identity) {
    return SignalClient.connect(await accessToken(instance, room, identity));
}

/* undefined: nobody knows while Redis is away */

async function names() {
    return service.listRooms().then((rooms) => rooms.map(({ name }) => name),
                                    () => undefined);
}

async function exists(name) {
    return (await names())?.includes(name);
}


/* when each of them was seen for the last time */

const begun = Date.now();

await service.createRoom({ name: 'empty', emptyTimeout: SECONDS });
await service.createRoom({ name: 'long', emptyTimeout: 600 });
await service.createRoom({ name: 'closed', emptyTimeout: 1 });
await instance.updateRoom('closed', { active: false });
await service.createRoom({ name: 'used', emptyTimeout: 1,
                           departureTimeout: 1 });
await service.createRoom({ name: 'left', emptyTimeout: 600,
                           departureTimeout: SECONDS });

const stays = await enter('used', 'anna');
const leaves = await enter('left', 'anna');

leaves.send({ case: 'leave', value: {} });
ok(await until(async () => (await service.listParticipants('left')).length
               === 0), 'who was there has left');

const left = Date.now();

await reload(instance);

const first = workerPids(instance);

process.kill(first.at(-1), 'SIGKILL');
ok(await until(() => workerPids(instance).some((pid) =>
    !first.includes(pid))), 'a worker was killed after a reload');

server.kill('SIGKILL');
await once(server, 'exit');
await startRedis();
ok(await until(names, 20000), 'Redis was killed, and is back');


/* each in its time: not early, and soon */

async function ends(name, since) {
    ok(await until(async () => await exists(name) === false,
                   (SECONDS + 15) * 1000), `${name} ends`);

    const ms = Date.now() - since;

    diag(`after ${ms} ms`);
    ok(ms >= SECONDS * 1000 - 1000, 'not before its time');
}

await Promise.all([ends('empty', begun), ends('left', left)]);

ok(await exists('long'), 'one whose time has not come stays');
ok(await exists('used'), 'so does one in use');
ok(await exists('closed'), 'and one that was closed');
await instance.updateRoom('closed', { active: true });
ok(await until(async () => await exists('closed') === false, 20000),
   'until it is opened');

stays.send({ case: 'leave', value: {} });
ok(await until(async () => await exists('used') === false, 20000),
   'until it is left');

is((await instance.stop()).filter((line) => !/exited on signal 9|edis/
    .test(line)).join('\n'), '', 'nothing else in the log');

server.kill('SIGTERM');
await once(server, 'exit');
rmSync(dir, { recursive: true });
done();
