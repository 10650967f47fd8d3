/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a person may do in a room.  The server decides; this only keeps from
 * showing what it would refuse.
 */


/* TrackSource of the LiveKit protocol, as permissions list them */

const SOURCE = { camera: 1, microphone: 2, screen: 3 };


/**
 * @param {any} local permissions of livekit-client, undefined before a join
 * @param {'camera'|'microphone'|'screen'} what
 * @returns {boolean}
 */
function publishes(local, what) {
    const sources = local?.canPublishSources ?? [];

    return local?.canPublish !== false
           && (sources.length === 0 || sources.includes(SOURCE[what]));
}


/**
 * @param {object} from
 * @param {any} from.local the local participant's permissions
 * @param {Partial<import('../api/rooms.js').Room>} from.info
 * @param {'speaker'|'view'} from.mode
 * @param {boolean} from.chat the page wants it
 */
export function permissions({ local, info, mode, chat }) {
    const speaker = mode === 'speaker';

    /* inside, the server tells its changes; outside, the room's record */

    const video = local
                  || info.mediaType !== 'MEDIA_TYPE_AUDIO_ONLY';
    const screen = local || info.allow_share_screen !== false;

    return {
        microphone: speaker && publishes(local, 'microphone'),
        camera: Boolean(speaker && video && publishes(local, 'camera')),
        screen: Boolean(speaker && video && screen
                        && publishes(local, 'screen')),
        chat: chat && info.allow_chat !== false
              && local?.canPublishData !== false,
        hand: Boolean(local?.canUpdateMetadata),
    };
}
