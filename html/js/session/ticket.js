/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The way into a room: a ticket for someone new, or for the one who sat here
 * before.
 */


/* the proof of who one was is too old, or nobody knows it */

const STALE = [400, 401, 409];


/**
 * @param {object} wish
 * @param {typeof import('../api/rooms.js').createToken} wish.createToken
 * @param {import('./seat.js').Memory} wish.memory
 * @param {import('../util/query.js').Place} wish.place
 * @param {string} wish.name
 * @returns {Promise<import('../api/rooms.js').Ticket>}
 */
export async function requestTicket({ createToken, memory, place, name }) {
    const request = { ...place, name };
    const seat = memory.seat;

    if (!seat) {
        return createToken(request);
    }

    try {
        return await createToken({
            ...request, identity: seat.identity, token: seat.token,
        });

    } catch (error) {
        if (!STALE.includes(/** @type {any} */ (error)?.status)) {
            throw error;
        }
    }

    memory.seat = null;

    return createToken(request);
}
