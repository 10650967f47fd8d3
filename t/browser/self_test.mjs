#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The test of the connection: with everything open, and without UDP.
 */

import { byId, openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();

async function outcome(page) {
    await byId(page, 'test-start').click();
    await byId(page, 'verdict').waitFor({ timeout: 120000 });

    const states = await byId(page, 'leg-state').evaluateAll((legs) =>
        legs.map((leg) => leg.dataset.state));

    return [await byId(page, 'verdict').getAttribute('data-verdict'),
            states.join(' ')];
}


/* the certificate of TURN is of nobody a browser knows */

const open = await openBrowser('chromium', {
    args: ['--ignore-certificate-errors'] });
const page = await open.visit(`${instance.url}/connection-test`, {
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 360, height: 700 } });

is(await outcome(page), ['good', 'works works works works works works'],
   'every way is open');
ok(/best way is UDP/.test(await byId(page, 'verdict').innerText()),
   'the best one is named');
ok(await page.evaluate(() => document.documentElement.scrollWidth
                             <= window.innerWidth), 'on a phone');
await byId(page, 'test-copy').click();
ok(await waitFor(async () => /^turn-tls +works: relay\/tls, .*:\d+, \d+ ms/m
    .test(await page.evaluate(() => navigator.clipboard.readText()))),
   'the report is copied');
is(await open.close(), [], 'no problems in the page');


/* rooms know nothing of it */

is(await instance.api('POST', '/api/conferences/getAll', {}), [],
   'the room of the test is hidden');


/* no UDP, and no trust in the certificate */

const blocked = await openBrowser('chromium', {
    args: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'] });
const guest = await blocked.visit(
    `${instance.url}/connection-test?lang=es`);

const [verdict, states] = await outcome(guest);

is([verdict, states], ['slow', 'works fails works fails works fails'],
   'only TCP is left');
ok(/TCP/.test(await byId(guest, 'verdict').innerText()), 'it is named');
is(await guest.locator('.leg-hint').count(), 3,
   'each way that fails has a hint');
is(await blocked.close(), [], 'no problems in the page');

is(await instance.stop(), [], 'no problems in the server');
done();
