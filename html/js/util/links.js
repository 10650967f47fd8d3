/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Finds the web addresses in a text that a person wrote.  Only http and https
 * become links, whatever else looks like one stays text.
 */


/**
 * @typedef {{text: string, href?: string}} Part
 */


const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const TAIL = /[.,;:!?]+$/;


/**
 * Cuts off what belongs to the sentence and not to the address: a full stop,
 * a bracket that was opened before the address began.
 *
 * @param {string} word
 * @returns {string}
 */
function trimmed(word) {
    let address = word.replace(TAIL, '');

    for (const [open, close] of ['()', '[]', '{}']) {
        while (address.endsWith(close)
               && address.split(close).length > address.split(open).length)
        {
            address = address.slice(0, -1).replace(TAIL, '');
        }
    }

    return address;
}


/**
 * @param {string} word
 * @returns {string|null} the address as the browser will open it
 */
function safeHref(word) {
    try {
        const url = new URL(word);

        return url.protocol === 'http:' || url.protocol === 'https:'
               ? url.href : null;

    } catch {
        return null;
    }
}


/**
 * @param {string} text
 * @returns {Part[]} the text in order, cut at its addresses
 */
export function linkParts(text) {
    /** @type {Part[]} */
    const parts = [];
    let end = 0;

    for (const match of text.matchAll(ADDRESS)) {
        const word = trimmed(match[0]);
        const href = safeHref(word);

        if (href === null) {
            continue;
        }

        if (match.index > end) {
            parts.push({ text: text.slice(end, match.index) });
        }

        parts.push({ text: word, href });
        end = match.index + word.length;
    }

    if (end < text.length) {
        parts.push({ text: text.slice(end) });
    }

    return parts;
}
