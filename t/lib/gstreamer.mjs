/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Encoders and players of others: Debian's simple-whip-client, and webrtcbin
 * of GStreamer.
 *
 *   const encoder = whipClient(url, token, { video: picture('VP8', 'red') });
 *   const player = webrtcbin('play', url, token, 'VP8');
 *   ok(await waitFor(() => player.video > 10 && player.color === 'red'));
 *   is(await player.end(), 0);
 */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';


const here = dirname(fileURLToPath(import.meta.url));

/* keyframes come when they are asked for, and at the beginning */

const encoders = {
    VP8: 'vp8enc deadline=1 keyframe-max-dist=10000 ! '
        + 'rtpvp8pay pt=96 picture-id-mode=15-bit',
    VP9: 'vp9enc deadline=1 cpu-used=8 keyframe-max-dist=10000 ! '
        + 'rtpvp9pay pt=96 picture-id-mode=15-bit',
    H264: 'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10000 '
        + '! video/x-h264,profile=constrained-baseline ! '
        + 'rtph264pay pt=96 config-interval=-1 aggregate-mode=zero-latency',
};


/* pipelines that end with RTP */

export function picture(codec, color) {
    return `videotestsrc is-live=true pattern=${color} ! `
        + 'video/x-raw,width=320,height=180,framerate=10/1 ! videoconvert ! '
        + `queue ! ${encoders[codec]} ! queue ! `
        + `application/x-rtp,media=video,encoding-name=${codec},payload=96`;
}

export const sound = 'audiotestsrc is-live=true ! audioconvert ! '
    + 'audioresample ! queue ! opusenc ! rtpopuspay pt=100 ! queue ! '
    + 'application/x-rtp,media=audio,encoding-name=OPUS,payload=100';


const running = new Set();

process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));


class Program {
    constructor(command, args, env = {}) {
        this.lines = [];
        this.audio = 0;                 /* buffers that are loud */
        this.video = 0;                 /* pictures */
        this.color = undefined;         /* of the last one */

        this.child = spawn(command, args, {
            env: { ...process.env, ...env },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        this.exited = new Promise((done) => {
            this.child.once('error', (error) => done(error.message));
            this.child.once('exit', (code, signal) => done(signal ?? code));
        });

        for (const stream of [this.child.stdout, this.child.stderr]) {
            createInterface({ input: stream })
                .on('line', (line) => this.hear(line));
        }

        running.add(this.child);
        this.exited.then(() => running.delete(this.child));
    }

    hear(line) {
        const [kind, what] = line.split(' ');

        if (kind === 'audio') {
            this.audio += what === 'loud' ? 1 : 0;

        } else if (kind === 'video') {
            this.video += 1;
            this.color = what;

        } else {
            this.lines.push(line);
        }
    }

    said(text) {
        return this.lines.some((line) => line.includes(text));
    }

    /* a description that was sent or came */

    sdp(kind) {
        return decodeURIComponent(this.lines.find((line) =>
            line.startsWith(`${kind} `))?.slice(kind.length + 1) ?? '');
    }

    /* as Ctrl-C does; answers how it ended */

    end() {
        const late = setTimeout(() => this.child.kill('SIGKILL'), 10000);

        this.child.kill('SIGINT');

        return this.exited.finally(() => clearTimeout(late));
    }
}


/* a folder with a library that no whip-client starts without */

function library() {
    const folder = mkdtempSync(join(tmpdir(), 'conference-igd-'));

    process.once('exit', () => rmSync(folder, { recursive: true }));

    execFileSync('cc', ['-shared', '-fPIC',
        '-Wl,-soname,libgupnp-igd-1.0.so.4', join(here, 'no_igd.c'),
        '-o', join(folder, 'libgupnp-igd-1.0.so.4')]);

    return folder;
}

let folder;


/* a file of Debian's package simple-whip-client */

export function whipClient(url, token, { audio, video, options = [] }) {
    folder ??= library();

    return new Program('whip-client', ['-u', url, '-t', token, '-l', '7',
        '-o', ...options, ...(audio ? ['-A', audio] : []),
        ...(video ? ['-V', video] : [])], { LD_LIBRARY_PATH: folder });
}


/* see webrtcbin.py */

export function webrtcbin(action, url, token, what) {
    return new Program('/usr/bin/python3',
                       [join(here, 'webrtcbin.py'), action, url, what],
                       { TOKEN: token });
}


/* for webrtcbin('publish', ...) */

export function publishes({ audio, video }) {
    return [video, audio].filter(Boolean).map((one) => `${one} ! peer.`)
        .join(' ');
}
