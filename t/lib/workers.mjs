/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who lives in which worker of an instance, by its metrics.
 */

import { waitFor as until } from './instance.mjs';
import { parse } from './prometheus.mjs';


export async function metrics(instance) {
    /* kept connections end with their worker */

    const response = await fetch(`${instance.url}/metrics`, {
        headers: { connection: 'close' },
    });

    return parse(await response.text());
}


/* [{worker, pid, generation, participants, draining}] */

export async function workers(instance) {
    const all = await metrics(instance);
    const list = [];

    for (const series of all.samples.keys()) {
        const labels = /^rtc_sfu_worker_info\{(.*)\}$/.exec(series)?.[1];

        if (labels) {
            const of = (name) => new RegExp(`${name}="(\\d+)"`)
                .exec(labels)[1];
            const gauge = (name) =>
                all.get(`rtc_sfu_${name}{worker="${of('worker')}"}`);

            list.push({
                worker: of('worker'),
                pid: Number(of('pid')),
                generation: Number(of('generation')),
                participants: gauge('participants'),
                draining: gauge('worker_draining'),
            });
        }
    }

    return list;
}


/*
 * Lets people come one after another, as the function makes them, until each
 * of two workers has so many; the answer tells of each in which one it is.
 */

export async function fillTwo(instance, make, least = 1, most = 12) {
    const people = [];

    while (people.length < most) {
        const before = await workers(instance);
        const client = await make(people.length);
        let now;

        await until(async () => {
            now = await workers(instance);
            return now.some((w) => w.participants
                > (before.find((b) => b.pid === w.pid)?.participants ?? 0));
        });

        const { pid } = now.find((w) => w.participants
            > (before.find((b) => b.pid === w.pid)?.participants ?? 0));

        people.push({ client, pid });

        const counts = [...new Set(people.map((p) => p.pid))]
            .map((one) => people.filter((p) => p.pid === one).length);

        if (counts.length >= 2 && counts.every((n) => n >= least)) {
            return people;
        }
    }

    throw new Error('all of them are in one worker');
}
