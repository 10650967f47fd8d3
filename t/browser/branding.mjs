#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A brand, as an administrator sets it, on all pages; and who may frame
 * meetings.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { byId, join as joinMeeting, openBrowser } from '../lib/browser.mjs';
import { notices, signIn } from '../lib/dashboard.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const EXPECTED = /status of (400|401|404)/;

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1">'
             + '<rect width="3" height="1" fill="#0a7d33"/></svg>';

const instance = await startInstance();
const browser = await openBrowser();
const page = await browser.visit(`${instance.url}/#settings`,
                                 { expect: EXPECTED });
const room = await instance.createRoom({ name: 'Weekly' });

/* the picture, the title and the colour of buttons */

function looks(view) {
    return view.evaluate(() => {
        const mark = document.querySelector('rtc-brand-mark img');
        const style = getComputedStyle(document.documentElement);

        return [mark?.src.slice(0, 20) ?? '', document.title,
                style.getPropertyValue('--brand-light-fill'),
                document.querySelector('link[rel=icon]').href.slice(0, 20)];
    });
}


/* ours */

await signIn(page, instance.admin.email, instance.admin.password);
await byId(page, 'brand-save').waitFor();
is((await looks(page))[1], 'Settings – Conference', 'our own name');


/* somebody's */

const logo = join(instance.dir, 'logo.svg');

writeFileSync(logo, LOGO);
await byId(page, 'form-brand').fill('Acme <Meet>');
await byId(page, 'logo-file').setInputFiles(logo);
await byId(page, 'form-accent').fill('#0a7d3');
await byId(page, 'brand-save').click();
ok(await page.locator('.field-problem').isVisible(), 'this is no colour');
await byId(page, 'form-accent').fill('#0a7d33');
await byId(page, 'form-embedding').selectOption('some');
await byId(page, 'form-origins').fill('www.example.com\nhttps://a.org/x');

/* the browser keeps the brand for a while: the page has it fetched again */

const fetched = page.waitForResponse(/getBranding/);

await byId(page, 'brand-save').click();
ok(await notices(page, /brand was saved/), 'a brand is saved');
is(await looks(page),
   ['data:image/svg+xml;b', 'Settings – Acme <Meet>', '#0a7d33',
    'data:image/svg+xml;b'], 'and shown at once');
await fetched;
await page.reload();
await byId(page, 'account').waitFor();
ok(await waitFor(async () => (await looks(page))[0]
    === 'data:image/svg+xml;b'), 'and again');

const { custom_settings: custom } = await instance.api(
    'POST', '/api/application/getAppInfo', {});

is(custom.embedding_origins, ['https://www.example.com', 'https://a.org'],
   'who may frame meetings');


/* a guest sees it too, once every worker knows it */

const url = `${instance.url}/conferences/${room._id}`;

ok(await waitFor(async () => /frame-ancestors https:\/\/www\.example\.com/
    .test((await fetch(url)).headers.get('content-security-policy'))),
   'the policy names them');

const guest = await browser.visit(url, { expect: EXPECTED });

await byId(guest, 'name').waitFor();
ok(await waitFor(async () => (await looks(guest)).join()
    === ['data:image/svg+xml;b', 'Weekly – Acme <Meet>', '#0a7d33',
         'data:image/svg+xml;b'].join()), 'a lobby');
await joinMeeting(guest, 'Ana');
ok(true, 'nothing is in the way of a meeting');

for (const [path, title] of [['/nothing', /Acme <Meet>$/],
                             ['/connection-test', /Acme <Meet>$/],
                             [`/conferences-view-mode/${room._id}`,
                              /^Weekly – Acme <Meet>$/]])
{
    await guest.goto(`${instance.url}${path}`);
    ok(await waitFor(async () => title.test((await looks(guest))[1])
                                 && (await looks(guest))[2] === '#0a7d33'),
       `the brand is on ${path}`);
}


/* without an answer it is ours, and in nobody's way */

await guest.route('**/api/application/getBranding', () => {});
await guest.goto(url);
await byId(guest, 'name').waitFor();
is((await looks(guest))[1], 'Weekly – Conference', 'no answer, no brand');


/* and back */

await byId(page, 'logo-remove').click();
await byId(page, 'form-brand').fill('');
await byId(page, 'form-accent').fill('');
await byId(page, 'brand-save').click();
ok(await waitFor(async () => (await looks(page)).join()
    === [`${instance.url}/icon.svg`.slice(0, 20), 'Settings – Conference', '',
         `${instance.url}/icon.svg`.slice(0, 20)].join()), 'ours again');

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
