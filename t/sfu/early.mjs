#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who comes to a worker that has just been started, by a reload, waits until
 * it knows whose tokens are good: joins, players and the server API.
 */

import { startInstance, waitFor } from '../lib/instance.mjs';
import { redisPid, reload, workerPids } from '../lib/processes.mjs';
import { roomService } from '../lib/roomservice.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { client } from '../lib/wish.mjs';


const instance = await startInstance({ WORKERS: 1 });
const { _id: id } = await instance.createRoom({ name: 'early' });
const service = roomService(instance);
const grants = [];

for (let n = 0; n < 3; n += 1) {
    grants.push(await instance.joinToken(id, { name: `P${n}` }));
}

const [anna, ben, cleo] = grants;
const whep = client(instance, cleo.token);
const [old] = workerPids(instance);
const redis = redisPid(instance);


/* the next worker alone, without Redis */

async function renew(old) {
    process.kill(redis, 'SIGSTOP');
    await reload(instance);

    return waitFor(() => !workerPids(instance).includes(old), 20000);
}

ok(await renew(old), 'there is a new worker, which does not reach Redis');

let answered = 0;
const asked = [
    SignalClient.connect(anna), SignalClient.joinSingle(
        { joinToken: async () => ben }, id),
    service.listRooms(),
    whep.status('OPTIONS', `/whep/${id}`),
    whep.status('POST', `/whep/${id}`, { type: 'application/sdp',
                                         body: 'v=0' }),
].map((promise) => promise.finally(() => { answered += 1; }));

/* one goes before it has an answer */

const gone = new AbortController();
const left = fetch(`${instance.url}/whep/${id}`,
                   { method: 'OPTIONS', signal: gone.signal })
    .catch(({ name }) => name);

gone.abort();
is([await left, answered], ['AbortError', 0], 'nobody is answered');

process.kill(redis, 'SIGCONT');

const [joined, single, rooms, options, post] = await Promise.all(asked);

ok(joined.joined && single.joined, 'they are let in when it does');
is(rooms.map(({ name }) => name), [id], '.. the server API answers');
is([options, post], [200, 422], '.. as does WHEP');

/* Redis stays away */

for (const person of [joined, single]) {
    person.send({ case: 'leave', value: {} });
    await waitFor(() => person.ws.closed);
}

const [next] = workerPids(instance);

ok(await renew(next), 'another new worker');

const refused = await fetch(`${instance.url}/whep/${id}`,
                            { method: 'POST', body: 'v=0' });

is([refused.status, refused.headers.get('retry-after'),
    refused.headers.get('access-control-allow-origin')], [503, '2', '*'],
   '.. does not let one wait for ever');
process.kill(redis, 'SIGCONT');
is(await instance.stop(), [], 'nothing is wrong in the log');
done();
