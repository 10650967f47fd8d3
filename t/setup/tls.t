#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# TLS of an installed server: protocols, ciphers, each name's own certificate,
# headers.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IPC::Open2 qw(open2);
use Test::More;

use Test::Conference qw(wait_for);
use Test::Conference::ClientHello qw(client_hello first_answer);
use Test::Conference::OwnServer qw(write_file);
use Test::Conference::Tls qw(tls_dialog shown);

my $server = Test::Conference::OwnServer->new();
my @names = map { "$_.example.test" } qw(meet hls rtc turn);

my $result = $server->setup('--domain', $names[0], '--streaming-domain',
    $names[1], '--webrtc-domain', $names[2], '--turn-domain', $names[3],
    '--no-cert');

is($result->{status}, 0, 'it is set up') or diag($result->{said});

# to HTTPS, to TURN, and to where what is decrypted tells

my %ways = (h2 => ['h2'], 'stun.turn' => ['stun.turn'], none => undef);


sub alpn
{
    my ($way) = @_;

    return $ways{$way} ? ('-alpn', @{ $ways{$way} }) : ();
}


sub hello
{
    my ($name, $way, %options) = @_;

    return client_hello(name => $name, alpn => $ways{$way}, %options);
}


sub answer
{
    return first_answer('198.18.0.1', 443, @_);
}


# each name's own certificate, one of RSA

my %chains;

for my $name (@names) {
    local @Test::Conference::Tls::key = 'rsa:2048' if $name eq $names[1];

    my ($chain, $key) = $server->issue($name);

    $server->api('/api/application/updateSSLCertificate', {
        ssl_type => 'SSL_TYPE_CUSTOM', ssl_domain_name => $name,
        certificate => $chain, private_key => $key });
    $chains{$name} = $chain;
}

write_file("$server->{dir}/root.pem", $server->roots()->[0]);

for my $name (@names) {
    for my $way (sort keys %ways) {
        my $shown;

        wait_for(sub {
            $shown = shown(443, $name, alpn($way), '-verify_hostname', $name,
                '-CAfile', "$server->{dir}/root.pem");
            return $shown->{chain} eq $chains{$name};
        });
        is($shown->{chain}, $chains{$name}, "$name, $way: its chain");
        like($shown->{said}, qr/^Verify return code: 0 /m, '.. is right');
    }
}

for my $name (undef, 'other.example.test') {
    my $who = $name // 'no name';

    is(answer(hello($name, 'h2'))->{alert}, 112, "$who: unrecognized_name");
    like(shown(443, $name, alpn('stun.turn'))->{subject}, qr/^CN = conference$/,
        "$who, stun.turn: nobody's certificate");
}

# a name alone may be that of another site

like(shown(443, undef)->{subject}, qr/^CN = conference$/,
    "neither name nor ALPN: nobody's certificate");
is(answer(hello('other.example.test', 'none'))->{alert}, 112,
    'a name without ALPN: unrecognized_name');


# protocols

my %old = ('SSL 3.0' => 0x0300, 'TLS 1.0' => 0x0301, 'TLS 1.1' => 0x0302);
my @some = (0x002f, 0x0035, 0x000a, 0x0005, 0xc009, 0xc013, 0xc02b, 0xc02f);

for my $name (@names, undef, 'other.example.test') {
    for my $way (sort keys %ways) {
        my $what = ($name // 'no name') . ", $way";

        for my $version (sort keys %old) {
            my $answer = answer(hello($name, $way, ciphers => \@some,
                version => $old{$version}));

            # protocol_version, unrecognized_name; OpenSSL does not know
            # SSL 3.0: handshake_failure
            like($answer->{alert} // 'none', $version =~ /SSL/ ? qr/^40$/
                : qr/^(?:70|112)$/, "$what: no $version");
        }
    }
}

for my $name (@names) {
    for my $way (sort keys %ways) {
        for my $version ('1.2', '1.3') {
            like(tls_dialog(443, $name, alpn($way),
                    '-tls' . $version =~ tr/./_/r),
                qr/^New, TLSv1\.\d, Cipher is \w/m,
                "$name, $way: TLS $version");
        }
    }
}


# ciphers: all that could be, without those that it has taken, until it takes
# none

my @all = (0x0001 .. 0x00ff, 0xc000 .. 0xc0ff, 0xcc00 .. 0xccff,
    0xd000 .. 0xd0ff, 0xff00 .. 0xffff);
my %wanted = (ecdsa => [0xc02b, 0xc02c, 0xcca9],
    rsa => [0xc02f, 0xc030, 0xcca8]);


sub ciphers
{
    my ($name, $way) = @_;
    my %taken;

    while (keys %taken < 100) {
        my $answer = answer(hello($name, $way, ciphers => [
            grep { !$taken{$_} } @all], compressions => [1, 0]));

        return [sort { $a <=> $b } keys %taken] if !$answer->{cipher};
        return ['compression'] if $answer->{compression} != 0;

        $taken{ $answer->{cipher} } = 1;
    }
}


for my $name (@names) {
    for my $way (sort keys %ways) {
        is_deeply(ciphers($name, $way),
            $wanted{$name eq $names[1] ? 'rsa' : 'ecdsa'},
            "$name, $way: ciphers of TLS 1.2, no compression");
    }
}

for my $way (sort keys %ways) {
    for my $case (['AES_128_GCM_SHA256', 1], ['AES_256_GCM_SHA384', 1],
        ['CHACHA20_POLY1305_SHA256', 1], ['AES_128_CCM_SHA256', 0],
        ['AES_128_CCM_8_SHA256', 0])
    {
        my ($cipher, $works) = @$case;
        my $said = tls_dialog(443, $names[0], alpn($way), '-ciphersuites',
            "TLS_$cipher", '-tls1_3');

        is($said =~ /Cipher is TLS_$cipher$/m ? 1 : 0, $works,
            "$way: TLS 1.3 with $cipher: " . ($works ? 'yes' : 'no'));
    }

    # a server of HTTP/2 speaks first, which could come amid a handshake

    my $said = renegotiation($names[0],
        $way eq 'h2' ? ('-alpn', 'http/1.1') : alpn($way));

    like($said, qr/^Secure Renegotiation IS supported$/m, "$way: RFC 5746");
    like($said, qr/RENEGOTIATING\n.*:no renegotiation:/s,
        '.. but no renegotiation');
    unlike($said, qr/TLS session ticket/, '.. and no session tickets');
}


# a client that asks for another handshake after the first one

sub renegotiation
{
    my ($name, @words) = @_;

    my $pid = open2(my $output, my $input, 'sh', '-c',
        'exec timeout 10 openssl s_client "$@" 2>&1', 'sh', '-connect',
        '198.18.0.1:443', '-tls1_2', '-servername', $name, @words);
    my $said = '';

    while (defined(my $line = readline $output)) {
        $said .= $line;
        print $input "R\n" and $input->flush if $line =~ /Verify return code/;
    }

    waitpid $pid, 0;

    return $said;
}


# HTTP

for my $name (@names) {
    for my $protocol ('h2', 'http/1.1') {
        like(tls_dialog(443, $name, '-alpn', "spdy/1,$protocol"),
            qr/^ALPN protocol: \Q$protocol\E$/m, "$name speaks $protocol");
    }

    my $page = $server->get("https://$name/");

    is($page->{headers}{'strict-transport-security'}, 'max-age=63072000',
        "$name: HSTS");
    is($page->{headers}{'x-content-type-options'}, 'nosniff', '.. nosniff');
    is($server->get("http://$name/a?b")->{headers}{location},
        "https://$name/a?b", '.. HTTP leads to HTTPS');
}


is($server->run('grep', '-E', '\[(alert|emerg|crit)\]',
    '/var/log/nginx/error.log')->{said}, '', 'error.log holds no problem');

done_testing();
