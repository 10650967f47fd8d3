/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One part of the settings.  An element that is one says what is in it; the
 * page tells it what became of its last request.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { alertOf } from './form-parts.js';
import { icon } from './icons.js';


/**
 * @typedef {object} Outcome
 * @property {boolean} [busy]
 * @property {string} [message]
 */


export class SettingsSection extends Element {
    static properties = {
        settings: { attribute: false },
        outcome: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/settings.js').Settings|null} */
        this.settings = null;

        /** @type {Outcome} */
        this.outcome = {};
    }

    get models() {
        return this.settings ? [this.settings] : [];
    }

    /** @returns {string} of its texts */
    get name() {
        return '';
    }

    /** @returns {any} the name of an icon */
    get shape() {
        return '';
    }

    /** Where the sentence of the server is shown; false: at a field. */
    get tellsAbove() {
        return true;
    }

    /** @returns {unknown} */
    body() {
        return '';
    }

    render() {
        if (!this.settings?.info) {
            return nothing;
        }

        return html`
            <section class="settings-section"
                aria-labelledby="settings-${this.name}">
                <header>
                    <h2 id="settings-${this.name}">${icon(this.shape)}
                        ${t(`${this.name}.title`)}</h2>
                    <p>${t(`${this.name}.text`)}</p>
                </header>
                <div class="settings-body">
                    ${this.tellsAbove ? alertOf(this.outcome.message ?? '',
                                                `${this.name}-error`)
                                      : nothing}
                    ${this.body()}
                </div>
            </section>`;
    }
}
