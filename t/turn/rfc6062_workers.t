#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TCP allocations where the data connection comes to another worker than the
# control connection, also over TLS.

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


my $server = Test::Conference::Turn->server('turn_tcp_relay on;',
    workers => 4, tls => 1);
my $peer = tcp_peer();
my $port = $peer->sockport();


sub client { return Test::Conference::Turn->new($server, tcp => 1, @_) }


for my $same (1, 0) {
    my $name = $same ? 'the same worker' : 'another worker';
    my $turn = client();

    is($turn->allocate_tcp(), 0, "$name: an allocation");
    is($turn->connect_to('127.0.0.1', $port), 0, '5.2: connected');

    my $there = accepted($peer);
    my $data = data_in($server, $turn, $same);
    my $other = data_in($server, $turn, $same);

    syswrite $there, 'early';
    $other->{user} = 'other';
    is($other->connection_bind($turn->{id}), 441, "5.4: another user's");
    is($data->connection_bind($turn->{id} ^ "\0\xff\xff\xff"), 400,
        '5.4: an unknown id');
    is($data->connection_bind($turn->{id}, 'at once'), 0, '5.4: bound');
    is($other->connection_bind($turn->{id}, 'data'), 400, '5.4: not twice');
    ok($other->ended(), '... and what was sent with it is no message');
    is($data->data(5), 'early', '5.4: what the peer sent before');
    is(bytes($there, 7), 'at once',
        '5.4: what the client sent with it');

    my $bytes = join '', map { pack 'N', $_ * 2654435761 % 2**32 }
        1 .. 2**18;

    is(exchange_bytes($data->{socket}, $there,
        $bytes), md5_hex($bytes) x 2, '5.4: a megabyte, both ways');

    my ($worker) = worker_of($server, $data);
    my $before = Test::Conference::Turn::memory($worker);
    my $sent = fill($there);

    cmp_ok(Test::Conference::Turn::memory($worker) - $before, '<=', 1024,
        'who does not read leaves the memory as it was (KB)');
    is(length $data->data($sent), $sent, '... and gets all');

    shutdown $data->{socket}, SHUT_WR;
    ok(at_end($there), '5.5: the client has said all');
    syswrite $there, 'answer';
    close $there;
    is($data->data(7), 'answer', '5.5: and gets an answer');

    ok(wait_for(sub { $turn->connect_to('127.0.0.1', $port) == 0 }),
        '5.2: then again');
    $there = accepted($peer);
    $data = data_in($server, $turn, $same);
    is($data->connection_bind($turn->{id}), 0, '5.4: bound');
    is($turn->refresh(0), 0, 'Refresh ends it');
    ok($data->ended(), '5.5: ... and the client side');
    ok(at_end($there), '5.5: ... and the peer');
}

# TLS, in any of four workers

for my $tls (1 .. 4) {
    my $turn = client(tls => 1);

    $turn->allocate_tcp();
    $turn->connect_to('127.0.0.1', $port);

    my $there = accepted($peer);
    my ($data, $code) = $turn->data_connection($server, tls => 1,
        behind => 'over TLS');

    is($code, 0, 'TLS: bound');
    is(bytes($there, 8), 'over TLS', 'TLS: data');

    my $bytes = 'tls' x 100_000;

    is(exchange_bytes($data->{socket}, $there,
        $bytes), md5_hex($bytes) x 2, 'TLS: both ways');
    close $there;
    ok($data->ended(), '5.5: TLS: the peer closes');
}

$server->stop();

done_testing();
