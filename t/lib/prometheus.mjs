/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The text format of Prometheus, version 0.0.4, read strictly.
 *
 *   const metrics = parse(text);
 *   metrics.get('rtc_sfu_packets_total{direction="in"}')
 *   metrics.sum('rtc_sfu_rooms')
 */


class Metrics {
    constructor() {
        this.types = new Map();         /* family -> type */
        this.helps = new Map();
        this.samples = new Map();       /* name{labels} -> value */
    }

    get(series) {
        return this.samples.get(series);
    }

    /* over all labels */

    sum(name) {
        return [...this.samples]
            .filter(([series]) => series.split('{')[0] === name)
            .reduce((total, [, value]) => total + value, 0);
    }

    /* whatever never falls: series and value */

    counters() {
        return [...this.samples].filter(([series]) =>
            this.types.get(this.family(series)) !== 'gauge');
    }

    family(series) {
        const name = series.split('{')[0];
        const base = name.replace(/_(bucket|sum|count)$/, '');

        return this.types.get(base) === 'histogram' ? base : name;
    }
}


const sample = new RegExp('^([a-zA-Z_:][a-zA-Z0-9_:]*)'
    + '(\\{(?:[a-zA-Z_]\\w*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*",?)+\\})?'
    + ' (\\d+(?:\\.\\d+)?)$');


/* throws what is wrong with it */

export function parse(text) {
    const metrics = new Metrics();
    let family;

    if (!text.endsWith('\n')) {
        throw new Error('the last line has no end');
    }

    for (const line of text.slice(0, -1).split('\n')) {
        const [, kind, name, rest] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line)
            ?? [];

        if (kind) {
            const map = kind === 'HELP' ? metrics.helps : metrics.types;

            if (map.has(name)) {
                throw new Error(`a second ${kind} of ${name}`);
            }

            map.set(name, rest);
            family = name;
            continue;
        }

        const [, , labels, value] = sample.exec(line) ?? [];

        if (value === undefined) {
            throw new Error(`not a sample: ${line}`);
        }

        const series = line.slice(0, line.lastIndexOf(' '));

        if (metrics.samples.has(series)) {
            throw new Error(`a second ${series}, ${labels}`);
        }

        metrics.samples.set(series, Number(value));

        if (metrics.family(series) !== family || !metrics.types.has(family)
            || !metrics.helps.has(family))
        {
            throw new Error(`${series} is not below its family`);
        }
    }

    metrics.types.forEach((type, name) => {
        if (type === 'histogram') {
            checkHistogram(metrics, name);
        }
    });

    return metrics;
}


function checkHistogram(metrics, name) {
    const buckets = [...metrics.samples].filter(([series]) =>
        series.startsWith(`${name}_bucket{`));
    const bounds = buckets.map(([series]) =>
        Number(/le="([^"]+)"/.exec(series)[1].replace('+Inf', 'Infinity')));
    const counts = buckets.map(([, count]) => count);

    for (let i = 1; i < buckets.length; i += 1) {
        if (!(bounds[i] > bounds[i - 1]) || counts[i] < counts[i - 1]) {
            throw new Error(`buckets of ${name} fall`);
        }
    }

    if (bounds.at(-1) !== Infinity
        || counts.at(-1) !== metrics.get(`${name}_count`)
        || metrics.get(`${name}_sum`) === undefined)
    {
        throw new Error(`${name} is not complete`);
    }
}
