#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TCP allocations on the wire: Connect and ConnectionBind.  Tests begin with the
# number of a section.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::MD5 qw(md5_hex);
use Socket qw(SHUT_WR);
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


# allocations

is(Test::Conference::Turn->new($server)->allocate_tcp(), 400,
    '5.1: over UDP 400');
is(client()->allocate_tcp(attr(0x001a, '')), 400, '5.1: DONT-FRAGMENT');
is(client()->allocate_tcp(attr(0x0018, "\0")), 400, '5.1: EVEN-PORT');
is(client()->allocate_tcp(attr(0x0022, 'x' x 8)), 400,
    '5.1: RESERVATION-TOKEN');

# to a peer

my $turn = client();

is($turn->allocate_tcp(), 0, '5.1: an allocation');
is($turn->connect_to('127.0.0.2', $port), 403, '5.2: a denied peer');
is($turn->connect_to('127.0.0.1', $server->{port}), 403,
    '5.2: the server itself');
is($turn->connect_to('127.0.0.1', $turn->{relay_port}), 403,
    '5.2: the relay itself');
is($turn->connect_to('::1', $port), 443, '5.2: another family');

my $gone = tcp_peer();
my $dead = $gone->sockport();

close $gone;
is($turn->connect_to('127.0.0.1', $dead), 447, '5.2: nobody listens');
is($turn->connect_to('127.0.0.1', $port), 0, '5.2: somebody does');

my $there = accepted($peer);

is($there->peerport(), $turn->{relay_port}, '5.2: from the relayed address');
is($turn->connect_to('127.0.0.1', $port), 446, '5.2: pending, and again');
syswrite $there, 'early ';

my ($data, $code) = $turn->data_connection($server, user => 'other');

is($code, 441, "5.4: another user's");
is($data->connection_bind("\xff" x 4), 400, '5.4: an unknown worker');
is($data->connection_bind($turn->{id} ^ "\0\xff\xff\xff"), 400,
    '5.4: an unknown id');
is($data->ask('connection_bind'), 400, '5.4: none');
is($turn->connection_bind($turn->{id}), 400, '5.4: on the control connection');
is((Test::Conference::Turn->new($server))->connection_bind($turn->{id}), 400,
    '5.4: over UDP');

($data, $code) = $turn->data_connection($server, behind => 'at once');
is($code, 0, '5.4: bound');
is(($turn->data_connection($server))[1], 400, '5.4: not twice');
is($data->data(6), 'early ', '5.4: what the peer sent before');
is(bytes($there, 7), 'at once',
    '5.4: what the client sent with it');
is($turn->connect_to('127.0.0.1', $port), 446, '5.2: bound, and again');

# megabytes in both directions at once

my $bytes = join '', map { pack 'N', $_ * 2654435761 % 2**32 } 1 .. 2**19;

is(exchange_bytes($data->{socket}, $there, $bytes),
    md5_hex($bytes) x 2, '5.4: two megabytes, both ways');

# closed

close $there;
ok($data->ended(), '5.5: the peer closes, so does the client side');

is($turn->connect_to('127.0.0.1', $port), 446,
    '5.2: half closed is there yet');
close $data->{socket};
ok(wait_for(sub { $turn->connect_to('127.0.0.1', $port) == 0 }),
    '5.5: closed on both sides it is not');
$there = accepted($peer);
$data = $turn->data_connection($server);
close $data->{socket};
ok(at_end($there), '5.5: the client closes');
close $there;

# half closed

ok(wait_for(sub { $turn->connect_to('127.0.0.1', $port) == 0 }),
    '5.2: then again');
$there = accepted($peer);
$data = $turn->data_connection($server);
$data->put('question');
shutdown $data->{socket}, SHUT_WR;
is(bytes($there, 9), 'question', '5.5: the client has said all');
syswrite $there, 'answer';
close $there;
is($data->data(7), 'answer', '5.5: and gets an answer');
is($turn->refresh(0), 0, 'it ends');

$server->stop();

done_testing();
