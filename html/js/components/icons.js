/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The icons, drawn for a field of 24 by 24 with one stroke width.
 */


import { svg, html } from '../util/lit.js';


const shapes = {
    microphone: svg`
        <rect x="9" y="3" width="6" height="11" rx="3"></rect>
        <path d="M5 11a7 7 0 0 0 14 0M12 18v3"></path>`,
    microphoneOff: svg`
        <path d="M9 9v2a3 3 0 0 0 4.6 2.5M15 10V6a3 3 0 0 0-5.7-1.3"></path>
        <path d="M5 11a7 7 0 0 0 11 5.7M18.4 14a7 7 0 0 0 .6-3"></path>
        <path d="M12 18v3M4 4l16 16"></path>`,
    camera: svg`
        <rect x="3" y="6" width="12" height="12" rx="3"></rect>
        <path d="M15 11l6-4v10l-6-4z"></path>`,
    cameraOff: svg`
        <path d="M10 6h2a3 3 0 0 1 3 3v2l6-4v9"></path>
        <path d="M15 15a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V9"></path>
        <path d="M4 4l16 16"></path>`,
    screen: svg`
        <rect x="3" y="4" width="18" height="13" rx="2.5"></rect>
        <path d="M12 14V8M9 10.5L12 7.5l3 3M8 21h8"></path>`,
    screenOff: svg`
        <rect x="3" y="4" width="18" height="13" rx="2.5"></rect>
        <path d="M9.5 8l5 5M14.5 8l-5 5M8 21h8"></path>`,
    hand: svg`
        <path d="M8 12V6a1.5 1.5 0 0 1 3 0v5M11 10V4.5a1.5 1.5 0 0 1 3
                 0V11M14 11V6a1.5 1.5 0 0 1 3 0v8a7 7 0 0 1-7 7c-3
                 0-4.4-1.6-5.6-4.2L3 13.6a1.4 1.4 0 0 1 2.4-1.4L8
                 15.5V12"></path>`,
    leave: svg`
        <path d="M3.5 14.5c-.7-.8-.7-2.3.2-3.2 4.6-4.4 12-4.4
                 16.6 0 .9.9.9 2.4.2 3.2l-1 1c-.5.5-1.3.6-1.9.2l-2-1.2a1.5
                 1.5 0 0 1-.7-1.6l.2-1a11 11 0 0 0-6.2 0l.2 1c.1.6-.2
                 1.3-.7 1.6l-2 1.2c-.6.4-1.4.3-1.9-.2z"></path>`,
    chat: svg`
        <path d="M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0
                 1-2-2V7a2 2 0 0 1 2-2z"></path>`,
    people: svg`
        <circle cx="9" cy="8" r="3.5"></circle>
        <path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0
                 6.4M17.5 14.3A6.5 6.5 0 0 1 21.5 20"></path>`,
    full: svg`
        <path d="M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0
                 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4"></path>`,
    fullOff: svg`
        <path d="M9 4v4a1 1 0 0 1-1 1H4M20 9h-4a1 1 0 0 1-1-1V4M15 20v-4a1 1
                 0 0 1 1-1h4M4 15h4a1 1 0 0 1 1 1v4"></path>`,
    send: svg`
        <path d="M20.5 3.5L3.5 10l7 3.5M20.5 3.5L14
                 20.5l-3.5-7M20.5 3.5l-10 10"></path>`,
    close: svg`<path d="M6 6l12 12M18 6L6 18"></path>`,
    up: svg`<path d="M6 15l6-6 6 6"></path>`,
    down: svg`<path d="M6 9l6 6 6-6"></path>`,
    minus: svg`<path d="M6 12h12"></path>`,
    globe: svg`
        <circle cx="12" cy="12" r="9"></circle>
        <path d="M3 12h18M12 3c3 3 3.6 6 3.6 9s-.6 6-3.6 9c-3-3-3.6-6-3.6-9s.6-6
                 3.6-9z"></path>`,
    shield: svg`
        <path d="M12 3l7.5 3v5.5c0 4.6-3 8-7.5 9.5-4.5-1.5-7.5-4.9-7.5-9.5V6z
                 M9 12l2.2 2.2L15.2 10"></path>`,
    brush: svg`
        <path d="M20.5 3.5c-5 2-9 6-11 10l2.5 2.5c4-2 8-6
                 10-11zM9.5 13.5C6 13 5.5 16 5.5 17.5c0 1.5-1 2-2 2.5 3
                 1.5 8 1 8.5-4"></path>`,
    archive: svg`
        <rect x="3" y="4" width="18" height="5" rx="1.5"></rect>
        <path d="M5 9v9a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9M10 13h4"></path>`,
    download: svg`
        <path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14"></path>`,
    upload: svg`
        <path d="M12 16V5M7.5 9l4.5-4.5 4.5 4.5M5 20h14"></path>`,
    user: svg`
        <circle cx="12" cy="8" r="4"></circle>
        <path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"></path>`,
    pulse: svg`<path d="M3 12h4l3-7 4 14 3-7h4"></path>`,
    lock: svg`
        <rect x="5" y="11" width="14" height="9" rx="2.5"></rect>
        <path d="M8 11V8a4 4 0 0 1 8 0v3"></path>`,
    check: svg`<path d="M5 12.5l4.5 4.5L19 7.5"></path>`,
    signal: svg`
        <path d="M5 19v-3M10 19v-6" ></path>
        <path class="faint" d="M15 19v-9M20 19V7"></path>`,
    sound: svg`
        <path d="M4 10v4h4l5 4V6L8 10zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0
                 0 1 0 11"></path>`,
    plus: svg`<path d="M12 5v14M5 12h14"></path>`,
    search: svg`
        <circle cx="11" cy="11" r="6.5"></circle>
        <path d="M16 16l4.5 4.5"></path>`,
    link: svg`
        <path d="M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0
                 0-5.7-5.7L12 6.3"></path>
        <path d="M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7
                 5.7l1.6-1.6"></path>`,
    eye: svg`
        <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12
                 18.5 2.5 12 2.5 12z"></path>
        <circle cx="12" cy="12" r="2.8"></circle>`,
    code: svg`<path d="M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14"></path>`,
    copy: svg`
        <rect x="9" y="9" width="11" height="11" rx="2.5"></rect>
        <path d="M5.5 15A1.5 1.5 0 0 1 4 13.5v-8A1.5 1.5 0 0 1
                 5.5 4h8A1.5 1.5 0 0 1 15 5.5"></path>`,
    edit: svg`
        <path d="M4 20l1-4.5L16 4.5a1.8 1.8 0 0 1 2.5 0l1 1a1.8
                 1.8 0 0 1 0 2.5L8.5 19zM14 6.5l3.5 3.5"></path>`,
    power: svg`
        <path d="M12 3v8M6.5 6.8a8 8 0 1 0 11 0"></path>`,
    trash: svg`
        <path d="M4 7h16M9 7V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2M6 7l1 12a1 1 0
                 0 0 1 1h8a1 1 0 0 0 1-1l1-12M10 11v5M14 11v5"></path>`,
    key: svg`
        <circle cx="8" cy="15" r="4.5"></circle>
        <path d="M11.2 11.8L20 3M16 7l3 3"></path>`,
    out: svg`
        <path d="M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6
                 12h9"></path>`,
    enter: svg`
        <path d="M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M14 8l4 4-4 4M18
                 12H9"></path>`,
    alert: svg`
        <circle cx="12" cy="12" r="9"></circle>
        <path d="M12 7.5v5.5M12 16.2v.1"></path>`,
    refresh: svg`
        <path d="M20 11a8 8 0 0 0-14.5-3.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5
                 3.5L20 15M20 20v-5h-5"></path>`,
};


/**
 * @param {keyof typeof shapes} name
 */
export function icon(name) {
    return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"
        focusable="false">${shapes[name]}</svg>`;
}
