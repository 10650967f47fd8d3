/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings of the installation, what became of them, and the changes an
 * administrator makes to them.
 */


import { apiProblem } from './problems.js';


/**
 * @typedef {import('../api/application.js').AppInfo} AppInfo
 * @typedef {import('../api/application.js').Job} Job
 * @typedef {import('../api/application.js').Names} Names
 * @typedef {typeof import('../api/application.js')} Api
 */

export const FORMAT = 'conference';

export const NAMES = /** @type {(keyof Names)[]} */ ([
    'domain_name', 'streaming_domain_name', 'webrtc_domain_name',
    'turn_domain_name', 'cdn_domain_name',
]);

/* those that may all be the first one */

const OWN = NAMES.slice(0, 4);

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/* digits alone at the end would be an address */

const HOST = new RegExp('^(?=.{1,253}$)(?!(?:.*\\.)?\\d+$)'
                        + `(?:${LABEL}\\.)*${LABEL}$`);

/* the kinds of jobs, the one of most interest first */

const JOBS = ['letsencrypt', 'http', 'keep', 'dns'];

const LETS_ENCRYPT = /^https:\/\/acme(-staging)?-v02\.api\.letsencrypt\.org\//;


/**
 * @param {string} text
 * @returns {string} a name as DNS has it; people paste addresses
 */
export function cleanHost(text) {
    return text.trim().toLowerCase().replace(/^[a-z]+:\/\//, '')
        .replace(/[/:].*$/, '').replace(/\.$/, '');
}


/**
 * @param {string} name
 * @returns {boolean}
 */
export function isHost(name) {
    return HOST.test(name);
}


/**
 * @param {Partial<Names>} names
 * @returns {boolean} one name does for everything
 */
export function isOneName(names) {
    return OWN.every((key) => !names[key]
                              || names[key] === names.domain_name);
}


/**
 * @param {Record<string, string>} entered
 * @param {boolean} one a single name for everything
 * @returns {{names: Names, wrong: Partial<Record<keyof Names, string>>}} what
 *     to store, and the fields that cannot be
 */
export function readNames(entered, one) {
    const names = /** @type {Names} */ ({});

    /** @type {Partial<Record<keyof Names, string>>} */
    const wrong = {};

    for (const key of NAMES) {
        const first = one && key !== 'domain_name' && OWN.includes(key);

        names[key] = cleanHost(entered[first ? 'domain_name' : key] ?? '');

        if (names[key] ? !isHost(names[key])
                       : OWN.includes(key))
        {
            wrong[key] = names[key] ? 'names.wrong' : 'names.missing';
        }
    }

    return { names, wrong };
}


/**
 * @param {string} sentence of the API about an own certificate
 * @returns {'key'|'certificate'|''} the field it is about, if it is one
 */
export function certificateField(sentence) {
    const [, name] = /^(?:the )?(private[_ ]key|certificate)\b/i
        .exec(sentence) ?? [];

    return name ? /key/i.test(name) ? 'key' : 'certificate' : '';
}


export class Settings extends EventTarget {
    /**
     * @param {object} parts
     * @param {Omit<Api, 'getBranding'|'createTestToken'>} parts.api
     * @param {(name: string) => Promise<boolean>} parts.reach whether this
     *     browser gets to the web server of that name
     * @param {string} [parts.host] the name of the page
     */
    constructor({ api, reach, host = '' }) {
        super();
        this.api = api;
        this.reach = reach;
        this.host = host;

        /** @type {AppInfo|null} null: not asked yet */
        this.info = null;

        /** @type {import('../api/application.js').ApiKey[]} */
        this.keys = [];

        /** @type {import('./problems.js').Problem|null} */
        this.problem = null;

        /** @type {Map<string, 'checking'|'yes'|'no'>} by name */
        this.reached = new Map();
        this.asked = 0;
    }

    /** @returns {Promise<void>} */
    async load() {
        const turn = ++this.asked;

        try {
            const [info, keys] = await Promise.all([
                this.api.getAppInfo(), this.api.getApiKeys()]);

            if (turn !== this.asked) {
                return;
            }

            this.info = info;
            this.keys = keys;
            this.problem = null;

        } catch (error) {
            if (turn !== this.asked) {
                return;
            }

            this.problem = apiProblem(error);
        }

        this.#reachNew();
        this.#change();
    }

    /** LiveKit keys beside the installation's own. */
    get others() {
        return this.keys.filter(({ own }) => !own);
    }

    get agent() {
        return this.info?.agent.present ?? false;
    }

    /** The agent works at something, or will. */
    get working() {
        return Object.values(this.info?.agent.jobs ?? {}).some((job) =>
            job.state === 'queued' || job.state === 'running');
    }

    /**
     * @returns {(Job & {kind: string})[]} what the agent did last or does,
     *     in an order that stays
     */
    get jobs() {
        const jobs = this.info?.agent.jobs ?? {};

        return JOBS.filter((kind) => jobs[kind])
            .map((kind) => ({ ...jobs[kind], kind }));
    }

    /**
     * @returns {{names: string[],
     *     certificate: import('../api/application.js').Certificate}[]} that
     *     end soon or have ended
     */
    get expiring() {
        const found = new Map();

        for (const { name, certificate } of this.info?.domains ?? []) {
            const { state, issuer, not_after: end } = certificate;
            const key = `${end} ${issuer}`;

            if (state === 'expiring' || state === 'expired') {
                found.set(key, {
                    names: [...(found.get(key)?.names ?? []), name],
                    certificate,
                });
            }
        }

        return [...found.values()];
    }

    /** @returns {string} an ACME server that is not Let's Encrypt */
    get acmeServer() {
        const server = this.info?.acme_server ?? '';

        return LETS_ENCRYPT.test(server) ? '' : server;
    }

    /**
     * @returns {string} the name under which the pages are from now on, if it
     *     is another one than theirs
     */
    get moved() {
        const { agent, domain_name: name = '' } = this.info ?? {};

        return agent?.present && this.host && name !== this.host
               && agent.jobs.http?.state !== 'failed'
               && (this.problem || !this.working) ? name : '';
    }

    /**
     * @param {Names} names
     * @returns {Promise<import('../api/application.js').Queued>}
     */
    saveNames(names) {
        this.reached.clear();

        return this.#do(() => this.api.updateNames(names));
    }

    /** @returns {Promise<void>} */
    async check() {
        this.reached.clear();

        if (this.agent) {
            await this.#do(() => this.api.checkDomains());
        } else {
            await this.load();
        }
    }

    /** @param {{email: string, staging: boolean, server: string}} wish */
    requestCertificate(wish) {
        return this.#do(() => this.api.requestCertificate(wish));
    }

    /** @param {{certificate: string, key: string, name: string}} own */
    storeCertificate(own) {
        return this.#do(() => this.api.storeCertificate(own));
    }

    /** @param {import('../api/application.js').BrandSettings} settings */
    saveBrand(settings) {
        return this.#do(() => this.api.updateBrand(settings));
    }

    /** @param {string} [key] another one than the installation's own */
    rotateApiKey(key) {
        return this.#do(() => this.api.rotateApiKey(key));
    }

    /** @param {string} label */
    createApiKey(label) {
        return this.#do(() => this.api.createApiKey(label));
    }

    /** @param {string} key */
    removeApiKey(key) {
        return this.#do(() => this.api.removeApiKey(key));
    }

    /** @param {import('../api/application.js').Webhooks} webhooks */
    saveWebhooks(webhooks) {
        return this.#do(() => this.api.updateWebhooks(webhooks));
    }

    /** @param {boolean} keys */
    export(keys) {
        return this.api.exportDb(keys);
    }

    /** @param {object} document */
    import(document) {
        return this.#do(() => this.api.importDb(document));
    }

    /**
     * @template T
     * @param {() => Promise<T>} request
     * @returns {Promise<T>} when what became of it is known as well
     */
    async #do(request) {
        const answer = await request();

        await this.load();

        return answer;
    }

    #reachNew() {
        const names = (this.info?.domains ?? []).filter(({ roles }) =>
            roles.some((role) => role !== 'turn'));

        for (const { name } of names) {
            if (!this.reached.has(name)) {
                this.#reach(name);
            }
        }
    }

    /** @param {string} name */
    async #reach(name) {
        this.reached.set(name, 'checking');

        const answers = await this.reach(name);

        this.reached.set(name, answers ? 'yes' : 'no');
        this.#change();
    }

    #change() {
        this.dispatchEvent(new Event('change'));
    }
}


/**
 * @param {string} text of a file
 * @returns {{rooms: number, users: number, keys: boolean, name: string,
 *            document: object}|null} what is in an exported document; null
 *     when it is something else
 */
export function readExport(text) {
    try {
        const document = JSON.parse(text);

        if (document?.format !== FORMAT) {
            return null;
        }

        const count = (/** @type {any} */ list) =>
            Array.isArray(list) ? list.length : 0;

        return {
            rooms: count(document.rooms), users: count(document.users),
            keys: count(document.certificates) > 0,
            name: document.settings?.domain_name ?? '', document,
        };

    } catch {
        return null;
    }
}
