package Test::Conference::ClientHello;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The first message of a TLS client, byte by byte, and what a server makes of
# it (RFC 5246, RFC 6066, RFC 7301):
#
#   my $hello = client_hello(name => 'meet.test', alpn => ['h2']);
#   my $answer = first_answer($address, 443, $hello);
#   is($answer->{cipher}, 0xc02b);

use strict;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::IP;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

our @EXPORT_OK = qw(client_hello first_answer in_records server_name);


# Options: name => of the server, or server_name => extension's bytes, alpn =>
# [names], ciphers => [numbers], version => number, compressions => [numbers].
# It offers no TLS 1.3.

sub client_hello
{
    my (%options) = @_;

    my $version = $options{version} // 0x0303;
    my $name = $options{server_name}
        // (defined $options{name} ? server_name($options{name}) : undef);
    my $extensions = join '', map { pack 'n n/a', @$_ }
        (defined $name ? [0, $name] : ()),
        [10, pack 'n/a', pack 'n*', 29, 23, 24],
        [11, "\1\0"],
        [13, pack 'n/a', pack 'n*', 0x0403, 0x0503, 0x0804, 0x0401, 0x0201],
        ($options{alpn}
            ? [16, pack 'n/a', join '', map { pack 'C/a', $_ }
                   @{ $options{alpn} }]
            : ());

    my $body = pack 'n a32 C/a n/a C/a', $version, 'random' x 6, '',
        pack('n*', @{ $options{ciphers} // [0xc02b, 0xc02f] }),
        pack 'C*', @{ $options{compressions} // [0] };

    # SSL 3.0 knows no extensions
    $body .= pack 'n/a', $extensions if $version > 0x0300;

    my $message = pack 'C C n', 1, length($body) >> 16, length($body) & 0xffff;

    return in_records("$message$body", 16384);
}


sub server_name
{
    my ($name) = @_;

    return pack 'n/a', pack 'C n/a', 0, $name;
}


# handshake messages in records of so many bytes

sub in_records
{
    my ($message, $size) = @_;

    return join '', map { pack 'C n n/a', 22, 0x0301, $_ }
        unpack "(a$size)*", $message;
}


# What comes first for these bytes, which are sent a few at a time if "size" is
# given: { cipher, compression, version } or { alert } or {} for none.

sub first_answer
{
    my ($address, $port, $bytes, %options) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my $socket = IO::Socket::IP->new(PeerHost => $address,
        PeerPort => $port) or die "connect: $!\n";

    $socket->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);

    for my $part (unpack '(a' . ($options{size} // 65536) . ')*', $bytes) {
        syswrite $socket, $part or last;
    }

    $socket->shutdown(1) if $options{end};

    my $in = '';

    while (length $in < 5 || length $in < 5 + unpack 'x3 n', $in) {
        last if !IO::Select->new($socket)->can_read($options{seconds} // 10);
        last if !sysread $socket, $in, 16384, length $in;
    }

    return read_answer($in);
}


sub read_answer
{
    my ($in) = @_;

    return {} if length $in < 7;
    return { alert => unpack 'x6 C', $in } if ord $in == 21;
    return {} if ord $in != 22 || length $in < 44;

    my ($version, $session) = unpack 'x9 n x32 C/a', $in;
    my ($cipher, $compression) = unpack 'n C',
        substr $in, 44 + length $session;

    return { version => $version, cipher => $cipher,
             compression => $compression };
}


1;
