/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is heard: one audio element for every sound of every other person,
 * whether the person's tile is in sight or not.
 */


import { Element } from './element.js';


export class Sound extends Element {
    static properties = {
        meeting: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/meeting.js').Meeting|null} */
        this.meeting = null;

        /** @type {Map<any, HTMLAudioElement>} */
        this.playing = new Map();
    }

    get models() {
        return this.meeting ? [this.meeting] : [];
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#play([]);
    }

    updated() {
        const people = this.isConnected ? this.meeting?.people ?? [] : [];

        this.#play(people.flatMap((person) => person.sounds));
    }

    /**
     * @param {import('../session/people.js').Media[]} tracks
     */
    #play(tracks) {
        for (const [track, audio] of this.playing) {
            if (!tracks.includes(track)) {
                track.detach(audio);
                audio.remove();
                this.playing.delete(track);
            }
        }

        for (const track of tracks) {
            if (!this.playing.has(track)) {
                const audio = document.createElement('audio');

                this.append(audio);
                track.attach(audio);
                this.playing.set(track, audio);
            }
        }
    }
}


customElements.define('rtc-sound', Sound);
