/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The product installed on a server of its own, for node; see
 * Test::Conference::OwnServer, whose methods call() calls:
 *
 *   const server = await OwnServer.start(import.meta.url);
 *
 *   await server.setUp('--domain', 'meet.example.test', '--no-cert');
 *   const room = await server.createRoom({ name: 'daily' });
 *
 * The test, whose import.meta.url this is, runs anew inside of it, and all
 * ends with it.
 */

import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { skipAll } from './tap.mjs';


const lib = dirname(fileURLToPath(import.meta.url));

export const ADDRESS = '198.18.0.1';
export const SECOND = '198.18.0.2';

/* a host beside it, from which nothing gets out but to TCP 443 */

const RULES = `
    table inet only {
        counter dropped_udp { }
        counter dropped_tcp { }
        chain in {
            type filter hook input priority 0; policy drop;
            iif lo accept
            tcp sport 443 accept
        }
        chain out {
            type filter hook output priority 0; policy drop;
            oif lo accept
            tcp dport 443 accept
            meta l4proto udp counter name dropped_udp
            meta l4proto tcp counter name dropped_tcp
        }
    }`;


function must(command, words, input) {
    const { status, stdout, stderr, error } = spawnSync(command, words,
        { input, encoding: 'utf8' });

    if (status !== 0) {
        throw new Error(`${command} ${words.join(' ')}: ${error ?? stderr}`);
    }

    return stdout;
}


/* the other end of this server's cable goes to a host, which this makes */

function moveNeighbour(host) {
    for (const words of [`netns add ${host}`,
                         `link set host1 netns ${host}`,
                         `-n ${host} link set lo up`,
                         `-n ${host} address add ${SECOND}/24 dev host1`,
                         `-n ${host} link set host1 up`,
                         `-n ${host} route add default via ${ADDRESS}`])
    {
        must('ip', words.split(' '));
    }
}


export class OwnServer {
    constructor(child) {
        this.child = child;
        this.answers = createInterface({ input: child.stdout })
            [Symbol.asyncIterator]();
        this.last = Promise.resolve();
    }

    static async start(url) {
        if (process.getuid() !== 0) {
            skipAll('only root makes a server of its own');
        }

        if (!process.env.OWN_SERVER) {
            /* whoever ends the test ends all of it */

            const { status } = spawnSync('setpriv',
                ['--pdeathsig', 'TERM', join(lib, 'own-server'),
                 process.execPath, fileURLToPath(url)],
                { stdio: 'inherit', env: { ...process.env, OWN_SERVER: '1' } });

            process.exit(status ?? 1);
        }

        return OwnServer.open([join(lib, 'remote-server')]);
    }

    static async open([command, ...words], env = {}) {
        const server = new OwnServer(spawn(command, words, {
            stdio: ['pipe', 'pipe', 'inherit'],
            env: { ...process.env, ...env },
        }));

        await server.answer('start');

        return server;
    }

    /* another one beside it, before either is set up */

    static startSecond() {
        moveNeighbour('second');

        return OwnServer.open(['ip', 'netns', 'exec', 'second',
            join(lib, 'second-server'), join(lib, 'remote-server')],
            { OWN_ADDRESS: SECOND });
    }

    async answer(method) {
        const { value, done } = await this.answers.next();
        const answer = done ? 'it has ended' : JSON.parse(value);

        if (typeof answer === 'string') {
            throw new Error(`${method}: ${answer}`);
        }

        return answer;
    }

    /* answers a list; one after the other */

    callList(method, ...values) {
        this.last = this.last.catch(() => {}).then(() => {
            this.child.stdin.write(`${JSON.stringify([method, ...values])}\n`);
            return this.answer(method);
        });

        return this.last;
    }

    async call(method, ...values) {
        return (await this.callList(method, ...values))[0];
    }

    async setUp(...words) {
        const { status, said } = await this.call('setup', ...words);

        if (status !== 0) {
            throw new Error(`ngx-conf-setup: ${said}`);
        }

        this.roots = await this.call('roots') ?? [];
    }

    /* chain and key */

    async issue(...names) {
        const [certificate, key] = await this.callList('issue', ...names);

        return { certificate, private_key: key };
    }

    api(path, body) {
        return this.call('api', path, body);
    }

    createRoom(fields) {
        return this.api('/api/conferences/create', { name: 'room', ...fields });
    }

    joinToken(id, fields) {
        return this.api('/api/conferences/createToken',
                        { id, mode: 'speaker', name: 'Anna', ...fields });
    }

    /*
     * What must not be in the log, one string each.  Debian's nginx logs as
     * critical what OpenSSL does not expect of a client.
     */

    async problems() {
        const path = '/var/log/nginx/error.log';
        const log = await this.call('must', 'cat', path);

        return log.split('\n')
            .filter((line) => / \[(alert|emerg|crit)\] /.test(line)
                && !/SSL_(do_handshake|shutdown)\(\) failed/.test(line));
    }
}


/* the other host: client_chromium runs there */

export class Client443 {
    constructor() {
        if (spawnSync('nft', ['--version']).error) {
            skipAll('no nft');
        }

        moveNeighbour('client');
        this.run('nft', ['-f', '-'], RULES);
        this.chromium = join(lib, 'client-chromium');
    }

    run(command, words, input) {
        return must('ip', ['netns', 'exec', 'client', command, ...words],
                    input);
    }

    /* packets that did not get out: { dropped_udp, dropped_tcp } */

    dropped() {
        const { nftables } = JSON.parse(this.run('nft',
            ['-j', 'list', 'counters']));

        return Object.fromEntries(nftables.filter(({ counter }) => counter)
            .map(({ counter: { name, packets } }) => [name, packets]));
    }
}
