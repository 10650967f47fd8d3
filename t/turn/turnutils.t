#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Debian's coturn clients against this server.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $server = Test::Conference::Turn->server(
    'turn_max_user_allocations 100; turn_relay_address 127.0.0.1 ::1;');
my $taken = Test::Conference::Turn::peer();
my $port = $taken->sockport();

close $taken;

my $pid = fork() // die "fork: $!\n";

if ($pid == 0) {
    open STDOUT, '>', '/dev/null';
    exec 'turnutils_peer', '-L', '127.0.0.1', '-p', $port;
}

my $said = `turnutils_stunclient -p $server->{port} 127.0.0.1 2>&1`;
like($said, qr/reflexive addr: 127\.0\.0\.1:\d+/, 'turnutils_stunclient');


sub uclient
{
    my ($options) = @_;

    return scalar `timeout 60 turnutils_uclient -u user -w pass $options \\
        -p $server->{port} -e 127.0.0.1 -r $port 127.0.0.1 2>&1`;
}


my %runs = (
    'channels' => '', 'indications' => '-s', 'TCP' => '-t',
    'TCP, indications' => '-t -s', 'a secret' => '-W north -u bob',
    'DONT-FRAGMENT' => '-g', 'no RTCP' => '-c', 'small packets' => '-l 10',
    'large packets' => '-l 1400',
);

for my $name (sort keys %runs) {
    like(uclient("$runs{$name} -n 10 -m 2"), qr/Total lost packets 0 /,
        "turnutils_uclient: $name");
}

# floods of garbage, as long as they are

for my $kind (qw(packet invalid alloc)) {
    system "timeout 3 turnutils_uclient -Y $kind -u user -w pass -m 4"
        . " -p $server->{port} -e 127.0.0.1 -r $port 127.0.0.1"
        . ' >/dev/null 2>&1';
}

is(Test::Conference::Turn->new($server, user => 'other')->allocate(), 0,
    'after floods of -Y it answers');

kill 'TERM', $pid;
waitpid $pid, 0;
$server->stop();

done_testing();
