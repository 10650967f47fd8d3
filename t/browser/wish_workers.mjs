#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Requests to a session of another worker, which lives, stands still and dies.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { FRAGMENT, Stage, credentials } from '../lib/wish.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'stage' });
const stage = new Stage(instance, id);
const browser = await openBrowser();

await stage.open(browser);

/*
 * One request on a connection of its own, which any worker may take: one that
 * stands still does not answer.
 */

async function request(method, session,
                       { auth = session.token, ms = 4000, ...headers }, body)
{
    const response = await fetch(instance.url + session.path, {
        method, body, signal: AbortSignal.timeout(ms),
        headers: { Authorization: `Bearer ${auth}`, connection: 'close',
                   ...headers } }).catch(() => ({ status: 0 }));

    return { status: response.status, text: await response.text?.(),
             type: response.headers?.get('content-type'),
             etag: response.headers?.get('etag'),
             retry: response.headers?.get('retry-after') };
}

const end = (session, headers = {}) => request('DELETE', session, headers);

const people = await fillTwo(instance, async (n) => {
    const { token } = await stage.token(`P${n}`);
    const answer = await stage.play(`P${n}`, { auth: token });

    return { token, path: answer.header('location'), body: answer.body };
}, 2);

const { pid } = people[0];
const [one, two] = people.filter((p) => p.pid === pid).map((p) => p.client);

/* each often enough to come to both workers */

const many = async (make) => {
    const all = [];

    for (let n = 0; n < 12; n += 1) {
        all.push(await make());
    }

    return all;
};
const only = (all) => [...new Set(all.map((answer) => answer.status))];
const patch = (headers, body) => () =>
    request('PATCH', one, { 'Content-Type': FRAGMENT, ...headers }, body);

is(only(await many(patch({ 'If-Match': '"old"' }, credentials(one.body)))),
   [412], 'another ETag, in both workers');
is(only(await many(patch({}, credentials(one.body)))), [428], 'no If-Match');
is(only(await many(patch({ 'If-Match': '*' }, 'a=mid:0\r\n'))), [400],
   'no credentials');
is(only(await many(() => end(one, { auth: two.token }))), [401],
   'the token of another session');

const restarts = await many(patch({ 'If-Match': '*' },
                                  credentials(one.body)));

is(only(restarts), [200], 'ICE restarts');
ok(restarts.every(({ type, etag, text }) => type === FRAGMENT
    && text.includes(`a=ice-ufrag:${etag.slice(1, -1)}\r\n`)),
   '.. with type, ETag and credentials');
is(new Set(restarts.map(({ etag }) => etag)).size, 12, '.. other ones each');

for (const [path, name] of [
    [one.path.replace(/PA_.{16}/, 'PA_00000000000000ff'), 'no such worker'],
    [one.path.replace(/PA_.{16}/, 'PA_'), 'no worker'],
    [`${one.path.slice(0, -1)}x`, 'no such session'],
    [one.path.replace(id, '0'.repeat(24)), 'another room']])
{
    is(only(await many(() => end({ ...one, path }))), [404], name);
}

/*
 * It stands still: all that come to the other one are told so in time, and
 * clients that go before that leave nothing behind.
 */

process.kill(pid, 'SIGSTOP');

await Promise.all(Array.from({ length: 6 }, () => end(one, { ms: 300 })));

const started = Date.now();
const still = await Promise.all(Array.from({ length: 12 }, () => end(one)));
const told = still.filter(({ status }) => status === 503);

ok(told.length > 0 && still.every(({ status }) => [0, 503].includes(status)),
   'its worker stands still: 503');
ok(told.every(({ retry }) => retry === '2'), '.. with Retry-After');
diag(`${told.length} of 12 in ${Date.now() - started} ms`);

process.kill(pid, 'SIGCONT');
ok(await waitFor(async () => (await end(one)).status === 404),
   '.. and goes on: what was asked for is done');

/* it dies */

process.kill(pid, 'SIGKILL');

/* one worker may know before the other does */

ok(await waitFor(async () => only(await many(() => end(two))).join() === '404'),
   'its worker is gone: 404');
is(only(await many(() => end(two))), [404], '.. for good');

for (const { client } of people.filter((p) => p.pid !== pid)) {
    is((await end(client)).status, 200, 'those of the other one end');
}

await browser.close();

/* nginx itself logs that it lost a process */

is((await instance.stop()).filter((line) => !/exited on signal 9/.test(line)),
   [], 'nothing else is wrong in the log');
done();
