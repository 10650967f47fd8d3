#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The dashboard: from signing in to signing out; and rooms that an application
 * named, which are rooms like all others.
 */

import { byId, join, openBrowser, status, tile } from '../lib/browser.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { accessToken } from '../lib/roomservice.mjs';
import { enter } from '../lib/sdk.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* the browser itself reports answers that are errors */

const REFUSED = /status of (401|409)/;

const instance = await startInstance({ AUTO_CREATE: 1 });
const browser = await openBrowser();
const page = await browser.visit(instance.url, {
    expect: REFUSED, permissions: ['clipboard-read', 'clipboard-write'] });
const { email, password } = instance.admin;

function rows() {
    return byId(page, 'room').evaluateAll((cards) =>
        cards.map((card) => card.dataset.name));
}

function card(name) {
    return page.locator(`[data-testid="room"][data-name=${
        JSON.stringify(name)}]`);
}

function clipboard() {
    return page.evaluate(() => navigator.clipboard.readText());
}

async function signIn(secret) {
    await byId(page, 'email').fill(email);
    await byId(page, 'password').fill(secret);
    await byId(page, 'sign-in').click();
}


/* signing in */

await signIn('wrong');
ok(/is wrong/.test(await byId(page, 'error').innerText()),
   'a wrong password is told');
await signIn(password);
ok(await waitFor(() => byId(page, 'empty').count()), 'no rooms yet');
await page.reload();
await byId(page, 'empty').waitFor();
ok(true, 'a reload keeps the session');


/* a room */

await byId(page, 'new-room').click();
await byId(page, 'form-save').click();
ok(await page.locator('.field-problem').isVisible(), 'a name is needed');
await byId(page, 'form-name').fill('Weekly <b>&"');
await byId(page, 'form-max').fill('0');
await byId(page, 'form-save').click();
ok(await page.locator('.field-problem').isVisible(),
   'so is a sensible number');
await byId(page, 'form-max').fill('7');
await byId(page, 'form-save').click();

const NAME = 'Weekly <b>&"';

ok(await waitFor(async () => (await rows())[0] === NAME),
   'the room is in the list');
ok(/0 of 7/.test(await byId(page, 'room-people').innerText()),
   'with the number of people');

const [made] = await instance.api('POST', '/api/conferences/getAll',
                                  { extended: true });

is([made.name, made.max_participants, made.active, made.allow_chat],
   [NAME, 7, true, true], 'and in the API');

await byId(page, 'room-edit').click();
is(await byId(page, 'form-name').inputValue(), NAME, 'the form knows it');
await byId(page, 'form-name').fill('Weekly');
await byId(page, 'form-media').selectOption('MEDIA_TYPE_AUDIO_ONLY');
await byId(page, 'form-chat').click();
await byId(page, 'form-advanced').click();
await byId(page, 'form-webhook').fill('no address');
await byId(page, 'form-save').click();
ok(await page.locator('.field-problem').isVisible(), 'no webhook');
await byId(page, 'form-webhook').fill('hooks.example.com/room');
await byId(page, 'form-save').click();
ok(await waitFor(() => card('Weekly').count()), 'an edited name is shown');

const [edited] = await instance.api('POST', '/api/conferences/getAll',
                                    { extended: true });

is([edited.mediaType, edited.allow_chat, edited.allow_share_screen,
    edited.webhook_url],
   ['MEDIA_TYPE_AUDIO_ONLY', false, true, 'https://hooks.example.com/room'],
   'edited in the API');

await byId(page, 'room-toggle').click();
ok(await waitFor(() => card('Weekly').getByText('Closed').count()),
   'a room is closed');
await byId(page, 'room-toggle').click();
ok(await waitFor(() => card('Weekly').getByText('Open').count()),
   'and opened');


/* sharing */

const link = `${instance.url}/conferences/${made._id}`;

await byId(page, 'room-share').click();
await byId(page, 'share-speaker').getByRole('button').click();
ok(await waitFor(async () => await clipboard() === link),
   'the meeting link is copied');
await byId(page, 'share-view').getByRole('button').click();
ok(await waitFor(async () => await clipboard()
    === `${instance.url}/conferences-view-mode/${made._id}`),
   'so is the view-only link');
await byId(page, 'share-iframe').getByRole('button').click();
ok(await waitFor(async () => (await clipboard()).includes(
    `src="${link}" allow="camera; microphone; display-capture; autoplay; `
    + 'fullscreen"')), 'so is the frame');
await page.keyboard.press('Escape');
ok(await waitFor(async () => await page.locator('dialog').count() === 0),
   'Escape closes the window');


/* the API token */

await byId(page, 'account').click();
await byId(page, 'api-token').click();
await byId(page, 'token').getByRole('button').click();
ok(await waitFor(async () => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(
    await clipboard())), 'the token is copied');

const answer = await fetch(`${instance.url}/api/conferences/getAll`, {
    method: 'POST', headers: { 'x-access-token': await clipboard() } });

is(answer.status, 200, 'and works');
await page.keyboard.press('Escape');


/* rooms that a token named */

for (const name of [`a/ü 会% "<b>'&:rev`, '/%2f?x#'.padEnd(200, 'y')]) {
    const anna = await enter(browser, instance, name, {}, {
        grant: await accessToken(instance, name, 'anna', { name: 'Anna' }) });

    await byId(page, 'search').fill(name);
    ok(await waitFor(() => card(name).count()), `${name} is in the list`);

    const row = card(name);

    ok(await waitFor(async () => /People: 1/.test(
        await row.getByTestId('room-people').innerText())),
       'with its people, as many as like may come');

    await row.getByTestId('room-edit').click();
    await byId(page, 'form-chat').click();
    await byId(page, 'form-save').click();
    ok(await waitFor(async () => await page.locator('dialog').count() === 0),
       'it can be edited');

    const href = await row.getByTestId('room-open').getAttribute('href');

    await row.getByTestId('room-share').click();
    await byId(page, 'share-iframe').getByRole('button').click();
    ok(await waitFor(async () => (await clipboard()).includes(
        `src="${instance.url}${href}" allow=`)), 'and shown on a site');
    await page.keyboard.press('Escape');

    const guest = await browser.visit(instance.url + href.split('?')[0],
                                      { expect: /status of 403/ });

    ok(/full link/.test(await status(guest)), 'its name is not enough');

    const meeting = await browser.visit(instance.url + href);

    await join(meeting, 'Page');
    ok(await waitFor(() => tile(meeting, 'Anna').count()),
       'by its link the page is where the SDK is');
    ok(await anna.until(() => [...room.remoteParticipants.values()].some(
        (person) => person.name === 'Page')), 'and the SDK where the page is');
    is(await anna.run(() => room.name), name, 'under the name of the room');

    await row.getByTestId('room-toggle').click();
    ok(await anna.until(() => room.state === 'disconnected'),
       'it is closed for the SDK');
    ok(/closed by its host/.test(await status(meeting)), 'and for the page');
    await row.getByTestId('room-delete').click();
    await byId(page, 'delete-do').click();
    ok(await waitFor(async () => await row.count() === 0), 'it is deleted');
    await byId(page, 'search').fill('');
}


/* many rooms */

await Promise.all(Array.from({ length: 24 }, (_, i) =>
    instance.createRoom({ name: `Room ${i + 1}` })));
await byId(page, 'search').fill('Weekly');
ok(await waitFor(async () => (await rows()).join() === 'Weekly'),
   'the search finds it');
await byId(page, 'search').fill('nothing like it');
ok(await waitFor(() => page.getByText('No room matches').count()),
   'or finds nothing');
await byId(page, 'search').fill('');
ok(await waitFor(async () => (await rows()).length === 20),
   'one page of rooms');
await byId(page, 'page-after').click();
ok(await waitFor(async () => (await rows()).length === 5),
   'and the rest on the next one');
ok((await rows()).includes('Weekly'), 'the oldest is the last');


/* deleting */

await card('Weekly').locator('[data-testid=room-delete]').click();
await page.getByRole('button', { name: 'Cancel' }).click();
ok((await rows()).includes('Weekly'), 'one can think again');
await card('Weekly').locator('[data-testid=room-delete]').click();
await byId(page, 'delete-do').click();
ok(await waitFor(async () => (await rows()).length === 4
                             && !(await rows()).includes('Weekly')),
   'a room is deleted');


/* signing out */

await byId(page, 'account').click();
await byId(page, 'sign-out').click();
await byId(page, 'email').waitFor();
await page.reload();
await byId(page, 'email').waitFor();
ok(await byId(page, 'room').count() === 0, 'signed out');

is(await browser.close(), [], 'no problems in the page');
is(await instance.stop(), [], 'no problems in the server');
done();
