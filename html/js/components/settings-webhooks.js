/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings: whom the installation tells what happens.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { WEBHOOKS_MAX, webhooksOf, wrongWebhook } from '../util/webhooks.js';
import { problemOf, submitButton, submitted } from './form-parts.js';
import { SettingsSection } from './settings-section.js';


export class SettingsWebhooks extends SettingsSection {
    static properties = {
        ...SettingsSection.properties,
        wrong: { state: true },
    };

    constructor() {
        super();
        this.wrong = '';
    }

    get name() {
        return 'hooks';
    }

    get shape() {
        return 'send';
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        const form = submitted(event);
        const urls = webhooksOf(String(form.get('urls')));
        const wrong = wrongWebhook(urls);

        this.wrong = wrong !== null ? t('hooks.wrong', { url: wrong })
            : urls.length > WEBHOOKS_MAX
                ? t('hooks.many', { count: WEBHOOKS_MAX }) : '';

        if (!this.wrong) {
            this.emit('webhooks', { urls, api_key: String(form.get('key')) });
        }
    }

    #keyField() {
        const { settings } = this;
        const chosen = settings?.info?.webhooks?.api_key ?? '';

        return html`
            <label class="field">
                <span>${t('hooks.key')}</span>
                <select name="key" data-testid="form-hook-key">
                    <option value="" ?selected=${!chosen}
                        >${t('hooks.key.own')}</option>
                    ${(settings?.others ?? []).map((key) => html`
                        <option value=${key.api_key}
                            ?selected=${key.api_key === chosen}
                            >${key.label ? `${key.label} (${key.api_key})`
                                         : key.api_key}</option>`)}
                </select>
                <span class="field-hint">${t('hooks.key.text')}</span>
            </label>`;
    }

    body() {
        return html`
            <form class="settings-form" novalidate @submit=${this.#submit}>
                <label class="field">
                    <span>${t('hooks.urls')}</span>
                    <textarea name="urls" rows="3" spellcheck="false"
                        data-testid="form-hook-urls" autocapitalize="none"
                        placeholder="https://backend.example.com/events"
                        .value=${(this.settings?.info?.webhooks?.urls ?? [])
                            .join('\n')}
                        aria-invalid=${this.wrong ? 'true' : 'false'}
                        ></textarea>
                    ${problemOf(this.wrong)}
                </label>
                ${this.#keyField()}
                <div class="settings-buttons">
                    ${submitButton(t('form.save'),
                                   Boolean(this.outcome.busy), 'hooks-save')}
                </div>
            </form>`;
    }
}


customElements.define('rtc-settings-webhooks', SettingsWebhooks);
