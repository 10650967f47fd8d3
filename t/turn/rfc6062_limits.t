#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TCP allocations on the wire: what takes too long or too much, or is switched
# off.  Tests begin with the number of a section of RFC 6062.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::MD5 qw(md5_hex);
use Socket qw(SHUT_WR);
use Test::More;
use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Turn;
use Test::Conference::TurnTcp;


my $server = Test::Conference::Turn->server('turn_tcp_relay on;
    turn_max_peer_connections 4;');
my $peer = tcp_peer();
my $port = $peer->sockport();


sub client { return Test::Conference::Turn->new($server, tcp => 1, @_) }

sub attr { return Test::Conference::Turn::attr(@_) }


# What takes 30 seconds begins here: a peer whose queue is full does not
# answer, a connection is not bound, one direction is closed and silent.

my $full = tcp_peer();

listen $full, 0;

my @filling = map { IO::Socket::IP->new(PeerHost => '127.0.0.1',
    PeerPort => $full->sockport(), Blocking => 0) } 1 .. 3;
my ($slow, $pending) = map { client() } 1 .. 2;
my @half = connected($server, $peer);

is($_->allocate_tcp(), 0, '5.1: an allocation') for $slow, $pending;

my $tid = 'patience....';

$slow->put($slow->signed(10, $tid, attr(0x0012,
    Test::Conference::Turn::xor_addr('127.0.0.1', $full->sockport(), $tid))));
is($slow->connect_to('127.0.0.1', $full->sockport()), 446,
    '5.2: what is being connected is not connected to again');
is($pending->connect_to('127.0.0.1', $port), 0, '5.2: connected');

my $started = time;
my $unbound = accepted($peer);

shutdown $half[1]{socket}, SHUT_WR;
ok(at_end($half[2]), '5.5: one direction is closed');

# who does not read

my ($turn, $data, $there) = connected($server, $peer);

syswrite $data->{socket}, 'x';
bytes($there, 1);

my ($worker) = $server->workers();
my $before = Test::Conference::Turn::memory($worker);
my $sent = fill($there);

cmp_ok($sent, '<', 40 * 2**20, 'a flood waits in its own socket');
cmp_ok(Test::Conference::Turn::memory($worker) - $before, '<=', 1024,
    '... and not in the memory (KB)');
is(length $data->data($sent), $sent, '... and arrives');

# thirty seconds later

is($slow->exchange_tid($tid, 40), 447, '5.2: 447 at last');
cmp_ok(time - $started, '>=', 29, '5.2: ... after 30 s');
ok(at_end($unbound), '5.2: nobody came for it');
is(($pending->data_connection($server))[1], 400, '... and nobody can');
ok($half[1]->ended(10), '5.5: half closed and silent');

$server->stop();

# connections of nginx run out

$server = Test::Conference::Turn->server('turn_tcp_relay on;
    turn_max_peer_connections 64;', connections => 40);
$turn = client();
$turn->allocate_tcp();

my @many = map { tcp_peer() } 1 .. 40;
my @codes = map { $turn->connect_to('127.0.0.1', $_->sockport()) } @many;

is($codes[0], 0, 'a first peer');
is($codes[-1], 508, 'no connection is left for the last one');
is(client()->ask('binding'), 0, '... but for a client');
$server->stop();

# what is off, and what is slow

$server = Test::Conference::Turn->server('');
is(client()->allocate_tcp(), 442, '5.1: it is off by default');
$server->stop();

$server = Test::Conference::Turn->server('turn_tcp_relay on;
    turn_max_rate 200k;');
($turn, $data, $there) = connected($server, $peer);
$started = time;
is(exchange_bytes($data->{socket}, $there, 'x' x 200_000),
    md5_hex('x' x 200_000) x 2, 'turn_max_rate loses nothing');
cmp_ok(time - $started, '>', 0.8, '... and takes its time');
$server->stop();

done_testing();
