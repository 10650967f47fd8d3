/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Microphone and camera before the meeting begins: what there is, what was
 * chosen, and the tracks themselves, which the meeting takes over.
 */


import { deviceProblem } from './problems.js';


/**
 * @typedef {'microphone'|'camera'} Source
 * @typedef {'audioinput'|'videoinput'|'audiooutput'} DeviceKind
 */

/** @type {Record<Source, DeviceKind>} */
export const KIND = { microphone: 'audioinput', camera: 'videoinput' };

/** @type {Source[]} */
const SOURCES = ['microphone', 'camera'];


export class Capture extends EventTarget {
    /**
     * @param {object} setup
     * @param {any} setup.livekit the transport library
     * @param {MediaDevices|undefined} setup.mediaDevices undefined where the
     *     page is not secure
     * @param {import('./seat.js').Memory} setup.memory
     */
    constructor({ livekit, mediaDevices, memory }) {
        super();

        this.livekit = livekit;
        this.mediaDevices = mediaDevices;
        this.memory = memory;

        /** @type {Record<Source, boolean>} */
        this.wanted = { microphone: true, camera: true };

        /** @type {Record<Source, boolean>} */
        this.allowed = { microphone: true, camera: true };

        /** @type {Record<Source, any>} */
        this.tracks = { microphone: null, camera: null };

        /** @type {Record<Source, string>} keys of texts, empty: none */
        this.problems = { microphone: '', camera: '' };

        /** @type {MediaDeviceInfo[]} */
        this.devices = [];

        this.queue = Promise.resolve();
        this.onDevices = () => this.list();
        this.mediaDevices?.addEventListener?.('devicechange',
                                              this.onDevices);
    }

    /**
     * @param {DeviceKind} kind
     * @returns {MediaDeviceInfo[]} those whose id the browser tells
     */
    of(kind) {
        return this.devices.filter((d) => d.kind === kind && d.deviceId);
    }

    /**
     * @param {DeviceKind} kind
     * @returns {string} the id of the chosen device, empty: the default
     */
    chosen(kind) {
        const id = this.memory.habits[kind];

        return this.of(kind).some((d) => d.deviceId === id) ? id : '';
    }

    /**
     * Makes the tracks what is wanted and allowed.  Calls follow one another,
     * each sees the newest wishes.
     *
     * @returns {Promise<void>}
     */
    update() {
        this.queue = this.queue.then(() => this.#update());

        return this.queue;
    }

    /**
     * @param {Source} source
     * @param {boolean} on
     * @returns {Promise<void>}
     */
    want(source, on) {
        this.wanted[source] = on;
        this.problems[source] = '';
        this.#changed();

        return this.update();
    }

    /**
     * @param {DeviceKind} kind
     * @param {string} deviceId
     * @returns {Promise<void>}
     */
    choose(kind, deviceId) {
        this.memory.habits = { [kind]: deviceId };

        for (const source of SOURCES) {
            if (KIND[source] === kind) {
                this.#drop(source);
                this.problems[source] = '';
            }
        }

        this.#changed();

        return this.update();
    }

    /**
     * @returns {Promise<void>}
     */
    async list() {
        try {
            this.devices = await this.mediaDevices?.enumerateDevices() ?? [];

        } catch {
            this.devices = [];
        }

        this.#changed();
    }

    /**
     * Hands the tracks over.
     *
     * @returns {Promise<Record<Source, any>>}
     */
    async take() {
        await this.queue;

        const tracks = this.tracks;

        this.tracks = { microphone: null, camera: null };
        this.#changed();

        return tracks;
    }

    /**
     * Switches everything off.
     */
    close() {
        this.mediaDevices?.removeEventListener?.('devicechange',
                                                 this.onDevices);
        this.allowed = { microphone: false, camera: false };
        SOURCES.forEach((source) => this.#drop(source));
    }

    async #update() {
        for (const source of SOURCES) {
            if (!this.wanted[source] || !this.allowed[source]) {
                this.#drop(source);
            }
        }

        const missing = SOURCES.filter((source) =>
            this.wanted[source] && this.allowed[source]
            && !this.tracks[source] && !this.problems[source]);

        if (missing.length === 0) {
            this.#changed();
            return;
        }

        if (!this.mediaDevices) {
            missing.forEach((source) => {
                this.problems[source] = 'device.insecure';
            });
            this.#changed();
            return;
        }

        await this.#open(missing);
        await this.list();
    }

    /**
     * One question to the person for all that is missing; only when that
     * fails one for each, to know which one it was.
     *
     * @param {Source[]} sources
     */
    async #open(sources) {
        try {
            await this.#create(sources);
            return;

        } catch (error) {
            if (sources.length === 1) {
                this.problems[sources[0]] = deviceProblem(error, sources[0]);
                return;
            }
        }

        for (const source of sources) {
            await this.#open([source]);
        }
    }

    /**
     * @param {Source[]} sources
     */
    async #create(sources) {
        const option = (/** @type {Source} */ source) => {
            if (!sources.includes(source)) {
                return false;
            }

            const deviceId = this.memory.habits[KIND[source]];

            return deviceId ? { deviceId } : true;
        };

        const tracks = await this.livekit.createLocalTracks({
            audio: option('microphone'),
            video: option('camera'),
        });

        for (const track of tracks) {
            const source = track.kind === 'video' ? 'camera' : 'microphone';

            if (this.wanted[source] && this.allowed[source]) {
                this.tracks[source] = track;
            } else {
                track.stop();
            }
        }
    }

    /**
     * @param {Source} source
     */
    #drop(source) {
        this.tracks[source]?.stop();
        this.tracks[source] = null;
    }

    #changed() {
        this.dispatchEvent(new Event('change'));
    }
}
