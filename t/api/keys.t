#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The LiveKit key is rotated: the old one is void at once, in all workers, and
# who is in a meeting gets a token that is good for coming back.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(WORKERS => 2, LOG_LEVEL => 'info');
my $room = $t->create_room()->{_id};
my %old = %{ $t->admin() };


# what signalling says to a token, in many connections; both workers answer

sub verdicts
{
    my ($token) = @_;

    return join ' ', sort keys %{ { map {
        $t->get("/rtc/validate?access_token=$token")->{status} => 1
    } 1 .. 16 } };
}


sub is_void
{
    my ($token, $name) = @_;

    ok(wait_for(sub { verdicts($token) eq '401' }), $name);
}


# a session, which has got its first token

sub session
{
    my ($token) = @_;

    my $ws = $t->websocket("/rtc?sdk=js&protocol=15&access_token=$token")
        or return;

    $ws->{refreshed} = refreshed($ws);

    return $ws;
}


# the next SignalResponse.refresh_token (field 16)

sub refreshed
{
    my ($ws) = @_;

    while (my ($opcode, $message) = $ws->receive(5)) {
        return $1 if $message =~ /^\x82\x01[\x80-\xff]*[\x00-\x7f](eyJ.*)/s;
    }

    return '';
}


my @people = map { $t->join_token($room, name => "P$_") } 1 .. 8;
my @sessions = map { session($_->{token}) } @people;
my $waiting = $t->join_token($room);

is(scalar(grep { jwt_claims($_->{refreshed})->{iss} eq $old{api_key} }
        @sessions), 8, 'sessions with tokens of the first key');
is(verdicts($waiting->{token}), '200', 'which is good');


# rotated

my $new = $t->post('/api/application/rotateApiKey', {})->{json};

like($new->{api_key}, qr/^API[A-Za-z0-9]{12}$/, 'a new key');
like($new->{api_secret}, qr/^[A-Za-z0-9]{43}$/, 'a new secret');
isnt($new->{api_key}, $old{api_key}, 'another one');

is_void($waiting->{token}, 'the old token is void');
is_void($t->access_token('x', { room => $room, roomJoin => JSON::PP::true() }),
    'and what the key file signs');

is($t->request('POST', "/whip/$room", content => audio_offer(),
    headers => { 'Content-Type' => 'application/sdp',
        Authorization => "Bearer $waiting->{token}" })->{status}, 401,
    'for WHIP, too');
is($t->request('POST', '/api/conferences/createToken', json => {
    id => $room, name => 'P1', identity => $people[0]{identity},
    token => $people[0]{token} })->{status}, 409,
    'and as a proof of an identity');

my @tokens = map { refreshed($_) } @sessions;

is(scalar(grep { $_ && jwt_claims($_)->{iss} eq $new->{api_key} } @tokens), 8,
    'all sessions got a new token');
is_deeply([ map { jwt_claims($_)->{sub} } @tokens ],
    [ map { $_->{identity} } @people ], 'of their own');
is(verdicts($tokens[0]), '200', 'which is good');

my $back = session($tokens[0]);

ok($back, 'its owner comes back');
is(jwt_claims($back->{refreshed})->{iss}, $new->{api_key},
    'and goes on with it');

my @joins = map { $t->join_token($room) } 1 .. 16;

is(scalar(grep { jwt_claims($_->{token})->{iss} eq $new->{api_key} }
        @joins), 16,
    'createToken signs with it');
is(verdicts($joins[0]{token}), '200', 'as signalling knows');
is(verdicts(jwt({ iss => $new->{api_key}, sub => 'mine', exp => time + 60,
    video => { room => $room, roomJoin => JSON::PP::true() } },
    $new->{api_secret})), '200', 'and everybody who has the secret');

is_deeply([ @{ $t->post('/api/application/getAppInfo', {})->{json} }
    {qw(api_key api_secret)} ], [ @$new{qw(api_key api_secret)} ],
    'getAppInfo shows it');

my %stored = @{ $t->redis('HGETALL', 'conf:settings') };

is($stored{livekit_key}, $new->{api_key}, 'Redis has the key');
isnt(index("@{[ %stored ]}", $new->{api_secret}), 0, 'not the secret');
unlike(join(' ', values %stored), qr/$new->{api_secret}/, 'anywhere');


# other settings change: no token for anybody

$t->post('/api/application/updateHTTPConfig', { domain_name => 'a.example' });
$t->post('/api/conferences/update', { id => $room,
    allow_share_screen => JSON::PP::true() });

my $again = $t->post('/api/application/rotateApiKey', {})->{json};

is_void($joins[0]{token}, 'rotated again');

my $token = refreshed($sessions[1]);

$token = refreshed($sessions[1])
    while $token && jwt_claims($token)->{iss} ne $again->{api_key};
ok($token, 'the session has heard of it');


# a reload, a restart

$t->reload();
is(verdicts($joins[0]{token}) =~ /200/ ? 'good' : 'void', 'void',
    'no new worker takes an old token');
ok(wait_for(sub { verdicts($token) eq '200' }), 'they take the new one');

$_->close() for @sessions, $back;
$t->halt();
$t->start();

is($t->admin()->{api_key}, $again->{api_key}, 'admin.json has the new key');
is($t->admin()->{api_secret}, $again->{api_secret}, 'and secret');
is(verdicts($t->access_token('x', { room => $room,
    roomJoin => JSON::PP::true() })), '200', 'it is good');


# a secret that is not ours

my $sealed = $t->redis('HGET', 'conf:settings', 'livekit_secret');

sub store
{
    $t->redis('HSET', 'conf:settings', 'livekit_secret', $_[0]);
    $t->redis('PUBLISH', 'conf:settings', '');
}


sub complaints
{
    my $log = Test::Conference::read_file($t->dir() . '/logs/error.log');

    return scalar(() = $log =~ /\[error\].*sealed with another secret/g);
}


my $file = jwt({ iss => $old{api_key}, sub => 'x', exp => time + 600, video =>
    { room => $room, roomJoin => JSON::PP::true() } }, $old{api_secret});

is_void($file, "the file's key is void");

for my $text ('', 'x', 'x' x 100_000, scalar reverse($sealed)) {
    store($text);
    ok(wait_for(sub { verdicts($file) eq '200' }),
        "the file's key is valid: " . substr $text, 0, 9);
}

is($t->post('/api/application/getAppInfo', {})->{json}{api_key},
    $old{api_key}, 'getAppInfo shows it');

my $said = complaints();

ok(wait_for(sub { ($said = complaints()) >= 4 }), 'the log tells of it');

$t->post('/api/application/updateHTTPConfig', { domain_name => "a$_.example" })
    for 1 .. 5;
$t->post('/api/application/updateCustomSettings', { custom_settings =>
    { brand_name => 'x' } });
ok(wait_for(sub { !grep { ($t->get('/api/application/getBranding')
    ->{json}{brand_name} // '') ne 'x' } 1 .. 16 }), 'all have read it again');
is(complaints(), $said, 'once');

store($sealed);
is_void($file, 'ours is good again');

$t->redis('HDEL', 'conf:settings', 'livekit_key', 'livekit_secret');
$t->redis('PUBLISH', 'conf:settings', '');
ok(wait_for(sub { verdicts($file) eq '200' }),
    "without a pair the file's keys are valid");


# Redis

kill 'STOP', $t->redis_pid();
is($t->post('/api/application/rotateApiKey', {})->{status}, 503,
    'no rotation without Redis');
kill 'CONT', $t->redis_pid();

$t->stop();

done_testing();
