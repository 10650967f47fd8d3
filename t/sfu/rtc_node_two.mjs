#!/usr/bin/env node
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The same as rtc_node.mjs with a peer connection for each direction.
 */

process.env.CONNECTIONS = '2';

await import('./rtc_node.mjs');
