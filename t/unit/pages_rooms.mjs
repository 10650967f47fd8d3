#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The list of rooms of the dashboard, with a stand-in for the API.
 */

import { PAGE, Rooms } from '../../html/js/session/rooms.js';
import { done, is, ok } from '../lib/tap.mjs';


function apiError(status, message = '') {
    return Object.assign(new Error(message), { name: 'ApiError', status });
}

function setUp(count) {
    const api = {
        all: Array.from({ length: count }, (_, i) => ({ _id: `r${i}`,
                                                        name: `Room ${i}` })),
        error: null,
        found(search) {
            return this.all.filter((room) => room.name.includes(search));
        },
        async listRooms({ skip, limit, search }) {
            if (this.error) {
                throw this.error;
            }

            return this.found(search).slice(skip, skip + limit);
        },
        async countRooms(search) {
            if (this.error) {
                throw this.error;
            }

            return this.found(search).length;
        },
        async createRoom(room) {
            if (this.error) {
                throw this.error;
            }

            this.all.unshift({ _id: 'new', ...room });

            return this.all[0];
        },
        async updateRoom(id, changes) {
            return Object.assign(this.all.find((r) => r._id === id), changes);
        },
        async removeRoom(id) {
            this.all = this.all.filter((room) => room._id !== id);
        },
    };

    return { api, rooms: new Rooms(api) };
}


{
    const { api, rooms } = setUp(45);

    is(rooms.list, null, 'nothing is known');
    await rooms.load();
    is([rooms.list.length, rooms.count], [PAGE, 45], 'the first page');

    await rooms.turn(2);
    is(rooms.list.map((room) => room._id)[0], 'r40', 'the last page');
    await rooms.turn(1);
    is(rooms.skip, 40, 'there is no page after it');
    await rooms.turn(-5);
    is(rooms.skip, 0, 'and none before the first');

    await rooms.turn(2);
    api.all.length = 40;
    await rooms.load();
    is([rooms.skip, rooms.list.length], [20, 20],
       'a page that became empty makes place for the one before');

    await rooms.find(' Room 3 ');
    is([rooms.search, rooms.count, rooms.skip], ['Room 3', 11, 0], 'found');

    await rooms.create({ name: 'Fresh' });
    is([rooms.search, rooms.list[0].name], ['', 'Fresh'],
       'a new room is seen');
    await rooms.update('new', { active: false });
    is(rooms.list[0].active, false, 'and changes');
    await rooms.remove('new');
    is(rooms.list[0]._id, 'r0', 'and goes');
}

{
    const { api, rooms } = setUp(3);

    await rooms.load();
    api.error = apiError(503, 'No database.');
    await rooms.load();
    is([rooms.problem.detail, rooms.list.length], ['No database.', 3],
       'a failure keeps what is shown');

    api.error = apiError(400, 'The name is too long.');

    const failed = await rooms.create({ name: 'x' }).catch((e) => e.message);

    is(failed, 'The name is too long.', 'a refused room is told');

    api.error = apiError(0);
    await rooms.load();
    is(rooms.problem.key, 'api.away', 'no answer');
}

{
    const { api, rooms } = setUp(3);
    const answers = [];

    api.countRooms = (search) => new Promise((done) => {
        answers.push(() => done(api.found(search).length));
    });

    const first = rooms.find('Room 1');
    const second = rooms.find('Room');

    answers[1]();
    await second;
    answers[0]();
    await first;
    is([rooms.search, rooms.count], ['Room', 3],
       'a late answer to an old question is not shown');
    ok(!rooms.busy, 'and nothing is under way');
}

done();
