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
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startInstance, waitFor } from './instance.mjs';
import { masterPid, workerPids } from './processes.mjs';


const here = dirname(fileURLToPath(import.meta.url));

/* of the first host, the second one, the test, and Redis on the test's */

export const address = (n) => `198.18.0.${n}`;


function neighbour(host, what, other, ...how) {
    spawnSync('nsenter', [`--net=/proc/${process.env[`NODE_${host}`]}/ns/net`,
        'ip', 'neigh', what, address(other), ...how, 'dev', 'host0'],
              { stdio: 'inherit' });
}


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

    /* what one host sends to another gets lost, or does again get there */

    cut(from, to) {
        neighbour(from, 'replace', to, 'lladdr', '02:00:00:00:00:ff', 'nud',
                  'permanent');
    }

    mend(from, to) {
        neighbour(from, 'del', to);
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


/*
 * What stands in front of the hosts: a connection goes to the preferred one,
 * if it says that it is well, else to the other.
 */

export class Balancer {
    constructor(instances) {
        this.instances = instances;
        this.prefers = 0;
        this.sockets = instances.map(() => new Set());
    }

    /*
     * From now on connections to a host that does not answer are closed, as a
     * balancer with health checks does; rtc-node waits for that.  Answers what
     * ends it.
     */

    watch() {
        const timer = setInterval(async () => {
            for (const [n, instance] of this.instances.entries()) {
                if (!await answers(instance) && this.watching) {
                    this.sockets[n].forEach((socket) => socket.destroy());
                }
            }
        }, 1000);

        this.watching = true;

        return () => {
            this.watching = false;
            clearInterval(timer);
        };
    }

    async listen(port) {
        this.server = createServer((socket) => {
            this.pass(socket).catch(() => socket.destroy());
        });

        await new Promise((done) => {
            this.server.listen(port, address(3), done);
        });

        this.server.unref();
        this.url = `http://${address(3)}:${port}`;

        return this;
    }

    async pass(socket) {
        socket.on('error', () => {});

        for (const n of [this.prefers, 1 - this.prefers]) {
            const { hostname, port } = new URL(this.instances[n].url);

            if (await isWell(this.instances[n])) {
                const other = connect(port, hostname);

                other.on('error', () => socket.destroy());
                other.on('close', () => socket.destroy());
                socket.on('close', () => {
                    other.destroy();
                    this.sockets[n].delete(socket);
                });
                this.sockets[n].add(socket);
                socket.pipe(other).pipe(socket);

                return;
            }
        }

        socket.destroy();
    }

    /* an instance that is reached through it */

    service() {
        return Object.assign(Object.create(this.instances[0]),
                             { url: this.url });
    }
}


/* the status of its health, or undefined */

async function answers(instance) {
    try {
        const { status } = await fetch(`${instance.url}/healthz`, {
            signal: AbortSignal.timeout(1000),
            headers: { connection: 'close' },
        });

        return status;
    } catch {
        return undefined;
    }
}


export async function isWell(instance) {
    return await answers(instance) === 200;
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


/* kills all processes of a host's instance; those of its Redis are elsewhere */

export function killAll(instance) {
    const pids = [masterPid(instance), ...workerPids(instance)];

    pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
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
        '--bind', address(4), '--port', '6379', '--requirepass', 'secret',
        '--save', '', '--dir', dir, ...options], { stdio: 'ignore' });

    process.once('exit', () => child.kill('SIGTERM'));

    if (!await waitFor(() => listens(6379, address(4)))) {
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
            REDIS_URL: `redis://:secret@${address(4)}`,
            ...variables,
        }, { 'metrics-test': `allow ${address(3)};` }, nodes.instances[0]));
    }

    return nodes;
}
