/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Copies a text.  The clipboard is there only on HTTPS and localhost, and the
 * dashboard has to work on a plain HTTP address in a local network too, so an
 * old way follows the new one.
 */


/**
 * @param {string} text
 * @returns {Promise<boolean>} false when the browser allows neither way
 */
export async function copyText(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;

    } catch {
        return copyBySelection(text);
    }
}


/**
 * @param {string} text
 * @returns {boolean}
 */
function copyBySelection(text) {
    const area = document.createElement('textarea');
    const host = document.querySelector('dialog[open]') ?? document.body;

    area.value = text;
    area.readOnly = true;
    area.className = 'visually-hidden';
    host.append(area);
    area.select();

    try {
        return document.execCommand('copy');

    } finally {
        area.remove();
    }
}
