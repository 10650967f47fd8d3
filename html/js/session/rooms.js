/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The rooms of the dashboard: one page of the list, its search, and the
 * changes a person makes to it.
 */


import { apiProblem } from './problems.js';


/**
 * @typedef {import('../api/rooms.js').Room} Room
 * @typedef {typeof import('../api/rooms.js')} Api
 */

export const PAGE = 20;


export class Rooms extends EventTarget {
    /**
     * @param {Pick<Api, 'listRooms'|'countRooms'|'createRoom'|'updateRoom'
     *              |'removeRoom'>} api
     */
    constructor(api) {
        super();

        this.api = api;

        /** @type {Room[]|null} null: not asked yet */
        this.list = null;
        this.count = 0;
        this.skip = 0;
        this.search = '';
        this.busy = false;

        /** @type {import('./problems.js').Problem|null} */
        this.problem = null;
        this.asked = 0;
    }

    /**
     * Asks for the page again.  Of several answers under way only the last
     * one counts.
     *
     * @returns {Promise<void>}
     */
    async load() {
        const turn = ++this.asked;
        const { skip, search } = this;

        this.busy = true;

        try {
            const count = await this.api.countRooms(search);
            const list = await this.api.listRooms({ skip, limit: PAGE,
                                                    search });

            if (turn !== this.asked) {
                return;
            }

            this.list = list;
            this.count = count;
            this.problem = null;

        } catch (error) {
            if (turn !== this.asked) {
                return;
            }

            this.problem = apiProblem(error);
        }

        this.busy = false;

        if (!this.problem && this.skip > 0 && this.skip >= this.count) {
            this.skip = Math.max(0, Math.ceil(this.count / PAGE) - 1) * PAGE;
            await this.load();
            return;
        }

        this.#change();
    }

    /**
     * @param {string} search
     * @returns {Promise<void>}
     */
    find(search) {
        this.search = search.trim();
        this.skip = 0;

        return this.load();
    }

    /**
     * @param {number} pages how many further
     * @returns {Promise<void>}
     */
    turn(pages) {
        this.skip = Math.max(0, this.skip + pages * PAGE);

        return this.load();
    }

    /**
     * @param {Partial<Room>} room
     * @returns {Promise<Room>}
     */
    async create(room) {
        const made = await this.api.createRoom(room);

        this.skip = 0;
        this.search = '';
        await this.load();

        return made;
    }

    /**
     * @param {string} id
     * @param {Partial<Room>} changes
     * @returns {Promise<Room>}
     */
    async update(id, changes) {
        const room = await this.api.updateRoom(id, changes);

        await this.load();

        return room;
    }

    /**
     * @param {string} id
     * @returns {Promise<void>}
     */
    async remove(id) {
        await this.api.removeRoom(id);
        await this.load();
    }

    #change() {
        this.dispatchEvent(new Event('change'));
    }
}
