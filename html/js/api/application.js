/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What an administrator sets for the whole installation, and what everybody
 * may ask about it.
 */


import { call } from './client.js';


/**
 * @typedef {object} Certificate
 * @property {'ok'|'expiring'|'expired'|'missing'} state
 * @property {string} [type]
 * @property {string} [issuer]
 * @property {string[]} [names]
 * @property {number} [not_after] Unix time
 * @property {number} [days] until then
 */

/**
 * @typedef {object} Domain
 * @property {string} name
 * @property {string[]} roles of domain, streaming, webrtc, turn
 * @property {{state: 'ok'|'wrong'|'none'|'unknown',
 *             addresses?: string[]}} dns
 * @property {Certificate} certificate
 */

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {'queued'|'running'|'done'|'failed'} state
 * @property {string} [message]
 * @property {number} [time] Unix time
 */

/**
 * @typedef {object} BrandSettings
 * @property {string} [brand_name]
 * @property {string} [logo] a data: URL
 * @property {string} [accent_color] #rrggbb
 * @property {string[]} [embedding_origins]
 */

/**
 * @typedef {object} Names
 * @property {string} domain_name
 * @property {string} streaming_domain_name
 * @property {string} webrtc_domain_name
 * @property {string} turn_domain_name
 * @property {string} cdn_domain_name
 */

/**
 * @typedef {object} ApiKey a LiveKit key
 * @property {string} api_key
 * @property {string} label
 * @property {number} created Unix time, or 0
 * @property {boolean} own the installation's
 */

/**
 * @typedef {object} Pair
 * @property {string} api_key
 * @property {string} api_secret
 */

/**
 * @typedef {object} Webhooks
 * @property {string[]} urls
 * @property {string} api_key that signs; empty: the installation's own
 */

/**
 * @typedef {Names & {
 *     version: string, ssl_type: string, ssl_email: string,
 *     acme_server: string, custom_settings: BrandSettings,
 *     api_key: string, api_secret: string, webhooks: Webhooks,
 *     agent: {present: boolean, host?: string, jobs?: Record<string, Job>},
 *     domains: Domain[]}} AppInfo
 */

/**
 * @typedef {object} Queued
 * @property {string|null} job null: nobody is there to do it
 * @property {string} [message]
 */


/**
 * @returns {Promise<AppInfo>}
 */
export function getAppInfo() {
    return call('POST', '/api/application/getAppInfo', {});
}


/**
 * @param {Partial<Names>} names
 * @returns {Promise<Queued>}
 */
export function updateNames(names) {
    return call('POST', '/api/application/updateHTTPConfig', names);
}


/**
 * @returns {Promise<Queued>}
 */
export function checkDomains() {
    return call('POST', '/api/application/checkDomains', {});
}


/**
 * @param {{email: string, staging: boolean, server: string}} wish server: the
 *     address of an ACME server that is not Let's Encrypt, or empty
 * @returns {Promise<Queued>}
 */
export function requestCertificate({ email, staging, server }) {
    return call('POST', '/api/application/updateSSLCertificate', {
        ssl_type: 'SSL_TYPE_LETSENCRYPT', ...(email && { email }),
        ...(server ? { acme_server: server } : { staging }),
    });
}


/**
 * @param {{certificate: string, key: string, name: string}} own PEM texts; the
 *     name that it is for, or empty for all of them
 * @returns {Promise<{names: string[], not_after: number}>}
 */
export function storeCertificate({ certificate, key, name }) {
    return call('POST', '/api/application/updateSSLCertificate', {
        ssl_type: 'SSL_TYPE_CUSTOM', certificate, private_key: key,
        ...(name && { ssl_domain_name: name }),
    });
}


/**
 * @param {BrandSettings} settings the ones to change
 * @returns {Promise<{custom_settings: BrandSettings}>}
 */
export function updateBrand(settings) {
    return call('POST', '/api/application/updateCustomSettings',
                { custom_settings: settings });
}


/**
 * @returns {Promise<ApiKey[]>} the installation's own first
 */
export function getApiKeys() {
    return call('POST', '/api/application/getApiKeys', {});
}


/**
 * @param {string} label
 * @returns {Promise<Pair>}
 */
export function createApiKey(label) {
    return call('POST', '/api/application/createApiKey', { label });
}


/**
 * @param {string} [key] that has a new secret then; without it, there is
 *     another pair of the installation
 * @returns {Promise<Pair>}
 */
export function rotateApiKey(key) {
    return call('POST', '/api/application/rotateApiKey',
                key ? { api_key: key } : {});
}


/**
 * @param {string} key
 * @returns {Promise<object>}
 */
export function removeApiKey(key) {
    return call('DELETE', '/api/application/removeApiKey', { api_key: key });
}


/**
 * @param {Webhooks} webhooks
 * @returns {Promise<{webhooks: Webhooks}>}
 */
export function updateWebhooks(webhooks) {
    return call('POST', '/api/application/updateWebhooks', webhooks);
}


/**
 * @param {boolean} keys with private keys
 * @returns {Promise<object>} the document
 */
export function exportDb(keys) {
    return call('POST', '/api/application/exportDb', { include_keys: keys });
}


/**
 * @param {object} document
 * @returns {Promise<{rooms: number, users: number}>}
 */
export function importDb(document) {
    return call('POST', '/api/application/importDb', document);
}


/**
 * @param {boolean} [anew] not from the browser's cache, but into it
 * @returns {Promise<{brand_name: string, logo: string,
 *                    accent_color: string}>}
 */
export function getBranding(anew = false) {
    return call('GET', '/api/application/getBranding', undefined,
                anew ? 'reload' : 'default');
}


/**
 * @returns {Promise<{token: string, url: string,
 *                    iceServers: RTCIceServer[]}>} the way into a room that
 *     is there for tests of the connection only
 */
export function createTestToken() {
    return call('POST', '/api/application/createTestToken', {});
}
