#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A viewer whose page sends media all the same: in an offer nobody was told
 * of, with an answer that it bends.  None of it reaches anybody.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { parse } from '../lib/prometheus.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const browser = await openBrowser();
const { _id: id } = await instance.createRoom({ name: 'Lecture' });
const speaker = await enter(browser, instance, id, { name: 'Speaker' });
const mallory = await enter(browser, instance, id,
                            { name: 'Mallory', mode: 'view' });

await speaker.run(async () => {
    await room.localParticipant.publishTrack(picture(320, 180),
                                             { source: 'camera' });
    await room.localParticipant.publishTrack(tone());
});
ok(await mallory.until(() => received('video').framesDecoded > 3
                             && received('audio').totalAudioEnergy > 0),
   'a viewer sees and hears');
ok(await mallory.run(() => room.localParticipant.publishTrack(tone())
                     .then(() => false, () => true)),
   'the SDK of a viewer refuses to publish');


/* in the page: what the server answers becomes "send to me" */

function insist() {
    const { publisher } = room.engine.pcManager;
    const set = RTCPeerConnection.prototype.setRemoteDescription;

    RTCPeerConnection.prototype.setRemoteDescription = function (answer) {
        const offers = this.localDescription?.sdp.split(/^(?=m=)/m);
        const sdp = answer.type === 'answer'
            ? answer.sdp.split(/^(?=m=)/m).map((section, i) =>
                (/^a=sendonly/m.test(offers[i])
                    ? section.replace(/^a=inactive/m, 'a=recvonly')
                    : section)).join('')
            : answer.sdp;

        return set.call(this, { type: answer.type, sdp });
    };

    for (const track of [picture(320, 180), tone()]) {
        publisher.addTransceiver(track, { direction: 'sendonly' });
    }

    return room.engine.negotiate().catch(String);
}

async function dropped() {
    const metrics = parse(await (await fetch(`${instance.url}/metrics`))
                          .text());

    return metrics.sum('rtc_sfu_dropped_packets_total');
}

const before = await dropped();

await mallory.run(insist);
ok(await mallory.until(() => sent('video').packetsSent > 20
                             && sent('audio').packetsSent > 20),
   'it sends what nobody was told of');
ok(await waitFor(async () => await dropped() > before + 20),
   '.. which is dropped');
is(await speaker.run(() => [...room.remoteParticipants.values()]
    .flatMap((p) => [...p.trackPublications.values()]).length), 0,
   'nobody is told of a track');
is(await speaker.run(() => streams('video').length + streams('audio').length),
   0, 'nor gets a packet');
ok(await mallory.until((n) => received('video').framesDecoded > n,
                       await mallory.run(() =>
                           received('video').framesDecoded)),
   'and the viewer goes on to see');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
