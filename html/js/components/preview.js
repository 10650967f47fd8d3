/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the others will see and hear, before one goes in.
 */


import { hue, initials } from '../util/format.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';
import './level-meter.js';


export class Preview extends Element {
    static properties = {
        capture: { attribute: false },
        name: {},
    };

    constructor() {
        super();

        /** @type {import('../session/capture.js').Capture|null} */
        this.capture = null;
        this.name = '';

        /** @type {any} */
        this.shown = null;
    }

    get models() {
        return this.capture ? [this.capture] : [];
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#show(null);
    }

    updated() {
        this.#show(this.isConnected ? this.capture?.tracks.camera : null);
    }

    /** @param {any} track */
    #show(track) {
        const video = this.querySelector('video');

        if (track === this.shown || !video) {
            return;
        }

        this.shown?.detach(video);
        track?.attach(video);
        this.shown = track;
    }

    /**
     * @param {import('../session/capture.js').Source} source
     * @param {string} testid
     */
    #toggle(source, testid) {
        const on = Boolean(this.capture?.wanted[source]
                           && !this.capture.problems[source]);
        const off = source === 'camera' ? 'cameraOff' : 'microphoneOff';

        return html`
            <button type="button" class="control ${on ? 'glass' : 'off'}"
                data-testid=${testid} aria-pressed=${on ? 'true' : 'false'}
                aria-label=${t(`control.${source}`)}
                title=${t(`control.${source}.${on ? 'off' : 'on'}`)}
                @click=${() => this.emit('want', { source, on: !on })}
                >${icon(on ? source : off)}</button>`;
    }

    render() {
        const capture = this.capture;

        if (!capture) {
            return nothing;
        }

        const camera = Boolean(capture.tracks.camera);

        return html`
            <video class="mirror" playsinline muted autoplay
                ?hidden=${!camera} aria-label=${t('lobby.preview')}></video>
            <div class="avatar hue-${hue(this.name)}" aria-hidden="true"
                ?hidden=${camera}>${this.name ? initials(this.name)
                                              : icon('people')}</div>
            <div class="preview-bar">
                <rtc-level-meter .track=${capture.tracks.microphone}
                    .analyse=${capture.livekit.createAudioAnalyser}
                    ></rtc-level-meter>
                <div class="preview-buttons">
                    ${this.#toggle('microphone', 'mic')}
                    ${capture.allowed.camera
                        ? this.#toggle('camera', 'camera') : nothing}
                </div>
            </div>`;
    }
}


customElements.define('rtc-preview', Preview);
