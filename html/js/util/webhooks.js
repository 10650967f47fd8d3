/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Addresses of programs that hear what happens in rooms.
 */


export const WEBHOOKS_MAX = 8;

const LENGTH_MAX = 2048;

/* a URL may have them, the API wants them in %XX (RFC 3986) */

const ESCAPED = /[[\]{}|^`\\"<>]/g;


/**
 * @param {string} text as a person lists them
 * @returns {string[]}
 */
export function webhooksOf(text) {
    const words = text.split(/\s+/).filter(Boolean);

    return [...new Set(words.map((word) => cleanWebhook(word) ?? word))];
}


/**
 * @param {string} word an address, maybe without its beginning
 * @returns {string|null} as the API takes it; null when it is none
 */
export function cleanWebhook(word) {
    try {
        const url = new URL(/^[a-z]+:\/\//i.test(word) ? word
                                                        : `https://${word}`);
        const path = `${url.pathname}${url.search}`.replace(
            ESCAPED, encodeURIComponent);
        const clean = url.origin + path;

        return /^https?:$/.test(url.protocol) && !url.username
               && !url.password && !url.hash && !/\s/.test(word)
               && /^[a-z0-9.:[\]-]+$/.test(url.host)
               && clean.length <= LENGTH_MAX ? clean : null;

    } catch {
        return null;
    }
}


/**
 * @param {string[]} urls
 * @returns {string|null} the first one that is none; null when all are good
 */
export function wrongWebhook(urls) {
    return urls.find((url) => cleanWebhook(url) !== url) ?? null;
}
