/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Signing in and out.  The session is a cookie that scripts cannot read; the
 * API token is for other programs.
 */


import { call } from './client.js';


/**
 * @param {string} email a user name or an address
 * @param {string} password
 * @returns {Promise<void>}
 */
export async function signIn(email, password) {
    await call('POST', '/api/auth/login', { email, password });
}


/**
 * @returns {Promise<void>}
 */
export async function signOut() {
    await call('POST', '/api/auth/logout');
}


/**
 * @returns {Promise<string>}
 */
export async function apiToken() {
    return (await call('POST', '/api/auth/getToken')).token;
}


/**
 * @returns {Promise<string>} the new token; all earlier ones are void
 */
export async function rotateToken() {
    return (await call('POST', '/api/auth/rotateToken')).token;
}


/**
 * @returns {Promise<import('./users.js').User>} who is signed in
 */
export function getUser() {
    return call('POST', '/api/auth/getUser');
}


/**
 * @param {string} old
 * @param {string} password the new one; all earlier sessions end, not this one
 * @returns {Promise<void>}
 */
export async function changePassword(old, password) {
    await call('POST', '/api/auth/changePassword',
               { old_password: old, new_password: password });
}
