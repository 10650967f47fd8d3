#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# config lists every source and header of a module, and nothing else; a change
# of a header that is not listed would not rebuild.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


my %folders = (
    RTC_COMMON => 'ngx_rtc_common',
    RTC_API => 'ngx_conf_api_module',
    RTC_SFU => 'ngx_rtc_sfu_module',
    RTC_TURN => 'ngx_rtc_turn_module',
);

my $config = read_source('config');
my %listed;

while ($config =~ m{\$(RTC_\w+)((?:/\w+)+\.[ch])\b}g) {
    $listed{"$folders{$1}$2"} = 1 if $folders{$1};
}

my @files = sources(qr/\.[ch]$/, values %folders);

is(join(' ', grep { !$listed{$_} } @files), '', 'config lists all sources');
is(join(' ', grep { !-e top() . "/$_" } sort keys %listed), '',
    'config lists only what is there');

done_testing();
