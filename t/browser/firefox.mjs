#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Chromium and Firefox ESR see, hear and write to each other.
 */

import { hears, join, openBrowser, reads, say, seesVideo }
    from '../lib/browser.mjs';
import { ownHost, startInstance } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const [chromium, firefox] = await Promise.all([openBrowser('chromium'),
                                               openBrowser('firefox')]);
const room = await instance.createRoom({ name: 'Daily' });
const url = `${instance.url}/conferences/${room._id}`;

const ana = await chromium.visit(url);
const fox = await firefox.visit(url);

await join(ana, 'Ana');
await join(fox, 'Fox');

ok(await seesVideo(ana, 'Fox'), 'Chromium sees Firefox');
ok(await seesVideo(fox, 'Ana'), 'Firefox sees Chromium');
ok(await hears(ana), 'Chromium hears Firefox');
ok(await hears(fox), 'Firefox hears Chromium');

await say(ana, 'from Chromium');
ok(await reads(fox, 'from Chromium'), 'Firefox reads Chromium');
await say(fox, 'from Firefox');
ok(await reads(ana, 'from Firefox'), 'Chromium reads Firefox');

is(await chromium.close(), [], 'no problems in Chromium');
is(await firefox.close(), [], 'no problems in Firefox');
is(await instance.stop(), [], 'no problems in the server');
done();
