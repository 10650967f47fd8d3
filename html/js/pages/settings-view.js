/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The view of the settings, for administrators.
 */


import * as api from '../api/application.js';
import '../components/confirm-dialog.js';
import { alertOf } from '../components/form-parts.js';
import { icon } from '../components/icons.js';
import '../components/key-form.js';
import '../components/settings-backup.js';
import '../components/settings-brand.js';
import '../components/settings-certificate.js';
import '../components/settings-keys.js';
import '../components/settings-names.js';
import '../components/settings-webhooks.js';
import { Settings } from '../session/settings.js';
import { html, nothing } from '../util/lit.js';
import { t } from '../util/text.js';
import { brand } from './branding.js';
import { View, sentence } from './view.js';


/* how often one looks at what the agent does */

const REFRESH = 2000;

const REACH_PATIENCE = 10000;

/* a change of the brand has got to all workers */

const SPREAD = 500;


/**
 * @param {string} name
 * @returns {Promise<boolean>} a web server answers with a certificate that
 *     this browser trusts
 */
async function reach(name) {
    try {
        await fetch(`https://${name}/healthz`, {
            method: 'HEAD', mode: 'no-cors', cache: 'no-store',
            credentials: 'omit', redirect: 'follow',
            signal: AbortSignal.timeout(REACH_PATIENCE),
        });

        return true;

    } catch {
        return false;
    }
}


/**
 * @param {object} document
 */
function download(document) {
    const blob = new Blob([JSON.stringify(document, null, 2)],
                          { type: 'application/json' });
    const link = window.document.createElement('a');
    const day = new Date().toISOString().slice(0, 10);

    link.href = URL.createObjectURL(blob);
    link.download = `conference-${day}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), REACH_PATIENCE);
}


class SettingsView extends View {
    static properties = {
        ...View.properties,
        outcomes: { state: true },
    };

    constructor() {
        super();

        /** @type {Settings|null} */
        this.settings = null;

        /** What became of the requests, by section.
         * @type {Record<string,
         *     import('../components/settings-section.js').Outcome>} */
        this.outcomes = {};

        /** @type {ReturnType<typeof setTimeout>|undefined} */
        this.timer = undefined;
    }

    get models() {
        return this.settings ? [this.settings] : [];
    }

    connectedCallback() {
        this.settings ??= new Settings({
            api: this.account?.watch({ ...api }) ?? api, reach,
            host: location.hostname });
        super.connectedCallback();
        this.settings.addEventListener('change', () => this.#follow());
        this.settings.load();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        clearTimeout(this.timer);
    }

    /** Looks again while the agent works. */
    #follow() {
        clearTimeout(this.timer);

        if (this.settings?.working && !this.settings.moved
            && this.isConnected)
        {
            this.timer = setTimeout(() => this.settings?.load(), REFRESH);
        }
    }

    /**
     * @param {string} section
     * @param {() => Promise<string>} request answers with the text to show
     */
    async #do(section, request) {
        const tell = (/** @type {object} */ outcome) => {
            this.outcomes = { ...this.outcomes, [section]: outcome };
        };

        tell({ busy: true });

        try {
            this.notice(await request());
            tell({});

        } catch (error) {
            tell({ message: sentence(error) });
        }
    }

    /** @param {CustomEvent} event */
    #names({ detail }) {
        return this.#do('names', async () => {
            const answer = await this.settings?.saveNames(detail);

            return t(answer?.job ? 'names.queued' : 'names.saved');
        });
    }

    #check() {
        return this.#do('names', async () => {
            await this.settings?.check();

            return t('names.checking');
        });
    }

    /** @param {CustomEvent} event */
    #request({ detail }) {
        return this.#do('ssl', async () => {
            await this.settings?.requestCertificate(detail);

            return t('ssl.queued');
        });
    }

    /** @param {CustomEvent} event */
    #store({ detail }) {
        return this.#do('ssl', async () => {
            const answer = await this.settings?.storeCertificate(detail);

            return t('ssl.stored', {
                names: answer?.names?.join(', ') ?? '' });
        });
    }

    /** @param {CustomEvent} event */
    #brand({ detail }) {
        return this.#do('brand', async () => {
            const answer = await this.settings?.saveBrand(detail);

            brand.set(answer?.custom_settings ?? detail);
            setTimeout(() => brand.load(true), SPREAD);

            return t('brand.saved');
        });
    }

    /** @param {CustomEvent} event */
    #export({ detail: keys }) {
        return this.#do('backup', async () => {
            download(await this.settings?.export(keys) ?? {});

            return t('backup.exported');
        });
    }

    #rotate() {
        return this.carryOut(async () => {
            await this.settings?.rotateApiKey();

            return t('keys.rotated');
        });
    }

    /**
     * Shows the secret that was made.
     *
     * @param {string} text
     * @param {() => Promise<any>} request
     */
    async #make(text, request) {
        let pair = null;

        await this.carryOut(async () => {
            pair = await request();

            return t(text);
        });

        if (pair) {
            this.open = { name: 'key-secret', subject: pair };
        }
    }

    /** @param {CustomEvent} event */
    #createKey({ detail: label }) {
        return this.#make('keys.made', async () =>
            this.settings?.createApiKey(label));
    }

    #renewKey() {
        const { api_key: key } = this.open?.subject ?? {};

        return this.#make('keys.renewed', async () =>
            this.settings?.rotateApiKey(key));
    }

    #removeKey() {
        const { api_key: key } = this.open?.subject ?? {};

        return this.carryOut(async () => {
            await this.settings?.removeApiKey(key);

            return t('keys.removed');
        });
    }

    /** @param {CustomEvent} event */
    #webhooks({ detail }) {
        return this.#do('hooks', async () => {
            await this.settings?.saveWebhooks(detail);

            return t('hooks.saved');
        });
    }

    #import() {
        const { document } = this.open?.subject ?? {};

        return this.carryOut(async () => {
            const answer = await this.settings?.import(document);

            setTimeout(() => brand.load(true), SPREAD);

            return t('backup.imported', { rooms: answer?.rooms ?? 0,
                                          users: answer?.users ?? 0 });
        });
    }

    /** @param {any} file */
    #importText({ keys, rooms, users, name }) {
        const text = t(keys ? 'backup.import.keys' : 'backup.import.text',
                       { rooms, users });

        return name && name !== this.settings?.info?.domain_name
            ? `${text} ${t('backup.import.name', { name })}` : text;
    }

    /**
     * @param {string} name
     * @param {import('../api/application.js').ApiKey} key
     * @param {string} message
     * @param {boolean} busy
     */
    #askKey(name, key, message, busy) {
        const texts = name === 'key-renew' ? 'keys.renew' : 'keys.remove';
        const action = name === 'key-renew' ? this.#renewKey
                                            : this.#removeKey;

        return html`
            <rtc-confirm text=${t(`${texts}.text`)} message=${message}
                question=${t(`${texts}.title`, {
                    name: key.label || key.api_key })}
                action=${t(`${texts}.do`)} ?busy=${busy}
                @confirm=${action} @closed=${this.closed}></rtc-confirm>`;
    }

    #dialog() {
        const { name, subject = {}, message = '', busy = false } =
            this.open ?? {};

        switch (name) {

        case 'rotate':
            return html`
                <rtc-confirm question=${t('keys.rotate.title')}
                    text=${t('keys.rotate.text')}
                    action=${t('keys.rotate.do')} message=${message}
                    ?busy=${busy} @confirm=${this.#rotate}
                    @closed=${this.closed}></rtc-confirm>`;

        case 'key-new':
            return html`
                <rtc-key-form message=${message} ?busy=${busy}
                    @save=${this.#createKey} @closed=${this.closed}
                    ></rtc-key-form>`;

        case 'key-secret':
            return html`
                <rtc-key-secret .pair=${subject} @closed=${this.closed}
                    ></rtc-key-secret>`;

        case 'key-renew':
        case 'key-remove':
            return this.#askKey(name, subject, message, busy);

        case 'import':
            return html`
                <rtc-confirm question=${t('backup.import.title', {
                        file: subject.file })}
                    text=${this.#importText(subject)}
                    action=${t('backup.import.do')} message=${message}
                    ?busy=${busy} @confirm=${this.#import}
                    @closed=${this.closed}></rtc-confirm>`;
        }

        return nothing;
    }

    #moved() {
        const address = `https://${this.settings?.moved}${
            location.port && `:${location.port}`}/`;

        return html`
            <p class="warning" role="alert" data-testid="moved"
                >${icon('alert')}
                <span>${t('names.moved')}
                    <a href=${address}>${address}</a></span></p>`;
    }

    render() {
        const { settings, outcomes } = this;
        const problem = settings?.problem;
        const of = (/** @type {string} */ name) => outcomes[name] ?? {};

        /* nothing here works any more */

        if (settings?.moved && problem) {
            return html`<h1>${t('view.settings')}</h1>${this.#moved()}`;
        }

        return html`
            <h1>${t('view.settings')}</h1>
            ${settings?.moved ? this.#moved() : alertOf(problem
                ? t(problem.key, { detail: problem.detail ?? '' }) : '',
                'error')}
            <rtc-settings-names .settings=${settings} .outcome=${of('names')}
                @names=${this.#names} @check=${this.#check}
                ></rtc-settings-names>
            <rtc-settings-certificate .settings=${settings}
                .outcome=${of('ssl')} @request-certificate=${this.#request}
                @store-certificate=${this.#store}
                @forget=${() => {
                    this.outcomes = { ...this.outcomes, ssl: {} };
                }}></rtc-settings-certificate>
            <rtc-settings-brand .settings=${settings} .outcome=${of('brand')}
                @brand=${this.#brand}></rtc-settings-brand>
            <rtc-settings-keys .settings=${settings} .outcome=${of('keys')}
                @rotate=${() => { this.open = { name: 'rotate' }; }}
                @key=${(/** @type {CustomEvent} */ { detail }) => {
                    this.open = { name: `key-${detail.name}`,
                                  subject: detail.key };
                }}></rtc-settings-keys>
            <rtc-settings-webhooks .settings=${settings}
                .outcome=${of('hooks')} @webhooks=${this.#webhooks}
                ></rtc-settings-webhooks>
            <rtc-settings-backup .settings=${settings}
                .outcome=${of('backup')} @export=${this.#export}
                @import=${(/** @type {CustomEvent} */ { detail }) => {
                    this.open = { name: 'import', subject: detail };
                }}></rtc-settings-backup>
            ${settings?.info ? html`<p class="settings-version"
                >${t('settings.version', { version: settings.info.version })}
                </p>` : nothing}
            ${this.#dialog()}`;
    }
}


customElements.define('rtc-settings-view', SettingsView);
