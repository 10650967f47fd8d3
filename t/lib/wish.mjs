/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Requests of WHIP and WHEP, for tests: ask() of an instance and a token
 * answers status, text and headers.
 */

import { waitFor } from './instance.mjs';


export const SDP = 'application/sdp';
export const FRAGMENT = 'application/trickle-ice-sdpfrag';


export function client(instance, token = '') {
    async function ask(method, path,
                       { type, body, auth = token, match } = {}) {
        const headers = {};

        if (auth) {
            headers.Authorization = `Bearer ${auth}`;
        }

        if (type) {
            headers['Content-Type'] = type;
        }

        if (match) {
            headers['If-Match'] = match;
        }

        const response = await fetch(instance.url + path,
                                     { method, headers, body });

        return { status: response.status, text: await response.text(),
                 header: (name) => response.headers.get(name) };
    }

    return { ask,
             status: async (...values) => (await ask(...values)).status };
}


/* the ICE credentials of a description, as a fragment */

export function credentials(sdp) {
    return sdp.match(/^a=ice-(ufrag|pwd).*\r\n/mg).slice(0, 2).join('');
}


/* a description of n sections, with the transport of another */

export function sections(sdp, n) {
    return sdp.slice(0, sdp.indexOf('m='))
        + Array.from({ length: n }, (_, i) =>
            `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:${i}\r\n`
            + 'a=rtpmap:111 opus/48000/2\r\n').join('');
}


/*
 * In a page: window.publisher() and window.player() make a peer under a name
 * and answer its offer; window.answer() gives it the answer; window.speak()
 * makes a publisher loud or silent; window.watch() tells what a player gets.
 */

function peers() {
    window.peers = {};

    const picture = (color) => {
        const canvas = document.createElement('canvas');
        const draw = canvas.getContext('2d');
        let n = 0;

        canvas.width = 160;
        canvas.height = 90;
        setInterval(() => {
            draw.fillStyle = color;
            draw.fillRect(0, 0, 160, 90);
            draw.fillStyle = 'gray';
            draw.fillRect(n++ % 20, 0, 4, 4);
        }, 100);

        return canvas.captureStream(10).getTracks()[0];
    };

    const sound = () => {
        const context = new AudioContext();
        const gain = context.createGain();
        const tone = context.createOscillator();
        const out = context.createMediaStreamDestination();

        gain.gain.value = 0;
        tone.connect(gain).connect(out);
        tone.start();

        return { gain, track: out.stream.getTracks()[0] };
    };

    const prefer = (transceiver, codec) => {
        if (codec) {
            transceiver.setCodecPreferences(
                RTCRtpReceiver.getCapabilities('video').codecs.filter(
                    (c) => c.mimeType.endsWith(codec)
                           || c.mimeType.endsWith('rtx')));
        }
    };

    window.publisher = async (name, color, codec) => {
        const pc = new RTCPeerConnection();
        const { gain, track } = sound();

        window.peers[name] = { pc, gain };
        pc.addTransceiver(track, { direction: 'sendonly' });
        prefer(pc.addTransceiver(picture(color),
                                 { direction: 'sendonly' }), codec);
        await pc.setLocalDescription();

        return pc.localDescription.sdp;
    };

    window.player = async (name, { kinds = ['audio', 'video'], codec,
                                   direction = 'recvonly' } = {}) => {
        const pc = new RTCPeerConnection();
        const video = document.createElement('video');
        const stream = new MediaStream();

        video.autoplay = true;
        video.srcObject = stream;
        document.body.append(video);

        pc.ontrack = ({ track }) => stream.addTrack(track);

        for (const kind of kinds) {
            const transceiver = pc.addTransceiver(kind, { direction });

            if (kind === 'video') {
                prefer(transceiver, codec);
            }
        }

        window.peers[name] = { pc, video };
        await pc.setLocalDescription();

        return pc.localDescription.sdp;
    };

    window.answer = (name, sdp) => window.peers[name].pc
        .setRemoteDescription({ type: 'answer', sdp });

    window.speak = (name, loud) => {
        window.peers[name].gain.gain.value = loud ? 0.8 : 0;
    };

    window.watch = async (name) => {
        const { pc, video } = window.peers[name];
        const result = {};

        for (const entry of (await pc.getStats()).values()) {
            if (entry.type === 'inbound-rtp') {
                result[entry.kind] = entry.packetsReceived;
                result.frames = entry.framesDecoded ?? result.frames;
                result.lost = (result.lost ?? 0) + entry.packetsLost;
                result.energy = entry.totalAudioEnergy ?? result.energy;
                result.ssrcs = (result.ssrcs ?? 0) + 1;
            }
        }

        if (video.videoWidth) {
            const canvas = document.createElement('canvas');
            const draw = canvas.getContext('2d');

            canvas.width = 16;
            canvas.height = 9;
            draw.drawImage(video, 0, 0, 16, 9);

            const [r, g, b] = draw.getImageData(8, 5, 1, 1).data;

            result.color = r > g && r > b ? 'red'
                : g > b ? 'green' : 'blue';
        }

        return result;
    };
}


/* publishers and players of one room, in pages of a browser */

export class Stage {
    constructor(instance, id) {
        this.instance = instance;
        this.id = id;
        this.endpoint = `/whep/${id}`;

        const { ask, status } = client(instance);

        this.ask = ask;
        this.status = status;
    }

    async open(browser) {
        const page = await browser.visit(`${this.instance.url}/healthz`,
                                         { expect: /favicon|404/ });

        await page.evaluate(peers);
        this.page ??= page;

        return page;
    }

    token(name, mode = 'view') {
        return this.instance.joinToken(this.id, { name, mode });
    }

    async publish(name, color, codec) {
        const { token, identity } = await this.token(name, 'speaker');
        const body = await this.page.evaluate((values) =>
            window.publisher(...values), [name, color, codec]);
        const answer = await this.ask('POST', `/whip/${this.id}`,
                                      { body, type: SDP, auth: token });

        await this.page.evaluate((values) => window.answer(...values),
                                 [name, answer.text]);

        return { identity, end: () => this.end(answer, token) };
    }

    /* a player with a token of its own, unless one is given */

    async play(name, { query = '', change = (sdp) => sdp, auth,
                       page = this.page, ...options } = {})
    {
        const body = await page.evaluate((values) =>
            window.player(...values), [name, options]);
        const token = auth ?? (await this.token(name)).token;
        const answer = await this.ask('POST', this.endpoint + query, {
            body: change(body), type: SDP, auth: token });

        if (answer.status === 201) {
            await page.evaluate((values) => window.answer(...values),
                                [name, answer.text]);
        }

        return { ...answer, body, end: () => this.end(answer, token) };
    }

    end(answer, auth) {
        return this.status('DELETE', answer.header('location'), { auth });
    }

    watch(name, page = this.page) {
        return page.evaluate((value) => window.watch(value), name);
    }

    shows(name, color, page = this.page) {
        return waitFor(async () =>
            (await this.watch(name, page)).color === color, 30000);
    }

    speak(name, loud) {
        return this.page.evaluate((values) => window.speak(...values),
                                  [name, loud]);
    }
}
