/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How long the second one waits: from the click on "join" to the first picture
 * of the other, in Chromium, in ms; each time in a new room.
 *
 *   node t/bench/first_frame.mjs [TIMES]
 */

import { byId, join, openBrowser } from '../lib/browser.mjs';
import { startInstance } from '../lib/instance.mjs';


const times = Number(process.argv[2] ?? 10);
const devices = { permissions: ['camera', 'microphone'] };
const instance = await startInstance();
const first = await openBrowser();
const second = await openBrowser();
const found = [];


/* in the page: ms from the click until a video that is not one's own plays */

function measure(other) {
    const video = () => document.querySelector(
        `[data-testid="tile"][data-name="${other}"] video`);

    return new Promise((resolve) => {
        const start = performance.now();
        const look = () => {
            const element = video();

            if (element?.videoWidth > 0
                && element.getVideoPlaybackQuality().totalVideoFrames > 0)
            {
                resolve(performance.now() - start);
                return;
            }

            requestAnimationFrame(look);
        };

        document.querySelector('[data-testid="join"]').click();
        look();
    });
}


for (let i = 0; i < times; i += 1) {
    const { _id: id } = await instance.createRoom({ name: `Room ${i}` });
    const url = `${instance.url}/conferences/${id}`;

    const anna = await first.visit(url, devices);
    await join(anna, 'Anna');

    const ben = await second.visit(url, devices);
    await byId(ben, 'name').fill('Ben');
    await byId(ben, 'join').waitFor();

    found.push(Math.round(await ben.evaluate(measure, 'Anna')));

    await anna.context().close();
    await ben.context().close();
}

found.sort((a, b) => a - b);

console.log(JSON.stringify({ bench: 'first_frame', unit: 'ms',
                             median: found[Math.floor(times / 2)], found }));

const problems = [...await first.close(), ...await second.close(),
                  ...await instance.stop()];

problems.forEach((problem) => console.log(problem));
process.exit(problems.length ? 1 : 0);
