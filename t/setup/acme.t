#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Certificates of an ACME server that asks port 80: the first one, renewal,
# names that come later, refusals, and one of one's own instead.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference qw(wait_for);
use Test::Conference::OwnServer qw(read_file write_file);

my $server = Test::Conference::OwnServer->new();
my $acme = $server->acme_server();
my @names = map { "$_.example.test" } qw(meet turn);


# what all names show, with each way through port 443

sub shown
{
    my %shown = map { $_->{serial} => $_ } map {
        my $name = $_;
        map { $server->certificate($name, @$_) }
            ['-alpn', 'h2'], ['-alpn', 'stun.turn'], [];
    } @names;

    my @shown = values %shown;

    return @shown == 1 ? $shown[0] : { serial => '', issuer => 'several' };
}


sub shows_another
{
    my ($serial) = @_;

    return wait_for(sub { (shown()->{serial} || $serial) ne $serial }, 10);
}


# the first one

my $result = $server->setup('--domain', $names[0], '--turn-domain', $names[1],
    '--acme-server', $acme, '--email', 'root@example.test');

is($result->{status}, 0, 'there is a certificate') or diag($result->{said});
ok(wait_for(sub { shown()->{issuer} =~ /Pebble/ }, 10), 'it is in use');

my $first = shown();

is($first->{names}, "@names", 'for all names');
is($server->redis('HEXISTS', 'conf:certs', $_), 1, "Redis has that of $_")
    for @names;
is($server->redis('HGET', 'conf:settings', 'ssl_type'),
    'SSL_TYPE_LETSENCRYPT', 'the dashboard knows it');
is((stat '/etc/conference/certificate.pem')[2] & 07777, 0600,
    'the file is for root');

$result = $server->setup();

is($result->{status}, 0, 'a second run');
like($result->{said}, qr/^Nothing has changed\.$/m, 'changes nothing');
is(shown()->{serial}, $first->{serial}, 'and asks for nothing');


# renewal, as certbot's own timer would do it

my $workers = $server->must('pgrep', '-f', 'nginx: worker');

$server->must(qw(certbot renew --cert-name conference --force-renewal
    --no-random-sleep-on-renew -q));
ok(shows_another($first->{serial}), 'a renewed one is in use');
is($server->must('pgrep', '-f', 'nginx: worker'), $workers,
    'without a reload');


# another name, for which the ACME server finds nobody

my $renewed = shown();

$server->acme_dns('rtc.example.test', '');
$server->redis('HSET', 'conf:settings', 'webrtc_domain_name',
    'rtc.example.test');

my $report = $server->job('http');

is($report->{state}, 'failed', 'a name that is not in DNS');
like($report->{message}, qr/^no new certificate: rtc\.example\.test: .*resolve/,
    'is told');
is(shown()->{serial}, $renewed->{serial}, 'the old certificate stays');
is($server->get('https://rtc.example.test/rtc/validate')->{status}, 401,
    'the name is served');

$server->acme_dns('rtc.example.test', '198.18.0.9');
$report = $server->job('letsencrypt');

is($report->{state}, 'failed', 'a name that leads elsewhere');
like($report->{message}, qr/^no new certificate: rtc\.example\.test: /,
    'is told');
is(shown()->{serial}, $renewed->{serial}, 'the old certificate stays');

$server->redis('HSET', 'conf:settings', 'acme_server',
    'https://localhost:14001/dir');
$report = $server->job('letsencrypt');

is($report->{state}, 'failed', 'an ACME server that is away');
is($report->{message}, 'no new certificate: https://localhost:14001/dir does'
    . ' not answer', 'is told');

my $trusted = '/etc/ssl/certs/ca-certificates.crt';
my $cas = read_file($trusted);

$server->redis('HSET', 'conf:settings', 'acme_server', $acme);
write_file($trusted, $cas =~ s/-----END CERTIFICATE-----\n\K.*//sr);
$report = $server->job('letsencrypt');
write_file($trusted, $cas);

is($report->{state}, 'failed', 'an ACME server of an unknown CA');
like($report->{message}, qr/^no new certificate: this host does not trust /,
    'is told');

$server->acme_dns('rtc.example.test', '198.18.0.1');
$report = $server->job('letsencrypt');

is($report->{state}, 'done', 'it is repaired') or diag($report->{message});
push @names, 'rtc.example.test';
ok(shows_another($renewed->{serial}), 'there is a certificate');
is(shown()->{names}, join(' ', sort @names), 'for all names');


# one that is not served any more

$server->redis('HSET', 'conf:settings', 'turn_domain_name', $names[0]);
$report = $server->job('http');

is($report->{state}, 'done', 'a name less') or diag($report->{message});
is_deeply([sort @{ $server->redis('HKEYS', 'conf:certs') }],
    [$names[0], 'rtc.example.test'], 'Redis forgets its certificate');
@names = ($names[0], 'rtc.example.test');


# one's own

my $dir = $server->{dir};
my $list = join ',', map { "DNS:$_" } @names;

$server->must('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 30 -subj
    /CN=own), '-addext', "subjectAltName=$list", '-keyout', "$dir/own.key",
    '-out', "$dir/own.crt");

$result = $server->setup('--own-cert', "$dir/own.crt", "$dir/pebble.key");

is($result->{status}, 2, 'a key of another certificate');
like($result->{said}, qr/^ngx-conf-setup: no new certificate: ./m, 'is told');

$result = $server->setup('--own-cert', "$dir/own.crt", "$dir/own.key");

is($result->{status}, 0, "one's own certificate") or diag($result->{said});
ok(wait_for(sub { shown()->{subject} =~ /own/ }, 10), 'is in use');

$server->must(qw(certbot renew --cert-name conference --force-renewal
    --no-random-sleep-on-renew -q));
like(shown()->{subject}, qr/own/, "a renewal does not take its place");

$server->redis('HSET', 'conf:settings', 'turn_domain_name',
    'turn.example.test');
$report = $server->job('http');
is($report->{message}, 'no new certificate: there is none for'
    . ' turn.example.test', 'it is not for a new name');

$result = $server->setup('--acme', '--turn-domain', $names[0]);

is($result->{status}, 0, 'back again') or diag($result->{said});
ok(wait_for(sub { shown()->{issuer} =~ /Pebble/ }, 10), 'it is in use');

done_testing();
