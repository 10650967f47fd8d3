/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings: everything into a file, and back.
 */


import { readExport } from '../session/settings.js';
import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { alertOf, switchField } from './form-parts.js';
import { icon } from './icons.js';
import { SettingsSection } from './settings-section.js';


export class SettingsBackup extends SettingsSection {
    static properties = {
        ...SettingsSection.properties,
        keys: { state: true },
        wrong: { state: true },
    };

    constructor() {
        super();
        this.keys = false;
        this.wrong = '';
    }

    get name() {
        return 'backup';
    }

    get shape() {
        return 'archive';
    }

    /** @param {any} event */
    async #read({ target }) {
        const [file] = target.files;

        this.wrong = '';

        if (!file) {
            return;
        }

        const found = readExport(await file.text());

        target.value = '';

        if (found) {
            this.emit('import', { ...found, file: file.name });
        } else {
            this.wrong = t('backup.wrong', { name: file.name });
        }
    }

    body() {
        const { busy = false } = this.outcome;

        return html`
            ${alertOf(this.wrong, 'backup-wrong')}
            <div class="switches">
                ${switchField({ name: 'keys', label: t('backup.keys'),
                                on: this.keys,
                                changed: (on) => { this.keys = on; } })}
            </div>
            <p class="field-hint">${t('backup.keys.text')}</p>
            <div class="settings-buttons">
                <button type="button" class="button" ?disabled=${busy}
                    data-testid="backup-export"
                    @click=${() => this.emit('export', this.keys)}
                    >${icon('download')} ${t('backup.export')}</button>
                <label class="button quiet">
                    ${icon('upload')} ${t('backup.import')}
                    <input type="file" class="visually-hidden"
                        accept=".json,application/json"
                        data-testid="backup-file" ?disabled=${busy}
                        @change=${this.#read}>
                </label>
            </div>`;
    }
}


customElements.define('rtc-settings-backup', SettingsBackup);
