/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Requests to an installed server, each over a connection of its own, one every
 * 20 ms, and every 100 ms one to TURN over TLS; all certificates are checked.
 *
 *   const load = new TlsLoad(address, roots, requests, turnNames);
 *   ...
 *   await load.stop();
 *   is(load.failures, []);
 */

import { request } from 'node:https';
import { connect, createSecureContext } from 'node:tls';


/* at once: a host that is too slow for the rate goes on with less */

const PENDING = 25;

/* RFC 8489 */

const BINDING = Buffer.from('000100002112a4426162636465666768696a6b6c', 'hex');


export class TlsLoad {
    /* requests: [{ name, path, status }], turn: [{ name, alpn }] */

    constructor(address, roots, requests, turn) {
        this.to = { host: address, port: 443, timeout: 10000,
                    secureContext: createSecureContext({ ca: roots }) };
        this.failures = [];
        this.seen = [];                 /* { serial, at, until } */
        this.rows = new Map();          /* how often the last one was seen */
        this.pending = new Set();
        this.sent = 0;
        this.began = Date.now();

        let n = 0;
        let asked = 0;

        this.timer = setInterval(() => {
            while (asked < (Date.now() - this.began) / 20
                   && this.pending.size < PENDING)
            {
                this.start(this.http(requests[asked % requests.length]));

                if (asked % 5 === 0) {
                    this.start(this.turn(turn[n % turn.length]));
                    n += 1;
                }

                asked += 1;
            }
        }, 10);
    }

    start(promise) {
        this.sent += 1;
        this.pending.add(promise);

        promise.catch((error) => {
            this.failures.push(`${new Date().toISOString()} ${error}`);
        }).finally(() => { this.pending.delete(promise); });
    }

    note(what, at, socket) {
        const { serialNumber: serial } = socket.getPeerX509Certificate();
        const row = this.rows.get(what);

        this.seen.push({ serial, at, until: Date.now() });
        this.rows.set(what, { serial,
                              n: row?.serial === serial ? row.n + 1 : 1 });
    }

    http({ name, path, status }) {
        return new Promise((resolve, reject) => {
            const fail = (why) => reject(new Error(`${name}${path}: ${why}`));
            const at = Date.now();
            const ask = request({ ...this.to, servername: name, path,
                                  ALPNProtocols: ['http/1.1'], agent: false,
                                  headers: { Host: name } });

            ask.on('socket', (socket) => {
                socket.on('secureConnect', () => {
                    this.note(`https ${name}`, at, socket);
                });
            });
            ask.on('response', (response) => {
                if (response.statusCode !== status) {
                    fail(`status ${response.statusCode}`);
                }

                response.on('end', resolve);
                response.on('error', fail);
                response.resume();
            });
            ask.on('timeout', () => { fail('timeout'); ask.destroy(); });
            ask.on('error', fail);
            ask.end();
        });
    }

    turn({ name, alpn }) {
        return new Promise((resolve, reject) => {
            const fail = (why) => reject(new Error(`TURN ${name}: ${why}`));
            const at = Date.now();
            const socket = connect({ ...this.to, servername: name,
                                     ALPNProtocols: alpn });

            socket.on('secureConnect', () => {
                this.note(`turn ${name} ${alpn ?? ''}`, at, socket);
                socket.write(BINDING);
            });
            socket.on('data', (data) => {
                if (data.readUInt16BE() !== 0x0101) {
                    fail('no answer to a Binding request');
                }

                socket.end();
                resolve();
            });
            socket.on('timeout', () => { fail('timeout'); socket.destroy(); });
            socket.on('close', () => fail('closed'));
            socket.on('error', fail);
        });
    }

    async stop() {
        clearInterval(this.timer);
        this.seconds = (Date.now() - this.began) / 1000;
        await Promise.allSettled(this.pending);
    }

    /*
     * Whether everybody sees this certificate, so many times in a row: each
     * worker has one of its own.
     */

    allSee(serial, times = 8) {
        return [...this.rows.values()].every((row) =>
            row.serial === serial && row.n >= times);
    }

    /*
     * Of those who saw an older certificate after a change, in ms after it:
     * when the last one came, and when the last one knew.  It was replaced
     * between the two.  changes: [{ serial, since }]
     */

    lateness(changes, i) {
        const { serial, since } = changes[i];
        const before = changes[i - 1]?.since ?? 0;
        const next = changes[i + 1] ?? { since: Infinity };
        const older = this.seen.filter(({ serial: found, at, until }) =>
            until >= since && at >= before && at < next.since
            && found !== serial
            && (found !== next.serial || until < next.since));
        const last = (name) => Math.max(0, ...older.map((sample) =>
            sample[name] - since));

        return { came: last('at'), knew: last('until') };
    }
}
