#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A replica is asked for, and there is none: neither the API nor LiveKit's
 * acknowledges a change, and calls go on.
 */

import { startInstance } from '../lib/instance.mjs';
import { failure, roomService } from '../lib/roomservice.mjs';
import { SignalClient } from '../lib/signalclient.mjs';
import { done, is, ok } from '../lib/tap.mjs';
import { ownToken } from '../lib/token.mjs';


const instance = await startInstance({ AUTO_CREATE: 1 },
    { 'http-replicas': 'conf_api_replicas 1;\nrtc_sfu_replicas 1;\n' });
const service = roomService(instance);
const unsafe = ['unavailable', 503];

is(await instance.createRoom({ name: 'daily' })
    .catch(({ message }) => /: (\d+) .*not safe/.exec(message)?.[1]), '503',
   'a room by the API');
is(await failure(service.createRoom({ name: 'daily' })), unsafe,
   "a room by LiveKit's");

/* made by a token, which does not wait */

const anna = await SignalClient.connect(ownToken(instance, 'standup', 'anna'));

ok(anna.joined, 'somebody joins');
is(await failure(service.updateRoomMetadata('standup', 'x')), unsafe,
   '.. whose room is not changed');
is((await service.listParticipants('standup')).map((p) => p.identity),
   ['anna'], '.. but told about');
is(await failure(service.removeParticipant('standup', 'anna')), unsafe,
   'nobody is removed for sure');
is(await failure(service.deleteRoom('standup')), unsafe, '.. and no room');

is(await instance.stop(), [], 'nothing is wrong in the log');
done();
