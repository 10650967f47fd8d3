#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# createTestToken: everybody may test the way to the server, in a room that
# nobody sees.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(WORKERS => 2, LOG_LEVEL => 'info');
my $path = '/api/application/createTestToken';
my $zeros = '0' x 24;


sub ask  { $t->request('POST', $path, @_) }


# the first messages of a session until its refresh token

sub session
{
    my ($token) = @_;

    my $ws = $t->websocket("/rtc?sdk=js&protocol=15&access_token=$token")
        or return;
    my @messages;

    while (my ($opcode, $message) = $ws->receive(5)) {
        push @messages, $message;
        last if $message =~ /^\x82\x01/;
    }

    return ($ws, @messages);
}


my $reply = ask();

is($reply->{status}, 200, 'a token without arguments');
is_deeply([ sort keys %{ $reply->{json} } ], [ qw(iceServers token url) ],
    'what a test needs');
is($reply->{json}{url}, 'ws://127.0.0.1:' . $t->port(), 'url');
is(scalar @{ $reply->{json}{iceServers}[0]{urls} }, 3, 'TURN servers');
is($reply->{headers}{'cache-control'}, 'no-store', 'not to be kept');

my $claims = jwt_claims($reply->{json}{token});

is_deeply($claims->{video}, { room => $zeros, roomJoin => JSON::PP::true(),
    canPublish => JSON::PP::false(), canSubscribe => JSON::PP::true(),
    canPublishData => JSON::PP::false(), hidden => JSON::PP::true() },
    'what it grants');
is($claims->{exp} - $claims->{iat}, 600, 'ten minutes to join');
isnt(jwt_claims(ask(json => { identity => $claims->{sub} })
        ->{json}{token})->{sub}, $claims->{sub}, 'an identity of its own');


# in the room

my ($anna, @first) = session($reply->{json}{token});
my ($boris, @second) = session(ask()->{json}{token});

ok($anna && $boris, 'two tests join');
unlike($second[0], qr/\Q$claims->{sub}\E/, 'who do not see each other');
is($t->redis('HLEN', "conf:room:$zeros:identities"), 2, 'both are there');

my %room = @{ $t->redis('HGETALL', "conf:room:$zeros") };

is_deeply([ @room{qw(max_participants allow_chat active)} ], [ 1000, 0, 1 ],
    'the room');
ok($room{epoch}, 'has an epoch');
is($t->request('POST', "/whip/$zeros", content => audio_offer(), headers => {
    'Content-Type' => 'application/sdp',
    Authorization => 'Bearer ' . ask()->{json}{token} })->{status}, 403,
    'nobody publishes there');


# nobody sees it

my $api = '/api/conferences';

is($t->redis('ZCARD', 'conf:rooms'), 0, 'it is in no list');
is($t->post("$api/getCount", {})->{json}{count}, 0, 'nor counted');
is_deeply($t->post("$api/getAll", { search => $zeros })->{json}, [],
    'nor found');

for my $case ([ POST => "$api/getById" ], [ POST => "$api/update" ],
    [ DELETE => "$api/remove" ], [ POST => "$api/createToken" ])
{
    my ($method, $path) = @$case;

    $reply = $t->request($method, $path, token => $t->token(), json =>
        { id => $zeros, name => 'x', active => JSON::PP::false() });

    is($reply->{status}, 404, "$path: 404");
    like($reply->{json}{error}, qr/no room with this id/, "$path: sentence");
}

is($t->get("/conferences/$zeros")->{status}, 404, 'it has no page');
is($t->get("/conferences-view-mode/$zeros/")->{status}, 404, 'nor another');
is($t->redis('HGET', "conf:room:$zeros", 'active'), 1, 'and is as it was');


# an end

$_->close() for $anna, $boris;

# the sessions end later: seats are those of Redis

$t->redis('HSET', "conf:room:$zeros:identities",
    map { ("i$_", "PA_$_") } 1 .. 1000);
$reply = ask();
is($reply->{status}, 403, 'one too many');
like($reply->{json}{error}, qr/^Too many tests/, 'sentence');
$t->redis('DEL', "conf:room:$zeros:identities");


# limits are those of createToken

my $line = "POST $path HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{";
my $last = $line =~ s/\r\n/\r\nConnection: close\r\n/r;

ok(index($t->raw($line x 1500 . $last, 20), ' 429 Too Many') > 0,
    'they are limited');

is(ask(headers => { Host => '"x' })->{status}, 400, 'a bad Host');
is($t->get($path)->{status}, 405, 'not by GET');

$t->stop();

done_testing();
