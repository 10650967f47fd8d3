#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The main job: two people open a room's address in Chromium and see, hear
 * and write to each other.
 */

import { byId, hears, join, openBrowser, reads, say, seesVideo, tile }
    from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const browser = await openBrowser();
const room = await instance.createRoom({ name: 'Daily' });
const url = `${instance.url}/conferences/${room._id}`;

const ana = await browser.visit(url);
const ben = await browser.visit(url);


/* the lobby */

await byId(ana, 'name').waitFor();
ok(await waitFor(async () => await ana.getByRole('heading', { level: 1 })
                             .innerText() === 'Daily'),
   'the lobby says which room it is');
ok(await waitFor(() => ana.locator('rtc-preview video').evaluate(
    (video) => video.videoWidth > 0)), 'the preview shows the camera');
ok(await waitFor(() => ana.locator('.level-bar[data-lit]').count()),
   'the level meter shows the microphone');

await byId(ana, 'join').click();
ok(await ana.locator('.field-problem').isVisible(),
   'without a name one is asked for it');
is(await byId(ana, 'tile').count(), 0, 'and not let in');


/* together */

await join(ana, 'Ana');

await byId(ben, 'name').fill('Ben <b>&');

const clicked = Date.now();

await byId(ben, 'join').click();
ok(await waitFor(() => tile(ben, 'Ana').locator('video').evaluateAll(
    ([video]) => video?.getVideoPlaybackQuality().totalVideoFrames > 0),
                 15000), 'the first frame comes');
diag(`the first frame came ${Date.now() - clicked} ms after the click`);

const NAME = 'Ben <b>&';

await ana.locator('[data-testid="tile"]').nth(1).waitFor();
is(await byId(ana, 'tile').evaluateAll((tiles) =>
    tiles.map((t) => t.dataset.name)), ['Ana', NAME],
   'a tile for everyone, with the exact name');
ok(await seesVideo(ana, NAME), 'Ana sees Ben');
ok(await seesVideo(ben, 'Ana'), 'Ben sees Ana');
ok(await seesVideo(ana, 'Ana'), 'Ana sees herself');
ok(await hears(ana), 'Ana hears Ben');
ok(await hears(ben), 'Ben hears Ana');


/* chat */

await say(ana, 'hello <i>there</i> https://example.org/x.');
ok(await waitFor(async () => await ben.locator('.badge:not(.calm)').count()
                             && await ben.locator('.badge:not(.calm)')
                                .innerText() === '1'),
   'an unread message is counted');
ok(await reads(ben, 'hello <i>there</i>'), 'Ben reads Ana, as text');
is(await byId(ben, 'chat-message').locator('a').evaluateAll((links) =>
    links.map((a) => [a.href, a.rel])),
   [['https://example.org/x', 'noopener noreferrer']], 'a link is a link');
await say(ben, 'good morning');
ok(await reads(ana, 'good morning'), 'Ana reads Ben');
is(await byId(ana, 'chat-message').count(), 2, 'each message is there once');


/* mute, camera, hand */

await byId(ben, 'mic').click();
ok(await waitFor(() => tile(ana, NAME).locator('.tile-muted').count()),
   'Ana sees that Ben is mute');
await byId(ben, 'camera').click();
ok(await waitFor(() => tile(ana, NAME).locator('.avatar').isVisible()),
   'a camera that is off leaves initials');
is(await tile(ana, NAME).locator('video').count(), 1,
   'and the video in its place');
await byId(ben, 'camera').click();
ok(await seesVideo(ana, NAME), 'and comes back');
await byId(ben, 'mic').click();
ok(await waitFor(async () =>
    await tile(ana, NAME).locator('.tile-muted').count() === 0),
   'Ben can be heard again');

await byId(ben, 'raise-hand').click();
ok(await waitFor(() => tile(ana, NAME).locator('.tile-hand').count()),
   'Ana sees the hand');
await byId(ana, 'participants').click();
is(await byId(ana, 'participant').evaluateAll((rows) =>
    rows.map((row) => row.dataset.name)), [NAME, 'Ana'],
   'who raises a hand is first in the list');
await byId(ben, 'raise-hand').click();
ok(await waitFor(async () =>
    await tile(ana, NAME).locator('.tile-hand').count() === 0),
   'the hand goes down');


/* a screen */

await byId(ben, 'screen').click();
ok(await waitFor(() => byId(ana, 'screen-share').locator('video')
                       .evaluateAll(([video]) => video?.videoWidth > 0),
                 15000), 'Ana sees the screen');
await byId(ben, 'screen').click();
ok(await waitFor(async () =>
    await byId(ana, 'screen-share').count() === 0), 'and its end');


/* the end */

await byId(ben, 'leave').click();
ok(/left/.test(await byId(ben, 'status').innerText()), 'Ben has left');
ok(await waitFor(async () => await byId(ana, 'tile').count() === 1),
   'and Ana is alone');
await byId(ben, 'rejoin').click();
is(await byId(ben, 'name').inputValue(), NAME, 'the name is still there');
await byId(ben, 'join').click();
ok(await seesVideo(ana, NAME), 'Ben comes again');

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
