#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a client may say of itself in the arguments of /rtc: attributes, and
 * that it is the second connection of somebody, which only publishes.
 */

import { startInstance } from '../lib/instance.mjs';
import { roomService } from '../lib/roomservice.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';
import { metrics } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'arguments' });
const service = roomService(instance);

const may = (identity, claims = {}, grants = {}) => ownToken(instance, id,
    identity, claims, { canUpdateOwnMetadata: true, ...grants });

const connect = (grant, query) => SignalClient.open(grant, `/rtc?${query}`);
const refusal = (grant, query) => connect(grant, query)
    .then(() => 'let in', ({ status, body }) => [status, body]);

const encode = (value) => Buffer.from(JSON.stringify(value))
    .toString('base64url');
const attributes = (value) => `attributes=${encode(value)}`;
const own = async (client) => service.getParticipant(id,
    client.joined.participant.identity);

/* attributes: beside those of the token, before anybody sees it */

const anna = await connect(may('anna', { attributes: { a: '1', b: '2' } }),
                           attributes({ b: '3', 'c ä': '4' }));

is(anna.joined.participant.attributes, { a: '1', b: '3', 'c ä': '4' },
   'attributes are added to those of the token');
is((await own(anna)).attributes, { a: '1', b: '3', 'c ä': '4' },
   '.. others see them, too');

for (const [name, value] of [
    ['padding', Buffer.from('{"a":"12"}').toString('base64url') + '=='],
    ['nothing', ''],
    ['no attribute', encode({})],
]) {
    ok((await connect(may('ben'), `attributes=${value}`)).joined, name);
}

const cannot = [400, 'cannot decode attributes'];

for (const [name, value] of [
    ['an array', encode(['a'])],
    ['a string', encode('a')],
    ['an object in it', encode({ a: { b: 'c' } })],
    ['a number', encode({ a: 1 })],
    ['a name twice', Buffer.from('{"a":"1","a":"2"}').toString('base64url')],
    ['no UTF-8', Buffer.from('{"a":"\xff"}', 'latin1').toString('base64url')],
    ['no JSON', Buffer.from('attributes').toString('base64url')],
    ['no base64url', '%7B%22a%22'],
]) {
    is(await refusal(may('ben'), `attributes=${value}`), cannot, name);
}

const whole = encode({ first: 'x', second: 'y' });
const short = [];

for (let n = 1; n < whole.length; n += 1) {
    short.push(await refusal(may('ben'), `attributes=${whole.slice(0, n)}`));
}

is(short.filter(([status]) => status !== 400), [], 'none that is cut off');

const many = Object.fromEntries(Array.from({ length: 65 },
                                           (_, n) => [`a${n}`, 'x']));

is(await refusal(may('ben'), attributes(many)),
   [400, 'metadata or attributes are too long'], 'too many');
is(await refusal(ownToken(instance, id, 'ben'), attributes({ a: '1' })),
   [401, 'permissions denied'], 'only who may change its own');

/* publish: a participant of its own, which receives nothing */

const second = await connect(may('anna'), 'publish=screen');

is(second.joined.participant.identity, 'anna#screen', 'it has a suffix');
is([second.joined.participant.permission.canSubscribe,
    second.joined.participant.permission.canPublish,
    second.joined.subscriberPrimary], [false, true, false],
   '.. and may publish alone');
ok(!anna.ws.closed, '.. and did not replace the first one');

const token = await second.next('refreshToken');
const third = await connect({ ...may('anna'), token }, 'publish=screen');

is(third.joined.participant.identity, 'anna#screen',
   'a fresh token has the suffix, once');

for (const [name, grant, value, answer] of [
    ['who may not publish', may('anna', {}, { canPublish: false }), 'x',
     [401, 'permissions denied']],
    ['a long name', may('anna'), 'x'.repeat(252),
     [400, 'cannot publish under such a name']],
    ['a name with NUL', may('anna'), '%00',
     [400, 'cannot publish under such a name']],
    ['a name that is no UTF-8', may('anna'), '%ff',
     [400, 'cannot publish under such a name']],
]) {
    is(await refusal(grant, `publish=${value}`), answer, name);
}

ok((await connect(may('cleo'), `publish=${'x'.repeat(251)}`)).joined,
   'the longest name');
is((await refusal(may('anna'), 'publish=another'))[0], 403,
   'no third connection');

/* who was removed has neither of them */

const soon = Math.floor(Date.now() / 1000) + 1;

await service.removeParticipant(id, 'anna', { revokeTokenTs: BigInt(soon) });
ok(await anna.next('leave'), 'the first one is removed');
third.send({ case: 'leave', value: {} });
await third.next('leave', undefined, 1);
is((await refusal(may('anna'), 'publish=screen'))[0], 401,
   '.. and its token is void for a second one, too');
is((await refusal({ ...may('anna'), token }, 'publish=screen'))[0], 401,
   '.. as is the fresh one');

is((await metrics(instance)).get('rtc_sfu_joins_total{result="error"}'), 0,
   'nothing failed by itself');
is(await instance.stop(), [], 'nothing is wrong in the log');
done();
