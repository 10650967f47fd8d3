/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What can go wrong, in the words of our text tables.
 */


/**
 * @typedef {object} Problem
 * @property {string} key of the text
 * @property {string} [detail] the server's own sentence, when we have none
 * @property {boolean} [again] another try may help
 * @property {boolean} [calm] it is an end that the person wanted
 * @property {boolean} [passes] it can be over without anyone's doing here
 */

/* DisconnectReason of the LiveKit protocol */

const REASONS = new Map([
    [1, { key: 'end.left', again: true, calm: true }],
    [2, { key: 'end.elsewhere', again: true }],
    [3, { key: 'end.shutdown', again: true }],
    [4, { key: 'end.removed', again: false }],
    [5, { key: 'end.deleted', again: false }],
    [10, { key: 'end.closed', again: true }],
]);

/* DOMException names of getUserMedia; livekit-client passes them on */

const DEVICE = new Map([
    ['NotAllowedError', 'refused'],
    ['PermissionDeniedError', 'refused'],
    ['SecurityError', 'refused'],
    ['NotFoundError', 'missing'],
    ['DevicesNotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['TrackStartError', 'busy'],
    ['AbortError', 'busy'],
]);


/**
 * @param {number} status
 * @param {string} sentence
 * @returns {Problem}
 */
function refusal(status, sentence) {
    switch (status) {

    case 403:
        if (/\blink\b/i.test(sentence)) {
            return { key: 'refused.link', again: false };
        }

        return /full/i.test(sentence)
               ? { key: 'refused.full', again: true, passes: true }
               : { key: 'refused.closed', again: true, passes: true };

    case 404:
        return { key: 'refused.unknown', again: false };

    case 409:
        return { key: 'refused.taken', again: true };

    case 429:
        return { key: 'refused.busy', again: true };

    case 400:
    case 401:
        return { key: 'refused.other', detail: sentence, again: true };
    }

    return { key: 'refused.away', again: true, passes: true };
}


/**
 * @param {any} error an ApiError, or an error of livekit-client's connect
 * @returns {Problem} why the door stays shut
 */
export function joinProblem(error) {
    if (error?.name === 'ApiError') {
        return refusal(error.status, error.message);
    }

    if (error?.name === 'ConnectionError') {
        if (error.reasonName === 'LeaveRequest') {
            return endProblem(error.context);
        }

        const status = error.status ?? error.context?.status ?? 0;

        /* the API may answer all the time: only a door is asked again */

        return { ...refusal(status, error.message), passes: status === 403 };
    }

    return { key: 'refused.media', again: true };
}


/**
 * @param {number|undefined} reason a DisconnectReason
 * @returns {Problem} why one is outside again
 */
export function endProblem(reason) {
    return REASONS.get(reason ?? 0) ?? { key: 'end.lost', again: true };
}


/* what a firewall can be the reason for */

const NETWORK = ['refused.away', 'refused.media', 'end.lost'];


/**
 * @param {Problem} problem
 * @returns {boolean} the test of the connection may tell more
 */
export function testHelps(problem) {
    return NETWORK.includes(problem.key);
}


/**
 * @param {any} error of getUserMedia
 * @param {'microphone'|'camera'|'screen'} what
 * @returns {string} the key of a text
 */
export function deviceProblem(error, what) {
    return `device.${what}.${DEVICE.get(error?.name) ?? 'failed'}`;
}


/**
 * @param {any} error of a request from the dashboard
 * @returns {Problem}
 */
export function apiProblem(error) {
    if (error?.name !== 'ApiError') {
        return { key: 'api.failed' };
    }

    if (error.status === 0) {
        return { key: 'api.away' };
    }

    return error.message
           ? { key: 'api.said', detail: error.message }
           : { key: 'api.failed' };
}
