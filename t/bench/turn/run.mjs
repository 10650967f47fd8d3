/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * make bench-turn: the cost of a relayed packet here, in Debian's coturn and in
 * a loop without a protocol, in turn.  Prints a table, writes lines of JSON to
 * build/bench/.
 */

import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync }
     from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';


const build = resolve(process.env.BUILD ?? 'build');
const seconds = process.env.SECONDS || '3';
const rounds = Number(process.env.ROUNDS || 2);
const tool = join(build, 'bench/turn_bench');
const dir = mkdtempSync(join(tmpdir(), 'turn-bench-'));
const out = join(build, 'bench/turn.jsonl');

/* allocations, datagrams of a burst, bytes, packets per second */

const rows = [
    [1, 8, 1000, 20000], [50, 8, 1000, 50000], [500, 8, 1000, 50000],
    [1, 1, 120, 10000], [50, 1, 120, 20000], [500, 1, 120, 20000],
];

const port = { ours: 21478, coturn: 21479 };


function startOurs() {
    mkdirSync(join(dir, 'logs'));
    writeFileSync(join(dir, 'users'), 'user:pass\n', { mode: 0o600 });
    writeFileSync(join(dir, 'nginx.conf'), `
        ${process.getuid() === 0 ? 'user root;' : ''}
        daemon off; worker_processes 1; pid nginx.pid;
        worker_rlimit_nofile 20000; error_log logs/error.log;
        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
        load_module ${build}/nginx/objs/ngx_rtc_turn_module.so;
        events { worker_connections 8192; }
        stream {
            turn_user_file users; turn_peer_allow 127.0.0.1;
            turn_max_user_allocations 8192; turn_challenge_rate 0;
            server { listen 127.0.0.1:${port.ours} udp reuseport; turn; }
        }`);

    return spawn('nginx', ['-p', dir, '-c', 'nginx.conf', '-e',
                           join(dir, 'logs/error.log')],
                 { env: { ...process.env,
                          PATH: `${process.env.PATH}:/usr/sbin` } });
}


function startCoturn() {
    return spawn('turnserver', [
        '-n', '-L', '127.0.0.1', '-E', '127.0.0.1', '-p', port.coturn,
        '-r', 'bench', '-a', '-u', 'user:pass', '--allow-loopback-peers',
        '--no-tls', '--no-dtls', '--no-tcp', '--no-cli', '-m', '1',
        '--log-file', join(dir, 'coturn.log'), '--pidfile',
        join(dir, 'coturn.pid'), '--no-rfc5780'], { stdio: 'ignore' });
}


function measure(server, pid, [allocations, burst, size, rate]) {
    const where = server === 'loop' ? ['--loop']
        : ['--server', port[server], '--pid', pid, '--user', 'user',
           '--password', 'pass'];
    const { stdout, stderr } = spawnSync(tool, [
        ...where, '--allocations', allocations, '--burst', burst, '--size',
        size, '--rate', rate, '--seconds', seconds].map(String),
        { encoding: 'utf8' });

    if (!stdout) {
        throw new Error(`${server}: ${stderr}`);
    }

    return JSON.parse(stdout);
}


/* the child of nginx's master, once it is there */

async function workerOf(master) {
    for ( ;; ) {
        const { stdout } = spawnSync('pgrep', ['-P', String(master.pid)],
                                     { encoding: 'utf8' });

        if (stdout.trim()) {
            return stdout.trim();
        }

        if (master.exitCode !== null) {
            throw new Error(`nginx: ${join(dir, 'logs/error.log')}`);
        }

        await new Promise((done) => { setTimeout(done, 50); });
    }
}


const nginx = startOurs();
const coturn = startCoturn();
const pids = { ours: await workerOf(nginx), coturn: coturn.pid };
const servers = coturn.pid ? ['ours', 'coturn', 'loop'] : ['ours', 'loop'];

try {
    console.log('| allocations | burst | bytes | packets/s | server | '
                + 'µs/packet | of loop | loss | allocations/s |');
    console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');

    for (const row of rows) {
        const found = Object.fromEntries(servers.map((name) => [name, []]));

        for (let round = 0; round < rounds; round++) {
            for (const name of servers) {
                const result = measure(name, pids[name], row);

                found[name].push(result);
                appendFileSync(out, `${JSON.stringify({ server: name,
                                                        ...result })}\n`);
            }
        }

        const mean = (name, what) => found[name].reduce(
            (sum, result) => sum + result[what], 0) / rounds;

        for (const name of servers) {
            console.log(`| ${row[0]} | ${row[1]} | ${row[2]} | ${row[3]} | `
                + `${name} | ${mean(name, 'us').toFixed(2)} | `
                + `${(mean(name, 'us') / mean('loop', 'us')).toFixed(2)} | `
                + `${(100 * mean(name, 'loss')).toFixed(2)} % | `
                + `${mean(name, 'allocations_s').toFixed(0)} |`);
        }
    }
} finally {
    nginx.kill('SIGTERM');
    coturn.kill('SIGTERM');
    await new Promise((done) => { nginx.once('exit', done); });
    rmSync(dir, { recursive: true });
}
