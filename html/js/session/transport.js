/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The connection to a room as livekit-client makes it, and what of its events
 * we use.
 */


import { receive } from './chat.js';


/**
 * @typedef {object} Listener
 * @property {() => void} changed what is known of the people
 * @property {(reason?: number) => void} ended
 * @property {() => void} lost and being restored
 * @property {() => void} back
 * @property {(who: any) => void} came
 * @property {(who: any) => void} went
 * @property {(identity: string, text: string) => void} heard
 */

const CHANGES = [
    'participantConnected', 'participantDisconnected', 'trackPublished',
    'trackUnpublished', 'trackSubscribed', 'trackUnsubscribed',
    'trackMuted', 'trackUnmuted', 'localTrackPublished',
    'localTrackUnpublished', 'participantNameChanged',
    'participantAttributesChanged', 'participantPermissionsChanged',
    'activeSpeakersChanged', 'connectionQualityChanged',
    'audioPlaybackChanged', 'activeDeviceChanged', 'roomMetadataChanged',
];

/* larger than any message, small enough for a phone */

const STREAM_MAX = 64 * 1024;

/* livekit-client tries some failures again without an end */

const PATIENCE = 30000;


/**
 * @param {any} livekit the transport library
 * @param {Listener} on
 * @returns {any} a Room that is not connected yet
 */
export function makeRoom(livekit, on) {
    const room = new livekit.Room({
        adaptiveStream: true,
        dynacast: true,
        dataStream: { maxPayloadByteLength: STREAM_MAX },
    });

    for (const event of CHANGES) {
        room.on(event, on.changed);
    }

    room.on('disconnected', on.ended);
    room.on('reconnecting', on.lost);
    room.on('signalReconnecting', on.lost);
    room.on('reconnected', on.back);
    room.on('participantConnected', on.came);
    room.on('participantDisconnected', on.went);
    receive(room, on.heard);

    return room;
}


/**
 * @param {any} room
 * @param {import('../api/rooms.js').Ticket} ticket
 * @returns {Promise<void>}
 */
export async function connect(room, ticket) {
    const timer = setTimeout(() => room.disconnect(), PATIENCE);

    try {
        await room.connect(ticket.url, ticket.token);

    } finally {
        clearTimeout(timer);
    }
}
