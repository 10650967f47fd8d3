/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The rendering library, as the build vendors it: the one place that knows
 * where it lies.
 */


export { LitElement, html, svg, nothing }
    from '../../vendor/lit/index.js';
export { repeat } from '../../vendor/lit/directives/repeat.js';
