/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How loud the microphone is.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';


const BARS = 12;


export class LevelMeter extends Element {
    static properties = {
        track: { attribute: false },
        analyse: { attribute: false },
    };

    constructor() {
        super();

        /** @type {any} */
        this.track = null;

        /** @type {any} createAudioAnalyser of livekit-client */
        this.analyse = null;

        /** @type {any} */
        this.analyser = null;
        this.frame = 0;
    }

    /** @param {Map<string, any>} changed */
    updated(changed) {
        if (changed.has('track')) {
            this.#stop();
            this.#start();
        }
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#stop();
    }

    #start() {
        if (!this.track) {
            return;
        }

        try {
            this.analyser = this.analyse(this.track, {
                smoothingTimeConstant: 0.6,
            });

        } catch (error) {
            console.info('no level meter', error);
            return;
        }

        const bars = this.querySelectorAll('.level-bar');

        const draw = () => {
            const volume = Math.sqrt(this.analyser.calculateVolume());
            const lit = Math.round(Math.min(1, volume) * BARS);

            bars.forEach((bar, i) => bar.toggleAttribute('data-lit',
                                                         i < lit));
            this.frame = requestAnimationFrame(draw);
        };

        draw();
    }

    #stop() {
        cancelAnimationFrame(this.frame);

        if (this.analyser) {
            const ended = this.analyser.cleanup();

            ended?.catch?.((/** @type {unknown} */ error) =>
                console.info('the level meter did not end', error));
        }

        this.analyser = null;
    }

    render() {
        return html`
            <div class="level" role="img" aria-label=${t('lobby.level')}>
                ${Array.from({ length: BARS }, () =>
                    html`<span class="level-bar"></span>`)}
            </div>`;
    }
}


customElements.define('rtc-level-meter', LevelMeter);
