#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What four names on one port serve, over which TLS, and that each client's own
# address arrives.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Socket::IP;
use JSON::PP;
use Socket qw(inet_ntoa);
use Test::More;

use Test::Conference qw(wait_for);
use Test::Conference::OwnServer qw(read_file write_file);

my $server = Test::Conference::OwnServer->new();
my $log = '/var/log/nginx/conference.log';
my @names = map { "$_.example.test" } qw(meet hls rtc turn);

my $result = $server->setup('--domain', $names[0], '--streaming-domain',
    $names[1], '--webrtc-domain', $names[2], '--turn-domain', $names[3],
    '--no-cert');
my ($password) = $result->{said} =~ /shown this once: (\w{20})$/m;

is($result->{status}, 0, 'it is set up') or diag($result->{said});


# names

my $page = $server->get("https://$names[0]/");

is($page->{status}, 200, 'the domain has pages');
is($page->{headers}{'strict-transport-security'}, 'max-age=63072000', 'HSTS');
is($page->{headers}{'x-content-type-options'}, 'nosniff', 'nosniff');
is($page->{headers}{'referrer-policy'}, 'same-origin', 'Referrer-Policy');
like($server->get("https://$names[0]/connection-test")
        ->{headers}{'content-security-policy'},
    qr{connect-src 'self' wss://rtc\.example\.test https://rtc\.example\.test;},
    'pages may go to the WebRTC domain');
is($server->get("https://$names[0]/rtc/validate")->{status}, 404,
    'signalling is not at the domain');
is($server->get("https://$names[2]/rtc/validate")->{status}, 401,
    'but at the WebRTC domain');

mkdir '/var/lib/conference/hls';
write_file('/var/lib/conference/hls/a.m3u8', '#');
chmod 0755, '/var/lib/conference/hls';
chmod 0644, '/var/lib/conference/hls/a.m3u8';

is($server->get("https://$names[1]/hls/a.m3u8")->{status}, 200,
    'streaming is at its domain');
is($server->get("https://$names[1]/hls/b")->{status}, 404, 'and no more');

for my $name (@names[1 .. 3]) {
    is($server->get("https://$name/")->{headers}{location},
        "https://$names[0]/", "$name leads to the pages");
}

for my $name (@names) {
    my $there = $server->get("https://$name/", '--head');

    is($there->{status}, 200, "$name is there");
    is($there->{headers}{'access-control-allow-origin'}, '*',
        'for pages of any site');
    is($server->get("https://$name/")
            ->{headers}{'access-control-allow-origin'}, undef,
        'who may not read it');
}

my $redirect = $server->get("http://$names[2]/x?y=1");

is($redirect->{status}, 301, 'port 80 redirects');
is($redirect->{headers}{location}, "https://$names[2]/x?y=1", 'to HTTPS');


# one port

is($server->get("https://$names[0]/healthz", '--no-alpn')->{status}, 200,
    'a client without ALPN');
is($server->get("https://$names[0]/healthz", '--http1.1')->{status}, 200,
    'one of HTTP/1.1');
is($server->get("http://$names[0]:443/")->{status}, 400, 'one without TLS');
is($server->get('https://198.18.0.1/')->{status}, 0, 'one without a name');
is($server->get('https://other.example.test/')->{status}, 0, 'or of another');
is($server->get('https://other.example.test/', '--no-alpn')->{status}, 0,
    'with and without ALPN');


# another site of this nginx

$server->must('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 30 -subj
    /CN=other -keyout /etc/nginx/other.key -out /etc/nginx/other.crt));
write_file('/etc/nginx/sites-enabled/other', <<'CONF');
server {
    listen            127.0.0.1:8443 ssl http2 proxy_protocol;
    set_real_ip_from  127.0.0.1;
    real_ip_header    proxy_protocol;

    server_name          other.example.test;
    ssl_certificate      other.crt;
    ssl_certificate_key  other.key;

    location / {
        return  200 $remote_addr;
    }
}
CONF
$server->must(qw(nginx -s reload));

for my $how ('--http2', '--http1.1', '--no-alpn') {
    ok(wait_for(sub {
        $server->get('https://other.example.test/', $how)->{body}
            eq '198.18.0.1'
    }, 10), "another site, $how");
}

unlink '/etc/nginx/sites-enabled/other';

my @lines = split /\n/, read_file($log);

is(scalar(grep { !/^(?:198\.18\.0\.1|127\.0\.0\.1) / } @lines), 0,
    'addresses are logged');
ok(scalar(grep { m{^198\.18\.0\.1 .*"GET /healthz HTTP/1\.1" 200 } } @lines)
    == 2, "clients', behind both ways");

is($server->get("https://$names[0]/metrics", '--interface',
    '198.18.0.1')->{status}, 403, 'metrics are not for others');

# what createToken tells

my $api = "https://$names[0]/api";
my $token = decode_json($server->get("$api/auth/login", '-d',
    "email=admin&password=$password")->{body})->{token};
my $room = decode_json($server->get("$api/conferences/create", '-d', 'name=a',
    '-H', "x-access-token: $token")->{body});
my $join = decode_json($server->get("$api/conferences/createToken", '-d',
    "id=$room->{_id}&mode=speaker&name=x")->{body});

is($join->{url}, "wss://$names[2]", 'the address of signalling');
is_deeply($join->{iceServers}[0]{urls}, ["turn:$names[3]:3478?transport=udp",
    "turns:$names[3]:443?transport=tcp"], 'the addresses of TURN');


# TURN knows its clients, whichever way they come

my $request = pack 'nnN', 1, 0, 0x2112a442;
$request .= 'abcdefghijkl';

for my $way ([$names[3], '-alpn', 'stun.turn'], [$names[0], '-alpn',
    'stun.turn'], [$names[3]], [$names[0]])
{
    my ($name, @alpn) = @$way;

    is(mapped(over_tls($request, '-servername', $name, @alpn)), '198.18.0.1',
        "TURN over TLS, name and ALPN: @$way");
}

my $plain = IO::Socket::IP->new(PeerHost => '198.18.0.1', PeerPort => 443);

print $plain $request;
sysread $plain, my $answer, 2000;
is(mapped($answer), '198.18.0.1', 'TURN without TLS');

my $udp = IO::Socket::IP->new(Proto => 'udp', PeerHost => '198.18.0.1',
    PeerPort => 3478);

$udp->send($request);
$udp->recv($answer, 2000);
is(mapped($answer), '198.18.0.1', 'TURN over UDP');


# TLS

for my $try (['-tls1_1', 0], ['-tls1_2', 1], ['-tls1_3', 1],
    ['-tls1_2 -cipher AES128-SHA', 0],
    ['-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA', 0],
    ['-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256', 1])
{
    my ($how, $works) = @$try;

    for my $alpn ('http/1.1', 'stun.turn', '') {
        my $said = $server->run('sh', '-c', 'openssl s_client -connect'
            . " 198.18.0.1:443 -servername $names[0] $how "
            . ($alpn ne '' ? "-alpn $alpn" : '') . ' -brief')->{said};

        is($said =~ /CONNECTION ESTABLISHED/ ? 1 : 0, $works,
            "$how, ALPN '$alpn': " . ($works ? 'yes' : 'no'));
    }
}

is($server->run('grep', '-E', '\[(alert|emerg|crit)\]',
    '/var/log/nginx/error.log')->{said}, '', 'error.log holds no problem');

done_testing();


# what comes back for bytes over TLS

sub over_tls
{
    my ($bytes, @words) = @_;

    write_file("$server->{dir}/request", $bytes);

    return $server->run('sh', '-c', 'f=$1; shift; { cat "$f"; sleep 1; }'
        . ' | openssl s_client -quiet -no_ign_eof -connect 198.18.0.1:443'
        . ' "$@" 2> /dev/null', 'sh', "$server->{dir}/request",
        @words)->{said};
}


# XOR-MAPPED-ADDRESS of an answer

sub mapped
{
    my ($answer) = @_;

    my ($xored) = $answer
        =~ /^\x01\x01.{18}.*\x00\x20\x00\x08\x00\x01..(....)/s;

    return defined $xored ? inet_ntoa($xored ^ pack 'N', 0x2112a442) : '';
}
