#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Rooms that do not let one in, or not stay: unknown, closed, full, deleted;
 * and a reload, which keeps name and seat.
 */

import { byId, join, openBrowser, status, tile } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* the browser itself reports answers that are errors */

const REFUSED = /status of 40[349]/;

const instance = await startInstance();
const browser = await openBrowser();

function visit(id, query = '') {
    return browser.visit(`${instance.url}/conferences/${id}?camera=off`
                         + `&mic=off${query}`, { expect: REFUSED });
}


/* unknown */

{
    const page = await visit('0123456789abcdef01234567');

    ok(/does not exist/.test(await status(page)), 'an unknown room');
    await page.goto(`${instance.url}/conferences/nonsense`);
    ok(/does not exist/.test(await status(page)), 'a malformed id');
}


/* closed, before and while one is inside */

{
    const room = await instance.createRoom({ name: 'Closed',
                                             active: false });
    const page = await visit(room._id);

    ok(/closed/.test(await status(page)), 'a closed room says so');
    await instance.updateRoom(room._id, { active: true });
    await join(page, 'Ana');
    ok(await tile(page, 'Ana').count(), 'an opened one lets in');

    const start = Date.now();

    await instance.updateRoom(room._id, { active: false });
    ok(/closed by its host/.test(await status(page)),
       'closed while inside');
    ok(Date.now() - start < 1500, 'within a second');
    is(await byId(page, 'tile').count(), 0, 'and nobody is left on stage');
}


/* deleted while one is inside */

{
    const room = await instance.createRoom({ name: 'Gone' });
    const page = await visit(room._id);

    await join(page, 'Ana');
    await instance.removeRoom(room._id);
    ok(/deleted by its host|closed by its host/.test(await status(page)),
       'deleted while inside');
}


/* full, and a reload in a full room */

{
    const room = await instance.createRoom({ name: 'Small',
                                             max_participants: 2 });
    const ana = await visit(room._id);
    const ben = await visit(room._id);

    await join(ana, 'Ana');
    await join(ben, 'Ben');
    await tile(ana, 'Ben').waitFor({ state: 'attached' });

    const cem = await visit(room._id);

    await byId(cem, 'name').fill('Cem');
    await byId(cem, 'join').click();
    ok(/full/.test(await status(cem)), 'a full room says so');

    const identity = () => tile(ben, 'Ben').getAttribute('data-identity');
    const before = await identity();

    await ben.reload();
    await tile(ben, 'Ben').waitFor({ state: 'attached' });
    is(await identity(), before, 'a reload keeps name and seat');
    ok(await waitFor(async () => await byId(ana, 'tile').count() === 2),
       'and there are still two');

    await byId(ana, 'leave').click();
    ok(await waitFor(async () => await byId(ben, 'tile').count() === 1),
       'one leaves');
    await byId(cem, 'join').click();
    await tile(cem, 'Cem').waitFor({ state: 'attached' });
    ok(await waitFor(() => tile(ben, 'Cem').count()),
       'then there is a place');
}

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
