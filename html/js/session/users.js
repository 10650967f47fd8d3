/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The users of the installation, as its administrators see them.
 */


import { apiProblem } from './problems.js';


/**
 * @typedef {import('../api/users.js').User} User
 * @typedef {import('../api/users.js').UserChanges} UserChanges
 * @typedef {typeof import('../api/users.js')} Api
 */


export class Users extends EventTarget {
    /**
     * @param {Pick<Api, 'listUsers'|'createUser'|'updateUser'
     *              |'removeUser'>} api
     */
    constructor(api) {
        super();
        this.api = api;

        /** @type {User[]|null} null: not asked yet */
        this.list = null;

        /** @type {import('./problems.js').Problem|null} */
        this.problem = null;
    }

    /** @returns {Promise<void>} */
    async load() {
        try {
            const list = await this.api.listUsers();

            this.list = [...list].sort((a, b) =>
                a.name.localeCompare(b.name));
            this.problem = null;

        } catch (error) {
            this.problem = apiProblem(error);
        }

        this.#change();
    }

    /**
     * Someone has to be able to change the settings.
     *
     * @param {User} user
     * @returns {boolean}
     */
    isLastAdmin(user) {
        const admins = (this.list ?? []).filter((u) => u.role === 'admin');

        return admins.length === 1 && admins[0]._id === user._id;
    }

    /**
     * @param {UserChanges} user
     * @returns {Promise<void>}
     */
    async create(user) {
        await this.api.createUser(user);
        await this.load();
    }

    /**
     * @param {string} id
     * @param {UserChanges} changes
     * @returns {Promise<void>}
     */
    async update(id, changes) {
        await this.api.updateUser(id, changes);
        await this.load();
    }

    /**
     * @param {string} id
     * @returns {Promise<void>}
     */
    async remove(id) {
        await this.api.removeUser(id);
        await this.load();
    }

    #change() {
        this.dispatchEvent(new Event('change'));
    }
}
