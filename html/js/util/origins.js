/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The sites that may show meetings in a frame.
 */


/**
 * @param {'all'|'some'|'none'} who
 * @param {string} text as a person lists them
 * @returns {string[]}
 */
export function originsOf(who, text) {
    if (who !== 'some') {
        return who === 'all' ? ['*'] : [];
    }

    const words = text.split(/[\s,;]+/).filter(Boolean);

    return [...new Set(words.map((word) => cleanOrigin(word) ?? word))];
}


/**
 * @param {string} word an address or a name
 * @returns {string|null} null when it is no origin
 */
function cleanOrigin(word) {
    try {
        const url = new URL(/^[a-z]+:\/\//i.test(word) ? word
                                                        : `https://${word}`);

        return /^https?:$/.test(url.protocol) && !url.username
               && /^[a-z0-9.:[\]-]+$/.test(url.host) ? url.origin : null;

    } catch {
        return null;
    }
}


/**
 * @param {string[]} origins
 * @returns {string|null} the first one that is none, empty when there are no
 *     others; null when all are good
 */
export function wrongOrigin(origins) {
    return origins.find((origin) =>
        origin !== '*' && cleanOrigin(origin) !== origin) ?? null;
}
