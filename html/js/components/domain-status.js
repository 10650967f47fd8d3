/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One name of the server: whether it leads here, and with what certificate.
 */


import { day } from '../util/format.js';
import { html, nothing } from '../util/lit.js';
import { language, t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


/**
 * @typedef {'good'|'warn'|'bad'|'none'} Mood
 */

/** @type {Record<string, any>} */
const ICONS = { good: 'check', warn: 'alert', bad: 'alert', none: 'minus' };

/** @type {Record<string, Mood>} */
const DNS = { ok: 'good', wrong: 'bad', none: 'bad', unknown: 'none' };

/** @type {Record<string, Mood>} */
const CERTIFICATE = { ok: 'good', expiring: 'warn', expired: 'bad',
                      missing: 'bad' };


export class DomainStatus extends Element {
    static properties = {
        domain: { attribute: false },
        reached: {},
    };

    constructor() {
        super();

        /** @type {import('../api/application.js').Domain|null} */
        this.domain = null;

        /** @type {''|'checking'|'yes'|'no'} */
        this.reached = '';
    }

    /**
     * @param {Mood} mood
     * @param {string} name
     * @param {string} text
     */
    #fact(mood, name, text) {
        return html`
            <li class="fact" data-mood=${mood} data-testid="domain-${name}">
                ${icon(ICONS[mood])}
                <span>${text}</span></li>`;
    }

    /** @param {import('../api/application.js').Domain} domain */
    #dns({ dns }) {
        const addresses = dns.addresses?.join(', ') ?? '';

        return this.#fact(DNS[dns.state] ?? 'none', 'dns',
                          t(`dns.${dns.state}`, { addresses }));
    }

    #reach() {
        if (!this.reached) {
            return nothing;
        }

        return this.reached === 'checking' ? html`
            <li class="fact" data-mood="none" data-testid="domain-reach">
                <span class="spinner"></span>
                <span>${t('reach.checking')}</span></li>`
            : this.#fact(this.reached === 'yes' ? 'good' : 'bad', 'reach',
                         t(`reach.${this.reached}`));
    }

    /** @param {import('../api/application.js').Domain} domain */
    #certificate({ certificate }) {
        const { state, issuer = '', not_after: end = 0, days = 0 } =
            certificate;
        const until = end ? day(end, language()) : '';

        return this.#fact(CERTIFICATE[state] ?? 'none', 'certificate',
                          t(`certificate.${state}`, { issuer, until,
                                                      count: days }));
    }

    render() {
        const domain = this.domain;

        return domain ? html`
            <h3>${domain.name}</h3>
            <p class="domain-roles">${domain.roles.map((role) => html`
                <span class="pill">${t(`names.role.${role}`)}</span>`)}</p>
            <ul class="facts">
                ${this.#dns(domain)}${this.#reach()}
                ${this.#certificate(domain)}
            </ul>` : nothing;
    }
}


customElements.define('rtc-domain-status', DomainStatus);
