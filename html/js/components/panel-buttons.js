/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The buttons that open what is beside the stage.
 */


import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


export class PanelButtons extends Element {
    static properties = {
        meeting: { attribute: false },
        panel: {},
        full: { state: true },
    };

    #fullChanged = () => {
        this.full = Boolean(document.fullscreenElement);
    };

    constructor() {
        super();

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;
        this.panel = '';
        this.full = false;
    }

    get models() {
        return this.meeting ? [this.meeting] : [];
    }

    connectedCallback() {
        super.connectedCallback();
        document.addEventListener('fullscreenchange', this.#fullChanged);
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        document.removeEventListener('fullscreenchange', this.#fullChanged);
    }

    /**
     * @param {string} name
     */
    #toggle(name) {
        this.emit('panel', this.panel === name ? '' : name);
    }

    #people() {
        const count = this.meeting?.people.length ?? 0;
        const open = this.panel === 'people';
        const label = t('panel.people.count', { count });

        return html`
            <button type="button" class="control plain"
                data-testid="participants" aria-label=${label} title=${label}
                aria-expanded=${open ? 'true' : 'false'}
                @click=${() => this.#toggle('people')}>
                ${icon('people')}
                <span class="badge calm" aria-hidden="true">${count}</span>
            </button>`;
    }

    #chat() {
        const unread = this.meeting?.chat.unread ?? 0;
        const open = this.panel === 'chat';
        const label = unread ? t('panel.chat.unread', { count: unread })
                             : t('panel.chat');

        return html`
            <button type="button" class="control plain"
                data-testid="chat-open" aria-label=${label} title=${label}
                aria-expanded=${open ? 'true' : 'false'}
                @click=${() => this.#toggle('chat')}>
                ${icon('chat')}
                ${unread ? html`<span class="badge" aria-hidden="true"
                    >${unread > 99 ? '99+' : unread}</span>` : nothing}
            </button>`;
    }

    #fullScreen() {
        if (!document.fullscreenEnabled) {
            return nothing;
        }

        const label = t(this.full ? 'panel.full.off' : 'panel.full.on');

        return html`
            <button type="button" class="control plain wide-only"
                data-testid="fullscreen" aria-label=${label} title=${label}
                @click=${() => this.emit('full', !this.full)}
                >${icon(this.full ? 'fullOff' : 'full')}</button>`;
    }

    render() {
        return html`
            ${this.#people()}
            ${this.meeting?.can.chat ? this.#chat() : nothing}
            ${this.#fullScreen()}`;
    }
}


customElements.define('rtc-panel-buttons', PanelButtons);
