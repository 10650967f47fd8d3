#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Encoders and players of others: Debian's simple-whip-client and GStreamer's
 * webrtcbin publish, a meeting page and players get it.
 */

import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';

import { hears, join, openBrowser, seesVideo, tile } from '../lib/browser.mjs';
import { picture, publishes, sound, webrtcbin, whipClient }
    from '../lib/gstreamer.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { members } from '../lib/processes.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { Stage } from '../lib/wish.mjs';
import { metrics } from '../lib/workers.mjs';


/* libnice binds to no loopback address */

const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'studio' });
const stage = new Stage(instance, id);
const browser = await openBrowser();
const watcher = await browser.visit(
    `${instance.url}/conferences/${id}?mic=off&camera=off`);

await join(watcher, 'Watcher');
await stage.open(browser);

const token = async (name, mode) => (await stage.token(name, mode)).token;
const count = async () => (await members(instance, id))[0];
const url = (kind) => `${instance.url}/${kind}/${id}`;

/*
 * One who publishes in a room of its own all the time: libnice makes no checks
 * once it is connected.
 */

const { _id: quiet } = await instance.createRoom({ name: 'quiet' });
const lasting = webrtcbin('publish', `${instance.url}/whip/${quiet}`,
    (await instance.joinToken(quiet, { name: 'Lasting' })).token,
    publishes({ audio: sound }));
const begun = Date.now();

async function whip(options) {
    return whipClient(url('whip'), await token('Encoder', 'speaker'), options);
}

async function publish(media) {
    return webrtcbin('publish', url('whip'), await token('Encoder', 'speaker'),
                     publishes(media));
}

async function play(codec) {
    return webrtcbin('play', url('whep'), await token('Player'), codec);
}

async function plays(player, color) {
    const good = await waitFor(() => player.audio > 20 && player.video > 10
                                     && player.color === color, 30000);

    if (!good) {
        diag(`audio:${player.audio} video:${player.video} ${player.color}`);
    }

    return good;
}

/* what it has said is told if it did not do what it should */

async function ends(program, name) {
    if (!is(await program.end(), 0, `${name} ends`)) {
        diag(program.lines.slice(-20).join('\n'));
    }
}

const requests = (method, kind) =>
    readFileSync(path(instance.dir, 'logs/access.log'), 'utf8')
        .split('\n').filter((line) => line.includes(`"${method} /${kind}/`))
        .map((line) => Number(/" (\d+) /.exec(line)[1]));

/* an encoder of another team, each way it sends its candidates */

for (const [codec, color, options] of [['VP8', 'red', []],
                                       ['H264', 'green', ['-n']]])
{
    const name = `whip-client ${codec} ${options}`.trim();
    const encoder = await whip({ audio: sound, video: picture(codec, color),
                                 options });

    ok(await seesVideo(watcher, 'Encoder', 30000), `${name}: seen`);
    ok(await hears(watcher), '.. heard');

    const player = await play(codec);

    ok(await plays(player, color), '.. webrtcbin plays it');
    await stage.play('page', { codec });
    ok(await stage.shows('page', color), '.. a page plays it');

    await ends(player, '.. the player');
    await ends(encoder, '.. the encoder');
    ok(encoder.said('Disconnecting from server'), '.. by its own word');
    is(requests('DELETE', 'whip').at(-1), 200, '.. a DELETE');
    await tile(watcher, 'Encoder').waitFor({ state: 'detached' });
    await stage.page.evaluate(() => window.peers.page.pc.close());
    ok(await waitFor(async () => await count() === 1), '.. nobody is left');
}

is(requests('PATCH', 'whip'), [204], 'the first one sent its candidates later');

/* webrtcbin, with all that it can do against loss */

for (const [codec, color] of [['VP8', 'blue'], ['VP9', 'red'],
                              ['H264', 'green']])
{
    const encoder = await publish({ audio: sound,
                                    video: picture(codec, color) });

    ok(await seesVideo(watcher, 'Encoder', 30000), `webrtcbin ${codec}: seen`);

    const player = await play(codec);

    ok(await plays(player, color), '.. played');
    ok(/a=rtpmap:\d+ ulpfec/.test(encoder.sdp('offer'))
       && !/ulpfec|red\/90000/.test(encoder.sdp('answer')),
       '.. FEC, which is no business of an SFU, was refused');
    ok(/rtx\/90000/.test(encoder.sdp('answer')), '.. repetition was not');
    ok(/OPUS\/48000\r/.test(player.sdp('offer'))
       && /OPUS\/48000\/2\r/.test(player.sdp('answer')),
       '.. Opus without channels is Opus');

    await ends(player, '.. the player');
    await ends(encoder, '.. the encoder');
    await tile(watcher, 'Encoder').waitFor({ state: 'detached' });
}

/* sound alone; a player that was there before */

const early = await play('VP8');

ok(await waitFor(async () => await count() === 2, 30000), 'a player waits');

const radio = await publish({ audio: sound });

ok(await waitFor(() => early.audio > 20, 30000), '.. and hears who comes');
await ends(radio, 'a publisher of sound');

const camera = await whip({ video: picture('VP8', 'blue') });

ok(await waitFor(() => early.video > 10 && early.color === 'blue', 30000),
   '.. and sees the next one, who has no sound');

await ends(camera, '.. who ends');
await ends(early, 'the player');
ok(await waitFor(async () => await count() === 1), 'nobody is left');

ok(await waitFor(() => Date.now() - begun > 35000, 35000)
   && (await members(instance, quiet))[0] === 1,
   'one who publishes for longer is a member still');
await ends(lasting, '.. until it');

const counted = await metrics(instance);

is(counted.get('rtc_sfu_dropped_packets_total{reason="malformed"}')
   + counted.get('rtc_sfu_dropped_packets_total{reason="srtp_forged"}'), 0,
   'nothing of theirs was malformed');

is(await browser.close(), [], 'no problem in a page');
is(await instance.stop(), [], 'no problem in the log');
done();
