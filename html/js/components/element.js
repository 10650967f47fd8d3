/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What all our elements have in common.
 */


import { LitElement } from '../util/lit.js';


export class Element extends LitElement {
    #again = () => this.requestUpdate();

    /** Everything is in the document itself: one style, one set of ids. */
    createRenderRoot() {
        return this;
    }

    /**
     * The models whose "change" event draws this element again.  They are the
     * same ones for the whole life of the element.
     *
     * @returns {EventTarget[]}
     */
    get models() {
        return [];
    }

    connectedCallback() {
        super.connectedCallback();

        for (const model of this.models) {
            model.addEventListener('change', this.#again);
        }

        this.requestUpdate();
    }

    disconnectedCallback() {
        super.disconnectedCallback();

        for (const model of this.models) {
            model.removeEventListener('change', this.#again);
        }
    }

    /**
     * @param {string} name
     * @param {any} [detail]
     */
    emit(name, detail) {
        this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }
}
