#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The long-term credentials of RFC 8489, 9.2, on the wire: names that are
# hashed, SHA-256, attempts to bid them down, nonces that are stale.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::MD5 qw(md5);
use Digest::SHA qw(hmac_sha1 hmac_sha1_base64 hmac_sha256 sha256);
use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $server = Test::Conference::Turn->server('turn_realm example.org;');
my $udp = attr(0x0019, "\x11\0\0\0");
my $list = "\0\2\0\0\0\1\0\0";


sub client { return Test::Conference::Turn->new($server, @_) }

sub attr { return Test::Conference::Turn::attr(@_) }


# A request as RFC 8489 has it; answers the code of an error, 0: success.
# Options: hash, algorithm (1: MD5, 2: SHA-256), list, integrity (1 or 256)

sub ask
{
    my ($turn, $method, $attrs, %options) = @_;

    my $user = $turn->{user};
    my $key = join ':', $user, 'example.org', $turn->{password};
    my $tid = join '', map { chr int rand 256 } 1 .. 12;

    $attrs .= $options{hash} ? attr(0x001e, sha256("$user:example.org"))
        : attr(0x0006, $user);
    $attrs .= attr(0x0014, 'example.org') . attr(0x0015, $turn->{nonce});
    $attrs .= attr(0x8002, $options{list}) if defined $options{list};
    $attrs .= attr(0x001d, pack 'nn', $options{algorithm}, 0)
        if $options{algorithm};

    $key = ($options{algorithm} // 1) == 2 ? sha256($key) : md5($key);

    my $size = $options{integrity} == 256 ? 36 : 24;
    my $text = Test::Conference::Turn::message($method, $tid, $attrs);

    substr $text, 2, 2, pack 'n', length($attrs) + $size;
    $attrs .= $size == 36 ? attr(0x001c, hmac_sha256($text, $key))
        : attr(0x0008, hmac_sha1($text, $key));

    $turn->{key} = $key;

    return $turn->exchange(Test::Conference::Turn::message($method, $tid,
        $attrs));
}


# a client that has been challenged

sub challenged
{
    my $turn = client(@_);

    is($turn->ask('allocate', $udp, once => 1), 401, '9.2.4: a challenge');
    @$turn{qw(nonce algorithms)} = @{ $turn->{answer} }{0x0015, 0x8002};

    return $turn;
}


my $turn = challenged();

is($turn->{algorithms}, $list, '9.2.4: SHA-256 is preferred, MD5 is there');
like($turn->{nonce}, qr/^obMatJos2gAAA/,
    '9.2: a cookie with "password algorithms"');
ok(!defined $turn->{answer}{0x8022}, 'no SOFTWARE makes it longer');

for my $case (
    ['nothing of RFC 8489', integrity => 1],
    ['MD5 of the list', integrity => 1, algorithm => 1, list => $list],
    ['SHA-256', integrity => 1, algorithm => 2, list => $list],
    ['MESSAGE-INTEGRITY-SHA256', integrity => 256],
    ['both', integrity => 256, algorithm => 2, list => $list],
    ['all, and USERHASH', integrity => 256, algorithm => 2, list => $list,
        hash => 1],
) {
    my ($name, %options) = @$case;
    my $it = challenged();

    is(ask($it, 3, $udp, %options), 0, "9.2.4: $name");
    is(defined $it->{answer}{0x001c} ? 256 : 1, $options{integrity},
        "9.2.4: $name, the answer is signed alike");
    is(ask($it, 4, attr(0x000d, "\0" x 4), %options), 0, "9.2.4: ... and ends");
}

for my $case (
    ['MD5 alone', algorithm => 1, list => "\0\1\0\0"],
    ['another order', algorithm => 1, list => "\0\1\0\0\0\2\0\0"],
    ['no list', algorithm => 1],
    ['no choice', list => $list],
    ['a choice that is not there', algorithm => 3, list => $list],
) {
    my ($name, %options) = @$case;

    is(ask($turn, 3, $udp, integrity => 1, %options), 400,
        "9.2.4: bid-down, $name");
}

my $cookie = substr $turn->{nonce}, 9, 4, 'AAAA';

is(ask($turn, 3, $udp, integrity => 1), 438,
    '9.2: bid-down, a nonce without the feature');
is(ask($turn, 3, $udp, integrity => 1, hash => 1), 438,
    '9.2: ... with USERHASH, too');
substr $turn->{nonce}, 9, 4, $cookie;

# another user's hash and name

$turn->{password} = 'wrong';
is(ask($turn, 3, $udp, integrity => 256, hash => 1, algorithm => 2,
    list => $list), 401, '9.2.4: USERHASH and a wrong password');
$turn->{password} = 'pass';

$turn->{user} = 'nobody';
is(ask($turn, 3, $udp, integrity => 256, hash => 1, algorithm => 2,
    list => $list), 401, '9.2.4: USERHASH of nobody');
ok(defined $turn->{answer}{0x0015} && !defined $turn->{answer}{0x0008},
    '9.2.4: ... is challenged, not signed');
$turn->{user} = 'user';

# a nonce is its client's

my $thief = client();

$thief->{nonce} = $turn->{nonce};
is(ask($thief, 3, $udp, integrity => 1), 438,
    '9.2.4: the nonce of another client is stale');
isnt($thief->{answer}{0x0015}, $turn->{nonce}, '9.2.4: ... a new one comes');
is($thief->{answer}{0x0014}, 'example.org', '9.2.4: ... with the realm');
$thief->{nonce} = $thief->{answer}{0x0015};
is(ask($thief, 3, $udp, integrity => 1), 0, '9.2.4: ... which is good');

# the one who made it

is(ask($turn, 3, $udp, integrity => 256, hash => 1, algorithm => 2,
    list => $list), 0, 'an allocation by USERHASH');
is(ask($turn, 4, '', integrity => 1), 0,
    'RFC 8656, 5: refreshed by the same user by his name');
$turn->{user} = 'other';
is(ask($turn, 4, '', integrity => 1), 441, 'RFC 8656, 5: not by another one');

# credentials that have an end

for my $case ([3600, 0, 'are good'], [-1, 401, 'that have ended']) {
    my ($left, $code, $name) = @$case;
    my $user = (time + $left) . ':anna';
    my $it = challenged(user => $user,
        password => hmac_sha1_base64($user, 'north') . '=');

    is(ask($it, 3, $udp, integrity => 1), $code, "credentials $name: $code");
    is(ask($it, 3, $udp, integrity => 256, algorithm => 2, list => $list),
        $code == 0 ? 437 : $code, "... by SHA-256, too");
}

$server->stop();

done_testing();
