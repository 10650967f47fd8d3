/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bar on top of the dashboard: where one is, and who.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import './account-menu.js';
import './brand-mark.js';
import { Element } from './element.js';


export class TopBar extends Element {
    static properties = {
        brand: { attribute: false },
        user: { attribute: false },
        views: { attribute: false },
        view: {},
    };

    constructor() {
        super();

        /** @type {import('../session/brand.js').Brand|null} */
        this.brand = null;

        /** @type {import('../api/users.js').User|null} */
        this.user = null;

        /** @type {readonly string[]} */
        this.views = [];
        this.view = '';
    }

    /** @param {string} view */
    #link(view) {
        return html`
            <li><a href="#${view}" data-testid="view-${view}"
                aria-current=${view === this.view ? 'page' : 'false'}
                >${t(`view.${view}`)}</a></li>`;
    }

    render() {
        return html`
            <header class="top">
                <div class="top-inner">
                    <rtc-brand-mark .brand=${this.brand}></rtc-brand-mark>
                    <nav aria-label=${t('view.all')}>
                        <ul>
                            ${this.views.map((view) => this.#link(view))}
                            <li><a href="/connection-test"
                                data-testid="connection-test"
                                >${t('view.test')}</a></li>
                        </ul>
                    </nav>
                    <rtc-account-menu .user=${this.user}></rtc-account-menu>
                </div>
            </header>`;
    }
}


customElements.define('rtc-top-bar', TopBar);
