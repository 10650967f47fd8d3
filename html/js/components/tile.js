/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One person: the picture, or the initials where there is none.
 */


import { hue, initials } from '../util/format.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class Tile extends Element {
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

    /** A video that moved in the document has stopped: attach it again. */
    updated() {
        this.#show(this.isConnected ? this.person?.camera ?? null : null);
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

        const name = person.self ? t('people.you', { name: person.name })
                                 : person.name;

        return html`
            <video class=${person.self ? 'mirror' : ''} playsinline muted
                autoplay ?hidden=${!person.camera}
                aria-label=${t('tile.video', { name })}></video>

            <div class="avatar hue-${hue(person.identity)}"
                aria-hidden="true" ?hidden=${Boolean(person.camera)}
                >${initials(person.name)}</div>

            <div class="tile-ring" ?data-speaking=${person.speaking}></div>

            ${person.hand ? html`
                <div class="tile-hand" title=${t('hand.up')}>
                    ${icon('hand')}
                    <span class="visually-hidden">${t('hand.up')}</span>
                </div>` : nothing}

            ${person.quality ? html`
                <div class="tile-quality" title=${t('quality.poor')}>
                    ${icon('signal')}
                    <span class="visually-hidden"
                        >${t('quality.poor')}</span>
                </div>` : nothing}

            <div class="tile-label">
                ${person.microphone || person.viewer ? nothing : html`
                    <span class="tile-muted" title=${t('tile.muted')}>
                        ${icon('microphoneOff')}
                        <span class="visually-hidden"
                            >${t('tile.muted')}</span>
                    </span>`}
                <span class="tile-name" dir="auto">${name}</span>
            </div>`;
    }
}


customElements.define('rtc-tile', Tile);
