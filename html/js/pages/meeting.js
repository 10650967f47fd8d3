/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The meeting page: makes the models, puts the elements together and carries
 * out what they ask for.
 */


import * as livekit from '../../vendor/livekit-client.mjs';

import { createToken } from '../api/rooms.js';
import '../components/chat-panel.js';
import '../components/controls.js';
import { Element } from '../components/element.js';
import { icon } from '../components/icons.js';
import '../components/lobby.js';
import '../components/notices.js';
import '../components/outside.js';
import '../components/panel-buttons.js';
import '../components/people-panel.js';
import '../components/sound.js';
import '../components/stage.js';
import { Capture } from '../session/capture.js';
import { Meeting } from '../session/meeting.js';
import { Memory } from '../session/seat.js';
import { html, nothing } from '../util/lit.js';
import { readOptions, readPlace } from '../util/query.js';
import { language, pickLanguage, setLanguage, t } from '../util/text.js';
import { brand, branded, setTitle } from './branding.js';


/* how often a closed or full room is asked again */

const AGAIN = 10000;

const options = readOptions(location.search);


/**
 * @param {'localStorage'|'sessionStorage'} name
 * @returns {Storage|null} null where the browser forbids it to a frame
 */
function storage(name) {
    try {
        return window[name];

    } catch {
        return null;
    }
}


/**
 * @returns {boolean} the page was loaded again by its reader
 */
function reloaded() {
    const [entry] = performance.getEntriesByType('navigation');

    return /** @type {any} */ (entry)?.type === 'reload';
}


class MeetingPage extends Element {
    static properties = {
        panel: { state: true },
    };

    constructor() {
        super();

        const place = readPlace(location.pathname, location.search)
                      ?? { id: '', mode: /** @type {const} */ ('speaker') };

        this.memory = new Memory({
            tab: storage('sessionStorage'), browser: storage('localStorage'),
            ...place,
        });

        this.capture = new Capture({
            livekit, memory: this.memory,
            mediaDevices: navigator.mediaDevices,
        });

        this.meeting = new Meeting({
            livekit, createToken, memory: this.memory, capture: this.capture,
            place, chat: options.chat,
        });

        this.name = options.displayName || this.memory.habits.name;
        this.panel = '';
        this.state = '';

        this.meeting.addEventListener('change', () => this.#changed());
        this.meeting.addEventListener('notice', (event) =>
            this.#notice(/** @type {CustomEvent} */ (event)));
    }

    get models() {
        return [this.meeting];
    }

    firstUpdated() {
        this.#start();
        setInterval(() => this.#lookAgain(), AGAIN);
    }

    async #start() {
        const seat = this.memory.seat;
        const back = Boolean(seat?.inside) && reloaded();

        this.capture.wanted = {
            microphone: options.microphone && (!back || seat?.microphone
                                               !== false),
            camera: options.camera && (!back || seat?.camera !== false),
        };

        if (this.meeting.place.mode !== 'speaker') {
            this.capture.allowed = { microphone: false, camera: false };
        }

        if (this.name && (back || options.autoJoin)) {
            this.#open();
            await this.meeting.join(this.name);
            return;
        }

        await this.meeting.look();
        this.#open();
    }

    /** Whoever waits before a closed door sees when it opens. */
    #lookAgain() {
        if (this.meeting.state === 'lobby' && this.meeting.problem?.passes
            && !document.hidden)
        {
            this.meeting.look();
        }
    }

    /**
     * Opens the devices that this room has a use for.
     */
    #open() {
        if (this.meeting.info.mediaType === 'MEDIA_TYPE_AUDIO_ONLY') {
            this.capture.allowed.camera = false;
        }

        this.capture.update();
        this.capture.list();
    }

    #changed() {
        const { state, info } = this.meeting;

        if (info.mediaType === 'MEDIA_TYPE_AUDIO_ONLY'
            && this.capture.allowed.camera)
        {
            this.#open();
        }

        if (info.name) {
            setTitle(info.name);
        }

        if (this.panel === 'chat' && !this.meeting.can.chat) {
            this.#panel('');
        }

        if (state !== this.state) {
            this.state = state;
            document.body.dataset.state = state;

            if (state === 'outside') {
                this.panel = '';
                this.meeting.chat.show(false);
            }
        }
    }

    /** @param {CustomEvent} event */
    #notice({ detail }) {
        const notices = /** @type {any} */ (
            this.querySelector('rtc-notices'));

        notices?.show(t(detail.key, detail.values));
    }

    /** @param {string} name */
    #panel(name) {
        const before = this.panel;

        this.panel = name;
        this.meeting.showChat(name === 'chat');

        if (!name && before) {
            const opener = before === 'chat' ? 'chat-open' : 'participants';

            /** @type {HTMLElement|null} */ (this.querySelector(
                `[data-testid=${opener}]`))?.focus();
        }
    }

    /** @param {CustomEvent} event */
    #switch({ detail: { what, on } }) {
        if (what === 'hand') {
            this.meeting.own?.raiseHand(on);
        } else if (what === 'screen') {
            this.meeting.own?.setScreen(on);
        } else {
            this.capture.wanted = { ...this.capture.wanted, [what]: on };
            this.meeting.own?.set(what, on);
        }
    }

    /** @param {CustomEvent} event */
    async #choose({ detail: { kind, deviceId } }) {
        if (this.meeting.own) {
            await this.meeting.own.choose(kind, deviceId);
            await this.capture.list();
        } else {
            await this.capture.choose(kind, deviceId);
        }
    }

    /** @param {boolean} on */
    async #full(on) {
        try {
            if (on) {
                await document.documentElement.requestFullscreen();
            } else {
                await document.exitFullscreen();
            }

        } catch (error) {
            console.info('no full screen', error);
        }
    }

    /** A key that closes what is open. */
    #key(/** @type {KeyboardEvent} */ event) {
        if (event.key === 'Escape' && this.panel) {
            this.#panel('');
        }
    }

    #again() {
        this.meeting.reset();
        this.capture.update();
    }

    #lobby() {
        return html`
            <main class="lobby">
                <rtc-lobby .meeting=${this.meeting} .capture=${this.capture}
                    .brand=${brand} name=${this.name}
                    @join=${(/** @type {CustomEvent} */ event) => {
                        this.name = event.detail;
                        this.meeting.join(event.detail);
                    }}
                    @want=${(/** @type {CustomEvent} */ { detail }) =>
                        this.capture.want(detail.source, detail.on)}
                    @choose=${this.#choose}></rtc-lobby>
            </main>`;
    }

    #banner() {
        if (this.meeting.state === 'returning') {
            return html`
                <p class="banner" role="alert" data-testid="status">
                    <span class="spinner"></span>
                    ${t('state.returning')}
                </p>`;
        }

        return this.meeting.silenced ? html`
            <button type="button" class="banner click" data-testid="listen"
                title=${t('stage.listen.why')}
                @click=${() => this.meeting.listen()}>
                ${icon('sound')} ${t('stage.listen')}
            </button>` : nothing;
    }

    #inside() {
        return html`
            <main class="meeting ${this.panel ? 'with-panel' : ''}"
                @keydown=${this.#key}
                @panel=${(/** @type {CustomEvent} */ event) =>
                    this.#panel(event.detail)}>
                <h1 class="meeting-name" dir="auto"
                    >${this.meeting.info.name}</h1>
                ${this.#banner()}
                <rtc-stage .meeting=${this.meeting}></rtc-stage>
                ${this.panel === 'chat' ? html`
                    <rtc-chat-panel class="panel" .meeting=${this.meeting}
                        ></rtc-chat-panel>` : nothing}
                ${this.panel === 'people' ? html`
                    <rtc-people-panel class="panel" .meeting=${this.meeting}
                        ></rtc-people-panel>` : nothing}
                <rtc-controls role="toolbar"
                    aria-label=${t('stage.controls')}
                    .meeting=${this.meeting} .capture=${this.capture}
                    @switch=${this.#switch} @choose=${this.#choose}
                    @leave=${() => this.meeting.leave()}></rtc-controls>
                <rtc-panel-buttons panel=${this.panel}
                    .meeting=${this.meeting}
                    @full=${(/** @type {CustomEvent} */ event) =>
                        this.#full(event.detail)}></rtc-panel-buttons>
                <rtc-sound .meeting=${this.meeting}></rtc-sound>
            </main>`;
    }

    #shown() {
        switch (this.meeting.state) {

        case 'inside':
        case 'returning':
            return this.#inside();

        case 'outside':
            return html`
                <main class="lobby">
                    <rtc-outside .problem=${this.meeting.problem}
                        name=${this.meeting.info.name ?? ''}
                        @again=${this.#again}></rtc-outside>
                </main>`;

        default:
            return this.#lobby();
        }
    }

    render() {
        return html`${this.#shown()}<rtc-notices></rtc-notices>`;
    }
}


await Promise.all([
    setLanguage(pickLanguage(options.lang, navigator.languages)),
    branded(),
]);

document.documentElement.lang = language();
setTitle('');
document.body.classList.toggle('minimal', options.minimal);
livekit.setLogLevel('warn');
customElements.define('rtc-meeting-page', MeetingPage);
