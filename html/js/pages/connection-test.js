/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The test of the connection: for the operator before the first meeting, for
 * a guest in trouble, and for whoever helps.
 */


import * as livekit from '../../vendor/livekit-client.mjs';

import { createTestToken } from '../api/application.js';
import '../components/brand-mark.js';
import { Element } from '../components/element.js';
import { icon } from '../components/icons.js';
import '../components/notices.js';
import '../components/test-leg.js';
import { SelfTest } from '../session/self-test.js';
import { copyText } from '../util/clipboard.js';
import { html, nothing, repeat } from '../util/lit.js';
import { readOptions } from '../util/query.js';
import { language, pickLanguage, setLanguage, t } from '../util/text.js';
import { brand, branded, setTitle } from './branding.js';


class ConnectionTest extends Element {
    constructor() {
        super();
        this.test = new SelfTest({ livekit, createTestToken, scope: window });
    }

    get models() {
        return [this.test];
    }

    get report() {
        return this.test.report(location.href, navigator.userAgent);
    }

    async #copy() {
        const copied = await copyText(this.report);

        /** @type {any} */ (this.querySelector('rtc-notices'))?.show(
            t(copied ? 'test.copied' : 'test.copy.failed'));
    }

    #verdict() {
        const { verdict, best, problem } = this.test;

        if (!verdict) {
            return nothing;
        }

        const way = best ? t(`leg.${best}`) : '';
        const reason = problem ? t(problem.key, {
            detail: problem.detail ?? '' }) : '';
        const good = verdict === 'good' || verdict === 'slow';

        return html`
            <p class="verdict" data-verdict=${verdict} data-testid="verdict">
                ${icon(good ? 'check' : 'alert')}
                <span>${t(`verdict.${verdict}`, { way, reason })}</span></p>`;
    }

    #report() {
        return this.test.verdict ? html`
            <details class="report">
                <summary>${t('test.report')}</summary>
                <pre data-testid="report" tabindex="0">${this.report}</pre>
            </details>` : nothing;
    }

    #buttons() {
        const { running, ended } = this.test;

        return html`
            <p class="test-buttons">
                <button type="button" class="button primary large"
                    data-testid="test-start" ?disabled=${running}
                    aria-busy=${running ? 'true' : 'false'}
                    @click=${() => this.test.run()}>
                    ${running ? html`<span class="spinner"></span>`
                              : nothing}
                    ${t(running ? 'test.running'
                                : ended ? 'test.again' : 'test.start')}
                </button>
                ${ended ? html`
                    <button type="button" class="button large"
                        data-testid="test-copy" @click=${this.#copy}
                        >${icon('copy')} ${t('test.copy')}</button>`
                    : nothing}
            </p>`;
    }

    render() {
        return html`
            <main class="test">
                <a class="test-brand" href="/">
                    <rtc-brand-mark .brand=${brand}></rtc-brand-mark></a>
                <h1>${t('test.title')}</h1>
                <p class="test-text">${t('test.text')}</p>
                <div role="status">${this.#verdict()}</div>
                ${this.#buttons()}
                <ol class="legs" aria-label=${t('test.legs')}>
                    ${repeat(this.test.legs, (leg) => leg.name, (leg) => html`
                        <li><rtc-test-leg data-testid="leg"
                            data-name=${leg.name} state=${leg.state}
                            .leg=${leg}></rtc-test-leg></li>`)}
                </ol>
                ${this.#report()}
            </main>
            <rtc-notices></rtc-notices>`;
    }
}


await Promise.all([
    setLanguage(pickLanguage(readOptions(location.search).lang,
                             navigator.languages), ['test']),
    branded(),
]);

document.documentElement.lang = language();
setTitle(t('test.title'));
livekit.setLogLevel('silent');
customElements.define('rtc-connection-test', ConnectionTest);
