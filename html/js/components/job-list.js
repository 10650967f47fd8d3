/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the agent of the server does, or did last.
 */


import { clock, day } from '../util/format.js';
import { html, nothing } from '../util/lit.js';
import { language, t } from '../util/text.js';
import { Element } from './element.js';
import { icon } from './icons.js';


/** @type {Record<string, string>} */
const MOODS = { done: 'good', failed: 'bad', queued: 'none',
                running: 'none' };


export class JobList extends Element {
    static properties = {
        jobs: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/settings.js').Settings['jobs']} */
        this.jobs = [];
    }

    /** @param {import('../session/settings.js').Settings['jobs'][0]} job */
    #job(job) {
        const works = job.state === 'queued' || job.state === 'running';
        const time = job.time ? `${day(job.time, language())}, ${clock(
            job.time * 1000, language())}` : '';

        return html`
            <li class="fact" data-mood=${MOODS[job.state] ?? 'none'}
                data-testid="job" data-kind=${job.kind}
                data-state=${job.state}>
                ${works ? html`<span class="spinner"></span>`
                        : icon(job.state === 'done' ? 'check' : 'alert')}
                <span><b>${t(`job.${job.kind}`)}:</b>
                    ${t(`job.${job.state}`)}
                    ${job.message ? html`<span class="job-message"
                        >${job.message}</span>` : nothing}
                    ${works || !time ? nothing
                        : html`<span class="job-time">${time}</span>`}
                </span>
            </li>`;
    }

    render() {
        return this.jobs.length ? html`
            <ul class="facts jobs" aria-label=${t('job.all')}
                aria-live="polite">${this.jobs.map((job) =>
                    this.#job(job))}</ul>` : nothing;
    }
}


customElements.define('rtc-job-list', JobList);
