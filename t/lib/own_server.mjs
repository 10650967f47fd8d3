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
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { skipAll } from './tap.mjs';


const lib = dirname(fileURLToPath(import.meta.url));

export const ADDRESS = '198.18.0.1';

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

        const child = spawn(join(lib, 'remote-server'),
                            { stdio: ['pipe', 'pipe', 'inherit'] });

        const server = new OwnServer(child);

        await server.answer('start');

        return server;
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

    problems() {
        return readFileSync('/var/log/nginx/error.log', 'utf8').split('\n')
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

        for (const words of ['netns add client',
                             'link set host1 netns client',
                             '-n client link set lo up',
                             '-n client address add 198.18.0.2/24 dev host1',
                             '-n client link set host1 up',
                             `-n client route add default via ${ADDRESS}`])
        {
            must('ip', words.split(' '));
        }

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
