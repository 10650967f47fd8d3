/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * From one colour that somebody likes, those that can be read (WCAG 2, 1.4.3
 * and 1.4.11).
 */


/** @typedef {[number, number, number]} Rgb 0–255 */

/* css/base.css has the same one */

export const DEFAULT_ACCENT = '#3b5bdb';

const TEXT = 4.5;

/** @type {Rgb} */
const WHITE = [255, 255, 255];

/** @type {Rgb} */
const BLACK = [0, 0, 0];

/* what lies behind the colours: the cards of both themes in css/base.css */

/** @type {Rgb} */
const LIGHT_CARD = [246, 247, 249];

/** @type {Rgb} */
const DARK_CARD = [35, 40, 49];


/**
 * @param {string} text #rrggbb
 * @returns {Rgb|null}
 */
export function parseColor(text) {
    const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);

    return match && /** @type {Rgb} */ (match.slice(1).map((part) =>
        parseInt(part, 16)));
}


/**
 * @param {Rgb} color
 * @returns {string}
 */
function toText(color) {
    return `#${color.map((part) =>
        Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}


/** @param {Rgb} color */
function luminance(color) {
    const [r, g, b] = color.map((part) => {
        const c = part / 255;

        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });

    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}


/**
 * @param {Rgb} one
 * @param {Rgb} other
 * @returns {number} 1–21
 */
export function contrast(one, other) {
    const a = luminance(one);
    const b = luminance(other);

    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}


/**
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} part 0–1
 * @returns {Rgb}
 */
function mix(from, to, part) {
    return /** @type {Rgb} */ (from.map((value, i) =>
        Math.round(value + (to[i] - value) * part)));
}


/**
 * @param {Rgb} color
 * @returns {Rgb} black or white, whichever is read better on it
 */
function textOn(color) {
    return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK;
}


/**
 * @param {Rgb} color
 * @param {Rgb} card
 * @param {Rgb} towards
 * @returns {Rgb} the nearest colour that can be read as text on this card
 */
function readable(color, card, towards) {
    for (let part = 0; part < 1; part += 0.05) {
        const mixed = mix(color, towards, part);

        if (contrast(mixed, card) >= TEXT) {
            return mixed;
        }
    }

    return towards;
}


/**
 * @param {Rgb} color
 * @param {Rgb} card
 * @param {Rgb} towards what text moves to, away from the card
 * @param {string} theme
 * @returns {Record<string, string>}
 */
function shades(color, card, towards, theme) {
    const accent = readable(color, card, towards);
    const on = textOn(color);

    return {
        [`--brand-${theme}`]: toText(accent),
        [`--brand-${theme}-wash`]: toText(mix(card, color, 0.1)),
        [`--brand-${theme}-fill`]: toText(color),
        [`--brand-${theme}-fill-strong`]:
            toText(mix(color, on === WHITE ? BLACK : WHITE, 0.16)),
        [`--brand-${theme}-on`]: toText(on),
    };
}


/**
 * @param {string} text #rrggbb
 * @returns {Record<string, string>} properties of CSS and their values, none
 *     when it is no colour
 */
export function palette(text) {
    const color = parseColor(text);

    return color ? {
        ...shades(color, LIGHT_CARD, BLACK, 'light'),
        ...shades(color, DARK_CARD, WHITE, 'dark'),
    } : {};
}
