#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TCP allocations on the wire: connections of peers, both families, the end of
# all.  Tests begin with the number of a section of RFC 6062.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Turn;
use Test::Conference::TurnTcp;


my $server = Test::Conference::Turn->server('turn_tcp_relay on;
    turn_max_peer_connections 4; turn_relay_address 127.0.0.1 ::1;
    turn_peer_allow 127.0.0.1 ::1;');
my $peer = tcp_peer();
my $port = $peer->sockport();


sub client { return Test::Conference::Turn->new($server, tcp => 1, @_) }

sub attr { return Test::Conference::Turn::attr(@_) }


my $turn = client();

$turn->allocate_tcp();


sub peer_connects
{
    return IO::Socket::IP->new(PeerHost => '127.0.0.1',
        PeerPort => $turn->{relay_port}) || die "relay: $!\n";
}


ok(at_end(peer_connects()), '5.3: no permission');
is($turn->permit('127.0.0.1'), 0, 'a permission');

my $there = peer_connects();

syswrite $there, 'hello';
is($turn->attempt(), $there->sockport(), '5.3: ConnectionAttempt');

my $data = $turn->data_connection($server);

is($data->data(5), 'hello', '5.3: what it sent is kept');
$data->put('world');
is(bytes($there, 5), 'world', '5.4: and back');

my $short = peer_connects();

syswrite $short, 'bye';
close $short;
$turn->attempt();
is($turn->data_connection($server)->data(4), 'bye',
    '5.3: of one that has gone already, too');

my @peers = map { peer_connects() } 1 .. 3;

$turn->attempt() for @peers;
ok(at_end(peer_connects()), 'not more than allowed');
is($turn->connect_to('127.0.0.1', $port), 508, '... in both directions');
$turn->send('127.0.0.1', $port, 'datagram');
is($turn->bind_channel(0x4000, '127.0.0.1', $port), 400, 'no channels');
is($turn->refresh(600), 0, 'Refresh keeps it');
is($turn->refresh(0), 0, 'Refresh ends it');
ok(at_end($_), '5.5: ... and a connection') for @peers, $there;
ok($data->ended(), '5.5: ... and the client side');

($turn, $data, $there) = connected($server, $peer);
close $turn->{socket};
ok($data->ended() && at_end($there),
    '5.5: the control connection ends, so do all');

# both families

$turn = client();
is($turn->allocate_tcp(attr(0x8000, "\2\0\0\0")), 0, 'IPv4 and IPv6');

my $six = tcp_peer(LocalHost => '::1');

is($turn->connect_to('::1', $six->sockport()), 0, '5.2: a peer of IPv6');
$there = accepted($six);
is($turn->ask('refresh', attr(0x000d, pack 'N', 0) . attr(0x0017,
    "\2\0\0\0")), 0, 'Refresh ends IPv6');
ok(at_end($there), '5.5: ... and its connection');
is($turn->connect_to('127.0.0.1', $port), 0, '... but not IPv4');
accepted($peer);
is($turn->refresh(0), 0, 'it ends');

$server->stop();

done_testing();
