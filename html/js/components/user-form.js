/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The window in which a user is made or changed.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Dialog } from './dialog.js';
import { PASSWORD_MIN, alertOf, dialogFoot, inputField, submitted }
    from './form-parts.js';


export class UserForm extends Dialog {
    static properties = {
        user: { attribute: false },
        last: { type: Boolean },
        message: {},
        busy: { type: Boolean },
        wrong: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../api/users.js').User|null} null: a new one */
        this.user = null;

        /** There is no other administrator. */
        this.last = false;
        this.message = '';
        this.busy = false;

        /** @type {''|'name'|'email'|'password'} */
        this.wrong = '';
    }

    get heading() {
        return t(this.user ? 'user.edit' : 'users.new');
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        const form = submitted(event);
        const name = String(form.get('name')).trim();
        const email = String(form.get('email')).trim();
        const password = String(form.get('password') ?? '');
        const role = String(form.get('role') ?? this.user?.role);

        if (!name) {
            this.wrong = 'name';
        } else if (email && !email.includes('@')) {
            this.wrong = 'email';
        } else if (!this.user && password.length < PASSWORD_MIN) {
            this.wrong = 'password';
        } else {
            this.wrong = '';
            this.emit('save', { name, email, role,
                                ...(password && { password }) });
            return;
        }

        /** @type {HTMLElement|null} */ (this.querySelector(
            `[name=${this.wrong}]`))?.focus();
    }

    /** @param {string} field */
    #problem(field) {
        return this.wrong === field ? t(`user.${field}.wrong`) : '';
    }

    #role() {
        const role = this.user?.role ?? 'member';

        return html`
            <label class="field">
                <span>${t('user.role')}</span>
                <select name="role" data-testid="form-role"
                    ?disabled=${this.last}>
                    ${['member', 'admin'].map((name) => html`
                        <option value=${name} ?selected=${role === name}
                            >${t(`role.${name}`)}</option>`)}
                </select>
                <span class="field-hint">${t(this.last ? 'user.role.last'
                                                       : 'user.role.text')}
                </span>
            </label>`;
    }

    body() {
        return html`
            <form class="dialog-form" novalidate @submit=${this.#submit}>
                ${alertOf(this.message)}
                ${inputField({ name: 'name', label: t('user.name'),
                               value: this.user?.name, max: 64,
                               problem: this.#problem('name') })}
                ${inputField({ name: 'email', label: t('user.email'),
                               type: 'email', value: this.user?.email,
                               problem: this.#problem('email') })}
                ${this.#role()}
                ${this.user ? nothing : inputField({
                    name: 'password', label: t('sign.password'),
                    type: 'password', max: 512,
                    autocomplete: 'new-password',
                    problem: this.#problem('password') })}
                ${dialogFoot(this, t(this.user ? 'form.save' : 'user.create'),
                             this.busy)}
            </form>`;
    }
}


customElements.define('rtc-user-form', UserForm);
