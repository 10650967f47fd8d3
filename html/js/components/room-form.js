/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The window in which a room is made or changed.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { cleanWebhook } from '../util/webhooks.js';
import { Dialog } from './dialog.js';
import { icon } from './icons.js';


const NAME_MAX = 200;
const PEOPLE_MAX = 10000;
const URL_MAX = 2048;


export class RoomForm extends Dialog {
    static properties = {
        room: { attribute: false },
        message: {},
        busy: { type: Boolean },
        wrong: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../api/rooms.js').Room|null} null: a new one */
        this.room = null;
        this.message = '';
        this.busy = false;

        /** @type {''|'name'|'max'|'webhook'} */
        this.wrong = '';
    }

    get heading() {
        return t(this.room ? 'form.edit' : 'form.new');
    }

    /** @param {SubmitEvent} event */
    #submit(event) {
        event.preventDefault();

        const form = new FormData(/** @type {HTMLFormElement} */ (
            event.currentTarget));
        const entered = String(form.get('name'));
        const same = entered === this.room?.name;
        const name = entered.trim();
        const max = Number(form.get('max'));
        const endless = this.room?.max_participants === 0 && max === 0;
        const address = String(form.get('webhook')).trim();
        const webhook = address && cleanWebhook(address);

        if (!same && (!name || [...name].length > NAME_MAX)) {
            this.wrong = 'name';
        } else if (!endless && (!Number.isInteger(max) || max < 1
                                || max > PEOPLE_MAX))
        {
            this.wrong = 'max';
        } else if (webhook === null) {
            this.wrong = 'webhook';
        } else {
            this.wrong = '';
        }

        if (this.wrong) {
            const advanced = this.querySelector('details');

            if (advanced && this.wrong === 'webhook') {
                advanced.open = true;
            }

            /** @type {HTMLElement|null} */ (this.querySelector(
                `[name=${this.wrong}]`))?.focus();
            return;
        }

        this.emit('save', {
            ...(!same && { name }),
            ...(!endless && { max_participants: max }),
            mediaType: String(form.get('media')),
            active: form.has('active'),
            allow_chat: form.has('chat'),
            allow_share_screen: form.has('screen'),
            webhook_url: webhook,
        });
    }

    /**
     * @param {string} name
     * @param {string} label
     * @param {boolean} on
     */
    #switch(name, label, on) {
        return html`
            <label class="switch">
                <input type="checkbox" role="switch" name=${name}
                    ?checked=${on} data-testid="form-${name}">
                <span>${label}</span>
            </label>`;
    }

    /** @param {string} field */
    #problem(field) {
        return this.wrong === field ? html`
            <span class="field-problem" role="alert"
                >${t(`form.${field}.wrong`)}</span>` : nothing;
    }

    #advanced() {
        const url = this.room?.webhook_url ?? '';

        return html`
            <details class="advanced" ?open=${Boolean(url)}>
                <summary data-testid="form-advanced"
                    >${t('form.advanced')}</summary>
                <label class="field">
                    <span>${t('form.webhook')}</span>
                    <input name="webhook" type="url" inputmode="url"
                        data-testid="form-webhook" maxlength=${URL_MAX}
                        autocomplete="off" spellcheck="false" value=${url}
                        placeholder="https://backend.example.com/events"
                        aria-invalid=${this.wrong === 'webhook' ? 'true'
                                                                : 'false'}>
                    <span class="field-hint"
                        >${t('form.webhook.text')}</span>
                    ${this.#problem('webhook')}
                </label>
            </details>`;
    }

    body() {
        const room = this.room;
        const audio = room?.mediaType === 'MEDIA_TYPE_AUDIO_ONLY';

        return html`
            <form class="dialog-form" novalidate @submit=${this.#submit}>
                ${this.message ? html`
                    <p class="alert" role="alert" data-testid="form-error">
                        ${icon('alert')}<span>${this.message}</span>
                    </p>` : nothing}
                <label class="field">
                    <span>${t('form.name')}</span>
                    <input name="name" data-testid="form-name" autofocus
                        maxlength=${NAME_MAX * 2} autocomplete="off"
                        dir="auto" placeholder=${t('form.name.example')}
                        value=${room?.name ?? ''}
                        aria-invalid=${this.wrong === 'name' ? 'true'
                                                             : 'false'}>
                    ${this.#problem('name')}
                </label>
                <div class="form-pair">
                    <label class="field">
                        <span>${t('form.media')}</span>
                        <select name="media" data-testid="form-media">
                            <option value="MEDIA_TYPE_VIDEO_AUDIO"
                                ?selected=${!audio}
                                >${t('form.media.video')}</option>
                            <option value="MEDIA_TYPE_AUDIO_ONLY"
                                ?selected=${audio}
                                >${t('form.media.audio')}</option>
                        </select>
                    </label>
                    <label class="field">
                        <span>${t('form.max')}</span>
                        <input name="max" type="number" min="1"
                            max=${PEOPLE_MAX} data-testid="form-max"
                            value=${room?.max_participants === 0
                                ? '' : room?.max_participants ?? 50}
                            placeholder=${t('form.max.any')}
                            aria-invalid=${this.wrong === 'max' ? 'true'
                                                                : 'false'}>
                        ${this.#problem('max')}
                    </label>
                </div>
                <div class="switches">
                    ${this.#switch('active', t('form.active'),
                                   room?.active ?? true)}
                    ${this.#switch('chat', t('form.chat'),
                                   room?.allow_chat ?? true)}
                    ${this.#switch('screen', t('form.screen'),
                                   room?.allow_share_screen ?? true)}
                </div>
                ${this.#advanced()}
                <footer class="dialog-foot">
                    <button type="button" class="button quiet"
                        @click=${() => this.close()}
                        >${t('form.cancel')}</button>
                    <button type="submit" class="button primary"
                        data-testid="form-save" ?disabled=${this.busy}
                        >${t(room ? 'form.save' : 'form.create')}</button>
                </footer>
            </form>`;
    }
}


customElements.define('rtc-room-form', RoomForm);
