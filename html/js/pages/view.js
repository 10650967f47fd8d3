/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A view of the dashboard: what it shows, and the window that lies over it.
 */


import { Element } from '../components/element.js';
import { apiProblem } from '../session/problems.js';
import { t } from '../util/text.js';


/**
 * @typedef {object} Open what lies over the page
 * @property {string} name
 * @property {string} [message]
 * @property {boolean} [busy]
 * @property {any} [subject] what it is about
 */


/**
 * @param {unknown} error
 * @returns {string} what to tell of a request that failed
 */
export function sentence(error) {
    const problem = apiProblem(error);

    return t(problem.key, { detail: problem.detail ?? '' });
}


export class View extends Element {
    static properties = {
        account: { attribute: false },
        open: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../session/account.js').Account|null} */
        this.account = null;

        /** @type {Open|null} */
        this.open = null;
    }

    /** Closes the window, for its element. */
    closed = () => { this.open = null; };

    /** @param {string} text */
    notice(text) {
        this.emit('notice', text);
    }

    /**
     * Does what a window was opened for and closes it; a failure is told in
     * the window.
     *
     * @param {() => Promise<string>} request answers with the text to show
     */
    async carryOut(request) {
        const open = this.open;

        if (!open || open.busy) {
            return;
        }

        this.open = { ...open, busy: true, message: '' };

        try {
            const text = await request();

            this.open = null;
            this.notice(text);

        } catch (error) {
            this.open = { ...open, message: sentence(error) };
        }
    }
}
