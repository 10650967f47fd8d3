/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Checks of ICE over TCP, by hand: RFC 4571, RFC 6544, RFC 8489.
 *
 *   const tcp = await IceTcp.connect({ host, port });
 *   tcp.write(check(sdp));
 *   is(await tcp.mapped(), '127.0.0.1 49152');
 */

import { createHmac } from 'node:crypto';
import { connect } from 'node:net';


const cookie = 0x2112a442;


function attribute(type, value) {
    const header = Buffer.alloc(4);

    header.writeUInt16BE(type, 0);
    header.writeUInt16BE(value.length, 2);

    return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)]);
}


function message(attributes, more = 0) {
    const header = Buffer.alloc(20, 'transaction.');

    header.writeUInt16BE(1, 0);
    header.writeUInt16BE(attributes.length + more, 2);
    header.writeUInt32BE(cookie, 4);

    return Buffer.concat([header, attributes]);
}


function crc32(bytes) {
    let crc = 0xffffffff;

    for (const byte of bytes) {
        crc ^= byte;

        for (let i = 0; i < 8; i += 1) {
            crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }

    return ~crc >>> 0;
}


export function frame(bytes) {
    const header = Buffer.alloc(2);

    header.writeUInt16BE(bytes.length, 0);

    return Buffer.concat([header, bytes]);
}


/* a check for who has made the description, in a frame */

export function check(sdp) {
    const [, ufrag] = /^a=ice-ufrag:(.*)\r$/m.exec(sdp);
    const [, password] = /^a=ice-pwd:(.*)\r$/m.exec(sdp);
    const sum = Buffer.alloc(4);

    let attributes = Buffer.concat([
        attribute(0x0006, Buffer.from(`${ufrag}:abcd`)),
        attribute(0x0024, Buffer.from([110, 0, 1, 255])),
        attribute(0x802a, Buffer.from('tiebreak')),
        attribute(0x0025, Buffer.alloc(0)),
    ]);

    attributes = Buffer.concat([attributes, attribute(0x0008,
        createHmac('sha1', password).update(message(attributes, 24))
            .digest())]);

    sum.writeUInt32BE((crc32(message(attributes, 8)) ^ 0x5354554e) >>> 0);

    return frame(message(Buffer.concat([attributes,
                                        attribute(0x8028, sum)])));
}


/* "ADDRESS PORT" of the XOR-MAPPED-ADDRESS of a success, IPv4 */

function mappedAddress(bytes) {
    let at = 20;

    if (bytes.readUInt16BE(0) !== 0x0101) {
        return undefined;
    }

    while (bytes.readUInt16BE(at) !== 0x0020) {
        at += 4 + (bytes.readUInt16BE(at + 2) + 3 & ~3);
    }

    const address = (bytes.readUInt32BE(at + 8) ^ cookie) >>> 0;
    const port = bytes.readUInt16BE(at + 6) ^ cookie >>> 16;

    return `${[24, 16, 8, 0].map((n) => address >>> n & 255).join('.')}`
        + ` ${port}`;
}


export class IceTcp {
    constructor(socket) {
        this.socket = socket;
        this.buffer = Buffer.alloc(0);
        this.closed = false;

        socket.on('data', (data) => {
            this.buffer = Buffer.concat([this.buffer, data]);
            this.wake?.();
        });
        socket.on('error', () => {});
        socket.on('close', () => {
            this.closed = true;
            this.wake?.();
        });
    }

    /* options of net.connect() */

    static connect(options) {
        return new Promise((resolve, reject) => {
            const socket = connect({ noDelay: true, ...options }, () => {
                resolve(new IceTcp(socket));
            });

            socket.once('error', reject);
        });
    }

    get name() {
        return this.own ??=
            `${this.socket.localAddress} ${this.socket.localPort}`;
    }

    write(bytes) {
        this.socket.write(bytes);
    }

    /* the next frame, or undefined: it has ended, or time has */

    async frame(ms = 5000) {
        const deadline = Date.now() + ms;

        for ( ;; ) {
            const length = this.buffer.length < 2 ? 65536
                                                  : this.buffer.readUInt16BE();

            if (this.buffer.length >= 2 + length) {
                const bytes = this.buffer.subarray(2, 2 + length);

                this.buffer = this.buffer.subarray(2 + length);

                return bytes;
            }

            if (this.closed || Date.now() > deadline) {
                return undefined;
            }

            await new Promise((done) => {
                this.wake = done;
                setTimeout(done, deadline - Date.now());
            });
        }
    }

    /* what the answer to a check says of its sender */

    async mapped() {
        const bytes = await this.frame();

        return bytes && mappedAddress(bytes);
    }

    end() {
        this.socket.destroy();
    }
}
