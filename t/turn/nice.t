#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# libnice as a client: agents that may use relays only.  In the mode of RFC
# 5245 it has TURN over UDP and TCP; what it calls TLS there is none.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Temp qw(tempdir);
use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $dir = tempdir('nice-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
my $tool = "$dir/nice";

is(system("cc -O1 -Wall -Wextra -Wno-unused-parameter -Werror"
    . " $FindBin::Bin/nice.c -o $tool \$(pkg-config --cflags --libs nice)"), 0,
    'a client with libnice is built');

my $server = Test::Conference::Turn->server();

for my $transport (qw(udp tcp)) {
    my $said = `timeout 60 $tool $server->{port} user pass $transport 2>&1`;

    is($said, "first: relay, received 200\nsecond: relay, received 200\n",
        "libnice over $transport: data through two relays");
    is(scalar(() = $server->log_text() =~ /allocation ended.*in:[1-9]/g),
        $transport eq 'udp' ? 2 : 4, "libnice over $transport: both end");
}

is(Test::Conference::Turn->new($server)->allocate(), 0, 'and others, too');
$server->stop();

done_testing();
