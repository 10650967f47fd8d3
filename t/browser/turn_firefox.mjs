#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting through TURN in Firefox, which may use relays only, over UDP and
 * TCP.  For TLS it wants a certificate of somebody it knows: turn.mjs.
 */

import { comes, openBrowser, seesVideo } from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { openRelayed, relayed, WAYS } from '../lib/turn.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'TURN' });
const browser = await openBrowser('firefox');

for (const way of WAYS.filter(({ name }) => name !== 'TLS')) {
    const open = (who) => openRelayed(browser,
        `${instance.url}/conferences/${id}`, who, way);

    const anna = await open('Anna');
    const ben = await open('Ben');

    ok(await seesVideo(anna, 'Ben', 30000), `${way.name}: video comes`);
    ok(await seesVideo(ben, 'Anna', 30000), `${way.name}: video goes`);
    ok(await comes(anna, relayed, way.protocol),
       `${way.name}: through a relay`);

    await anna.context().close();
    await ben.context().close();
}

is(await browser.close(), [], 'no problem in the pages');
is(await instance.stop(), [], 'nothing in the log');

done();
