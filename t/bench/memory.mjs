/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a participant who watches and listens costs a worker, by each way in:
 * memory, and transports, each of which takes a handshake.  LiveKit's are of
 * its SDK for node, with data channels; one of them sends sound.  Who comes
 * first touches memory that is there anyway, and does not count.
 */

import { startFormer } from '../lib/former.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { rss, workerPids } from '../lib/processes.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { metrics } from '../lib/workers.mjs';
import { measureOurs } from './servers.mjs';
import { note, printHead, printRow } from './table.mjs';


const people = Number(process.env.PEOPLE || 16);
const first = 8;
const viewers = 300;


async function size(instance) {
    const all = await metrics(instance);

    return {
        kb: rss(workerPids(instance)[0]),
        transports: all.sum('rtc_sfu_transports'),
    };
}


function print(name, count, before, after) {
    const kb = (after.kb - before.kb) / count;
    const transports = (after.transports - before.transports) / count;

    note({ part: 'memory', server: name, count, kb, transports });
    printRow([name, count, kb.toFixed(1), transports.toFixed(2)]);
}


async function sdk(name, former) {
    const instance = await startInstance({ WORKERS: 1, LOG_LEVEL: 'notice' });
    const proxy = await startFormer(instance);
    const { _id: id } = await instance.createRoom({
        name, max_participants: first + people });
    const enter = (n) => join(instance, id, { name: `Person ${n}` },
                              former ? { url: proxy.url } : {});
    const clients = [await enter(0)];

    await clients[0].publishAudio();

    const fill = async (number) => {
        while (clients.length < number) {
            clients.push(await enter(clients.length));
        }

        return waitFor(() => clients.slice(1).every((client) =>
            client.received.get('Person 0')?.audio > 5), 60000);
    };

    await fill(first);

    const before = await size(instance);
    const heard = await fill(first + people);

    print(name, people, before, await size(instance));

    for (const client of clients) {
        await client.leave();
    }

    proxy.close();

    return [...await instance.stop(),
            ...heard ? [] : [`${name}: somebody hears nothing`]];
}


/* the most that is seen while the tool runs */

async function whep() {
    const instance = await startInstance({ WORKERS: 1, LOG_LEVEL: 'notice' });
    const before = await size(instance);
    const most = { kb: 0, transports: 0 };
    let runs = true;

    const running = measureOurs(instance, { viewers, whep: true },
        ['--count', '--audio', '--frames', '5', '--size', '120',
            '--rate', '30', '--seconds', '2']).finally(() => { runs = false; });

    while (runs) {
        const now = await size(instance);

        most.kb = Math.max(most.kb, now.kb);
        most.transports = Math.max(most.transports, now.transports - 1);

        await new Promise((over) => { setTimeout(over, 250); });
    }

    await running;
    print('WHEP', viewers, before, most);

    return instance.stop();
}


export async function memory() {
    printHead('participants by', 'number', 'KB of each', 'transports of each');

    const problems = [
        ...await sdk('LiveKit, /rtc', true),
        ...await sdk('LiveKit, /rtc/v1', false),
        ...await whep(),
    ];

    await dispose();

    return problems;
}
