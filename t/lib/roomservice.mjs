/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's server API of an instance, as its own SDK for servers calls it:
 *
 *   const service = roomService(instance);
 *   await service.createRoom({ name: 'a room' });
 *   const grant = await accessToken(instance, 'a room', 'anna');
 *   is(await failure(service.deleteRoom('none')), ['not_found', 404], 'no');
 */

import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';


export function roomService(instance) {
    const { api_key: key, api_secret: secret } = instance.admin;

    return new RoomServiceClient(instance.url, key, secret);
}


/* {token, url, identity}; options of AccessToken, grant: more of video */

export async function accessToken(instance, room, identity, options = {},
                                  grant = {}, prepare = () => {})
{
    const { api_key: key, api_secret: secret } = instance.admin;
    const token = new AccessToken(key, secret, { identity, ...options });

    token.addGrant({ roomJoin: true, room, ...grant });
    prepare(token);

    return {
        token: await token.toJwt(),
        url: instance.url.replace(/^http/, 'ws'),
        identity,
    };
}


/* a token that only grants what it says */

export async function serverToken(instance, grant) {
    const { api_key: key, api_secret: secret } = instance.admin;
    const token = new AccessToken(key, secret, { identity: 'server' });

    token.addGrant(grant);

    return token.toJwt();
}


/* [code, status] of what has to fail */

export async function failure(promise) {
    try {
        await promise;
    } catch (error) {
        return [error.code, error.status];
    }

    return ['ok', 200];
}


/* a bare request: {status, type, text, json} */

export async function call(instance, method, body, headers = {}) {
    const response = await fetch(`${instance.url}/twirp/${method}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array
              ? body : JSON.stringify(body),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const type = response.headers.get('content-type');

    return {
        status: response.status, type, bytes, text,
        json: type === 'application/json' ? JSON.parse(text) : undefined,
    };
}
