/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Participants of every SDK, driven in one way: what a test hands to run() is
 * the same for a page and for node.
 *
 *   const anna = await browserMember(chromium, instance, grant, { v0: true });
 *   const ben = await nodeMember(grant, { key: 'a secret' });
 *
 *   await anna.run((me) => me.publish(160, 90));
 *   (await ben.run((me) => me.media(['Anna']))).Anna.video;
 *   await anna.run((me, to) => me.call(to, 'twice', 'x'), 'Ben');
 *   await anna.leave();
 *
 * me: {room, got: {identity: [what came]}, reason: why it is disconnected,
 * publish(width, height), mute(on), replace(width, height), say(text),
 * call(to, method, payload), describe(name, metadata, attributes), view(),
 * media([identity])}.  Identities are names, too.
 */

import { RpcError } from '@livekit/rtc-node';

import { TrackSource, enter as enterNode } from './rtcclient.mjs';
import { enter as enterPage } from './sdk.mjs';


/* in a page and in node: what SDKs have in common */

function equip(me, Failure) {
    const { room } = me;
    const self = room.localParticipant;
    const rpc = room.registerRpcMethod ? room : self;

    const note = (from, ...words) => {
        const name = from?.identity ?? '';

        me.got[name] = [...me.got[name] ?? [], words.join(' ')];
    };

    room.on('disconnected', (reason) => { me.reason = reason; });
    room.on('dataReceived', (payload, from, kind, topic) => {
        note(from, kind === 0 ? 'reliable' : 'lossy', topic,
             new TextDecoder().decode(payload));
    });
    room.registerTextStreamHandler('text', async (reader, from) => {
        note(from, 'text', (await reader.readAll()).length,
             reader.info.attributes.a);
    });
    room.registerByteStreamHandler('bytes', async (reader, from) => {
        const parts = await reader.readAll();

        note(from, 'bytes', parts.reduce((n, part) => n + part.length, 0),
             reader.info.name);
    });
    rpc.registerRpcMethod('twice', async ({ payload, callerIdentity }) =>
        `${callerIdentity} ${payload}${payload}`);
    rpc.registerRpcMethod('refuse', async () => {
        throw new Failure(1500, 'no', 'why');
    });

    Object.assign(me, {
        got: {},

        async say(text) {
            for (const reliable of [true, false]) {
                await self.publishData(new TextEncoder().encode(text),
                                       { reliable, topic: 't' });
            }

            const words = await self.streamText({ topic: 'text',
                                                  attributes: { a: text } });

            for (let i = 0; i < 5; i += 1) {
                await words.write('x'.repeat(10000));
            }

            await words.close();

            const bytes = await self.streamBytes({ topic: 'bytes',
                                                   name: text });

            for (let i = 0; i < 3; i += 1) {
                await bytes.write(new Uint8Array(20000));
            }

            await bytes.close();
        },

        call: (destinationIdentity, method, payload) => self.performRpc({
            destinationIdentity, method, payload,
        }).catch(({ code, message, data }) => [code, message, data]),

        async describe(name, metadata, attributes) {
            await (self.setName ?? self.updateName).call(self, name);
            await (self.setMetadata ?? self.updateMetadata).call(self,
                                                                 metadata);
            await self.setAttributes(attributes);
        },

        /* what is known of the others */

        view: () => Object.fromEntries([...room.remoteParticipants.values()]
            .map((p) => [p.identity, {
                sid: p.sid, name: p.name, metadata: p.metadata,
                attributes: { ...p.attributes },
                muted: [...p.trackPublications.values()]
                    .filter((t) => t.isMuted ?? t.muted).length,
            }])),

        /* [participant, publication] of the tracks that come in */

        tracks: () => [...room.remoteParticipants.values()].flatMap((p) =>
            [...p.trackPublications.values()].filter((t) => t.track)
                .map((t) => [p, t])),

        async media(of) {
            const all = {};

            for (const [p, t] of me.tracks().filter(([p]) =>
                of.includes(p.identity)))
            {
                const { kind, frames, width } = await me.measure(t);

                all[p.identity] = {
                    audio: 0, video: 0, ...all[p.identity],
                    [kind]: frames, [`${kind}Sid`]: t.trackSid ?? t.sid,
                    ...kind === 'video' && { width },
                };
            }

            return all;
        },
    });
}


/* in a page */

function equipPage(me) {
    const { room, lk } = window;
    const self = room.localParticipant;
    const camera = { source: 'camera', simulcast: false };

    const speak = () => (navigator.userAgent.includes('Firefox')
        ? self.setMicrophoneEnabled(true)
        : self.publishTrack(tone(), { source: 'microphone' }));

    Object.assign(me, {
        room,

        async publish(width, height) {
            await self.publishTrack(picture(width, height, 5), camera);
            await speak();
        },

        async mute(on) {
            for (const publication of self.trackPublications.values()) {
                await (on ? publication.mute() : publication.unmute());
            }
        },

        async replace(width, height) {
            const { track } = self.getTrackPublication('camera');

            await track.replaceTrack(picture(width, height, 5));
            await self.unpublishTrack(
                self.getTrackPublication('microphone').track);
            await speak();
        },

        async measure({ kind, track }) {
            const stats = [...await track?.getRTCStatsReport() ?? []]
                .map(([, entry]) => entry)
                .find(({ type }) => type === 'inbound-rtp') ?? {};
            const heard = stats.totalAudioEnergy > 0.0005
                ? stats.packetsReceived : 0;

            return { kind, width: stats.frameWidth ?? 0,
                     frames: (kind === 'audio' ? heard
                                               : stats.framesDecoded) ?? 0 };
        },
    });

    return lk.RpcError;
}


/* in node */

function nodeVerbs(client) {
    const published = [];
    const own = () => client.room.localParticipant;

    async function publishVideo(width, height) {
        published.push(await client.publishVideo(width, height, {}, 5));
    }

    async function publishAudio() {
        published.push(await client.publishAudio({
            source: TrackSource.SOURCE_MICROPHONE,
        }));
    }

    return {
        async publish(width, height) {
            await publishVideo(width, height);
            await publishAudio();
        },

        /* the SDK has it in its core alone */

        async mute(on) {
            for (const { track } of published) {
                globalThis._ffiClientInstance.request({ message: {
                    case: 'localTrackMute',
                    value: { trackHandle: track.ffi_handle.handle, mute: on },
                } });
            }
        },

        async replace(width, height) {
            client.timers.splice(0).forEach(clearInterval);

            for (const { sid } of published.splice(0)) {
                await own().unpublishTrack(sid);
            }

            await this.publish(width, height);
        },

        async measure({ sid, kind }) {
            const [counts] = [...client.received.values()]
                .filter(({ sids }) => sids.has(sid));

            return { kind: kind === 1 ? 'audio' : 'video',
                     frames: counts?.sids.get(sid) ?? 0,
                     width: counts?.width ?? 0 };
        },
    };
}


class BrowserMember {
    constructor(person) {
        this.person = person;
        this.identity = person.identity;
        this.sid = person.sid;
    }

    run(what, value = null) {
        return this.person.page.evaluate(
            `(${what})(window.me, ${JSON.stringify(value)})`);
    }

    async leave() {
        await this.run((me) => me.room.disconnect());
        await this.person.close();
    }
}


/* v0: a peer connection for each direction, key: of media and data */

export async function browserMember(browser, instance, grant,
                                    { v0, ...settings } = {})
{
    const person = await enterPage(browser, instance, undefined, undefined, {
        grant, options: { singlePeerConnection: !v0 }, ...settings,
    });

    await person.page.evaluate(
        `(${equip})(window.me = {}, (${equipPage})(window.me))`);

    return new BrowserMember(person);
}


class NodeMember {
    constructor(client) {
        client.room.setMaxListeners(100);

        this.client = client;
        this.me = { room: client.room, ...nodeVerbs(client) };
        this.identity = client.room.localParticipant.identity;
        this.sid = client.room.localParticipant.sid;

        equip(this.me, RpcError);
    }

    async run(what, value) {
        return what(this.me, value);
    }

    leave() {
        return this.client.leave();
    }
}


/*
 * url: of a former server, which makes it v0.  Its core would derive sixteen
 * more keys, slowly, for every packet that it cannot read.
 */

export async function nodeMember(grant, { key, url } = {}) {
    return new NodeMember(await enterNode(grant, { url, frameSizeMs: 50,
        ...key && { encryption: { keyProviderOptions: {
            sharedKey: new TextEncoder().encode(key), ratchetWindowSize: 0,
        } } } }));
}
