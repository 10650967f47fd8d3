/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who is there?
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import './brand-mark.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class SignIn extends Element {
    static properties = {
        brand: { attribute: false },
        message: {},
        busy: { type: Boolean },
    };

    constructor() {
        super();

        /** @type {import('../session/brand.js').Brand|null} */
        this.brand = null;
        this.message = '';
        this.busy = false;
    }

    get models() {
        return this.brand ? [this.brand] : [];
    }

    firstUpdated() {
        this.querySelector('input')?.focus();
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        event.preventDefault();

        const form = new FormData(/** @type {HTMLFormElement} */ (
            event.currentTarget));

        this.emit('sign-in', {
            email: String(form.get('email')).trim(),
            password: String(form.get('password')),
        });
    }

    render() {
        return html`
            <form class="sign-card" @submit=${this.#submit}>
                ${this.brand?.name ? html`
                    <rtc-brand-mark .brand=${this.brand}></rtc-brand-mark>`
                    : html`<img class="sign-icon" alt=""
                        src=${this.brand?.icon ?? '/icon.svg'}>`}
                <div class="sign-head">
                    <h1>${t('sign.title')}</h1>
                    <p>${t('sign.text')}</p>
                </div>
                ${this.message ? html`
                    <p class="alert" role="alert" data-testid="error">
                        ${icon('alert')}<span>${this.message}</span>
                    </p>` : nothing}
                <label class="field">
                    <span>${t('sign.user')}</span>
                    <input name="email" required maxlength="254"
                        autocomplete="username" autocapitalize="none"
                        spellcheck="false" data-testid="email">
                </label>
                <label class="field">
                    <span>${t('sign.password')}</span>
                    <input name="password" type="password" required
                        maxlength="512" autocomplete="current-password"
                        data-testid="password">
                </label>
                <button type="submit" class="button primary large"
                    data-testid="sign-in" ?disabled=${this.busy}>
                    ${this.busy ? html`<span class="spinner"></span>`
                                : nothing}
                    ${t('sign.in')}
                </button>
            </form>`;
    }
}


customElements.define('rtc-sign-in', SignIn);
