/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How names, times and links are written for people.
 */


const HUES = 8;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });


/**
 * @param {string} word
 * @returns {string} its first character as a person sees it
 */
function first(word) {
    const [grapheme] = segmenter.segment(word);

    return grapheme ? grapheme.segment : '';
}


/**
 * @param {string} name
 * @returns {string} one or two letters for the avatar
 */
export function initials(name) {
    const all = name.trim().split(/\s+/).filter(Boolean);
    const named = all.filter((word) => /^\p{L}/u.test(word));
    const words = named.length ? named : all;

    if (words.length === 0) {
        return '?';
    }

    const last = words.length > 1 ? first(words[words.length - 1]) : '';

    return (first(words[0]) + last).toLocaleUpperCase();
}


/**
 * @param {string} text
 * @returns {number} 0–7, the same for the same text on every screen
 */
export function hue(text) {
    let hash = 0;

    for (const char of text) {
        hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
    }

    return hash % HUES;
}


/**
 * @param {number} time milliseconds
 * @param {string} [lang]
 * @returns {string} hours and minutes
 */
export function clock(time, lang) {
    return new Date(time).toLocaleTimeString(lang, {
        hour: '2-digit', minute: '2-digit',
    });
}


/**
 * @param {number} seconds Unix time
 * @param {string} [lang]
 * @returns {string} a day
 */
export function day(seconds, lang) {
    return new Date(seconds * 1000).toLocaleDateString(lang, {
        day: 'numeric', month: 'short', year: 'numeric',
    });
}


/**
 * @param {string} id a room's id: its first eight digits are its birth
 * @returns {number} Unix time, 0 when the id has another form
 */
export function birth(id) {
    return /^[0-9a-f]{24}$/.test(id) ? parseInt(id.slice(0, 8), 16) : 0;
}


/**
 * @param {string} origin
 * @param {{_id: string, pass?: string}} room
 * @param {'speaker'|'view'} mode
 * @returns {string}
 */
export function meetingUrl(origin, room, mode) {
    const path = mode === 'view' ? 'conferences-view-mode' : 'conferences';
    const pass = room.pass ? `?pass=${encodeURIComponent(room.pass)}` : '';

    return `${origin}/${path}/${encodeURIComponent(room._id)}${pass}`;
}


/**
 * @param {string} url
 * @returns {string} what a site puts into its page to show the room
 */
export function iframeSnippet(url) {
    return `<iframe src="${url}" allow="camera; microphone; `
           + 'display-capture; autoplay; fullscreen" width="100%" '
           + 'height="600"></iframe>';
}
