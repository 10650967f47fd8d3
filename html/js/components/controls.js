/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The buttons of a meeting that act on oneself.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import './device-menu.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class Controls extends Element {
    static properties = {
        meeting: { attribute: false },
        capture: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;

        /** @type {import('../session/capture.js').Capture|null} */
        this.capture = null;
    }

    get models() {
        return [this.meeting, this.capture].filter((model) => model !== null);
    }

    /**
     * @param {import('../session/capture.js').DeviceKind} kind
     * @param {string} title
     */
    #choice(kind, title) {
        return {
            kind, title,
            devices: this.capture?.of(kind) ?? [],
            chosen: this.capture?.chosen(kind) ?? '',
        };
    }

    /**
     * @param {'mic'|'camera'|'screen'|'raise-hand'} id
     * @param {boolean} on
     * @param {{shape: any, label: string, hint: string, what: string,
     *          kind?: string}} button
     */
    #button(id, on, { shape, label, hint, what, kind = '' }) {
        return html`
            <button type="button" class="control ${kind}" data-testid=${id}
                aria-pressed=${on ? 'true' : 'false'} aria-label=${label}
                title=${hint}
                @click=${() => this.emit('switch', { what, on: !on })}
                >${icon(shape)}</button>`;
    }

    #microphone() {
        const on = this.meeting?.self?.microphone ?? false;
        const choices = [this.#choice('audioinput', t('device.microphone'))];

        if ('setSinkId' in HTMLMediaElement.prototype) {
            choices.push(this.#choice('audiooutput', t('device.speaker')));
        }

        return html`
            <div class="control-pair">
                ${this.#button('mic', on, {
                    shape: on ? 'microphone' : 'microphoneOff',
                    label: t('control.microphone'),
                    hint: t(on ? 'control.microphone.off'
                               : 'control.microphone.on'),
                    what: 'microphone', kind: on ? '' : 'off',
                })}
                <rtc-device-menu label=${t('control.microphone.choose')}
                    .choices=${choices}></rtc-device-menu>
            </div>`;
    }

    #camera() {
        const on = Boolean(this.meeting?.self?.camera);

        return html`
            <div class="control-pair">
                ${this.#button('camera', on, {
                    shape: on ? 'camera' : 'cameraOff',
                    label: t('control.camera'),
                    hint: t(on ? 'control.camera.off' : 'control.camera.on'),
                    what: 'camera', kind: on ? '' : 'off',
                })}
                <rtc-device-menu label=${t('control.camera.choose')}
                    .choices=${[this.#choice('videoinput',
                                             t('device.camera'))]}
                    ></rtc-device-menu>
            </div>`;
    }

    #screen() {
        const on = Boolean(this.meeting?.self?.screen);

        return this.#button('screen', on, {
            shape: on ? 'screenOff' : 'screen', label: t('control.screen'),
            hint: t(on ? 'control.screen.off' : 'control.screen.on'),
            what: 'screen', kind: on ? 'active' : '',
        });
    }

    #hand() {
        const up = Boolean(this.meeting?.self?.hand);

        return this.#button('raise-hand', up, {
            shape: 'hand', label: t('control.hand'),
            hint: t(up ? 'control.hand.down' : 'control.hand.up'),
            what: 'hand', kind: up ? 'active' : '',
        });
    }

    render() {
        const can = this.meeting?.can;

        if (!can) {
            return nothing;
        }

        const shares = can.screen
                       && Boolean(navigator.mediaDevices?.getDisplayMedia);

        return html`
            ${can.microphone ? this.#microphone() : nothing}
            ${can.camera ? this.#camera() : nothing}
            ${shares ? this.#screen() : nothing}
            ${can.hand ? this.#hand() : nothing}
            <button type="button" class="control leave" data-testid="leave"
                aria-label=${t('control.leave')} title=${t('control.leave')}
                @click=${() => this.emit('leave')}>${icon('leave')}</button>`;
    }
}


customElements.define('rtc-controls', Controls);
