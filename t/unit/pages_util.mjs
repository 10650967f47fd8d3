#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the pages compute without a browser: links, names, addresses, texts.
 */

import { contrast, palette, parseColor } from '../../html/js/util/color.js';
import { birth, hue, iframeSnippet, initials, meetingUrl }
    from '../../html/js/util/format.js';
import { linkParts } from '../../html/js/util/links.js';
import { originsOf, wrongOrigin } from '../../html/js/util/origins.js';
import { cleanWebhook, webhooksOf, wrongWebhook }
    from '../../html/js/util/webhooks.js';
import { cleanName, readOptions, readPlace }
    from '../../html/js/util/query.js';
import { language, pickLanguage, setLanguage, t }
    from '../../html/js/util/text.js';
import { done, is, ok } from '../lib/tap.mjs';


/* links in what people write */

is(linkParts('hello'), [{ text: 'hello' }], 'no link');
is(linkParts(''), [], 'an empty text');
is(linkParts('see https://example.org/a?b=1#c.'),
   [{ text: 'see ' },
    { text: 'https://example.org/a?b=1#c',
      href: 'https://example.org/a?b=1#c' },
    { text: '.' }], 'the full stop is not in the link');
is(linkParts('(https://example.org/x_(y))').map((p) => p.text),
   ['(', 'https://example.org/x_(y)', ')'], 'only its own brackets');
is(linkParts('HTTP://EXAMPLE.org').at(0).href, 'http://example.org/',
   'upper case');

for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'ftp://a.org',
                   'file:///etc/passwd', 'https://', 'http://[', 'www.a.org',
                   'xhttps:// /'])
{
    is(linkParts(bad), [{ text: bad }], `${bad} is no link`);
}

is(linkParts('a https://[ b https://c.org').map((p) => p.href ?? null),
   [null, 'https://c.org/'], 'a broken one does not hide the next one');
is(linkParts('https://a.org/<img src=x>').map((p) => p.text).join(''),
   'https://a.org/<img src=x>', 'nothing is lost');


/* names */

is(initials('Ana Lima'), 'AL', 'two words');
is(initials('  zoe '), 'Z', 'one word');
is(initials('Ana Maria Lima'), 'AL', 'first and last word');
is(initials('Room 12'), 'R', 'numbers are no names');
is(initials('12 3'), '13', 'unless there is nothing else');
is(initials(''), '?', 'no name');
is(initials('👩‍👩‍👧 👍'), '👩‍👩‍👧👍', 'pictures of several code points');
ok(hue('a') >= 0 && hue('a') < 8 && hue('a') === hue('a'), 'a hue');
is(cleanName(' a\u0000b\nc '), 'a b c',
   'control characters become blanks');
is([...cleanName('😀'.repeat(100))].length, 80, 'at most 80 characters');
is(cleanName('\u2028'), '', 'line separators are no name');


/* addresses */

const id = '65380ec8a33be4cd87d03e4f';

is(readPlace(`/conferences/${id}`), { id, mode: 'speaker' }, 'a meeting');
is(readPlace(`/conferences-view-mode/${id}/`), { id, mode: 'view' },
   'a view-only meeting');
is(readPlace(`/conferences/${id.toUpperCase()}`).id, id, 'upper case');
is(readPlace('/conferences/my%20room%2F%C3%BC:rev', '?pass=ab&mic=off'),
   { id: 'my room/ü:rev', mode: 'speaker', pass: 'ab' },
   'a room that has any name, and the pass to it');
is(readPlace('/conferences/'), null, 'no id');
is(readPlace('/conferences/x/y'), null, 'two');
is(readPlace('/conferences/%ff'), null, 'malformed');
is(readOptions(''), { displayName: '', autoJoin: false, microphone: true,
                      camera: true, chat: true, minimal: false, lang: '' },
   'no options');
is(readOptions('?displayName=Ana+L&autoJoin=1&mic=off&camera=off&chat=off'
               + '&minimal=1&lang=de'),
   { displayName: 'Ana L', autoJoin: true, microphone: false, camera: false,
     chat: false, minimal: true, lang: 'de' }, 'all options');
is(birth(id), 0x65380ec8, 'an id says when its room was made');
is(birth('x'), 0, 'another form says nothing');
is(meetingUrl('', { _id: "a/b?#\"%é", pass: 'ab' }, 'speaker'),
   '/conferences/a%2Fb%3F%23%22%25%C3%A9?pass=ab', 'any name in an address');
is(meetingUrl('https://a.org', { _id: id }, 'view'),
   `https://a.org/conferences-view-mode/${id}`, 'a view-only address');
ok(iframeSnippet('https://a.org/x').includes(
    'allow="camera; microphone; display-capture; autoplay; fullscreen"'),
   'the frame may do what a meeting needs');


/* texts */

is(pickLanguage('', ['fr-FR', 'es-MX', 'en']), 'es', 'the browser\'s best');
is(pickLanguage('de-AT', ['es']), 'de', 'what the address asks for');
is(pickLanguage('constructor', []), 'en', 'no language');
is(t('people.you', { name: '{name}$&' }), '{name}$& (you)',
   'values are taken as they are');
is(t('rooms.count', { count: 1 }), 'One room', 'one');
is(t('rooms.count', { count: 2 }), '2 rooms', 'several');
is(t('no.such.text'), 'no.such.text', 'a missing text is seen');

await setLanguage('de');
is([language(), t('sign.in')], ['de', 'Anmelden'], 'German');
is(t('api.said', { detail: 'x' }), 'x', 'English stands in');
await setLanguage('tlh');
is(language(), 'de', 'an unknown language changes nothing');

is(t('test.title'), 'test.title', 'the texts of other pages are not there');
await setLanguage('de', ['test', 'admin']);
is([t('test.title'), t('view.users')], ['Verbindungstest', 'Benutzer'],
   'unless a page wants them');
await setLanguage('en', ['test']);
is([t('test.title'), t('sign.in')], ['Connection test', 'Sign in'],
   'in English as well');

for (const part of ['', 'admin-', 'test-']) {
    const table = async (lang) => (await import(
        `../../html/js/util/texts/${part}${lang}.js`)).default;
    const names = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join();
    const en = await table('en');

    for (const lang of ['de', 'es']) {
        const own = await table(lang);

        is(Object.keys(own).filter((key) => !(key in en)), [],
           `${part}${lang} has no text that English lacks`);
        is(Object.keys(en).filter((key) => key in own
                                  && names(en[key]) !== names(own[key])), [],
           `${part}${lang} has the same values in its texts`);
        is(Object.keys(en).filter((key) => !(key in own)
                                  && key !== 'api.said'), [],
           `${part}${lang} is complete`);
    }
}


/* a colour of somebody, and what can be read */

{
    const WHITE = [255, 255, 255];

    is(parseColor('#0A7d33'), [10, 125, 51], 'a colour');
    is([parseColor('red'), parseColor('#fff'), parseColor('#0a7d33;')],
       [null, null, null], 'no colours');
    is(palette('url(x)'), {}, 'and nothing is made of them');
    is(Math.round(contrast([0, 0, 0], WHITE)), 21, 'black on white');
    is([palette('#ffd400')['--brand-light-on'],
        palette('#123456')['--brand-light-on']], ['#000000', '#ffffff'],
       'text on a button is black or white');

    const steps = [0, 64, 128, 192, 255].map((part) =>
        part.toString(16).padStart(2, '0'));
    const unread = [];

    for (const color of steps.flatMap((r) => steps.flatMap((g) =>
        steps.map((b) => `#${r}${g}${b}`))))
    {
        const made = palette(color);
        const of = (name) => parseColor(made[`--brand-${name}`]);

        if (contrast(of('light'), WHITE) < 4.5
            || contrast(of('dark'), [24, 28, 35]) < 4.5
            || contrast(of('light-fill'), of('light-on')) < 4.5
            || contrast(of('dark-fill'), of('dark-on')) < 4.5)
        {
            unread.push(color);
        }
    }

    is(unread, [], 'with every colour texts can be read');
}


/* who may frame meetings */

is(originsOf('all', 'x'), ['*'], 'everybody');
is(originsOf('none', 'x'), [], 'nobody');
is(originsOf('some', 'www.example.com/path, https://a.org:8443\n'
             + 'https://www.example.com'),
   ['https://www.example.com', 'https://a.org:8443'],
   'addresses are cut to origins');
is(wrongOrigin(originsOf('some', 'https://a.org javascript:alert(1)')),
   'javascript:alert(1)', 'no origin');
is([wrongOrigin(['*']), wrongOrigin([])], [null, null], 'nothing is wrong');


/* webhooks */

is(webhooksOf('backend.example.com HTTP://A.org:8080/x?a[]=1|2\n'
              + 'https://m\u00fcnchen.example/\u00e9\nbackend.example.com/'),
   ['https://backend.example.com/', 'http://a.org:8080/x?a%5B%5D=1%7C2',
    'https://xn--mnchen-3ya.example/%C3%A9'], 'addresses as the API has them');
is(['ftp://a', 'https://u@a', 'https://u:p@a/', 'https://a/#x', 'https://',
    'javascript:alert(1)', `https://a/${'x'.repeat(2048)}`, 'https://a b']
    .map((word) => cleanWebhook(word)), Array(8).fill(null), 'no addresses');
is(cleanWebhook('http://[::1]:3000'), 'http://[::1]:3000/', 'an IPv6 address');
is(wrongWebhook(webhooksOf('https://a/ ftp://b')), 'ftp://b', 'the wrong one');
is([wrongWebhook(['https://a/']), wrongWebhook([])], [null, null],
   'nothing is wrong');

done();
