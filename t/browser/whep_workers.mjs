#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WHEP with two workers: players get publishers of either, and whoever speaks
 * in the other one.
 */

import { openBrowser } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { diag, done, is, ok } from '../lib/tap.mjs';
import { Stage } from '../lib/wish.mjs';
import { fillTwo, metrics } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'stage' });
const stage = new Stage(instance, id);
const browser = await openBrowser();

await stage.open(browser);

/* players that wait, in both workers */

const players = await fillTwo(instance, async (n) => {
    const name = `player${n}`;

    return { name, ...await stage.play(name) };
});

async function show(color) {
    const seen = await Promise.all(players.map(({ client }) =>
        stage.shows(client.name, color)));

    return seen.every((yes) => yes);
}

const anna = await stage.publish('Anna', 'red');

ok(await show('red'), 'players of both workers get a publisher');

/* publishers in both */

const publishers = await fillTwo(instance, async (n) => {
    const name = `Ben${n}`;

    return { name, ...await stage.publish(name, n % 2 ? 'lime' : 'blue') };
});

for (const { client } of publishers.slice(-2)) {
    const n = Number(client.name.slice(3));

    await stage.speak(client.name, true);
    ok(await show(n % 2 ? 'green' : 'blue'), `who speaks is shown: ${n}`);
    await stage.speak(client.name, false);
}

await stage.speak('Anna', true);
ok(await show('red'), 'then the first');

for (const { client } of players) {
    const got = await stage.watch(client.name);

    ok(got.ssrcs === 2 && got.lost <= 0 && got.energy > 0,
       '.. in the same two streams without a gap, and is heard');
    diag(JSON.stringify(got));
}

/* a participant by its identity, wherever it is */

const [{ client: one }] = publishers;
const choosing = await fillTwo(instance, async (n) => {
    const name = `chosen${n}`;

    return { name, ...await stage.play(name,
        { query: `?participant=${one.identity}` }) };
});

for (const { client } of choosing) {
    ok(await stage.shows(client.name, 'blue'), 'a participant by identity');
}

/* sessions end in whichever worker a request comes */

for (const { client } of [...choosing, ...players, ...publishers]) {
    is(await client.end(), 200, 'a session ends');
}

is(await anna.end(), 200, 'the last one');

ok(await waitFor(async () => (await metrics(instance)).sum('rtc_sfu_rooms')
    === 0), 'both workers have forgotten the room');

is(await browser.close(), [], 'no problem in a page');
is(await instance.stop(), [], 'no problem in the log');
done();
