/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings: the names of the server, and whether they work.
 */


import { NAMES, isOneName, readNames } from '../session/settings.js';
import { html, nothing, repeat } from '../util/lit.js';
import { t } from '../util/text.js';
import './domain-status.js';
import { hintOf, inputField, submitButton, submitted, switchField }
    from './form-parts.js';
import { icon } from './icons.js';
import './job-list.js';
import { SettingsSection } from './settings-section.js';


export class SettingsNames extends SettingsSection {
    static properties = {
        ...SettingsSection.properties,
        one: { state: true },
        wrong: { state: true },
    };

    constructor() {
        super();

        /** One name for everything; null: as it is stored.
         * @type {boolean|null} */
        this.one = null;

        /** @type {Record<string, string>} */
        this.wrong = {};
    }

    get name() {
        return 'names';
    }

    get shape() {
        return 'globe';
    }

    get #single() {
        return this.one ?? isOneName(this.settings?.info ?? {});
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        const entered = /** @type {Record<string, string>} */ (
            Object.fromEntries(submitted(event)));
        const { names, wrong } = readNames(entered, this.#single);
        const [first] = Object.keys(wrong);

        this.wrong = wrong;

        if (first) {
            /** @type {HTMLElement|null} */ (this.querySelector(
                `[name=${first}]`))?.focus();
        } else {
            this.emit('names', names);
        }
    }

    /** @param {typeof NAMES[0]} key */
    #field(key) {
        return inputField({
            name: key, label: t(`names.${key}`),
            hint: t(`names.${key}.text`),
            placeholder: t(`names.${key}.example`),
            value: this.settings?.info?.[key] ?? '', max: 300,
            problem: this.wrong[key] ? t(this.wrong[key]) : '',
        });
    }

    #status() {
        const { info, reached } = /** @type {any} */ (this.settings);

        return info.domains.length ? html`
            <ul class="domains">${repeat(info.domains,
                (/** @type {any} */ d) => d.name, (/** @type {any} */ d) =>
                html`<li><rtc-domain-status .domain=${d}
                    data-testid="domain" data-name=${d.name}
                    reached=${reached.get(d.name) ?? ''}
                    ></rtc-domain-status></li>`)}</ul>
            <rtc-job-list .jobs=${this.settings?.jobs ?? []}></rtc-job-list>`
            : nothing;
    }

    body() {
        const { busy = false } = this.outcome;
        const settings = this.settings;
        const keys = this.#single
            ? NAMES.filter((key) => key === 'domain_name'
                                    || key === 'cdn_domain_name')
            : NAMES;

        return html`
            ${settings?.agent ? nothing : hintOf(t('names.no.agent'),
                                                 'no-agent')}
            ${this.#status()}
            <form class="settings-form" novalidate @submit=${this.#submit}>
                <div class="switches">
                    ${switchField({
                        name: 'one', label: t('names.one'),
                        on: this.#single,
                        changed: (on) => { this.one = on; } })}
                </div>
                ${repeat(keys, (key) => key, (key) => this.#field(key))}
                <div class="settings-buttons">
                    ${submitButton(t('names.save'), busy, 'names-save')}
                    <button type="button" class="button"
                        data-testid="names-check"
                        ?disabled=${busy || settings?.working}
                        @click=${() => this.emit('check')}
                        >${icon('refresh')} ${t('names.check')}</button>
                </div>
            </form>`;
    }
}


customElements.define('rtc-settings-names', SettingsNames);
