/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What all forms have: fields with their problems, switches, the word of the
 * server.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { icon } from './icons.js';


export const PASSWORD_MIN = 8;


/**
 * @param {string} message
 * @param {string} [mark] its data-testid
 */
export function alertOf(message, mark = 'form-error') {
    return message ? html`
        <p class="alert" role="alert" data-testid=${mark}>
            ${icon('alert')}<span>${message}</span></p>` : nothing;
}


/**
 * @param {string} text
 * @param {string} [mark] its data-testid
 */
export function hintOf(text, mark = 'hint') {
    return html`
        <p class="hint" data-testid=${mark}>${icon('alert')}
            <span>${text}</span></p>`;
}


/** @param {string} text */
export function problemOf(text) {
    return text ? html`<span class="field-problem" role="alert"
                           >${text}</span>` : nothing;
}


/**
 * @param {object} field
 * @param {string} field.name
 * @param {string} field.label
 * @param {string} [field.value]
 * @param {string} [field.type]
 * @param {string} [field.hint]
 * @param {string} [field.problem]
 * @param {string} [field.placeholder]
 * @param {string} [field.autocomplete]
 * @param {number} [field.max]
 * @param {boolean} [field.disabled]
 */
export function inputField({ name, label, value = '', type = 'text', hint = '',
                             problem = '', placeholder = '', max = 254,
                             autocomplete = 'off', disabled = false })
{
    return html`
        <label class="field">
            <span>${label}</span>
            <input name=${name} type=${type} maxlength=${max} dir="auto"
                autocomplete=${/** @type {any} */ (autocomplete)}
                autocapitalize="none"
                spellcheck="false" placeholder=${placeholder}
                data-testid="form-${name}" ?disabled=${disabled}
                .value=${value} aria-invalid=${problem ? 'true' : 'false'}>
            ${hint ? html`<span class="field-hint">${hint}</span>` : nothing}
            ${problemOf(problem)}
        </label>`;
}


/**
 * @param {object} field
 * @param {string} field.name
 * @param {string} field.label
 * @param {boolean} field.on
 * @param {boolean} [field.disabled]
 * @param {(on: boolean) => void} [field.changed]
 */
export function switchField({ name, label, on, disabled = false,
                              changed = () => {} })
{
    return html`
        <label class="switch">
            <input type="checkbox" role="switch" name=${name} ?checked=${on}
                ?disabled=${disabled} data-testid="form-${name}"
                @change=${(/** @type {any} */ event) =>
                    changed(event.target.checked)}>
            <span>${label}</span>
        </label>`;
}


/**
 * @param {string} label
 * @param {boolean} busy
 * @param {string} mark its data-testid
 * @param {boolean} [disabled]
 */
export function submitButton(label, busy, mark, disabled = false) {
    return html`
        <button type="submit" class="button primary" data-testid=${mark}
            ?disabled=${busy || disabled} aria-busy=${busy ? 'true' : 'false'}>
            ${busy ? html`<span class="spinner"></span>` : nothing}
            ${label}</button>`;
}


/** The two buttons at the end of a window with a form.
 *
 * @param {import('./dialog.js').Dialog} dialog
 * @param {string} label
 * @param {boolean} busy
 */
export function dialogFoot(dialog, label, busy) {
    return html`
        <footer class="dialog-foot">
            <button type="button" class="button quiet"
                @click=${() => dialog.close()}>${t('form.cancel')}</button>
            ${submitButton(label, busy, 'form-save')}
        </footer>`;
}


/**
 * @param {SubmitEvent} event
 * @returns {FormData}
 */
export function submitted(event) {
    event.preventDefault();

    return new FormData(/** @type {HTMLFormElement} */ (
        event.currentTarget));
}
