/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the address of a meeting page says: the room, the mode, the options.
 */


/**
 * @typedef {object} Place
 * @property {string} id
 * @property {'speaker'|'view'} mode
 * @property {string} [pass] lets into a room whose name could be guessed
 */

/**
 * @typedef {object} Options
 * @property {string} displayName
 * @property {boolean} autoJoin
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} chat
 * @property {boolean} minimal
 * @property {string} lang
 */

const PLACE = /^\/conferences(-view-mode)?\/([^/]+)\/?$/;
const ID = /^[0-9a-f]{24}$/i;

const NAME_MAX = 80;


/**
 * @param {string} segment
 * @returns {string} '' when it is malformed
 */
function decoded(segment) {
    try {
        return decodeURIComponent(segment);

    } catch {
        return '';
    }
}


/**
 * @param {string} pathname
 * @param {string} [search]
 * @returns {Place|null} null when it is no meeting's address
 */
export function readPlace(pathname, search = '') {
    const match = PLACE.exec(pathname);
    const id = match ? decoded(match[2]) : '';
    const pass = new URLSearchParams(search).get('pass');

    return match && id ? {
        id: ID.test(id) ? id.toLowerCase() : id,
        mode: match[1] ? 'view' : 'speaker',
        ...(pass && { pass }),
    } : null;
}


/**
 * @param {string} name
 * @returns {string} on one line, without control characters, not too long
 */
export function cleanName(name) {
    const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

    return [...line].slice(0, NAME_MAX).join('').trim();
}


/**
 * @param {string} search
 * @returns {Options}
 */
export function readOptions(search) {
    const query = new URLSearchParams(search);
    const off = (/** @type {string} */ key) => query.get(key) === 'off';

    return {
        displayName: cleanName(query.get('displayName') ?? ''),
        autoJoin: query.get('autoJoin') === '1',
        microphone: !off('mic'),
        camera: !off('camera'),
        chat: !off('chat'),
        minimal: query.get('minimal') === '1',
        lang: query.get('lang') ?? '',
    };
}
