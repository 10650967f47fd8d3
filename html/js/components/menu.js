/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A button and a list of choices that it opens.  An element that is one says
 * what is in it; keys and clicks beside it are the same everywhere.
 */


import { Element } from './element.js';


export class Menu extends Element {
    static properties = {
        open: { state: true },
    };

    #outside = (/** @type {Event} */ event) => {
        if (!event.composedPath().includes(this)) {
            this.open = false;
        }
    };

    constructor() {
        super();
        this.open = false;
        this.addEventListener('keydown', (event) => this.#key(event));
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        document.removeEventListener('pointerdown', this.#outside, true);
    }

    /** @param {Map<string, any>} changed */
    updated(changed) {
        if (!changed.has('open')) {
            return;
        }

        if (this.open) {
            document.addEventListener('pointerdown', this.#outside, true);
            (this.#items().find((i) => i.ariaChecked === 'true')
             ?? this.#items()[0])?.focus();

        } else {
            document.removeEventListener('pointerdown', this.#outside, true);
        }
    }

    /** @returns {HTMLElement[]} */
    #items() {
        return [...this.querySelectorAll('[role^=menuitem]')].map(
            (item) => /** @type {HTMLElement} */ (item));
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
        if (!this.open) {
            return;
        }

        const items = this.#items();
        const at = items.indexOf(/** @type {any} */ (document.activeElement));
        const to = {
            ArrowDown: (at + 1) % items.length,
            ArrowUp: (at + items.length - 1) % items.length,
            Home: 0,
            End: items.length - 1,
        }[event.key];

        if (to !== undefined) {
            items[to]?.focus();

        } else if (event.key === 'Escape') {
            this.shut();

        } else if (event.key === 'Tab') {
            this.open = false;
            return;

        } else {
            return;
        }

        event.preventDefault();
        event.stopPropagation();
    }

    /** Closes it and goes back to its button. */
    shut() {
        this.open = false;
        this.querySelector('button')?.focus();
    }
}
