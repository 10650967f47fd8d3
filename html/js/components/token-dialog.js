/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The API token: shown, copied, replaced.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import './copy-field.js';
import { Dialog } from './dialog.js';
import { icon } from './icons.js';


export class TokenDialog extends Dialog {
    static properties = {
        token: {},
        message: {},
        busy: { type: Boolean },
        shown: { state: true },
        sure: { state: true },
    };

    constructor() {
        super();
        this.token = '';
        this.message = '';
        this.busy = false;
        this.shown = false;
        this.sure = false;
    }

    /** @param {Map<string, any>} changed */
    willUpdate(changed) {
        if (changed.get('token')) {
            this.sure = false;
        }
    }

    get heading() {
        return t('token.title');
    }

    #rotate() {
        if (!this.sure) {
            return html`
                <button type="button" class="button quiet"
                    data-testid="token-rotate"
                    @click=${() => { this.sure = true; }}
                    >${icon('refresh')} ${t('token.rotate')}</button>`;
        }

        return html`
            <p class="hint" role="alert">${icon('alert')}
                <span>${t('token.rotate.text')}</span></p>
            <button type="button" class="button danger"
                data-testid="token-rotate-do" ?disabled=${this.busy}
                @click=${() => this.emit('rotate')}
                >${t('token.rotate.do')}</button>`;
    }

    body() {
        return html`
            <div class="dialog-form">
                ${this.message ? html`
                    <p class="alert" role="alert" data-testid="form-error">
                        ${icon('alert')}<span>${this.message}</span></p>`
                    : nothing}
                <rtc-copy-field data-testid="token" .value=${this.token}
                    ?secret=${!this.shown} label=${t('token.title')}
                    hint=${t('token.text')}></rtc-copy-field>
                <div class="token-buttons">
                    <button type="button" class="button" autofocus
                        data-testid="token-show"
                        aria-pressed=${this.shown ? 'true' : 'false'}
                        @click=${() => { this.shown = !this.shown; }}
                        >${icon('eye')}
                        ${t(this.shown ? 'token.hide' : 'token.show')}
                    </button>
                    ${this.#rotate()}
                </div>
            </div>`;
    }
}


customElements.define('rtc-token-dialog', TokenDialog);
