#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What SDKs do, each with each: Chromium, Firefox and node, with one peer
 * connection and with two, in one room, which is in two workers.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startFormer } from '../lib/former.mjs';
import { ownHost, startInstance, waitFor } from '../lib/instance.mjs';
import { browserMember, nodeMember } from '../lib/member.mjs';
import { dispose } from '../lib/rtcclient.mjs';
import { cuts } from '../lib/sdk.mjs';
import { Proxy, steerable } from '../lib/steer.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';
import { workers } from '../lib/workers.mjs';


const begin = Date.now();
const instance = await startInstance({
    WORKERS: 2, RTC_IP: ownHost(import.meta.url),
}, steerable);
const { _id: open } = await instance.createRoom({ name: 'all of them',
                                                  max_participants: 20 });
const { _id: secret } = await instance.createRoom({ name: 'secret',
                                                    max_participants: 20 });
const browsers = Object.fromEntries(await Promise.all(
    ['chromium', 'firefox'].map(async (kind) =>
        [kind, await openBrowser(kind)])));

/* the doors of the two workers, without /rtc/v1 and with it */

const doors = await Promise.all((await workers(instance)).map(
    async ({ pid }) => {
        const proxy = await Proxy.start(instance);

        proxy.fits = (one) => one === pid;

        return { proxy, former: await startFormer(proxy) };
    }));

/* kind: of the client, v: 0 or 1, at: of which worker */

function join(room, identity, kind, v, at, settings = {}) {
    const { proxy, former } = doors[at];
    const grant = ownToken(instance, room, identity, {},
                           { canUpdateOwnMetadata: true });

    if (kind === 'node') {
        return nodeMember(grant, {
            ...settings,
            url: v === 0 ? former.url : proxy.url.replace('http', 'ws'),
        });
    }

    const url = proxy.url.replace('127.0.0.1', 'localhost');

    return browserMember(browsers[kind], { url },
                         { ...grant, url: url.replace('http', 'ws') },
                         { expect: cuts, v0: v === 0, ...settings });
}

const kinds = [
    ['chromium', 1, 0], ['chromium', 0, 1], ['firefox', 1, 1],
    ['firefox', 0, 0], ['node', 1, 0], ['node', 0, 1],
];

function joinAll(room, settings) {
    return Promise.all(kinds.map(([kind, v, at]) =>
        join(room, `${kind}${v}`, kind, v, at, settings)));
}


let people;


/*
 * Waits until what each knows of the senders, by identity, fits; tells of
 * which ones it did not
 */

async function pairs(name, facts, fits, senders = people, ms = 30000) {
    const names = senders.map(({ identity }) => identity);
    let missing;

    await waitFor(async () => {
        missing = (await Promise.all(people.map(async (to) => {
            const known = await to.run(facts, names);

            return senders.filter((from) => from !== to
                && !fits(known[from.identity], from, to))
                .map((from) => `${from.identity} > ${to.identity}: `
                     + JSON.stringify(known[from.identity]));
        }))).flat();

        return missing.length === 0;
    }, ms);

    is(missing, [], name);
}

function each(people, what, value) {
    return Promise.all(people.map((member) => member.run(what, value)
        .catch(({ message }) => {
            throw new Error(`${member.identity}: ${message}`);
        })));
}

let time = begin;

function lap(name) {
    diag(`${name}: ${Date.now() - time} ms`);
    time = Date.now();
}

lap('start');


/* all come */

people = await joinAll(open);

const view = (me) => me.view();
const media = (me, of) => me.media(of);
const got = (me) => me.got;

await pairs('all know all', view, (known, { sid }) => known?.sid === sid);
ok(await waitFor(async () => (await workers(instance)).every(
    ({ participants }) => participants === 3), 30000), '.. from two workers');
lap('join');


/* data */

const said = (text) => [`bytes 60000 ${text}`, `lossy t ${text}`,
                        `reliable t ${text}`, `text 50000 ${text}`];
const saying = (known) => known && JSON.stringify([...known].sort())
    === JSON.stringify(said('hello'));

await each(people, (me) => me.say('hello'));
await pairs('all get packets, texts and bytes of all, once', got, saying);
lap('data');


/* calls */

const called = await Promise.all(people.map(async (from) => {
    const answers = [];

    for (const to of people.filter((other) => other !== from)) {
        answers.push(await from.run((me, one) => Promise.all([
            me.call(one, 'twice', 'x'), me.call(one, 'refuse', ''),
        ]), to.identity));
    }

    return answers;
}));

is(called, people.map(({ identity }) => Array(people.length - 1).fill(
    [`${identity} xx`, [1500, 'no', 'why']])), 'all call all');
lap('calls');


/* about themselves */

await each(people, (me) => me.describe('me', 'text', { a: '1', b: '' }));
await pairs('all know how all are described', view, (known) =>
    known?.name === 'me' && known.metadata === 'text'
    && JSON.stringify(known.attributes) === '{"a":"1"}');
lap('describe');


/* media: one after the other, who had their turn stay, but are muted */

const flows = (known) => known?.audio > 5 && known.video > 2;

for (const from of people) {
    const { identity } = from;
    const before = new Map();

    await from.run((me) => me.publish(160, 90));
    await pairs(`${identity} is seen and heard`, media, (known) =>
        flows(known) && known.width === 160, [from]);

    await from.run((me) => me.mute(true));
    await pairs('.. is muted', view, (known) => known?.muted === 2, [from]);

    for (const to of people) {
        before.set(to, (await to.run(media, [identity]))[identity]);
    }

    await from.run((me) => me.mute(false));
    await pairs('.. and not', view, (known) => known?.muted === 0, [from]);
    await pairs('.. is seen and heard again', media, (known, one, to) =>
        known?.audio > before.get(to).audio
        && known.video > before.get(to).video, [from]);

    await from.run((me) => me.replace(320, 180));
    await pairs('.. is seen and heard with other tracks', media,
                (known, one, to) => flows(known) && known.width === 320
                    && known.audioSid !== before.get(to).audioSid, [from]);

    await from.run((me) => me.mute(true));
    lap(identity);
}


/* each of the SDKs makes another one leave, from the other worker */

const heirs = { chromium1: ['node', 1], firefox0: ['chromium', 0],
                node1: ['firefox', 1] };
const old = people.filter(({ identity }) => heirs[identity]);
const young = await Promise.all(old.map(({ identity }) =>
    join(open, identity, ...heirs[identity], 1)));

ok(await waitFor(async () => (await each(old, (me) => me.reason))
    .every((reason) => reason === 2), 30000),
   'they are told who took their place');
await Promise.all(old.map((member) => member.leave()));

people = people.map((member) => young.find(({ identity }) =>
    identity === member.identity) ?? member);

await pairs('all know the new ones', view, (known, { sid }) =>
    known?.sid === sid);
is(await each(people, (me) => Object.keys(me.view()).length),
   Array(people.length).fill(people.length - 1), '.. and nobody else');

for (const from of young) {
    await from.run((me) => me.publish(160, 90));
    await pairs(`the new ${from.identity} is seen and heard`, media, flows,
                [from]);
    await from.run((me) => me.mute(true));
}

for (const from of people.filter((member) => !young.includes(member))) {
    await from.run((me) => me.mute(false));
    await pairs(`.. as is ${from.identity}`, media, flows, [from]);
    await from.run((me) => me.mute(true));
}

lap('replaced');


/* they leave, one of each kind */

for (const name of ['chromium0', 'firefox1', 'node0']) {
    const member = people.find(({ identity }) => identity === name);

    people = people.filter((other) => other !== member);
    await member.leave();
    ok(await waitFor(async () => (await each(people, view)).every((known) =>
        !known[name]), 30000), `${name} is seen to leave`);
}

await Promise.all(people.map((member) => member.leave()));
lap('leave');


/*
 * Encrypted: who has another key gets all, and nothing of it.  SDKs for
 * browsers take what they decrypted for reliable, the one for node plays a
 * packet or two before it decrypts.
 */

people = await joinAll(secret, { key: 'a key' });

const strangers = await Promise.all([['chromium', 1, 0], ['node', 0, 1]].map(
    ([kind, v, at]) => join(secret, `another ${kind}`, kind, v, at,
                            { key: 'another key', expect: /./ })));

await each(people, (me) => me.say('hello'));
await pairs('who has the key reads all', got, (known) =>
    saying(known?.map((text, i) => (known.indexOf(text) < i
        ? text.replace('reliable', 'lossy') : text))));

for (const from of people) {
    await from.run((me) => me.publish(160, 90));
    await pairs(`.. and sees and hears ${from.identity}`, media, flows,
                [from]);

    ok(await waitFor(async () => (await each(strangers, (me, name) =>
        me.tracks().filter(([p]) => p.identity === name).length,
        from.identity)).every((n) => n === 2), 30000),
       'who has another one is sent all');
    is(await each(strangers, async (me, name) => {
        const { audio, video } = (await me.media([name]))[name];

        return [audio > 5, video, Object.keys(me.got)];
    }, from.identity), Array(2).fill([false, 0, []]),
       '.. and sees, hears and reads nothing');

    await from.run((me) => me.mute(true));
}

lap('encrypted');

await Promise.all([...people, ...strangers].map((member) => member.leave()));
await dispose();

for (const browser of Object.values(browsers)) {
    is(await browser.close(), [], 'no problems in the browser');
}

for (const { proxy, former } of doors) {
    former.close();
    proxy.stop();
}

is(await instance.stop(), [], 'no problems in the server');
lap('end');
done();
