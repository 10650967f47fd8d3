/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The dashboard: makes the model, puts the elements together and carries out
 * what they ask for.
 */


import * as auth from '../api/auth.js';
import * as api from '../api/rooms.js';
import { Element } from '../components/element.js';
import { icon } from '../components/icons.js';
import '../components/notices.js';
import '../components/room-delete.js';
import '../components/room-form.js';
import '../components/room-list.js';
import '../components/room-share.js';
import '../components/sign-in.js';
import '../components/token-dialog.js';
import { apiProblem } from '../session/problems.js';
import { Rooms } from '../session/rooms.js';
import { html, nothing } from '../util/lit.js';
import { readOptions } from '../util/query.js';
import { language, pickLanguage, setLanguage, t } from '../util/text.js';


/* how often the numbers of people are looked at */

const REFRESH = 5000;


/**
 * @typedef {object} Open what lies over the page
 * @property {'new'|'edit'|'delete'|'share'|'token'} name
 * @property {api.Room|null} [room]
 * @property {string} [message]
 * @property {string} [token]
 * @property {boolean} [busy]
 */


class Dashboard extends Element {
    static properties = {
        open: { state: true },
        message: { state: true },
        busy: { state: true },
    };

    constructor() {
        super();
        this.rooms = new Rooms(api);

        /** @type {Open|null} */
        this.open = null;
        this.message = '';
        this.busy = false;
        this.#refresh();
    }

    get models() {
        return [this.rooms];
    }

    /** Asks again and again while someone looks. */
    async #refresh() {
        const looks = !document.hidden && !this.open;

        if (this.rooms.signedIn === null
            || (this.rooms.signedIn && looks && !this.rooms.busy))
        {
            await this.rooms.load();
        }

        setTimeout(() => this.#refresh(), REFRESH);
    }

    /** @param {string} text */
    #notice(text) {
        /** @type {any} */ (this.querySelector('rtc-notices'))?.show(text);
    }

    /**
     * @param {unknown} error
     * @returns {string}
     */
    #sentence(error) {
        const problem = apiProblem(error);

        return t(problem.key, { detail: problem.detail ?? '' });
    }

    /**
     * Does what a window was opened for and closes it; a failure is told in
     * the window.
     *
     * @param {() => Promise<string>} request answers with the text to show
     */
    async #carryOut(request) {
        const open = this.open;

        if (!open || open.busy) {
            return;
        }

        this.open = { ...open, busy: true, message: '' };

        try {
            const text = await request();

            this.open = null;
            this.#notice(text);

        } catch (error) {
            this.open = this.rooms.signedIn
                        ? { ...open, message: this.#sentence(error) } : null;
        }
    }

    /** @param {CustomEvent} event */
    async #signIn({ detail: { email, password } }) {
        this.busy = true;
        this.message = '';

        try {
            await auth.signIn(email, password);
            await this.rooms.load();

        } catch (error) {
            this.message = /** @type {any} */ (error)?.status === 401
                           ? t('sign.wrong') : this.#sentence(error);
        }

        this.busy = false;
    }

    async #signOut() {
        try {
            await auth.signOut();
            this.rooms.forget();
            this.message = '';

        } catch (error) {
            this.#notice(this.#sentence(error));
        }
    }

    /** @param {CustomEvent} event */
    #room({ detail: { name, room = null } }) {
        if (name === 'toggle') {
            this.#toggle(room);
        } else {
            this.open = { name, room };
        }
    }

    /** @param {api.Room} room */
    async #toggle(room) {
        try {
            await this.rooms.update(room._id, { active: !room.active });
            this.#notice(t(room.active ? 'room.closed' : 'room.opened',
                           { name: room.name }));

        } catch (error) {
            this.#notice(this.#sentence(error));
        }
    }

    /** @param {CustomEvent} event */
    #save({ detail: room }) {
        const id = this.open?.room?._id;

        return this.#carryOut(async () => {
            if (id) {
                await this.rooms.update(id, room);
            } else {
                await this.rooms.create(room);
            }

            return t(id ? 'room.saved' : 'room.created',
                     { name: room.name });
        });
    }

    #remove() {
        const room = this.open?.room;

        return this.#carryOut(async () => {
            await this.rooms.remove(room?._id ?? '');

            return t('room.deleted', { name: room?.name ?? '' });
        });
    }

    /**
     * @param {() => Promise<string>} request
     */
    async #token(request) {
        const token = this.open?.token ?? '';

        this.open = { name: 'token', token, busy: true };

        try {
            this.open = { name: 'token', token: await request() };

            if (token) {
                this.#notice(t('token.rotated'));
            }

        } catch (error) {
            this.open = { name: 'token', token,
                          message: this.#sentence(error) };
        }
    }

    #dialog() {
        const { name, room = null, message = '', busy = false, token = '' } =
            this.open ?? {};
        const closed = () => { this.open = null; };

        switch (name) {

        case 'new':
        case 'edit':
            return html`
                <rtc-room-form .room=${room} message=${message}
                    ?busy=${busy} @save=${this.#save} @closed=${closed}
                    ></rtc-room-form>`;

        case 'delete':
            return html`
                <rtc-room-delete .room=${room} message=${message}
                    ?busy=${busy} @delete=${this.#remove}
                    @closed=${closed}></rtc-room-delete>`;

        case 'share':
            return html`
                <rtc-room-share .room=${room} @closed=${closed}
                    ></rtc-room-share>`;

        case 'token':
            return html`
                <rtc-token-dialog .token=${token} message=${message}
                    ?busy=${busy} @closed=${closed}
                    @rotate=${() => this.#token(auth.rotateToken)}
                    ></rtc-token-dialog>`;
        }

        return nothing;
    }

    #top() {
        return html`
            <header class="top">
                <div class="top-inner">
                    <span class="brand"><img src="/icon.svg" alt=""
                        width="30" height="30"> ${t('product')}</span>
                    <button type="button" class="button quiet"
                        data-testid="api-token"
                        @click=${() => this.#token(auth.apiToken)}
                        >${icon('key')} <span>${t('token.title')}</span>
                    </button>
                    <button type="button" class="button quiet"
                        data-testid="sign-out" @click=${this.#signOut}
                        >${icon('out')} <span>${t('sign.out')}</span>
                    </button>
                </div>
            </header>`;
    }

    #signedOut() {
        const { problem } = this.rooms;
        const message = this.message
                        || (problem ? t(problem.key, {
                            detail: problem.detail ?? '' }) : '');

        return html`
            <main class="sign">
                <rtc-sign-in message=${message} ?busy=${this.busy}
                    @sign-in=${this.#signIn}></rtc-sign-in>
            </main>`;
    }

    #signedIn() {
        return html`
            ${this.#top()}
            <main class="rooms">
                <rtc-room-list .rooms=${this.rooms} @room=${this.#room}
                    @find=${(/** @type {CustomEvent} */ event) =>
                        this.rooms.find(event.detail)}
                    @turn=${(/** @type {CustomEvent} */ event) =>
                        this.rooms.turn(event.detail)}></rtc-room-list>
            </main>`;
    }

    render() {
        const { signedIn, problem } = this.rooms;

        if (signedIn === null && !problem) {
            return nothing;
        }

        return html`
            ${signedIn ? this.#signedIn() : this.#signedOut()}
            ${this.#dialog()}
            <rtc-notices></rtc-notices>`;
    }
}


await setLanguage(pickLanguage(readOptions(location.search).lang,
                               navigator.languages));

document.documentElement.lang = language();
document.title = t('product');
customElements.define('rtc-dashboard', Dashboard);
