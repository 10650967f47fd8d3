#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The options in a meeting's address, rooms with less, small screens, and the
 * keyboard.
 */

import { byId, comes, join, openBrowser, tile } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const browser = await openBrowser();
const room = await instance.createRoom({ name: 'Daily' });
const path = `${instance.url}/conferences/${room._id}`;

function overflows(page) {
    return page.evaluate(() => document.documentElement.scrollWidth
                               > window.innerWidth);
}


/* straight in, with everything off */

{
    const page = await browser.visit(`${path}?displayName=Ana+L&autoJoin=1`
                                     + '&mic=off&camera=off&chat=off');

    await tile(page, 'Ana L').waitFor({ state: 'attached' });
    ok(await tile(page, 'Ana L').locator('.tile-muted').count(),
       'the microphone is off');
    ok(await tile(page, 'Ana L').locator('.avatar').isVisible(),
       'the camera is off');
    is(await byId(page, 'chat-open').count(), 0, 'there is no chat');

    for (const id of ['mic', 'camera', 'screen', 'leave', 'participants',
                      'raise-hand'])
    {
        ok(await byId(page, id).isVisible(), `${id} is there`);
    }

    await page.context().close();
}


/* a language, an embedded look, a phone */

{
    const page = await browser.visit(
        `${path}?lang=de&minimal=1&mic=off&camera=off`,
        { viewport: { width: 320, height: 568 } });

    await byId(page, 'name').waitFor();
    is(await byId(page, 'join').innerText(), 'Teilnehmen', 'in German');
    ok(!await overflows(page), 'the lobby fits 320 pixels');
    await join(page, 'Phone');
    ok(!await overflows(page), 'the meeting fits 320 pixels');

    for (const id of ['mic', 'camera', 'screen', 'leave', 'chat-open',
                      'participants', 'raise-hand'])
    {
        const box = await byId(page, id).boundingBox();

        ok(box && box.x >= 0 && box.x + box.width <= 320
           && box.y >= 0 && box.y + box.height <= 568, `${id} is in sight`);
    }

    await byId(page, 'chat-open').click();
    ok(await byId(page, 'chat-input').isVisible(), 'the chat opens');
    ok(!await overflows(page), 'the chat fits 320 pixels');
    await page.context().close();
}


/* a small phone, and a room with a long name */

{
    const { _id: id } = await instance.createRoom({
        name: 'Weekly planning with a rather long name' });
    const page = await browser.visit(`${instance.url}/conferences/${id}`,
                                     { viewport: { width: 375, height: 667 } });

    await page.locator('rtc-preview video').waitFor();
    ok(await waitFor(() => page.getByRole('heading', { name: 'Weekly' })
                           .count()), 'the lobby has its room');

    const box = await byId(page, 'join').boundingBox();

    ok(box.y + box.height <= 667, 'one joins without scrolling');
    await page.context().close();
}


/* only the keyboard */

{
    const page = await browser.visit(`${path}?mic=off&camera=off`);

    await byId(page, 'name').waitFor();
    ok(await comes(page, () =>
        document.activeElement?.getAttribute('data-testid') === 'name'),
       'the name has the focus');
    await page.keyboard.type('Kim');
    await page.keyboard.press('Enter');
    await tile(page, 'Kim').waitFor({ state: 'attached' });

    await byId(page, 'chat-open').focus();
    await page.keyboard.press('Enter');
    ok(await comes(page, () =>
        document.activeElement?.getAttribute('data-testid')
        === 'chat-input'), 'the chat takes the focus');
    await page.keyboard.type('typed');
    await page.keyboard.press('Enter');
    ok(await waitFor(() => byId(page, 'chat-message').count()),
       'Enter sends');
    await page.keyboard.press('Escape');
    ok(await comes(page, () =>
        document.activeElement?.getAttribute('data-testid')
        === 'chat-open'), 'Escape gives the focus back');

    await page.locator('rtc-device-menu button').first().focus();
    await page.keyboard.press('Enter');
    ok(await comes(page, () =>
        document.activeElement?.getAttribute('role') === 'menuitemradio'),
       'a menu takes the focus');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    is(await page.locator('[role=menu]').count(), 0, 'Escape closes it');
    await page.context().close();
}


/* rooms with less */

{
    const quiet = await instance.createRoom({
        name: 'Radio', mediaType: 'MEDIA_TYPE_AUDIO_ONLY',
        allow_chat: false });
    const page = await browser.visit(
        `${instance.url}/conferences/${quiet._id}`);

    await join(page, 'Ana');
    is(await byId(page, 'camera').count(), 0, 'audio only: no camera');
    is(await byId(page, 'screen').count(), 0, 'and no screen');
    is(await byId(page, 'chat-open').count(), 0, 'a room without chat');
    ok(await waitFor(async () => await byId(page, 'mic').getAttribute(
        'aria-pressed') === 'true'), 'the microphone is on');
    await page.context().close();
}

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
