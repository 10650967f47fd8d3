#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# createToken: who gets in, as what, and what the token says.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use MIME::Base64 qw(decode_base64url);

use Test::Conference;
use Test::More;


my $t = Test::Conference->new();
my $path = '/api/conferences/createToken';
my $room = $t->create_room(name => 'Daily', max_participants => 2);
my $id = $room->{_id};


sub ask
{
    my ($json, %options) = @_;

    return $t->request('POST', $path, json => { id => $id, mode => 'speaker',
        name => 'Anna', %$json }, %options);
}


sub claims
{
    my ($reply) = @_;

    return JSON::PP::decode_json(decode_base64url(
        (split /\./, $reply->{json}{token} // '')[1] // 'e30'));
}


sub refused
{
    my ($reply, $status, $error, $name) = @_;

    is($reply->{status}, $status, "$name: $status");
    like($reply->{json}{error}, $error, "$name: sentence");
}


# an answer

my $reply = ask({ name => "Ann\x{e9} \"<b>" });
my ($url, $token, $identity) = @{ $reply->{json} }{qw(url token identity)};

is($reply->{status}, 200, 'a token');
is($url, 'ws://127.0.0.1:' . $t->port(), 'url');
like($identity, qr/^[0-9a-f]{32}$/, 'an identity is made');
is($reply->{json}{name}, "Ann\x{e9} \"<b>", 'the exact name');
like($reply->{content}, qr/^\{"token":"[^"]+","url":"[^"]+",
    "identity":"[^"]+","name":".+","room":\{"name":"Daily",
    "mediaType":"MEDIA_TYPE_VIDEO_AUDIO","max_participants":2,"active":true,
    "allow_chat":true,"allow_share_screen":true\},"iceServers":\[\{
    "urls":\["turn:[^"]+","turn:[^"]+","turns:[^"]+"\],"username":"\d+:[^"]+",
    "credential":"[^"]{28}"\}\]\}$/x, 'order of the members');

my $claims = claims($reply);

is($claims->{iss}, $t->admin()->{api_key}, 'iss');
is($claims->{sub}, $identity, 'sub');
is($claims->{exp} - $claims->{nbf}, 6 * 3600, 'six hours');
is_deeply($claims->{video}, { room => $id, roomJoin => JSON::PP::true(),
    canPublish => JSON::PP::true(), canSubscribe => JSON::PP::true(),
    canPublishData => JSON::PP::true(),
    canUpdateOwnMetadata => JSON::PP::true() }, 'grant of a speaker');

is($token, jwt($claims, $t->admin()->{api_secret}) =~ s/.*\././r
    ? $token : '', 'it is signed');

is_deeply(claims(ask({ mode => 'view' }))->{video}, { room => $id,
    roomJoin => JSON::PP::true(), canPublish => JSON::PP::false(),
    canSubscribe => JSON::PP::true(), canPublishData => JSON::PP::true(),
    canUpdateOwnMetadata => JSON::PP::true() }, 'grant of a viewer');

my $other = $t->create_room(mediaType => 'MEDIA_TYPE_AUDIO_ONLY',
    allow_chat => JSON::PP::false());

is_deeply(claims(ask({ id => $other->{_id} }))->{video}{canPublishSources},
    [ 'microphone' ], 'audio only');
is(claims(ask({ id => $other->{_id}, mode => 'view' }))->{video}
    {canPublishData}, JSON::PP::true(), 'the room decides on chat');

$other = $t->create_room(allow_share_screen => JSON::PP::false());

is_deeply(claims(ask({ id => $other->{_id} }))->{video}{canPublishSources},
    [ 'camera', 'microphone' ], 'no screen');

is($t->request('POST', "$path/?id=$id&name=A&mode=view", content => '')
    ->{status}, 200, 'as a query');


# pages of other origins

my $options = $t->request('OPTIONS', $path);

is($options->{headers}{'access-control-allow-origin'}, '*', 'CORS: any page');
is($options->{headers}{'access-control-allow-headers'}, 'Content-Type',
    'CORS: JSON');
is($_->{headers}{'access-control-allow-origin'}, '*', 'CORS: answer')
    for $reply, ask({ id => 'x' });
ok(!exists $reply->{headers}{'access-control-allow-credentials'},
    'CORS: without credentials');


# the address

is(ask({}, headers => { Host => 'meet.example.com:8443' })->{json}{url},
    'ws://meet.example.com:8443', 'the port of the request');
is(ask({}, headers => { 'X-Forwarded-Proto' => 'https' })->{json}{url}, $url,
    'nobody else says what the scheme is');
refused(ask({}, headers => { Host => 'a"b' }), 400, qr/Host/, 'Host');


# wrong arguments

refused(ask($_->[0]), 400, $_->[1], "$_->[1]") for
    [ { id => 'x' }, qr/^id must/ ], [ { mode => 'x' },
    qr/^mode must be speaker or view\.$/ ], [ { name => '' }, qr/^name must/ ],
    [ { name => 'x' x 101 }, qr/^name must/ ], [ { identity => '' },
    qr/^identity must/ ], [ { identity => 'x' x 257 }, qr/^identity must/ ],
    [ { identity => "\x{20ac}" x 86 }, qr/^identity must/ ],
    [ { identity => "a\nb" }, qr/^identity must/ ],
    [ { token => 1 }, qr/^token must/ ];

refused($t->request('POST', $path, json => { id => $id }), 400,
    qr/^name is required/, 'no name');
refused(ask({ id => '0' x 24 }), 404, qr/no room/, 'unknown room');
is(ask({ identity => 'x' x 256 })->{status}, 200, 'the longest identity');


# seats

my $bob = ask({ identity => 'bob' })->{json}{token};

is(ask({ identity => 'bob' })->{status}, 200, 'nobody is there yet');

$t->redis('HSET', "conf:room:$id:identities", 'bob', 'PA_1');

refused(ask({ identity => 'bob' }), 409, qr/in the room already/, 'present');
is(ask({ identity => 'bob', token => $bob })->{status}, 200, 'its own token');
refused(ask({ identity => 'bob', token => $_->[0] }), 409, qr/already/, $_->[1])
    for [ $token, 'a token of another' ], [ "${bob}x", 'a broken token' ],
    [ '', 'no token' ],
    [ ask({ id => $other->{_id}, identity => 'bob' })->{json}{token},
        'a token of another room' ],
    [ $t->access_token('bob', { roomJoin => JSON::PP::true(), room => $id },
        exp => time - 100), 'an old token' ];

is(ask({ identity => 'bob' }, token => $t->token())->{status}, 200,
    'an API token');
is(ask({ identity => 'bob' }, token => 'x')->{status}, 401,
    'something else there');
is(ask({ identity => 'bob' }, headers => { Cookie => 'USER_STORE_TOKEN='
    . $t->token() })->{status}, 409, 'the cookie is no API token here');

$t->redis('HSET', "conf:room:$id:identities", 'eve', 'PA_2');

refused(ask({}), 403, qr/^The room is full\.$/, 'full');
is(ask({ identity => 'bob', token => $bob })->{status}, 200,
    'who is in comes back into a full room');

$t->post('/api/conferences/update', { id => $id, active => JSON::PP::false() });

refused(ask({}), 403, qr/^The room is closed\.$/, 'closed');
refused(ask({ identity => 'bob', token => $bob }), 403, qr/closed/,
    'closed for all');


# a flood of one address

my %status;
my $socket = $t->connect();
my $body = '{"id":"x"}';
my $line = "POST $path HTTP/1.1\r\nHost: x\r\nContent-Length: "
    . length($body) . "\r\n\r\n$body";

print $socket $line x 1500, $line =~ s/\r\n/\r\nConnection: close\r\n/r;
$socket->flush();

my $answer = '';
1 while sysread $socket, $answer, 65536, length $answer;

$status{$1}++ while $answer =~ m{HTTP/1\.1 (\d+) }g;

cmp_ok($status{400} // 0, '>=', 200, 'two hundred at once');
cmp_ok($status{429} // 0, '>', 0, 'no flood')
    or diag(join ' ', %status);
like($answer, qr/429 .*?Retry-After: 1\r\n.*?\{"success":false,"error":"Too/s,
    'the answer to a flood');
is($t->request('POST', "$path/?x", content => 'x' x 100_000)->{headers}
    {'access-control-allow-origin'}, '*', 'CORS: what nginx refuses');

$t->stop();

done_testing();
