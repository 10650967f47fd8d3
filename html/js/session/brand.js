/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The name, the logo and the colour under which the installation shows
 * itself.  Without an answer it is ours.
 */


import { palette } from '../util/color.js';


/**
 * @typedef {typeof import('../api/application.js')} Api
 */

const IMAGE = /^data:image\/(png|jpeg|webp|svg\+xml)[;,]/;

const ICON = '/icon.svg';


export class Brand extends EventTarget {
    /**
     * @param {Pick<Api, 'getBranding'>} api
     */
    constructor(api) {
        super();
        this.api = api;
        this.name = '';
        this.logo = '';
        this.accent = '';
    }

    /**
     * @param {boolean} [anew] not from the browser's cache
     * @returns {Promise<void>} a failure leaves everything as it is
     */
    async load(anew = false) {
        try {
            this.set(await this.api.getBranding(anew));

        } catch (error) {
            console.info('no branding', error);
        }
    }

    /**
     * @param {{brand_name?: string, logo?: string,
     *          accent_color?: string}} settings
     */
    set({ brand_name: name = '', logo = '', accent_color: accent = '' }) {
        this.name = name;
        this.logo = IMAGE.test(logo) ? logo : '';
        this.accent = accent;
        this.dispatchEvent(new Event('change'));
    }

    /** The address of the picture. */
    get icon() {
        return this.logo || ICON;
    }

    /** Properties of CSS and their values. */
    get colors() {
        return palette(this.accent);
    }
}
