/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A window in the page.  An element that is one says what is in it; the
 * browser's own dialog keeps the focus inside and closes on Escape.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class Dialog extends Element {
    firstUpdated() {
        this.querySelector('dialog')?.showModal();
    }

    /** @returns {string} */
    get heading() {
        return '';
    }

    /** @returns {unknown} */
    body() {
        return '';
    }

    close() {
        this.querySelector('dialog')?.close();
    }

    /**
     * A click beside the window closes it.
     *
     * @param {MouseEvent} event
     */
    #beside(event) {
        if (event.target === event.currentTarget) {
            this.close();
        }
    }

    render() {
        return html`
            <dialog aria-label=${this.heading} @pointerdown=${this.#beside}
                @close=${() => this.emit('closed')}>
                <div class="dialog-body">
                    <header class="dialog-head">
                        <h2 dir="auto">${this.heading}</h2>
                        <button type="button" class="icon-button"
                            aria-label=${t('panel.close')}
                            title=${t('panel.close')}
                            @click=${() => this.close()}
                            >${icon('close')}</button>
                    </header>
                    ${this.body()}
                </div>
            </dialog>`;
    }
}
