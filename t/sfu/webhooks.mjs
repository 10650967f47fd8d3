#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Webhooks: each event, signed, in order per room, once; again after failures;
 * by another worker when the one that delivers has died.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';

import { WebhookReceiver } from 'livekit-server-sdk';

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { redis, reload, workerPids } from '../lib/processes.mjs';
import { parse } from '../lib/prometheus.mjs';
import { dispose, join } from '../lib/rtcclient.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* a server that keeps what comes; answer says what it answers */

class Receiver {
    static async start() {
        const self = new Receiver();

        self.requests = [];
        self.answer = () => 200;
        self.server = createServer(async (request, response) => {
            let body = '';

            request.setEncoding('utf8');
            for await (const part of request) {
                body += part;
            }

            const item = { headers: request.headers, body, path: request.url,
                           event: JSON.parse(body) };
            const status = await self.answer(item);

            self.requests.push({ ...item, status });
            response.writeHead(status).end();
        });

        self.server.listen(0, '127.0.0.1');
        await once(self.server, 'listening');
        self.url = `http://127.0.0.1:${self.server.address().port}/hook?secret`;

        return self;
    }

    /* names of events, those of tracks with the source, others with who */

    story(room) {
        return this.requests
            .filter(({ status, event }) => status === 200
                                           && event.room.name === room)
            .map(({ event }) => [event.event, event.participant?.identity,
                                 event.track?.source].filter(Boolean)
                                .join(' '));
    }
}


const instance = await startInstance({ WORKERS: 3 },
    { 'http-local': 'rtc_sfu_webhook_local on;' });
const receiver = await Receiver.start();
const { api_key: key, api_secret: secret } = instance.admin;
const checker = new WebhookReceiver(key, secret);

async function configure(settings) {
    await redis(instance, 'HSET', 'conf:settings', 'webhooks',
                JSON.stringify(settings));
    await redis(instance, 'PUBLISH', 'conf:settings', '');
}

async function room(fields = {}) {
    return (await instance.createRoom({ name: 'told', ...fields }))._id;
}

function tells(id, ...story) {
    return until(() => receiver.story(id).length >= story.length, 30000)
        .then(() => is(receiver.story(id).join(', '), story.join(', '),
                       story.at(-1)));
}

async function queued() {
    return redis(instance, 'XLEN', 'conf:webhooks');
}


/* nobody wants to hear */

const silent = await room();
const first = await join(instance, silent, { identity: 'anna' });

await first.leave();
ok(await until(async () => await redis(instance, 'HLEN',
                                 `conf:room:${silent}:members`) === 0),
   'a meeting without webhooks');
is(await queued(), 0, '.. leaves nothing behind');


/* each event */

await configure({ urls: [receiver.url] });

const id = await room({ max_participants: 7 });
const anna = await join(instance, id, { identity: 'anna', name: 'Anna' });

await anna.publishAudio();
await tells(id, 'room_started', 'participant_joined anna',
            'track_published anna MICROPHONE');

const ben = await join(instance, id, { identity: 'ben', name: 'Ben' });

await tells(id, 'room_started', 'participant_joined anna',
            'track_published anna MICROPHONE', 'participant_joined ben');
await ben.leave();
await tells(id, 'room_started', 'participant_joined anna',
            'track_published anna MICROPHONE', 'participant_joined ben',
            'participant_left ben');

for (const { headers, body, path, event } of receiver.requests) {
    const checked = await checker.receive(body, headers.authorization);

    is(checked.event, event.event, `${event.event}: signed`);
    is(headers['content-type'], 'application/webhook+json', '.. its type');
    is(path, '/hook?secret', '.. its URL');
    ok(/^EV_/.test(event.id) && Math.abs(event.createdAt - Date.now() / 1000)
       < 60, '.. its id and time');
    ok(/^RM_/.test(event.room.sid), '.. its room');
}

await checker.receive(receiver.requests[0].body + ' ',
                      receiver.requests[0].headers.authorization)
    .then(() => ok(false, 'another body is refused'),
          () => ok(true, 'another body is refused'));

const [started, joined, published] = receiver.requests.map(({ event }) =>
    event);

is(started.room.maxParticipants, 7, 'the room in full');
is(joined.participant.name, 'Anna', 'the participant in full');
is(joined.participant.state, 'ACTIVE', '.. is there');
is(published.track.type, undefined, 'an audio track');
ok(/^TR_/.test(published.track.sid), '.. with its sid');
is(published.room.maxParticipants, undefined, '.. its room in short');
is(new Set(receiver.requests.map(({ event }) => event.id)).size,
   receiver.requests.length, 'ids differ');


/* who is gone for a moment, alone: the room has not finished */

await anna.leave();

const again = await join(instance, id, { identity: 'anna' });

await tells(id, 'room_started', 'participant_joined anna',
            'track_published anna MICROPHONE', 'participant_joined ben',
            'participant_left ben', 'track_unpublished anna MICROPHONE',
            'participant_left anna', 'participant_joined anna');

await redis(instance, 'HSET', `conf:room:${id}`, 'departure_timeout', '1');
await again.leave();
await tells(id, 'room_started', 'participant_joined anna',
            'track_published anna MICROPHONE', 'participant_joined ben',
            'participant_left ben', 'track_unpublished anna MICROPHONE',
            'participant_left anna', 'participant_joined anna',
            'participant_left anna', 'room_finished');


/* who never was there: its connection of media did not come about */

const never = await room();

(await SignalClient.join(instance, never, { identity: 'nils' }))
    .send({ case: 'leave', value: {} });
await tells(never, 'room_started', 'participant_connection_aborted nils');


/* another key signs */

const made = await instance.api('POST', '/api/application/createApiKey',
                                { label: 'hooks' });

await configure({ urls: [receiver.url], api_key: made.api_key });

const signed = await room();
const olga = await join(instance, signed, { identity: 'olga' });

await tells(signed, 'room_started', 'participant_joined olga');

const { body, headers } = receiver.requests.at(-1);
const otherChecker = new WebhookReceiver(made.api_key, made.api_secret);

is((await otherChecker.receive(body, headers.authorization)).event,
   'participant_joined', 'by another key');
ok(await checker.receive(body, headers.authorization)
    .then(() => false, () => true), '.. and not by the first one');

await configure({ urls: [receiver.url] });
await olga.leave();


/* failures: again, in order; another room goes on meanwhile */

const failing = await room();
const other = await room();
let failures = 2;

receiver.answer = ({ event }) => event.room.name === failing
                                 && failures-- > 0 ? 500 : 200;

const carl = await join(instance, failing, { identity: 'carl' });
const dora = await join(instance, other, { identity: 'dora' });

await tells(other, 'room_started', 'participant_joined dora');
await tells(failing, 'room_started', 'participant_joined carl');

const tries = receiver.requests.filter(({ event }) =>
    event.room.name === failing && event.event === 'room_started');

is(tries.length, 3, 'tried three times');
is(new Set(tries.map(({ event }) => event.id)).size, 1, '.. with one id');


/* those of a room */

receiver.answer = () => 200;

const own = await room();
const theirs = await Receiver.start();

await redis(instance, 'HSET', `conf:room:${own}`, 'webhook_url', theirs.url);

const emil = await join(instance, own, { identity: 'emil' });

await tells(own, 'room_started', 'participant_joined emil');
ok(await until(() => theirs.requests.length === 2), "the room's URL as well");

await instance.removeRoom(other);
await tells(other, 'room_started', 'participant_joined dora',
            'participant_left dora', 'room_finished');

await configure({ urls: [] });
await emil.leave();
ok(await until(() => theirs.story(own).at(-1) === 'participant_left emil'),
   '.. alone');
is(receiver.story(own).length, 2, '.. and not the others');


/* what is malformed is left aside */

await redis(instance, 'XADD', 'conf:webhooks', '*', 'kind', 'member', 'room',
            'none', 'after', 'x');

const last = await redis(instance, 'XADD', 'conf:webhooks', '*', 'what',
                         'is it');

await redis(instance, 'PUBLISH', 'conf:webhooks', '');
ok(await until(async () => await redis(instance, 'XRANGE', 'conf:webhooks',
                                       last, last) === '0'),
   'malformed changes');


/* the worker that delivers dies, and the next one goes on */

await configure({ urls: [receiver.url] });

let held;

receiver.answer = () => new Promise((answer) => { held = answer; });

const late = await room();
const finn = await join(instance, late, { identity: 'finn' });

await until(() => held !== undefined);

const owner = await redis(instance, 'GET', 'conf:webhooks:owner');

receiver.answer = () => 200;
await reload(instance);
held(500);
await tells(late, 'room_started', 'participant_joined finn');
ok(await until(async () => {
    const now = await redis(instance, 'GET', 'conf:webhooks:owner');

    return now && now !== owner;
}, 15000), 'after a reload another worker delivers');


/* workers are killed while they deliver: the next goes on, in order */

held = undefined;
receiver.answer = () => new Promise((answer) => { held = answer; });

async function record(where, ...kinds) {
    for (const kind of kinds) {
        await redis(instance, 'XADD', 'conf:webhooks', where, 'kind', kind,
                    'room', where === '*' ? 'crash' : 'behind', 'epoch', 'e',
                    'departure_timeout', '0');
    }
}

await record('*', 'started', 'finished', 'started', 'finished');
await redis(instance, 'PUBLISH', 'conf:webhooks', '');
await until(() => held !== undefined);

for (const pid of workerPids(instance)) {
    process.kill(pid, 'SIGKILL');
}

receiver.answer = () => 200;
held(500);
await tells('crash', 'room_started', 'room_finished', 'room_started',
            'room_finished');


/* another Redis takes over, whose ids are behind those that were seen */

await redis(instance, 'DEL', 'conf:webhooks');
await record('5-1', 'started');
await redis(instance, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
await tells('behind', 'room_started');
await record('5-2', 'finished');
await redis(instance, 'PUBLISH', 'conf:webhooks', '');
await tells('behind', 'room_started', 'room_finished');

const metrics = parse(await (await fetch(`${instance.url}/metrics`)).text());

is(metrics.get('rtc_sfu_webhooks_total{result="delivered"}') > 0, true,
   'they are counted');

for (const one of [carl, finn]) {
    await one.leave();
}

await dispose();

is((await instance.stop()).filter((line) => !/exited on signal 9/.test(line))
   .join('\n'), '', 'nothing else in the log');

receiver.server.close();
theirs.server.close();
receiver.server.closeAllConnections();
theirs.server.closeAllConnections();

done();
