/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What one sends into a meeting: microphone, camera, screen, and the devices
 * they come from.
 */


import { KIND } from './capture.js';
import { deviceProblem } from './problems.js';


/* TrackSource of the LiveKit protocol, as permissions list them */

const SOURCE = { camera: 1, microphone: 2, screen: 3 };


/**
 * @param {any} permissions of the local participant
 * @param {'camera'|'microphone'|'screen'} what
 * @returns {boolean}
 */
export function mayPublish(permissions, what) {
    if (!permissions) {
        return true;
    }

    const sources = permissions.canPublishSources ?? [];

    return permissions.canPublish
           && (sources.length === 0 || sources.includes(SOURCE[what]));
}


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

        if (!allowed) {
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
