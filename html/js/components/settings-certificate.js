/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings: a certificate of Let's Encrypt, or one's own.
 */


import { certificateField } from '../session/settings.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { hintOf, inputField, submitButton, submitted, switchField }
    from './form-parts.js';
import { icon } from './icons.js';
import './pem-field.js';
import { SettingsSection } from './settings-section.js';


const KINDS = /** @type {const} */ (['letsencrypt', 'own']);


export class SettingsCertificate extends SettingsSection {
    static properties = {
        ...SettingsSection.properties,
        kind: { state: true },
        wrong: { state: true },
    };

    constructor() {
        super();

        /** @type {typeof KINDS[number]|''} empty: what is stored */
        this.kind = '';

        /** @type {Record<string, string>} */
        this.wrong = {};
    }

    get name() {
        return 'ssl';
    }

    get shape() {
        return 'shield';
    }

    get tellsAbove() {
        return this.#kind !== 'own'
               || !certificateField(this.outcome.message ?? '');
    }

    get #kind() {
        return this.kind || (this.settings?.info?.ssl_type
            === 'SSL_TYPE_CUSTOM' ? 'own' : 'letsencrypt');
    }

    /** @param {Map<string, any>} changed */
    updated(changed) {
        const { busy, message } = this.outcome;

        /* a key that is stored has no business here any more */

        if (changed.get('outcome')?.busy && !busy && !message) {
            for (const field of this.querySelectorAll('rtc-pem-field')) {
                /** @type {any} */ (field).value = '';
            }
        }
    }

    /** @param {SubmitEvent} event */
    #request(event) {
        const form = submitted(event);
        const email = String(form.get('email')).trim();

        this.wrong = email && !email.includes('@')
                     ? { email: t('user.email.wrong') } : {};

        if (!this.wrong.email) {
            this.emit('request-certificate', {
                email, staging: form.has('staging'),
                server: String(form.get('server') ?? '').trim() });
        }
    }

    /** @param {SubmitEvent} event */
    #store(event) {
        const form = submitted(event);
        const certificate = String(form.get('certificate')).trim();
        const key = String(form.get('key')).trim();

        this.wrong = {
            ...(!certificate && { certificate: t('pem.missing') }),
            ...(!key && { key: t('pem.missing') }),
        };

        if (certificate && key) {
            this.emit('store-certificate', {
                certificate, key, name: String(form.get('domain') ?? '') });
        }
    }

    /** @param {'certificate'|'key'} field */
    #pem(field) {
        const said = this.outcome.message ?? '';
        const problem = this.wrong[field]
            || (said && certificateField(said) === field ? said : '');

        return html`
            <rtc-pem-field name=${field} label=${t(`pem.${field}`)}
                hint=${t(`pem.${field}.text`)} problem=${problem}
                example=${t(`pem.${field}.example`)}></rtc-pem-field>`;
    }

    #kinds() {
        return html`
            <div class="tabs" role="radiogroup"
                aria-label=${t('ssl.title')}>
                ${KINDS.map((kind) => html`
                    <label class="tab">
                        <input type="radio" name="kind" value=${kind}
                            data-testid="ssl-${kind}"
                            .checked=${kind === this.#kind}
                            @change=${() => {
                                this.kind = kind;
                                this.wrong = {};
                                this.emit('forget');
                            }}>
                        <span>${t(kind !== 'own' && this.settings?.acmeServer
                                  ? 'ssl.acme' : `ssl.${kind}`)}</span>
                    </label>`)}
            </div>`;
    }

    #warnings() {
        return this.settings?.expiring.map(({ names, certificate }) => html`
            <p class=${certificate.state === 'expired' ? 'alert' : 'warning'}
                role="alert" data-testid="ssl-warning">${icon('alert')}
                <span>${t(`ssl.${certificate.state}`, {
                    name: names.join(', '), count: certificate.days ?? 0,
                })}</span></p>`);
    }

    #server() {
        const { acmeServer = '', agent, info } = this.settings ?? {};

        return acmeServer ? inputField({
            name: 'server', label: t('ssl.server'), value: acmeServer,
            hint: t('ssl.server.text'), max: 500, disabled: !agent,
        }) : html`
            <div class="switches">
                ${switchField({
                    name: 'staging', label: t('ssl.staging'),
                    on: /staging/.test(info?.acme_server ?? ''),
                    disabled: !agent })}
            </div>
            <p class="field-hint">${t('ssl.staging.text')}</p>`;
    }

    #letsencrypt() {
        const { info, agent, working } = /** @type {any} */ (this.settings);
        const ready = agent && info.domain_name;

        return html`
            ${agent ? nothing : hintOf(t('ssl.no.agent'))}
            ${agent && !info.domain_name ? hintOf(t('ssl.no.names'))
                                         : nothing}
            <form class="settings-form" novalidate @submit=${this.#request}>
                ${inputField({ name: 'email', label: t('ssl.email'),
                               type: 'email', autocomplete: 'email',
                               value: info.ssl_email,
                               hint: this.settings?.acmeServer
                                     ? '' : t('ssl.email.text'),
                               disabled: !agent,
                               problem: this.wrong.email })}
                ${this.#server()}
                <div class="settings-buttons">
                    ${submitButton(t('ssl.request'),
                                   Boolean(this.outcome.busy),
                                   'ssl-request', !ready || working)}
                </div>
            </form>`;
    }

    #own() {
        const domains = this.settings?.info?.domains ?? [];

        return html`
            <form class="settings-form" novalidate @submit=${this.#store}>
                ${domains.length > 1 ? html`
                    <label class="field">
                        <span>${t('ssl.for')}</span>
                        <select name="domain" data-testid="form-domain">
                            <option value="">${t('ssl.for.all')}</option>
                            ${domains.map(({ name }) => html`
                                <option value=${name}>${name}</option>`)}
                        </select>
                    </label>` : nothing}
                ${this.#pem('certificate')}${this.#pem('key')}
                <div class="settings-buttons">
                    ${submitButton(t('ssl.store'),
                                   Boolean(this.outcome.busy), 'ssl-store')}
                </div>
            </form>`;
    }

    body() {
        return html`
            ${this.#warnings()}
            ${this.#kinds()}
            ${this.#kind === 'own' ? this.#own() : this.#letsencrypt()}`;
    }
}


customElements.define('rtc-settings-certificate', SettingsCertificate);
