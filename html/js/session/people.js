/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The people of a meeting as the pages show them: plain values read from the
 * transport library's participants, and the order they are shown in.
 */


/**
 * @typedef {object} Person
 * @property {string} identity
 * @property {string} name
 * @property {boolean} self
 * @property {boolean} viewer may only watch
 * @property {boolean} microphone is on
 * @property {boolean} speaking
 * @property {number} hand when it was raised, 0: it is down
 * @property {string} quality of the connection, empty: nothing to complain of
 * @property {Media|null} camera
 * @property {Media|null} screen
 * @property {Media[]} sounds what others hear of this person
 */

/**
 * @typedef {object} Media a track that can be attached to an element
 * @property {string|undefined} sid
 * @property {(element: HTMLMediaElement) => HTMLMediaElement} attach
 * @property {(element: HTMLMediaElement) => HTMLMediaElement} detach
 */

/** The attribute of a participant that says when the hand was raised. */
export const HAND = 'hand';


/**
 * @param {any} participant
 * @param {string} source
 * @returns {Media|null} the track when it is there and not muted
 */
function media(participant, source) {
    const publication = participant.getTrackPublication(source);

    return publication?.track && !publication.isMuted
           ? publication.track : null;
}


/**
 * @param {any} participant a Participant of livekit-client
 * @returns {Person}
 */
export function readPerson(participant) {
    const quality = participant.connectionQuality;
    const sounds = ['microphone', 'screen_share_audio']
        .map((source) => participant.getTrackPublication(source)?.track)
        .filter(Boolean);

    return {
        identity: participant.identity,
        name: participant.name || participant.identity,
        self: participant.isLocal,
        viewer: participant.permissions?.canPublish === false,
        microphone: participant.isMicrophoneEnabled,
        speaking: participant.isSpeaking,
        hand: Number(participant.attributes[HAND]) || 0,
        quality: quality === 'poor' || quality === 'lost' ? quality : '',
        camera: media(participant, 'camera'),
        screen: media(participant, 'screen_share'),
        sounds: participant.isLocal ? [] : sounds,
    };
}


/**
 * An order in which nobody jumps without need: who was there stays in place,
 * who comes is put at the end, and a speaker who is out of sight changes
 * places with the one in sight who has been silent longest.
 */
export class Order {
    constructor() {
        /** @type {string[]} */
        this.identities = [];

        /** @type {Map<string, number>} */
        this.spoke = new Map();

        /** How many are in sight at the same time. */
        this.sight = 9;

        this.turn = 0;
    }

    /**
     * @param {Person[]} people
     * @returns {Person[]} the same ones in order
     */
    apply(people) {
        const byIdentity = new Map(people.map((p) => [p.identity, p]));
        const known = new Set(this.identities);

        this.identities = this.identities.filter((id) => byIdentity.has(id));

        for (const person of people) {
            if (known.has(person.identity)) {
                continue;
            }

            if (person.self) {
                this.identities.unshift(person.identity);
            } else {
                this.identities.push(person.identity);
            }
        }

        for (const identity of this.spoke.keys()) {
            if (!byIdentity.has(identity)) {
                this.spoke.delete(identity);
            }
        }

        people.filter((p) => p.speaking).forEach((p) => this.#promote(p));

        return this.identities.map((id) =>
            /** @type {Person} */ (byIdentity.get(id)));
    }

    /**
     * @param {Person} speaker
     */
    #promote(speaker) {
        const at = this.identities.indexOf(speaker.identity);

        this.spoke.set(speaker.identity, ++this.turn);

        if (at < this.sight || speaker.self) {
            return;
        }

        let silent = -1;
        let least = Infinity;

        /* the first place is one's own */

        for (let i = this.sight - 1; i > 0; i--) {
            const spoke = this.spoke.get(this.identities[i]) ?? 0;

            if (spoke < least) {
                least = spoke;
                silent = i;
            }
        }

        if (silent > 0) {
            this.identities[at] = this.identities[silent];
            this.identities[silent] = speaker.identity;
        }
    }
}
