/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The dashboard: who is signed in, and the view that the address names.
 */


import * as auth from '../api/auth.js';
import { ApiError } from '../api/client.js';
import '../components/notices.js';
import '../components/password-form.js';
import '../components/sign-in.js';
import '../components/token-dialog.js';
import '../components/top-bar.js';
import { Account } from '../session/account.js';
import { html, nothing } from '../util/lit.js';
import { readOptions } from '../util/query.js';
import { language, pickLanguage, setLanguage, t } from '../util/text.js';
import { brand, branded, setTitle } from './branding.js';
import './rooms-view.js';
import './settings-view.js';
import './users-view.js';
import { View, sentence } from './view.js';


const MEMBER = ['rooms'];
const ADMIN = ['rooms', 'settings', 'users'];

/* a server that does not answer is asked again */

const AGAIN = 5000;


class Dashboard extends View {
    static properties = {
        ...View.properties,
        view: { state: true },
        busy: { state: true },
    };

    constructor() {
        super();
        this.account = new Account(auth);
        this.auth = this.account.watch({ apiToken: auth.apiToken,
                                         rotateToken: auth.rotateToken });
        this.view = '';
        this.busy = false;

        this.account.addEventListener('change', () => this.#look());
        window.addEventListener('hashchange', () => this.#look());
        this.addEventListener('notice', (event) => {
            /** @type {any} */ (this.querySelector('rtc-notices'))?.show(
                /** @type {CustomEvent} */ (event).detail);
        });
        this.#start();
    }

    get models() {
        return this.account ? [this.account] : [];
    }

    get #views() {
        return this.account?.admin ? ADMIN : MEMBER;
    }

    async #start() {
        await this.account?.load();

        if (this.account?.user === undefined) {
            setTimeout(() => this.#start(), AGAIN);
        }
    }

    /** What the address names, as far as one may see it. */
    #look() {
        const asked = location.hash.slice(1);
        const view = this.#views.includes(asked) ? asked : 'rooms';

        if (!this.account?.user) {
            this.open = null;
            setTitle('');
            return;
        }

        if (this.view && this.view !== view) {
            this.open = null;
            window.scrollTo(0, 0);
        }

        this.view = view;
        setTitle(t(`view.${view}`));
    }

    /** @param {CustomEvent} event */
    async #signIn({ detail: { email, password } }) {
        this.busy = true;
        await this.account?.signIn(email, password);
        this.busy = false;
    }

    /** @param {CustomEvent} event */
    async #about({ detail: name }) {
        if (name === 'token') {
            this.#token(this.auth.apiToken);

        } else if (name === 'password') {
            this.open = { name };

        } else {
            try {
                await this.account?.signOut();

            } catch (error) {
                this.notice(sentence(error));
            }
        }
    }

    /** @param {CustomEvent} event */
    #password({ detail: { old, password } }) {
        return this.carryOut(async () => {
            try {
                await this.account?.changePassword(old, password);

            } catch (/** @type {any} */ error) {
                throw error?.status === 403
                      ? new ApiError(403, t('password.old.no')) : error;
            }

            return t('password.changed');
        });
    }

    /** @param {() => Promise<string>} request */
    async #token(request) {
        const token = this.open?.subject ?? '';

        this.open = { name: 'token', subject: token, busy: true };

        try {
            this.open = { name: 'token', subject: await request() };

            if (token) {
                this.notice(t('token.rotated'));
            }

        } catch (error) {
            this.open = { name: 'token', subject: token,
                          message: sentence(error) };
        }
    }

    #dialog() {
        const { name, subject = '', message = '', busy = false } =
            this.open ?? {};

        switch (name) {

        case 'password':
            return html`
                <rtc-password-form own .user=${this.account?.user}
                    message=${message} ?busy=${busy} @save=${this.#password}
                    @closed=${this.closed}></rtc-password-form>`;

        case 'token':
            return html`
                <rtc-token-dialog .token=${subject} message=${message}
                    ?busy=${busy} @closed=${this.closed}
                    @rotate=${() => this.#token(this.auth.rotateToken)}
                    ></rtc-token-dialog>`;
        }

        return nothing;
    }

    #signedOut() {
        const problem = this.account?.problem;
        const message = problem ? t(problem.key, {
            detail: problem.detail ?? '' }) : '';

        return html`
            <main class="sign">
                <rtc-sign-in .brand=${brand} message=${message}
                    ?busy=${this.busy} @sign-in=${this.#signIn}
                    ></rtc-sign-in>
            </main>`;
    }

    #shown() {
        switch (this.view) {

        case 'settings':
            return html`<rtc-settings-view .account=${this.account}
                ></rtc-settings-view>`;

        case 'users':
            return html`<rtc-users-view .account=${this.account}
                ></rtc-users-view>`;

        default:
            return html`<rtc-rooms-view .account=${this.account}
                ></rtc-rooms-view>`;
        }
    }

    #signedIn() {
        return html`
            <rtc-top-bar .brand=${brand} .user=${this.account?.user}
                .views=${this.#views} view=${this.view}
                @account=${this.#about}></rtc-top-bar>
            <main class="view" @token=${() => this.#token(
                    this.auth.apiToken)}>
                ${this.#shown()}
            </main>`;
    }

    render() {
        const user = this.account?.user;

        if (user === undefined && !this.account?.problem) {
            return nothing;
        }

        return html`
            ${user ? this.#signedIn() : this.#signedOut()}
            ${this.#dialog()}
            <rtc-notices></rtc-notices>`;
    }
}


await Promise.all([
    setLanguage(pickLanguage(readOptions(location.search).lang,
                             navigator.languages), ['admin']),
    branded(),
]);

document.documentElement.lang = language();
setTitle('');
customElements.define('rtc-dashboard', Dashboard);
