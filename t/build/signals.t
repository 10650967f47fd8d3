#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# make run ends by SIGTERM to make alone and by Ctrl-C, right after a reload
# as well, and goes on when Redis dies.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;
use Time::HiRes qw(time);

use Test::Conference;


# Ctrl-C goes to the whole process group of make

for my $case (['SIGTERM to make', 0], ['SIGINT to the group', 1]) {
    my ($name, $group) = @$case;
    my $t = Test::Conference->new(LOG_LEVEL => 'info');

    # the ports of a finished instance are ours for the moment
    is($t->halt(), 0, 'ports are found');

    my $make = fork() // die "fork: $!\n";

    if ($make == 0) {
        setpgrp(0, 0);
        @ENV{keys %{ $t->{vars} }} = values %{ $t->{vars} };
        chdir $Test::Conference::top;
        open STDOUT, '>', "$t->{dir}/said" or die "said: $!\n";
        open STDERR, '>&', \*STDOUT or die "said: $!\n";
        exec 'make', '-o', 'all', 'run' or die "make: $!\n";
    }

    ok(wait_for(sub {
        Test::Conference::read_file("$t->{dir}/said") =~ /^ready http/m
    }, 60), "$name: make run gets ready");

    my ($run) = map { $_->[0] } Test::Conference::children($make);
    my @groups = map { $_->[1] } Test::Conference::children($run);

    kill 'HUP', $t->nginx_pid();

    my $begin = time;

    kill $group ? ('INT', -$make) : ('TERM', $make);
    waitpid $make, 0;

    ok(time - $begin < 15, "$name: ends in time");
    ok(wait_for(sub { !grep { kill 0, -$_ } $make, @groups }),
        "$name: no process is left");
    is($t->log_problems(), '', "$name: error.log holds no problem");
}


my $t = Test::Conference->new();

$t->redis('SET', 'probe', 'kept');

my $redis = $t->redis_pid();

# with appendfsync everysec a write waits for the sync of an earlier second
ok(wait_for(sub { $t->redis('INFO') =~ /^aof_buffer_length:0\r/m }),
    'the file is written');

kill 'KILL', $redis;

ok(wait_for(sub { eval { $t->redis('GET', 'probe') eq 'kept' } }),
    'Redis is started again on its data');

$t->{groups} = [ map { $_->[1] } Test::Conference::children($t->{pid}) ];
$t->stop();

done_testing();
