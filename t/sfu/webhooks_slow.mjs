#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Webhooks and receivers that do not answer: nobody waits for another's. What
 * is under way at a reload comes once.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { redis, reload, workerPids } from '../lib/processes.mjs';
import { done, is, ok } from '../lib/tap.mjs';


function isShuttingDown(pid) {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .includes('shutting down');
}


/* answers what answer says, or never */

async function receive(answer = () => undefined) {
    const self = { events: [], answer };

    self.server = createServer(async (request, response) => {
        let body = '';

        request.setEncoding('utf8');
        for await (const part of request) {
            body += part;
        }

        const event = JSON.parse(body);

        self.events.push(event);

        const status = await self.answer(event);

        if (status) {
            response.writeHead(status).end();
        }
    }).listen(0, '127.0.0.1');

    await once(self.server, 'listening');
    self.url = `http://127.0.0.1:${self.server.address().port}/`;

    return self;
}


const instance = await startInstance({ WORKERS: 1 },
    { 'http-local': 'rtc_sfu_webhook_local on;' });
const good = await receive(() => 200);
const deaf = await Promise.all(Array.from({ length: 5 }, () => receive()));

const story = (room) => good.events.filter((event) =>
    event.room.name === room).map((event) => event.event);

async function configure(...urls) {
    await instance.api('POST', '/api/application/updateWebhooks', { urls });
    await until(async () => (await redis(instance, 'HGET', 'conf:settings',
                                         'webhooks')).includes(urls.at(-1)));
}

/* as the registry records it */

async function record(room, kind, fields = {}) {
    const all = { kind, room, epoch: 'e', departure_timeout: '0', ...fields };

    await redis(instance, 'XADD', 'conf:webhooks', '*',
                ...Object.entries(all).flat());
    await redis(instance, 'PUBLISH', 'conf:webhooks', '');
}

await configure(good.url);


/* the installation's URL does not wait for those of rooms */

for (let i = 0; i < 300; i += 1) {
    await record(`slow${i}`, 'started', { webhook_url: deaf[i % 5].url });
}

await record('quick', 'started');
await record('quick', 'finished');

ok(await until(() => story('quick').length === 2, 4000),
   "the installation is told, however slow rooms' own receivers are");
ok(await until(() => good.events.length === 302, 4000),
   'of their rooms, too');

const count = () => deaf.reduce((n, { events }) => n + events.length, 0);

ok(await until(() => count() > 64, 20000), 'others come after those');


/* nor for another of the installation's */

await configure(deaf[0].url, good.url);

for (const kind of ['started', 'finished', 'started', 'finished']) {
    await record('two', kind);
}

ok(await until(() => story('two').length === 4, 4000),
   'one receiver does not wait for another');
is(story('two').join(), 'room_started,room_finished,room_started,room_finished',
   'and gets them in order');


/* a URL that is taken away: what waits for it is not posted */

await record('away', 'started');
ok(await until(() => deaf[0].events.some((e) => e.room.name === 'away')),
   'one more waits');
await configure(good.url);


/* rooms that begin again */

const held = { departure_timeout: '60' };

await record('same', 'started');
await record('same', 'finished', held);
await record('same', 'started');
await record('same', 'finished');
ok(await until(() => story('same').length >= 2), 'a room begins again');
is(story('same'), ['room_started', 'room_finished'], 'it had not finished');

await record('anew', 'started');
await record('anew', 'finished', held);
await record('anew', 'started', { epoch: 'f' });
ok(await until(() => story('anew').length >= 3),
   'one that is made anew is another one');
is(story('anew'), ['room_started', 'room_finished', 'room_started'],
   'both are told');


/* a reload while a request is under way, in a worker with nobody in it */

await redis(instance, 'DEL', 'conf:webhooks');

let answer;

good.answer = () => new Promise((resolve) => { answer = resolve; });

await record('late', 'started');
ok(await until(() => answer !== undefined), 'a request is under way');

const old = workerPids(instance);

await reload(instance);
ok(await until(() => workerPids(instance).every((pid) => !old.includes(pid)
                                                || isShuttingDown(pid))),
   'the worker is told to quit');
good.answer = () => 200;
answer(200);

ok(await until(() => !workerPids(instance).some((pid) => old.includes(pid)),
               20000), 'the worker ends');
await record('late', 'finished');
ok(await until(() => story('late').at(-1) === 'room_finished', 20000),
   'another one goes on');
is(story('late'), ['room_started', 'room_finished'], 'nothing came twice');

is((await instance.stop()).join('\n'), '', 'nothing in the log');

for (const { server } of [good, ...deaf]) {
    server.close();
    server.closeAllConnections();
}

done();
