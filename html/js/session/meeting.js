/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting: the way in, who is there, what is said, the way out.  It knows
 * nothing of a document; the pages listen to its two events:
 *
 *     change   something that is shown is different now
 *     notice   a text for the person, in detail {key, values}
 */


import { CHAT_TOPIC, Chat, cleanMessage } from './chat.js';
import { OwnMedia } from './own-media.js';
import { Order, readPerson } from './people.js';
import { permissions } from './permissions.js';
import { endProblem, joinProblem } from './problems.js';
import { requestTicket } from './ticket.js';
import { connect, makeRoom } from './transport.js';


/**
 * @typedef {'lobby'|'joining'|'inside'|'returning'|'outside'} State
 * @typedef {import('./people.js').Person} Person
 * @typedef {import('./problems.js').Problem} Problem
 */

/** In a larger meeting nobody is told who comes and goes. */
const SMALL = 12;


export class Meeting extends EventTarget {
    /**
     * @param {object} setup
     * @param {any} setup.livekit the transport library
     * @param {typeof import('../api/rooms.js').createToken} setup.createToken
     * @param {import('./seat.js').Memory} setup.memory
     * @param {import('./capture.js').Capture} setup.capture
     * @param {import('../util/query.js').Place} setup.place
     * @param {boolean} [setup.chat] false: the page wants none
     */
    constructor({ livekit, createToken, memory, capture, place,
                  chat = true })
    {
        super();

        this.livekit = livekit;
        this.createToken = createToken;
        this.memory = memory;
        this.capture = capture;
        this.place = place;
        this.wantsChat = chat;

        /** @type {State} */
        this.state = 'lobby';

        /** @type {Problem|null} */
        this.problem = null;

        /** @type {Partial<import('../api/rooms.js').Room>} */
        this.info = {};

        /** @type {any} */
        this.room = null;

        /** @type {OwnMedia|null} */
        this.own = null;

        /** @type {Person[]} */
        this.people = [];
        this.order = new Order();
        this.chat = new Chat();
        this.waiting = false;
    }

    get self() {
        return this.people.find((person) => person.self);
    }

    /** The browser waits for a click before it plays. */
    get silenced() {
        return this.room !== null && !this.room.canPlaybackAudio;
    }

    /** What this person may do here. */
    get can() {
        return permissions({
            local: this.room?.localParticipant.permissions,
            info: this.info, mode: this.place.mode, chat: this.wantsChat,
        });
    }

    /**
     * Asks what room this is before anyone joins.
     *
     * @returns {Promise<void>} a refusal is in problem
     */
    async look() {
        try {
            const ticket = await this.#ticket(this.memory.habits.name || '?');

            this.info = ticket.room;

            if (this.state === 'lobby') {
                this.problem = null;
            }

        } catch (error) {
            if (this.state === 'lobby') {
                this.problem = joinProblem(error);
            }
        }

        this.#change();
    }

    /**
     * @param {string} name
     * @returns {Promise<void>} a refusal is in problem
     */
    async join(name) {
        if (this.state !== 'lobby' && this.state !== 'outside') {
            return;
        }

        this.state = 'joining';
        this.problem = null;
        this.memory.habits = { name };
        this.#change();

        try {
            const ticket = await this.#ticket(name);

            this.info = ticket.room;
            await this.#connect(ticket);

        } catch (error) {
            console.info('the meeting could not be joined', error);
            this.room = null;
            this.own = null;
            this.state = 'lobby';
            this.problem = joinProblem(error);
            this.#change();
            return;
        }

        await this.#publish();
    }

    /**
     * @returns {Promise<void>}
     */
    async leave() {
        this.memory.seat = { inside: false };
        await this.room?.disconnect(true);
    }

    /**
     * From the end of one meeting to the lobby of the next.
     */
    reset() {
        this.state = 'lobby';
        this.problem = null;
        this.#change();
    }

    /**
     * @param {string} text
     * @returns {Promise<boolean>}
     */
    async say(text) {
        const message = cleanMessage(text);
        const self = this.room?.localParticipant;

        if (!message || !self) {
            return false;
        }

        try {
            await self.sendText(message, { topic: CHAT_TOPIC });

        } catch (error) {
            console.info('a message was not sent', error);
            this.notice('chat.failed');
            return false;
        }

        this.chat.add({
            identity: self.identity, name: self.name || self.identity,
            self: true, text: message, time: Date.now(),
        });
        this.#change();

        return true;
    }

    /** @param {boolean} open the messages are on the screen */
    showChat(open) {
        this.chat.show(open);
        this.#change();
    }

    /**
     * To be called from a click: the browser plays from then on.
     *
     * @returns {Promise<void>}
     */
    async listen() {
        try {
            await this.room?.startAudio();

        } catch (error) {
            console.info('sound is still blocked', error);
        }

        this.#change();
    }

    /** @param {number} count how many tiles are in sight */
    setSight(count) {
        this.order.sight = Math.max(2, count);
    }

    /**
     * @param {string} key
     * @param {Record<string, string|number>} [values]
     */
    notice(key, values = {}) {
        this.dispatchEvent(new CustomEvent('notice', {
            detail: { key, values },
        }));
    }

    /**
     * @param {string} name
     * @returns {Promise<import('../api/rooms.js').Ticket>}
     */
    #ticket(name) {
        const { createToken, memory, place } = this;

        return requestTicket({ createToken, memory, place, name });
    }

    /**
     * @param {import('../api/rooms.js').Ticket} ticket
     */
    async #connect(ticket) {
        const room = makeRoom(this.livekit, {
            changed: () => this.#refresh(),
            ended: (reason) => this.#ended(room, reason),
            lost: () => this.#turn('inside', 'returning'),
            back: () => this.#turn('returning', 'inside'),
            came: (who) => this.#announce('people.came', who),
            went: (who) => this.#announce('people.went', who),
            heard: (identity, text) => this.#hear(identity, text),
        });

        this.room = room;
        this.own = new OwnMedia({
            room, memory: this.memory,
            complain: (key) => this.notice(key),
        });

        await connect(room, ticket);

        this.memory.seat = {
            identity: ticket.identity, token: ticket.token, inside: true,
            microphone: this.capture.wanted.microphone,
            camera: this.capture.wanted.camera,
        };
        this.state = 'inside';
        this.#read();
    }

    /**
     * Connected: what the lobby has opened goes in, as soon as it is open.
     */
    async #publish() {
        const own = this.own;
        const tracks = await this.capture.take();

        if (!own || own !== this.own) {
            tracks.microphone?.stop();
            tracks.camera?.stop();
            return;
        }

        for (const key of new Set(Object.values(this.capture.problems))) {
            if (key) {
                this.notice(key);
            }
        }

        await own.publish(tracks, this.can);

        const speaker = this.memory.habits.audiooutput;

        if (speaker) {
            await own.choose('audiooutput', speaker);
        }
    }

    /**
     * @param {State} from
     * @param {State} to
     */
    #turn(from, to) {
        if (this.state === from) {
            this.state = to;
            this.#refresh();
        }
    }

    /**
     * @param {any} room
     * @param {number|undefined} reason
     */
    #ended(room, reason) {
        if (room !== this.room
            || (this.state !== 'inside' && this.state !== 'returning'))
        {
            return;
        }

        this.state = 'outside';
        this.problem = endProblem(reason);

        /* a reload disconnects calmly, too, and comes back */

        if (!this.problem.calm) {
            this.memory.seat = { inside: false };
        }

        this.room = null;
        this.own = null;
        this.people = [];
        this.order = new Order();
        this.#change();
    }

    #announce(/** @type {string} */ key, /** @type {any} */ participant) {
        if (this.state === 'inside' && this.people.length <= SMALL) {
            this.notice(key, {
                name: participant.name || participant.identity,
            });
        }
    }

    /**
     * @param {string} identity
     * @param {string} text
     */
    #hear(identity, text) {
        const from = this.room?.getParticipantByIdentity(identity);

        if (!text || !this.can.chat) {
            return;
        }

        this.chat.add({
            identity, name: from?.name || identity, self: false, text,
            time: Date.now(),
        });
        this.#change();
    }

    /**
     * Events come in bunches; the people are read once for each bunch.
     */
    #refresh() {
        if (this.waiting) {
            return;
        }

        this.waiting = true;

        queueMicrotask(() => {
            this.waiting = false;
            this.#read();
        });
    }

    #read() {
        if (this.room && this.state !== 'joining') {
            this.people = this.order.apply([
                this.room.localParticipant,
                ...this.room.remoteParticipants.values(),
            ].map(readPerson));
        }

        this.#change();
    }

    #change() {
        this.dispatchEvent(new Event('change'));
    }
}
