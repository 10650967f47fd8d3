/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The users of the dashboard and the API.
 */


import { call } from './client.js';


/**
 * @typedef {'admin'|'member'} Role
 */

/**
 * @typedef {object} User
 * @property {string} _id
 * @property {string} name
 * @property {string} email
 * @property {Role} role
 * @property {number} [created] Unix time
 */

/**
 * @typedef {object} UserChanges
 * @property {string} [name]
 * @property {string} [email]
 * @property {Role} [role]
 * @property {string} [password]
 */


/**
 * @returns {Promise<User[]>}
 */
export function listUsers() {
    return call('POST', '/api/users/getAll', {});
}


/**
 * @param {UserChanges} user
 * @returns {Promise<User>}
 */
export function createUser(user) {
    return call('POST', '/api/users/create', user);
}


/**
 * @param {string} id
 * @param {UserChanges} changes
 * @returns {Promise<User>}
 */
export function updateUser(id, changes) {
    return call('POST', '/api/users/update', { ...changes, id });
}


/**
 * @param {string} id
 * @returns {Promise<void>}
 */
export async function removeUser(id) {
    await call('DELETE', '/api/users/remove', { id });
}
