#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Links over a reload: the worker that drains keeps its own and takes new
# ones, until it exits or worker_shutdown_timeout closes them.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Socket::UNIX;

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my $redis = Test::Conference::Servers->new();
my $probe = Test::Conference::Probe->new('link', $redis->url(), WORKERS => 1);
my $nginx = $probe->instance();


# requests that have begun keep a worker, and ask it later

sub begin
{
    return map {
        my $socket = IO::Socket::UNIX->new(Peer => $probe->{socket})
            or die "connect: $!\n";
        print $socket 'GET /';
        $socket->flush();
        $socket;
    } 1 .. $_[0];
}


sub ask_old
{
    my ($old, $path) = @_;

    my $socket = shift @$old // die "no more questions\n";
    print $socket "$path HTTP/1.0\r\n\r\n";
    $socket->flush();

    return $probe->finish($socket);
}


sub pids { return { map { $_ => 1 } $nginx->worker_pids() } }


# until none of the workers from before takes requests any more

sub reload
{
    my @before = $nginx->worker_pids();

    $nginx->reload();

    return wait_for(sub {
        my $log = Test::Conference::read_file($nginx->dir()
            . '/logs/error.log');
        return !grep { $log !~ /\b$_#\d+: gracefully shutting/ } @before;
    });
}

my $w1 = $probe->ask('wid');
my ($p1) = $nginx->worker_pids();
my @old = begin(60);

# they have been accepted when a later one is answered
$probe->ask('wid');

ok(reload(), 'a new worker');
my $w2 = $probe->ask('wid');
isnt($w2, $w1, 'is another one');
is(ask_old(\@old, 'wid'), $w1, 'the old one is still there');

is($probe->ask('hold', $w1), 0, 'the new one holds the old one');
is($probe->ask('send', $w1, 3, 'hello'), 0, 'and sends');
ok($probe->says(qr/^up $w1 \nmessage $w1 hello$/m), 'and is answered');
is(ask_old(\@old, "send?$w2&1&back"), 0, 'the old one sends');
ok($probe->says(qr/^message $w1 back$/m), 'too');
is(ask_old(\@old, "flood?$w2&30&500000"), 16, 'as much as may wait');
ok(wait_for(sub { $probe->ask('link', $w1) =~ /received:16 wrong:0/ }),
    'all of it comes');


# a third generation is called by the first one

my $conf = $nginx->dir() . '/nginx.conf';
open my $file, '<', $conf or die "$conf: $!\n";
my $text = join '', readline $file;
close $file;
$text =~ s/(worker_shutdown_timeout) +1h/$1 1s/ or die "no timeout\n";
open $file, '>', $conf or die "$conf: $!\n";
print $file $text;
close $file;

my @middle = begin(20);
$probe->ask('wid');
ok(reload(), 'a third one');
my $w3 = $probe->ask('wid');
is(ask_old(\@old, "hold?$w3"), 0, 'the first one holds it');
is(ask_old(\@old, "send?$w3&1&third"), 0, 'and sends');
ok($probe->says(qr/^message $w1 third$/m), 'to the third');
is(ask_old(\@middle, "hold?$w3"), 0, 'the second one, too');
ok($probe->says(qr/^up $w2/m), 'is up');


# the second one is done; the link ends with it

close $_ for @middle;
ok($probe->says(qr/^down $w2/m), 'the second one has gone');
ok(wait_for(sub { keys %{ pids() } == 2 }), 'it has exited');
like(ask_old(\@old, 'journal'), qr/^down $w2/m, 'the first one knows');
unlike($probe->ask('journal'), qr/^dead/m, 'nobody had asked for it');


# the timeout of the third generation is a second

my @third = begin(5);
$probe->ask('wid');
reload();
ok(wait_for(sub { ask_old(\@old, 'journal') =~ /^down $w3 \ndead $w3 $/m }),
    'the third one is cut off, and dead');
ok(pids()->{$p1}, 'the first one goes on');

# nginx has an alert for each connection when TERM follows QUIT
close $_ for @old, @third;
ok(wait_for(sub { keys %{ pids() } == 1 }), 'until it is not needed');

$probe->stop();

done_testing();
