/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Short texts that come and go at the edge of the page.  They are a live
 * region: a screen reader says them.
 */


import { html, repeat } from '../util/lit.js';
import { Element } from './element.js';


const SHOWN_FOR = 6000;
const AT_ONCE = 3;


export class Notices extends Element {
    static properties = {
        list: { state: true },
    };

    constructor() {
        super();

        /** @type {{id: number, text: string}[]} */
        this.list = [];
        this.last = 0;
    }

    /** @param {string} text */
    show(text) {
        const id = ++this.last;

        this.list = [...this.list.filter((notice) => notice.text !== text),
                     { id, text }].slice(-AT_ONCE);

        setTimeout(() => {
            this.list = this.list.filter((notice) => notice.id !== id);
        }, SHOWN_FOR);
    }

    render() {
        return html`
            <div class="notices" role="status" aria-live="polite">
                ${repeat(this.list, (notice) => notice.id, (notice) => html`
                    <p class="notice" dir="auto">${notice.text}</p>`)}
            </div>`;
    }
}


customElements.define('rtc-notices', Notices);
