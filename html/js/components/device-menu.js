/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A small menu of devices behind an arrow.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { icon } from './icons.js';
import { Menu } from './menu.js';


/**
 * @typedef {object} Choice
 * @property {import('../session/capture.js').DeviceKind} kind
 * @property {string} title
 * @property {MediaDeviceInfo[]} devices
 * @property {string} chosen
 */


export class DeviceMenu extends Menu {
    static properties = {
        label: {},
        choices: { attribute: false },
        ...Menu.properties,
    };

    constructor() {
        super();
        this.label = '';

        /** @type {Choice[]} */
        this.choices = [];
    }

    /**
     * @param {Choice} choice
     * @param {string} deviceId
     */
    #choose(choice, deviceId) {
        this.shut();
        this.emit('choose', { kind: choice.kind, deviceId });
    }

    /**
     * @param {Choice} choice
     * @param {string} deviceId
     * @param {string} name
     */
    #item(choice, deviceId, name) {
        const chosen = choice.chosen === deviceId;

        return html`
            <button type="button" class="menu-item" role="menuitemradio"
                tabindex="-1" aria-checked=${chosen ? 'true' : 'false'}
                @click=${() => this.#choose(choice, deviceId)}>
                <span class="menu-check">${chosen ? icon('check') : ''}</span>
                <span>${name}</span>
            </button>`;
    }

    /** @param {Choice} choice */
    #section(choice) {
        const listed = choice.devices.filter((d) => d.deviceId !== 'default');

        return html`
            <div role="group" aria-label=${choice.title}>
                <p class="menu-title" aria-hidden="true">${choice.title}</p>
                ${this.#item(choice, '', t('device.default'))}
                ${listed.map((device, i) => this.#item(
                    choice, device.deviceId,
                    device.label || t('device.number', { number: i + 1 })))}
            </div>`;
    }

    render() {
        return html`
            <button type="button" class="menu-button" aria-haspopup="menu"
                aria-expanded=${this.open ? 'true' : 'false'}
                aria-label=${this.label} title=${this.label}
                @click=${() => { this.open = !this.open; }}
                >${icon('up')}</button>
            ${this.open ? html`
                <div class="menu" role="menu" aria-label=${this.label}>
                    ${this.choices.map((choice) => this.#section(choice))}
                </div>` : nothing}`;
    }
}


customElements.define('rtc-device-menu', DeviceMenu);
