#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Who includes whom: the name of a file tells its tier, and each library has
# one wrapper.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Sources;


my $modules = 'ngx_(?:conf_api|rtc_sfu|rtc_turn)_module';

# library headers -> files that may include them

my @wrappers = (
    [qr/^stun\//             => qr/^rtc_(?:stun|turn)/],
    [qr/^openssl\//          => qr/^rtc_(?:crypto|dtls|srtp|cert|seal)/],
    [qr/^srtp2\//            => qr/^rtc_srtp/],
    [qr/^usrsctp\.h$/        => qr/^rtc_sctp/],
    [qr/^jwt\.h$/            => qr/^rtc_jwt/],
    [qr/^zlib\.h$/           => qr/^rtc_join_request/],
    [qr/^wslay\//            => qr/websocket|_ws[_.]/],
    [qr/^hiredis\//          => qr/^ngx_rtc_redis/],
    [qr/^(?:protobuf-c\/|livekit\.pb-c\.h$)/ => qr/^(?:ngx_)?rtc_/],
    [qr/^jansson\.h$/        => qr/^ngx_conf_api|^(?:ngx_)?rtc_/],
    [qr/^crypt\.h$/          => qr/^ngx_conf_api/],
);

# usrsctp has one state in a process and calls back without an argument

my %global = ('ngx_rtc_sfu_module/core/rtc_sctp_worker.c' => 1);

# what tier 0 does not call

my $impure = qr/\b(?:clock_gettime|gettimeofday|time|socket|bind|sendto|
                    recvfrom|sendmsg|recvmsg|printf|fprintf|perror|syslog)
                \s*\(/x;


sub tier
{
    my ($path) = @_;

    return 0 if $path =~ m{^(?:ngx_rtc_common|$modules/core)/rtc_\w+\.[ch]$};
    return 1 if $path =~ m{^ngx_rtc_common/ngx_rtc_\w+\.[ch]$};
    return 2 if $path =~ m{^(ngx_\w+)_module/\1(?:_\w+)?\.[ch]$};
    return;
}


# the reason why a file must not include a header, if there is one

sub objection
{
    my ($path, $tier, $header) = @_;

    my ($name) = $path =~ m{([^/]+)$};
    my ($module) = $path =~ m{^($modules)/};

    for my $wrapper (@wrappers) {
        return "$header has a wrapper"
            if $header =~ $wrapper->[0] && $name !~ $wrapper->[1];
    }

    return 'the pure core knows no nginx' if $tier == 0 && $header =~ /^ngx_/;

    return 'the event layer knows neither HTTP nor stream'
        if $tier == 1 && $header =~ /^ngx_(?:http|stream)/;

    return 'the event layer knows no module'
        if $tier == 1 && $header =~ /^ngx_(?:conf_api|rtc_sfu|rtc_turn)_/;

    if ($tier == 2 && $header =~ /^(ngx_(?:conf_api|rtc_sfu|rtc_turn))_/) {
        return "$header belongs to another module" if "$1_module" ne $module;
    }

    if ($tier == 2 && $header =~ /^ngx_(http|stream)/) {
        return "$header in $module"
            if ($1 eq 'stream') != ($module eq 'ngx_rtc_turn_module');
    }

    return;
}


my %base;

for my $path (sources(qr/\.[ch]$/, 'ngx_rtc_common', 'ngx_conf_api_module',
                      'ngx_rtc_sfu_module', 'ngx_rtc_turn_module'))
{
    my $tier = tier($path);
    my ($name) = $path =~ m{([^/]+)$};
    my @problems;

    if (!defined $tier) {
        fail("$path has a name of one of the three tiers");
        next;
    }

    push @problems, "there is another $name" if $base{$name}++;

    my $text = without_comments(read_source($path));

    while ($text =~ /^\s*#\s*include\s*[<"]([^>"]+)[>"]/mg) {
        push @problems, objection($path, $tier, $1) // ();
    }

    if ($tier == 0 && !$global{$path}) {
        push @problems, "calls $1" while $text =~ /($impure)/g;

        # a variable at file scope that is neither constant nor a prototype
        push @problems, "mutable variable: $1"
            while $text =~ /^(static (?!const|inline)[^(){}=;\n]+(?:=|;|\[))/mg;
    }

    is(join("\n", @problems), '', $path);
}

done_testing();
