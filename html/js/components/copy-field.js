/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A text that is there to be copied.
 */


import { copyText } from '../util/clipboard.js';
import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


const SHOWN_FOR = 2000;


export class CopyField extends Element {
    static properties = {
        label: {},
        hint: {},
        value: {},
        secret: { type: Boolean },
        state: { state: true },
    };

    constructor() {
        super();
        this.label = '';
        this.hint = '';
        this.value = '';
        this.secret = false;

        /** @type {''|'done'|'failed'} */
        this.state = '';
    }

    async #copy() {
        const input = this.querySelector('input');

        if (await copyText(this.value)) {
            this.state = 'done';
            setTimeout(() => { this.state = ''; }, SHOWN_FOR);

        } else {
            this.state = 'failed';
            input?.select();
        }
    }

    render() {
        const done = this.state === 'done';

        return html`
            <label class="field">
                <span>${this.label}</span>
                <span class="copy-row">
                    <input readonly spellcheck="false" autocomplete="off"
                        type=${this.secret ? 'password' : 'text'}
                        .value=${this.value}
                        @focus=${(/** @type {any} */ event) =>
                            event.target.select()}>
                    <button type="button" class="button"
                        aria-label="${t('copy.do')}: ${this.label}"
                        @click=${this.#copy}>
                        ${icon(done ? 'check' : 'copy')}
                        <span aria-hidden="true"
                            >${t(done ? 'copy.done' : 'copy.do')}</span>
                    </button>
                </span>
            </label>
            <p class="copy-hint">${this.hint}</p>
            <p class="copy-state" role="status">${this.state === 'failed'
                ? t('copy.failed') : ''}<span class="visually-hidden"
                >${done ? t('copy.done') : ''}</span></p>`;
    }
}


customElements.define('rtc-copy-field', CopyField);
