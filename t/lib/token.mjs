/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit access tokens, signed as an operator's own program does, with any
 * grants: {token, url, identity} as of createToken.
 *
 *   const agent = ownToken(instance, room._id, 'agent', { kind: 'agent' });
 */

import { createHmac } from 'node:crypto';


const part = (value) => Buffer.from(JSON.stringify(value))
    .toString('base64url');


/* claims: further ones, grants: of video */

export function ownToken(instance, room, identity, claims = {}, grants = {}) {
    const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({
        iss: instance.admin.api_key, sub: identity, name: identity,
        exp: Math.floor(Date.now() / 1000) + 600,
        video: { room, roomJoin: true, ...grants }, ...claims,
    })}`;
    const signature = createHmac('sha256', instance.admin.api_secret)
        .update(body).digest('base64url');

    return { token: `${body}.${signature}`, identity,
             url: instance.url.replace(/^http/, 'ws') };
}
