/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * An instance of the product for a node or browser test:
 *
 *   import { startInstance } from '../lib/instance.mjs';
 *
 *   const instance = await startInstance({ WORKERS: 1 });
 *   const room = await instance.createRoom({ name: 'daily' });
 *   ...
 *   for (const problem of await instance.stop()) { fail(problem); }
 *
 * The variables are those of make run.
 */

import { spawn, spawnSync } from 'node:child_process';
import {
    chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';


const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');


class Instance {
    constructor(child, exited, dir, url) {
        this.child = child;
        this.exited = exited;
        this.dir = dir;
        this.url = url;
        this.admin = JSON.parse(readFileSync(join(dir, 'admin.json'),
                                             'utf8'));

        process.once('exit', () => child.kill('SIGTERM'));
    }

    /* answers the JSON of an API method, called as the admin */

    async api(method, path, body) {
        const response = await fetch(`${this.url}${path}`, {
            method,
            headers: {
                /* kept connections end with their worker */
                Connection: 'close',
                'Content-Type': 'application/json',
                'x-access-token': this.admin.token,
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();

        if (!response.ok) {
            throw new Error(`${path}: ${response.status} ${text}`);
        }

        return JSON.parse(text);
    }

    createRoom(fields) {
        return this.api('POST', '/api/conferences/create',
                        { name: 'room', ...fields });
    }

    updateRoom(id, fields) {
        return this.api('POST', '/api/conferences/update', { id, ...fields });
    }

    removeRoom(id) {
        return this.api('DELETE', '/api/conferences/remove', { id });
    }

    /* {token, url, identity, name, room} */

    joinToken(id, fields) {
        return this.api('POST', '/api/conferences/createToken',
                        { id, mode: 'speaker', name: 'Anna', ...fields });
    }

    /* ends the instance; answers what must not be, one string each */

    async stop() {
        this.child.kill('SIGTERM');

        const code = await this.exited;
        const problems = logProblems(this.dir);

        if (code !== 0) {
            problems.push(`the instance ended with ${code}`);
        }

        if (problems.length === 0 && !process.env.TEST_LEAVE) {
            rmSync(this.dir, { recursive: true });
        }

        return problems;
    }
}


function readLog(dir) {
    try {
        return readFileSync(join(dir, 'logs/error.log'), 'utf8').split('\n');
    } catch {
        return [];
    }
}


function logProblems(dir) {
    return readLog(dir).filter((line) =>
        / \[(alert|emerg|crit)\] |Sanitizer|: runtime error: /.test(line));
}


/*
 * Tests with Firefox run on a host of their own, whose address this answers:
 * it is RTC_IP.  Starts the test, whose import.meta.url this is, once more.
 */

export function ownHost(url) {
    const address = '198.18.0.1';

    if (process.env.OWN_HOST !== address) {
        const { status } = spawnSync(
            join(top, 't/lib/own-host'),
            [process.execPath, fileURLToPath(url)],
            { stdio: 'inherit', env: { ...process.env, OWN_HOST: address } });

        process.exit(status ?? 1);
    }

    return address;
}


/*
 * conf: { NAME: TEXT }, files in conf.d, as http-NAME or stream-NAME; another
 * instance whose secrets it shares
 */

export async function startInstance(variables = {}, conf = {}, other) {
    const dir = mkdtempSync(join(tmpdir(), 'conference-'));

    /* workers get no further than the folder lets them */
    chmodSync(dir, 0o755);
    mkdirSync(join(dir, 'conf.d'));

    for (const [name, text] of Object.entries(conf)) {
        writeFileSync(join(dir, 'conf.d', `${name}.conf`), text);
    }

    for (const name of other ? ['secret', 'keys', 'turn', 'admin.json'] : []) {
        copyFileSync(join(other.dir, name), join(dir, name));
    }

    const child = spawn(join(top, 't/lib/start-instance'), {
        env: {
            ...process.env,
            LOG_LEVEL: 'info',
            ...variables,
            BUILD: resolve(top, process.env.BUILD ?? 'build'),
            RUN_DIR: dir,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((done) => {
        child.once('exit', (code, signal) => done(signal ?? code));
    });
    const said = [];

    for await (const line of createInterface({ input: child.stdout })) {
        if (line.startsWith('ready ')) {
            child.stdout.resume();
            return new Instance(child, exited, dir, line.split(' ')[1]);
        }

        said.push(line);
    }

    throw new Error(['no instance', ...said, ...readLog(dir).slice(-20)]
                    .join('\n'));
}


/* the value of a condition once it is true, or its last one in time */

export async function waitFor(condition, ms = 10000) {
    const deadline = Date.now() + ms;

    for ( ;; ) {
        const value = await condition();

        if (value || Date.now() > deadline) {
            return value;
        }

        await new Promise((done) => { setTimeout(done, 20); });
    }
}
