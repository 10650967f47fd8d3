/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The processes of an instance and its Redis, for tests that kill, stop and
 * measure them.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';

import { waitFor } from './instance.mjs';


function read(file) {
    try {
        return readFileSync(file, 'utf8');
    } catch {
        return '';
    }
}


function children(parent) {
    return readdirSync('/proc').filter((pid) => {
        const stat = read(`/proc/${pid}/stat`);

        return /^\d+$/.test(pid) && Number(stat.slice(stat.lastIndexOf(')'))
                                           .split(' ')[2]) === parent;
    }).map(Number);
}


export function masterPid(instance) {
    return Number(read(join(instance.dir, 'nginx.pid')));
}


export function workerPids(instance) {
    return children(masterPid(instance)).filter((pid) =>
        read(`/proc/${pid}/cmdline`).includes('worker process'));
}


export function redisPid(instance) {
    return children(instance.child.pid).find((pid) =>
        read(`/proc/${pid}/cmdline`).startsWith('redis'));
}


/* KiB of memory that a process really uses */

export function rss(pid) {
    return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]);
}


/* how many sockets and files a process has open */

export function descriptors(pid) {
    return readdirSync(`/proc/${pid}/fd`).length;
}


/* new workers run when it returns, old ones may drain */

export async function reload(instance) {
    const old = workerPids(instance);

    process.kill(masterPid(instance), 'SIGHUP');

    return waitFor(() => workerPids(instance)
                             .some((pid) => !old.includes(pid)));
}


/*
 * One command on the instance's Redis: answers integers and strings, and of an
 * array how long it is, as text
 */

export function redis(instance, ...words) {
    return new Promise((resolve, reject) => {
        const socket = createConnection(join(instance.dir, 'redis.sock'));
        let answer = '';

        socket.on('error', reject);
        socket.on('data', (data) => {
            answer += data;

            const [line, rest] = answer.split(/\r\n([^]*)/);
            const length = line[0] === '$' ? Number(line.slice(1)) : -1;

            if (rest === undefined || rest.length < length) {
                return;
            }

            socket.destroy();

            if (line[0] === '-') {
                reject(new Error(line));
            }

            resolve(line[0] === ':' ? Number(line.slice(1))
                    : line[0] === '$' ? length < 0
                                        ? null : rest.slice(0, length)
                    : line.slice(1));
        });

        socket.write(`*${words.length}\r\n` + words.map((word) =>
            `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join(''));
    });
}


/* members of a room, by sid and by identity */

export async function members(instance, id) {
    return [await redis(instance, 'HLEN', `conf:room:${id}:members`),
            await redis(instance, 'HLEN', `conf:room:${id}:identities`)];
}
