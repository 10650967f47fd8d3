/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who is measured: our server by LiveKit's signalling or by WHIP and WHEP,
 * Debian's Janus, and the bare loop.
 *
 *   const result = await measureOurs(instance, { viewers: 40, rooms: 1 },
 *                                    ['--seconds', '4']);
 */

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startJanus } from './janus.mjs';


export const build = resolve(process.env.BUILD ?? 'build');

const tool = join(build, 'bench/bench');
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));

process.once('exit', () => rmSync(scratch, { recursive: true }));


/* pids of nginx below conf/run, its Redis left out */

function nginxPids(pid) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .trim().split(' ').filter(Boolean);
    const own = readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'nginx';

    return [...own ? [pid] : [], ...children.flatMap(nginxPids)];
}


/*
 * Answers the figures, or throws what the tool has said; calls begun() when a
 * meeting begins to be measured.
 */

function bench(args, begun = () => {}) {
    return new Promise((done, fail) => {
        const child = spawn(tool, args);
        let out = '';
        let error = '';

        child.stdout.on('data', (data) => { out += data; });
        child.stderr.on('data', (data) => {
            error += data;

            if (error.includes('measuring\n')) {
                begun();
            }
        });
        child.on('error', fail);
        child.on('close', (code) => {
            if (code === 0) {
                done(JSON.parse(out));
            } else {
                fail(new Error(error || `the tool ended with ${code}`));
            }
        });
    });
}


function base64url(value) {
    return Buffer.from(value).toString('base64url');
}


/* thousands of tokens, without asking for each */

function accessToken({ api_key: key, api_secret: secret }, room, identity,
                     publishes) {
    const now = Math.floor(Date.now() / 1000);
    const head = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));
    const claims = base64url(JSON.stringify({
        iss: key,
        sub: identity,
        nbf: now - 10,
        exp: now + 3600,
        video: {
            room, roomJoin: true, canPublish: publishes, canSubscribe: true,
        },
    }));
    const signature = createHmac('sha256', secret).update(`${head}.${claims}`)
        .digest('base64url');

    return `${head}.${claims}.${signature}`;
}


/* viewer i is in room i % rooms; publishers come first */

export async function measureOurs(instance,
    { viewers, rooms = 1, whep, single }, args)
{
    const ids = [];
    const lines = [];
    const file = join(scratch, 'tokens');
    const places = Math.ceil(viewers / rooms) + 1;
    const line = (kind, n, identity) => {
        const token = accessToken(instance.admin, ids[n % rooms], identity,
                                  kind === 'whip');

        return whep ? `${instance.url}/${kind}/${ids[n % rooms]} ${token}`
                    : token;
    };

    for (let i = 0; i < rooms; i += 1) {
        const { _id: id } = await instance.createRoom({
            name: `bench ${i}`, max_participants: places,
        });

        ids.push(id);
    }

    for (let i = 0; i < rooms; i += 1) {
        lines.push(line('whip', i, 'publisher'));
    }

    for (let i = 0; i < viewers; i += 1) {
        lines.push(line('whep', i, `viewer ${i}`));
    }

    writeFileSync(file, `${lines.join('\n')}\n`);

    const url = instance.url.replace(/^http/, 'ws');
    const server = whep
        ? ['whip', '--url', instance.url, '--view-url', instance.url]
        : [single ? 'single' : 'livekit', '--url', url];

    try {
        return await bench(['--driver', ...server, '--tokens', file,
            '--viewers', `${viewers}`, '--rooms', `${rooms}`,
            '--pids', nginxPids(instance.child.pid).join(','), ...args]);
    } finally {
        for (const id of ids) {
            await instance.removeRoom(id);
        }
    }
}


/*
 * So many people who share the workers; all of them send.  In a given room
 * there may be others.
 */

export async function measureMeeting(instance,
                                     { people, workers = 1, room, begun }, args)
{
    const file = join(scratch, `people ${room ?? ''}`);
    const id = room ?? (await instance.createRoom({
        name: 'meeting', max_participants: 64 }))._id;

    /* who comes to a worker that has enough comes again */

    const tokens = Array.from({ length: people * 16 }, (_, i) =>
        accessToken(instance.admin, id, `person ${i}`, true));

    writeFileSync(file, `${tokens.join('\n')}\n`);

    try {
        return await bench(['--driver', 'livekit', '--tokens', file,
            '--url', instance.url.replace(/^http/, 'ws'), '--pids',
            nginxPids(instance.child.pid).join(','), '--people',
            `${people}`, '--workers', `${workers}`,
            ...room ? ['--guests'] : [], ...args], begun);
    } finally {
        if (!room) {
            await instance.removeRoom(id);
        }
    }
}


export async function measureJanus({ viewers }, args) {
    const server = await startJanus();

    try {
        return await bench(['--driver', 'janus', '--url', server.url,
            '--viewers', `${viewers}`, '--pids', `${server.pid}`, ...args]);
    } finally {
        await server.stop();
    }
}


export function measureLoop({ viewers }, args) {
    return bench(['--driver', 'loop', '--viewers', `${viewers}`, ...args]);
}
