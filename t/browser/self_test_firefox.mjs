#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The test of the connection in Firefox, which trusts no certificate of
 * nobody.
 */

import { byId, openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { done, is } from '../lib/tap.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const browser = await openBrowser('firefox');
const page = await browser.visit(`${instance.url}/connection-test?lang=de`);

await byId(page, 'test-start').click();
await byId(page, 'verdict').waitFor({ timeout: 120000 });

is(await byId(page, 'leg-state').evaluateAll((legs) =>
    legs.map((leg) => leg.dataset.state).join(' ')),
   'works works works works works fails', 'all ways but TLS');
is(await byId(page, 'verdict').innerText(),
   'Sie können teilnehmen. Der beste Weg ist UDP.', 'in German');

is(await browser.close(), [], 'no problems in the page');
is(await instance.stop(), [], 'no problems in the server');
done();
