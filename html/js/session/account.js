/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who is signed in.  Every request of the dashboard goes through here, so
 * that the end of a session is noticed wherever it shows first.
 */


import { apiProblem } from './problems.js';


/**
 * @typedef {import('../api/users.js').User} User
 * @typedef {typeof import('../api/auth.js')} Auth
 */


export class Account extends EventTarget {
    /**
     * @param {Pick<Auth, 'signIn'|'signOut'|'getUser'|'changePassword'>} auth
     */
    constructor(auth) {
        super();
        this.auth = auth;

        /** undefined: not known yet; null: nobody
         * @type {User|null|undefined} */
        this.user = undefined;

        /** @type {import('./problems.js').Problem|null} */
        this.problem = null;
    }

    get admin() {
        return this.user?.role === 'admin';
    }

    /** @returns {Promise<void>} */
    async load() {
        try {
            this.user = await this.auth.getUser();
            this.problem = null;

        } catch (error) {
            this.#failed(error);
        }

        this.#change();
    }

    /**
     * @param {string} email
     * @param {string} password
     * @returns {Promise<void>}
     */
    async signIn(email, password) {
        this.problem = null;

        try {
            await this.auth.signIn(email, password);
            await this.load();

        } catch (error) {
            this.problem = /** @type {any} */ (error)?.status === 401
                           ? { key: 'sign.wrong' } : apiProblem(error);
            this.#change();
        }
    }

    /** @returns {Promise<void>} */
    async signOut() {
        await this.auth.signOut();
        this.user = null;
        this.problem = null;
        this.#change();
    }

    /**
     * @param {string} old
     * @param {string} password
     * @returns {Promise<void>} rejects with an ApiError
     */
    async changePassword(old, password) {
        await this.auth.changePassword(old, password);
    }

    /**
     * @template {Record<string, any>} T
     * @param {T} api
     * @returns {T} the same functions, under the eyes of this account
     */
    watch(api) {
        return /** @type {T} */ (Object.fromEntries(
            Object.entries(api).map(([name, request]) => [
                name,
                (/** @type {any[]} */ ...values) =>
                    this.#run(() => request(...values)),
            ])));
    }

    /** @param {() => Promise<any>} request */
    async #run(request) {
        try {
            return await request();

        } catch (error) {
            if (/** @type {any} */ (error)?.status === 401) {
                this.#failed(error);
                this.#change();
            }

            throw error;
        }
    }

    /** @param {unknown} error */
    #failed(error) {
        if (/** @type {any} */ (error)?.status === 401) {
            this.problem = this.user ? { key: 'sign.ended' } : this.problem;
            this.user = null;

        } else {
            this.problem = apiProblem(error);
        }
    }

    #change() {
        this.dispatchEvent(new Event('change'));
    }
}
