#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TLS of an installed server: names of servers and first messages that are
# none.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference::ClientHello qw(client_hello first_answer in_records
                                     server_name);
use Test::Conference::OwnServer;

my $server = Test::Conference::OwnServer->new();
my $meet = 'meet.example.test';
my $result = $server->setup('--domain', $meet, '--turn-domain',
    'turn.example.test', '--no-cert');

is($result->{status}, 0, 'it is set up') or diag($result->{said});

my $workers = $server->must('pgrep', '-f', 'nginx: worker');

# to HTTPS, to TURN, and to where what is decrypted tells

my %ways = (h2 => ['h2'], 'stun.turn' => ['stun.turn'], none => undef);
my @ways = sort keys %ways;


sub hello
{
    my ($name, $way, %options) = @_;

    return client_hello(name => $name, alpn => $ways{$way}, %options);
}


sub answer
{
    return first_answer('198.18.0.1', 443, @_);
}


sub goes_on
{
    my ($what) = @_;

    return is($server->get("https://$meet/healthz")->{status}, 200,
        "it goes on after $what");
}


# names

my @hostile = ('', '.', '..', "$meet.", "$meet..", ".$meet", '-', '*',
    "*.$meet", '198.18.0.1', '[::1]', '::1', "$meet\0", "\0$meet",
    "$meet\0.evil.test", "$meet\r\nHost: x", "$meet/../..",
    '../../etc/passwd', "$meet:443", '$conf_certificate', '%s%n%s', 'data:',
    'unix:/run/x', ' ', "\t", "\xff\xfe\xfd", "\xc3\xa4.example.test",
    'a' x 63, 'a' x 64, 'a' x 255, 'a' x 256, 'a.' x 120, 'a' x 4000,
    'a' x 15000, "\0" x 300, "\n" x 100, "$meet," x 50, '"', "'; DROP",
    'conf:certs', '{}');

# what is no list of names

my @extensions = ('', "\0", "\0\0", "\0\1\0", "\xff\xff", "\0\5\0\0\2aa",
    "\0\3\0\xff\xff", "\0\3\0\0\0", pack('n/a', "\1" . pack 'n/a', $meet),
    pack('n/a', ("\0" . pack 'n/a', $meet) x 2), server_name($meet) . 'more',
    "\0\0" . server_name($meet));

for my $way (@ways) {
    is(answer(hello(uc $meet, $way))->{cipher}, 0xc02b,
        "$way: a name in upper case");

    for my $try ((map { server_name($_) } @hostile), @extensions) {
        my $answer = answer(hello(undef, $way, server_name => $try),
            seconds => 5);

        ok(defined($answer->{alert} // $answer->{cipher}),
            "$way: an answer to " . unpack 'H80', $try);
    }
}

goes_on('hostile names');


# messages in pieces

for my $way (@ways) {
    my $hello = hello($meet, $way);

    is(answer($hello, size => 1)->{cipher}, 0xc02b, "$way: byte by byte");
    is(answer(in_records(substr($hello, 5), 1))->{cipher}, 0xc02b,
        "$way: a record for each byte");

    answer(substr($hello, 0, $_), end => 1) for 1 .. length($hello) - 1;
    goes_on('messages that end early');
}


# and what is none

my $seed = $ENV{SEED} // int rand 1e9;

srand $seed;


sub random_bytes
{
    return join '', map { chr int rand 256 } 0 .. rand 600;
}


for my $n (1 .. 300) {
    my $hello = hello($meet, $ways[$n % 3]);

    substr($hello, rand length $hello, 1) = chr int rand 256 for 0 .. rand 4;
    answer($hello, end => 1);
}

for my $n (1 .. 100) {
    answer(random_bytes(), end => 1);
    answer(in_records(random_bytes(), 100), end => 1);
}

goes_on('damaged and random messages') or diag("SEED=$seed");
is($server->must('pgrep', '-f', 'nginx: worker'), $workers,
    'with the same workers');

# Debian's nginx logs as critical what OpenSSL does not expect of a client

is($server->run('sh', '-c', 'grep -aE "\[(alert|emerg|crit)\]"'
    . ' /var/log/nginx/error.log | grep -av "SSL_do_handshake() failed"')
        ->{said}, '', 'error.log holds no problem');

done_testing();
