#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Strangers at a worker's link socket, and in the place of a worker: nobody
# without the secret gets further than the handshake, nobody keeps others out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(hmac_sha256);
use IO::Select;
use IO::Socket::UNIX;
use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my $secret = 'the secret of a test';
my $redis = Test::Conference::Servers->new();

my ($one, $two) = map {
    Test::Conference::Probe->new('link', $redis->url(), WORKERS => 1)
} 1, 2;

my $other = Test::Conference::Probe->new('link', $redis->url(), WORKERS => 1,
    secret => 'the secret of another installation');

my $w1 = $one->ask('wid');
my $fake = '00000000000000ff';


# RFC 5869 for a single block

sub mac_key
{
    return hmac_sha256("conference link mac\1",
        hmac_sha256($_[0], "\0" x 32));
}

sub name { return "\0conference/$_[0]" }

sub connection
{
    return IO::Socket::UNIX->new(Peer => name($w1)) // die "connect: $!\n";
}

sub hello
{
    my (%with) = (version => 1, from => $fake, to => $w1, attempt => 1, @_);

    return pack 'a4 C a16 a16 Q> Q> a32', 'conf', @with{qw(version from to
        attempt)}, 0, 'n' x 32;
}

sub get
{
    my ($socket, $len) = @_;
    my $got = '';

    while (length $got < $len) {
        IO::Select->new($socket)->can_read(10) or die "nothing comes\n";
        sysread $socket, $got, $len - length $got, length $got or last;
    }

    return $got;
}


# what the other one says to this is the end

sub is_closed
{
    my ($socket, $name, $seconds) = @_;

    ok(IO::Select->new($socket)->can_read($seconds // 10)
        && !sysread($socket, my $byte, 1), $name);
}


# in the place of worker $fake, with the secret

sub enter
{
    my ($attempt, $key) = @_;

    my $socket = connection();
    my $hello = hello(attempt => $attempt);

    syswrite $socket, $hello;
    my ($wid, $nonce, $mac) = unpack 'a16 a32 a32', get($socket, 80);
    syswrite $socket, hmac_sha256("connect\0$hello$nonce",
        mac_key($key // $secret));

    return ($socket, $mac eq hmac_sha256("accept\0\0$hello$nonce",
        mac_key($key // $secret)));
}


# at each stage of the handshake

my @garbage = (
    ['noise', 'x' x 85],
    ['a later version', hello(version => 2)],
    ['a hello of itself', hello(from => $w1)],
    ['no attempt', hello(attempt => 0)],
    ['no id', hello(from => 'x' x 16)],
    ['much', 'conf' x 100000],
);

for my $case (@garbage) {
    my ($name, $bytes) = @$case;
    my $socket = connection();

    $socket->blocking(0);
    syswrite $socket, $bytes;
    is_closed($socket, $name);
}

# who asks for another one is told who this is, with a proof, and no more

my $stray = connection();
my $asked = hello(to => $fake);

syswrite $stray, $asked;

my ($who, $its_nonce, $its_mac) = unpack 'a16 a32 a32', get($stray, 80);

is($who, $w1, 'a hello for somebody else: who this is');
is($its_mac, hmac_sha256("another\0$asked$its_nonce", mac_key($secret)),
    '.. proved');
is_closed($stray, '.. and closed');

for my $proof ('m' x 32, hello()) {
    my $socket = connection();

    syswrite $socket, hello();
    is(substr(get($socket, 80), 0, 16), $w1, 'an answer');
    syswrite $socket, $proof;
    is_closed($socket, 'a wrong proof');
}

for my $bytes ('', substr(hello(), 0, 40), hello()) {
    my $socket = connection();
    syswrite $socket, $bytes;
    shutdown $socket, 1;
    get($socket, 80) if length $bytes == 85;
    is_closed($socket, 'gone in the middle');
}

my $begin = time;
my $socket = connection();
syswrite $socket, substr hello(), 0, 84;
is_closed($socket, 'slow');
cmp_ok(time - $begin, '>', 1.5, 'after two seconds');
cmp_ok(time - $begin, '<', 4, 'no longer');

{
    my ($entered, $known) = enter(1, 'a guess');
    ok(!$known, 'no MAC of a guess');
    is_closed($entered, 'a guessed secret');
}

is($one->ask('link', $fake), 'none', 'no link of any of them');
is($one->ask('journal'), '', 'nor was anything told');
is($one->stats()->{failures}, @garbage + 1 + 2 + 3 + 2,
    'but counted');


# an installation with another secret

is($other->ask('hold', $w1), 0, 'held');
ok(wait_for(sub { $other->stats()->{failures} > 3 }), 'it is refused');
is($other->ask('journal') . $one->ask('journal'), '', 'no link');
$other->ask('release', $w1);
$other->stop();


# behind the handshake: what is no frame ends the link

my @frames = (
    ['an unknown type', pack('N C', 1, 129) . 'x'],
    ['too long', pack('N C', 512 * 1024 + 1, 1)],
    ['a ping with a tail', pack('N C', 2, 0) . 'xx'],
    ['an accept', pack('N C', 1, 128) . 'x'],
    ['a type in pieces', pack('N', 1), pack('C', 200) . 'x'],
);
my $attempt = 10;

for my $case (@frames) {
    my ($name, @bytes) = @$case;
    my ($entered, $known) = enter($attempt++);

    ok($known, "$name: its MAC");
    is(get($entered, 6), "\0\0\0\1\x80\0", 'accepted');

    for my $bytes (@bytes) {
        syswrite $entered, $bytes;
        $one->ask('wid');
    }

    is_closed($entered, $name);
    ok($one->says(qr/(?:up $fake \ndown $fake \n){1}\z/), 'up and down');
}

is_deeply([$one->ask('journal') =~ /^(up|down)/mg],
    [map { ('up', 'down') } @frames], 'each time');


# a message in the smallest pieces; an older attempt changes nothing

my ($entered) = enter($attempt++);
get($entered, 6);

for my $byte (split //, pack('N C', 5, 1) . 'slowly') {
    syswrite $entered, $byte;
    $one->ask('wid');
}

ok($one->says(qr/^message $fake slowl$/m), 'byte by byte');

my ($older) = enter(3);
is_closed($older, 'an older attempt');
my ($newer) = enter($attempt++);
is(get($newer, 6), "\0\0\0\1\x80\0", 'a newer one');
is_closed($entered, 'takes its place');
close $newer;


# many that say nothing; a worker gets through nevertheless

my @silent = map { connection() } 1 .. 40;
is($two->ask('hold', $w1), 0, 'a worker');
ok($two->says(qr/^up $w1/m, 15), 'gets its turn');
is_closed($_, 'silent') for @silent[0, 39];
@silent = ();


# strangers in the place of a worker

my $listener = IO::Socket::UNIX->new(Local => name($fake), Listen => 5)
    or die "listen: $!\n";

is($one->ask('hold', $fake), 0, 'a worker that is none');

for my $answer ('', 'x' x 80, $fake . 'n' x 32 . 'm' x 32) {
    my $accepted = $listener->accept();
    is(substr(get($accepted, 85), 0, 5), "conf\1", 'a hello');
    syswrite $accepted, $answer;
    shutdown $accepted, 1 if $answer eq '';
    is_closed($accepted, 'is all it gets');
}

# one that begins with its own secret is no better
my $accepted = $listener->accept();
my $hello = get($accepted, 85);
syswrite $accepted, $fake . 'n' x 32
    . hmac_sha256("connect\0$hello" . 'n' x 32, mac_key($secret));
is_closed($accepted, 'the MAC of the other role');

# and one that has it may not talk before it has accepted
$accepted = $listener->accept();
$hello = get($accepted, 85);
syswrite $accepted, $fake . 'n' x 32
    . hmac_sha256("accept\0\0$hello" . 'n' x 32, mac_key($secret));
is(get($accepted, 32),
    hmac_sha256("connect\0$hello" . 'n' x 32, mac_key($secret)), 'proof');
syswrite $accepted, pack('N C', 1, 1) . 'x';
is_closed($accepted, 'a message instead of the accept');

close $_ for $accepted, $listener;


# where it lives, says Redis: elsewhere, here, or nowhere

my $dead = qr/^dead $fake/m;
my $key = "conf:worker:$fake";
my $host = $redis->call('GET', "conf:worker:$w1");

$redis->call('SET', $key, $_) for '{"host":"ffffffffffffffff"}';
is($one->ask('release', $fake), 0, 'released');
ok(wait_for(sub { $one->ask('link', $fake) eq 'none' }), 'forgotten');

# until now it was up here: refused meant dead
unlike($one->ask('journal') =~ s/.*slowl//sr, qr/up $fake.*dead.*up/s, 'once');
my $deaths = () = $one->ask('journal') =~ /$dead/g;

is($one->ask('hold', $fake), 0, 'held again');
ok(wait_for(sub { read_log($one) =~ /worker of another host: .*$fake/ }),
    'on another host');
is($one->ask('send', $fake, 1, 'x'), 0, 'it may be there');
$redis->call('SET', $key, '{"host":[]}');
$redis->signal('STOP');
is($one->ask('send', $fake, 1, 'x'), 0, 'Redis stands still');
$redis->signal('CONT');
$redis->call('SET', $key, $host);
ok(wait_for(sub {
    (() = $one->ask('journal') =~ /$dead/g) == $deaths + 1
}), 'on this host: dead');
is(() = read_log($one) =~ /worker of another host: /g, 1, 'told once');

$redis->call('DEL', $key);
is($two->ask('hold', $fake), 0, 'nowhere');
ok($two->says($dead, 10), 'dead');


sub read_log
{
    my ($probe) = @_;

    open my $file, '<', $probe->instance()->dir() . '/logs/error.log'
        or die "error.log: $!\n";
    local $/;

    return join '', grep { !/\[debug\]/ } map { "$_\n" } split /\n/,
        readline $file;
}


$_->stop() for $one, $two;

done_testing();
