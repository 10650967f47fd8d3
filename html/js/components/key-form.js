/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The windows of a LiveKit key: what it is for, and its secret, once.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import './copy-field.js';
import { Dialog } from './dialog.js';
import { alertOf, dialogFoot, hintOf, inputField, submitted }
    from './form-parts.js';


const LABEL_MAX = 100;


export class KeyForm extends Dialog {
    static properties = {
        message: {},
        busy: { type: Boolean },
    };

    constructor() {
        super();
        this.message = '';
        this.busy = false;
    }

    get heading() {
        return t('keys.new');
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        const form = submitted(event);

        this.emit('save', String(form.get('label')).trim());
    }

    body() {
        return html`
            <form class="dialog-form" novalidate @submit=${this.#submit}>
                ${alertOf(this.message)}
                ${inputField({ name: 'label', label: t('keys.label'),
                               hint: t('keys.label.text'), max: LABEL_MAX,
                               placeholder: t('keys.label.example') })}
                ${dialogFoot(this, t('keys.create'), this.busy)}
            </form>`;
    }
}


export class KeySecret extends Dialog {
    static properties = {
        pair: { attribute: false },
    };

    constructor() {
        super();

        /** @type {{api_key: string, api_secret: string}|null} */
        this.pair = null;
    }

    get heading() {
        return t('keys.pair');
    }

    body() {
        return html`
            <div class="dialog-form">
                ${hintOf(t('keys.once'), 'key-once')}
                <rtc-copy-field data-testid="new-key" label=${t('keys.key')}
                    .value=${this.pair?.api_key ?? ''}></rtc-copy-field>
                <rtc-copy-field data-testid="new-secret"
                    label=${t('keys.secret')}
                    .value=${this.pair?.api_secret ?? ''}></rtc-copy-field>
                <footer class="dialog-foot">
                    <button type="button" class="button primary" autofocus
                        data-testid="key-done" @click=${() => this.close()}
                        >${t('keys.done')}</button>
                </footer>
            </div>`;
    }
}


customElements.define('rtc-key-form', KeyForm);
customElements.define('rtc-key-secret', KeySecret);
