#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages of a few bytes that everybody in the room is told of, by the
 * hundred at once: they cost others nothing, and what is true in the end is
 * told.
 */

import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { redisPid } from '../lib/processes.mjs';
import { SdpClient } from '../lib/sdpclient.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'hostile' });
const watcher = await SdpClient.join(instance, id, { name: 'Watcher' });

/* all in one piece */

function flood(client, messages) {
    client.ws.socket.cork();
    messages.forEach((message) => client.send(message));
    client.ws.socket.uncork();
}

async function heard(client) {
    client.send({ case: 'pingReq', value: { timestamp: 1n } });

    return Boolean(await client.next('pongResp')) && !client.ws.closed;
}

const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));

/* how many of a kind come before the answer to what is asked here */

async function count(client, kind) {
    const before = client.messages.length;

    client.messages.splice(0, before);

    let n = 0;
    const look = () => {
        n += client.messages.filter((m) => m.case === kind && !m.seen).length;
        client.messages.forEach((m) => { m.seen = true; });
        return false;
    };

    client.waiting.push(look);

    return async () => {
        await heard(client);
        client.waiting = client.waiting.filter((one) => one !== look);
        return n;
    };
}


/* all of a publisher is told at each change: the more the longer it is */

const mallory = await SdpClient.join(instance, id, { name: 'Mallory' });
const mic = await mallory.publish('mic');

ok(await watcher.has(mic), 'somebody publishes');

flood(mallory, [
    { case: 'updateMetadata', value: {
        metadata: 'm'.repeat(65000), attributes: { a: 'x'.repeat(65000) },
    } },
    ...times(201, (i) => ({ case: 'mute',
                            value: { sid: mic, muted: i % 2 === 0 } })),
]);

ok(await watcher.next('update', ({ participants: [p] }) =>
    p.sid === mallory.sid && p.tracks[0]?.muted, 15000),
   'it mutes its microphone two hundred times: others hear of it');
ok(await heard(watcher), '.. and are there');

/* a change after a while is told at once */

const small = await SdpClient.join(instance, id, { name: 'Small' });
const sound = await small.publish('sound');

ok(await watcher.has(sound), 'another one publishes');
small.send({ case: 'mute', value: { sid: sound, muted: true } });
ok(await watcher.next('update', ({ participants: [p] }) =>
    p.sid === small.sid && p.tracks[0]?.muted), '.. and mutes: it is told');

/* who speaks, or so it says */

let counted = await count(watcher, 'speakersChanged');

flood(mallory, times(1000, () => ({ case: 'simulate', value: {
    scenario: { case: 'speakerUpdate', value: 1 },
} })));
ok(await heard(mallory), 'a thousand speeches');

const speeches = await counted();

ok(speeches > 0 && speeches < 10, `.. are told ${speeches} times`);

/* data tracks, of which each subscriber hears all handles */

const eager = await SignalClient.join(instance, id, { name: 'Eager' },
                                      '&auto_subscribe_data_track=1');

flood(small, times(20, (i) => ({ case: 'publishDataTrackRequest',
                                 value: { pubHandle: i + 1, name: `${i}` } })));
ok(await eager.next('dataTrackSubscriberHandles', ({ subHandles }) =>
    Object.keys(subHandles).length === 20), 'twenty data tracks');

counted = await count(eager, 'dataTrackSubscriberHandles');

flood(small, times(1000, (i) => i % 2
    ? { case: 'publishDataTrackRequest',
        value: { pubHandle: 100, name: 'again' } }
    : { case: 'unpublishDataTrackRequest', value: { pubHandle: 100 } }));
ok(await heard(small), '.. one of them five hundred times');

const handles = await counted();

ok(handles > 0 && handles < 50, `.. are told in ${handles} messages`);

/* .. and which protocol it wants: Redis has to know, of which all have need */

const guest = await instance.joinToken(id, { name: 'Guest' });

process.kill(redisPid(instance), 'SIGSTOP');
flood(mallory, times(6000, () => ({ case: 'simulate', value: {
    scenario: { case: 'switchCandidateProtocol', value: 1 },
} })));
ok(await heard(mallory), 'six thousand wishes for TCP');

const joining = SignalClient.connect(guest).catch((error) => error);

ok(await heard(watcher), '.. and somebody comes');
process.kill(redisPid(instance), 'SIGCONT');

const came = await joining;

ok(came.joined, '.. who is let in');
came.end?.();

/* permissions may not come late, so there is an end to them */

flood(mallory, times(9000, (i) => ({ case: 'subscriptionPermission',
                                     value: { allParticipants: i % 2 } })));
ok(await mallory.next('leave', () => true, 10000),
   'who changes its permissions thousands of times has to go');
ok(await until(() => mallory.ws.closed), '.. and is gone');

for (const client of [watcher, small, eager]) {
    ok(await heard(client), 'others stay');
    client.end();
}

is(await instance.stop(), [], 'nothing in the log');
done();
