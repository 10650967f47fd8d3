/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Offers of a client that has no media, and what an answer says.
 *
 *   const text = offer([receive('audio'), send('video', 'cid'), data()]);
 *   const [audio] = sections(answer.sdp);
 *
 *   is([audio.direction, audio.msid], ['sendonly', 'PA_x|TR_y TR_y']);
 */


/* what browsers offer of each kind: payload type -> [rtpmap, fmtp] */

const formats = {
    audio: { 111: ['opus/48000/2', 'minptime=10;useinbandfec=1'],
             63: ['red/48000/2', '111/111'] },
    video: { 96: ['VP8/90000'], 97: ['rtx/90000', 'apt=96'] },
};

const exts = {
    1: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    3: 'http://www.ietf.org/id/'
       + 'draft-holmer-rmcat-transport-wide-cc-extensions-01',
    4: 'urn:ietf:params:rtp-hdrext:sdes:mid',
};

let ssrcs = 1000;


export function receive(kind, more = {}) {
    return { kind, direction: 'recvonly', ...more };
}


/* cid: the track's id */

export function send(kind, cid, more = {}) {
    ssrcs += 1;

    return { kind, direction: 'sendonly', msid: `- ${cid}`, ssrc: ssrcs,
             ...more };
}


export function data() {
    return { kind: 'application' };
}


/* the first offer of LiveKit's SDKs */

export function usual() {
    return [...['audio', 'audio', 'audio', 'video', 'video', 'video']
                .map((kind) => receive(kind)), data()];
}


/*
 * kind, direction, msid, ssrc; mid: else their number; formats, exts: else
 * those above; rejected, alone: not in the BUNDLE group.
 */

function section(given, index, ufrag) {
    const { kind, direction, msid, ssrc, rejected } = given;
    const port = rejected ? 0 : 9;
    const lines = [];

    if (kind === 'application') {
        lines.push(`m=application ${port} UDP/DTLS/SCTP webrtc-datachannel`);
    } else {
        lines.push(`m=${kind} ${port} UDP/TLS/RTP/SAVPF `
                   + Object.keys(given.formats ?? formats[kind]).join(' '));
    }

    lines.push('c=IN IP4 0.0.0.0', `a=ice-ufrag:${ufrag}`,
               'a=ice-pwd:passpasspasspasspasspass', 'a=setup:actpass',
               `a=mid:${given.mid ?? index}`);

    if (kind === 'application') {
        return [...lines, 'a=sctp-port:5000', 'a=max-message-size:262144'];
    }

    lines.push(`a=${direction}`, 'a=rtcp-mux', 'a=rtcp-rsize');

    for (const [id, uri] of Object.entries(given.exts ?? exts)) {
        lines.push(`a=extmap:${id} ${uri}`);
    }

    for (const [pt, [map, fmtp]] of
        Object.entries(given.formats ?? formats[kind]))
    {
        lines.push(`a=rtpmap:${pt} ${map}`);

        if (fmtp) {
            lines.push(`a=fmtp:${pt} ${fmtp}`);
        }

        if (kind === 'video' && !map.startsWith('rtx')) {
            lines.push(...['nack', 'nack pli', 'transport-cc']
                .map((name) => `a=rtcp-fb:${pt} ${name}`));
        }
    }

    if (msid) {
        lines.push(`a=msid:${msid}`, `a=ssrc:${ssrc} cname:x`);
    }

    return lines;
}


export function offer(list, { ufrag = 'frag', setup } = {}) {
    const mids = list.map((given, i) => [given, given.mid ?? i])
        .filter(([given]) => !given.rejected && !given.alone)
        .map(([, mid]) => mid);
    const fingerprint = Array(32).fill('AB').join(':');
    const lines = [
        'v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0',
        `a=group:BUNDLE ${mids.join(' ')}`, 'a=extmap-allow-mixed',
        `a=fingerprint:sha-256 ${fingerprint}`,
        ...list.flatMap((given, i) => section(given, i, ufrag)), '',
    ].join('\r\n');

    return setup ? lines.replaceAll('setup:actpass', `setup:${setup}`) : lines;
}


const first = (text, pattern) => pattern.exec(text)?.[1];

/* of an answer: what stands in its sections */

export function sections(text) {
    return text.split(/^m=/m).slice(1).map((body) => ({
        kind: first(body, /^(\w+)/),
        port: Number(first(body, /^\w+ (\d+)/)),
        formats: first(body, /^\w+ \d+ \S+ (.*)\r$/m).split(' '),
        mid: first(body, /^a=mid:(.*)\r$/m),
        direction: first(body, /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m),
        msid: first(body, /^a=msid:(.*)\r$/m),
        ssrcs: [...body.matchAll(/^a=ssrc:(\d+) cname/mg)].map((m) => m[1]),
        ufrag: first(body, /^a=ice-ufrag:(.*)\r$/m),
        text: body,
    }));
}
