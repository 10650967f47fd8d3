/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One room of the list.
 */


import { birth, day, meetingUrl } from '../util/format.js';
import { html, nothing } from '../util/lit.js';
import { language, t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class RoomCard extends Element {
    static properties = {
        room: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../api/rooms.js').Room|null} */
        this.room = null;
    }

    /**
     * @param {string} name of the event
     * @param {any} shape
     * @param {string} label
     * @param {string} [kind]
     */
    #action(name, shape, label, kind = '') {
        return html`
            <button type="button" class="icon-button ${kind}"
                data-testid="room-${name}" title=${label}
                aria-label="${label}: ${this.room?.name}"
                @click=${() => this.emit('room', { name, room: this.room })}
                >${icon(shape)}</button>`;
    }

    /** @param {import('../api/rooms.js').Room} room */
    #facts(room) {
        const born = birth(room._id);

        return html`
            <p class="room-facts">
                <span class="people ${room.participants ? 'some' : ''}"
                    data-testid="room-people">
                    ${icon('people')}
                    ${t(room.max_participants ? 'room.people'
                                              : 'room.people.any',
                        { count: room.participants ?? 0,
                          max: room.max_participants })}
                </span>
                ${room.mediaType === 'MEDIA_TYPE_AUDIO_ONLY'
                    ? html`<span>${t('room.audio')}</span>` : nothing}
                ${born ? html`<span>${t('room.since', {
                    day: day(born, language()) })}</span>` : nothing}
            </p>`;
    }

    render() {
        const room = this.room;

        if (!room) {
            return nothing;
        }

        return html`
            <div class="room-main">
                <h2 dir="auto">${room.name}
                    <span class="pill ${room.active ? 'good' : ''}"
                        >${t(room.active ? 'room.active'
                                         : 'room.inactive')}</span></h2>
                ${this.#facts(room)}
            </div>
            <div class="room-actions">
                ${this.#action('edit', 'edit', t('room.edit'))}
                ${this.#action('toggle', 'power',
                    t(room.active ? 'room.close' : 'room.reopen'))}
                ${this.#action('delete', 'trash', t('room.delete'),
                               'danger')}
                <button type="button" class="button"
                    data-testid="room-share"
                    aria-label="${t('room.share')}: ${room.name}"
                    @click=${() => this.emit('room', { name: 'share', room })}
                    >${icon('link')} ${t('room.share')}</button>
                <a class="button" target="_blank" rel="noopener"
                    data-testid="room-open"
                    aria-label="${t('room.open')}: ${room.name}"
                    href=${meetingUrl('', room, 'speaker')}
                    >${icon('enter')} ${t('room.open')}</a>
            </div>`;
    }
}


customElements.define('rtc-room-card', RoomCard);
