#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Compilers do not know nginx's formats: a wrong number of arguments crashes.
# This counts them, and knows the conversions.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


# function -> index of its format; ngx_log_debugN has N arguments behind it

my %formats = (
    ngx_log_error => 3, ngx_conf_log_error => 3, ngx_log_debug => 3,
    ngx_log_stderr => 1, ngx_sprintf => 1, ngx_snprintf => 2,
    ngx_slprintf => 2, map { ("ngx_log_debug$_" => 3) } 0 .. 8,
);

my $names = join '|', sort { length $b <=> length $a } keys %formats;

# ngx_string.c: ngx_vslprintf()

my $conversion = qr/%(?:%|(0?\d*)([uXxm]*)(?:\.(\d+))?
                    (\*s|\*x|\*X|[VvsOPTMzidlLDAfprcZN]))/x;


# the number of arguments of a format, or what is wrong with it

sub count
{
    my ($format) = @_;
    my $n = 0;

    while ($format =~ /%/g) {
        my $at = pos($format) - 1;

        if (substr($format, $at) !~ /^$conversion/) {
            # "%ui" without more and "%xd" are the usual ones
            return 'conversion ' . substr($format, $at, 4);
        }

        my $what = $4 // '';

        pos($format) = $at + length $&;

        next if $& eq '%%' || $what eq 'N' || $what eq 'Z';

        $n += $what =~ /^\*/ ? 2 : 1;
    }

    return $n;
}


for my $path (sources(qr/\.c$/, 'ngx_rtc_common', 'ngx_conf_api_module',
                      'ngx_rtc_sfu_module', 'ngx_rtc_turn_module'))
{
    my $text = without_comments(read_source($path));
    my @problems;

    while ($text =~ /\b($names)\s*\(/g) {
        my $name = $1;
        my $line = 1 + (() = substr($text, 0, $-[0]) =~ /\n/g);
        my @args = split_args(\$text);
        my $format = $args[$formats{$name}] // '';

        # a variable, or macros between the strings
        next if $format !~ /^(?:"(?:\\.|[^"\\])*"\s*)+$/;

        $format =~ s/"\s*"//g;

        my $given = @args - $formats{$name} - 1;
        my $wanted = count($format);

        push @problems, "$line: $name() with $given arguments for $wanted"
            if $wanted ne $given;

        push @problems, "$line: $name() has $given arguments"
            if $name =~ /^ngx_log_debug(\d)$/ && $1 != $given;
    }

    is(join("\n", @problems), '', $path);
}

done_testing();
