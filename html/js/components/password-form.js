/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The window in which one changes a password: one's own, or, as an
 * administrator, somebody else's.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Dialog } from './dialog.js';
import { PASSWORD_MIN, alertOf, dialogFoot, inputField, submitted }
    from './form-parts.js';


export class PasswordForm extends Dialog {
    static properties = {
        user: { attribute: false },
        own: { type: Boolean },
        message: {},
        busy: { type: Boolean },
        wrong: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../api/users.js').User|null} */
        this.user = null;
        this.own = false;
        this.message = '';
        this.busy = false;

        /** @type {''|'old'|'password'|'repeat'} */
        this.wrong = '';
    }

    get heading() {
        return this.own ? t('account.password')
                        : t('password.of', { name: this.user?.name ?? '' });
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        const form = submitted(event);
        const old = String(form.get('old') ?? '');
        const password = String(form.get('password'));

        if (this.own && !old) {
            this.wrong = 'old';
        } else if (password.length < PASSWORD_MIN) {
            this.wrong = 'password';
        } else if (password !== form.get('repeat')) {
            this.wrong = 'repeat';
        } else {
            this.wrong = '';
            this.emit('save', { old, password });
            return;
        }

        /** @type {HTMLElement|null} */ (this.querySelector(
            `[name=${this.wrong}]`))?.focus();
    }

    /**
     * @param {'old'|'password'|'repeat'} name
     * @param {string} autocomplete
     */
    #field(name, autocomplete) {
        return inputField({
            name, type: 'password', max: 512, autocomplete,
            label: t(`password.${name}`),
            problem: this.wrong === name ? t(`password.${name}.wrong`) : '',
        });
    }

    body() {
        return html`
            <form class="dialog-form" novalidate @submit=${this.#submit}>
                ${alertOf(this.message)}
                <input class="visually-hidden" autocomplete="username"
                    tabindex="-1" aria-hidden="true" readonly
                    value=${this.user?.name ?? ''}>
                ${this.own ? this.#field('old', 'current-password') : nothing}
                ${this.#field('password', 'new-password')}
                ${this.#field('repeat', 'new-password')}
                <p class="dialog-text">${t(this.own ? 'password.own.text'
                                                    : 'password.text')}</p>
                ${dialogFoot(this, t('form.save'), this.busy)}
            </form>`;
    }
}


customElements.define('rtc-password-form', PasswordForm);
