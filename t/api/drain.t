#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# A host that is going to be taken away: what is stored, and for how long.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new();
my $node = '0123456789abcdef';


sub drain
{
    my (%args) = @_;

    return $t->post('/api/application/drain', { node => $node, %args });
}


is(drain(after => 60, over => 120)->{content},
    "{\"success\":true,\"node\":\"$node\",\"draining\":true}", 'a host');
is($t->redis('GET', "conf:drain:$node"), '60 120', 'its workers read it');
is($t->redis('TTL', "conf:drain:$node"), -1, 'it does not end by itself');
is(drain()->{status}, 200, 'nobody is moved');
is($t->redis('GET', "conf:drain:$node"), '- 30', 'of this one');
is(drain(drain => JSON::PP::false())->{json}{draining}, JSON::PP::false(),
    'it is taken back');
is($t->redis('EXISTS', "conf:drain:$node"), 0, 'nothing is left');

is(drain(%$_)->{status}, 400, 'refused: ' . join ' ', %$_)
    for { node => 'x' }, { node => uc $node }, { after => -1 },
        { over => 86401 }, { drain => 'yes' };

$t->stop();

done_testing();
