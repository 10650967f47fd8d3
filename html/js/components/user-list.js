/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The users of the installation.
 */


import { day, hue, initials } from '../util/format.js';
import { html, nothing, repeat } from '../util/lit.js';
import { language, t } from '../util/text.js';
import { Element } from './element.js';
import { alertOf } from './form-parts.js';
import { icon } from './icons.js';


/** @typedef {import('../api/users.js').User} User */


export class UserList extends Element {
    static properties = {
        users: { attribute: false },
        me: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/users.js').Users|null} */
        this.users = null;

        /** @type {User|null} */
        this.me = null;
    }

    get models() {
        return this.users ? [this.users] : [];
    }

    /**
     * @param {User} user
     * @param {string} name of the event
     * @param {any} shape
     * @param {boolean} [disabled]
     */
    #action(user, name, shape, disabled = false) {
        const label = t(`user.${name}`);

        return html`
            <button type="button"
                class="icon-button ${name === 'delete' ? 'danger' : ''}"
                data-testid="user-${name}" title=${label}
                aria-label="${label}: ${user.name}" ?disabled=${disabled}
                @click=${() => this.emit('user', { name, user })}
                >${icon(shape)}</button>`;
    }

    /** @param {User} user */
    #row(user) {
        const own = user._id === this.me?._id;

        return html`
            <li class="user-row" data-testid="user" data-name=${user.name}>
                <span class="avatar hue-${hue(user.name)}" aria-hidden="true"
                    >${initials(user.name)}</span>
                <div class="room-main">
                    <h2 dir="auto">${user.name}
                        <span class="pill ${user.role === 'admin' ? 'accent'
                                                                  : ''}"
                            data-testid="user-role"
                            >${t(`role.${user.role}`)}</span>
                        ${own ? html`<span class="pill">${t('users.you')}
                            </span>` : nothing}</h2>
                    <p class="room-facts">
                        ${user.email ? html`<span>${user.email}</span>`
                                     : nothing}
                        ${user.created ? html`<span>${t('room.since', {
                            day: day(user.created, language()) })}</span>`
                            : nothing}
                    </p>
                </div>
                <div class="room-actions">
                    ${this.#action(user, 'edit', 'edit')}
                    ${this.#action(user, 'password', 'lock')}
                    ${this.#action(user, 'delete', 'trash',
                        own || this.users?.isLastAdmin(user))}
                </div>
            </li>`;
    }

    render() {
        const list = this.users?.list;
        const problem = this.users?.problem;

        return html`
            <div class="list-head">
                <div class="list-title">
                    <h1>${t('view.users')}</h1>
                    ${list ? html`<p>${t('users.count', {
                        count: list.length })}</p>` : nothing}
                </div>
                <button type="button" class="button primary"
                    data-testid="new-user"
                    @click=${() => this.emit('user', { name: 'new' })}
                    >${icon('plus')} ${t('users.new')}</button>
            </div>
            ${alertOf(problem ? t(problem.key, {
                detail: problem.detail ?? '' }) : '', 'error')}
            ${list ? html`
                <ul class="room-cards">${repeat(list, (user) => user._id,
                    (user) => this.#row(user))}</ul>` : nothing}`;
    }
}


customElements.define('rtc-user-list', UserList);
