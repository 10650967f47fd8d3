/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The server as if it had no /rtc/v1: clients that have no option for it fall
 * back to two peer connections.
 *
 *   const former = await startFormer(instance);
 *   const anna = await join(instance, id, {}, { url: former.url });
 *   former.close();
 */

import { connect, createServer } from 'node:net';


const missing = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n'
    + 'Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n';


export async function startFormer(instance) {
    const port = new URL(instance.url).port;
    const sockets = new Set();

    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => {});

        socket.once('data', (head) => {
            if (head.toString('latin1').startsWith('GET /rtc/v1')) {
                socket.end(missing);
                return;
            }

            const upstream = connect(port, '127.0.0.1');

            upstream.on('error', () => socket.destroy());
            upstream.on('close', () => socket.destroy());
            socket.on('close', () => upstream.destroy());

            upstream.write(head);
            socket.pipe(upstream).pipe(socket);
        });
    });

    await new Promise((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
    });

    return {
        url: `ws://127.0.0.1:${server.address().port}`,
        close: () => {
            server.close();
            sockets.forEach((socket) => socket.destroy());
        },
    };
}
