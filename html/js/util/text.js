/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The texts of the pages, one table per language.  English has every text and
 * stands in where another language has none.
 */


import en from './texts/en.js';


/** @type {Record<string, () => Promise<{default: Record<string, string>}>>} */
const tables = {
    de: () => import('./texts/de.js'),
    es: () => import('./texts/es.js'),
};

/** @type {Record<string, string>} */
let table = en;
let lang = 'en';


/**
 * @param {string} asked a language tag, or empty
 * @param {readonly string[]} preferred the browser's, best first
 * @returns {string} the best language we have
 */
export function pickLanguage(asked, preferred) {
    for (const tag of [asked, ...preferred]) {
        const code = tag.toLowerCase().split('-')[0];

        if (code === 'en' || Object.hasOwn(tables, code)) {
            return code;
        }
    }

    return 'en';
}


/**
 * @param {string} code
 * @returns {Promise<void>} a table that does not load leaves English
 */
export async function setLanguage(code) {
    if (!Object.hasOwn(tables, code)) {
        return;
    }

    try {
        table = { ...en, ...(await tables[code]()).default };
        lang = code;

    } catch (error) {
        console.warn(`no texts for ${code}`, error);
    }
}


/**
 * @returns {string}
 */
export function language() {
    return lang;
}


/**
 * @param {string} key
 * @param {Record<string, string|number>} [values] for the {names} in the text;
 *     with a count, KEY.one is taken for one where it exists
 * @returns {string}
 */
export function t(key, values = {}) {
    const text = (values.count === 1 && table[`${key}.one`])
                 || table[key] || key;

    return text.replace(/\{(\w+)\}/g, (all, name) =>
        Object.hasOwn(values, name) ? String(values[name]) : all);
}
