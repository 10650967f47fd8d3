/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One request to our REST API.
 */


const PATIENCE = 15000;


/** An answer that is not what was asked for, with a sentence that says why. */
export class ApiError extends Error {
    /**
     * @param {number} status the HTTP status, 0 when no answer came
     * @param {string} message
     */
    constructor(status, message) {
        super(message);
        this.name = 'ApiError';
        this.status = status;
    }
}


/**
 * @param {Response} response
 * @returns {Promise<any>} undefined when it is not JSON
 */
async function bodyOf(response) {
    try {
        return await response.json();

    } catch {
        return undefined;
    }
}


/**
 * @param {'GET'|'POST'|'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @param {RequestCache} [cache]
 * @returns {Promise<any>} the answer
 * @throws {ApiError}
 */
export async function call(method, path, body, cache = 'default') {
    /** @type {Response} */
    let response;

    try {
        response = await fetch(path, {
            method,
            cache,
            credentials: 'same-origin',
            headers: body ? { 'Content-Type': 'application/json' } : {},
            body: body && JSON.stringify(body),
            signal: AbortSignal.timeout(PATIENCE),
        });

    } catch {
        throw new ApiError(0, '');
    }

    const answer = await bodyOf(response);

    if (!response.ok || answer === undefined) {
        throw new ApiError(response.ok ? 502 : response.status,
                           typeof answer?.error === 'string'
                           ? answer.error : '');
    }

    return answer;
}
