/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A primary of Redis, two replicas and three Sentinels, of this process:
 *
 *   const redis = await startSentinels();
 *   const instance = await startInstance({ REDIS_URL: redis.url });
 *   redis.server(await redis.primary()).kill('SIGKILL');
 *   await redis.changes(former);
 *   redis.end();
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { waitFor } from './instance.mjs';


const host = '127.0.0.1';

/* what they are told of each other quickly */

const options = ['--repl-diskless-sync-delay', '0', '--save', ''];


function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, host, () => {
            const { port } = server.address();

            server.close(() => resolve(port));
        });
    });
}


/* a command, none of whose words has spaces, and its answer */

export function command(port, text) {
    return new Promise((resolve, reject) => {
        const socket = connect(port, host);
        let got = '';

        socket.on('data', (data) => { got += data; });
        socket.on('close', () => resolve(got));
        socket.on('error', reject);
        socket.end(`${text}\r\nQUIT\r\n`);
    });
}


class Sentinels {
    constructor() {
        this.dir = mkdtempSync(join(tmpdir(), 'conference-redis-'));
        this.children = new Map();      /* by port */
        this.sentinels = [];

        process.once('exit', () => this.kill());
    }

    get url() {
        return `sentinel://${host}:${this.sentinels.join(`,${host}:`)}/prim`;
    }

    server(port) {
        return this.children.get(port);
    }

    async start(port, ...more) {
        const child = spawn('redis-server', [...more, '--port', `${port}`,
            '--bind', host, '--dir', this.dir], { stdio: 'ignore' });

        this.children.set(port, child);
        await waitFor(() => command(port, 'PING').catch(() => false));
    }

    startReplica(port, primary) {
        return this.start(port, ...options, '--replicaof', host,
                          `${primary}`);
    }

    async startAll() {
        const ports = [];

        for (let n = 0; n < 6; n += 1) {
            ports.push(await freePort());
        }

        const [first, second, third, ...sentinels] = ports;

        await this.start(first, ...options);
        await this.startReplica(second, first);
        await this.startReplica(third, first);

        for (const port of sentinels) {
            const file = join(this.dir, `${port}.conf`);

            writeFileSync(file, [
                `sentinel monitor prim ${host} ${first} 2`,
                'sentinel down-after-milliseconds prim 1000',
                'sentinel failover-timeout prim 4000', ''].join('\n'));

            await this.start(port, file, '--sentinel');
            this.sentinels.push(port);
        }

        return this;
    }

    /* what a Sentinel knows, in lines without the counts */

    async ask(what) {
        return (await command(this.sentinels[0], `SENTINEL ${what}`))
            .split('\r\n').filter((line) => !/^[*$]/.test(line));
    }

    async field(name) {
        const lines = await this.ask('MASTER prim');

        return lines[lines.indexOf(name) + 1];
    }

    async primary() {
        return Number(await this.field('port'));
    }

    failover() {
        return this.ask('FAILOVER prim');
    }

    /* all is well: a primary, two replicas of it */

    isReady() {
        return waitFor(async () => await this.field('flags') === 'master'
            && await this.field('num-other-sentinels') === '2'
            && await this.field('num-slaves') === '2'
            && (await command(await this.primary(), 'ROLE'))
                .split('127.0.0.1').length === 3, 40000);
    }

    changes(former) {
        return waitFor(async () => await this.primary() !== former, 20000);
    }

    kill() {
        this.children.forEach((child) => child.kill('SIGKILL'));
    }

    end() {
        this.kill();
        rmSync(this.dir, { recursive: true, force: true });
    }
}


export function startSentinels() {
    return new Sentinels().startAll();
}
