#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What somebody says before an agent hears it: the SDK records it, and sends
 * it as a byte stream once the agent has subscribed.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'preconnect' });
const browser = await openBrowser();

const anna = await enter(browser, instance, id, { name: 'Anna' }, {
    options: { publishDefaults: { preConnectBuffer: true } },
});
const agent = await enter(browser, instance, id, {}, {
    grant: ownToken(instance, id, 'agent', { kind: 'agent' }), keep: true,
    connectOptions: { autoSubscribe: false },
});

await agent.run(() => {
    window.buffers = [];

    room.registerByteStreamHandler('lk.agent.pre-connect-audio-buffer',
        async (reader, from) => {
            const parts = await reader.readAll();

            buffers.push([parts.reduce((n, part) => n + part.length, 0),
                          from.identity, reader.info.attributes.trackId]);
        });
});

await anna.run(() => room.localParticipant.setMicrophoneEnabled(true));

ok(await agent.until(() => [...room.remoteParticipants.values()][0]
   ?.getTrackPublication('microphone')), 'the agent sees the microphone');

await agent.run(() => [...room.remoteParticipants.values()][0]
    .getTrackPublication('microphone').setSubscribed(true));

ok(await agent.until(() => buffers.length === 1), 'it gets what was said');

const [[length, from, track]] = await agent.run(() => buffers);

ok(length > 0, '.. some sound');
is([from, track], [anna.identity, await anna.run(() => room.localParticipant
   .getTrackPublication('microphone').trackSid)], '.. of this track');
ok(await anna.run(() => events.includes('localTrackSubscribed')),
   'who speaks is told of the subscription');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
