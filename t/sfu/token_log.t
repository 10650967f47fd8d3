#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# No log shows an access token, not even a refused one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;


my $t = Test::Conference->new(LOG_LEVEL => 'info');

is($t->get('/rtc/validate?access_token=ONE.TWO.THREE')->{status}, 401,
    'a token that is none is refused');

my $room = $t->create_room();
my $join = $t->join_token($room->{_id});

$t->post('/api/conferences/update', { id => $room->{_id},
    active => JSON::PP::false });

is($t->get("/rtc/validate?x=1&access_token=$join->{token}")->{status}, 403,
    'a good token for a closed room is refused');

my $logs = join '', map { Test::Conference::read_file("$t->{dir}/logs/$_") }
    qw(error.log access.log);

like($logs, qr/refused a token/, 'the refusal is logged');
unlike($logs, qr/ONE\.TWO|\Q$join->{token}\E/, 'without the token');

$t->stop();

done_testing();
