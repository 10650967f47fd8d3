/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The logo and the name of the installation.
 */


import { html } from '../util/lit.js';
import { t } from '../util/text.js';
import { Element } from './element.js';


export class BrandMark extends Element {
    static properties = {
        brand: { attribute: false },
    };

    constructor() {
        super();

        /** @type {import('../session/brand.js').Brand|null} */
        this.brand = null;
    }

    get models() {
        return this.brand ? [this.brand] : [];
    }

    render() {
        return html`
            <img src=${this.brand?.icon ?? '/icon.svg'} alt="">
            <span dir="auto">${this.brand?.name || t('product')}</span>`;
    }
}


customElements.define('rtc-brand-mark', BrandMark);
