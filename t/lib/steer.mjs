/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Connections to a worker of one's choice.  nginx leaves it to the system
 * which worker accepts; who wants a certain one asks before it says more.
 *
 *   const instance = await startInstance({ WORKERS: 3 }, steerable);
 *   const agent = await agentTo(instance, (pid) => pid !== owner);
 */

import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';


/* every answer, and every 101, has the process in X-Worker */

export const steerable = {
    'server-worker': 'add_header X-Worker $pid always;\n'
        + 'location = /worker { return 204; }\n',
};

const tries = 200;


function whose(url, agent) {
    return new Promise((resolve, reject) => {
        const get = request(`${url}/worker`, { agent }, (response) => {
            response.resume();
            response.on('end', () =>
                resolve(Number(response.headers['x-worker'])));
        });

        get.on('error', reject);
        get.end();
    });
}


/* an agent with one open connection, to a worker whose pid fits */

export async function agentTo(instance, fits) {
    for (let i = 0; i < tries; i += 1) {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });

        if (fits(await whose(instance.url, agent))) {
            return agent;
        }

        agent.destroy();
    }

    throw new Error('no connection comes to such a worker');
}


/*
 * A TCP proxy before the instance: what clients of its url open goes to
 * workers that fit, as proxy.fits says at that time, once proxy.gate, a
 * promise, is fulfilled.
 */

export class Proxy {
    constructor(instance, server, host) {
        this.instance = instance;
        this.server = server;
        this.url = `http://${host}:${server.address().port}`;
        this.fits = () => true;
        this.gate = undefined;
        this.sockets = new Set();
        this.accepted = [];             /* pids, one per connection */
    }

    static async start(instance, host = '127.0.0.1') {
        const server = createServer((client) => proxy.pass(client));

        await new Promise((done) => { server.listen(0, host, done); });

        const proxy = new Proxy(instance, server, host);

        return proxy;
    }

    async pass(client) {
        client.pause();
        client.on('error', () => {});
        this.sockets.add(client);
        client.on('close', () => this.sockets.delete(client));

        await this.gate;

        const { server, pid } = await this.open();

        this.accepted.push(pid);
        server.on('error', () => client.destroy());
        server.on('close', () => client.destroy());
        client.on('close', () => server.destroy());
        server.pipe(client);
        client.pipe(server);
    }

    async open() {
        const { hostname, port } = new URL(this.instance.url);

        for (let i = 0; i < tries; i += 1) {
            const server = connect(Number(port), hostname);
            const pid = await asked(server);

            if (this.fits(pid)) {
                return { server, pid };
            }

            server.destroy();
        }

        throw new Error('no connection comes to such a worker');
    }

    /* as a network does that fails */

    cut() {
        for (const socket of this.sockets) {
            socket.resetAndDestroy();
        }
    }

    stop() {
        this.cut();
        this.server.close();
    }
}


/* the pid of who answers, on a connection that stays open */

function asked(socket) {
    return new Promise((resolve, reject) => {
        let text = '';

        const more = (data) => {
            text += data;

            if (text.includes('\r\n\r\n')) {
                socket.off('data', more);
                socket.pause();
                resolve(Number(/^x-worker: (\d+)/im.exec(text)[1]));
            }
        };

        socket.on('data', more);
        socket.once('error', reject);
        socket.write('GET /worker HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
}
