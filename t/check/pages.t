#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# JavaScript parses, and the pages do nothing that their policy forbids.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


my @forbidden = (
    ['innerHTML',       qr/\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b/],
    ['unsafeHTML',      qr/\bunsafe(?:HTML|CSS|SVG|Static)\b/],
    ['eval',            qr/\beval\(|\bnew Function\b/],
    ['document.write',  qr/\bdocument\.write/],
    ['a bare import',   qr/^\s*(?:import|export)\b[^'"]*\bfrom ['"][^.\/]/m],
);

for my $path (sources(qr/\.m?js$/, 'html', 't', 'conf')) {
    my $file = top() . "/$path";
    my $said = `node --check '$file' 2>&1`;

    is($? ? $said : '', '', "$path parses");

    next if $path !~ m{^html/};

    my $text = read_source($path);

    is(join(' ', map { $text =~ $_->[1] ? $_->[0] : () } @forbidden), '',
        "$path has nothing forbidden");
}

for my $path (sources(qr/\.html$/, 'html')) {
    my $text = read_source($path);

    unlike($text, qr/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i,
        "$path has nothing inline");
    unlike($text, qr/(?:src|href)="(?:https?:)?\/\//i,
        "$path loads nothing from elsewhere");
}

done_testing();
