#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Several LiveKit keys: each verifies tokens from when it is made to when it is
# removed, in all workers; whose key goes gets a token of another one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(WORKERS => 2, LOG_LEVEL => 'info');
my $room = $t->create_room()->{_id};
my $app = '/api/application';
my $own = $t->admin()->{api_key};


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


sub token
{
    my ($key, $identity) = @_;

    return jwt({ iss => $key->{api_key}, sub => $identity, exp => time + 600,
        video => { room => $room, roomJoin => JSON::PP::true() } },
        $key->{api_secret});
}


# what signalling says to a token, in many connections; both workers answer

sub verdicts
{
    my ($token) = @_;

    return join ' ', sort keys %{ { map {
        $t->get("/rtc/validate?access_token=$token")->{status} => 1
    } 1 .. 16 } };
}


sub becomes
{
    my ($token, $status, $name) = @_;

    ok(wait_for(sub { verdicts($token) eq $status }), $name);
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


# made

is_deeply(list(), [ { api_key => $own, label => '', created => 0,
    own => JSON::PP::true() } ], 'our own key');

my $label = "Backend \x{20ac} \"1\" <b>";
my $one = create($label);
my $two = create('x' x 100);

like($one->{api_key}, qr/^API[A-Za-z0-9]{12}$/, 'a key');
like($one->{api_secret}, qr/^[A-Za-z0-9]{43}$/, 'its secret');
is($one->{label}, $label, 'its label');
ok(abs($one->{created} - time) < 60, 'its time');
is(join(' ', sort map { $_->{api_key} } @{ list() }),
    join(' ', sort $own, $one->{api_key}, $two->{api_key}), 'all of them');
is(join(' ', map { $_->{own} ? 'own' : 'other' } @{ list() }),
    'own other other', 'our own is the first');
is((grep { $_->{api_key} eq $one->{api_key} } @{ list() })[0]{label}, $label,
    'with labels');
unlike($t->post("$app/getApiKeys", {})->{content}, qr/secret/, 'no secret');
unlike(join(' ', @{ $t->redis('HGETALL', 'conf:settings') }),
    qr/$one->{api_secret}/, 'they are sealed');

becomes(token($one, 'a'), '200', 'it is good');
becomes(token($two, 'a'), '200', 'so is the other');
is(verdicts($t->access_token('a', { room => $room,
    roomJoin => JSON::PP::true() })), '200', 'and our own');
is(verdicts(token({ %$one, api_secret => $two->{api_secret} }, 'a')), '401',
    'each with its secret');
is(jwt_claims($t->join_token($room)->{token})->{iss}, $own,
    'which createToken signs with');


# a key of two sessions is rotated, while another one comes

my @sessions = map {
    scalar $t->websocket('/rtc?sdk=js&protocol=15&access_token='
        . token($one, $_))
} qw(ann bob);

is(jwt_claims(refreshed($_))->{iss}, $one->{api_key}, 'a session of it')
    for @sessions;

my $three = create('three');
my $again = $t->post("$app/rotateApiKey",
    { api_key => $one->{api_key} })->{json};

is($again->{api_key}, $one->{api_key}, 'rotated, the same key');
isnt($again->{api_secret}, $one->{api_secret}, 'another secret');
becomes(token($one, 'a'), '401', 'the old secret is void');
is(verdicts(token($again, 'a')), '200', 'the new one is good');
is((grep { $_->{api_key} eq $one->{api_key} } @{ list() })[0]{label}, $label,
    'its label stays');

my @tokens = map { refreshed($_) } @sessions;

is(jwt_claims($_)->{iss}, $one->{api_key}, 'a token of it') for @tokens;
is(verdicts($_), '200', 'which is good') for @tokens;
is(jwt_claims($tokens[0])->{sub}, 'ann', 'for the same');

# removed: the sessions go on with tokens of our own; nobody heard of "three"

is(remove(api_key => $one->{api_key})->{content}, '{"success":true}',
    'removed');
becomes(token($again, 'a'), '401', 'it is void');
is(verdicts($tokens[0]), '401', 'and what it signed');

@tokens = map { refreshed($_) } @sessions;

is(jwt_claims($_)->{iss}, $own, 'a token of our own key') for @tokens;
is(verdicts($tokens[0]), '200', 'which is good');
is($t->request('POST', '/api/conferences/createToken', json => { id => $room,
    name => 'Ann', identity => 'ann', token => $tokens[0] })->{status}, 200,
    'and a proof of the seat');
is(remove(api_key => $one->{api_key})->{status}, 404, 'removed twice');
is($t->post("$app/rotateApiKey", { api_key => $one->{api_key} })->{status},
    404, 'nor rotated');
$_->close() for @sessions;

# our own keeps its name, or is another pair

my $mine = $t->post("$app/rotateApiKey", { api_key => $own })->{json};

is($mine->{api_key}, $own, 'our own has another secret');
becomes(token($mine, 'a'), '200', 'it is good');
is(verdicts(token($two, 'a')), '200', 'others stay');
is(verdicts($tokens[0]), '401', 'what it signed is void');
isnt($t->post("$app/rotateApiKey", {})->{json}{api_key}, $own,
    'another pair');
becomes(token($mine, 'a'), '401', 'the old one is void');
is(remove(api_key => list()->[0]{api_key})->{status}, 409,
    'our own is not removed');


# a reload

$t->reload();
becomes(token($two, 'a'), '200', 'new workers know it');
ok(wait_for(sub { my $list = list(); ref $list eq 'ARRAY'
    && grep { $_->{api_key} eq $three->{api_key} } @$list }), 'and list it');


$t->stop();

done_testing();
