#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Pages without devices, without permission, without HTTPS: one is told why,
 * and can join all the same.
 */

import { byId, join, openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const browser = await openBrowser();
const room = await instance.createRoom({ name: 'Daily' });
const url = `${instance.url}/conferences/${room._id}`;


/* a page that finds the browser as change() makes it */

async function visit(change, value) {
    const page = await browser.visit('about:blank');

    await page.addInitScript(change, value);
    await page.goto(url);

    return page;
}

function refuse(name) {
    navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('refused', name);
    };
}

async function told(page, pattern, text) {
    const problems = byId(page, 'device-problem');

    await problems.first().waitFor();
    ok(pattern.test((await problems.allInnerTexts()).join(' ')), text);
}


{
    const page = await visit(refuse, 'NotAllowedError');

    await told(page, /not allowed to use the camera/, 'permission refused');
    await join(page, 'Ana');
    is(await byId(page, 'mic').getAttribute('aria-pressed'), 'false',
       'one is inside, and silent');
    await byId(page, 'mic').click();
    ok(await waitFor(() => page.locator('.notice', {
        hasText: 'not allowed to use the microphone' }).count()),
       'the microphone still says why it stays off');
}

{
    const page = await visit(refuse, 'NotFoundError');

    await told(page, /No camera was found/, 'no camera');
    await told(page, /No microphone was found/, 'no microphone');
}

{
    const page = await visit(refuse, 'NotReadableError');

    await told(page, /in use by another program/, 'a camera in use');
}

{
    const page = await visit(() => {
        Object.defineProperty(navigator, 'mediaDevices',
                              { value: undefined });
    });

    await told(page, /not on HTTPS/, 'a page without HTTPS');
    await join(page, 'Plain');
    is(await byId(page, 'tile').count() > 0, true, 'joins all the same');
    await byId(page, 'camera').click();
    ok(await waitFor(() => page.locator('.notice', {
        hasText: 'not on HTTPS' }).count()), 'and is told why');
}

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
