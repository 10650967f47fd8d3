#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Sentinels are asked for the primary, and failovers are followed: one on
# purpose, then one because the primary stands still.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my @secret = ('--requirepass', 'secret', '--masterauth', 'secret',
    '--repl-diskless-sync-delay', 0);

my %servers;

my $first = Test::Conference::Servers->new({ port => 1 }, @secret);
my $second = Test::Conference::Servers->new({ port => 1 }, @secret,
    '--replicaof', '127.0.0.1 ' . $first->port());

$servers{$_->port()} = $_ for $first, $second;

my @sentinels = map {
    Test::Conference::Servers->new({ sentinel => <<"END" })
sentinel monitor prim 127.0.0.1 @{[ $first->port() ]} 2
sentinel auth-pass prim secret
sentinel down-after-milliseconds prim 1000
sentinel failover-timeout prim 2000
END
} 1 .. 3;


sub primary
{
    my $answer = $sentinels[0]->call('SENTINEL', 'get-master-addr-by-name',
        'prim');

    return $servers{$answer->[1]};
}


# the Sentinels know each other and a replica that is ready

sub ready
{
    my %master = @{ $sentinels[0]->call('SENTINEL', 'master', 'prim') };
    my ($replica) = map { +{ @$_ } }
        @{ $sentinels[0]->call('SENTINEL', 'replicas', 'prim') };

    return $master{'num-other-sentinels'} == 2 && $replica
        && $replica->{flags} eq 'slave'
        && $replica->{'master-link-status'} eq 'ok';
}


ok(wait_for(\&ready, 30), 'the Sentinels are ready');

# the first address is nobody's

my $unused = IO::Socket::IP->new(LocalHost => '127.0.0.1', Listen => 1)
    ->sockport();
my $addresses = join ',', map { "127.0.0.1:$_" } $unused,
    map { $_->port() } @sentinels;
my $probe = Test::Conference::Probe->new('redis',
    "sentinel://:secret\@$addresses/prim/2");

$probe->ask('subscribe', 'ch');
ok($probe->says(qr/^up/m) && $probe->says(qr/^confirmed ch/m),
    'the primary is found');


sub writes_to
{
    my ($server, $value) = @_;

    my $written = wait_for(sub {
        $probe->ask('command', 'SET', 'k', $value) eq '0 "OK"' or return;
        $server->call('SELECT', 2);
        return ($server->call('GET', 'k') // '') eq $value;
    }, 20);

    ok($written, "$value is written to the primary");
    ok(wait_for(sub { $server->call('PUBLISH', 'ch', $value) }),
        'and the channel is heard there');
    ok($probe->says(qr/^message $value/m), 'with its message');
}


writes_to($first, 'one');


# on purpose: the old primary goes on, and must not be written to

ok(wait_for(sub { eval { $sentinels[0]->call('SENTINEL', 'failover',
    'prim') } }, 20), 'a failover on purpose');
ok(wait_for(sub { primary() == $second }, 20), 'another server is the primary');

writes_to($second, 'two');

$first->call('SELECT', 2);
ok(wait_for(sub { my $role = $first->call('ROLE'); $role->[0] eq 'slave'
    && $role->[3] eq 'connected' }, 30), 'the old primary is a replica');
ok(wait_for(\&ready, 30), 'ready again');


# the primary stands still

$second->signal('STOP');
ok(wait_for(sub { primary() == $first }, 20), 'a failover');
writes_to($first, 'three');
$second->signal('CONT');

$probe->stop();

done_testing();
