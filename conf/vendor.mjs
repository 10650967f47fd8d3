/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * vendor.mjs TO: copies what the pages import from node_modules/ to TO, which
 * is html/vendor in the build folder:
 *
 *   livekit-client.mjs   the whole of livekit-client, one module
 *   lit/index.js         Lit; lit/directives/NAME.js its directives
 *   LICENSES.txt         the notices of all of it
 *
 * Browsers resolve no package names, and an import map would have to be an
 * inline script, so the names in import statements become relative paths.
 * A compressed copy stands beside each file for gzip_static.
 */

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync,
         writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';


const modules = resolve(dirname(fileURLToPath(import.meta.url)),
                        '../node_modules');

/* package -> [folder, file that stands for the bare name] */

const lit = {
    'lit': ['lit', 'index.js'],
    'lit-html': ['lit-html', 'lit-html.js'],
    'lit-element': ['lit-element', 'index.js'],
    '@lit/reactive-element': ['reactive-element', 'reactive-element.js'],
};

const importRe = /\b(from|import)\s*(["'])([^"'./][^"']*)\2/g;


function relativeName(name, file) {
    const pkg = Object.keys(lit).find((p) => name === p
                                             || name.startsWith(`${p}/`));

    if (pkg === undefined) {
        throw new Error(`${file} imports ${name}, which is not vendored`);
    }

    const [folder, main] = lit[pkg];
    const target = posix.join(folder, name.slice(pkg.length + 1) || main);
    const path = posix.relative(posix.dirname(file), target);

    return path.startsWith('.') ? path : `./${path}`;
}


function write(to, file, text) {
    const path = join(to, file);

    /* source maps are not vendored */
    text = text.replace(/\/\/# sourceMappingURL=\S+\s*$/, '\n');

    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
}


function copyLit(to) {
    for (const [pkg, [folder]] of Object.entries(lit)) {
        for (const sub of ['', 'directives', 'decorators']) {
            const from = join(modules, pkg, sub);

            if (!existsSync(from)) {
                continue;
            }

            for (const name of readdirSync(from)) {
                if (!name.endsWith('.js') || name.startsWith('polyfill')) {
                    continue;
                }

                const file = posix.join(folder, sub, name);
                const text = readFileSync(join(from, name), 'utf8');

                write(to, file, text.replace(importRe,
                    (all, word, quote, target) =>
                        `${word} ${quote}${relativeName(target, file)}`
                        + quote));
            }
        }
    }
}


function licences() {
    const lock = JSON.parse(readFileSync(join(modules, '../package-lock.json'),
                                         'utf8'));
    const parts = [];

    for (const [path, entry] of Object.entries(lock.packages)) {
        if (path === '' || entry.dev || entry.devOptional
            || path.includes('/@types/'))
        {
            continue;
        }

        const folder = join(modules, '..', path);
        const files = readdirSync(folder).filter(
            (name) => /^(licen[cs]e|notice)/i.test(name));

        parts.push(`${path.replace(/^node_modules\//, '')} ${entry.version}, `
                   + `${entry.license}\n\n`
                   + files.map((name) =>
                       readFileSync(join(folder, name), 'utf8')).join('\n'));
    }

    return parts.join(`\n${'-'.repeat(72)}\n\n`);
}


const to = resolve(process.argv[2]);

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });

write(to, 'livekit-client.mjs',
      readFileSync(join(modules,
                        'livekit-client/dist/livekit-client.esm.mjs'),
                   'utf8'));
copyLit(to);
writeFileSync(join(to, 'LICENSES.txt'), licences());
