/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Before the meeting: who one is, and with what devices one comes.
 */


import { testHelps } from '../session/problems.js';
import { cleanName } from '../util/query.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import './brand-mark.js';
import { Element } from './element.js';
import { icon } from './icons.js';
import './preview.js';


export class Lobby extends Element {
    static properties = {
        brand: { attribute: false },
        meeting: { attribute: false },
        capture: { attribute: false },
        name: {},
        missing: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../session/brand.js').Brand|null} */
        this.brand = null;

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;

        /** @type {import('../session/capture.js').Capture|null} */
        this.capture = null;
        this.name = '';
        this.missing = false;
    }

    get models() {
        return [this.meeting, this.capture, this.brand].filter(
            (model) => model !== null);
    }

    firstUpdated() {
        if (!this.name) {
            this.querySelector('input')?.focus();
        }
    }

    /** @param {Event} event */
    #join(event) {
        event.preventDefault();

        const name = cleanName(this.name);

        this.missing = !name;

        if (name) {
            this.emit('join', name);
        } else {
            this.querySelector('input')?.focus();
        }
    }

    /**
     * @param {import('../session/capture.js').DeviceKind} kind
     * @param {string} label
     */
    #select(kind, label) {
        const devices = (this.capture?.of(kind) ?? [])
            .filter((device) => device.deviceId !== 'default');
        const chosen = this.capture?.chosen(kind) ?? '';

        if (devices.length === 0) {
            return nothing;
        }

        return html`
            <label class="field compact">
                <span>${label}</span>
                <select @change=${(/** @type {any} */ event) =>
                    this.emit('choose', { kind,
                                          deviceId: event.target.value })}>
                    <option value="" ?selected=${chosen === ''}
                        >${t('device.default')}</option>
                    ${devices.map((device, i) => html`
                        <option value=${device.deviceId}
                            ?selected=${chosen === device.deviceId}
                            >${device.label
                               || t('device.number', { number: i + 1 })}
                        </option>`)}
                </select>
            </label>`;
    }

    #devices() {
        const capture = this.capture;

        if (!capture || this.meeting?.place.mode !== 'speaker') {
            return nothing;
        }

        const problems = new Set(Object.values(capture.problems));

        problems.delete('');

        return html`
            ${[...problems].map((key) => html`
                <p class="hint" role="status" data-testid="device-problem"
                    >${icon('alert')}<span>${t(key)}</span></p>`)}
            <div class="lobby-devices">
                ${capture.allowed.camera
                    ? this.#select('videoinput', t('device.camera'))
                    : nothing}
                ${this.#select('audioinput', t('device.microphone'))}
            </div>`;
    }

    #problem() {
        const problem = this.meeting?.problem;

        return problem ? html`
            <p class="alert" role="alert" data-testid="status">
                ${icon('alert')}
                <span>${t(problem.key, { detail: problem.detail ?? '' })}
                ${testHelps(problem) ? html`
                    <a href="/connection-test" target="_blank" rel="noopener"
                        data-testid="test-link">${t('trouble.test')}</a>`
                    : nothing}</span></p>` : nothing;
    }

    render() {
        const joining = this.meeting?.state === 'joining';
        const speaker = this.meeting?.place.mode === 'speaker';
        const title = this.meeting?.info.name;

        return html`
            <div class="lobby-card ${speaker ? '' : 'narrow'}">
                ${speaker ? html`
                    <rtc-preview .capture=${this.capture} name=${this.name}
                        ></rtc-preview>` : nothing}
                <form class="lobby-form" novalidate @submit=${this.#join}>
                    ${this.brand?.name || this.brand?.logo ? html`
                        <rtc-brand-mark .brand=${this.brand}
                            ></rtc-brand-mark>` : nothing}
                    <div class="lobby-head">
                        <p class="eyebrow">${t(speaker ? 'lobby.speaker'
                                                       : 'lobby.view')}</p>
                        <h1 dir="auto">${title || t('lobby.title')}</h1>
                    </div>
                    ${this.#problem()}
                    <label class="field">
                        <span>${t('lobby.name')}</span>
                        <input data-testid="name" name="name" maxlength="80"
                            autocomplete="name" enterkeyhint="go" dir="auto"
                            aria-invalid=${this.missing ? 'true' : 'false'}
                            placeholder=${t('lobby.name.example')}
                            .value=${this.name}
                            @input=${(/** @type {any} */ event) => {
                                this.name = event.target.value;
                                this.missing = false;
                            }}>
                        ${this.missing ? html`
                            <span class="field-problem" role="alert"
                                >${t('lobby.name.missing')}</span>`
                            : nothing}
                    </label>
                    ${this.#devices()}
                    <button type="submit" class="button primary large"
                        data-testid="join" ?disabled=${joining}
                        aria-busy=${joining ? 'true' : 'false'}>
                        ${joining ? html`<span class="spinner"></span>`
                                  : nothing}
                        ${t(joining ? 'lobby.joining' : 'lobby.join')}
                    </button>
                </form>
            </div>`;
    }
}


customElements.define('rtc-lobby', Lobby);
