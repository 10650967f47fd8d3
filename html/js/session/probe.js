/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One way from this browser to the meetings, tried with a connection that can
 * take no other one.
 */


/**
 * @typedef {object} Found
 * @property {boolean} offered the server has told of this way
 * @property {string[]} targets what it needs to get to, host and port each
 * @property {string} address
 * @property {string} protocol
 * @property {number|null} ms until the connection stood
 * @property {number|null} roundTrip milliseconds
 * @property {string[]} errors of ICE, as the browser words them
 */

/**
 * @typedef {object} Way
 * @property {RTCConfiguration} rtcConfig
 * @property {(candidate: string) => boolean} keep whether a candidate of the
 *     server may be used
 */

/* livekit-client gives up after the first, we after the second */

const PATIENCE = 10000;
const DEADLINE = 13000;

const ERRORS = 4;
const TARGETS = 4;

/* a selected pair may be a moment late in the statistics */

const LOOKS = 20;
const LOOK_AGAIN = 50;


/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
function pause(ms) {
    return new Promise((done) => { setTimeout(done, ms); });
}


/**
 * @returns {Found}
 */
export function nothingFound() {
    return { offered: true, targets: [], address: '', protocol: '', ms: null,
             roundTrip: null, errors: [] };
}


/**
 * @param {string} candidate a line of SDP or an RTCIceCandidate's text
 * @returns {string} udp or tcp
 */
export function candidateProtocol(candidate) {
    return (candidate.split(' ')[2] ?? '').toLowerCase();
}


/**
 * @param {string} sdp
 * @param {(candidate: string) => boolean} keep
 * @returns {{sdp: string, kept: string[], all: number}} kept: the addresses
 *     of those that are left
 */
export function filterCandidates(sdp, keep) {
    /** @type {string[]} */
    const kept = [];
    let all = 0;

    const lines = sdp.split(/\r?\n/).filter((line) => {
        if (!line.startsWith('a=candidate:')) {
            return true;
        }

        all++;

        if (!keep(line)) {
            return false;
        }

        const [, , , , address, port] = line.split(' ');

        kept.push(hostPort({ address, port }));

        return true;
    });

    return { sdp: lines.join('\r\n'), kept, all };
}


/** @param {{address?: string, ip?: string, port?: any}} candidate */
function hostPort({ address, ip, port }) {
    const host = address ?? ip ?? '';

    return host && `${host.includes(':') ? `[${host}]` : host}:${port}`;
}


/**
 * @param {string} url of a TURN server
 * @returns {string} its host and port
 */
export function serverOf(url) {
    return url.replace(/^turns?:/i, '').replace(/\?.*$/, '');
}


/**
 * @param {RTCPeerConnection} connection
 * @returns {Promise<Partial<Found>|null>} the pair in use
 */
async function usedPair(connection) {
    const stats = /** @type {any[]} */ (
        [...(await connection.getStats()).values()]);
    const transport = stats.find((s) => s.type === 'transport');
    const pair = stats.find((s) => s.type === 'candidate-pair'
        && (s.selected || s.id === transport?.selectedCandidatePairId));
    const local = stats.find((s) => s.id === pair?.localCandidateId);
    const remote = stats.find((s) => s.id === pair?.remoteCandidateId);

    if (!local || !remote) {
        return null;
    }

    const relayed = local.candidateType === 'relay';
    const time = pair.currentRoundTripTime;

    return {
        address: relayed && local.url ? serverOf(local.url)
                                      : hostPort(relayed ? local : remote),
        protocol: relayed ? `relay/${local.relayProtocol ?? 'udp'}`
                          : remote.protocol,
        roundTrip: time > 0 ? Math.round(time * 1000) : null,
    };
}


/**
 * While it is in place, connections of this page know only one way.
 *
 * @param {any} scope whose RTCPeerConnection is replaced
 * @param {Way} way
 * @param {Found} found
 * @param {(error: Error) => void} hopeless when it is clear that none of
 *     these connections will stand
 */
function restrict(scope, { keep, rtcConfig }, found, hopeless) {
    const Real = scope.RTCPeerConnection;

    /** @type {RTCPeerConnection[]} */
    const connections = [];

    class Restricted extends Real {
        /** @param {any[]} values */
        constructor(...values) {
            super(...values);
            connections.push(/** @type {any} */ (this));
            this.gathered = 0;

            this.addEventListener('icecandidate', (/** @type {any} */ e) => {
                this.gathered += e.candidate?.candidate ? 1 : 0;
            });
            this.addEventListener('icecandidateerror',
                                  (/** @type {any} */ e) => {
                if (found.errors.length < ERRORS) {
                    found.errors.push([e.errorCode, e.errorText, e.url]
                                      .filter(Boolean).join(' '));
                }
            });
            this.addEventListener('icegatheringstatechange', () => {
                if (rtcConfig.iceTransportPolicy === 'relay'
                    && this.iceGatheringState === 'complete'
                    && this.gathered === 0)
                {
                    hopeless(new Error('no answer from the relay'));
                }
            });
        }

        /** @param {any} description */
        setRemoteDescription(description) {
            const { sdp, kept, all } = filterCandidates(description.sdp,
                                                        keep);

            if (rtcConfig.iceTransportPolicy !== 'relay') {
                found.targets = [...new Set([...found.targets, ...kept])]
                    .slice(0, TARGETS);
            }

            if (all > 0 && kept.length === 0) {
                found.offered = false;
                hopeless(new Error('not offered'));
            }

            return super.setRemoteDescription({ type: description.type,
                                                sdp });
        }

        /** @param {any} candidate */
        async addIceCandidate(candidate) {
            if (!candidate?.candidate || keep(candidate.candidate)) {
                await super.addIceCandidate(candidate);
            }
        }
    }

    scope.RTCPeerConnection = Restricted;

    return {
        connections,
        end() { scope.RTCPeerConnection = Real; },
    };
}


/**
 * @param {any} livekit the transport library
 * @param {any} scope with RTCPeerConnection, as window
 * @param {Way} way
 * @param {Found} found what the check writes its findings to
 * @returns {any} a class for ConnectionCheck.createAndRunCheck()
 */
export function wayChecker(livekit, scope, way, found) {
    return class extends livekit.Checker {
        get description() {
            return 'One way of media';
        }

        async perform() {
            /** @type {(error: Error) => void} */
            let hopeless = () => {};

            const failure = new Promise((_, reject) => {
                hopeless = reject;
            });
            const timer = setTimeout(() => hopeless(new Error('no answer')),
                                     DEADLINE);
            const restriction = restrict(scope, way, found, hopeless);
            let start = performance.now();

            this.connectOptions = {
                rtcConfig: way.rtcConfig, peerConnectionTimeout: PATIENCE,
                maxRetries: 0,
            };
            this.room.once('signalConnected', () => {
                start = performance.now();
            });

            const connected = this.connect();

            /* whichever loses the race has nobody else who listens */

            connected.catch(() => {});
            failure.catch(() => {});

            try {
                await Promise.race([connected, failure]);
                found.ms = Math.round(performance.now() - start);
                await this.look(restriction.connections);

            } finally {
                clearTimeout(timer);
                restriction.end();
            }
        }

        /** @param {RTCPeerConnection[]} connections */
        async look(connections) {
            for (let i = 0; i < LOOKS; i++) {
                for (const connection of connections) {
                    const pair = await usedPair(connection);

                    if (pair) {
                        Object.assign(found, pair);
                        return;
                    }
                }

                await pause(LOOK_AGAIN);
            }
        }
    };
}
