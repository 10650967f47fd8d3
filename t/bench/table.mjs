/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the parts of make bench print, and the file they write.
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from './servers.mjs';


export const file = join(build, 'bench', `${new Date().toISOString()}.jsonl`);


/* a line of JSON per measurement */

export function note(result) {
    appendFileSync(file, `${JSON.stringify(result)}\n`);
}


export function printRow(cells) {
    console.log(`| ${cells.join(' | ')} |`);
}


export function printHead(...titles) {
    console.log('');
    printRow(titles);
    console.log(`|${' --- |'.repeat(titles.length)}`);
}


/* microseconds as milliseconds */

export const ms = (us) => (us / 1000).toFixed(2);
