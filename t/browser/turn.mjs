#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting through TURN: browsers that may use relays only, over UDP, TCP and
 * TLS.
 */

import { comes, openBrowser, seesVideo } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { openRelayed, relayed, WAYS } from '../lib/turn.mjs';


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
    const open = (who) => openRelayed(browser,
        `${instance.url}/conferences/${id}`, who, way,
        { permissions: ['camera', 'microphone'] });

    const anna = await open('Anna');
    const ben = await open('Ben');

    ok(await seesVideo(anna, 'Ben', 30000), `${way.name}: video comes`);
    ok(await seesVideo(ben, 'Anna', 30000), `${way.name}: video goes`);
    ok(await comes(anna, relayed, way.protocol),
       `${way.name}: through a relay`);

    await anna.context().close();
    await ben.context().close();
}

const metrics = await (await fetch(`${instance.url}/metrics`)).text();

ok(/^rtc_turn_allocated_total [1-9]/m.test(metrics), 'they are counted');

is(await browser.close(), [], 'no problem in the pages');
is(await instance.stop(), [], 'nothing in the log');

done();
