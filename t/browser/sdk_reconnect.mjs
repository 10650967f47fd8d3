#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What LiveKit's SDK does when its connection is lost in one way or another:
 * it comes back by itself, with its tracks and to those of others, and with
 * the identity it had.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { selectedPairs } from '../lib/turn.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'lost' });

/* the certificate of TURN is of nobody a browser knows */

const browser = await openBrowser('chromium', {
    args: ['--ignore-certificate-errors'],
});

/* the SDK says so in the console when it loses a connection */

const anna = await enter(browser, instance, id, { name: 'Anna' },
    { expect: /rtc\/v1|status of 404|leave request|data ?channel/i });
const ben = await enter(browser, instance, id, { name: 'Ben' });

for (const person of [anna, ben]) {
    await person.run(() => room.localParticipant.publishTrack(
        picture(320, 180), { source: 'camera', simulcast: false }));
}


/* both see the track that the other has now */

async function seen() {
    const both = await Promise.all([anna, ben].map((person) =>
        person.until(() => {
            const tracks = [...room.remoteParticipants.values()]
                .flatMap((p) => [...p.trackPublications.values()]);

            return room.remoteParticipants.size === 1 && tracks.length === 1
                && streams('video').some((s) => s.framesDecoded > 3
                    && s.trackIdentifier
                       === tracks[0].track?.mediaStreamTrack.id);
        }, undefined, 20000)));

    return both.every(Boolean);
}

ok(await seen(), 'they see each other');

async function recovers(scenario, name) {
    await anna.run((s) => {
        events.length = 0;

        return room.simulateScenario(s);
    }, scenario);

    ok(await anna.until(() => events.includes('reconnected'), undefined,
                        20000), `${name}: it is back`);
    ok(await seen(), `${name}: they see each other`);
}

const scenarios = {
    'signal-reconnect': 'the signalling connection ends',
    'full-reconnect': 'the client begins anew',
    'resume-reconnect': 'the client wants to resume',
    'leave-full-reconnect': 'the server asks for a reconnect',
};

for (const [scenario, name] of Object.entries(scenarios)) {
    await recovers(scenario, name);
}

/* once each: the next session is as any other */

for (const [scenario, pair] of [
    ['force-tcp', /^host tcp \d+$/],
    ['full-reconnect', /^host udp \d+$/],
    ['force-tls', /^relay tls$/],
    ['full-reconnect', /^host udp \d+$/],
]) {
    await recovers(scenario, scenario);

    const pairs = await anna.run(selectedPairs);

    ok(pairs?.length > 0 && pairs.every((one) => pair.test(one)),
       `.. by ${pairs}`);
}

is(await anna.run(() => room.localParticipant.identity), anna.identity,
   'its identity is what it was');

await anna.run(() => room.simulateScenario('server-leave'));
ok(await anna.until(() => room.state === 'disconnected'),
   'who is asked to leave leaves');
ok(await ben.until(() => room.remoteParticipants.size === 0),
   'and is gone for the other');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
