#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * README "Two machines", step by step, with Debian's Redis on the first one: a
 * room that was made on one is a meeting on both, with the certificate that was
 * uploaded to one.
 */

import { readFileSync } from 'node:fs';

import { join, openBrowser, seesVideo } from '../lib/browser.mjs';
import { waitFor } from '../lib/instance.mjs';
import { ADDRESS, OwnServer, SECOND } from '../lib/own_server.mjs';
import { done, is, ok } from '../lib/tap.mjs';


const meet = 'meet.example.test';
const redis = `redis://:PASSWORD@${ADDRESS}`;

const one = await OwnServer.start(import.meta.url);
const two = await OwnServer.startSecond();

/* on both, from the same files */

const sh = (server, script, ...words) =>
    server.call('must', 'sh', '-euc', script, 'sh', ...words);


/* 1. Redis */

await sh(one, `printf '%s\\n' 'bind 127.0.0.1 ${ADDRESS}' \\
    'requirepass PASSWORD' 'appendonly yes' >> /etc/redis/redis.conf
    service redis-server restart`);

/* 2. the first */

await one.setUp('--yes', '--domain', meet, '--rtc-ip', ADDRESS, '--redis',
                redis, '--node-address', ADDRESS, '--no-cert');

/* 3. its secrets, and the second */

await sh(two, 'mkdir -p /etc/conference');

for (const name of ['secret', 'keys', 'turn']) {
    await sh(two, 'umask 077; printf %s "$1" | base64 -d > "$2"',
             readFileSync(`/etc/conference/${name}`, 'base64'),
             `/etc/conference/${name}`);
}

await two.setUp('--yes', '--domain', meet, '--rtc-ip', SECOND, '--redis',
                redis, '--node-address', SECOND, '--no-cert');

ok(!await two.call('password'), 'the second one has the users of the first');

/* a certificate, from one for both */

await one.api('/api/application/updateSSLCertificate', {
    ssl_type: 'SSL_TYPE_CUSTOM', ...await one.issue(meet) });

const issuer = async (address) => (await one.call('certificate', meet,
    '-connect', `${address}:443`)).issuer;

ok(await waitFor(async () => await issuer(SECOND) === await issuer(ADDRESS)
    && /Issuer/.test(await issuer(ADDRESS))), 'both have the certificate');

/* a meeting across */

const { _id: id } = await one.createRoom({ name: 'across' });
const browsers = [];

async function come(address, name) {
    const browser = await openBrowser('chromium',
        { args: [`--host-resolver-rules=MAP ${meet} ${address}`] });
    const page = await browser.visit(`https://${meet}/conferences/${id}`,
        { permissions: ['camera', 'microphone'] });

    browsers.push(browser);
    await join(page, name);

    return page;
}

const anna = await come(ADDRESS, 'Anna');
const ben = await come(SECOND, 'Ben');

ok(await seesVideo(anna, 'Ben', 30000), 'who is on the first one sees');
ok(await seesVideo(ben, 'Anna', 30000), '.. who is on the second, and back');

/* the sum of its workers; nobody but the machine itself may ask */

async function participants(server) {
    const { body } = await server.call('get', `https://${meet}/metrics`,
                                       '--connect-to', '::127.0.0.1:');

    return [...body.matchAll(/^rtc_sfu_participants\{.*\} (\d+)/mg)]
        .reduce((sum, [, n]) => sum + Number(n), 0);
}

is([await participants(one), await participants(two)], [1, 1],
   'one is on each');

for (const browser of browsers) {
    is(await browser.close(), [], 'no problem in the pages');
}

for (const server of [one, two]) {
    is(await server.problems(), [], 'none in the log');
}

done();
