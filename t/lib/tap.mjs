/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The Test Anything Protocol: ok(), is(), diag(), and at the end done().
 */

import { isDeepStrictEqual } from 'node:util';


let count = 0;
let failed = 0;


export function diag(text) {
    console.log(String(text).replace(/^/gm, '#   '));
}


/* to where prove shows it */

function complain(text) {
    console.error(String(text).replace(/^/gm, '#   '));
}


export function ok(pass, name) {
    count += 1;
    console.log(`${pass ? 'ok' : 'not ok'} ${count} - ${name}`);

    if (!pass) {
        failed += 1;
        complain(`failed: ${name}`);
    }

    return Boolean(pass);
}


export function is(got, want, name) {
    if (!ok(isDeepStrictEqual(got, want), name)) {
        complain(`got ${JSON.stringify(got)}, expected `
                 + JSON.stringify(want));
        return false;
    }

    return true;
}


export function skipAll(reason) {
    console.log(`1..0 # SKIP ${reason}`);
    process.exit(0);
}


export function done() {
    console.log(`1..${count}`);
    process.exit(failed ? 1 : 0);
}


/* a test that does not come to its end is a failure, not a short success */

process.on('uncaughtException', (error) => {
    ok(false, 'no uncaught error');
    complain(error.stack ?? error);
    process.exit(1);
});
