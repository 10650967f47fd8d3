#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The view-only page: it receives everything, captures nothing, and chats.
 */

import { byId, hears, join, openBrowser, reads, say, seesVideo, tile }
    from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const browser = await openBrowser();
const room = await instance.createRoom({ name: 'Lecture' });
const speaker = await browser.visit(
    `${instance.url}/conferences/${room._id}`);
const viewer = await browser.visit(
    `${instance.url}/conferences-view-mode/${room._id}`);

async function captures(page) {
    const counts = await Promise.all(['mic', 'camera', 'screen'].map(
        (id) => byId(page, id).count()));

    return counts.reduce((sum, count) => sum + count);
}

await viewer.evaluate(() => {
    window.asked = 0;
    navigator.mediaDevices.getUserMedia = async () => {
        window.asked++;
        throw new DOMException('', 'NotAllowedError');
    };
});

await join(speaker, 'Ana');
await byId(viewer, 'name').waitFor();
is(await captures(viewer), 0, 'the lobby has no capture controls');
await join(viewer, 'Vera');
is(await captures(viewer), 0, 'nor has the meeting');

ok(await seesVideo(viewer, 'Ana'), 'the viewer sees');
ok(await hears(viewer), 'the viewer hears');
await say(viewer, 'a question');
ok(await reads(speaker, 'a question'), 'the viewer writes');
await say(speaker, 'an answer');
ok(await reads(viewer, 'an answer'), 'the viewer reads');

ok(await waitFor(() => speaker.locator('.audience').locator(
    '[data-name="Vera"]').count()), 'the viewer sits in the audience');
is(await tile(speaker, 'Vera').locator('video').isVisible(), false,
   'without a picture');
is(await viewer.evaluate(() => window.asked), 0,
   'no device was asked for');
is(await viewer.evaluate(async () => {
    const sent = [];

    for (const connection of window.spied) {
        for (const entry of (await connection.getStats()).values()) {
            if (entry.type === 'outbound-rtp') {
                sent.push(entry.kind);
            }
        }
    }

    return sent;
}), [], 'the viewer sends no media');

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
