/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings: what other programs need to get in.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import './copy-field.js';
import './key-list.js';
import { icon } from './icons.js';
import { SettingsSection } from './settings-section.js';


export class SettingsKeys extends SettingsSection {
    static properties = {
        ...SettingsSection.properties,
        shown: { state: true },
    };

    constructor() {
        super();
        this.shown = false;
    }

    get name() {
        return 'keys';
    }

    get shape() {
        return 'key';
    }

    body() {
        const info = this.settings?.info;

        return html`
            <h3>${t('keys.livekit')}</h3>
            <p class="field-hint">${t('keys.livekit.text')}</p>
            <rtc-copy-field data-testid="api-key" .value=${info?.api_key ?? ''}
                label=${t('keys.key')}></rtc-copy-field>
            <rtc-copy-field data-testid="api-secret"
                .value=${info?.api_secret ?? ''} ?secret=${!this.shown}
                label=${t('keys.secret')}></rtc-copy-field>
            <div class="settings-buttons">
                <button type="button" class="button" data-testid="keys-show"
                    aria-pressed=${this.shown ? 'true' : 'false'}
                    @click=${() => { this.shown = !this.shown; }}
                    >${icon('eye')}
                    ${t(this.shown ? 'token.hide' : 'token.show')}</button>
                <button type="button" class="button quiet"
                    data-testid="keys-rotate"
                    @click=${() => this.emit('rotate')}
                    >${icon('refresh')} ${t('keys.rotate')}</button>
            </div>
            <h3>${t('keys.others')}</h3>
            <p class="field-hint">${t('keys.others.text')}</p>
            <rtc-key-list .keys=${this.settings?.others ?? []}></rtc-key-list>
            <div class="settings-buttons">
                <button type="button" class="button" data-testid="keys-new"
                    @click=${() => this.emit('key', { name: 'new' })}
                    >${icon('plus')} ${t('keys.new')}</button>
            </div>
            <h3>${t('token.title')}</h3>
            <p class="field-hint">${t('token.text')}</p>
            <div class="settings-buttons">
                <button type="button" class="button" data-testid="keys-token"
                    @click=${() => this.emit('token')}
                    >${icon('key')} ${t('keys.token')}</button>
            </div>`;
    }
}


customElements.define('rtc-settings-keys', SettingsKeys);
