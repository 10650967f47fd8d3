/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The texts of the pages, one table per language.  English has every text and
 * stands in where another language has none.
 */


import en from './texts/en.js';


/** @typedef {'admin'|'test'} Part texts that only some pages need */

const LANGUAGES = ['en', 'de', 'es'];

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

        if (LANGUAGES.includes(code)) {
            return code;
        }
    }

    return 'en';
}


/**
 * @param {string} name of a table
 * @returns {Promise<Record<string, string>>} empty when it does not load
 */
async function load(name) {
    try {
        return (await import(`./texts/${name}.js`)).default;

    } catch (error) {
        console.warn(`no texts ${name}`, error);

        return {};
    }
}


/**
 * @param {string} code
 * @param {Part[]} [parts]
 * @returns {Promise<void>} a table that does not load leaves English
 */
export async function setLanguage(code, parts = []) {
    if (!LANGUAGES.includes(code)) {
        return;
    }

    const english = parts.map((part) => `${part}-en`);
    const own = code === 'en' ? []
                : [code, ...parts.map((part) => `${part}-${code}`)];
    const tables = await Promise.all([...english, ...own].map(load));

    table = Object.assign({}, en, ...tables);
    lang = code;
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
