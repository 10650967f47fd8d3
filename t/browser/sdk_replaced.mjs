#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Somebody joins again, by another device, while the network of the first one
 * is away: whichever SDK that one has, it hears of it when it is back, and does
 * not throw the other one out.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { browserMember, nodeMember } from '../lib/member.mjs';
import { startFormer } from '../lib/former.mjs';
import { roomService } from '../lib/roomservice.mjs';
import { dispose } from '../lib/rtcclient.mjs';
import { cuts } from '../lib/sdk.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';
import { metrics } from '../lib/workers.mjs';


const duplicate = 2;    /* of LiveKit's DisconnectReason */

const instance = await startInstance({
    WORKERS: 2, RTC_IP: ownHost(import.meta.url),
}, steerable);
const { _id: id } = await instance.createRoom({ name: 'one at a time' });
const proxy = await Proxy.start(instance);
const former = await startFormer(proxy);
const browsers = [];

const grant = (identity) => ownToken(instance, id, identity);

async function inBrowser(kind, v0) {
    const browser = await openBrowser(kind);
    const url = proxy.url.replace('127.0.0.1', 'localhost');

    browsers.push(browser);

    return browserMember(browser, { url },
                         { ...grant(kind), url: url.replace('http', 'ws') },
                         { expect: cuts, v0 });
}

const service = roomService(instance);
const sids = async () => (await service.listParticipants(id))
    .map(({ sid }) => sid);
const refused = async () => (await metrics(instance))
    .get('rtc_sfu_joins_total{result="resume"}');
let tries = 0;

for (const [name, come] of [
    ['Chromium', () => inBrowser('chromium', false)],
    ['Firefox', () => inBrowser('firefox', true)],
    ['rtc-node', () => nodeMember(grant('node'),
        { url: proxy.url.replace('http', 'ws') })],
    ['rtc-node, v0', () => nodeMember(grant('node'), { url: former.url })],
]) {
    const first = await come();
    let back;

    proxy.gate = new Promise((resolve) => { back = resolve; });
    proxy.cut();

    const second = await nodeMember(grant(first.identity),
        { url: instance.url.replace('http', 'ws') });

    back();
    proxy.gate = undefined;

    ok(await waitFor(async () => await first.run((me) => me.reason)
        === duplicate, 30000), `${name}: was told that it was replaced`);
    is(await sids(), [second.sid], '.. the second device stays');
    tries += 1;
    ok(await waitFor(async () => await refused() === tries),
       '.. after one try to come back');

    await first.leave();
    await second.leave();
    await waitFor(async () => (await sids()).length === 0);
}

await dispose();

for (const browser of browsers) {
    is(await browser.close(), [], 'no problems in the browser');
}

former.close();
proxy.stop();
is(await instance.stop(), [], 'no problems in the server');
done();
