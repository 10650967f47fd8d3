/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's SDK for browsers, without our pages: a person is a page that has
 * the SDK and a room, and runs what a test hands it.
 *
 *   const anna = await enter(browser, instance, id, { name: 'Anna' });
 *
 *   await anna.run(() => room.localParticipant.publishTrack(picture(640, 360),
 *                                                           { name: 'p' }));
 *   ok(await ben.until(() => received('video').framesDecoded > 10), 'seen');
 *
 * What runs in the page knows: lk (the SDK), room, events (names of what the
 * room told), picture(width, height, fps) and tone(hertz) (tracks that need
 * no device), received(kind) and sent(kind) (sums of WebRTC statistics, kept
 * up to date), streams(kind) (those of each stream that comes in).
 */

import { readFileSync } from 'node:fs';

import { waitFor } from './instance.mjs';


/* a page of ours without scripts: workers and sockets need an origin */

const path = '/404.html';
const missing = /the server responded with a status of 404/;

/* what browsers say of resumes, which a busy machine may have */

export const resumes = new RegExp('status of 404|data ?channel|signal'
    + '|WebSocket|ws://|interrupted', 'i');

/* .. and of connections that are lost or ended on purpose */

export const cuts = new RegExp(`rtc/v1|leave request|ERR_|${resumes.source}`,
                               'i');

/* CONNECTIONS=2: not the SDK's own choice, but one connection per direction */

export const single = process.env.CONNECTIONS !== '2';


/* in the page: the SDK, tracks and statistics */

function prepare() {
    const reports = { inbound: [], outbound: [], remote: [] };

    window.picture = (width, height, fps = 15) => {
        const canvas = document.createElement('canvas');
        const context = canvas.getContext('2d');
        let n = 0;

        Object.assign(canvas, { width, height });

        setInterval(() => {
            n += 1;

            for (let i = 0; i < 64; i += 1) {
                context.fillStyle =
                    `hsl(${(i * 37 + n * 11) % 360} 90% ${30 + i % 40}%)`;
                context.fillRect((i % 8) * width / 8 + (n * (i % 5 + 1)) % 40,
                                 (i >> 3) * height / 8 + (n * 3) % 20,
                                 width / 10, height / 10);
            }
        }, 1000 / fps);

        return canvas.captureStream(fps).getVideoTracks()[0];
    };

    window.tone = (hertz = 440) => {
        const context = new AudioContext();
        const source = context.createOscillator();
        const target = context.createMediaStreamDestination();

        source.frequency.value = hertz;
        source.connect(target);
        source.start();
        context.resume();

        return target.stream.getAudioTracks()[0];
    };

    const collect = async () => {
        const all = { inbound: [], outbound: [], remote: [] };

        for (const connection of window.spied) {
            if (connection.connectionState !== 'closed') {
                for (const entry of (await connection.getStats()).values()) {
                    ({ 'inbound-rtp': all.inbound,
                       'outbound-rtp': all.outbound,
                       'remote-inbound-rtp': all.remote })[entry.type]
                        ?.push(entry);
                }
            }
        }

        Object.assign(reports, all);
        setTimeout(collect, 100);
    };

    const sum = (entries) => {
        const total = {};

        for (const entry of entries) {
            for (const [name, value] of Object.entries(entry)) {
                if (typeof value === 'number') {
                    total[name] = (total[name] ?? 0) + value;
                }
            }
        }

        return total;
    };

    window.streams = (kind) =>
        reports.inbound.filter((entry) => entry.kind === kind);
    window.layers = (kind = 'video') =>
        reports.outbound.filter((entry) => entry.kind === kind);
    window.received = (kind) => sum(window.streams(kind));
    window.sent = (kind) => sum(window.layers(kind));
    window.remote = (kind) =>
        sum(reports.remote.filter((entry) => entry.kind === kind));

    window.events = [];
    window.show = (track) => document.body.append(track.attach());

    collect();
}


/* in the page */

async function connect({ url, token, options, connectOptions, keep, key }) {
    const { lk } = window;
    const keyProvider = key && new lk.ExternalE2EEKeyProvider();

    await keyProvider?.setKey(key);

    const room = new lk.Room({ ...options, ...key && { encryption: {
        keyProvider, worker: new Worker('/worker.mjs', { type: 'module' }),
    } } });

    for (const name of new Set(Object.values(lk.RoomEvent))) {
        room.on(name, (...values) => {
            window.events.push(name);

            if (name === 'trackSubscribed' && !keep) {
                window.show(values[0]);
            }
        });
    }

    window.room = room;

    if (key) {
        await room.setE2EEEnabled(true);
    }

    await room.connect(url, token, connectOptions);

    return [room.localParticipant.sid, room.localParticipant.identity];
}


export class Person {
    constructor(page, grant) {
        this.page = page;
        this.grant = grant;
    }

    run(what, value) {
        return this.page.evaluate(what, value);
    }

    /* a condition in the page that becomes true */

    until(condition, value, ms = 30000) {
        return waitFor(() => this.page.evaluate(condition, value), ms);
    }

    close() {
        return this.page.context().close();
    }
}


/* the SDK's worker that encrypts */

function cryptor() {
    return readFileSync(new URL(import.meta.resolve(
        'livekit-client/e2ee-worker')), 'utf8');
}


/* a page with the SDK, not connected */

export async function openSdk(browser, instance, settings = {}) {
    const page = await browser.visit(`${instance.url}${path}`,
                                     { expect: missing, ...settings });

    await page.evaluate(async () => {
        document.body.replaceChildren();
        window.lk = await import('/vendor/livekit-client.mjs');
    });
    await page.evaluate(prepare);

    return page;
}


/*
 * fields as of createToken.  options: those of Room, connectOptions: those of
 * its connect(), keep: what comes in is not shown, key: what goes out is
 * encrypted.
 */

export async function enter(browser, instance, id, fields = {},
                            { options, connectOptions, keep, grant, key,
                              ...settings } = {})
{
    const page = await openSdk(browser, instance, settings);
    const given = grant ?? await instance.joinToken(id, fields);
    const person = new Person(page, given);

    if (key) {
        await page.route('**/worker.mjs', (route) => route.fulfill({
            contentType: 'text/javascript', body: cryptor(),
        }));
    }

    [person.sid, person.identity] = await page.evaluate(connect, {
        ...given, connectOptions, keep, key,
        options: { singlePeerConnection: single, ...options },
    });

    return person;
}
