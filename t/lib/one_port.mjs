/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One TCP port for TURN and ICE, in front of an instance.
 *
 *   const { port, conf } = await onePort();
 *   const instance = await startInstance({ WORKERS: 2 }, conf);
 */

import { createServer } from 'node:net';


async function freePort() {
    const server = createServer();

    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });

    const { port } = server.address();

    await new Promise((done) => { server.close(done); });

    return port;
}


/* conf: files for conf.d of the instance */

export async function onePort() {
    const [port, turn, rest] = [await freePort(), await freePort(),
                                await freePort()];

    return {
        port,
        conf: {
            'http-one': `rtc_sfu_tcp_port ${port};\n`,
            'stream-one': `
                map $turn_preread_protocol:$turn_preread_port $one_port {
                    ~^ice:(?<media>\\d+)$  127.0.0.1:$media;
                    ~^stun:               127.0.0.1:${turn};
                    default               127.0.0.1:${rest};
                }

                server {
                    listen          ${port} reuseport;
                    ssl_preread     on;
                    turn_preread    on;
                    proxy_protocol  on;
                    proxy_pass      $one_port;
                }

                server {
                    listen            127.0.0.1:${turn} proxy_protocol;
                    set_real_ip_from  127.0.0.1;
                    turn;
                }

                server {
                    listen  127.0.0.1:${rest} proxy_protocol;
                    return  "";
                }\n`,
        },
    };
}
