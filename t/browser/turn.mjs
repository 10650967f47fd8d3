#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting through TURN: browsers that may use relays only, over UDP, TCP and
 * TLS.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { meetRelayed, WAYS } from '../lib/turn.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'TURN' });

const { iceServers } = await instance.joinToken(id);

is(iceServers.length, 1, 'createToken tells of TURN');
is(iceServers[0].urls.map((url) => url.replace(/:.*=/, ' ')),
   ['turn udp', 'turn tcp', 'turns tcp'], 'over UDP, TCP and TLS');

/* the certificate is of nobody a browser knows */

const browser = await openBrowser('chromium', {
    args: ['--ignore-certificate-errors'],
});

for (const way of WAYS) {
    await meetRelayed(browser, `${instance.url}/conferences/${id}`, way,
                      { permissions: ['camera', 'microphone'] });
}

const metrics = await (await fetch(`${instance.url}/metrics`)).text();

ok(/^rtc_turn_allocated_total [1-9]/m.test(metrics), 'they are counted');

is(await browser.close(), [], 'no problem in the pages');
is(await instance.stop(), [], 'nothing in the log');

done();
