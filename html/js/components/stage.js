/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The people who can be seen: a grid of all who may speak, or, while a screen
 * is shared or someone is wanted large, that and a strip of the others beside
 * it.  Those who only watch sit in a row of small tiles below.
 */


import { fitGrid } from '../session/layout.js';
import { html, nothing, repeat } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';
import './screen.js';
import './tile.js';


const GAP = 10;

/* more watchers than this are only counted */

const AUDIENCE = 60;


export class Stage extends Element {
    static properties = {
        meeting: { attribute: false },
        focused: { state: true },
    };

    constructor() {
        super();

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;

        /** Whose tile is large. */
        this.focused = '';

        this.observer = new ResizeObserver(() => this.#measure());
        this.addEventListener('enlarge', (event) => {
            this.focused = /** @type {CustomEvent} */ (event).detail;
        });
    }

    get models() {
        return this.meeting ? [this.meeting] : [];
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.observer.disconnect();
    }

    updated() {
        const grid = this.querySelector('.grid');

        if (grid && this.isConnected) {
            this.observer.observe(grid);
            this.#measure();
        }
    }

    /**
     * Sizes the tiles.  Inline style attributes are forbidden by our content
     * security policy, properties set by a script are not.
     */
    #measure() {
        const grid = /** @type {HTMLElement|null} */ (
            this.querySelector('.grid'));

        if (!grid) {
            return;
        }

        const strip = grid.classList.contains('strip');
        const count = grid.childElementCount;
        const { width, height, columns, scrolls } =
            fitGrid(count, grid.clientWidth, grid.clientHeight, {
                gap: GAP, least: grid.clientWidth < 480 ? 120 : 170,
            });

        grid.style.setProperty('--tile-width', `${Math.floor(width)}px`);
        grid.style.setProperty('--tile-height', `${Math.floor(height)}px`);
        grid.classList.toggle('scrolls', scrolls && !strip);

        const rows = Math.max(1, Math.floor(grid.clientHeight
                                            / (height + GAP)));

        this.meeting?.setSight(scrolls ? columns * rows : count);
    }

    /**
     * @param {import('../session/people.js').Person[]} people
     */
    #tiles(people) {
        return repeat(people, (person) => person.identity, (person) => html`
            <rtc-tile role="group" aria-label=${person.name}
                data-testid="tile" data-identity=${person.identity}
                data-name=${person.name} .person=${person}
                ?large=${person.identity === this.focused}></rtc-tile>`);
    }

    /**
     * @param {import('../session/people.js').Person[]} screens
     * @param {import('../session/people.js').Person[]} large
     */
    #large(screens, large) {
        return html`
            <div class="spotlight">
                ${repeat(screens, (person) => person.identity,
                    (person) => html`
                    <rtc-screen data-testid="screen-share"
                        data-identity=${person.identity}
                        .person=${person}></rtc-screen>`)}
                ${this.#tiles(large)}
            </div>`;
    }

    /** @param {import('../session/people.js').Person[]} viewers */
    #audience(viewers) {
        const more = viewers.length - AUDIENCE;

        return html`
            <div class="audience" role="region"
                aria-label=${t('stage.audience')} tabindex="0">
                ${this.#tiles(viewers.slice(0, AUDIENCE))}
                ${more > 0 ? html`
                    <span class="audience-more"
                        >${t('stage.more', { count: more })}</span>`
                    : nothing}
            </div>`;
    }

    render() {
        const people = this.meeting?.people ?? [];
        const screens = people.filter((person) => person.screen);
        const speakers = people.filter((person) => !person.viewer);
        const viewers = people.filter((person) => person.viewer);
        const large = speakers.filter((person) =>
            person.identity === this.focused);
        const strip = screens.length + large.length > 0;
        const small = speakers.filter((person) => !large.includes(person));

        return html`
            ${strip ? this.#large(screens, large) : nothing}
            <div class="grid ${strip ? 'strip' : ''}" role="region"
                aria-label=${t('stage.people')} tabindex="-1"
                >${this.#tiles(small)}</div>
            ${speakers.length === 0 ? html`
                <p class="stage-empty">${t('stage.empty')}</p>` : nothing}
            ${viewers.length ? this.#audience(viewers) : nothing}`;
    }
}


customElements.define('rtc-stage', Stage);
