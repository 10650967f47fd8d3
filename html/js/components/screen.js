/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A screen that somebody shares.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class Screen extends Element {
    static properties = {
        person: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/people.js').Person|null} */
        this.person = null;

        /** @type {import('../session/people.js').Media|null} */
        this.shown = null;
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#show(null);
    }

    updated() {
        this.#show(this.isConnected ? this.person?.screen ?? null : null);
    }

    /**
     * @param {import('../session/people.js').Media|null} track
     */
    #show(track) {
        const video = this.querySelector('video');

        if (track === this.shown || !video) {
            return;
        }

        this.shown?.detach(video);
        track?.attach(video);
        this.shown = track;
    }

    render() {
        const person = this.person;

        if (!person) {
            return nothing;
        }

        const label = person.self ? t('screen.own')
                                  : t('screen.of', { name: person.name });

        return html`
            <video playsinline muted autoplay aria-label=${label}></video>
            <div class="tile-label">
                ${icon('screen')}
                <span class="tile-name" dir="auto">${label}</span>
            </div>`;
    }
}


customElements.define('rtc-screen', Screen);
