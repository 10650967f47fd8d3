#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Users: made, changed and deleted by an administrator; what a member sees;
 * passwords.
 */

import { byId, openBrowser } from '../lib/browser.mjs';
import { chooseAccount, notices, openView, signIn, windowCloses }
    from '../lib/dashboard.mjs';
import { startInstance, waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* the browser itself reports answers that are errors */

const REFUSED = /status of (401|403|409)/;

const instance = await startInstance();
const browser = await openBrowser();
const page = await browser.visit(instance.url, { expect: REFUSED });
const { email, password } = instance.admin;

function row(name) {
    return page.locator(`[data-testid="user"][data-name="${name}"]`);
}

async function names(view = page) {
    return byId(view, 'user').evaluateAll((rows) =>
        rows.map((user) => user.dataset.name));
}


/* an administrator */

await instance.createRoom({ name: 'Of the admin' });
await signIn(page, email, password);
await openView(page, 'users');
ok(await waitFor(async () => (await names()).join() === 'admin'),
   'the first user');
ok(await row('admin').locator('[data-testid=user-delete]').isDisabled(),
   'nobody deletes oneself');

await byId(page, 'new-user').click();
await byId(page, 'form-save').click();
ok(await page.locator('.field-problem').isVisible(), 'a name is needed');
await byId(page, 'form-name').fill('mei');
await byId(page, 'form-email').fill('mei@example.com');
await byId(page, 'form-password').fill('short');
await byId(page, 'form-save').click();
ok(await page.locator('.field-problem').isVisible(), 'and a long password');
await byId(page, 'form-password').fill('first password');
await byId(page, 'form-save').click();
ok(await windowCloses(page), 'a user is made');
is(await names(), ['admin', 'mei'], 'and in the list');

await byId(page, 'new-user').click();
await byId(page, 'form-name').fill('mei');
await byId(page, 'form-password').fill('first password');
await byId(page, 'form-save').click();
ok(/name/.test(await byId(page, 'form-error').innerText()),
   'a name is taken once');
await page.keyboard.press('Escape');

await row('admin').locator('[data-testid=user-edit]').click();
ok(await byId(page, 'form-role').isDisabled(),
   'the last administrator stays one');
await page.keyboard.press('Escape');


/* a member */

const mei = await browser.visit(`${instance.url}/#settings`,
                                { expect: REFUSED });

await signIn(mei, 'mei', 'first password');
await byId(mei, 'empty').waitFor();
ok(true, 'a member sees no room of others');
is(await byId(mei, 'view-settings').count()
   + await byId(mei, 'view-users').count(), 0, 'and no settings');
await byId(mei, 'new-room').click();
await byId(mei, 'form-name').fill('Of Mei');
await byId(mei, 'form-save').click();
ok(await waitFor(async () => await byId(mei, 'room').count() === 1),
   'but an own one');


/* one's own password */

await chooseAccount(mei, 'change-password');
await byId(mei, 'form-old').fill('wrong password');
await byId(mei, 'form-password').fill('second password');
await byId(mei, 'form-repeat').fill('another password');
await byId(mei, 'form-save').click();
ok(await mei.locator('.field-problem').isVisible(), 'two that differ');
await byId(mei, 'form-repeat').fill('second password');
await byId(mei, 'form-save').click();
ok(/current password is wrong/.test(await byId(mei, 'form-error')
    .innerText()), 'a wrong password');
await byId(mei, 'form-old').fill('first password');
await byId(mei, 'form-save').click();
ok(await notices(mei, /password was changed/), 'the password is changed');
await mei.reload();
ok(await waitFor(async () => await byId(mei, 'room').count() === 1),
   'and the session goes on');


/* another one's password ends the sessions */

await row('mei').locator('[data-testid=user-password]').click();
await byId(page, 'form-password').fill('third password');
await byId(page, 'form-repeat').fill('third password');
await byId(page, 'form-save').click();
ok(await windowCloses(page), 'an administrator sets a password');
await mei.reload();
await signIn(mei, 'mei', 'third password');
ok(true, 'the session has ended, the new password works');


/* a role, which ends the sessions, too */

await row('mei').locator('[data-testid=user-edit]').click();
await byId(page, 'form-role').selectOption('admin');
await byId(page, 'form-save').click();
ok(await waitFor(() => row('mei').getByText('Administrator').count()),
   'a member becomes an administrator');
await mei.reload();
await signIn(mei, 'mei', 'third password');
await openView(mei, 'users');
ok(await waitFor(async () => (await names(mei)).length === 2),
   'and sees the users');
await mei.reload();
await mei.locator('rtc-users-view').waitFor();
await mei.goBack();
await mei.locator('rtc-settings-view').waitFor();
ok(true, 'reload and back keep to the views');


/* an end */

await row('mei').locator('[data-testid=user-delete]').click();
await byId(page, 'confirm-do').click();
ok(await windowCloses(page), 'a user is deleted');
is(await names(), ['admin'], 'and not in the list');
await mei.reload();
await byId(mei, 'email').waitFor();
ok(true, 'nor in the dashboard');

is(await browser.close(), [], 'no problems in the pages');
is(await instance.stop(), [], 'no problems in the server');
done();
