/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings: under which name, logo and colour meetings are shown, and in
 * whose pages.
 */


import { DEFAULT_ACCENT, palette, parseColor } from '../util/color.js';
import { readImage } from '../util/image.js';
import { html, nothing } from '../util/lit.js';
import { originsOf, wrongOrigin } from '../util/origins.js';
import { t } from '../util/text.js';
import { inputField, problemOf, submitButton, submitted }
    from './form-parts.js';
import { icon } from './icons.js';
import { SettingsSection } from './settings-section.js';


const EMBEDDING = /** @type {const} */ (['all', 'some', 'none']);


export class SettingsBrand extends SettingsSection {
    static properties = {
        ...SettingsSection.properties,
        logo: { state: true },
        accent: { state: true },
        embedding: { state: true },
        wrong: { state: true },
    };

    constructor() {
        super();

        /** Undefined: what is stored.
         * @type {string|undefined} */
        this.logo = undefined;

        /** @type {string|undefined} */
        this.accent = undefined;

        /** @type {typeof EMBEDDING[number]|undefined} */
        this.embedding = undefined;

        /** @type {Record<string, string>} */
        this.wrong = {};
    }

    get name() {
        return 'brand';
    }

    get shape() {
        return 'brush';
    }

    get #stored() {
        return this.settings?.info?.custom_settings ?? {};
    }

    get #logo() {
        return this.logo ?? this.#stored.logo ?? '';
    }

    get #accent() {
        return this.accent ?? this.#stored.accent_color ?? '';
    }

    get #embedding() {
        const { embedding_origins: origins = ['*'] } = this.#stored;

        return this.embedding ?? (origins.includes('*') ? 'all'
                                  : origins.length ? 'some' : 'none');
    }

    updated() {
        const sample = /** @type {HTMLElement|null} */ (
            this.querySelector('.brand-sample'));
        const colors = palette(this.#accent || DEFAULT_ACCENT);

        for (const [name, value] of Object.entries(colors)) {
            sample?.style.setProperty(name, value);
        }
    }

    /** @param {any} event */
    async #file({ target }) {
        const [file] = target.files;

        this.wrong = {};

        if (!file) {
            return;
        }

        const image = await readImage(file);

        target.value = '';

        if (image) {
            this.logo = image;
        } else {
            this.wrong = { logo: t('brand.logo.wrong') };
        }
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        const form = submitted(event);
        const origins = originsOf(this.#embedding,
                                  String(form.get('origins') ?? ''));
        const wrong = wrongOrigin(origins);

        this.wrong = {
            ...(this.#accent && !parseColor(this.#accent)
                && { accent: t('brand.accent.wrong') }),
            ...(wrong !== null && { origins: t('brand.origins.wrong',
                                               { origin: wrong }) }),
        };

        if (Object.keys(this.wrong).length === 0) {
            this.emit('brand', {
                brand_name: String(form.get('brand')).trim(),
                logo: this.#logo,
                accent_color: this.#accent.toLowerCase(),
                embedding_origins: origins,
            });
        }
    }

    #logoField() {
        const logo = this.#logo;

        return html`
            <div class="field">
                <span>${t('brand.logo')}</span>
                <div class="logo-row">
                    <span class="logo-box"><img data-testid="logo-preview"
                        src=${logo || '/icon.svg'} alt=${t('brand.logo')}>
                    </span>
                    <label class="button">${icon('upload')}
                        ${t('brand.logo.choose')}
                        <input type="file" class="visually-hidden"
                            data-testid="logo-file"
                            accept=".png,.jpg,.jpeg,.webp,.svg"
                            @change=${this.#file}></label>
                    ${logo ? html`
                        <button type="button" class="button quiet"
                            data-testid="logo-remove"
                            @click=${() => { this.logo = ''; }}
                            >${t('brand.logo.remove')}</button>` : nothing}
                </div>
                <span class="field-hint">${t('brand.logo.text')}</span>
                ${problemOf(this.wrong.logo)}
            </div>`;
    }

    #accentField() {
        const accent = this.#accent;
        const set = (/** @type {any} */ { target }) => {
            this.accent = target.value.trim();
        };

        return html`
            <div class="field">
                <label for="brand-accent">${t('brand.accent')}</label>
                <div class="accent-row">
                    <input type="color" aria-label=${t('brand.accent.pick')}
                        .value=${parseColor(accent) ? accent
                                                    : DEFAULT_ACCENT}
                        @input=${set}>
                    <input id="brand-accent" data-testid="form-accent"
                        maxlength="7" spellcheck="false" autocomplete="off"
                        placeholder=${DEFAULT_ACCENT} .value=${accent}
                        aria-invalid=${this.wrong.accent ? 'true' : 'false'}
                        @input=${set}>
                    <span class="brand-sample" aria-hidden="true">
                        <span class="button primary"
                            >${t('lobby.join')}</span>
                        <span class="sample-link">${t('room.share')}</span>
                    </span>
                </div>
                <span class="field-hint">${t('brand.accent.text')}</span>
                ${problemOf(this.wrong.accent)}
            </div>`;
    }

    #embeddingField() {
        const { embedding_origins: origins = [] } = this.#stored;

        return html`
            <div class="field">
                <label for="brand-embedding">${t('brand.embedding')}</label>
                <select id="brand-embedding" data-testid="form-embedding"
                    @change=${(/** @type {any} */ { target }) => {
                        this.embedding = target.value;
                    }}>
                    ${EMBEDDING.map((name) => html`
                        <option value=${name}
                            ?selected=${name === this.#embedding}
                            >${t(`brand.embedding.${name}`)}</option>`)}
                </select>
            </div>
            ${this.#embedding === 'some' ? html`
                <label class="field">
                    <span>${t('brand.origins')}</span>
                    <textarea name="origins" rows="3" spellcheck="false"
                        data-testid="form-origins" autocapitalize="none"
                        placeholder="https://www.example.com"
                        .value=${origins.filter((o) => o !== '*').join('\n')}
                        aria-invalid=${this.wrong.origins ? 'true' : 'false'}
                        ></textarea>
                    ${problemOf(this.wrong.origins)}
                </label>` : nothing}`;
    }

    body() {
        return html`
            <form class="settings-form" novalidate @submit=${this.#submit}>
                ${inputField({ name: 'brand', label: t('brand.name'),
                               value: this.#stored.brand_name, max: 60,
                               placeholder: t('product') })}
                ${this.#logoField()}${this.#accentField()}
                ${this.#embeddingField()}
                <div class="settings-buttons">
                    ${submitButton(t('form.save'),
                                   Boolean(this.outcome.busy), 'brand-save')}
                </div>
            </form>`;
    }
}


customElements.define('rtc-settings-brand', SettingsBrand);
