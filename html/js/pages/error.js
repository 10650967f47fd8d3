/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The error pages say in the reader's language what the server has written
 * in English, and name the meeting when it is a meeting that is missing.
 */


import { pickLanguage, setLanguage, language, t } from '../util/text.js';
import { readOptions } from '../util/query.js';
import { brand, branded, setTitle } from './branding.js';


/**
 * @param {string} id
 * @param {string} text
 */
function write(id, text) {
    const element = document.getElementById(id);

    if (element) {
        element.textContent = text;
    }
}


/** Whose page it is, if that is somebody else than we. */
function showBrand() {
    const place = document.getElementById('brand');
    const picture = document.createElement('img');
    const name = document.createElement('span');

    picture.src = brand.icon;
    picture.alt = '';
    name.textContent = brand.name;
    place?.replaceChildren(picture, name);
    place?.toggleAttribute('hidden', !brand.name && !brand.logo);
}


brand.addEventListener('change', showBrand);

await Promise.all([
    setLanguage(pickLanguage(readOptions(location.search).lang,
                             navigator.languages)),
    branded(),
]);

const kind = document.body.dataset.error;
const meeting = /^\/conferences(-view-mode)?(\/|$)/.test(location.pathname);

document.documentElement.lang = language();

if (kind === 'server') {
    write('title', t('error.server.title'));
    write('text', t('error.server.text'));
    write('way', t('error.again'));

} else {
    write('title', t(meeting ? 'error.room.title' : 'error.title'));
    write('text', t(meeting ? 'error.room.text' : 'error.text'));
    write('way', t('error.home'));
}

setTitle(document.getElementById('title')?.textContent ?? '');
