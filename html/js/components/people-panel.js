/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The list of everyone in the meeting: raised hands first, in the order they
 * were raised.
 */


import { hue, initials } from '../util/format.js';
import { html, nothing, repeat } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


const SHOWN = 300;


/**
 * @param {import('../session/people.js').Person[]} people
 * @returns {import('../session/people.js').Person[]}
 */
function sorted(people) {
    const rank = (/** @type {any} */ p) => p.hand ? 0 : p.self ? 1
                                           : p.viewer ? 3 : 2;

    return [...people].sort((a, b) => rank(a) - rank(b) || a.hand - b.hand
                                      || a.name.localeCompare(b.name));
}


export class PeoplePanel extends Element {
    static properties = {
        meeting: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;
    }

    get models() {
        return this.meeting ? [this.meeting] : [];
    }

    firstUpdated() {
        this.querySelector('button')?.focus();
    }

    /**
     * @param {'microphone'|'camera'} what
     * @param {boolean} on
     */
    #state(what, on) {
        const label = t(`people.${what}.${on ? 'on' : 'off'}`);

        return html`
            <span class="row-state ${on ? '' : 'off'}" title=${label}>
                ${icon(on ? what : what === 'camera' ? 'cameraOff'
                                                     : 'microphoneOff')}
                <span class="visually-hidden">${label}</span>
            </span>`;
    }

    /** @param {import('../session/people.js').Person} person */
    #row(person) {
        return html`
            <li class="row" data-testid="participant"
                data-identity=${person.identity} data-name=${person.name}>
                <span class="avatar small hue-${hue(person.identity)}"
                    aria-hidden="true">${initials(person.name)}</span>
                <span class="row-name" dir="auto">${person.self
                    ? t('people.you', { name: person.name })
                    : person.name}</span>
                ${person.hand ? html`
                    <span class="row-state hand" title=${t('hand.up')}>
                        ${icon('hand')}
                        <span class="visually-hidden"
                            >${t('hand.up')}</span>
                    </span>` : nothing}
                ${person.viewer
                    ? html`<span class="row-role"
                        >${t('people.watches')}</span>`
                    : html`
                        ${this.#state('microphone', person.microphone)}
                        ${this.#state('camera', Boolean(person.camera))}`}
            </li>`;
    }

    render() {
        const people = sorted(this.meeting?.people ?? []);
        const more = people.length - SHOWN;

        return html`
            <header class="panel-head">
                <h2>${t('panel.people')}
                    <span class="count">${people.length}</span></h2>
                <button type="button" class="control plain small"
                    aria-label=${t('panel.close')} title=${t('panel.close')}
                    @click=${() => this.emit('panel', '')}
                    >${icon('close')}</button>
            </header>
            <ul class="people-list" tabindex="0"
                aria-label=${t('panel.people')}>
                ${repeat(people.slice(0, SHOWN),
                    (person) => person.identity,
                    (person) => this.#row(person))}
                ${more > 0 ? html`
                    <li class="panel-empty"
                        >${t('stage.more', { count: more })}</li>` : nothing}
            </ul>`;
    }
}


customElements.define('rtc-people-panel', PeoplePanel);
