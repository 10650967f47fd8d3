/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A text in PEM: pasted, or taken from a file.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { problemOf } from './form-parts.js';
import { icon } from './icons.js';


const FILE_MAX = 256 * 1024;


export class PemField extends Element {
    static properties = {
        name: {},
        label: {},
        hint: {},
        example: {},
        problem: {},
        value: { state: true },
    };

    constructor() {
        super();
        this.name = '';
        this.label = '';
        this.hint = '';
        this.example = '';
        this.problem = '';
        this.value = '';
    }

    /** @param {File|undefined} file */
    async #take(file) {
        if (file && file.size <= FILE_MAX) {
            this.value = await file.text();
        }
    }

    /** @param {DragEvent} event */
    #drop(event) {
        if (event.dataTransfer?.files.length) {
            event.preventDefault();
            this.#take(event.dataTransfer.files[0]);
        }
    }

    render() {
        return html`
            <div class="field pem">
                <span class="pem-head">
                    <label for="pem-${this.name}">${this.label}</label>
                    <label class="button quiet pem-file">
                        ${icon('upload')} ${t('pem.file')}
                        <input type="file" class="visually-hidden"
                            accept=".pem,.crt,.cer,.key,.txt"
                            data-testid="file-${this.name}"
                            aria-label="${t('pem.file')}: ${this.label}"
                            @change=${(/** @type {any} */ { target }) => {
                                this.#take(target.files[0]);
                                target.value = '';
                            }}>
                    </label>
                </span>
                <textarea id="pem-${this.name}" name=${this.name} rows="5"
                    spellcheck="false" autocomplete="off"
                    autocapitalize="none" placeholder=${this.example}
                    data-testid="form-${this.name}" .value=${this.value}
                    aria-invalid=${this.problem ? 'true' : 'false'}
                    @input=${(/** @type {any} */ { target }) => {
                        this.value = target.value;
                    }} @drop=${this.#drop}></textarea>
                ${this.hint ? html`<span class="field-hint">${this.hint}
                    </span>` : nothing}
                ${problemOf(this.problem)}
            </div>`;
    }
}


customElements.define('rtc-pem-field', PemField);
