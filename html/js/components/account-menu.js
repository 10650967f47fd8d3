/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who is signed in, and what one does about oneself.
 */


import { hue, initials } from '../util/format.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { icon } from './icons.js';
import { Menu } from './menu.js';


const ITEMS = /** @type {const} */ ([
    ['password', 'lock', 'account.password'],
    ['token', 'key', 'token.title'],
    ['sign-out', 'out', 'sign.out'],
]);

const IDS = { 'password': 'change-password', 'token': 'api-token',
              'sign-out': 'sign-out' };


export class AccountMenu extends Menu {
    static properties = {
        ...Menu.properties,
        user: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../api/users.js').User|null} */
        this.user = null;
    }

    /** @param {string} name */
    #choose(name) {
        this.shut();
        this.emit('account', name);
    }

    render() {
        const name = this.user?.name ?? '';

        return html`
            <button type="button" class="account-button"
                data-testid="account" aria-haspopup="menu"
                aria-expanded=${this.open ? 'true' : 'false'}
                aria-label=${t('account.menu', { name })}
                @click=${() => { this.open = !this.open; }}>
                <span class="avatar hue-${hue(name)}" aria-hidden="true"
                    >${initials(name)}</span>
                <span class="account-name" dir="auto">${name}</span>
                ${icon('down')}
            </button>
            ${this.open ? html`
                <div class="menu" role="menu"
                    aria-label=${t('account.menu', { name })}>
                    <p class="menu-title">
                        ${this.user?.email || name}<br>
                        ${t(`role.${this.user?.role}`)}</p>
                    ${ITEMS.map(([item, shape, text]) => html`
                        <button type="button" class="menu-item"
                            role="menuitem" tabindex="-1"
                            data-testid=${IDS[item]}
                            @click=${() => this.#choose(item)}
                            >${icon(shape)} <span>${t(text)}</span>
                        </button>`)}
                </div>` : nothing}`;
    }
}


customElements.define('rtc-account-menu', AccountMenu);
