/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The list of rooms with its search and its pages.
 */


import { PAGE } from '../session/rooms.js';
import { html, nothing, repeat } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';
import './room-card.js';


/* typing stops for this long before a search goes out */

const PAUSE = 250;


export class RoomList extends Element {
    static properties = {
        rooms: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/rooms.js').Rooms|null} */
        this.rooms = null;

        /** @type {ReturnType<typeof setTimeout>|undefined} */
        this.timer = undefined;
    }

    get models() {
        return this.rooms ? [this.rooms] : [];
    }

    /** @param {any} event */
    #search(event) {
        const text = event.target.value;

        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.emit('find', text), PAUSE);
    }

    #head() {
        const rooms = this.rooms;

        return html`
            <div class="list-head">
                <div class="list-title">
                    <h1>${t('rooms.title')}</h1>
                    ${rooms?.count && !rooms.search
                        ? html`<p>${t('rooms.count',
                                      { count: rooms.count })}</p>`
                        : nothing}
                </div>
                <label class="search">
                    ${icon('search')}
                    <span class="visually-hidden"
                        >${t('rooms.search')}</span>
                    <input type="search" placeholder=${t('rooms.search')}
                        data-testid="search" maxlength="200"
                        .value=${rooms?.search ?? ''} @input=${this.#search}>
                </label>
                <button type="button" class="button primary"
                    data-testid="new-room"
                    @click=${() => this.emit('room', { name: 'new' })}
                    >${icon('plus')} ${t('rooms.new')}</button>
            </div>`;
    }

    #empty() {
        const search = this.rooms?.search;

        if (search) {
            return html`<p class="list-none">${t('rooms.none',
                                                 { search })}</p>`;
        }

        return html`
            <div class="list-empty" data-testid="empty">
                <div class="end-mark calm">${icon('camera')}</div>
                <h2>${t('rooms.empty.title')}</h2>
                <p>${t('rooms.empty.text')}</p>
                <button type="button" class="button primary large"
                    @click=${() => this.emit('room', { name: 'new' })}
                    >${icon('plus')} ${t('rooms.new')}</button>
            </div>`;
    }

    #pager() {
        const { count = 0, skip = 0, list } = this.rooms ?? {};

        if (count <= PAGE) {
            return nothing;
        }

        const last = skip + (list?.length ?? 0);

        return html`
            <nav class="pager" aria-label=${t('rooms.pages')}>
                <button type="button" class="button" ?disabled=${skip === 0}
                    data-testid="page-before"
                    @click=${() => this.emit('turn', -1)}
                    >${t('rooms.before')}</button>
                <span>${t('rooms.range', { from: skip + 1, to: last,
                                           count })}</span>
                <button type="button" class="button"
                    ?disabled=${last >= count} data-testid="page-after"
                    @click=${() => this.emit('turn', 1)}
                    >${t('rooms.after')}</button>
            </nav>`;
    }

    #rooms() {
        const list = this.rooms?.list;

        if (!list) {
            return html`
                <p class="list-none" role="status">
                    <span class="spinner"></span> ${t('rooms.loading')}</p>`;
        }

        return list.length === 0 ? this.#empty() : html`
            <ul class="room-cards">
                ${repeat(list, (room) => room._id, (room) => html`
                    <li><rtc-room-card data-testid="room"
                        data-id=${room._id} data-name=${room.name}
                        .room=${room}></rtc-room-card></li>`)}
            </ul>
            ${this.#pager()}`;
    }

    #problem() {
        const problem = this.rooms?.problem;

        return problem ? html`
            <p class="alert" role="alert" data-testid="error">
                ${icon('alert')}
                <span>${t(problem.key, { detail: problem.detail ?? '' })}
                </span></p>` : nothing;
    }

    render() {
        return html`${this.#head()}${this.#problem()}${this.#rooms()}`;
    }
}


customElements.define('rtc-room-list', RoomList);
