package Test::Conference::Tls;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Certificates for a test, and what a TLS server shows:
#
#   my $ca = make_ca($dir, 'Root');
#   my ($chain, $key) = make_certificate($dir, $ca, 'meet.test', '*.x.test');
#   is(shown("$dir/tls.sock", 'meet.test')->{chain}, $chain);

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(make_ca make_certificate shown tls_dialog);

our $days = 60;                         # that a certificate is good for

# the kind of a certificate's key
our @key = qw(ec -pkeyopt ec_paramgen_curve:P-256);

my $serial = 0;


sub _openssl
{
    my (@words) = @_;

    my $said = do {
        open my $pipe, '-|', 'sh', '-c', 'exec openssl "$@" 2>&1', 'sh', @words
            or die "openssl: $!\n";
        local $/;
        my $text = readline $pipe;
        close $pipe;
        $text;
    };

    die "openssl @words: $said\n" if $? != 0;
}


sub _slurp
{
    my ($name) = @_;

    open my $file, '<', $name or die "$name: $!\n";
    local $/;

    return scalar readline $file;
}


# a root that signs, or one between a root and certificates

sub make_ca
{
    my ($dir, $name, $root) = @_;
    my $file = "$dir/ca" . ++$serial;
    my @by = $root ? ('-CA', "$root.crt", '-CAkey', "$root.key") : ();

    _openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:P-256', '-nodes', '-days', 90, '-subj', "/CN=$name",
        @by, '-keyout', "$file.key", '-out', "$file.crt");

    return $file;
}


# answers two texts, the chain ends with who has signed it

sub make_certificate
{
    my ($dir, $ca, @names) = @_;
    my $file = "$dir/cert" . ++$serial;

    _openssl('req', '-x509', '-newkey', @key, '-nodes', '-days', $days,
        '-subj', "/CN=$serial",
        '-addext', 'subjectAltName=' . join(',', map { "DNS:$_" } @names),
        '-addext', 'basicConstraints=critical,CA:FALSE', '-CA', "$ca.crt",
        '-CAkey', "$ca.key", '-keyout', "$file.key", '-out', "$file.crt");

    return (_slurp("$file.crt") . _slurp("$ca.crt"), _slurp("$file.key"));
}


# What openssl's client says to a server at a port or a unix socket; options
# are its own.

sub tls_dialog
{
    my ($at, $name, @options) = @_;

    open my $pipe, '-|', 'sh', '-c',
        'exec timeout 10 openssl s_client "$@" < /dev/null 2>&1', 'sh',
        ($at =~ m{/} ? ('-unix', $at) : ('-connect', "127.0.0.1:$at")),
        '-showcerts',
        (defined $name ? ('-servername', $name) : '-noservername'), @options
        or die "openssl: $!\n";

    local $/;
    my $said = readline $pipe;
    close $pipe;

    return $said;
}


# { chain (PEM, empty if there is none), subject, said }

sub shown
{
    my ($at, $name, @options) = @_;
    my $said = tls_dialog($at, $name, @options);

    my @pem = $said =~ /(-----BEGIN\ CERTIFICATE-----.*?
                          -----END\ CERTIFICATE-----\n)/gsx;

    my ($subject) = $said =~ /^subject=(.*)$/m;

    return { chain => join('', @pem), subject => $subject // '',
             said => $said };
}


1;
