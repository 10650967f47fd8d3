#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the server makes of DataPackets that no SDK sends, within a worker and
 * between two: who sent them, to whom they go, which ones go nowhere.
 */

import { DataPacket, DataPacket_Kind } from '@livekit/protocol';

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { enter, openSdk } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'rules' });
const browser = await openBrowser();

const come = async (identity, claims, grants) => {
    const person = await enter(browser, instance, id, {},
        { grant: ownToken(instance, id, identity, claims, grants),
          expect: /RPC request|encrypted packet|rtc\/v1|status of 404/ });

    /* packets as bytes, both ways, without the SDK's own opinion */

    await person.run(() => {
        const of = (kind, down) => room.engine.dataChannelForKind(kind, down);

        window.heard = [];

        for (const kind of [0, 1]) {
            for (const one of new Set([of(kind, true), of(kind, false)])) {
                one?.addEventListener('message', ({ data }) => {
                    heard.push([...new Uint8Array(data)]);
                });
            }
        }

        window.say = (reliable, bytes) => of(reliable ? 0 : 1, false)
            .send(new Uint8Array(bytes));
        window.ready = () => [0, 1].every((kind) =>
            of(kind, false)?.readyState === 'open');
    });
    await person.run(() => room.localParticipant.publishData(
        new Uint8Array(1), { reliable: true, topic: 'mark' }).catch(() => {}));
    await person.until(() => ready());

    return person;
};

const agents = { kind: 'agent' };
const people = await fillTwo(instance, (n) => come(`p${n}`), 2);
const home = people[0].pid;
const [anna, near] = people.filter((p) => p.pid === home)
    .map((p) => p.client);
const [far] = people.filter((p) => p.pid !== home).map((p) => p.client);
const agent = await come('agent', agents);
const ghost = await come('ghost', {}, { hidden: true });
const mute = await come('mute', {}, { canPublishData: false });
const meter = await come('meter', {}, { canSubscribeMetrics: true });

function say(person, value, { reliable = true, ...more } = {}) {
    return person.run(([r, bytes]) => say(r, bytes), [reliable,
        [...new DataPacket({ value, ...more }).toBinary()]]);
}

/* what comes until a mark that everybody gets */

let marks = 0;

async function heard(person) {
    const last = `mark ${marks}`;
    const all = () => person.run(() => heard);
    let packets;

    const arrived = await person.until((text) => heard.some((bytes) =>
        new TextDecoder().decode(new Uint8Array(bytes)).includes(text)), last,
                                       5000);

    packets = (await all()).map((bytes) =>
        DataPacket.fromBinary(new Uint8Array(bytes)));
    await person.run(() => { heard.length = 0; });

    return arrived ? packets.filter((p) => p.value.value.topic !== 'mark')
                   : [];
}

async function mark(person) {
    marks += 1;
    await say(person, { case: 'user', value: {
        topic: 'mark', payload: Buffer.from(`mark ${marks}`),
    } });
}

const user = (text, more = {}) => ({ case: 'user', value: {
    payload: Buffer.from(text), ...more,
} });
const said = (packets) => packets.map((p) =>
    Buffer.from(p.value.value.payload ?? []).toString());


/* who says so is never asked */

await say(anna, user('a', { participantIdentity: 'eve',
                            participantSid: 'PA_eve' }),
          { participantIdentity: 'eve', participantSid: 'PA_eve',
            kind: DataPacket_Kind.LOSSY });
await mark(anna);

for (const [name, person] of Object.entries({ near, far })) {
    const [packet] = await heard(person);

    is([packet?.participantIdentity, packet?.participantSid, packet?.kind,
        packet?.value.value.participantIdentity,
        packet?.value.value.participantSid],
       [anna.identity, anna.sid, DataPacket_Kind.RELIABLE, anna.identity,
        anna.sid], `${name}: the sender is the one who sent`);
}

/* an agent may write for somebody, and only there */

await say(agent, { case: 'chatMessage', value: { id: 'c', message: 'm' } },
          { participantIdentity: anna.identity });
await say(agent, { case: 'streamHeader', value: {
    streamId: 's', topic: 't',
    contentHeader: { case: 'textHeader', value: {} },
} }, { participantIdentity: anna.identity });
await say(agent, user('u'), { participantIdentity: anna.identity });
await say(agent, { case: 'transcription', value: { trackId: 'TR_x' } });
await mark(agent);

for (const [name, person] of Object.entries({ near, far })) {
    const packets = await heard(person);

    is(packets.map((p) => [p.value.case, p.participantIdentity]),
       [['chatMessage', anna.identity], ['streamHeader', anna.identity],
        ['user', 'agent'], ['transcription', 'agent']],
       `${name}: an agent writes for another`);
    ok(packets[0]?.value.value.generated
       && packets[1]?.value.value.contentHeader.value.generated,
       '.. which shows');
}

/* others may not, and some packets go nowhere */

await heard(meter);
await say(anna, { case: 'chatMessage', value: { id: 'c', message: 'm' } },
          { participantIdentity: 'eve' });
await say(anna, { case: 'transcription', value: { trackId: 'TR_x' } });
await say(anna, { case: 'metrics', value: {} });
await say(anna, { case: 'speaker', value: { speakers: [] } });
await say(mute, user('m'));
await mark(anna);

for (const [name, person] of Object.entries({ near, far })) {
    is((await heard(person)).map((p) => [p.value.case,
                                         p.participantIdentity]),
       [['chatMessage', anna.identity]], `${name}: nobody else does`);
}

is((await heard(meter)).map((p) => [p.value.case, p.participantIdentity]),
   [['chatMessage', anna.identity], ['metrics', anna.identity]],
   'metrics go to those who may have them');

/* who is hidden has no name */

await say(ghost, user('boo'));
await mark(ghost);

for (const [name, person] of Object.entries({ near, far })) {
    const [packet] = await heard(person);

    is([packet?.participantIdentity, packet?.participantSid,
        packet?.value.value.participantIdentity], ['', ghost.sid, ''],
       `${name}: who is hidden has no name`);
}

/* to whom it goes */

await say(anna, user('1', { destinationIdentities: [far.identity] }));
await say(anna, user('2', { destinationIdentities: [far.identity] }),
          { destinationIdentities: [near.identity] });
await say(anna, user('3', { destinationSids: [far.sid] }));
await say(anna, { case: 'rpcAck', value: { requestId: 'r' } },
          { destinationIdentities: [far.identity] });
await say(anna, { case: 'encryptedPacket', value: {
    iv: Buffer.from('iv'), encryptedValue: Buffer.from('secret'),
} }, { destinationIdentities: [near.identity] });
await mark(anna);

is((await heard(near)).map((p) => p.value.case),
   ['user', 'encryptedPacket'], 'near: what is for it');

const forFar = await heard(far);

is([said(forFar), forFar.at(-1)?.value.case], [['1', '3', ''], 'rpcAck'],
   'far: what is for it');

/* numbers and nonces */

const nonce = Buffer.alloc(16, 7);

await say(anna, user('n5'), { sequence: 1000 });
await say(anna, user('again'), { sequence: 1000 });
await say(anna, user('older'), { sequence: 999 });
await say(anna, user('n6'), { sequence: 1001 });
await say(anna, user('once', { nonce }));
await say(anna, user('twice', { nonce }));
await mark(anna);

for (const [name, person] of Object.entries({ near, far })) {
    const packets = await heard(person);

    is(said(packets), ['n5', 'n6', 'once'], `${name}: nothing comes twice`);
    is(packets.map((p) => p.sequence), [1000, 1001, 0],
       '.. and numbers stay as they were');
}

await say(far, user('thrice', { nonce }));
await mark(far);
ok(!said(await heard(anna)).includes('thrice'), 'nor from another worker');
ok(!said(await heard(near)).includes('thrice'), '.. for others');

/* lossy ones */

let lossy = [];

for (let i = 0; i < 100 && lossy.length === 0; i += 1) {
    await say(anna, user('l'), { reliable: false });
    lossy = await far.run(() => heard.splice(0));
}

is(lossy.length && DataPacket.fromBinary(new Uint8Array(lossy[0])).kind,
   DataPacket_Kind.LOSSY, 'lossy ones stay so');

/* who has no channel stays, and gets the last packets once it has one */

const deaf = await openSdk(browser, instance, {
    expect: /rtc\/v1|status of 404/,
});

await deaf.evaluate(({ url, token }) => {
    const { prototype } = RTCPeerConnection;
    const create = prototype.createDataChannel;

    prototype.createDataChannel = function named(label, ...rest) {
        return create.call(this, label === '_reliable' ? 'none' : label,
                           ...rest);
    };

    window.open = (label) => create.call(spied[0], label);
    window.room = new lk.Room({ singlePeerConnection: true });

    for (const name of ['signalReconnecting', 'reconnecting',
                        'disconnected']) {
        room.on(name, () => events.push(name));
    }

    return room.connect(url, token);
}, ownToken(instance, id, 'deaf'));

await anna.until(() => [...room.remoteParticipants.values()].some((p) =>
    p.identity === 'deaf'));
await anna.run(async () => {
    for (let i = 0; i < 200; i += 1) {
        await room.localParticipant.publishData(new Uint8Array(60000), {
            reliable: true, destinationIdentities: ['deaf'],
        });
    }
});
await say(anna, user('the last', { destinationIdentities: ['deaf'] }));
await say(anna, user('x'));
await mark(anna);
await heard(near);

await deaf.evaluate(() => {
    window.sizes = [];
    window.open('_reliable').addEventListener('message', ({ data }) => {
        sizes.push(data.byteLength);
    });
});
ok(await waitFor(() => deaf.evaluate(() => sizes.at(-1) < 1000)),
   'who had no channel gets the last packets');
ok(await deaf.evaluate(() => sizes.length) < 10, '.. not all of them');
is(await deaf.evaluate(() => events), [], '.. and stays where it is');

is(await browser.close(), [], 'no problems in the browser');
is(await instance.stop(), [], 'no problems in the server');
done();
