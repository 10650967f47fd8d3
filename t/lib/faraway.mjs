/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A participant of LiveKit's SDK for node on another host (see two-hosts), and
 * what may happen to the network between.
 *
 *   const network = Network.here(import.meta.url);
 *   const anna = await Faraway.join(instance, id, { name: 'Anna' });
 *
 *   network.cut();
 *   await until(() => anna.events.includes('reconnecting'));
 *   network.mend();
 */

import { spawn, spawnSync } from 'node:child_process';
import { dirname, join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openBrowser } from './browser.mjs';
import { waitFor } from './instance.mjs';
import { RoomEvent, join } from './rtcclient.mjs';


const lib = dirname(fileURLToPath(import.meta.url));

export const ADDRESS = '198.18.0.1';


function must(command, words, input) {
    const { status, stderr, error } = spawnSync(command, words,
        { input, encoding: 'utf8' });

    if (status !== 0) {
        throw new Error(`${command} ${words.join(' ')}: ${error ?? stderr}`);
    }
}


export class Network {
    /* starts the test, whose import.meta.url this is, between two hosts */

    static here(url) {
        if (process.env.TWO_HOSTS !== ADDRESS) {
            const { status } = spawnSync(joinPath(lib, 'two-hosts'),
                [process.execPath, fileURLToPath(url)],
                { stdio: 'inherit',
                  env: { ...process.env, TWO_HOSTS: ADDRESS } });

            process.exit(status ?? 1);
        }

        return new Network();
    }

    constructor() {
        this.number = 2;
    }

    /* nothing passes, and nobody is told */

    cut() {
        must('nft', ['-f', '-'], `
            table inet cut {
                chain in {
                    type filter hook input priority 0; policy accept;
                    iif host0 drop
                }
                chain out {
                    type filter hook output priority 0; policy accept;
                    oif host0 drop
                }
            }`);
    }

    mend() {
        must('nft', ['delete', 'table', 'inet', 'cut']);
    }

    /* the client has another address, and the former one no more */

    move() {
        const former = this.number;

        this.number = former === 250 ? 3 : former + 1;

        must('ip', ['-n', 'client', 'address', 'del',
                    `198.18.0.${former}/24`, 'dev', 'client0']);
        must('ip', ['-n', 'client', 'address', 'add',
                    `198.18.0.${this.number}/24`, 'dev', 'client0']);
        must('ip', ['-n', 'client', 'route', 'replace', 'default', 'via',
                    ADDRESS]);
    }
}


/* Chromium there; url: of the server, which has no certificate */

export function farawayChromium(url) {
    return openBrowser('chromium', {
        executablePath: joinPath(lib, 'client-chromium'),
        args: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
}


export class Faraway {
    constructor(child) {
        this.child = child;
        this.events = [];
        this.counts = {};               /* name -> {audio, video} frames */
        this.data = [];                 /* [name, text] of packets */

        child.on('message', ({ event, packet, ...state }) => {
            if (event) {
                this.events.push(event);
            }

            if (packet) {
                this.data.push(packet);
            }

            Object.assign(this, state);
        });
    }

    static async join(instance, id, fields) {
        const grant = await instance.joinToken(id, fields);
        const child = spawn('ip', ['netns', 'exec', 'client',
            process.execPath, fileURLToPath(import.meta.url),
            JSON.stringify(grant)],
            { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        const faraway = new Faraway(child);

        if (!await waitFor(() => faraway.sid, 30000)) {
            throw new Error('it does not join');
        }

        return faraway;
    }

    /* sends a reliable packet */

    say(text) {
        this.child.send({ text });
    }

    /* it is gone without a word */

    end() {
        this.child.kill('SIGKILL');
    }
}


/* the process there */

async function main() {
    const grant = JSON.parse(process.argv[2]);
    const client = await join({ joinToken: () => grant });

    for (const name of [RoomEvent.Reconnecting, RoomEvent.Reconnected,
                        RoomEvent.Disconnected]) {
        client.room.on(name, () => process.send({ event: name }));
    }

    client.room.on(RoomEvent.DataReceived, (payload, from) => {
        process.send({ packet: [from?.name,
                                new TextDecoder().decode(payload)] });
    });

    process.on('message', ({ text }) => {
        client.room.localParticipant.publishData(
            new TextEncoder().encode(text), { reliable: true });
    });

    await client.publishAudio();
    await client.publishVideo();

    process.on('disconnect', () => process.exit());

    setInterval(() => {
        process.send({
            sid: client.room.localParticipant.sid,
            counts: Object.fromEntries(client.received),
        });
    }, 20);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await main();
}
