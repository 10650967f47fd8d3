#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Allocations over a reload, two quick ones, a killed worker and QUIT.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;
use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Turn;


my $server = Test::Conference::Turn->server('turn_max_user_allocations 110;');
my $peer = Test::Conference::Turn::peer();
my $port = $peer->sockport();

my @clients = map { Test::Conference::Turn->new($server) } 1 .. 100;
my $tcp = Test::Conference::Turn->new($server, tcp => 1);

is(scalar(grep { $_->allocate() == 0
                 && $_->bind_channel(0x4000, '127.0.0.1', $port) == 0 }
          @clients, $tcp), 101, 'a hundred relays over UDP, one over TCP');


# a packet to the peer and back, in seconds

sub round_trip
{
    my ($turn) = @_;
    my $start = time;

    $turn->send_channel(0x4000, 'ping');
    return 9 if !defined Test::Conference::Turn::received($peer);

    $turn->answer($peer, 'pong');
    return 9 if !defined $turn->get();

    return time - $start;
}


# the longest time of all relays, one after the other

sub worst
{
    my $worst = 0;

    for my $turn (@clients) {
        my $took = round_trip($turn);

        $worst = $took if $took > $worst;
    }

    return $worst;
}


sub refreshed { return scalar grep { $_->refresh(600) == 0 } @clients }

my ($former) = $server->workers();

kill 'HUP', $server->{pid};

# until the old worker has told that it quits, and some rounds more

my ($worst, $rounds) = (0, 0);

while ($rounds < 3) {
    my $took = worst();

    $worst = $took if $took > $worst;
    $rounds++ if $server->log_text() =~ /gracefully shutting down/;
}

cmp_ok($worst, '<', 0.2, 'no gap over 200 ms in a reload');
is(refreshed(), 100, 'no 437');
cmp_ok(round_trip($tcp), '<', 1, 'TCP goes on in the old worker');
ok((grep { $_ == $former } $server->workers()), '... which stays for it');

kill 'HUP', $server->{pid};
kill 'HUP', $server->{pid};
cmp_ok(worst(), '<', 1, 'two reloads at once lose nothing');
is(refreshed(), 100, 'no 437');

my @more = map { Test::Conference::Turn->new($server) } 1 .. 12;

is(scalar(grep { $_->allocate() == 486 } @more), 3,
    'quotas have moved and are not counted twice');
$_->refresh(0) for @more;

close $tcp->{socket};
ok(wait_for(sub { my @w = $server->workers(); @w == 1 }, 20),
    'old workers leave when they are empty');

my ($worker) = $server->workers();

kill 'KILL', $worker;
ok(wait_for(sub { my ($w) = $server->workers(); $w && $w != $worker }),
    'a killed worker is replaced');
is($clients[0]->refresh(600), 437, 'its allocations are gone');
is(scalar(grep { $_->allocate() == 0 } @clients), 100,
    '... and their quotas given back');

$_->refresh(0) for @clients[1 .. 99];

my $quits = quits();

kill 'QUIT', $server->{pid};

# no datagram comes to a worker that quits; the allocation holds it

sub quits { return scalar(() = $server->log_text() =~ /gracefully shut/g) }

ok(wait_for(sub { quits() > $quits }), 'QUIT');
ok((kill 0, $server->{pid}), 'an allocation holds the worker');

kill 'TERM', $server->{pid};
waitpid $server->{pid}, 0;
is($?, 0, 'TERM ends it');
is($server->problems(), '', 'no other alert');

done_testing();
