#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# A RUN_DIR that the workers' user cannot enter works, and nothing of it stays
# elsewhere.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Temp qw(tempdir);
use Test::More;

use Test::Conference;


plan(skip_all => 'only root gives up privileges') if $> != 0;

my $outer = tempdir('conference-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
my $t = Test::Conference->new(RUN_DIR => "$outer/run");
my $shared = readlink("$outer/run/redis.sock") =~ s{/sockets/.*}{}r;

like($shared, qr{^/run/}, 'sockets are in /run');
is($t->get('/vendor/lit/index.js')->{status}, 200, 'workers read the pages');
is($t->get('/healthz')->{status}, 200, 'workers reach Redis');

$t->redis('SET', 'probe', 'kept');
is($t->halt(), 0, 'it ends');
ok(!-e $shared, 'nothing is left in /run');

$t->start();
is($t->redis('GET', 'probe'), 'kept', 'data outlives a restart');

$t->stop();

done_testing();
