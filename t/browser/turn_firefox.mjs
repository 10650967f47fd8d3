#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting through TURN in Firefox, which may use relays only, over UDP and
 * TCP.  For TLS it wants a certificate of somebody it knows: turn.mjs.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { done, is } from '../lib/tap.mjs';
import { meetRelayed, WAYS } from '../lib/turn.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'TURN' });
const browser = await openBrowser('firefox');

for (const way of WAYS.filter(({ name }) => name !== 'TLS')) {
    await meetRelayed(browser, `${instance.url}/conferences/${id}`, way);
}

is(await browser.close(), [], 'no problem in the pages');
is(await instance.stop(), [], 'nothing in the log');

done();
