#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * ICE over TCP through a port that all workers share, and the PROXY protocol
 * that tells the SFU who comes.
 */

import { spawnSync } from 'node:child_process';

import { IceTcp, check } from '../lib/icecheck.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { onePort } from '../lib/one_port.mjs';
import { reload } from '../lib/processes.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo, metrics } from '../lib/workers.mjs';


const host = ownHost(import.meta.url);
const other = '198.18.0.2';

/* for this host somebody else, as far as a connection can tell */

spawnSync('ip', ['address', 'add', `${other}/24`, 'dev', 'host0']);

const { port, conf } = await onePort();
const instance = await startInstance({ RTC_IP: host, WORKERS: 2 }, conf);
const { _id: id } = await instance.createRoom({ name: 'one port' });

/* somebody in each worker */

const people = (await fillTwo(instance, (n) =>
    SignalClient.join(instance, id, { name: `P${n}` }))).map((p) => p.client);
const by = new Map();

for (const client of people) {
    const { sdp } = await client.next('offer');

    by.set(Number(/ice-ufrag:(\d{5})/.exec(sdp)[1]), sdp);
}

const own = [...by.keys()];
const offers = [...by.values()];

is(own.length, 2, 'there are two workers');

const list = [...offers[0].matchAll(/^a=candidate:\S+ 1 (.*)\r$/mg)]
    .map(([, line]) => line.split(' '));

is(list.map(([proto, , ...rest]) => [proto, ...rest].join(' ')),
   [`udp ${host} ${own[0]} typ host`,
    `tcp ${host} ${own[0]} typ host tcptype passive`,
    `tcp ${host} ${port} typ host tcptype passive`],
   'the port that is shared is the last candidate');
is(list.map(([, priority]) => priority).sort((a, b) => b - a),
   list.map(([, priority]) => priority), '.. and the worst one');

/* through the port */

const through = [];

for (const sdp of offers) {
    const tcp = await IceTcp.connect({ host, port });

    tcp.write(check(sdp));
    through.push([await tcp.mapped(), tcp.name, tcp]);
}

ok(through.every(([mapped, name]) => mapped === name),
   'each check gets to its worker, which knows the client');

/* a header of our own, from this host */

const text = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n';
const binary = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000208c6336401'
                           + '126801bb', 'hex');

async function answer(...parts) {
    const tcp = await IceTcp.connect({ host, port: own[0] });

    for (const part of parts) {
        tcp.write(part);
        await new Promise((next) => { setTimeout(next, 5); });
    }

    return [await tcp.mapped(), tcp];
}

const first = check(offers[0]);
const [mapped, tcp] = await answer(text, first);

is(mapped, '192.0.2.7 4711', 'version 1: its client is who the header says');
is((await answer(Buffer.concat([binary, first])))[0], '192.0.2.8 4712',
   'version 2 likewise');
is((await answer(text.slice(0, 3), text.slice(3).replace('4711', '4713'),
                 first.subarray(0, 9), first.subarray(9)))[0],
   '192.0.2.7 4713', 'a header in pieces');

const [same, twin] = await answer(text, first);

is(same, twin.name, 'who says the same as another is who it was');

tcp.write(first);
is(await tcp.mapped(), '192.0.2.7 4711', '.. and the other stays who it is');

const [self, liar] = await answer(`PROXY TCP4 ${host} ${host} 9 ${own[0]}\r\n`,
                                  first);

is(self, liar.name, 'nobody says that it came to the worker\'s own port');
is((await answer('PROXY UNKNOWN\r\n', first))[0]?.split(' ')[0], host,
   'a header that tells nothing');
is((await answer(first))[0]?.split(' ')[0], host, 'no header');

for (const bytes of ['PROXY TCP4 x y 1 2\r\n', `PROXY ${'x'.repeat(200)}`,
                     text + text, Buffer.concat([binary, binary])])
{
    is((await answer(bytes, first))[0], undefined, 'it is closed');
}

/* from elsewhere */

const stranger = await IceTcp.connect({ host, port: own[0],
                                        localAddress: other });

stranger.write(Buffer.concat([Buffer.from(text), first]));
is(await stranger.frame(), undefined, 'others may not say who they are');
ok(stranger.closed, '.. and are closed');

const plain = await IceTcp.connect({ host, port: own[0],
                                     localAddress: other });

plain.write(first);
is(await plain.mapped(), plain.name, '.. without a header they are served');

/* a reload */

await reload(instance);

for (const [n, sdp] of offers.entries()) {
    const old = through[n][2];

    old.write(check(sdp));
    is(await old.mapped(), old.name, 'a reload cuts nothing');

    const again = await IceTcp.connect({ host, port });

    again.write(check(sdp));
    is(await again.mapped(), again.name, '.. and new ones find old workers');
    again.end();
}

/* they end: so do the workers, and nothing is counted any more */

for (const client of people) {
    client.end();
}

for (const [, , open] of through) {
    open.end();
}

ok(await waitFor(async () => {
    const now = await metrics(instance);

    return [...now.samples].filter(([name]) =>
        name.startsWith('rtc_sfu_tcp_connections{'))
        .every(([, value]) => value === 0);
}, 30000), 'no connection is left');

is(await instance.stop(), [], 'nothing in the log');

done();
