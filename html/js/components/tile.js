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
        large: { type: Boolean },
    };

    constructor() {
        super();

        /** @type {import('../session/people.js').Person|null} */
        this.person = null;
        this.large = false;

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

    /** @param {import('../session/people.js').Person} person */
    #enlarge(person) {
        const label = t(this.large ? 'tile.small' : 'tile.large');

        return html`
            <button type="button" class="tile-enlarge" title=${label}
                aria-label="${label}: ${person.name}"
                @click=${() => this.emit('enlarge', this.large
                    ? '' : person.identity)}
                >${icon(this.large ? 'fullOff' : 'full')}</button>`;
    }

    /**
     * @param {string} kind
     * @param {'hand'|'signal'|'microphoneOff'} shape
     * @param {string} text
     */
    #mark(kind, shape, text) {
        return html`
            <span class=${kind} title=${text}>
                ${icon(shape)}
                <span class="visually-hidden">${text}</span>
            </span>`;
    }

    /** @param {import('../session/people.js').Person} person */
    #label(person) {
        return html`
            <div class="tile-label">
                ${person.quality ? this.#mark('tile-quality', 'signal',
                                              t('quality.poor')) : nothing}
                ${person.microphone || person.viewer ? nothing
                    : this.#mark('tile-muted', 'microphoneOff',
                                 t('tile.muted'))}
                <span class="tile-name" dir="auto">${person.self
                    ? t('people.you', { name: person.name })
                    : person.name}</span>
            </div>`;
    }

    render() {
        const person = this.person;

        if (!person) {
            return nothing;
        }

        return html`
            <video class=${person.self ? 'mirror' : ''} playsinline muted
                autoplay ?hidden=${!person.camera}
                aria-label=${t('tile.video', { name: person.name })}></video>
            <div class="avatar hue-${hue(person.identity)}"
                aria-hidden="true" ?hidden=${Boolean(person.camera)}
                >${initials(person.name)}</div>
            <div class="tile-ring" ?data-speaking=${person.speaking}></div>
            ${person.hand ? this.#mark('tile-hand', 'hand', t('hand.up'))
                          : nothing}
            ${this.#label(person)}
            ${person.viewer ? nothing : this.#enlarge(person)}`;
    }
}


customElements.define('rtc-tile', Tile);
