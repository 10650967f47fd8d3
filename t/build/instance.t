#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# An instance starts, keeps its data over a restart, and ends.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;


my $t = Test::Conference->new(
    conf => { 'http-buffers' => 'rtc_sfu_rcvbuf 1024m;' });
my $dir = $t->dir();
my %admin = %{ $t->admin() };

is($t->get('/')->{status}, 200, 'the dashboard is there');

my $module = $t->get('/vendor/lit/index.js');

is($module->{status}, 200, 'vendored modules are there');
is($module->{headers}{'content-type'}, 'application/javascript; charset=utf-8',
    'modules have the type of a script');
is($t->get('/vendor/livekit-client.mjs')->{headers}{'content-type'},
    'application/javascript; charset=utf-8', '.mjs as well');
like($module->{headers}{'content-security-policy'}, qr/^default-src 'self';/,
    'there is a content security policy');
unlike($module->{headers}{'content-security-policy'}, qr/unsafe/,
    'and it allows nothing inline');

is((stat "$dir/$_")[2] & 07777, 0600, "$_ is for its owner")
    for qw(admin.json secret keys);

$t->get('/vendor/lit/index.js?access_token=ABC');
$t->get('/vendor/lit/index.js?x=1&ACCESS_TOKEN=ABC');

unlike(Test::Conference::read_file("$dir/logs/access.log"), qr/ABC/,
    'tokens are not logged');

my ($name) = @{ $t->redis('HKEYS', 'conf:users') };

is($name, 'admin', 'the first user is in Redis');

is(() = Test::Conference::read_file("$dir/logs/error.log")
        =~ /\[warn\] .* sysctl -w net\.core\.rmem_max=1073741824$/mg, 1,
    'a limit of the kernel is told once');

$t->redis('SET', 'probe', 'kept');
is($t->halt(), 0, 'SIGTERM ends it');
is($t->log_problems(), '', 'without a problem in the log');

$t->start();

is($t->redis('GET', 'probe'), 'kept', 'data outlives a restart');
is($t->admin()->{$_}, $admin{$_}, "$_ stays") for qw(password api_key
    api_secret);

$t->reload();
is($t->get('/')->{status}, 200, 'a reload works');

$t->stop();

done_testing();
