#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Signalling with a single peer connection: the request, and the way of
 * tracks through the sections of the client's offers.
 */

import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { TrackSource, TrackType } from '@livekit/protocol';

import { startInstance } from '../lib/instance.mjs';
import { data, offer, receive, sections, send, usual } from '../lib/sdp.mjs';
import {
    SignalClient, joinRequest, wrapped,
} from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'single' });

const join = (fields, request) =>
    SignalClient.joinSingle(instance, id, fields, request);
const described = (list, n = 1, options = {}) =>
    ({ type: 'offer', id: n, sdp: offer(list, options) });
const track = (cid, type, source) =>
    ({ cid, name: cid, type: TrackType[type], source: TrackSource[source] });

/* a token of one's own; those of createToken permit more */

function signed(video) {
    const { api_key: iss, api_secret: secret } = instance.admin;
    const [head, body] = [{ alg: 'HS256', typ: 'JWT' },
                          { iss, sub: 'x', video, exp: 4e9 }]
        .map((part) => Buffer.from(JSON.stringify(part))
            .toString('base64url'));

    return `${head}.${body}.` + createHmac('sha256', secret)
        .update(`${head}.${body}`).digest('base64url');
}


/* the answer to an offer, and its sections */

async function negotiate(client, list, n, options) {
    client.send({ case: 'offer', value: described(list, n, options) });

    const answer = await client.next('answer', (value) => value.id === n);

    return [answer, sections(answer.sdp)];
}


/* the request */

const grant = await instance.joinToken(id, { name: 'Anna' });

async function validate(query, token = grant.token) {
    const response = await fetch(
        `${instance.url}/rtc/v1/validate?${query}`,
        { headers: { Authorization: `Bearer ${token}` } });

    return [response.status, await response.text(),
            response.headers.get('access-control-allow-origin')];
}

const argument = (text) => `join_request=${text}`;

is((await fetch(`${instance.url}/rtc/v1`)).status, 404, 'no upgrade: 404');
is((await validate(argument(joinRequest()), 'x'))[0], 401, 'no token: 401');
is(await validate(''), [400, 'join_request is required', '*'],
   'no request: 400, for any origin');
is(await validate(argument('a+b')),
   [400, 'cannot base64 decode wrapped join request', '*'], 'no base64url');
is(await validate(argument('AAAA')),
   [400, 'cannot unmarshal wrapped join request', '*'], 'no message');
is(await validate(argument(wrapped(Buffer.from('x'.repeat(40)), 1))),
   [400, 'join request too large', '*'], 'no gzip');
is(await validate(argument(wrapped(gzipSync('x'), 1))),
   [400, 'cannot unmarshal join request', '*'], 'no message inside');
is(await validate(argument(wrapped(Buffer.from([0x1a, 2, 0x61, 0xff]), 0))),
   [400, 'cannot unmarshal join request', '*'], 'no UTF-8');
is(await validate(argument(wrapped(gzipSync(Buffer.alloc(2 << 20)), 1))),
   [400, 'join request too large', '*'], 'a bomb');
is(await validate(argument(joinRequest({ metadata: 'mine' })),
                  signed({ roomJoin: true, room: id })),
   [401, 'permissions denied', '*'], 'metadata needs a permission');

for (const [name, text] of [
    ['plain', joinRequest({}, false)],
    ['compressed', joinRequest()],
    ['with padding', `${joinRequest()}==`.replace(/^((....)+)=*$/, '$1')],
    ['of 30 kB', joinRequest({ publisherOffer: { sdp: 'x'.repeat(22000) } },
                             false)],
])
{
    is(await validate(argument(text)), [200, 'success', '*'], name);
}


/* tracks and an offer in the request */

const anna = await SignalClient.open(grant, `/rtc/v1?join_request=${
    joinRequest({
        addTrackRequests: [track('mic', 'AUDIO', 'MICROPHONE')],
        publisherOffer: described([...usual(), send('audio', 'mic')], 5),
    })}`);

ok(anna.joined, 'the first message is join');
is(anna.joined.subscriberPrimary, false, 'the publisher\'s is primary');

const published = await anna.next('trackPublished');

is(published.cid, 'mic', 'then the track is published');

let answer = await anna.next('answer');

is(answer.id, 5, 'the answer names the offer');
is(sections(answer.sdp).map((section) => section.direction),
   [...Array(6).fill('inactive'), undefined, 'recvonly'],
   'sections wait, one takes the track');
is(answer.midToTrackId, {}, 'nothing is sent yet');

const candidates = [await anna.next('trickle'), await anna.next('trickle')]
    .map((trickle) => JSON.parse(trickle.candidateInit));

ok(/ udp .* typ host$/.test(candidates[0].candidate), 'a UDP candidate');
ok(/ tcp .* tcptype passive$/.test(candidates[1].candidate),
   'a TCP candidate');
is([candidates[0].sdpMid, candidates[0].sdpMLineIndex], ['0', 0],
   'of the first section');


/* who comes gets what there is, in the client's numbers */

const formats = { 98: ['opus/48000/2', 'minptime=10'] };
const exts = { 9: 'urn:ietf:params:rtp-hdrext:sdes:mid' };
const seats = [receive('audio', { formats, exts, mid: 'a1' }),
               receive('audio', { formats, exts, mid: 'a2' }),
               receive('video', { mid: 'v1' }), data()];
const ben = await join({ name: 'Ben' }, { publisherOffer: described(seats) });

answer = await ben.next('answer');

let [first, second] = sections(answer.sdp);
const mic = published.track.sid;
const from = anna.joined.participant.sid;

is([first.direction, first.msid, first.formats, first.mid],
   ['sendonly', `${from}|${mic} ${mic}`, ['98'], 'a1'],
   'the first section has the track');
ok(first.text.includes('a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid'),
   'with its extensions');
is(first.ssrcs.length, 1, 'and an SSRC');
is(second.direction, 'inactive', 'the second one waits');
is(answer.midToTrackId, { a1: mic }, 'the map says so');
ok(await anna.next('trackSubscribed'), 'the publisher is told');


/* more come: a new offer, then more sections */

const list = [...usual(), send('audio', 'mic')];
const added = [];

async function publish(cid, type, source) {
    anna.send({ case: 'addTrack', value: track(cid, type, source) });
    list.push(send(type.toLowerCase(), cid));

    const { track: info } = await anna.next('trackPublished');

    await negotiate(anna, list, 10 + list.length);
    added.push(info.sid);

    return info.sid;
}

const asked = async (client) => {
    const { numAudios, numVideos } =
        await client.next('mediaSectionsRequirement');

    return [numAudios, numVideos];
};

const camera = await publish('camera', 'VIDEO', 'CAMERA');

is(await asked(ben), [0, 0], 'there is a section: another offer suffices');
[answer] = await negotiate(ben, seats, 2);
is(answer.midToTrackId, { a1: mic, v1: camera }, 'the answer has both');
ok(/a=rtpmap:97 rtx/.test(answer.sdp) && /ssrc-group:FID/.test(answer.sdp),
   'video is repaired');

const screen = await publish('screen', 'VIDEO', 'SCREEN_SHARE');

is(await asked(ben), [0, 1], 'a section is missing');

const sound = await publish('sound', 'AUDIO', 'SCREEN_SHARE_AUDIO');
const other = await publish('other', 'VIDEO', 'UNKNOWN');

is(await asked(ben), [0, 1], 'and another: what was asked for is not again');

seats.push(receive('video', { mid: 'v2' }));
[answer] = await negotiate(ben, seats, 3);
is(answer.midToTrackId, { a1: mic, v1: camera, v2: screen, a2: sound },
   'an answer gives what it can');
is(await asked(ben), [0, 1], 'the rest is asked for again');

seats.push(receive('video', { mid: 'v3' }), receive('audio', { mid: 'a3' }));
[answer] = await negotiate(ben, seats, 4);
is(answer.midToTrackId.v3, other, 'until all have one');


/* one that is not wanted leaves its section for another, two answers later */

ben.send({ case: 'subscription', value: { trackSids: [camera],
                                          subscribe: false } });
is(await asked(ben), [0, 0], 'an offer is asked for');

ben.send({ case: 'subscription', value: { trackSids: [camera],
                                          subscribe: true } });

let list2;

[answer, list2] = await negotiate(ben, seats, 5);
is(list2[2].direction, 'inactive', 'its section is inactive once');
ok(!list2[2].msid && !answer.midToTrackId.v1, 'without the track');
is(await asked(ben), [0, 0], 'another offer is asked for');

const before = first.ssrcs;

[answer, list2] = await negotiate(ben, seats, 6);
is([list2[2].direction, answer.midToTrackId.v1], ['sendonly', camera],
   'then it has a track again');
is(list2[0].ssrcs, before, 'the others stay as they are');


/* the client takes a section for a track of its own */

seats[0] = send('audio', 'ben', { formats, exts, mid: 'a1',
                                  direction: 'sendrecv' });
ben.send({ case: 'addTrack', value: track('ben', 'AUDIO', 'MICROPHONE') });
[answer, list2] = await negotiate(ben, seats, 7);
is([list2[0].direction, answer.midToTrackId.a3], ['recvonly', mic],
   'what was in it moves to another');
ok(await anna.next('update', ({ participants: [p] }) =>
       p.identity === ben.grant.identity && p.tracks.length === 1),
   'the track is published');


/* a codec that the client lacks; a section that is rejected, or alone */

const eve = await join({ name: 'Eve' }, { publisherOffer: described([
    receive('audio', { rejected: true }), receive('audio', { alone: true }),
    receive('audio'), receive('video', { formats: { 99: ['H264/90000',
        'packetization-mode=1;profile-level-id=42e01f'] } }), data()]) });

is((await eve.next('subscriptionResponse')).trackSid, camera,
   'VP8 cannot be received');
answer = await eve.next('answer');
is(sections(answer.sdp).map((section) => section.port), [0, 0, 9, 9, 9],
   'what cannot be used is rejected');
is(Object.keys(answer.midToTrackId), ['2'], 'and has no track');
is(await asked(eve), [2, 0], 'so more is needed');


/* a restart of ICE */

const [, [was]] = await negotiate(ben, seats, 8);
const [, [now]] = await negotiate(ben, seats, 9, { ufrag: 'other' });
const [, [then]] = await negotiate(ben, seats, 10, { ufrag: 'other' });

ok(now.ufrag && now.ufrag !== was.ufrag, 'new credentials get new ones');
is(then.ufrag, now.ufrag, 'once');


/* nobody publishes any more */

anna.send({ case: 'leave', value: {} });
is(await asked(ben), [0, 0], 'an offer is asked for');
[answer, list2] = await negotiate(ben, seats, 11);
is(answer.midToTrackId, {}, 'nothing is left');

/* what cannot be answered ends the session */

ben.send({ case: 'offer', value: described(seats, 12,
                                           { setup: 'passive' }) });
is((await ben.next('leave')).action, 2, 'RECONNECT');

/* 600 sections are too many, 480 carry tracks */

const zoe = await join({ name: 'Zoe' }, {});

[answer] = await negotiate(zoe, Array.from({ length: 512 },
                                           () => receive('audio')), 1);
is(sections(answer.sdp).length, 512, '512 sections are answered');
zoe.send({ case: 'offer', value: described(Array.from({ length: 513 },
    () => receive('audio')), 2) });
is((await zoe.next('leave')).action, 2, '513 are not');

eve.end();

is(await instance.stop(), [], 'nothing in the log');

done();
