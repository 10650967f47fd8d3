#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Offers of one participant that could end the sessions of others: what it
 * publishes is offered to them.
 */

import { TrackSource, TrackType } from '@livekit/protocol';

import { startInstance } from '../lib/instance.mjs';
import { data, offer, receive, sections, send } from '../lib/sdp.mjs';
import { SdpClient } from '../lib/sdpclient.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'hostile' });
const watcher = await SdpClient.join(instance, id, { name: 'Watcher' });

const none = { formats: { 0: ['PCMU/8000'] } };
const two = (name) => SignalClient.join(instance, id, { name });
const one = (name) => SignalClient.joinSingle(instance, id, { name });

async function negotiate(client, n, list) {
    client.send({ case: 'offer', value: {
        type: 'offer', id: n, sdp: offer([...list, data()]),
    } });

    const answer = await client.next('answer', (a) => a.id === n);

    return answer && sections(answer.sdp).map((s) => s.port).slice(0, -1);
}

for (const [name, join] of Object.entries({ one, two })) {
    for (const [kind, other, type, source] of [
        ['audio', 'video', TrackType.AUDIO, TrackSource.MICROPHONE],
        ['video', 'audio', TrackType.VIDEO, TrackSource.CAMERA],
    ]) {
        const mallory = await join(`${name} ${kind}`);

        mallory.send({ case: 'addTrack', value: {
            cid: 'c', name: 'c', type, source,
        } });
        await mallory.next('trackPublished');

        /* the section of a track that has no codec becomes another one */

        is(await negotiate(mallory, 1, [send(kind, 'c',
                                             { mid: 'x', ...none })]), [0],
           `${name}: ${kind} without a codec of ours`);
        is(await negotiate(mallory, 2, [send(other, 'c', { mid: 'x' })]), [9],
           `.. its section becomes ${other}`);
        is(await negotiate(mallory, 3, [send(other, 'c', { mid: 'x' }),
                                        receive(kind)]), [9, 9],
           '.. and stays so');

        watcher.send({ case: 'pingReq', value: { timestamp: 1n } });
        ok(await watcher.next('pongResp') && !watcher.ws.closed,
           '.. others are served');
        mallory.end();
    }
}

is(await instance.stop(), [], 'nothing in the log');
done();
