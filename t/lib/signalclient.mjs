/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A LiveKit signalling connection without media: what a client says and is
 * told, message by message.
 *
 *   const anna = await SignalClient.join(instance, room._id);
 *   anna.send({ case: 'mute', value: { sid: 'TR_x', muted: true } });
 *   const update = await anna.next('update');
 *
 *   const ben = await SignalClient.joinSingle(instance, room._id, {},
 *       { publisherOffer: { type: 'offer', sdp, id: 1 } });
 */

import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';

import {
    JoinRequest, SignalRequest, SignalResponse, WrappedJoinRequest,
} from '@livekit/protocol';


const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';


/* RFC 6455, client side; messages of one frame, as the server sends them */

export class WebSocket {
    constructor(socket, head) {
        this.socket = socket;
        this.buffer = head;
        this.closed = false;
        this.code = undefined;          /* of the close frame */

        socket.on('data', (data) => {
            this.buffer = Buffer.concat([this.buffer, data]);
            this.parse();
        });
        socket.on('close', () => { this.closed = true; });
        socket.on('error', () => { this.closed = true; });
    }

    /* messages that came before wait for this */

    listen(handler) {
        this.onmessage = handler;
        this.parse();
    }

    /* {status, body} of a refused upgrade is thrown */

    static connect(url, headers = {}, agent = undefined) {
        const key = randomBytes(16).toString('base64');
        const target = new URL(url.replace(/^ws/, 'http'));

        return new Promise((resolve, reject) => {
            const upgrade = request(target, {
                agent,
                headers: {
                    Connection: 'Upgrade', Upgrade: 'websocket',
                    'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': 13,
                    ...headers,
                },
            });

            upgrade.on('upgrade', (response, socket, head) => {
                const accept = createHash('sha1').update(key + guid)
                    .digest('base64');

                if (response.headers['sec-websocket-accept'] !== accept) {
                    reject(new Error('wrong Sec-WebSocket-Accept'));
                }

                const ws = new WebSocket(socket, head);

                ws.worker = Number(response.headers['x-worker']);
                resolve(ws);
            });
            upgrade.on('response', async (response) => {
                let body = '';

                for await (const chunk of response) {
                    body += chunk;
                }

                reject(Object.assign(new Error(`status ${response.statusCode}`),
                                     { status: response.statusCode, body }));
            });
            upgrade.on('error', reject);
            upgrade.end();
        });
    }

    parse() {
        while (this.onmessage && this.buffer.length >= 2) {
            let length = this.buffer[1] & 0x7f;
            let start = 2;

            if (length === 126) {
                if (this.buffer.length < 4) {
                    return;
                }

                length = this.buffer.readUInt16BE(2);
                start = 4;

            } else if (length === 127) {
                if (this.buffer.length < 10) {
                    return;
                }

                length = Number(this.buffer.readBigUInt64BE(2));
                start = 10;
            }

            if (this.buffer.length < start + length) {
                return;
            }

            const opcode = this.buffer[0] & 0x0f;
            const payload = this.buffer.subarray(start, start + length);

            this.buffer = this.buffer.subarray(start + length);

            if (opcode === 8) {
                this.code = payload.length ? payload.readUInt16BE(0) : 1005;
                this.frame(8, payload);

            } else if (opcode === 9) {
                this.frame(10, payload);

            } else {
                this.onmessage(payload, opcode);
            }
        }
    }

    frame(opcode, payload) {
        const mask = randomBytes(4);
        const header = Buffer.from([0x80 | opcode, 0x80 | payload.length]);

        this.socket.write(Buffer.concat([sized(header, payload.length), mask,
            Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]))]));
    }

    end() {
        this.socket.destroy();
    }
}


/* the shortest form of the length, others are refused */

function sized(header, length) {
    if (length < 126) {
        return header;
    }

    const long = Buffer.alloc(length < 65536 ? 4 : 10);

    long[0] = header[0];

    if (length < 65536) {
        long[1] = 0x80 | 126;
        long.writeUInt16BE(length, 2);
    } else {
        long[1] = 0x80 | 127;
        long.writeBigUInt64BE(BigInt(length), 2);
    }

    return long;
}


/* the argument of /rtc/v1; fields as of JoinRequest */

export function joinRequest(fields = {}, compress = true) {
    const plain = new JoinRequest({
        clientInfo: { sdk: 1, protocol: 17 },
        connectionSettings: { autoSubscribe: true },
        ...fields,
    }).toBinary();

    return wrapped(compress ? gzipSync(plain) : plain, compress ? 1 : 0);
}


export function wrapped(bytes, compression) {
    return Buffer.from(new WrappedJoinRequest({
        compression, joinRequest: bytes,
    }).toBinary()).toString('base64url');
}


export class SignalClient {
    constructor(ws, grant) {
        this.ws = ws;
        this.grant = grant;
        this.messages = [];             /* not yet taken by next() */
        this.waiting = [];

        ws.listen((data) => {
            const { message } = SignalResponse.fromBinary(data);

            this.messages.push(message);
            this.waiting = this.waiting.filter((look) => !look());
        });
        ws.socket.on('close', () => {
            this.waiting = this.waiting.filter((look) => !look());
        });
    }

    /* fields as of createToken, query: more arguments of /rtc */

    static async join(instance, id, fields = {}, query = '') {
        const grant = await instance.joinToken(id, fields);

        return SignalClient.connect(grant, query);
    }

    /* agent: of ./steer.mjs, if it matters which worker accepts */

    static connect(grant, query = '', agent = undefined) {
        const rest = new URLSearchParams({
            sdk: 'js', protocol: 17, auto_subscribe: 1,
            ...Object.fromEntries(new URLSearchParams(query)),
        });

        return SignalClient.open(grant, `/rtc?${rest}`, agent);
    }

    /* the same with one peer connection; request: fields of JoinRequest */

    static async joinSingle(instance, id, fields = {}, request = {}) {
        const grant = await instance.joinToken(id, fields);

        return SignalClient.open(grant,
            `/rtc/v1?join_request=${joinRequest(request)}`);
    }

    static async open(grant, path, agent = undefined) {
        const ws = await WebSocket.connect(
            `${grant.url}${path}&access_token=${grant.token}`, {}, agent);
        const client = new SignalClient(ws, grant);
        const first = await client.next();

        client.first = first;
        client.joined = first?.case === 'join' ? first.value : undefined;

        return client;
    }

    send(message) {
        this.ws.frame(2, new SignalRequest({ message }).toBinary());
    }

    /* the next message of a kind (or any) that fits; undefined if none came in
       time, or the connection has closed */

    next(kind = undefined, fits = () => true, ms = 5000) {
        const take = () => {
            const i = this.messages.findIndex((message) =>
                (kind === undefined || message.case === kind)
                && fits(message.value));

            return i < 0 ? undefined : this.messages.splice(0, i + 1)[i];
        };

        return new Promise((resolve) => {
            const look = () => {
                const message = take();

                if (message) {
                    clearTimeout(timer);
                    resolve(kind === undefined ? message : message.value);

                } else if (this.ws.closed) {
                    clearTimeout(timer);
                    resolve(undefined);
                }

                return message !== undefined || this.ws.closed;
            };
            const timer = setTimeout(() => {
                this.waiting = this.waiting.filter((f) => f !== look);
                resolve(undefined);
            }, ms);

            if (!look()) {
                this.waiting.push(look);
            }
        });
    }

    end() {
        this.ws.end();
    }
}
