/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One way of the test of the connection, and what became of it.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


const MARKS = /** @type {const} */ ({
    works: 'check', fails: 'close', absent: 'minus', skipped: 'minus',
});


export class TestLeg extends Element {
    static properties = {
        leg: { attribute: false },
        state: {},
    };

    constructor() {
        super();

        /** @type {import('../session/self-test.js').Leg|null} */
        this.leg = null;

        /** That the leg has changed, for it stays the same object. */
        this.state = '';
    }

    #mark() {
        if (this.state === 'running') {
            return html`<span class="spinner"></span>`;
        }

        const mark = MARKS[/** @type {keyof typeof MARKS} */ (this.state)];

        return mark ? icon(mark) : nothing;
    }

    /** @param {import('../session/self-test.js').Leg} leg */
    #facts(leg) {
        if (leg.state !== 'works') {
            return nothing;
        }

        return html`
            <p class="leg-facts">
                ${leg.address ? html`<span>${leg.address}
                    ${leg.protocol}</span>` : nothing}
                ${leg.ms === null ? nothing
                    : html`<span>${t('leg.time', { ms: leg.ms })}</span>`}
                ${leg.roundTrip === null ? nothing
                    : html`<span>${t('leg.round', { ms: leg.roundTrip })}
                        </span>`}
            </p>`;
    }

    /** @param {import('../session/self-test.js').Leg} leg */
    #failure(leg) {
        if (leg.state !== 'fails') {
            return nothing;
        }

        const details = [...leg.errors, leg.detail].filter(Boolean);

        return html`
            <p class="leg-hint">${t(`leg.${leg.name}.hint`)}</p>
            ${leg.targets.length ? html`
                <p class="leg-facts"><span>${t('leg.targets', {
                    targets: leg.targets.join(', ') })}</span></p>`
                : nothing}
            ${details.length ? html`
                <details class="leg-details">
                    <summary>${t('leg.details')}</summary>
                    ${details.map((line) => html`<p>${line}</p>`)}
                </details>` : nothing}`;
    }

    render() {
        const leg = this.leg;

        if (!leg) {
            return nothing;
        }

        return html`
            <span class="leg-mark" data-state=${leg.state}
                >${this.#mark()}</span>
            <div class="leg-main">
                <div class="leg-head">
                    <h2>${t(`leg.${leg.name}`)}</h2>
                    <span class="leg-state" data-state=${leg.state}
                        data-testid="leg-state"
                        >${t(`leg.${leg.state}`)}</span>
                </div>
                <p class="leg-text">${t(`leg.${leg.name}.text`)}</p>
                ${this.#facts(leg)}${this.#failure(leg)}
            </div>`;
    }
}


customElements.define('rtc-test-leg', TestLeg);
