/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Where tiles go: the largest ones of one size that fill an area.
 */


/**
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} width of a tile
 * @property {number} height of a tile
 * @property {boolean} scrolls there are more tiles than the area shows
 */

const WIDEST = 16 / 9;
const NARROWEST = 3 / 5;


/**
 * @param {number} columns
 * @param {number} rows
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {{width: number, height: number}} a tile of an allowed shape
 */
function tileOf(columns, rows, width, height, gap) {
    const w = Math.max(0, (width - gap * (columns - 1)) / columns);
    const h = Math.max(0, (height - gap * (rows - 1)) / rows);

    if (w > h * WIDEST) {
        return { width: h * WIDEST, height: h };
    }

    if (w < h * NARROWEST) {
        return { width: w, height: w / NARROWEST };
    }

    return { width: w, height: h };
}


/**
 * @param {number} count of tiles
 * @param {number} width of the area
 * @param {number} height of the area
 * @param {{gap?: number, least?: number}} [options] least: a tile that would
 *     be narrower makes the area scroll instead
 * @returns {Grid}
 */
export function fitGrid(count, width, height, { gap = 8, least = 150 } = {}) {
    let best = { columns: 1, width: 0, height: 0, scrolls: false };

    for (let columns = 1; columns <= count; columns++) {
        const rows = Math.ceil(count / columns);
        const tile = tileOf(columns, rows, width, height, gap);

        if (tile.width * tile.height > best.width * best.height) {
            best = { columns, ...tile, scrolls: false };
        }
    }

    if (best.width >= Math.min(least, width)) {
        return best;
    }

    const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
    const tile = Math.max(0, (width - gap * (columns - 1)) / columns);

    return { columns, width: tile, height: tile * 3 / 4, scrolls: count > 0 };
}
