/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Participants made of LiveKit's own SDK for node, with synthetic media.
 *
 *   const anna = await join(instance, room._id, { name: 'Anna' });
 *   await anna.publishAudio();
 *   await until(() => anna.received.get('Ben')?.video > 10);
 *   await anna.leave();
 */

import {
    AudioFrame, AudioSource, AudioStream, LocalAudioTrack, LocalVideoTrack,
    Room, RoomEvent, RpcError, TrackKind, TrackPublishOptions, TrackSource,
    VideoBufferType, VideoFrame, VideoSource, VideoStream, dispose,
} from '@livekit/rtc-node';


export { RoomEvent, RpcError, TrackSource, dispose };


const rate = 48000;
const samples = rate / 100;


export class Client {
    constructor(room, grant, frameSizeMs) {
        this.room = room;
        this.grant = grant;
        this.frameSizeMs = frameSizeMs;
        this.received = new Map();      /* name -> {audio, video} frames,
                                           and sids: those of each track */
        this.disconnected = undefined;  /* the reason, once it is */
        this.timers = [];

        room.on(RoomEvent.TrackSubscribed, (track, publication, from) => {
            this.count(track, publication.sid, from.name).catch(() => {});
        });
        room.on(RoomEvent.Disconnected, (reason) => {
            this.disconnected = reason;
        });
    }

    async count(track, sid, name) {
        const counts = this.received.get(name)
            ?? { audio: 0, video: 0, sids: new Map() };
        const kind = track.kind === TrackKind.KIND_AUDIO ? 'audio' : 'video';
        const { frameSizeMs } = this;
        const stream = kind === 'audio' ? new AudioStream(track,
                                                          { frameSizeMs })
                                        : new VideoStream(track);

        this.received.set(name, counts);

        for await (const item of stream) {
            if (kind === 'video' || loud(item.data)) {
                counts[kind] += 1;
                counts.sids.set(sid, (counts.sids.get(sid) ?? 0) + 1);
            }

            counts.width = item.frame?.width ?? counts.width;
        }
    }

    /* ms between two frames: fewer cost less, where there are many clients */

    async publishAudio(options = {}, ms = 20) {
        const source = new AudioSource(rate, 1);
        const track = LocalAudioTrack.createAudioTrack('microphone', source);
        let phase = 0;

        this.timers.push(setInterval(() => {
            const frame = AudioFrame.create(rate, 1, samples * ms / 10);

            for (let i = 0; i < frame.data.length; i += 1) {
                frame.data[i] = 12000 * Math.sin(phase);
                phase += 2 * Math.PI * 440 / rate;
            }

            source.captureFrame(frame).catch(() => {});
        }, ms));

        return this.publish(track, TrackSource.SOURCE_MICROPHONE, options);
    }

    async publishVideo(width = 320, height = 180, options = {}, fps = 15) {
        const source = new VideoSource(width, height);
        const track = LocalVideoTrack.createVideoTrack('camera', source);
        const size = width * height;
        let n = 0;

        this.timers.push(setInterval(() => {
            const data = new Uint8Array(size * 3 / 2);

            data.fill((n * 8) % 256, 0, size);
            data.fill(128, size);
            n += 1;

            source.captureFrame(new VideoFrame(data, width, height,
                                               VideoBufferType.I420));
        }, 1000 / fps));

        return this.publish(track, TrackSource.SOURCE_CAMERA, options);
    }

    publish(track, source, options) {
        return this.room.localParticipant.publishTrack(track,
            new TrackPublishOptions({ source, ...options }));
    }

    async leave() {
        this.timers.forEach(clearInterval);
        await this.room.disconnect();
    }
}


function loud(data) {
    return data.some((sample) => Math.abs(sample) > 1000);
}


/* fields as of createToken */

export async function join(instance, id, fields = {}, options = {}) {
    return enter(await instance.joinToken(id, fields), options);
}


/*
 * grant: {token, url}; url: if another one is to be used, frameSizeMs: of what
 * counts as a frame of audio
 */

export async function enter(grant, { url, frameSizeMs, ...options } = {},
                            tries = 3) {
    const room = new Room();
    const client = new Client(room, grant, frameSizeMs);

    try {
        await room.connect(url ?? grant.url, grant.token, {
            autoSubscribe: true, dynacast: false, ...options,
        });
    } catch (error) {
        /* its 15 s for media may be over on a busy machine */

        if (tries > 1 && /timed out/.test(error.message)) {
            return enter(grant, { url, frameSizeMs, ...options }, tries - 1);
        }

        throw error;
    }

    return client;
}
