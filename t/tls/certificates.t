#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Certificates of Redis: uploaded, served by name in http and stream, replaced
# while connections go on, kept while Redis is away.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Tls qw(make_ca make_certificate shown);


my $dir = tempdir('conference-XXXXXXXX', TMPDIR => 1);
my $ca = make_ca($dir, 'Test root');
my ($first, $first_key) = make_certificate($dir, $ca, 'first.test');

chmod 0755, $dir;
Test::Conference::write_file("$dir/first.pem", "$first$first_key");
chmod 0600, "$dir/first.pem";

my $http = "$dir/http.sock";
my $stream = "$dir/stream.sock";

my $t = Test::Conference->new(WORKERS => 2, RUN_DIR => $dir,
    LOG_LEVEL => 'info', conf => {
    'http-tls' => "conf_api_certificate_file $dir/first.pem;",
    'server-tls' => "listen unix:$http ssl;"
        . ' ssl_certificate data:$conf_certificate;'
        . ' ssl_certificate_key data:$conf_certificate_key;',
    'stream-tls' => "turn_certificate_redis unix:$dir/redis.sock;"
        . " turn_certificate_secret_file $dir/secret;"
        . " turn_certificate_file $dir/first.pem;"
        . " server { listen unix:$stream ssl;"
        . ' ssl_certificate data:$turn_certificate;'
        . ' ssl_certificate_key data:$turn_certificate_key; turn; }',
});


sub upload
{
    my ($chain, $key, $name) = @_;

    return $t->post('/api/application/updateSSLCertificate', {
        ssl_type => 'SSL_TYPE_CUSTOM',
        $chain ? (certificate => $chain) : (),
        $key ? (private_key => $key) : (),
        $name ? (ssl_domain_name => $name) : (),
    });
}


sub metric
{
    my ($end) = $t->get('/metrics')->{content}
        =~ /^conf_certificate_not_after_seconds\{name="meet\.test"\} (\d+)$/m;

    return $end;
}


# both, in all workers: each handshake meets one of them

sub is_served
{
    my ($chain, $name, $what) = @_;

    for my $at ($http, $stream) {
        my $n = 0;

        ok(wait_for(sub {
            $n = shown($at, $name)->{chain} eq $chain ? $n + 1 : 0;
            return $n == 4;
        }, 10), "$what, at $at");
    }
}


is_served($first, 'meet.test', 'the one of the file at first');
is_served($first, undef, 'and for who asks for no name');

my ($meet, $meet_key) = make_certificate($dir, $ca, 'meet.test',
    '*.meet.test');
my $reply = upload($meet, $meet_key, 'Meet.test');

is($reply->{status}, 200, 'one is uploaded');
is_deeply($reply->{json}{names}, ['meet.test'], 'for its name');
is_served($meet, 'meet.test', 'it is served');
is_served($meet, 'MEET.TEST', 'in any case');
is_served($first, 'a.meet.test', 'a name without one gets that of the file');

$t->redis('HSET', 'conf:settings', 'domain_name', 'meet.test',
    'turn_domain_name', 'turn.meet.test', 'webrtc_domain_name', 'rtc.test');

my ($next, $next_key) = make_certificate($dir, $ca, 'meet.test',
    '*.meet.test');

is_deeply(upload($next, $next_key, 'meet.test')->{json}{names},
    ['meet.test', 'turn.meet.test'], 'the next one, for all names it covers');
is_served($next, 'meet.test', 'it is served in its place');
is_served($next, 'turn.meet.test', 'and for the other name');

like($t->redis('HGET', 'conf:certs', 'meet.test'), qr/BEGIN CERTIFICATE/,
    'Redis has the chain');
unlike($t->redis('HGET', 'conf:certs', 'meet.test'), qr/PRIVATE KEY/,
    'and no key that can be read');

# what is no name is stored for none, whatever a certificate says

for my $name ('.test', '.meet.test', 'a.b.meet.test', 'x"}.meet.test') {
    is(upload($next, $next_key, $name)->{status}, 400, "no name: $name");
}

my ($odd, $odd_key) = make_certificate($dir, $ca, 'a"b c');

like(upload($odd, $odd_key, 'a"b c')->{json}{error}, qr/must be a host name/,
    'one that metrics could not show');

# when one ends

is(metric(), $t->post('/api/application/updateSSLCertificate', {
    ssl_type => 'SSL_TYPE_CUSTOM', certificate => $next,
    private_key => $next_key, ssl_domain_name => 'meet.test',
})->{json}{not_after}, 'its end is a metric');

{
    local $Test::Conference::Tls::days = 5;

    is(upload(make_certificate($dir, $ca, 'near.test'), 'near.test')->{status},
        200, 'one that ends soon');

    ok(wait_for(sub {
        Test::Conference::read_file("$dir/logs/error.log")
            =~ /\[warn\].*certificate of "near\.test" ends in \d days/
    }), 'stands in the log');
}

# each kind of wrong file; unit tests have more of them

my @wrong = (
    [$meet, $next_key, 'meet.test', qr/^private_key does not belong/],
    [$next_key, $next_key, 'meet.test', qr/^certificate is not a certificate/],
    [$next, $next, 'meet.test', qr/^private_key is not a private key/],
    [$next, $next_key, 'rtc.test', qr/^certificate is not for rtc\.test/],
    [$next, $next_key, undef, qr/^certificate is not for rtc\.test/],
    [$next =~ s/-----END.*//sr, $next_key, 'meet.test', qr/^certificate is/],
    [substr($next, 0, index($next, '-----BEGIN', 5)), $next_key, 'meet.test',
        qr/"Test root" is missing/],
    [undef, $next_key, 'meet.test', qr/^certificate is required/],
    [$next, undef, 'meet.test', qr/^private_key is required/],
    [$next, "\x01", 'meet.test', qr/^private_key must be a text/],
    ['x' x 60000, $next_key, 'meet.test', qr/^certificate is not/],
);

for my $wrong (@wrong) {
    my ($chain, $key, $name, $sentence) = @$wrong;

    like(upload($chain, $key, $name)->{json}{error}, $sentence,
        "refused: $sentence");
}

is_served($next, 'meet.test', 'none of them changed anything');

# a record that nobody can read

my $record = $t->redis('HGET', 'conf:certs', 'meet.test');

$t->redis('HSET', 'conf:certs', 'meet.test',
    $record =~ s/"key":"..../"key":"/r);
$t->redis('PUBLISH', 'conf:certs', '');
is_served($first, 'meet.test', 'a damaged record is none');

$t->redis('HSET', 'conf:certs', 'meet.test', $record);
$t->redis('PUBLISH', 'conf:certs', '');
is_served($next, 'meet.test', 'a good one is one again');

kill 'STOP', $t->redis_pid();
is_served($next, 'meet.test', 'they stay while Redis is away');
kill 'CONT', $t->redis_pid();

$t->reload();
is_served($next, 'meet.test', 'new workers have them');

my $log = Test::Conference::read_file("$dir/logs/error.log");

unlike($log, qr/PRIVATE KEY/, 'no key is in the log');

$t->stop();

done_testing();
