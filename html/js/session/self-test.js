/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The test of the connection: all ways to the meetings, one after the other,
 * and what they mean for who sits here.
 */


import { candidateProtocol, nothingFound, serverOf, wayChecker }
    from './probe.js';
import { joinProblem } from './problems.js';


/**
 * @typedef {import('./probe.js').Found} Found
 * @typedef {import('./probe.js').Way} Way
 * @typedef {'websocket'|'udp'|'tcp'|'turn-udp'|'turn-tcp'|'turn-tls'} Name
 * @typedef {'idle'|'running'|'works'|'fails'|'absent'|'skipped'} State
 * @typedef {Found & {name: Name, state: State, detail: string}} Leg
 * @typedef {Awaited<ReturnType<
 *     typeof import('../api/application.js').createTestToken>>} Ticket
 */

/** @type {Name[]} */
export const LEGS = ['websocket', 'udp', 'tcp', 'turn-udp', 'turn-tcp',
                     'turn-tls'];

/* of those that work the first one is what a meeting will use */

/** @type {Name[]} */
const BEST = ['udp', 'turn-udp', 'tcp', 'turn-tcp', 'turn-tls'];

/* with these, lost packets hold up the ones behind them */

const SLOW = ['tcp', 'turn-tcp', 'turn-tls'];


/**
 * @param {string} url of a TURN server
 * @returns {Name|null}
 */
export function turnLeg(url) {
    const match = /^(turns?):[^?]+(?:\?transport=(udp|tcp))?$/i.exec(url);

    if (!match) {
        return null;
    }

    if (match[1].toLowerCase() === 'turns') {
        return match[2]?.toLowerCase() === 'udp' ? null : 'turn-tls';
    }

    return match[2]?.toLowerCase() === 'tcp' ? 'turn-tcp' : 'turn-udp';
}


/**
 * @param {Name} name
 * @param {RTCIceServer[]} servers
 * @returns {Way|null} null: the server has no such way
 */
export function wayOf(name, servers) {
    if (name === 'udp' || name === 'tcp') {
        return {
            rtcConfig: { iceServers: [] },
            keep: (candidate) => candidateProtocol(candidate) === name,
        };
    }

    const iceServers = servers.map((server) => ({
        ...server,
        urls: [server.urls].flat().filter((url) => turnLeg(url) === name),
    })).filter(({ urls }) => urls.length > 0);

    return iceServers.length === 0 ? null : {
        rtcConfig: { iceServers, iceTransportPolicy: 'relay' },
        keep: () => true,
    };
}


export class SelfTest extends EventTarget {
    /**
     * @param {object} parts
     * @param {any} parts.livekit the transport library
     * @param {() => Promise<Ticket>} parts.createTestToken
     * @param {any} parts.scope with RTCPeerConnection, as window
     */
    constructor({ livekit, createTestToken, scope }) {
        super();
        this.livekit = livekit;
        this.createTestToken = createTestToken;
        this.scope = scope;
        this.running = false;

        /** Unix time of the last one that has ended, in milliseconds. */
        this.ended = 0;

        /** @type {import('./problems.js').Problem|null} */
        this.problem = null;

        /** @type {Leg[]} */
        this.legs = [];
        this.#reset();
    }

    /** @returns {Promise<void>} */
    async run() {
        if (this.running) {
            return;
        }

        this.running = true;
        this.ended = 0;
        this.problem = null;
        this.#reset();
        this.#change();

        try {
            await this.#runAll(await this.createTestToken());

        } catch (error) {
            this.problem = joinProblem(error);
            this.#skip();
        }

        this.running = false;
        this.ended = Date.now();
        this.#change();
    }

    /** The way that media will take; null when there is none. */
    get best() {
        return BEST.find((name) => this.legs.some((leg) =>
            leg.name === name && leg.state === 'works')) ?? null;
    }

    /**
     * @returns {'good'|'slow'|'blocked'|'signal'|'away'|null} null as long as
     *     the test has not ended
     */
    get verdict() {
        if (!this.ended) {
            return null;
        }

        if (this.problem) {
            return 'away';
        }

        if (this.legs[0].state !== 'works') {
            return 'signal';
        }

        if (!this.best) {
            return 'blocked';
        }

        return SLOW.includes(this.best) ? 'slow' : 'good';
    }

    /**
     * For whoever helps, in English.
     *
     * @param {string} page its address
     * @param {string} browser its own description
     * @returns {string}
     */
    report(page, browser) {
        const lines = this.legs.map((leg) => {
            const facts = [
                leg.protocol, leg.address,
                leg.ms !== null && `${leg.ms} ms`,
                leg.roundTrip !== null && `round trip ${leg.roundTrip} ms`,
                leg.state === 'fails' && leg.detail,
                leg.state === 'fails' && leg.targets.length > 0
                    && `needs ${leg.targets.join(' ')}`,
                ...(leg.state === 'fails' ? leg.errors : []),
            ].filter(Boolean).join(', ');

            return `${leg.name.padEnd(10)}${leg.state}`
                   + (facts ? `: ${facts}` : '');
        });

        return [
            `Connection test of ${page}`,
            new Date(this.ended).toISOString(),
            browser,
            '',
            ...lines,
            '',
            `Result: ${this.verdict}, best way: ${this.best ?? 'none'}`
            + (this.problem?.detail ? ` (${this.problem.detail})` : ''),
        ].join('\n');
    }

    /** @param {Ticket} ticket */
    async #runAll(ticket) {
        const check = new this.livekit.ConnectionCheck(ticket.url,
                                                       ticket.token);

        for (const leg of this.legs) {
            leg.state = 'running';
            this.#change();

            if (leg.name === 'websocket') {
                await this.#signal(check, leg);
            } else {
                await this.#media(check, leg,
                                  wayOf(leg.name, ticket.iceServers ?? []));
            }

            this.#change();

            if (this.legs[0].state !== 'works') {
                this.#skip();
                return;
            }
        }
    }

    /**
     * @param {any} check
     * @param {Leg} leg
     */
    async #signal(check, leg) {
        const start = performance.now();

        check.on('checkUpdate', (/** @type {any} */ _, /** @type {any} */
                                 { logs }) => {
            if (leg.ms === null
                && logs.some((/** @type {any} */ log) =>
                    log.level === 'info'))
            {
                leg.ms = Math.round(performance.now() - start);
            }
        });

        this.#conclude(leg, await check.checkWebsocket());
        check.removeAllListeners('checkUpdate');
    }

    /**
     * @param {any} check
     * @param {Leg} leg
     * @param {Way|null} way
     */
    async #media(check, leg, way) {
        if (!way) {
            leg.state = 'absent';
            return;
        }

        leg.targets = (way.rtcConfig.iceServers ?? []).flatMap(({ urls }) =>
            [urls].flat().map(serverOf));

        const info = await check.createAndRunCheck(
            wayChecker(this.livekit, this.scope, way, leg));

        if (leg.offered) {
            this.#conclude(leg, info);
        } else {
            leg.state = 'absent';
        }
    }

    /**
     * @param {Leg} leg
     * @param {any} info of livekit-client's Checker
     */
    #conclude(leg, info) {
        const good = info.status === this.livekit.CheckStatus.SUCCESS;

        leg.state = good ? 'works' : 'fails';
        leg.detail = info.logs.find((/** @type {any} */ log) =>
            log.level === 'error')?.message ?? '';
    }

    #reset() {
        this.legs = LEGS.map((name) => ({ ...nothingFound(), name,
                                          state: 'idle', detail: '' }));
    }

    #skip() {
        for (const leg of this.legs) {
            if (leg.state === 'idle') {
                leg.state = 'skipped';
            }
        }
    }

    #change() {
        this.dispatchEvent(new Event('change'));
    }
}
