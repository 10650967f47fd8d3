#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's own check of a connection: all that it has to say, with a single
 * peer connection and with two.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { openSdk } from '../lib/sdk.mjs';
import { done, is } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'check' });
const browser = await openBrowser('chromium', {
    args: ['--ignore-certificate-errors'],      /* of TURN over TLS */
});

/* what a full reconnect makes the SDK say */

const settings = { permissions: ['camera', 'microphone'],
                   expect: /status of 404|leave request|data ?channel/i };


const warnings = {
    checkWebsocket: ['Server is insecure, '
                     + 'clients may block connections to it'],
};


/* in the page: {name, status, logs} */

async function run({ url, token, one, check }) {
    const checker = new lk.ConnectionCheck(url, token, {
        roomOptions: { singlePeerConnection: one },
    });
    const { name, status, logs } = await checker[check]();

    return { name, status: lk.CheckStatus[status],
             logs: logs.filter(({ level }) => level !== 'info')
                 .map(({ message }) => message) };
}

async function checked(one) {
    const page = await openSdk(browser, instance, settings);
    const grant = await instance.joinToken(id, { name: 'Anna' });

    for (const [check, name, status = 'SUCCESS'] of [
        ['checkWebsocket', 'WebSocketCheck'],
        ['checkWebRTC', 'WebRTCCheck'],
        ['checkTURN', 'TURNCheck'],
        ['checkReconnect', 'ReconnectCheck'],
        ['checkPublishAudio', 'PublishAudioCheck'],
        ['checkPublishVideo', 'PublishVideoCheck'],
        ['checkConnectionProtocol', 'ConnectionProtocolCheck'],
        ['checkCloudRegion', 'CloudRegionCheck', 'SKIPPED'],
    ])
    {
        is(await page.evaluate(run, { ...grant, one, check }),
           { name, status, logs: warnings[check] ?? [] },
           `${check}, ${one ? 'one connection' : 'two connections'}`);
    }

    await page.context().close();
}

await checked(true);
await checked(false);

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
