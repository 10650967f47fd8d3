#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The account, the users, the settings and the brand, with a stand-in for the
 * API.
 */

import { Account } from '../../html/js/session/account.js';
import { Brand } from '../../html/js/session/brand.js';
import { Settings, certificateField, cleanHost, isHost, isOneName, readExport,
         readNames } from '../../html/js/session/settings.js';
import { Users } from '../../html/js/session/users.js';
import { done, is, ok } from '../lib/tap.mjs';


function apiError(status, message = '') {
    return Object.assign(new Error(message), { name: 'ApiError', status });
}

async function failing(request) {
    try {
        await request();
    } catch (error) {
        return error.status;
    }

    return null;
}


/* the account */

{
    const auth = {
        user: null,
        error: null,
        async getUser() {
            if (!this.user) {
                throw apiError(401);
            }

            return this.user;
        },
        async signIn(name, password) {
            if (this.error ?? password !== 'right') {
                throw this.error ?? apiError(401, 'No.');
            }

            this.user = { _id: 'u', name, role: 'admin' };
        },
        async signOut() {
            this.user = null;
        },
    };
    const account = new Account(auth);

    is(account.user, undefined, 'nothing is known');
    await account.load();
    is([account.user, account.problem], [null, null], 'nobody is there');

    await account.signIn('ana', 'wrong');
    is([account.user, account.problem.key], [null, 'sign.wrong'],
       'a wrong password');
    auth.error = apiError(429, 'Too many attempts.');
    await account.signIn('ana', 'right');
    is(account.problem.detail, 'Too many attempts.', 'the server\'s word');
    auth.error = null;
    await account.signIn('ana', 'right');
    is([account.user.name, account.admin, account.problem],
       ['ana', true, null], 'signed in');

    const api = account.watch({ ask: async (status) => {
        if (status) {
            throw apiError(status);
        }

        return 'answer';
    } });

    is(await api.ask(0), 'answer', 'an answer goes through');
    is(await failing(() => api.ask(403)), 403, 'so does a refusal');
    is(account.user.name, 'ana', 'which is no end');
    is(await failing(() => api.ask(401)), 401, 'the end of the session');
    is([account.user, account.problem.key], [null, 'sign.ended'],
       'is noticed anywhere');

    await account.signIn('ana', 'right');
    await account.signOut();
    is([account.user, account.admin, account.problem], [null, false, null],
       'signed out');

    auth.getUser = async () => { throw apiError(0); };

    const other = new Account(auth);

    await other.load();
    is([other.user, other.problem.key], [undefined, 'api.away'],
       'a server that is away says nothing about who is there');
}


/* users */

{
    const all = [{ _id: '2', name: 'mei', role: 'member' },
                 { _id: '1', name: 'ana', role: 'admin' }];
    const users = new Users({
        listUsers: async () => all,
        createUser: async (user) => { all.push({ _id: '3', ...user }); },
        updateUser: async (id, changes) => {
            Object.assign(all.find((u) => u._id === id), changes);
        },
        removeUser: async () => { throw apiError(409, 'The last one.'); },
    });
    const names = () => users.list.map((user) => user.name);

    await users.load();
    is(names(), ['ana', 'mei'], 'in the order of names');
    ok(users.isLastAdmin(users.list[0]), 'the only administrator');
    ok(!users.isLastAdmin(users.list[1]), 'a member is none');
    await users.create({ name: 'ben', role: 'admin' });
    is(names(), ['ana', 'ben', 'mei'], 'a new one is seen');
    ok(!users.isLastAdmin(users.list[0]), 'now there are two');
    await users.update('2', { name: 'Aaron' });
    is(names()[0], 'Aaron', 'a change as well');
    is(await failing(() => users.remove('1')), 409, 'a refusal is told');
}


/* names */

is(cleanHost(' https://Meet.Example.com/x '), 'meet.example.com',
   'an address becomes a name');
is(cleanHost('meet.example.com.'), 'meet.example.com', 'without the root');

for (const name of ['a.de', 'meet.example.com', 'meet',
                    'xn--nxasmq6b.example'])
{
    ok(isHost(name), `${name} is a name`);
}

for (const name of ['', '192.0.2.1', '-a.de', 'a..de', 'a_b.de', 'a b.de',
                    `${'a'.repeat(64)}.de`, `${'a.'.repeat(130)}de`])
{
    ok(!isHost(name), `${name.slice(0, 20)} is none`);
}

is(isOneName({ domain_name: 'a.de', turn_domain_name: '' }), true,
   'one name');
is(isOneName({ domain_name: 'a.de', turn_domain_name: 'b.de' }), false,
   'several');
is(readNames({ domain_name: 'A.de' }, true), {
    names: { domain_name: 'a.de', streaming_domain_name: 'a.de',
             webrtc_domain_name: 'a.de', turn_domain_name: 'a.de',
             cdn_domain_name: '' }, wrong: {} }, 'one for everything');
is(readNames({ domain_name: 'a.de', turn_domain_name: '_',
               cdn_domain_name: '?' }, false).wrong,
   { streaming_domain_name: 'names.missing',
     webrtc_domain_name: 'names.missing', turn_domain_name: 'names.wrong',
     cdn_domain_name: 'names.wrong' }, 'each field has its problem');
is(certificateField('private_key does not belong to the certificate.'),
   'key', 'a sentence about the key');
is(certificateField('certificate is incomplete.'), 'certificate',
   'one about the chain');
is(certificateField('There is no database.'), '', 'and about neither');


/* the settings */

{
    const domain = (name, roles, state) => ({
        name, roles, dns: { state: 'ok' }, certificate: { state } });
    const asked = [];
    const info = {
        domain_name: 'a.de',
        agent: { present: true,
                 jobs: { dns: { id: '1', state: 'done' },
                         http: { id: '2', state: 'running' } } },
        domains: [domain('a.de', ['domain'], 'ok'),
                  domain('rtc.a.de', ['webrtc'], 'expiring'),
                  domain('turn.a.de', ['turn'], 'expiring')],
    };
    const reached = [];
    const settings = new Settings({
        api: {
            getAppInfo: async () => structuredClone(info),
            getApiKeys: async () => [{ api_key: 'a', own: true },
                                     { api_key: 'b', own: false }],
            removeApiKey: async (key) => { asked.push(key); },
            updateNames: async (names) => {
                asked.push(names);
                info.agent.jobs.http.state = 'queued';

                return { job: '3' };
            },
            checkDomains: async () => { asked.push('check'); },
            rotateApiKey: async () => { throw apiError(503, 'Away.'); },
        },
        reach: async (name) => {
            reached.push(name);

            return name === 'a.de';
        },
        host: 'a.de',
    });

    is([settings.agent, settings.working, settings.jobs],
       [false, false, []], 'nothing is known');
    await settings.load();
    is([settings.agent, settings.working], [true, true], 'the agent works');
    is(settings.others.map((key) => key.api_key), ['b'], 'other keys');
    is(settings.jobs.map((job) => job.kind), ['http', 'dns'],
       'its jobs have an order');
    is(settings.expiring.map(({ names }) => names),
       [['rtc.a.de', 'turn.a.de']], 'a certificate ends, told once');
    await Promise.resolve();
    is([reached, settings.reached.get('a.de')],
       [['a.de', 'rtc.a.de'], 'yes'], 'web servers are tried, others not');

    info.agent.jobs.http.state = 'done';
    await settings.load();
    is([settings.working, reached.length], [false, 2],
       'and are not tried each time');
    await settings.saveNames({ domain_name: 'b.de' });
    is([asked.at(-1).domain_name, settings.working, reached.length],
       ['b.de', true, 4], 'what becomes of a change is seen');
    await settings.check();
    is(asked.at(-1), 'check', 'the agent checks');

    info.domain_name = 'b.de';
    await settings.load();
    is(settings.moved, '', 'the pages move');
    info.agent.jobs.http.state = 'done';
    await settings.load();
    is(settings.moved, 'b.de', '.. and have moved');
    info.agent.jobs.http.state = 'failed';
    await settings.load();
    is(settings.moved, '', '.. or have not');

    const servers = [];

    for (const server of [
        'https://acme-v02.api.letsencrypt.org/directory',
        'https://acme-staging-v02.api.letsencrypt.org/directory',
        'https://acme.a.de/dir',
    ]) {
        info.acme_server = server;
        await settings.load();
        servers.push(settings.acmeServer);
    }

    is(servers, ['', '', 'https://acme.a.de/dir'], 'another ACME server');

    is(await failing(() => settings.rotateApiKey()), 503,
       'a refusal is told');

    await settings.removeApiKey('b');
    is(asked.at(-1), 'b', 'a key is removed');

    info.agent = { present: false };
    await settings.load();
    asked.length = 0;
    await settings.check();
    is([asked, settings.agent, settings.jobs], [[], false, []],
       'without an agent nobody is asked');
}


/* a file to import */

is(readExport('{'), null, 'no JSON');
is(readExport('null'), null, 'nothing');
is(readExport('{"format":"other","rooms":[]}'), null, 'another document');

{
    const found = readExport(JSON.stringify({
        format: 'conference', version: 1, rooms: [{}, {}], users: [{}],
        certificates: [{}], settings: { domain_name: 'a.de' } }));

    is([found.rooms, found.users, found.keys, found.name], [2, 1, true, 'a.de'],
       'what is in an export');
}


/* the brand */

{
    const answers = [{ brand_name: 'Acme', logo: 'data:image/png;base64,x',
                       accent_color: '#0a7d33' },
                     { brand_name: '', logo: 'javascript:alert(1)',
                       accent_color: '' }];
    const brand = new Brand({ getBranding: async () => {
        if (answers.length === 0) {
            throw apiError(0);
        }

        return answers.shift();
    } });

    is([brand.icon, brand.colors], ['/icon.svg', {}], 'ours');
    await brand.load();
    is([brand.name, brand.icon, brand.colors['--brand-light-fill']],
       ['Acme', 'data:image/png;base64,x', '#0a7d33'], 'somebody\'s');
    await brand.load();
    is([brand.name, brand.icon], ['', '/icon.svg'], 'no picture');

    const { info } = console;

    console.info = () => {};
    await brand.load();
    console.info = info;
    is(brand.icon, '/icon.svg', 'no answer');
}

done();
