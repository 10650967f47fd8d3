#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings of an instance without an agent: names, an own certificate,
 * keys, export and import.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { byId, openBrowser } from '../lib/browser.mjs';
import { notices, openView, signIn, windowCloses } from '../lib/dashboard.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* refusals, and names that nothing answers */

const EXPECTED = /status of (400|401|409)|ERR_/;

const instance = await startInstance();
const browser = await openBrowser('chromium', {
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});
const page = await browser.visit(`${instance.url}/#settings`, {
    expect: EXPECTED, acceptDownloads: true });
const { email, password } = instance.admin;

function info() {
    return instance.api('POST', '/api/application/getAppInfo', {});
}


/* a certificate of nobody, for one name or two */

function certificate(name, days, ...names) {
    const path = (suffix) => join(instance.dir, `${name}.${suffix}`);

    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:P-256', '-nodes', '-days', String(days), '-subj',
        `/CN=${names[0]}`, '-addext', `subjectAltName=${names.map((n) =>
            `DNS:${n}`).join()}`, '-keyout', path('key'), '-out',
        path('crt')], { stdio: 'ignore' });

    return { certificate: path('crt'), key: path('key') };
}

async function store(chain, key) {
    await byId(page, 'file-certificate').setInputFiles(chain);
    await byId(page, 'file-key').setInputFiles(key);
    await byId(page, 'ssl-store').click();
}

function problemAt(field) {
    return page.locator(`rtc-pem-field[name=${field}] .field-problem`);
}


/* names */

await signIn(page, email, password);
await byId(page, 'no-agent').waitFor();
ok(true, 'the address leads to the settings, which tell of no agent');
ok(await byId(page, 'ssl-request').isDisabled(),
   'nobody gets certificates then');

await byId(page, 'form-domain_name').fill('not a name');
await byId(page, 'names-save').click();
ok(await page.locator('.field-problem').isVisible(), 'no name');
await byId(page, 'form-domain_name').fill('https://Meet.Example.com/');
await byId(page, 'names-save').click();
ok(await notices(page, /names were saved/), 'one name for everything');

const { domain_name: domain, turn_domain_name: turn } = await info();

is([domain, turn], Array(2).fill('meet.example.com'), 'is in the API');
ok(await waitFor(async () => await byId(page, 'domain').count() === 1),
   'and looked after');
ok(await waitFor(async () => /No HTTPS/.test(
    await byId(page, 'domain-reach').innerText())),
   'nothing answers there');

await byId(page, 'form-one').click();
await byId(page, 'form-turn_domain_name').fill('turn.example.com');
await byId(page, 'names-save').click();
ok(await waitFor(async () => await byId(page, 'domain').count() === 2),
   'several names');
is((await info()).turn_domain_name, 'turn.example.com', 'in the API as well');


/* an own certificate */

const good = certificate('good', 90, 'meet.example.com', 'turn.example.com');
const short = certificate('short', 5, 'meet.example.com', 'turn.example.com');
const other = certificate('other', 90, 'www.example.org');

await byId(page, 'ssl-own').check();
await byId(page, 'ssl-store').click();
ok(await problemAt('key').isVisible()
   && await problemAt('certificate').isVisible(), 'both are needed');
await store(good.certificate, other.key);
ok(await waitFor(() => problemAt('key').isVisible()),
   'a key of another certificate is told at the key');
await store(other.certificate, other.key);
ok(await waitFor(async () => await problemAt('certificate').isVisible()
                             && !await problemAt('key').isVisible()),
   'a certificate of another name at the certificate');
await store(short.certificate, short.key);
ok(await notices(page, /certificate is in use/), 'a good one is taken');
is(await byId(page, 'form-key').inputValue(), '',
   'and its key is in the page no more');
ok(await waitFor(async () => /ends in \d days/.test(
    await byId(page, 'ssl-warning').first().innerText())),
   'it ends soon');
await store(good.certificate, good.key);
ok(await waitFor(async () => await byId(page, 'ssl-warning').count() === 0),
   'another one does not');


/* the key pair */

const before = await info();

await byId(page, 'keys-rotate').click();
await byId(page, 'confirm-do').click();
ok(await windowCloses(page), 'the pair is replaced');

const after = await info();

ok(after.api_key !== before.api_key
   && after.api_secret !== before.api_secret, 'it is a new one');
is(await byId(page, 'api-secret').locator('input').inputValue(),
   after.api_secret, 'which the page knows');
is(await byId(page, 'api-secret').locator('input').getAttribute('type'),
   'password', 'and does not show');
await byId(page, 'keys-show').click();
is(await byId(page, 'api-secret').locator('input').getAttribute('type'),
   'text', 'unless it is asked to');


/* further keys */

function keys() {
    return instance.api('POST', '/api/application/getApiKeys', {});
}

function secret(field) {
    return byId(page, field).locator('input').inputValue();
}

function rows() {
    return byId(page, 'key').allInnerTexts();
}

await byId(page, 'keys-new').click();
await byId(page, 'form-label').fill('Booking <b>&"');
await byId(page, 'form-save').click();
await byId(page, 'new-secret').waitFor();

const made = await secret('new-key');
const first = await secret('new-secret');

is((await keys()).map((key) => key.label), ['', 'Booking <b>&"'],
   'a key is made');
ok(/^API\w{12}$/.test(made) && /^\w{43}$/.test(first),
   'its secret is shown');
await byId(page, 'key-done').click();
ok(await windowCloses(page) && (await rows())[0].includes('Booking <b>&"'),
   'it is in the list');
ok(!(await page.content()).includes(first), 'its secret is nowhere');

await byId(page, 'key-renew').click();
await byId(page, 'confirm-do').click();
await byId(page, 'new-secret').waitFor();
ok(await secret('new-key') === made && await secret('new-secret') !== first,
   'it has a new secret');
await page.keyboard.press('Escape');
ok(await windowCloses(page), 'which is shown once');


/* webhooks */

await byId(page, 'form-hook-urls').fill('ftp://a.example');
await byId(page, 'hooks-save').click();
ok(await page.locator('rtc-settings-webhooks .field-problem').isVisible(),
   'no address');
await byId(page, 'form-hook-urls').fill(
    'hooks.example.com/x\nhttp://127.0.0.1:3000');
await byId(page, 'form-hook-key').selectOption(made);
await byId(page, 'hooks-save').click();
ok(await notices(page, /webhooks were saved/), 'webhooks');
is((await info()).webhooks, {
    urls: ['https://hooks.example.com/x', 'http://127.0.0.1:3000/'],
    api_key: made }, 'are in the API');

await byId(page, 'key-remove').click();
await byId(page, 'confirm-do').click();
ok(await waitFor(async () => /signs the webhooks/.test(
    await byId(page, 'form-error').innerText())),
   'their key is not removed');
await page.keyboard.press('Escape');
await windowCloses(page);
await page.reload();
await byId(page, 'hooks-save').waitFor();
is([await byId(page, 'form-hook-key').inputValue(),
    await byId(page, 'form-hook-urls').inputValue()],
   [made, 'https://hooks.example.com/x\nhttp://127.0.0.1:3000/'],
   'a reload shows them');
await byId(page, 'form-hook-key').selectOption('');
await byId(page, 'hooks-save').click();
ok(await waitFor(async () => !(await info()).webhooks.api_key),
   'our own key signs');
await byId(page, 'key-remove').click();
await byId(page, 'confirm-do').click();
ok(await windowCloses(page) && await waitFor(async () =>
    await byId(page, 'key').count() === 0), 'the other one goes');
is((await keys()).length, 1, 'in the API as well');


/* everything into a file, and back */

await instance.createRoom({ name: 'Kept' });

const [download] = await Promise.all([
    page.waitForEvent('download'), byId(page, 'backup-export').click()]);
const path = join(instance.dir, 'export.json');

await download.saveAs(path);

const document = JSON.parse(readFileSync(path, 'utf8'));

is([document.format, document.rooms.length, 'certificates' in document],
   ['conference', 1, false], 'an export, without keys');

const wrong = join(instance.dir, 'wrong.json');

writeFileSync(wrong, '{"format":"other"}');
await byId(page, 'backup-file').setInputFiles(wrong);
ok(/no export/.test(await byId(page, 'backup-wrong').innerText()),
   'another file is none');

await instance.createRoom({ name: 'Lost' });
await byId(page, 'backup-file').setInputFiles(path);
ok(/rooms: 1, users: 1/.test(await page.locator('dialog').innerText()),
   'it is said what is replaced');
await byId(page, 'confirm-do').click();
ok(await windowCloses(page), 'the file is imported');

await page.reload();

if (await waitFor(() => byId(page, 'email').isVisible(), 1000)) {
    await signIn(page, email, password);
}

await openView(page, 'rooms');
ok(await waitFor(async () => await byId(page, 'room').count() === 1),
   'the rooms are those of the file');

await byId(page, 'connection-test').click();
await byId(page, 'test-start').waitFor();
ok(true, 'the test of the connection is a click away');

is(await browser.close(), [], 'no problems in the page');
is(await instance.stop(), [], 'no problems in the server');
done();
