/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * After a meeting: why it is over, and the way back.
 */


import { testHelps } from '../session/problems.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class Outside extends Element {
    static properties = {
        problem: { attribute: false },
        name: {},
    };

    constructor() {
        super();

        /** @type {import('../session/problems.js').Problem|null} */
        this.problem = null;
        this.name = '';
    }

    firstUpdated() {
        this.querySelector('button')?.focus();
    }

    render() {
        const problem = this.problem;

        if (!problem) {
            return nothing;
        }

        return html`
            <div class="end-card">
                <div class="end-mark ${problem.calm ? 'calm' : ''}">
                    ${icon(problem.calm ? 'leave' : 'alert')}
                </div>
                <div role="status">
                    <h1 data-testid="status">${t(problem.key, {
                        detail: problem.detail ?? '' })}</h1>
                </div>
                ${this.name ? html`<p class="end-name" dir="auto"
                    >${this.name}</p>` : nothing}
                ${problem.again ? html`
                    <div class="end-buttons">
                        <button type="button" class="button primary large"
                            data-testid="rejoin"
                            @click=${() => this.emit('again')}
                            >${t('end.again')}</button>
                    </div>` : nothing}
                ${testHelps(problem) ? html`
                    <a href="/connection-test" target="_blank" rel="noopener"
                        data-testid="test-link">${t('trouble.test')}</a>`
                    : nothing}
            </div>`;
    }
}


customElements.define('rtc-outside', Outside);
