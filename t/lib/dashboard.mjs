/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * People at the dashboard.
 *
 *   await signIn(page, instance.admin.email, instance.admin.password);
 *   await openView(page, 'users');
 */

import { byId } from './browser.mjs';
import { waitFor } from './instance.mjs';


export async function signIn(page, name, password) {
    await byId(page, 'email').fill(name);
    await byId(page, 'password').fill(password);
    await byId(page, 'sign-in').click();
    await byId(page, 'account').waitFor();
}


export async function openView(page, name) {
    await byId(page, `view-${name}`).click();
    await page.locator(`rtc-${name}-view`).waitFor();
}


/* an item of the menu of one's own account */

export async function chooseAccount(page, item) {
    await byId(page, 'account').click();
    await byId(page, item).click();
}


/* whether the page says so at its edge */

export async function notices(page, pattern) {
    const all = page.locator('.notice');

    return Boolean(await waitFor(async () =>
        (await all.allInnerTexts()).some((text) => pattern.test(text))));
}


/* the window with a form is closed: what it asked for was done */

export async function windowCloses(page) {
    return waitFor(async () => await page.locator('dialog').count() === 0);
}
