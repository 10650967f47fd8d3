#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK publishes, unpublishes, mutes and replaces, and another
 * chooses what it gets, over and over on one connection.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { enter, single } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'choices' });
const browser = await openBrowser();

const anna = await enter(browser, instance, id, { name: 'Anna' });
const ben = await enter(browser, instance, id, { name: 'Ben' });


/* what Ben has of Anna: source -> the track, null without it */

await ben.run(() => {
    window.has = () => Object.fromEntries(
        [...room.remoteParticipants.values()]
            .flatMap((p) => [...p.trackPublications.values()])
            .map((t) => [t.source, t.track?.mediaStreamTrack]));
    window.of = (source) => [...room.remoteParticipants.values()][0]
        .getTrackPublication(source);
    window.wantAll = (wanted) => [...room.remoteParticipants.values()]
        .forEach((p) => p.trackPublications.forEach((t) =>
            t.setSubscribed(wanted)));
    window.all = (n) => {
        const tracks = Object.values(window.has());

        return tracks.length === n
               && tracks.every((t) => t?.readyState === 'live' && !t.muted);
    };
});

async function moves() {
    const frames = await ben.run(() => received('video').framesDecoded ?? 0);

    return ben.until((n) => received('video').framesDecoded > n + 3, frames);
}


/* the same tracks again and again */

await anna.run(() => {
    window.tracks = { camera: picture(320, 180), microphone: tone() };
    window.publish = (source) => room.localParticipant.publishTrack(
        tracks[source], { source, simulcast: false });
    window.unpublish = (source) => room.localParticipant.unpublishTrack(
        tracks[source], false);
});

let rounds = 0;

for (let i = 0; i < 15; i += 1) {
    await anna.run(async () => {
        await publish('camera');
        await publish('microphone');
    });

    const came = await ben.until(() => all(2));

    await anna.run(async () => {
        await unpublish('camera');
        await unpublish('microphone');
    });

    rounds += came && await ben.until(() => all(0)) ? 1 : 0;
}

is(rounds, 15, 'tracks come and go');
is(await ben.run(() => spied.length), single ? 1 : 2,
   single ? 'one peer connection' : 'two peer connections');
ok(await ben.run((most) => spied.every((connection) =>
       (connection.remoteDescription?.sdp.match(/^m=/mg)?.length ?? 0)
       <= most), single ? 7 : 5),
   'their sections are used again');

await anna.run(async () => {
    await publish('camera');
    await publish('microphone');
});
ok(await ben.until(() => all(2)) && await moves(), 'they are there again');

/* the receiver chooses */

rounds = 0;

for (let i = 0; i < 10; i += 1) {
    await ben.run(() => wantAll(false));

    const went = await ben.until(() => Object.values(has())
                                 .every((track) => !track));

    await ben.run(() => wantAll(true));
    rounds += went && await ben.until(() => all(2)) ? 1 : 0;
}

is(rounds, 10, 'unsubscribed, subscribed');
ok(await moves(), 'the picture moves again');

await ben.run(() => of('camera').setSubscribed(false));
await ben.until(() => !has().camera);
await anna.run(() => {
    tracks.screen_share = picture(320, 180);
    return publish('screen_share');
});
ok(await ben.until(() => has().screen_share), 'a further track comes');
await anna.run(() => unpublish('screen_share'));
ok(await ben.until(() => !('screen_share' in has())), 'and goes');
ok(await ben.run(() => !has().camera),
   'what is not wanted does not come with it');
await ben.run(() => of('camera').setSubscribed(true));
ok(await ben.until(() => all(2)) && await moves(), 'until it is wanted');

/* enabled or not */

await ben.run(() => of('camera').setEnabled(false));
await ben.until(async () => {
    const packets = received('video').packetsReceived;

    await new Promise((f) => { setTimeout(f, 500); });

    return received('video').packetsReceived === packets;
});
ok(await ben.until(() => has().camera), 'a disabled track stays');
await ben.run(() => of('camera').setEnabled(true));
ok(await moves(), 'and goes on');

/* the sender mutes, and replaces */

for (const source of ['camera', 'microphone']) {
    await anna.run((s) => room.localParticipant.getTrackPublication(s).mute(),
                   source);
    ok(await ben.until((s) => of(s).isMuted, source), `${source}: muted`);
    await anna.run((s) => room.localParticipant.getTrackPublication(s)
                   .unmute(), source);
    ok(await ben.until((s) => !of(s).isMuted, source), `${source}: unmuted`);
}

ok(await moves(), 'the picture moves again');

await anna.run(() => room.localParticipant.getTrackPublication('camera').track
               .replaceTrack(picture(400, 300)));
ok(await ben.until(() => streams('video').some((s) => s.frameWidth === 400)),
   'a replaced track is another picture');

/* layers */

await anna.run(async () => {
    await room.localParticipant.unpublishTrack(
        room.localParticipant.getTrackPublication('camera').track);
    await room.localParticipant.publishTrack(picture(640, 360),
                                             { source: 'camera' });
});
ok(await ben.until(() => streams('video').some((s) => s.frameWidth === 640)),
   'simulcast: the best layer');

for (const [quality, width] of [[0, 320], [2, 640], [0, 320]]) {
    await ben.run((q) => of('camera').setVideoQuality(q), quality);
    ok(await ben.until((w) => streams('video')
                       .some((s) => s.frameWidth === w), width),
       `quality ${quality}: ${width} pixels`);
}

await ben.run(() => of('camera').setVideoDimensions({ width: 640,
                                                      height: 360 }));
ok(await ben.until(() => streams('video').some((s) => s.frameWidth === 640)),
   'by dimensions: 640 pixels');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
