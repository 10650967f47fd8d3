/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Debian's Janus with the plugin videoroom, in a folder of its own:
 *
 *   if (hasJanus()) {
 *       const janus = await startJanus();
 *       ... janus.url, janus.pid
 *       await janus.stop();
 *   }
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync,
         writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { waitFor } from '../lib/instance.mjs';


const binary = '/usr/bin/janus';
const libraries = readdirSync('/usr/lib')
    .map((name) => `/usr/lib/${name}/janus`).find((path) => existsSync(path));

export function hasJanus() {
    return existsSync(binary) && libraries !== undefined;
}


/* all of a kind but one, as Janus wants them */

function others(kind, name) {
    return readdirSync(join(libraries, kind))
        .filter((file) => file.endsWith('.so') && !file.includes(name))
        .join(',');
}


function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();

            server.close(() => resolve(port));
        });
    });
}


/* its candidates are of the host's addresses, and so is the way there */

function writeConfiguration(dir, port, range) {
    writeFileSync(join(dir, 'janus.jcfg'), `
general: {
    configs_folder = "${dir}"
    plugins_folder = "${libraries}/plugins"
    transports_folder = "${libraries}/transports"
    events_folder = "${libraries}/events"
    loggers_folder = "${libraries}/loggers"
    debug_level = 2
    session_timeout = 0
}
media: {
    ipv6 = false
    rtp_port_range = "${range}"
}
nat: {
    nice_debug = false
    ice_lite = true
    full_trickle = false
}
plugins: {
    disable = "${others('plugins', 'videoroom')}"
}
transports: {
    disable = "${others('transports', 'http')}"
}
events: {
    broadcast = false
}
`);

    writeFileSync(join(dir, 'janus.plugin.videoroom.jcfg'), 'general: {\n}\n');
    writeFileSync(join(dir, 'janus.transport.http.jcfg'), `
general: {
    json = "compact"
    base_path = "/janus"
    http = true
    port = ${port}
    ip = "127.0.0.1"
    https = false
}
admin: {
    admin_http = false
}
`);
}


/* a port per viewer is taken from the range */

export async function startJanus(range = '33400-33999') {
    const dir = mkdtempSync(join(tmpdir(), 'janus-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/janus`;
    let ended = false;
    let said = '';

    writeConfiguration(dir, port, range);

    const child = spawn(binary, ['-F', dir], {
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise((done) => { child.once('exit', done); });
    const kill = () => child.kill('SIGKILL');

    for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data) => { said = (said + data).slice(-4000); });
    }

    exited.then(() => { ended = true; });
    process.once('exit', kill);

    const ready = await waitFor(async () => ended
        || fetch(`${url}/info`).then((r) => r.ok, () => false));

    if (!ready || ended) {
        kill();
        throw new Error(`Janus does not start: ${said}`);
    }

    return {
        url,
        pid: child.pid,
        version: /"version_string":\s*"([^"]*)"/.exec(
            await (await fetch(`${url}/info`)).text())?.[1],
        async stop() {
            kill();
            process.off('exit', kill);
            await exited;
            rmSync(dir, { recursive: true });
        },
    };
}
