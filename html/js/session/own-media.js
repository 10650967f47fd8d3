/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What one sends into a meeting: microphone, camera, screen, a raised hand,
 * and the devices they come from.
 */


import { KIND } from './capture.js';
import { HAND } from './people.js';
import { deviceProblem } from './problems.js';


export class OwnMedia {
    /**
     * @param {object} setup
     * @param {any} setup.room a Room of livekit-client
     * @param {import('./seat.js').Memory} setup.memory
     * @param {(key: string) => void} setup.complain says a text to the person
     */
    constructor({ room, memory, complain }) {
        this.room = room;
        this.memory = memory;
        this.complain = complain;
    }

    /**
     * Sends the tracks that were opened before the meeting.
     *
     * @param {Record<import('./capture.js').Source, any>} tracks
     * @param {{microphone: boolean, camera: boolean}} allowed
     * @returns {Promise<void>}
     */
    async publish(tracks, allowed) {
        await Promise.all([
            this.#publish(tracks.microphone, 'microphone',
                          allowed.microphone),
            this.#publish(tracks.camera, 'camera', allowed.camera),
        ]);
    }

    /**
     * @param {any} track
     * @param {'microphone'|'camera'} what
     * @param {boolean} allowed
     */
    async #publish(track, what, allowed) {
        if (!track) {
            return;
        }

        /* it may have been switched on by hand while this one opened */

        const there = this.room.localParticipant.getTrackPublication(what);

        if (!allowed || there) {
            track.stop();
            return;
        }

        try {
            await this.room.localParticipant.publishTrack(track);

        } catch (error) {
            track.stop();
            console.info(`${what} was not published`, error);
            this.complain(`publish.${what}`);
        }
    }

    /**
     * @param {'microphone'|'camera'} what
     * @param {boolean} on
     * @returns {Promise<void>}
     */
    async set(what, on) {
        const local = this.room.localParticipant;
        const deviceId = this.memory.habits[KIND[what]];
        const options = deviceId ? { deviceId } : undefined;

        if (on && !globalThis.navigator?.mediaDevices) {
            this.complain('device.insecure');
            return;
        }

        this.memory.seat = { [what]: on };

        try {
            if (what === 'microphone') {
                await local.setMicrophoneEnabled(on, options);
            } else {
                await local.setCameraEnabled(on, options);
            }

        } catch (error) {
            console.info(`${what} could not be switched`, error);
            this.complain(deviceProblem(error, what));
        }
    }

    /**
     * @param {boolean} on
     * @returns {Promise<void>}
     */
    async setScreen(on) {
        try {
            await this.room.localParticipant.setScreenShareEnabled(on, {
                audio: true,
                selfBrowserSurface: 'exclude',
                surfaceSwitching: 'include',
            });

        } catch (error) {
            /* a person who closes the browser's dialog knows it */

            if (/** @type {any} */ (error)?.name !== 'NotAllowedError') {
                console.info('the screen could not be shared', error);
                this.complain(deviceProblem(error, 'screen'));
            }
        }
    }

    /**
     * @param {boolean} up
     * @returns {Promise<void>}
     */
    async raiseHand(up) {
        try {
            await this.room.localParticipant.setAttributes({
                [HAND]: up ? String(Date.now()) : '',
            });

        } catch (error) {
            console.info('the hand could not be raised', error);
            this.complain('hand.failed');
        }
    }

    /**
     * @param {import('./capture.js').DeviceKind} kind
     * @param {string} deviceId empty: the browser's default
     * @returns {Promise<void>}
     */
    async choose(kind, deviceId) {
        this.memory.habits = { [kind]: deviceId };

        try {
            await this.room.switchActiveDevice(kind, deviceId || 'default');

        } catch (error) {
            console.info(`${kind} could not be switched`, error);
            this.complain(kind === 'audiooutput' ? 'device.speaker.failed'
                          : deviceProblem(error, kind === 'audioinput'
                                                 ? 'microphone' : 'camera'));
        }
    }
}
