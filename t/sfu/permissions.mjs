#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who publishes decides who may have it, in its worker and in another one.
 */

import { startInstance, waitFor } from '../lib/instance.mjs';
import { SdpClient } from '../lib/sdpclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { fillTwo } from '../lib/workers.mjs';


const instance = await startInstance({ WORKERS: 2 });
const { _id: id } = await instance.createRoom({ name: 'permissions' });

const people = await fillTwo(instance, (n) => SdpClient.join(instance, id,
    { name: `p${n}` }), 2);
const home = people[0].pid;
const [anna, near] = people.filter((p) => p.pid === home)
    .map((p) => p.client);
const [far, second] = people.filter((p) => p.pid !== home)
    .map((p) => p.client);

const permit = (allParticipants, trackPermissions = []) => anna.send({
    case: 'subscriptionPermission',
    value: { allParticipants, trackPermissions },
});
const told = async (client, trackSid, allowed) => {
    const update = await client.next('subscriptionPermissionUpdate',
                                     (u) => u.trackSid === trackSid);

    return update?.allowed === allowed && update.participantSid === anna.sid;
};

const audio = await anna.publish('mic');
const video = await anna.publish('camera', 'video');

for (const [name, client] of Object.entries({ near, far })) {
    ok(await client.has(audio) && await client.has(video),
       `${name}: has what is published`);
}

/* as SDKs do after each connect: nothing changes */

permit(true);

/* one track for one of them, by identity */

permit(false, [{ participantIdentity: far.grant.identity,
                 trackSids: [audio] }]);

for (const [name, client, sids] of [['near', near, [audio, video]],
                                    ['second', second, [audio, video]],
                                    ['far', far, [video]]]) {
    for (const sid of sids) {
        ok(await told(client, sid, false), `${name}: is told`);
        ok(await client.has(sid, false), '.. and has it no more');
    }
}

ok(await far.has(audio), 'far: keeps what it may have');

/* what is asked for is not had */

near.send({ case: 'subscription',
            value: { trackSids: [audio], subscribe: false } });
near.send({ case: 'subscription',
            value: { trackSids: [audio], subscribe: true } });

/* a track that comes is forbidden before anybody had it */

const screen = await anna.publish('screen', 'video');

const announced = (m) => m.case === 'update'
    && m.value.participants.some((p) => p.tracks.some((t) =>
        t.sid === screen));
const forbidden = (m) => m.case === 'subscriptionPermissionUpdate'
    && m.value.trackSid === screen && !m.value.allowed;

for (const [name, client] of Object.entries({ near, far })) {
    const kinds = await waitFor(() => client.messages.some(forbidden)
        && client.messages.filter((m) => announced(m) || forbidden(m))
            .map((m) => m.case), 5000);

    is(kinds, ['update', 'subscriptionPermissionUpdate'],
       `${name}: a new one is announced, then forbidden`);
    ok(!client.offered.includes(screen), '.. and not offered');
}

/* who comes later is told at once */

const late = await SdpClient.join(instance, id, { name: 'late' });

ok(await told(late, audio, false), 'late: is told');
ok(!late.offered.includes(audio), '.. and has nothing');

/* all tracks for one, by sid */

permit(false, [{ participantSid: near.sid, allTracks: true }]);

for (const sid of [audio, video, screen]) {
    ok(await told(near, sid, true), 'near: may have it again');
    ok(await near.has(sid), '.. and gets it');
}

ok(await told(far, audio, false), 'far: may not any more');
ok(await far.has(audio, false), '.. and does not get it');

/* everybody again */

permit(true);

for (const [name, client] of Object.entries({ far, late })) {
    ok(await told(client, audio, true) && await client.has(audio),
       `${name}: has it again`);
}

/* more than can be: nobody */

permit(false, [...Array(5000).keys()].map((i) => ({
    participantIdentity: `somebody ${i}`, allTracks: true,
})));
ok(await told(near, audio, false), 'too long a list is nobody');

for (const { client } of people) {
    client.end();
}

late.end();

is(await instance.stop(), [], 'no problems in the server');

done();
