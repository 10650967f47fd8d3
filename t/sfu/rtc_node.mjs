#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK for node: audio, video, data and attributes both ways.
 */

import { startFormer } from '../lib/former.mjs';
import { startInstance, waitFor as until } from '../lib/instance.mjs';
import { RoomEvent, dispose, join } from '../lib/rtcclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'clients' });

const former = process.env.CONNECTIONS === '2' ? await startFormer(instance)
                                               : undefined;
const options = { url: former?.url };

const anna = await join(instance, id, { name: 'Anna' }, options);
ok(anna.room.isConnected, 'the first one is connected');

await anna.publishAudio();
await anna.publishVideo();
ok(anna.room.localParticipant.trackPublications.size === 2,
   'audio and video are published');

const ben = await join(instance, id, { name: 'Ben' }, options);
const seen = [...ben.room.remoteParticipants.values()];

is(seen.map((p) => p.name), ['Anna'], 'the second one sees the first');

ok(await until(() => ben.received.get('Anna')?.audio > 20),
   'the second one hears the first');
ok(await until(() => ben.received.get('Anna')?.video > 10),
   'the second one sees video of the first');

await ben.publishAudio();
await ben.publishVideo();

ok(await until(() => anna.received.get('Ben')?.audio > 20),
   'the first one hears the second');
ok(await until(() => anna.received.get('Ben')?.video > 10),
   'the first one sees video of the second');

/* data */

const texts = [];

anna.room.registerTextStreamHandler('lk.chat', async (reader, from) => {
    texts.push([from.identity, await reader.readAll()]);
});

await ben.room.localParticipant.sendText('Good morning', {
    topic: 'lk.chat',
});

ok(await until(() => texts.length === 1), 'a text arrives');
is(texts[0], [ben.grant.identity, 'Good morning'],
   'it says what was sent, and by whom');

const packets = [];

ben.room.on(RoomEvent.DataReceived, (payload, from, kind, topic) => {
    packets.push([new TextDecoder().decode(payload), from?.identity, topic]);
});

await anna.room.localParticipant.publishData(
    new TextEncoder().encode('lossy or not'),
    { reliable: true, topic: 'test' });

ok(await until(() => packets.length === 1), 'a packet arrives');
is(packets[0], ['lossy or not', anna.grant.identity, 'test'],
   'it is the one that was sent');

const large = 'x'.repeat(300000);

await ben.room.localParticipant.sendText(large, { topic: 'lk.chat' });
ok(await until(() => texts.length === 2), 'a long text arrives');
ok(texts[1][1] === large, 'whole');

/* what a participant changes about itself */

await anna.room.localParticipant.setAttributes({ hand: 'up' });

ok(await until(() => [...ben.room.remoteParticipants.values()][0]
                     ?.attributes.hand === 'up'),
   'an attribute arrives');

/* leaving */

await ben.leave();

ok(await until(() => anna.room.remoteParticipants.size === 0),
   'who leaves is gone for the others');

/* the room is closed */

await instance.updateRoom(id, { active: false });

ok(await until(() => anna.disconnected !== undefined, 1000),
   'a room that is closed is empty within a second');

await anna.leave();
await dispose();
former?.close();

is(await instance.stop(), [], 'nothing in the log');

done();
