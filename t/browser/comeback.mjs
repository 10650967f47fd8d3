#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the meeting page says and does when the server goes: a worker dies, the
 * database does not answer; and when the browser plays no sound by itself.
 */

import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';

import { byId, hears, join, openBrowser, seesVideo, status, tile }
    from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { redisPid, workerPids } from '../lib/processes.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* the SDK and the browser report what they lose */

const expect = new RegExp('WebSocket|data ?channel|ERR_CONNECTION|signal'
                          + '|status of 503|leave request', 'i');

const instance = await startInstance({ WORKERS: 1 });
const browser = await openBrowser();
const room = await instance.createRoom({ name: 'Daily' });
const url = `${instance.url}/conferences/${room._id}`;
const ana = await browser.visit(url, { expect });
const ben = await browser.visit(url, { expect });

await join(ana, 'Ana');
await join(ben, 'Ben');
ok(await seesVideo(ana, 'Ben') && await seesVideo(ben, 'Ana'),
   'they see each other');

const identity = (page, name) => tile(page, name).getAttribute(
    'data-identity');
const seat = await identity(ana, 'Ben');


/* the worker dies */

const told = [ana, ben].map((page) => status(page));

process.kill(workerPids(instance)[0], 'SIGKILL');

for (const text of await Promise.all(told)) {
    ok(/Connection lost. Coming back/.test(text), 'one is told');
}

ok(await waitFor(async () => (await Promise.all([ana, ben].map((page) =>
       byId(page, 'status').count()))).every((n) => n === 0), 30000),
   'it passes by itself');
ok(await seesVideo(ana, 'Ben', 30000), 'Ana sees Ben again');
ok(await seesVideo(ben, 'Ana', 30000), 'Ben sees Ana again');
ok(await hears(ana) && await hears(ben), 'and they hear each other');
is(await identity(ana, 'Ben'), seat, 'Ben is who he was');
is(await byId(ana, 'tile').count(), 2, 'and nobody is there twice');


/* the database does not answer */

const eve = await browser.visit(url, { expect });

await byId(eve, 'name').fill('Eve');
process.kill(redisPid(instance), 'SIGSTOP');
await byId(eve, 'join').click();
ok(/does not answer/.test(await status(eve)), 'who joins now is told');
ok(await seesVideo(ana, 'Ben'), 'who is inside sees the others');
process.kill(redisPid(instance), 'SIGCONT');

ok(await waitFor(async () => {
    await byId(eve, 'join').click({ timeout: 1000 }).catch(() => {});

    return tile(eve, 'Eve').count();
}, 20000), 'another try brings one in');
ok(await seesVideo(eve, 'Ana'), 'with sight');


/* a browser that waits for a click before it plays sound */

function wait() {
    const { play } = HTMLMediaElement.prototype;
    let clicked = false;

    document.addEventListener('click', () => { clicked = true; }, true);

    HTMLMediaElement.prototype.play = async function () {
        if (this.tagName === 'AUDIO' && !clicked) {
            throw new DOMException('no click yet', 'NotAllowedError');
        }

        return play.call(this);
    };
}

const fay = await browser.visit('about:blank', { expect });

await fay.addInitScript(wait);
await fay.goto(`${url}?displayName=Fay&autoJoin=1&mic=off&camera=off`);
await tile(fay, 'Fay').waitFor({ state: 'attached' });
ok(/Click to hear/.test(await byId(fay, 'listen').innerText()),
   'one is asked for a click');
await byId(fay, 'listen').click();
ok(await waitFor(async () => await byId(fay, 'listen').count() === 0),
   'and that was it');
ok(await hears(fay), 'sound comes');

is(await browser.close(), [], 'no problems in the pages');

/* the one alert is of what we did */

const alerts = readFileSync(path(instance.dir, 'logs/error.log'), 'utf8')
    .split('\n').filter((line) => /\[alert\]/.test(line));

is(alerts.map((line) => line.replace(/.*worker process \d+ /, '')),
   ['exited on signal 9'], 'the log has the death of the worker');
is((await instance.stop()).length, 1, 'and nothing else');
done();
