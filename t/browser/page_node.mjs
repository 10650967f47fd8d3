#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Our pages with LiveKit's SDK for node: sight, sound and chat both ways, for
 * viewers of both kinds, too; then the room is closed under all of them.
 */

import { byId, hears, join, openBrowser, reads, say, seesVideo, status, tile }
    from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { dispose, join as joinNode } from '../lib/rtcclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const browser = await openBrowser();
const { _id: id } = await instance.createRoom({ name: 'Mixed' });

/* the SDK says so when channels end before it has read that the room did */

const expect = /data ?channel/i;
const page = await browser.visit(`${instance.url}/conferences/${id}`,
                                 { expect });
const viewer = await browser.visit(
    `${instance.url}/conferences-view-mode/${id}`, { expect });

await join(page, 'Page');
await join(viewer, 'Vera');

const node = await joinNode(instance, id, { name: 'Node' });
const walt = await joinNode(instance, id, { name: 'Walt', mode: 'view' });
const texts = [];

node.room.registerTextStreamHandler('lk.chat', async (reader, from) => {
    texts.push(`${node.room.remoteParticipants.get(from.identity)?.name}: `
               + await reader.readAll());
});
walt.room.registerTextStreamHandler('lk.chat', () => {});

await node.publishAudio();
await node.publishVideo();


/* both ways */

ok(await seesVideo(page, 'Node'), 'the page sees Node');
ok(await hears(page), '.. and hears it');
ok(await waitFor(() => node.received.get('Page')?.video > 5, 15000),
   'Node sees the page');
ok(await waitFor(() => node.received.get('Page')?.audio > 5, 15000),
   '.. and hears it');

await node.room.localParticipant.sendText('from Node', { topic: 'lk.chat' });
ok(await reads(page, 'from Node'), 'the page reads Node');
ok(await reads(viewer, 'from Node'), 'so does the viewer');
await say(page, 'from the page');
ok(await waitFor(() => texts.includes('Page: from the page')),
   'Node reads the page');
await say(viewer, 'from the viewer');
ok(await waitFor(() => texts.includes('Vera: from the viewer')),
   '.. and the viewer');


/* those who only watch */

ok(await seesVideo(viewer, 'Node') && await seesVideo(viewer, 'Page'),
   'a viewer sees both');
ok(await hears(viewer), '.. and hears');
ok(await waitFor(() => ['Node', 'Page'].every((name) =>
       walt.received.get(name)?.video > 5 && walt.received.get(name)?.audio
       > 5), 15000), 'a viewer with the SDK sees and hears both');
ok(await walt.publishAudio().then(() => false, () => true),
   '.. but cannot speak');
is(await byId(page, 'tile').evaluateAll((tiles) =>
    tiles.filter((t) => t.dataset.name === 'Walt'
                        && t.querySelector('video')?.videoWidth).length), 0,
   '.. nor be seen');
ok(await tile(page, 'Node').count(), 'Node is on the stage');


/* the room is closed */

const closed = [];
const start = Date.now();
const ends = [page, viewer].map((p) => byId(p, 'status').waitFor()
    .then(() => closed.push(Date.now() - start)));

await instance.updateRoom(id, { active: false });
ok(await waitFor(() => node.disconnected && walt.disconnected, 1000),
   'within a second the SDK is out');
await Promise.all(ends);
ok(Math.max(...closed) < 1000, `.. and the pages are, ms:${closed}`);

for (const p of [page, viewer]) {
    ok(/closed by its host/.test(await status(p)), 'with a sentence');
}

is((await instance.api('POST', '/api/conferences/getById',
                       { id, extended: true })).participants, 0,
   'nobody is in the room');

is(await browser.close(), [], 'no problems in the pages');
await Promise.all([node.leave(), walt.leave()]);
await dispose();
is(await instance.stop(), [], 'no problems in the server');
done();
