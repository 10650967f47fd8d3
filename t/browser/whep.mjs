#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WHEP: a player waits for a publisher, chooses whom it gets, restarts ICE;
 * what is refused, and what a session ends by.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { members } from '../lib/processes.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { roomService } from '../lib/roomservice.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { FRAGMENT, SDP, Stage, client, credentials, sections }
    from '../lib/wish.mjs';


const instance = await startInstance();
const { _id: id } = await instance.createRoom({ name: 'stage' });
const stage = new Stage(instance, id);
const { endpoint } = stage;
const { token, identity: player } = await stage.token('Player');
const { ask, status } = client(instance, token);

const browser = await openBrowser();
const page = await stage.open(browser);

/* what is refused */

const sdp = await page.evaluate(() => window.player('refused'));

for (const [want, name, values] of [
    [415, 'another type', { type: 'text/plain' }],
    [401, 'no token', { auth: '' }],
    [401, 'a malformed token', { auth: 'x.y.z' }],
    [400, 'no description', { body: 'hello' }],
    [400, 'no body', { body: '' }],
    [413, '1000 sections', { body: sections(sdp, 1000) }],
    [422, '500 sections', { body: sections(sdp, 500) }],
    [413, 'a megabyte', { body: 'x'.repeat(1 << 20) }],
    [422, 'no fingerprint',
     { body: sdp.replace(/^a=fingerprint.*\r\n/mg, '') }],
    [422, 'no codec of ours', { body: sdp.replace(/VP8|VP9|H264|AV1|opus/g,
                                                  'other') }],
    [422, 'sendonly', { body: sdp.replace(/recvonly/g, 'sendonly') }],
    [422, 'inactive', { body: sdp.replace(/recvonly/g, 'inactive') }]])
{
    is(await status('POST', endpoint, { body: sdp, type: SDP, ...values }),
       want, name);
}

is(await status('POST', '/whep/000000000000000000000000',
                { body: sdp, type: SDP }), 403, 'a token of another room');
ok(await waitFor(async () => (await members(instance, id))[0] === 0),
   '.. and nobody of these stays');
is(await status('GET', endpoint), 204, 'GET is empty');

const options = await ask('OPTIONS', endpoint, { auth: '' });

is([options.status, options.header('accept-post'),
    options.header('access-control-allow-origin')], [200, SDP, '*'],
   'OPTIONS tells any origin');

/* a player that comes first waits */

const first = await stage.play('first', { auth: token });
const etag = first.header('etag');
const location = first.header('location');

is([first.status, first.header('content-type')], [201, SDP],
   'with nobody there the session waits');
is(first.text.match(/^a=(send|recv|inact).*/mg),
   ['a=sendonly', 'a=sendonly'], 'the answer only sends');
is(new Set(first.text.match(/^a=msid:\S+/mg)).size, 1, '.. one MediaStream');
ok(/^"[^"]+"$/.test(etag) && location.startsWith(`${endpoint}/`)
   && location.length > endpoint.length + 48, '.. with address and ETag');

const anna = await stage.publish('Anna', 'red');

ok(await stage.shows('first', 'red'), 'who publishes is shown');

const ben = await stage.publish('Ben', 'lime');

/* the others do not hear of players */

const looker = await SignalClient.join(instance, id, { name: 'Looker' });

is((await members(instance, id))[0], 4, 'a player is a member');
is(looker.joined.otherParticipants.map((p) => p.name).sort(),
   ['Anna', 'Ben'], '.. of whom nobody hears');

/* what can be chosen */

const chosen = await stage.play('chosen',
                                { query: `?participant=${ben.identity}` });

ok(await stage.shows('chosen', 'green'), 'a participant by identity');
is((await stage.watch('first')).color, 'red', 'the other one gets the first');

const { tracks } = looker.joined.otherParticipants
    .find((p) => p.name === 'Ben');
const picture = tracks.find((track) => track.type === 1);
const single = await stage.play('single', { query: `?track=${picture.sid}` });

ok(await stage.shows('single', 'green'), 'a track by its sid');
is((await stage.watch('single')).audio ?? 0, 0, '.. alone');

const waiting = await stage.play('waiting', { query: '?participant=no%21' });

is(waiting.status, 201, 'who is not there is waited for');

for (const player of [chosen, single, waiting]) {
    is(await player.end(), 200, 'it ends');
}

ok(!looker.messages.some((message) => message.case === 'update'
       && message.value.participants.some((p) => p.name !== 'Looker')),
   'nothing was told of them');
looker.end();

/* who may change a session, and how */

const patch = { type: FRAGMENT, body: credentials(first.body) };

is(await status('PATCH', location, patch), 428, 'no If-Match');
is(await status('PATCH', location, { ...patch, match: '"old"' }), 412,
   'another ETag');
is(await status('PATCH', location, { ...patch, match: etag }), 204,
   'a candidate');
is(await status('PATCH', location, { ...patch, match: etag, type: SDP }), 415,
   'there was no offer of ours to be answered');
is(await status('DELETE', location, { auth: (await stage.token('X')).token }),
   401, 'a stolen address with another token');
is(await status('DELETE', location, { auth: '' }), 401, '.. and without one');
is(await status('DELETE', `${location.slice(0, -1)}x`), 404,
   'an address that is none');

const restart = await page.evaluate(async () => {
    const { pc } = window.peers.first;

    pc.restartIce();
    await pc.setLocalDescription();

    return pc.localDescription.sdp;
});
const restarted = await ask('PATCH', location, {
    type: FRAGMENT, match: '*', body: credentials(restart) });
const { frames } = await stage.watch('first');

is(restarted.status, 200, 'an ICE restart');
await page.evaluate((values) => window.answer(...values), ['first',
    first.text.replace(/a=ice-ufrag:.*/g, restarted.text.match(/a=ice-ufr.*/))
        .replace(/a=ice-pwd:.*/g, restarted.text.match(/a=ice-pwd.*/))]);
ok(await waitFor(async () =>
    (await stage.watch('first')).frames > frames + 10, 20000),
   '.. plays on');
is(await status('PATCH', location, { ...patch, match: etag }), 412,
   '.. the old ETag is stale');

/* who may not subscribe any more, and who may again */

const frozen = async () => {
    const before = (await stage.watch('first')).frames;

    await new Promise((resolve) => { setTimeout(resolve, 700); });

    return (await stage.watch('first')).frames === before;
};

const rights = (canSubscribe) => roomService(instance).updateParticipant(id,
    player, { permission: { canSubscribe } });

ok(!await frozen(), 'it plays');
await rights(false);
ok(await waitFor(frozen, 10000), 'not if it may not any more');
await rights(true);
ok(await waitFor(async () => !await frozen(), 10000), 'again, if it may');


/* ends: the same token, DTLS, a full and a closed room */

const again = await stage.play('again', { auth: token });

is(again.status, 201, 'the same token once more');
is(await status('DELETE', location), 404, '.. ends the former session');
ok(await stage.shows('again', 'red'), '.. and plays');
await page.evaluate(() => window.peers.again.pc.close());
ok(await waitFor(async () =>
    await status('PATCH', again.header('location'), patch) === 404),
   'the end of its connection ends a session');

await waitFor(async () => (await members(instance, id))[0] === 2);
await instance.updateRoom(id, { max_participants: 3 });

const { token: late } = await stage.token('Late');
const last = await stage.play('last');

is(last.status, 201, 'the last seat');
is((await stage.play('late', { auth: late })).status, 403,
   'a full room refuses');
is(await anna.end(), 200, 'a publisher leaves');
ok(await stage.shows('last', 'green'), '.. and another one is shown');
await instance.updateRoom(id, { active: false });
ok(await waitFor(async () => (await members(instance, id))[0] === 0),
   'a closed room ends all sessions');
is(await last.end(), 404, '.. and their addresses');

is(await browser.close(), [], 'no problem in a page');
is(await instance.stop(), [], 'no problem in the log');
done();
