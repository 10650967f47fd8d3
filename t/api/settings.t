#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Settings: what is stored, what the agent is told, what pages see of it, in
# all workers and without Redis.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(WORKERS => 2, LOG_LEVEL => 'info');
my $app = '/api/application';
my $id = $t->create_room()->{_id};


sub change
{
    my ($method, $json) = @_;

    return $t->post("$app/$method", $json);
}


sub refused
{
    my ($reply, $status, $error, $name) = @_;

    is($reply->{status}, $status, "$name: $status");
    like($reply->{json}{error}, $error, "$name: sentence");
}


sub stored
{
    return { @{ $t->redis('HGETALL', 'conf:settings') } };
}


# many connections, which both workers answer

sub everywhere
{
    my ($condition, $name) = @_;

    ok(wait_for(sub { !grep { !$condition->() } 1 .. 16 }), $name);
}


sub branding   { $t->get("$app/getBranding")->{json} }
sub ancestors
{
    my $reply = $t->get("/conferences/$id");

    return $reply->{headers}{'content-security-policy'}
        =~ /frame-ancestors (.*)/ ? $1 : '';
}


# without an agent

my $reply = change('updateHTTPConfig', {
    http_modes => [ { mode => 'HTTP' }, { mode => 'HTTPS' } ],
    domain_name => 'Meet.Example.com', turn_domain_name => 'localhost',
});

is($reply->{status}, 200, 'updateHTTPConfig');
is_deeply([ @{ $reply->{json} }{qw(success job)} ],
    [ JSON::PP::true(), undef ], 'no job without an agent');
like($reply->{json}{message}, qr/No agent/, 'it says so');
is_deeply(stored(), { domain_name => 'meet.example.com',
    turn_domain_name => 'localhost', http_modes => 'HTTPS,HTTP' }, 'stored');
is($t->redis('LLEN', 'conf:agent:jobs'), 0, 'no job waits');

# given ones change, empty ones go; other forms of arguments

$t->request('POST', "$app/updateHTTPConfig/?turn_domain_name=",
    token => $t->token(), content => 'cdn_domain_name=cdn.example.com');
is_deeply(stored(), { domain_name => 'meet.example.com',
    cdn_domain_name => 'cdn.example.com', http_modes => 'HTTPS,HTTP' },
    'changed and removed');


# with an agent

$t->redis('SET', 'conf:agent:alive', 'host', 'EX', 90);

$reply = change('updateHTTPConfig', { webrtc_domain_name => 'rtc.example' });
my $job = $reply->{json}{job};

like($job, qr/^[0-9a-f]{24}$/, 'a job');
is_deeply($t->redis('LRANGE', 'conf:agent:jobs', 0, -1), [ "$job http" ],
    'it waits');

my %state = @{ $t->redis('HGETALL', 'conf:agent:job:http') };

cmp_ok(abs(delete($state{time}) - time), '<', 5, 'since now');
is_deeply(\%state, { id => $job, state => 'queued', message => '' },
    'it is queued');

$reply = change('checkDomains', {});
is($t->redis('LINDEX', 'conf:agent:jobs', -1), "$reply->{json}{job} dns",
    'checkDomains');

$reply = change('updateSSLCertificate', { ssl_type => 'SSL_TYPE_LETSENCRYPT',
    email => 'admin@example.com', staging => JSON::PP::true() });
is($t->redis('LINDEX', 'conf:agent:jobs', -1),
    "$reply->{json}{job} letsencrypt", 'updateSSLCertificate');
is_deeply([ @{ stored() }{qw(ssl_type ssl_email acme_server)} ],
    [ 'SSL_TYPE_LETSENCRYPT', 'admin@example.com',
      'https://acme-staging-v02.api.letsencrypt.org/directory' ],
    'with its settings');

change('updateSSLCertificate', { ssl_type => 'SSL_TYPE_LETSENCRYPT',
    staging => JSON::PP::false() });
ok(!exists stored()->{acme_server}, 'no staging');


# there is an end

change('checkDomains', {}) while $t->redis('LLEN', 'conf:agent:jobs') < 16;

my $before = stored();

$reply = change('updateHTTPConfig', { domain_name => 'other.example' });
refused($reply, 503, qr/^Too many jobs wait/, 'the 17th job');
is($reply->{headers}{'retry-after'}, 30, 'with Retry-After');
is_deeply(stored(), $before, 'nothing is stored');
is($t->redis('LLEN', 'conf:agent:jobs'), 16, 'or queued');

$t->redis('DEL', 'conf:agent:jobs');


# what is refused changes nothing

refused(change(@$_[0, 1]), 400, @$_[2, 3]) for
    [ updateHTTPConfig => { domain_name => 'a b', cdn_domain_name => 'x' },
        qr/^domain_name must be a host name/, 'a blank' ],
    [ updateHTTPConfig => { turn_domain_name => 'x;reboot' },
        qr/^turn_domain_name must be/, 'a shell' ],
    [ updateHTTPConfig => { domain_name => "a\nb" }, qr/control/, 'a line' ],
    [ updateHTTPConfig => { domain_name => 7 }, qr/^domain_name/, 'a number' ],
    [ updateHTTPConfig => { domain_name => 'x' x 300 }, qr/256/, 'long' ],
    [ updateHTTPConfig => { domain_name => '192.0.2.1' }, qr/host name/,
        'an address' ],
    [ updateHTTPConfig => { http_modes => [] }, qr/^http_modes must be a list/,
        'no modes' ],
    [ updateHTTPConfig => { http_modes => 'HTTPS' }, qr/^http_modes/,
        'text as modes' ],
    [ updateHTTPConfig => { http_modes => [ ({ mode => 'HTTP' }) x 100 ] },
        qr/^http_modes/, 'modes twice' ],
    [ updateHTTPConfig => { http_modes => [ { mode => 'x' x 300 } ] },
        qr/^http_modes/, 'a long mode' ],
    [ updateSSLCertificate => {}, qr/^ssl_type is required/, 'no type' ],
    [ updateSSLCertificate => { ssl_type => 'X' }, qr/^ssl_type must be SSL_/,
        'another type' ],
    [ updateSSLCertificate => { ssl_type => 'SSL_TYPE_LETSENCRYPT',
        email => '--x@example.com' }, qr/^email must be an address/,
        'an option as address' ],
    [ updateSSLCertificate => { ssl_type => 'SSL_TYPE_LETSENCRYPT',
        acme_server => 'https://a/$(id)' }, qr/^acme_server must be/,
        'a shell in the server' ],
    [ updateSSLCertificate => { ssl_type => 'SSL_TYPE_LETSENCRYPT',
        acme_server => 'https://a/', staging => JSON::PP::true() },
        qr/exclude each other/, 'both servers' ],
    [ updateCustomSettings => {}, qr/^custom_settings is required/, 'none' ],
    [ updateCustomSettings => { custom_settings => 'x' },
        qr/must be an object/, 'no object' ],
    [ updateCustomSettings => { custom_settings => { logo => '',
        brand_name => "a\nb" } }, qr/^brand_name must be/, 'a bad name' ],
    [ updateCustomSettings => { custom_settings => { css => '' } },
        qr/no other/, 'another member' ],
    [ updateCustomSettings => { custom_settings => { embedding_origins =>
        [ "https://a.example; script-src *" ] } }, qr/^embedding_origins/,
        'an injected directive' ],
    [ updateCustomSettings => { custom_settings => { embedding_origins =>
        [ "https://a.example\r\nX: y" ] } }, qr/^embedding_origins/,
        'an injected header' ];

is_deeply(stored(), $before, 'nothing is changed');

$t->redis('HDEL', 'conf:settings', 'domain_name', 'webrtc_domain_name');
refused(change('updateSSLCertificate', { ssl_type => 'SSL_TYPE_LETSENCRYPT' }),
    400, qr/no domain name/, 'a certificate for nothing');

for my $method (qw(updateHTTPConfig updateSSLCertificate updateCustomSettings
                   checkDomains rotateApiKey getAppInfo))
{
    is($t->request('POST', "$app/$method", json => {})->{status}, 401,
        "$method needs a token");
}


# branding

my $logo = 'data:image/png;base64,' . 'A' x 32_000;

is_deeply(branding(), { brand_name => '', logo => '', accent_color => '' },
    'no branding');
is(ancestors(), '*', 'everybody may embed');

$reply = change('updateCustomSettings', { custom_settings => {
    brand_name => "Caf\x{e9} \"<b>", logo => $logo } });
is($reply->{status}, 200, 'updateCustomSettings');
is_deeply($reply->{json}{custom_settings}, { brand_name => "Caf\x{e9} \"<b>",
    logo => $logo, accent_color => '', embedding_origins => [ '*' ] },
    'answers all');

$reply = change('updateCustomSettings', { custom_settings => {
    accent_color => '#0a0B0c',
    embedding_origins => [ 'https://A.example', 'http://localhost:81' ] } });
is($reply->{json}{custom_settings}{logo}, $logo, 'the others stay');

everywhere(sub { (branding()->{accent_color} // '') eq '#0a0B0c' },
    'all workers know the colour');
everywhere(sub { ancestors() eq 'https://a.example http://localhost:81' },
    'and who may embed');
is(ancestors(), 'https://a.example http://localhost:81', 'as it is written');

$reply = $t->get("$app/getBranding");
is($reply->{headers}{'cache-control'}, 'public, max-age=60', 'it is cached');
is($t->request('POST', "$app/getBranding")->{content}, $reply->{content},
    'POST does it, too');
is($t->request('DELETE', "$app/getBranding")->{headers}{allow},
    'GET, HEAD, POST', 'and nothing else');
# whatever path leads there
for my $path ('/', '/conferences/..%2f', '/conferences%2f..%2f',
    '/conferences/..%2findex.html', '//conferences/../index.html')
{
    my $page = $t->get($path);

    like($page->{content}, qr{js/pages/dashboard\.js}, "$path: the dashboard");
    like($page->{headers}{'content-security-policy'},
        qr/frame-ancestors 'none'/, 'nobody embeds it');
}

change('updateCustomSettings', { custom_settings => { logo => '',
    embedding_origins => [] } });
everywhere(sub { ancestors() eq "'none'" }, 'nobody may embed');


# changes at the same time: none is lost

my %want = (brand_name => 'One', accent_color => '#123456',
    embedding_origins => [ 'https://b.example' ],
    logo => 'data:image/svg+xml;base64,AAAA');
my @sockets;

for my $name (sort keys %want) {
    my $json = JSON::PP::encode_json({ custom_settings =>
        { $name => $want{$name} } });

    push @sockets, my $socket = $t->connect();

    print $socket "POST $app/updateCustomSettings HTTP/1.1\r\nHost: x\r\n"
        . 'x-access-token: ' . $t->token() . "\r\nConnection: close\r\n"
        . 'Content-Length: ' . length($json) . "\r\n\r\n$json";
    $socket->flush();
}

is(scalar(grep { local $/; (readline $_) =~ /^HTTP\/1\.1 200/ } @sockets), 4,
    'four changes at once');
close $_ for @sockets;
is_deeply(change('getAppInfo', {})->{json}{custom_settings}, \%want,
    'all are there');


# what somebody else wrote into Redis

$t->redis('HSET', 'conf:settings', 'custom_settings',
    '{"embedding_origins":["https://x; script-src *"]}');
$t->redis('PUBLISH', 'conf:settings', '');
everywhere(sub { ancestors() eq '*' }, 'a damaged setting is not used');

$reply = change('updateCustomSettings', { custom_settings => {
    brand_name => 'Two' } });
is($reply->{json}{custom_settings}{brand_name}, 'Two', 'and replaced');


# Redis

kill 'STOP', $t->redis_pid();
is($t->get("$app/getBranding")->{status}, 200, 'branding without Redis');
is(ancestors(), '*', 'CSP without Redis');
is(change('updateHTTPConfig', { domain_name => 'x.example' })->{status}, 503,
    'no change without Redis');
kill 'CONT', $t->redis_pid();

ok(wait_for(sub { change('updateHTTPConfig', { domain_name => 'y.example' })
                  ->{status} == 200 }), 'Redis is back');

# what changed while nobody listened

$t->redis('HSET', 'conf:settings', 'custom_settings',
    '{"brand_name":"Three"}');
$t->redis('CLIENT', 'KILL', 'TYPE', 'pubsub');
everywhere(sub { (branding()->{brand_name} // '') eq 'Three' },
    'is read afterwards');

$t->reload();
everywhere(sub { (branding()->{brand_name} // '') eq 'Three' },
    'and after a reload');

# what is damaged does not fill the log

$t->redis('DEL', 'conf:settings');
$t->redis('CONFIG', 'RESETSTAT');
$t->redis('SET', 'conf:settings', 'x');
$t->redis('PUBLISH', 'conf:settings', '');
ok(wait_for(sub { $t->redis('INFO', 'commandstats')
    =~ /hgetall:.*failed_calls=(\d+)/ && $1 >= 12 }), 'it is tried again');

my %told;

$told{$_}++ for Test::Conference::read_file($t->dir() . '/logs/error.log')
    =~ /(\d+)#\d+: redis: reading of "conf:settings" failed/g;

is(scalar(grep { $_ > 2 } values %told), 0,
    'and told once by each who reads it: API and SFU');

$t->stop();

done_testing();
