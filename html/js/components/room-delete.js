/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The question before a room is deleted.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Dialog } from './dialog.js';
import { icon } from './icons.js';


export class RoomDelete extends Dialog {
    static properties = {
        room: { attribute: false },
        message: {},
        busy: { type: Boolean },
    };

    constructor() {
        super();

        /** @type {import('../api/rooms.js').Room|null} */
        this.room = null;
        this.message = '';
        this.busy = false;
    }

    get heading() {
        return t('delete.title', { name: this.room?.name ?? '' });
    }

    body() {
        return html`
            <p class="dialog-text">${t('delete.text')}</p>
            ${this.message ? html`
                <p class="alert" role="alert" data-testid="form-error">
                    ${icon('alert')}<span>${this.message}</span></p>`
                : nothing}
            <footer class="dialog-foot">
                <button type="button" class="button quiet" autofocus
                    @click=${() => this.close()}
                    >${t('form.cancel')}</button>
                <button type="button" class="button danger"
                    data-testid="delete-do" ?disabled=${this.busy}
                    @click=${() => this.emit('delete')}
                    >${t('delete.do')}</button>
            </footer>`;
    }
}


customElements.define('rtc-room-delete', RoomDelete);
