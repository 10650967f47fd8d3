#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# pion's TURN client, as Debian has it: UDP, TCP and TLS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Temp qw(tempdir);
use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $dir = tempdir('pion-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
my $tool = "$dir/pion";

# Debian's sources and nothing else; what is built goes with the folder

{
    local @ENV{qw(GO111MODULE GOPATH GOCACHE GOFLAGS)} = ('off',
        '/usr/share/gocode', "$dir/cache", '');

    is(system("go build -o $tool $FindBin::Bin/pion.go"), 0,
        'a client with pion is built');
}

my $server = Test::Conference::Turn->server('', tls => 1);
my $ended = 0;

for my $transport (qw(udp tcp tls)) {
    my $port = $transport eq 'tls' ? $server->{tls_port} : $server->{port};
    my $said = `timeout 60 $tool $port user pass $transport 2>&1`;

    is($said, "127.0.0.1: 400 messages and back\n", "pion over $transport");
    $ended++;
    ok(wait_for(sub {
        return $ended == (() = $server->log_text() =~ /allocation ended/g);
    }), "pion over $transport: it ends");
}

like(`timeout 60 $tool $server->{port} user wrong udp 2>&1`,
    qr/^Allocate: .*401/, 'pion with a wrong password');

$server->stop();

done_testing();
