#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A single peer connection in Chromium and in Firefox, and two in a third
 * browser, in one room: stereo beside mono, and a restart of ICE.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'single' });
const [chromium, firefox] = await Promise.all([openBrowser('chromium'),
                                               openBrowser('firefox')]);

const anna = await enter(chromium, instance, id, { name: 'Anna' });
const ben = await enter(firefox, instance, id, { name: 'Ben' });
const cid = await enter(chromium, instance, id, { name: 'Cid' },
                        { options: { singlePeerConnection: false } });
const people = { Anna: anna, Ben: ben, Cid: cid };

is(await Promise.all(Object.values(people).map((person) =>
       person.run(() => room.engine.pcManager.mode))),
   ['publisher-only', 'publisher-only', 'subscriber-primary'],
   'one connection, one, two');


for (const [name, person] of Object.entries(people)) {
    await person.run(async (who) => {
        const { localParticipant: me } = room;
        const stereo = who === 'Cid';

        await me.publishTrack(picture(160, 90, 5),
                              { source: 'camera', simulcast: false });

        if (who === 'Ben') {
            await me.setMicrophoneEnabled(true);
        } else {
            await me.publishTrack(tone(440), { source: 'microphone',
                                               forceStereo: stereo,
                                               dtx: !stereo });
        }
    }, name);
}

/* in the page: streams that bring something */

const lively = ({ pictures, sounds }) =>
    streams('video').filter((s) => s.framesDecoded > 3).length >= pictures
    && streams('audio').filter((s) => s.totalAudioEnergy > 0.001).length
       >= sounds;

for (const [name, person] of Object.entries(people)) {
    ok(await person.until(lively, { pictures: 2, sounds: 2 }, 60000),
       `${name} sees and hears all`);
}


/* a restart of ICE, by the SDK's own means */

async function frames(person) {
    return person.run(() => received('video').framesDecoded);
}

for (const [name, person] of [['Anna', anna], ['Ben', ben]]) {
    const names = () => person.run(() => {
        const { currentLocalDescription: ours, currentRemoteDescription: its }
            = window.spied[0];

        return [ours, its].map(({ sdp }) => /a=ice-ufrag:(.*)/.exec(sdp)[1]);
    });
    const before = await names();

    await person.run(() => room.engine.pcManager.publisher
                     .createAndSendOffer({ iceRestart: true }));

    let now;

    ok(await person.until((was) => {
        const { currentRemoteDescription: its } = window.spied[0];

        return !its.sdp.includes(was);
    }, before[1]), `${name}: the server has other credentials`);
    now = await names();
    ok(now[0] !== before[0], 'as the browser has');

    const [mine, theirs] = [await frames(person), await frames(cid)];

    ok(await person.until((n) => received('video').framesDecoded > n + 10,
                          mine), 'pictures come');
    ok(await cid.until((n) => received('video').framesDecoded > n + 20,
                       theirs), '.. and go');
    is(await person.run(() => window.spied[0].iceConnectionState === 'closed'),
       false, 'on the same connection');
}

/* who had two goes on with them; data goes between all */

for (const person of Object.values(people)) {
    await person.run(() => {
        window.texts = [];
        room.registerTextStreamHandler('t', async (reader) => {
            window.texts.push(await reader.readAll());
        });
    });
}

for (const [name, person] of Object.entries(people)) {
    await person.run((text) => room.localParticipant.sendText(text,
                                                              { topic: 't' }),
                     name);
}

for (const [name, person] of Object.entries(people)) {
    ok(await person.until(() => window.texts.length === 2),
       `${name} reads the others`);
}

is([...await chromium.close(), ...await firefox.close()], [],
   'no problems in the browsers');
is(await instance.stop(), [], 'no problems in the server');
done();
