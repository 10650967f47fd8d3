/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two instances that are one service, each on a host of its own, and a Redis
 * that both reach by its password:
 *
 *   const nodes = await startNodes(import.meta.url);
 *   const [one, two] = nodes.instances;
 *   ...
 *   for (const problem of await nodes.stop()) { fail(problem); }
 */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startInstance, waitFor } from './instance.mjs';


const here = dirname(fileURLToPath(import.meta.url));

export const address = (n) => `198.18.0.${n}`;


class Nodes {
    constructor(redis, dir) {
        this.redis = redis;
        this.dir = dir;
        this.instances = [];
    }

    /* takes a host off the network, or puts it back */

    cable(n, what) {
        spawnSync('ip', ['link', 'set', `node${n}`, what],
                  { stdio: 'inherit' });
    }

    async stop() {
        const problems = [];

        for (const instance of this.instances) {
            problems.push(...await instance.stop());
        }

        this.end();

        return problems;
    }

    /* for those whose instances have ended in another way */

    end() {
        this.redis.kill('SIGTERM');
        rmSync(this.dir, { recursive: true });
    }
}


/* the test starts once more, with two more hosts beside its own */

function ownNodes(url) {
    if (!process.env.NODE_1) {
        const { status } = spawnSync(
            join(here, 'own-nodes'),
            [process.execPath, fileURLToPath(url)], { stdio: 'inherit' });

        process.exit(status ?? 1);
    }
}


function listens(port, host) {
    return new Promise((done) => {
        const socket = connect(port, host);

        socket.once('connect', () => { socket.destroy(); done(true); });
        socket.once('error', () => done(false));
    });
}


async function startRedis(options) {
    const dir = mkdtempSync(join(tmpdir(), 'conference-redis-'));
    const child = spawn('redis-server', [
        '--bind', address(3), '--port', '6379', '--requirepass', 'secret',
        '--save', '', '--dir', dir, ...options], { stdio: 'ignore' });

    process.once('exit', () => child.kill('SIGTERM'));

    if (!await waitFor(() => listens(6379, address(3)))) {
        throw new Error('no Redis');
    }

    return new Nodes(child, dir);
}


export async function startNodes(url, variables = {}) {
    ownNodes(url);

    const nodes = await startRedis([]);

    for (const n of [1, 2]) {
        nodes.instances.push(await startInstance({
            WORKERS: 2,
            NETWORK: process.env[`NODE_${n}`],
            HTTP_BIND: address(n),
            RTC_IP: address(n),
            NODE_ADDRESS: address(n),
            REDIS_URL: `redis://:secret@${address(3)}`,
            ...variables,
        }, { 'metrics-test': `allow ${address(3)};` }, nodes.instances[0]));
    }

    return nodes;
}
