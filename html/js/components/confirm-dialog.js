/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The question before something that cannot be taken back.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { Dialog } from './dialog.js';
import { alertOf } from './form-parts.js';


export class ConfirmDialog extends Dialog {
    static properties = {
        question: {},
        text: {},
        action: {},
        mark: {},
        message: {},
        busy: { type: Boolean },
    };

    constructor() {
        super();
        this.question = '';
        this.text = '';

        /** What its button says. */
        this.action = '';

        /** The button's data-testid. */
        this.mark = 'confirm-do';
        this.message = '';
        this.busy = false;
    }

    get heading() {
        return this.question;
    }

    body() {
        return html`
            <p class="dialog-text">${this.text}</p>
            ${alertOf(this.message)}
            <footer class="dialog-foot">
                <button type="button" class="button quiet" autofocus
                    @click=${() => this.close()}
                    >${t('form.cancel')}</button>
                <button type="button" class="button danger"
                    data-testid=${this.mark} ?disabled=${this.busy}
                    @click=${() => this.emit('confirm')}
                    >${this.action}</button>
            </footer>`;
    }
}


customElements.define('rtc-confirm', ConfirmDialog);
