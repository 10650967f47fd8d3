#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a player of WHEP gets: the active speaker in one stream, codecs that it
 * can decode; and what players may offer.
 */

import { openBrowser } from '../lib/browser.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { Stage } from '../lib/wish.mjs';


const instance = await startInstance({ RTC_IP: ownHost(import.meta.url) });
const { _id: id } = await instance.createRoom({ name: 'stage' });
const stage = new Stage(instance, id);
const browser = await openBrowser();

await stage.open(browser);

const anna = await stage.publish('Anna', 'red', 'VP8');

await stage.play('main');
ok(await stage.shows('main', 'red'), 'who publishes is shown');

/* the speaker */

const ben = await stage.publish('Ben', 'lime', 'VP8');

await stage.speak('Ben', true);
ok(await stage.shows('main', 'green'), 'who speaks is shown');
ok(await waitFor(async () => (await stage.watch('main')).energy > 0),
   '.. and heard');
await stage.speak('Ben', false);
await stage.speak('Anna', true);
ok(await stage.shows('main', 'red'), 'then the other one');

const got = await stage.watch('main');

is(got.ssrcs, 2, 'in the same two streams');
ok(got.lost <= 0, '.. without a gap');
diag(JSON.stringify(got));

await stage.speak('Anna', false);

/* foreign players */

const bare = (text) => text.split('\r\n').filter((line) =>
    !/^a=(extmap|rtcp-fb|ssrc|msid|rtpmap:\d+ rtx|fmtp:\d+ apt)/.test(line))
    .join('\r\n');

for (const [name, values] of [
    ['sendrecv', { direction: 'sendrecv' }],
    ['only video', { kinds: ['video'] }],
    ['video first', { kinds: ['video', 'audio'] }],
    ['two videos', { kinds: ['video', 'audio', 'video'] }],
    ['no extension, no RTX, no feedback', { change: bare }]])
{
    const player = await stage.play(name, values);

    is(player.status, 201, `${name}: answered`);
    ok(await stage.shows(name, 'red'), `${name}: plays`);
    await player.end();
}

const audio = await stage.play('audio', { kinds: ['audio'] });

ok(await waitFor(async () => (await stage.watch('audio')).audio > 10, 20000),
   'only audio: plays');
await audio.end();

/* a player gets what it can decode, even if that one does not speak */

const cleo = await stage.publish('Cleo', 'blue', 'VP9');
const picky = await stage.play('picky', { codec: 'VP9' });

ok(await stage.shows('picky', 'blue'), 'a player of one codec');
await cleo.end();
await picky.end();

/* codecs change within the stream */

const dora = await stage.publish('Dora', 'blue', 'H264');

await stage.speak('Dora', true);
ok(await stage.shows('main', 'blue'), 'from VP8 to H264');
await stage.speak('Dora', false);
await stage.speak('Ben', true);
ok(await stage.shows('main', 'green'), '.. and back');
await dora.end();

/* who is shown leaves */

await ben.end();
ok(await stage.shows('main', 'red'), 'the speaker leaves, who stays is shown');
await anna.end();

const back = await stage.publish('Anna', 'lime', 'VP8');

ok(await stage.shows('main', 'green'), 'all leave, one comes back');

/* another engine */

const firefox = await openBrowser('firefox');
const page = await stage.open(firefox);
const fox = await stage.play('fox', { page });

ok(fox.status === 201 && await stage.shows('fox', 'green', page),
   'Firefox plays');
is(await firefox.close(), [], '.. without a problem');
is(await back.end(), 200, 'the end');

is(await browser.close(), [], 'no problem in a page');
is(await instance.stop(), [], 'no problem in the log');
done();
