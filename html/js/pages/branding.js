/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The brand of the installation, put onto the page.  The pages ask for it
 * while their scripts load; who is late does not hold up anything.
 */


import { getBranding } from '../api/application.js';
import { Brand } from '../session/brand.js';
import { t } from '../util/text.js';


/* a first picture in the right colours is worth this much time */

const WORTH = 150;

export const brand = new Brand({ getBranding });

/** What the title says before the name of the product. */
let place = '';


/**
 * @param {string} text
 */
export function setTitle(text) {
    const name = brand.name || t('product');

    place = text;
    document.title = text ? `${text} – ${name}` : name;
}


function show() {
    const { style } = document.documentElement;
    const link = /** @type {HTMLLinkElement|null} */ (
        document.querySelector('link[rel=icon]'));

    for (const name of [...style].filter((n) => n.startsWith('--brand-'))) {
        style.removeProperty(name);
    }

    for (const [name, value] of Object.entries(brand.colors)) {
        style.setProperty(name, value);
    }

    if (link) {
        link.removeAttribute('type');
        link.href = brand.icon;
    }

    setTitle(place);
}


brand.addEventListener('change', show);

const loaded = brand.load();


/**
 * @returns {Promise<void>} when the brand is there, or it takes too long
 */
export async function branded() {
    await Promise.race([loaded, new Promise((done) => {
        setTimeout(done, WORTH);
    })]);
}
