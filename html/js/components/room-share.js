/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The ways into a room, to be copied.
 */


import { iframeSnippet, meetingUrl } from '../util/format.js';
import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import './copy-field.js';
import { Dialog } from './dialog.js';


export class RoomShare extends Dialog {
    static properties = {
        room: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../api/rooms.js').Room|null} */
        this.room = null;
    }

    get heading() {
        return t('share.title', { name: this.room?.name ?? '' });
    }

    body() {
        const room = this.room ?? { _id: '' };
        const speaker = meetingUrl(location.origin, room, 'speaker');
        const view = meetingUrl(location.origin, room, 'view');

        return html`
            <div class="dialog-form">
                <rtc-copy-field data-testid="share-speaker" value=${speaker}
                    label=${t('share.speaker')}
                    hint=${t('share.speaker.text')}></rtc-copy-field>
                <rtc-copy-field data-testid="share-view" value=${view}
                    label=${t('share.view')}
                    hint=${t('share.view.text')}></rtc-copy-field>
                <rtc-copy-field data-testid="share-iframe"
                    value=${iframeSnippet(speaker)}
                    label=${t('share.iframe')}
                    hint=${t('share.iframe.text')}></rtc-copy-field>
                <footer class="dialog-foot">
                    <button type="button" class="button primary" autofocus
                        @click=${() => this.close()}
                        >${t('share.close')}</button>
                </footer>
            </div>`;
    }
}


customElements.define('rtc-room-share', RoomShare);
