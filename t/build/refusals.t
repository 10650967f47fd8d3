#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# conf/run refuses what cannot work, with a sentence.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;


my $t = Test::Conference->new(LOG_LEVEL => 'notice');


# what conf/run says, and that it failed

sub refusal
{
    my (%variables) = @_;

    local @ENV{keys %{ $t->{vars} }} = values %{ $t->{vars} };
    local $ENV{RUN_DIR} = "$t->{dir}/other";
    local @ENV{keys %variables} = values %variables;

    my $said = `$Test::Conference::top/conf/run 2>&1`;

    return $? >> 8 == 1 ? $said : "no refusal: $said";
}


like(refusal(), qr/^run: port \d+ of 127\.0\.0\.1 is in use; choose /,
    'a port that is in use');
like(refusal(RUN_DIR => $t->dir()),
    qr/^run: an instance with RUN_DIR=\S+ is running$/,
    'a RUN_DIR that is in use');
like(refusal(HTTP_PORT => 70000), qr/^run: HTTP_PORT=70000 is not a port/,
    'no port number');
like(refusal(RTC_PORTS => '30000-30002'), qr/less than four ports per worker/,
    'too few media ports');
like(refusal(RTC_PORTS => '30000'), qr/^run: RTC_PORTS=30000 is not FIRST-/,
    'no range of ports');
like(refusal(RTC_IP => '127.0.0.1,example'), qr/example is not an IP address/,
    'no address');
like(refusal(WORKERS => 'many'), qr/neither auto nor a number/,
    'no number of workers');
like(refusal(RUN_DIR => "$t->{dir}/a;b"), qr/^run: RUN_DIR: spaces, quotes/,
    'characters that nginx would read');
like(refusal(HTTP_PORT => $t->port() + 75, TURN_PORT => $t->port() + 100,
             TURNS_PORT => $t->port() + 125, REDIS_URL => 'redis://:pw@[::1]:1',
             RTC_PORTS => '30500-30503'),
    qr{^run: no Redis at this address: }m, 'no Redis');
like(refusal(HTTP_PORT => $t->port() + 75, TURN_PORT => $t->port() + 100,
             TURNS_PORT => $t->port() + 125, REDIS_URL => 'http://a/',
             RTC_PORTS => '30500-30503'),
    qr{^run: not a Redis URL}m, 'no Redis URL');

$t->stop();

done_testing();
