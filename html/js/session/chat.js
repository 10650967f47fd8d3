/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The written part of a meeting: what was said, and what has not been read.
 */


import { linkParts } from '../util/links.js';


/** The topic that LiveKit's own components write on. */
export const CHAT_TOPIC = 'lk.chat';

/** The longest message, in characters. */
export const MESSAGE_MAX = 2000;

const KEPT = 500;


/**
 * @typedef {object} Message
 * @property {number} id
 * @property {string} identity
 * @property {string} name
 * @property {boolean} self
 * @property {number} time milliseconds
 * @property {import('../util/links.js').Part[]} parts
 */


/**
 * @param {string} text
 * @returns {string} without blanks around it, cut to what is allowed
 */
export function cleanMessage(text) {
    return [...text.trim()].slice(0, MESSAGE_MAX).join('');
}


/**
 * Reads a stream of text that someone sent, and no more of it than a message
 * may have.
 *
 * @param {AsyncIterable<string>} stream
 * @returns {Promise<string>}
 */
export async function readMessage(stream) {
    let text = '';

    for await (const chunk of stream) {
        text += chunk;

        if (text.length > MESSAGE_MAX * 2) {
            break;
        }
    }

    return cleanMessage(text);
}


/**
 * Listens to what others write.
 *
 * @param {any} room a Room of livekit-client
 * @param {(identity: string, text: string) => void} heard
 */
export function receive(room, heard) {
    room.registerTextStreamHandler(CHAT_TOPIC,
        async (/** @type {any} */ reader, /** @type {any} */ from) => {
            try {
                heard(from.identity, await readMessage(reader));

            } catch (error) {
                console.info('a message broke off', error);
            }
        });

    /* clients older than text streams */

    room.on('chatMessage', (/** @type {any} */ message,
                            /** @type {any} */ from) => {
        if (from && !from.isLocal) {
            heard(from.identity, cleanMessage(message.message));
        }
    });
}


export class Chat {
    constructor() {
        /** @type {Message[]} */
        this.messages = [];
        this.unread = 0;
        this.open = false;
        this.last = 0;
    }

    /**
     * @param {{identity: string, name: string, self: boolean, text: string,
     *          time: number}} said
     */
    add({ identity, name, self, text, time }) {
        this.messages = [
            ...this.messages.slice(1 - KEPT),
            { id: ++this.last, identity, name, self, time,
              parts: linkParts(text) },
        ];

        if (!this.open && !self) {
            this.unread++;
        }
    }

    /**
     * @param {boolean} open the reader sees the messages
     */
    show(open) {
        this.open = open;

        if (open) {
            this.unread = 0;
        }
    }
}
