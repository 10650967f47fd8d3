#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What is refused, with which status and sentence, by the API and by nginx
# before it: always JSON.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new();
my $api = '/api/conferences';
my $id = $t->create_room(name => 'there')->{_id};


sub refused
{
    my ($reply, $status, $error, $name) = @_;

    is($reply->{status}, $status, "$name: $status");
    is_deeply([ sort keys %{ $reply->{json} // {} } ], [ 'error', 'success' ],
        "$name: form of an error")
        or diag($reply->{content});
    like($reply->{json}{error}, $error, "$name: sentence");
}


sub body
{
    my ($path, $content, %options) = @_;

    return $t->request('POST', $path, token => $t->token(),
        content => $content, %options);
}


# arguments

my $name = qr/^name must be a string of 1 to 200 characters/;

refused(body("$api/create", $_->[0]), 400, $_->[1], $_->[2]) for
    [ '', qr/^name is required\.$/, 'no body' ],
    [ '{}', qr/^name is required\.$/, 'empty object' ],
    [ '{"name":""}', $name, 'empty name' ],
    [ '{"name":"' . 'x' x 201 . '"}', $name, 'long name' ],
    [ '{"name":"a\nb"}', $name, 'line feed' ],
    [ '{"name":7}', $name, 'number as name' ],
    [ '{"name":null}', $name, 'null' ],
    [ '{"name":"x","max_participants":0}',
        qr/^max_participants must be an integer from 1 to 10000\.$/,
        'no seats' ],
    [ '{"name":"x","max_participants":10001}', qr/^max_part/, 'many seats' ],
    [ '{"name":"x","max_participants":"5"}', qr/^max_part/, 'seats as text' ],
    [ '{"name":"x","max_participants":5.5}', qr/^max_part/, 'half a seat' ],
    [ '{"name":"x","active":"true"}', qr/^active must be true or false\.$/,
        'true as text' ],
    [ '{"name":"x","active":1}', qr/^active must/, '1 as true' ],
    [ '{"name":"x","mediaType":"TV"}',
        qr/^mediaType must be MEDIA_TYPE_VIDEO_AUDIO or MEDIA_TYPE_AUDIO_ONLY/,
        'media type' ],
    [ '{"name":"x","extended":3}', qr/^extended must/, 'extended' ],
    [ '{"name":', qr/^The body is not valid JSON/, 'cut JSON' ],
    [ '[]', qr/^The body must be a JSON object\.$/, 'array' ],
    [ 'name=%f', qr/malformed/, 'bad escape' ];

is($t->post("$api/create", { name => 'x' x 200 })->{status}, 200,
    'the longest name');
is(body("$api/create", '{"name":"' . "\xe2\x82\xac" x 200 . '"}')->{status},
    200, 'counted in characters');

refused($t->post("$api/getById", { id => 'x' }), 400, qr/^id must be/,
    'bad id');
refused($t->post("$api/getById", {}), 400, qr/^id is required/, 'no id');
refused($t->post("$api/getById", { id => '0' x 24 }), 404,
    qr/^There is no room/, 'unknown id');
refused($t->post("$api/getAll", { limit => -1 }), 400, qr/^limit must/,
    'limit');
is($t->post("$api/getCount", {})->{json}{count}, 3, 'nothing was created');


# routes

refused($t->post('/api/nothing', {}), 404, qr/no such method/, 'unknown path');
refused($t->get('/api/'), 404, qr/no such method/, 'no path');

for my $case ([ 'GET', "$api/getAll", 'POST' ],
    [ 'POST', "$api/remove/", 'DELETE' ], [ 'DELETE', '/healthz',
        'GET, HEAD' ], [ 'PROPFIND', "$api/create", 'POST' ])
{
    my ($method, $path, $allow) = @$case;
    my $reply = $t->request($method, $path, token => $t->token());

    refused($reply, 405, qr/method is not allowed/, "$method $path");
    is($reply->{headers}{allow}, $allow, "Allow: $allow");
}

my $head = $t->request('HEAD', "$api/getAll");

is($head->{status}, 405, 'HEAD of a method');
is($head->{content}, '', 'has no body');
is($t->request('HEAD', '/healthz')->{status}, 200, 'HEAD of the health');

my $options = $t->request('OPTIONS', "$api/create");

is($options->{status}, 204, 'OPTIONS');
is($options->{headers}{allow}, 'POST', 'tells what is allowed');
ok(!exists $options->{headers}{'access-control-allow-origin'},
    'but not to pages of other origins');


# tokens

refused($t->request('POST', "$api/create", json => {}), 401,
    qr/^The API token \(header x-access-token\) is required\.$/, 'no token');
refused($t->request('POST', "$api/create", json => {}, token => $_->[0]), 401,
    $_->[1], $_->[2]) for
    [ 'x', qr/is malformed/, 'no JWT' ],
    [ 'x' x 5000, qr/is malformed/, 'long' ],
    [ $t->token() . 'x', qr/is not valid/, 'changed' ];


# what nginx refuses

refused(body("$api/create", 'x' x 100_000), 413, qr/too large/, '100 KB');
refused(Test::Conference::parse_response('POST', $t->raw(
        "POST $api/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        . 'x-access-token: ' . $t->token() . "\r\n"
        . "Transfer-Encoding: chunked\r\n\r\n"
        . sprintf("%x\r\n%s\r\n", 70_000, 'x' x 70_000) . "0\r\n\r\n")),
    413, qr/too large/, 'chunked 70 KB');
refused(body("$api/create", '', headers => { 'Content-Length' => 'x' }), 400,
    qr/malformed/, 'no length');
refused($t->request('GET', "$api/getAll?" . 'x' x 70_000), 414,
    qr/too long/, 'long address');
refused($t->request('GET', "$api/getAll", headers => { Long => 'x' x 70_000 }),
    400, qr/too long/, 'long header');
refused($t->request('TRACE', "$api/getAll"), 405, qr/method/, 'TRACE');

unlike($t->request('GET', '/', headers => { 'Content-Length' => 'x' })
    ->{content}, qr/success/, 'elsewhere nginx answers for itself');

$t->stop();

done_testing();
