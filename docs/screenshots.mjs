/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * make screenshots: takes the pictures of README from the running product.
 * The people in them are drawn; everything else is real.
 */

import { dirname, join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';

import { byId, join, openBrowser, say, seesVideo, tile }
    from '../t/lib/browser.mjs';
import { startInstance, waitFor } from '../t/lib/instance.mjs';


const folder = dirname(fileURLToPath(import.meta.url));

const PEOPLE = [
    { name: 'Amara', skin: '#8d5b3e', shirt: '#2f5d62', wall: '#c9b79c' },
    { name: 'Jonas', skin: '#e8b998', shirt: '#3b4a6b', wall: '#8fa6b2',
      speaks: true },
    { name: 'Mei', skin: '#f0c9a4', shirt: '#8a3b52', wall: '#b7c4a1' },
    { name: 'Rafael', skin: '#c68e63', shirt: '#4f6d3a', wall: '#a89bb8',
      off: true },
    { name: 'Sofia', skin: '#dba57f', shirt: '#c0793b', wall: '#9db5c4' },
];

const ROOMS = ['Board meeting', 'Physics 101', 'Customer support',
               'Town hall', 'Design review'];


/* in the page: a camera that shows a drawn person */

function drawnDevices({ skin, shirt, wall, speaks }) {
    function picture() {
        const canvas = document.createElement('canvas');
        const pen = canvas.getContext('2d');

        canvas.width = 640;
        canvas.height = 400;

        const ellipse = (x, y, rx, ry, colour) => {
            pen.fillStyle = colour;
            pen.beginPath();
            pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
            pen.fill();
        };

        setInterval(() => {
            const sway = 6 * Math.sin(performance.now() / 700);
            const light = pen.createLinearGradient(0, 0, 640, 400);

            light.addColorStop(0, wall);
            light.addColorStop(1, '#4a4f57');
            pen.fillStyle = light;
            pen.fillRect(0, 0, 640, 400);
            ellipse(320 + sway, 430, 200, 150, shirt);
            ellipse(320 + sway, 290, 42, 60, skin);
            ellipse(320 + sway, 158, 96, 108, '#2b211c');
            ellipse(320 + sway, 190, 78, 96, skin);
            ellipse(292 + sway, 182, 7, 8, '#2b211c');
            ellipse(348 + sway, 182, 7, 8, '#2b211c');
            ellipse(320 + sway, 236, 22, 7, '#9c4a43');
        }, 200);

        return canvas.captureStream(5).getVideoTracks()[0];
    }

    function voice() {
        const context = new AudioContext();
        const tone = context.createOscillator();
        const volume = context.createGain();
        const out = context.createMediaStreamDestination();

        volume.gain.value = speaks ? 0.6 : 0;
        tone.connect(volume).connect(out);
        tone.start();

        return out.stream.getAudioTracks()[0];
    }

    navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
        new MediaStream([audio && voice(), video && picture()]
                        .filter(Boolean));
}


async function enter(browser, url, person, options) {
    const page = await browser.visit('about:blank', options);

    await page.addInitScript(drawnDevices, person);
    await page.goto(person.off ? `${url}?camera=off` : url);
    await byId(page, 'name').waitFor();
    await join(page, person.name);

    return page;
}


async function shoot(page, name) {
    await page.screenshot({ path: joinPath(folder, `${name}.png`) });
    console.log(`docs/${name}.png`);
}


const instance = await startInstance();
const browser = await openBrowser();

for (const name of ROOMS) {
    await instance.createRoom({ name, active: name !== 'Town hall' });
}

const room = await instance.createRoom({ name: 'Weekly meeting' });
const url = `${instance.url}/conferences/${room._id}`;
const [first, ...others] = PEOPLE;

const main = await enter(browser, url, first, {
    viewport: { width: 1280, height: 800 } });
const pages = [];

for (const person of others) {
    pages.push(await enter(browser, url, person));
}

for (const person of others.filter((p) => !p.off)) {
    await seesVideo(main, person.name);
}

await say(pages[1], 'Good morning! The figures are at '
          + 'https://example.org/figures');
await say(pages[0], 'Thank you, I can see them.');
await byId(main, 'chat-open').click();
await byId(pages[2], 'raise-hand').click();
await say(main, 'Then let us start with the first point.');
await waitFor(() => main.locator('.tile-hand').count());
await waitFor(() => main.locator('.tile-ring[data-speaking]').count());
await waitFor(async () => await main.locator('.notice').count() === 0);
await shoot(main, 'meeting');

await byId(main, 'chat-open').click();
await main.setViewportSize({ width: 390, height: 844 });
await waitFor(async () => (await tile(main, others[0].name).boundingBox())
                          .width < 300);
await shoot(main, 'phone');

const lobby = await browser.visit('about:blank', {
    viewport: { width: 1280, height: 800 } });

await lobby.addInitScript(drawnDevices, PEOPLE[4]);
await lobby.goto(url);
await byId(lobby, 'name').fill('Sofia');
await waitFor(() => lobby.locator('rtc-preview video').evaluate(
    (video) => video.videoWidth > 0));
await shoot(lobby, 'lobby');

const dashboard = await browser.visit(instance.url, {
    viewport: { width: 1280, height: 800 }, colorScheme: 'light' });

await byId(dashboard, 'email').fill(instance.admin.email);
await byId(dashboard, 'password').fill(instance.admin.password);
await byId(dashboard, 'sign-in').click();
await byId(dashboard, 'room').first().waitFor();
await dashboard.locator('h1').click();
await shoot(dashboard, 'dashboard');

await browser.close();

for (const problem of await instance.stop()) {
    console.error(problem);
    process.exitCode = 1;
}
