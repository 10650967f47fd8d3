#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# README describes every directive, variable, metric and make target, and none
# that does not exist.  CONTRIBUTING.md tells the form of its tables.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


# what stands in backquotes in the first column under a heading

sub documented
{
    my ($heading) = @_;
    my ($section) = read_source('README.md')
        =~ /^##+ \Q$heading\E\n(.*?)(?=^##|\z)/ms;

    return map { /^\| *`([^`]+)`/ ? $1 : () } split /\n/, $section // '';
}


sub same
{
    my ($what, $there, $described) = @_;
    my %there = map { $_ => 1 } @$there;
    my %described = map { $_ => 1 } @$described;

    is(join(' ', grep { !$described{$_} } sort keys %there), '',
        "README describes every $what");
    is(join(' ', grep { !$there{$_} } sort keys %described), '',
        "README describes no $what that does not exist");
}


my (@directives, @routes, @variables);

for my $path (sources(qr/\.c$/, 'ngx_conf_api_module', 'ngx_rtc_sfu_module',
                      'ngx_rtc_turn_module'))
{
    my $text = without_comments(read_source($path));

    while ($text =~ /ngx_command_t\s+\w+\[\]\s*=\s*\{(.*?)^\};/msg) {
        push @directives, $1 =~ /^\s*\{\s*ngx_string\("(\w+)"\)/mg;
    }

    while ($text =~ /_variable_t\s+\w+\[\]\s*=\s*\{(.*?)^\};/msg) {
        push @variables, $1 =~ /^\s*\{\s*ngx_string\("(\w+)"\)/mg;
    }

    # a route is an entry of a table: its path comes first
    push @routes, $text =~ m/^\s*\{\s*ngx_string\("(\/[^"]*)"\)/mg;
}

same('directive', \@directives, [map { /^(\w+)/ } documented('Directives')]);

my %routes = map { $_ => 1 } map { m{(/\S*)} } documented('Routes');

is(join(' ', grep { !$routes{$_} } @routes), '',
    'README describes every route of a table');

# a metric and its type, as the tables have them

my $metrics = read_source('ngx_rtc_sfu_module/ngx_rtc_sfu_metric.c');
my @metrics;

while ($metrics =~ /^    \{ ngx_string\("(\w+)"\), NGX_RTC_SFU_([A-Z]+)/mg) {
    push @metrics, "$1 " . lc $2;
}

my $turn = read_source('ngx_rtc_turn_module/ngx_rtc_turn_zone.c');
my %turn;

while ($turn =~ /^    \{ "(rtc_turn_\w+)",.*?([01]) \}/msg) {
    $turn{"$1 " . ($2 ? 'gauge' : 'counter')} = 1;
}

push @metrics, sort keys %turn;

my $certificate = read_source(
    'ngx_conf_api_module/ngx_conf_api_certificate.c');

push @metrics, map { "$_ gauge" } $certificate =~ /"(conf_\w+_seconds)"/g;

my ($section) = read_source('README.md') =~ /^## Metrics\n(.*?)^## /ms;

same('metric', \@metrics, [
    map { /^\| `((?:rtc|conf)_\w+)` \| (\w+) \|/ ? "$1 $2" : () }
    split /\n/, $section // '']);

for my $name (qw(drops results)) {
    my ($values) = $metrics =~ /ngx_rtc_sfu_\w+_$name\[\w*\] = \{(.*?)^\};/ms;

    is(join(' ', grep { $section !~ /`$_`/ } $values =~ /"(\w+)"/g), '',
        "README describes all $name");
}

my $dashboard = read_source('conf/grafana-dashboard.json');
my %known = map { /^(\w+)/ => 1 } @metrics;
my %shown = map { s/_(?:bucket|sum|count)$//r => 1 }
    $dashboard =~ /\b(rtc_sfu_\w+)/g;

ok(JSON::PP->new->decode($dashboard), 'the dashboard is JSON');
is(join(' ', grep { !$known{$_} } sort keys %shown), '',
    'the dashboard shows no metric that does not exist');

my $names = read_source('ngx_rtc_sfu_module/ngx_rtc_sfu_variables.c');

same('nginx variable',
    [map { "\$$_" } @variables, $names =~ /ngx_string\("(\w+)"\)/g],
    [documented('nginx variables')]);

my ($variables) = read_source('conf/lib/Conference/Settings.pm')
    =~ /^my %defaults = \((.*?)^\);/ms;

same('variable', [$variables =~ /^\s+(\w+)\s+=>/mg],
    [documented('Variables')]);

my ($phony) = read_source('Makefile') =~ /^\.PHONY:((?:.*\\\n)*.*)\n/m;
my @targets = grep { !/^(?:\\|all|packages|gen|core|fuzzers)$/ }
    split ' ', $phony;

same('make target', ['make', map { "make $_" } @targets],
    [map { /^(make(?: [\w-]+)?)/ } documented('Commands')]);

# one version

my ($version) = read_source('ngx_rtc_common/rtc_version.h')
    =~ /^#define RTC_VERSION  "([\d.]+)"$/m;

like(read_source('CHANGES'), qr/\AChanges with \Q$version\E\n/,
    'CHANGES begins with the version');

done_testing();
