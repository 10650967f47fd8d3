/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The view of the rooms.
 */


import * as api from '../api/rooms.js';
import '../components/confirm-dialog.js';
import '../components/room-form.js';
import '../components/room-list.js';
import '../components/room-share.js';
import { Rooms } from '../session/rooms.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { View, sentence } from './view.js';


/* how often the numbers of people are looked at */

const REFRESH = 5000;


class RoomsView extends View {
    constructor() {
        super();

        /** @type {Rooms|null} */
        this.rooms = null;

        /** @type {ReturnType<typeof setTimeout>|undefined} */
        this.timer = undefined;
    }

    connectedCallback() {
        super.connectedCallback();
        this.rooms ??= new Rooms(this.account?.watch({ ...api }) ?? api);
        this.#refresh();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        clearTimeout(this.timer);
    }

    /** Asks again and again while someone looks. */
    async #refresh() {
        const rooms = this.rooms;

        if (rooms && !rooms.busy
            && (rooms.list === null || (!document.hidden && !this.open)))
        {
            await rooms.load();
        }

        if (this.isConnected) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.#refresh(), REFRESH);
        }
    }

    /** @param {CustomEvent} event */
    #room({ detail: { name, room = null } }) {
        if (name === 'toggle') {
            this.#toggle(room);
        } else {
            this.open = { name, subject: room };
        }
    }

    /** @param {api.Room} room */
    async #toggle(room) {
        try {
            await this.rooms?.update(room._id, { active: !room.active });
            this.notice(t(room.active ? 'room.closed' : 'room.opened',
                          { name: room.name }));

        } catch (error) {
            this.notice(sentence(error));
        }
    }

    /** @param {CustomEvent} event */
    #save({ detail: room }) {
        const id = this.open?.subject?._id;

        return this.carryOut(async () => {
            if (id) {
                await this.rooms?.update(id, room);
            } else {
                await this.rooms?.create(room);
            }

            return t(id ? 'room.saved' : 'room.created',
                     { name: room.name ?? this.open?.subject?.name });
        });
    }

    #remove() {
        const room = this.open?.subject;

        return this.carryOut(async () => {
            await this.rooms?.remove(room._id);

            return t('room.deleted', { name: room.name });
        });
    }

    #dialog() {
        const { name, subject = null, message = '', busy = false } =
            this.open ?? {};

        switch (name) {

        case 'new':
        case 'edit':
            return html`
                <rtc-room-form .room=${subject} message=${message}
                    ?busy=${busy} @save=${this.#save} @closed=${this.closed}
                    ></rtc-room-form>`;

        case 'delete':
            return html`
                <rtc-confirm question=${t('delete.title', {
                        name: subject.name })}
                    text=${t('delete.text')} action=${t('delete.do')}
                    mark="delete-do" message=${message} ?busy=${busy}
                    @confirm=${this.#remove} @closed=${this.closed}
                    ></rtc-confirm>`;

        case 'share':
            return html`
                <rtc-room-share .room=${subject} @closed=${this.closed}
                    ></rtc-room-share>`;
        }

        return nothing;
    }

    render() {
        return html`
            <rtc-room-list .rooms=${this.rooms} @room=${this.#room}
                @find=${(/** @type {CustomEvent} */ event) =>
                    this.rooms?.find(event.detail)}
                @turn=${(/** @type {CustomEvent} */ event) =>
                    this.rooms?.turn(event.detail)}></rtc-room-list>
            ${this.#dialog()}`;
    }
}


customElements.define('rtc-rooms-view', RoomsView);
