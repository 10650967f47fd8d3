/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a browser remembers: in the tab, the seat in a room, so that a reload
 * comes back as the same person; for ever, the name and the devices.
 */


/**
 * @typedef {object} Seat
 * @property {string} identity
 * @property {string} token the join token, proof of the identity
 * @property {boolean} inside the page was in the meeting when it went
 * @property {boolean} microphone
 * @property {boolean} camera
 */

/**
 * @typedef {object} Habits
 * @property {string} name
 * @property {string} audioinput a device's id
 * @property {string} videoinput
 * @property {string} audiooutput
 */

const HABITS = 'conferences.habits';
const NAME = 'conferences.name';


/**
 * @param {Storage|null} storage
 * @param {string} key
 * @returns {any}
 */
function load(storage, key) {
    try {
        const value = JSON.parse(storage?.getItem(key) ?? 'null');

        return value && typeof value === 'object' ? value : null;

    } catch {
        return null;
    }
}


/**
 * A full or forbidden storage only means that nothing is remembered.
 *
 * @param {Storage|null} storage
 * @param {string} key
 * @param {object|null} value
 */
function save(storage, key, value) {
    try {
        if (value === null) {
            storage?.removeItem(key);
        } else {
            storage?.setItem(key, JSON.stringify(value));
        }

    } catch {
        return;
    }
}


export class Memory {
    /**
     * @param {{tab: Storage|null, browser: Storage|null,
     *          id: string, mode: string}} where
     */
    constructor({ tab, browser, id, mode }) {
        this.tab = tab;
        this.browser = browser;
        this.key = `conferences.seat.${mode}.${id}`;
    }

    /** @returns {Seat|null} */
    get seat() {
        const seat = load(this.tab, this.key);

        return seat && typeof seat.identity === 'string'
               && typeof seat.token === 'string' ? seat : null;
    }

    /** @param {Partial<Seat>|null} changes null forgets the seat */
    set seat(changes) {
        save(this.tab, this.key, changes && { ...this.seat, ...changes });
    }

    /** @returns {Habits} */
    get habits() {
        const kept = load(this.browser, HABITS) ?? {};
        const own = load(this.tab, NAME) ?? {};
        const text = (/** @type {unknown} */ value) =>
            typeof value === 'string' ? value : '';

        return {
            name: text(own.name) || text(kept.name),
            audioinput: text(own.audioinput) || text(kept.audioinput),
            videoinput: text(own.videoinput) || text(kept.videoinput),
            audiooutput: text(own.audiooutput) || text(kept.audiooutput),
        };
    }

    /** @param {Partial<Habits>} changes */
    set habits(changes) {
        const habits = { ...this.habits, ...changes };

        save(this.browser, HABITS, habits);
        save(this.tab, NAME, habits);
    }
}
