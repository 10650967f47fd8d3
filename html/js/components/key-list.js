/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The LiveKit keys beside the installation's own.
 */


import { day } from '../util/format.js';
import { html, nothing, repeat } from '../util/lit.js';
import { language, t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


/** @typedef {import('../api/application.js').ApiKey} ApiKey */


export class KeyList extends Element {
    static properties = {
        keys: { attribute: false },
    };

    constructor() {
        super();

        /** @type {ApiKey[]} */
        this.keys = [];
    }

    /**
     * @param {ApiKey} key
     * @param {string} name of the event
     * @param {any} shape
     */
    #action(key, name, shape) {
        const label = t(`keys.${name}`);

        return html`
            <button type="button"
                class="icon-button ${name === 'remove' ? 'danger' : ''}"
                data-testid="key-${name}" title=${label}
                aria-label="${label}: ${key.label || key.api_key}"
                @click=${() => this.emit('key', { name, key })}
                >${icon(shape)}</button>`;
    }

    /** @param {ApiKey} key */
    #row(key) {
        return html`
            <li class="key-row" data-testid="key" data-key=${key.api_key}>
                <div class="key-main">
                    <h4 dir="auto">${key.label || t('keys.no.label')}</h4>
                    <p class="room-facts">
                        <code>${key.api_key}</code>
                        ${key.created ? html`<span>${t('room.since', {
                            day: day(key.created, language()) })}</span>`
                            : nothing}
                    </p>
                </div>
                <div class="room-actions">
                    ${this.#action(key, 'renew', 'refresh')}
                    ${this.#action(key, 'remove', 'trash')}
                </div>
            </li>`;
    }

    render() {
        return this.keys.length ? html`
            <ul class="key-list">${repeat(this.keys, (key) => key.api_key,
                (key) => this.#row(key))}</ul>` : nothing;
    }
}


customElements.define('rtc-key-list', KeyList);
