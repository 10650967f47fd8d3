/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A signalling connection that negotiates, and then sends nothing: its tracks
 * are published and its subscriptions agreed on, without media.
 *
 *   const anna = await SdpClient.join(instance, room._id, { name: 'Anna' });
 *   const sid = await anna.publish('mic');
 *   ok(await ben.has(sid), 'subscribed');
 *
 * What the server offers is answered; offered is the last of it.
 */

import { TrackSource, TrackType } from '@livekit/protocol';

import { waitFor } from './instance.mjs';
import { SignalClient } from './signalclient.mjs';


const fingerprint = `sha-256 ${Array(32).fill('AB').join(':')}`;
const transport = (setup) => [
    'c=IN IP4 0.0.0.0', 'a=rtcp-mux', 'a=ice-ufrag:abcd',
    `a=ice-pwd:${'p'.repeat(24)}`, `a=fingerprint:${fingerprint}`,
    `a=setup:${setup}`,
];
const formats = {
    audio: ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=rtpmap:111 opus/48000/2'],
    video: ['m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 VP8/90000',
            'a=rtcp-fb:96 nack pli'],
};


function describe(sections) {
    const mids = sections.map((_, i) => i).join(' ');

    return `${['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
               `a=group:BUNDLE ${mids}`, ...sections.flat()].join('\r\n')}\r\n`;
}


function answer(offer) {
    const dropped = /^a=(ssrc|msid|candidate|end-of|ice-|fingerprint|setup)/;
    const lines = offer.split('\r\n').filter((line) => line
                                             && !dropped.test(line));
    const media = lines.findIndex((line) => line.startsWith('m='));
    const flat = lines.slice(media).flatMap((line) => {
        if (line.startsWith('m=')) {
            return [line, ...transport('active').slice(2)];
        }

        return line.replace(/^a=sendonly$/, 'a=recvonly');
    });

    return `${[...lines.slice(0, media), ...flat].join('\r\n')}\r\n`;
}


export class SdpClient extends SignalClient {
    static async join(instance, id, fields = {}, query = '') {
        return SdpClient.connect(await instance.joinToken(id, fields), query);
    }

    static async connect(grant, query = '') {
        const client = Object.setPrototypeOf(
            await SignalClient.connect(grant, query), SdpClient.prototype);

        client.sections = [];
        client.offered = '';
        client.waiting.push(() => client.negotiate());
        client.negotiate();

        return client;
    }

    get sid() {
        return this.joined.participant.sid;
    }

    /* answers what is offered; false: stays among those who look */

    negotiate() {
        for (const message of this.messages) {
            if (message.case === 'offer' && !message.answered) {
                message.answered = true;
                this.offered = message.value.sdp;
                this.send({ case: 'answer', value: {
                    type: 'answer', sdp: answer(this.offered),
                    id: message.value.id,
                } });
            }
        }

        return false;
    }

    addTrack(cid, kind = 'audio', more = {}) {
        this.send({ case: 'addTrack', value: {
            cid, name: cid,
            type: kind === 'audio' ? TrackType.AUDIO : TrackType.VIDEO,
            source: kind === 'audio' ? TrackSource.MICROPHONE
                                     : TrackSource.CAMERA,
            ...more,
        } });
    }

    /* answers the sid */

    async publish(cid, kind = 'audio', more = {}) {
        this.addTrack(cid, kind, more);

        const published = await this.next('trackPublished',
                                          (t) => t.cid === cid);

        this.sections.push({ kind, cid, sends: true });
        this.offer();

        return published?.track.sid;
    }

    async unpublish(cid) {
        this.sections.find((s) => s.cid === cid).sends = false;
        this.offer();
    }

    offer() {
        this.send({ case: 'offer', value: {
            type: 'offer', id: 1,
            sdp: describe(this.sections.map((section, i) => [
                ...formats[section.kind], ...transport('actpass'),
                `a=mid:${i}`,
                `a=${section.sends ? 'sendonly' : 'inactive'}`,
                `a=msid:- ${section.cid}`,
            ])),
        } });
    }

    /* whether the track is offered, or is not any more */

    has(sid, wanted = true) {
        return waitFor(() => this.offered.includes(sid) === wanted, 5000);
    }
}
