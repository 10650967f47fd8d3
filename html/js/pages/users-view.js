/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The view of the users, for administrators.
 */


import * as api from '../api/users.js';
import '../components/confirm-dialog.js';
import '../components/password-form.js';
import '../components/user-form.js';
import '../components/user-list.js';
import { Users } from '../session/users.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { View } from './view.js';


class UsersView extends View {
    constructor() {
        super();

        /** @type {Users|null} */
        this.users = null;
    }

    connectedCallback() {
        super.connectedCallback();
        this.users ??= new Users(this.account?.watch({ ...api }) ?? api);
        this.users.load();
    }

    /** @param {CustomEvent} event */
    #save({ detail: changes }) {
        const user = this.open?.subject;
        const name = changes.name ?? user?.name;

        return this.carryOut(async () => {
            if (user) {
                await this.users?.update(user._id, changes);
            } else {
                await this.users?.create(changes);
            }

            if (user?._id === this.account?.user?._id) {
                await this.account?.load();
            }

            return t(user ? 'user.saved' : 'user.created', { name });
        });
    }

    #remove() {
        const user = this.open?.subject;

        return this.carryOut(async () => {
            await this.users?.remove(user._id);

            return t('user.deleted', { name: user.name });
        });
    }

    #dialog() {
        const { name, subject = null, message = '', busy = false } =
            this.open ?? {};

        switch (name) {

        case 'new':
        case 'edit':
            return html`
                <rtc-user-form .user=${subject} message=${message}
                    ?busy=${busy} ?last=${subject
                        && this.users?.isLastAdmin(subject)}
                    @save=${this.#save} @closed=${this.closed}
                    ></rtc-user-form>`;

        case 'password':
            return html`
                <rtc-password-form .user=${subject} message=${message}
                    ?busy=${busy} @closed=${this.closed}
                    @save=${(/** @type {CustomEvent} */ { detail }) =>
                        this.#save(new CustomEvent('save', {
                            detail: { password: detail.password } }))}
                    ></rtc-password-form>`;

        case 'delete':
            return html`
                <rtc-confirm question=${t('delete.title', {
                        name: subject.name })}
                    text=${t('user.delete.text')} action=${t('user.delete.do')}
                    message=${message} ?busy=${busy}
                    @confirm=${this.#remove} @closed=${this.closed}
                    ></rtc-confirm>`;
        }

        return nothing;
    }

    render() {
        return html`
            <rtc-user-list .users=${this.users} .me=${this.account?.user}
                @user=${(/** @type {CustomEvent} */ { detail }) => {
                    this.open = { name: detail.name, subject: detail.user };
                }}></rtc-user-list>
            ${this.#dialog()}`;
    }
}


customElements.define('rtc-users-view', UsersView);
