package Conference::Turn;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TURN of an instance: what its variables mean for nginx.conf, and its files.

use strict;
use warnings;

use Exporter qw(import);
use IO::Socket::IP;
use Socket qw(AF_INET AF_INET6 inet_pton);

our @EXPORT_OK = qw(is_here turn_addresses turn_settings
                    make_turn_certificate);


sub _is_v6 { return $_[0] =~ /:/ }


sub _host { return _is_v6($_[0]) ? "[$_[0]]" : $_[0] }


# whether this host has the address; behind 1:1 NAT it does not

sub is_here
{
    my ($address) = @_;

    return defined IO::Socket::IP->new(Proto => 'udp', LocalHost => $address,
        LocalPort => 0);
}


sub _loopback { return _is_v6($_[0]) ? '::1' : '127.0.0.1' }


sub _peers
{
    my ($s) = @_;

    for my $peer (split /,/, $s->{TURN_PEER_ALLOW}, -1) {
        my ($address, $bits) = $peer =~ m{^([^/]+)(?:/(\d+))?$};

        next if $peer =~ /^(?:sfu|public)$/;

        $address //= '';
        my $max = inet_pton(AF_INET, $address) ? 32
            : inet_pton(AF_INET6, $address) ? 128 : -1;

        die "TURN_PEER_ALLOW: $peer is not sfu, public, an address or a"
            . " network\n" if $max == -1 || ($bits // 0) > $max;
    }

    return $s->{TURN_PEER_ALLOW} =~ tr/,/ /r;
}


# Sets what stands in nginx/stream.conf.in.  Answers where clients reach TURN:
# RTC_IP, behind 1:1 NAT any address.

sub turn_addresses
{
    my ($s) = @_;

    my @rtc = split /,/, $s->{RTC_IP};
    my @here = grep { is_here($_) } @rtc;
    my @media = map { my $ip = $_;
                      (grep { $_ eq $ip } @here) ? $ip
                                                 : "$ip=" . _loopback($ip) }
        @rtc;

    # one of each family, of those that can be bound, else loopback
    my %relay;
    $relay{ _is_v6($_) ? 6 : 4 } //= $_ for @here, map { _loopback($_) } @rtc;

    $s->{TURN_SFU_ADDRESSES} = "@media";
    $s->{TURN_RELAY_ADDRESSES} = join ' ', map { $relay{$_} } sort keys %relay;
    $s->{TURN_PEERS} = _peers($s);

    return map { _host($_) } @here == @rtc ? @here
        : ('0.0.0.0', grep({ _is_v6($_) } @rtc) ? '::' : ());
}


# the same and more, for nginx.conf.in

sub turn_settings
{
    my ($s) = @_;

    my @listen = turn_addresses($s);
    my ($host) = map { _host($_) } split /,/, $s->{RTC_IP};

    $s->{TURN_URLS} = join ' ', "turn:$host:$s->{TURN_PORT}?transport=udp",
        "turn:$host:$s->{TURN_PORT}?transport=tcp",
        "turns:$host:$s->{TURNS_PORT}?transport=tcp";

    $s->{TURN_LISTEN} = join "\n        ", map {
        ("listen  $_:$s->{TURN_PORT} udp reuseport;",
         "listen  $_:$s->{TURN_PORT};") } @listen;
    $s->{TURNS_LISTEN} = join "\n        ", map {
        "listen  $_:$s->{TURNS_PORT} ssl;" } @listen;
}


# for who has no other; the key is only root's

sub make_turn_certificate
{
    my ($s) = @_;
    my $name = "$s->{RUN_DIR}/turn";

    return if -e "$name.crt" && -e "$name.key";

    my $names = join ',', map { "IP:$_" } split /,/, $s->{RTC_IP};
    my $mask = umask 077;

    my $said = qx{openssl req -x509 -newkey ec \\
        -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \\
        -subj /CN=conference -addext subjectAltName=$names \\
        -keyout '$name.key' -out '$name.crt' 2>&1};

    umask $mask;

    die "no certificate for TURN over TLS: $said\n" if $? != 0;
}


1;
