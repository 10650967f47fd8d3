#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What a grep can see of the style that nginx's sources have.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


my $columns = 80;
my $lines_max = 800;
my $function_max = 150;

# [what is wrong, lines that are], tried on lines without comments

my @c_rules = (
    ['no space before (',     qr/\b(?:if|for|while|switch)\(/],
    ['space after (',         qr/\( (?!;;)\S/],
    ['else on its own line',  qr/^\s*else\b(?! if)/],
    ['Yoda condition',        qr/\((?:NULL|NGX_\w+|RTC_\w+|\d+) [!=]= /],
    ['type* name',            qr/^\s+\w+\* \w+[;,=]/],
);


sub c_problems
{
    my ($path, $text) = @_;
    my @problems;
    my $code = without_comments($text);
    my @code = split /\n/, $code;
    my $n = 0;

    push @problems, 'begins with a blank line and the copyright'
        if $text !~ m{^\n/\*\n \* Copyright \(C\) };

    push @problems, 'has // comments'
        if $text =~ m{^(?:[^"\n]*"[^"\n]*")*[^"\n]*(?<!:)//(?!.*\*/)}m
           && $code ne without_slashes($text);

    for my $line (@code) {
        $n++;

        for my $rule (@c_rules) {
            push @problems, "$n: $rule->[0]" if $line =~ $rule->[1];
        }
    }

    # a function's brace stands alone in the first column
    push @problems, "brace on the line of a function: $1"
        while $code =~ /^(\w[^\n;={}]*\)) *\{/mg;

    # its body
    while ($code =~ /^\{\n(.*?)^\}/msg) {
        my $length = () = $1 =~ /\n/g;

        if ($length > $function_max) {
            my $line = 1 + (() = substr($code, 0, $-[0]) =~ /\n/g);
            push @problems, "$line: a function of $length lines";
        }
    }

    return @problems;
}


# comments blank, those of two slashes left

sub without_slashes
{
    my ($text) = @_;

    $text =~ s{("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(/\*.*?\*/)}
              {defined $1 ? $1 : $2 =~ s/[^\n]/ /gr}gse;

    return $text;
}


sub text_problems
{
    my ($path, $text) = @_;
    my @problems;
    my @lines = split /\n/, $text, -1;
    my $n = 0;

    push @problems, 'does not end with a newline' if pop @lines ne '';
    push @problems, 'ends with blank lines' if $text =~ /\n\n\z/;
    push @problems, "has more than $lines_max lines" if @lines > $lines_max;

    for my $line (@lines) {
        $n++;
        push @problems, "$n: a tab" if $line =~ /\t/;
        push @problems, "$n: a trailing blank" if $line =~ /\s$/;
        # a word that is longer than the half of a line cannot be folded
        push @problems, "$n: " . length($line) . ' columns'
            if length $line > $columns && $line !~ /\S{60}/;
    }

    return @problems;
}


for my $path (sources(qr/\.(?:[ch]|pm|t|mjs|js)$|(?<!\.in)$/,
                      'ngx_rtc_common', 'ngx_conf_api_module',
                      'ngx_rtc_sfu_module', 'ngx_rtc_turn_module', 't',
                      'conf'), sources(qr/\.m?js$/, 'html'))
{
    # data, and text whose lines are as long as they are
    next if $path =~ m{/corpus/|\.(?:proto|sdp|in|json|md|png|css|html|txt)$};

    my $text = read_source($path);
    my @problems = text_problems($path, $text);

    push @problems, c_problems($path, $text) if $path =~ /\.[ch]$/;

    splice @problems, 10 if @problems > 10;

    is(join("\n", @problems), '', $path);
}

done_testing();
