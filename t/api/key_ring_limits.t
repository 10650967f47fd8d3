#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Several LiveKit keys: who may make them, how many there are, and what others
# wrote into Redis.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $room = $t->create_room()->{_id};
my $app = '/api/application';

sub remove
{
    my (%args) = @_;

    return $t->request('DELETE', "$app/removeApiKey", token => $t->token(),
        json => \%args);
}


sub create
{
    my ($label) = @_;

    return $t->post("$app/createApiKey", { label => $label })->{json};
}


sub list { return $t->post("$app/getApiKeys", {})->{json} }


# who may do it

$t->post('/api/users/create', { name => 'ann', password => 'some word',
    role => 'member' });

my $member = $t->request('POST', '/api/auth/login', json => {
    email => 'ann', password => 'some word' })->{json}{token};

for my $method (qw(getApiKeys createApiKey rotateApiKey removeApiKey)) {
    my $verb = $method eq 'removeApiKey' ? 'DELETE' : 'POST';

    is($t->request($verb, "$app/$method", token => $member, json => {})
        ->{status}, 403, "$method is not for members");
    is($t->request($verb, "$app/$method", json => {})->{status}, 401,
        'nor for everybody');
}

is($t->get("$app/getApiKeys")->{status}, 405, 'no GET');
is(scalar(@{ list() }), 1, 'nothing was made');


# what is refused

for my $label ('x' x 101, "a\nb", "a\x{7f}", "\x{85}", 1, [], {}) {
    is($t->post("$app/createApiKey", { label => $label })->{status}, 400,
        'a label that is none');
}

for my $key ('', 'x' x 65, "\x{e9}" x 64, 1, [], undef, "a\0b") {
    is(remove(api_key => $key)->{status}, 400, 'a key that is none');
    is($t->post("$app/rotateApiKey", { api_key => $key })->{status}, 400,
        'nor is it rotated');
}

is(remove()->{json}{error}, 'api_key is required.', 'which one');
is(remove(api_key => $_)->{status}, 404, 'an unknown one')
    for 'APIx', '__proto__', 'a"b', "') redis.call('FLUSHALL') --";
is(scalar(@{ list() }), 1, 'nothing was made');

for my $label ('"}],"x":"', '<script>', "\x{1F600}\x{202e}", '\\', '%s', '') {
    is(create($label)->{label}, $label, 'a label');
    is((grep { $_->{label} eq $label } @{ list() }[1 .. $#{ list() }])[0]
        {label}, $label, 'as it was given');
}

is(create("\x{1F600}" x 100)->{label}, "\x{1F600}" x 100, 'a hundred');


# twenty admins at once

my @sockets = map { $t->connect() } 1 .. 20;

for my $socket (@sockets) {
    print $socket "POST $app/createApiKey HTTP/1.1\r\nHost: x\r\n"
        . 'x-access-token: ' . $t->token() . "\r\n"
        . "Connection: close\r\nContent-Length: 2\r\n\r\n{}";
    $socket->flush();
}

my @made = map { my $s = $_; local $/; <$s> =~ /"api_key":"(\w+)"/ } @sockets;

close $_ for @sockets;
is(scalar(@made), 20, 'twenty keys');
is_deeply([ sort grep { my $key = $_; grep { $_ eq $key } @made }
    map { $_->{api_key} } @{ list() } ], [ sort @made ], 'none is lost');

create('more') for @{ list() } .. 32;
is(scalar(@{ list() }), 33, 'there are 32');
is($t->post("$app/createApiKey", {})->{status}, 409, 'and no more');
is(remove(api_key => $made[0])->{status}, 200, 'one goes');
is($t->post("$app/createApiKey", {})->{status}, 200, 'another one comes');


# what others wrote

my $ring = $t->redis('HGET', 'conf:settings', 'livekit_keys');


sub store
{
    $t->redis('HSET', 'conf:settings', 'livekit_keys', $_[0]);
    $t->redis('PUBLISH', 'conf:settings', '');
}


my @entries = ('{"a":1}', '{"a":{"secret":"x","label":"","created":-1}}',
    '{"":{"secret":"x","label":"","created":1}}',
    '{"a b":{"secret":"x","label":"","created":1}}',
    '{"a":{"secret":1,"label":"","created":1}}');

for my $text ('', '[]', '[' x 5000, '{', 'null', '1', "\xff", @entries,
    $ring . ' ' x 65536)
{
    store($text);
    is(scalar(@{ list() }), 1, 'damaged: ' . substr $text, 0, 20);
    is($t->post('/api/conferences/createToken', { id => $room, name => 'x' })
        ->{status}, 200, 'our own signs');
}

store('{');

my $key = create('after that');

is(scalar(@{ list() }), 2, 'a new ring');
is(remove(api_key => $key->{api_key})->{status}, 200, 'of one key');
is($t->redis('HEXISTS', 'conf:settings', 'livekit_keys'), 0, 'none is left');

store($ring =~ s/"secret":"\w/"secret":"_/gr);
is(scalar(@{ list() }), 33, 'sealed by somebody else, they are listed');
is($t->post('/api/conferences/createToken', { id => $room, name => 'x' })
    ->{status}, 200, 'our own signs');

my $log = Test::Conference::read_file($t->dir() . '/logs/error.log');

like($log, qr/\[error\].*further LiveKit keys in Redis are damaged/, 'told');
like($log, qr/\[error\].*32 of the further LiveKit keys .* another secret/,
    'how many');
unlike($log, qr/secret":/, 'nothing secret');

kill 'STOP', $t->redis_pid();
is($t->post("$app/createApiKey", {})->{status}, 503, 'none without Redis');
kill 'CONT', $t->redis_pid();

$t->stop();

done_testing();
