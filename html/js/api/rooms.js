/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The rooms of the API, and the way into one.
 */


import { call } from './client.js';


/**
 * @typedef {object} Room
 * @property {string} _id
 * @property {string} name
 * @property {string} mediaType
 * @property {number} max_participants 0: as many as come
 * @property {boolean} active
 * @property {boolean} allow_chat
 * @property {boolean} allow_share_screen
 * @property {string} [webhook_url]
 * @property {number} [participants] present now
 * @property {string} [pass] belongs to the links of a room that an
 *     application named
 */

/**
 * @typedef {object} Ticket
 * @property {string} token a LiveKit access token
 * @property {string} url where the LiveKit client connects to
 * @property {string} identity
 * @property {string} name
 * @property {Partial<Room>} room
 */

/**
 * @typedef {object} TicketRequest
 * @property {string} id
 * @property {'speaker'|'view'} mode
 * @property {string} name
 * @property {string} [identity]
 * @property {string} [token] an earlier one of this identity
 * @property {string} [pass] of the room's link
 */


/**
 * @param {{skip: number, limit: number, search: string}} range
 * @returns {Promise<Room[]>} newest first
 */
export function listRooms({ skip, limit, search }) {
    return call('POST', '/api/conferences/getAll', {
        extended: true, skip, limit, ...(search && { search }),
    });
}


/**
 * @param {string} search
 * @returns {Promise<number>}
 */
export async function countRooms(search) {
    const answer = await call('POST', '/api/conferences/getCount',
                              search ? { search } : {});

    return answer.count;
}


/**
 * @param {Partial<Room>} room
 * @returns {Promise<Room>}
 */
export function createRoom(room) {
    return call('POST', '/api/conferences/create',
                { ...room, extended: true });
}


/**
 * @param {string} id
 * @param {Partial<Room>} changes
 * @returns {Promise<Room>}
 */
export function updateRoom(id, changes) {
    return call('POST', '/api/conferences/update',
                { ...changes, id, extended: true });
}


/**
 * @param {string} id
 * @returns {Promise<void>}
 */
export async function removeRoom(id) {
    await call('DELETE', '/api/conferences/remove', { id });
}


/**
 * @param {TicketRequest} request
 * @returns {Promise<Ticket>}
 */
export function createToken(request) {
    return call('POST', '/api/conferences/createToken', request);
}
