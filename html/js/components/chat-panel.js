/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The written conversation.
 */


import { MESSAGE_MAX } from '../session/chat.js';
import { clock } from '../util/format.js';
import { html, nothing, repeat } from '../util/lit.js';
import { language, t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


/* messages of one person within this time stand together */

const TOGETHER = 3 * 60 * 1000;


export class ChatPanel extends Element {
    static properties = {
        meeting: { attribute: false },
        draft: { state: true },
        sending: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;
        this.draft = '';
        this.sending = false;
        this.atEnd = true;
        this.last = 0;
    }

    get models() {
        return this.meeting ? [this.meeting] : [];
    }

    firstUpdated() {
        this.querySelector('textarea')?.focus();
    }

    willUpdate() {
        const list = this.querySelector('.chat-list');

        this.atEnd = !list
                     || list.scrollHeight - list.scrollTop
                        - list.clientHeight < 48;
    }

    /** Follows the conversation unless the reader has scrolled back. */
    updated() {
        const list = this.querySelector('.chat-list');
        const message = this.meeting?.chat.messages.at(-1);

        if (list && message && message.id !== this.last
            && (this.atEnd || message.self))
        {
            list.scrollTop = list.scrollHeight;
        }

        this.last = message?.id ?? 0;
    }

    /** @param {Event} event */
    async #send(event) {
        event.preventDefault();

        const text = this.draft;

        if (!text.trim() || this.sending || !this.meeting) {
            return;
        }

        this.sending = true;
        this.draft = '';

        if (!await this.meeting.say(text) && !this.draft) {
            this.draft = text;
        }

        this.sending = false;
        this.querySelector('textarea')?.focus();
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            this.#send(event);
        }
    }

    /**
     * @param {import('../session/chat.js').Message} message
     * @param {import('../session/chat.js').Message|undefined} before
     */
    #message(message, before) {
        const follows = before?.identity === message.identity
                        && message.time - before.time < TOGETHER;
        const when = clock(message.time, language());

        return html`
            <li class="message ${message.self ? 'own' : ''}
                ${follows ? 'follows' : ''}">
                <p class="message-head">
                    <span class="message-name" dir="auto"
                        >${message.self ? t('chat.you')
                                        : message.name}</span>
                    <time datetime=${new Date(message.time).toISOString()}
                        >${when}</time>
                </p>
                <p class="message-text" data-testid="chat-message" dir="auto"
                    >${message.parts.map((part) => part.href
                        ? html`<a href=${part.href} target="_blank"
                            rel="noopener noreferrer">${part.text}</a>`
                        : part.text)}</p>
            </li>`;
    }

    #list() {
        const messages = this.meeting?.chat.messages ?? [];

        return html`
            <div class="chat-list" role="log" aria-label=${t('panel.chat')}
                tabindex="0">
                ${messages.length === 0
                    ? html`<p class="panel-empty">${t('chat.empty')}</p>`
                    : html`<ol>${repeat(messages, (message) => message.id,
                        (message, i) => this.#message(message,
                                                      messages[i - 1]))}
                    </ol>`}
            </div>`;
    }

    render() {
        const left = MESSAGE_MAX - [...this.draft].length;

        return html`
            <header class="panel-head">
                <h2>${t('panel.chat')}</h2>
                <button type="button" class="control plain small"
                    aria-label=${t('panel.close')} title=${t('panel.close')}
                    @click=${() => this.emit('panel', '')}
                    >${icon('close')}</button>
            </header>
            ${this.#list()}
            <form class="chat-form" @submit=${this.#send}>
                <textarea data-testid="chat-input" rows="1" dir="auto"
                    aria-label=${t('chat.write')}
                    placeholder=${t('chat.write')}
                    maxlength=${MESSAGE_MAX} .value=${this.draft}
                    @input=${(/** @type {any} */ event) => {
                        this.draft = event.target.value;
                    }}
                    @keydown=${this.#key}></textarea>
                <button type="submit" class="control send"
                    data-testid="chat-send" aria-label=${t('chat.send')}
                    title=${t('chat.send')}
                    ?disabled=${!this.draft.trim()}>${icon('send')}</button>
                ${left > 200 ? nothing : html`
                    <p class="chat-left">${t('chat.left',
                                             { count: left })}</p>`}
            </form>`;
    }
}


customElements.define('rtc-chat-panel', ChatPanel);
