#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What shellcheck finds in the scripts for an installed server, with what they
# include.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


chdir top() or die "$!\n";

for my $path ('conf/ngx-conf-setup', 'conf/ngx-conf-agent') {
    is(scalar `shellcheck -x -a -P . -f gcc $path 2>&1`, '', $path);
}

done_testing();
