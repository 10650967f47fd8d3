#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The same as sdk_data.mjs with a peer connection for each direction.
 */

process.env.CONNECTIONS = '2';

await import('./sdk_data.mjs');
