#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The session model of the meeting page, with a stand-in for the transport.
 */

import { Chat, MESSAGE_MAX, cleanMessage, readMessage }
    from '../../html/js/session/chat.js';
import { Capture } from '../../html/js/session/capture.js';
import { fitGrid } from '../../html/js/session/layout.js';
import { Meeting } from '../../html/js/session/meeting.js';
import { Order } from '../../html/js/session/people.js';
import { permissions } from '../../html/js/session/permissions.js';
import { deviceProblem, endProblem, joinProblem }
    from '../../html/js/session/problems.js';
import { Memory } from '../../html/js/session/seat.js';
import { waitFor } from '../lib/instance.mjs';
import { done, is, ok } from '../lib/tap.mjs';


/* browsers have it, node from 19 on */

globalThis.CustomEvent ??= class extends Event {
    constructor(type, init) {
        super(type, init);
        this.detail = init?.detail ?? null;
    }
};


class Shelf {
    constructor() {
        this.map = new Map();
    }

    getItem(key) {
        return this.map.get(key) ?? null;
    }

    setItem(key, value) {
        this.map.set(key, value);
    }

    removeItem(key) {
        this.map.delete(key);
    }
}


class Someone {
    constructor(identity, isLocal = false) {
        Object.assign(this, {
            identity, isLocal, name: `Name ${identity}`, attributes: {},
            isSpeaking: false, isMicrophoneEnabled: false,
            connectionQuality: 'good', tracks: {}, sent: [],
            permissions: { canPublish: true, canPublishData: true,
                           canPublishSources: [], canUpdateMetadata: true },
        });
    }

    getTrackPublication(source) {
        return this.tracks[source];
    }

    async publishTrack(track) {
        this.tracks[track.kind === 'video' ? 'camera' : 'microphone'] =
            { track, isMuted: false };
    }

    async sendText(text, { topic }) {
        this.sent.push([topic, text]);
    }

    async setAttributes(changes) {
        Object.assign(this.attributes, changes);
    }
}


class FakeRoom {
    static last = null;
    static refusal = null;

    constructor() {
        this.handlers = {};
        this.remoteParticipants = new Map();
        this.localParticipant = new Someone('me', true);
        this.canPlaybackAudio = true;
        FakeRoom.last = this;
    }

    on(event, handler) {
        (this.handlers[event] ??= []).push(handler);
    }

    emit(event, ...values) {
        (this.handlers[event] ?? []).forEach((handler) => handler(...values));
    }

    registerTextStreamHandler(topic, handler) {
        this.text = handler;
    }

    getParticipantByIdentity(identity) {
        return this.remoteParticipants.get(identity);
    }

    async connect() {
        if (FakeRoom.refusal) {
            throw FakeRoom.refusal;
        }
    }

    async disconnect() {
        this.emit('disconnected', 1);
    }

    async startAudio() {
        this.canPlaybackAudio = true;
    }

    enter(person) {
        this.remoteParticipants.set(person.identity, person);
        this.emit('participantConnected', person);
    }
}


const id = '65380ec8a33be4cd87d03e4f';

function apiError(status, message = '') {
    return Object.assign(new Error(message), { name: 'ApiError', status });
}

function track(kind) {
    return { kind, stopped: false, stop() { this.stopped = true; } };
}

function setUp({ refuse = [], devices = {}, mode = 'speaker', tab } = {}) {
    const asked = [];
    const notices = [];
    const memory = new Memory({ tab: tab ?? new Shelf(),
                                browser: new Shelf(), id, mode });
    const livekit = {
        Room: FakeRoom,
        async createLocalTracks({ audio, video }) {
            const wanted = [audio && 'audio', video && 'video']
                .filter(Boolean);

            for (const kind of wanted) {
                if (devices[kind]) {
                    throw Object.assign(new Error(), { name: devices[kind] });
                }
            }

            return wanted.map(track);
        },
    };
    const capture = new Capture({
        livekit, memory,
        mediaDevices: devices.none ? undefined
                                   : { enumerateDevices: async () => [] },
    });
    const meeting = new Meeting({
        livekit, memory, capture, place: { id, mode },
        createToken: async (request) => {
            asked.push(request);

            if (refuse.length) {
                const error = refuse.shift();

                if (error) {
                    throw error;
                }
            }

            return { token: `t${asked.length}`, url: 'ws://x',
                     identity: request.identity ?? `id${asked.length}`,
                     name: request.name,
                     room: { name: 'Daily',
                             mediaType: 'MEDIA_TYPE_VIDEO_AUDIO' } };
        },
    });

    meeting.addEventListener('notice', ({ detail }) => notices.push(detail));
    FakeRoom.refusal = null;

    return { meeting, capture, memory, asked, notices };
}

function person(identity, changes) {
    return { identity, name: identity, self: false, viewer: false,
             speaking: false, hand: 0, ...changes };
}


/* the order of tiles */

{
    const order = new Order();
    const ids = (people) => order.apply(people).map((p) => p.identity);
    const all = ['a', 'b', 'c', 'd', 'e'].map((n) => person(n));

    order.sight = 3;
    is(ids([...all, person('me', { self: true })]),
       ['me', 'a', 'b', 'c', 'd', 'e'], 'one comes first');

    all[1].speaking = true;
    is(ids([person('me', { self: true }), ...all]),
       ['me', 'a', 'b', 'c', 'd', 'e'], 'a speaker in sight stays');

    all[4].speaking = true;
    is(ids([person('me', { self: true }), ...all]),
       ['me', 'e', 'b', 'c', 'd', 'a'],
       'one out of sight takes the place of the most silent');
    is(ids([person('me', { self: true }), ...all.slice(1)]),
       ['me', 'e', 'b', 'c', 'd'], 'who leaves leaves a gap to nobody');
    is(ids([]), [], 'nobody');
    ok(order.spoke.size === 0, 'and nobody is remembered');
}


/* the grid */

{
    is(fitGrid(1, 1600, 900).columns, 1, 'one tile');
    is(fitGrid(2, 1600, 700).columns, 2, 'two beside each other');
    is(fitGrid(2, 390, 700).columns, 1, 'two on top of each other');
    is(fitGrid(4, 1600, 900).columns, 2, 'four in a square');

    for (const count of [1, 2, 3, 5, 9, 17, 49, 200]) {
        for (const [width, height] of [[300, 480], [1280, 600], [900, 80]]) {
            const grid = fitGrid(count, width, height, { gap: 8 });
            const rows = Math.ceil(count / grid.columns);

            ok(grid.width > 0 && grid.columns * (grid.width + 8) - 8
               <= width + 0.01 && (grid.scrolls || rows * (grid.height + 8)
                                   - 8 <= height + 0.01),
               `${count} tiles in ${width} by ${height}`);
        }
    }

    ok(fitGrid(100, 320, 500).scrolls, 'too many tiles scroll');
    is(fitGrid(0, 320, 500).scrolls, false, 'no tile does not');
    ok(Number.isFinite(fitGrid(3, 0, 0).width), 'no area');
}


/* chat */

{
    const chat = new Chat();
    const say = (text, self = false) => chat.add({
        identity: 'a', name: 'A', self, text, time: 1 });

    say('one');
    say('mine', true);
    is(chat.unread, 1, 'own messages are read');
    chat.show(true);
    say('two');
    is(chat.unread, 0, 'what is seen is read');

    for (let i = 0; i < 600; i++) {
        say('more');
    }

    is(chat.messages.length, 500, 'old messages go');
    is(new Set(chat.messages.map((m) => m.id)).size, 500, 'ids are distinct');
    is(cleanMessage(`  ${'😀'.repeat(3000)}`).length, MESSAGE_MAX * 2,
       'a message is cut between characters');

    let pulled = 0;

    async function *endless() {
        for ( ;; ) {
            pulled++;
            yield 'x'.repeat(1000);
        }
    }

    is((await readMessage(endless())).length, MESSAGE_MAX,
       'an endless stream is a message of the greatest length');
    ok(pulled < 10, 'and is not read any further');
}


/* what is remembered */

{
    const tab = new Shelf();
    const browser = new Shelf();
    const memory = new Memory({ tab, browser, id, mode: 'speaker' });

    is(memory.seat, null, 'no seat');
    memory.seat = { identity: 'i', token: 't', inside: true };
    memory.seat = { inside: false };
    is([memory.seat.identity, memory.seat.inside], ['i', false],
       'a seat changes in part');
    is(new Memory({ tab, browser, id, mode: 'view' }).seat, null,
       'each mode has its own seat');
    tab.setItem(memory.key, '{"identity":5}');
    is(memory.seat, null, 'a seat that is none');
    tab.setItem(memory.key, '{');
    is(memory.seat, null, 'a broken seat');

    memory.habits = { name: 'Ana' };
    new Memory({ tab: new Shelf(), browser, id, mode: 'speaker' }).habits =
        { name: 'Ben' };
    is(memory.habits.name, 'Ana', 'another tab has another name');

    const nowhere = new Memory({ tab: null, browser: null, id, mode: '' });

    nowhere.habits = { name: 'x' };
    nowhere.seat = { identity: 'i', token: 't' };
    is([nowhere.habits.name, nowhere.seat], ['', null],
       'without storage nothing is remembered');
}


/* permissions */

{
    const info = { mediaType: 'MEDIA_TYPE_VIDEO_AUDIO' };
    const of = (changes) => permissions({
        local: undefined, info, mode: 'speaker', chat: true, ...changes });

    is(of({}), { microphone: true, camera: true, screen: true, chat: true,
                 hand: false }, 'before the join');
    is(of({ mode: 'view' }), { microphone: false, camera: false,
                               screen: false, chat: true, hand: false },
       'a viewer captures nothing');
    is(of({ info: { mediaType: 'MEDIA_TYPE_AUDIO_ONLY' } }).camera, false,
       'an audio-only room has no camera');
    is(of({ local: { canPublish: true, canPublishSources: [2] } }),
       { microphone: true, camera: false, screen: false, chat: true,
         hand: false }, 'only the microphone');
    is(of({ local: { canPublish: true, canPublishData: false } }).chat, false,
       'no data, no chat');
    is(of({ info: { allow_chat: false } }).chat, false, 'a room without chat');
    is(of({ info: { allow_share_screen: false } }).screen, false,
       'a room without screens');
    is(of({ info: { allow_share_screen: false },
            local: { canPublish: true, canPublishSources: [1, 2, 3] } })
       .screen, true, 'inside, the server\'s word is newer');
}


/* the words for what went wrong */

is(joinProblem(apiError(403, 'The room is full.')).key, 'refused.full',
   'full');
is(joinProblem(apiError(403, 'The room is closed.')).key, 'refused.closed',
   'closed');
is(joinProblem(apiError(404)).key, 'refused.unknown', 'unknown');
is(joinProblem(apiError(0)).key, 'refused.away', 'no answer');
is(joinProblem(apiError(503)).key, 'refused.away', 'no database');
is(joinProblem(apiError(400, 'why')).detail, 'why', 'the server says why');
is(joinProblem({ name: 'ConnectionError', reasonName: 'NotAllowed',
                 status: 403, message: 'The room is full.' }).key,
   'refused.full', 'full in the signalling');
is(joinProblem({ name: 'ConnectionError', reasonName: 'Cancelled',
                 message: '' }),
   { key: 'refused.away', again: true, passes: false }, 'no signalling');
is(joinProblem({ name: 'ConnectionError', reasonName: 'LeaveRequest',
                 context: 5 }).key, 'end.deleted', 'sent away at the door');
is(joinProblem(new Error('ice')).key, 'refused.media', 'no media path');
is(joinProblem(undefined).key, 'refused.media', 'nothing known');
is(endProblem(10).key, 'end.closed', 'closed while inside');
is(endProblem(2).key, 'end.elsewhere', 'joined elsewhere');
is(endProblem(undefined).key, 'end.lost', 'lost');
is(deviceProblem({ name: 'NotAllowedError' }, 'camera'),
   'device.camera.refused', 'a refused camera');
is(deviceProblem({}, 'microphone'), 'device.microphone.failed',
   'a broken microphone');


/* capture */

{
    const { capture } = setUp();

    await capture.update();
    is([capture.tracks.microphone?.kind, capture.tracks.camera?.kind],
       ['audio', 'video'], 'both devices open');

    const camera = capture.tracks.camera;

    await capture.want('camera', false);
    ok(camera.stopped && !capture.tracks.camera, 'the camera goes off');
}

{
    const { capture } = setUp({ devices: { video: 'NotAllowedError' } });

    await capture.update();
    is([capture.tracks.microphone?.kind, capture.problems.microphone,
        capture.problems.camera],
       ['audio', '', 'device.camera.refused'],
       'a refused camera leaves the microphone');
}

{
    const { capture } = setUp({ devices: { none: true } });

    await capture.update();
    is(capture.problems.camera, 'device.insecure', 'a page without HTTPS');
}


/* a meeting from the door to the end */

{
    const { meeting, capture, memory, asked, notices } = setUp();

    await meeting.look();
    is([meeting.info.name, meeting.state], ['Daily', 'lobby'], 'a look');

    capture.update();
    await meeting.join('Zoe');

    const room = FakeRoom.last;

    is(meeting.state, 'inside', 'inside');
    is(asked.at(-1), { id, mode: 'speaker', name: 'Zoe' }, 'as someone new');
    is([memory.seat.token, memory.seat.inside], ['t2', true], 'has a seat');
    ok(room.localParticipant.tracks.camera
       && room.localParticipant.tracks.microphone, 'sends both');

    room.enter(new Someone('ana'));
    await waitFor(() => meeting.people.length === 2);
    is(meeting.people.map((p) => p.identity), ['me', 'ana'], 'two people');
    is(notices.at(-1), { key: 'people.came', values: { name: 'Name ana' } },
       'the second one is announced');

    const viewer = new Someone('v');

    viewer.permissions = { canPublish: false };
    room.enter(viewer);
    await waitFor(() => meeting.people.length === 3);
    ok(meeting.people[2].viewer, 'a viewer is known as one');

    async function *text() {
        yield 'hello ';
        yield 'there';
    }

    await room.text(text(), { identity: 'ana' });
    is(meeting.chat.messages.at(-1).parts, [{ text: 'hello there' }],
       'a message is heard');
    is([meeting.chat.messages.at(-1).name, meeting.chat.unread],
       ['Name ana', 1], 'with its author, unread');

    await room.text({ [Symbol.asyncIterator]: () => ({
        next: async () => { throw new Error('broke'); } }) },
                    { identity: 'ana' });
    is(meeting.chat.messages.length, 1, 'a broken message is none');

    ok(await meeting.say('  hi '), 'a message is said');
    is(room.localParticipant.sent, [['lk.chat', 'hi']], 'on the topic');
    ok(!await meeting.say('   '), 'blanks are no message');

    room.localParticipant.sendText = async () => { throw new Error(); };
    ok(!await meeting.say('lost'), 'a message that is not sent');
    is(notices.at(-1).key, 'chat.failed', 'is complained about');

    await meeting.own.raiseHand(true);
    room.emit('participantAttributesChanged');
    await waitFor(() => meeting.self.hand);
    ok(meeting.self.hand > 0, 'the hand is up');

    room.emit('reconnecting');
    is(meeting.state, 'returning', 'coming back');
    room.emit('reconnected');
    is(meeting.state, 'inside', 'back');

    room.canPlaybackAudio = false;
    ok(meeting.silenced, 'the browser is silent');
    await meeting.listen();
    ok(!meeting.silenced, 'until a click');

    room.emit('disconnected', 10);
    is([meeting.state, meeting.problem.key, meeting.people.length],
       ['outside', 'end.closed', 0], 'closed by the host');
    is(memory.seat.inside, false, 'a reload would not go in');

    await meeting.join('Zoe');
    is([asked.at(-1).identity, asked.at(-1).token], ['id2', 't2'],
       'comes back as the same one');
    FakeRoom.last.emit('disconnected', 1);
    is(memory.seat.inside, true, 'a page that is loaded again comes back');
    await meeting.join('Zoe');
    await meeting.leave();
    is([meeting.state, meeting.problem.calm, memory.seat.inside],
       ['outside', true, false], 'one who leaves does not');
}

{
    const { meeting, memory, asked } = setUp({ refuse: [apiError(409)] });

    memory.seat = { identity: 'old', token: 'stale' };
    await meeting.join('Zoe');
    is([meeting.state, asked.length, asked[1].identity],
       ['inside', 2, undefined], 'with a stale seat as someone new');
}

{
    const { meeting } = setUp({
        refuse: [apiError(403, 'The room is closed.')] });

    await meeting.look();
    is([meeting.state, meeting.problem.key], ['lobby', 'refused.closed'],
       'a look at a closed door');
    ok(meeting.problem.passes, 'that may open');
    await meeting.look();
    is(meeting.problem, null, 'and has opened');
}

{
    const { meeting, memory } = setUp({
        refuse: [apiError(403, 'The room is full.')] });

    memory.seat = { identity: 'old', token: 'good' };
    await meeting.join('Zoe');
    is([meeting.state, meeting.problem.key, memory.seat.identity],
       ['lobby', 'refused.full', 'old'], 'full: the seat is kept');
    await meeting.join('Zoe');
    is([meeting.state, meeting.problem], ['inside', null], 'another try');
}

{
    const { meeting } = setUp();

    FakeRoom.refusal = Object.assign(new Error('The room is closed.'), {
        name: 'ConnectionError', reasonName: 'NotAllowed', status: 403 });
    await meeting.join('Zoe');
    is([meeting.state, meeting.problem.key, meeting.room],
       ['lobby', 'refused.closed', null], 'refused by the signalling');
}

{
    const { meeting, capture, notices } = setUp({
        devices: { audio: 'NotFoundError', video: 'NotFoundError' } });

    capture.update();
    await meeting.join('Zoe');
    is([meeting.state, notices.map((n) => n.key)],
       ['inside', ['device.microphone.missing', 'device.camera.missing']],
       'without devices one is inside and knows why one is silent');
}

{
    const { meeting, capture } = setUp({ mode: 'view' });

    capture.allowed = { microphone: false, camera: false };
    capture.update();
    await meeting.join('Zoe');
    is([meeting.state, Object.keys(FakeRoom.last.localParticipant.tracks)],
       ['inside', []], 'a viewer sends nothing');
}

done();
