#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Floods as those of later versions of turnutils_uclient, -Y packet, invalid
# and alloc: the server answers afterwards, and its log stays quiet.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $count = 5000;

my $server = Test::Conference::Turn->server(
    'turn_max_user_allocations 5; turn_challenge_rate 10;');
my $udp = Test::Conference::Turn::attr(0x0019, "\x11\0\0\0");

srand 1;


sub client { return Test::Conference::Turn->new($server, @_) }

sub noise { return join '', map { chr int rand 256 } 1 .. $_[0] }


# lines that are not for debugging, nor nginx's own two of each connection

sub lines
{
    return scalar grep { !/\[debug\]|client \S+ connected|client disconnected/ }
        split /\n/, $server->log_text();
}


my %floods = (
    packet => sub { return noise(1 + int rand 200) },

    invalid => sub {
        my $attrs = join '', map {
            Test::Conference::Turn::attr(int rand 0x30, noise(int rand 30))
        } 1 .. 1 + int rand 5;

        return Test::Conference::Turn::message(int rand 0x20, noise(12),
            $attrs);
    },

    alloc => sub {
        return Test::Conference::Turn::message(0x0003, noise(12), $udp);
    },
);

for my $kind (sort keys %floods) {
    my $before = lines();

    for my $tcp (0, 1) {
        my $turn = client(tcp => $tcp);

        for (1 .. $count) {
            my $bytes = $floods{$kind}->();

            # who writes garbage is disconnected
            $turn->put($bytes) // ($turn = client(tcp => $tcp));

            # what is answered is taken
            $turn->{socket}->blocking(0);
            sysread $turn->{socket}, my $answer, 65536;
            $turn->{socket}->blocking(1);
        }
    }

    is(client(tcp => 1)->ask('binding'), 0, "$kind: then it answers");
    cmp_ok(lines() - $before, '<', 50, "$kind: a quiet log");
}

# with credentials

my @clients = map { client(tcp => $_ % 2) } 1 .. 200;
my $before = lines();

is(scalar(grep { $_->allocate() == 486 } @clients), 195,
    'alloc: a user gets no more than his quota');
cmp_ok(lines() - $before, '<', 10, 'alloc: a quiet log');

$_->refresh(0) for @clients;
is($clients[7]->allocate(), 0, 'alloc: and gets it again');

$server->stop();

done_testing();
