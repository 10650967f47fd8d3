/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Browsers for tests: Debian's Chromium and Firefox ESR, driven by
 * playwright-core, with devices that need no hardware.
 *
 *   const browser = await openBrowser('chromium');
 *   const page = await browser.visit(`${instance.url}/conferences/${id}`);
 *
 *   await join(page, 'Ana');
 *   ok(await seesVideo(page, 'Ben'), 'Ana sees Ben');
 *   for (const problem of await browser.close()) { fail(problem); }
 *
 * What must not be in any page is collected while it is open: uncaught errors
 * and rejections, errors in the console, reports of the content security
 * policy.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';

import { chromium, firefox } from 'playwright-core';

import { waitFor } from './instance.mjs';


/* a slow picture: tests have to share two cores */

const CHROMIUM = [
    '--disable-gpu', '--disable-quic', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-first-run',
    '--use-fake-device-for-media-stream=fps=5',
    '--auto-select-desktop-capture-source=Entire screen',
    '--autoplay-policy=no-user-gesture-required',
];

const FIREFOX = {
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
};


/* LiveKit's SDK may ping while it closes */

const harmless = /^WebSocket is already in CLOSING or CLOSED state/;


/* in the page: what the tests look at, and reports of the policy */

function spy() {
    const RealConnection = window.RTCPeerConnection;
    const RealSocket = window.WebSocket;

    window.spied = [];
    window.sockets = [];
    window.RTCPeerConnection = class extends RealConnection {
        constructor(...values) {
            super(...values);
            window.spied.push(this);
        }
    };

    window.WebSocket = class extends RealSocket {
        constructor(...values) {
            super(...values);
            window.sockets.push(this);
        }
    };

    document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.violatedDirective} `
                      + `${event.blockedURI} ${event.sample}`);
    });
}


class Browser {
    constructor(browser, kind, folder) {
        this.browser = browser;
        this.kind = kind;
        this.folder = folder;
        this.problems = [];
    }

    /*
     * A page of a person of its own.  expect: a pattern of problems that
     * belong to the test.
     */

    async visit(url, { expect, ...options } = {}) {
        const context = await this.browser.newContext({
            viewport: { width: 1000, height: 700 },
            ...(this.kind === 'firefox' && {
                colorScheme: null, reducedMotion: null, forcedColors: null,
                contrast: null,
            }),
            ...options,
        });
        const page = await context.newPage();
        const problem = (text) => {
            if (!harmless.test(text) && !expect?.test(text)) {
                this.problems.push(`${page.url()}: ${text}`);
            }
        };

        await page.addInitScript(spy);
        page.on('pageerror', (error) => problem(`uncaught ${error.stack}`));
        page.on('console', (message) => {
            if (message.type() === 'error') {
                problem(message.text());
            }
        });
        await page.goto(url);

        return page;
    }

    /* answers the problems of all pages, one string each */

    async close() {
        await this.browser.close();
        rmSync(this.folder, { recursive: true, force: true });

        return this.problems;
    }
}


export async function openBrowser(kind = 'chromium',
    { args = [], allow = true, executablePath = '/usr/bin/chromium' } = {})
{
    /* what the browser writes goes where it can be removed */

    const folder = mkdtempSync(joinPath(tmpdir(), 'conference-browser-'));
    const env = { ...process.env, HOME: folder, XDG_CACHE_HOME: folder,
                  XDG_CONFIG_HOME: folder };

    const browser = kind === 'firefox'
        ? await firefox.launch({
            channel: 'moz-firefox', executablePath: '/usr/bin/firefox-esr',
            firefoxUserPrefs: FIREFOX, env,
        })
        : await chromium.launch({
            executablePath, chromiumSandbox: false, env,
            args: [...CHROMIUM, ...args,
                   ...(allow ? ['--use-fake-ui-for-media-stream'] : [])],
        });

    return new Browser(browser, kind, folder);
}


export function byId(page, id) {
    return page.locator(`[data-testid="${id}"]`);
}


export function tile(page, name) {
    return page.locator(`[data-testid="tile"][data-name="${name}"]`);
}


/* through the lobby to one's own tile */

export async function join(page, name) {
    await byId(page, 'name').fill(name);
    await byId(page, 'join').click();
    await tile(page, name).waitFor({ state: 'attached' });
}


/* a condition in the page that becomes true */

export function comes(page, condition, value, ms = 30000) {
    return waitFor(() => page.evaluate(condition, value), ms);
}


/* the picture of somebody moves: a few frames come in time */

export async function seesVideo(page, name, ms = 30000) {
    const video = tile(page, name).locator('video');

    await video.waitFor({ state: 'attached' });

    return video.evaluate((element, patience) => new Promise((done) => {
        let frames = 0;

        const next = () => {
            frames += 1;

            if (frames === 3) {
                done(element.videoWidth > 0);
            } else {
                element.requestVideoFrameCallback(next);
            }
        };

        element.requestVideoFrameCallback(next);
        setTimeout(() => done(false), patience);
    }), ms);
}


/* sound comes in, and it is not silence */

export function hears(page) {
    return comes(page, async () => {
        for (const connection of window.spied) {
            const stats = await connection.getStats();

            for (const entry of stats.values()) {
                if (entry.type === 'inbound-rtp' && entry.kind === 'audio'
                    && entry.totalAudioEnergy > 0)
                {
                    return true;
                }
            }
        }

        return false;
    });
}


export async function say(page, text) {
    if (await byId(page, 'chat-input').count() === 0) {
        await byId(page, 'chat-open').click();
    }

    await byId(page, 'chat-input').fill(text);
    await byId(page, 'chat-send').click();
}


export async function reads(page, text) {
    if (await byId(page, 'chat-input').count() === 0) {
        await byId(page, 'chat-open').click();
    }

    const message = byId(page, 'chat-message').getByText(text);

    return Boolean(await waitFor(() => message.count(), 10000));
}


/* the text of the one status message */

export async function status(page) {
    const line = byId(page, 'status');

    await line.waitFor({ timeout: 15000 });

    return (await line.innerText()).trim();
}
