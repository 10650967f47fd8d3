#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TCP allocations in reloads, with killed workers and worker_shutdown_timeout.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Turn;
use Test::Conference::TurnTcp;


my $server = Test::Conference::Turn->server('turn_tcp_relay on;',
    workers => 4);
my $peer = tcp_peer();
my $port = $peer->sockport();


sub client { return Test::Conference::Turn->new($server, tcp => 1, @_) }


# a reload: the allocation stays, its data connection comes to a new worker

my @former = $server->workers();
my $turn = client();

$turn->allocate_tcp();
$turn->connect_to('127.0.0.1', $port);

my $there = accepted($peer);

$turn->permit('127.0.0.1');

kill 'HUP', $server->{pid};

# until it is only the old worker of the allocation that is left, and it does
# not listen

my $holder = worker_of($server, $turn);

ok(wait_for(sub { my %old = map { $_ => 1 } @former;
    my @now = $server->workers(); @now == 5 && 4 == grep { !$old{$_} } @now })
    && wait_for(sub { $server->log_text() =~ /$holder#\d+: gracefully/ }),
    'a reload');

my ($data, $code) = $turn->data_connection($server);
my $new = worker_of($server, $data);

is($code, 0, 'bound through a new worker');
isnt($new, $holder, '... which is another one');
$data->put('after');
is(bytes($there, 5), 'after', '... and is a pipe');

my $later = IO::Socket::IP->new(PeerHost => '127.0.0.1',
    PeerPort => $turn->{relay_port});

is($turn->attempt(), $later->sockport(), 'a peer comes to the old worker');

my ($second, $bound) = $turn->data_connection($server);

is($bound, 0, '... and is bound');

# the new one has to quit, too, but not as long as it is needed

kill 'HUP', $server->{pid};
ok(wait_for(sub { $server->log_text() =~ /$new#\d+: gracefully shut/ }),
    'a second reload');
syswrite $there, 'still here';
is($data->data(10), 'still here', '... leaves the pipe');
close $turn->{socket};
ok($data->ended() && $second->ended(), 'the control connection ends');
close $_->{socket} for $data, $second;
ok(wait_for(sub { my @w = $server->workers(); @w == 4 }, 20),
    'old workers leave');

# a worker is killed

$turn = client();
$turn->allocate_tcp();
$turn->connect_to('127.0.0.1', $port);
$there = accepted($peer);
$data = data_in($server, $turn, 0);
is($data->connection_bind($turn->{id}), 0, 'bound in another worker');
kill 'KILL', worker_of($server, $turn);
ok($data->ended(), 'the worker of the allocation is killed');
is(($turn->data_connection($server))[1], 400, '... and its ids are unknown');

$turn = client();
$turn->allocate_tcp();
$turn->connect_to('127.0.0.1', $port);
$there = accepted($peer);
$data = data_in($server, $turn, 0);
$data->connection_bind($turn->{id});
kill 'KILL', worker_of($server, $data);
ok(at_end($there), 'that of the client is killed');
is($turn->refresh(600), 0, '... the allocation lives');

$server->stop();

# worker_shutdown_timeout

$server = Test::Conference::Turn->server('turn_tcp_relay on;', workers => 2,
    main => 'worker_shutdown_timeout 1s;');
@former = $server->workers();
$turn = client();
$turn->allocate_tcp();
$turn->connect_to('127.0.0.1', $port);
$there = accepted($peer);
$data = data_in($server, $turn, 0);
$data->connection_bind($turn->{id});
$turn->permit('127.0.0.1');
$later = IO::Socket::IP->new(PeerHost => '127.0.0.1',
    PeerPort => $turn->{relay_port});
$turn->attempt();
kill 'HUP', $server->{pid};
ok($data->ended() && at_end($there)
    && at_end($later),
    'worker_shutdown_timeout ends what there is');
ok(wait_for(sub { my %now = map { $_ => 1 } $server->workers();
    !grep { $now{$_} } @former }), '... and the workers');
$server->stop();

done_testing();
